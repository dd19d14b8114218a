namespace Nabla.Symbolics;

/// <summary>An upper bound m·2^e of an error: never too small, and never out of range. Infinity means that nothing is known.</summary>
internal readonly struct Magnitude
{
    private const double Inflation = 1 + 1e-14;
    private readonly double mantissa;
    private readonly long exponent;

    private Magnitude(double mantissa, long exponent)
    {
        if (mantissa == 0 || !double.IsFinite(mantissa))
        {
            this.mantissa = mantissa;
            return;
        }

        var shift = Math.ILogB(mantissa);
        this.mantissa = Math.ScaleB(mantissa, -shift);
        this.exponent = exponent + shift;
    }

    public static Magnitude Zero => default;

    public static Magnitude Infinite => new(double.PositiveInfinity, 0);

    public bool IsZero => mantissa == 0;

    public bool IsInfinite => double.IsPositiveInfinity(mantissa);

    /// <summary>The bound is below 2 to this power.</summary>
    public long Log2 => IsZero ? long.MinValue / 4 : IsInfinite ? long.MaxValue / 4 : exponent + 1;

    public static Magnitude PowerOfTwo(long exponent) => new(1, exponent);

    public static Magnitude Of(System.Numerics.BigInteger mantissa, long exponent)
    {
        var size = System.Numerics.BigInteger.Abs(mantissa);
        var excess = Math.Max(0, (long)size.GetBitLength() - 60);
        return new((double)(size >> (int)excess) * Inflation + (excess > 0 ? 1 : 0), exponent + excess);
    }

    public static Magnitude operator +(Magnitude a, Magnitude b)
    {
        if (a.IsZero || b.IsInfinite) return b;
        if (b.IsZero || a.IsInfinite) return a;
        if (a.exponent < b.exponent) (a, b) = (b, a);
        var gap = a.exponent - b.exponent;
        return new((a.mantissa + (gap > 100 ? 1e-20 : Math.ScaleB(b.mantissa, (int)-gap))) * Inflation, a.exponent);
    }

    public static Magnitude operator *(Magnitude a, Magnitude b) =>
        a.IsZero || b.IsZero ? Zero : a.IsInfinite || b.IsInfinite ? Infinite : new(a.mantissa * b.mantissa * Inflation, a.exponent + b.exponent);

    /// <summary>A whole number of units 2^<paramref name="unit"/> that is not below the bound.</summary>
    public System.Numerics.BigInteger InUnits(long unit)
    {
        if (IsZero) return 0;
        var up = (System.Numerics.BigInteger)Math.Ceiling(Math.ScaleB(mantissa, 53));
        var shift = exponent - 53 - unit;
        return shift >= 0 ? up << (int)Math.Min(shift, int.MaxValue) : (up >> (int)Math.Min(-shift, int.MaxValue)) + 1;
    }
}
