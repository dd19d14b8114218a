using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla;

/// <summary>
/// Matrix times vector: every element of the matrix is used once, so the speed is that of memory.
/// </summary>
/// <remarks>
/// Rows that lie contiguous are multiplied by dot products (<see cref="RowDots{R, V, T}"/>); columns that lie contiguous are
/// added up, eight at a time, into a piece of y that stays in the first cache. Threads share the rows, in fours, so that the order of
/// every sum is the same for any number of them.
/// </remarks>
internal static unsafe class MatrixVector
{
    /// <summary>The multiplications, each of which reads a number of its own, that make it worth while to bring in another thread.</summary>
    public const long Grain = 1 << 17;

    // Whole lines of the cache of y, and whole groups of rows.
    private const int Align = 64;

    /// <summary>y = M·x, or y = M·x + d where <paramref name="add"/> is not null, for any strides, in elements.</summary>
    public static void Multiply<T>(
        TileWidth width, int rows, int columns, T* matrix, nint rowStride, nint columnStride, T* x, nint xStride, T* y, nint yStride, T* add, nint addStride)
        where T : unmanaged, INumber<T>
    {
        bool byRows = columnStride == 1 || (rowStride != 1 && columns >= rows);
        if (columnStride == 1 && xStride != 1 && columns > 1)
        {
            T* contiguous = MatrixPacking.RoomForA<T>(columns);
            for (nint p = 0; p < columns; p++) contiguous[p] = x[p * xStride];
            x = contiguous;
            xStride = 1;
        }

        var work = new Rows<T>(width, byRows, columns, matrix, rowStride, columnStride, x, xStride, y, yStride, add, addStride);
        WorkSplit.Run(rows, Math.Max(Align, Grain / columns), Align, work);
    }

    /// <summary>Some of the rows.</summary>
    private readonly struct Rows<T>(
        TileWidth width, bool byRows, int columns, T* matrix, nint rowStride, nint columnStride, T* x, nint xStride, T* y, nint yStride, T* add, nint addStride) : IRangeWork
        where T : unmanaged, INumber<T>
    {
        public void Run(long from, long to)
        {
            int rows = (int)(to - from);
            T* m = matrix + (nint)from * rowStride, into = y + (nint)from * yStride, addend = add == null ? null : add + (nint)from * addStride;
            switch (width)
            {
                case TileWidth.Bits512:
                    Run<Register512<T>, Vector512<T>>(rows, m, into, addend);
                    break;
                case TileWidth.Bits256:
                    Run<Register256<T>, Vector256<T>>(rows, m, into, addend);
                    break;
                default:
                    Run<Register128<T>, Vector128<T>>(rows, m, into, addend);
                    break;
            }
        }

        private void Run<R, V>(int rows, T* m, T* into, T* addend)
            where R : struct, IRegister<V, T>
            where V : unmanaged
        {
            if (!byRows) MatrixColumns<R, V, T>.Multiply(rows, columns, m, rowStride, columnStride, x, xStride, into, yStride, addend, addStride);
            else if (columnStride == 1) RowDots<R, V, T>.Multiply(1, rows, columns, x, 0, m, rowStride, into, 0, yStride, addend, 0, addStride);
            else StridedDots(rows, m, into, addend);
        }

        private void StridedDots(int rows, T* m, T* into, T* addend)
        {
            for (int i = 0; i < rows; i++)
            {
                T* u = m + i * rowStride;
                T* v = x;
                T sum = T.Zero;
                for (int p = 0; p < columns; p++, u += columnStride, v += xStride) sum += *u * *v;
                into[i * yStride] = addend == null ? sum : sum + addend[i * addStride];
            }
        }
    }
}

