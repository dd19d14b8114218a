using System.Runtime.CompilerServices;

namespace Nabla.Tests.Engine;

/// <summary>Very long graphs, what they keep alive, and several threads in one graph.</summary>
[Collection("Memory")]
public sealed class GraphMemoryTests
{
    private const int Million = 1_000_000;

    [Fact]
    public void A_chain_of_a_million_operations_differentiates_in_reverse()
    {
        Tensor x = Tensor.Of(1, DType.Float64, requiresGrad: true);
        Chain(x).Backward();
        Assert.Equal(Million, x.Grad!.Item());
        GC.Collect();
        x.Grad = null;
        Assert.Equal(Million, Autograd.Grad(Chain(x), x).Item());

        static Tensor Chain(Tensor x)
        {
            Tensor y = x * 1;
            for (int i = 1; i < Million; i++) y = y + x;
            return y;
        }
    }

    [Fact]
    public void A_chain_of_a_million_operations_differentiates_forward()
    {
        (Tensor value, Tensor tangent) = Functional.Jvp(
            x =>
            {
                Tensor y = x * 1;
                for (int i = 1; i < Million; i++) y = y + x;
                return y;
            },
            Tensor.Of(1, DType.Float64), Tensor.Of(2, DType.Float64));
        Assert.Equal((1e6, 2e6), (value.Item(), tangent.Item()));
    }

    [Fact]
    public void A_chain_of_a_million_operations_differentiates_twice()
    {
        // At w = 1 the derivatives of wⁿ are n and n(n − 1), all steps in whole numbers.
        Tensor w = Tensor.Of(1, DType.Float64, requiresGrad: true), y = w;
        for (int i = 1; i < Million; i++) y = y * w;
        Tensor g = Autograd.Grad(y, w, createGraph: true);
        Assert.Equal(Million, g.Item());
        Assert.Equal(1e6 * (1e6 - 1), Autograd.Grad(g, w).Item());
    }

    [Fact]
    public void A_chain_of_a_hundred_thousand_operations_differentiates_forward_over_reverse_and_reverse_over_forward()
    {
        static Tensor Power(Tensor w)
        {
            Tensor y = w;
            for (int i = 1; i < 100_000; i++) y = y * w;
            return y;
        }
        Tensor one = Tensor.Of(1, DType.Float64);
        Assert.Equal(1e5 * (1e5 - 1), Functional.Hvp(Power, one, one).Item());
        Assert.Equal(1e5 * (1e5 - 1), Functional.Grad(w => Functional.Jvp(Power, w, one).Tangent, one).Item());
    }

    [Fact]
    public void Steps_with_every_kind_of_hook_run_in_flat_memory()
    {
        Tensor w = Tensor.Ones([1000], DType.Float64, requiresGrad: true);
        w.RegisterPostAccumulateGradHook(leaf => leaf.Grad = null);
        for (int i = 0; i < 200; i++) Step(w);
        Collect();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < 5000; i++) Step(w);
        Collect();
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 4_000_000);

        static void Step(Tensor w)
        {
            Tensor y;
            using (Autograd.SaveInHalfPrecision()) y = w * w;
            y.RetainGrad();
            y.RegisterHook(_ => null);
            y.GradFn!.RegisterPreHook(_ => null);
            y.GradFn.RegisterHook((_, _) => null);
            y.Sum().Backward();
        }
    }

    [Fact]
    public void What_was_saved_is_freed_as_backward_passes()
    {
        Tensor x = Tensor.Ones([1000], requiresGrad: true);
        (Tensor y, WeakReference saved) = Build(x);
        Collect();
        Assert.True(saved.IsAlive);
        y.Backward();
        Collect();
        Assert.False(saved.IsAlive);
        GC.KeepAlive(y);
    }

    [Fact]
    public void A_gradient_without_createGraph_keeps_no_graph()
    {
        Tensor x = Tensor.Ones([1000], requiresGrad: true);
        WeakReference saved = BuildAndRun(x);
        Collect();
        Assert.False(saved.IsAlive);
        Assert.True(x.Grad!.IsLeaf);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (Tensor Y, WeakReference Saved) Build(Tensor x)
    {
        Tensor h = x * 2;
        return ((h * h).Sum(), new WeakReference(h));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference BuildAndRun(Tensor x)
    {
        (Tensor y, WeakReference saved) = Build(x);
        y.Backward();
        return saved;
    }

    private static void Collect()
    {
        for (int i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    [Fact]
    public void Eight_threads_add_to_shared_parameters_exactly()
    {
        Tensor w = Tensor.Ones([100], DType.Float64, requiresGrad: true);
        InParallel(thread =>
        {
            for (int k = 1; k <= 100; k++) (w * w * k).Sum().Backward();
        });
        Assert.All(w.Grad!.ToArray<double>(), value => Assert.Equal(8 * 2 * 5050, value));
    }

    [Fact]
    public void Eight_threads_walk_one_shared_graph()
    {
        Tensor w = Tensor.Ones([10], DType.Float64, requiresGrad: true);
        Tensor y = w * 1;
        for (int i = 0; i < 50; i++) y = y + (w * w);
        Tensor total = y.Sum();
        InParallel(_ =>
        {
            for (int k = 0; k < 25; k++) total.Backward(retainGraph: true);
        });
        Assert.All(w.Grad!.ToArray<double>(), value => Assert.Equal(8 * 25 * 101, value));
    }

    private static void InParallel(Action<int> work)
    {
        Exception? failure = null;
        var threads = new Thread[8];
        for (int i = 0; i < threads.Length; i++)
        {
            int number = i;
            threads[i] = new Thread(() =>
            {
                try
                {
                    work(number);
                }
                catch (Exception error) when (failure is null)
                {
                    failure = error;
                }
            });
            threads[i].Start();
        }
        foreach (Thread thread in threads) thread.Join();
        Assert.Null(failure);
    }
}
