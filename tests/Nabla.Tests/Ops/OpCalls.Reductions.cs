namespace Nabla.Tests.Ops;

/// <summary>Reductions, scans and order statistics: along inner, outer, several and all axes, and axes of length 0 and 1.</summary>
internal static partial class OpCalls
{
    private static IEnumerable<Sample> ReductionSamples() => [.. SumSamples(), .. ExtremeSamples(), .. SoftSamples(), .. ScanSamples(), .. OrderSamples()];

    private static IEnumerable<Sample> SumSamples() =>
    [
        new("Sum", x => x[0].Sum(), S(3, 4)),
        new("Sum", x => x[0].Sum([0, 2], keepAxis: true), S(2, 3, 4)),
        new("Sum", x => x[0].Sum(1), S(2, 0)),
        new("Mean", x => x[0].Mean(1), S(3, 4)),
        new("Mean", x => x[0].Mean([0, ^1]), S(2, 3, 4)),
        new("NanSum", x => x[0].NanSum(0), S(3, 4)),
        new("NanMean", x => x[0].NanMean([0, 2]), S(2, 3, 4)),
        new("Prod", x => x[0].Prod(), S(2, 3)),
        new("Prod", x => x[0].Prod(1, keepAxis: true), S(2, 3, 4)),
        new("Prod", x => x[0].Prod([0, 2]), S(2, 3, 2)),
        new("Prod", x => x[0].Prod(0), S(1, 3)),
        new("Prod", x => x[0].Prod(), S()),
        new("Prod", x => x[0].Prod(1), S(2, 0)),
        new("Var", x => x[0].Var(), S(7)),
        new("Var", x => x[0].Var([0, 2], correction: 0), S(2, 3, 4)),
        new("Var", x => x[0].Var(0, correction: 0.5, keepAxis: true), S(5, 40)),
        new("Var", x => x[0].Var(1), S(2, 5, 3)),
        new("Var", x => x[0].Var(1, correction: 0), S(3, 1)),
        new("Std", x => x[0].Std(unbiased: false, axis: ^1), S(3, 4)),
        new("Std", x => x[0].Std(), S(2, 3)),
        new("VarMean", x => { var (v, m) = x[0].VarMean([0, 2]); return v * m; }, S(2, 3, 4)),
        new("VarMean", x => x[0].VarMean(1).Mean, S(2, 3)),
        new("StdMean", x => { var (s, m) = x[0].StdMean(0); return s * m; }, S(4, 3)),
        new("Norm", x => x[0].Norm(), S(2, 3)),
        new("Norm", x => x[0].Norm(2, [0, 2], keepAxis: true), S(2, 3, 4)),
        new("Norm", x => x[0].Norm(0, 1), S(2, 3)),
        new("Norm", x => x[0].Norm(0.5, 1), S(2, 3)) { From = AwayFromZero },
        new("Norm", x => x[0].Norm(1, ^1), S(2, 3)) { From = AwayFromZero },
        new("Norm", x => x[0].Norm(3, [0, 1]), S(2, 3, 4)),
        new("Norm", x => x[0].Norm(-1.5, 1), S(2, 3)) { From = AwayFromZero },
        new("Norm", x => x[0].Norm(double.PositiveInfinity, [0, 2]), S(2, 3, 4)),
        new("Norm", x => x[0].Norm(double.NegativeInfinity, 1), S(2, 3)) { From = AwayFromZero },
        new("Norm", x => x[0].Norm(), S()) { From = AwayFromZero },
        new("Dist", x => x[0].Dist(x[1], 3), S(2, 3), S(3)),
        new("Dist", x => x[0].Dist(x[1]), S(4), S(4)),
        new("Any", x => x[0].Any(1), S(2, 3)),
        new("All", x => x[0].All([0, 2], keepAxis: true), S(2, 3, 4)),
        new("CountNonzero", x => x[0].CountNonzero(0), S(2, 3)),
        new("Diff", x => x[0].Diff(), S(5)),
        new("Diff", x => x[0].Diff(n: 2, axis: 0, prepend: x[1], append: x[1]), S(3, 2), S(1, 2)),
        new("Trapezoid", x => x[0].Trapezoid(dx: 0.5), S(2, 4)),
        new("Trapezoid", x => x[0].Trapezoid(x[1], axis: 0), S(4, 2), S(4)),
        new("CumulativeTrapezoid", x => x[0].CumulativeTrapezoid(x[1]), S(2, 4), S(2, 4)),
        new("CumulativeTrapezoid", x => x[0].CumulativeTrapezoid(dx: 2, axis: 0), S(4, 2)),
    ];

