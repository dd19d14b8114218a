using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using VectorD = System.Numerics.Vector<double>;
using VectorF = System.Numerics.Vector<float>;

namespace Nabla.Symbolics;

/// <summary>
/// The exponential family. With k = round(x / ln 2) and r = x - k ln 2, |r| at most 0.35: e^x = 2^k e^r, e^r by a polynomial.
/// Adding 1.5 * 2^23 (2^52 in double) rounds to an integer and leaves it in the low bits, so no conversion is needed.
/// Underflow is gradual: 2^k is applied as two factors. Coefficients: tests/Nabla.Symbolics.Tests/Reference/polynomials.py.
/// </summary>
internal static class VectorExp
{
    private const float RoundF = 12582912f;
    private const double RoundD = 6755399441055744;
    private const double Log2E = 1.4426950408889634;

    // ln 2 in two parts; the first has trailing zero bits, so that k times it is exact.
    private const float Ln2HighF = 0.693359375f, Ln2LowF = -2.12194440e-4f;
    private const double Ln2HighD = 6.93147180369123816490e-01, Ln2LowD = 1.90821492927058770002e-10;

    // The native minimum and maximum of x86 return the second operand if either is NaN, those of ARM the NaN; WebAssembly's do neither.
    private static bool ClampKeepsNan => X86Base.IsSupported || AdvSimd.IsSupported;

