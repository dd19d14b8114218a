using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla;

/// <summary>
/// C = A·Bᵀ for few rows of A, where the rows of A and of B are contiguous: dot products, without packing. With one row of A it is
/// the product of the matrix B and a vector.
/// </summary>
/// <remarks>
/// Four rows of B meet two of A at a time: eight chains of sums keep the multipliers busy, and six loads serve eight of them. B is
/// read once, and asked for a little ahead if it is large. A single row of A and a large B are a matter of memory alone: the rows of B are
/// read one after the other, which is one long stream where they follow each other, and asked for further ahead. Each sum has one order,
/// given by k and the width.
/// </remarks>
internal static unsafe class RowDots<R, V, T>
    where R : struct, IRegister<V, T>
    where V : unmanaged
    where T : unmanaged, INumber<T>
{
    // A matrix of so many bytes comes from beyond the second cache.
    private const long FarBytes = 384 * 1024;
    private const int BytesAhead = 512;
    private const int StreamBytesAhead = 6 * 1024;
    private const int StreamRowBytes = 1024;

    private static int Short => Vector128<T>.Count;

    /// <summary>C[i, j] = Σ A[i, p]·B[j, p], or that and D[i, j].</summary>
    public static void Multiply(int m, int n, int k, T* a, nint aRow, T* b, nint bRow, T* c, nint cRow, nint cCol, T* add, nint addRow, nint addCol)
    {
        T* sums = stackalloc T[8];
        nint ahead = (long)k * n * sizeof(T) > FarBytes ? BytesAhead / sizeof(T) : 0;
        bool isStream = ahead != 0 && m == 1 && (long)k * sizeof(T) >= StreamRowBytes;
        for (int j = 0; j < n; j += 4, b += 4 * bRow)
        {
            int columns = Math.Min(4, n - j);
            for (int i = 0; i < m; i += 2)
            {
                T* x = a + i * aRow;
                int rows = Math.Min(2, m - i);
                if (columns < 4)
                {
                    for (int r = 0; r < rows; r++)
                        for (int q = 0; q < columns; q++) sums[(4 * r) + q] = Dot(k, x + r * aRow, b + q * bRow);
                }
                else if (rows == 2)
                {
                    TwoByFour(k, x, x + aRow, b, bRow, i == 0 ? ahead : 0, sums);
                }
                else if (isStream)
                {
                    FourInTurn(k, x, b, bRow, sums);
                }
                else
                {
                    OneByFour(k, x, b, bRow, i == 0 ? ahead : 0, sums);
                }

                for (int r = 0; r < rows; r++)
                {
                    T* to = c + (i + r) * cRow + j * cCol;
                    for (int q = 0; q < columns; q++)
                        to[q * cCol] = add == null ? sums[(4 * r) + q] : sums[(4 * r) + q] + add[(i + r) * addRow + (j + q) * addCol];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoByFour(nint k, T* x, T* y, T* b, nint bRow, nint ahead, T* sums)
    {
        T* b1 = b + bRow, b2 = b1 + bRow, b3 = b2 + bRow;
        V s0 = default, s1 = default, s2 = default, s3 = default, t0 = default, t1 = default, t2 = default, t3 = default;
        nint p = 0;
        for (; p + R.Lanes <= k; p += R.Lanes)
        {
            if (ahead != 0) Prefetch(b + ahead + p, b1 + ahead + p, b2 + ahead + p, b3 + ahead + p);
            V u = R.Load(x + p), v = R.Load(y + p);
            V z = R.Load(b + p);
            s0 = R.MultiplyAdd(u, z, s0);
            t0 = R.MultiplyAdd(v, z, t0);
            z = R.Load(b1 + p);
            s1 = R.MultiplyAdd(u, z, s1);
            t1 = R.MultiplyAdd(v, z, t1);
            z = R.Load(b2 + p);
            s2 = R.MultiplyAdd(u, z, s2);
            t2 = R.MultiplyAdd(v, z, t2);
            z = R.Load(b3 + p);
            s3 = R.MultiplyAdd(u, z, s3);
            t3 = R.MultiplyAdd(v, z, t3);
        }

        Rest(k, p, x, b, bRow, R.Fold(s0), R.Fold(s1), R.Fold(s2), R.Fold(s3), sums);
        Rest(k, p, y, b, bRow, R.Fold(t0), R.Fold(t1), R.Fold(t2), R.Fold(t3), sums + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneByFour(nint k, T* x, T* b, nint bRow, nint ahead, T* sums)
    {
        T* b1 = b + bRow, b2 = b1 + bRow, b3 = b2 + bRow;
        V s0 = default, s1 = default, s2 = default, s3 = default, t0 = default, t1 = default, t2 = default, t3 = default;
        nint p = 0;
        for (; p + 2 * R.Lanes <= k; p += 2 * R.Lanes)
        {
            if (ahead != 0)
            {
                Prefetch(b + ahead + p, b1 + ahead + p, b2 + ahead + p, b3 + ahead + p);
                if (R.Lanes * sizeof(T) == 64) Prefetch(b + ahead + p + R.Lanes, b1 + ahead + p + R.Lanes, b2 + ahead + p + R.Lanes, b3 + ahead + p + R.Lanes);
            }

            V u = R.Load(x + p), v = R.Load(x + p + R.Lanes);
            s0 = R.MultiplyAdd(u, R.Load(b + p), s0);
            s1 = R.MultiplyAdd(u, R.Load(b1 + p), s1);
            s2 = R.MultiplyAdd(u, R.Load(b2 + p), s2);
            s3 = R.MultiplyAdd(u, R.Load(b3 + p), s3);
            t0 = R.MultiplyAdd(v, R.Load(b + p + R.Lanes), t0);
            t1 = R.MultiplyAdd(v, R.Load(b1 + p + R.Lanes), t1);
            t2 = R.MultiplyAdd(v, R.Load(b2 + p + R.Lanes), t2);
            t3 = R.MultiplyAdd(v, R.Load(b3 + p + R.Lanes), t3);
        }

        Rest(k, p, x, b, bRow, R.Fold(R.Add(s0, t0)), R.Fold(R.Add(s1, t1)), R.Fold(R.Add(s2, t2)), R.Fold(R.Add(s3, t3)), sums);
    }

    // The sums of OneByFour, in the same order.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourInTurn(nint k, T* x, T* b, nint bRow, T* sums)
    {
        nint whole = k / (2 * R.Lanes) * (2 * R.Lanes);
        Vector128<T> s0 = OneRow(whole, x, b), s1 = OneRow(whole, x, b + bRow), s2 = OneRow(whole, x, b + 2 * bRow), s3 = OneRow(whole, x, b + 3 * bRow);
        Rest(k, whole, x, b, bRow, s0, s1, s2, s3, sums);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector128<T> OneRow(nint k, T* x, T* b)
    {
        nint far = StreamBytesAhead / sizeof(T);
        V s = default, t = default;
        nint p = 0;
        for (; p + 4 * R.Lanes <= k; p += 4 * R.Lanes)
        {
            Prefetch(b + far + p, b + far + p + R.Lanes, b + far + p + 2 * R.Lanes, b + far + p + 3 * R.Lanes);
            s = R.MultiplyAdd(R.Load(x + p), R.Load(b + p), s);
            t = R.MultiplyAdd(R.Load(x + p + R.Lanes), R.Load(b + p + R.Lanes), t);
            s = R.MultiplyAdd(R.Load(x + p + 2 * R.Lanes), R.Load(b + p + 2 * R.Lanes), s);
            t = R.MultiplyAdd(R.Load(x + p + 3 * R.Lanes), R.Load(b + p + 3 * R.Lanes), t);
        }

        for (; p < k; p += 2 * R.Lanes)
        {
            s = R.MultiplyAdd(R.Load(x + p), R.Load(b + p), s);
            t = R.MultiplyAdd(R.Load(x + p + R.Lanes), R.Load(b + p + R.Lanes), t);
        }

        return R.Fold(R.Add(s, t));
    }

    // What does not fill the registers goes on in short ones, and ends number by number.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rest(nint k, nint p, T* x, T* b, nint bRow, Vector128<T> s0, Vector128<T> s1, Vector128<T> s2, Vector128<T> s3, T* sums)
    {
        T* b1 = b + bRow, b2 = b1 + bRow, b3 = b2 + bRow;
        for (; p + Short <= k; p += Short)
        {
            Vector128<T> u = Vector128.Load(x + p);
            s0 = Register128<T>.MultiplyAdd(u, Vector128.Load(b + p), s0);
            s1 = Register128<T>.MultiplyAdd(u, Vector128.Load(b1 + p), s1);
            s2 = Register128<T>.MultiplyAdd(u, Vector128.Load(b2 + p), s2);
            s3 = Register128<T>.MultiplyAdd(u, Vector128.Load(b3 + p), s3);
        }

        if (typeof(T) == typeof(float) && Sse3.IsSupported)
        {
            Sse3.HorizontalAdd(Sse3.HorizontalAdd(s0.AsSingle(), s1.AsSingle()), Sse3.HorizontalAdd(s2.AsSingle(), s3.AsSingle())).Store((float*)sums);
        }
        else if (typeof(T) == typeof(double) && Sse3.IsSupported)
        {
            Sse3.HorizontalAdd(s0.AsDouble(), s1.AsDouble()).Store((double*)sums);
            Sse3.HorizontalAdd(s2.AsDouble(), s3.AsDouble()).Store((double*)sums + 2);
        }
        else
        {
            sums[0] = Vector128.Sum(s0);
            sums[1] = Vector128.Sum(s1);
            sums[2] = Vector128.Sum(s2);
            sums[3] = Vector128.Sum(s3);
        }

        for (; p < k; p++)
        {
            sums[0] += x[p] * b[p];
            sums[1] += x[p] * b1[p];
            sums[2] += x[p] * b2[p];
            sums[3] += x[p] * b3[p];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Dot(nint k, T* x, T* y)
    {
        V s0 = default, s1 = default, s2 = default, s3 = default;
        nint p = 0;
        for (; p + 4 * R.Lanes <= k; p += 4 * R.Lanes)
        {
            s0 = R.MultiplyAdd(R.Load(x + p), R.Load(y + p), s0);
            s1 = R.MultiplyAdd(R.Load(x + p + R.Lanes), R.Load(y + p + R.Lanes), s1);
            s2 = R.MultiplyAdd(R.Load(x + p + 2 * R.Lanes), R.Load(y + p + 2 * R.Lanes), s2);
            s3 = R.MultiplyAdd(R.Load(x + p + 3 * R.Lanes), R.Load(y + p + 3 * R.Lanes), s3);
        }

        for (; p + R.Lanes <= k; p += R.Lanes) s0 = R.MultiplyAdd(R.Load(x + p), R.Load(y + p), s0);
        Vector128<T> rest = R.Fold(R.Add(R.Add(s0, s1), R.Add(s2, s3)));
        for (; p + Short <= k; p += Short) rest = Register128<T>.MultiplyAdd(Vector128.Load(x + p), Vector128.Load(y + p), rest);
        T sum = Vector128.Sum(rest);
        for (; p < k; p++) sum += x[p] * y[p];
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(T* b, T* b1, T* b2, T* b3)
    {
        if (!Sse.IsSupported) return;
        Sse.Prefetch0(b);
        Sse.Prefetch0(b1);
        Sse.Prefetch0(b2);
        Sse.Prefetch0(b3);
    }
}
