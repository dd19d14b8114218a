namespace Nabla.Tests.Ops;

public sealed class LogSumExpTests
{
    private const double Infinity = double.PositiveInfinity;

    [Fact]
    public void Infinities_are_exact()
    {
        Assert.Equal(-Infinity, Tensor.FromSpan<double>([-Infinity, -Infinity]).LogSumExp().Item());
        Assert.Equal(Infinity, Tensor.FromSpan<double>([Infinity, 1]).LogSumExp().Item());
        Assert.Equal(2, Tensor.FromSpan<double>([-Infinity, 2]).LogSumExp().Item());
        Assert.Equal(1000 + Math.Log(2), Tensor.FromSpan<double>([1000, 1000]).LogSumExp().Item());
    }

    [Fact]
    public void A_row_masked_with_minus_infinity_has_gradient_zero_and_no_second_derivative()
    {
        Tensor x = Tensor.FromSpan<double>([-Infinity, -Infinity, 0, 0], (2, 2), requiresGrad: true);
        Tensor gradient = Autograd.Grad(x.LogSumExp(1).Select(0, 0), x, createGraph: true);
        Assert.Equal([0, 0, 0, 0], gradient.ToArray<double>());
        Assert.Equal([0, 0, 0, 0], Autograd.Grad(gradient.Sum(), x).ToArray<double>());
        Assert.Equal([0, 0, 0.5, 0.5], Autograd.Grad(x.LogSumExp(1).Sum(), x).ToArray<double>());
    }

    [Fact]
    public void Running_log_sum_exp_passes_through_minus_infinity()
    {
        Tensor x = Tensor.FromSpan<double>([-Infinity, 0, 0], requiresGrad: true);
        Tensor y = x.LogCumSumExp(0);
        Assert.Equal([-Infinity, 0, Math.Log(2)], y.ToArray<double>());
        Tensor gradient = Autograd.Grad(y.Select(0, 2), x);
        Assert.Equal([0, 0.5, 0.5], gradient.ToArray<double>().Select(g => Math.Round(g, 12)));
    }

    [Fact]
    public void Softmax_sums_to_one_and_its_logarithm_stays_exact_far_away()
    {
        Tensor x = Tensor.FromSpan<double>([0, -1000, 5, 5], (2, 2));
        Assert.Equal([1, 1], x.Softmax(1).Sum(1).ToArray<double>());
        Assert.Equal([0, -1000, -Math.Log(2), -Math.Log(2)], x.LogSoftmax(1).ToArray<double>());
        Assert.Equal([0, 1], x.Softmin(1).Select(0, 0).ToArray<double>());
    }

    [Fact]
    public void Integers_are_refused_unless_converted()
    {
        Tensor x = Tensor.Arange(3);
        Assert.Throws<DTypeException>(() => x.Softmax(0));
        Assert.Throws<DTypeException>(() => x.LogSumExp());
        Assert.Equal(DType.Float64, x.LogSoftmax(0, DType.Float64).DType);
    }
}
