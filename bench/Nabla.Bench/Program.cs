using System.Text;
using BenchmarkDotNet.Running;
using Nabla.AdBench;
using Nabla.Bench;

// dotnet run -c Release --project bench/Nabla.Bench [-- --filter TEXT] [--quick] [--bdn]; see bench/README.md.

Console.OutputEncoding = Encoding.UTF8;
if (args.Contains("--bdn"))
{
    BenchmarkSwitcher.FromTypes([typeof(MicroBenchmarks)]).Run(args.Where(arg => arg != "--bdn").DefaultIfEmpty("--filter=*").ToArray());
    return 0;
}

string peerFolder = Path.Combine(AppContext.BaseDirectory, "peers");
if (args.Contains("--sympy"))
{
    if (Options.BenchFolder is not { } home)
    {
        Console.Error.WriteLine("--sympy reads a table of the repository; run it from there.");
        return 2;
    }
    string comparison = SympyComparison.Run(
        Path.Combine(home, "..", "tests", "Nabla.Symbolics.Tests", "Reference", "derivatives.csv"), Path.Combine(peerFolder, "sympy_bench.py")) + "\n" + GaussianGradient.Run();
    Console.WriteLine(comparison);
    File.WriteAllText(Path.Combine(home, "sympy.md"), $"# Nabla beside SymPy\n\nMade by `dotnet run -c Release --project bench/Nabla.Bench -- --sympy`.\n\n{comparison}");
    return 0;
}

if (!Options.TryParse(args, out Options options, out string? problem) || options.Help)
{
    Console.Error.WriteLine(problem is null ? Options.Usage : $"{problem}\n{Options.Usage}");
    return problem is null ? 0 : 2;
}

var chosen = CaseTable.Groups(options)
    .SelectMany(group => group.Cases, (group, row) => (group.Heading, Case: row))
    .Where(row => options.Chooses(row.Heading, row.Case))
    .ToList();
if (options.List)
{
    foreach ((string heading, Case row) in chosen) Console.WriteLine($"{heading}: {row.Name}");
    return 0;
}
if (chosen.Count == 0)
{
    Console.Error.WriteLine($"No case contains '{string.Join("' or '", options.Filters)}'. --list names them.");
    return 2;
}

using var peers = new PeerSet(peerFolder);
var machine = Machine.Measure(options.Quick);
var measurement = new Measurement(peers, options.Quick);
var results = new List<Result>();
int unreadable = 0;
foreach ((string heading, Case row) in chosen)
{
    if (!Console.IsErrorRedirected) Console.Error.Write($"\r{results.Count + 1}/{chosen.Count} {row.Name,-60}");
    try
    {
        results.Add(measurement.Run(heading, row));
    }
    catch (ProblemFormatException error)
    {
        Console.Error.WriteLine($"\n{error.Message}");
        unreadable++;
    }
}
if (!Console.IsErrorRedirected) Console.Error.Write($"\r{"",-70}\r");

var report = new Report(results, peers, machine, options.Quick);
string table = report.ToMarkdown();
Console.WriteLine(table);

// Only a full run at full length is worth keeping unasked.
bool whole = options.Filters.Count == 0 && !options.Quick && peers.Started.All(peer => peer.Peer is not null);
string? output = options.Output ?? (whole && Options.BenchFolder is { } folder ? Path.Combine(folder, "results") : null);
if (output is not null)
{
    File.WriteAllText($"{output}.md", $"# Nabla beside its peers\n\nMade by `dotnet run -c Release --project bench/Nabla.Bench{options.Choice}`.\n\n{table}");
    File.WriteAllText($"{output}.json", report.ToJson());
    Console.WriteLine($"Written: {output}.md and {output}.json");
}
if (whole && options.Output is null && Options.BenchFolder is { } bench) FrontPage.Write(Path.Combine(bench, "..", "README.md"), report.ToGoals());
return unreadable == 0 && results.All(row => row.ValuesAgree) ? 0 : 1;
