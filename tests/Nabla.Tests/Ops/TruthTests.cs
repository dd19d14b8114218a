namespace Nabla.Tests.Ops;

public sealed class TruthTests
{
    [Fact]
    public void Any_and_all_treat_every_number_but_zero_as_true()
    {
        Tensor x = Tensor.FromSpan<double>([0, double.NaN, 0, 0, -1, 2], (3, 2));
        Assert.Equal([true, false, true], x.Any(1).ToArray<bool>());
        Assert.Equal([false, false, true], x.All(1).ToArray<bool>());
        Assert.True(x.Any().Item<bool>());
        Assert.Equal([1, 2], x.CountNonzero(0).ToArray<long>());
    }

    [Fact]
    public void Nothing_is_all_true_and_none_true()
    {
        Tensor none = Tensor.Zeros((0, 2));
        Assert.Equal([true, true], none.All(0).ToArray<bool>());
        Assert.Equal([false, false], none.Any(0).ToArray<bool>());
        Assert.Equal(0, none.CountNonzero().Item());
    }
}
