using System.Runtime.CompilerServices;

namespace Nabla.Symbolics;

/// <summary>
/// log |gamma| and its derivative, in double; the float kernels widen. From 8 (6) on Stirling's series; below, a recurrence leads to an
/// interval around a zero, where the zero is a factor of the formula and so keeps the digits next to it; reflection serves
/// negative arguments. Coefficients: tests/Nabla.Symbolics.Tests/Reference/polynomials.py.
/// </summary>
internal static class VectorGamma
{
    private const double Pi = 3.1415926535897931, PiLow = 1.2246467991473532e-16, InversePi = 0.31830988618379069, InversePiLow = -1.9678676675182486e-17;
    private const double Tiny = 1e-20;

    /// <summary>
    /// log |gamma(x)|; inf at 0, -1, -2, … At negative arguments, where it has zeros that are not factors, the error is a few units of the
    /// last place of |log gamma(x)| + |log gamma(1 - x)|, or of 2.
    /// </summary>
    internal readonly struct LgammaD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV negative = x < TV.Zero;
            return TV.AnyTrue(negative) ? Reflected(x, negative) : Positive(x);
        }

        // log gamma(x) = log(pi / |sin pi x|) - log gamma(1 - x), of which -log(-x) is left for tiny x.
        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private static TV Reflected<TV>(TV x, TV negative)
            where TV : struct, ILanes<TV, double>
        {
            TV y = Positive(TV.Select(negative, TV.One - x, x));
            SinCosPi(x, out TV sin, out TV sinRest, out _, out _);
            TV v = sin * InversePi, vRest = TV.MultiplyAdd(sinRest, InversePi, TV.MultiplyAdd(sin, InversePiLow, TV.Fma(sin, InversePi, -v)));
            TV tiny = x > -Tiny;
            TV log = VectorLog.LogD.Apply(TV.Select(tiny, -x, TV.Abs(v)));
            TV logRest = TV.Select(tiny | TV.Equal(v, TV.Zero), TV.Zero, vRest / v);
            TV infinite = TV.Equal(x, double.NegativeInfinity);
            return TV.Select(infinite, double.PositiveInfinity, TV.Select(negative, -log - y - logRest, y));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TV Positive<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV large = x >= 8;
            // u in [1, 3) is x less a whole number, or x + 1. log gamma(x) = (u - 1)(u - 2) P(u) and the log of (x - 1) … u, or of 1/x.
            TV below = x < TV.One;
            TV low = x < 2;
            TV c = TV.Max(TV.All(2), TV.Floor(x));
            TV u = x - (c - 2);
            TV product = TV.Select(c > 2, x - 1, TV.One);
            product = TV.Select(c > 3, product * (x - 2), product);
            product = TV.Select(c > 4, product * (x - 3), product);
            product = TV.Select(c > 5, product * (x - 4), product);
            product = TV.Select(c > 6, product * (x - 5), product);
            TV log = VectorLog.LogD.Apply(TV.Select(large | below, x, product));
            TV zeros = TV.Select(below, x * (x - 1), (u - 1) * (u - 2));
            // One polynomial about 3/2, one about 5/2.
            TV t = u - TV.Select(below, 0.5, TV.Select(low, 1.5, TV.All(2.5)));
            TV p = TV.MultiplyAdd(t, -7.7606601525134463e-06, 1.2140008083973407e-05);
            p = TV.MultiplyAdd(p, t, -8.3550758697952728e-06);
            p = TV.MultiplyAdd(p, t, 1.3186019073996835e-05);
            p = TV.MultiplyAdd(p, t, -2.7201673025504752e-05);
            p = TV.Select(low, TV.MultiplyAdd(p, t, 4.3027681497650298e-05), TV.All(1.2848137769988069e-08));
            p = TV.MultiplyAdd(p, t, TV.Select(low, -6.6141360223464138e-05, TV.All(-3.385821013938236e-08)));
            p = TV.MultiplyAdd(p, t, TV.Select(low, 0.00010535512483785591, TV.All(7.5856950780402046e-08)));
            p = TV.MultiplyAdd(p, t, TV.Select(low, -0.00016891782155248981, TV.All(-2.015090104183497e-07)));
            p = TV.MultiplyAdd(p, t, TV.Select(low, 0.00027131373861446925, TV.All(5.4360828545344962e-07)));
            p = TV.MultiplyAdd(p, t, TV.Select(low, -0.00043799307479613914, TV.All(-1.4575541733757617e-06)));
            p = TV.MultiplyAdd(p, t, TV.Select(low, 0.00071151906751529596, TV.All(3.9305860909127655e-06)));
            p = TV.MultiplyAdd(p, t, TV.Select(low, -0.0011644145847310124, TV.All(-1.0682259123883373e-05)));
            p = TV.MultiplyAdd(p, t, TV.Select(low, 0.0019229163127905161, TV.All(2.9299283120049979e-05)));
            p = TV.MultiplyAdd(p, t, TV.Select(low, -0.0032120740737152814, TV.All(-8.1302294080347261e-05)));
            p = TV.MultiplyAdd(p, t, TV.Select(low, 0.0054464578391260647, TV.All(0.00022905363747507287)));
            p = TV.MultiplyAdd(p, t, TV.Select(low, -0.0094256224485257979, TV.All(-0.00065863970656500565)));
            p = TV.MultiplyAdd(p, t, TV.Select(low, 0.016797098631274161, TV.All(0.0019490574889463365)));
            p = TV.MultiplyAdd(p, t, TV.Select(low, -0.031308487501010646, TV.All(-0.006018768527036914)));
            p = TV.MultiplyAdd(p, t, TV.Select(low, 0.062911401074564388, TV.All(0.019905154304743208)));
            p = TV.MultiplyAdd(p, t, TV.Select(low, -0.14595989591430608, TV.All(-0.07466357415449941)));
            p = TV.MultiplyAdd(p, t, TV.Select(low, 0.48312895054098087, TV.All(0.37957716063055885)));
            TV small = TV.MultiplyAdd(p, zeros, TV.Select(below, -log, log));
            if (!TV.AnyTrue(large)) return small;

            // (x - 1/2)(log x - 1) + log(2 pi)/2 - 1/2 + 1/12x - …
            TV inverse = TV.One / x, z = inverse * inverse;
            TV s = TV.MultiplyAdd(z, 0.0049154384770154613, -0.0018834620054986623);
            s = TV.MultiplyAdd(s, z, 0.00084135148077220086);
            s = TV.MultiplyAdd(s, z, -0.00059523565528659544);
            s = TV.MultiplyAdd(s, z, 0.00079365078649543932);
            s = TV.MultiplyAdd(s, z, -0.0027777777777698684);
            s = TV.MultiplyAdd(s, z, 0.083333333333333329);
            TV stirling = TV.MultiplyAdd(x - 0.5, log - 1, TV.MultiplyAdd(s, inverse, 0.4189385332046727));
            return TV.Select(large, stirling, small);
        }
    }

    /// <summary>
    /// The derivative of log gamma: -inf at +0, +inf at -0, NaN at the other poles, as in PyTorch. At negative arguments the error
    /// is a few units of the last place of |digamma(x)| + |digamma(1 - x)|, or of 2.
    /// </summary>
    internal readonly struct DigammaD : IUnaryOperator<double>
    {
        // The zero is the sum of these two.
        private const double Root = 1.4616321449683622, RootLow = 9.549995429965697e-17;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV negative = TV.IsNegative(x);
            return TV.AnyTrue(negative) ? Reflected(x, negative) : Positive(x);
        }

        // psi(x) = psi(1 - x) - pi cot(pi x), of which -1/x is left for tiny x.
        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private static TV Reflected<TV>(TV x, TV negative)
            where TV : struct, ILanes<TV, double>
        {
            TV y = Positive(TV.Select(negative, TV.One - x, x));
            SinCosPi(x, out TV sin, out TV sinRest, out TV cos, out TV cosRest);
            TV q = cos / sin;
            TV qRest = (TV.Fma(-q, sin, cos) + (cosRest - q * sinRest)) / sin;
            TV cotangent = q * Pi, cotangentRest = TV.MultiplyAdd(qRest, Pi, TV.MultiplyAdd(q, PiLow, TV.Fma(q, Pi, -cotangent)));
            y = TV.Select(negative, TV.Select(x > -Tiny, y - TV.One / x, y - cotangent - cotangentRest), y);
            TV pole = TV.Equal(sin, TV.Zero) & (x <= -1);
            return TV.Select(pole, double.NaN, y);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TV Positive<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV large = x >= 6;
            // u in [1, 2) is a whole number below x, or 1 above it; the sum of the 1/(x - j) between is n/d.
            TV c = TV.Select(x < TV.One, TV.Zero, TV.Floor(x));
            TV n = TV.Zero, d = TV.One;
            Step(x - 1, c > 1, ref n, ref d);
            Step(x - 2, c > 2, ref n, ref d);
            Step(x - 3, c > 3, ref n, ref d);
            Step(x - 4, c > 4, ref n, ref d);
            TV below = x < TV.One;
            n = TV.Select(below, -TV.One, n);
            d = TV.Select(below, x, d);
            TV inverse = TV.One / TV.Select(large, x, d);

            // x - c + 1 - 3/2, and the distance of u from the zero
            TV u = x - c;
            TV t = u - 0.5;
            TV offset = u - (Root - 1) - RootLow;
            TV p = TV.MultiplyAdd(t, -0.00017312261802727394, 0.00025968482126430747);
            p = TV.MultiplyAdd(p, t, -0.00015148586836773365);
            p = TV.MultiplyAdd(p, t, 0.0002272331660987376);
            p = TV.MultiplyAdd(p, t, -0.00048219905305667889);
            p = TV.MultiplyAdd(p, t, 0.00072332662792875537);
            p = TV.MultiplyAdd(p, t, -0.0010376374098418604);
            p = TV.MultiplyAdd(p, t, 0.0015566317474486838);
            p = TV.MultiplyAdd(p, t, -0.0023452676325407692);
            p = TV.MultiplyAdd(p, t, 0.0035190064015022762);
            p = TV.MultiplyAdd(p, t, -0.0052799648732574046);
            p = TV.MultiplyAdd(p, t, 0.0079269446464037968);
            p = TV.MultiplyAdd(p, t, -0.011908218001568644);
            p = TV.MultiplyAdd(p, t, 0.0179072524394512);
            p = TV.MultiplyAdd(p, t, -0.026975796756138249);
            p = TV.MultiplyAdd(p, t, 0.040760833812420738);
            p = TV.MultiplyAdd(p, t, -0.061922133273064534);
            p = TV.MultiplyAdd(p, t, 0.09498872445494122);
            p = TV.MultiplyAdd(p, t, -0.14840492305390884);
            p = TV.MultiplyAdd(p, t, 0.24054248424077421);
            p = TV.MultiplyAdd(p, t, -0.42362742128146053);
            p = TV.MultiplyAdd(p, t, 0.95105587603183295);
            // n/d with the remainder of the division, which 1/x has none of that counts
            TV q = n * inverse;
            TV small = q + TV.MultiplyAdd(p, offset, TV.AndNot(TV.Fma(-q, d, n) * inverse, below));
            if (!TV.AnyTrue(large)) return small;

            // log x - 1/2x - 1/12x^2 + …
            TV z = inverse * inverse;
            TV s = TV.MultiplyAdd(z, 1.2391679863993024, -0.3678576332158468);
            s = TV.MultiplyAdd(s, z, 0.081436305058735295);
            s = TV.MultiplyAdd(s, z, -0.021063611862127792);
            s = TV.MultiplyAdd(s, z, 0.0075754873976434951);
            s = TV.MultiplyAdd(s, z, -0.0041666652417935435);
            s = TV.MultiplyAdd(s, z, 0.0039682539644546435);
            s = TV.MultiplyAdd(s, z, -0.0083333333333294058);
            s = TV.MultiplyAdd(s, z, 0.083333333333333329);
            TV log = VectorLog.LogD.Apply(TV.Select(large, x, TV.One));
            return TV.Select(large, log - TV.MultiplyAdd(s, z, inverse * 0.5), small);
        }

        // n/d + 1/f
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Step<TV>(TV f, TV mask, ref TV n, ref TV d)
            where TV : struct, ILanes<TV, double>
        {
            n = TV.Select(mask, TV.MultiplyAdd(n, f, d), n);
            d = TV.Select(mask, d * f, d);
        }
    }

    // sin(pi x) and cos(pi x), each with what it rounds away: with y = x - 2 round(x/2) and r = y - k/2, both exact, |r| is at most 1/4.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SinCosPi<TV>(TV x, out TV sin, out TV sinRest, out TV cos, out TV cosRest)
        where TV : struct, ILanes<TV, double>
    {
        const double Round = 6755399441055744;
        TV y = TV.MultiplyAdd(TV.Round(x * 0.5), -2, x);
        TV k = y + y + Round;
        TV r = y - (k - Round) * 0.5;
        TV angle = r * Pi, angleRest = TV.MultiplyAdd(r, PiLow, TV.Fma(r, Pi, -angle));
        VectorTrig.SinCosD(angle, out TV s, out TV sRest, out TV c, out TV cRest);
        sRest = TV.MultiplyAdd(angleRest, c, sRest);
        cRest = TV.MultiplyAdd(-angleRest, s, cRest);
        TV odd = TV.EqualBits(k & TV.Bits(1), TV.Bits(1));
        TV sinSign = (k & TV.Bits(2)) << 62, cosSign = (TV.AddBits(k, 1) & TV.Bits(2)) << 62;
        sin = TV.Select(odd, c, s) ^ sinSign;
        sinRest = TV.Select(odd, cRest, sRest) ^ sinSign;
        cos = TV.Select(odd, s, c) ^ cosSign;
        cosRest = TV.Select(odd, sRest, cRest) ^ cosSign;
    }
}
