using System.Globalization;
using Nabla.AdBench;

namespace Nabla.Bench.Cases;

/// <summary>The problems of ADBench, from its files or generated, timed by its rule and checked by its tolerances.</summary>
internal static class AdBenchCases
{
    public const string Heading = "ADBench", OwnObjective = "own objective", ByRows = "PyTorch, row by row", Vectorised = "PyTorch, vectorised";

    /// <summary>By the beginning of the title: ratios to PyTorch used as ADBench uses it.</summary>
    public static IReadOnlyList<(string Title, double Goal)> Goals { get; } =
        [("GMM d2 K5 ", 1.0 / 50), ("GMM d10 K25 ", 1.0 / 5), ("GMM d32 K50 ", 1 / 1.5), ("LSTM", 1.0 / 30), ("HAND", 1.0 / 1000), ("BA", 1.0 / 1000)];

    public static CaseGroup Group(Options options)
    {
        string folder = options.Data ?? Generated();
        var cases = new List<Case>();
        foreach (string path in Problem.Files(folder))
        {
            string file = Path.ChangeExtension(Path.GetRelativePath(folder, path), null);
            // Reading takes a while for some: not for what is not asked for.
            if (!options.List && options.Filters.Count > 0 && !options.Filters.Any(filter => $"{Heading} {file} objective derivative".Contains(filter, StringComparison.OrdinalIgnoreCase))) continue;
            cases.AddRange(Cases(path, file));
        }
        return new CaseGroup(Heading, cases);
    }

    private static IEnumerable<Case> Cases(string path, string file)
    {
        Problem problem;
        try
        {
            problem = Problem.Read(path);
        }
        catch (ProblemFormatException error)
        {
            return [new Case($"{file} objective derivative", null, () => throw error) { Rivals = [] }];
        }

        string Peer(string part, string way) => $"adbench {problem.Kind} {part} {way} {path}";
        return
        [
            new Case($"{problem.Title} ({file}): objective", null, () => problem.Objective)
            {
                Rivals = [Rival.PyTorch(null, Peer("objective", "rows"), ByRows), Rival.PyTorch(1, Peer("objective", "vector"), Vectorised)],
                Tolerance = Problem.Tolerance,
                Compared = int.MaxValue,
                Pace = Pace.AdBench,
            },
            new Case($"{problem.Title} ({file}): derivative", null, () => problem.Derivative)
            {
                Rivals =
                [
                    Rival.PyTorch(Goal(problem), Peer("derivative", "rows"), ByRows),
                    Rival.PyTorch(1, Peer("derivative", "vector"), Vectorised),
                    Rival.Ours(OwnObjective, 5, () => problem.Objective),
                ],
                Tolerance = Problem.Tolerance,
                Compared = int.MaxValue,
                Pace = Pace.AdBench,
                Check = () => Differences(problem),
            },
        ];
    }

    /// <summary>The project's goals beside PyTorch used as ADBench uses it; for other problems not to be slower.</summary>
    private static double Goal(Problem problem)
    {
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
