namespace Nabla.Tests.Ops;

public sealed class ScansTests
{
    [Fact]
    public void Gradient_of_running_sums_counts_the_sums_that_hold_an_element()
    {
        Tensor x = Tensor.Ones((2, 5), DType.Float32, requiresGrad: true);
        x.CumSum(1).Sum().Backward();
        Assert.Equal([5, 4, 3, 2, 1, 5, 4, 3, 2, 1], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void Integers_and_truth_values_sum_to_int64()
    {
        Tensor x = Tensor.FromSpan<bool>([true, false, true]);
        Assert.Equal(DType.Int64, x.CumSum(0).DType);
        Assert.Equal([1, 1, 2], x.CumSum(0).ToArray<long>());
        Assert.Equal(DType.Float32, x.CumSum(0, DType.Float32).DType);
    }

    [Fact]
    public void Running_extremes_name_the_latest_of_equal_elements_and_keep_NaN()
    {
        (Tensor values, Tensor indices) = Tensor.FromSpan<double>([2, 2, 1, double.NaN, 5]).CumMax(0);
        Assert.Equal([2, 2, 2, double.NaN, double.NaN], values.ToArray<double>());
        Assert.Equal([0, 1, 1, 3, 3], indices.ToArray<long>());
    }

    [Fact]
    public void Scalars_and_empty_tensors_scan_to_themselves()
    {
        Tensor scalar = Tensor.Full([], 2.5, DType.Float64);
        Assert.Equal(2.5, scalar.CumSum(0).Item());
        Assert.Equal(2.5, scalar.CumMax(-1).Values.Item());
        Assert.Equal(Shape.Create([0, 3]), Tensor.Zeros((0, 3)).CumProd(0).Shape);
        Assert.Equal(Shape.Create([0, 3]), Tensor.Zeros((0, 3)).LogCumSumExp(1).Shape);
        Assert.Throws<ArgumentOutOfRangeException>(() => scalar.CumSum(1));
    }

    [Fact]
    public void Differences_undo_running_sums()
    {
        Tensor x = Tensor.FromSpan<double>([1, 4, 9, 16]);
        Assert.Equal([3, 5, 7], x.Diff().ToArray<double>());
        Assert.Equal([2, 2], x.Diff(n: 2).ToArray<double>());
        Assert.Equal(x.ToArray<double>(), x.CumSum(0).Diff(prepend: Tensor.Zeros(1, DType.Float64)).ToArray<double>());
    }

    [Fact]
    public void Trapezoids_measure_the_area_under_points()
    {
        Tensor y = Tensor.FromSpan<double>([1, 2, 4]), x = Tensor.FromSpan<double>([0, 2, 3]);
        Assert.Equal(4.5, y.Trapezoid().Item());
        Assert.Equal(6, y.Trapezoid(x).Item());
        Assert.Equal([3, 6], y.CumulativeTrapezoid(x).ToArray<double>());
        Assert.Throws<ShapeException>(() => y.Trapezoid(Tensor.Zeros(2)));
    }
}
