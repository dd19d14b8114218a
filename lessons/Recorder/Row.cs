namespace Nabla.Lessons;

/// <summary>
/// One quantity of a lesson, found in independent ways. Numbers are in row-major order; null means that the way does not
/// apply: a notebook records nothing for what it leaves open, and a plain value has no difference quotient.
/// </summary>
public sealed record Row
{
    public required string Lesson { get; init; }

    public required string Example { get; init; }

    public required string Quantity { get; init; }

    /// <summary>What the notebook printed, as it printed it.</summary>
    public required string? Recorded { get; init; }

    /// <summary>By Nabla's tensors, in float64 where a derivative is checked.</summary>
    public required double[]? Autograd { get; init; }

    /// <summary>By a symbolic formula, or by a gradient derived by hand.</summary>
    public required double[]? Formula { get; init; }

    public required double[]? FiniteDifference { get; init; }

    public required bool Agree { get; init; }

    /// <summary>The time since the row before: the cell's own run and its checks, compilation on first use included.</summary>
    public required double Milliseconds { get; init; }
}
