using System.Text.Json;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary><c>nabla derive --batch</c>: the derivatives of a whole table, one line of JSON for each row.</summary>
internal static class DeriveBatch
{
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(1);

    /// <param name="path">The file, or - for standard input.</param>
    /// <param name="outputPath">Where the lines go; null for standard output.</param>
    /// <param name="input">Standard input.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">For progress, and one line about rows that disagree or cannot be read.</param>
    /// <param name="cancellation">Stops between two rows.</param>
    internal static int Run(string path, string? outputPath, TextReader input, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        Counts counts = new();
        using TextReader reader = path == "-" ? input : Open(path);
        SeparatedTable table = SeparatedTable.Open(reader, path == "-" ? "standard input" : $"'{path}'", "expression", "wrt", "point");
        try
        {
            if (outputPath is null) WriteRows(table, output, counts, error, cancellation);
            else OutputFile.Write(outputPath, writer => WriteRows(table, writer, counts, error, cancellation));
        }
        catch (IOException failure)
        {
            throw new WrongUseException($"'{path}' cannot be read: {failure.Message}");
        }

        if (counts.Disagreeing == 0 && counts.Failed == 0) return Cli.Success;
        error.WriteLine($"nabla: of {counts.Rows} rows {counts.Disagreeing} disagree and {counts.Failed} cannot be read or computed");
        return Cli.Disagreement;
    }

    private static void WriteRows(SeparatedTable table, TextWriter output, Counts counts, TextWriter error, CancellationToken cancellation)
    {
        IAnsiConsole progress = LessonTable.ConsoleOn(error);
        bool visible = progress.Profile.Out.IsTerminal;
        DateTime shown = DateTime.UtcNow;
        foreach (TableRow row in table.Rows())
        {
            cancellation.ThrowIfCancellationRequested();
            BatchRow result = BatchRow.Of(row);
            output.WriteLine(JsonSerializer.Serialize(result, LessonsCommand.JsonLayout));
            counts.Rows++;
            if (result.Error is not null) counts.Failed++;
            else if (!result.Agree) counts.Disagreeing++;
            if (!visible || DateTime.UtcNow - shown < Noticeable) continue;
            shown = DateTime.UtcNow;
            error.Write($"\r{counts.Rows} rows");
        }
        if (visible) error.Write("\r\u001b[K");
    }

    private static StreamReader Open(string path)
    {
        if (Directory.Exists(path)) throw new WrongUseException($"'{path}' is a folder. Give the path of a file");
        if (!File.Exists(path)) throw new WrongUseException($"there is no file '{path}'");
        try
        {
            return new StreamReader(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new WrongUseException($"'{path}' cannot be read: {failure.Message}");
        }
    }

    private sealed class Counts
    {
        public int Rows { get; set; }

        public int Disagreeing { get; set; }

        public int Failed { get; set; }
    }
}
