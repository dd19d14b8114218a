using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Symbolics;

/// <summary>
/// The exponential family. With k = round(x / ln 2) and r = x - k ln 2, |r| at most 0.35: e^x = 2^k e^r, e^r by a polynomial.
/// Adding 1.5 * 2^23 (2^52 in double) rounds to an integer and leaves it in the low bits, so no conversion is needed.
/// Underflow is gradual: 2^k is applied by the instruction for it, or as two factors with the same result. Coefficients: tests/Nabla.Symbolics.Tests/Reference/polynomials.py.
/// </summary>
internal static class VectorExp
{
    private const float RoundF = 12582912f;
    private const double RoundD = 6755399441055744;
    private const double Log2E = 1.4426950408889634;

    // ln 2 in two parts; the first has trailing zero bits, so that k times it is exact.
    private const float Ln2HighF = 0.693359375f, Ln2LowF = -2.12194440e-4f;
    private const double Ln2HighD = 6.93147180369123816490e-01, Ln2LowD = 1.90821492927058770002e-10;

    // The native minimum and maximum of x86 return the second operand if either is NaN, those of ARM the NaN; WebAssembly's do neither.
    private static bool ClampKeepsNan => X86Base.IsSupported || AdvSimd.IsSupported;

    // ---- float ----

    internal readonly struct ExpF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, float>
        {
            TV c = ClampF(x, -105f, 89f);
            TV t = TV.MultiplyAdd(c, (float)Log2E, RoundF);
            TV k = t - RoundF;
            TV r = TV.MultiplyAdd(k, -Ln2LowF, TV.MultiplyAdd(k, -Ln2HighF, c));
            TV p = TV.MultiplyAdd(QuadraticF(r), r * r, r) + TV.One;
            return KeepNanF(x, ScaleF(p, t, k));
        }
    }

    /// <summary>e^x for x in [-87, 88], without the care for overflow and underflow; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV ExpModerateF<TV>(TV x)
        where TV : struct, ILanes<TV, float>
    {
        TV t = TV.MultiplyAdd(x, (float)Log2E, RoundF);
        TV k = t - RoundF;
        TV r = TV.MultiplyAdd(k, -Ln2LowF, TV.MultiplyAdd(k, -Ln2HighF, x));
        TV p = TV.MultiplyAdd(QuadraticF(r), r * r, r) + TV.One;
        return TV.CanScale ? TV.Scale(p, k) : p * (TV.AddBits(t, 127) << 23);
    }

    internal readonly struct Exp2F : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, float>
        {
            TV c = ClampF(x, -151f, 129f);
            TV t = c + RoundF;
            TV k = t - RoundF;
            TV r = (c - k) * 0.693147181f;
            TV p = TV.MultiplyAdd(QuadraticF(r), r * r, r) + TV.One;
            return KeepNanF(x, ScaleF(p, t, k));
        }
    }

    internal readonly struct Expm1F : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, float>
        {
            TV c = ClampF(x, -30f, 89f);
            TV t = TV.MultiplyAdd(c, (float)Log2E, RoundF);
            TV k = t - RoundF;
            TV r = TV.MultiplyAdd(k, -Ln2LowF, TV.MultiplyAdd(k, -Ln2HighF, c));
            TV p = TV.MultiplyAdd(QuadraticF(r), r * r, r);
            // 2^k p + (2^k - 1), with 2^(k-1) because 2^128 is not a float; for k = 0 it is p itself, which keeps denormals whole.
            TV s = (TV.AddBits(t, 126) << 23);
            TV scaled = TV.MultiplyAdd(s, p, s - 0.5f);
            TV y = TV.Select(TV.Equal(k, TV.Zero), p, scaled + scaled);
            return KeepNanF(x, TV.CopySign(y, x));
        }
    }

    /// <summary>
    /// 1 / (1 + e^-x), e^-x being 2^k (1 + p): with u = 2^-|k| it is 1 / (1 + u (1 + p)) on the right and u / (1 + p + u) on the left,
    /// so that nothing overflows and the left tail keeps its digits.
    /// </summary>
    internal readonly struct SigmoidF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, float>
        {
            TV c = ClampF(-x, -105f, 105f);
            TV t = TV.MultiplyAdd(c, (float)Log2E, RoundF);
            TV k = t - RoundF;
            TV r = TV.MultiplyAdd(k, -Ln2LowF, TV.MultiplyAdd(k, -Ln2HighF, c));
            TV p = TV.MultiplyAdd(QuadraticF(r), r * r, r);
            TV shift = -TV.Abs(k);
            TV u = ScaleF(TV.One, shift + RoundF, shift);
            TV isLeft = k > TV.Zero;
            TV sum = u + TV.One, lost = u - (sum - TV.One);
            TV y = TV.One / (sum + TV.MultiplyAdd(TV.Select(isLeft, TV.One, u), p, lost));
            return KeepNanF(x, TV.Select(isLeft, y * u, y));
        }
    }

    // (e^r - 1 - r) / r^2
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV QuadraticF<TV>(TV r)
        where TV : struct, ILanes<TV, float>
    {
        TV p = TV.MultiplyAdd(r, 0.00139269268f, 0.00836377405f);
        p = TV.MultiplyAdd(p, r, 0.0416665487f);
        p = TV.MultiplyAdd(p, r, 0.166665733f);
        return TV.MultiplyAdd(p, r, 0.5f);
    }

    // p * 2^k, k being the low bits of t; the high bits are shifted out. Two factors, each a normal number, and a product that may
    // overflow or underflow gradually, where there is no instruction for it. (Adding k to the exponent bits of p would be quicker, but makes numbers of some NaNs.)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV ScaleF<TV>(TV p, TV t, TV k)
        where TV : struct, ILanes<TV, float>
    {
        if (TV.CanScale) return TV.Scale(p, k);
        TV half = t >>> 1;
        TV first = TV.AddBits(half, 127) << 23;
        TV second = TV.AddBits(TV.SubtractBits(t, half), 127) << 23;
        return p * first * second;
    }

    /// <summary>e^x / 2 for x >= 0, which is finite where e^x no longer is; inf from 90 on, NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV HalfExpF<TV>(TV x)
        where TV : struct, ILanes<TV, float>
    {
        TV c = TV.Min(TV.All(91f), x);
        TV t = TV.MultiplyAdd(c, (float)Log2E, RoundF);
        TV k = t - RoundF;
        TV r = TV.MultiplyAdd(k, -Ln2LowF, TV.MultiplyAdd(k, -Ln2HighF, c));
        TV p = TV.MultiplyAdd(QuadraticF(r), r * r, r) + TV.One;
        return KeepNanF(x, ScaleF(p, TV.AddBits(t, -1), k - TV.One));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV ClampF<TV>(TV x, float low, float high) where TV : struct, ILanes<TV, float> =>
        TV.Max(TV.All(low), TV.Min(TV.All(high), x));

    /// <summary>The smaller of x and a number; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV AtMostF<TV>(TV x, float high) where TV : struct, ILanes<TV, float> =>
        ClampKeepsNan ? TV.Min(TV.All(high), x) : TV.Select(x > high, high, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV KeepNanF<TV>(TV x, TV y) where TV : struct, ILanes<TV, float> => ClampKeepsNan ? y : TV.Select(TV.Equal(x, x), y, x);

    // ---- double ----

    internal readonly struct ExpD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x) where TV : struct, ILanes<TV, double> => ExpTimesPowerOfTwoD(x, 0);
    }

    /// <summary>e^x 2^power without intermediate overflow: e^x / 2 is finite where e^x no longer is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV ExpTimesPowerOfTwoD<TV>(TV x, long power)
        where TV : struct, ILanes<TV, double>
    {
        TV c = ClampD(x, -746, 712);
        TV t = TV.MultiplyAdd(c, Log2E, RoundD);
        TV k = t - RoundD;
        TV r = TV.MultiplyAdd(k, -Ln2LowD, TV.MultiplyAdd(k, -Ln2HighD, c));
        TV p = TV.MultiplyAdd(QuadraticD(r), r * r, r) + TV.One;
        return KeepNanD(x, ScaleD(p, t, k, power));
    }

    /// <summary>(a + aRest) e^(x + xRest) for x in [-800, 709] and tiny rests, in little more than one rounding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV TimesExpD<TV>(TV a, TV aRest, TV x, TV xRest)
        where TV : struct, ILanes<TV, double>
    {
        TV t = TV.MultiplyAdd(x, Log2E, RoundD);
        TV k = t - RoundD;
        TV first = TV.MultiplyAdd(k, -Ln2HighD, x), second = TV.MultiplyAdd(k, -Ln2LowD, xRest);
        TV r = first + second, rRest = second - (r - first);
        TV p = r + TV.MultiplyAdd(QuadraticD(r), r * r, rRest);
        return ScaleD(a + TV.MultiplyAdd(a, p, aRest), t, k, 0);
    }

    /// <summary>e^x for x in [-708, 709], without the care for overflow and underflow; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV ExpModerateD<TV>(TV x)
        where TV : struct, ILanes<TV, double>
    {
        TV t = TV.MultiplyAdd(x, Log2E, RoundD);
        TV k = t - RoundD;
        TV r = TV.MultiplyAdd(k, -Ln2LowD, TV.MultiplyAdd(k, -Ln2HighD, x));
        TV p = TV.MultiplyAdd(QuadraticD(r), r * r, r) + TV.One;
        return TV.CanScale ? TV.Scale(p, k) : p * (TV.AddBits(t, 1023) << 52);
    }

    internal readonly struct Exp2D : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV c = ClampD(x, -1076, 1025);
            TV t = c + RoundD;
            TV k = t - RoundD;
            TV r = (c - k) * 0.69314718055994531;
            TV p = TV.MultiplyAdd(QuadraticD(r), r * r, r) + TV.One;
            return KeepNanD(x, ScaleD(p, t, k, 0));
        }
    }

    internal readonly struct Expm1D : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV c = ClampD(x, -50, 709.9);
            TV t = TV.MultiplyAdd(c, Log2E, RoundD);
            TV k = t - RoundD;
            TV r = TV.MultiplyAdd(k, -Ln2LowD, TV.MultiplyAdd(k, -Ln2HighD, c));
            TV p = TV.MultiplyAdd(QuadraticD(r), r * r, r);
            TV s = (TV.AddBits(t, 1022) << 52);
            TV scaled = TV.MultiplyAdd(s, p, s - 0.5);
            TV y = TV.Select(TV.Equal(k, TV.Zero), p, scaled + scaled);
            return KeepNanD(x, TV.CopySign(y, x));
        }
    }

    /// <inheritdoc cref="SigmoidF"/>
    internal readonly struct SigmoidD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV c = ClampD(-x, -746, 746);
            TV t = TV.MultiplyAdd(c, Log2E, RoundD);
            TV k = t - RoundD;
            TV r = TV.MultiplyAdd(k, -Ln2LowD, TV.MultiplyAdd(k, -Ln2HighD, c));
            TV p = TV.MultiplyAdd(QuadraticD(r), r * r, r);
            TV shift = -TV.Abs(k);
            TV u = ScaleD(TV.One, shift + RoundD, shift, 0);
            TV isLeft = k > TV.Zero;
            TV sum = u + TV.One, lost = u - (sum - TV.One);
            TV y = TV.One / (sum + TV.MultiplyAdd(TV.Select(isLeft, TV.One, u), p, lost));
            return KeepNanD(x, TV.Select(isLeft, y * u, y));
        }
    }

    // (e^r - 1 - r) / r^2
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV QuadraticD<TV>(TV r)
        where TV : struct, ILanes<TV, double>
    {
        TV p = TV.MultiplyAdd(r, 2.0915442297780116e-09, 2.5106274733573296e-08);
        p = TV.MultiplyAdd(p, r, 2.75572718102198e-07);
        p = TV.MultiplyAdd(p, r, 2.7557252833516911e-06);
        p = TV.MultiplyAdd(p, r, 2.4801587327007187e-05);
        p = TV.MultiplyAdd(p, r, 0.00019841269876864356);
        p = TV.MultiplyAdd(p, r, 0.0013888888888883327);
        p = TV.MultiplyAdd(p, r, 0.0083333333333255443);
        p = TV.MultiplyAdd(p, r, 0.041666666666666671);
        p = TV.MultiplyAdd(p, r, 0.16666666666666671);
        return TV.MultiplyAdd(p, r, 0.5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV ScaleD<TV>(TV p, TV t, TV k, long power)
        where TV : struct, ILanes<TV, double>
    {
        if (TV.CanScale) return TV.Scale(p, power == 0 ? k : k + power);
        TV whole = TV.AddBits(t, power);
        TV half = whole >>> 1;
        TV first = TV.AddBits(half, 1023) << 52;
        TV second = TV.AddBits(TV.SubtractBits(whole, half), 1023) << 52;
        return p * first * second;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV ClampD<TV>(TV x, double low, double high) where TV : struct, ILanes<TV, double> =>
        TV.Max(TV.All(low), TV.Min(TV.All(high), x));

    /// <inheritdoc cref="AtMostF"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV AtMostD<TV>(TV x, double high) where TV : struct, ILanes<TV, double> =>
        ClampKeepsNan ? TV.Min(TV.All(high), x) : TV.Select(x > high, high, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV KeepNanD<TV>(TV x, TV y) where TV : struct, ILanes<TV, double> => ClampKeepsNan ? y : TV.Select(TV.Equal(x, x), y, x);
}