    public static void Exp(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, ExpF>(x, y);

    public static void Exp(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, ExpD>(x, y);

    public static void Exp2(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, Exp2F>(x, y);

    public static void Exp2(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, Exp2D>(x, y);

    public static void Expm1(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, Expm1F>(x, y);

    public static void Expm1(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, Expm1D>(x, y);

    public static void Sigmoid(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, SigmoidF>(x, y);

    public static void Sigmoid(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, SigmoidD>(x, y);

    // ---- float ----

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Exp(VectorF x)
    {
        VectorF c = Clamp(x, -105f, 89f);
        VectorF t = Vector.MultiplyAddEstimate(c, new VectorF((float)Log2E), new VectorF(RoundF));
        VectorF k = t - new VectorF(RoundF);
        VectorF r = Vector.MultiplyAddEstimate(k, new VectorF(-Ln2LowF), Vector.MultiplyAddEstimate(k, new VectorF(-Ln2HighF), c));
        VectorF p = Vector.MultiplyAddEstimate(Quadratic(r), r * r, r) + VectorF.One;
        return KeepNan(x, Scale(p, t));
    }

    /// <summary>e^x for x in [-87, 88], without the care for overflow and underflow; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF ExpModerate(VectorF x)
    {
        VectorF t = Vector.MultiplyAddEstimate(x, new VectorF((float)Log2E), new VectorF(RoundF));
        VectorF k = t - new VectorF(RoundF);
        VectorF r = Vector.MultiplyAddEstimate(k, new VectorF(-Ln2LowF), Vector.MultiplyAddEstimate(k, new VectorF(-Ln2HighF), x));
        VectorF p = Vector.MultiplyAddEstimate(Quadratic(r), r * r, r) + VectorF.One;
        return p * Vector.AsVectorSingle(Vector.ShiftLeft(Vector.AsVectorInt32(t) + new Vector<int>(127), 23));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Exp2(VectorF x)
    {
        VectorF c = Clamp(x, -151f, 129f);
        VectorF t = c + new VectorF(RoundF);
        VectorF r = (c - (t - new VectorF(RoundF))) * new VectorF(0.693147181f);
        VectorF p = Vector.MultiplyAddEstimate(Quadratic(r), r * r, r) + VectorF.One;
        return KeepNan(x, Scale(p, t));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Expm1(VectorF x)
    {
        VectorF c = Clamp(x, -30f, 89f);
        VectorF t = Vector.MultiplyAddEstimate(c, new VectorF((float)Log2E), new VectorF(RoundF));
        VectorF k = t - new VectorF(RoundF);
        VectorF r = Vector.MultiplyAddEstimate(k, new VectorF(-Ln2LowF), Vector.MultiplyAddEstimate(k, new VectorF(-Ln2HighF), c));
        VectorF p = Vector.MultiplyAddEstimate(Quadratic(r), r * r, r);
        // 2^k p + (2^k - 1), with 2^(k-1) because 2^128 is not a float; for k = 0 it is p itself, which keeps denormals whole.
        VectorF s = Vector.AsVectorSingle(Vector.ShiftLeft(Vector.AsVectorInt32(t) + new Vector<int>(126), 23));
        VectorF scaled = Vector.MultiplyAddEstimate(s, p, s - new VectorF(0.5f));
        VectorF y = Vector.ConditionalSelect(Vector.Equals(k, VectorF.Zero), p, scaled + scaled);
        return KeepNan(x, Vector.CopySign(y, x));
    }

    /// <summary>1 / (1 + e^-x), by e^-|x| so that nothing overflows and the left tail keeps its relative accuracy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Sigmoid(VectorF x)
    {
        VectorF e = Exp(-Vector.Abs(x));
        return Vector.ConditionalSelect(Vector.LessThan(x, VectorF.Zero), e, VectorF.One) / (VectorF.One + e);
    }

    // (e^r - 1 - r) / r^2
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorF Quadratic(VectorF r)
    {
        VectorF p = Vector.MultiplyAddEstimate(new VectorF(0.00139269268f), r, new VectorF(0.00836377405f));
        p = Vector.MultiplyAddEstimate(p, r, new VectorF(0.0416665487f));
        p = Vector.MultiplyAddEstimate(p, r, new VectorF(0.166665733f));
        return Vector.MultiplyAddEstimate(p, r, new VectorF(0.5f));
    }

    // p * 2^k, k being the low bits of t; the high bits are shifted out. Two factors, each a normal number, and a product that may
    // overflow or underflow gradually. (Adding k to the exponent bits of p would be quicker, but makes numbers of some NaNs.)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorF Scale(VectorF p, VectorF t)
    {
        Vector<int> k = Vector.AsVectorInt32(t);
        Vector<int> half = Vector.ShiftRightLogical(k, 1);
        VectorF first = Vector.AsVectorSingle(Vector.ShiftLeft(half + new Vector<int>(127), 23));
        VectorF second = Vector.AsVectorSingle(Vector.ShiftLeft(k - half + new Vector<int>(127), 23));
        return p * first * second;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorF Clamp(VectorF x, float low, float high) =>
        Vector.MaxNative(new VectorF(low), Vector.MinNative(new VectorF(high), x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorF KeepNan(VectorF x, VectorF y) => ClampKeepsNan ? y : Vector.ConditionalSelect(Vector.Equals(x, x), y, x);

    // ---- double ----

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Exp(VectorD x) => ExpTimesPowerOfTwo(x, 0);

    /// <summary>e^x 2^power without intermediate overflow: e^x / 2 is finite where e^x no longer is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD ExpTimesPowerOfTwo(VectorD x, long power)
    {
        VectorD c = Clamp(x, -746, 712);
        VectorD t = Vector.MultiplyAddEstimate(c, new VectorD(Log2E), new VectorD(RoundD));
        VectorD k = t - new VectorD(RoundD);
        VectorD r = Vector.MultiplyAddEstimate(k, new VectorD(-Ln2LowD), Vector.MultiplyAddEstimate(k, new VectorD(-Ln2HighD), c));
        VectorD p = Vector.MultiplyAddEstimate(Quadratic(r), r * r, r) + VectorD.One;
        return KeepNan(x, Scale(p, t, power));
    }

    /// <summary>e^x for x in [-708, 709], without the care for overflow and underflow; NaN stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD ExpModerate(VectorD x)
    {
        VectorD t = Vector.MultiplyAddEstimate(x, new VectorD(Log2E), new VectorD(RoundD));
        VectorD k = t - new VectorD(RoundD);
        VectorD r = Vector.MultiplyAddEstimate(k, new VectorD(-Ln2LowD), Vector.MultiplyAddEstimate(k, new VectorD(-Ln2HighD), x));
        VectorD p = Vector.MultiplyAddEstimate(Quadratic(r), r * r, r) + VectorD.One;
        return p * Vector.AsVectorDouble(Vector.ShiftLeft(Vector.AsVectorInt64(t) + new Vector<long>(1023), 52));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Exp2(VectorD x)
    {
        VectorD c = Clamp(x, -1076, 1025);
        VectorD t = c + new VectorD(RoundD);
        VectorD r = (c - (t - new VectorD(RoundD))) * new VectorD(0.69314718055994531);
        VectorD p = Vector.MultiplyAddEstimate(Quadratic(r), r * r, r) + VectorD.One;
        return KeepNan(x, Scale(p, t, 0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Expm1(VectorD x)
    {
        VectorD c = Clamp(x, -50, 709.9);
        VectorD t = Vector.MultiplyAddEstimate(c, new VectorD(Log2E), new VectorD(RoundD));
        VectorD k = t - new VectorD(RoundD);
        VectorD r = Vector.MultiplyAddEstimate(k, new VectorD(-Ln2LowD), Vector.MultiplyAddEstimate(k, new VectorD(-Ln2HighD), c));
        VectorD p = Vector.MultiplyAddEstimate(Quadratic(r), r * r, r);
        VectorD s = Vector.AsVectorDouble(Vector.ShiftLeft(Vector.AsVectorInt64(t) + new Vector<long>(1022), 52));
        VectorD scaled = Vector.MultiplyAddEstimate(s, p, s - new VectorD(0.5));
        VectorD y = Vector.ConditionalSelect(Vector.Equals(k, VectorD.Zero), p, scaled + scaled);
        return KeepNan(x, Vector.CopySign(y, x));
    }

    /// <inheritdoc cref="Sigmoid(VectorF)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Sigmoid(VectorD x)
    {
        VectorD e = Exp(-Vector.Abs(x));
        return Vector.ConditionalSelect(Vector.LessThan(x, VectorD.Zero), e, VectorD.One) / (VectorD.One + e);
    }

    // (e^r - 1 - r) / r^2
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorD Quadratic(VectorD r)
    {
        VectorD p = Vector.MultiplyAddEstimate(new VectorD(2.0915442297780116e-09), r, new VectorD(2.5106274733573296e-08));
        p = Vector.MultiplyAddEstimate(p, r, new VectorD(2.75572718102198e-07));
        p = Vector.MultiplyAddEstimate(p, r, new VectorD(2.7557252833516911e-06));
        p = Vector.MultiplyAddEstimate(p, r, new VectorD(2.4801587327007187e-05));
        p = Vector.MultiplyAddEstimate(p, r, new VectorD(0.00019841269876864356));
        p = Vector.MultiplyAddEstimate(p, r, new VectorD(0.0013888888888883327));
        p = Vector.MultiplyAddEstimate(p, r, new VectorD(0.0083333333333255443));
        p = Vector.MultiplyAddEstimate(p, r, new VectorD(0.041666666666666671));
        p = Vector.MultiplyAddEstimate(p, r, new VectorD(0.16666666666666671));
        return Vector.MultiplyAddEstimate(p, r, new VectorD(0.5));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorD Scale(VectorD p, VectorD t, long power)
    {
        Vector<long> k = Vector.AsVectorInt64(t) + new Vector<long>(power);
        Vector<long> half = Vector.ShiftRightLogical(k, 1);
        VectorD first = Vector.AsVectorDouble(Vector.ShiftLeft(half + new Vector<long>(1023), 52));
        VectorD second = Vector.AsVectorDouble(Vector.ShiftLeft(k - half + new Vector<long>(1023), 52));
        return p * first * second;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorD Clamp(VectorD x, double low, double high) =>
        Vector.MaxNative(new VectorD(low), Vector.MinNative(new VectorD(high), x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorD KeepNan(VectorD x, VectorD y) => ClampKeepsNan ? y : Vector.ConditionalSelect(Vector.Equals(x, x), y, x);
    private readonly struct ExpF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Apply(Vector<float> x) => Exp(x);
    }

    private readonly struct Exp2F : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Apply(Vector<float> x) => Exp2(x);
    }

    private readonly struct Expm1F : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Apply(Vector<float> x) => Expm1(x);
    }

    private readonly struct SigmoidF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Apply(Vector<float> x) => Sigmoid(x);
    }

    private readonly struct ExpD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Exp(x);
    }

    private readonly struct Exp2D : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Exp2(x);
    }

    private readonly struct Expm1D : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Expm1(x);
    }

    private readonly struct SigmoidD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Sigmoid(x);
    }
}
