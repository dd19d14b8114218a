namespace Nabla.Tests.Ops;

public sealed class SortingTests
{
    private const double NaN = double.NaN;

    [Fact]
    public void Equal_elements_keep_their_order_in_both_directions_and_NaN_is_the_largest()
    {
        Tensor x = Tensor.FromSpan<double>([2, NaN, 1, 2, 1, NaN]);
        Assert.Equal([2, 4, 0, 3, 1, 5], x.ArgSort().ToArray<long>());
        Assert.Equal([1, 5, 0, 3, 2, 4], x.ArgSort(descending: true).ToArray<long>());
    }

    [Fact]
    public void Sorting_many_equal_elements_is_stable()
    {
        long[] values = [.. Enumerable.Range(0, 500).Select(i => (long)(i * 7 % 5))];
        long[] order = Tensor.FromSpan<long>(values).ArgSort().ToArray<long>();
        Assert.Equal(Enumerable.Range(0, 500).OrderBy(i => values[i]).Select(i => (long)i), order);
    }

    [Fact]
    public void The_largest_k_come_in_order_with_their_positions()
    {
        (Tensor values, Tensor indices) = Tensor.FromSpan<int>([3, 9, 3, 5], (2, 2)).T.TopK(1, axis: 0);
        Assert.Equal([9, 5], values.ToArray<int>());
        Assert.Equal([1, 1], indices.ToArray<long>());
        Assert.Equal(DType.Int32, values.DType);
    }

    [Fact]
    public void Median_takes_the_lower_of_two_and_NaN_if_there_is_one()
    {
        Assert.Equal(2, Tensor.FromSpan<double>([1, 4, 2, 3]).Median().Item());
        Assert.Equal(NaN, Tensor.FromSpan<double>([1, NaN, 2]).Median().Item());
        Assert.Equal(1, Tensor.FromSpan<double>([1, NaN, 2]).NanMedian().Item());
        Assert.Equal(NaN, Tensor.FromSpan<double>([NaN]).NanMedian().Item());
        Assert.Equal([1, 1], Tensor.FromSpan<double>([5, 4, 1, 2, 3, 9], (2, 3)).Median(1).Indices.ToArray<long>());
    }

    [Fact]
    public void Mode_is_the_most_frequent_the_smallest_of_several()
    {
        (Tensor values, Tensor indices) = Tensor.FromSpan<double>([3, 1, 3, 1, 2]).Mode();
        Assert.Equal(1, values.Item());
        Assert.Equal(3, indices.Item());
    }

    [Theory]
    [InlineData(Interpolation.Linear, 1.75)]
    [InlineData(Interpolation.Lower, 1)]
    [InlineData(Interpolation.Higher, 2)]
    [InlineData(Interpolation.Midpoint, 1.5)]
    [InlineData(Interpolation.Nearest, 2)]
    public void Quantiles_between_two_elements_follow_the_interpolation(Interpolation interpolation, double expected)
    {
        // q·(n − 1) = 0.75 lies between 1 and 2.
        Tensor x = Tensor.FromSpan<double>([4, 2, 1, 3]);
        Assert.Equal(expected, x.Quantile(0.25, interpolation: interpolation).Item());
    }

    [Fact]
    public void Several_quantiles_come_first()
    {
        Tensor x = Tensor.FromSpan<double>([1, 2, 3, 10, 20, NaN], (2, 3));
        Tensor q = x.Quantile([0, 0.5], 1);
        Assert.Equal(Shape.Create([2, 2]), q.Shape);
        Assert.Equal([1, NaN, 2, NaN], q.ToArray<double>());
        Assert.Throws<ArgumentOutOfRangeException>(() => x.Quantile(1.5));
    }

    [Fact]
    public void Counts_outside_the_axis_are_refused()
    {
        Tensor x = Tensor.Zeros((2, 3));
        Assert.Contains("from 0 to 3", Assert.Throws<ArgumentOutOfRangeException>(() => x.TopK(4)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => x.KthValue(0));
        Assert.Throws<ShapeException>(() => Tensor.Zeros((2, 0)).Median(1));
    }
}
