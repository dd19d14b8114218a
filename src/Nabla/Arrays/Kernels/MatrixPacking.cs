using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// Copies blocks of A and B into the order in which the tiles of a matrix product read them.
/// </summary>
/// <remarks>
/// <code>
/// A, strips of 6 rows:     a00 a10 a20 a30 a40 a50 | a01 a11 ... | a02 ...      one column of the strip after another
/// B, strips of 16 columns: b00 b01 ... b0f | b10 b11 ... b1f | b20 ...          one row of the strip after another
/// </code>
/// Strips follow each other. Columns past B's edge are zero; rows past A's edge are left out, the tile never reads them.
/// </remarks>
internal static unsafe class MatrixPacking
{
    private const int RowsAtOnce = 8;

    // One block of each matrix a thread, kept for the next product: pinned, so that a pointer into it stays valid.
    [ThreadStatic]
    private static byte[]? roomForA;

    [ThreadStatic]
    private static byte[]? roomForB;

    /// <summary>Room for a packed block of A, aligned to 64 bytes, valid until this thread's next call.</summary>
    public static T* RoomForA<T>(nint count)
        where T : unmanaged
        => (T*)AlignedRoom.In(ref roomForA, count * sizeof(T));

    /// <summary>Room for a packed block of B, aligned to 64 bytes, valid until this thread's next call.</summary>
    public static T* RoomForB<T>(nint count)
        where T : unmanaged
        => (T*)AlignedRoom.In(ref roomForB, count * sizeof(T));

    /// <summary>Packs <paramref name="m"/> rows and <paramref name="k"/> columns of A in strips of <paramref name="strip"/> rows.</summary>
    public static void PackA<T>(int m, int k, T* a, nint aRow, nint aCol, int strip, T* to)
        where T : unmanaged
    {
        for (int i = 0; i < m; i += strip)
        {
            int rows = Math.Min(strip, m - i);
            T* from = a + i * aRow;
            if (aRow == 1 && rows == strip)
            {
                for (int p = 0; p < k; p++)
                    Unsafe.CopyBlockUnaligned(to + (nint)p * strip, from + p * aCol, (uint)(strip * sizeof(T)));
            }
            else
            {
                int r = 0;
                for (; r + 4 <= rows; r += 4) SpreadFour(k, from + r * aRow, aRow, aCol, to + r, strip);
                for (; r < rows; r++) Spread(k, from + r * aRow, aCol, to + r, strip);
            }

            to += (nint)strip * k;
        }
    }

    /// <summary>Packs <paramref name="k"/> rows and <paramref name="n"/> columns of B in strips of <paramref name="strip"/> columns.</summary>
    public static void PackB<T>(int k, int n, T* b, nint bRow, nint bCol, int strip, T* to)
        where T : unmanaged
    {
        int whole = bCol == 1 && strip % Vector<T>.Count == 0 ? n / strip * strip : 0;
        for (int p = 0; whole > 0 && p < k; p += RowsAtOnce)
        {
            // Along the rows of B, a few at a time: going down a strip would touch another page with every row.
            int rows = Math.Min(RowsAtOnce, k - p);
            for (int j = 0; j < whole; j += strip)
            {
                T* from = b + p * bRow + j, into = to + (nint)j * k + (nint)p * strip;
                for (int r = 0; r < rows; r++, from += bRow, into += strip)
                    for (int c = 0; c < strip; c += Vector<T>.Count) Vector.Store(Vector.Load(from + c), into + c);
            }
        }

        to += (nint)whole * k;
        for (int j = whole; j < n; j += strip)
        {
            int columns = Math.Min(strip, n - j);
            T* from = b + j * bCol;
            if (columns < strip) new Span<T>(to, strip * k).Clear();
            if (bCol == 1)
            {
                for (int p = 0; p < k; p++, from += bRow)
                    for (int c = 0; c < columns; c++) to[(nint)p * strip + c] = from[c];
            }
            else
            {
                int c = 0;
                for (; c + 4 <= columns; c += 4) SpreadFour(k, from + c * bCol, bCol, bRow, to + c, strip);
                for (; c < columns; c++) Spread(k, from + c * bCol, bRow, to + c, strip);
            }

            to += (nint)strip * k;
        }
    }

    // Four lines of the source side by side: blocks of four by four are turned in registers.
    private static void SpreadFour<T>(int count, T* from, nint line, nint stride, T* to, nint toStride)
        where T : unmanaged
    {
        int p = 0;
        if (stride == 1 && Sse2.IsSupported)
        {
            T* from1 = from + line, from2 = from1 + line, from3 = from2 + line;
            if (typeof(T) == typeof(float))
            {
                for (; p + 4 <= count; p += 4, to += 4 * toStride)
                {
                    Vector128<float> x0 = Vector128.Load((float*)(from + p)), x1 = Vector128.Load((float*)(from1 + p));
                    Vector128<float> x2 = Vector128.Load((float*)(from2 + p)), x3 = Vector128.Load((float*)(from3 + p));
                    Vector128<float> low01 = Sse.UnpackLow(x0, x1), high01 = Sse.UnpackHigh(x0, x1), low23 = Sse.UnpackLow(x2, x3), high23 = Sse.UnpackHigh(x2, x3);
                    Sse.MoveLowToHigh(low01, low23).Store((float*)to);
                    Sse.MoveHighToLow(low23, low01).Store((float*)(to + toStride));
                    Sse.MoveLowToHigh(high01, high23).Store((float*)(to + 2 * toStride));
                    Sse.MoveHighToLow(high23, high01).Store((float*)(to + 3 * toStride));
                }
            }
            else if (typeof(T) == typeof(double))
            {
                for (; p + 2 <= count; p += 2, to += 2 * toStride)
                {
                    Vector128<double> x0 = Vector128.Load((double*)(from + p)), x1 = Vector128.Load((double*)(from1 + p));
                    Vector128<double> x2 = Vector128.Load((double*)(from2 + p)), x3 = Vector128.Load((double*)(from3 + p));
                    Sse2.UnpackLow(x0, x1).Store((double*)to);
                    Sse2.UnpackLow(x2, x3).Store((double*)to + 2);
                    Sse2.UnpackHigh(x0, x1).Store((double*)(to + toStride));
                    Sse2.UnpackHigh(x2, x3).Store((double*)(to + toStride) + 2);
                }
            }
        }

        for (int r = 0; r < 4; r++) Spread(count - p, from + r * line + p * stride, stride, to + r, toStride);
    }

    // One line of the source, spread over the strip's lines.
    private static void Spread<T>(int count, T* from, nint fromStride, T* to, nint toStride)
        where T : unmanaged
    {
        int p = 0;
        for (; p + 4 <= count; p += 4)
        {
            T x0 = from[0], x1 = from[fromStride], x2 = from[2 * fromStride], x3 = from[3 * fromStride];
            to[0] = x0;
            to[toStride] = x1;
            to[2 * toStride] = x2;
            to[3 * toStride] = x3;
            from += 4 * fromStride;
            to += 4 * toStride;
        }

        for (; p < count; p++, from += fromStride, to += toStride) *to = *from;
    }
}
