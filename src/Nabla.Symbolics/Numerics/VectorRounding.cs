using System.Numerics;
using System.Runtime.CompilerServices;
using VectorD = System.Numerics.Vector<double>;

namespace Nabla.Symbolics;

/// <summary>Rounding and division remainders.</summary>
internal static class VectorRounding
{
    public static void Floor(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, FloorF>(x, y);

    public static void Floor(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, FloorD>(x, y);

    public static void Ceil(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, CeilF>(x, y);

    public static void Ceil(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, CeilD>(x, y);

    /// <summary>To the nearest integer, halves to the even one.</summary>
    public static void Round(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, RoundF>(x, y);

    /// <inheritdoc cref="Round(ReadOnlySpan{float}, Span{float})"/>
    public static void Round(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, RoundD>(x, y);

    public static void Trunc(ReadOnlySpan<float> x, Span<float> y) => VectorLoop.Map<float, TruncF>(x, y);

    public static void Trunc(ReadOnlySpan<double> x, Span<double> y) => VectorLoop.Map<double, TruncD>(x, y);

    /// <summary>An integer is its own floor, ceiling and nearest integer.</summary>
    public static void Same(ReadOnlySpan<long> x, Span<long> y) => x.CopyTo(y);

    /// <summary>The remainder of the truncated quotient: it has the sign of a.</summary>
    public static void Fmod(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => VectorLoop.Map2<float, Widened2<FmodD>>(a, b, y);

    /// <inheritdoc cref="Fmod(ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float})"/>
    public static void Fmod(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> y) => VectorLoop.Map2<double, FmodD>(a, b, y);

    public static void Fmod(ReadOnlySpan<long> a, ReadOnlySpan<long> b, Span<long> y)
    {
        for (int i = 0; i < a.Length; i++)
            y[i] = Fmod(a[i], b[i]);
    }

    /// <summary>The remainder of the floored quotient: it has the sign of b. Where that adds b to a tiny remainder, it is rounded.</summary>
    public static void Remainder(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => VectorLoop.Map2<float, Widened2<RemainderD>>(a, b, y);

    /// <inheritdoc cref="Remainder(ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float})"/>
    public static void Remainder(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> y) => VectorLoop.Map2<double, RemainderD>(a, b, y);

    public static void Remainder(ReadOnlySpan<long> a, ReadOnlySpan<long> b, Span<long> y)
    {
        for (int i = 0; i < a.Length; i++)
        {
            long divisor = b[i], r = Fmod(a[i], divisor);
            y[i] = r != 0 && (r < 0) != (divisor < 0) ? r + divisor : r;
        }
    }

    public static void FloorDivide(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        for (int i = 0; i < a.Length; i++)
            y[i] = (float)ScalarMath.FloorDivide(a[i], b[i]);
    }

    public static void FloorDivide(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> y)
    {
        for (int i = 0; i < a.Length; i++)
            y[i] = ScalarMath.FloorDivide(a[i], b[i]);
    }

    public static void FloorDivide(ReadOnlySpan<long> a, ReadOnlySpan<long> b, Span<long> y)
    {
        for (int i = 0; i < a.Length; i++)
        {
            // The processor traps long.MinValue / -1; the negation wraps around like every other operation.
            long divisor = b[i], quotient = divisor == -1 ? unchecked(-a[i]) : a[i] / divisor;
            y[i] = divisor != -1 && (a[i] < 0) != (divisor < 0) && quotient * divisor != a[i] ? quotient - 1 : quotient;
        }
    }

    /// <summary>
    /// a^b modulo 2^64 by repeated squaring. A negative exponent gives the reciprocal truncated to an integer, as in PyTorch:
    /// ±1 for a = ±1, otherwise 0.
    /// </summary>
    public static void Pow(ReadOnlySpan<long> a, ReadOnlySpan<long> b, Span<long> y)
    {
        for (int i = 0; i < a.Length; i++)
        {
            long power = a[i], exponent = b[i], result = 1;
            if (exponent < 0)
            {
                y[i] = power == 1 ? 1 : power == -1 ? ((exponent & 1) == 0 ? 1 : -1) : 0;
                continue;
            }
            for (; exponent != 0; exponent >>= 1, power *= power)
                if ((exponent & 1) != 0)
                    result *= power;
            y[i] = result;
        }
    }

    // The processor traps long.MinValue % -1 although the remainder is simply 0.
    private static long Fmod(long a, long b) => b == -1 ? 0 : a % b;

    // a - q b is exact with a fused multiply-add, q being the truncated quotient or, where the division rounded up to an integer,
    // one too many. Quotients beyond 2^52, infinities and zero divisors go to the scalar function.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static VectorD Fmod(VectorD a, VectorD b)
    {
        VectorD quotient = a / b;
        VectorD r = Vector.FusedMultiplyAdd(-Vector.Truncate(quotient), b, a);
        VectorD opposite = Vector.AsVectorDouble(Vector.LessThan(r * Vector.CopySign(VectorD.One, a), VectorD.Zero));
        r = Vector.CopySign(r + (opposite & Vector.CopySign(b, a)), a);
        Vector<long> regular = Vector.LessThan(Vector.Abs(quotient), new VectorD(4503599627370496)) & Vector.LessThan(Vector.Abs(b), new VectorD(double.PositiveInfinity));
        return Vector.EqualsAll(regular, Vector<long>.AllBitsSet) ? r : Irregular(a, b, r, regular);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static VectorD Irregular(VectorD a, VectorD b, VectorD r, Vector<long> regular)
    {
        for (int i = 0; i < VectorD.Count; i++)
        {
            if (regular[i] == 0)
                r = r.WithElement(i, a[i] % b[i]);
        }
        return r;
    }

    private readonly struct FmodD : IBinaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static VectorD Apply(VectorD a, VectorD b) => Fmod(a, b);
    }

    private readonly struct RemainderD : IBinaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static VectorD Apply(VectorD a, VectorD b)
        {
            VectorD r = Fmod(a, b);
            Vector<long> differ = Vector.LessThan(r, VectorD.Zero) ^ Vector.LessThan(b, VectorD.Zero);
            VectorD add = Vector.AsVectorDouble(differ & ~Vector.Equals(r, VectorD.Zero));
            return Vector.ConditionalSelect(add, r + b, r);
        }
    }

    private readonly struct FloorF : IUnaryOperator<float>
    {
        public static Vector<float> Apply(Vector<float> x) => Vector.Floor(x);
    }

    private readonly struct FloorD : IUnaryOperator<double>
    {
        public static Vector<double> Apply(Vector<double> x) => Vector.Floor(x);
    }

    private readonly struct CeilF : IUnaryOperator<float>
    {
        public static Vector<float> Apply(Vector<float> x) => Vector.Ceiling(x);
    }

    private readonly struct CeilD : IUnaryOperator<double>
    {
        public static Vector<double> Apply(Vector<double> x) => Vector.Ceiling(x);
    }

    private readonly struct RoundF : IUnaryOperator<float>
    {
        public static Vector<float> Apply(Vector<float> x) => Vector.Round(x);
    }

    private readonly struct RoundD : IUnaryOperator<double>
    {
        public static Vector<double> Apply(Vector<double> x) => Vector.Round(x);
    }

    private readonly struct TruncF : IUnaryOperator<float>
    {
        public static Vector<float> Apply(Vector<float> x) => Vector.Truncate(x);
    }

    private readonly struct TruncD : IUnaryOperator<double>
    {
        public static Vector<double> Apply(Vector<double> x) => Vector.Truncate(x);
    }
}
