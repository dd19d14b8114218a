using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>The loops around the tiles of a matrix product: slabs of columns, slices of k, blocks of rows.</summary>
internal static unsafe class TiledProduct<R, V, T>
    where R : struct, IRegister<V, T>
    where V : unmanaged
    where T : unmanaged, INumber<T>
{
    public static int Slice = 256;
    public static int BlockRows = 192;
    public static int SlabColumns = 2048;

    // An operand of at most this many bytes, read in place, stays in the second cache.
    public static int InPlaceBytes = 256 * 1024;

    private static bool IsWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => sizeof(V) == 64;
    }

    private static int StripColumns => 2 * R.Lanes;

    /// <summary>How many rows the next tile takes where <paramref name="rest"/> are left: no tile is much larger than what it has to do.</summary>
    public static int Height(int rest) =>
        IsWide
            ? rest >= 12 && rest != 16 ? 12 : rest >= 8 ? 8 : Math.Min(rest, 4)
            : rest == 6 || rest > 8 ? 6 : Math.Min(rest, 4);

    public static void Multiply(int m, int n, int k, T* a, nint aRow, nint aCol, T* b, nint bRow, nint bCol, T* c, nint cRow, bool accumulate)
    {
        bool packA = n > 2 * StripColumns && (aCol != 1 || (long)m * k * sizeof(T) > InPlaceBytes);
        bool packB = bCol != 1 || (m > 24 && (long)n * k * sizeof(T) > InPlaceBytes);
        for (int j = 0; j < n; j += SlabColumns)
        {
            int columns = Math.Min(SlabColumns, n - j);
            int whole = packB ? 0 : columns / StripColumns * StripColumns;
            for (int p = 0; p < k; p += Slice)
            {
                int depth = Math.Min(Slice, k - p);
                T* slab = b + p * bRow + j * bCol;
                T* packed = null;
                if (whole < columns)
                {
                    int strips = (columns - whole + StripColumns - 1) / StripColumns;
                    packed = MatrixPacking.RoomForB<T>((nint)strips * StripColumns * depth);
                    MatrixPacking.PackB(depth, columns - whole, slab + whole * bCol, bRow, bCol, StripColumns, packed);
                }

                for (int i = 0; i < m; i += BlockRows)
                {
                    RowBlock(
                        Math.Min(BlockRows, m - i), columns, depth,
                        a + i * aRow + p * aCol, aRow, aCol, packA,
                        slab, bRow, whole, packed,
                        c + i * cRow + j, cRow, accumulate || p > 0);
                }
            }
        }
    }

    // One block of A times a slab of B, of which the first `whole` columns are read in place and the rest is packed.
    private static void RowBlock(
        int rows, int columns, int depth,
        T* a, nint aRow, nint aCol, bool packA,
        T* b, nint bRow, int whole, T* packedB,
        T* c, nint cRow, bool accumulate)
    {
        if (packA)
        {
            T* packed = MatrixPacking.RoomForA<T>((nint)BlockRows * Slice);
            for (int i = 0, height; i < rows; i += height)
            {
                height = Height(rows - i);
                MatrixPacking.PackA(height, depth, a + i * aRow, aRow, aCol, height, packed + (nint)i * depth);
            }

            a = packed;
        }

        for (int j = 0; j < columns; j += StripColumns)
        {
            bool inPlace = j < whole;
            T* right = inPlace ? b + j : packedB + (nint)(j - whole) * depth;
            nint rightRow = inPlace ? bRow : StripColumns;
            int breadth = Math.Min(StripColumns, columns - j);
            T* to = c + j;
            for (int i = 0, height; i < rows; i += height, to += height * cRow)
            {
                height = Height(rows - i);
                T* left = packA ? a + (nint)i * depth : a + i * aRow;
                (nint leftRow, nint leftCol) = packA ? (1, height) : (aRow, aCol);
                if (breadth == StripColumns) Tile(height, depth, left, leftRow, leftCol, right, rightRow, to, cRow, accumulate);
                else TileAtEdge(height, depth, left, leftRow, leftCol, right, rightRow, to, cRow, breadth, accumulate);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile(int height, nint k, T* a, nint aRow, nint aCol, T* b, nint bRow, T* c, nint cRow, bool accumulate)
    {
        if (IsWide && height == 12) MatrixTile<R, V, T>.TwelveRows(k, a, aRow, aCol, b, bRow, c, cRow, accumulate);
        else if (IsWide && height == 8) MatrixTile<R, V, T>.EightRows(k, a, aRow, aCol, b, bRow, c, cRow, accumulate);
        else if (!IsWide && height == 6) MatrixTile<R, V, T>.SixRows(k, a, aRow, aCol, b, bRow, c, cRow, accumulate);
        else MatrixTile<R, V, T>.FourRows(k, a, aRow, aCol, b, bRow, c, cRow, height, accumulate);
    }

    // A tile cut by C's right edge is computed whole beside C; then the columns that exist are stored. A store of its own in
    // the tiles would be a call there, across which the compiler keeps no vector in a register.
    [SkipLocalsInit]
    private static void TileAtEdge(int height, nint k, T* a, nint aRow, nint aCol, T* b, nint bRow, T* c, nint cRow, int columns, bool accumulate)
    {
        byte* room = stackalloc byte[12 * 2 * 64];
        T* tile = (T*)room;
        Tile(height, k, a, aRow, aCol, b, bRow, tile, StripColumns, accumulate: false);
        for (int i = 0; i < height; i++, tile += StripColumns, c += cRow)
        {
            if (columns < R.Lanes)
            {
                R.StoreFirst(c, R.Load(tile), columns, accumulate);
            }
            else
            {
                V left = R.Load(tile);
                R.Store(c, accumulate ? R.Add(left, R.Load(c)) : left);
                if (columns > R.Lanes) R.StoreFirst(c + R.Lanes, R.Load(tile + R.Lanes), columns - R.Lanes, accumulate);
            }
        }
    }
}
