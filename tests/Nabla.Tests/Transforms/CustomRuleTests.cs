namespace Nabla.Tests.Transforms;

/// <summary>Linearize, StopGradient, and derivatives that are stated instead of computed.</summary>
public sealed class CustomRuleTests
{
    private static readonly Tensor X = Tensor.Of([0.3, -0.7, 1.1], DType.Float64), V = Tensor.Of([0.5, 2.0, -1.0], DType.Float64);

    private static void Same(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.True(actual.AllClose(expected, 1e-12, 1e-14), $"{actual} is not {expected}");
    }

    private static Tensor F(Tensor x) => Tensor.Stack([x.Prod(), (x.Sin() * x).Sum()]);

    // ---- Linearize ----------------------------------------------------------------------------------------------------

    [Fact]
    public void Linearize_gives_the_tangents_of_Jvp_and_runs_the_function_once()
    {
        int runs = 0;
        (Tensor value, Func<Tensor, Tensor> jvp) = Functional.Linearize(x => { runs++; return F(x); }, X);
        Same(F(X), value);
        foreach (Tensor v in new[] { V, X, V * 2 - X }) Same(Functional.Jvp(F, X, v).Tangent, jvp(v));
        Assert.Equal(1, runs);
        Assert.False(value.RequiresGrad || jvp(V).RequiresGrad);
        Same(Functional.Jacobian(F, X), Functional.Vmap(jvp, Tensor.Eye(3, dtype: DType.Float64), outAxis: 1));
    }

    [Fact]
    public void Linearize_nests()
    {
        Same(Functional.Hvp(x => F(x).Sum(), X, V), Functional.Linearize(Functional.Grad(x => F(x).Sum()), X).Jvp(V));
        Same(
            Functional.Grad(x => (Functional.Jvp(F, x, V).Tangent * x[..2]).Sum(), X),
            Functional.Grad(x => (Functional.Linearize(F, x).Jvp(V) * x[..2]).Sum(), X));
        Same(
            Functional.Jvp(x => Functional.Jvp(F, x, V).Tangent, X, X).Tangent,
            Functional.Jvp(x => Functional.Linearize(F, x).Jvp(V), X, X).Tangent);
        Tensor w = Tensor.Of(2.0, DType.Float64).RequireGrad();
        Functional.Linearize(x => w * x.Pow(3), X, createGraph: true).Jvp(V).Sum().Backward();
        Assert.Equal((3 * X.Square() * V).Sum().Item(), w.Grad!.Item(), 12);
    }

    [Fact]
    public void Linearize_of_a_constant_is_zero_and_wrong_directions_are_refused()
    {
        Same(Tensor.Zeros([2], DType.Float64), Functional.Linearize(_ => V[..2], X).Jvp(V));
        Same(Tensor.Zeros([2], DType.Float64), Functional.Linearize(xs => F(xs[0]), [X, V]).Jvp([null, X]));
        (_, Func<Tensor, Tensor> jvp) = Functional.Linearize(F, X);
        Assert.Contains("[2]", Assert.Throws<ShapeException>(() => jvp(V[..2])).Message, StringComparison.Ordinal);
        Assert.Throws<DTypeException>(() => jvp(Tensor.Ones(3)));
    }

    // ---- StopGradient -------------------------------------------------------------------------------------------------

    [Fact]
    public void StopGradient_is_a_constant_to_both_modes_at_every_level()
    {
        static Tensor G(Tensor x) => (Functional.StopGradient(x) * x).Sum();
        Same(X, Functional.Grad(G, X));
        Assert.Equal((X * V).Sum().Item(), Functional.Jvp(G, X, V).Tangent.Item(), 12);
        Same(Tensor.Zeros([3], DType.Float64), Functional.Hvp(G, X, V));
        Same(Tensor.Zeros([3, 3], DType.Float64), Functional.Hessian(G, X));
        Tensor rows = Tensor.Stack([X, V]);
        Same(rows, Functional.Vmap(Functional.Grad(G), rows));
        Same((rows * V).Sum(1), Functional.Vmap(x => Functional.Jvp(G, x, V).Tangent, rows));
        Same((rows * rows).Sum(1), Functional.Jvp(m => Functional.Vmap(G, m), rows, rows).Tangent);
    }

    // ---- CustomJvp ----------------------------------------------------------------------------------------------------

    // log(1 + eˣ) with the derivative that does not overflow.
    private static readonly Func<Tensor, Tensor> Softplus = Functional.CustomJvp(x => x.Exp().Log1p(), (x, t) => t * (1 - 1 / (1 + x.Exp())));

    [Fact]
    public void CustomJvp_takes_its_rule_in_both_modes()
    {
        Tensor large = Tensor.Of([0.0, 100.0, 800.0], DType.Float64);
        Same(Tensor.Of([0.5, 1.0, 1.0], DType.Float64), Functional.Grad(x => Softplus(x).Sum(), large));
        Same(X.Sigmoid() * V, Functional.Jvp(Softplus, X, V).Tangent);
        Same(X.Sigmoid().Diag(), Functional.Jacobian(Softplus, X, JacobianMode.Reverse));
        Same(X.Sigmoid().Diag(), Functional.Jacobian(Softplus, X, JacobianMode.Forward));
    }

