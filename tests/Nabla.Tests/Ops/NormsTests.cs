namespace Nabla.Tests.Ops;

public sealed class NormsTests
{
    [Fact]
    public void Infinity_norm_shares_the_gradient_among_ties()
    {
        Tensor x = Tensor.FromSpan<double>([3, -3, 1], requiresGrad: true);
        x.Norm(double.PositiveInfinity).Backward();
        Assert.Equal([0.5, -0.5, 0], x.Grad!.ToArray<double>());
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(1.5)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(double.PositiveInfinity)]
    public void Gradient_at_the_origin_is_zero_also_when_differentiated_again(double p)
    {
        Tensor x = Tensor.Zeros(3, DType.Float64, requiresGrad: true);
        Tensor gradient = Autograd.Grad(x.Norm(p), x, createGraph: true);
        Assert.Equal([0, 0, 0], gradient.ToArray<double>());
        if (gradient.RequiresGrad) Assert.Equal([0, 0, 0], Autograd.Grad([gradient.Sum()], [x], allowUnused: true)[0]?.ToArray<double>() ?? [0, 0, 0]);
    }

    [Theory]
    [InlineData(3e25f)]
    [InlineData(3e-25f)]
    public void Squares_that_leave_the_range_of_float_do_not_spoil_the_norm(float unit)
    {
        Tensor x = Tensor.FromSpan<float>([unit, unit * 4 / 3]);
        Assert.Equal(unit * 5 / 3, x.Norm().Item(), unit * 1e-6);
    }

    [Fact]
    public void Norm_of_order_zero_counts()
    {
        Assert.Equal([1, 2], Tensor.FromSpan<double>([0, 3, 1, -2], (2, 2)).Norm(0, 1).ToArray<double>());
    }

    [Fact]
    public void Distance_is_the_norm_of_the_difference()
    {
        Assert.Equal(5, Tensor.FromSpan<double>([1, 2]).Dist(Tensor.FromSpan<double>([4, 6])).Item());
    }

    [Fact]
    public void Errors_name_the_argument()
    {
        Assert.Throws<ArgumentException>(() => Tensor.Ones(2).Norm(double.NaN));
        Assert.Throws<DTypeException>(() => Tensor.Arange(2).Norm());
        Assert.Throws<ShapeException>(() => Tensor.Zeros(0).Norm(double.PositiveInfinity));
        Assert.Equal(0, Tensor.Zeros(0).Norm().Item());
    }
}
