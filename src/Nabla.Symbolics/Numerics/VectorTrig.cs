using System.Runtime.CompilerServices;

namespace Nabla.Symbolics;

/// <summary>
/// sin, cos, tan. x = k pi/2 + r with |r| at most pi/4, pi/2 in three parts: with a fused multiply-add the first subtraction is
/// exact, so r is good to its last digit even next to a multiple of pi/2. Vectors with an element too large for that (or infinite) take
/// the scalar function for such elements. Coefficients: tests/Nabla.Symbolics.Tests/Reference/polynomials.py.
/// </summary>
internal static class VectorTrig
{
    private const float RoundF = 12582912f, LimitF = 32768f;
    private const float HalfPi1F = 1.57079637f, HalfPi2F = -4.37113883e-8f, HalfPi3F = -1.71512451e-15f;
    private const double RoundD = 6755399441055744, LimitD = 1048576;
    private const double HalfPi1D = 1.5707963267948966, HalfPi2D = 6.123233995736766e-17, HalfPi3D = -1.4973849048591698e-33;

    // ---- float ----

    internal readonly struct SinF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, float>
        {
            TV r = ReduceF(x, out TV k);
            // The reduction turns -0 into +0.
            TV y = TV.Select(TV.Equal(x, TV.Zero), x, QuadrantF(r, k));
            return TV.AnyTrue(TV.Abs(x) >= LimitF) ? LargeF(x, y, Math.Sin) : y;
        }
    }

    internal readonly struct CosF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, float>
        {
            TV r = ReduceF(x, out TV k);
            TV y = QuadrantF(r, TV.AddBits(k, 1));
            return TV.AnyTrue(TV.Abs(x) >= LimitF) ? LargeF(x, y, Math.Cos) : y;
        }
    }

    internal readonly struct TanF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, float>
        {
            TV k = TV.MultiplyAdd(x, 0.636619772f, RoundF);
            TV n = TV.All(RoundF) - k;
            // What r rounds away counts here: the tangent is up to four times as sensitive as the sine.
            TV first = TV.Fma(n, HalfPi1F, x), second = n * HalfPi2F;
            TV r = first + second, part = r - first;
            TV lost = (first - (r - part)) + (second - part);
            TV rest = TV.Fma(n, HalfPi3F, TV.Fma(n, HalfPi2F, -second)) + lost;
            TV z = r * r;
            TV p = TV.MultiplyAdd(z, 0.00385984778f, 0.00115710823f);
            p = TV.MultiplyAdd(p, z, 0.00997984316f);
            p = TV.MultiplyAdd(p, z, 0.0216160715f);
            p = TV.MultiplyAdd(p, z, 0.0539951101f);
            p = TV.MultiplyAdd(p, z, 0.133332282f);
            p = TV.MultiplyAdd(p, z, 0.333333343f);
            // tan(r + rest) = tan r + rest (1 + tan^2 r)
            TV small = TV.MultiplyAdd(p * z, r, rest);
            TV tan = r + TV.MultiplyAdd(rest, z, small);
            TV odd = TV.EqualBits(k & TV.Bits(1), TV.Bits(1));
            TV y = TV.Select(odd, -1f / tan, tan);
            y = TV.Select(TV.Equal(x, TV.Zero), x, y);
            return TV.AnyTrue(TV.Abs(x) >= LimitF) ? LargeF(x, y, Math.Tan) : y;
        }
    }

    // The quadrant k comes as the low bits of an integer; those above are not its own.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV ReduceF<TV>(TV x, out TV k)
        where TV : struct, ILanes<TV, float>
    {
        TV t = TV.MultiplyAdd(x, 0.636619772f, RoundF);
        TV n = TV.All(RoundF) - t;
        k = t;
        TV r = TV.Fma(n, HalfPi1F, x);
        r = TV.Fma(n, HalfPi2F, r);
        return TV.Fma(n, HalfPi3F, r);
    }

    // sin(r + k pi/2)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV QuadrantF<TV>(TV r, TV k)
        where TV : struct, ILanes<TV, float>
    {
        TV z = r * r;
        TV p = TV.MultiplyAdd(z, 2.72487023e-06f, -0.000198400769f);
        p = TV.MultiplyAdd(p, z, 0.00833333191f);
        p = TV.MultiplyAdd(p, z, -0.166666672f);
        TV sin = TV.MultiplyAdd(p * z, r, r);
        TV q = TV.MultiplyAdd(z, 2.45469309e-05f, -0.00138882978f);
        q = TV.MultiplyAdd(q, z, 0.0416666642f);
        TV cos = TV.MultiplyAdd(z, TV.MultiplyAdd(q, z, -0.5f), TV.One);
        TV odd = TV.EqualBits(k & TV.Bits(1), TV.Bits(1));
        TV sign = (k & TV.Bits(2)) << 30;
        return TV.Select(odd, cos, sin) ^ sign;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe TV LargeF<TV>(TV x, TV y, Func<double, double> f)
        where TV : struct, ILanes<TV, float>
    {
        float* from = stackalloc float[TV.Count], to = stackalloc float[TV.Count];
        TV.Store(x, from);
        TV.Store(y, to);
        for (int i = 0; i < TV.Count; i++)
            if (!(Math.Abs(from[i]) < LimitF))
                to[i] = (float)f(from[i]);
        return TV.Load(to);
    }

    // ---- double ----

    internal readonly struct SinD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV r = ReduceD(x, out TV k);
            TV y = TV.Select(TV.Equal(x, TV.Zero), x, QuadrantD(r, k));
            return TV.AnyTrue(TV.Abs(x) >= LimitD) ? LargeD(x, y, Math.Sin) : y;
        }
    }

    internal readonly struct CosD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV r = ReduceD(x, out TV k);
            TV y = QuadrantD(r, TV.AddBits(k, 1));
            return TV.AnyTrue(TV.Abs(x) >= LimitD) ? LargeD(x, y, Math.Cos) : y;
        }
    }

    internal readonly struct TanD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x)
            where TV : struct, ILanes<TV, double>
        {
            TV k = TV.MultiplyAdd(x, 0.63661977236758134, RoundD);
            TV n = TV.All(RoundD) - k;
            // What r rounds away counts here: the tangent is up to four times as sensitive as the sine.
            TV first = TV.Fma(n, HalfPi1D, x), second = n * HalfPi2D;
            TV r = first + second, part = r - first;
            TV lost = (first - (r - part)) + (second - part);
            TV rest = TV.Fma(n, HalfPi3D, TV.Fma(n, HalfPi2D, -second)) + lost;
            SinCosD(r, out TV sin, out TV sinRest, out TV cos, out TV cosRest);
            sinRest = TV.MultiplyAdd(rest, cos, sinRest);
            cosRest = TV.MultiplyAdd(-rest, sin, cosRest);
            TV odd = TV.EqualBits(k & TV.Bits(1), TV.Bits(1));
            TV above = TV.Select(odd, -cos, sin), below = TV.Select(odd, sin, cos);
            TV aboveRest = TV.Select(odd, -cosRest, sinRest), belowRest = TV.Select(odd, sinRest, cosRest);
            TV inverse = TV.One / below, y = above * inverse;
            y = TV.MultiplyAdd(TV.Fma(-y, below, above) + (aboveRest - y * belowRest), inverse, y);
            y = TV.Select(TV.Equal(x, TV.Zero), x, y);
            return TV.AnyTrue(TV.Abs(x) >= LimitD) ? LargeD(x, y, Math.Tan) : y;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV ReduceD<TV>(TV x, out TV k)
        where TV : struct, ILanes<TV, double>
    {
        TV t = TV.MultiplyAdd(x, 0.63661977236758134, RoundD);
        TV n = TV.All(RoundD) - t;
        k = t;
        TV r = TV.Fma(n, HalfPi1D, x);
        r = TV.Fma(n, HalfPi2D, r);
        return TV.Fma(n, HalfPi3D, r);
    }

    /// <summary>sin r and cos r for |r| at most pi/4, each with what it rounds away.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SinCosD<TV>(TV r, out TV sin, out TV sinRest, out TV cos, out TV cosRest)
        where TV : struct, ILanes<TV, double>
    {
        TV z = r * r;
        TV p = TV.MultiplyAdd(z, -7.5864559400179732e-13, 1.6058527519437729e-10);
        p = TV.MultiplyAdd(p, z, -2.5052106206531682e-08);
        p = TV.MultiplyAdd(p, z, 2.7557319219264408e-06);
        p = TV.MultiplyAdd(p, z, -0.00019841269841264968);
        p = TV.MultiplyAdd(p, z, 0.0083333333333333315);
        p = TV.MultiplyAdd(p, z, -0.16666666666666666);
        TV cubic = p * z * r;
        sin = r + cubic;
        sinRest = r - sin + cubic;
        TV q = TV.MultiplyAdd(z, 4.7457378114259105e-14, -1.1470458608341428e-11);
        q = TV.MultiplyAdd(q, z, 2.0876755776671767e-09);
        q = TV.MultiplyAdd(q, z, -2.7557319221361261e-07);
        q = TV.MultiplyAdd(q, z, 2.4801587301584594e-05);
        q = TV.MultiplyAdd(q, z, -0.0013888888888888887);
        q = TV.MultiplyAdd(q, z, 0.041666666666666664);
        // 1 - z/2 is rounded once; what it lost goes with the small terms.
        TV half = z * 0.5;
        TV w = TV.One - half;
        TV quartic = TV.MultiplyAdd(q, z * z, TV.One - w - half);
        cos = w + quartic;
        cosRest = w - cos + quartic;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TV QuadrantD<TV>(TV r, TV k)
        where TV : struct, ILanes<TV, double>
    {
        SinCosD(r, out TV sin, out _, out TV cos, out _);
        TV odd = TV.EqualBits(k & TV.Bits(1), TV.Bits(1));
        TV sign = (k & TV.Bits(2)) << 62;
        return TV.Select(odd, cos, sin) ^ sign;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe TV LargeD<TV>(TV x, TV y, Func<double, double> f)
        where TV : struct, ILanes<TV, double>
    {
        double* from = stackalloc double[TV.Count], to = stackalloc double[TV.Count];
        TV.Store(x, from);
        TV.Store(y, to);
        for (int i = 0; i < TV.Count; i++)
            if (!(Math.Abs(from[i]) < LimitD))
                to[i] = f(from[i]);
        return TV.Load(to);
    }
}
