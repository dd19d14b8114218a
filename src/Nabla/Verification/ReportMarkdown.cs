using System.Globalization;
using System.Text;
using Nabla.Symbolics;

namespace Nabla;

/// <summary>A report as Markdown.</summary>
internal static class ReportMarkdown
{
    /// <summary>A formula longer than this as text is left out of the page.</summary>
    private const int LongestFormula = 400;
    private const int MostFormulas = 24;

    public static string Write(VerificationReport report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# {Escape(ReportText.Heading(report))}\n\n**{(report.Agrees ? "✓" : "✗")} {Escape(report.Summary)}**\n\n");
        foreach (VerificationFinding finding in report.Findings) text.Append(CultureInfo.InvariantCulture, $"- **{WayText.Of(finding.Kind)}**: {Escape(finding.Text)}\n");
        if (report.Findings.Count > 0) text.Append('\n');
        AppendFormula(text, "f", report.Function);
        for (int i = 0; i < Math.Min(report.Gradient.Count, MostFormulas); i++) AppendFormula(text, $"∂f/∂{Subject(report, i)}", report.Gradient[i]);
        for (int i = 0; i < Math.Min(report.Claim.Count, MostFormulas); i++) AppendFormula(text, $"claimed ∂f/∂{Subject(report, i)}", report.Claim[i]);
        text.Append("## Where\n\n");
        AppendTable(text, [["name", "value"], .. report.Inputs.Select(input => new[] { input.Name, ReportText.Number(input.At) }), ["f", ReportText.Number(report.Value)],
            .. report.Cotangent is { } w ? new[] { new[] { "w, the weights of f", ReportText.Number(w) } } : []]);
        text.Append("## The ways side by side\n\n");
        AppendTable(text, ReportTable.Elements(report));
        if (ReportTable.LeftOut(report) is { Length: > 0 } left) text.Append(left).Append("\n\n");
        text.Append("## Agreement\n\n");
        AppendTable(text, ReportTable.Pairs(report));
        text.Append("## Time\n\n");
        AppendTable(text, ReportTable.Times(report));
        return text.ToString().TrimEnd('\n') + "\n";
    }

    /// <summary>The name of an element of a gradient, as it stands in the formulas.</summary>
    public static string Subject(VerificationReport report, int index) => index < report.SymbolNames.Count ? report.SymbolNames[index] : report.Elements[index].Name;

    private static void AppendFormula(StringBuilder text, string name, Expr? formula)
    {
        if (formula is null) return;
        string plain = formula.ToString(LongestFormula);
        text.Append(CultureInfo.InvariantCulture, $"- {Escape(name)} = `{plain}`\n");
        if (name == "f") return;
        text.Append('\n');
    }

    private static void AppendTable(StringBuilder text, string[][] rows)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            text.Append("| ").AppendJoin(" | ", rows[i].Select(cell => Escape(cell).Replace("\n", "<br>", StringComparison.Ordinal))).Append(" |\n");
            if (i == 0) text.Append('|').Append(string.Concat(rows[0].Select((_, column) => rows.Length > 1 && ReportTable.IsNumber(rows[1][column]) ? "---:|" : "---|"))).Append('\n');
        }
        text.Append('\n');
    }

    private static string Escape(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (c is '|' or '*' or '_' or '<' or '`' or '\\' or '[' or ']') result.Append('\\');
            result.Append(c);
        }
        return result.ToString();
    }
}
