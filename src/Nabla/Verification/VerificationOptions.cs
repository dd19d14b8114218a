namespace Nabla;

/// <summary>How <c>Verify</c> compares; the defaults suit functions of ordinary scale.</summary>
public sealed record VerificationOptions
{
    /// <summary>What the report calls the function; empty for none.</summary>
    public string Title { get; init; } = "";

    /// <summary>A name for each input; null for the names of the function's own parameters.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>
    /// The gradient of some scalar with respect to the function's result, of its shape: what is verified is then the gradient of
    /// Σ cotangent · result. Null where the result has one element.
    /// </summary>
    public Tensor? Cotangent { get; init; }

    /// <summary>How far two exact ways may be apart, relative to the larger of them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number or NaN.</exception>
    public double RelativeTolerance
    {
        get;
        init => field = value >= 0 ? value : throw VerificationErrors.Tolerance(nameof(RelativeTolerance), value);
    } = 1e-8;

    /// <summary>How far two exact ways may be apart in any case.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number or NaN.</exception>
    public double AbsoluteTolerance
    {
        get;
        init => field = value >= 0 ? value : throw VerificationErrors.Tolerance(nameof(AbsoluteTolerance), value);
    } = 1e-12;

    /// <summary>The most elements of all inputs together that are verified.</summary>
    public int MaxElements { get; init; } = 2000;

    /// <summary>The most elements of all inputs together for which the formula is derived; beyond, that way is left out.</summary>
    public int MaxFormulaElements { get; init; } = 256;
}