    [Fact]
    public void CustomJvp_can_be_differentiated_again_and_batched()
    {
        Tensor expected = X.Sigmoid() * (1 - X.Sigmoid()) * V;
        Same(expected, Functional.Hvp(x => Softplus(x).Sum(), X, V));
        Same(expected, Functional.Grad(x => (Functional.Grad(t => Softplus(t).Sum(), x) * V).Sum(), X));
        Same(expected, Functional.Grad(x => (Functional.Jvp(Softplus, x, V).Tangent).Sum(), X));
        Tensor rows = Tensor.Stack([X, V]);
        Same(rows.Sigmoid(), Functional.Vmap(Functional.Grad(x => Softplus(x).Sum()), rows));
        Same(rows.Sigmoid(), Functional.Grad(m => Functional.Vmap(Softplus, m).Sum(), rows));
    }

    [Fact]
    public void CustomJvp_is_the_rule_even_where_it_is_another_derivative()
    {
        Func<Tensor, Tensor> round = Functional.CustomJvp(x => x.Round(), (x, t) => t);
        Same(Tensor.Ones([3], DType.Float64), Functional.Grad(x => round(x).Sum(), X));
        Same(V, Functional.Jvp(round, X, V).Tangent);
        Func<IReadOnlyList<Tensor>, Tensor> product = Functional.CustomJvp((IReadOnlyList<Tensor> xs) => xs[0] * xs[1], (xs, ts) => 10 * (xs[1] * ts[0] + xs[0] * ts[1]));
        (Tensor a, Tensor b) = Functional.Grad((x, y) => product([x, y]).Sum(), X, V);
        Same(10 * V, a);
        Same(10 * X, b);
    }

    [Fact]
    public void CustomJvp_with_a_rule_of_another_shape_is_refused()
    {
        Func<Tensor, Tensor> wrong = Functional.CustomJvp(x => x * 2, (x, t) => t.Sum());
        Assert.Contains("the rule returned []", Assert.Throws<ShapeException>(() => Functional.Jvp(wrong, X, V)).Message, StringComparison.Ordinal);
        Func<Tensor, Tensor> nothing = Functional.CustomVjp(x => (x * 2, x), (kept, gradient) => (Tensor)null!);
        Assert.Contains("the backward rule", Assert.Throws<AutogradException>(() => Functional.Grad(x => nothing(x).Sum(), Tensor.Of([1.0]))).Message, StringComparison.Ordinal);
        Assert.Contains("null", Assert.Throws<AutogradException>(() => Functional.CustomJvp(x => (Tensor)null!, (x, t) => t)(X)).Message, StringComparison.Ordinal);
    }

    // ---- CustomVjp ----------------------------------------------------------------------------------------------------

    private static readonly Func<Tensor, Tensor> Sine = Functional.CustomVjp(x => (x.Sin(), x.Cos()), (cos, g) => g * cos);

    [Fact]
    public void CustomVjp_takes_its_rule_and_differentiates_what_forward_hands_over()
    {
        Same(X.Cos(), Functional.Grad(x => Sine(x).Sum(), X));
        Same(-X.Sin() * V, Functional.Hvp(x => Sine(x).Sum(), X, V));
        Same((-X.Sin()).Diag(), Functional.Hessian(x => Sine(x).Sum(), X));
        Same(-X.Sin() * V, Functional.Grad(x => (Functional.Grad(t => Sine(t).Sum(), x) * V).Sum(), X));
        Tensor rows = Tensor.Stack([X, V]);
        Same(rows.Cos(), Functional.Vmap(Functional.Grad(x => Sine(x).Sum()), rows));
        Same(rows.Cos(), Functional.Grad(m => Functional.Vmap(Sine, m).Sum(), rows));
        Same(-rows.Sin() * V, Functional.Vmap(x => Functional.Hvp(t => Sine(t).Sum(), x, V), rows));
        Same(-rows.Sin() * rows, Functional.Jvp(Functional.Grad(m => Functional.Vmap(Sine, m).Sum()), rows, rows).Tangent);
    }

    [Fact]
    public void CustomVjp_clips_a_gradient_with_constants_among_what_is_handed_over()
    {
        Func<Tensor, Tensor> clip = Functional.CustomVjp(x => (x * 1, (Low: -0.1, High: 0.1)), (bounds, g) => g.Clamp(bounds.Low, bounds.High));
        Same(Tensor.Of([0.1, -0.1, 0.05], DType.Float64), Functional.Vjp(clip, X).Pullback(Tensor.Of([7.0, -3.0, 0.05], DType.Float64)));
    }

    [Fact]
    public void CustomVjp_has_no_forward_mode()
    {
        Assert.Contains("CustomVjp", Assert.Throws<AutogradException>(() => Functional.Jvp(Sine, X, V)).Message, StringComparison.Ordinal);
        Func<Tensor, Tensor> wrong = Functional.CustomVjp(x => (x * 2, x), (x, g) => g.Sum());
        Assert.Throws<ShapeException>(() => Functional.Grad(x => wrong(x).Sum(), X));
    }
}
