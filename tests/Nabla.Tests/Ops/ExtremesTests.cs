namespace Nabla.Tests.Ops;

public sealed class ExtremesTests
{
    [Fact]
    public void Ties_share_the_gradient_of_the_largest_over_several_axes()
    {
        Tensor x = Tensor.FromSpan<double>([1, 3, 3, 3, 0, 2], (2, 3), requiresGrad: true);
        x.Amax([0, 1]).Backward();
        Assert.Equal([0, 1.0 / 3, 1.0 / 3, 1.0 / 3, 0, 0], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void Along_one_axis_the_first_of_equal_elements_takes_the_gradient()
    {
        Tensor x = Tensor.FromSpan<double>([3, 1, 3, 1, 2, 2], (2, 3), requiresGrad: true);
        (Tensor values, Tensor indices) = x.Max(1);
        values.Sum().Backward();
        Assert.Equal([0, 1], indices.ToArray<long>());
        Assert.Equal([1, 0, 0, 0, 1, 0], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void A_NaN_is_the_extreme_and_takes_the_gradient()
    {
        Tensor x = Tensor.FromSpan<double>([1, double.NaN, 3], requiresGrad: true);
        Tensor largest = x.Max();
        largest.Backward();
        Assert.True(double.IsNaN(largest.Item()));
        Assert.Equal([0, 1, 0], x.Grad!.ToArray<double>());
        Assert.Equal(1, x.ArgMin().Item());
    }

    [Theory]
    [InlineData(DType.Int32)]
    [InlineData(DType.UInt8)]
    [InlineData(DType.Int64)]
    [InlineData(DType.Float32)]
    public void Extremes_keep_the_type(DType dtype)
    {
        Tensor x = Tensor.FromSpan<int>([4, 9, 2]).To(dtype);
        Assert.Equal(dtype, x.Amax().DType);
        Assert.Equal(9, x.Max().Item());
        Assert.Equal(2, x.Min(0).Values.Item());
        Assert.Equal(2, x.ArgMin(-1).Item());
    }

    [Fact]
    public void Keeping_the_axis_keeps_a_length_of_one()
    {
        Tensor x = Tensor.Rand((2, 3, 4));
        Assert.Equal(Shape.Create([2, 1, 4]), x.Max(1, keepAxis: true).Indices.Shape);
        Assert.Equal(Shape.Create([1, 1, 1]), x.ArgMax(keepAxis: true).Shape);
        Assert.Equal(Shape.Create([2, 1, 1]), x.Amin([1, ^1], keepAxis: true).Shape);
    }

    [Fact]
    public void The_extreme_of_nothing_is_an_error_that_names_the_axis()
    {
        Tensor x = Tensor.Zeros((0, 3));
        Assert.Contains("Amax: axis 0", Assert.Throws<ShapeException>(() => x.Amax(0)).Message, StringComparison.Ordinal);
        Assert.Throws<ShapeException>(() => x.Max());
        Assert.Throws<ShapeException>(() => x.ArgMax());
        Assert.Throws<ShapeException>(() => x.Min(0));
        Assert.Equal(Shape.Create([0]), x.Amax(1).Shape);
        Assert.Equal(Shape.Create([0]), x.Max(1).Indices.Shape);
    }

    [Fact]
    public void An_axis_that_does_not_exist_is_an_error()
    {
        Tensor x = Tensor.Zeros((2, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.Amax(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.Max(-3));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.ArgMax(^3));
        Assert.Throws<ArgumentException>(() => x.Amin([0, ^2]));
    }
}
