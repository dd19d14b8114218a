namespace Nabla.Tests.Transforms;

/// <summary>Functions that transforms cannot mean: one clear exception each, and nothing is left changed.</summary>
public sealed class TransformInputTests
{
    private static readonly Tensor X = Tensor.Of([0.3, -0.7, 1.1], DType.Float64);

    private sealed record Model(Tensor Slope, Tensor[] Rest, string Name);

    // The transform that runs the function itself and so is named in what goes wrong with it, what it calls the argument, and the call.
    private static readonly Dictionary<string, (string Op, string Argument, Func<Func<Tensor, Tensor>, Tensor, object> Call)> Transforms = new()
    {
        ["Grad"] = ("Functional.Grad", "argument 0 [3]", (f, x) => Functional.Grad(f, x)),
        ["Grad of two"] = ("Functional.Grad", "argument 1 [3]", (f, x) => Functional.Grad((a, b) => f(b), X, x)),
        ["ValueAndGrad"] = ("Functional.ValueAndGrad", "argument 0 [3]", (f, x) => Functional.ValueAndGrad(f, x)),
        ["Jvp"] = ("Functional.Jvp", "argument 0 [3]", (f, x) => Functional.Jvp(f, x, X)),
        ["Vjp"] = ("Functional.Vjp", "argument 0 [3]", (f, x) => Functional.Vjp(f, x)),
        ["Vjp of two"] = ("Functional.Vjp", "argument 1 [3]", (f, x) => Functional.Vjp((a, b) => f(b), X, x)),
        ["Linearize"] = ("Functional.Linearize", "argument 0 [3]", (f, x) => Functional.Linearize(f, x)),
        ["Jacobian by rows"] = ("Functional.Jacobian", "argument 0 [3]", (f, x) => Functional.Jacobian(f, x, JacobianMode.Reverse)),
        ["Jacobian by columns"] = ("Functional.Jacobian", "argument 0 [3]", (f, x) => Functional.Jacobian(f, x, JacobianMode.Forward)),
        ["Hessian"] = ("Functional.Hessian", "argument 0 [3]", (f, x) => Functional.Hessian(f, x)),
        ["Hessian by rows"] = ("Functional.Hessian", "argument 0 [3]", (f, x) => Functional.Hessian(f, x, mode: JacobianMode.Reverse)),
        ["Hvp"] = ("Functional.Hvp", "argument 0 [3]", (f, x) => Functional.Hvp(f, x, X)),
        ["Vmap"] = ("Functional.Vmap", "argument 0 []", (f, x) => Functional.Vmap(f, x)),
        ["Checkpoint"] = ("Functional.Checkpoint", "argument 0 [3]", (f, x) => Functional.Checkpoint(f, x)),
        ["Grad inside Jvp"] = ("Functional.Grad", "argument 0 [3]", (f, x) => Functional.Jvp(Functional.Grad(f), x, X)),
        ["Grad inside Vmap"] = ("Functional.Grad", "argument 0 [3]", (f, x) => Functional.Vmap(t => Functional.Grad(f, t), Tensor.Stack([x, x]))),
        ["GradCheck"] = ("GradCheck", "argument 0 [3]", (f, x) => GradCheck.Check(f, x)),
        ["GradGradCheck"] = ("GradGradCheck", "argument 0 [3]", (f, x) => GradGradCheck.Check(f, x)),
        ["Grad of a record"] = ("Functional.Grad", "argument.Rest[1] [3]", (f, x) => Functional.Grad(m => f(m.Rest[1]), new Model(X, [X, x], "m"))),
        ["Jvp of a tuple"] = ("Functional.Jvp", "argument.Item2 [3]", (f, x) => Functional.Jvp(p => f(p.Item2), (X, x), (X, X))),
        ["Vjp of an array"] = ("Functional.Vjp", "argument[1] [3]", (f, x) => Functional.Vjp((Tensor[] a) => new[] { f(a[1]) }, [X, x])),
        ["Linearize of a dictionary"] = ("Functional.Linearize", "argument[\"w\"] [3]", (f, x) => Functional.Linearize(d => (f(d["w"]), X), new Dictionary<string, Tensor> { ["w"] = x })),
        ["Jacobian of a record by rows"] = ("Functional.Jacobian", "argument.Slope [3]", (f, x) => Functional.Jacobian(m => f(m.Slope), new Model(x, [X], "m"), JacobianMode.Reverse)),
        ["Jacobian of a record by columns"] = ("Functional.Jacobian", "argument.Slope [3]", (f, x) => Functional.Jacobian(m => f(m.Slope), new Model(x, [X], "m"), JacobianMode.Forward)),
        ["Hessian of a record"] = ("Functional.Hessian", "argument.Slope [3]", (f, x) => Functional.Hessian(m => f(m.Slope), new Model(x, [X], "m"))),
        ["Hvp of a tuple"] = ("Functional.Hvp", "argument.Item2 [3]", (f, x) => Functional.Hvp(p => f(p.Item2), (X, x), (X, X))),
        ["Vmap of a record"] = ("Functional.Vmap", "argument.Slope []", (f, x) => Functional.Vmap(m => f(m.Slope), new Model(x, [X], "m"))),
    };