    private static IEnumerable<Sample> ExtremeSamples() =>
    [
        new("Amax", x => x[0].Amax([0, 2]), S(2, 3, 4)),
        new("Amax", x => x[0].Amax(1), S(3, 40)),
        new("Amin", x => x[0].Amin(1, keepAxis: true), S(2, 3, 4)),
        new("Amin", x => x[0].Amin(), S()),
        new("Aminmax", x => { var (low, high) = x[0].Aminmax(^1); return low * high; }, S(2, 5)),
        new("Max", x => x[0].Max(), S(3, 4)),
        new("Max", x => x[0].Max(1).Values, S(2, 3, 4)),
        new("Min", x => x[0].Min(), S(7)),
        new("Min", x => x[0].Min(^1, keepAxis: true).Values, S(2, 5)),
        new("Min", x => x[0].Min(0).Values, S()),
        new("ArgMax", x => x[0].ArgMax(1), S(2, 5)),
        new("ArgMax", x => x[0].ArgMax(), S(2, 5)),
        new("ArgMin", x => x[0].ArgMin(0, keepAxis: true), S(4, 3)),
    ];

    private static IEnumerable<Sample> SoftSamples() =>
    [
        new("LogSumExp", x => x[0].LogSumExp(), S(5)),
        new("LogSumExp", x => x[0].LogSumExp([0, 2]), S(2, 3, 4)),
        new("LogSumExp", x => x[0].LogSumExp(1, keepAxis: true), S(2, 3, 20)),
        new("Softmax", x => x[0].Softmax(^1), S(2, 5)),
        new("Softmax", x => x[0].Softmax(1), S(2, 3, 4)),
        new("Softmax", x => x[0].Softmax(0), S()),
        new("Softmax", x => x[0].Softmax(0), S(0, 3)),
        new("LogSoftmax", x => x[0].LogSoftmax(^1), S(2, 5)),
        new("LogSoftmax", x => x[0].LogSoftmax(0), S(3, 4)),
        new("Softmin", x => x[0].Softmin(0), S(3, 2)),
    ];

    private static IEnumerable<Sample> ScanSamples() =>
    [
        new("CumSum", x => x[0].CumSum(^1), S(2, 9)),
        new("CumSum", x => x[0].CumSum(1), S(2, 3, 4)),
        new("CumProd", x => x[0].CumProd(^1), S(2, 6)),
        new("CumProd", x => x[0].CumProd(1), S(2, 3, 2)),
        new("CumProd", x => x[0].CumProd(0), S()),
        new("CumProd", x => x[0].CumProd(0), S(0, 2)),
        new("CumMax", x => x[0].CumMax(1).Values, S(2, 6)),
        new("CumMin", x => x[0].CumMin(0).Values, S(5, 2)),
        new("LogCumSumExp", x => x[0].LogCumSumExp(^1), S(2, 6)),
        new("LogCumSumExp", x => x[0].LogCumSumExp(0), S(4, 3)),
    ];

    private static IEnumerable<Sample> OrderSamples() =>
    [
        new("Sort", x => x[0].Sort().Values, S(2, 7)),
        new("Sort", x => x[0].Sort(0, descending: true).Values, S(5, 3)),
        new("ArgSort", x => x[0].ArgSort(), S(2, 5)),
        new("TopK", x => x[0].TopK(2).Values, S(2, 5)),
        new("TopK", x => x[0].TopK(3, axis: 0, largest: false).Values, S(5, 2)),
        new("KthValue", x => x[0].KthValue(2, keepAxis: true).Values, S(2, 5)),
        new("Median", x => x[0].Median(), S(2, 4)),
        new("Median", x => x[0].Median(1).Values, S(2, 5)),
        new("NanMedian", x => x[0].NanMedian(), S(2, 4)),
        new("NanMedian", x => x[0].NanMedian(0, keepAxis: true).Values, S(2, 4)),
        new("Mode", x => x[0].Mode().Values, S(2, 4)),
        new("Quantile", x => x[0].Quantile(0.3), S(5)),
        new("Quantile", x => x[0].Quantile([0.1, 0.5, 1], [0, 1], keepAxis: true), S(2, 3, 2)),
        new("Quantile", x => x[0].Quantile(0.3, 1, interpolation: Interpolation.Midpoint), S(2, 5)),
    ];

    // Half of the numbers negative, none nearer to 0 than a tenth.
    private static Tensor AwayFromZero(int argument, Tensor unit)
    {
        Tensor signs = 1 - (2 * (Tensor.Arange(unit.Numel).Reshape(unit.Shape) % 2));
        return (0.1 + unit) * signs;
    }
}
