using System.Numerics;
using System.Runtime.Intrinsics;
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
/// Strips of A follow each other, those of B after a given step. Columns past B's edge are zero; rows past A's edge are left out, the tile never reads them.
/// </remarks>
internal static unsafe class MatrixPacking
{
    private const int RowsAtOnce = 2;

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
                CopyShort(k, strip, from, aCol, to);
            }
            else
            {
                BlockTranspose.Spread(rows, k, from, aRow, aCol, to, strip);
            }

            to += (nint)strip * k;
        }
    }

    /// <summary>
    /// Packs <paramref name="k"/> rows and <paramref name="n"/> columns of B in strips of <paramref name="strip"/> columns that are
    /// <paramref name="step"/> elements apart.
    /// </summary>
    public static void PackB<T>(int k, int n, T* b, nint bRow, nint bCol, int strip, T* to, nint step)
        where T : unmanaged
    {
        int whole = bCol == 1 && strip % Vector<T>.Count == 0 ? n / strip * strip : 0;
        for (int p = 0; whole > 0 && p < k; p += RowsAtOnce)
        {
            // Along the rows of B, a few at a time: going down a strip would touch another page with every row.
            int rows = Math.Min(RowsAtOnce, k - p);
            T* from = b + p * bRow, into = to + (nint)p * strip;
            if (strip * sizeof(T) == 2 * Vector512<byte>.Count && Vector512.IsHardwareAccelerated) CopyPairs(rows, whole / strip, from, bRow, into, step);
            else CopyPieces(rows, whole / strip, from, bRow, strip, into, step);
        }

        to += whole / strip * step;
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
                BlockTranspose.Spread(columns, k, from, bCol, bRow, to, strip);
            }

            to += step;
        }
    }

    // The pieces of some rows that belong to each strip, where a piece is two registers of 64 bytes.
    private static void CopyPairs<T>(int rows, int strips, T* from, nint row, T* to, nint step)
        where T : unmanaged
    {
        for (int s = 0; s < strips; s++, from += 2 * Vector512<T>.Count, to += step)
        {
            T* piece = from, into = to;
            for (int r = 0; r < rows; r++, piece += row, into += 2 * Vector512<T>.Count)
            {
                Vector512<T> left = Vector512.Load(piece), right = Vector512.Load(piece + Vector512<T>.Count);
                left.Store(into);
                right.Store(into + Vector512<T>.Count);
            }
        }
    }

    private static void CopyPieces<T>(int rows, int strips, T* from, nint row, int strip, T* to, nint step)
        where T : unmanaged
    {
        for (int s = 0; s < strips; s++, from += strip, to += step)
        {
            T* piece = from, into = to;
            for (int r = 0; r < rows; r++, piece += row, into += strip)
                for (int c = 0; c < strip; c += Vector<T>.Count) Vector.Store(Vector.Load(piece + c), into + c);
        }
    }

    // Pieces of so few numbers that calling somebody to copy one would take longer than copying it.
    private static void CopyShort<T>(int pieces, int count, T* from, nint stride, T* to)
        where T : unmanaged
    {
        if (count < Vector128<T>.Count)
        {
            for (int p = 0; p < pieces; p++, from += stride, to += count)
                for (int r = 0; r < count; r++) to[r] = from[r];
            return;
        }

        // The last store may overlap the one before it.
        int last = count - Vector128<T>.Count;
        for (int p = 0; p < pieces; p++, from += stride, to += count)
        {
            for (int r = 0; r < last; r += Vector128<T>.Count) Vector128.Load(from + r).Store(to + r);
            Vector128.Load(from + last).Store(to + last);
        }
    }
}
