namespace Nabla.Tests.Engine; // not Autograd: that would hide the class of the same name

/// <summary>Bad input to autograd: the type of each exception, and that its text names the operation, the values and the remedy.</summary>
public sealed class AutogradErrorTests
{
    private static Tensor Leaf(params double[] values) => Tensor.Of(values, requiresGrad: true);

    private static Tensor Plain(params double[] values) => Tensor.Of(values);

    private sealed class Broken(Func<Tensor[], Tensor?[]> backward) : Function
    {
        protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs) => [inputs[0] * 2];

        protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs) => backward([gradOutputs[0]!]);
    }

    private static readonly Dictionary<string, (Type Type, Action Action, string[] Words)> Cases = new()
    {
        ["Backward of several elements"] = (typeof(ShapeException), () => (Leaf(1, 2) * 2).Backward(), ["Backward", "[2]", "Sum()", "OnesLike"]),
        ["Backward of an empty tensor"] = (typeof(ShapeException), () => (Leaf() * 2).Backward(), ["Backward", "[0]"]),
        ["Backward without a graph"] = (typeof(AutogradException), () => Plain(1, 2).Sum().Backward(), ["Backward", "[]", "RequiresGrad = true"]),
        ["Backward of a result made in NoGrad"] = (typeof(AutogradException), () => { Tensor y; using (Autograd.NoGrad()) y = Leaf(1).Sum(); y.Backward(); }, ["Backward", "NoGrad"]),
        ["Backward with a gradient of another shape"] = (typeof(ShapeException), () => (Leaf(1, 2, 3) * 2).Backward(Plain(1, 2)), ["Backward", "[2]", "[3]"]),
        ["Backward twice"] = (typeof(AutogradException), () => { Tensor y = Leaf(3).Pow(2); y.Backward(); y.Backward(); }, ["PowBackward", "retainGraph: true"]),
        ["Backward to an input that does not require a gradient"] = (typeof(AutogradException), () => Leaf(1).Sum().Backward(inputs: [Plain(1)]), ["Backward", "input 0", "float32 [1]"]),
        ["Backward through a changed value"] = (typeof(AutogradException), () => { Tensor y = Leaf(1, 2) * 1, z = y * y; y.AddInPlace(1); z.Sum().Backward(); }, ["Mul", "float32", "[2]", "version 1", "version 0", "Clone()"]),
        ["Grad of something without a graph"] = (typeof(AutogradException), () => Autograd.Grad(Plain(1), Leaf(1)), ["Autograd.Grad", "[1]"]),
        ["Grad with respect to a plain tensor"] = (typeof(AutogradException), () => { Tensor c = Plain(1, 2); Autograd.Grad((Leaf(1, 2) * c).Sum(), c); }, ["Autograd.Grad", "input 0", "[2]"]),
        ["Grad with an unused input"] = (typeof(AutogradException), () => { Tensor x = Leaf(1); Autograd.Grad([x * 2], [x, Leaf(2)]); }, ["Autograd.Grad", "input 1", "allowUnused: true"]),
        ["Grad with too few output gradients"] = (typeof(ArgumentException), () => { Tensor x = Leaf(1); Autograd.Grad([x * 2, x * 3], [x], [null]); }, ["Autograd.Grad", "1 output gradients", "2 outputs"]),
        ["Grad with an output gradient of another shape"] = (typeof(ShapeException), () => { Tensor x = Leaf(1, 2); Autograd.Grad(x * 2, x, Plain(1, 2, 3)); }, ["Autograd.Grad", "[3]", "[2]"]),
        ["RequiresGrad of integers"] = (typeof(DTypeException), () => Tensor.Arange(3).RequireGrad(), ["RequiresGrad", "int64", "[3]", "To(DType.Float32)"]),
        ["RequiresGrad of truth values"] = (typeof(DTypeException), () => Tensor.Zeros([2], DType.Bool).RequiresGrad = true, ["RequiresGrad", "bool"]),
        ["a creation of integers that requires a gradient"] = (typeof(DTypeException), () => Tensor.Of([1, 2], DType.Int32, requiresGrad: true), ["int32"]),
        ["RequiresGrad of a result"] = (typeof(AutogradException), () => (Leaf(1, 2) * 2).RequiresGrad = false, ["RequiresGrad", "[2]", "MulBackward", "Detach()"]),
        ["RequiresGrad in inference mode"] = (typeof(AutogradException), () => { using (Autograd.InferenceMode()) Plain(1).RequireGrad(); }, ["inference mode", "Clone()"]),
        ["an inference tensor in a recorded product"] = (typeof(AutogradException), () => { Tensor a; using (Autograd.InferenceMode()) a = Plain(1); _ = Leaf(1) * a; }, ["Mul", "inference mode"]),
        ["RetainGrad of a plain tensor"] = (typeof(AutogradException), () => Plain(1, 2).RetainGrad(), ["RetainGrad", "[2]"]),
        ["a hook on a plain tensor"] = (typeof(AutogradException), () => Plain(1, 2).RegisterHook(g => g), ["RegisterHook", "[2]"]),
        ["a hook that is null"] = (typeof(ArgumentNullException), () => Leaf(1).RegisterHook(null!), ["hook"]),
        ["a hook that returns another shape"] = (typeof(ShapeException), () => { Tensor y = Leaf(1, 2) * 2; y.RegisterHook(g => g.Sum()); y.Sum().Backward(); }, ["MulBackward", "[]", "[2]", "null"]),
        ["Grad set to another shape"] = (typeof(ShapeException), () => Leaf(1, 2).Grad = Plain(1), ["Grad", "[1]", "[2]"]),
        ["Grad set to another dtype"] = (typeof(DTypeException), () => Leaf(1).Grad = Tensor.Of([1], DType.Float64), ["Grad", "float64", "float32", "To(DType.Float32)"]),
        ["in place on a leaf"] = (typeof(AutogradException), () => Leaf(1).MulInPlace(2), ["MulInPlace", "leaf", "NoGrad"]),
        ["in place on a view of a leaf"] = (typeof(AutogradException), () => Leaf(1, 2).Select(0, 0).ZeroInPlace(), ["FillInPlace", "view", "NoGrad"]),
        ["in place on an expanded tensor"] = (typeof(AutogradException), () => Plain(1).Expand(3).AddInPlace(1), ["AddInPlace", "axis 0", "[3]", "Clone()"]),
        ["in place with a larger result"] = (typeof(ShapeException), () => Plain(1).AddInPlace(Plain(1, 2)), ["AddInPlace", "[2]", "[1]"]),
        ["in place with a float result in an integer tensor"] = (typeof(DTypeException), () => Tensor.Arange(3).DivInPlace(2), ["DivInPlace", "float32", "int64"]),
        ["in place on a view made in NoGrad"] = (typeof(AutogradException), () => { Tensor y = Leaf(1, 2) * 1, v; using (Autograd.NoGrad()) v = y.Narrow(0, 0, 1); v.MulInPlace(2); }, ["MulInPlace", "NoGrad"]),
        ["a function that returns too many gradients"] = (typeof(AutogradException), () => new Broken(g => [g[0], g[0]]).Apply(Leaf(1)).Backward(), ["Broken", "2 gradients for 1 inputs"]),
        ["a function that returns a gradient of another shape"] = (typeof(ShapeException), () => new Broken(g => [g[0].Sum()]).Apply(Leaf(1, 2)).Sum().Backward(), ["Broken", "input 0", "[]", "[2]"]),
        ["a function inside forward mode"] = (typeof(AutogradException), () => Functional.Jvp(x => new Broken(g => g).Apply(x), Plain(1), Plain(1)), ["Broken", "forward-mode", "differentiable operations"]),
        ["a NaN in anomaly mode"] = (typeof(AutogradException), () => { using (Autograd.AnomalyMode()) (Leaf(0) * Plain(double.NaN)).Backward(); }, ["MulBackward", "NaN", "input 0"]),
        ["Functional.Grad of several elements"] = (typeof(ShapeException), () => Functional.Grad(x => x * 2, Plain(1, 2)), ["Functional.Grad", "[2]", "Jacobian"]),
        ["Functional.Grad of nothing"] = (typeof(ArgumentException), () => Functional.Grad(_ => Plain(1), Array.Empty<Tensor>()), ["Functional.Grad", "at least one"]),
        ["Functional.Vjp with a gradient of another shape"] = (typeof(ShapeException), () => Functional.Vjp(x => x * 2, Plain(1, 2)).Pullback(Plain(1)), ["Functional.Vjp", "[1]", "[2]"]),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_text_names_the_operation_the_values_and_the_remedy(string name)
    {
        (Type type, Action action, string[] words) = Cases[name];
        Exception thrown = Assert.ThrowsAny<Exception>(action);
        Assert.IsType(type, thrown);
        foreach (string word in words) Assert.Contains(word, thrown.Message, StringComparison.Ordinal);
    }
}
