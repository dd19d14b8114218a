namespace Nabla.Tests.Transforms;

/// <summary>
/// Second derivatives of random programs: forward over reverse, reverse over forward and reverse over reverse give the same
/// Hessian, it is symmetric, and its product with a vector is that of <see cref="Functional.Hvp(Func{Tensor, Tensor}, Tensor, Tensor)"/>.
/// </summary>
public sealed class RandomProgramTests
{
    private const int Count = 500, Portion = 50;

    public static TheoryData<int> Portions => [.. Enumerable.Range(0, Count / Portion)];

    [Theory]
    [MemberData(nameof(Portions))]
    public void Second_derivatives_agree_in_all_nestings_and_are_symmetric(int portion)
    {
        int curved = 0;
        for (int seed = portion * Portion; seed < (portion + 1) * Portion; seed++)
        {
            RandomProgram program = RandomPrograms.Make(seed, inPlace: seed % 4 == 0);
            Tensor x = program.Point;
            Tensor forwardOverReverse = Functional.Hessian(program.LossAt, x, mode: JacobianMode.Forward);
            Tensor reverseOverReverse = Functional.Hessian(program.LossAt, x, mode: JacobianMode.Reverse);
            Tensor reverseOverForward = Functional.Jacobian(at => Functional.Jacobian(program.LossAt, at, JacobianMode.Forward), x, JacobianMode.Reverse);
            Same(program, "reverse over reverse", forwardOverReverse, reverseOverReverse);
            Same(program, "reverse over forward", forwardOverReverse, reverseOverForward);
            Same(program, "the transpose", forwardOverReverse, forwardOverReverse.T);

            Tensor v = Tensor.RandN(x.Shape, DType.Float64, generator: new Generator((ulong)seed));
            Same(program, "Hvp", forwardOverReverse.MatMul(v), Functional.Hvp(program.LossAt, x, v));
            if (forwardOverReverse.Abs().Max().Item() > 1e-3) curved++;
        }
        Assert.True(curved >= Portion * 0.8, $"Only {curved} of {Portion} programs have second derivatives.");
    }

    [Fact]
    public void Programs_use_most_of_the_table_and_are_the_same_every_time()
    {
        HashSet<string> names = [];
        for (int seed = 0; seed < Count; seed++) names.UnionWith(RandomPrograms.Make(seed).Operations);
        string[] differentiable = [.. OpTable.Rows.Where(row => row.Kind != OpKind.NotDifferentiable).Select(row => row.Name).Distinct()];
        string[] missing = [.. differentiable.Where(name => !names.Contains(name))];
        Assert.True(missing.Length < differentiable.Length / 10, $"{missing.Length} of {differentiable.Length} operations do not occur: {string.Join(", ", missing)}.");
        Assert.Equal(RandomPrograms.Make(17).ToString(), RandomPrograms.Make(17).ToString());
    }

    private static void Same(RandomProgram program, string what, Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        double[] a = expected.ToArray(), b = actual.ToArray();

        // Values and inputs are of the order of 1: what cancels, as in x / x, leaves rounding of that size.
        double largest = Math.Max(1, a.Max(Math.Abs));
        for (int i = 0; i < a.Length; i++)
            Assert.True(Math.Abs(a[i] - b[i]) <= 1e-10 * largest, $"{what}: element {i} is {b[i]:R} instead of {a[i]:R}.\n{program}");
    }
}
