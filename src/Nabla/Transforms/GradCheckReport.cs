using System.Text;

namespace Nabla;

/// <summary>What a gradient check found.</summary>
/// <param name="Check">The check: <c>GradCheck</c> or <c>GradGradCheck</c>.</param>
/// <param name="Compared">How many derivatives were compared.</param>
/// <param name="Failures">Those that differ; empty if all agree.</param>
public sealed record GradCheckReport(string Check, int Compared, IReadOnlyList<GradCheckFailure> Failures)
{
    /// <summary>Whether every derivative agrees with its central difference.</summary>
    public bool Passed => Failures.Count == 0;

    /// <summary>The failure that is furthest from what is allowed; null if the check passed.</summary>
    public GradCheckFailure? Worst => Failures.MaxBy(failure => double.IsNaN(failure.Error) ? double.PositiveInfinity : failure.Error / failure.Allowed);

    /// <inheritdoc/>
    public override string ToString()
    {
        if (Worst is not { } worst) return $"{Check}: {Compared} derivatives agree.";
        return new StringBuilder($"{Check}: {worst} ")
            .Append(Failures.Count == 1 ? "It is the only failure" : $"There are {Failures.Count} failures")
            .Append($" among {Compared} derivatives.")
            .ToString();
    }
}

/// <summary>One derivative that differs from its central difference, or that is not the same when computed again.</summary>
/// <param name="Mode">
/// <c>reverse</c>, <c>forward</c>; <c>batched</c> for many output gradients at once, <c>undefined</c> for missing ones;
/// <c>repetition</c> for what changes from call to call.
/// </param>
/// <param name="Output">Which output.</param>
/// <param name="OutputIndex">Which element of it.</param>
/// <param name="Input">Which input; −1 where it is the value that changes from call to call.</param>
/// <param name="InputIndex">Which element of it.</param>
/// <param name="Analytic">The derivative by the rule.</param>
/// <param name="Numeric">The central difference (for a repetition: what came the second time; batched: the same one by one; undefined: with zeros).</param>
/// <param name="Allowed">The difference that would be accepted.</param>
/// <param name="LikelyCause">What the pattern of all differences suggests; empty if nothing.</param>
public sealed record GradCheckFailure(
    string Mode, int Output, IReadOnlyList<int> OutputIndex, int Input, IReadOnlyList<int> InputIndex,
    double Analytic, double Numeric, double Allowed, string LikelyCause)
{
    /// <summary>How far the two are apart.</summary>
    public double Error => Math.Abs(Analytic - Numeric);

    /// <summary>What the backward pass threw, type and text; empty if it ran.</summary>
    public string Thrown { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString()
    {
        string output = $"output {Output}{Place(OutputIndex)}", input = $"input {Input}{Place(InputIndex)}";
        string text = Mode switch
        {
            "batched" or "undefined" => Pass(output, input),
            "repetition" => Repetition(output, input),
            _ => $"the {Mode}-mode derivative of {output} with respect to {input} is {Number(Analytic)}, the central difference is {Number(Numeric)} (error {Number(Error)}, allowed {Number(Allowed)}).",
        };
        return LikelyCause.Length == 0 ? text : $"{text} {LikelyCause}";
    }

    private string Pass(string output, string input)
    {
        string pass = Mode == "batched" ? "a batched backward pass (Vmap over output gradients)" : "a backward pass without gradients for the other outputs";
        return Thrown.Length > 0
            ? $"{pass} of {output} threw {Thrown}"
            : $"the derivative of {output} with respect to {input} is {Number(Analytic)} in {pass}, {(Mode == "batched" ? "one by one" : "with zeros for them")} it is {Number(Numeric)}.";
    }

    private string Repetition(string output, string input) => Input < 0
        ? $"{output} was {Number(Analytic)} at the first call and {Number(Numeric)} at the second: the function is not deterministic. Give it a Generator with a fixed seed."
        : $"the derivative of {output} with respect to {input} was {Number(Analytic)} at the first pass and {Number(Numeric)} at the second: the backward pass is not deterministic.";

    private static string Place(IReadOnlyList<int> index) => index.Count == 0 ? "" : $" at [{string.Join(", ", index)}]";

    private static string Number(double value) => value.ToString("G7");
}

/// <summary>A derivative failed its check. The text names the element, both values and the likely cause.</summary>
public sealed class GradCheckException : Exception
{
    /// <summary>Makes the exception without a text.</summary>
    public GradCheckException() { }

    /// <summary>Makes the exception with a text.</summary>
    public GradCheckException(string message) : base(message) { }

    /// <summary>Makes the exception with a text and its cause.</summary>
    public GradCheckException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>Makes the exception from what a check found.</summary>
    public GradCheckException(GradCheckReport report) : base(report.ToString()) => Report = report;

    /// <summary>All that the check found.</summary>
    public GradCheckReport? Report { get; }
}
