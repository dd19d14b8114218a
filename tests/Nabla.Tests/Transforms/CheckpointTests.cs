using Nabla.Nn;

namespace Nabla.Tests.Transforms;

/// <summary>Checkpoint gives what the function itself gives, in every nesting, and keeps nothing in between.</summary>
public sealed class CheckpointTests
{
    private static readonly Tensor X = Tensor.Of([0.3, -0.7, 1.1], DType.Float64), V = Tensor.Of([0.5, 2.0, -1.0], DType.Float64);

    private static Tensor F(Tensor x) => (x.Sin() * x).Exp() * x.Sum();

    private static Tensor C(Tensor x) => Functional.Checkpoint(F, x);

    private static void Same(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.True(actual.AllClose(expected, 1e-12, 1e-14), $"{actual} is not {expected}");
    }

    [Fact]
    public void Gradients_are_those_of_the_function_which_runs_once_more()
    {
        int runs = 0;
        Tensor x = X.Clone().RequireGrad();
        Tensor y = Functional.Checkpoint(t => { runs++; return F(t); }, x);
        Assert.Equal((1, "CheckpointBackward"), (runs, y.GradFn!.Name));
        y.Sum().Backward();
        Assert.Equal(2, runs);
        Same(Functional.Grad(t => F(t).Sum(), X), x.Grad!);
    }

    [Fact]
    public void Captured_parameters_get_their_gradients_by_Backward_and_by_Grad()
    {
        Tensor w = Tensor.Of([2.0, 3.0, 4.0], DType.Float64).RequireGrad(), plain = X.Clone();
        Tensor y = Functional.Checkpoint(t => (t * w).Sin().Sum(), plain);
        Tensor byGrad = Autograd.Grad(y, w, retainGraph: true);
        y.Backward();
        Tensor expected = (X * w.Detach()).Cos() * X;
        Same(expected, byGrad);
        Same(expected, w.Grad!);
    }

    [Fact]
    public void What_is_computed_from_a_parameter_outside_gets_its_gradient()
    {
        Tensor w = Tensor.Of(2.0, DType.Float64).RequireGrad(), outside = w * w;
        Functional.Checkpoint(t => t * outside, X).Sum().Backward();
        Assert.Equal(4 * X.Sum().Item(), w.Grad!.Item(), 12);
    }

    [Fact]
    public void Nothing_of_the_function_is_kept_until_backward()
    {
        Tensor x = X.Clone().RequireGrad();
        var inner = new List<WeakReference>();
        Tensor y = Make();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(inner[0].IsAlive);
        y.Backward();
        Assert.NotNull(x.Grad);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        Tensor Make() => Functional.Checkpoint(
            t =>
            {
                Tensor middle = t.Sin();
                inner.Add(new WeakReference(middle));
                return (middle * middle).Sum();
            }, x);
    }

    [Fact]
    public void Dropout_draws_the_same_numbers_and_the_stream_goes_on_as_without()
    {
        Tensor Drop(Tensor t) => new Dropout(0.5).Forward(t * 3).Square();
        Tensor x = Tensor.Ones([64], DType.Float64).RequireGrad();
        Tensor.ManualSeed(5);
        Drop(x).Sum().Backward();
        double next = Generator.Default.NextDouble();
        Tensor expected = x.Grad!;
        x.Grad = null;
        Tensor.ManualSeed(5);
        Functional.Checkpoint(Drop, x).Sum().Backward();
        Same(expected, x.Grad!);
        Assert.Equal(next, Generator.Default.NextDouble());
    }

    [Fact]
    public void Saved_tensors_in_another_form_go_around_it()
    {
        Tensor x = X.Clone().RequireGrad();
        C(x).Sum().Backward();
        Tensor expected = x.Grad!;
        foreach (Func<IDisposable> form in new Func<IDisposable>[] { Autograd.SaveInHalfPrecision, () => Autograd.SaveOnDisk(), () => Autograd.SavedTensorHooks(t => t, packed => (Tensor)packed) })
        {
            x.Grad = null;
            Tensor y;
            using (form()) y = Functional.Checkpoint(C, x).Sum();
            y.Backward();
            Assert.True(x.Grad!.AllClose(expected, 1e-2, 1e-2));
            using (form()) Assert.True(Functional.Grad(t => Functional.Checkpoint(C, t).Sum(), x).AllClose(expected, 1e-2, 1e-2));
        }
    }

