namespace Nabla.Tests.Ops;

public sealed class VarianceTests
{
    [Fact]
    public void Variance_of_equal_elements_and_its_gradient_are_exactly_zero()
    {
        Tensor x = Tensor.Full(1000, 0.1, DType.Float32, requiresGrad: true);
        Tensor spread = x.Var() + x.Std();
        spread.Backward();
        Assert.Equal(0, spread.Item());
        Assert.All(x.Grad!.ToArray<float>(), g => Assert.Equal(0, g));
    }

    [Fact]
    public void Variance_of_one_element_is_unknown_and_backward_does_not_throw()
    {
        Tensor x = Tensor.FromSpan<double>([3], requiresGrad: true);
        Tensor v = x.Var();
        v.Backward();
        Assert.True(double.IsNaN(v.Item()));
        Assert.True(double.IsNaN(x.Grad!.Item()));
        Assert.Equal(0, x.Var(unbiased: false).Item());
    }

    [Fact]
    public void A_large_mean_does_not_spoil_a_small_variance()
    {
        // 10⁶ + {0, 1, 2, …, 1023} in float32: variance (n² − 1)/12 for correction 0.
        float[] values = [.. Enumerable.Range(0, 1024).Select(i => 1e6f + i)];
        Tensor x = Tensor.FromSpan<float>(values);
        double expected = ((1024.0 * 1024) - 1) / 12;
        Assert.Equal(expected, x.Var(correction: 0).Item(), expected * 1e-6);
        Assert.Equal(expected, x.Reshape(1024, 1).Expand(1024, 300).Var(0, correction: 0).ToArray<float>()[299], expected * 1e-6);
    }

    [Fact]
    public void Mean_and_variance_come_together()
    {
        Tensor x = Tensor.FromSpan<double>([1, 2, 3, 4, 5, 9], (2, 3));
        (Tensor v, Tensor m) = x.VarMean(1, keepAxis: true);
        Assert.Equal(Shape.Create([2, 1]), v.Shape);
        Assert.Equal([1, 7], v.ToArray<double>());
        Assert.Equal([2, 6], m.ToArray<double>());
        Assert.Equal([1, Math.Sqrt(7)], x.StdMean(1).Std.ToArray<double>());
    }

    [Fact]
    public void Integers_are_refused() => Assert.Throws<DTypeException>(() => Tensor.Arange(5).Var());
}
