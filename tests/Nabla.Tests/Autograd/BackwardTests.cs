namespace Nabla.Tests.Engine;

/// <summary>Leaves, accumulation, hooks, and what survives a pass.</summary>
public sealed class BackwardTests
{
    private static Tensor Leaf(params double[] values) => Tensor.Of(values, DType.Float64, requiresGrad: true);

    private static Tensor Leaf(double value) => Tensor.Of(value, DType.Float64, requiresGrad: true);

    private static double[] Values(Tensor? x) => x!.ToArray<double>();

    [Fact]
    public void A_leaf_is_what_was_given_and_a_result_names_its_operation()
    {
        Tensor x = Leaf(1, 2), y = x * 2;
        Assert.True(x.IsLeaf);
        Assert.Null(x.GradFn);
        Assert.Equal("MulBackward", y.GradFn!.Name);
        Assert.Equal("AccumulateGrad", y.GradFn.NextFunctions[0].Node!.Name);
        Assert.Null(y.GradFn.NextFunctions[1].Node);
        Assert.True((Tensor.Of([1, 2]) * 2).IsLeaf);
    }

    [Fact]
    public void A_recorded_gradient_is_not_aliased_either()
    {
        Tensor x = Leaf(1, 2), y = Leaf(3, 4), g = Tensor.Of([1, 1], DType.Float64);
        (x + y).Backward(g, createGraph: true);
        Assert.NotSame(g, x.Grad);
        Assert.NotSame(x.Grad, y.Grad);
        using (Autograd.NoGrad()) x.Grad!.MulInPlace(5);
        Assert.Equal([1, 1], Values(g));
        Assert.Equal([1, 1], Values(y.Grad));
    }

    [Fact]
    public void The_gradient_of_an_expanded_result_has_memory_of_its_own()
    {
        Tensor x = Leaf(1, 2, 3);
        x.Sum().Backward();
        Assert.True(x.Grad!.IsContiguous);
        x.Grad.Narrow(0, 0, 1).MulInPlace(7);
        Assert.Equal([7, 1, 1], Values(x.Grad));
    }

    [Fact]
    public void RetainGrad_keeps_what_hooks_made_of_the_gradient()
    {
        Tensor x = Leaf(2.0), y = x * 3;
        y.RetainGrad();
        y.RegisterHook(g => g * 10);
        y.Backward();
        Assert.Equal((10.0, 30.0), (y.Grad!.Item(), x.Grad!.Item()));
    }

    [Fact]
    public void RetainGrad_of_a_leaf_changes_nothing()
    {
        Tensor x = Leaf(2.0);
        x.RetainGrad();
        (x * 3).Backward();
        Assert.Equal(3, x.Grad!.Item());
    }

    [Fact]
    public void A_hook_that_throws_leaves_every_gradient_as_it_was()
    {
        Tensor a = Leaf(1.0), b = Leaf(2.0), y = a * b;
        IDisposable hook = a.RegisterHook(_ => throw new InvalidOperationException("no"));
        Tensor z = y * b;
        Assert.Throws<InvalidOperationException>(() => z.Backward(retainGraph: true));
        Assert.Null(a.Grad);
        Assert.Null(b.Grad);
        hook.Dispose();
        z.Backward();
        Assert.Equal((4.0, 4.0), (a.Grad!.Item(), b.Grad!.Item()));
        Assert.True(Autograd.IsGradEnabled);
    }

    [Fact]
    public void A_hook_may_itself_differentiate()
    {
        double inner = 0;
        Tensor x = Leaf(3.0), y = x * x;
        y.RegisterHook(_ =>
        {
            Tensor t = Leaf(5.0);
            using (Autograd.EnableGrad()) (t * t).Backward();
            inner = t.Grad!.Item();
            return null;
        });
        y.Backward();
        Assert.Equal((10.0, 6.0), (inner, x.Grad!.Item()));
    }

    [Fact]
    public void Backward_to_given_inputs_touches_no_other()
    {
        Tensor x = Leaf(2.0), w = Leaf(3.0), y = x * w;
        (y * y).Backward(inputs: [x, y]);
        Assert.Equal((36.0, 12.0), (x.Grad!.Item(), y.Grad!.Item()));
        Assert.Null(w.Grad);
    }

    [Fact]
    public void An_output_gradient_is_cast_to_the_type_of_the_output()
    {
        Tensor x = Leaf(1, 2);
        (x * 3).Backward(Tensor.Of([1, 10]));
        Assert.Equal(DType.Float64, x.Grad!.DType);
        Assert.Equal([3, 30], Values(x.Grad));
    }

