using Nabla.Bench.Cases;

namespace Nabla.Bench;

/// <summary>One of the project's goals: a statement about some of the measured rows.</summary>
/// <param name="What">In words.</param>
/// <param name="Against">The name of the rival.</param>
/// <param name="Reach">The largest ratio.</param>
/// <param name="Rows">Which rows it speaks of, by heading and name.</param>
/// <param name="Rival">Which of their rivals.</param>
/// <param name="Counts">Which of the rows' ratios counts.</param>
internal sealed record Aim(string What, string Against, double Reach, Func<string, string, bool> Rows, Func<string, bool> Rival, Counts Counts = Counts.Worst)
{
    /// <summary>The ratio that counts and how many rows it is of; null if none was measured.</summary>
    public (double Ratio, int Count)? Judge(IEnumerable<Result> results)
    {
        double[] ratios = [.. results
            .Where(row => Rows(row.Group, row.Case.Name))
            .SelectMany(row => row.Rivals.Where(rival => Rival(rival.Rival.Name)).Select(rival => row.Ratio(rival)))
            .OfType<double>()
            .Order()];
        if (ratios.Length == 0) return null;
        double median = ratios.Length % 2 == 1 ? ratios[ratios.Length / 2] : (ratios[(ratios.Length / 2) - 1] + ratios[ratios.Length / 2]) / 2;
        return (Counts switch { Counts.Best => ratios[0], Counts.Median => median, _ => ratios[^1] }, ratios.Length);
    }
}

/// <summary>Which of several ratios a goal speaks of.</summary>
internal enum Counts
{
    Worst,
    Median,
    Best,
}

/// <summary>The goals, in the order of the table that a run ends with.</summary>
internal static class Aims
{
    private static bool IsPyTorch(string rival) => rival == "PyTorch";

