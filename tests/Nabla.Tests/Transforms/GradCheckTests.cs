namespace Nabla.Tests.Transforms;

public sealed class GradCheckTests
{
    private static Tensor Vector(params double[] values) => Tensor.Of(values, DType.Float64);

    /// <summary>A function with a backward pass of its own, right or wrong.</summary>
    private sealed class Rule(Func<Tensor, Tensor> forward, Func<Tensor, Tensor, Tensor> backward) : Function
    {
        protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs)
        {
            context.SaveForBackward(inputs[0]);
            return [forward(inputs[0])];
        }

        protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs) => [backward(gradOutputs[0]!, context.SavedTensors[0])];
    }

    private static string Failure(Func<Tensor, Tensor> forward, Func<Tensor, Tensor, Tensor> backward, Tensor x) =>
        Assert.Throws<GradCheckException>(() => GradCheck.Assert(v => new Rule(forward, backward).Apply(v), x, checkForward: false)).Message;

    [Fact]
    public void A_right_function_passes_in_both_modes_and_orders()
    {
        GradCheckReport report = GradCheck.Check(x => x.Pow(3) / x.Sum(), Vector(1, 2, 3));
        Assert.True(report.Passed);
        Assert.Equal(18, report.Compared);
        Assert.Equal("GradCheck: 18 derivatives agree.", report.ToString());
        Assert.True(GradGradCheck.Check(x => x.Pow(3) / x.Sum(), Vector(1, 2, 3)).Passed);
    }

    [Fact]
    public void Several_inputs_and_outputs_with_broadcasting_pass()
    {
        Tensor x = Tensor.Of([[1, 2, 3], [4, 5, 6]], DType.Float64), y = Vector(2, 3, 4), indices = Tensor.Arange(3);
        GradCheck.Assert(xs => new[] { xs[0] * xs[1], xs[0].Sum(0) / xs[1], xs[2] * 2 }, [x, y, indices]);
        GradGradCheck.Assert(xs => new[] { xs[0] * xs[1], xs[0].Sum(0) / xs[1], xs[2] * 2 }, [x, y, indices]);
        GradCheck.Assert(xs => xs[0].T * xs[0].T, [x.T]);
    }

    [Fact]
    public void A_complex_output_is_refused_with_what_the_check_wants()
    {
        foreach (Action check in new Action[] { () => GradCheck.Check(x => x.Fft(), Vector(1, 2)), () => GradGradCheck.Check(xs => new[] { xs[0].Fft() }, [Vector(1, 2)]) })
        {
            string message = Assert.Throws<DTypeException>(check).Message;
            Assert.Contains("Check: output 0 is complex128 [2]", message, StringComparison.Ordinal);
            Assert.Contains("Return its ViewAsReal()", message, StringComparison.Ordinal);
        }
        GradCheck.Assert(x => x.Fft().ViewAsReal(), Vector(1, 2));
    }

    [Fact]
    public void Empty_and_independent_functions_pass()
    {
        GradCheck.Assert(x => x * x, Vector());
        GradCheck.Assert(x => Vector(1, 2), Vector(3));
        GradGradCheck.Assert(x => x * 3, Vector(3));
    }

    [Fact]
    public void A_wrong_sign_is_named_with_the_element_and_both_values()
    {
        string text = Failure(x => x * x, (g, x) => -2 * g * x, Vector(1, 3));
        Assert.Contains("GradCheck: the reverse-mode derivative of output 0 at [1] with respect to input 0 at [1] is -6, the central difference is 6", text, StringComparison.Ordinal);
        Assert.Contains("wrong sign", text, StringComparison.Ordinal);
        Assert.Contains("2 failures among 4", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_factor_is_named() =>
        Assert.Contains("factor of 2 that is missing", Failure(x => x * x, (g, x) => g * x, Vector(1, 3)), StringComparison.Ordinal);

    [Fact]
    public void A_factor_too_much_is_named() =>
        Assert.Contains("factor of 3 that is too much", Failure(x => x * x, (g, x) => 6 * g * x, Vector(1, 3)), StringComparison.Ordinal);

    [Fact]
    public void A_transposed_gradient_is_named()
    {
        Tensor x = Tensor.Of([[1, 2], [3, 4]], DType.Float64), w = Tensor.Of([[1, 2], [5, 7]], DType.Float64);
        Assert.Contains("transposed", Failure(v => (v * w).Sum(), (g, _) => g * w.T, x), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_broadcast_sum_is_named()
    {
        // y = x·[1, 2, 3] with x of length 1: the rule forgets all but the first element of the gradient.
        string text = Failure(x => x * Vector(1, 2, 3), (g, _) => (g * Vector(1, 2, 3)).Narrow(0, 0, 1), Vector(2));
        Assert.Contains("sum over a broadcast axis", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_detached_input_is_named() =>
        Assert.Contains("detached", GradCheck.Check(x => x.Detach() * 2, Vector(1)).ToString(), StringComparison.Ordinal);

    [Fact]
    public void A_wrong_second_derivative_is_found_by_GradGradCheck_only()
    {
        Tensor F(Tensor v) => new Rule(x => x.Pow(3), (g, x) => 3 * g * (x * x).Detach()).Apply(v);
        Assert.True(GradCheck.Check(F, Vector(2), checkForward: false).Passed);
        Assert.False(GradGradCheck.Check(F, Vector(2), checkForward: false).Passed);
    }

    [Fact]
    public void A_function_that_changes_from_call_to_call_is_found()
    {
        int calls = 0;
        GradCheckReport report = GradCheck.Check(x => x * ++calls, Vector(1));
        Assert.Contains("not deterministic", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_backward_pass_that_changes_from_call_to_call_is_found()
    {
        int calls = 0;
        GradCheckReport report = GradCheck.Check(v => new Rule(x => x * 2, (g, _) => g * (2 + (1e-9 * ++calls))).Apply(v), Vector(1), checkForward: false);
        Assert.Contains("backward pass is not deterministic", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Single_precision_is_refused_with_the_remedy()
    {
        Assert.Contains("To(DType.Float64)", Assert.Throws<DTypeException>(() => GradCheck.Check(x => x, Tensor.Of([1, 2]))).Message, StringComparison.Ordinal);
        Assert.Contains("output 0", Assert.Throws<DTypeException>(() => GradCheck.Check(x => x.Float(), Vector(1))).Message, StringComparison.Ordinal);
        Assert.Throws<DTypeException>(() => GradCheck.Check(x => x, Tensor.Arange(3)));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradCheck.Check(x => x, Vector(1), eps: 0));
    }
}
