using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// Matrix times vector: every element of the matrix is used once, so the speed is that of memory.
/// </summary>
/// <remarks>
/// Rows that lie contiguous are multiplied by dot products, four rows at a time so that x is loaded once for four; columns
/// that lie contiguous are added up, four columns at a time, into a piece of y that stays in the first cache.
/// </remarks>
internal static unsafe class MatrixVector
{
    private const int Piece = 1024;

    /// <summary>y = M·x, or y += M·x, for any strides, in elements.</summary>
    public static void Multiply<T>(int rows, int columns, T* matrix, nint rowStride, nint columnStride, T* x, nint xStride, T* y, nint yStride, bool accumulate)
        where T : unmanaged, INumber<T>
    {
        if (columnStride == 1 || (rowStride != 1 && columns >= rows))
        {
            if (columnStride == 1 && xStride != 1 && columns >= Vector<T>.Count)
            {
                T* contiguous = MatrixPacking.RoomForA<T>(columns);
                for (nint p = 0; p < columns; p++) contiguous[p] = x[p * xStride];
                x = contiguous;
                xStride = 1;
            }

            ByDotProducts(rows, columns, matrix, rowStride, columnStride, x, xStride, y, yStride, accumulate);
        }
        else
        {
            ByColumns(rows, columns, matrix, rowStride, columnStride, x, xStride, y, yStride, accumulate);
        }
    }

    private static void ByDotProducts<T>(int rows, int columns, T* matrix, nint rowStride, nint columnStride, T* x, nint xStride, T* y, nint yStride, bool accumulate)
        where T : unmanaged, INumber<T>
    {
        bool vectors = columnStride == 1 && xStride == 1;
        int i = 0;
        for (; vectors && i + 4 <= rows; i += 4)
        {
            T* m = matrix + i * rowStride;
            T* to = y + i * yStride;
            FourDots(columns, m, rowStride, x, out T d0, out T d1, out T d2, out T d3);
            if (accumulate)
            {
                d0 += to[0];
                d1 += to[yStride];
                d2 += to[2 * yStride];
                d3 += to[3 * yStride];
            }

            to[0] = d0;
            to[yStride] = d1;
            to[2 * yStride] = d2;
            to[3 * yStride] = d3;
        }

        for (; i < rows; i++)
        {
            T* m = matrix + i * rowStride;
            T dot = vectors ? Dot(columns, m, x) : StridedDot(columns, m, columnStride, x, xStride);
            y[i * yStride] = accumulate ? y[i * yStride] + dot : dot;
        }
    }

    private static void FourDots<T>(int count, T* m, nint rowStride, T* x, out T d0, out T d1, out T d2, out T d3)
        where T : unmanaged, INumber<T>
    {
        T* m1 = m + rowStride, m2 = m1 + rowStride, m3 = m2 + rowStride;
        Vector<T> s0 = Vector<T>.Zero, s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
        nint lanes = Vector<T>.Count;
        nint p = 0;
        for (; p + 2 * lanes <= count; p += 2 * lanes)
        {
            Vector<T> u = Vector.Load(x + p), v = Vector.Load(x + p + lanes);
            s0 = MultiplyAdd(Vector.Load(m + p), u, s0);
            s1 = MultiplyAdd(Vector.Load(m1 + p), u, s1);
            s2 = MultiplyAdd(Vector.Load(m2 + p), u, s2);
            s3 = MultiplyAdd(Vector.Load(m3 + p), u, s3);
            t0 = MultiplyAdd(Vector.Load(m + p + lanes), v, t0);
            t1 = MultiplyAdd(Vector.Load(m1 + p + lanes), v, t1);
            t2 = MultiplyAdd(Vector.Load(m2 + p + lanes), v, t2);
            t3 = MultiplyAdd(Vector.Load(m3 + p + lanes), v, t3);
        }

        d0 = Vector.Sum(s0 + t0);
        d1 = Vector.Sum(s1 + t1);
        d2 = Vector.Sum(s2 + t2);
        d3 = Vector.Sum(s3 + t3);
        for (; p < count; p++)
        {
            d0 += m[p] * x[p];
            d1 += m1[p] * x[p];
            d2 += m2[p] * x[p];
            d3 += m3[p] * x[p];
        }
    }

