using Nabla.Tests.Ops;

namespace Nabla.Tests.Transforms;

/// <summary>For every row of the table of operations: inside Checkpoint it has the value and the derivatives that it has outside.</summary>
public sealed class CheckpointOpTests
{
    public static TheoryData<string, OpKind> Rows() => OpTableTests.Rows();

    public static TheoryData<string, OpKind> Differentiable() => OpTableTests.Differentiable();

    [Theory]
    [MemberData(nameof(Rows))]
    public void Values_are_the_same(string name, OpKind kind) => Each(name, kind, sample =>
    {
        Tensor[] x = sample.Inputs(81);
        Tensor expected = sample.Call(x), actual = Checkpointed(sample)(x);
        Assert.Equal(expected.DType, actual.DType);
        Calculus.AssertClose(sample, "value", actual, expected, 0);
    });

    [Theory]
    [MemberData(nameof(Differentiable))]
    public void Gradients_and_tangents_are_the_same_and_transposes_of_each_other(string name, OpKind kind) => Each(name, kind, sample =>
    {
        (Tensor[] x, Tensor[] u) = (sample.Inputs(83), sample.Directions(84));
        Tensor tangent = Calculus.Tangent(Checkpointed(sample), x, u);
        Calculus.AssertClose(sample, "tangent", tangent, Calculus.Tangent(sample.Call, x, u), 1e-12);
        Tensor v = Tensor.RandN(tangent.Shape, DType.Float64, generator: new Generator(85));
        Tensor[] gradients = Calculus.Gradient(Checkpointed(sample), x, v), expected = Calculus.Gradient(sample.Call, x, v);
        double forward = Calculus.Inner(v, tangent), reverse = 0, size = Calculus.Magnitude(v, tangent);
        for (int i = 0; i < x.Length; i++)
        {
            Calculus.AssertClose(sample, $"gradient of input {i}", gradients[i], expected[i], 1e-12);
            reverse += Calculus.Inner(gradients[i], u[i]);
            size += Calculus.Magnitude(gradients[i], u[i]);
        }
        Assert.True(Math.Abs(forward - reverse) <= 1e-10 * Math.Max(1, size), $"{sample}: v·Ju = {forward:R}, but Jᵀv·u = {reverse:R}.");
    });

    [Theory]
    [MemberData(nameof(Differentiable))]
    public void Second_derivatives_are_the_same_in_all_nestings(string name, OpKind kind) => Each(name, kind, sample =>
    {
        Tensor[] x = sample.Inputs(86), u = sample.Directions(87);
        if (!sample.SecondOrder || sample.Call(x).DType != DType.Float64) return;
        Tensor v = Tensor.RandN(sample.Call(x).Shape, DType.Float64, generator: new Generator(88));
        int[] floating = [.. Enumerable.Range(0, x.Length).Where(i => x[i].DType.IsFloatingPoint())];
        if (floating.Length == 0) return;
        Tensor[] at = [.. floating.Select(i => x[i])], along = [.. floating.Select(i => u[i])];
        Tensor[] Full(IReadOnlyList<Tensor> some)
        {
            Tensor[] all = [.. x];
            for (int k = 0; k < floating.Length; k++) all[floating[k]] = some[k];
            return all;
        }
        Tensor Plain(IReadOnlyList<Tensor> some) => (sample.Call(Full(some)) * v).Sum();
        Tensor Kept(IReadOnlyList<Tensor> some) => (Checkpointed(sample)(Full(some)) * v).Sum();
        Tensor Around(IReadOnlyList<Tensor> some) => Functional.Jvp(Kept, some, along).Tangent;
        Tensor Along(IReadOnlyList<Tensor> some)
        {
            Tensor sum = Tensor.Of(0.0, DType.Float64);
            Tensor[] gradients = Functional.Grad(Kept, some);
            for (int k = 0; k < along.Length; k++) sum += (gradients[k] * along[k]).Sum();
            return sum;
        }
        Tensor[] expected = Functional.Hvp(Plain, at, along);
        Tensor[] forwardOverReverse = Functional.Hvp(Kept, at, along), reverseOverForward = Functional.Grad(Around, at), reverseOverReverse = Functional.Grad(Along, at);
        for (int k = 0; k < at.Length; k++)
        {
            Calculus.AssertClose(sample, $"forward over reverse, input {floating[k]}", forwardOverReverse[k], expected[k], 1e-10);
            Calculus.AssertClose(sample, $"reverse over forward, input {floating[k]}", reverseOverForward[k], expected[k], 1e-10);
            Calculus.AssertClose(sample, $"reverse over reverse, input {floating[k]}", reverseOverReverse[k], expected[k], 1e-10);
        }
    });

    private static Func<Tensor[], Tensor> Checkpointed(Sample sample) => x => Functional.Checkpoint(xs => [sample.Call([.. xs])], x)[0];

    private static void Each(string name, OpKind kind, Action<Sample> check)
    {
        foreach (Sample sample in OpCalls.For(OpTable.Rows.Single(row => row.Name == name && row.Kind == kind))) check(sample);
    }
}
