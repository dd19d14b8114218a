using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>The loops around the tiles of a matrix product: slabs of columns, slices of k, blocks of rows.</summary>
/// <remarks>
/// A packed slab is shared by the threads, which split C among them: its rows where there are many, its columns where not.
/// Nobody splits k, so the sums and their order do not depend on the number of threads.
/// </remarks>
internal static unsafe class TiledProduct<R, V, T>
    where R : struct, IRegister<V, T>
    where V : unmanaged
    where T : unmanaged, INumber<T>
{
    private const int BlockRows = 96;
    private const int PartRows = 48;
    private const int SlabColumns = 2048;

    // An operand of at most this many bytes, read in place, stays in the second cache.
    private const int InPlaceBytes = 512 * 1024;

    // A strip of A takes half of a first cache of 48 KiB, past which a strip of B streams from the second; shorter slices would read
    // and write C more often, which costs more. The same for all registers: k is cut in the same places, so the results are the same.
    private static int Slice => 2048 / sizeof(T);

    // Between the packed strips of B: packing writes to all of them in turn, and a power of two apart they would share few sets of the caches.
    private const int Gap = 64;

    private static bool IsWide
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => sizeof(V) == 64;
    }

    private static int StripColumns => 2 * R.Lanes;

    // From one packed strip of B to the next.
    private static nint StripStep(int depth) => ((nint)StripColumns * depth) + Gap;

    /// <summary>How many rows the next tile takes where <paramref name="rest"/> are left: no tile is much larger than what it has to do.</summary>
    public static int Height(int rest) =>
        IsWide
            ? rest >= 12 && rest != 16 ? 12 : rest >= 8 ? 8 : Math.Min(rest, 4)
            : rest == 6 || rest > 8 ? 6 : Math.Min(rest, 4);

    /// <summary>How many of the rows of a block whole wide tiles take, where they take any: first those of twelve rows, then those of eight.</summary>
    private static (int Twelves, int Eights) WideTiles(int rows)
    {
        int twelves = rows / 12, over = rows % 12;
        if (over == 4 && twelves > 0) return (12 * (twelves - 1), 16);
        return (12 * twelves, over >= 8 ? 8 : 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(int m, int n, int k, T* a, nint aRow, nint aCol, T* b, nint bRow, nint bCol, T* c, nint cRow, T* add, nint addRow)
    {
        // Rows of A are read where they lie: a line in the cache serves many steps of a tile, and the second cache keeps the block. So are
        // the columns of a small A.
        bool packA = n > 2 * StripColumns && aCol != 1 && (aRow != 1 || (long)m * k * sizeof(T) > InPlaceBytes);
        bool packB = bCol != 1 || (m > 24 && (long)n * k * sizeof(T) > InPlaceBytes);
        for (int j = 0; j < n; j += SlabColumns)
        {
            int columns = Math.Min(SlabColumns, n - j);
            int whole = packB ? 0 : columns / StripColumns * StripColumns;
            for (int p = 0; p < k; p += Slice)
            {
                int depth = Math.Min(Slice, k - p);
                T* addend = p > 0 ? c + j : add == null ? null : add + j;
                var slab = new Slab(
                    m, columns, depth, a + p * aCol, aRow, aCol, packA, b + p * bRow + j * bCol, bRow, bCol, whole, c + j, cRow, addend, p > 0 ? cRow : addRow);
                slab.Multiply();
            }
        }
    }

    // A slice of A times a slab of B, of which the first `whole` columns are read in place and the rest is packed.
    private readonly struct Slab(
        int m, int n, int depth, T* a, nint aRow, nint aCol, bool packA, T* b, nint bRow, nint bCol, int whole, T* c, nint cRow, T* add, nint addRow)
    {
        private readonly T* packed = whole < n ? MatrixPacking.RoomForB<T>((nint)((n - whole + StripColumns - 1) / StripColumns) * StripStep(depth)) : null;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Multiply()
        {
            if ((long)m * n * depth < 2 * MatrixProduct.Grain)
            {
                Pack(whole, n);
                Block(0, m, 0, n);
                return;
            }

            // Packing a number takes about as long as a hundred multiplications.
            int threads = (int)Math.Min(Threads.Count, (long)m * n * depth / MatrixProduct.Grain);
            if (whole < n) WorkSplit.Run(n - whole, Math.Max(1, MatrixProduct.Grain / 100 / depth), StripColumns, new Packing(this));
            if (m >= 24 * threads || m >= n)
            {
                // Parts of some tiles each, the same number for every thread: one that is late leaves parts to the others.
                int parts = threads * Math.Max((m + threads * BlockRows - 1) / (threads * BlockRows), Math.Min(4, m / (threads * PartRows)));
                WorkSplit.Run(parts, 1, 1, new Rows(this, parts));
            }
            else
            {
                int parts = Math.Min(threads, (n + StripColumns - 1) / StripColumns);
                WorkSplit.Run(parts, 1, 1, new Columns(this, parts));
            }
        }

        // The start of one of so many parts of equal length, at a whole tile.
        private static int Start(long part, int parts, int length, int tile) => part == parts ? length : (int)(length * part / parts / tile * tile);

        private void Pack(int from, int to)
        {
            if (from < to) MatrixPacking.PackB(depth, to - from, b + from * bCol, bRow, bCol, StripColumns, packed + (nint)((from - whole) / StripColumns) * StripStep(depth), StripStep(depth));
        }

        private void Block(int rowFrom, int rowTo, int columnFrom, int columnTo)
        {
            for (int i = rowFrom; i < rowTo; i += BlockRows) RowBlock(i, Math.Min(BlockRows, rowTo - i), columnFrom, columnTo);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void RowBlock(int top, int rows, int columnFrom, int columnTo)
        {
            T* left = a + top * aRow;
            if (packA)
            {
                T* room = MatrixPacking.RoomForA<T>((nint)BlockRows * Slice);
                for (int i = 0, height; i < rows; i += height)
                {
                    height = Height(rows - i);
                    MatrixPacking.PackA(height, depth, left + i * aRow, aRow, aCol, height, room + (nint)i * depth);
                }

                left = room;
            }

            (nint leftRow, nint stripRow) = packA ? (depth, 1) : (aRow, aRow);
            (int twelves, int eights) = IsWide ? WideTiles(rows) : default;
            for (int j = columnFrom; j < columnTo; j += StripColumns)
            {
                bool inPlace = j < whole;
                T* right = inPlace ? b + j : packed + (nint)((j - whole) / StripColumns) * StripStep(depth);
                nint rightRow = inPlace ? bRow : StripColumns;
                int breadth = Math.Min(StripColumns, columnTo - j);
                T* to = c + top * cRow + j, addend = add == null ? null : add + top * addRow + j;
                nint step = add == null ? 0 : addRow;
                int i = 0;
                if (IsWide && breadth == StripColumns)
                {
                    // One height after the other: a choice for each tile would be mispredicted, and a tile takes but a few hundred cycles.
                    for (int end = twelves; i < end; i += 12, to += 12 * cRow, addend += 12 * step)
                        MatrixTile<R, V, T>.TwelveRows(depth, left + i * leftRow, stripRow, packA ? 12 : aCol, right, rightRow, to, cRow, addend, step);
                    for (int end = i + eights; i < end; i += 8, to += 8 * cRow, addend += 8 * step)
                        MatrixTile<R, V, T>.EightRows(depth, left + i * leftRow, stripRow, packA ? 8 : aCol, right, rightRow, to, cRow, addend, step);
                }

                for (int height; i < rows; i += height, to += height * cRow, addend += height * step)
                {
                    height = Height(rows - i);
                    T* strip = left + i * leftRow;
                    nint stripCol = packA ? height : aCol;
                    if (breadth == StripColumns) Tile(height, depth, strip, stripRow, stripCol, right, rightRow, to, cRow, addend, step);
                    else TileAtEdge(height, depth, strip, stripRow, stripCol, right, rightRow, to, cRow, breadth, addend, step);
                }
            }
        }

        private void PackRange(long from, long to) => Pack(whole + (int)from, whole + (int)to);

        private void RowRange(long from, long to, int parts) => Block(Start(from, parts, m, 4), Start(to, parts, m, 4), 0, n);

        private void ColumnRange(long from, long to, int parts) => Block(0, m, Start(from, parts, n, StripColumns), Start(to, parts, n, StripColumns));

        private readonly struct Packing(Slab slab) : IRangeWork
        {
            public void Run(long from, long to) => slab.PackRange(from, to);
        }

        private readonly struct Rows(Slab slab, int parts) : IRangeWork
        {
            public void Run(long from, long to) => slab.RowRange(from, to, parts);
        }

        private readonly struct Columns(Slab slab, int parts) : IRangeWork
        {
            public void Run(long from, long to) => slab.ColumnRange(from, to, parts);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile(int height, nint k, T* a, nint aRow, nint aCol, T* b, nint bRow, T* c, nint cRow, T* add, nint addRow)
    {
        if (IsWide && height == 12) MatrixTile<R, V, T>.TwelveRows(k, a, aRow, aCol, b, bRow, c, cRow, add, addRow);
        else if (IsWide && height == 8) MatrixTile<R, V, T>.EightRows(k, a, aRow, aCol, b, bRow, c, cRow, add, addRow);
        else if (!IsWide && height == 6) MatrixTile<R, V, T>.SixRows(k, a, aRow, aCol, b, bRow, c, cRow, add, addRow);
        else MatrixTile<R, V, T>.FourRows(k, a, aRow, aCol, b, bRow, c, cRow, height, add, addRow);
    }

    // A tile cut by C's right edge is computed whole beside C; then the columns that exist are stored. A store of its own in
    // the tiles would be a call there, across which the compiler keeps no vector in a register.
    [SkipLocalsInit]
    private static void TileAtEdge(int height, nint k, T* a, nint aRow, nint aCol, T* b, nint bRow, T* c, nint cRow, int columns, T* add, nint addRow)
    {
        byte* room = stackalloc byte[12 * 2 * 64];
        T* tile = (T*)room;
        Tile(height, k, a, aRow, aCol, b, bRow, tile, StripColumns, null, 0);
        for (int i = 0; i < height; i++, tile += StripColumns, c += cRow, add += addRow)
        {
            if (columns < R.Lanes)
            {
                R.StoreFirst(c, R.Load(tile), columns, add);
            }
            else
            {
                V left = R.Load(tile);
                R.Store(c, add == null ? left : R.Add(left, R.Load(add)));
                if (columns > R.Lanes) R.StoreFirst(c + R.Lanes, R.Load(tile + R.Lanes), columns - R.Lanes, add == null ? null : add + R.Lanes);
            }
        }
    }
}
