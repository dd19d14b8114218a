using System.Globalization;
using System.Text;
using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// A report as one page of HTML: no script, no font, no picture from elsewhere. It reads in light and dark, on paper, and without
/// colours, since every verdict is also a word and a mark.
/// </summary>
internal static class ReportHtml
{
    private const int MostFormulas = 24, MostNodes = 250;

    private const string Style = """
        :root{color-scheme:light dark;--back:#fff;--text:#1a2230;--soft:#5b6675;--line:#d5dbe3;--panel:#f6f7f9;--good:#0b5c2e;--goodback:#e2f4e8;--bad:#98142a;--badback:#fde7ea;--kink:#7a4b00;--kinkback:#fff2d8}
        @media screen and (prefers-color-scheme:dark){:root{--back:#14181f;--text:#e8edf4;--soft:#a9b5c4;--line:#39434f;--panel:#1d242d;--good:#7fe0a4;--goodback:#12321f;--bad:#ff9aa8;--badback:#43161d;--kink:#f0c35a;--kinkback:#3a2d0d}}
        *{box-sizing:border-box}body{margin:0 auto;max-width:76rem;padding:1.5rem;background:var(--back);color:var(--text);font:16px/1.5 ui-sans-serif,system-ui,"DejaVu Sans",Arial,sans-serif;overflow-wrap:anywhere}
        h1{font-size:1.5rem;margin:0 0 1rem}h2{font-size:1.15rem;margin:2rem 0 .6rem;border-bottom:1px solid var(--line);padding-bottom:.2rem}
        .summary{padding:.7rem 1rem;border-left:6px solid;border-radius:4px;font-weight:bold}.good{color:var(--good);background:var(--goodback)}.bad{color:var(--bad);background:var(--badback)}.kink{color:var(--kink);background:var(--kinkback)}
        .findings{padding:0;list-style:none}.findings li{margin:.5rem 0;padding:.5rem .8rem;border:1px solid var(--line);border-radius:4px}.findings b{margin-right:.6em}
        .scroll{overflow-x:auto;max-width:100%}table{border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:.3rem .8rem;border-bottom:1px solid var(--line);text-align:left;white-space:nowrap;vertical-align:top}
        th{background:var(--panel)}td.number,th.number{text-align:right}td.number{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.92em}td pre{margin:0;font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.92em}
        .formula{margin:.4rem 0;padding:.3rem 0;overflow-x:auto;overflow-y:hidden}math{font-size:1.15rem}.formula code{font-size:.95em;white-space:pre-wrap}.where{margin-left:1.5rem;color:var(--soft)}.note{color:var(--soft)}
        .drawing{overflow:auto;border:1px solid var(--line);border-radius:4px;max-height:90vh}.drawing svg{display:block;margin:0 auto}
        @media print{body{max-width:none;padding:0;font-size:11pt}.drawing{max-height:none;border:0;overflow:visible}.drawing svg{max-width:100%;height:auto}.scroll{overflow:visible}h2{break-after:avoid}tr,li{break-inside:avoid}}
        """;

