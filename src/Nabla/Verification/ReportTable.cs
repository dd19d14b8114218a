using System.Text;

namespace Nabla;

/// <summary>The tables of a report, as all its forms show them: rows of cells, the first row the titles.</summary>
internal static class ReportTable
{
    private const int MostElements = 200;

    /// <summary>The ways that have a column.</summary>
    public static GradientWay[] Columns(VerificationReport report) => [.. report.Ways.Where(way => way.Missing is null).Select(way => way.Way).Order()];

    /// <summary>The elements shown: all, or the first that differ and the first others.</summary>
    public static IReadOnlyList<VerifiedElement> Shown(VerificationReport report, int most = MostElements) => report.Elements.Count <= most
        ? report.Elements
        : [.. report.Elements.OrderBy(element => element.Verdict == ElementVerdict.Agrees).Take(most)];

    /// <summary>What was left out; empty if nothing.</summary>
    public static string LeftOut(VerificationReport report, int most = MostElements) => report.Elements.Count <= most ? ""
        : $"{report.Elements.Count - most} more elements, {report.Elements.OrderBy(element => element.Verdict == ElementVerdict.Agrees).Skip(most).Count(element => element.Verdict == ElementVerdict.Disagrees)} of them differing, are not shown.";

    public static string[][] Elements(VerificationReport report, int most = MostElements)
    {
        GradientWay[] columns = Columns(report);
        var rows = new List<string[]>
        {
            (string[])["element", .. columns.SelectMany(way => way == GradientWay.Differences ? new[] { WayText.Of(way), "± error" } : [WayText.Of(way)]), "verdict"],
        };
        foreach (VerifiedElement element in Shown(report, most))
        {
            rows.Add([element.Name, .. columns.SelectMany(way => way == GradientWay.Differences
                ? new[] { NumberText.Long(element.Differences!.Value), NumberText.Size(element.DifferenceError!.Value) }
                : [NumberText.Long(element.By(way)!.Value)]), WayText.Of(element.Verdict)]);
        }
        return [.. rows];
    }

    public static string[][] Pairs(VerificationReport report) =>
    [
        ["compared", "elements", "largest difference", "at", "agreement"],
        .. report.Pairs.Select(pair => new[]
        {
            $"{WayText.Of(pair.First)} – {WayText.Of(pair.Second)}", $"{pair.Compared}", NumberText.Size(pair.LargestDifference), pair.Where,
            pair.Compared == 0 ? "nothing to compare" : pair.Agrees ? "✓ agree" : $"✗ {pair.Disagreeing} differ",
        }),
    ];

    public static string[][] Times(VerificationReport report) =>
        [["way", "time"], .. report.Ways.Select(way => new[] { WayText.Of(way.Way), way.Missing is null ? WayText.Time(way.Time) : "not found" })];

    /// <summary>Columns of equal width; numbers to the right.</summary>
    public static string Aligned(string[][] rows)
    {
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        var text = new StringBuilder();
        foreach (string[] row in rows)
        {
            var line = new StringBuilder();
            for (int column = 0; column < row.Length; column++)
            {
                bool number = IsNumber(row[column]) || (row == rows[0] && rows.Length > 1 && IsNumber(rows[1][column]));
                line.Append(column == 0 ? "" : "  ").Append(number ? row[column].PadLeft(widths[column]) : row[column].PadRight(widths[column]));
            }
            text.Append(line.ToString().TrimEnd()).Append('\n');
        }
        return text.ToString();
    }

    public static bool IsNumber(string cell) => cell.Length > 0 && (char.IsAsciiDigit(cell[0]) || (cell[0] is '-' or '−' && cell.Length > 1 && (char.IsAsciiDigit(cell[1]) || cell[1] == '∞')) || cell is "NaN" or "∞");
}
