using System.Text;
using BenchmarkDotNet.Running;
using Nabla.Bench;
using Nabla.Bench.Cases;

// dotnet run -c Release --project bench/Nabla.Bench [-- --filter TEXT] [--quick] [--bdn]; see bench/README.md.

const string Usage = """
    Usage: dotnet run -c Release --project bench/Nabla.Bench -- [OPTIONS]
      --filter TEXT   only the cases whose heading or name contains TEXT
      --quick         short rounds: to see that it runs, not to quote
      --list          the names of the cases
      --sympy         the derivatives of a whole table beside SymPy, and the Gaussian's gradient, written to bench/sympy.md
      --bdn           the micro-benchmarks inside the process, by BenchmarkDotNet; further options are its own
    """;

Console.OutputEncoding = Encoding.UTF8;
if (args.Contains("--bdn"))
{
    BenchmarkSwitcher.FromTypes([typeof(MicroBenchmarks)]).Run(args.Where(arg => arg != "--bdn").DefaultIfEmpty("--filter=*").ToArray());
    return 0;
}

if (args.Contains("--sympy"))
{
    if (FindBench() is not { } home)
    {
        Console.Error.WriteLine("--sympy reads a table of the repository; run it from there.");
        return 2;
    }
    string comparison = SympyComparison.Run(
        Path.Combine(home, "..", "tests", "Nabla.Symbolics.Tests", "Reference", "derivatives.csv"), Path.Combine(AppContext.BaseDirectory, "peers", "sympy_bench.py")) + "\n" + GaussianGradient.Run();
    Console.WriteLine(comparison);
    File.WriteAllText(Path.Combine(home, "sympy.md"), $"# Nabla beside SymPy\n\nMade by `dotnet run -c Release --project bench/Nabla.Bench -- --sympy`.\n\n{comparison}");
    return 0;
}

string filter = "";
Pace pace = Pace.Normal;
bool list = false;
for (int i = 0; i < args.Length; i++)
{
    if (args[i] == "--filter" && i + 1 < args.Length) filter = args[++i];
    else if (args[i] == "--quick") pace = Pace.Quick;
    else if (args[i] == "--list") list = true;
    else
    {
        Console.Error.WriteLine(args[i] == "--help" ? Usage : $"Unknown option {args[i]}.\n{Usage}");
        return args[i] == "--help" ? 0 : 2;
    }
}

CaseGroup[] groups =
[
    ScalarCases.Group,
    ExampleCases.Group,
    ElementwiseCases.Group,
    ReductionCases.Group,
    MatrixCases.Group,
    TransformCases.Group,
];
var chosen = groups
    .SelectMany(group => group.Cases, (group, row) => (group.Heading, Case: row))
    .Where(row => $"{row.Heading} {row.Case.Name}".Contains(filter, StringComparison.OrdinalIgnoreCase))
    .ToList();
if (list)
{
    foreach ((string heading, Case row) in chosen) Console.WriteLine($"{heading}: {row.Name}");
    return 0;
}
if (chosen.Count == 0)
{
    Console.Error.WriteLine($"No case contains '{filter}'. --list names them.");
    return 2;
}

string script = Path.Combine(AppContext.BaseDirectory, "peers", "torch_bench.py");
using Peer? peer = Peer.Start(script, ["python3", "/usr/bin/python3", "python"]);
if (peer is null) Console.WriteLine("PyTorch was not found (no python3 that imports torch): only Nabla's times are shown.\n");

var measurement = new Measurement(pace, peer);
var results = new List<Result>();
foreach ((string heading, Case row) in chosen)
{
    if (!Console.IsErrorRedirected) Console.Error.Write($"\r{results.Count + 1}/{chosen.Count} {row.Name,-60}");
    results.Add(measurement.Run(heading, row));
}
if (!Console.IsErrorRedirected) Console.Error.Write($"\r{"",-70}\r");

var report = new Report(results, peer, pace);
string table = report.ToMarkdown();
Console.WriteLine(table);

// Only a full run is worth keeping.
if (filter.Length == 0 && pace == Pace.Normal && peer is not null && FindBench() is { } folder)
{
    File.WriteAllText(Path.Combine(folder, "results.md"), $"# Nabla beside PyTorch\n\nMade by `dotnet run -c Release --project bench/Nabla.Bench`.\n\n{table}");
    File.WriteAllText(Path.Combine(folder, "results.json"), report.ToJson());
    Console.WriteLine($"Written: {Path.Combine("bench", "results.md")} and results.json");
}
return results.All(row => row.ValuesAgree) ? 0 : 1;

// The bench folder of the repository that this was built from.
static string? FindBench()
{
    for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "Nabla.slnx"))) return Path.Combine(folder.FullName, "bench");
    }
    return null;
}
