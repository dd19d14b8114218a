using System.Runtime.CompilerServices;

namespace Nabla.Symbolics;

/// <summary>
/// Hyperbolic functions and their inverses. Near 0, where formulas with e^x cancel, an odd polynomial keeps the relative accuracy.
/// The inverses in float widen. Coefficients: tests/Nabla.Symbolics.Tests/Reference/polynomials.py.
/// </summary>
internal static class VectorHyperbolic
{
    private const double Ln2 = 0.69314718055994531;

    internal readonly struct TanhF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, float>
        {
            TV a = TV.Abs(x);
            // From 10 on tanh is 1 after rounding.
            TV c = VectorExp.AtMostF(a, 10);
            TV far = TV.One - 2 / (VectorExp.ExpModerateF(c + c) + TV.One);
            return TV.CopySign(TV.Select(a < 0.625f, NearTanhF(a), far), x);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV NearTanhF<TV>(TV x)
        where TV : struct, ILanes<TV, float>
    {
        TV z = x * x;
        TV p = TV.MultiplyAdd(z, 0.00229280721f, -0.00834400021f);
        p = TV.MultiplyAdd(p, z, 0.021768935f);
        p = TV.MultiplyAdd(p, z, -0.0539592616f);
        p = TV.MultiplyAdd(p, z, 0.133333042f);
        p = TV.MultiplyAdd(p, z, -0.333333343f);
        return TV.MultiplyAdd(p * z, x, x);
    }

    internal readonly struct TanhD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV a = TV.Abs(x);
            // From 20 on tanh is 1 after rounding.
            TV c = VectorExp.AtMostD(a, 20);
            TV far = TV.One - 2 / (VectorExp.ExpModerateD(c + c) + TV.One);
            return TV.CopySign(TV.Select(a < 0.625, NearTanhD(a), far), x);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV NearTanhD<TV>(TV x)
        where TV : struct, ILanes<TV, double>
    {
        TV z = x * x;
        TV p = TV.MultiplyAdd(z, 6.485516359340047e-06, -3.1201826340730537e-05);
        p = TV.MultiplyAdd(p, z, 9.2571803012846354e-05);
        p = TV.MultiplyAdd(p, z, -0.00023759096988290967);
        p = TV.MultiplyAdd(p, z, 0.00058966075677714658);
        p = TV.MultiplyAdd(p, z, -0.0014557754316503507);
        p = TV.MultiplyAdd(p, z, 0.0035921217536396782);
        p = TV.MultiplyAdd(p, z, -0.0088632351034365238);
        p = TV.MultiplyAdd(p, z, 0.021869488519017256);
        p = TV.MultiplyAdd(p, z, -0.053968253967897201);
        p = TV.MultiplyAdd(p, z, 0.13333333333333042);
        p = TV.MultiplyAdd(p, z, -0.33333333333333331);
        return TV.MultiplyAdd(p * z, x, x);
    }

    internal readonly struct SinhF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, float>
        {
            TV a = TV.Abs(x);
            TV half = VectorExp.HalfExpF(a);
            TV far = TV.CopySign(half - 0.25f / half, x);
            TV z = x * x;
            TV p = TV.MultiplyAdd(z, 2.80628024e-06f, 0.000198381022f);
            p = TV.MultiplyAdd(p, z, 0.00833333936f);
            p = TV.MultiplyAdd(p, z, 0.166666672f);
            return TV.Select(a < TV.One, TV.MultiplyAdd(p * z, x, x), far);
        }
    }

    internal readonly struct CoshF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, float>
        {
            TV half = VectorExp.HalfExpF(TV.Abs(x));
            return half + 0.25f / half;
        }
    }

    internal readonly struct SinhD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV a = TV.Abs(x);
            TV half = VectorExp.ExpTimesPowerOfTwoD(a, -1);
            TV far = TV.CopySign(half - 0.25 / half, x);
            return TV.Select(a < TV.One, NearSinhD(x), far);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV NearSinhD<TV>(TV x)
        where TV : struct, ILanes<TV, double>
    {
        TV z = x * x;
        TV p = TV.MultiplyAdd(z, 2.8445264169895285e-15, 7.6466253616566573e-13);
        p = TV.MultiplyAdd(p, z, 1.6059048396350562e-10);
        p = TV.MultiplyAdd(p, z, 2.5052108364058039e-08);
        p = TV.MultiplyAdd(p, z, 2.755731922404034e-06);
        p = TV.MultiplyAdd(p, z, 0.00019841269841269773);
        p = TV.MultiplyAdd(p, z, 0.0083333333333333332);
        p = TV.MultiplyAdd(p, z, 0.16666666666666666);
        return TV.MultiplyAdd(p * z, x, x);
    }

    internal readonly struct CoshD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV half = VectorExp.ExpTimesPowerOfTwoD(TV.Abs(x), -1);
            return half + 0.25 / half;
        }
    }

    internal readonly struct AsinhD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV a = TV.Abs(x);
            TV square = a * a;
            TV root = TV.One + TV.Sqrt(TV.One + square);
            // a + sqrt(1 + a^2) - 1; far out it is 2a, halved so as not to overflow.
            TV large = a > 1e18;
            TV y = VectorLog.Log1pD.Apply(TV.Select(large, a, a + square / root)) + (large & TV.All(Ln2));
            return TV.CopySign(y, x);
        }
    }

    internal readonly struct AcoshD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV t = x - TV.One;
            TV large = x > 268435456;
            TV small = t + TV.Sqrt(t * (t + 2));
            // Below 1, t + sqrt(...) may be a number although there is no result.
            TV y = VectorLog.Log1pD.Apply(TV.Select(large, t, small)) + (large & TV.All(Ln2));
            return TV.Select(x < TV.One, double.NaN, y);
        }
    }

    internal readonly struct AtanhD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV a = TV.Abs(x);
            TV y = VectorLog.Log1pD.Apply((a + a) / (TV.One - a)) * 0.5;
            return TV.CopySign(y, x);
        }
    }
}