    [Fact]
    public void Another_type_the_second_time_is_refused()
    {
        int runs = 0;
        Tensor x = X.Clone().RequireGrad(), y = Functional.Checkpoint(t => runs++ == 0 ? t.Sin() : t.Sin().Float(), x).Sum();
        Assert.Contains("float32, the first time it was float64", Assert.Throws<DTypeException>(() => y.Backward()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_generator_gives_the_same_numbers_again_and_goes_on_as_without()
    {
        var outer = new Generator(3);
        (Tensor, double, double) Run(Func<Func<Tensor, Tensor>, Tensor, Tensor> call)
        {
            (Generator one, Generator two) = (outer.ManualSeed(9).Fork(), new Generator(8));
            Tensor Noisy(Tensor t)
            {
                Tensor inner = Functional.Checkpoint(u => (u * Tensor.RandN(t.Shape, DType.Float64, generator: one)).Exp(), t);
                return inner * Tensor.Rand(t.Shape, DType.Float64, generator: two.NextDouble() < 2 ? two : one) + t * one.Fork().NextNormal();
            }
            Tensor x = X.Clone().RequireGrad();
            call(Noisy, x).Sum().Backward();
            return (x.Grad!, one.NextDouble(), two.Fork().NextDouble());
        }
        (Tensor, double, double) expected = Run((f, x) => f(x)), actual = Run(Functional.Checkpoint);
        Same(expected.Item1, actual.Item1);
        Assert.Equal((expected.Item2, expected.Item3), (actual.Item2, actual.Item3));
    }

    [Fact]
    public void Second_derivatives_pass_by_createGraph()
    {
        Tensor x = X.Clone().RequireGrad();
        Tensor first = Autograd.Grad(C(x).Sum(), x, createGraph: true);
        Tensor second = Autograd.Grad((first * V).Sum(), x);
        Same(Functional.Hvp(t => F(t).Sum(), X, V), second);
    }

    [Fact]
    public void It_nests_in_every_transform()
    {
        Same(Functional.Jvp(F, X, V).Tangent, Functional.Jvp(C, X, V).Tangent);
        Same(Functional.Jacobian(F, X), Functional.Jacobian(C, X, JacobianMode.Forward));
        Same(Functional.Jacobian(F, X), Functional.Jacobian(C, X, JacobianMode.Reverse));
        Same(Functional.Hessian(t => F(t).Sum(), X), Functional.Hessian(t => C(t).Sum(), X));
        Same(Functional.Hvp(t => F(t).Sum(), X, V), Functional.Hvp(t => C(t).Sum(), X, V));
        Tensor rows = Tensor.Stack([X, V, X * V]);
        Same(Functional.Vmap(F, rows), Functional.Vmap(C, rows));
        Same(Functional.Vmap(Functional.Grad(t => F(t).Sum()), rows), Functional.Vmap(Functional.Grad(t => C(t).Sum()), rows));
        Same(Functional.Grad(m => Functional.Vmap(F, m).Sum(), rows), Functional.Grad(m => Functional.Vmap(C, m).Sum(), rows));
        Same(Functional.Grad(t => (Functional.Jvp(F, t, V).Tangent * t).Sum(), X), Functional.Grad(t => (Functional.Jvp(C, t, V).Tangent * t).Sum(), X));
        Same(
            Functional.Grad(m => Functional.Vmap(t => Functional.Jvp(Functional.Grad(s => F(s).Sum()), t, V).Tangent, m).Square().Sum(), rows),
            Functional.Grad(m => Functional.Vmap(t => Functional.Jvp(Functional.Grad(s => C(s).Sum()), t, V).Tangent, m).Square().Sum(), rows));
    }

    [Fact]
    public void It_contains_every_transform_and_itself()
    {
        Tensor Inside(Tensor t) => Functional.Grad(s => F(s).Sum(), t) + Functional.Jvp(F, t, V).Tangent + Functional.Checkpoint(C, t);
        Same(
            Functional.Grad(t => Inside(t).Square().Sum(), X),
            Functional.Grad(t => Functional.Checkpoint(Inside, t).Square().Sum(), X));
    }

    [Fact]
    public void A_backward_after_vmap_has_returned_opens_its_items_again()
    {
        Tensor rows = Tensor.Stack([X, V]).RequireGrad(), scale = Tensor.Of([2.0, 3.0], DType.Float64);
        Tensor.ManualSeed(1);
        Tensor y = Functional.Vmap((t, s) => Functional.Checkpoint(u => (u * s + Tensor.Rand([3], DType.Float64)).Exp(), t), rows, scale, 0, randomness: VmapRandomness.Different);
        y.Sum().Backward();
        Same(y.Detach() * scale.Unsqueeze(1), rows.Grad!);
    }

    [Fact]
    public void Several_arguments_and_results_are_passed()
    {
        Tensor a = X.Clone().RequireGrad(), b = V.Clone().RequireGrad();
        Tensor[] results = Functional.Checkpoint(xs => [xs[0] * xs[1], xs[0].Exp(), xs[1]], [a, b]);
        (results[0] + results[2]).Sum().Backward();
        Same(V, a.Grad!);
        Same(X + 1, b.Grad!);
    }

    [Fact]
    public void What_is_wrong_is_said()
    {
        Tensor x = X.Clone().RequireGrad();
        Assert.Contains("returned null", Assert.Throws<AutogradException>(() => Functional.Checkpoint(_ => (Tensor)null!, x)).Message, StringComparison.Ordinal);
        Assert.Contains("Clone()", Assert.Throws<AutogradException>(() => Functional.Checkpoint(t => t.AddInPlace(1), X.Clone())).Message, StringComparison.Ordinal);

        int calls = 0;
        Tensor counted = Functional.Checkpoint(t => calls++ == 0 ? t * 2 : t.Sum() * 2, x);
        Assert.Contains("first time", Assert.Throws<ShapeException>(() => counted.Sum().Backward()).Message, StringComparison.Ordinal);
        Assert.Null(x.Grad);

        Tensor w = V.Clone().RequireGrad(), y = Functional.Checkpoint(t => (t * w).Sum(), x);
        using (Autograd.NoGrad()) w.AddInPlace(1);
        Assert.Contains("changed in place", Assert.Throws<AutogradException>(() => y.Backward()).Message, StringComparison.Ordinal);

        Tensor twice = Functional.Checkpoint(t => t.Exp().Sum(), x);
        twice.Backward();
        Assert.Contains("retainGraph: true", Assert.Throws<AutogradException>(() => twice.Backward()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_anything_to_differentiate_it_is_the_call()
    {
        Assert.False(C(X).RequiresGrad);
        using IDisposable scope = Autograd.NoGrad();
        Assert.False(C(X.Clone().RequireGrad()).RequiresGrad);
    }
}