    public static TheoryData<string> Names => [.. Transforms.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_function_that_returns_null_is_refused(string name)
    {
        string message = Assert.Throws<AutogradException>(() => Transforms[name].Call(_ => null!, X)).Message;
        Assert.StartsWith(Transforms[name].Op + ":", message, StringComparison.Ordinal);
        Assert.Matches(@"the function returned null|result(\[0\]|\.Item1) \(Tensor\) is null", message);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_function_that_changes_its_argument_is_refused_and_has_changed_nothing(string name)
    {
        (string op, string argument, Func<Func<Tensor, Tensor>, Tensor, object> call) = Transforms[name];
        string expected = $"{op}: the function changed its {argument} in place";
        Tensor x = X.Clone();
        Assert.StartsWith(expected, Assert.Throws<AutogradException>(() => call(t => t.MulInPlace(2).Sum(), x)).Message, StringComparison.Ordinal);
        Assert.Equal(X.ToArray(), x.ToArray());
        Assert.StartsWith(expected, Assert.Throws<AutogradException>(() => call(t =>
        {
            if (t.Rank == 0) t.FillInPlace(3);
            else t[..1].MulInPlace(2);
            return t.Sum();
        }, x)).Message, StringComparison.Ordinal);
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
        static void Of(string parameter, string text, Action action)
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(action);
            Assert.Equal(parameter, error.ParamName);
            Assert.Contains(text, error.Message, StringComparison.Ordinal);
        }
        Of("inAxis", "axis 2 was named for the items of argument 0, which is [3]", () => Functional.Vmap(t => t, X, inAxis: 2));
        Of("inAxes", "axis -3 was named for the items of argument 1", () => Functional.Vmap((a, b) => a, X, X.Reshape(3, 1), (0, -3)));
        Of("inAxes", "axis 1 was named for the items of argument 1", () => Functional.Vmap(xs => xs, [X, X], [0, 1]));
        Of("inAxes", "axis 1 was named for the items of argument.Rest[0], which is [3]", () => Functional.Vmap(m => m.Slope, new Model(X, [X], "m"), (0, 1)));
        Of("outAxis", "outAxis is 2 for result 0, which is [] for each item, so the items can lie along axes -1 to 0", () => Functional.Vmap(t => t, X, outAxis: 2));
        Of("outAxis", "outAxis is -2 for result 0", () => Functional.Vmap((a, b) => a, X, X, outAxis: -2));
        Of("outAxes", "outAxes is 1 for result 1", () => Functional.Vmap(xs => xs, [X, X], outAxes: (0, 1)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_tensor_kept_from_an_ended_transform_is_refused_by_the_name_of_that_transform(string name)
    {
        Tensor? pair = null, items = null;
        Functional.Jvp(t => pair = t * 1, X, X);
        Functional.Vmap(t => items = t * 1, X);
        Assert.Contains("Functional.Jvp that has returned", Assert.Throws<AutogradException>(() => Transforms[name].Call(t => (t * pair!).Sum(), X)).Message, StringComparison.Ordinal);
        Assert.Contains("Functional.Vmap that has returned", Assert.Throws<AutogradException>(() => Transforms[name].Call(t => (t * items!).Sum(), X)).Message, StringComparison.Ordinal);
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
    public void A_missing_argument_is_refused_by_its_name()
    {
        static void Says(string text, Action action) => Assert.Contains(text, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);
        static Tensor F(Tensor x) => x.Sum();
        static Tensor G(Tensor x, Tensor y) => (x * y).Sum();
        Tensor none = null!;

        Says("Functional.Grad: input 1 is null", () => Functional.Grad(xs => xs[0].Sum(), [X, none]));
        Says("Functional.Jvp: input 0 is null", () => Functional.Jvp(F, none, X));
        Says("Functional.Vmap: input 0 is null", () => Functional.Vmap(F, none));
        Says("Functional.Vmap: input 1 is null", () => Functional.Vmap(xs => xs, [X, none], (0, null)));
        Says("GradCheck: input 0 is null", () => GradCheck.Check(F, none));
        Says("GradGradCheck: input 1 is null", () => GradGradCheck.Check(xs => xs[0].Sum(), [X, none]));

        Says("Functional.Jvp: tangent 0 is null", () => Functional.Jvp(F, X, none));
        Says("Functional.Jvp: tangent 1 is null", () => Functional.Jvp(G, X, X, X, none));
        Says("Functional.Linearize: tangent 0 is null", () => Functional.Linearize(F, X).Jvp(none));
        Says("Functional.Linearize: tangent 1 is null", () => Functional.Linearize(G, X, X).Jvp(X, none));
        Says("Functional.Hvp: vector 0 is null", () => Functional.Hvp(F, X, none));
        Says("Functional.Hvp: vector 1 is null", () => Functional.Hvp(xs => xs[0].Sum(), [X, X], [X, none]));
        Says("Functional.Hvp: vector 1 is null", () => Functional.Hvp(G, X, X, X, none));
        Says("Functional.Vjp: the gradient to pull back is null", () => Functional.Vjp(F, X).Pullback(none));
        Assert.Equal(X.Square().Sum().Item(), Functional.Jvp(xs => (xs[0] * xs[1]).Sum(), [X, X], [X, null]).Tangent.Item()); // documented: held fixed
    }

    [Fact]
    public void A_missing_function_is_refused()
    {
        Func<Tensor, Tensor> one = null!;
        Func<Tensor, Tensor, Tensor> two = null!;
        Func<IReadOnlyList<Tensor>, Tensor> list = null!;
        foreach (Action call in new Action[]
        {
            () => Functional.Grad(one), () => Functional.Grad(one, X), () => Functional.Grad(two, X, X), () => Functional.Grad(list, [X]),
            () => Functional.ValueAndGrad(one, X), () => Functional.ValueAndGrad(two, X, X), () => Functional.ValueAndGrad(list, [X]),
            () => Functional.Jvp(one, X, X), () => Functional.Jvp(two, X, X, X, X), () => Functional.Jvp(list, [X], [X]),
            () => Functional.Vjp(one, X), () => Functional.Vjp(two, X, X), () => Functional.Vjp(list, [X]),
            () => Functional.Linearize(one, X), () => Functional.Linearize(two, X, X), () => Functional.Linearize(list, [X]),
            () => Functional.Jacobian(one, X), () => Functional.Jacobian(two, X, X), () => Functional.Jacobian(list, [X]),
            () => Functional.Hessian(one, X), () => Functional.Hessian(two, X, X), () => Functional.Hessian(list, [X]),
            () => Functional.Hvp(one, X, X), () => Functional.Hvp(two, X, X, X, X), () => Functional.Hvp(list, [X], [X]),
            () => Functional.Vmap(one), () => Functional.Vmap(one, X), () => Functional.Vmap(two, X, X),
            () => Functional.Checkpoint(one, X), () => Functional.Checkpoint(two, X, X),
            () => GradCheck.Check(one, X), () => GradCheck.Check(list, [X]), () => GradCheck.Assert(one, X, new GradCheckOptions()),
            () => GradGradCheck.Check(one, X), () => GradGradCheck.Check(list, [X]), () => GradGradCheck.Assert(one, X, new GradCheckOptions()),
        })
            Assert.Equal("function", Assert.Throws<ArgumentNullException>(call).ParamName);
    }

    [Fact]
    public void A_direction_or_gradient_of_another_shape_or_type_is_refused_by_its_name()
    {
        static void Says<T>(string text, Action action)
            where T : Exception => Assert.Contains(text, Assert.Throws<T>(action).Message, StringComparison.Ordinal);
        static Tensor F(Tensor x) => x.Square().Sum();
        Tensor two = Tensor.Of([1.0, 2.0], DType.Float64), single = Tensor.Ones(3);

        Says<ShapeException>("Functional.Jvp: tangent 0 is [2], input 0 is [3]", () => Functional.Jvp(F, X, two));
        Says<ShapeException>("Functional.Linearize: tangent 0 is [2], input 0 is [3]", () => Functional.Linearize(F, X).Jvp(two));
        Says<ShapeException>("Functional.Hvp: vector 0 is [2], input 0 is [3]", () => Functional.Hvp(F, X, two));
        Says<ShapeException>("use Vmap over Hvp", () => Functional.Hvp(F, X, two));
        Says<ShapeException>("Functional.Hvp: vector 1 is [2], input 1 is [3]", () => Functional.Hvp(xs => F(xs[0]), [X, X], [X, two]));
        Says<ShapeException>("Functional.Hvp: the function returned [3]", () => Functional.Hvp(x => x * x, X, X));
        Says<ShapeException>("Functional.Vjp: the gradient is [2], the tensor is [3]", () => Functional.Vjp(x => x * 2, X).Pullback(two));
        Says<ShapeException>("Functional.Jvp: tangent 1 is [2], argument.Rest[0] is [3]", () => Functional.Jvp(m => m.Slope, new Model(X, [X], "m"), new Model(X, [two], "m")));

        Says<DTypeException>("Functional.Jvp: tangent 0 is float32, input 0 is float64", () => Functional.Jvp(F, X, single));
        Says<DTypeException>("Functional.Linearize: tangent 0 is float32, input 0 is float64", () => Functional.Linearize(F, X).Jvp(single));
        Says<DTypeException>("Functional.Hvp: vector 0 is float32, input 0 is float64", () => Functional.Hvp(F, X, single));
        Says<DTypeException>("Functional.Vjp: the gradient is float32, the tensor is float64. Convert it with To(DType.Float64)", () => Functional.Vjp(x => x * 2, X).Pullback(single));
        Says<DTypeException>("Functional.Vjp: the gradient is float32, the tensor is float64", () => Functional.Vjp(p => (p.Item1, p.Item2), (X, X)).Pullback((X, single)));
    }

    [Fact]
    public void A_tensor_of_a_structure_is_named_by_its_place()
    {
        static void Says<T>(string text, Action action)
            where T : Exception => Assert.Contains(text, Assert.Throws<T>(action).Message, StringComparison.Ordinal);
        var ids = new Dictionary<string, Tensor> { ["w"] = X, ["ids"] = Tensor.Arange(3) };
        var model = new Model(X, [X, Tensor.Arange(3)], "m");

        Says<DTypeException>("Functional.Grad: argument[\"ids\"] is int64 [3]", () => Functional.Grad(d => d["w"].Sum(), ids));
        Says<DTypeException>("Functional.Hessian: argument.Rest[1] is int64 [3]", () => Functional.Hessian(m => m.Slope.Sum(), model));
        Says<DTypeException>("Functional.Jacobian: argument.Rest[1] is int64 [3]", () => Functional.Jacobian(m => m.Slope, model));
        Says<AutogradException>("Functional.Grad: the function does not depend on argument.Rest[0]", () => Functional.Grad(m => m.Slope.Sum(), new Model(X, [X], "m"), strict: true));
        Says<AutogradException>("Functional.Vjp: the function does not depend on argument.Item2", () => Functional.Vjp(p => p.Item1, (X, X), strict: true).Pullback(X));
        Says<AutogradException>("Functional.Jacobian: the function does not depend on argument.Item2", () => Functional.Jacobian(p => p.Item1, (X, X), strict: true));
        Says<ShapeException>("argument.Slope [3] has 3 items, argument.Rest[0] [2] has 2", () => Functional.Vmap(m => m.Slope, new Model(X, [X[..2]], "m")));
        Says<ShapeException>("argument.Rest[0] is a scalar", () => Functional.Vmap(m => m.Slope, new Model(X, [X.Sum()], "m")));
        Says<AutogradException>("TensorStructure.Map: the function returned null for argument.Rest[1]", () => TensorStructure.Map(model, x => x.DType == DType.Int64 ? null! : x));
        Says<AutogradException>("TensorStructure.Map: the function returned null for argument.Item1", () => TensorStructure.Map((X, X), (X, X), (x, y) => null!));
        Says<ArgumentException>("TensorStructure.Rebuild: tensor 1 is null", () => TensorStructure.Rebuild((X, X), [X, null!]));
        Says<ArgumentException>("TensorStructure.Rebuild: tensor 0 is null", () => TensorStructure.Rebuild(X, [null!]));
    }

    [Fact]
    public void Numbers_of_an_item_that_was_kept_are_refused_because_its_Vmap_has_returned()
    {
        Tensor? kept = null;
        Functional.Vmap(t => kept = t * 1, X);
        foreach (Action read in new Action[] { () => kept!.Item(), () => kept!.ToArray(), () => Functional.Vmap(t => kept!.Item() * t, X) })
            Assert.Contains("belongs to a call of Functional.Vmap that has returned", Assert.Throws<AutogradException>(read).Message, StringComparison.Ordinal);
    }
}