/// <summary>Matrix times vector by columns: y = Σ x[p]·M[:, p].</summary>
internal static unsafe class MatrixColumns<R, V, T>
    where R : struct, IRegister<V, T>
    where V : unmanaged
    where T : unmanaged, INumber<T>
{
    private const int Piece = 1024;

    // A matrix of so many bytes comes from beyond the second cache.
    private const long FarBytes = 384 * 1024;

    [SkipLocalsInit]
    public static void Multiply(int rows, int columns, T* matrix, nint rowStride, nint columnStride, T* x, nint xStride, T* y, nint yStride, T* add, nint addStride)
    {
        T* piece = stackalloc T[Piece];
        bool far = rowStride == 1 && (long)rows * columns * sizeof(T) > FarBytes;
        for (int i = 0; i < rows; i += Piece)
        {
            int count = Math.Min(Piece, rows - i);
            T* m = matrix + i * rowStride;
            new Span<T>(piece, count).Clear();
            int p = 0;
            if (rowStride == 1)
            {
                for (; p + 8 <= columns; p += 8) AddEight(count, m + p * columnStride, columnStride, x + p * xStride, xStride, piece, far ? 8 * columnStride : 0);
            }

            for (; p < columns; p++)
            {
                T* column = m + p * columnStride;
                T factor = x[p * xStride];
                for (nint r = 0; r < count; r++) piece[r] = T.MultiplyAddEstimate(column[r * rowStride], factor, piece[r]);
            }

            T* to = y + i * yStride;
            if (add == null)
            {
                for (nint r = 0; r < count; r++) to[r * yStride] = piece[r];
            }
            else
            {
                T* addend = add + i * addStride;
                for (nint r = 0; r < count; r++) to[r * yStride] = piece[r] + addend[r * addStride];
            }
        }
    }

    // The order of the sums is the same in all three loops, so a result does not depend on where its piece ends.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddEight(nint count, T* m, nint column, T* x, nint xStride, T* y, nint ahead)
    {
        nint two = 2 * column;
        T* m3 = m + 3 * column, m6 = m3 + 3 * column;
        T x0 = x[0], x1 = x[xStride], x2 = x[2 * xStride], x3 = x[3 * xStride], x4 = x[4 * xStride], x5 = x[5 * xStride], x6 = x[6 * xStride], x7 = x[7 * xStride];
        V v0 = R.Create(x0), v1 = R.Create(x1), v2 = R.Create(x2), v3 = R.Create(x3), v4 = R.Create(x4), v5 = R.Create(x5), v6 = R.Create(x6), v7 = R.Create(x7);
        nint r = 0;
        for (; r + R.Lanes <= count; r += R.Lanes, m += R.Lanes, m3 += R.Lanes, m6 += R.Lanes)
        {
            if (ahead != 0 && Sse.IsSupported)
            {
                Sse.Prefetch0(m + ahead);
                Sse.Prefetch0(m + ahead + column);
                Sse.Prefetch0(m + ahead + two);
                Sse.Prefetch0(m3 + ahead);
                Sse.Prefetch0(m3 + ahead + column);
                Sse.Prefetch0(m3 + ahead + two);
                Sse.Prefetch0(m6 + ahead);
                Sse.Prefetch0(m6 + ahead + column);
            }

            V s = R.MultiplyAdd(R.Load(m), v0, R.Load(y + r));
            V t = R.MultiplyAdd(R.Load(m + column), v1, default);
            s = R.MultiplyAdd(R.Load(m + two), v2, s);
            t = R.MultiplyAdd(R.Load(m3), v3, t);
            s = R.MultiplyAdd(R.Load(m3 + column), v4, s);
            t = R.MultiplyAdd(R.Load(m3 + two), v5, t);
            s = R.MultiplyAdd(R.Load(m6), v6, s);
            t = R.MultiplyAdd(R.Load(m6 + column), v7, t);
            R.Store(y + r, R.Add(s, t));
        }

        for (; r + Vector128<T>.Count <= count; r += Vector128<T>.Count, m += Vector128<T>.Count, m3 += Vector128<T>.Count, m6 += Vector128<T>.Count)
        {
            Vector128<T> s = Register128<T>.MultiplyAdd(Vector128.Load(m), Vector128.Create(x0), Vector128.Load(y + r));
            Vector128<T> t = Register128<T>.MultiplyAdd(Vector128.Load(m + column), Vector128.Create(x1), default);
            s = Register128<T>.MultiplyAdd(Vector128.Load(m + two), Vector128.Create(x2), s);
            t = Register128<T>.MultiplyAdd(Vector128.Load(m3), Vector128.Create(x3), t);
            s = Register128<T>.MultiplyAdd(Vector128.Load(m3 + column), Vector128.Create(x4), s);
            t = Register128<T>.MultiplyAdd(Vector128.Load(m3 + two), Vector128.Create(x5), t);
            s = Register128<T>.MultiplyAdd(Vector128.Load(m6), Vector128.Create(x6), s);
            t = Register128<T>.MultiplyAdd(Vector128.Load(m6 + column), Vector128.Create(x7), t);
            (s + t).Store(y + r);
        }

        for (; r < count; r++, m++, m3++, m6++)
        {
            T s = T.MultiplyAddEstimate(m[0], x0, y[r]);
            T t = T.MultiplyAddEstimate(m[column], x1, T.Zero);
            s = T.MultiplyAddEstimate(m[two], x2, s);
            t = T.MultiplyAddEstimate(m3[0], x3, t);
            s = T.MultiplyAddEstimate(m3[column], x4, s);
            t = T.MultiplyAddEstimate(m3[two], x5, t);
            s = T.MultiplyAddEstimate(m6[0], x6, s);
            t = T.MultiplyAddEstimate(m6[column], x7, t);
            y[r] = s + t;
        }
    }
}
