using System.Globalization;
using System.Text;

namespace Nabla;

/// <summary>A report as plain text.</summary>
internal static class ReportText
{
    private const int MostElements = 40, LongestFormula = 160;

    public static string Write(VerificationReport report, bool withTimes)
    {
        var text = new StringBuilder();
        text.Append(Heading(report)).Append('\n');
        if (report.Function is { } function) text.Append(CultureInfo.InvariantCulture, $"f({string.Join(", ", report.Inputs.Select(input => input.Name))}) = {function.ToString(LongestFormula)}\n");
        foreach (VerifiedInput input in report.Inputs) text.Append(CultureInfo.InvariantCulture, $"{input.Name} = {Number(input.At)}\n");
        text.Append(CultureInfo.InvariantCulture, $"f = {Number(report.Value)}\n");
        if (report.Cotangent is { } cotangent) text.Append(CultureInfo.InvariantCulture, $"verified is the gradient of Σ w·f with w = {Number(cotangent)}\n");
        text.Append('\n').Append(ReportTable.Aligned(ReportTable.Elements(report, MostElements)));
        if (ReportTable.LeftOut(report, MostElements) is { Length: > 0 } left) text.Append(left).Append('\n');
        text.Append('\n').Append(ReportTable.Aligned(ReportTable.Pairs(report)));
        if (withTimes) text.Append('\n').Append(ReportTable.Aligned(ReportTable.Times(report)));
        text.Append('\n');
        foreach (VerificationFinding finding in report.Findings) text.Append(CultureInfo.InvariantCulture, $"{WayText.Of(finding.Kind)}: {finding.Text}\n");
        return text.Append(report.Agrees ? "✓ " : "✗ ").Append(report.Summary).Append('\n').ToString();
    }

    public static string Heading(VerificationReport report)
    {
        string what = report.IsJacobian ? "Jacobian" : "Gradient";
        string names = string.Join(", ", report.Inputs.Select(input => input.Name));
        return report.Title.Length > 0 ? $"{what} of {report.Title} by {names}" : $"{what} of f({names})";
    }

    /// <summary>A tensor as numbers without its type.</summary>
    public static string Number(Tensor x) => x.Numel == 1 && x.Rank == 0 ? NumberText.Long(VerificationProblem.Numbers(x)[0])
        : x.Rank == 1 && x.Numel <= 8 ? $"[{string.Join(", ", VerificationProblem.Numbers(x).Select(NumberText.Short))}]" : x.ToString();
}
