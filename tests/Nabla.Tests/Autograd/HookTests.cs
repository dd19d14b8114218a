namespace Nabla.Tests.Engine;

/// <summary>
/// Hooks of all kinds, where PyTorch 1.13 (see EngineScenarioTests) has none or another order. The order is that of PyTorch 2's
/// "Autograd mechanics", section "Backward Hooks execution", and of its engine (call_tensor_pre_hooks, call_pre_hooks, the
/// node, call_post_hooks); Tensor.register_post_accumulate_grad_hook came with 2.1, Node.register_prehook with 2.0.
/// </summary>
public sealed class HookTests
{
    private static Tensor Leaf(params double[] values) => Tensor.Of(values, DType.Float64, requiresGrad: true);

    private static Tensor Leaf(double value) => Tensor.Of(value, DType.Float64, requiresGrad: true);

    private static double[] Values(Tensor? x) => x!.ToArray<double>();

    [Fact]
    public void Hooks_run_in_the_order_of_PyTorch_2()
    {
        var log = new List<string>();
        Tensor x = Leaf(2.0), y = x * 3;
        Node node = y.GradFn!, end = node.NextFunctions[0].Node!;
        end.RegisterHook((_, _) => { log.Add("leaf node after"); return null; });
        x.RegisterPostAccumulateGradHook(leaf => log.Add($"accumulated {leaf.Grad!.Item()}"));
        end.RegisterPreHook(_ => { log.Add("leaf node before"); return null; });
        x.RegisterHook(_ => { log.Add("leaf"); return null; });
        node.RegisterHook((_, _) => { log.Add("node after"); return null; });
        node.RegisterPreHook(_ => { log.Add("node before"); return null; });
        y.RegisterHook(_ => { log.Add("result"); return null; });
        y.Backward();
        Assert.Equal(["result", "node before", "node after", "leaf", "leaf node before", "accumulated 3", "leaf node after"], log);
    }

    [Fact]
    public void A_retained_gradient_sees_all_hooks_of_the_tensor_and_none_of_the_node()
    {
        Tensor x = Leaf(2.0), y = x * 3;
        y.RetainGrad();
        y.GradFn!.RegisterPreHook(g => [g[0]! * 100]);
        y.RegisterHook(g => g * 10);
        y.Backward();
        Assert.Equal((10.0, 3000.0), (y.Grad!.Item(), x.Grad!.Item()));
    }

    [Fact]
    public void Grad_of_a_result_sees_its_hooks_but_its_node_does_not_run()
    {
        bool ran = false;
        Tensor x = Leaf(2.0), y = x * 3, z = y * y;
        y.RegisterHook(g => g * 2);
        y.GradFn!.RegisterHook((_, _) => { ran = true; return null; });
        Assert.Equal(24, Autograd.Grad(z, y).Item());
        Assert.False(ran);
    }

    [Fact]
    public void A_hook_registered_after_an_in_place_operation_sees_the_new_value_only()
    {
        var log = new List<string>();
        Tensor x = Leaf(2.0), y = x * 3;
        y.RegisterHook(g => { log.Add($"old {g.Item()}"); return null; });
        y.MulInPlace(5);
        y.RegisterHook(g => { log.Add($"new {g.Item()}"); return null; });
        (y * 7).Backward();
        Assert.Equal(["new 7", "old 35"], log);
    }

    [Fact]
    public void A_pre_hook_replaces_the_gradient_of_the_output_and_can_be_removed()
    {
        Tensor x = Leaf(1, 2), y = x * 3;
        IDisposable hook = y.GradFn!.RegisterPreHook(g => [g[0]! * 2]);
        y.Sum().Backward(retainGraph: true);
        Assert.Equal([6, 6], Values(x.Grad));
        hook.Dispose();
        hook.Dispose();
        x.Grad = null;
        y.Sum().Backward();
        Assert.Equal([3, 3], Values(x.Grad));
    }

    [Fact]
    public void A_pre_hook_of_a_leaf_node_changes_what_is_accumulated()
    {
        Tensor x = Leaf(2.0), y = x * 3;
        y.GradFn!.NextFunctions[0].Node!.RegisterPreHook(g => [g[0]! * 5]);
        y.Backward();
        Assert.Equal(15, x.Grad!.Item());
    }

    [Fact]
    public void Node_hooks_are_differentiated_with_createGraph()
    {
        Tensor x = Leaf(3.0), y = x * x;
        y.GradFn!.RegisterPreHook(g => [g[0]! * x]);
        y.GradFn.RegisterHook((g, _) => [g[0]! * x, g[1]! * x]);
        Tensor g = Autograd.Grad(y, x, createGraph: true); // 2x³
        Assert.Equal((54.0, 54.0), (g.Item(), Autograd.Grad(g, x).Item()));
    }

