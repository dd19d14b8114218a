using System.Globalization;

namespace Nabla.Lessons;

/// <summary>The table at the end of a lesson.</summary>
internal static class RowTable
{
    private static readonly string[] Titles =
        ["example", "quantity", "recorded", "autograd", "formula", "central differences", "agree", "ms"];

    private static readonly int[] Widths = [14, 26, 24, 24, 24, 24, 5, 8];

    internal static void Write(IReadOnlyList<Row> rows, TextWriter output)
    {
        output.WriteLine();
        WriteLine(Titles, output);
        output.WriteLine(string.Join('─', Widths.Select(width => new string('─', width + 1))));
        foreach (Row row in rows)
        {
            string recorded = row.Recorded is null ? "" : string.Join(' ', row.Recorded.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            WriteLine(
                [row.Example, row.Quantity, recorded, Text(row.Autograd), Text(row.Formula), Text(row.FiniteDifference),
                 row.Agree ? "yes" : "NO", row.Milliseconds.ToString("F1", CultureInfo.InvariantCulture)],
                output);
        }

        int disagreeing = rows.Count(row => !row.Agree);
        output.WriteLine();
        output.WriteLine(disagreeing == 0 ? $"{rows.Count} rows, all agree." : $"{rows.Count} rows, {disagreeing} disagree.");
    }

    private static string Text(double[]? numbers) => numbers switch
    {
        null => "",
        [double one] => one.ToString("G10", CultureInfo.InvariantCulture),
        _ => "[" + string.Join(", ", numbers.Take(8).Select(number => number.ToString("G5", CultureInfo.InvariantCulture))) + (numbers.Length > 8 ? ", …]" : "]"),
    };

    private static void WriteLine(string[] cells, TextWriter output) =>
        output.WriteLine(string.Join("  ", cells.Select((cell, i) => Fit(cell, Widths[i]))).TrimEnd());

    private static string Fit(string cell, int width) => cell.Length <= width ? cell.PadRight(width) : cell[..(width - 1)] + "…";
}
