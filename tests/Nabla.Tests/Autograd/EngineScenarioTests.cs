using System.Text.Json;
using Nabla.Tests.Reference;
using F = Nabla.Symbolics.Functions;

namespace Nabla.Tests.Engine; // not Autograd: that would hide the class of the same name

/// <summary>
/// The small programs of Reference/engine.json, each with what PyTorch made of it: the values of some expressions, in the
/// order of the file, or the kind of error. The names of the tests are the ids there.
/// </summary>
public sealed partial class EngineScenarioTests
{
    private static readonly JsonElement[] Cases = [.. ReferenceFile.Load("engine.json").GetProperty("cases").EnumerateArray()];

    private static readonly ElementwiseOp Exp = ElementwiseOp.Of("Exp", x => F.Exp(x));

    private static readonly ElementwiseOp IsLess = ElementwiseOp.Predicate("Less", (x, y) => F.Less(x, y));

    public static TheoryData<string> Ids => [.. Cases.Select(c => c.Text("id"))];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Scenario(string id)
    {
        JsonElement outcome = Cases.Single(c => c.Text("id") == id).GetProperty("outcome");
        if (outcome.TryGetProperty("error", out JsonElement kind))
        {
            (Type type, string words) = Error(kind.GetString()!);
            Exception thrown = Assert.ThrowsAny<Exception>(() => Run(id));
            Assert.IsType(type, thrown);
            Assert.Contains(words, thrown.Message, StringComparison.Ordinal);
            return;
        }
        object?[] found = Run(id);
        JsonProperty[] expected = [.. outcome.EnumerateObject()];
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < found.Length; i++) AssertSame(expected[i].Name, expected[i].Value, found[i]);
    }

    private static (Type Type, string Words) Error(string kind) => kind switch
    {
        "second-backward" => (typeof(AutogradException), "freed by an earlier backward pass"),
        "in-place-on-saved" => (typeof(AutogradException), "changed in place afterwards"),
        "in-place-on-leaf" => (typeof(AutogradException), "a leaf that requires a gradient cannot be changed in place"),
        "view-of-leaf" => (typeof(AutogradException), "a view of a leaf"),
        "multi-view" => (typeof(AutogradException), "one of several views"),
        "does-not-require-grad" => (typeof(AutogradException), "does not require a gradient"),
        "not-scalar" => (typeof(ShapeException), "one element"),
        "unused-input" => (typeof(AutogradException), "was not used"),
        "integer-grad" => (typeof(DTypeException), "floating-point"),
        "set-on-non-leaf" => (typeof(AutogradException), "leaves only"),
        "shape-mismatch" => (typeof(ShapeException), "of the tensor's shape"),
        "wrong-count" => (typeof(AutogradException), "1 gradients for 2 inputs"),
        "inference" => (typeof(AutogradException), "inference mode"),
        "hook-shape" => (typeof(ShapeException), "a hook returned a gradient"),
        "hook-count" => (typeof(AutogradException), "returned 1 gradients where 2 are needed"),
        "pack-in-place" => (typeof(AutogradException), "in place"),
        "saved-freed" => (typeof(AutogradException), "was freed by a backward pass"),
        "inference-in-place" => (typeof(AutogradException), "inference mode cannot be changed in place"),
        "inference-grad" => (typeof(AutogradException), "inference mode"),
        _ => throw new FormatException(kind),
    };

    private static void AssertSame(string what, JsonElement expected, object? found)
    {
        switch (found)
        {
            case null: Assert.True(expected.ValueKind == JsonValueKind.Null, what); break;
            case bool truth: Assert.True(expected.GetBoolean() == truth, what); break;
            case string text: Assert.Equal(expected.GetString(), text); break;
            case Tensor tensor:
                Assert.Equal(Lengths(expected), tensor.Shape.ToArray());
                Assert.Equal(Flat(expected), tensor.ToArray<double>());
                break;
            case int number: Assert.Equal(expected.Number(), number); break;
            case double number: Assert.Equal(expected.Number(), number); break;
            case bool[] truths: Assert.Equal(expected.EnumerateArray().Select(e => e.GetBoolean()), truths); break;
            case string[] texts: Assert.Equal(expected.EnumerateArray().Select(e => e.GetString()!), texts); break;
            case double[] numbers: Assert.Equal(Flat(expected), numbers); break;
            default: throw new ArgumentException($"{what}: {found.GetType()}");
        }
    }

    private static int[] Lengths(JsonElement e) => e.ValueKind != JsonValueKind.Array ? [] : e.GetArrayLength() == 0 ? [0] : [e.GetArrayLength(), .. Lengths(e[0])];

    private static double[] Flat(JsonElement e) => e.ValueKind switch
    {
        JsonValueKind.Array => [.. e.EnumerateArray().SelectMany(Flat)],
        JsonValueKind.True => [1],
        JsonValueKind.False => [0],
        _ => [e.Number()],
    };

    // ---- the words of the programs ------------------------------------------------------------------------------------

    private static Tensor Plain(params double[] values) => Tensor.Of(values, DType.Float64);

    private static Tensor Plain(double value) => Tensor.Of(value, DType.Float64);

    private static Tensor Plain(double[][] values) => Tensor.Of(values, DType.Float64);

    private static Tensor Leaf(params double[] values) => Plain(values).RequireGrad();

    private static Tensor Leaf(double value) => Plain(value).RequireGrad();

    private static Tensor Leaf(double[][] values) => Plain(values).RequireGrad();

    private static Tensor First(Tensor x, int count) => x.Narrow(0, 0, count);

    /// <summary>Half of a tensor, as one of the results of a split.</summary>
    private sealed class HalfOp(int start) : ViewOp("Split")
    {
        public override bool IsOneOfSeveral => true;

        public override ViewOp OfItems(int count) => throw new NotSupportedException();

        public override NdArray View(in NdArray x) => x.View([x.Dims[0] / 2], x.Strides, x.Offset + start);

        protected override Tensor Transpose(OpContext context, Tensor gradient) => throw new NotSupportedException();
    }

    private sealed class Rule(Func<FunctionContext, Tensor[], Tensor[]> forward, Func<FunctionContext, Tensor[], Tensor?[]> backward) : Function
    {
        protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs) => forward(context, [.. inputs]);

        protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs) => backward(context, [.. gradOutputs.Select(g => g!)]);
    }

    private static Rule Unary(Func<Tensor, Tensor> forward, Func<Tensor, Tensor, Tensor> backward) => new(
        (context, x) =>
        {
            context.SaveForBackward(x[0]);
            return [forward(x[0])];
        },
        (context, g) => [backward(g[0], context.SavedTensors[0])]);

    // ---- the programs -------------------------------------------------------------------------------------------------

    private static object?[] Run(string id)
    {
        switch (id)
        {
            case "accumulation":
            {
                Tensor x = Leaf(1, 2);
                (x * 2).Sum().Backward();
                Tensor? first = x.Grad;
                (x * 3).Sum().Backward();
                return [x.Grad, ReferenceEquals(x.Grad, first)];
            }
            case "grad of a non-leaf":
            {
                Tensor x = Leaf(1, 2), y = x * 2;
                (y * y).Sum().Backward();
                return [y.Grad, x.Grad, y.IsLeaf, x.IsLeaf];
            }
            case "retain grad":
            {
                Tensor x = Leaf(1, 2), y = x * 2;
                y.RetainGrad();
                (y * y).Sum().Backward();
                return [y.Grad, x.Grad];
            }
            case "gradient is not aliased":
            {
                Tensor x = Leaf(1, 2), y = Leaf(3, 4), g = Plain(1, 1);
                (x + y).Backward(g);
                g.ZeroInPlace();
                x.Grad!.MulInPlace(5);
                return [x.Grad, y.Grad, ReferenceEquals(x.Grad, y.Grad)];
            }
            case "repeated inputs":
            {
                Tensor x = Leaf(3.0);
                (x * x).Backward();
                Tensor a = x.Grad!.Clone();
                x.Grad = null;
                (x + x).Backward();
                return [a, x.Grad];
            }
            case "diamond":
            {
                Tensor x = Leaf(2.0), y = x * x;
                ((y * 3) + (y * y)).Backward();
                return [x.Grad];
            }
            case "grad dtype":
            {
                Tensor a = Tensor.Of([1, 2], requiresGrad: true), b = Leaf(3, 4), c = a * b;
                c.Sum().Backward();
                return ["torch." + c.DType.Word(), "torch." + a.Grad!.DType.Word(), "torch." + b.Grad!.DType.Word(), a.Grad, b.Grad];
            }
            case "broadcast":
            {
                Tensor x = Leaf([[1], [2]]), y = Leaf(10, 20, 30);
                (x * y).Sum().Backward();
                return [x.Grad, y.Grad];
            }
            case "zero set to none":
            {
                Tensor x = Leaf(2.0);
                (x * x).Backward();
                x.Grad = null;
                (x * 5).Backward();
                return [x.Grad];
            }
            case "not scalar":
                (Leaf(1, 2) * 2).Backward();
                return [];
            case "one element":
            {
                Tensor x = Leaf([[3]]);
                (x * x).Backward();
                return [x.Grad];
            }
            case "output gradient":
            {
                Tensor x = Leaf(1, 2, 3);
                (x * x).Backward(Plain(1, 0, -1));
                return [x.Grad];
            }
            case "output gradient shape":
            {
                Tensor x = Leaf(1, 2, 3);
                (x * x).Backward(Plain(1, 2));
                return [];
            }
            case "no graph":
                Plain(1, 2).Sum().Backward();
                return [];
            case "twice without saved values":
            {
                Tensor x = Leaf(1, 2), y = (x + 1).Sum();
                y.Backward();
                y.Backward();
                return [x.Grad];
            }
            case "twice with saved values":
            {
                Tensor x = Leaf(1, 2), y = (x * x).Sum();
                y.Backward();
                y.Backward();
                return [];
            }
            case "twice through a number":
            {
                Tensor y = (Leaf(1, 2) * 2).Sum();
                y.Backward();
                y.Backward();
                return [];
            }
            case "twice through a constant factor":
            {
                Tensor y = (Leaf(1, 2) * Plain(2, 2)).Sum();
                y.Backward();
                y.Backward();
                return [];
            }
            case "retain graph":
            {
                Tensor x = Leaf(1, 2), y = (x * x).Sum();
                y.Backward(retainGraph: true);
                y.Backward();
                return [x.Grad];
            }
            case "shared part freed":
            {
                Tensor x = Leaf(2.0), s = x * x, a = s + 1, b = s + 2;
                a.Backward();
                b.Backward();
                return [];
            }
            case "create graph":
            {
                Tensor x = Leaf(2.0), y = x.Pow(3);
                Tensor g = Autograd.Grad(y, x, createGraph: true), h = Autograd.Grad(g, x, createGraph: true), k = Autograd.Grad(h, x);
                return [g, h, k, g.RequiresGrad, k.RequiresGrad];
            }
            case "gradient penalty":
            {
                Tensor x = Leaf(1, 2), g = Autograd.Grad(x.Pow(3).Sum(), x, createGraph: true);
                (g * g).Sum().Backward();
                return [x.Grad];
            }
            case "backward with create graph accumulates":
            {
                Tensor x = Leaf(3.0);
                x.Pow(2).Backward(createGraph: true);
                Tensor first = x.Grad!.Detach().Clone(), g = x.Grad;
                x.Grad = null;
                g.Backward();
                return [first, x.Grad];
            }
            case "grad leaves .grad alone":
            {
                Tensor x = Leaf(3.0);
                return [Autograd.Grad(x * x, x), x.Grad];
            }
            case "grad of an intermediate":
            {
                Tensor x = Leaf(3.0), y = x * 2;
                return [Autograd.Grad(y * y, y)];
            }
            case "grad of the output itself":
            {
                Tensor y = Leaf(3.0) * 2;
                return [Autograd.Grad(y, y)];
            }
            case "unused input":
            {
                Tensor x = Leaf(3.0), y = Leaf(2.0);
                Autograd.Grad([x * x], [x, y]);
                return [];
            }
            case "unused input allowed":
            {
                Tensor x = Leaf(3.0), y = Leaf(2.0);
                Tensor?[] g = Autograd.Grad([x * x], [x, y], allowUnused: true);
                return [g[0], g[1]];
            }
            case "input without grad":
            {
                Tensor x = Leaf(3.0), y = Plain(2.0);
                Autograd.Grad([x * y], [x, y]);
                return [];
            }
            case "several outputs":
            {
                Tensor x = Leaf(1, 2);
                return [Autograd.Grad([x * x, x * 3], [x], [Plain(1, 1), Plain(1, 10)])[0]];
            }
            case "hooks in order":
            {
                var log = new List<double>();
                Tensor x = Leaf(2.0), y = x * 3;
                y.RegisterHook(g => { log.Add(g.Item()); return g * 2; });
                y.RegisterHook(g => { log.Add(g.Item()); return null; });
                y.RegisterHook(g => { log.Add(g.Item()); return g + 1; });
                (y * 5).Backward();
                return [log.ToArray(), x.Grad];
            }
            case "hook on a leaf":
            {
                var log = new List<double>();
                Tensor x = Leaf(2.0);
                x.RegisterHook(g => { log.Add(g.Item()); return g * 10; });
                (x * 3).Backward();
                (x * 4).Backward();
                return [log.ToArray(), x.Grad];
            }
            case "hook removed":
            {
                Tensor x = Leaf(2.0);
                x.RegisterHook(g => g * 10).Dispose();
                (x * 3).Backward();
                return [x.Grad];
            }
            case "hook sees the total":
            {
                var log = new List<double>();
                Tensor x = Leaf(2.0), y = x * 1;
                y.RegisterHook(g => { log.Add(g.Item()); return null; });
                ((y * 3) + (y * 4)).Backward();
                return [log.ToArray(), x.Grad];
            }
            case "latest node first":
            {
                var log = new List<string>();
                Tensor x = Leaf(1.0), a = x * 2, b = x * 3, c = x * 4;
                foreach ((string name, Tensor t) in new[] { ("a", a), ("b", b), ("c", c) }) t.RegisterHook(_ => { log.Add(name); return null; });
                (b + (a + c)).Backward();
                return [log.ToArray()];
            }
            case "no grad":
            {
                Tensor x = Leaf(2.0), a, b, c, d, e;
                using (Autograd.NoGrad())
                {
                    a = x * 2;
                    using (Autograd.EnableGrad())
                    {
                        b = x * 2;
                        using (Autograd.NoGrad()) c = x * 2;
                        d = x * 2;
                    }
                    e = x * 2;
                }
                Tensor f = x * 2;
                return [new[] { a, b, c, d, e, f }.Select(t => t.RequiresGrad).ToArray()];
            }
            case "no grad restored after an exception":
            {
                Tensor x = Leaf(2.0);
                try
                {
                    using IDisposable scope = Autograd.NoGrad();
                    throw new InvalidOperationException();
                }
                catch (InvalidOperationException)
                {
                }
                return [(x * 2).RequiresGrad];
            }
            case "inference":
            {
                Tensor x = Leaf(2.0), a;
                using (Autograd.InferenceMode()) a = Plain(3.0) * 2;
                _ = x * a;
                return [];
            }
            case "detach":
            {
                Tensor x = Leaf(1, 2), y = x * 2, d = y.Detach();
                bool same = ReferenceEquals(d.Value.Storage, y.Value.Storage);
                (y * d).Sum().Backward();
                return [same, d.RequiresGrad, x.Grad];
            }
            case "detach shares the version":
            {
                Tensor y = Leaf(1, 2) * 2, z = (y * y).Sum();
                y.Detach().AddInPlace(1);
                z.Backward();
                return [];
            }
            case "requires grad on a non-leaf":
                (Leaf(2.0) * 2).RequiresGrad = false;
                return [];
            case "integer requires grad":
                Tensor.Arange(2).RequireGrad();
                return [];
            case "comparison":
            {
                Tensor y = IsLess.Apply(Plain(1.5), Leaf(1, 2));
                return [y.RequiresGrad, y];
            }
            case "in-place keeps history":
            {
                Tensor x = Leaf(1, 2), y = x * 2;
                y.MulInPlace(3);
                y.AddInPlace(x);
                y.Sum().Backward();
                return [x.Grad, y];
            }
            case "in-place on a saved value":
            {
                Tensor y = Leaf(1, 2) * 2, z = y * y;
                y.AddInPlace(1);
                z.Sum().Backward();
                return [];
            }
            case "in-place on a value nobody saved":
            {
                Tensor x = Leaf(1, 2), y = x * 2, z = y + 1;
                y.AddInPlace(1);
                z.Sum().Backward();
                return [x.Grad];
            }
            case "in-place on a saved result":
            {
                Tensor y = Exp.Apply(Leaf(1, 2));
                y.AddInPlace(1);
                y.Sum().Backward();
                return [];
            }
            case "in-place through the saved input":
            {
                Tensor x = Leaf(0, 0), y = x * 1, z = Exp.Apply(y);
                y.AddInPlace(1);
                z.Sum().Backward();
                return [x.Grad, y, z];
            }
            case "versions":
            {
                Tensor x = Plain([[1, 2], [3, 4]]), v = x.Select(0, 0), d = x.Detach();
                int before = x.Version;
                x.AddInPlace(1);
                v.MulInPlace(2);
                d.SubInPlace(1);
                return [before, x.Version, v.Version, d.Version, x];
            }
            case "in-place on a leaf":
                Leaf(1, 2).AddInPlace(1);
                return [];
            case "in-place on a leaf without grad mode":
            {
                Tensor x = Leaf(1, 2);
                using (Autograd.NoGrad()) x.AddInPlace(1);
                (x * x).Sum().Backward();
                return [x, x.Grad, x.IsLeaf];
            }
            case "in-place on a view of a leaf":
                First(Leaf(1, 2), 1).AddInPlace(1);
                return [];
            case "in-place on a plain tensor with a leaf":
            {
                Tensor x = Leaf(1, 2), y = Plain(10, 20);
                y.MulInPlace(x);
                y.Sum().Backward();
                return [y.RequiresGrad, x.Grad, y.Grad];
            }
            case "in-place on a view rewrites the base":
            {
                Tensor x = Leaf(1, 2, 3), y = x * 1;
                First(y, 2).MulInPlace(10);
                y.Sum().Backward();
                return [x.Grad, y];
            }
            case "in-place on the base rewrites the view":
            {
                Tensor x = Leaf(1, 2, 3), y = x * 1, v = First(y, 2);
                y.MulInPlace(10);
                v.Sum().Backward();
                return [x.Grad, v];
            }
            case "in-place on a view of a view":
            {
                Tensor x = Leaf([[1, 2], [3, 4]]), y = x * 1;
                y.T.Select(0, 0).MulInPlace(Plain(5, 7));
                (y * y).Sum().Backward();
                return [x.Grad, y];
            }
            case "assignment by index":
            {
                Tensor x = Leaf(1, 2, 3), s = Leaf(7.0), y = x * 2;
                y.Select(0, 1).CopyInPlace(s);
                (y * y).Sum().Backward();
                return [x.Grad, s.Grad];
            }
            case "copy into a view":
            {
                Tensor x = Leaf(1, 2), y = Tensor.Zeros([4], DType.Float64);
                y.Narrow(0, 1, 2).CopyInPlace(x);
                (y * y).Sum().Backward();
                return [y, x.Grad];
            }
            case "in-place on several views":
                new HalfOp(0).Of(Leaf(1, 2, 3, 4) * 1).MulInPlace(2);
                return [];
            case "view then in-place on a saved base":
            {
                Tensor y = Leaf(1, 2, 3) * 1, z = (y * y).Sum();
                First(y, 1).MulInPlace(2);
                z.Backward();
                return [];
            }
            case "custom function":
            {
                Tensor x = Leaf(1, 2), y = Unary(v => v * v, (g, v) => g * 100 * v).Apply(x);
                y.Sum().Backward();
                return [y, x.Grad];
            }
            case "custom function twice":
            {
                Tensor x = Leaf(2.0), y = Unary(v => v.Pow(3), (g, v) => g * 3 * v.Pow(2)).Apply(x);
                Tensor g = Autograd.Grad(y, x, createGraph: true);
                return [g, Autograd.Grad(g, x)];
            }
            case "custom function with an unused output":
            {
                double[] seen = [];
                Tensor x = Leaf(1, 2);
                var two = new Rule((_, v) => [v[0] * 2, v[0] * 3], (_, g) =>
                {
                    seen = [.. g[0].ToArray<double>(), .. g[1].ToArray<double>()];
                    return [(g[0] * 2) + (g[1] * 3)];
                });
                two.ApplyMany(x)[0].Sum().Backward();
                return [seen, x.Grad];
            }
            case "custom function wrong count":
                new Rule((_, v) => [v[0] * v[1]], (_, g) => [g[0]]).Apply(Leaf(2.0), Leaf(3.0)).Backward();
                return [];
            case "jacobian shape":
            {
                Tensor jacobian = Functional.Jacobian(x => x.Sum(1) * 2, Plain([[1, 2, 3], [4, 5, 6]]));
                return [Array.ConvertAll(jacobian.Shape.ToArray(), n => (double)n), jacobian];
            }
            case "hessian":
                return [Functional.Hessian(x => x.Select(0, 0).Pow(2) * x.Select(0, 1), Plain(2, 3))];
            default:
                return RunWithHooks(id);
        }
    }
}