    [Fact]
    public void A_conversion_passes_the_gradient_back_in_the_type_of_its_input()
    {
        Tensor x = Leaf(1, 2);
        (x.Float() * 3).Sum().Backward();
        Assert.Equal(DType.Float64, x.Grad!.DType);
    }

    [Fact]
    public void Zeroing_in_place_keeps_the_object_and_setting_null_starts_afresh()
    {
        Tensor x = Leaf(2.0);
        (x * 3).Backward();
        Tensor grad = x.Grad!;
        grad.ZeroInPlace();
        (x * 5).Backward();
        Assert.Same(grad, x.Grad);
        Assert.Equal(5, grad.Item());
    }

    [Fact]
    public void An_input_given_twice_gets_its_gradient_twice()
    {
        Tensor x = Leaf(3.0);
        Tensor?[] gradients = Autograd.Grad([x * x], [x, x]);
        Assert.Equal((6.0, 6.0), (gradients[0]!.Item(), gradients[1]!.Item()));
    }

    [Fact]
    public void Grad_frees_only_what_it_passes()
    {
        Tensor x = Leaf(2.0), w = Leaf(3.0), y = x * x, z = y * w;
        Assert.Equal(3, Autograd.Grad(z, y).Item());
        Assert.Throws<AutogradException>(() => z.Backward());
        y.Backward();
        Assert.Equal(4, x.Grad!.Item());
    }

    [Fact]
    public void A_graph_that_saves_nothing_may_run_twice_and_one_that_does_only_when_retained()
    {
        Tensor x = Leaf(1, 2), y = (x + 1).Reshape(2, 1).Sum();
        y.Backward();
        y.Backward();
        Assert.Equal([2, 2], Values(x.Grad));
        Tensor z = (x * x).Sum();
        z.Backward(retainGraph: true);
        z.Backward();
        Assert.Throws<AutogradException>(() => z.Backward());
    }

    [Fact]
    public void Anomaly_mode_names_the_operation_and_the_place_of_the_call()
    {
        using IDisposable scope = Autograd.AnomalyMode();
        Tensor y = Divide(Leaf(0.0), Leaf(0.0));
        string text = Assert.Throws<AutogradException>(() => y.Backward()).Message;
        Assert.Contains("DivBackward", text, StringComparison.Ordinal);
        string[] lines = text.Split('\n');
        Assert.Contains(nameof(Divide), lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain("at Nabla.Tensor", text, StringComparison.Ordinal);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static Tensor Divide(Tensor a, Tensor b)
    {
        Tensor quotient = a / b;
        return quotient;
    }

    [Fact]
    public void Anomaly_mode_lets_infinities_pass()
    {
        using IDisposable scope = Autograd.AnomalyMode();
        Tensor x = Leaf(0.0);
        (1 / x).Backward();
        Assert.Equal(double.NegativeInfinity, x.Grad!.Item());
    }

    // ---- functions ----------------------------------------------------------------------------------------------------

    private sealed class Two(bool materialize) : Function
    {
        public List<bool> Missing { get; } = [];

        protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs)
        {
            context.MaterializeGrads = materialize;
            return [inputs[0] * 2, inputs[0] * 3];
        }

        protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs)
        {
            Missing.AddRange(gradOutputs.Select(g => g is null));
            return [(gradOutputs[0] ?? 0.0) + ((gradOutputs[1] ?? Tensor.Of(0, DType.Float64)) * 3)];
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_missing_output_gradient_arrives_as_zeros_unless_asked_otherwise(bool materialize)
    {
        var two = new Two(materialize);
        Tensor x = Leaf(1.0);
        two.ApplyMany(x)[1].Backward();
        Assert.Equal([!materialize, false], two.Missing);
        Assert.Equal(3, x.Grad!.Item());
    }

    private sealed class First : Function
    {
        protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs) => [inputs[0]];

        protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs) => [gradOutputs[0], null];
    }

    [Fact]
    public void A_function_may_return_its_input_and_no_gradient_for_another()
    {
        Tensor x = Leaf(1.0), y = Leaf(2.0), z = new First().Apply(x, y);
        Assert.NotSame(x, z);
        z.Backward();
        Assert.Equal(1, x.Grad!.Item());
        Assert.Null(y.Grad);
    }

    [Fact]
    public void An_output_may_depend_on_another_output_in_either_order()
    {
        Tensor x = Tensor.Of([1.0, 2.0], requiresGrad: true);
        Tensor y = x * 3, z = y * 10;
        Tensor ones = Tensor.Ones(2);
        Assert.Equal([33, 33], Autograd.Grad([y, z], [x], [ones, ones], retainGraph: true)[0]!.ToArray());
        Assert.Equal([33, 33], Autograd.Grad([z, y], [x], [ones, ones])[0]!.ToArray());
    }
}
