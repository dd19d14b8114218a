namespace Nabla.Tests.Transforms;

/// <summary>Many small items lie in memory with the items along the last axis while Vmap runs: nothing of it is to be seen but the time.</summary>
public sealed class ItemsLastTests
{
    private const int Items = 300;

    private static Tensor Numbers(params int[] shape) => ((Tensor.Arange(new Shape(shape).Numel).To(DType.Float64) * 0.7).Sin() + 1.5).Reshape(shape);

    /// <summary>The results of a function, item by item.</summary>
    private static Tensor Loop(Func<Tensor, Tensor> function, Tensor items) => Tensor.Stack([.. items.Unbind(0).Select(function)]);

    public static TheoryData<string, Func<Tensor, Tensor>> Functions => new()
    {
        { "elementwise", v => (v * 2).Sin() / (1 + v.Square()) },
        { "a number for all and a vector for each", v => (v.Sum(0, keepAxis: true) * v) + v[1] },
        { "a vector for all and a number for each", v => v[2] * Tensor.Of([1.0, 10.0, 100.0], DType.Float64) },
        { "slices", v => v[..2] * v[1..3] },
        { "joined", v => Tensor.Cat([v[1..2], v * 3, Tensor.Zeros([2], DType.Float64)]) },
        { "stacked", v => Tensor.Stack([v[0], v[2] * v[1], v[1]]) },
        { "matrices", v => (v.Unsqueeze(1) * v.Unsqueeze(0)).MatMul(v.Unsqueeze(1)) },
        { "sums along either axis", v => (v.Unsqueeze(1) * v.Unsqueeze(0)).Sum(0) - (v.Unsqueeze(1) / v.Unsqueeze(0)).Sum(1) },
        { "transposed and merged", v => (v.Unsqueeze(1) / v.Unsqueeze(0)).T.Reshape(9) },
        { "largest, sorted, counted", v => v.Amax(0, keepAxis: true) * v.CumSum(0) + v.LogSumExp() + v.Sort(0).Values },
        { "a cross product", v => v.Cross(Tensor.Of([0.0, 1.0, 2.0], DType.Float64)) },
        { "another type", v => v.To(DType.Float32).To(DType.Float64) + (v > 1.5).To(DType.Float64) },
        { "repeated without copying", v => v[..1].Expand(3) + v },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void Values_are_those_of_a_loop(string name, Func<Tensor, Tensor> function)
    {
        Tensor items = Numbers(Items, 3), together = Functional.Vmap(function, items);
        Assert.True(together.AllClose(Loop(function, items), 1e-12, 1e-12), name);
        Assert.True(together.IsContiguous, name);
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Gradients_and_Jacobians_of_each_item_are_those_of_a_loop(string name, Func<Tensor, Tensor> function)
    {
        Tensor items = Numbers(Items, 3);
        foreach (JacobianMode mode in (JacobianMode[])[JacobianMode.Reverse, JacobianMode.Forward])
        {
            Tensor Jacobian(Tensor v) => Functional.Jacobian(function, v, mode);
            Tensor together = Functional.Vmap(Jacobian, items);
            Assert.True(together.AllClose(Loop(Jacobian, items), 1e-6, 1e-6), $"{name}, {mode}");
        }
        Tensor Gradient(Tensor v) => Functional.Grad((Tensor x) => function(x).Square().Sum(), v);
        Assert.True(Functional.Vmap(Gradient, items).AllClose(Loop(Gradient, items), 1e-5, 1e-5), name);
    }

    [Fact]
    public void A_gradient_goes_through_a_vmap_of_many_items()
    {
        // d/dx of the sum over items of x0·x1² is (x1², 2·x0·x1).
        Tensor items = Numbers(Items, 2);
        Tensor gradient = Functional.Grad((Tensor all) => Functional.Vmap(v => v[0] * v[1] * v[1], all).Sum(), items);
        Tensor x = items.Select(1, 0), y = items.Select(1, 1);
        Assert.True(gradient.AllClose(Tensor.Stack([y * y, 2 * x * y], 1), 1e-12, 1e-12));
        Assert.True(gradient.IsContiguous);
    }

    [Fact]
    public void Second_derivatives_inside_and_outside_agree()
    {
        Tensor items = Numbers(Items, 2);
        static Tensor F(Tensor v) => v[0].Sin() * v[1].Exp();
        Tensor inside = Functional.Vmap(v => Functional.Hessian(F, v), items);
        Tensor outside = Functional.Jvp(all => Functional.Vmap(Functional.Grad((Tensor v) => F(v)), all), items, Tensor.Of([1.0, 0.0], DType.Float64).Expand(Items, 2)).Tangent;
        Assert.True(inside.Select(1, 0).AllClose(outside, 1e-10, 1e-10));
    }

    [Fact]
    public void Items_along_another_axis_and_items_of_items()
    {
        Tensor items = Numbers(3, Items);
        Assert.True(Functional.Vmap(v => v * v[0], items, inAxis: 1, outAxis: 1).AllClose(items * items[0], 1e-12, 1e-12));
        Tensor pairs = Numbers(Items, 4, 3), weights = Numbers(3);
        Tensor nested = Functional.Vmap(rows => Functional.Vmap(v => (v * weights).Sum() * v, rows), pairs);
        Assert.True(nested.AllClose((pairs * weights).Sum(2, keepAxis: true) * pairs, 1e-12, 1e-12));
    }

    [Fact]
    public void An_argument_that_is_changed_in_place_inside_is_refused_as_ever() =>
        Assert.Throws<AutogradException>(() => Functional.Vmap(
            v =>
            {
                v.AddInPlace(v);
                return v;
            },
            Numbers(Items, 3)));

    [Fact]
    public void A_result_made_inside_may_be_changed_in_place()
    {
        Tensor items = Numbers(Items, 3);
        Tensor result = Functional.Vmap(
            v =>
            {
                Tensor y = v * 2;
                y.AddInPlace(v);
                y[1..2].MulInPlace(10);
                return y;
            },
            items);
        Assert.True(result.AllClose(items * Tensor.Of([3.0, 30.0, 3.0], DType.Float64), 1e-12, 1e-12));
    }
}
