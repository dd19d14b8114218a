using System.Globalization;
using System.Numerics;
using System.Text;

namespace Nabla.Symbolics;

/// <summary>A binary number of any length, mantissa·2^exponent; the value of <see cref="Expr.EvaluateToDigits(int)"/>.</summary>
/// <param name="Mantissa">The mantissa, which carries the sign.</param>
/// <param name="Exponent">The power of two.</param>
public readonly record struct BigFloat(BigInteger Mantissa, long Exponent)
{
    private const long LargestExponent = 40_000_000;

    /// <summary>The exact fraction.</summary>
    /// <exception cref="OverflowException">The exponent is beyond ±40,000,000.</exception>
    public Rational ToRational()
    {
        RequireReach();
        return Exponent >= 0 ? new Rational(Mantissa << (int)Exponent) : new Rational(Mantissa, BigInteger.One << (int)-Exponent);
    }

    /// <summary>The nearest double; infinite beyond its range.</summary>
    public double ToDouble()
    {
        if (Mantissa.IsZero) return 0;
        var excess = (long)Mantissa.GetBitLength() - 1100;
        if (Math.Abs(Exponent + (long)Mantissa.GetBitLength()) > 2000) return Exponent < 0 ? 0 : Mantissa.Sign * double.PositiveInfinity;
        return excess > 0 ? Math.ScaleB((double)(Mantissa >> (int)excess), (int)(Exponent + excess)) : ToRational().ToDouble();
    }

    /// <summary>The value rounded to significant decimal digits, halves to even.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number of digits is below 1.</exception>
    public string ToString(int digits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(digits, 1);
        return Text(ToRational(), digits);
    }

    /// <summary>The value rounded to 17 significant digits.</summary>
    public override string ToString() => ToString(17);

    /// <summary>A fraction rounded to significant digits: <c>0.33333</c>, <c>2.5000e+17</c>.</summary>
    internal static string Text(Rational value, int digits)
    {
        if (value.Sign == 0) return "0";
        var (numerator, denominator) = (BigInteger.Abs(value.Numerator), value.Denominator);

        // The decimal exponent, from the number of bits; off by one at most, which the rounding notices.
        var exponent = (int)Math.Floor(((long)numerator.GetBitLength() - (long)denominator.GetBitLength()) * 0.30102999566398119521);
        BigInteger rounded;
        string text;
        while (true)
        {
            var shift = digits - 1 - exponent;
            rounded = Divide(shift >= 0 ? numerator * BigInteger.Pow(10, shift) : numerator, shift >= 0 ? denominator : denominator * BigInteger.Pow(10, -shift));
            text = rounded.ToString(CultureInfo.InvariantCulture);
            if (text.Length == digits) break;
            exponent += text.Length > digits ? 1 : -1;
        }

        var result = new StringBuilder(value.Sign < 0 ? "-" : "");
        const int mostLeadingZeros = 5;
        if (exponent < -mostLeadingZeros || exponent >= digits)
        {
            result.Append(text[0]);
            if (digits > 1) result.Append('.').Append(text, 1, digits - 1);
            result.Append(exponent < 0 ? "e-" : "e+").Append(Math.Abs((long)exponent).ToString(CultureInfo.InvariantCulture));
        }
        else if (exponent < 0)
        {
            result.Append("0.").Append('0', -exponent - 1).Append(text);
        }
        else
        {
            result.Append(text, 0, exponent + 1);
            if (digits > exponent + 1) result.Append('.').Append(text, exponent + 1, digits - exponent - 1);
        }

        return result.ToString();
    }

    private static BigInteger Divide(BigInteger numerator, BigInteger denominator)
    {
        var quotient = BigInteger.DivRem(numerator, denominator, out var remainder);
        var twice = (remainder << 1).CompareTo(denominator);
        return twice > 0 || (twice == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }

    private void RequireReach()
    {
        if (Math.Abs(Exponent) > LargestExponent) throw new OverflowException($"BigFloat: 2^{Exponent} is beyond the range of ±{LargestExponent}.");
    }
}
