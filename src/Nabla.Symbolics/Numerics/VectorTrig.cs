using System.Numerics;
using System.Runtime.CompilerServices;
using VectorD = System.Numerics.Vector<double>;
using VectorF = System.Numerics.Vector<float>;

namespace Nabla.Symbolics;

/// <summary>
/// sin, cos, tan (in float by widening). x = k pi/2 + r with |r| at most pi/4, pi/2 in three parts: with a fused multiply-add the first subtraction is exact,
/// so r is good to its last digit even next to a multiple of pi/2. Vectors with an element too large for that (or infinite) take
/// the scalar function for such elements. Coefficients: tests/Nabla.Symbolics.Tests/Reference/polynomials.py.
/// </summary>
internal static class VectorTrig
{
    private const float RoundF = 12582912f, LimitF = 32768f;
    private const float HalfPi1F = 1.57079637f, HalfPi2F = -4.37113883e-8f, HalfPi3F = -1.71512451e-15f;
    private const double RoundD = 6755399441055744, LimitD = 1048576;
    private const double HalfPi1D = 1.5707963267948966, HalfPi2D = 6.123233995736766e-17, HalfPi3D = -1.4973849048591698e-33;

    public static void Sin(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, SinF>(x, y);

    public static void Sin(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, SinD>(x, y);

    public static void Cos(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, CosF>(x, y);

    public static void Cos(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, CosD>(x, y);

    public static void Tan(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, Widened<TanD>>(x, y);

    public static void Tan(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, TanD>(x, y);

    // ---- float ----

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Sin(VectorF x)
    {
        VectorF r = Reduce(x, out Vector<int> k);
        // The reduction turns -0 into +0.
        VectorF y = Vector.ConditionalSelect(Vector.Equals(x, VectorF.Zero), x, Quadrant(r, k));
        return Vector.GreaterThanOrEqualAny(Vector.Abs(x), new VectorF(LimitF)) ? Large(x, y, Math.Sin) : y;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Cos(VectorF x)
    {
        VectorF r = Reduce(x, out Vector<int> k);
        VectorF y = Quadrant(r, k + Vector<int>.One);
        return Vector.GreaterThanOrEqualAny(Vector.Abs(x), new VectorF(LimitF)) ? Large(x, y, Math.Cos) : y;
    }

    // The quadrant k comes as the low bits of an integer; those above are not its own.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorF Reduce(VectorF x, out Vector<int> k)
    {
        VectorF t = Vector.MultiplyAddEstimate(x, new VectorF(0.636619772f), new VectorF(RoundF));
        VectorF n = new VectorF(RoundF) - t;
        k = Vector.AsVectorInt32(t);
        VectorF r = Vector.FusedMultiplyAdd(n, new VectorF(HalfPi1F), x);
        r = Vector.FusedMultiplyAdd(n, new VectorF(HalfPi2F), r);
        return Vector.FusedMultiplyAdd(n, new VectorF(HalfPi3F), r);
    }

    // sin(r + k pi/2)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorF Quadrant(VectorF r, Vector<int> k)
    {
        VectorF z = r * r;
        VectorF p = Vector.MultiplyAddEstimate(new VectorF(2.72487023e-06f), z, new VectorF(-0.000198400769f));
        p = Vector.MultiplyAddEstimate(p, z, new VectorF(0.00833333191f));
        p = Vector.MultiplyAddEstimate(p, z, new VectorF(-0.166666672f));
        VectorF sin = Vector.MultiplyAddEstimate(p * z, r, r);
        VectorF q = Vector.MultiplyAddEstimate(new VectorF(2.45469309e-05f), z, new VectorF(-0.00138882978f));
        q = Vector.MultiplyAddEstimate(q, z, new VectorF(0.0416666642f));
        VectorF cos = Vector.MultiplyAddEstimate(z, Vector.MultiplyAddEstimate(q, z, new VectorF(-0.5f)), VectorF.One);
        Vector<int> odd = Vector.Equals(k & Vector<int>.One, Vector<int>.One);
        Vector<int> sign = Vector.ShiftLeft(k & new Vector<int>(2), 30);
        return Vector.AsVectorSingle(Vector.AsVectorInt32(Vector.ConditionalSelect(odd, cos, sin)) ^ sign);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static VectorF Large(VectorF x, VectorF y, Func<double, double> f)
    {
        for (int i = 0; i < VectorF.Count; i++)
        {
            if (!(Math.Abs(x[i]) < LimitF))
                y = y.WithElement(i, (float)f(x[i]));
        }
        return y;
    }

    // ---- double ----

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Sin(VectorD x)
    {
        VectorD r = Reduce(x, out Vector<long> k);
        VectorD y = Vector.ConditionalSelect(Vector.Equals(x, VectorD.Zero), x, Quadrant(r, k));
        return Vector.GreaterThanOrEqualAny(Vector.Abs(x), new VectorD(LimitD)) ? Large(x, y, Math.Sin) : y;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Cos(VectorD x)
    {
        VectorD r = Reduce(x, out Vector<long> k);
        VectorD y = Quadrant(r, k + Vector<long>.One);
        return Vector.GreaterThanOrEqualAny(Vector.Abs(x), new VectorD(LimitD)) ? Large(x, y, Math.Cos) : y;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Tan(VectorD x)
    {
        VectorD r = Reduce(x, out Vector<long> k);
        SinCos(r, out VectorD sin, out VectorD cos);
        VectorD odd = Vector.AsVectorDouble(Vector.Equals(k & Vector<long>.One, Vector<long>.One));
        VectorD y = Vector.ConditionalSelect(odd, -cos, sin) / Vector.ConditionalSelect(odd, sin, cos);
        y = Vector.ConditionalSelect(Vector.Equals(x, VectorD.Zero), x, y);
        return Vector.GreaterThanOrEqualAny(Vector.Abs(x), new VectorD(LimitD)) ? Large(x, y, Math.Tan) : y;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorD Reduce(VectorD x, out Vector<long> k)
    {
        VectorD t = Vector.MultiplyAddEstimate(x, new VectorD(0.63661977236758134), new VectorD(RoundD));
        VectorD n = new VectorD(RoundD) - t;
        k = Vector.AsVectorInt64(t);
        VectorD r = Vector.FusedMultiplyAdd(n, new VectorD(HalfPi1D), x);
        r = Vector.FusedMultiplyAdd(n, new VectorD(HalfPi2D), r);
        return Vector.FusedMultiplyAdd(n, new VectorD(HalfPi3D), r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SinCos(VectorD r, out VectorD sin, out VectorD cos)
    {
        VectorD z = r * r;
        VectorD p = Vector.MultiplyAddEstimate(new VectorD(-7.5864559400179732e-13), z, new VectorD(1.6058527519437729e-10));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(-2.5052106206531682e-08));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(2.7557319219264408e-06));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(-0.00019841269841264968));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.0083333333333333315));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(-0.16666666666666666));
        sin = Vector.MultiplyAddEstimate(p * z, r, r);
        VectorD q = Vector.MultiplyAddEstimate(new VectorD(4.7457378114259105e-14), z, new VectorD(-1.1470458608341428e-11));
        q = Vector.MultiplyAddEstimate(q, z, new VectorD(2.0876755776671767e-09));
        q = Vector.MultiplyAddEstimate(q, z, new VectorD(-2.7557319221361261e-07));
        q = Vector.MultiplyAddEstimate(q, z, new VectorD(2.4801587301584594e-05));
        q = Vector.MultiplyAddEstimate(q, z, new VectorD(-0.0013888888888888887));
        q = Vector.MultiplyAddEstimate(q, z, new VectorD(0.041666666666666664));
        // 1 - z/2 is rounded once; what it lost goes with the small terms.
        VectorD half = z * new VectorD(0.5);
        VectorD w = VectorD.One - half;
        cos = w + Vector.MultiplyAddEstimate(q, z * z, VectorD.One - w - half);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorD Quadrant(VectorD r, Vector<long> k)
    {
        SinCos(r, out VectorD sin, out VectorD cos);
        VectorD odd = Vector.AsVectorDouble(Vector.Equals(k & Vector<long>.One, Vector<long>.One));
        Vector<long> sign = Vector.ShiftLeft(k & new Vector<long>(2), 62);
        return Vector.AsVectorDouble(Vector.AsVectorInt64(Vector.ConditionalSelect(odd, cos, sin)) ^ sign);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static VectorD Large(VectorD x, VectorD y, Func<double, double> f)
    {
        for (int i = 0; i < VectorD.Count; i++)
        {
            if (!(Math.Abs(x[i]) < LimitD))
                y = y.WithElement(i, f(x[i]));
        }
        return y;
    }
    private readonly struct SinF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Apply(Vector<float> x) => Sin(x);
    }

    private readonly struct CosF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Apply(Vector<float> x) => Cos(x);
    }

    private readonly struct SinD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Sin(x);
    }

    private readonly struct CosD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Cos(x);
    }

    private readonly struct TanD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Tan(x);
    }
}
