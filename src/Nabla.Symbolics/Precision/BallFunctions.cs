using System.Numerics;

namespace Nabla.Symbolics;

/// <summary>
/// Elementary functions of balls: the function of the middle in fixed point, plus what the radius can make of it by the largest slope in
/// reach. The others are written with these in ball arithmetic, so that their errors need no thought.
/// </summary>
internal static class BallFunctions
{
    // Results with more bits before the point than this are refused.
    private const long LargestExponent = 10_000_000;

    private static readonly Magnitude FixedError = Magnitude.PowerOfTwo(14);

    public static Ball Pi(int bits) => Ball.Of(FixedPoint.Pi(bits), -bits, Magnitude.PowerOfTwo(1 - bits), bits);

    public static Ball Exp(Ball x, int bits)
    {
        if (!x.IsKnown || x.IsExactZero) return x.IsExactZero ? Ball.One : x;
        if (x.Log2 > 40 && x.Sign is null) return Ball.Unknown;
        if (x.Log2 > 28) return x.Sign < 0 && x.Log2 < 60 ? Tiny(x) : Ball.None("exp of a number beyond ±10^8");
        if (x.Radius.Log2 > 0) return Ball.Unknown;
        var work = bits + 40 + (int)Math.Max(0, x.Log2);
        var middle = x.MiddleInUnits(-work);
        var log2 = FixedPoint.Log2(work);
        var k = Round(middle, log2);
        var rest = middle - (k * log2);
        var value = Ball.Of(FixedPoint.Exp(rest, work), (long)k - work, FixedError * Magnitude.PowerOfTwo((long)k - work + 32), bits);

        // e^(m+r) - e^m is at most 2·r·e^m for r below 1.
        return value.Widen(value.Size * x.Radius * Magnitude.PowerOfTwo(1));
    }

    public static Ball Log(Ball x, int bits)
    {
        if (!x.IsKnown) return x;
        if (x.IsExactZero) return Ball.None("log of 0");
        if (x.Sign is not { } sign) return Ball.Unknown;
        if (sign < 0) return Ball.None("log of a negative number");

        // x = f·2^k with f from 1/2 to 1; log f by Newton's method on e^y, which triples the bits.
        var k = x.Exponent + (long)x.Mantissa.GetBitLength();
        var work = bits + 40 + BitLength(k);
        var fraction = x.MiddleInUnits(k - work);
        var start = Math.Log((double)(fraction >> (work - 60)) * Math.ScaleB(1, -60));
        var y = (BigInteger)Math.ScaleB(start, 60) << (work - 60);
        for (var right = 45; right < work; right *= 3)
        {
            var power = FixedPoint.Exp(y, work);
            y += (fraction - power << (work + 1)) / (fraction + power);
        }

        var value = Ball.Of(y + (k * FixedPoint.Log2(work)), -work, FixedError * Magnitude.PowerOfTwo(BitLength(k) - work), bits);
        var lower = BigInteger.Abs(x.Mantissa) - x.Radius.InUnits(x.Exponent);
        return value.Widen(x.Radius * Inverse(lower, x.Exponent));
    }

    public static (Ball Sin, Ball Cos) SinCos(Ball x, int bits)
    {
        if (!x.IsKnown) return (x, x);
        if (x.IsExactZero) return (x, Ball.One);
        if (x.Log2 > LargestExponent) return (Ball.None("sine of a number beyond 2^10000000"), Ball.None("cosine of a number beyond 2^10000000"));
        if (x.Radius.Log2 > 2) return (Ball.Unknown, Ball.Unknown);
        var work = bits + 40;
        var extra = (int)Math.Max(0, x.Log2) + 8;
        var half = FixedPoint.Pi(work + extra) >> 1;
        var middle = x.MiddleInUnits(-work - extra);
        var quarters = Round(middle, half);
        var rest = (middle - (quarters * half)) >> extra;
        var (s, c) = FixedPoint.SinCos(rest, work);
        (s, c) = (int)(((quarters % 4) + 4) % 4) switch { 0 => (s, c), 1 => (c, -s), 2 => (-s, -c), _ => (-c, s) };
        var error = FixedError * Magnitude.PowerOfTwo(-work);
        return (Ball.Of(s, -work, error, bits).Widen(x.Radius), Ball.Of(c, -work, error, bits).Widen(x.Radius));
    }

