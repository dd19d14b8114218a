using System.Numerics;

namespace Nabla.Symbolics;

/// <summary>
/// A real number known up to an error: mantissa·2^exponent ± radius. Every operation rounds to a number of bits and enlarges the radius by
/// all it may have lost, so that the true value is certainly inside; what cancels shows as a radius as large as the value.
/// </summary>
internal readonly struct Ball
{
    private Ball(BigInteger mantissa, long exponent, Magnitude radius, string? undefined = null)
    {
        Mantissa = mantissa;
        Exponent = exponent;
        Radius = radius;
        Undefined = undefined;
    }

    public BigInteger Mantissa { get; }

    public long Exponent { get; }

    public Magnitude Radius { get; }

    /// <summary>Why there is no real value; null if there is one.</summary>
    public string? Undefined { get; }

    /// <summary>A number of which nothing is known yet; more bits may tell.</summary>
    public static Ball Unknown => new(0, 0, Magnitude.Infinite);

    public static Ball One => Of(1);

    public bool IsExact => Radius.IsZero && Undefined is null;

    public bool IsKnown => Undefined is null && !Radius.IsInfinite;

    public bool IsExactZero => IsExact && Mantissa.IsZero;

    /// <summary>1, -1, 0 for an exact zero; null where the radius reaches over 0.</summary>
    public int? Sign
    {
        get
        {
            if (!IsKnown) return null;
            if (Radius.IsZero) return Mantissa.Sign;
            return BigInteger.Abs(Mantissa) > Radius.InUnits(Exponent) ? Mantissa.Sign : null;
        }
    }

    /// <summary>The value is below 2 to this power in size, or 0.</summary>
    public long Log2 => Math.Max(Mantissa.IsZero ? long.MinValue / 4 : Exponent + (long)Mantissa.GetBitLength(), Radius.Log2) + 1;

    public Magnitude Size => Magnitude.Of(Mantissa, Exponent) + Radius;

    public static Ball None(string reason) => new(0, 0, Magnitude.Zero, reason);

    public static Ball Of(BigInteger value) => new(value, 0, Magnitude.Zero);

    /// <summary>mantissa·2^exponent, rounded to so many bits, with that error and the rounding's.</summary>
    public static Ball Of(BigInteger mantissa, long exponent, Magnitude radius, int bits)
    {
        var excess = (long)mantissa.GetBitLength() - bits;
        return excess <= 0
            ? new Ball(mantissa, exponent, radius)
            : new Ball(mantissa >> (int)excess, exponent + excess, radius + Magnitude.PowerOfTwo(exponent + excess));
    }

    public static Ball Of(Rational value, int bits)
    {
        if (value.IsInteger) return Of(value.Numerator, 0, Magnitude.Zero, Math.Max(bits, 64 + (int)Math.Min(value.Numerator.GetBitLength(), 1_000_000)));
        if (value.Denominator.IsPowerOfTwo) return new Ball(value.Numerator, 1 - (long)value.Denominator.GetBitLength(), Magnitude.Zero);
        return Divide(Of(value.Numerator), Of(value.Denominator), bits);
    }

    /// <summary>The double itself, which 0.1 is not exactly.</summary>
    public static Ball OfDouble(double value)
    {
        if (!double.IsFinite(value)) return None($"{value} is no real number");
        if (value == 0) return Of(BigInteger.Zero);
        var exponent = Math.ILogB(value) - 52;
        return new Ball((BigInteger)Math.ScaleB(value, -exponent), exponent, Magnitude.Zero);
    }

    public static Ball operator -(Ball a) => new(-a.Mantissa, a.Exponent, a.Radius, a.Undefined);

    public static Ball Add(Ball a, Ball b, int bits)
    {
        if (Unusable(a, b) is { } none) return none;
        if (a.IsExactZero) return b;
        if (b.IsExactZero) return a;
        if (a.Exponent < b.Exponent) (a, b) = (b, a);

        // What lies far below the last bit of the larger number only widens the radius.
        var unit = Math.Max(b.Exponent, a.Exponent - bits - 64);
        var drop = unit - b.Exponent;
        var low = drop == 0 ? b.Mantissa : drop > (long)b.Mantissa.GetBitLength() + 1 ? (b.Mantissa.Sign < 0 ? BigInteger.MinusOne : BigInteger.Zero) : b.Mantissa >> (int)drop;
        var radius = a.Radius + b.Radius;
        if (drop > 0) radius += Magnitude.PowerOfTwo(unit);
        return Of((a.Mantissa << (int)(a.Exponent - unit)) + low, unit, radius, bits);
    }

    public static Ball Subtract(Ball a, Ball b, int bits) => Add(a, -b, bits);

    public static Ball Multiply(Ball a, Ball b, int bits)
    {
        if (a.IsExactZero && b.Undefined is null) return a;
        if (b.IsExactZero && a.Undefined is null) return b;
        if (Unusable(a, b) is { } none) return none;
        var radius = (Magnitude.Of(a.Mantissa, a.Exponent) * b.Radius) + (b.Size * a.Radius);
        return Of(a.Mantissa * b.Mantissa, a.Exponent + b.Exponent, radius, bits);
    }

    public static Ball Divide(Ball a, Ball b, int bits)
    {
        if (Unusable(a, b) is { } none) return none;
        if (b.IsExactZero) return None("division by 0");
        if (b.Sign is null) return Unknown;
        if (a.IsExactZero) return a;
        var shift = Math.Max(0, bits + 2 + (long)b.Mantissa.GetBitLength() - (long)a.Mantissa.GetBitLength());
        var quotient = (a.Mantissa << (int)shift) / b.Mantissa;
        var exponent = a.Exponent - b.Exponent - shift;

        // |a/b - A/B| <= (|a|·rb/|B| + ra)/|b|, with |b| from below.
        var lower = BigInteger.Abs(b.Mantissa) - b.Radius.InUnits(b.Exponent);
        var inverse = Magnitude.Of((BigInteger.One << ((int)lower.GetBitLength() + 60)) / lower + 1, -b.Exponent - (long)lower.GetBitLength() - 60);
        var radius = ((a.Size * b.Radius * inverse) + a.Radius) * inverse;
        return Of(quotient, exponent, radius + Magnitude.PowerOfTwo(exponent + 1), bits);
    }

    /// <summary>Twice the value, n times.</summary>
    public Ball Scale(long n) => Mantissa.IsZero && Radius.IsZero ? this : new(Mantissa, Exponent + n, Radius * Magnitude.PowerOfTwo(n), Undefined);

    /// <summary>The same with a larger radius.</summary>
    public Ball Widen(Magnitude by) => new(Mantissa, Exponent, Radius + by, Undefined);

    /// <summary>The middle alone.</summary>
    public Ball Middle() => new(Mantissa, Exponent, Magnitude.Zero, Undefined);

    /// <summary>The ends in units of a common power of two.</summary>
    public (BigInteger Lower, BigInteger Upper) EndsInUnits(long unit)
    {
        var radius = Radius.InUnits(unit);
        var shift = Exponent - unit;
        var middle = shift >= 0 ? Mantissa << (int)shift : Mantissa >> (int)-shift;
        return (middle - radius, middle + radius + (shift < 0 ? 1 : 0));
    }

    /// <summary>A number between the ends, both in units of a power of two.</summary>
    public static Ball Between(BigInteger lower, BigInteger upper, long unit) =>
        new(lower + upper, unit - 1, Magnitude.Of(upper - lower, unit - 1));

    /// <summary>The integer floor(value·2^-unit) of the middle, exactly shifted.</summary>
    public BigInteger MiddleInUnits(long unit)
    {
        var shift = Exponent - unit;
        return shift >= 0 ? Mantissa << (int)shift : Mantissa >> (int)Math.Min(-shift, int.MaxValue);
    }

    private static Ball? Unusable(Ball a, Ball b) =>
        a.Undefined is not null ? a : b.Undefined is not null ? b : a.Radius.IsInfinite || b.Radius.IsInfinite ? Unknown : null;
}
