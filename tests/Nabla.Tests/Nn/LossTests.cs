using Nabla.Nn;

namespace Nabla.Tests.Nn;

public sealed class LossTests
{
    private static Tensor D(params double[] values) => Tensor.Of(values, DType.Float64);

    private static readonly Tensor X = D(0.5, -1.0, 3.0);
    private static readonly Tensor T = D(0.0, 1.0, 2.5);

    // ---- values by hand -----------------------------------------------------------------------------------------------

    [Fact]
    public void Mse_is_the_mean_square_of_the_differences() => // (0.25 + 4 + 0.25) / 3
        Assert.Equal(1.5, Losses.Mse(X, T).Item(), 1e-15);

    [Fact]
    public void L1_is_the_mean_of_the_magnitudes() => // (0.5 + 2 + 0.5) / 3
        Assert.Equal(1, Losses.L1(X, T).Item(), 1e-15);

    [Fact]
    public void Smooth_l1_is_a_parabola_inside_beta() => // 0.125 + 1.5 + 0.125
        Assert.Equal(1.75, Losses.SmoothL1(X, T, reduction: Reduction.Sum).Item(), 1e-15);

    [Fact]
    public void Smooth_l1_with_beta_0_is_l1() =>
        Assert.Equal(Losses.L1(X, T).Item(), Losses.SmoothL1(X, T, beta: 0).Item());

    [Fact]
    public void Huber_is_a_parabola_inside_delta() => // δ = 0.4: 0.4 (0.5 - 0.2) = 0.12 twice, 0.4 (2 - 0.2) = 0.72
        Assert.Equal(0.96, Losses.Huber(X, T, delta: 0.4, reduction: Reduction.Sum).Item(), 1e-15);

    [Fact]
    public void Reductions_give_mean_sum_batch_mean_or_elements()
    {
        Tensor x = D(1, 2, 3, 4).Reshape(2, 2), t = Tensor.ZerosLike(x);

        Assert.Equal(7.5, Losses.Mse(x, t).Item());
        Assert.Equal(30, Losses.Mse(x, t, Reduction.Sum).Item());
        Assert.Equal(15, Losses.Mse(x, t, Reduction.BatchMean).Item());
        Assert.Equal([1, 4, 9, 16], Losses.Mse(x, t, Reduction.None).ToArray<double>());
    }

    [Fact]
    public void Binary_cross_entropy_is_minus_the_log_likelihood()
    {
        Tensor p = D(0.8, 0.4), t = D(1, 0);

        Assert.Equal(-(Math.Log(0.8) + Math.Log(0.6)) / 2, Losses.Bce(p, t).Item(), 1e-15);
        Assert.Equal(-Math.Log(0.8) * 3 / 2 - Math.Log(0.6) / 2, Losses.Bce(p, t, weight: D(3, 1)).Item(), 1e-15);
        Assert.Equal(100, Losses.Bce(D(0.0), D(1)).Item());
    }

    [Fact]
    public void Binary_cross_entropy_of_logits_is_that_of_their_sigmoid_and_does_not_overflow()
    {
        Tensor x = D(0.3, -2.0, 1.5), t = D(1, 0.25, 0);

        Assert.Equal(Losses.Bce(x.Sigmoid(), t).Item(), Losses.BceWithLogits(x, t).Item(), 1e-14);
        Assert.Equal(Losses.BceWithLogits(x, t).Item(), Losses.BceWithLogits(x, t, posWeight: D(1)).Item(), 1e-14);
        Assert.Equal(3000, Losses.BceWithLogits(D(-1000), D(1), posWeight: D(3)).Item());
        Assert.Equal([1000, 0], Losses.BceWithLogits(D(1000, 1000), D(0, 1), reduction: Reduction.None).ToArray<double>());
    }

