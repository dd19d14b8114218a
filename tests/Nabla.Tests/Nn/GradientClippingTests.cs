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
    public void Nothing_and_empty_tensors_have_a_norm_of_zero()
    {
        Tensor empty = Tensor.Zeros([0], requiresGrad: true);
        empty.Grad = Tensor.Zeros([0]);
        Assert.Equal(0, GradientClipping.ClipGradNorm([], 1));
        Assert.Equal(0, GradientClipping.ClipGradNorm([empty], 1, errorIfNonFinite: true));
        Assert.Equal(0, GradientClipping.ClipGradNorm([empty], 1, double.PositiveInfinity));
        Tensor[] parameters = [empty, .. WithGradients()];
        Assert.Equal(5, GradientClipping.ClipGradNorm(parameters, 10));
        GradientClipping.ClipGradValue([empty], 1);
    }

    [Theory]
    [InlineData(DType.Float32, 1e30, 2)]
    [InlineData(DType.Float32, 1e-30, 2)]
    [InlineData(DType.Float64, 1e200, 2)]
    [InlineData(DType.Float64, 1e-200, 3)]
    public void Squares_that_overflow_or_vanish_do_not_spoil_the_norm(DType dtype, double size, double p)
    {
        Tensor x = Tensor.Zeros([2], dtype, requiresGrad: true);
        x.Grad = Tensor.Of([size, size], dtype);
        Assert.Equal(1, GradientClipping.ClipGradNorm([x], 1, p, errorIfNonFinite: true) / (size * Math.Pow(2, 1 / p)), 1e-6);
        if (size > 1) Assert.Equal(Math.Pow(2, -1 / p), x.Grad!.ToArray<double>()[0], 1e-6);
    }

    [Fact]
    public void Infinite_and_missing_numbers_spread_as_in_PyTorch()
    {
        // torch.nn.utils.clip_grad_norm_ of [inf, 1], [2]: inf, and gradients [nan, 0], [0]; of [nan, 1], [2]: all nan.
        Tensor[] parameters = WithGradients();
        parameters[0].Grad = Tensor.Of([double.PositiveInfinity, 1], DType.Float64);
        Assert.Equal(double.PositiveInfinity, GradientClipping.ClipGradNorm(parameters, 1));
        Assert.Equal([double.NaN, 0], parameters[0].Grad!.ToArray<double>());
        Assert.Equal(0, Math.Abs(parameters[1].Grad!.Item()));
        parameters = WithGradients();
        parameters[0].Grad = Tensor.Of([double.NaN, 1], DType.Float64);
        Assert.Equal(double.NaN, GradientClipping.ClipGradNorm(parameters, 1, double.PositiveInfinity));
        Assert.Equal(double.NaN, parameters[1].Grad!.Item());
    }

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
