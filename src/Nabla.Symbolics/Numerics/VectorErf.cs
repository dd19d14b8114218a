using System.Numerics;
using System.Runtime.CompilerServices;
using VectorD = System.Numerics.Vector<double>;
using VectorF = System.Numerics.Vector<float>;

namespace Nabla.Symbolics;

/// <summary>
/// The error function and its complement. In double, erfc(x) = e^(-x^2) P(t) / (1 + 2x) with t = (x - 4) / (x + 4), which is one
/// polynomial for all x >= 0 (Shepherd and Laframboise 1981); erf is x times a polynomial up to 1 and 1 - erfc beyond.
/// In float, erf beyond 0.9 is 1 - e^P(x). Coefficients: tests/Nabla.Symbolics.Tests/Reference/polynomials.py.
/// </summary>
internal static class VectorErf
{
    public static void Erf(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, ErfF>(x, y);

    public static void Erf(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, ErfD>(x, y);

    public static void Erfc(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, Widened<ErfcD>>(x, y);

    public static void Erfc(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, ErfcD>(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Erf(VectorF x)
    {
        VectorF a = Vector.Abs(x);
        VectorF near = Near(x);
        // From 4 on erf is 1 in float; the polynomial is not meant for more.
        VectorF far = VectorF.One - VectorExp.ExpModerate(LogErfc(Vector.ConditionalSelect(Vector.GreaterThan(a, new VectorF(4)), new VectorF(4), a)));
        return Vector.ConditionalSelect(Vector.LessThan(a, new VectorF(0.9f)), near, Vector.CopySign(far, x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorF Near(VectorF x)
    {
        VectorF z = x * x;
        VectorF p = Vector.MultiplyAddEstimate(new VectorF(8.52940138e-05f), z, new VectorF(-0.000817963213f));
        p = Vector.MultiplyAddEstimate(p, z, new VectorF(0.00520422682f));
        p = Vector.MultiplyAddEstimate(p, z, new VectorF(-0.0268606655f));
        p = Vector.MultiplyAddEstimate(p, z, new VectorF(0.11283718f));
        p = Vector.MultiplyAddEstimate(p, z, new VectorF(-0.376126349f));
        p = Vector.MultiplyAddEstimate(p, z, new VectorF(0.128379166f));
        return Vector.MultiplyAddEstimate(p, x, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorF LogErfc(VectorF a)
    {
        VectorF p = Vector.MultiplyAddEstimate(new VectorF(-4.45389645e-08f), a, new VectorF(2.59433932e-06f));
        p = Vector.MultiplyAddEstimate(p, a, new VectorF(-5.49361685e-05f));
        p = Vector.MultiplyAddEstimate(p, a, new VectorF(0.000643316482f));
        p = Vector.MultiplyAddEstimate(p, a, new VectorF(-0.00491078012f));
        p = Vector.MultiplyAddEstimate(p, a, new VectorF(0.0267362334f));
        p = Vector.MultiplyAddEstimate(p, a, new VectorF(-0.110499568f));
        p = Vector.MultiplyAddEstimate(p, a, new VectorF(-0.631483495f));
        p = Vector.MultiplyAddEstimate(p, a, new VectorF(-1.13038838f));
        return Vector.MultiplyAddEstimate(p, a, new VectorF(0.000349582115f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Erf(VectorD x)
    {
        VectorD a = Vector.Abs(x);
        VectorD far = Vector.CopySign(VectorD.One - Complement(a), x);
        return Vector.ConditionalSelect(Vector.LessThan(a, VectorD.One), Near(x), far);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Erfc(VectorD x)
    {
        VectorD a = Vector.Abs(x);
        VectorD complement = Complement(a);
        VectorD outer = Vector.ConditionalSelect(Vector.LessThan(x, VectorD.Zero), new VectorD(2) - complement, complement);
        // Below 1/2, 1 - erf(x) loses nothing and has no rounding of e^(-x^2).
        return Vector.ConditionalSelect(Vector.LessThan(a, new VectorD(0.5)), VectorD.One - Near(x), outer);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorD Near(VectorD x)
    {
        VectorD z = x * x;
        VectorD p = Vector.MultiplyAddEstimate(new VectorD(-4.374621450325064e-12), z, new VectorD(8.8006800904602032e-11));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(-1.219035624032117e-09));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(1.4796618901290416e-08));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(-1.6365085592632062e-07));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(1.6462076794793434e-06));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(-1.4925649082364785e-05));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.00012055332952700439));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(-0.00085483270230246957));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.0052239776254384687));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(-0.026866170645131082));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.11283791670955125));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(-0.37612638903183754));
        // 2/sqrt(pi) = 1 + 0.128...
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.12837916709551257));
        return Vector.MultiplyAddEstimate(p, x, x);
    }

    // erfc(a) for a >= 0
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorD Complement(VectorD a)
    {
        VectorD c = Vector.ConditionalSelect(Vector.GreaterThan(a, new VectorD(28)), new VectorD(28), a);
        VectorD t = (c - new VectorD(4)) / (c + new VectorD(4));
        VectorD p = Vector.MultiplyAddEstimate(new VectorD(-1.7894464190101178e-09), t, new VectorD(-1.3571098359810141e-08));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(-7.6910149505227234e-09));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(1.1512188061936278e-07));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(6.2515328511469436e-08));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(-8.349628296086099e-07));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(3.0161418045577851e-07));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(5.717812146100212e-06));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(-1.1224967842160017e-05));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(-2.4403166785901689e-05));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(0.00015062231428531137));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(-0.00019925549945106077));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(-0.00075777335823862984));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(0.0050319697528904408));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(-0.016197734056685495));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(0.037167515562982298));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(-0.066330365811730449));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(0.093732834996755346));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(-0.10103906603634365));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(0.068097054254738637));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(0.015379652102620602));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(-0.13962111684056291));
        p = Vector.MultiplyAddEstimate(p, t, new VectorD(1.2329951186255526));
        // e^(-c^2) with the part of c^2 that rounding takes away
        VectorD square = c * c;
        VectorD rest = Vector.FusedMultiplyAdd(c, c, -square);
        VectorD exp = VectorExp.Exp(-square);
        return exp * (p - p * rest) / (VectorD.One + c + c);
    }
    private readonly struct ErfF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Apply(Vector<float> x) => Erf(x);
    }

    private readonly struct ErfD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Erf(x);
    }

    private readonly struct ErfcD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Erfc(x);
    }
}
