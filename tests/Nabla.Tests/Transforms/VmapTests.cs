using Nabla.Nn;

namespace Nabla.Tests.Transforms;

/// <summary>Vmap as its users meet it: axes, shared arguments, random numbers, per-example gradients, and its errors.</summary>
public sealed class VmapTests
{
    private static readonly Tensor Rows = Tensor.Arange(6.0).To(DType.Float64).Reshape(2, 3);

    [Fact]
    public void Items_may_lie_along_any_axis_on_the_way_in_and_out()
    {
        Equal([[0, 2, 4], [6, 8, 10]], Functional.Vmap(x => x * 2, Rows));
        Equal([[0, 2, 4], [6, 8, 10]], Functional.Vmap(x => x * 2, Rows, inAxis: 1, outAxis: 1));
        Equal([[0, 6], [2, 8], [4, 10]], Functional.Vmap(x => x * 2, Rows, inAxis: -1));
        Equal([[0, 6], [2, 8], [4, 10]], Functional.Vmap(x => x * 2, Rows, outAxis: -1));
    }

    [Fact]
    public void An_argument_without_axis_is_the_same_for_all_items()
    {
        Tensor w = Tensor.Of([1.0, 10.0, 100.0], DType.Float64);
        Equal([210, 543], Functional.Vmap((x, y) => x.Dot(y), Rows, w, (0, null)));
        Equal([210, 543], Functional.Vmap(x => x.Dot(w), Rows));
    }

