namespace Nabla.Tests.Ops;

/// <summary>
/// What every row of the table of operations must hold, whatever its family: the tangent is the directional derivative, the
/// gradient its transpose, both can be differentiated again, and strides, broadcasting and tiny sizes do not matter.
/// Elementwise rows are sampled from their domains; the others from <see cref="OpCalls"/>.
/// </summary>
public sealed class OpTableTests
{
    public static TheoryData<string, OpKind> Rows()
    {
        var data = new TheoryData<string, OpKind>();
        foreach (OpRow row in OpTable.Rows) data.Add(row.Name, row.Kind);
        return data;
    }

    public static TheoryData<string, OpKind> Differentiable()
    {
        var data = new TheoryData<string, OpKind>();
        foreach (OpRow row in OpTable.Rows)
            if (row.Kind != OpKind.NotDifferentiable && (row.Elementwise is null || OpCalls.IsSmooth(row.Elementwise))) data.Add(row.Name, row.Kind);
        return data;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_row_has_a_sample(string name, OpKind kind) => Assert.NotEmpty(OpCalls.For(Row(name, kind)));

    [Theory]
    [MemberData(nameof(Rows))]
    public void Every_row_is_documented(string name, OpKind kind)
    {
        OpRow row = Row(name, kind);
        Assert.All([row.Shapes, row.DTypes, row.Domain], text => Assert.False(string.IsNullOrWhiteSpace(text)));
    }

    [Theory]
    [MemberData(nameof(Differentiable))]
    public void Tangent_is_the_directional_derivative(string name, OpKind kind) => Each(name, kind, sample =>
    {
        (Tensor[] x, Tensor[] u) = (sample.Inputs(1), sample.Directions(2));
        Tensor tangent = Calculus.Tangent(sample.Call, x, u);
        Tensor numeric = Calculus.CentralDifference(sample.Call, x, u, 1e-6);
        Calculus.AssertClose(sample, "tangent", tangent, numeric, 2e-6);
    });

    [Theory]
    [MemberData(nameof(Differentiable))]
    public void Gradient_is_the_transpose_of_the_tangent(string name, OpKind kind) => Each(name, kind, sample =>
    {
        (Tensor[] x, Tensor[] u) = (sample.Inputs(3), sample.Directions(4));
        Tensor tangent = Calculus.Tangent(sample.Call, x, u);
        Tensor v = Tensor.RandN(tangent.Shape, DType.Float64, generator: new Generator(5));
        Tensor[] gradients = Calculus.Gradient(sample.Call, x, v);
        double forward = Calculus.Inner(v, tangent), reverse = 0, size = 0;
        for (int i = 0; i < x.Length; i++)
        {
            Assert.Equal(x[i].Shape, gradients[i].Shape);
            reverse += Calculus.Inner(gradients[i], u[i]);
            size += Calculus.Magnitude(gradients[i], u[i]);
        }
        size += Calculus.Magnitude(v, tangent);
        Assert.True(Math.Abs(forward - reverse) <= 1e-10 * Math.Max(1, size), $"{sample}: v·Ju = {forward:R}, but Jᵀv·u = {reverse:R}.");
    });

    [Theory]
    [MemberData(nameof(Differentiable))]
    public void Second_order_by_both_modes_is_the_derivative_of_the_gradient(string name, OpKind kind) => Each(name, kind, sample =>
    {
        if (!sample.SecondOrder) return;
        (Tensor[] x, Tensor[] u) = (sample.Inputs(6), sample.Directions(7));
        Tensor v = Tensor.RandN(sample.Call(x).Shape, DType.Float64, generator: new Generator(8));
        for (int i = 0; i < x.Length; i++)
        {
            int input = i;
            Tensor Gradient(Tensor[] at) => Calculus.Gradient(sample.Call, at, v, createGraph: true)[input];
            Tensor numeric = Calculus.CentralDifference(Gradient, x, u, 1e-5);
            Calculus.AssertClose(sample, $"forward over reverse, input {i}", Calculus.Tangent(Gradient, x, u), numeric, 5e-5);

            // Reverse over reverse: Σ u·∂(w·gradient)/∂x against w·(derivative of the gradient along u).
            Tensor w = Tensor.RandN(x[i].Shape, DType.Float64, generator: new Generator(9));
            Tensor[] second = Calculus.Gradient(Gradient, x, w);
            double reverse = 0, size = 1;
            for (int k = 0; k < x.Length; k++)
            {
                reverse += Calculus.Inner(second[k], u[k]);
                size += Calculus.Magnitude(second[k], u[k]);
            }
            double expected = Calculus.Inner(w, numeric);
            Assert.True(Math.Abs(reverse - expected) <= 5e-5 * size, $"{sample}: reverse over reverse, input {i}: {reverse:R}, by differences {expected:R}.");
        }
    });

    [Theory]
    [MemberData(nameof(Rows))]
    public void Strides_do_not_matter(string name, OpKind kind) => Each(name, kind, sample =>
    {
        Tensor[] x = sample.Inputs(10);
        Tensor[] scattered = Array.ConvertAll(x, Calculus.Scatter);
        Calculus.AssertClose(sample, "value of non-contiguous inputs", sample.Call(scattered), sample.Call(x), 1e-14);
    });

    [Theory]
    [MemberData(nameof(Rows))]
    public void Inputs_are_left_as_they_were(string name, OpKind kind) => Each(name, kind, sample =>
    {
        Tensor[] x = sample.Inputs(11);
        Tensor[] before = Array.ConvertAll(x, t => t.Clone());
        sample.Call(x);
        for (int i = 0; i < x.Length; i++)
        {
            Assert.Equal(before[i].ToArray<double>(), x[i].ToArray<double>());
            Assert.Equal(0, x[i].Version);
        }
    });

    // The overloads of a name may differ in kind: Where chooses, or finds positions.
    private static OpRow Row(string name, OpKind kind) => OpTable.Rows.Single(row => row.Name == name && row.Kind == kind);

    private static void Each(string name, OpKind kind, Action<Sample> check)
    {
        foreach (Sample sample in OpCalls.For(Row(name, kind))) check(sample);
    }
}
