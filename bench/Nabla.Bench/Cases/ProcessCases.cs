using System.Diagnostics;

namespace Nabla.Bench.Cases;

/// <summary>Whole processes, start-up included.</summary>
internal static class ProcessCases
{
    public static CaseGroup Group { get; } = new("Whole processes",
    [
        new("nabla lessons, after a build", null, Lessons) { Rivals = [Rival.AtMost(TimeSpan.FromSeconds(3))], Pace = Pace.Slow },
    ]);

    private static Func<Tensor> Lessons()
    {
        // Built beside this program, in the same configuration.
        string configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string tool = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Nabla.Cli", configuration, "Nabla.Cli.dll"));
        string repository = Path.Combine(Options.BenchFolder ?? throw new InvalidOperationException("The lessons are in the repository; run the benchmark from there."), "..");
        Run();
        return Run;

        Tensor Run()
        {
            using Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet", [tool, "lessons", "--json"])
            {
                WorkingDirectory = repository,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0) throw new InvalidOperationException($"nabla lessons ended with {process.ExitCode}: {errors.Result.Trim()}");
            return Tensor.Of(process.ExitCode);
        }
    }
}
