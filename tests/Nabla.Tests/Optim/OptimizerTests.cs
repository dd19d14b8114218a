using System.Text.Json;
using Nabla.Optim;
using Nabla.Tests.Reference;

namespace Nabla.Tests.Optim;

public sealed class OptimizerTests
{
    private const double Tolerance = 1e-12;

    private static JsonElement Reference => ReferenceFile.Load("optimizers.json");

    public static TheoryData<string> Cases => [.. Reference.GetProperty("cases").EnumerateArray().Select(c => c.Text("id"))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_hundred_steps_equal_those_of_PyTorch(string id)
    {
        JsonElement reference = Reference.GetProperty("cases").EnumerateArray().Single(c => c.Text("id") == id);
        Tensor a = Tensor.Of([[0.5, -0.3], [0.8, 0.1]], DType.Float64, requiresGrad: true), b = Tensor.Of([0.6, -0.9], DType.Float64, requiresGrad: true);
        Optimizer optimizer = Make(reference.Text("optimizer"), reference.GetProperty("options"), [a, b]);
        Dictionary<int, JsonElement> snapshots = reference.GetProperty("snapshots").EnumerateArray().ToDictionary(s => s.GetProperty("step").GetInt32());

        for (int step = 1; step <= 100; step++)
        {
            optimizer.ZeroGrad();
            Tensor loss = Problem(a, b);
            loss.Backward();
            optimizer.Step();
            if (!snapshots.TryGetValue(step, out JsonElement expected)) continue;
            AssertClose(expected.GetProperty("loss").Number(), loss.Item());
            Assert.All(Flat(expected.GetProperty("a")).Zip(a.ToArray<double>()), pair => AssertClose(pair.First, pair.Second));
            Assert.All(expected.GetProperty("b").Numbers().Zip(b.ToArray<double>()), pair => AssertClose(pair.First, pair.Second));
        }
    }

    private static double[] Flat(JsonElement rows) => [.. rows.EnumerateArray().SelectMany(row => row.Numbers())];

    private static void AssertClose(double expected, double actual) =>
        Assert.True(Math.Abs(actual - expected) <= Tolerance * Math.Abs(expected), $"expected {expected:R}, got {actual:R}");

    /// <summary>The loss of the reference script.</summary>
    private static Tensor Problem(Tensor a, Tensor b)
    {
        Tensor t = Tensor.Of([0.7, -0.4], DType.Float64), c = Tensor.Of([[1.0, 2.0], [3.0, 4.0]], DType.Float64);
        Tensor r = a.MatMul(b) - t;
        return (0.5 * r.Square().Sum()) + (0.05 * (a.Square() * c).Sum()) + (0.1 * (b.Pow(3) + b.Pow(4)).Sum());
    }

    private static Optimizer Make(string kind, JsonElement options, Tensor[] parameters)
    {
        double lr = Option("lr", 1e-3);
        (double, double)? betas = options.TryGetProperty("betas", out JsonElement pair) ? (pair.Numbers()[0], pair.Numbers()[1]) : null;
        return kind switch
        {
            "SGD" => new Sgd(parameters, lr, Option("momentum", 0), Option("dampening", 0), Option("weight_decay", 0), Flag("nesterov"), Flag("maximize")),
            "Adam" => new Adam(parameters, lr, betas, Option("eps", 1e-8), Option("weight_decay", 0), Flag("amsgrad"), Flag("maximize")),
            "AdamW" => new AdamW(parameters, lr, betas, Option("eps", 1e-8), Option("weight_decay", 1e-2), Flag("amsgrad"), Flag("maximize")),
            _ => throw new ArgumentException($"No optimiser {kind}."),
        };

        double Option(string name, double otherwise) => options.TryGetProperty(name, out JsonElement value) ? value.Number() : otherwise;
        bool Flag(string name) => options.TryGetProperty(name, out JsonElement value) && value.GetBoolean();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_large_parameter_moves_as_each_of_its_elements_would_alone(string id)
    {
        // Large ones are changed by vectors, in place, several elements at a time; small ones number by number.
        const int Size = 5000;
        JsonElement reference = Reference.GetProperty("cases").EnumerateArray().Single(c => c.Text("id") == id);
        double[] values = new double[Size], gradients = new double[Size];
        for (int i = 0; i < Size; i++) (values[i], gradients[i]) = (Math.Sin(i), Math.Cos(3 * i));
        int[] picked = [0, 1, 7, 8, 1023, 1024, 2500, 4095, 4096, 4999];
        Tensor large = Tensor.FromArray(values).Detach().RequireGrad();
        Tensor[] alone = [.. picked.Select(i => Tensor.Of([values[i]], DType.Float64, requiresGrad: true))];
        Optimizer[] optimizers = [Make(reference.Text("optimizer"), reference.GetProperty("options"), [large]), Make(reference.Text("optimizer"), reference.GetProperty("options"), [.. alone])];

        for (int step = 1; step <= 3; step++)
        {
            large.Grad = Tensor.FromArray(Array.ConvertAll(gradients, g => g / step));
            for (int k = 0; k < picked.Length; k++) alone[k].Grad = Tensor.Of([gradients[picked[k]] / step], DType.Float64);
            foreach (Optimizer optimizer in optimizers) optimizer.Step();
        }

        double[] moved = large.ToArray<double>();
        for (int k = 0; k < picked.Length; k++) AssertClose(alone[k].Item(), moved[picked[k]]);
    }

    // ---- by hand ------------------------------------------------------------------------------------------------------

    private static Tensor Leaf(double value) => Tensor.Of([value], DType.Float64, requiresGrad: true);

    private static void Descend(Optimizer optimizer, Func<Tensor> loss, int steps)
    {
        for (int step = 0; step < steps; step++)
        {
            optimizer.ZeroGrad();
            loss().Backward();
            optimizer.Step();
        }
    }

    [Fact]
    public void Groups_have_their_own_options()
    {
        Tensor slow = Leaf(1), fast = Leaf(1);
        var optimizer = new Sgd(
            new ParameterGroup([slow], new SgdOptions { LearningRate = 0.01 }),
            new ParameterGroup([fast], new SgdOptions { LearningRate = 0.1, WeightDecay = 1 }));

        Descend(optimizer, () => (slow + fast).Sum(), 1);

        Assert.Equal(0.99, slow.Item());
        Assert.Equal(0.8, fast.Item(), 1e-15);
    }

    [Fact]
    public void A_parameter_without_gradient_stays()
    {
        Tensor used = Leaf(1), unused = Leaf(1);

        Descend(new Adam([used, unused], learningRate: 0.1), () => used.Sum(), 3);

        Assert.NotEqual(1, used.Item());
        Assert.Equal(1, unused.Item());
    }

    [Fact]
    public void A_step_reaches_a_parameter_that_is_not_contiguous()
    {
        Tensor leaf = Tensor.Of([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]).T.Detach().RequireGrad();

        Descend(new Sgd([leaf], learningRate: 1), () => (leaf * Tensor.Of([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])).Sum(), 1);

        Assert.Equal([0, 4, 2, 4, 3, 6], leaf.ToArray<double>());
    }

    [Fact]
    public void Parameters_keep_their_memory_type_and_place()
    {
        Tensor p = Tensor.Ones([3], requiresGrad: true), view = p.Detach();

        Descend(new AdamW([p]), () => p.Square().Sum(), 1);

        Assert.Equal(p.ToArray<float>(), view.ToArray<float>());
        Assert.Equal((DType.Float32, true), (p.DType, p.IsLeaf));
    }

    [Fact]
    public void A_changed_parameter_that_backward_needs_is_found()
    {
        Tensor p = Leaf(2);
        Tensor loss = p.Square().Sum();
        p.Grad = Tensor.OnesLike(p);

        new Sgd([p]).Step();

        Assert.Throws<AutogradException>(() => loss.Backward());
    }

    [Fact]
    public void A_loaded_state_goes_on_as_if_nothing_had_happened()
    {
        Tensor p = Leaf(2), q = Leaf(2);
        var whole = new Adam([p], learningRate: 0.1, amsGrad: true);
        Descend(whole, () => p.Pow(4).Sum(), 20);

        var first = new Adam([q], learningRate: 0.1, amsGrad: true);
        Descend(first, () => q.Pow(4).Sum(), 8);
        var second = new Adam([q], learningRate: 0.1, amsGrad: true);
        second.LoadStateDict(first.StateDict());
        Descend(second, () => q.Pow(4).Sum(), 12);

        Assert.Equal(p.Item(), q.Item());
    }

    [Fact]
    public void A_state_that_does_not_fit_is_refused()
    {
        var optimizer = new Sgd([Leaf(1)], momentum: 0.9);

        Assert.Contains("\"3.momentum\" does not fit", Assert.Throws<ArgumentException>(
            () => optimizer.LoadStateDict(new Dictionary<string, Tensor> { ["3.momentum"] = Tensor.Zeros([1]) })).Message, StringComparison.Ordinal);
        Assert.Contains("is [2], its parameter is [1]", Assert.Throws<ShapeException>(
            () => optimizer.LoadStateDict(new Dictionary<string, Tensor> { ["0.momentum"] = Tensor.Zeros([2]) })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_parameters_and_options_are_refused_when_they_are_given()
    {
        Tensor p = Leaf(1);

        Assert.Throws<ArgumentException>(() => new Sgd([]));
        Assert.Contains("does not require a gradient", Assert.Throws<AutogradException>(() => new Sgd([Tensor.Ones([2])])).Message, StringComparison.Ordinal);
        Assert.Contains("only leaves can be optimised", Assert.Throws<AutogradException>(() => new Adam([p * 2])).Message, StringComparison.Ordinal);
        Assert.Contains("is there twice", Assert.Throws<ArgumentException>(() => new Sgd([p, p])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Sgd([p], learningRate: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam([p], betas: (0.9, 1)));
        Assert.Throws<ArgumentException>(() => new Sgd([p], nesterov: true));
        Assert.Contains("AdamOptions are needed", Assert.Throws<ArgumentException>(() => new Adam(new ParameterGroup([p], new SgdOptions()))).Message, StringComparison.Ordinal);
    }
}