    [Fact]
    public void A_step_of_descent_can_be_taken_in_a_hook()
    {
        Tensor x = Leaf(1, 2), unused = Leaf(5);
        unused.RegisterPostAccumulateGradHook(_ => throw new InvalidOperationException("no gradient arrives here"));
        IDisposable hook = x.RegisterPostAccumulateGradHook(leaf =>
        {
            Assert.False(Autograd.IsGradEnabled);
            leaf.SubInPlace(leaf.Grad!, alpha: 0.5);
            leaf.Grad = null;
        });
        (x * x).Sum().Backward();
        Assert.Equal([0, 0], Values(x));
        Assert.Null(x.Grad);
        hook.Dispose();
        (x * 3).Sum().Backward();
        Assert.Equal([3, 3], Values(x.Grad));
    }

    [Fact]
    public void Post_accumulate_hooks_run_once_per_pass_and_for_given_inputs_too_but_not_in_Grad()
    {
        int calls = 0;
        Tensor x = Leaf(2.0);
        x.RegisterPostAccumulateGradHook(_ => calls++);
        ((x * x) + x).Backward();
        (x * x).Backward(inputs: [x]);
        Autograd.Grad(x * x, x);
        Assert.Equal((2, 9.0), (calls, x.Grad!.Item()));
    }

    [Fact]
    public void A_post_accumulate_hook_belongs_on_a_leaf()
    {
        string text = Assert.Throws<AutogradException>(() => (Leaf(2.0) * 3).RegisterPostAccumulateGradHook(_ => { })).Message;
        Assert.Contains("MulBackward", text, StringComparison.Ordinal);
        Assert.Contains("RegisterHook", text, StringComparison.Ordinal);
        Assert.Throws<AutogradException>(() => Tensor.Of(1.0).RegisterPostAccumulateGradHook(_ => { }));
        Assert.Throws<ArgumentNullException>(() => Leaf(1.0).RegisterPostAccumulateGradHook(null!));
        Assert.Throws<ArgumentNullException>(() => (Leaf(1.0) * 1).GradFn!.RegisterHook(null!));
        Assert.Throws<ArgumentNullException>(() => (Leaf(1.0) * 1).GradFn!.RegisterPreHook(null!));
    }

    // ---- hooks that fail ----------------------------------------------------------------------------------------------