    [Fact]
    public void The_divergence_of_a_distribution_from_itself_is_0()
    {
        Tensor p = D(0.2, 0.3, 0.5), q = D(0.5, 0.5, 0.0);

        Assert.Equal(0, Losses.KlDiv(p.Log(), p).Item(), 1e-15);
        Assert.Equal(0.5 * Math.Log(0.5 / 0.2) + 0.5 * Math.Log(0.5 / 0.3), Losses.KlDiv(p.Log(), q, Reduction.Sum).Item(), 1e-15);
        Assert.Equal(Losses.KlDiv(q + 1, p).Item(), Losses.KlDiv(q + 1, p.Log(), logTarget: true).Item(), 1e-15);
    }

    // ---- classes ------------------------------------------------------------------------------------------------------

    private static readonly Tensor Logits = D(1.0, 2.0, 0.5, -0.3, 0.2, 0.9).Reshape(2, 3);
    private static readonly Tensor Classes = Tensor.FromArray(new long[] { 1, 2 });

    private static double MinusLog(double[] x, int target) => Math.Log(x.Sum(Math.Exp)) - x[target];

    private static readonly double First = MinusLog([1.0, 2.0, 0.5], 1), Second = MinusLog([-0.3, 0.2, 0.9], 2);

    [Fact]
    public void Cross_entropy_is_minus_the_logarithm_of_the_softmax_at_the_class() =>
        Assert.Equal((First + Second) / 2, Losses.CrossEntropy(Logits, Classes).Item(), 1e-15);

    [Fact]
    public void Cross_entropy_weighs_classes_and_divides_by_the_weights() =>
        Assert.Equal(((2 * First) + (5 * Second)) / 7, Losses.CrossEntropy(Logits, Classes, weight: D(1, 2, 5)).Item(), 1e-15);

    [Fact]
    public void Cross_entropy_ignores_one_index()
    {
        Tensor classes = Tensor.FromArray(new long[] { 1, -1 });

        Assert.Equal(First, Losses.CrossEntropy(Logits, classes, ignoreIndex: -1).Item(), 1e-15);

        double[] each = Losses.CrossEntropy(Logits, classes, ignoreIndex: -1, reduction: Reduction.None).ToArray<double>();
        Assert.Equal(First, each[0], 1e-15);
        Assert.Equal(0, each[1]);
    }

    [Fact]
    public void Cross_entropy_of_certain_probabilities_is_that_of_the_classes()
    {
        Tensor certain = D(0, 1, 0, 0, 0, 1).Reshape(2, 3);

        Assert.Equal(Losses.CrossEntropy(Logits, Classes).Item(), Losses.CrossEntropy(Logits, certain).Item(), 1e-15);
        Assert.Equal(
            Losses.CrossEntropy(Logits, Classes, labelSmoothing: 0.1).Item(),
            Losses.CrossEntropy(Logits, certain, labelSmoothing: 0.1).Item(), 1e-15);
    }

    [Fact]
    public void Label_smoothing_spreads_a_part_over_all_classes()
    {
        double all = (MinusLog([1.0, 2.0, 0.5], 0) + MinusLog([1.0, 2.0, 0.5], 1) + MinusLog([1.0, 2.0, 0.5], 2)) / 3;

        Tensor loss = Losses.CrossEntropy(Logits.Select(0, 0), Tensor.FromArray(new long[] { 1 }).Reshape([]), labelSmoothing: 0.3);

        Assert.Equal((0.7 * First) + (0.3 * all), loss.Item(), 1e-15);
    }

    [Fact]
    public void Cross_entropy_takes_axes_behind_the_classes()
    {
        // The same two rows as two pixels of one picture.
        Tensor picture = Logits.T.Reshape(1, 3, 2);

        Assert.Equal((First + Second) / 2, Losses.CrossEntropy(picture, Classes.Reshape(1, 2)).Item(), 1e-15);
    }

    [Fact]
    public void Nll_of_a_log_softmax_is_cross_entropy() =>
        Assert.Equal(Losses.CrossEntropy(Logits, Classes).Item(), Losses.Nll(Logits.LogSoftmax(1), Classes).Item(), 1e-15);

    [Fact]
    public void The_gradient_of_cross_entropy_is_softmax_minus_target()
    {
        Tensor x = Logits.Clone().RequireGrad();

        Losses.CrossEntropy(x, Classes, reduction: Reduction.Sum).Backward();

        double[] expected = (Logits.Softmax(1) - D(0, 1, 0, 0, 0, 1).Reshape(2, 3)).ToArray<double>();
        Assert.All(expected.Zip(x.Grad!.ToArray<double>()), pair => Assert.Equal(pair.First, pair.Second, 1e-15));
    }

