using System.Runtime.CompilerServices;

namespace Nabla.Symbolics;

/// <summary>
/// asin, acos, atan, atan2. atan reduces to |t| at most tan(pi/8) by pi/2 - atan(1/x) and
/// pi/4 + atan((x-1)/(x+1)); asin beyond 1/2 is pi/2 - 2 asin(sqrt((1-x)/2)).
/// Coefficients: tests/Nabla.Symbolics.Tests/Reference/polynomials.py.
/// </summary>
internal static class VectorInverseTrig
{
    private const double HalfPi = 1.5707963267948966, HalfPiLow = 6.123233995736766e-17;
    private const double TanPi8 = 0.41421356237309503, Tan3Pi8 = 2.4142135623730949;

    private const float HalfPiF = 1.57079637f, HalfPiLowF = -4.37113883e-8f, TanPi8F = 0.414213562f, Tan3Pi8F = 2.41421356f;

    // ---- float ----

    internal readonly struct AtanF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, float>
        {
            TV a = TV.Abs(x);
            TV far = a > Tan3Pi8F;
            TV middle = TV.AndNot(a > TanPi8F, far);
            TV above = TV.Select(middle, a - TV.One, TV.Select(far, -1, a));
            TV below = TV.Select(middle, a + TV.One, TV.Select(far, a, TV.One));
            return TV.CopySign(AngleF(above / below, far, middle), x);
        }
    }

    /// <summary>The angle of the point (x, y), first argument y, in [-pi, pi]; signed zeros and infinities as in C.</summary>
    internal readonly struct Atan2F : IBinaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV y, TV x)
            where TV : struct, ILanes<TV, float>
        {
            TV infinity = TV.All(float.PositiveInfinity);
            TV a = TV.Abs(y), b = TV.Abs(x);
            // Two infinities stand at 45 degrees as two ones do, and two zeros at 0 as (0, 1) does.
            TV bothInfinite = TV.Equal(a, infinity) & TV.Equal(b, infinity);
            a = TV.Select(bothInfinite, TV.One, a);
            b = TV.Select(bothInfinite | TV.Equal(a + b, TV.Zero), TV.One, b);
            // a + b must not overflow, nor a ratio of large numbers become one of infinities; nor may small ones lose their digits.
            TV scale = TV.Select(TV.Max(a, b) > 1e30f, 0.125f, TV.Select(TV.Max(a, b) < 1e-20f, 16777216f, TV.One));
            a *= scale;
            b *= scale;
            TV far = a > b * Tan3Pi8F;
            TV middle = TV.AndNot(a > b * TanPi8F, far);
            TV above = TV.Select(middle, a - b, TV.Select(far, -b, a));
            TV below = TV.Select(middle, a + b, TV.Select(far, a, b));
            TV angle = AngleF(above / below, far, middle);
            TV obtuse = TV.All(2 * HalfPiF) - (angle - (2 * HalfPiLowF));
            TV result = TV.CopySign(TV.Select(TV.IsNegative(x), obtuse, angle), y);
            return TV.Select(TV.Equal(x, x) & TV.Equal(y, y), result, x + y);
        }
    }

    internal readonly struct AsinF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, float>
        {
            TV a = TV.Abs(x);
            TV outer = a > 0.5f;
            TV z = TV.Select(outer, TV.MultiplyAdd(a, -0.5f, 0.5f), a * a);
            TV t = TV.Select(outer, TV.Sqrt(z), a);
            TV rest = ArcSeriesF(z) * z * t;
            TV large = TV.All(HalfPiF) - (t + t), lost = TV.All(HalfPiF) - large - (t + t);
            TV far = large - (rest + rest - lost - HalfPiLowF);
            return TV.CopySign(TV.Select(outer, far, t + rest), x);
        }
    }

    internal readonly struct AcosF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, float>
        {
            TV a = TV.Abs(x);
            TV outer = a > 0.5f;
            TV z = TV.Select(outer, TV.MultiplyAdd(a, -0.5f, 0.5f), a * a);
            TV t = TV.Select(outer, TV.Sqrt(z), x);
            TV asin = TV.MultiplyAdd(ArcSeriesF(z) * z, t, t);
            TV twice = asin + asin;
            TV far = TV.Select(x < TV.Zero, TV.All(2 * HalfPiF) - (twice - (2 * HalfPiLowF)), twice);
            return TV.Select(outer, far, TV.All(HalfPiF) - (asin - HalfPiLowF));
        }
    }

    // atan(t), plus pi/2 where far, plus pi/4 in the middle
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV AngleF<TV>(TV t, TV far, TV middle)
        where TV : struct, ILanes<TV, float>
    {
        TV z = t * t;
        TV p = TV.MultiplyAdd(z, 0.0504773632f, -0.0862452015f);
        p = TV.MultiplyAdd(p, z, 0.110713445f);
        p = TV.MultiplyAdd(p, z, -0.142841503f);
        p = TV.MultiplyAdd(p, z, 0.199999779f);
        p = TV.MultiplyAdd(p, z, -0.333333343f);
        TV baseAngle = (far & TV.All(HalfPiF)) | (middle & TV.All(HalfPiF / 2));
        TV baseLow = (far & TV.All(HalfPiLowF)) | (middle & TV.All(HalfPiLowF / 2));
        return baseAngle + (t + TV.MultiplyAdd(p * z, t, baseLow));
    }

    // (asin t - t) / t^3 in z = t^2
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV ArcSeriesF<TV>(TV z)
        where TV : struct, ILanes<TV, float>
    {
        TV p = TV.MultiplyAdd(z, 0.0336908475f, 0.0171492379f);
        p = TV.MultiplyAdd(p, z, 0.0311006624f);
        p = TV.MultiplyAdd(p, z, 0.0445994027f);
        p = TV.MultiplyAdd(p, z, 0.0750009418f);
        return TV.MultiplyAdd(p, z, 0.166666657f);
    }

    // ---- double ----

    internal readonly struct AtanD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV a = TV.Abs(x);
            TV far = a > Tan3Pi8;
            TV middle = TV.AndNot(a > TanPi8, far);
            TV above = TV.Select(middle, a - TV.One, TV.Select(far, -TV.One, a));
            TV below = TV.Select(middle, a + TV.One, TV.Select(far, a, TV.One));
            return TV.CopySign(AngleD(above / below, far, middle), x);
        }
    }

    /// <summary>The angle of the point (x, y), first argument y, in [-pi, pi]; signed zeros and infinities as in C.</summary>
    internal readonly struct Atan2D : IBinaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV y, TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV infinity = TV.All(double.PositiveInfinity);
            TV a = TV.Abs(y), b = TV.Abs(x);
            // Two infinities stand at 45 degrees as two ones do, and two zeros at 0 as (0, 1) does.
            TV bothInfinite = TV.Equal(a, infinity) & TV.Equal(b, infinity);
            a = TV.Select(bothInfinite, TV.One, a);
            b = TV.Select(bothInfinite | TV.Equal(a + b, TV.Zero), TV.One, b);
            // a + b must not overflow, nor a ratio of large numbers become one of infinities.
            TV huge = (a > 1e300) | (b > 1e300);
            TV scale = TV.Select(huge, 0.125, TV.One);
            a *= scale;
            b *= scale;
            TV far = a > b * Tan3Pi8;
            TV middle = TV.AndNot(a > b * TanPi8, far);
            TV above = TV.Select(middle, a - b, TV.Select(far, -b, a));
            TV below = TV.Select(middle, a + b, TV.Select(far, a, b));
            TV angle = AngleD(above / below, far, middle);
            TV left = TV.IsNegative(x);
            TV obtuse = TV.All(2 * HalfPi) - (angle - 2 * HalfPiLow);
            TV result = TV.CopySign(TV.Select(left, obtuse, angle), y);
            TV ordered = TV.Equal(x, x) & TV.Equal(y, y);
            return TV.Select(ordered, result, x + y);
        }
    }

    // atan(t), plus pi/2 where far, plus pi/4 in the middle
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV AngleD<TV>(TV t, TV far, TV middle)
        where TV : struct, ILanes<TV, double>
    {
        TV z = t * t;
        TV p = TV.MultiplyAdd(z, 0.016282993238924487, -0.034568068014968874);
        p = TV.MultiplyAdd(p, z, 0.0455149623749493);
        p = TV.MultiplyAdd(p, z, -0.052304330074828924);
        p = TV.MultiplyAdd(p, z, 0.058789261105281009);
        p = TV.MultiplyAdd(p, z, -0.066664246345993369);
        p = TV.MultiplyAdd(p, z, 0.076922963610482176);
        p = TV.MultiplyAdd(p, z, -0.090909087530171781);
        p = TV.MultiplyAdd(p, z, 0.11111111105145725);
        p = TV.MultiplyAdd(p, z, -0.14285714285659729);
        p = TV.MultiplyAdd(p, z, 0.19999999999999804);
        p = TV.MultiplyAdd(p, z, -0.33333333333333331);
        TV baseAngle = (far & TV.All(HalfPi)) | (middle & TV.All(HalfPi / 2));
        TV baseLow = (far & TV.All(HalfPiLow)) | (middle & TV.All(HalfPiLow / 2));
        return baseAngle + (t + TV.MultiplyAdd(p * z, t, baseLow));
    }

    internal readonly struct AsinD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV a = TV.Abs(x);
            TV outer = a > 0.5;
            TV z = TV.Select(outer, TV.MultiplyAdd(a, -0.5, 0.5), a * a);
            TV t = TV.Select(outer, TV.Sqrt(z), a);
            TV rest = ArcSeriesD(z) * z * t;
            // pi/2 - 2 (t + rest), the large difference first, and with what it rounds away.
            TV large = TV.All(HalfPi) - (t + t), lost = TV.All(HalfPi) - large - (t + t);
            TV far = large - (rest + rest - lost - HalfPiLow);
            return TV.CopySign(TV.Select(outer, far, t + rest), x);
        }
    }

    internal readonly struct AcosD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV a = TV.Abs(x);
            TV outer = a > 0.5;
            TV z = TV.Select(outer, TV.MultiplyAdd(a, -0.5, 0.5), a * a);
            TV t = TV.Select(outer, TV.Sqrt(z), x);
            TV asin = TV.MultiplyAdd(ArcSeriesD(z) * z, t, t);
            TV twice = asin + asin;
            TV far = TV.Select(x < TV.Zero, TV.All(2 * HalfPi) - (twice - 2 * HalfPiLow), twice);
            return TV.Select(outer, far, TV.All(HalfPi) - (asin - HalfPiLow));
        }
    }

    // (asin t - t) / t^3 in z = t^2
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV ArcSeriesD<TV>(TV z)
        where TV : struct, ILanes<TV, double>
    {
        TV p = TV.MultiplyAdd(z, 0.029612011264955121, -0.019241671746743041);
        p = TV.MultiplyAdd(p, z, 0.019554513336123378);
        p = TV.MultiplyAdd(p, z, 0.0030448799094556773);
        p = TV.MultiplyAdd(p, z, 0.0093195607947674456);
        p = TV.MultiplyAdd(p, z, 0.0096218429701002816);
        p = TV.MultiplyAdd(p, z, 0.011566459612121669);
        p = TV.MultiplyAdd(p, z, 0.01396378001220357);
        p = TV.MultiplyAdd(p, z, 0.017352816540325496);
        p = TV.MultiplyAdd(p, z, 0.022372157443507221);
        p = TV.MultiplyAdd(p, z, 0.03038194447553234);
        p = TV.MultiplyAdd(p, z, 0.044642857142551895);
        p = TV.MultiplyAdd(p, z, 0.075000000000001177);
        return TV.MultiplyAdd(p, z, 0.16666666666666666);
    }
}
