using System.Numerics;
using static Nabla.Symbolics.Ball;

namespace Nabla.Symbolics;

/// <summary>The rows of the table of primitives that have digits beyond those of a double.</summary>
internal static class BallPrimitives
{
    /// <summary>The value of a primitive at balls; null if only its double is known.</summary>
    public static Ball? Of(string name, Ball[] args, int bits)
    {
        var more = bits + 24;
        var x = args[0];
        if (args.Length == 3) return Choose(x, args[1], args[2]);
        if (args.Length == 2) return OfTwo(name, x, args[1], bits);
        switch (name)
        {
            case "exp": return BallFunctions.Exp(x, bits);
            case "exp2": return BallFunctions.Exp(Multiply(x, BallFunctions.Log(Ball.Of(2), more), more), bits);
            case "expm1": return Subtract(BallFunctions.Exp(x, more), One, bits);
            case "log": return BallFunctions.Log(x, bits);
            case "log2": return Divide(BallFunctions.Log(x, more), BallFunctions.Log(Ball.Of(2), more), bits);
            case "log10": return Divide(BallFunctions.Log(x, more), BallFunctions.Log(Ball.Of(10), more), bits);
            case "log1p": return BallFunctions.Log(Add(One, x, more), bits);
            case "cbrt": return BallFunctions.Root(x, 3, bits);
            case "sin": return BallFunctions.SinCos(x, bits).Sin;
            case "cos": return BallFunctions.SinCos(x, bits).Cos;
            case "tan":
                var (sin, cos) = BallFunctions.SinCos(x, more);
                return Divide(sin, cos, bits);
            case "asin": return Arcsine(x, bits);
            case "acos": return Subtract(BallFunctions.Pi(more).Scale(-1), Arcsine(x, more), bits);
            case "atan": return BallFunctions.Atan(x, bits);
            case "sinh": return Hyperbolic(x, bits).Sinh;
            case "cosh": return Hyperbolic(x, bits).Cosh;
            case "tanh":
                var (sinh, cosh) = Hyperbolic(x, more);
                return Divide(sinh, cosh, bits);
            case "asinh":
                var size = Size(x);
                var value = BallFunctions.Log(Add(size, BallFunctions.Root(Add(Multiply(x, x, more), One, more), 2, more), more), bits);
                return x.Sign is -1 ? -value : x.Sign is null ? Unknown : value;
            case "acosh":
                return BallFunctions.Log(Add(x, BallFunctions.Root(Subtract(Multiply(x, x, more), One, more), 2, more), more), bits);
            case "atanh":
                return BallFunctions.Log(Divide(Add(One, x, more), Subtract(One, x, more), more), bits).Scale(-1);
            case "sigmoid": return Divide(One, Add(One, BallFunctions.Exp(-x, more), more), bits);
            case "softplus": return BallFunctions.Log(Add(One, BallFunctions.Exp(x, more), more), bits);
            case "erf": return BallSpecial.Erf(x, bits);
            case "erfc": return Subtract(One, BallSpecial.Erf(x, more), bits);
            case "gamma": return BallSpecial.Gamma(x, bits);
            case "lgamma":
                return x.Sign is 1 ? BallSpecial.LogGamma(x, bits) : x.Sign is null ? Unknown : BallFunctions.Log(Size(BallSpecial.Gamma(x, more)), bits);
            case "abs": return Size(x);
            case "sign": return x.Sign is { } sign ? Ball.Of(sign) : x.IsKnown ? Unknown : x;
            case "floor": return Rounded(x, static (value, unit) => value >> unit);
            case "ceil": return Rounded(x, static (value, unit) => -(-value >> unit));
            case "trunc": return Rounded(x, static (value, unit) => value.Sign < 0 ? -(-value >> unit) : value >> unit);
            case "round": return Rounded(x, RoundToEven);
            case "not": return x.Sign is { } truth ? Ball.Of(truth == 0 ? 1 : 0) : x.IsKnown ? Unknown : x;
            case "isnan": return Ball.Of(x.Undefined is not null ? 1 : 0);
            default: return null;
        }
    }

