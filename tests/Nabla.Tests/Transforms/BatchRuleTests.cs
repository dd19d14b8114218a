namespace Nabla.Tests.Transforms;

/// <summary>Functions that can only be computed on numbers, and say how for many items at once.</summary>
public sealed class BatchRuleTests
{
    private static readonly Tensor Rows = Tensor.Rand([4, 3], DType.Float64, generator: new Generator(2)), W = Tensor.Of([0.5, 2.0, -1.0], DType.Float64);

    /// <summary>(x, w) ↦ x·|w|², computed by a loop over numbers.</summary>
    private sealed class ByNumbers : Function
    {
        public List<int> Counts { get; } = [];

        private static Tensor Compute(Tensor x, Tensor w)
        {
            (double[] values, double[] weights) = (x.ToArray<double>(), w.ToArray<double>());
            for (int row = 0; row < values.Length / 3; row++)
            {
                double sum = 0;
                for (int i = 0; i < 3; i++) sum += weights[(row * 3) + i] * weights[(row * 3) + i];
                for (int i = 0; i < 3; i++) values[(row * 3) + i] *= sum;
            }
            return Tensor.FromSpan<double>(values, x.Shape);
        }

        protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs)
        {
            context.SaveForBackward([.. inputs]);
            return [Compute(inputs[0], inputs[1])];
        }

        protected override Tensor[] Batch(FunctionContext context, IReadOnlyList<Tensor> items, int count)
        {
            Counts.Add(count);
            context.SaveForBackward([.. items]);
            return [Compute(items[0], items[1])];
        }

        protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs)
        {
            (Tensor x, Tensor w, Tensor g) = (context.SavedTensors[0], context.SavedTensors[1], gradOutputs[0]!);
            return [g * w.Square().Sum(), 2 * w * (g * x).Sum()];
        }

        protected override Tensor?[] Jvp(FunctionContext context, IReadOnlyList<Tensor?> tangents)
        {
            (Tensor x, Tensor w) = (context.SavedTensors[0], context.SavedTensors[1]);
            return [tangents[0]! * w.Square().Sum() + x * 2 * (w * tangents[1]!).Sum()];
        }
    }

    private static Tensor Plain(Tensor x, Tensor w) => x * w.Square().Sum();

    [Fact]
    public void The_rule_is_asked_once_for_the_items_of_all_levels()
    {
        var function = new ByNumbers();
        Tensor F(Tensor x, Tensor w) => function.Apply(x, w);
        foreach (Func<Func<Tensor, Tensor, Tensor>, Tensor> use in new Func<Func<Tensor, Tensor, Tensor>, Tensor>[]
        {
            f => Functional.Vmap(x => Functional.Vmap(w => f(x, w), Rows), Rows),
            f => Functional.Vmap(x => Functional.Vmap(w => f(w, x), Rows), Rows),
            f => Functional.Vmap(x => Functional.Vmap(w => Functional.Vmap(v => f(x + v, w), Rows), Rows), Rows),
            f => Functional.Grad(m => Functional.Vmap(x => Functional.Vmap(w => f(x, w), m), Rows).Square().Sum(), Rows),
            f => Functional.Vmap(x => Functional.Vmap(w => Functional.Grad(t => f(t, w * t).Square().Sum(), x), Rows), Rows),
            f => Functional.Jvp(m => Functional.Vmap(x => Functional.Vmap(w => f(x, w), m), m), Rows, Rows * 2).Tangent,
        })
        {
            function.Counts.Clear();
            Tensor expected = use(Plain), actual = use(F);
            Assert.True(actual.AllClose(expected, 1e-12, 1e-14), $"{actual} is not {expected}");
            Assert.All(function.Counts, count => Assert.True(count is 16 or 64));
            Assert.NotEmpty(function.Counts);
        }
    }

    [Fact]
    public void A_rule_with_too_few_items_is_refused_in_nests_too()
    {
        var function = new Short();
        Assert.Contains("16", Assert.Throws<ShapeException>(() => Functional.Vmap(x => Functional.Vmap(w => function.Apply(x + w), Rows), Rows)).Message, StringComparison.Ordinal);
    }

    private sealed class Short : Function
    {
        protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs) => [Tensor.Of(inputs[0].Sum().Item())];

        protected override Tensor[] Batch(FunctionContext context, IReadOnlyList<Tensor> items, int count) => [items[0][1..]];

        protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs) => [null];
    }
}