    public static IReadOnlyList<Aim> All { get; } =
    [
        new("recorded scalar operation with backward", "PyTorch", 1.0 / 25, (group, _) => group == ScalarCases.Group.Heading, IsPyTorch),
        new("example 3, forward and backward, eager", "PyTorch", 1.0 / 20, (group, name) => group == ExampleCases.Group.Heading && name == "example 3: exp(-x²/2)", IsPyTorch),
        new("example 8, forward and backward, eager", "PyTorch", 1.0 / 20, (group, name) => group == ExampleCases.Group.Heading && name == "example 8: three blended Gaussians", IsPyTorch),
        new("example 3, forward and backward, compiled", "PyTorch", 1.0 / 500, (group, name) => group == ExampleCases.Group.Heading && name.StartsWith("example 3", StringComparison.Ordinal) && name.EndsWith("compiled", StringComparison.Ordinal), IsPyTorch),
        new("example 8, forward and backward, compiled", "PyTorch", 1.0 / 500, (group, name) => group == ExampleCases.Group.Heading && name.StartsWith("example 8", StringComparison.Ordinal) && name.EndsWith("compiled", StringComparison.Ordinal), IsPyTorch),
        new("sum(exp(tanh(u·v) + u)), value and gradient, compiled, into given memory as in C++", "C++ -O3", 1, (group, name) => group == FusedCases.Group.Heading && name == FusedCases.Into, rival => rival == "C++ -O3"),
        new("sum(exp(tanh(u·v) + u)), value and gradient, compiled, into given memory as in C++", "C++ -O3 -ffast-math", 1, (group, name) => group == FusedCases.Group.Heading && name == FusedCases.Into, rival => rival == "C++ -O3 -ffast-math"),
        new("sum(exp(tanh(u·v) + u)), value and gradient, compiled", "PyTorch", 1.0 / 7, (group, name) => group == FusedCases.Group.Heading && name == "compiled", IsPyTorch),
        new("MatMul into given memory, as OpenBLAS's, float32 and float64, 64² to 2048² and 32 × 64², the worst", "OpenBLAS", 1 / 0.95, (group, name) => IsProduct(group, name), rival => rival == "OpenBLAS"),
        new("MatMul, the same, the best", "OpenBLAS", 1, (group, name) => IsProduct(group, name), rival => rival == "OpenBLAS", Counts.Best),
        new("MatMul that makes its result, as PyTorch's, float32 and float64, 64² to 2048² and 32 × 64², the worst", "PyTorch", 1 / 0.95, (group, name) => IsProduct(group, name), IsPyTorch),
        new("MatMul with two threads, the worst", MatrixCases.OneThread, 1 / 1.8, (group, _) => group == MatrixCases.AllThreads.Heading, rival => rival == MatrixCases.OneThread),
        new("MatMul with two threads, the median", MatrixCases.OneThread, 1 / 1.8, (group, _) => group == MatrixCases.AllThreads.Heading, rival => rival == MatrixCases.OneThread, Counts.Median),
        new("a step of training, MLP, batch 1, 32, 256, the worst", "PyTorch", 1, (group, name) => IsTraining(group, name, "MLP") && !IsCompiled(name), IsPyTorch),
        new("the same, gradient compiled, the worst", "PyTorch", 1, (group, name) => IsTraining(group, name, "MLP") && IsCompiled(name), IsPyTorch),
        new("a step of training, small conv net, batch 1, 32, 256, the worst", "PyTorch", 1, (group, name) => IsTraining(group, name, "conv"), IsPyTorch),
        .. AdBenchCases.Goals.SelectMany(goal => (Aim[])
        [
            new($"ADBench {goal.Title.TrimEnd()}, derivative, eager", AdBenchCases.ByRows, goal.Goal, (group, name) => IsDerivative(group, name, goal.Title, compiled: false), rival => rival == AdBenchCases.ByRows),
            new($"ADBench {goal.Title.TrimEnd()}, derivative, compiled", AdBenchCases.ByRows, goal.Goal, (group, name) => IsDerivative(group, name, goal.Title, compiled: true), rival => rival == AdBenchCases.ByRows),
        ]),
        new("ADBench derivatives, eager, the worst", AdBenchCases.OwnObjective, 5, (group, name) => IsDerivative(group, name, "", compiled: false), rival => rival == AdBenchCases.OwnObjective),
        new("ADBench derivatives, compiled, the worst", AdBenchCases.OwnObjective, 5, (group, name) => IsDerivative(group, name, "", compiled: true), rival => rival == AdBenchCases.OwnObjective),
        new("first call of a compiled function of 20 operations", "limit", 1, (group, _) => group == FusedCases.FirstCall.Heading, _ => true),
        new("nabla lessons, whole process", "limit", 1, (group, _) => group == ProcessCases.Group.Heading, _ => true),
        new("elementwise and reductions with backward, 1e3 to 1e7, the worst", "PyTorch", 1, (group, name) => FormulaTable.Contains(group) && IsBackward(name), IsPyTorch),
        new("elementwise and reductions with backward, 1e3 to 1e7, the median", "PyTorch", 0.5, (group, name) => FormulaTable.Contains(group) && IsBackward(name), IsPyTorch, Counts.Median),
    ];

    private static bool IsTraining(string group, string name, string net) => group == TrainingCases.Group.Heading && name.StartsWith(net, StringComparison.Ordinal);

    private static bool IsCompiled(string name) => name.EndsWith(", compiled", StringComparison.Ordinal);

    private static bool IsDerivative(string group, string name, string title, bool compiled) =>
        group == AdBenchCases.Heading && name.StartsWith(title, StringComparison.Ordinal) && name.EndsWith(compiled ? ": derivative, compiled" : ": derivative", StringComparison.Ordinal);

    private static bool IsProduct(string group, string name) =>
        group == MatrixCases.Group.Heading && name.StartsWith("MatMul", StringComparison.Ordinal) && !name.Contains("transposed", StringComparison.Ordinal) && !IsBackward(name);

    private static bool IsBackward(string name) => name.EndsWith("with backward", StringComparison.Ordinal);
}
