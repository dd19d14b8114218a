namespace Nabla.Tests.Engine;

/// <summary>
/// The engine gives memory back that it believes nobody else sees: what nodes have saved, and gradients that nobody has read. Here
/// somebody does see it, in every way there is; then as much memory of the same size is written as would be needed to overwrite it.
/// </summary>
[Collection("Memory")]
public sealed class ReturnedMemoryTests
{
    // Large enough that nodes hold what they save apart from the user's handles.
    private const int Count = 40_000;

    private static Tensor Leaf(double value = 3) => Tensor.Full([Count], value, DType.Float32).RequireGrad();

    /// <summary>Takes whatever the pool has of this size, and fills it.</summary>
    private static void Overwrite()
    {
        GC.Collect();
        var taken = new Tensor[64];
        for (int i = 0; i < taken.Length; i++) taken[i] = Tensor.Full([Count], -77, DType.Float32);
        GC.KeepAlive(taken);
    }

    private static void AssertAll(double expected, Tensor x)
    {
        foreach (float value in x.ToArray<float>()) Assert.Equal((float)expected, value);
    }

    [Fact]
    public void The_users_handle_of_a_saved_value_keeps_its_numbers_after_backward()
    {
        Tensor x = Leaf(), h = x * 2.0, view = h[..100], detached = h.Detach(), y = h * h;
        y.Sum().Backward();
        Overwrite();
        AssertAll(6, h);
        AssertAll(6, view);
        AssertAll(6, detached);
        AssertAll(36, y);
        AssertAll(24, x.Grad!);
    }

    [Fact]
    public void A_view_of_a_saved_value_whose_own_handle_is_gone_keeps_its_numbers()
    {
        Tensor x = Leaf();
        (Tensor part, Tensor loss) = Forward(x);
        Overwrite();
        loss.Backward();
        Overwrite();
        AssertAll(6, part);

        static (Tensor, Tensor) Forward(Tensor x)
        {
            Tensor h = x * 2.0;
            return (h.Detach()[..50], (h * h).Sum());
        }
    }

    [Fact]
    public void A_saved_value_that_was_asked_for_keeps_its_numbers_after_backward()
    {
        Tensor x = Leaf();
        Tensor loss = Forward(x);
        Tensor[] saved = [.. loss.GradFn!.NextFunctions[0].Node!.SavedTensors];
        Overwrite();
        loss.Backward();
        Overwrite();
        foreach (Tensor value in saved) AssertAll(6, value);

        static Tensor Forward(Tensor x)
        {
            Tensor h = x * 2.0;
            return (h * h).Sum();
        }
    }

    [Fact]
    public void A_saved_value_that_was_asked_for_without_recording_keeps_its_numbers_after_backward()
    {
        Tensor x = Leaf();
        Tensor loss = (x * 2.0).Exp().Sum();
        Tensor saved;
        using (Autograd.NoGrad()) saved = loss.GradFn!.NextFunctions[0].Node!.SavedTensors[0].Detach();
        float expected = saved.ToArray<float>()[0];
        loss.Backward();
        Overwrite();
        AssertAll(expected, saved);
    }

    [Fact]
    public void Gradients_that_are_differentiated_again_keep_what_the_first_graph_saved()
    {
        Tensor x = Leaf();
        Tensor h = x * 2.0;
        Tensor g = Autograd.Grad((h * h * h).Sum(), x, createGraph: true);
        h = null!;
        Overwrite();
        AssertAll(3 * 36 * 2, g);
        AssertAll(6 * 6 * 4, Autograd.Grad(g.Sum(), x));
    }

    [Fact]
    public void A_retained_graph_can_be_walked_again_with_other_memory_in_between()
    {
        Tensor x = Leaf(), loss = Loss(x);
        for (int pass = 1; pass <= 3; pass++)
        {
            loss.Backward(retainGraph: pass < 3);
            Overwrite();
            AssertAll(24 * pass, x.Grad!);
        }
        Assert.Throws<AutogradException>(() => loss.Backward());

        static Tensor Loss(Tensor x)
        {
            Tensor h = x * 2.0;
            return (h * h).Sum();
        }
    }

    [Fact]
    public void A_change_in_place_is_noticed_through_the_handle_that_the_user_has()
    {
        Tensor x = Leaf(), h = x * 2.0, y = (h * h).Sum();
        using (Autograd.NoGrad()) h.Detach().AddInPlace(1.0);
        Assert.Throws<AutogradException>(() => y.Backward());
    }

    [Fact]
    public void A_function_of_the_user_may_keep_its_inputs_outputs_and_gradients()
    {
        Tensor x = Leaf();
        var keeper = new Keeper();
        (keeper.Apply(x * 2.0) * 2.0).Sum().Backward();
        x.Grad = null;
        Overwrite();
        AssertAll(6, keeper.Input!);
        AssertAll(2, keeper.Gradient!);
        AssertAll(6, keeper.Saved!);
    }

    private sealed class Keeper : Function
    {
        public Tensor? Input, Gradient, Saved;

        protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs)
        {
            Input = inputs[0];
            context.SaveForBackward(inputs[0]);
            return [inputs[0] * 1.0];
        }

        protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs)
        {
            Saved = context.SavedTensors[0];
            Gradient = gradOutputs[0];
            return [gradOutputs[0]];
        }
    }

    [Fact]
    public void A_gradient_that_a_hook_has_seen_keeps_its_numbers()
    {
        Tensor x = Leaf(), h = x * 2.0;
        var seen = new List<Tensor>();
        x.RegisterHook(g => { seen.Add(g); return null; });
        h.RegisterHook(g => { seen.Add(g); return null; });
        h.GradFn!.RegisterHook((inputs, outputs) => { seen.AddRange(inputs.OfType<Tensor>()); seen.AddRange(outputs.OfType<Tensor>()); return null; });
        (h * 5.0).Sum().Backward();
        Tensor[] kept = [.. seen];
        float[][] numbers = Array.ConvertAll(kept, g => g.ToArray<float>());
        x.Grad = null;
        Overwrite();
        for (int i = 0; i < kept.Length; i++) Assert.Equal(numbers[i], kept[i].ToArray<float>());
        Assert.True(kept.Length >= 4);
    }

    [Fact]
    public void A_gradient_that_a_hook_after_accumulation_has_read_keeps_its_numbers()
    {
        Tensor x = Leaf();
        Tensor? kept = null;
        x.RegisterPostAccumulateGradHook(leaf => { kept = leaf.Grad; leaf.Grad = null; });
        (x * 5.0).Sum().Backward();
        Overwrite();
        AssertAll(5, kept!);
    }

    [Fact]
    public void A_gradient_that_was_read_keeps_its_numbers_when_it_is_cleared_or_replaced()
    {
        Tensor x = Leaf();
        (x * 5.0).Sum().Backward();
        Tensor read = x.Grad!, alias = x.Grad!.Detach(), view = x.Grad![..10];
        x.Grad = null;
        Overwrite();
        AssertAll(5, read);
        AssertAll(5, alias);
        AssertAll(5, view);
        x.Grad = read;
        x.Grad = Tensor.Ones([Count]);
        Overwrite();
        AssertAll(5, read);
    }

    [Fact]
    public void A_gradient_that_the_user_gave_is_the_users()
    {
        Tensor x = Leaf(), own = Tensor.Full([Count], 9, DType.Float32), incoming = Tensor.Full([Count], 4, DType.Float32);
        x.Grad = own;
        (x + 0.0).Backward(incoming);
        x.Grad = null;
        Overwrite();
        AssertAll(13, own);
        AssertAll(4, incoming);
    }

    [Fact]
    public void One_gradient_of_two_leaves_is_theirs_apart()
    {
        Tensor x = Leaf(), y = Leaf();
        (x + y).Backward(Tensor.Full([Count], 4, DType.Float32));
        x.Grad = null;
        Overwrite();
        AssertAll(4, y.Grad!);
    }

    [Fact]
    public void A_retained_gradient_keeps_its_numbers()
    {
        Tensor x = Leaf(), h = x * 2.0;
        h.RetainGrad();
        (h * 5.0).Sum().Backward();
        x.Grad = null;
        Overwrite();
        AssertAll(5, h.Grad!);
    }

    [Fact]
    public void A_pass_that_fails_half_way_leaves_what_was_saved()
    {
        Tensor x = Leaf();
        Tensor h = x * 2.0, y = h * h;
        bool fail = true;
        h.RegisterHook(_ => fail ? throw new InvalidOperationException("half way") : null);
        Tensor loss = (y * 1.0).Sum();
        h = y = null!;
        Assert.Throws<InvalidOperationException>(() => loss.Backward(retainGraph: true));
        Overwrite();
        fail = false;
        loss.Backward();
        AssertAll(24, x.Grad!);
    }

    [Fact]
    public void Threads_that_walk_one_graph_while_another_consumes_it_read_what_was_saved()
    {
        for (int round = 0; round < 20; round++)
        {
            Tensor x = Leaf(1), loss = Loss(x);
            int passed = 0;
            var threads = new Thread[4];
            for (int i = 0; i < threads.Length; i++)
            {
                bool consumes = i == threads.Length - 1;
                threads[i] = new Thread(() =>
                {
                    for (int k = 0; k < 5; k++)
                    {
                        try
                        {
                            loss.Backward(retainGraph: !consumes);
                            Interlocked.Increment(ref passed);
                        }
                        catch (AutogradException)
                        {
                            // The graph was consumed.
                        }
                        _ = Tensor.Full([Count], -77, DType.Float32);
                    }
                });
            }
            foreach (Thread thread in threads) thread.Start();
            foreach (Thread thread in threads) thread.Join();
            if (passed > 0) AssertAll(8.0 * passed, x.Grad!);
        }

        static Tensor Loss(Tensor x)
        {
            Tensor h = x * 2.0;
            return (h * h).Sum();
        }
    }

    [Fact]
    public void What_nodes_have_saved_is_free_as_soon_as_they_have_run()
    {
        // A chain whose links only the graph holds: after one collection backward returns them one by one, and a second chain
        // of the same length fits into what the first one left.
        Tensor x = Tensor.Full([1 << 20], 1, DType.Float32).RequireGrad();
        for (int warm = 0; warm < 3; warm++) Step(x);

        // What is not returned is allocated anew in every round; what the pool lacks because other sizes were in use, only once.
        const long Allowed = 24L << 20;
        var allocated = new List<long>();
        do
        {
            GC.Collect();
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int step = 0; step < 5; step++) Step(x);
            allocated.Add(GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        while (allocated[^1] > Allowed && allocated.Count < 3);
        Assert.True(allocated[^1] <= Allowed, $"{string.Join(", ", allocated)} bytes in five steps each.");

        static void Step(Tensor x)
        {
            x.Grad = null;
            Tensor h = x;
            for (int i = 0; i < 8; i++) h = (h * 0.5).Tanh();
            Tensor loss = h.Sum();
            h = null!;
            loss.Backward();
        }
    }
}
