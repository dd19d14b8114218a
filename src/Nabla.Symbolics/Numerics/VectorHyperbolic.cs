using System.Numerics;
using System.Runtime.CompilerServices;
using VectorD = System.Numerics.Vector<double>;
using VectorF = System.Numerics.Vector<float>;

namespace Nabla.Symbolics;

/// <summary>
/// Hyperbolic functions and their inverses. Near 0, where formulas with e^x cancel, an odd polynomial keeps the relative accuracy.
/// The float kernels widen, but for tanh. Coefficients: tests/Nabla.Symbolics.Tests/Reference/polynomials.py.
/// </summary>
internal static class VectorHyperbolic
{
    private const double Ln2 = 0.69314718055994531;

    public static void Tanh(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, TanhF>(x, y);

    public static void Tanh(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, TanhD>(x, y);

    public static void Sinh(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, Widened<SinhD>>(x, y);

    public static void Sinh(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, SinhD>(x, y);

    public static void Cosh(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, Widened<CoshD>>(x, y);

    public static void Cosh(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, CoshD>(x, y);

    public static void Asinh(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, Widened<AsinhD>>(x, y);

    public static void Asinh(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, AsinhD>(x, y);

    public static void Acosh(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, Widened<AcoshD>>(x, y);

    public static void Acosh(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, AcoshD>(x, y);

    public static void Atanh(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, Widened<AtanhD>>(x, y);

    public static void Atanh(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, AtanhD>(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Tanh(VectorF x)
    {
        VectorF a = Vector.Abs(x);
        // From 10 on tanh is 1 after rounding. A NaN passes the comparison as it is.
        VectorF c = Vector.ConditionalSelect(Vector.GreaterThan(a, new VectorF(10)), new VectorF(10), a);
        VectorF far = VectorF.One - new VectorF(2) / (VectorExp.ExpModerate(c + c) + VectorF.One);
        return Vector.CopySign(Vector.ConditionalSelect(Vector.LessThan(a, new VectorF(0.625f)), NearTanh(a), far), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorF NearTanh(VectorF x)
    {
        VectorF z = x * x;
        VectorF p = Vector.MultiplyAddEstimate(new VectorF(0.00229280721f), z, new VectorF(-0.00834400021f));
        p = Vector.MultiplyAddEstimate(p, z, new VectorF(0.021768935f));
        p = Vector.MultiplyAddEstimate(p, z, new VectorF(-0.0539592616f));
        p = Vector.MultiplyAddEstimate(p, z, new VectorF(0.133333042f));
        p = Vector.MultiplyAddEstimate(p, z, new VectorF(-0.333333343f));
        return Vector.MultiplyAddEstimate(p * z, x, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Tanh(VectorD x)
    {
        VectorD a = Vector.Abs(x);
        // From 20 on tanh is 1 after rounding. A NaN passes the comparison as it is.
        VectorD c = Vector.ConditionalSelect(Vector.GreaterThan(a, new VectorD(20)), new VectorD(20), a);
        VectorD far = VectorD.One - new VectorD(2) / (VectorExp.ExpModerate(c + c) + VectorD.One);
        return Vector.CopySign(Vector.ConditionalSelect(Vector.LessThan(a, new VectorD(0.625)), NearTanh(a), far), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorD NearTanh(VectorD x)
    {
        VectorD z = x * x;
        VectorD p = Vector.MultiplyAddEstimate(new VectorD(6.485516359340047e-06), z, new VectorD(-3.1201826340730537e-05));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(9.2571803012846354e-05));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(-0.00023759096988290967));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.00058966075677714658));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(-0.0014557754316503507));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.0035921217536396782));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(-0.0088632351034365238));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.021869488519017256));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(-0.053968253967897201));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.13333333333333042));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(-0.33333333333333331));
        return Vector.MultiplyAddEstimate(p * z, x, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Sinh(VectorD x)
    {
        VectorD a = Vector.Abs(x);
        VectorD half = VectorExp.ExpTimesPowerOfTwo(a, -1);
        VectorD far = Vector.CopySign(half - new VectorD(0.25) / half, x);
        return Vector.ConditionalSelect(Vector.LessThan(a, VectorD.One), NearSinh(x), far);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorD NearSinh(VectorD x)
    {
        VectorD z = x * x;
        VectorD p = Vector.MultiplyAddEstimate(new VectorD(2.8445264169895285e-15), z, new VectorD(7.6466253616566573e-13));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(1.6059048396350562e-10));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(2.5052108364058039e-08));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(2.755731922404034e-06));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.00019841269841269773));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.0083333333333333332));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.16666666666666666));
        return Vector.MultiplyAddEstimate(p * z, x, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Cosh(VectorD x)
    {
        VectorD half = VectorExp.ExpTimesPowerOfTwo(Vector.Abs(x), -1);
        return half + new VectorD(0.25) / half;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Asinh(VectorD x)
    {
        VectorD a = Vector.Abs(x);
        VectorD square = a * a;
        VectorD root = VectorD.One + Vector.SquareRoot(VectorD.One + square);
        // a + sqrt(1 + a^2) - 1; beyond 2^28 it is 2a, halved so as not to overflow.
        VectorD large = Vector.AsVectorDouble(Vector.GreaterThan(a, new VectorD(268435456)));
        VectorD y = VectorLog.Log1p(Vector.ConditionalSelect(large, a, a + square / root)) + (large & new VectorD(Ln2));
        return Vector.CopySign(y, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Acosh(VectorD x)
    {
        VectorD t = x - VectorD.One;
        VectorD large = Vector.AsVectorDouble(Vector.GreaterThan(x, new VectorD(268435456)));
        VectorD small = t + Vector.SquareRoot(t * (t + new VectorD(2)));
        // Below 1, t + sqrt(...) may be a number although there is no result.
        VectorD y = VectorLog.Log1p(Vector.ConditionalSelect(large, t, small)) + (large & new VectorD(Ln2));
        return Vector.ConditionalSelect(Vector.LessThan(x, VectorD.One), new VectorD(double.NaN), y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Atanh(VectorD x)
    {
        VectorD a = Vector.Abs(x);
        VectorD y = VectorLog.Log1p((a + a) / (VectorD.One - a)) * new VectorD(0.5);
        return Vector.CopySign(y, x);
    }
    private readonly struct TanhF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Apply(Vector<float> x) => Tanh(x);
    }

    private readonly struct TanhD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Tanh(x);
    }

    private readonly struct SinhD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Sinh(x);
    }

    private readonly struct CoshD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Cosh(x);
    }

    private readonly struct AsinhD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Asinh(x);
    }

    private readonly struct AcoshD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Acosh(x);
    }

    private readonly struct AtanhD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Atanh(x);
    }
}
