namespace Nabla.Tests.Engine;

/// <summary>No-grad, inference mode, and how they flow.</summary>
public sealed class ModeTests
{
    [Fact]
    public async Task No_grad_flows_with_async_code()
    {
        using (Autograd.NoGrad())
        {
            await Task.Yield();
            Assert.False(Autograd.IsGradEnabled);
            Assert.False(await Task.Run(() => Autograd.IsGradEnabled));
        }
        await Task.Yield();
        Assert.True(Autograd.IsGradEnabled);
    }

    [Fact]
    public void No_grad_does_not_stay_with_the_thread()
    {
        using IDisposable scope = Autograd.NoGrad();
        bool? elsewhere = null;
        using var done = new ManualResetEventSlim();
        ThreadPool.UnsafeQueueUserWorkItem(_ => { elsewhere = Autograd.IsGradEnabled; done.Set(); }, null);
        done.Wait();
        Assert.True(elsewhere);
    }

    [Fact]
    public async Task A_scope_left_open_in_an_async_method_does_not_reach_its_caller()
    {
        await Leave();
        Assert.True(Autograd.IsGradEnabled);

        static async Task Leave()
        {
            await Task.Yield();
            Autograd.NoGrad();
            await Task.Yield();
        }
    }

    [Fact]
    public void SetGradEnabled_says_it_with_a_value()
    {
        using (Autograd.SetGradEnabled(false))
        {
            Assert.False(Autograd.IsGradEnabled);
            using (Autograd.SetGradEnabled(true)) Assert.True(Autograd.IsGradEnabled);
            Assert.False(Autograd.IsGradEnabled);
        }
    }

    [Fact]
    public void An_inference_tensor_may_be_used_where_nothing_is_recorded_and_cloned_where_it_is()
    {
        Tensor a;
        using (Autograd.InferenceMode())
        {
            Assert.True(Autograd.IsInferenceModeEnabled);
            a = Tensor.Of([1, 2]) * 3;
        }
        Assert.Equal([6, 12], (a * 2).ToArray<double>());
        Tensor x = Tensor.Of([1, 2], requiresGrad: true);
        Assert.Throws<AutogradException>(() => x * a);
        Assert.Throws<AutogradException>(() => x * a.Narrow(0, 0, 1));
        (x * a.Clone()).Sum().Backward();
        Assert.Equal([3, 6], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void Integer_results_of_recorded_operations_require_no_gradient()
    {
        Tensor x = Tensor.Of([1.5, 2.5], requiresGrad: true);
        Assert.False(x.Long().RequiresGrad);
        Assert.False(x.Bool().RequiresGrad);
        Assert.True((x * Tensor.Arange(2)).RequiresGrad);
    }
}