    public static TheoryData<string> Kinds => ["tensor", "leaf", "node before", "node after", "leaf node before", "leaf node after", "accumulated", "wrong shape", "wrong count", "pack", "unpack"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_hook_that_throws_leaves_every_gradient_as_it_was(string kind)
    {
        Tensor a = Leaf(1, 2), b = Leaf(3, 4), first = Leaf(5, 6);
        a.Grad = Tensor.Of([10, 20], DType.Float64);
        Tensor before = a.Grad;
        InvalidOperationException failure = new("no");
        object Pack(Tensor t) => kind == "pack" ? throw failure : t;
        Tensor Unpack(object t) => kind == "unpack" ? throw failure : (Tensor)t;

        Exception thrown = Assert.ThrowsAny<Exception>(() =>
        {
            Tensor y, kept;
            using (kind is "pack" or "unpack" ? Autograd.SavedTensorHooks(Pack, Unpack) : Autograd.EnableGrad()) y = a * b;
            kept = y * 2;
            kept.RetainGrad();
            Tensor z = (kept * first).Sum() + a.Sum();
            Node node = y.GradFn!, end = node.NextFunctions[1].Node!;
            switch (kind)
            {
                case "tensor": y.RegisterHook(_ => throw failure); break;
                case "leaf": b.RegisterHook(_ => throw failure); break;
                case "node before": node.RegisterPreHook(_ => throw failure); break;
                case "node after": node.RegisterHook((_, _) => throw failure); break;
                case "leaf node before": end.RegisterPreHook(_ => throw failure); break;
                case "leaf node after": end.RegisterHook((_, _) => throw failure); break;
                case "accumulated": b.RegisterPostAccumulateGradHook(_ => throw failure); break;
                case "wrong shape": node.RegisterHook((g, _) => [g[0], g[1]!.Sum()]); break;
                case "wrong count": node.RegisterPreHook(_ => []); break;
            }
            z.Backward();
        });
        Assert.IsType(kind == "wrong shape" ? typeof(ShapeException) : kind == "wrong count" ? typeof(AutogradException) : typeof(InvalidOperationException), thrown);
        Assert.Same(before, a.Grad);
        Assert.Equal([10, 20], Values(a.Grad));
        Assert.Null(b.Grad);
        Assert.Null(first.Grad);
        Assert.True(Autograd.IsGradEnabled);

        // And the next pass finds everything in order.
        (a * first).Sum().Backward();
        Assert.Equal([15, 26], Values(a.Grad));
    }

    [Fact]
    public async Task Recording_that_a_hook_turns_on_does_not_outlive_the_pass()
    {
        Tensor x = Leaf(2.0), y = x * 3;
        y.RegisterHook(_ =>
        {
            using (Autograd.EnableGrad()) Assert.True(Autograd.IsGradEnabled);
            return null;
        });
        y.Backward();
        await Task.Yield();
        Assert.True(Autograd.IsGradEnabled);
        Assert.True((x * 2).RequiresGrad);
    }

    // ---- what a node shows --------------------------------------------------------------------------------------------

    [Fact]
    public void A_node_shows_what_it_saved_by_position_and_name()
    {
        Tensor x = Leaf(1, 2), w = Tensor.Of([[1, 2], [3, 4]], DType.Float64, requiresGrad: true), y = w.MatMul(x);
        SavedTensors saved = y.GradFn!.SavedTensors;
        Assert.Equal(["input0", "input1"], saved.Names);
        Assert.Same(x, saved[1]);
        Assert.Equal(2, saved.Count);
        Assert.Equal("MulBackward", (x * x).GradFn!.Name);
        Assert.Empty((x + 1).GradFn!.SavedTensors);
        Assert.Contains("input0, input1", Assert.Throws<KeyNotFoundException>(() => saved["result"]).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => saved[2]);
        y.Sum().Backward();
        Assert.Throws<AutogradException>(() => saved[0]);
        Assert.Throws<AutogradException>(() => y.GradFn.SavedTensors);
    }

    [Fact]
    public void A_saved_value_that_was_changed_in_place_is_not_shown()
    {
        Tensor x = Leaf(1, 2) * 1, y = x * x;
        x.AddInPlace(1);
        Assert.Contains("version 1", Assert.Throws<AutogradException>(() => y.GradFn!.SavedTensors["x"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_are_numbered_in_the_order_of_their_calls()
    {
        Tensor x = Leaf(1.0), y = x * 2, z = y * 3;
        Assert.True(z.GradFn!.SequenceNumber > y.GradFn!.SequenceNumber);
        Assert.True(y.GradFn.NextFunctions[0].Node!.SequenceNumber < 0);
    }

    // ---- anomaly mode -------------------------------------------------------------------------------------------------

    private sealed class Infinite : Function
    {
        protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs) => [inputs[0] * 2];

        protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs) => [gradOutputs[0]! * double.NaN];
    }

    [Fact]
    public void Anomaly_mode_names_a_function_of_the_user_and_where_it_was_called()
    {
        using IDisposable scope = Autograd.AnomalyMode();
        string text = Assert.Throws<AutogradException>(() => new Infinite().Apply(Leaf(1.0)).Backward()).Message;
        Assert.Contains("InfiniteBackward returned NaN in the gradient of its input 0", text, StringComparison.Ordinal);
        Assert.Contains(nameof(Anomaly_mode_names_a_function_of_the_user_and_where_it_was_called), text, StringComparison.Ordinal);
    }

    [Fact]
    public void Anomaly_mode_names_the_input_even_where_both_are_the_same_tensor()
    {
        using IDisposable scope = Autograd.AnomalyMode();
        Tensor x = Leaf(double.PositiveInfinity);
        string text = Assert.Throws<AutogradException>(() => (x * 0 / x).Backward()).Message;
        Assert.Contains("DivBackward returned NaN in the gradient of its input 1", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Anomaly_mode_works_inside_transforms()
    {
        using IDisposable scope = Autograd.AnomalyMode();
        string vmap = Assert.Throws<AutogradException>(() => Functional.Vmap(Functional.Grad(Quotient), Tensor.Of([1, 0, 2], DType.Float64))).Message;
        Assert.Contains("DivBackward", vmap, StringComparison.Ordinal);
        Assert.Contains(nameof(Quotient), vmap, StringComparison.Ordinal);
        string jvp = Assert.Throws<AutogradException>(() => Functional.Jvp(Functional.Grad(Quotient), Tensor.Of(0.0, DType.Float64), Tensor.Of(1.0, DType.Float64))).Message;
        Assert.Contains("DivBackward", jvp, StringComparison.Ordinal);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static Tensor Quotient(Tensor x)
    {
        Tensor quotient = x * x / x;
        return quotient;
    }
}