    // ---- gradients ----------------------------------------------------------------------------------------------------

    public static TheoryData<string> Smooth => ["Mse", "L1", "SmoothL1", "Huber", "Bce", "BceWithLogits", "KlDiv", "CrossEntropy", "Probabilities", "Nll"];

    private static Tensor Loss(string name, Tensor x)
    {
        Tensor t = D(0.1, 0.9, 0.35, 0.6, 0.2, 0.55).Reshape(2, 3);
        return name switch
        {
            "Mse" => Losses.Mse(x, t),
            "L1" => Losses.L1(x, t),
            "SmoothL1" => Losses.SmoothL1(x, t, beta: 0.3),
            "Huber" => Losses.Huber(x, t, delta: 0.3),
            "Bce" => Losses.Bce(x, t, weight: t),
            "BceWithLogits" => Losses.BceWithLogits(x, t, weight: t, posWeight: t),
            "KlDiv" => Losses.KlDiv(x, t, Reduction.BatchMean),
            "CrossEntropy" => Losses.CrossEntropy(x, Classes, weight: D(1, 2, 5), labelSmoothing: 0.2),
            "Probabilities" => Losses.CrossEntropy(x, t, weight: D(1, 2, 5), labelSmoothing: 0.2),
            _ => Losses.Nll(x, Classes, weight: D(1, 2, 5), ignoreIndex: 1),
        };
    }

    [Theory]
    [MemberData(nameof(Smooth))]
    public void Gradients_agree_with_central_differences(string name)
    {
        const double Step = 1e-5;
        double[] at = [0.3, 0.45, 0.8, 0.15, 0.95, 0.5];
        Tensor x = D(at).Reshape(2, 3).Clone().RequireGrad();

        Loss(name, x).Backward();

        double[] gradient = x.Grad!.ToArray<double>();
        for (int i = 0; i < at.Length; i++)
        {
            double[] up = [.. at], down = [.. at];
            up[i] += Step;
            down[i] -= Step;
            double difference = (Loss(name, D(up).Reshape(2, 3)).Item() - Loss(name, D(down).Reshape(2, 3)).Item()) / (2 * Step);
            Assert.Equal(difference, gradient[i], 1e-8);
        }
    }

    // ---- errors -------------------------------------------------------------------------------------------------------

    [Fact]
    public void Shapes_that_would_broadcast_are_refused()
    {
        ShapeException error = Assert.Throws<ShapeException>(() => Losses.Mse(Tensor.Ones([4, 1]), Tensor.Ones([4])));

        Assert.Contains("Losses.Mse: the input is [4, 1], the target is [4]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_class_targets_are_named()
    {
        Assert.Contains("the target of class indices is [3]", Assert.Throws<ShapeException>(() => Losses.CrossEntropy(Logits, Tensor.Arange(3))).Message, StringComparison.Ordinal);
        Assert.Contains("must be integers", Assert.Throws<DTypeException>(() => Losses.Nll(Logits, D(1, 2))).Message, StringComparison.Ordinal);
        Assert.Contains("weight is [2], the input has 3 classes", Assert.Throws<ShapeException>(() => Losses.CrossEntropy(Logits, Classes, weight: D(1, 2))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Losses.CrossEntropy(Logits, Tensor.FromArray(new long[] { 0, 3 })));
        Assert.Throws<ArgumentOutOfRangeException>(() => Losses.CrossEntropy(Logits, Classes, labelSmoothing: 2));
        Assert.Throws<ArgumentException>(() => Losses.CrossEntropy(Logits, Tensor.ZerosLike(Logits), ignoreIndex: 0));
        Assert.Throws<ShapeException>(() => Losses.CrossEntropy(D(1).Reshape([]), Classes));
        Assert.Throws<ArgumentOutOfRangeException>(() => Losses.Huber(X, T, delta: 0));
    }
}
