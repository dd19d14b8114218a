namespace Nabla.Tests.Engine;

/// <summary>Several threads that differentiate at once. The gradients are whole numbers, so that every sum is exact.</summary>
public sealed class ConcurrencyTests
{
    private const int Threads = 8;

    [Fact]
    public void Ten_thousand_backward_passes_of_eight_threads_lose_nothing()
    {
        Tensor w = Tensor.Ones([16], DType.Float64, requiresGrad: true), b = Tensor.Ones([], DType.Float64, requiresGrad: true);
        InParallel(thread =>
        {
            for (int k = 1; k <= 1250; k++) ((w * w * (k % 7)) + (b * thread)).Sum().Backward();
        });
        double sum = 0;
        for (int k = 1; k <= 1250; k++) sum += k % 7;
        Assert.All(w.Grad!.ToArray<double>(), value => Assert.Equal(Threads * 2 * sum, value));
        Assert.Equal(1250 * 16 * 28.0, b.Grad!.Item());
    }

    [Fact]
    public void Threads_share_a_part_of_a_graph_and_a_gradient_that_is_summed_by_Grad()
    {
        Tensor w = Tensor.Ones([5], DType.Float64, requiresGrad: true), trunk = (w * w).Exp().Log() * 3;
        var sums = new double[Threads];
        InParallel(thread =>
        {
            for (int k = 0; k < 200; k++)
            {
                Tensor branch = (trunk.Round() * 0).Sum() + (w * trunk.Detach().Round() * (thread + 1)).Sum() + (w * w * 2).Sum();
                branch.Backward(retainGraph: true);
                sums[thread] += Autograd.Grad((w * w * (thread + 1)).Sum(), w).ToArray<double>()[0];
            }
        });
        Assert.All(w.Grad!.ToArray<double>(), value => Assert.Equal(200 * ((3 * 36) + (4 * Threads)), value));
        for (int thread = 0; thread < Threads; thread++) Assert.Equal(200 * 2 * (thread + 1), sums[thread]);
    }

    [Fact]
    public void Hooks_are_called_once_per_pass_whichever_thread_it_runs_on()
    {
        int tensor = 0, before = 0, after = 0, accumulated = 0;
        Tensor w = Tensor.Ones([3], DType.Float64, requiresGrad: true), shared = w * 2, plain = Tensor.Ones([3], DType.Float64, requiresGrad: true);
        shared.RegisterHook(_ => { Interlocked.Increment(ref tensor); return null; });
        shared.GradFn!.RegisterPreHook(_ => { Interlocked.Increment(ref before); return null; });
        shared.GradFn.RegisterHook((_, _) => { Interlocked.Increment(ref after); return null; });

        // Held while it runs, so that it may count without care.
        w.RegisterPostAccumulateGradHook(_ => accumulated++);
        InParallel(_ =>
        {
            for (int k = 0; k < 100; k++) (shared + plain).Sum().Backward(retainGraph: true);
        });
        Assert.Equal((800, 800, 800, 800), (tensor, before, after, accumulated));
        Assert.All(w.Grad!.ToArray<double>(), value => Assert.Equal(1600, value));
        Assert.All(plain.Grad!.ToArray<double>(), value => Assert.Equal(800, value));
    }

    [Fact]
    public void Descent_in_a_hook_misses_no_gradient_of_another_thread()
    {
        Tensor w = Tensor.Zeros([4], DType.Float64, requiresGrad: true);
        w.RegisterPostAccumulateGradHook(leaf =>
        {
            leaf.SubInPlace(leaf.Grad!);
            leaf.Grad = null;
        });
        InParallel(_ =>
        {
            for (int k = 1; k <= 250; k++) (w + k).Sum().Backward();
        });
        Assert.All(w.ToArray<double>(), value => Assert.Equal(-Threads * 250, value));
    }

    [Fact]
    public void Hooks_come_and_go_while_others_run()
    {
        Tensor w = Tensor.Ones([3], DType.Float64, requiresGrad: true), y = w * 2;
        InParallel(thread =>
        {
            for (int k = 0; k < 200; k++)
            {
                using IDisposable hook = y.RegisterHook(_ => null);
                using IDisposable around = y.GradFn!.RegisterHook((_, _) => null);
                y.Sum().Backward(retainGraph: true);
            }
        });
        Assert.All(w.Grad!.ToArray<double>(), value => Assert.Equal(2 * 1600, value));
    }

    [Fact]
    public void Modes_belong_to_the_thread_that_entered_them()
    {
        Tensor w = Tensor.Ones([2], requiresGrad: true);
        InParallel(thread =>
        {
            for (int k = 0; k < 100; k++)
            {
                using IDisposable scope = thread % 2 == 0 ? Autograd.NoGrad() : Autograd.EnableGrad();
                Assert.Equal(thread % 2 != 0, (w * 2).RequiresGrad);
                Thread.Yield();
            }
        });
    }

    private static void InParallel(Action<int> work)
    {
        Exception? failure = null;
        var threads = new Thread[Threads];
        for (int i = 0; i < threads.Length; i++)
        {
            int number = i;
            threads[i] = new Thread(() =>
            {
                try
                {
                    work(number);
                }
                catch (Exception error)
                {
                    Interlocked.CompareExchange(ref failure, error, null);
                }
            });
        }
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Null(failure);
    }
}