    public static Ball Atan(Ball x, int bits)
    {
        if (!x.IsKnown || x.IsExactZero) return x;
        if (x.Log2 > 2)
        {
            // From ±2 on by the reciprocal.
            if (x.Sign is not { } sign) return Ball.Unknown;
            var quarter = Pi(bits + 8).Scale(-1);
            return Ball.Subtract(sign > 0 ? quarter : -quarter, Atan(Ball.Divide(Ball.One, x, bits + 8), bits + 8), bits);
        }

        var work = bits + 40;
        var middle = x.MiddleInUnits(-work);
        var one = BigInteger.One << work;
        BigInteger angle;
        if (BigInteger.Abs(middle) <= one) angle = FixedPoint.Atan(middle, work);
        else angle = (middle.Sign * (FixedPoint.Pi(work) >> 1)) - FixedPoint.Atan((one << work) / middle, work);
        return Ball.Of(angle, -work, FixedError * Magnitude.PowerOfTwo(-work), bits).Widen(x.Radius);
    }

    public static Ball Atan2(Ball y, Ball x, int bits)
    {
        if (!y.IsKnown || !x.IsKnown) return y.Undefined is not null ? y : x.Undefined is not null ? x : Ball.Unknown;
        if (x.Sign is 1) return Atan(Ball.Divide(y, x, bits + 8), bits);
        if (y.Sign is { } sign && sign != 0)
        {
            var quarter = Pi(bits + 8).Scale(-1);
            return Ball.Subtract(sign > 0 ? quarter : -quarter, Atan(Ball.Divide(x, y, bits + 8), bits + 8), bits);
        }

        if (!y.IsExactZero || x.Sign is null) return Ball.Unknown;
        return x.Sign < 0 ? Pi(bits) : Ball.Of(0);
    }

    public static Ball Root(Ball x, int degree, int bits)
    {
        if (!x.IsKnown || x.IsExactZero) return x;
        if (x.Sign is not { } sign) return Ball.Unknown;
        if (sign < 0) return degree % 2 == 1 ? -Root(-x, degree, bits) : Ball.None("an even root of a negative number");
        var shift = Math.Max(0, ((long)(bits + 8) * degree) - (long)x.Mantissa.GetBitLength());
        shift += (((x.Exponent - shift) % degree) + degree) % degree;
        var scaled = x.Mantissa << (int)shift;
        var exponent = (x.Exponent - shift) / degree;
        var root = IntegerRoot.Of(scaled, degree);
        var rounding = BigInteger.Pow(root, degree) == scaled ? Magnitude.Zero : Magnitude.PowerOfTwo(exponent);

        // The slope of the root is root/(degree·x); the lower end of x is a bound below.
        var lower = x.Mantissa - x.Radius.InUnits(x.Exponent);
        var value = Ball.Of(root, exponent, rounding, bits);
        return value.Widen(x.Radius * Inverse(lower, x.Exponent) * value.Size * Magnitude.PowerOfTwo(1));
    }

    /// <summary>A whole power by squaring.</summary>
    public static Ball Power(Ball x, BigInteger n, int bits)
    {
        if (!x.IsKnown) return x;
        if (n.Sign < 0) return Ball.Divide(Ball.One, Power(x, -n, bits + 16), bits);
        if (x.Log2 > 1 && n * x.Log2 > LargestExponent * 4) return Ball.None("a power beyond 2^40000000");
        var work = bits + 16 + (2 * (int)n.GetBitLength());
        var result = Ball.One;
        for (var i = (long)n.GetBitLength() - 1; i >= 0; i--)
        {
            result = Ball.Multiply(result, result, work);
            if (!((n >> (int)i).IsEven)) result = Ball.Multiply(result, x, work);
        }

        return result;
    }

    public static Ball Power(Ball x, Ball y, int bits)
    {
        if (x.IsExactZero && y.Sign is 1) return x;
        return Exp(Ball.Multiply(y, Log(x, bits + 32), bits + 32), bits);
    }

    private static BigInteger Round(BigInteger a, BigInteger b)
    {
        var quotient = BigInteger.DivRem((2 * a) + b, 2 * b, out var remainder);
        return remainder.Sign < 0 ? quotient - 1 : quotient;
    }

    private static Magnitude Inverse(BigInteger lower, long exponent)
    {
        if (lower.Sign <= 0) return Magnitude.Infinite;
        var bits = (int)lower.GetBitLength();
        return Magnitude.Of(((BigInteger.One << (bits + 60)) / lower) + 1, -exponent - bits - 60);
    }

    // e^x for x below about -10^8: nothing but its size is known.
    private static Ball Tiny(Ball x) => Ball.Of(0).Widen(Magnitude.PowerOfTwo(-(long)BigInteger.Min(BigInteger.Abs(x.MiddleInUnits(0)), long.MaxValue / 8)));

    private static int BitLength(long k) => 65 - BitOperations.LeadingZeroCount((ulong)Math.Abs(k));
}
