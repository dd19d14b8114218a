namespace Nabla.Bench.Cases;

/// <summary>A million float32 numbers to fewer, or along an axis.</summary>
internal static class ReductionCases
{
    private const int Million = 1_000_000;
    private static readonly (double Low, double High) Real = (-3, 3), Lopsided = (-1, 2);

    public static CaseGroup Group { get; } = new("Reductions of one million elements",
    [
        // The sums are of numbers whose mean is not 0, so that the comparison of values means something.
        .. ElementwiseCases.Both("Sum", x => x.Sum(), Lopsided, Million),
        .. ElementwiseCases.Both("Mean", x => x.Mean(), Lopsided, Million),
        .. ElementwiseCases.Both("Sum over axis 0", x => x.Sum(0), Lopsided, 1000, 1000),
        .. ElementwiseCases.Both("Sum over axis 1", x => x.Sum(1), Lopsided, 1000, 1000),
        .. ElementwiseCases.Both("Max", x => x.Max(), Real, Million),
        .. ElementwiseCases.Both("Var", x => x.Var(), Real, Million),
        .. ElementwiseCases.Both("Norm", x => x.Norm(), Real, Million),
        .. ElementwiseCases.Both("LogSumExp", x => x.LogSumExp(0), Real, Million),
        .. ElementwiseCases.Both("Softmax over rows", x => x.Softmax(1), Real, 1000, 1000),
        .. ElementwiseCases.Both("CumSum", x => x.CumSum(0), Lopsided, Million),
    ]);
}
