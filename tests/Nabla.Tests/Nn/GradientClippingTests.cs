using Nabla.Nn;

namespace Nabla.Tests.Nn;

public sealed class GradientClippingTests
{
    private static Tensor[] WithGradients()
    {
        Tensor a = Tensor.Zeros([2], DType.Float64, requiresGrad: true), b = Tensor.Zeros([1], DType.Float64, requiresGrad: true), unused = Tensor.Zeros([3], requiresGrad: true);
        a.Grad = Tensor.Of([3.0, 0.0], DType.Float64);
        b.Grad = Tensor.Of([-4.0], DType.Float64);
        return [a, b, unused];
    }

    [Fact]
    public void All_gradients_are_scaled_by_one_factor_to_the_norm()
    {
        Tensor[] parameters = WithGradients();

        Assert.Equal(5, GradientClipping.ClipGradNorm(parameters, 1));
        Assert.Equal(0.6, parameters[0].Grad!.ToArray<double>()[0], 1e-6);
        Assert.Equal(-0.8, parameters[1].Grad!.Item(), 1e-6);
    }

    [Theory]
    [InlineData(1, 7)]
    [InlineData(double.PositiveInfinity, 4)]
    [InlineData(3, 4.497941445275415)] // (27 + 64)^(1/3)
    public void The_norm_can_be_any(double p, double expected) =>
        Assert.Equal(expected, GradientClipping.ClipGradNorm(WithGradients(), 100, p), 1e-12);

    [Fact]
    public void A_small_norm_is_left_alone()
    {
        Tensor[] parameters = WithGradients();

        GradientClipping.ClipGradNorm(parameters, 6);

        Assert.Equal(-4, parameters[1].Grad!.Item());
    }

    [Fact]
    public void Values_are_limited_one_by_one()
    {
        Tensor[] parameters = WithGradients();

        GradientClipping.ClipGradValue(parameters, 3.5);

        Assert.Equal([3.0, 0.0], parameters[0].Grad!.ToArray<double>());
        Assert.Equal(-3.5, parameters[1].Grad!.Item());
    }

    [Fact]
    public void A_norm_that_is_not_finite_can_be_an_error()
    {
        Tensor[] parameters = WithGradients();
        parameters[0].Grad = Tensor.Of([double.NaN, 0], DType.Float64);

        Assert.Throws<ArithmeticException>(() => GradientClipping.ClipGradNorm(parameters, 1, errorIfNonFinite: true));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientClipping.ClipGradNorm(parameters, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientClipping.ClipGradValue(parameters, -1));
    }
}
