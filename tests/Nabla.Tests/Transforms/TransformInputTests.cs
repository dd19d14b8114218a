namespace Nabla.Tests.Transforms;

/// <summary>Functions that transforms cannot mean: one clear exception each, and nothing is left changed.</summary>
public sealed class TransformInputTests
{
    private static readonly Tensor X = Tensor.Of([0.3, -0.7, 1.1], DType.Float64);

    private static readonly Dictionary<string, Func<Func<Tensor, Tensor>, Tensor, object>> Transforms = new()
    {
        ["Grad"] = (f, x) => Functional.Grad(f, x),
        ["ValueAndGrad"] = (f, x) => Functional.ValueAndGrad(f, x),
        ["Jvp"] = (f, x) => Functional.Jvp(f, x, X),
        ["Vjp"] = (f, x) => Functional.Vjp(f, x),
        ["Linearize"] = (f, x) => Functional.Linearize(f, x),
        ["Jacobian by rows"] = (f, x) => Functional.Jacobian(f, x, JacobianMode.Reverse),
        ["Jacobian by columns"] = (f, x) => Functional.Jacobian(f, x, JacobianMode.Forward),
        ["Hessian"] = (f, x) => Functional.Hessian(f, x),
        ["Hessian by rows"] = (f, x) => Functional.Hessian(f, x, mode: JacobianMode.Reverse),
        ["Hvp"] = (f, x) => Functional.Hvp(f, x, X),
        ["Vmap"] = (f, x) => Functional.Vmap(f, x),
        ["Checkpoint"] = (f, x) => Functional.Checkpoint(f, x),
        ["Grad inside Jvp"] = (f, x) => Functional.Jvp(Functional.Grad(f), x, X),
        ["Grad inside Vmap"] = (f, x) => Functional.Vmap(t => Functional.Grad(f, t), Tensor.Stack([x, x])),
    };

