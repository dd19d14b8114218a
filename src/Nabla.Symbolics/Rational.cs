using System.Numerics;

namespace Nabla.Symbolics;

/// <summary>
/// An exact fraction in lowest terms with a positive denominator. Values whose parts fit a <see cref="long"/> are kept in two words;
/// larger ones in <see cref="BigInteger"/>. Nothing is ever rounded.
/// </summary>
public readonly struct Rational : IEquatable<Rational>, IComparable<Rational>
{
    private readonly long numerator;

    // Stored less one, so that default(Rational) is zero.
    private readonly long denominatorLessOne;
    private readonly Wide? wide;

    /// <summary>The integer <paramref name="value"/>.</summary>
    public Rational(long value)
        : this(value, 1)
    {
    }

    /// <summary>The fraction, reduced to lowest terms.</summary>
    /// <exception cref="DivideByZeroException">The denominator is zero.</exception>
    public Rational(long numerator, long denominator)
    {
        if (denominator == 0) throw new DivideByZeroException("Rational: the denominator is 0.");
        if (numerator == long.MinValue || denominator == long.MinValue)
        {
            this = new Rational(new BigInteger(numerator), new BigInteger(denominator));
            return;
        }

        if (denominator != 1)
        {
            var divisor = GreatestCommonDivisor(Math.Abs(numerator), Math.Abs(denominator));
            if (denominator < 0) divisor = -divisor;
            numerator /= divisor;
            denominator /= divisor;
        }

        this.numerator = numerator;
        denominatorLessOne = denominator - 1;
    }

    /// <summary>The integer <paramref name="value"/>.</summary>
    public Rational(BigInteger value)
        : this(value, BigInteger.One)
    {
    }

    /// <summary>The fraction, reduced to lowest terms.</summary>
    /// <exception cref="DivideByZeroException">The denominator is zero.</exception>
    public Rational(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero) throw new DivideByZeroException("Rational: the denominator is 0.");
        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
        if (denominator.Sign < 0) divisor = -divisor;
        if (!divisor.IsOne)
        {
            numerator /= divisor;
            denominator /= divisor;
        }

        if (numerator >= -long.MaxValue && numerator <= long.MaxValue && denominator <= long.MaxValue)
        {
            this.numerator = (long)numerator;
            denominatorLessOne = (long)denominator - 1;
        }
        else
        {
            wide = new Wide(numerator, denominator);
        }
    }

    /// <summary>The numerator, which carries the sign.</summary>
    public BigInteger Numerator => wide?.Numerator ?? numerator;

    /// <summary>The denominator, always positive.</summary>
    public BigInteger Denominator => wide?.Denominator ?? SmallDenominator;

    /// <summary>Whether the denominator is 1.</summary>
    public bool IsInteger => wide is null ? denominatorLessOne == 0 : wide.Denominator.IsOne;

    /// <summary>-1, 0 or 1.</summary>
    public int Sign => wide?.Numerator.Sign ?? Math.Sign(numerator);

    /// <summary>Whether numerator and denominator fit a <see cref="long"/>; gives them if so.</summary>
    internal bool TryGetSmall(out long smallNumerator, out long smallDenominator)
    {
        smallNumerator = numerator;
        smallDenominator = SmallDenominator;
        return wide is null;
    }

    private long SmallDenominator => denominatorLessOne + 1;

    /// <summary>The exact integer.</summary>
    public static implicit operator Rational(int value) => new(value);

    /// <summary>The exact integer.</summary>
    public static implicit operator Rational(long value) => new(value);

    /// <summary>The exact integer.</summary>
    public static implicit operator Rational(BigInteger value) => new(value);

    /// <summary>The exact sum.</summary>
    public static Rational operator +(Rational a, Rational b)
    {
        if (a.wide is null && b.wide is null)
        {
            if (a.denominatorLessOne == 0 && b.denominatorLessOne == 0) return FromInt128((Int128)a.numerator + b.numerator, 1);
            return FromInt128(
                ((Int128)a.numerator * b.SmallDenominator) + ((Int128)b.numerator * a.SmallDenominator),
                (Int128)a.SmallDenominator * b.SmallDenominator);
        }

        return new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);
    }

    /// <summary>The exact difference.</summary>
    public static Rational operator -(Rational a, Rational b) => a + -b;

    /// <summary>The exact product.</summary>
    public static Rational operator *(Rational a, Rational b)
    {
        if (a.wide is null && b.wide is null)
        {
            return FromInt128((Int128)a.numerator * b.numerator, (Int128)a.SmallDenominator * b.SmallDenominator);
        }

        return new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);
    }

    /// <summary>The exact quotient.</summary>
    /// <exception cref="DivideByZeroException"><paramref name="b"/> is zero.</exception>
    public static Rational operator /(Rational a, Rational b)
    {
        if (b.Sign == 0) throw new DivideByZeroException("Rational: division by 0.");
        if (a.wide is null && b.wide is null)
        {
            return FromInt128((Int128)a.numerator * b.SmallDenominator, (Int128)a.SmallDenominator * b.numerator);
        }

        return new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);
    }

    /// <summary>The negated value.</summary>
    public static Rational operator -(Rational a) => a.wide is null
        ? new(-a.numerator, a.SmallDenominator)
        : new(-a.wide.Numerator, a.wide.Denominator);

    /// <summary>Whether the values are equal.</summary>
    public static bool operator ==(Rational a, Rational b) => a.Equals(b);

    /// <summary>Whether the values differ.</summary>
    public static bool operator !=(Rational a, Rational b) => !a.Equals(b);

    /// <summary>Whether <paramref name="a"/> is smaller.</summary>
    public static bool operator <(Rational a, Rational b) => a.CompareTo(b) < 0;

    /// <summary>Whether <paramref name="a"/> is larger.</summary>
    public static bool operator >(Rational a, Rational b) => a.CompareTo(b) > 0;

    /// <summary>Whether <paramref name="a"/> is smaller or equal.</summary>
    public static bool operator <=(Rational a, Rational b) => a.CompareTo(b) <= 0;

    /// <summary>Whether <paramref name="a"/> is larger or equal.</summary>
    public static bool operator >=(Rational a, Rational b) => a.CompareTo(b) >= 0;

    /// <summary>The absolute value.</summary>
    public static Rational Abs(Rational a) => a.Sign < 0 ? -a : a;

    /// <summary>The largest integer that is not above the value.</summary>
    public static Rational Floor(Rational a)
    {
        if (a.IsInteger) return a;
        var quotient = BigInteger.DivRem(a.Numerator, a.Denominator, out _);
        return a.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>The nearest integer, halves to the even one.</summary>
    public static Rational RoundToEven(Rational a)
    {
        if (a.IsInteger) return a;
        var floor = Floor(a);
        var twiceFraction = (a - floor) * 2;
        var up = twiceFraction > 1 || (twiceFraction == 1 && !floor.Numerator.IsEven);
        return up ? floor + 1 : floor;
    }

    /// <summary>The exact integer power.</summary>
    /// <exception cref="DivideByZeroException">Zero to a negative power.</exception>
    public static Rational Pow(Rational a, int exponent)
    {
        var magnitude = Math.Abs((long)exponent);
        if (magnitude > int.MaxValue) throw new ArgumentOutOfRangeException(nameof(exponent));
        var numerator = BigInteger.Pow(a.Numerator, (int)magnitude);
        var denominator = BigInteger.Pow(a.Denominator, (int)magnitude);
        return exponent < 0 ? new(denominator, numerator) : new(numerator, denominator);
    }

    /// <summary>The nearest double.</summary>
    public double ToDouble()
    {
        const long exactLimit = 1L << 53;
        if (wide is null && Math.Abs(numerator) <= exactLimit && SmallDenominator <= exactLimit) return (double)numerator / SmallDenominator;

        var (significand, exponent) = Scaled();
        return Math.ScaleB(significand, exponent);
    }

    /// <summary>The value as significand·2^exponent, for fractions beyond the range of a double.</summary>
    internal (double Significand, int Exponent) Scaled()
    {
        if (Sign == 0) return (0, 0);

        // A quotient of 64 bits or more, its lost part folded into the last bit, then rounds once.
        var top = BigInteger.Abs(Numerator);
        var bottom = Denominator;
        var shift = 64 - (int)(top.GetBitLength() - bottom.GetBitLength());
        if (shift > 0) top <<= shift;
        else bottom <<= -shift;
        var quotient = BigInteger.DivRem(top, bottom, out var remainder);
        while (quotient > ulong.MaxValue)
        {
            if (!quotient.IsEven) remainder = BigInteger.One;
            quotient >>= 1;
            shift--;
        }

        var bits = (ulong)quotient | (remainder.IsZero ? 0UL : 1UL);
        return (Sign < 0 ? -(double)bits : bits, -shift);
    }

    /// <inheritdoc/>
    public int CompareTo(Rational other)
    {
        if (wide is null && other.wide is null)
        {
            return ((Int128)numerator * other.SmallDenominator).CompareTo((Int128)other.numerator * SmallDenominator);
        }

        return (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);
    }

    /// <inheritdoc/>
    public bool Equals(Rational other) => wide is null
        ? other.wide is null && numerator == other.numerator && denominatorLessOne == other.denominatorLessOne
        : other.wide is not null && wide == other.wide;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Rational other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => wide?.GetHashCode() ?? HashCode.Combine(numerator, denominatorLessOne);

    /// <summary><c>3</c> or <c>-3/4</c>.</summary>
    public override string ToString() => IsInteger ? Numerator.ToString() : $"{Numerator}/{Denominator}";

    private static Rational FromInt128(Int128 numerator, Int128 denominator)
    {
        if (Int128.Abs(numerator) <= long.MaxValue && Int128.Abs(denominator) <= long.MaxValue) return new((long)numerator, (long)denominator);
        return new((BigInteger)numerator, (BigInteger)denominator);
    }

    private static long GreatestCommonDivisor(long a, long b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return a;
    }

    private sealed record Wide(BigInteger Numerator, BigInteger Denominator);
}
