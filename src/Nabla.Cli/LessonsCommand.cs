using System.CommandLine;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary>
/// <c>nabla lessons</c>: runs the lessons, as they were compiled with the repository, or else each by <c>dotnet run</c>, and shows side by side what was recorded and what
/// autograd, formulas and central differences say now.
/// </summary>
internal static class LessonsCommand
{
    // What a lesson writes and this command writes again: numbers that are not finite are spelled, and letters stay letters.
    internal static readonly JsonSerializerOptions JsonLayout = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    internal static ToolCommand Create()
    {
        Argument<string?> name = new("name")
        {
            Description = "The lesson to run, such as first-gradients; all of them if left out.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> json = new("--json") { Description = "Print one JSON array of rows and nothing else." };
        Option<string?> folder = new("--folder") { Description = "Where the lessons are; by default the folder 'lessons' here or in a folder above." };
        Option<string?> pictures = new("--out") { Description = "Where pictures go; by default the folder 'out'." };
        ToolCommand command = new(
            "lessons", "Run the lessons and compare each gradient with the record, a formula and central differences.", "nabla lessons first-gradients")
        {
            name, json, folder, pictures,
        };
        command.SetAction((parsed, cancellation) => Task.FromResult(Run(
            LessonFolder.Find(parsed.GetValue(folder)).Lessons(parsed.GetValue(name)), parsed.GetValue(json), parsed.GetValue(pictures),
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancellation)));
        return command;
    }

    private static int Run(
        IReadOnlyList<string> lessons, bool json, string? pictures, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        IAnsiConsole console = LessonTable.ConsoleOn(output);
        var watch = Stopwatch.StartNew();

        List<LessonRun> runs = [];
        LessonBatch? batch = LessonBatch.For(lessons);
        IEnumerable<LessonRun> results = batch?.Run(pictures, cancellation) ?? lessons.Select(lesson => LessonRun.Of(lesson, pictures, cancellation));
        using IEnumerator<LessonRun> next = results.GetEnumerator();
        foreach (string lesson in lessons)
        {
            string title = Path.GetFileNameWithoutExtension(lesson);
            ProgressLine.While(error, $"{title} ({runs.Count + 1} of {lessons.Count})", next.MoveNext);
            LessonRun run = next.Current;
            runs.Add(run);
            if (run.Failure is { } failure) error.WriteLine($"nabla: the lesson {title} failed:{Environment.NewLine}{failure}");
            if (!json) LessonTable.Write(run, console);
        }

        LessonRow[] rows = [.. runs.SelectMany(run => run.Rows)];
        if (json)
            output.WriteLine(JsonSerializer.Serialize(rows, JsonLayout));
        else
            LessonTable.WriteSummary(runs, watch.Elapsed, built: batch is null, console);
        return Array.TrueForAll(rows, row => row.Agree) ? Cli.Success : Cli.Disagreement;
    }
}
