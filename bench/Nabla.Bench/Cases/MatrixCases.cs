namespace Nabla.Bench.Cases;

/// <summary>Products of square matrices and of a matrix and a vector, against OpenBLAS through PyTorch and directly.</summary>
internal static class MatrixCases
{
    // 95 % of OpenBLAS's speed; both threads 1.8 times one.
    private const double Goal = 1 / 0.95, TwoThreads = 1 / 1.8;

    public const string OneThread = "one thread";

    private static readonly int[] Sizes = [64, 128, 256, 512, 1024, 2048];

    public static CaseGroup Group { get; } = new("Matrix products",
    [
        .. Sizes.SelectMany(n => (DType[])[DType.Float32, DType.Float64], (n, dtype) => Product($"{n}²", n, dtype)),
        Product("512², left transposed", 512, transposes: "TN"),
        Product("512², right transposed", 512, transposes: "NT"),
        Product("512²", 512, backward: true),
        Product("32 × 64²", 64, batch: 32),
        Product("32 × 64²", 64, DType.Float64, batch: 32),
        Vector("Mv 1024²", transposed: false),
        Vector("Mv 1024², transposed", transposed: true),
    ]);

    public static CaseGroup AllThreads { get; } = new("Matrix products, all threads",
    [
        .. Sizes.Where(n => n >= 256).SelectMany(n => (DType[])[DType.Float32, DType.Float64], (n, dtype) => Product($"{n}²", n, dtype, allThreads: true)),
        Product("32 × 64²", 64, batch: 32, allThreads: true),
    ]);

    private static Case Product(string size, int n, DType dtype = DType.Float32, string transposes = "NN", bool backward = false, int batch = 0, bool allThreads = false)
    {
        Func<Func<Tensor>> prepare = () =>
        {
            int[] shape = batch > 0 ? [batch, n, n] : [n, n];
            Tensor x = Data.Uniform(shape, -1, 1, 0, dtype, backward), y = Data.Uniform(shape, -1, 1, 1, dtype, backward);
            Tensor gradient = Data.GradientOf(x);
            return () =>
            {
                Tensor left = transposes[0] == 'T' ? x.T : x, right = transposes[1] == 'T' ? y.T : y;
                if (!backward) return left.MatMul(right);
                x.Grad = y.Grad = null;
                left.MatMul(right).Backward(gradient);
                return x.Grad!;
            };
        };
        string name = $"MatMul {size}{(dtype == DType.Float64 ? ", float64" : "")}{(backward ? ", with backward" : "")}";
        string blas = $"{(dtype == DType.Float64 ? "dgemm" : "sgemm")} {n} {n} {n} {transposes} {Math.Max(batch, 1)}";
        List<Rival> rivals = [Rival.PyTorch(Goal)];
        if (!backward) rivals.Add(Rival.OpenBlas(Goal, blas));
        if (allThreads) rivals.Add(Rival.Ours(OneThread, TwoThreads, () => WithOneThread(prepare())));
        return new(name, Goal, prepare) { Rivals = rivals, AllThreads = allThreads };
    }

    private static Case Vector(string name, bool transposed) => new(name, Goal, () =>
    {
        Tensor matrix = Data.Uniform([1024, 1024], -1, 1, 0), x = Data.Uniform([1024], -1, 1, 1);
        return () => (transposed ? matrix.T : matrix).MatMul(x);
    })
    { Rivals = [Rival.PyTorch(Goal), Rival.OpenBlas(Goal, $"sgemv 1024 1024{(transposed ? " T" : "")}")] };

    private static Func<Tensor> WithOneThread(Func<Tensor> body) => () =>
    {
        int threads = Threads.Count;
        Threads.Count = 1;
        Tensor result = body();
        Threads.Count = threads;
        return result;
    };
}
