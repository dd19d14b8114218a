using System.Diagnostics;
using System.Text.Json;

namespace Nabla.Cli;

/// <summary>One quantity of a lesson, as the lesson reports it.</summary>
internal sealed record LessonRow
{
    public required string Lesson { get; init; }

    public required string Example { get; init; }

    public required string Quantity { get; init; }

    /// <summary>What the notebook printed; null where it is silent.</summary>
    public string? Recorded { get; init; }

    /// <summary>Row-major numbers; null where this way does not apply. The same for the next two.</summary>
    public double[]? Autograd { get; init; }

    public double[]? Formula { get; init; }

    public double[]? FiniteDifference { get; init; }

    public required bool Agree { get; init; }

    public required double Milliseconds { get; init; }
}

/// <summary>What came of running a lesson: its rows; or one row that does not agree, and what went wrong.</summary>
internal sealed record LessonRun(string Lesson, IReadOnlyList<LessonRow> Rows, TimeSpan Time, string? Failure)
{
    /// <summary>Builds and runs the file with <c>dotnet run</c>, as a reader would.</summary>
    internal static LessonRun Of(string file, string? pictures, CancellationToken cancellation)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in (string[])["run", file, "--", "--json"]) start.ArgumentList.Add(argument);
        if (pictures is not null)
        {
            start.ArgumentList.Add("--out");
            start.ArgumentList.Add(pictures);
        }

        // A build that started this program must not steer the lesson's, and build nodes must not outlive it: they would hold
        // its output open.
        foreach (string variable in start.Environment.Keys.Where(key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(variable);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";

        Stopwatch watch = Stopwatch.StartNew();
        using Process process = Process.Start(start)!;
        using CancellationTokenRegistration stop = cancellation.Register(() => process.Kill(entireProcessTree: true));
        Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();

        return From(name, output.Result, error.Result, process.ExitCode, watch.Elapsed);
    }

    /// <summary>What a lesson printed, as rows.</summary>
    internal static LessonRun From(string name, string output, string error, int exitCode, TimeSpan time)
    {
        if (Parse(output) is { } rows) return new LessonRun(name, rows, time, null);

        string text = string.Join(Environment.NewLine, ((string[])[error.Trim(), output.Trim()]).Where(part => part.Length > 0));
        LessonRow failed = new()
        {
            Lesson = name,
            Example = "",
            Quantity = "the lesson runs",
            Agree = false,
            Milliseconds = Math.Round(time.TotalMilliseconds),
        };
        return new LessonRun(name, [failed], time, text.Length > 0 ? text : $"exit code {exitCode}");
    }

    private static LessonRow[]? Parse(string output)
    {
        try
        {
            return output.StartsWith('[') ? JsonSerializer.Deserialize<LessonRow[]>(output, LessonsCommand.JsonLayout) : null;
        }
        catch (JsonException)
        {
            return null; // The lesson stopped before it had printed its rows, or printed something else.
        }
    }
}
