using System.Runtime.CompilerServices;

namespace Nabla.Symbolics;

/// <summary>
/// The logarithm family. x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), so that log x = k ln 2 + log(1 + f);
/// log(1 + f) = f - f^2/2 + ..., by a polynomial in f (float) or in s = f / (2 + f) (double).
/// Denormals are exact arguments. Coefficients: tests/Nabla.Symbolics.Tests/Reference/polynomials.py.
/// </summary>
internal static class VectorLog
{
    private const float Ln2HighF = 0.693359375f, Ln2LowF = -2.12194440e-4f;
    private const double Ln2HighD = 6.93147180369123816490e-01, Ln2LowD = 1.90821492927058770002e-10;
    private const int SqrtHalfF = 0x3F3504F3, OneF = 0x3F800000;
    private const long SqrtHalfD = 0x3FE6A09E667F3BCD, OneD = 0x3FF0000000000000;

    // ---- float ----

    internal readonly struct LogF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, float>
        {
            TV f = SplitF(x, out TV k);
            return SpecialF(x, SumF(f, k));
        }
    }

    internal readonly struct Log2F : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, float>
        {
            TV f = SplitF(x, out TV k);
            TV log = SumF(f, TV.Zero);
            // 1 / ln 2 = 1 + 0.4427: the part that is 1 needs no rounding.
            TV y = TV.MultiplyAdd(log, 0.442695041f, log) + k;
            return SpecialF(x, y);
        }
    }

    internal readonly struct Log10F : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, float>
        {
            TV f = SplitF(x, out TV k);
            // log10(2) in two parts, the first exact when multiplied by k.
            TV low = TV.MultiplyAdd(SumF(f, TV.Zero), 0.434294482f, k * 4.60503898e-6f);
            return SpecialF(x, TV.MultiplyAdd(k, 0.301025391f, low));
        }
    }

    internal readonly struct Log1pF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, float>
        {
            TV u = TV.One + x;
            TV shifted = TV.AddBits(u, OneF - SqrtHalfF);
            TV biased = shifted >>> 23;
            TV k = ExponentF(biased);
            // f = 2^-k (1 + x) - 1 from x itself, so that what 1 + x rounded away is not lost. 2^(2-k) is a normal number where 2^-k is not.
            TV s = TV.SubtractBits(TV.Bits(256), biased) << 23;
            TV f = TV.MultiplyAdd(s * x, 0.25f, TV.MultiplyAdd(s, 0.25f, -1f));
            return TV.CopySign(SpecialF(u, SumF(f, k)), x);
        }
    }

    /// <summary>log(1 + e^x) = max(x, 0) + log1p(e^-|x|)</summary>
    internal readonly struct SoftplusF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, float>
        {
            // e is in [0, 1], so 1 + e needs no more than one halving.
            TV e = VectorExp.ExpF.Apply(-TV.Abs(x));
            TV halve = e > 0.41421356f;
            TV f = TV.Select(halve, TV.MultiplyAdd(e, 0.5f, -0.5f), e);
            TV log = SumF(f, halve & TV.One);
            return log + TV.Select(x < TV.Zero, TV.Zero, x);
        }
    }

    // f with x = 2^k (1 + f)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV SplitF<TV>(TV x, out TV k)
        where TV : struct, ILanes<TV, float>
    {
        TV denormal = x < 1.17549435e-38f;
        TV scaled = TV.Select(denormal, x * 16777216f, x);
        TV shifted = TV.AddBits(scaled, OneF - SqrtHalfF);
        k = ExponentF(shifted >>> 23) - (denormal & TV.All(24));
        return TV.AddBits(shifted & TV.Bits(0x007FFFFF), SqrtHalfF) - TV.One;
    }

    // A small integer in the low bits of 2^23 is 2^23 plus that integer.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV ExponentF<TV>(TV biased) where TV : struct, ILanes<TV, float> =>
        (biased | TV.Bits(0x4B000000)) - (8388608f + 127f);

    // k ln 2 + log(1 + f)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV SumF<TV>(TV f, TV k)
        where TV : struct, ILanes<TV, float>
    {
        TV z = f * f;
        // In pairs, which are independent of each other: half the latency of Horner's scheme.
        TV p = TV.MultiplyAdd(z, 0.0697161183f, TV.MultiplyAdd(f, -0.114797339f, 0.116854198f));
        p = TV.MultiplyAdd(p, z, TV.MultiplyAdd(f, -0.124256872f, 0.142490581f));
        p = TV.MultiplyAdd(p, z, TV.MultiplyAdd(f, -0.166678026f, 0.200007156f));
        p = TV.MultiplyAdd(p, z, TV.MultiplyAdd(f, -0.24999997f, 0.333333313f));
        TV low = TV.MultiplyAdd(z * f, p, k * Ln2LowF);
        low = TV.MultiplyAdd(z, -0.5f, low);
        return TV.MultiplyAdd(k, Ln2HighF, f + low);
    }

    // log 0 = -inf, log inf = inf, log of a negative number or of NaN is NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV SpecialF<TV>(TV x, TV y)
        where TV : struct, ILanes<TV, float>
    {
        TV regular = (x > TV.Zero) & (x < float.PositiveInfinity);
        return TV.AllTrue(regular) ? y : TV.Select(regular, y, IrregularF(x));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TV IrregularF<TV>(TV x)
        where TV : struct, ILanes<TV, float>
    {
        TV infinity = TV.All(float.PositiveInfinity);
        TV positive = TV.Select(x > TV.Zero, infinity, TV.All(float.NaN));
        return TV.Select(TV.Equal(x, TV.Zero), -infinity, positive);
    }

    // ---- double ----

    internal readonly struct LogD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV f = SplitD(x, out TV k);
            return SpecialD(x, SumD(f, k));
        }
    }

    internal readonly struct Log2D : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV f = SplitD(x, out TV k);
            TV log = SumD(f, TV.Zero);
            TV y = TV.MultiplyAdd(log, 0.44269504088896340, log) + k;
            return SpecialD(x, y);
        }
    }

    internal readonly struct Log10D : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV f = SplitD(x, out TV k);
            TV low = TV.MultiplyAdd(SumD(f, TV.Zero), 0.43429448190325182, k * 3.69423907715893078616e-13);
            return SpecialD(x, TV.MultiplyAdd(k, 3.01029995663611771306e-01, low));
        }
    }

    internal readonly struct Log1pD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV u = TV.One + x;
            TV biased = TV.AddBits(u, OneD - SqrtHalfD) >>> 52;
            TV k = ExponentD(biased);
            TV s = TV.SubtractBits(TV.Bits(2048), biased) << 52;
            TV f = TV.MultiplyAdd(s * x, 0.25, TV.MultiplyAdd(s, 0.25, -1));
            return TV.CopySign(SpecialD(u, SumD(f, k)), x);
        }
    }

    /// <inheritdoc cref="SoftplusF"/>
    internal readonly struct SoftplusD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV e = VectorExp.ExpD.Apply(-TV.Abs(x));
            TV halve = e > 0.41421356;
            TV f = TV.Select(halve, TV.MultiplyAdd(e, 0.5, -0.5), e);
            TV log = SumD(f, halve & TV.One);
            return log + TV.Select(x < TV.Zero, TV.Zero, x);
        }
    }

    /// <summary>f in [sqrt(1/2) - 1, sqrt(2) - 1) with x = 2^k (1 + f), for 0 &lt; x &lt; inf.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TV SplitD<TV>(TV x, out TV k)
        where TV : struct, ILanes<TV, double>
    {
        TV denormal = x < 2.2250738585072014e-308;
        TV scaled = TV.Select(denormal, x * 18014398509481984, x);
        TV shifted = TV.AddBits(scaled, OneD - SqrtHalfD);
        k = ExponentD(shifted >>> 52) - (denormal & TV.All(54));
        return TV.AddBits(shifted & TV.Bits(0x000FFFFFFFFFFFFF), SqrtHalfD) - TV.One;
    }

    // A small integer in the low bits of 2^52 is 2^52 plus that integer: the conversion that AVX2 lacks.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV ExponentD<TV>(TV biased) where TV : struct, ILanes<TV, double> =>
        (biased | TV.Bits(0x4330000000000000)) - (4503599627370496 + 1023.0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV SumD<TV>(TV f, TV k)
        where TV : struct, ILanes<TV, double>
    {
        TV s = f / (f + 2);
        TV z = s * s;
        TV half = f * f * 0.5;
        TV p = TV.MultiplyAdd(z, 0.1308675766695207, 0.13268760562036724);
        p = TV.MultiplyAdd(p, z, 0.15386240172447838);
        p = TV.MultiplyAdd(p, z, 0.18181795631498243);
        p = TV.MultiplyAdd(p, z, 0.22222222391794727);
        p = TV.MultiplyAdd(p, z, 0.28571428570803253);
        p = TV.MultiplyAdd(p, z, 0.40000000000000879);
        p = TV.MultiplyAdd(p, z, 0.66666666666666663);
        TV low = TV.MultiplyAdd(s, TV.MultiplyAdd(z, p, half), k * Ln2LowD);
        return TV.MultiplyAdd(k, Ln2HighD, f - (half - low));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV SpecialD<TV>(TV x, TV y)
        where TV : struct, ILanes<TV, double>
    {
        TV regular = (x > TV.Zero) & (x < double.PositiveInfinity);
        return TV.AllTrue(regular) ? y : TV.Select(regular, y, IrregularD(x));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TV IrregularD<TV>(TV x)
        where TV : struct, ILanes<TV, double>
    {
        TV infinity = TV.All(double.PositiveInfinity);
        TV positive = TV.Select(x > TV.Zero, infinity, TV.All(double.NaN));
        return TV.Select(TV.Equal(x, TV.Zero), -infinity, positive);
    }
}