    private static Ball? OfTwo(string name, Ball a, Ball b, int bits)
    {
        if (a.Undefined is not null) return a;
        if (b.Undefined is not null) return b;
        var more = bits + 24;
        switch (name)
        {
            case "atan2": return BallFunctions.Atan2(a, b, bits);
            case "hypot": return BallFunctions.Root(Add(Multiply(a, a, more), Multiply(b, b, more), more), 2, bits);
            case "max": return Extremum(a, b, BigInteger.Max, Subtract(a, b, bits).Sign);
            case "min": return Extremum(a, b, BigInteger.Min, -Subtract(a, b, bits).Sign);
            case "copysign": return b.Sign is { } sign ? (sign < 0 ? -Size(a) : Size(a)) : Unknown;
            case "floordivide": return Of("floor", [Divide(a, b, more)], bits);
            case "remainder": return Subtract(a, Multiply(b, Of("floor", [Divide(a, b, more)], more) ?? Unknown, more), bits);
            case "fmod": return Subtract(a, Multiply(b, Of("trunc", [Divide(a, b, more)], more) ?? Unknown, more), bits);
            case "less": return Truth(Subtract(a, b, bits).Sign, static sign => sign < 0);
            case "lessequal": return Truth(Subtract(a, b, bits).Sign, static sign => sign <= 0);
            case "equal" or "kroneckerdelta": return Truth(Subtract(a, b, bits).Sign, static sign => sign == 0);
            case "notequal": return Truth(Subtract(a, b, bits).Sign, static sign => sign != 0);
            case "and": return a.IsExactZero || b.IsExactZero ? Ball.Of(0) : Truth(a.Sign is null ? null : b.Sign, static _ => true);
            case "or": return a.Sign is 1 or -1 || b.Sign is 1 or -1 ? One : Truth(a.Sign is null ? null : b.Sign, static _ => false);
            case "xor": return a.Sign is { } first && b.Sign is { } second ? Ball.Of((first != 0) != (second != 0) ? 1 : 0) : Unknown;
            default: return null;
        }
    }

    private static Ball Choose(Ball condition, Ball a, Ball b) =>
        condition.Undefined is not null ? condition : condition.Sign is not { } sign ? Unknown : sign != 0 ? a : b;

    private static Ball Truth(int? sign, Func<int, bool> test) => sign is { } known ? Ball.Of(test(known) ? 1 : 0) : Unknown;

    private static Ball Arcsine(Ball x, int bits)
    {
        var more = bits + 24;
        var rest = Multiply(Subtract(One, x, more), Add(One, x, more), more);
        return rest.Sign is -1 ? None("the inverse sine of a number beyond ±1") : BallFunctions.Atan2(x, BallFunctions.Root(rest, 2, more), bits);
    }

    private static (Ball Sinh, Ball Cosh) Hyperbolic(Ball x, int bits)
    {
        var more = bits + 24;
        var up = BallFunctions.Exp(x, more);
        var down = Divide(One, up, more);
        return (Subtract(up, down, bits).Scale(-1), Add(up, down, bits).Scale(-1));
    }

    private static Ball Size(Ball x)
    {
        if (!x.IsKnown) return x;
        if (x.Sign is { } sign) return sign < 0 ? -x : x;
        var unit = x.Radius.Log2 - 60;
        var (lower, upper) = x.EndsInUnits(unit);
        return Between(0, BigInteger.Max(-lower, upper), unit);
    }

    private static Ball Extremum(Ball a, Ball b, Func<BigInteger, BigInteger, BigInteger> choose, int? sign)
    {
        if (!a.IsKnown || !b.IsKnown) return Unknown;
        if (sign is { } known) return known >= 0 ? a : b;
        var unit = Math.Min(a.Exponent, b.Exponent);
        var (left, right) = (a.EndsInUnits(unit), b.EndsInUnits(unit));
        return Between(choose(left.Lower, right.Lower), choose(left.Upper, right.Upper), unit);
    }

    // Known where both ends round alike.
    private static Ball Rounded(Ball x, Func<BigInteger, int, BigInteger> round)
    {
        if (!x.IsKnown) return x;
        var unit = Math.Min(x.Exponent, 0);
        if (x.Radius.Log2 > 1_000_000 || unit < -10_000_000) return Unknown;
        var (lower, upper) = x.EndsInUnits(unit);
        var (low, high) = (round(lower, (int)-unit), round(upper, (int)-unit));
        return low == high ? Ball.Of(low) : Unknown;
    }

    private static BigInteger RoundToEven(BigInteger value, int unit)
    {
        if (unit == 0) return value;
        var below = value >> unit;
        var twice = (value - (below << unit)) << 1;
        var order = twice.CompareTo(BigInteger.One << unit);
        return order > 0 || (order == 0 && !below.IsEven) ? below + 1 : below;
    }
}
