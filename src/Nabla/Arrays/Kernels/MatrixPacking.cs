using System.Numerics;
using System.Runtime.CompilerServices;

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
    // One block of each matrix a thread, kept for the next product: pinned, so that a pointer into it stays valid.
    [ThreadStatic]
    private static byte[]? roomForA;

    [ThreadStatic]
    private static byte[]? roomForB;

    /// <summary>Room for a packed block of A, aligned to 64 bytes, valid until this thread's next call.</summary>
    public static T* RoomForA<T>(nint count)
        where T : unmanaged
        => (T*)Room(ref roomForA, count * sizeof(T));

    /// <summary>Room for a packed block of B, aligned to 64 bytes, valid until this thread's next call.</summary>
    public static T* RoomForB<T>(nint count)
        where T : unmanaged
        => (T*)Room(ref roomForB, count * sizeof(T));

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
                for (int r = 0; r < rows; r++) Spread(k, from + r * aRow, aCol, to + r, strip);
            }

            to += (nint)strip * k;
        }
    }

    /// <summary>Packs <paramref name="k"/> rows and <paramref name="n"/> columns of B in strips of <paramref name="strip"/> columns.</summary>
    public static void PackB<T>(int k, int n, T* b, nint bRow, nint bCol, int strip, T* to)
        where T : unmanaged
    {
        for (int j = 0; j < n; j += strip)
        {
            int columns = Math.Min(strip, n - j);
            T* from = b + j * bCol;
            if (columns < strip) new Span<T>(to, strip * k).Clear();
            if (bCol == 1 && columns == strip && strip % Vector<T>.Count == 0)
            {
                for (int p = 0; p < k; p++, from += bRow)
                    for (int c = 0; c < strip; c += Vector<T>.Count)
                        Vector.Store(Vector.Load(from + c), to + (nint)p * strip + c);
            }
            else if (bCol == 1)
            {
                for (int p = 0; p < k; p++, from += bRow)
                    for (int c = 0; c < columns; c++) to[(nint)p * strip + c] = from[c];
            }
            else
            {
                for (int c = 0; c < columns; c++) Spread(k, from + c * bCol, bRow, to + c, strip);
            }

            to += (nint)strip * k;
        }
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

    private static byte* Room(ref byte[]? room, nint bytes)
    {
        const int alignment = 64;
        if (room is null || room.Length < bytes + alignment)
            room = GC.AllocateUninitializedArray<byte>((int)Math.Max(bytes + alignment, 64 * 1024), pinned: true);
        nint address = (nint)Unsafe.AsPointer(ref room[0]);
        return (byte*)((address + alignment - 1) & -alignment);
    }
}
