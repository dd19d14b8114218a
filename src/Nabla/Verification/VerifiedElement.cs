namespace Nabla;

/// <summary>A way to find a gradient.</summary>
public enum GradientWay
{
    /// <summary>Automatic differentiation in reverse mode: what <see cref="Tensor.Backward"/> does.</summary>
    Reverse,

    /// <summary>The symbolic derivative of the function's formula, evaluated.</summary>
    Formula,

    /// <summary>Automatic differentiation in forward mode.</summary>
    Forward,

    /// <summary>Central differences, extrapolated, with an estimate of their error.</summary>
    Differences,

    /// <summary>The gradient that somebody claims.</summary>
    Claimed,
}

/// <summary>What became of one element of a gradient.</summary>
public enum ElementVerdict
{
    /// <summary>All ways that apply agree.</summary>
    Agrees,

    /// <summary>The function has a kink here: the slopes to both sides differ, and all ways give a value between them.</summary>
    Kink,

    /// <summary>The function or its gradient is not finite here, in the same way by all ways.</summary>
    Infinite,

    /// <summary>At least one way gives something else.</summary>
    Disagrees,
}

/// <summary>One element of the gradient by all ways. A way that does not apply is null.</summary>
public sealed record VerifiedElement
{
    /// <summary>The element: <c>x</c>, <c>x[2]</c>; in a Jacobian <c>f[0] / x[2]</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Which input.</summary>
    public required int Input { get; init; }

    /// <summary>Its position in the input, row-major.</summary>
    public required int Position { get; init; }

    /// <summary>Which element of the function's result, row-major; 0 for a gradient.</summary>
    public required int Output { get; init; }

    /// <summary>By reverse mode.</summary>
    public double? Reverse { get; init; }

    /// <summary>By the formula.</summary>
    public double? Formula { get; init; }

    /// <summary>By forward mode.</summary>
    public double? Forward { get; init; }

    /// <summary>By central differences.</summary>
    public double? Differences { get; init; }

    /// <summary>The estimated error of the central differences.</summary>
    public double? DifferenceError { get; init; }

    /// <summary>As claimed.</summary>
    public double? Claimed { get; init; }

    /// <summary>Whether the ways agree.</summary>
    public ElementVerdict Verdict { get; init; }

    /// <summary>What is to be said about this element; empty if nothing.</summary>
    public string Note { get; init; } = "";

    /// <summary>The value by a way; null where it does not apply.</summary>
    public double? By(GradientWay way) => way switch
    {
        GradientWay.Reverse => Reverse,
        GradientWay.Formula => Formula,
        GradientWay.Forward => Forward,
        GradientWay.Differences => Differences,
        _ => Claimed,
    };
}

/// <summary>One way of the report: how long it took, or why it is missing.</summary>
/// <param name="Way">The way.</param>
/// <param name="Time">How long it took; of two runs the shorter, where the first was short.</param>
/// <param name="Missing">Why the way does not apply; null if it does.</param>
public sealed record VerifiedWay(GradientWay Way, TimeSpan Time, string? Missing);

/// <summary>Two ways compared, over all elements where both apply.</summary>
/// <param name="First">The one way.</param>
/// <param name="Second">The other.</param>
/// <param name="Compared">How many elements were compared; kinks are left out for the differences.</param>
/// <param name="LargestDifference">The largest difference.</param>
/// <param name="Where">The element where it is.</param>
/// <param name="Disagreeing">How many elements are further apart than the tolerance.</param>
public sealed record VerifiedPair(GradientWay First, GradientWay Second, int Compared, double LargestDifference, string Where, int Disagreeing)
{
    /// <summary>Whether the two agree everywhere.</summary>
    public bool Agrees => Disagreeing == 0;
}

/// <summary>An input of the verified function.</summary>
/// <param name="Name">Its name.</param>
/// <param name="At">Where the gradient was verified.</param>
public sealed record VerifiedInput(string Name, Tensor At);
