using System.Numerics;
using System.Runtime.CompilerServices;
using VectorD = System.Numerics.Vector<double>;
using VectorF = System.Numerics.Vector<float>;

namespace Nabla.Symbolics;

/// <summary>
/// The logarithm family. x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), so that log x = k ln 2 + log(1 + f);
/// log(1 + f) = f - f^2/2 + ..., by a polynomial in f (float) or in s = f / (2 + f) (double).
/// Denormals are exact arguments. Coefficients: tests/Nabla.Symbolics.Tests/Reference/polynomials.py.
/// </summary>
internal static class VectorLog
{
    private const float Ln2HighF = 0.693359375f, Ln2LowF = -2.12194440e-4f;
    private const double Ln2HighD = 6.93147180369123816490e-01, Ln2LowD = 1.90821492927058770002e-10;
    private const int SqrtHalfF = 0x3F3504F3, OneF = 0x3F800000;
    private const long SqrtHalfD = 0x3FE6A09E667F3BCD, OneD = 0x3FF0000000000000;

    public static void Log(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, LogF>(x, y);

    public static void Log(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, LogD>(x, y);

    public static void Log2(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, Log2F>(x, y);

    public static void Log2(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, Log2D>(x, y);

    public static void Log10(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, Log10F>(x, y);

    public static void Log10(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, Log10D>(x, y);

    public static void Log1p(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, Log1pF>(x, y);

    public static void Log1p(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, Log1pD>(x, y);

    public static void Softplus(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, SoftplusF>(x, y);

    public static void Softplus(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, SoftplusD>(x, y);

    // ---- float ----

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Log(VectorF x)
    {
        VectorF f = Split(x, out VectorF k);
        return Special(x, Sum(f, k));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Log2(VectorF x)
    {
        VectorF f = Split(x, out VectorF k);
        VectorF log = Sum(f, VectorF.Zero);
        // 1 / ln 2 = 1 + 0.4427: the part that is 1 needs no rounding.
        VectorF y = Vector.MultiplyAddEstimate(log, new VectorF(0.442695041f), log) + k;
        return Special(x, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Log10(VectorF x)
    {
        VectorF f = Split(x, out VectorF k);
        // log10(2) in two parts, the first exact when multiplied by k.
        VectorF low = Vector.MultiplyAddEstimate(Sum(f, VectorF.Zero), new VectorF(0.434294482f), k * new VectorF(4.60503898e-6f));
        return Special(x, Vector.MultiplyAddEstimate(k, new VectorF(0.301025391f), low));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Log1p(VectorF x)
    {
        VectorF u = VectorF.One + x;
        Vector<int> shifted = Vector.AsVectorInt32(u) + new Vector<int>(OneF - SqrtHalfF);
        Vector<int> biased = Vector.ShiftRightLogical(shifted, 23);
        VectorF k = Vector.ConvertToSingle(biased - new Vector<int>(127));
        // f = 2^-k (1 + x) - 1 from x itself, so that what 1 + x rounded away is not lost. 2^(2-k) is a normal number where 2^-k is not.
        VectorF s = Vector.AsVectorSingle(Vector.ShiftLeft(new Vector<int>(256) - biased, 23));
        VectorF quarter = new(0.25f);
        VectorF f = Vector.MultiplyAddEstimate(s * x, quarter, Vector.MultiplyAddEstimate(s, quarter, -VectorF.One));
        return Vector.CopySign(Special(u, Sum(f, k)), x);
    }

    /// <summary>log(1 + e^x) = max(x, 0) + log1p(e^-|x|)</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Softplus(VectorF x)
    {
        // e is in [0, 1], so 1 + e needs no more than one halving.
        VectorF e = VectorExp.Exp(-Vector.Abs(x));
        VectorF halve = Vector.AsVectorSingle(Vector.GreaterThan(e, new VectorF(0.41421356f)));
        VectorF f = Vector.ConditionalSelect(halve, Vector.MultiplyAddEstimate(e, new VectorF(0.5f), new VectorF(-0.5f)), e);
        VectorF log = Sum(f, halve & VectorF.One);
        return log + Vector.ConditionalSelect(Vector.LessThan(x, VectorF.Zero), VectorF.Zero, x);
    }

    // f with x = 2^k (1 + f)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorF Split(VectorF x, out VectorF k)
    {
        Vector<int> denormal = Vector.LessThan(x, new VectorF(1.17549435e-38f));
        VectorF scaled = Vector.ConditionalSelect(denormal, x * new VectorF(16777216f), x);
        Vector<int> shifted = Vector.AsVectorInt32(scaled) + new Vector<int>(OneF - SqrtHalfF);
        k = Vector.ConvertToSingle(Vector.ShiftRightLogical(shifted, 23) - new Vector<int>(127) - (denormal & new Vector<int>(24)));
        return Vector.AsVectorSingle((shifted & new Vector<int>(0x007FFFFF)) + new Vector<int>(SqrtHalfF)) - VectorF.One;
    }

    // k ln 2 + log(1 + f)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorF Sum(VectorF f, VectorF k)
    {
        VectorF z = f * f;
        // In pairs, which are independent of each other: half the latency of Horner's scheme.
        VectorF p = Vector.MultiplyAddEstimate(new VectorF(0.0697161183f), z, Vector.MultiplyAddEstimate(new VectorF(-0.114797339f), f, new VectorF(0.116854198f)));
        p = Vector.MultiplyAddEstimate(p, z, Vector.MultiplyAddEstimate(new VectorF(-0.124256872f), f, new VectorF(0.142490581f)));
        p = Vector.MultiplyAddEstimate(p, z, Vector.MultiplyAddEstimate(new VectorF(-0.166678026f), f, new VectorF(0.200007156f)));
        p = Vector.MultiplyAddEstimate(p, z, Vector.MultiplyAddEstimate(new VectorF(-0.24999997f), f, new VectorF(0.333333313f)));
        VectorF low = Vector.MultiplyAddEstimate(z * f, p, k * new VectorF(Ln2LowF));
        low = Vector.MultiplyAddEstimate(z, new VectorF(-0.5f), low);
        return Vector.MultiplyAddEstimate(k, new VectorF(Ln2HighF), f + low);
    }

    // log 0 = -inf, log inf = inf, log of a negative number or of NaN is NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorF Special(VectorF x, VectorF y)
    {
        Vector<int> regular = Vector.GreaterThan(x, VectorF.Zero) & Vector.LessThan(x, new VectorF(float.PositiveInfinity));
        return Vector.EqualsAll(regular, Vector<int>.AllBitsSet) ? y : Vector.ConditionalSelect(regular, y, Irregular(x));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static VectorF Irregular(VectorF x)
    {
        VectorF infinity = new(float.PositiveInfinity);
        VectorF positive = Vector.ConditionalSelect(Vector.GreaterThan(x, VectorF.Zero), infinity, new VectorF(float.NaN));
        return Vector.ConditionalSelect(Vector.Equals(x, VectorF.Zero), -infinity, positive);
    }

    // ---- double ----

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Log(VectorD x)
    {
        VectorD f = Split(x, out VectorD k);
        return Special(x, Sum(f, k));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Log2(VectorD x)
    {
        VectorD f = Split(x, out VectorD k);
        VectorD log = Sum(f, VectorD.Zero);
        VectorD y = Vector.MultiplyAddEstimate(log, new VectorD(0.44269504088896340), log) + k;
        return Special(x, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Log10(VectorD x)
    {
        VectorD f = Split(x, out VectorD k);
        VectorD low = Vector.MultiplyAddEstimate(Sum(f, VectorD.Zero), new VectorD(0.43429448190325182), k * new VectorD(3.69423907715893078616e-13));
        return Special(x, Vector.MultiplyAddEstimate(k, new VectorD(3.01029995663611771306e-01), low));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Log1p(VectorD x)
    {
        VectorD u = VectorD.One + x;
        Vector<long> biased = Vector.ShiftRightLogical(Vector.AsVectorInt64(u) + new Vector<long>(OneD - SqrtHalfD), 52);
        VectorD k = Exponent(biased);
        VectorD s = Vector.AsVectorDouble(Vector.ShiftLeft(new Vector<long>(2048) - biased, 52));
        VectorD quarter = new(0.25);
        VectorD f = Vector.MultiplyAddEstimate(s * x, quarter, Vector.MultiplyAddEstimate(s, quarter, -VectorD.One));
        return Vector.CopySign(Special(u, Sum(f, k)), x);
    }

    /// <inheritdoc cref="Softplus(VectorF)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorD Softplus(VectorD x)
    {
        VectorD e = VectorExp.Exp(-Vector.Abs(x));
        VectorD halve = Vector.AsVectorDouble(Vector.GreaterThan(e, new VectorD(0.41421356)));
        VectorD f = Vector.ConditionalSelect(halve, Vector.MultiplyAddEstimate(e, new VectorD(0.5), new VectorD(-0.5)), e);
        VectorD log = Sum(f, halve & VectorD.One);
        return log + Vector.ConditionalSelect(Vector.LessThan(x, VectorD.Zero), VectorD.Zero, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorD Split(VectorD x, out VectorD k)
    {
        VectorD denormal = Vector.AsVectorDouble(Vector.LessThan(x, new VectorD(2.2250738585072014e-308)));
        VectorD scaled = Vector.ConditionalSelect(denormal, x * new VectorD(18014398509481984), x);
        Vector<long> shifted = Vector.AsVectorInt64(scaled) + new Vector<long>(OneD - SqrtHalfD);
        k = Exponent(Vector.ShiftRightLogical(shifted, 52)) - (denormal & new VectorD(54));
        return Vector.AsVectorDouble((shifted & new Vector<long>(0x000FFFFFFFFFFFFF)) + new Vector<long>(SqrtHalfD)) - VectorD.One;
    }

    // A small integer in the low bits of 2^52 is 2^52 plus that integer: the conversion that AVX2 lacks.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorD Exponent(Vector<long> biased) =>
        Vector.AsVectorDouble(biased | new Vector<long>(0x4330000000000000)) - new VectorD(4503599627370496 + 1023.0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorD Sum(VectorD f, VectorD k)
    {
        VectorD s = f / (f + new VectorD(2));
        VectorD z = s * s;
        VectorD half = f * f * new VectorD(0.5);
        VectorD p = Vector.MultiplyAddEstimate(new VectorD(0.1308675766695207), z, new VectorD(0.13268760562036724));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.15386240172447838));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.18181795631498243));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.22222222391794727));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.28571428570803253));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.40000000000000879));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.66666666666666663));
        VectorD low = Vector.MultiplyAddEstimate(s, Vector.MultiplyAddEstimate(z, p, half), k * new VectorD(Ln2LowD));
        return Vector.MultiplyAddEstimate(k, new VectorD(Ln2HighD), f - (half - low));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorD Special(VectorD x, VectorD y)
    {
        Vector<long> regular = Vector.GreaterThan(x, VectorD.Zero) & Vector.LessThan(x, new VectorD(double.PositiveInfinity));
        return Vector.EqualsAll(regular, Vector<long>.AllBitsSet) ? y : Vector.ConditionalSelect(regular, y, Irregular(x));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static VectorD Irregular(VectorD x)
    {
        VectorD infinity = new(double.PositiveInfinity);
        VectorD positive = Vector.ConditionalSelect(Vector.GreaterThan(x, VectorD.Zero), infinity, new VectorD(double.NaN));
        return Vector.ConditionalSelect(Vector.Equals(x, VectorD.Zero), -infinity, positive);
    }
    private readonly struct LogF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Apply(Vector<float> x) => Log(x);
    }

    private readonly struct Log2F : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Apply(Vector<float> x) => Log2(x);
    }

    private readonly struct Log10F : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Apply(Vector<float> x) => Log10(x);
    }

    private readonly struct Log1pF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Apply(Vector<float> x) => Log1p(x);
    }

    private readonly struct SoftplusF : IUnaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Apply(Vector<float> x) => Softplus(x);
    }

    private readonly struct LogD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Log(x);
    }

    private readonly struct Log2D : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Log2(x);
    }

    private readonly struct Log10D : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Log10(x);
    }

    private readonly struct Log1pD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Log1p(x);
    }

    private readonly struct SoftplusD : IUnaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Apply(Vector<double> x) => Softplus(x);
    }
}