    [Fact]
    public void Each_result_may_lie_along_an_axis_of_its_own_or_be_the_same_for_all_items()
    {
        Tensor w = Tensor.Of([1.0, 10.0, 100.0], DType.Float64);
        Tensor[] results = Functional.Vmap(xs => [xs[0] * 2, xs[0] * xs[1], xs[1] + 1], [Rows, w], (0, null), (1, -2, null));
        Equal([[0, 6], [2, 8], [4, 10]], results[0]);
        Equal([[0, 10, 200], [3, 40, 500]], results[1]);
        Equal([2, 11, 101], results[2]);

        var structured = Functional.Vmap(p => (Double: p.X * 2, Shared: p.W + 1), (X: Rows, W: w), (0, null), (1, null));
        Equal([[0, 6], [2, 8], [4, 10]], structured.Double);
        Equal([2, 11, 101], structured.Shared);
        Equal([[1, 1], [1, 1], [1, 1]], Functional.Vmap(xs => [xs[0] * 0 + 1], [Rows], outAxes: 1)[0]);

        // The gradient of a shared result is that of the function itself, not of its repetitions.
        Equal([1, 1, 1], Functional.Grad(v => Functional.Vmap(xs => [xs[0], xs[1] + 1], [Rows, v], (0, null), (0, null))[1].Sum(), w));
        string message = Assert.Throws<ArgumentException>(() => Functional.Vmap(xs => [xs[1], xs[0]], [Rows, w], (0, null), (null, null))).Message;
        Assert.Contains("outAxes says that result 1 is the same for all items, but it depends on them", message, StringComparison.Ordinal);
        Assert.Contains("outAxes names 3 axes for 2 results", Assert.Throws<ArgumentException>(() => Functional.Vmap(xs => xs, [Rows, Rows], outAxes: (0, 0, 0))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_that_does_not_depend_on_the_items_is_repeated() =>
        Equal([[7, 7], [7, 7]], Functional.Vmap(_ => Tensor.Full([2], 7, DType.Float64), Rows));

    [Fact]
    public void Outer_product_by_two_vmaps()
    {
        Tensor a = Tensor.Of([1.0, 2.0], DType.Float64), b = Tensor.Of([3.0, 4.0, 5.0], DType.Float64);
        Equal([[3, 4, 5], [6, 8, 10]], Functional.Vmap(x => Functional.Vmap(y => x * y, b), a));
    }

    [Fact]
    public void Gradients_of_each_example_need_one_pass()
    {
        var layer = new Linear(3, 1, dtype: DType.Float64, generator: new Generator(1));
        Tensor target = Tensor.Of([1.0, -1.0], DType.Float64);
        Tensor Loss(Tensor weight, Tensor x, Tensor y) => (x.Dot(weight[0]) + layer.Bias![0] - y).Square();
        Tensor each = Functional.Vmap(xy => [Functional.Grad(w => Loss(w, xy[0], xy[1]), layer.Weight)], [Rows, target])[0];
        Assert.Equal([2, 1, 3], each.Shape);
        for (int i = 0; i < 2; i++)
        {
            Tensor one = Functional.Grad(w => Loss(w, Rows[i], target[i]), layer.Weight);
            Assert.Equal(one.ToArray(), each[i].ToArray());
        }
    }

    [Fact]
    public void A_jacobian_is_vmap_of_products_with_unit_vectors()
    {
        Tensor x = Tensor.Of([0.3, -0.7, 1.1], DType.Float64);
        Tensor F(Tensor t) => Tensor.Stack([t.Prod(), t.Sin().Sum(), (t[0] * t[1]).Exp()]);
        Tensor expected = Functional.Jacobian(F, x);
        Tensor byColumns = Functional.Vmap(u => Functional.Jvp(F, x, u).Tangent, Tensor.Eye(3, dtype: DType.Float64), outAxis: 1);
        (_, Func<Tensor, Tensor> pullback) = Functional.Vjp(F, x);
        Tensor byRows = Functional.Vmap(pullback, Tensor.Eye(3, dtype: DType.Float64));
        Assert.True(byColumns.AllClose(expected, 1e-14));
        Assert.True(byRows.AllClose(expected, 1e-14));
    }

    [Fact]
    public void In_place_changes_stay_within_the_item()
    {
        Tensor result = Functional.Vmap(x =>
        {
            Tensor y = Tensor.Zeros([4], DType.Float64);
            y[1..] = x;
            y[0].AddInPlace(x.Sum());
            return y;
        }, Rows);
        Equal([[3, 0, 1, 2], [12, 3, 4, 5]], result);
    }

    [Fact]
    public void Random_numbers_are_drawn_for_each_item_or_once_as_asked()
    {
        Tensor Noisy(Tensor x) => x + Tensor.Rand([3], DType.Float64, generator: new Generator(3));
        Assert.Contains("VmapRandomness.Different", Assert.Throws<AutogradException>(() => Functional.Vmap(Noisy, Rows)).Message, StringComparison.Ordinal);
        Tensor same = Functional.Vmap(Noisy, Rows, randomness: VmapRandomness.Same) - Rows;
        Tensor different = Functional.Vmap(Noisy, Rows, randomness: VmapRandomness.Different) - Rows;
        Assert.Equal(same[0].ToArray(), same[1].ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.NotEqual(different[0].ToArray(), different[1].ToArray(), (a, b) => Math.Abs(a - b) < 1e-12);

        Tensor nested = Functional.Vmap(
            x => Functional.Vmap(y => y * 0 + Tensor.Rand([], DType.Float64, generator: new Generator(3)), x, randomness: VmapRandomness.Different),
            Rows, randomness: VmapRandomness.Different);
        Assert.Equal(6, nested.ToArray().Distinct().Count());
    }

    [Fact]
    public void Type_promotion_is_that_of_an_item()
    {
        // A float64 scalar does not widen a float32 vector, though a vector of all the scalars would.
        Tensor scalars = Tensor.Of([1.0, 2.0], DType.Float64), vector = Tensor.Ones(3);
        Assert.Equal(DType.Float32, Functional.Vmap(s => vector * s, scalars).DType);
    }

    [Fact]
    public void Losses_and_layers_work_on_items()
    {
        Tensor logits = Tensor.RandN([5, 4], DType.Float64, generator: new Generator(2));
        Tensor classes = Tensor.FromSpan<long>([0, 3, 1, 1, 2]);
        Tensor each = Functional.Vmap((x, c) => Losses.CrossEntropy(x, c), logits, classes);
        Assert.True(each.AllClose(Losses.CrossEntropy(logits, classes, reduction: Reduction.None), 1e-13));
        Tensor p = logits.Sigmoid();
        Assert.True(Functional.Vmap(x => Losses.Bce(x, x), p).AllClose(Losses.Bce(p, p, reduction: Reduction.None).Mean(1), 1e-13));
    }

    [Fact]
    public void What_is_wrong_with_a_call_is_said()
    {
        static string Of<T>(Func<object?> call)
            where T : Exception => Assert.ThrowsAny<T>(call).Message;

        Assert.Contains("2 items", Of<ShapeException>(() => Functional.Vmap((x, y) => x + y, Rows, Tensor.Ones(3), 0)), StringComparison.Ordinal);
        Assert.Contains("null for it in inAxes", Of<ShapeException>(() => Functional.Vmap((x, y) => x + y, Rows, Tensor.Ones([]))), StringComparison.Ordinal);
        Assert.Contains("same for all items", Of<ArgumentException>(() => Functional.Vmap((x, y) => x + y, Rows, Rows, (null, null))), StringComparison.Ordinal);
        Assert.Contains("3 axes for 2 arguments", Of<ArgumentException>(() => Functional.Vmap((x, y) => x + y, Rows, Rows, (0, 0, 0))), StringComparison.Ordinal);
        Of<ArgumentOutOfRangeException>(() => Functional.Vmap(x => x, Rows, inAxis: 2));
        Of<ArgumentOutOfRangeException>(() => Functional.Vmap(x => x.Sum(), Rows, outAxis: 1));
        Assert.Contains("returned null", Of<AutogradException>(() => Functional.Vmap(x => (Tensor)null!, Rows)), StringComparison.Ordinal);
        Assert.Contains("Use Where", Of<AutogradException>(() => Functional.Vmap(x => x.Sum().Item() > 3 ? x : -x, Rows)), StringComparison.Ordinal);
        Assert.Contains("depends on values", Of<AutogradException>(() => Functional.Vmap(x => x.MaskedSelect(x > 1), Rows)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_kept_from_a_call_that_returned_is_refused()
    {
        Tensor? kept = null;
        Functional.Vmap(x => kept = x * 2, Rows);
        Assert.Contains("Functional.Vmap that has returned", Assert.Throws<AutogradException>(() => kept! + 1).Message, StringComparison.Ordinal);
        Functional.Jvp(x => kept = x * 2, Rows, Rows);
        Assert.Contains("Functional.Jvp that has returned", Assert.Throws<AutogradException>(() => kept! + 1).Message, StringComparison.Ordinal);
        Assert.Equal(2, kept!.Detach()[0, 1].Item());
    }

    [Fact]
    public void No_items_give_no_results() =>
        Assert.Equal([0, 2, 2], Functional.Vmap(x => x.Outer(x).MatMul(x.Outer(x)), Tensor.Zeros(0, 2)).Shape);

    private static void Equal(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.ToArray(), actual.ToArray());
    }
}
