using Nabla.Nn;

namespace Nabla.Tests.Nn;

public sealed class LinearTests
{
    [Fact]
    public void The_gradient_of_the_weight_is_the_input_and_that_of_the_bias_is_1()
    {
        var layer = new Linear(2, 1);

        layer.Forward([[2.0, 3.0]]).Sum().Backward();

        Assert.Equal([1, 2], layer.Weight.Grad!.Shape.ToArray());
        Assert.Equal([2.0, 3.0], layer.Weight.Grad!.ToArray<double>());
        Assert.Equal([1.0], layer.Bias!.Grad!.ToArray<double>());
    }

    [Fact]
    public void A_layer_computes_x_times_the_transposed_weight_plus_the_bias()
    {
        var layer = new Linear(2, 3, dtype: DType.Float64);
        layer.LoadStateDict(new Dictionary<string, Tensor> { ["weight"] = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], ["bias"] = [0.5, 0.0, -0.5] });

        Tensor y = layer.Forward(Tensor.Of([[1.0, 10.0], [2.0, 0.0]], DType.Float64));

        Assert.Equal([21.5, 43.0, 64.5, 2.5, 6.0, 9.5], y.ToArray<double>());
    }

    [Fact]
    public void A_layer_without_bias_takes_any_number_of_batch_axes()
    {
        var layer = new Linear(2, 3, bias: false);

        Assert.Null(layer.Bias);
        Assert.Equal([4, 5, 3], layer.Forward(Tensor.Ones([4, 5, 2])).Shape.ToArray());
        Assert.Equal([3], layer.Forward(Tensor.Ones([2])).Shape.ToArray());
        Assert.Equal([0, 3], layer.Forward(Tensor.Ones([0, 2])).Shape.ToArray());
    }

    [Fact]
    public void Weights_begin_uniform_within_one_over_the_root_of_the_features()
    {
        var layer = new Linear(100, 200, generator: new Generator(1));

        float[] weights = layer.Weight.ToArray<float>();

        Assert.InRange(weights.Max(), 0.099, 0.1);
        Assert.InRange(weights.Min(), -0.1, -0.099);
        Assert.Equal(0, weights.Average(), 1e-3);
        Assert.All(layer.Bias!.ToArray<float>(), b => Assert.InRange(b, -0.1, 0.1));
    }

    [Fact]
    public void The_same_seed_gives_the_same_layer()
    {
        Assert.Equal(new Linear(3, 4, generator: new Generator(9)).Weight.ToArray<float>(), new Linear(3, 4, generator: new Generator(9)).Weight.ToArray<float>());
    }

    [Fact]
    public void A_wrong_number_of_features_is_named_with_the_remedy()
    {
        ShapeException error = Assert.Throws<ShapeException>(() => new Linear(2, 1).Forward(Tensor.Ones([4, 3])));

        Assert.Equal("Linear: the input is [4, 3], the layer takes 2 features on the last axis. Check the layer before it, or make this one with inFeatures: 3.", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Linear(-1, 2));
        Assert.Throws<ShapeException>(() => new Linear(2, 1).Forward(Tensor.Of(1.0)));
    }
}
