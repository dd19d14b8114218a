namespace Nabla.Tests.Transforms;

/// <summary>A call of a compiled function allocates its results, or nothing at all.</summary>
public sealed class CompiledCallMemoryTests
{
    private const int Calls = 100;

    [Fact]
    public void A_call_into_tensors_of_the_caller_allocates_nothing()
    {
        Tensor x = Tensor.Full([], 2.0), y = Tensor.Full([], 3.0), w = Tensor.Full([], 0.5);
        CompiledFunction<Tensor, Tensor> one = Functional.Compile((Tensor a) => (-a * a / 2).Exp() * w);
        CompiledFunction<Tensor, Tensor, (Tensor Value, Tensor First, Tensor Second)> two = Functional.Compile((Tensor a, Tensor b) => (a * b).Tanh() + w).ValueAndGrad();
        Tensor r = Tensor.Zeros([]), s = Tensor.Zeros([]), t = Tensor.Zeros([]);

        Assert.Equal(0, AllocatedBy(() => one.CallInto(x, r)));
        Assert.Equal(0, AllocatedBy(() => two.CallInto(x, y, (r, s, t))));
    }

    [Fact]
    public void A_call_allocates_no_more_than_its_results()
    {
        Tensor x = Tensor.Full([], 2.0);
        CompiledFunction<Tensor, (Tensor Value, Tensor Gradient)> f = Functional.Compile((Tensor a) => (-a * a / 2).Exp()).ValueAndGrad();

        long twoTensors = AllocatedBy(() => (Tensor.Full([], 2.0), Tensor.Full([], 3.0)));
        Assert.InRange(AllocatedBy(() => f.Call(x)), 1, twoTensors);
    }

    // The least of several rounds, for each call: the runtime itself allocates when it replaces a method by a faster one.
    private static long AllocatedBy<T>(Func<T> call)
    {
        long least = long.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            call();
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Calls; i++) call();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least / Calls;
    }

    private static long AllocatedBy(Action call) => AllocatedBy(() =>
    {
        call();
        return true;
    });
}
