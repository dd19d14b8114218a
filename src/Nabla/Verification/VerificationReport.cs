using Nabla.Symbolics;

namespace Nabla;

/// <summary>What a finding is about.</summary>
public enum FindingKind
{
    /// <summary>The claimed gradient is wrong, and how.</summary>
    WrongClaim,

    /// <summary>The other ways differ among themselves.</summary>
    WaysDiffer,

    /// <summary>The function is not differentiable there.</summary>
    Kink,

    /// <summary>The function or its gradient is not finite there.</summary>
    NotFinite,

    /// <summary>Something to know that is no fault.</summary>
    Note,
}

/// <summary>One thing that a verification found.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Text">In words.</param>
public sealed record VerificationFinding(FindingKind Kind, string Text);

/// <summary>
/// The gradient of a function by all ways, side by side: what <see cref="Verify"/> returns. Print it, write it as Markdown or
/// as a page of HTML, or let a test throw if it disagrees.
/// </summary>
public sealed record VerificationReport
{
    private readonly Lazy<ComputationGraph> graph = new(() => throw new InvalidOperationException("The report has no function."));

    /// <summary>What the function is called; empty for nothing.</summary>
    public required string Title { get; init; }

    /// <summary>Whether the elements are those of a Jacobian rather than of a gradient.</summary>
    public required bool IsJacobian { get; init; }

    /// <summary>The floating-point inputs and where they were.</summary>
    public required IReadOnlyList<VerifiedInput> Inputs { get; init; }

    /// <summary>The value of the function there.</summary>
    public required Tensor Value { get; init; }

    /// <summary>The weights of the elements of the result, where it has several and a gradient was verified.</summary>
    public required Tensor? Cotangent { get; init; }

    /// <summary>Every element by every way.</summary>
    public required IReadOnlyList<VerifiedElement> Elements { get; init; }

    /// <summary>The ways, with their times.</summary>
    public required IReadOnlyList<VerifiedWay> Ways { get; init; }

    /// <summary>Every two ways compared.</summary>
    public required IReadOnlyList<VerifiedPair> Pairs { get; init; }

    /// <summary>What was found, in words.</summary>
    public required IReadOnlyList<VerificationFinding> Findings { get; init; }

    /// <summary>The formula of the function (of the weighted sum of its elements); null if it was not derived.</summary>
    public required Expr? Function { get; init; }

    /// <summary>The formulas of the gradient, one for each element; empty if they were not derived.</summary>
    public required IReadOnlyList<Expr> Gradient { get; init; }

    /// <summary>The claimed gradient as formulas; empty if it was no text.</summary>
    public required IReadOnlyList<Expr> Claim { get; init; }

    /// <summary>The computation graph of the function; computed when first asked for.</summary>
    public ComputationGraph Graph => graph.Value;

    /// <summary>The names of the symbols in the formulas, in the order of the gradient.</summary>
    internal IReadOnlyList<string> SymbolNames { get; init; } = [];

    internal Func<ComputationGraph> MakeGraph
    {
        init => graph = new Lazy<ComputationGraph>(value);
    }

    /// <summary>
    /// Whether all ways agree. A kink is no disagreement as long as every way gives a value between the slopes to both sides;
    /// nor is a gradient that is infinite by all of them.
    /// </summary>
    public bool Agrees => Elements.All(element => element.Verdict != ElementVerdict.Disagrees)
        && Findings.All(finding => finding.Kind is not (FindingKind.WrongClaim or FindingKind.WaysDiffer));

    /// <summary>How it came out, in one sentence.</summary>
    public string Summary
    {
        get
        {
            string[] names = [.. Ways.Where(way => way.Missing is null).Select(way => WayText.Of(way.Way))];
            string ways = names.Length <= 1 ? string.Concat(names) : $"{string.Join(", ", names[..^1])} and {names[^1]}";
            string what = Elements.Count == 1 ? "1 derivative" : $"{Elements.Count} derivatives";
            int wrong = Elements.Count(element => element.Verdict == ElementVerdict.Disagrees), kinks = Elements.Count(element => element.Verdict == ElementVerdict.Kink);
            string kinked = kinks == 0 ? "" : $" ({kinks} at a kink)";
            return Agrees
                ? $"{what}{kinked}: {ways} agree."
                : wrong == 0 ? $"{what}{kinked}: the numbers agree, but see below." : $"{what}{kinked}: {wrong} of {Elements.Count} {(wrong == 1 ? "differs" : "differ")} among {ways}.";
        }
    }

    /// <summary>Does nothing if all ways agree.</summary>
    /// <exception cref="VerificationException">They do not; the text is that of the report.</exception>
    public void ThrowIfDisagrees()
    {
        if (!Agrees) throw new VerificationException(this);
    }

    /// <summary>The report as plain text, without the times, so that it is the same every time.</summary>
    public override string ToString() => ReportText.Write(this, withTimes: false);

    /// <summary>The report as plain text for a terminal.</summary>
    /// <param name="withTimes">Whether to say how long each way took.</param>
    public string ToText(bool withTimes = true) => ReportText.Write(this, withTimes);

    /// <summary>The report as Markdown, with formulas as text that <see cref="Expr.Parse(string)"/> reads.</summary>
    public string ToMarkdown() => ReportMarkdown.Write(this);

    /// <summary>
    /// The report as one page of HTML that needs nothing else, neither script nor network: findings, formulas in MathML, the
    /// table of all ways, times, and the computation graph.
    /// </summary>
    public string ToHtml() => ReportHtml.Write(this);

    /// <summary>Writes <see cref="ToHtml"/> into a file, which appears only when it is complete.</summary>
    /// <param name="path">The file; its folder is made if it is not there.</param>
    public void WriteHtml(string path) => ReportFile.Write(path, ToHtml());
}

/// <summary>The ways to find a gradient disagree. The text is that of the report.</summary>
public sealed class VerificationException : Exception
{
    /// <summary>Makes the exception without a text.</summary>
    public VerificationException() { }

    /// <summary>Makes the exception with a text.</summary>
    public VerificationException(string message) : base(message) { }

    /// <summary>Makes the exception with a text and its cause.</summary>
    public VerificationException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>Makes the exception from a report that disagrees.</summary>
    public VerificationException(VerificationReport report) : base(report?.ToString()) => Report = report;

    /// <summary>All that was found.</summary>
    public VerificationReport? Report { get; }
}
