using System.Globalization;
using Nabla.AdBench;

namespace Nabla.Bench.Cases;

/// <summary>The problems of ADBench, from its files or generated, timed by its rule and checked by its tolerances.</summary>
internal static class AdBenchCases
{
    public const string Heading = "ADBench", SmallHeading = "ADBench, problems of a few numbers", OwnObjective = "own objective", ByRows = "PyTorch, row by row", Vectorised = "PyTorch, vectorised";

    /// <summary>By the beginning of the title: ratios to PyTorch used as ADBench uses it.</summary>
    public static IReadOnlyList<(string Title, double Goal)> Goals { get; } =
        [("GMM d2 K5 ", 1.0 / 50), ("GMM d10 K25 ", 1.0 / 5), ("GMM d32 K50 ", 1 / 1.5), ("LSTM", 1.0 / 30), ("HAND", 1.0 / 1000), ("BA", 1.0 / 1000)];

    // Below so many operations a call costs what calls cost; the goals speak of those above.
    private const int Small = 100;

    /// <summary>The problems for timing, and the small ones, which are for checking.</summary>
    public static CaseGroup[] Groups(Options options)
    {
        string folder = options.Data ?? Generated();
        List<Case> large = [], small = [];
        foreach (string path in Problem.Files(folder))
        {
            string file = Path.ChangeExtension(Path.GetRelativePath(folder, path), null);
            // Reading takes a while for some: not for what is not asked for.
            if (!options.List && options.Filters.Count > 0 && !options.Filters.Any(filter => $"{Heading} {file} objective derivative".Contains(filter, StringComparison.OrdinalIgnoreCase))) continue;
            try
            {
                Problem problem = Problem.Read(path);
                (problem.Size < Small ? small : large).AddRange(Cases(problem, path, file));
            }
            catch (ProblemFormatException error)
            {
                small.Add(new Case($"{file} objective derivative", null, () => throw error) { Rivals = [] });
            }
        }
        return [new CaseGroup(Heading, large), new CaseGroup(SmallHeading, small)];
    }

    private static IEnumerable<Case> Cases(Problem problem, string path, string file) =>
    [
        Objective(problem, path, $"{problem.Title} ({file}): objective", () => problem.Objective),
        Objective(problem, path, $"{problem.Title} ({file}): objective, compiled", () => Compiled(problem, problem.Objective, problem.CompiledObjective())),
        Derivative(problem, path, $"{problem.Title} ({file}): derivative", () => problem.Derivative, () => problem.Objective) with { Check = () => Differences(problem) },
        Derivative(problem, path, $"{problem.Title} ({file}): derivative, compiled", () => Compiled(problem, problem.Derivative, problem.CompiledDerivative()), () => Compiled(problem, problem.Objective, problem.CompiledObjective())),
    ];

    private static Case Objective(Problem problem, string path, string name, Func<Func<Tensor>> prepare) => new(name, null, prepare)
    {
        Rivals = [Peer(problem, path, "objective", null, ByRows), Peer(problem, path, "objective", 1, Vectorised)],
        Tolerance = Problem.Tolerance,
        Compared = int.MaxValue,
        Pace = Pace.AdBench,
    };

    private static Case Derivative(Problem problem, string path, string name, Func<Func<Tensor>> prepare, Func<Func<Tensor>> objective) => new(name, null, prepare)
    {
        Rivals =
        [
            Peer(problem, path, "derivative", Goal(problem), ByRows),
            Peer(problem, path, "derivative", 1, Vectorised),
            Rival.Ours(OwnObjective, problem.Size < Small ? null : 5, objective),
        ],
        Tolerance = Problem.Tolerance,
        Compared = int.MaxValue,
        Pace = Pace.AdBench,
    };

    private static Rival Peer(Problem problem, string path, string part, double? goal, string way) =>
        Rival.PyTorch(goal, $"adbench {problem.Kind} {part} {(way == ByRows ? "rows" : "vector")} {path}", way);

    /// <summary>The program of a function of the problem's inputs, which are arguments of it and not captured: they may change.</summary>
    private static Func<Tensor> Compiled(Problem problem, Func<IReadOnlyList<Tensor>, Tensor> function, Func<IReadOnlyList<Tensor>, Tensor>? better)
    {
        if (better is not null) return () => better(problem.Inputs);
        CompiledFunction<Tensor[], Tensor> compiled = Functional.Compile((Tensor[] inputs) => function(inputs));
        Tensor[] inputs = [.. problem.Inputs];
        return () => compiled.Call(inputs);
    }

    /// <summary>The project's goals beside PyTorch used as ADBench uses it; for other problems not to be slower.</summary>
    private static double Goal(Problem problem)
    {
        if (problem.Size < Small) return 1;
        foreach ((string title, double goal) in Goals)
        {
            if (problem.Title.StartsWith(title, StringComparison.Ordinal)) return goal;
        }
        return 1;
    }

    private static CheckResult Differences(Problem problem)
    {
        DifferenceReport report = FiniteDifferences.Check(problem);
        return new CheckResult(report.Agrees, string.Create(CultureInfo.InvariantCulture, $"finite differences: {report.Compared} derivatives, largest distance {report.Largest:E1}, average {report.Average:E1}{(report.Agrees ? "" : $" ({report.Where})")}"));
    }

    private static string Generated()
    {
        string folder = Path.Combine(Path.GetTempPath(), $"nabla-adbench-{Environment.ProcessId}");
        ProblemGenerator.WriteAll(folder);
        return folder;
    }
}
