using Nabla.Tests.Ops;

namespace Nabla.Tests.Transforms;

/// <summary>For every row of the table of operations: vmap is the loop over the items, and so are its derivatives.</summary>
public sealed class VmapOpTests
{
    public static TheoryData<string, OpKind> Rows()
    {
        var data = new TheoryData<string, OpKind>();
        foreach (OpRow row in OpTable.Rows) data.Add(row.Name, row.Kind);
        return data;
    }

    public static TheoryData<string, OpKind> Differentiable() => OpTableTests.Differentiable();

    [Theory]
    [MemberData(nameof(Rows))]
    public void Vmap_equals_a_loop_for_all_choices_of_what_is_batched_along_any_axes(string name, OpKind kind) => Each(name, kind, sample =>
    {
        const int count = 3;
        var random = new Random(11);
        Tensor[][] items = [.. Enumerable.Range(0, count).Select(i => sample.Inputs((ulong)(20 + i)))];
        int arity = sample.Shapes.Length;
        for (int mask = 1; mask < 1 << Math.Min(arity, 3); mask++)
        {
            for (int turn = 0; turn < 3; turn++)
            {
                var axes = new int?[arity];
                var stacked = new Tensor[arity];
                for (int i = 0; i < arity; i++)
                {
                    bool batched = i < 3 ? (mask >> i & 1) != 0 : random.Next(2) == 0;
                    axes[i] = batched ? AnyAxis(random, items[0][i].Rank) : null;
                    stacked[i] = axes[i] is { } axis ? Tensor.Stack([.. items.Select(item => item[i])], axis) : items[0][i];
                }
                Tensor[] Item(int k) => [.. Enumerable.Range(0, arity).Select(i => axes[i] is null ? items[0][i] : items[k][i])];
                Tensor[] results = [.. Enumerable.Range(0, count).Select(k => sample.Call(Item(k)))];
                int outAxis = AnyAxis(random, results[0].Rank);
                if (Batched(sample, () => Functional.Vmap(xs => [sample.Call([.. xs])], stacked, BatchAxes.Create(axes), outAxis)[0]) is not { } actual) return;
                Tensor expected = Tensor.Stack(results, outAxis);
                Assert.Equal(expected.DType, actual.DType);
                Close(sample, $"axes {BatchAxes.Create(axes)} to {outAxis}", actual, expected);
            }
        }
    });

    [Theory]
    [MemberData(nameof(Rows))]
    public void Vmap_nests(string name, OpKind kind) => Each(name, kind, sample =>
    {
        Tensor[][] items = [.. Enumerable.Range(0, 6).Select(i => sample.Inputs((ulong)(40 + i)))];
        int arity = sample.Shapes.Length;
        var stacked = new Tensor[arity];
        for (int i = 0; i < arity; i++)
            stacked[i] = Tensor.Stack([.. items.Select(item => item[i])]).Reshape([2, 3, .. items[0][i].Shape]).MoveAxis(1, ^1);
        if (Batched(sample, () => Functional.Vmap(outer => Functional.Vmap(inner => [sample.Call([.. inner])], outer, -1), stacked)[0]) is not { } actual) return;
        Tensor flat = Tensor.Stack([.. items.Select(item => sample.Call(item))]);
        Close(sample, "nested", actual, flat.Reshape([2, 3, .. flat.Shape.ToArray().AsSpan(1)]));

        // What the outer call batches and the inner one does not: the other way round for the second input.
        if (arity < 2) return;
        Tensor[] firsts = [items[0][0], items[1][0]], seconds = [items[2][1], items[3][1], items[4][1]];
        Tensor[] Pair(int i, int j) => [firsts[i], seconds[j], .. items[0].AsSpan(2)];
        Tensor table = Tensor.Stack([.. Enumerable.Range(0, 6).Select(k => sample.Call(Pair(k / 3, k % 3)))]);
        Tensor rows = Tensor.Stack(firsts), columns = Tensor.Stack(seconds);
        if (Batched(sample, () => Functional.Vmap(x => Functional.Vmap(y => sample.Call([x, y, .. items[0].AsSpan(2)]), columns), rows)) is { } crossed)
            Close(sample, "crossed", crossed, table.Reshape([2, 3, .. table.Shape.ToArray().AsSpan(1)]));
    });

