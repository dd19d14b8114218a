using System.Runtime.CompilerServices;

namespace Nabla.Symbolics;

/// <summary>
/// The error function and its complement. In double, erfc(x) = e^(-x^2) P(t) / (1 + 2x) with t = (x - 4) / (x + 4), which is one
/// polynomial for all x >= 0 (Shepherd and Laframboise 1981); erf is x times a polynomial up to 1 and 1 - erfc beyond.
/// In float, erf beyond 1 is 1 - P(x)^4. Coefficients: tests/Nabla.Symbolics.Tests/Reference/polynomials.py.
/// </summary>
internal static class VectorErf
{
    internal readonly struct ErfF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, float>
        {
            TV a = TV.Abs(x);
            TV near = NearF(x);
            // From 4 on erf is 1 in float; the polynomial is not meant for more.
            TV root = FourthRootF(TV.Select(a > 4, 4, a)), square = root * root;
            TV far = TV.MultiplyAdd(-square, square, TV.One);
            return TV.Select(a < TV.One, near, TV.CopySign(far, x));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV NearF<TV>(TV x)
        where TV : struct, ILanes<TV, float>
    {
        TV z = x * x;
        TV p = TV.MultiplyAdd(z, -9.66704465e-06f, 0.000112659589f);
        p = TV.MultiplyAdd(p, z, -0.000848408032f);
        p = TV.MultiplyAdd(p, z, 0.00522103161f);
        p = TV.MultiplyAdd(p, z, -0.0268654302f);
        p = TV.MultiplyAdd(p, z, 0.112837821f);
        p = TV.MultiplyAdd(p, z, -0.376126379f);
        p = TV.MultiplyAdd(p, z, 0.128379166f);
        return TV.MultiplyAdd(p, x, x);
    }

    // erfc(a)^(1/4) on [1, 4]: so flat that a short polynomial will do.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV FourthRootF<TV>(TV a)
        where TV : struct, ILanes<TV, float>
    {
        TV p = TV.MultiplyAdd(a, -2.25670792e-05f, 0.000182885793f);
        p = TV.MultiplyAdd(p, a, 0.000741194992f);
        p = TV.MultiplyAdd(p, a, -0.0126143359f);
        p = TV.MultiplyAdd(p, a, 0.043488726f);
        p = TV.MultiplyAdd(p, a, -0.0170021486f);
        p = TV.MultiplyAdd(p, a, -0.0937759578f);
        p = TV.MultiplyAdd(p, a, -0.293357939f);
        return TV.MultiplyAdd(p, a, 1.00212967f);
    }

    internal readonly struct ErfD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV a = TV.Abs(x);
            TV far = TV.CopySign(TV.One - ComplementD(a), x);
            return TV.Select(a < TV.One, NearD(x), far);
        }
    }

    internal readonly struct ErfcD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV a = TV.Abs(x);
            TV complement = ComplementD(a);
            TV outer = TV.Select(x < TV.Zero, TV.All(2) - complement, complement);
            // Below 0.8, 1 - erf(x) loses nothing and has no rounding of e^(-x^2): 1/2 - (x - 1/2) is exact from 1/4 on.
            TV small = x * NearFactorD(x);
            TV near = TV.Select(x > 0.25, TV.All(0.5) - ((x - 0.5) + small), TV.One - (x + small));
            return TV.Select(a < 0.8, near, outer);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV NearD<TV>(TV x) where TV : struct, ILanes<TV, double> => TV.MultiplyAdd(NearFactorD(x), x, x);

    // erf(x)/x - 1
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV NearFactorD<TV>(TV x)
        where TV : struct, ILanes<TV, double>
    {
        TV z = x * x;
        TV p = TV.MultiplyAdd(z, -4.374621450325064e-12, 8.8006800904602032e-11);
        p = TV.MultiplyAdd(p, z, -1.219035624032117e-09);
        p = TV.MultiplyAdd(p, z, 1.4796618901290416e-08);
        p = TV.MultiplyAdd(p, z, -1.6365085592632062e-07);
        p = TV.MultiplyAdd(p, z, 1.6462076794793434e-06);
        p = TV.MultiplyAdd(p, z, -1.4925649082364785e-05);
        p = TV.MultiplyAdd(p, z, 0.00012055332952700439);
        p = TV.MultiplyAdd(p, z, -0.00085483270230246957);
        p = TV.MultiplyAdd(p, z, 0.0052239776254384687);
        p = TV.MultiplyAdd(p, z, -0.026866170645131082);
        p = TV.MultiplyAdd(p, z, 0.11283791670955125);
        p = TV.MultiplyAdd(p, z, -0.37612638903183754);
        // 2/sqrt(pi) = 1 + 0.128...
        return TV.MultiplyAdd(p, z, 0.12837916709551257);
    }

    // erfc(a) for a >= 0
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV ComplementD<TV>(TV a)
        where TV : struct, ILanes<TV, double>
    {
        TV c = TV.Select(a > 28, 28, a);
        TV t = (c - 4) / (c + 4);
        TV p = TV.MultiplyAdd(t, -1.7894464190101178e-09, -1.3571098359810141e-08);
        p = TV.MultiplyAdd(p, t, -7.6910149505227234e-09);
        p = TV.MultiplyAdd(p, t, 1.1512188061936278e-07);
        p = TV.MultiplyAdd(p, t, 6.2515328511469436e-08);
        p = TV.MultiplyAdd(p, t, -8.349628296086099e-07);
        p = TV.MultiplyAdd(p, t, 3.0161418045577851e-07);
        p = TV.MultiplyAdd(p, t, 5.717812146100212e-06);
        p = TV.MultiplyAdd(p, t, -1.1224967842160017e-05);
        p = TV.MultiplyAdd(p, t, -2.4403166785901689e-05);
        p = TV.MultiplyAdd(p, t, 0.00015062231428531137);
        p = TV.MultiplyAdd(p, t, -0.00019925549945106077);
        p = TV.MultiplyAdd(p, t, -0.00075777335823862984);
        p = TV.MultiplyAdd(p, t, 0.0050319697528904408);
        p = TV.MultiplyAdd(p, t, -0.016197734056685495);
        p = TV.MultiplyAdd(p, t, 0.037167515562982298);
        p = TV.MultiplyAdd(p, t, -0.066330365811730449);
        p = TV.MultiplyAdd(p, t, 0.093732834996755346);
        p = TV.MultiplyAdd(p, t, -0.10103906603634365);
        p = TV.MultiplyAdd(p, t, 0.068097054254738637);
        p = TV.MultiplyAdd(p, t, 0.015379652102620602);
        p = TV.MultiplyAdd(p, t, -0.13962111684056291);
        // p, 1 + 2c and their quotient each with what they round away, for four roundings in a row would be too many.
        TV q = TV.MultiplyAdd(p, t, 1.2329951186255526), qRest = TV.MultiplyAdd(p, t, 1.2329951186255526 - q) + -4.625318921008717e-17;
        TV d = c + c + TV.One, dRest = c + c - (d - TV.One);
        TV inverse = TV.One / d, y = q * inverse;
        TV yRest = (TV.Fma(-y, d, q) + (qRest - y * dRest)) * inverse;
        // e^(-c^2) with the part of c^2 that rounding takes away
        TV square = c * c;
        return VectorExp.TimesExpD(y, yRest, -square, -TV.Fma(c, c, -square));
    }
}
