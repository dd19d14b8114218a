using System.Numerics;

namespace Nabla.Symbolics.Tests;

/// <summary>The circular functions and their inverses.</summary>
internal static partial class DoubleDoubleFunctions
{
    private static readonly BigInteger HalfPiBits = MakeHalfPi();
    private const int HalfPiScale = 1300;

    public static DoubleDouble Sin(double x)
    {
        (DoubleDouble sin, DoubleDouble cos) = SinCosReduced(Reduce(x, out int quadrant));
        DoubleDouble y = (quadrant & 1) == 0 ? sin : cos;
        return (quadrant & 2) == 0 ? y : -y;
    }

    public static DoubleDouble Cos(double x)
    {
        (DoubleDouble sin, DoubleDouble cos) = SinCosReduced(Reduce(x, out int quadrant));
        DoubleDouble y = (quadrant & 1) == 0 ? cos : sin;
        return quadrant is 1 or 2 ? -y : y;
    }

    public static DoubleDouble Tan(double x)
    {
        (DoubleDouble sin, DoubleDouble cos) = SinCosReduced(Reduce(x, out int quadrant));
        return (quadrant & 1) == 0 ? sin / cos : -cos / sin;
    }

    public static DoubleDouble Atan(double x) => Math.Abs(x) <= 1 ? AtanSmall(x)
        : x > 0 ? HalfPi + HalfPiRest - AtanSmall(1 / (DoubleDouble)x) : -HalfPi - HalfPiRest - AtanSmall(1 / (DoubleDouble)x);

    public static DoubleDouble Atan2(double y, double x)
    {
        DoubleDouble a = Math.Abs(y), b = Math.Abs(x);
        DoubleDouble angle = a.High <= b.High ? AtanSmall(a / b) : HalfPi + HalfPiRest - AtanSmall(b / a);
        if (double.IsNegative(x)) angle = 2 * HalfPi + 2 * HalfPiRest - angle;
        return y < 0 ? -angle : angle;
    }

    public static DoubleDouble Asin(double x)
    {
        double guess = Math.Asin(x);
        if (Math.Abs(x) == 1) return x * (HalfPi + HalfPiRest);
        (DoubleDouble sin, DoubleDouble cos) = SinCosReduced(Reduce(guess, out int quadrant));
        if (quadrant != 0) (sin, cos) = quadrant == 1 ? (cos, -sin) : (-cos, sin);
        DoubleDouble step = (x - sin) / cos;
        return guess + step * (1 + step * sin / cos * 0.5);
    }

    public static DoubleDouble Acos(double x)
    {
        if (x == 1) return 0;
        if (x < 0.5) return HalfPi + HalfPiRest - Asin(x);
        // cos y - x = (1 - x) - 2 sin^2(y/2), where nothing is lost
        double guess = Math.Acos(x);
        (DoubleDouble half, _) = SinCosReduced((DoubleDouble)guess * 0.5);
        (DoubleDouble sin, DoubleDouble cos) = SinCosReduced(guess);
        DoubleDouble step = (DoubleDouble.Sum(1, -x) - 2 * half * half) / sin;
        return guess + step * (1 - step * cos / sin * 0.5);
    }

    // atan of |t| at most 1: one Newton step from the double result.
    private static DoubleDouble AtanSmall(DoubleDouble t)
    {
        double guess = Math.Atan(t.High);
        (DoubleDouble sin, DoubleDouble cos) = SinCosReduced(guess);
        return guess + (t * cos - sin) / (cos + t * sin);
    }

    // x - quadrant pi/2; pi has as many digits as the largest double can use up.
    private static DoubleDouble Reduce(double x, out int quadrant)
    {
        if (Math.Abs(x) < 1e5)
        {
            double k = Math.Round(x / HalfPi.High);
            quadrant = (int)k & 3;
            // k has 17 bits, so that these products are exact as sums of two doubles.
            return x - DoubleDouble.Product(k, HalfPi.High) - DoubleDouble.Product(k, HalfPi.Low) - k * HalfPiRest;
        }

        int exponent = Math.ILogB(x) - 52;
        var whole = new BigInteger(Math.ScaleB(x, -exponent)) << (HalfPiScale + exponent);
        BigInteger multiple = BigInteger.DivRem((2 * whole) + HalfPiBits, 2 * HalfPiBits, out BigInteger rest);
        if (rest.Sign < 0) (multiple, rest) = (multiple - 1, rest + (2 * HalfPiBits));
        quadrant = (int)(multiple & 3);
        rest = (rest - HalfPiBits) / 2;
        int bits = (int)BigInteger.Abs(rest).GetBitLength(), drop = Math.Max(0, bits - 120);
        rest >>= drop;
        double high = (double)rest;
        return DoubleDouble.Scale(DoubleDouble.Sum(high, (double)(rest - new BigInteger(high))), drop - HalfPiScale);
    }

    private static (DoubleDouble Sin, DoubleDouble Cos) SinCosReduced(DoubleDouble r)
    {
        DoubleDouble z = r * r, sin = Factorials[29], cos = Factorials[28];
        for (int n = 27; n >= 1; n -= 2)
        {
            sin = Factorials[n] - sin * z;
            cos = Factorials[n - 1] - cos * z;
        }
        return (sin * r, cos);
    }

    // Machin: pi/4 = 4 atan(1/5) - atan(1/239)
    private static BigInteger MakeHalfPi()
    {
        const int Guard = 64;
        BigInteger one = BigInteger.One << (HalfPiScale + Guard);
        return ((8 * Inverse(5)) - (2 * Inverse(239))) >> Guard;

        BigInteger Inverse(int n)
        {
            BigInteger power = one / n, sum = power;
            for (int k = 3, sign = -1; !power.IsZero; k += 2, sign = -sign)
            {
                power /= n * n;
                sum += sign * power / k;
            }
            return sum;
        }
    }
}
