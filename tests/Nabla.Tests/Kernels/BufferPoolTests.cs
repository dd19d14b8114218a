namespace Nabla.Tests.Kernels;

[Collection("Memory")]
public sealed class BufferPoolTests
{
    [Fact]
    public void Threads_that_share_the_pool_do_not_see_each_others_numbers()
    {
        const int Rows = 200, Columns = 300;
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, thread =>
        {
            // Temporaries everywhere, transposed ones copied inside the kernels: each result is known exactly.
            for (int i = 1; i <= 150; i++)
            {
                Tensor x = Tensor.Full([Rows, Columns], thread + i);
                Tensor sums = ((x + 1).T * 2.0).Sum(1);
                Assert.Equal(2.0 * Rows * (thread + i + 1), sums[0].Item());
                Assert.All(((x - thread).T.Clone() - i).ToArray<float>()[..10], value => Assert.Equal(0, value));
                Assert.Equal(0, (x * 3.0 - x * 2.0 - x).Abs().Max().Item());
            }
        });
    }

    [Fact]
    public void A_loop_over_large_tensors_runs_on_a_few_buffers()
    {
        Tensor x = Tensor.Rand([1 << 20]);
        for (int i = 0; i < 50; i++) _ = x + 1;
        long before = GC.GetTotalMemory(forceFullCollection: false);
        for (int i = 0; i < 400; i++) _ = (x + 1) * 2.0;
        long grown = GC.GetTotalMemory(forceFullCollection: false) - before;
        Assert.True(grown < 600L << 20, $"800 results of 4 MB left {grown >> 20} MB.");
    }

    [Fact]
    public void Sizes_that_are_no_longer_used_make_room_for_those_that_are()
    {
        // More free memory than the pool keeps, all in buffers of 4 MB.
        Hold(80, 1 << 20);
        GC.Collect();
        Hold(20, 1 << 18);
        GC.Collect();
        Hold(20, 1 << 18);
        GC.Collect();

        long before = GC.GetTotalAllocatedBytes();
        Hold(20, 1 << 18);
        long bytes = GC.GetTotalAllocatedBytes() - before;
        Assert.True(bytes < 4 << 20, $"{bytes >> 20} MB of new memory for results of which as many were freed before.");

        static void Hold(int count, int length)
        {
            var held = new Tensor[count];
            for (int i = 0; i < count; i++) held[i] = Tensor.Full([length], i);
            GC.KeepAlive(held);
        }
    }

    // ---- what the engine gives back -------------------------------------------------------------------------------------

    private const int Large = 1 << 17;

    [Fact]
    public void A_backward_pass_gives_back_the_gradients_on_its_way()
    {
        // Twenty products and sums: their gradients live one after the other, not all together.
        Tensor x = Tensor.Ones([Large], requiresGrad: true);
        long before = 0;
        for (int round = 0; round < 60; round++)
        {
            // The first rounds bring the pool back to its usual haste, whatever ran before and let it grow patient.
            if (round == 40) before = GC.GetTotalAllocatedBytes();
            Tensor y = x;
            for (int i = 0; i < 20; i++) y = (y * 1.0) + (y * 0.0);
            y.Backward(y.Detach());
            Assert.Equal(1, x.Grad![Large - 1].Item());
            x.Grad = null;
            if (round >= 35) GC.Collect(); // what the round's variables held is known to be dead
        }
        long bytes = GC.GetTotalAllocatedBytes() - before;
        Assert.True(bytes < 160L * Large * sizeof(float), $"{bytes >> 20} MB of new memory.");
    }

    [Fact]
    public void A_gradient_that_was_asked_for_stays_when_Grad_is_cleared()
    {
        Tensor x = Tensor.Ones([Large], requiresGrad: true);
        (x * 3).Sum().Backward();
        Tensor kept = x.Grad!;
        x.Grad = null;
        for (int i = 0; i < 4; i++) (x * 5).Sum().Backward();
        Assert.All(kept.ToArray<float>(), value => Assert.Equal(3, value));
    }

    [Fact]
    public void Gradients_that_hooks_and_captures_see_stay()
    {
        Tensor x = Tensor.Ones([Large], requiresGrad: true);
        var seen = new List<Tensor>();
        Tensor a = x * 2, b = a * 3, c = b * 5;
        a.RetainGrad();
        b.RegisterHook(g =>
        {
            seen.Add(g);
            return null;
        });
        c.GradFn!.RegisterHook((inputs, outputs) =>
        {
            seen.Add(inputs[0]!);
            seen.Add(outputs[0]!);
            return null;
        });
        Tensor[] captured = Autograd.Grad([c.Sum()], [x, a, b], retainGraph: true)!;
        c.Sum().Backward();
        for (int i = 0; i < 8; i++) _ = x * 7.0;

        Assert.All(captured.Zip([30f, 15f, 5f]), pair => Assert.All(pair.First.ToArray<float>(), value => Assert.Equal(pair.Second, value)));
        Assert.All(a.Grad!.ToArray<float>(), value => Assert.Equal(30, value));
        Assert.All(x.Grad!.ToArray<float>(), value => Assert.Equal(30, value));
        Assert.All(seen, gradient => Assert.Contains(gradient[Large - 1].Item(), new[] { 5.0, 1.0 }));
    }

    [Fact]
    public void One_gradient_for_two_places_is_not_given_back_by_the_first()
    {
        // Both inputs of a sum get the same tensor, and one of them goes on through a product.
        Tensor x = Tensor.Ones([Large], requiresGrad: true), y = Tensor.Ones([Large], requiresGrad: true);
        ((x * 2) + y).Backward(Tensor.Full([Large], 3.0));
        for (int i = 0; i < 8; i++) _ = x * 7.0;
        Assert.All(y.Grad!.ToArray<float>(), value => Assert.Equal(3, value));
        Assert.All(x.Grad!.ToArray<float>(), value => Assert.Equal(6, value));
    }

    [Fact]
    public void Views_of_a_gradient_keep_its_memory()
    {
        Tensor x = Tensor.Ones([Large / 64, 64], requiresGrad: true);
        Tensor t = x.T * 2.0;
        t.T.Reshape(Large).Backward(Tensor.Arange(Large).To(DType.Float32));
        for (int i = 0; i < 8; i++) _ = x * 7.0;
        Tensor expected = Tensor.Arange(Large).To(DType.Float32).Reshape(Large / 64, 64) * 2.0;
        Assert.Equal(expected.ToArray<float>(), x.Grad!.ToArray<float>());
    }

    [Fact]
    public void A_rule_in_several_steps_gives_back_what_it_made_in_between()
    {
        Tensor x = Tensor.Rand([Large], generator: new Generator(3)).RequireGrad();
        float[] expected = Gradient();
        for (int i = 0; i < 20; i++) Assert.Equal(expected, Gradient());

        float[] Gradient()
        {
            x.Grad = null;
            (x.Reshape(64, -1).Softmax(1) * x.Reshape(64, -1)).Var().Backward();
            return x.Grad!.ToArray<float>();
        }
    }
}
