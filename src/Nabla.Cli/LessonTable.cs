using System.Globalization;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary>The rows of lessons for people.</summary>
internal static class LessonTable
{
    // Eight columns need room; a file has as much as is asked for.
    private const int WidthOfFiles = 240;

    private const int LongestRecord = 34;
    private const int MostNumbers = 3;

    /// <summary>A terminal gets colours and its own width; a file gets neither.</summary>
    internal static IAnsiConsole ConsoleOn(TextWriter writer)
    {
        AnsiConsoleOutput output = new(writer);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = output,
            Ansi = output.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
        });
        if (!output.IsTerminal) console.Profile.Width = WidthOfFiles;
        return console;
    }

    internal static void Write(LessonRun run, IAnsiConsole console)
    {
        Table table = new Table().Border(TableBorder.Rounded).Title(new TableTitle(Markup.Escape(run.Lesson), new Style(decoration: Decoration.Bold)))
            .AddColumns("example", "quantity", "recorded", "by autograd", "by formula or by hand", "by central differences", "agree")
            .AddColumn(new TableColumn("ms").RightAligned());
        string example = "";
        foreach (LessonRow row in run.Rows)
        {
            table.AddRow(
                new Text(row.Example == example ? "" : row.Example),
                new Text(row.Quantity),
                new Text(Short(row.Recorded)),
                new Text(Short(row.Autograd)),
                new Text(Short(row.Formula)),
                new Text(Short(row.FiniteDifference)),
                row.Agree ? new Text("yes", new Style(Color.Green)) : new Text("NO", new Style(Color.Red, decoration: Decoration.Bold)),
                new Text(row.Milliseconds.ToString("F1", CultureInfo.InvariantCulture)));
            example = row.Example;
        }

        console.Write(table);
        console.WriteLine();
    }

    internal static void WriteSummary(IReadOnlyList<LessonRun> runs, TimeSpan elapsed, bool built, IAnsiConsole console)
    {
        int rows = runs.Sum(run => run.Rows.Count), disagreeing = runs.Sum(run => run.Rows.Count(row => !row.Agree));
        string time = elapsed.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture) + (built ? " s, building included." : " s.");
        string lessons = runs.Count == 1 ? "1 lesson" : $"{runs.Count} lessons";
        console.WriteLine(disagreeing == 0
            ? $"{rows} rows of {lessons} agree; {time}"
            : $"{disagreeing} of {rows} rows of {lessons} DISAGREE; {time}");
    }

    private static string Short(string? recorded)
    {
        if (recorded is null) return "";
        string line = string.Join(' ', recorded.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= LongestRecord ? line : line[..(LongestRecord - 1)] + "…";
    }

    private static string Short(double[]? numbers) => numbers switch
    {
        null => "",
        [double one] => one.ToString("G10", CultureInfo.InvariantCulture),
        _ => "[" + string.Join(", ", numbers.Take(MostNumbers).Select(number => number.ToString("G5", CultureInfo.InvariantCulture)))
            + (numbers.Length > MostNumbers ? $", …] ({numbers.Length})" : "]"),
    };
}
