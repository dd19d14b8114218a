using System.Numerics;
using System.Runtime.CompilerServices;
using VectorD = System.Numerics.Vector<double>;
using VectorF = System.Numerics.Vector<float>;

namespace Nabla.Symbolics;

/// <summary>
/// x^y. In float as 2^(y log2 |x|) in double, with polynomials just long enough for a float result; special cases as in C.
/// In double the logarithm would need more than double precision, so System.Math does it.
/// </summary>
internal static class VectorPow
{
    private const double RoundD = 6755399441055744;
    private const long SqrtHalf = 0x3FE6A09E667F3BCD, One = 0x3FF0000000000000;

    public static void Pow(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> z) => VectorLoop.Map2<float, PowF>(x, y, z);

    public static void Pow(ReadOnlySpan<double> x, ReadOnlySpan<double> y, Span<double> z)
    {
        for (int i = 0; i < x.Length; i++)
            z[i] = Math.Pow(x[i], y[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VectorF Pow(VectorF x, VectorF y)
    {
        VectorF a = Vector.Abs(x);
        Vector.Widen(a, out VectorD lowX, out VectorD highX);
        Vector.Widen(y, out VectorD lowY, out VectorD highY);
        VectorF power = Vector.Narrow(Positive(lowX, lowY), Positive(highX, highY));
        VectorF infinity = new(float.PositiveInfinity);
        Vector<int> regular = Vector.GreaterThan(x, VectorF.Zero) & Vector.LessThan(a, infinity) & Vector.LessThan(Vector.Abs(y), infinity);
        return Vector.EqualsAll(regular, Vector<int>.AllBitsSet) ? power : Special(x, y, power);
    }

    // a^y for 0 < a < inf, finite y; float denormals are normal in double.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorD Positive(VectorD a, VectorD y)
    {
        Vector<long> shifted = Vector.AsVectorInt64(a) + new Vector<long>(One - SqrtHalf);
        VectorD k = Vector.AsVectorDouble(Vector.ShiftRightLogical(shifted, 52) | new Vector<long>(0x4330000000000000)) - new VectorD(4503599627370496 + 1023.0);
        VectorD f = Vector.AsVectorDouble((shifted & new Vector<long>(0x000FFFFFFFFFFFFF)) + new Vector<long>(SqrtHalf)) - VectorD.One;
        VectorD log = Log1p(f);
        VectorD e = y * Vector.MultiplyAddEstimate(log, new VectorD(1.4426950408889634), k);
        // 2^e, e in the range where the result is neither 0 nor inf in float, with room on both sides
        e = Vector.MaxNative(new VectorD(-200), Vector.MinNative(new VectorD(200), e));
        VectorD t = e + new VectorD(RoundD);
        VectorD r = (e - (t - new VectorD(RoundD))) * new VectorD(0.69314718055994531);
        VectorD p = Exp(r);
        return Vector.AsVectorDouble(Vector.AsVectorInt64(p) + Vector.ShiftLeft(Vector.AsVectorInt64(t), 52));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorD Log1p(VectorD f)
    {
        VectorD s = f / (f + new VectorD(2));
        VectorD z = s * s;
        VectorD p = Vector.MultiplyAddEstimate(new VectorD(0.19362768670384808), z, new VectorD(0.22191394913518414));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.28571754629111484));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.39999998796881109));
        p = Vector.MultiplyAddEstimate(p, z, new VectorD(0.66666666667375429));
        return s * Vector.MultiplyAddEstimate(p, z, new VectorD(2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorD Exp(VectorD r)
    {
        VectorD p = Vector.MultiplyAddEstimate(new VectorD(2.4860745193047496e-05), r, new VectorD(0.00019900441465296745));
        p = Vector.MultiplyAddEstimate(p, r, new VectorD(0.0013888852633922931));
        p = Vector.MultiplyAddEstimate(p, r, new VectorD(0.0083332970674287188));
        p = Vector.MultiplyAddEstimate(p, r, new VectorD(0.041666666722200998));
        p = Vector.MultiplyAddEstimate(p, r, new VectorD(0.16666666722219042));
        p = Vector.MultiplyAddEstimate(p, r, new VectorD(0.5));
        return Vector.MultiplyAddEstimate(p, r * r, r) + VectorD.One;
    }

    // Zero, negative, infinite or NaN bases, infinite or NaN exponents: rare, so exactness goes before speed.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static VectorF Special(VectorF x, VectorF y, VectorF power)
    {
        VectorF infinity = new(float.PositiveInfinity), two = new(2);
        VectorF a = Vector.Abs(x);
        Vector<int> integer = Vector.Equals(Vector.Truncate(y), y);
        Vector<int> odd = integer & ~Vector.Equals(Vector.Truncate(y / two) * two, y);
        Vector<int> growing = Vector.GreaterThan(y, VectorF.Zero);
        // |x| = 0 or inf: 0 or inf by the sign of y
        Vector<int> zero = Vector.Equals(a, VectorF.Zero), infinite = Vector.Equals(a, infinity);
        VectorF extreme = Vector.ConditionalSelect(growing, a, Vector.ConditionalSelect(zero, infinity, VectorF.Zero));
        VectorF z = Vector.ConditionalSelect(zero | infinite, extreme, power);
        // y = inf or -inf: 0, 1 or inf by the size of |x|
        VectorF grown = Vector.ConditionalSelect(Vector.GreaterThan(a, VectorF.One), infinity, VectorF.Zero);
        VectorF shrunk = Vector.ConditionalSelect(Vector.GreaterThan(a, VectorF.One), VectorF.Zero, infinity);
        VectorF limit = Vector.ConditionalSelect(Vector.Equals(a, VectorF.One), VectorF.One, Vector.ConditionalSelect(growing, grown, shrunk));
        Vector<int> boundless = Vector.Equals(Vector.Abs(y), infinity);
        z = Vector.ConditionalSelect(boundless, limit, z);
        // the sign of x counts for an odd y; between integers a negative finite x has no power
        VectorF sign = Vector.AsVectorSingle(Vector.AsVectorInt32(x) & odd & new Vector<int>(int.MinValue));
        z = Vector.ConditionalSelect(Vector.LessThan(x, VectorF.Zero) & ~integer & ~infinite, new VectorF(float.NaN), z | sign);
        z = Vector.ConditionalSelect(Vector.Equals(x, x) & Vector.Equals(y, y), z, x + y);
        return Vector.ConditionalSelect(Vector.Equals(x, VectorF.One) | Vector.Equals(y, VectorF.Zero), VectorF.One, z);
    }

    private readonly struct PowF : IBinaryOperator<float>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Apply(Vector<float> a, Vector<float> b) => Pow(a, b);
    }
}
