using System.Numerics.Tensors;

namespace Nabla.Symbolics;

/// <summary>Rounding and division remainders; every result is exact.</summary>
internal static class VectorRounding
{
    public static void Floor(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Floor(x, y);

    public static void Floor(ReadOnlySpan<double> x, Span<double> y) => TensorPrimitives.Floor(x, y);

    public static void Ceil(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Ceiling(x, y);

    public static void Ceil(ReadOnlySpan<double> x, Span<double> y) => TensorPrimitives.Ceiling(x, y);

    /// <summary>To the nearest integer, halves to the even one.</summary>
    public static void Round(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Round(x, y);

    /// <inheritdoc cref="Round(ReadOnlySpan{float}, Span{float})"/>
    public static void Round(ReadOnlySpan<double> x, Span<double> y) => TensorPrimitives.Round(x, y);

    public static void Trunc(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Truncate(x, y);

    public static void Trunc(ReadOnlySpan<double> x, Span<double> y) => TensorPrimitives.Truncate(x, y);

    /// <summary>An integer is its own floor, ceiling and nearest integer.</summary>
    public static void Same(ReadOnlySpan<long> x, Span<long> y) => x.CopyTo(y);

    public static void Fmod(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        for (int i = 0; i < a.Length; i++)
            y[i] = a[i] % b[i];
    }

    public static void Fmod(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> y)
    {
        for (int i = 0; i < a.Length; i++)
            y[i] = a[i] % b[i];
    }

    public static void Fmod(ReadOnlySpan<long> a, ReadOnlySpan<long> b, Span<long> y)
    {
        for (int i = 0; i < a.Length; i++)
            y[i] = Fmod(a[i], b[i]);
    }

    public static void Remainder(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        for (int i = 0; i < a.Length; i++)
        {
            float divisor = b[i], r = a[i] % divisor;
            y[i] = r != 0 && (r < 0) != (divisor < 0) ? r + divisor : r;
        }
    }

    public static void Remainder(ReadOnlySpan<double> a, ReadOnlySpan<double> b, Span<double> y)
    {
        for (int i = 0; i < a.Length; i++)
            y[i] = ScalarMath.Remainder(a[i], b[i]);
    }

    public static void Remainder(ReadOnlySpan<long> a, ReadOnlySpan<long> b, Span<long> y)
    {
        for (int i = 0; i < a.Length; i++)
        {
            long divisor = b[i], r = Fmod(a[i], divisor);
            y[i] = r != 0 && (r < 0) != (divisor < 0) ? r + divisor : r;
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
}