    private static T Dot<T>(int count, T* m, T* x)
        where T : unmanaged, INumber<T>
    {
        Vector<T> s0 = Vector<T>.Zero, s1 = s0, s2 = s0, s3 = s0;
        nint lanes = Vector<T>.Count;
        nint p = 0;
        for (; p + 4 * lanes <= count; p += 4 * lanes)
        {
            s0 = MultiplyAdd(Vector.Load(m + p), Vector.Load(x + p), s0);
            s1 = MultiplyAdd(Vector.Load(m + p + lanes), Vector.Load(x + p + lanes), s1);
            s2 = MultiplyAdd(Vector.Load(m + p + 2 * lanes), Vector.Load(x + p + 2 * lanes), s2);
            s3 = MultiplyAdd(Vector.Load(m + p + 3 * lanes), Vector.Load(x + p + 3 * lanes), s3);
        }

        for (; p + lanes <= count; p += lanes) s0 = MultiplyAdd(Vector.Load(m + p), Vector.Load(x + p), s0);
        T sum = Vector.Sum((s0 + s1) + (s2 + s3));
        for (; p < count; p++) sum += m[p] * x[p];
        return sum;
    }

    private static T StridedDot<T>(int count, T* m, nint mStride, T* x, nint xStride)
        where T : unmanaged, INumber<T>
    {
        T sum = T.Zero;
        for (int p = 0; p < count; p++, m += mStride, x += xStride) sum += *m * *x;
        return sum;
    }

    [SkipLocalsInit]
    private static void ByColumns<T>(int rows, int columns, T* matrix, nint rowStride, nint columnStride, T* x, nint xStride, T* y, nint yStride, bool accumulate)
        where T : unmanaged, INumber<T>
    {
        T* piece = stackalloc T[Piece];
        for (int i = 0; i < rows; i += Piece)
        {
            int count = Math.Min(Piece, rows - i);
            T* m = matrix + i * rowStride;
            new Span<T>(piece, count).Clear();
            int p = 0;
            if (rowStride == 1)
            {
                for (; p + 4 <= columns; p += 4)
                    AddFourColumns(count, m + p * columnStride, columnStride, x + p * xStride, xStride, piece);
            }

            for (; p < columns; p++)
            {
                T* column = m + p * columnStride;
                T factor = x[p * xStride];
                for (nint r = 0; r < count; r++) piece[r] += column[r * rowStride] * factor;
            }

            T* to = y + i * yStride;
            if (accumulate)
                for (nint r = 0; r < count; r++) to[r * yStride] += piece[r];
            else
                for (nint r = 0; r < count; r++) to[r * yStride] = piece[r];
        }
    }

    private static void AddFourColumns<T>(int count, T* m, nint columnStride, T* x, nint xStride, T* y)
        where T : unmanaged, INumber<T>
    {
        T* m1 = m + columnStride, m2 = m1 + columnStride, m3 = m2 + columnStride;
        T x0 = x[0], x1 = x[xStride], x2 = x[2 * xStride], x3 = x[3 * xStride];
        Vector<T> v0 = new(x0), v1 = new(x1), v2 = new(x2), v3 = new(x3);
        nint lanes = Vector<T>.Count;
        nint r = 0;
        for (; r + lanes <= count; r += lanes)
        {
            Vector<T> s = MultiplyAdd(Vector.Load(m + r), v0, Vector.Load(y + r));
            Vector<T> t = Vector.Load(m2 + r) * v2;
            s = MultiplyAdd(Vector.Load(m1 + r), v1, s);
            t = MultiplyAdd(Vector.Load(m3 + r), v3, t);
            Vector.Store(s + t, y + r);
        }

        for (; r < count; r++) y[r] += (m[r] * x0 + m1[r] * x1) + (m2[r] * x2 + m3[r] * x3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<T> MultiplyAdd<T>(Vector<T> x, Vector<T> y, Vector<T> z)
    {
        if (typeof(T) == typeof(float))
            return Vector.MultiplyAddEstimate(x.As<T, float>(), y.As<T, float>(), z.As<T, float>()).As<float, T>();
        if (typeof(T) == typeof(double))
            return Vector.MultiplyAddEstimate(x.As<T, double>(), y.As<T, double>(), z.As<T, double>()).As<double, T>();
        return x * y + z;
    }
}