    [Theory]
    [MemberData(nameof(Differentiable))]
    public void Gradients_and_tangents_of_each_item_equal_a_loop(string name, OpKind kind) => Each(name, kind, sample =>
    {
        const int count = 3;
        Tensor[][] items = [.. Enumerable.Range(0, count).Select(i => sample.Inputs((ulong)(60 + i)))];
        Tensor[][] directions = [.. Enumerable.Range(0, count).Select(i => sample.Directions((ulong)(70 + i)))];
        if (sample.Call(items[0]).DType != DType.Float64) return;
        int arity = sample.Shapes.Length;
        var random = new Random(13);
        Tensor v = Tensor.RandN(sample.Call(items[0]).Shape, DType.Float64, generator: new Generator(5));
        for (int input = 0; input < arity; input++)
        {
            int at = input, rank = items[0][at].Rank;
            int from = AnyAxis(random, rank), along = AnyAxis(random, rank), to = AnyAxis(random, rank), toResult = AnyAxis(random, v.Rank);
            string where = $"of input {at} with axes {from}, {along} to {to}, {toResult}";
            Tensor stacked = Tensor.Stack([.. items.Select(item => item[at])], from), tangents = Tensor.Stack([.. directions.Select(item => item[at])], along);
            Tensor Scalar(Tensor x) => (sample.Call(With(items[0], at, x)) * v).Sum();
            Tensor Gradient(Tensor x) => Functional.Grad(Scalar, x);
            Tensor Tangent(Tensor x, Tensor u) => Functional.Jvp(t => sample.Call(With(items[0], at, t)), x, u).Tangent;
            Tensor Product(Tensor x, Tensor u) => sample.SecondOrder ? Functional.Hvp(Scalar, x, u) : x;
            Tensor Loop(Func<int, Tensor> item, int axis) => Tensor.Stack([.. Enumerable.Range(0, count).Select(item)], axis);

            if (Batched(sample, () => Functional.Vmap(Gradient, stacked, from, to)) is not { } gradients) return;
            Close(sample, $"gradient {where}", gradients, Loop(k => Gradient(items[k][at]), to));
            Close(sample, $"tangent {where}", Functional.Vmap(Tangent, stacked, tangents, (from, along), toResult), Loop(k => Tangent(items[k][at], directions[k][at]), toResult));
            Close(sample, $"Hessian-vector product {where}", Functional.Vmap(Product, stacked, tangents, (from, along), to), Loop(k => Product(items[k][at], directions[k][at]), to));

            // The other way round: the derivative of the batched function.
            Tensor weights = Tensor.RandN([count], DType.Float64, generator: new Generator(6));
            Tensor outer = Functional.Grad(x => (Functional.Vmap(Scalar, x, from) * weights).Sum(), stacked);
            Close(sample, $"gradient through vmap {where}", outer, Loop(k => Gradient(items[k][at]) * weights[k], from));
            Tensor through = Functional.Jvp(x => Functional.Vmap(t => sample.Call(With(items[0], at, t)), x, from, toResult), stacked, tangents.MoveAxis(along, from)).Tangent;
            Close(sample, $"tangent through vmap {where}", through, Loop(k => Tangent(items[k][at], directions[k][at]), toResult));
        }
    });

    /// <summary>An axis along which items of a rank can be stacked, counted from the front or from the back.</summary>
    private static int AnyAxis(Random random, int rank) => random.Next(-rank - 1, rank + 1);

    private static Tensor[] With(Tensor[] inputs, int at, Tensor x)
    {
        Tensor[] changed = [.. inputs];
        changed[at] = x;
        return changed;
    }

    /// <summary>The result; null where the shape of the operation's result depends on values, which differ between items: then it must say so.</summary>
    private static Tensor? Batched(Sample sample, Func<Tensor> call)
    {
        if (!sample.ShapeOfValues) return call();
        Assert.Contains("depends on values", Assert.Throws<AutogradException>(call).Message, StringComparison.Ordinal);
        return null;
    }

    private static void Close(Sample sample, string what, Tensor actual, Tensor expected)
    {
        Assert.True(expected.Shape == actual.Shape, $"{sample}, {what}: {actual.Shape} instead of {expected.Shape}.");
        double[] a = actual.ToArray(), e = expected.ToArray();
        for (int i = 0; i < a.Length; i++)
        {
            bool same = a[i].Equals(e[i]) || Math.Abs(a[i] - e[i]) <= 1e-10 * Math.Max(1, Math.Abs(e[i]));
            Assert.True(same, $"{sample}, {what}: element {i} is {a[i]:R}, in a loop {e[i]:R}.");
        }
    }

    private static void Each(string name, OpKind kind, Action<Sample> check)
    {
        foreach (Sample sample in OpCalls.For(OpTable.Rows.Single(row => row.Name == name && row.Kind == kind))) check(sample);
    }
}
