using Nabla.Nn;

namespace Nabla.Tests.Nn;

public sealed class LayerTests
{
    [Fact]
    public void Kernels_begin_uniform_within_one_over_the_root_of_what_a_kernel_sees()
    {
        var layer = new Conv2d(8, 64, (3, 2), groups: 2, generator: new Generator(1));
        double bound = 1 / Math.Sqrt(4 * 3 * 2);

        float[] weights = layer.Weight.ToArray<float>();

        Assert.Equal([64, 4, 3, 2], layer.Weight.Shape.ToArray());
        Assert.InRange(weights.Max(), 0.99 * bound, bound);
        Assert.InRange(weights.Min(), -bound, -0.99 * bound);
        Assert.All(layer.Bias!.ToArray<float>(), b => Assert.InRange(b, -bound, bound));
    }

    [Fact]
    public void A_layer_that_does_not_fit_is_refused_with_a_remedy()
    {
        Assert.Equal(
            "Conv2d: the input is [1, 2, 4, 4], the layer takes 3 channels, [n, 3, h, w]. Check the layer before it, or make this one with 2.",
            Assert.Throws<ShapeException>(() => new Conv2d(3, 4, 3).Forward(Tensor.Ones([1, 2, 4, 4]))).Message);
        Assert.Contains("Reshape it", Assert.Throws<ShapeException>(() => new Conv1d(3, 4, 3).Forward(Tensor.Ones([3, 4]))).Message, StringComparison.Ordinal);
        Assert.Contains("the weights are float32", Assert.Throws<DTypeException>(() => new Conv1d(3, 4, 3).Forward(Tensor.Ones([1, 3, 4], DType.Float64))).Message, StringComparison.Ordinal);
        Assert.Contains("2 groups do not divide 3 input channels", Assert.Throws<ArgumentException>(() => new Conv2d(3, 4, 3, groups: 2)).Message, StringComparison.Ordinal);
        Assert.Contains("stride must be positive", Assert.Throws<ArgumentOutOfRangeException>(() => new Conv2d(3, 4, 3, stride: (1, 0))).Message, StringComparison.Ordinal);
        Assert.Contains("takes [n, 3, h, w]", Assert.Throws<ShapeException>(() => new BatchNorm2d(3).Forward(Tensor.Ones([2, 3]))).Message, StringComparison.Ordinal);
        Assert.Contains("takes [n, 3] or [n, 3, l]", Assert.Throws<ShapeException>(() => new BatchNorm1d(3).Forward(Tensor.Ones([2, 4]))).Message, StringComparison.Ordinal);
        Assert.Contains("one number for each channel", Assert.Throws<ShapeException>(() => new BatchNorm1d(3).Forward(Tensor.Ones([1, 3]))).Message, StringComparison.Ordinal);
        Assert.Contains("takes […, 3]", Assert.Throws<ShapeException>(() => new LayerNorm(3).Forward(Tensor.Ones([2, 4]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_running_statistics_move_by_the_momentum_towards_the_batch_and_the_variance_is_unbiased()
    {
        var layer = new BatchNorm1d(1, momentum: 0.25, dtype: DType.Float64);

        layer.Forward(Tensor.Of([[1.0], [5.0]], DType.Float64));

        Assert.Equal(0.75, layer.RunningMean!.Item(), 1e-15); // 0 + (3 − 0)/4
        Assert.Equal(2.75, layer.RunningVar!.Item(), 1e-15); // 1 + (8 − 1)/4
        Assert.Equal(1, layer.StateDict()["num_batches_tracked"].Item());
        Assert.Equal(["weight", "bias"], layer.NamedParameters().Select(p => p.Name));
    }

    [Fact]
    public void In_forward_mode_batch_normalisation_gathers_plain_numbers()
    {
        var layer = new BatchNorm1d(2, dtype: DType.Float64);
        Tensor x = Tensor.Of([[1.0, 2.0], [3.0, 5.0]], DType.Float64);

        Functional.Jvp(layer.Forward, x, Tensor.OnesLike(x));

        Assert.Equal([0.2, 0.35], layer.RunningMean!.ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-15);
    }

    [Fact]
    public void Under_vmap_batch_normalisation_has_no_single_statistics_to_keep()
    {
        var layer = new BatchNorm1d(2);
        Tensor items = Tensor.Ones([3, 4, 2]);

        Assert.Contains("BatchNorm1d", Assert.Throws<AutogradException>(() => Functional.Vmap(layer.Forward, items)).Message, StringComparison.Ordinal);
        Assert.Equal([3, 4, 2], Functional.Vmap(((BatchNorm1d)layer.Eval()).Forward, items).Shape.ToArray());
    }

    [Fact]
    public void Only_words_that_were_looked_up_are_trained_and_padding_never()
    {
        var table = new Embedding(4, 2, paddingIndex: 0, generator: new Generator(5));
        Tensor words = Tensor.FromArray(new long[] { 1, 3, 0, 1 }).Reshape(2, 2);

        Tensor vectors = table.Forward(words);
        vectors.Sum().Backward();

        Assert.Equal([2, 2, 2], vectors.Shape.ToArray());
        Assert.Equal(table.Weight[3].ToArray<float>(), vectors[0, 1].ToArray<float>());
        Assert.Equal([0f, 0], vectors[1, 0].ToArray<float>());
        Assert.Equal([0f, 0, 2, 2, 0, 0, 1, 1], table.Weight.Grad!.Ravel().ToArray<float>());
        Assert.Throws<ArgumentOutOfRangeException>(() => new Embedding(4, 2, paddingIndex: 4));
    }
}
