namespace Nabla.Bench.Cases;

/// <summary>
/// Products of square matrices, of a matrix and a vector, and linear layers. PyTorch, which calls OpenBLAS, makes its result as we do;
/// OpenBLAS called directly writes to memory that it is given, and so do we beside it.
/// </summary>
internal static class MatrixCases
{
    // 95 % of OpenBLAS's speed; both threads 1.8 times one.
    private const double Goal = 1 / 0.95, TwoThreads = 1 / 1.8;

    public const string OneThread = "one thread";

    /// <summary>How the name ends of a row whose result goes where the last one went.</summary>
    public const string Into = ", into a given tensor";

    private static readonly int[] Sizes = [64, 128, 256, 512, 1024, 2048];

    private static readonly int[] Batches = [1, 32, 256];

    public static CaseGroup Group { get; } = new("Matrix products",
    [
        .. Sizes.SelectMany(n => (DType[])[DType.Float32, DType.Float64], (n, dtype) => Product($"{n}²", n, dtype)).SelectMany(rows => rows),
        .. Product("512², left transposed", 512, transposes: "TN"),
        .. Product("512², right transposed", 512, transposes: "NT"),
        WithBackward("512²", 512),
        .. Product("32 × 64²", 64, batch: 32),
        .. Product("32 × 64²", 64, DType.Float64, batch: 32),
        .. Vectors(),
        .. Batches.Select(batch => Layer(batch, backward: false)),
        .. Batches.Select(batch => Layer(batch, backward: true)),
    ]);

    public static CaseGroup AllThreads { get; } = new("Matrix products, all threads",
    [
        .. Sizes.Where(n => n >= 256).SelectMany(n => (DType[])[DType.Float32, DType.Float64], (n, dtype) => Product($"{n}²", n, dtype, allThreads: true)).SelectMany(rows => rows),
        .. Product("32 × 64²", 64, batch: 32, allThreads: true),
        .. Vectors(allThreads: true),
        .. Batches.Select(batch => Layer(batch, backward: true, allThreads: true)),
    ]);

    private static Case[] Product(string size, int n, DType dtype = DType.Float32, string transposes = "NN", int batch = 0, bool allThreads = false)
    {
        int[] shape = batch > 0 ? [batch, n, n] : [n, n];
        string name = $"MatMul {size}{(dtype == DType.Float64 ? ", float64" : "")}";
        return Both(name, $"{(dtype == DType.Float64 ? "dgemm" : "sgemm")} {n} {n} {n} {transposes} {Math.Max(batch, 1)}", shape, dtype, allThreads, () =>
        {
            Tensor x = Data.Uniform(shape, -1, 1, 0, dtype), y = Data.Uniform(shape, -1, 1, 1, dtype);
            return () => (transposes[0] == 'T' ? x.T : x).MatMul(transposes[1] == 'T' ? y.T : y);
        });
    }

    /// <summary>An operation beside PyTorch's, and into a given tensor beside OpenBLAS's.</summary>
    private static Case[] Both(string name, string blas, int[] result, DType dtype, bool allThreads, Func<Func<Tensor>> prepare)
    {
        Func<Func<Tensor>> prepareInto = () =>
        {
            Func<Tensor> product = prepare();
            Tensor into = Tensor.Zeros([.. result], dtype);
            return () => Tensor.Into(into, product);
        };
        List<Rival> rivals = [Rival.OpenBlas(Goal, blas)];
        if (allThreads && result.Length > 1) rivals.Add(Rival.Ours(OneThread, TwoThreads, () => WithOneThread(prepareInto())));
        return
        [
            new(name, Goal, prepare) { AllThreads = allThreads },
            new(name + Into, Goal, prepareInto) { Rivals = rivals, AllThreads = allThreads },
        ];
    }

    private static Case WithBackward(string size, int n) => new($"MatMul {size}, with backward", Goal, () =>
    {
        Tensor x = Data.Uniform([n, n], -1, 1, 0, requiresGrad: true), y = Data.Uniform([n, n], -1, 1, 1, requiresGrad: true);
        Tensor gradient = Data.GradientOf(x);
        return () =>
        {
            x.Grad = y.Grad = null;
            x.MatMul(y).Backward(gradient);
            return x.Grad!;
        };
    });

    private static IEnumerable<Case> Vectors(bool allThreads = false) =>
        ((DType[])[DType.Float32, DType.Float64]).SelectMany(dtype => (bool[])[false, true], (dtype, transposed) => Vector(dtype, transposed, allThreads)).SelectMany(rows => rows);

    private static Case[] Vector(DType dtype, bool transposed, bool allThreads)
    {
        string name = $"Mv 1024²{(transposed ? ", transposed" : "")}{(dtype == DType.Float64 ? ", float64" : "")}";
        return Both(name, $"{(dtype == DType.Float64 ? "dgemv" : "sgemv")} 1024 1024{(transposed ? " T" : "")}", [1024], dtype, allThreads, () =>
        {
            Tensor matrix = Data.Uniform([1024, 1024], -1, 1, 0, dtype), x = Data.Uniform([1024], -1, 1, 1, dtype);
            return () => (transposed ? matrix.T : matrix).MatMul(x);
        });
    }

    private static Case Layer(int batch, bool backward, bool allThreads = false) =>
        new($"Linear 256 → 256, batch {batch}{(backward ? ", with backward" : "")}", 1, () =>
        {
            Tensor x = Data.Uniform([batch, 256], -1, 1, 0, requiresGrad: backward);
            Tensor weight = Data.Uniform([256, 256], -1, 1, 1, requiresGrad: backward), bias = Data.Uniform([256], -1, 1, 2, requiresGrad: backward);
            Tensor gradient = Data.Uniform([batch, 256], 0.5, 1.5, 99);
            return () =>
            {
                if (!backward) return x.Linear(weight, bias);
                x.Grad = weight.Grad = bias.Grad = null;
                x.Linear(weight, bias).Backward(gradient);
                return weight.Grad!;
            };
        })
        { Rivals = [Rival.PyTorch(1)], AllThreads = allThreads };

    private static Func<Tensor> WithOneThread(Func<Tensor> body) => () =>
    {
        int threads = Threads.Count;
        Threads.Count = 1;
        Tensor result = body();
        Threads.Count = threads;
        return result;
    };
}
