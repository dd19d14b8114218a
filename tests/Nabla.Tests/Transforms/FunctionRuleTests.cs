namespace Nabla.Tests.Transforms;

/// <summary>Users' functions with rules for forward mode and batching, inside all transforms.</summary>
public sealed class FunctionRuleTests
{
    private static readonly Tensor X = Tensor.Of([0.3, -0.7, 1.1], DType.Float64), V = Tensor.Of([0.5, 2.0, -1.0], DType.Float64);

    /// <summary>x ↦ exp(x)·sum(w), with all rules; the value is read as numbers if asked.</summary>
    private sealed class Scaled(bool readsNumbers, bool batches = false) : Function
    {
        protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs)
        {
            Tensor y = readsNumbers
                ? Tensor.FromArray(inputs[0].ToArray<double>().Select(value => Math.Exp(value) * inputs[1].Sum().Item()).ToArray())
                : inputs[0].Exp() * inputs[1].Sum();
            context.SaveForBackward(inputs[0], inputs[1], y);
            return [y];
        }

        protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs)
        {
            Tensor x = context.SavedTensors[0], w = context.SavedTensors[1], y = context.SavedTensors[2];
            return [gradOutputs[0]! * y, (gradOutputs[0]! * x.Exp()).Sum().Expand(w.Shape)];
        }

        protected override Tensor?[]? Jvp(FunctionContext context, IReadOnlyList<Tensor?> tangents)
        {
            Tensor x = context.SavedTensors[0], y = context.SavedTensors[2];
            return [tangents[0]! * y + x.Exp() * tangents[1]!.Sum()];
        }

        protected override Tensor[]? Batch(FunctionContext context, IReadOnlyList<Tensor> items, int count)
        {
            if (!batches) return null;
            Tensor sums = items[1].Sum(1, keepAxis: true);
            double[] scales = readsNumbers ? sums.ToArray<double>() : [];
            Tensor y = readsNumbers
                ? Tensor.FromArray(items[0].ToArray<double>().Select((value, i) => Math.Exp(value) * scales[i / items[0].Shape[1]]).ToArray()).Reshape(items[0].Shape)
                : items[0].Exp() * sums;
            context.SaveForBackward(items[0], items[1], y);
            return [y];
        }
    }

    private static Tensor Plain(Tensor x, Tensor w) => x.Exp() * w.Sum();

    private static void Same(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.True(actual.AllClose(expected, 1e-12, 1e-14), $"{actual} is not {expected}");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void A_function_with_rules_works_in_every_nesting(bool readsNumbers, bool batches)
    {
        Tensor F(Tensor x, Tensor w) => new Scaled(readsNumbers, batches).Apply(x, w);
        Tensor rows = Tensor.Stack([X, V, X * V, X + 1]);
        foreach (Func<Func<Tensor, Tensor, Tensor>, Tensor> use in new Func<Func<Tensor, Tensor, Tensor>, Tensor>[]
        {
            f => Functional.Jvp(f, X, V, V, X).Tangent,
            f => Functional.Grad((x, w) => f(x, w).Square().Sum(), X, V).Y,
            f => Functional.Jacobian(x => f(x, x), X, JacobianMode.Reverse),
            f => Functional.Vmap(x => f(x, V), rows),
            f => Functional.Vmap(w => f(X, w), rows),
            f => Functional.Vmap((x, w) => f(x, w), rows, rows.T, (0, 1)),
            f => Functional.Grad(m => Functional.Vmap(x => f(x, m[0]), m).Square().Sum(), rows),
            f => Functional.Vmap(x => Functional.Grad(t => f(t, V * t).Square().Sum(), x), rows),
            f => Functional.Vmap(x => Functional.Grad(t => f(x, t).Square().Sum(), V), rows),
            f => Functional.Vmap(x => Functional.Vmap(w => f(x, w), rows), rows),
            f => Functional.Vmap(x => Functional.Jvp(t => f(t, V), x, V).Tangent, rows),
            f => Functional.Jvp(m => Functional.Vmap(x => f(x, V), m), rows, rows).Tangent,
            f => Functional.Jvp(w => Functional.Vmap(x => f(x, w), rows), V, X).Tangent,
            f => Functional.Hvp(x => f(x, x * x).Sum(), X, V),
            f => Functional.Jvp(Functional.Grad(m => Functional.Vmap(x => f(x, m[1]), m).Square().Sum()), rows, rows * rows).Tangent,
            f => Functional.Vmap(x => Functional.Hvp(t => f(t, t * V).Sum(), x, V), rows),
            f => Functional.Grad(x => (Functional.Jvp(t => f(t, t), x, V).Tangent * x).Sum(), X),
            f => Functional.Grad(m => Functional.Vmap(x => Functional.Grad(t => f(t, t).Square().Sum(), x), m).Square().Sum(), rows),
            f => Functional.Jacobian(Functional.Grad(x => f(x, x).Square().Sum()), X, JacobianMode.Reverse),
        })
        {
            if (!readsNumbers || batches) Same(use(Plain), use(F));
        }
    }

    [Fact]
    public void Hessians_take_the_forward_rule() =>
        Same(Functional.Hessian(x => Plain(x, x).Sum(), X), Functional.Hessian(x => new Scaled(readsNumbers: false).Apply(x, x).Sum(), X));

    [Fact]
    public void A_body_that_reads_numbers_needs_a_batching_rule() =>
        Assert.Contains("Override Batch", Assert.Throws<AutogradException>(() => Functional.Vmap(x => new Scaled(readsNumbers: true).Apply(x, V), Tensor.Stack([X, V]))).Message, StringComparison.Ordinal);

    private sealed class Reverse : Function
    {
        protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs)
        {
            context.SaveForBackward(inputs[0]);
            return [inputs[0].Sin()];
        }

        protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs) => [gradOutputs[0]! * context.SavedTensors[0].Cos()];
    }

    [Fact]
    public void Without_a_forward_rule_forward_mode_is_refused_and_a_Hessian_goes_by_reverse_mode()
    {
        string message = Assert.Throws<AutogradException>(() => Functional.Jvp(x => new Reverse().Apply(x), X, V)).Message;
        Assert.Contains("Override Jvp", message, StringComparison.Ordinal);
        Same((-X.Sin()).Diag(), Functional.Hessian(x => new Reverse().Apply(x).Sum(), X));
        Same(Functional.Jvp(x => x.Sin(), X, V).Tangent, Functional.Linearize(x => new Reverse().Apply(x), X).Jvp(V));
    }

    [Fact]
    public void Vmap_around_a_function_reaches_a_leaf()
    {
        Tensor rows = Tensor.Stack([X, V]).RequireGrad();
        Functional.Vmap(x => new Reverse().Apply(x), rows).Sum().Backward();
        Same(rows.Detach().Cos(), rows.Grad!);
    }

    private sealed class Middle : Function
    {
        protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs)
        {
            context.SaveForBackward(inputs[0].Cos());
            return [inputs[0].Sin()];
        }

        protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs) => [gradOutputs[0]! * context.SavedTensors[0]];

        protected override Tensor?[]? Jvp(FunctionContext context, IReadOnlyList<Tensor?> tangents) => [tangents[0]! * context.SavedTensors[0]];
    }

    [Fact]
    public void A_saved_intermediate_serves_first_derivatives_and_refuses_to_be_a_constant_to_forward_over_reverse()
    {
        Same(X.Cos() * V, Functional.Jvp(x => new Middle().Apply(x), X, V).Tangent);
        Same(Tensor.Stack([X, V]).Cos(), Functional.Vmap(Functional.Grad(x => new Middle().Apply(x).Sum()), Tensor.Stack([X, V])));
        Assert.Contains("neither an input nor an output", Assert.Throws<AutogradException>(() => Functional.Hvp(x => new Middle().Apply(x).Sum(), X, V)).Message, StringComparison.Ordinal);
    }
}
