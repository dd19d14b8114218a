namespace Nabla.Symbolics;

/// <summary>An interval of the real line on which an argument of a primitive is meaningful; tests sample their points from it.</summary>
/// <param name="Lower">The lower end.</param>
/// <param name="Upper">The upper end.</param>
/// <param name="IncludesLower">Whether the lower end belongs to it.</param>
/// <param name="IncludesUpper">Whether the upper end belongs to it.</param>
/// <param name="IsWhole">Whether only whole numbers belong to it.</param>
public sealed record Domain(double Lower, double Upper, bool IncludesLower = false, bool IncludesUpper = false, bool IsWhole = false)
{
    // Points are sampled at most this far from the finite end, or from 0 if there is none.
    private const double Reach = 4;

    /// <summary>Every real number.</summary>
    public static Domain Real { get; } = new(double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>Above 0.</summary>
    public static Domain Positive { get; } = new(0, double.PositiveInfinity);

    /// <summary>0 and above.</summary>
    public static Domain NonNegative { get; } = new(0, double.PositiveInfinity, IncludesLower: true);

    /// <summary>Between the ends, without them.</summary>
    public static Domain Open(double lower, double upper) => new(lower, upper);

    /// <summary>Between the ends, both included.</summary>
    public static Domain Closed(double lower, double upper) => new(lower, upper, IncludesLower: true, IncludesUpper: true);

    /// <summary>The whole numbers from <paramref name="lower"/> to <paramref name="upper"/>.</summary>
    public static Domain Whole(int lower, int upper) => new(lower, upper, IncludesLower: true, IncludesUpper: true, IsWhole: true);

    /// <summary>Whether <paramref name="value"/> belongs to the interval.</summary>
    public bool Contains(double value) =>
        (value > Lower || (IncludesLower && value == Lower))
        && (value < Upper || (IncludesUpper && value == Upper))
        && (!IsWhole || value == Math.Floor(value));

    /// <summary>Maps a number strictly between 0 and 1 to an inner point of moderate size.</summary>
    public double Sample(double unit)
    {
        var low = double.IsFinite(Lower) ? Lower : double.IsFinite(Upper) ? Upper - Reach : -Reach;
        var high = double.IsFinite(Upper) ? Upper : low + (double.IsFinite(Lower) ? Reach : 2 * Reach);
        return IsWhole ? Math.Floor(low + (unit * (high - low + 1))) : low + (unit * (high - low));
    }

    /// <summary>The interval in ordinary notation: <c>(0, ∞)</c>, <c>[-1, 1]</c>, <c>ℝ</c>.</summary>
    public override string ToString()
    {
        if (double.IsNegativeInfinity(Lower) && double.IsPositiveInfinity(Upper)) return IsWhole ? "ℤ" : "ℝ";
        string low = double.IsNegativeInfinity(Lower) ? "-∞" : $"{Lower}", high = double.IsPositiveInfinity(Upper) ? "∞" : $"{Upper}";
        return $"{(IncludesLower ? "[" : "(")}{low}, {high}{(IncludesUpper ? "]" : ")")}{(IsWhole ? " ∩ ℤ" : "")}";
    }
}
