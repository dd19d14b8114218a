using System.Runtime.CompilerServices;

namespace Nabla.Symbolics;

/// <summary>
/// x^y. In float as 2^(y log2 |x|) in double, with polynomials just long enough for a float result; special cases as in C.
/// In double the logarithm has about 65 digits, as the exponent, up to 745, multiplies its error.
/// </summary>
internal static class VectorPow
{
    private const double RoundD = 6755399441055744;
    private const long SqrtHalf = 0x3FE6A09E667F3BCD, One = 0x3FF0000000000000;

    internal readonly struct PowF : IBinaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x, TV y)
            where TV : struct, ILanes<TV, float>
        {
            TV a = TV.Abs(x);
            TV power = TV.Widened2<PositiveD>(a, y);
            TV infinity = TV.All(float.PositiveInfinity);
            TV regular = (x > TV.Zero) & (a < infinity) & (TV.Abs(y) < infinity);
            return TV.AllTrue(regular) ? power : Special<TV, float>(x, y, power);
        }
    }

    // a^y for 0 < a < inf, finite y, good enough for a float; float denormals are normal in double.
    private readonly struct PositiveD : IBinaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV y)
            where TV : struct, ILanes<TV, double>
        {
            TV shifted = TV.AddBits(a, One - SqrtHalf);
            TV k = ((shifted >>> 52) | TV.Bits(0x4330000000000000)) - (4503599627370496 + 1023.0);
            TV f = TV.AddBits(shifted & TV.Bits(0x000FFFFFFFFFFFFF), SqrtHalf) - TV.One;
            TV log = Log1pD(f);
            TV e = y * TV.MultiplyAdd(log, 1.4426950408889634, k);
            // 2^e, e in the range where the result is neither 0 nor inf in float, with room on both sides
            e = TV.Max(TV.All(-200), TV.Min(TV.All(200), e));
            TV t = e + RoundD;
            TV r = (e - (t - RoundD)) * 0.69314718055994531;
            TV p = ExpD(r);
            return TV.AddBits(p, t << 52);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV Log1pD<TV>(TV f)
        where TV : struct, ILanes<TV, double>
    {
        TV s = f / (f + 2);
        TV z = s * s;
        TV p = TV.MultiplyAdd(z, 0.19362768670384808, 0.22191394913518414);
        p = TV.MultiplyAdd(p, z, 0.28571754629111484);
        p = TV.MultiplyAdd(p, z, 0.39999998796881109);
        p = TV.MultiplyAdd(p, z, 0.66666666667375429);
        return s * TV.MultiplyAdd(p, z, 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV ExpD<TV>(TV r)
        where TV : struct, ILanes<TV, double>
    {
        TV p = TV.MultiplyAdd(r, 2.4860745193047496e-05, 0.00019900441465296745);
        p = TV.MultiplyAdd(p, r, 0.0013888852633922931);
        p = TV.MultiplyAdd(p, r, 0.0083332970674287188);
        p = TV.MultiplyAdd(p, r, 0.041666666722200998);
        p = TV.MultiplyAdd(p, r, 0.16666666722219042);
        p = TV.MultiplyAdd(p, r, 0.5);
        return TV.MultiplyAdd(p, r * r, r) + TV.One;
    }

    internal readonly struct PowD : IBinaryOperator<double>
    {
        // ln 2 in two parts; the first, times a whole number below 2^11, is exact.
        private const double Ln2High = 6.93147180369123816490e-01, Ln2Low = 1.90821492927058770002e-10;
        private const double TwoThirds = 0.6666666666666666, TwoThirdsRest = 3.700743415417188e-17;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x, TV y)
            where TV : struct, ILanes<TV, double>
        {
            TV a = TV.Abs(x);
            TV log = Log(a, out TV logRest);
            // y log a, whose rounding would be multiplied by the size of the exponent
            TV e = y * log;
            TV eRest = TV.MultiplyAdd(y, logRest, TV.Fma(y, log, -e));
            TV c = TV.Max(TV.All(-800), TV.Min(TV.All(800), e));
            TV power = VectorExp.TimesExpD(TV.One, TV.Zero, c, TV.Equal(c, e) & eRest);
            TV regular = (x > TV.Zero) & (x < double.PositiveInfinity) & (TV.Abs(y) < double.PositiveInfinity);
            return TV.AllTrue(regular) ? power : Special<TV, double>(x, y, power);
        }

        // log a for 0 < a < inf to about 65 digits: with s = f / (2 + f), k ln 2 + 2s + 2/3 s^3 as sums of two doubles, the rest in double.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TV Log<TV>(TV a, out TV rest)
            where TV : struct, ILanes<TV, double>
        {
            TV f = VectorLog.SplitD(a, out TV k);
            TV d = f + 2, dRest = f - (d - 2);
            TV inverse = TV.One / d, s = f * inverse;
            TV sRest = (TV.Fma(-s, d, f) - s * dRest) * inverse;
            TV z = s * s, zRest = TV.MultiplyAdd(s + s, sRest, TV.Fma(s, s, -z));
            TV cube = s * z, cubeRest = TV.MultiplyAdd(s, zRest, TV.MultiplyAdd(sRest, z, TV.Fma(s, z, -cube)));
            TV third = cube * TwoThirds;
            TV thirdRest = TV.Fma(cube, TwoThirds, -third) + TV.MultiplyAdd(cubeRest, TwoThirds, cube * TwoThirdsRest);
            TV p = TV.MultiplyAdd(z, 0.11723170160799075, 0.11706237148816372);
            p = TV.MultiplyAdd(p, z, 0.13334804663624336);
            p = TV.MultiplyAdd(p, z, 0.15384594963074136);
            p = TV.MultiplyAdd(p, z, 0.18181818335387601);
            p = TV.MultiplyAdd(p, z, 0.22222222221655907);
            p = TV.MultiplyAdd(p, z, 0.28571428571429364);
            p = TV.MultiplyAdd(p, z, 0.40000000000000002);
            // From the largest to the smallest, each sum with what it rounds away.
            TV whole = k * Ln2High, twice = s + s;
            TV first = whole + twice, firstRest = twice - (first - whole);
            TV second = first + third, secondRest = third - (second - first);
            TV tail = TV.MultiplyAdd(cube * z, p, TV.MultiplyAdd(k, Ln2Low, thirdRest + sRest + sRest));
            tail = tail + firstRest + secondRest;
            TV log = second + tail;
            rest = tail - (log - second);
            return log;
        }
    }

    // Zero, negative, infinite or NaN bases, infinite or NaN exponents: rare, so exactness goes before speed.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TV Special<TV, T>(TV x, TV y, TV power)
        where TV : struct, ILanes<TV, T>
        where T : unmanaged
    {
        TV infinity = TV.One / TV.Zero, two = TV.One + TV.One;
        TV a = TV.Abs(x);
        TV integer = TV.Equal(TV.Truncate(y), y);
        TV odd = integer & ~TV.Equal(TV.Truncate(y / two) * two, y);
        TV growing = y > TV.Zero;
        // |x| = 0 or inf: 0 or inf by the sign of y
        TV zero = TV.Equal(a, TV.Zero), infinite = TV.Equal(a, infinity);
        TV extreme = TV.Select(growing, a, TV.Select(zero, infinity, TV.Zero));
        TV z = TV.Select(zero | infinite, extreme, power);
        // y = inf or -inf: 0, 1 or inf by the size of |x|
        TV grown = TV.Select(a > TV.One, infinity, TV.Zero);
        TV shrunk = TV.Select(a > TV.One, TV.Zero, infinity);
        TV limit = TV.Select(TV.Equal(a, TV.One), TV.One, TV.Select(growing, grown, shrunk));
        z = TV.Select(TV.Equal(TV.Abs(y), infinity), limit, z);
        // the sign of x counts for an odd y; between integers a negative finite x has no power
        z |= x & odd & -TV.Zero;
        z = TV.Select(TV.AndNot(x < TV.Zero, integer | infinite), infinity - infinity, z);
        z = TV.Select(TV.Equal(x, x) & TV.Equal(y, y), z, x + y);
        return TV.Select(TV.Equal(x, TV.One) | TV.Equal(y, TV.Zero), TV.One, z);
    }
}
