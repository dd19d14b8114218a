using Nabla.AdBench;

namespace Nabla.Bench;

/// <summary>What the command line asks for.</summary>
internal sealed record Options
{
    public const string Usage = """
        Usage: dotnet run -c Release --project bench/Nabla.Bench -- [OPTIONS]
          --filter TEXT   only the cases whose heading or name contains TEXT; several may be given
          --quick         short rounds: to see that it runs, not to quote
          --data FOLDER   problem files of ADBench (default: ../shared/data/adbench beside the repository, if there)
          --output FILE   writes FILE.md and FILE.json (a full run writes bench/results without being asked)
          --list          the names of the cases
          --sympy         the derivatives of a whole table beside SymPy, and the Gaussian's gradient, written to bench/sympy.md
          --memory        the memory of a step of training beside PyTorch's, written to bench/memory.md (Linux)
          --bdn           the micro-benchmarks inside the process, by BenchmarkDotNet; further options are its own
        """;

    public IReadOnlyList<string> Filters { get; private init; } = [];

    public bool Quick { get; private init; }

    /// <summary>What chose the rows, as it is typed after the command.</summary>
    public string Choice
    {
        get
        {
            string choice = string.Concat(Filters.Select(filter => $" --filter \"{filter}\"")) + (Quick ? " --quick" : "");
            return choice.Length == 0 ? "" : " --" + choice;
        }
    }

    public bool List { get; private init; }

    public bool Help { get; private init; }

    /// <summary>The folder with ADBench's files; null if none was given or found, and problems are generated.</summary>
    public string? Data { get; private init; }

    /// <summary>Where the tables go, without extension; null for the usual place.</summary>
    public string? Output { get; private init; }

    /// <summary>The bench folder of the repository that this was built from; null outside of one.</summary>
    public static string? BenchFolder { get; } = FindBench();

    public static bool TryParse(string[] args, out Options options, out string? problem)
    {
        options = new Options();
        problem = null;
        var filters = new List<string>();
        for (int i = 0; i < args.Length; i++)
        {
            string option = args[i];
            if (option is "--filter" or "--data" or "--output")
            {
                if (++i == args.Length)
                {
                    problem = $"{option} needs a value.";
                    return false;
                }
            }
            switch (option)
            {
                case "--filter": filters.Add(args[i]); break;
                case "--data": options = options with { Data = args[i] }; break;
                case "--output": options = options with { Output = args[i] }; break;
                case "--quick": options = options with { Quick = true }; break;
                case "--list": options = options with { List = true }; break;
                case "--help": options = options with { Help = true }; break;
                default:
                    problem = $"Unknown option {option}.";
                    return false;
            }
        }
        if (options.Data is { } folder && !Directory.Exists(folder))
        {
            problem = $"--data: there is no folder '{folder}'.";
            return false;
        }
        if (options.Data is { } empty && !Problem.Files(empty).Any())
        {
            problem = $"--data: there is no problem file (*.txt) in the folder '{empty}' nor in one below it.";
            return false;
        }
        options = options with { Filters = filters, Data = options.Data ?? FindData() };
        return true;
    }

    public bool Chooses(string heading, Case row) =>
        Filters.Count == 0 || Filters.Any(filter => $"{heading} {row.Name}".Contains(filter, StringComparison.OrdinalIgnoreCase));

    private static string? FindData()
    {
        if (BenchFolder is null) return null;
        string folder = Path.GetFullPath(Path.Combine(BenchFolder, "..", "..", "shared", "data", "adbench"));
        return Directory.Exists(folder) ? folder : null;
    }

    private static string? FindBench()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Nabla.slnx"))) return Path.Combine(folder.FullName, "bench");
        }
        return null;
    }
}