    public static string Write(VerificationReport report)
    {
        var page = new StringBuilder();
        string heading = Escape(ReportText.Heading(report));
        page.Append(CultureInfo.InvariantCulture, $"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{heading}</title>\n<style>\n{Style}\n{GraphDrawing.Style}\n</style>\n</head>\n<body>\n<h1>{heading}</h1>\n");
        page.Append(CultureInfo.InvariantCulture, $"<p class=\"summary {(report.Agrees ? "good" : "bad")}\">{(report.Agrees ? "✓" : "✗")} {Escape(report.Summary)}</p>\n");
        if (report.Findings.Count > 0)
        {
            page.Append("<ul class=\"findings\">\n");
            foreach (VerificationFinding finding in report.Findings)
                page.Append(CultureInfo.InvariantCulture, $"<li class=\"{Class(finding.Kind)}\"><b>{WayText.Of(finding.Kind)}</b>{Escape(finding.Text)}</li>\n");
            page.Append("</ul>\n");
        }
        AppendFormulas(page, report);
        page.Append("<h2>Where</h2>\n");
        AppendTable(page, [["name", "value"], .. report.Inputs.Select(input => new[] { input.Name, ReportText.Number(input.At) }), ["f", ReportText.Number(report.Value)],
            .. report.Cotangent is { } w ? new[] { new[] { "w, the weights of f", ReportText.Number(w) } } : []], _ => "");
        page.Append("<h2>The ways side by side</h2>\n");
        IReadOnlyList<VerifiedElement> shown = ReportTable.Shown(report);
        AppendTable(page, ReportTable.Elements(report), row => Class(shown[row].Verdict), row => shown[row].Note);
        if (ReportTable.LeftOut(report) is { Length: > 0 } left) page.Append(CultureInfo.InvariantCulture, $"<p class=\"note\">{Escape(left)}</p>\n");
        page.Append("<h2>Agreement</h2>\n");
        AppendTable(page, ReportTable.Pairs(report), row => report.Pairs[row].Agrees ? "good" : "bad");
        page.Append("<h2>Time</h2>\n");
        AppendTable(page, ReportTable.Times(report), _ => "");
        AppendGraph(page, report);
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void AppendFormulas(StringBuilder page, VerificationReport report)
    {
        if (report.Function is not { } function) return;
        page.Append("<h2>Formulas</h2>\n");
        int shown = Math.Min(report.Gradient.Count, MostFormulas);
        var formulas = new List<(string Name, Expr Formula)> { ("f", function) };
        for (int i = 0; i < shown; i++) formulas.Add(($"∂f/∂{ReportMarkdown.Subject(report, i)}", report.Gradient[i]));
        page.Append(MathText.Html(formulas));
        if (report.Claim.Count > 0)
        {
            page.Append("<h2>Claimed</h2>\n");
            page.Append(MathText.Html([.. report.Claim.Take(MostFormulas).Select((formula, i) => ($"∂f/∂{ReportMarkdown.Subject(report, i)}", formula))]));
        }
        if (report.Gradient.Count > shown) page.Append(CultureInfo.InvariantCulture, $"<p class=\"note\">{shown} of {report.Gradient.Count} elements shown.</p>\n");
    }

    private static void AppendGraph(StringBuilder page, VerificationReport report)
    {
        page.Append("<h2>Computation graph</h2>\n");
        try
        {
            page.Append("<div class=\"drawing\">\n").Append(GraphDrawing.Element(report.Graph, MostNodes, withStyle: false)).Append("</div>\n");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The function is the user's: a page without its graph is better than none.
            page.Append(CultureInfo.InvariantCulture, $"<p class=\"note\">Not drawn: {Escape(exception.Message)}</p></div>\n");
        }
    }

    private static void AppendTable(StringBuilder page, string[][] rows, Func<int, string> look, Func<int, string>? note = null)
    {
        page.Append("<div class=\"scroll\"><table>\n");
        for (int i = 0; i < rows.Length; i++)
        {
            page.Append("<tr>");
            for (int column = 0; column < rows[i].Length; column++)
            {
                string cell = rows[i][column], tag = i == 0 ? "th" : "td";
                bool number = ReportTable.IsNumber(i == 0 && rows.Length > 1 ? rows[1][column] : cell), last = column == rows[i].Length - 1;
                string look1 = i > 0 && last ? look(i - 1) : "";
                string classes = string.Join(' ', new[] { number ? "number" : "", look1 }.Where(word => word.Length > 0));
                string title = i > 0 && last && note is not null && note(i - 1).Length > 0 ? $" title=\"{Escape(note(i - 1))}\"" : "";
                page.Append(CultureInfo.InvariantCulture, $"<{tag}{(classes.Length > 0 ? $" class=\"{classes}\"" : "")}{title}>{(cell.Contains('\n', StringComparison.Ordinal) ? $"<pre>{Escape(cell)}</pre>" : Escape(cell))}</{tag}>");
            }
            page.Append("</tr>\n");
        }
        page.Append("</table></div>\n");
    }

    private static string Class(ElementVerdict verdict) => verdict switch
    {
        ElementVerdict.Agrees => "good",
        ElementVerdict.Disagrees => "bad",
        _ => "kink",
    };

    private static string Class(FindingKind kind) => kind switch
    {
        FindingKind.WrongClaim or FindingKind.WaysDiffer => "bad",
        FindingKind.Note => "",
        _ => "kink",
    };

    private static string Escape(string text) => GraphDrawing.Escape(text);
}