    public static TheoryData<string> Names => [.. Transforms.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_function_that_returns_null_is_refused(string name) =>
        Assert.Contains("returned null", Assert.Throws<AutogradException>(() => Transforms[name](_ => null!, X)).Message, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_function_that_changes_its_argument_is_refused(string name)
    {
        Tensor x = X.Clone();
        Assert.Contains("Clone()", Assert.Throws<AutogradException>(() => Transforms[name](t => t.MulInPlace(2).Sum(), x)).Message, StringComparison.Ordinal);
        Assert.Contains("Clone", Assert.Throws<AutogradException>(() => Transforms[name](t =>
        {
            if (t.Rank == 0) t.FillInPlace(3);
            else t[..1].MulInPlace(2);
            return t.Sum();
        }, X.Clone())).Message, StringComparison.Ordinal);
        Assert.Equal(X.ToArray(), x.ToArray());
    }

    [Fact]
    public void What_no_transform_runs_may_change_again()
    {
        Tensor x = X.Clone();
        Assert.Throws<AutogradException>(() => Functional.Grad(t => t.MulInPlace(2).Sum(), x));
        Assert.Throws<InvalidOperationException>(() => Functional.Grad(t => throw new InvalidOperationException(), x));
        Assert.Equal([0.6, -1.4, 2.2], x.MulInPlace(2).ToArray());
    }

    [Fact]
    public void A_result_that_is_no_floating_point_number_has_no_Jacobian()
    {
        foreach (JacobianMode mode in Enum.GetValues<JacobianMode>())
            Assert.Contains("result 0 of the function is int64 [3]", Assert.Throws<DTypeException>(() => Functional.Jacobian(t => t.Long(), X, mode)).Message, StringComparison.Ordinal);
        Assert.Contains("result 1", Assert.Throws<DTypeException>(() => Functional.Jacobian(t => (t, t.ArgMax()), X)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Axes_of_items_that_are_not_there_are_refused_by_name()
    {
        static string Of(Action action) => Assert.Throws<ArgumentOutOfRangeException>(action).Message;
        Assert.Contains("axis 2 was named for the items of argument 0, which is [3]", Of(() => Functional.Vmap(t => t, X, inAxis: 2)), StringComparison.Ordinal);
        Assert.Contains("axis -3 was named for the items of argument 1", Of(() => Functional.Vmap((a, b) => a, X, X.Reshape(3, 1), (0, -3))), StringComparison.Ordinal);
        Assert.Contains("outAxis is 2; result 0 is [] for each item, so the items can lie along axes -1 to 0", Of(() => Functional.Vmap(t => t, X, outAxis: 2)), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_tensor_kept_from_an_ended_transform_is_refused_by_the_name_of_that_transform(string name)
    {
        Tensor? pair = null, items = null;
        Functional.Jvp(t => pair = t * 1, X, X);
        Functional.Vmap(t => items = t * 1, X);
        Assert.Contains("Functional.Jvp that has returned", Assert.Throws<AutogradException>(() => Transforms[name](t => (t * pair!).Sum(), X)).Message, StringComparison.Ordinal);
        Assert.Contains("Functional.Vmap that has returned", Assert.Throws<AutogradException>(() => Transforms[name](t => (t * items!).Sum(), X)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_depend_on_its_argument_is_zero_unless_strict()
    {
        static Tensor C(Tensor x) => Tensor.Of(1.0, DType.Float64);
        Assert.Equal([0, 0, 0], Functional.Grad(C, X).ToArray());
        Assert.Equal(0, Functional.Jvp(C, X, X).Tangent.Item());
        Assert.Equal([0, 0, 0], Functional.Vjp(C, X).Pullback(Tensor.Of(1.0, DType.Float64)).ToArray());
        foreach (Action strict in new Action[]
        {
            () => Functional.Grad(C, X, strict: true),
            () => Functional.Grad(xs => xs[0].Sum(), [X, X * 2], strict: true),
            () => Functional.ValueAndGrad(C, X, strict: true),
            () => Functional.Jvp(C, X, X, strict: true),
            () => Functional.Vjp(C, X, strict: true).Pullback(Tensor.Of(1.0, DType.Float64)),
            () => Functional.Grad(p => p.Item1.Sum(), (X, X), strict: true),
        })
            Assert.Contains("strict", Assert.Throws<AutogradException>(strict).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_input_is_refused_by_its_number()
    {
        Assert.Contains("input 1 is null", Assert.Throws<ArgumentException>(() => Functional.Grad(xs => xs[0].Sum(), [X, null!])).Message, StringComparison.Ordinal);
        Assert.Contains("input 0 is null", Assert.Throws<ArgumentException>(() => Functional.Jvp(x => x, null!, X)).Message, StringComparison.Ordinal);
    }
}

/// <summary>A loop over each transform keeps nothing.</summary>
[Collection("Memory")]
public sealed class TransformMemoryTests
{
    private static readonly Tensor X = Tensor.Of([0.3, -0.7], DType.Float64);

    private static readonly Dictionary<string, (int Steps, Action Step)> Loops = new()
    {
        ["Grad"] = (100_000, () => Functional.Grad(x => (x * x).Sum(), X)),
        ["ValueAndGrad"] = (100_000, () => Functional.ValueAndGrad(x => (x * x).Sum(), X)),
        ["Jvp"] = (100_000, () => Functional.Jvp(x => x * x, X, X)),
        ["Vjp"] = (50_000, () => Functional.Vjp(x => x * x, X).Pullback(X)),
        ["Linearize"] = (20_000, () => Functional.Linearize(x => x * x, X).Jvp(X)),
        ["Jacobian, reverse"] = (10_000, () => Functional.Jacobian(x => x * x, X, JacobianMode.Reverse)),
        ["Jacobian, forward"] = (10_000, () => Functional.Jacobian(x => x * x, X, JacobianMode.Forward)),
        ["Hessian, forward over reverse"] = (10_000, () => Functional.Hessian(x => (x * x).Sum(), X, mode: JacobianMode.Forward)),
        ["Hessian, reverse over reverse"] = (10_000, () => Functional.Hessian(x => (x * x).Sum(), X, mode: JacobianMode.Reverse)),
        ["Hvp"] = (20_000, () => Functional.Hvp(x => (x * x).Sum(), X, X)),
        ["Vmap"] = (50_000, () => Functional.Vmap(x => x * x, X)),
        ["Vmap of Grad"] = (20_000, () => Functional.Vmap(Functional.Grad(x => x * x * x), X)),
        ["Checkpoint"] = (20_000, () => Functional.Grad(x => Functional.Checkpoint(t => (t * t).Sum(), x), X)),
        ["StopGradient"] = (50_000, () => Functional.Grad(x => (Functional.StopGradient(x) * x).Sum(), X)),
        ["CustomJvp"] = (20_000, () => Functional.Grad(x => Functional.CustomJvp(t => t * t, (t, u) => 2 * t * u)(x).Sum(), X)),
        ["CustomVjp"] = (20_000, () => Functional.Grad(x => Functional.CustomVjp(t => ((t * t).Sum(), t), (t, g) => 2 * g * t)(x), X)),
        ["GradCheck"] = (1_000, () => GradCheck.Check(x => x * x, X)),
        ["a structure"] = (50_000, () => Functional.Grad(p => (p.Item1 * p.Item2).Sum(), (X, X))),
        ["a function that throws half-way"] = (5_000, () => Assert.Throws<InvalidOperationException>(() =>
            Functional.Grad(x => Functional.Jvp(t => Functional.Vmap(u => t.Sum() * u * HalfWay(), t), x, X).Tangent.Sum(), X))),
    };

    private static Tensor HalfWay() => throw new InvalidOperationException();

    public static TheoryData<string> Names => [.. Loops.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_loop_over_a_transform_runs_in_flat_memory(string name)
    {
        const int WarmUp = 500, Allowed = 256 * 1024;
        (int steps, Action step) = Loops[name];
        for (int i = 0; i < WarmUp; i++) step();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < steps; i++) step();
        long after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.True(after - before < Allowed, $"{after - before} bytes more after {steps} steps.");
    }
}
