using System.Runtime.CompilerServices;

namespace Nabla.Symbolics;

/// <summary>Rounding, where integers are their own result, and division remainders.</summary>
internal static class VectorRounding
{
    public static void Fmod(ReadOnlySpan<long> a, ReadOnlySpan<long> b, Span<long> y)
    {
        for (int i = 0; i < a.Length; i++)
            y[i] = Fmod(a[i], b[i]);
    }

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

    /// <summary>The remainder of the truncated quotient: it has the sign of a.</summary>
    internal readonly struct FmodD : IBinaryOperator<double>
    {
        // a - q b is exact with a fused multiply-add, q being the truncated quotient or, where the division rounded up to an integer,
        // one too many. Quotients beyond 2^52, infinities and zero divisors go to the scalar function.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b)
            where TV : struct, ILanes<TV, double>
        {
            TV quotient = a / b;
            TV r = TV.Fma(-TV.Truncate(quotient), b, a);
            TV opposite = r * TV.CopySign(TV.One, a) < TV.Zero;
            r = TV.CopySign(r + (opposite & TV.CopySign(b, a)), a);
            TV regular = (TV.Abs(quotient) < 4503599627370496) & (TV.Abs(b) < double.PositiveInfinity);
            return TV.AllTrue(regular) ? r : Irregular(a, b, r, regular);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static unsafe TV Irregular<TV>(TV a, TV b, TV r, TV regular)
            where TV : struct, ILanes<TV, double>
        {
            double* x = stackalloc double[TV.Count], y = stackalloc double[TV.Count], z = stackalloc double[TV.Count];
            TV.Store(a, x);
            TV.Store(b, y);
            TV.Store(regular & TV.One, z);
            for (int i = 0; i < TV.Count; i++)
                z[i] = z[i] == 0 ? x[i] % y[i] : 0;
            return TV.Select(regular, r, TV.Load(z));
        }
    }

    /// <summary>The remainder of the floored quotient: it has the sign of b. Where that adds b to a tiny remainder, it is rounded.</summary>
    internal readonly struct RemainderD : IBinaryOperator<double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV a, TV b)
            where TV : struct, ILanes<TV, double>
        {
            TV r = FmodD.Apply(a, b);
            TV differ = (r < TV.Zero) ^ (b < TV.Zero);
            return TV.Select(TV.AndNot(differ, TV.Equal(r, TV.Zero)), r + b, r);
        }
    }

    internal readonly struct Floor<T> : IUnaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x) where TV : struct, ILanes<TV, T> => typeof(T) == typeof(long) ? x : TV.Floor(x);
    }

    internal readonly struct Ceil<T> : IUnaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x) where TV : struct, ILanes<TV, T> => typeof(T) == typeof(long) ? x : TV.Ceiling(x);
    }

    /// <summary>To the nearest integer, halves to the even one.</summary>
    internal readonly struct Round<T> : IUnaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x) where TV : struct, ILanes<TV, T> => typeof(T) == typeof(long) ? x : TV.Round(x);
    }

    internal readonly struct Trunc<T> : IUnaryOperator<T>
        where T : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TV Apply<TV>(TV x) where TV : struct, ILanes<TV, T> => typeof(T) == typeof(long) ? x : TV.Truncate(x);
    }
}
