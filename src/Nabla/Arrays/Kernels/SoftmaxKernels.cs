using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// Log-sum-exp, softmax and log-softmax along the middle axis of a contiguous [outer, n, inner], float or double.
/// </summary>
/// <remarks>
/// The largest element is subtracted first, so nothing overflows. Log-sum-exp of nothing but -inf is -inf and of a +inf is
/// +inf; softmax of such rows is NaN, as in PyTorch. Log-softmax is (x - largest) - log(sum), which stays exact to the last
/// digits where x is large. Exponentials are summed tile by tile, tiles in double.
/// </remarks>
internal static unsafe class SoftmaxKernels
{
    private const int Tile = 1024;

    // Rows of at most this many elements are taken many at a time.
    private const int ShortRow = 64;
    private const int PieceColumns = 256;

    /// <summary>y[o, j] = log sum over i of exp x[o, i, j].</summary>
    [SkipLocalsInit]
    public static void LogSumExp<T>(T* x, T* y, nint outer, nint n, nint inner)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        if (inner == 1 && n is > 0 and <= ShortRow)
        {
            LogSumExpOfShortRows(x, y, outer, (int)n);
            return;
        }

        T* shifts = stackalloc T[PieceColumns], logs = stackalloc T[PieceColumns];
        for (nint o = 0; o < outer; o++, x += n * inner, y += inner)
        {
            if (inner == 1)
            {
                LogSumExpRow(x, n, out T shift, out T log);
                *y = shift + log;
                continue;
            }

            for (nint j = 0; j < inner; j += PieceColumns)
            {
                int columns = (int)nint.Min(PieceColumns, inner - j);
                LogSumExpColumns(x + j, shifts, logs, n, inner, columns);
                for (int c = 0; c < columns; c++) y[j + c] = shifts[c] + logs[c];
            }
        }
    }

    /// <summary>y = exp x over its sum along the axis; y may be x itself.</summary>
    public static void Softmax<T>(T* x, T* y, nint outer, nint n, nint inner)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        if (inner == 1 && n <= ShortRow)
        {
            ShortRows(x, y, outer, (int)n, logarithm: false);
            return;
        }

        if (inner == 1 && n <= Tile)
        {
            MiddlingRows(x, y, outer, (int)n);
            return;
        }

        for (nint o = 0; o < outer; o++, x += n * inner, y += n * inner)
        {
            if (inner == 1)
            {
                SoftmaxRow(x, y, n);
                continue;
            }

            for (nint j = 0; j < inner; j += PieceColumns)
                SoftmaxColumns(x + j, y + j, n, inner, (int)nint.Min(PieceColumns, inner - j));
        }
    }

    /// <summary>y = x less its log-sum-exp along the axis; y may be x itself.</summary>
    [SkipLocalsInit]
    public static void LogSoftmax<T>(T* x, T* y, nint outer, nint n, nint inner)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        if (inner == 1 && n <= ShortRow)
        {
            ShortRows(x, y, outer, (int)n, logarithm: true);
            return;
        }

        T* shifts = stackalloc T[PieceColumns], logs = stackalloc T[PieceColumns];
        for (nint o = 0; o < outer; o++, x += n * inner, y += n * inner)
        {
            if (inner == 1)
            {
                LogSumExpRow(x, n, out T shift, out T log);
                for (nint i = 0; i < n; i += Tile)
                {
                    int count = (int)nint.Min(Tile, n - i);
                    Span<T> part = new(y + i, count);
                    TensorPrimitives.Subtract(new ReadOnlySpan<T>(x + i, count), shift, part);
                    TensorPrimitives.Subtract(part, log, part);
                }

                continue;
            }

            for (nint j = 0; j < inner; j += PieceColumns)
            {
                int columns = (int)nint.Min(PieceColumns, inner - j);
                LogSumExpColumns(x + j, shifts, logs, n, inner, columns);
                for (nint i = 0; i < n; i++)
                {
                    Span<T> row = new(y + i * inner + j, columns);
                    TensorPrimitives.Subtract(new ReadOnlySpan<T>(x + i * inner + j, columns), new ReadOnlySpan<T>(shifts, columns), row);
                    TensorPrimitives.Subtract(row, new ReadOnlySpan<T>(logs, columns), row);
                }
            }
        }
    }

    /// <summary>Softmax of contiguous elements; y may be x itself.</summary>
    public static void SoftmaxRow<T>(T* x, T* y, nint n)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        if (n == 0) return;
        T largest = Fold<T, MaxFold<T>>.Row(x, n);
        double sum = 0;
        for (nint i = 0; i < n; i += Tile)
        {
            int count = (int)nint.Min(Tile, n - i);
            Exponentials<T>.Less(x + i, largest, y + i, count);
            sum += double.CreateTruncating(Fold<T, SumFold<T>>.Row(y + i, count));
        }

        T factor = T.CreateTruncating(1 / sum);
        for (nint i = 0; i < n; i += Tile)
        {
            Span<T> part = new(y + i, (int)nint.Min(Tile, n - i));
            TensorPrimitives.Multiply(part, factor, part);
        }
    }

    // Softmax or log-softmax of many short rows: one call takes the exponentials of a whole tile.
    [SkipLocalsInit]
    private static void ShortRows<T>(T* x, T* y, nint rows, int n, bool logarithm)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        if (n == 0) return;
        T* tile = stackalloc T[Tile];
        nint rowsInTile = Tile / n;
        for (nint first = 0; first < rows; first += rowsInTile)
        {
            int count = (int)nint.Min(rowsInTile, rows - first) * n;
            T* from = x + first * n, to = y + first * n;
            for (int start = 0; start < count; start += n)
            {
                T largest = from[start];
                for (int i = start + 1; i < start + n; i++) largest = MaxFold<T>.Join(largest, from[i]);
                if (logarithm) largest = Shift(largest);
                for (int i = start; i < start + n; i++) to[i] = from[i] - largest;
            }

            new ReadOnlySpan<T>(to, count).CopyTo(new Span<T>(tile, count));
            Exponentials<T>.Of(tile, tile, count);
            for (int start = 0; start < count; start += n)
            {
                double sum = 0;
                for (int i = start; i < start + n; i++) sum += double.CreateTruncating(tile[i]);
                if (logarithm)
                {
                    T log = T.CreateTruncating(Math.Log(sum));
                    for (int i = start; i < start + n; i++) to[i] -= log;
                }
                else
                {
                    T factor = T.CreateTruncating(1 / sum);
                    for (int i = start; i < start + n; i++) to[i] = tile[i] * factor;
                }
            }
        }
    }

    // Softmax of rows of a tile at most: the same as row by row, but that one call takes the exponentials of several.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MiddlingRows<T>(T* x, T* y, nint rows, int n)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        int together = Math.Max(1, 2 * Tile / n);
        for (nint first = 0; first < rows; first += together, x += (nint)together * n, y += (nint)together * n)
        {
            int count = (int)nint.Min(together, rows - first) * n;
            for (int start = 0; start < count; start += n) Less(x + start, Fold<T, MaxFold<T>>.Row(x + start, n), y + start, n);
            Exponentials<T>.Of(y, y, count);
            for (int start = 0; start < count; start += n)
                Scale(y + start, T.CreateTruncating(1 / double.CreateTruncating(Fold<T, SumFold<T>>.Row(y + start, n))), n);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Less<T>(T* x, T shift, T* y, int n)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> by = new(shift);
        int i = 0;
        for (; i + Vector<T>.Count <= n; i += Vector<T>.Count) Vector.Store(Vector.Load(x + i) - by, y + i);
        for (; i < n; i++) y[i] = x[i] - shift;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scale<T>(T* y, T factor, int n)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector<T> by = new(factor);
        int i = 0;
        for (; i + Vector<T>.Count <= n; i += Vector<T>.Count) Vector.Store(Vector.Load(y + i) * by, y + i);
        for (; i < n; i++) y[i] *= factor;
    }

    // One call takes the exponentials of a whole tile of rows.
    [SkipLocalsInit]
    private static void LogSumExpOfShortRows<T>(T* x, T* y, nint rows, int n)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        T* tile = stackalloc T[Tile], shifts = stackalloc T[Tile];
        nint rowsInTile = Tile / n;
        for (nint first = 0; first < rows; first += rowsInTile)
        {
            int count = (int)nint.Min(rowsInTile, rows - first);
            T* from = x + first * n, sums = y + first;
            for (int row = 0; row < count; row++)
            {
                T* element = from + row * n, to = tile + row * n;
                T largest = element[0];
                for (int i = 1; i < n; i++) largest = MaxFold<T>.Join(largest, element[i]);
                T shift = shifts[row] = Shift(largest);
                for (int i = 0; i < n; i++) to[i] = element[i] - shift;
            }

            Exponentials<T>.Of(tile, tile, count * n);
            for (int row = 0; row < count; row++)
            {
                T* element = tile + row * n;
                double sum = 0;
                for (int i = 0; i < n; i++) sum += double.CreateTruncating(element[i]);
                sums[row] = T.CreateTruncating(Math.Log(sum)) + shifts[row];
            }
        }
    }

    [SkipLocalsInit]
    private static void LogSumExpRow<T>(T* x, nint n, out T shift, out T log)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        shift = Shift(Fold<T, MaxFold<T>>.Row(x, n));
        T* tile = stackalloc T[Tile];
        double sum = 0;
        for (nint i = 0; i < n; i += Tile)
        {
            int count = (int)nint.Min(Tile, n - i);
            Exponentials<T>.Less(x + i, shift, tile, count);
            sum += double.CreateTruncating(Fold<T, SumFold<T>>.Row(tile, count));
        }

        log = T.CreateTruncating(Math.Log(sum));
    }

    [SkipLocalsInit]
    private static void LogSumExpColumns<T>(T* x, T* shifts, T* logs, nint n, nint inner, int columns)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        T* row = stackalloc T[PieceColumns];
        ColumnSums<T> sums = new(stackalloc double[PieceColumns], stackalloc T[PieceColumns], columns);
        LargestOfColumns(x, shifts, n, inner, columns);
        for (int j = 0; j < columns; j++) shifts[j] = Shift(shifts[j]);
        for (nint i = 0; i < n; i++)
        {
            Exponentials<T>.Less(x + i * inner, shifts, row, columns);
            sums.Add(new ReadOnlySpan<T>(row, columns));
        }

        ReadOnlySpan<double> sum = sums.Total();
        for (int j = 0; j < columns; j++) logs[j] = T.CreateTruncating(Math.Log(sum[j]));
    }

    [SkipLocalsInit]
    private static void SoftmaxColumns<T>(T* x, T* y, nint n, nint inner, int columns)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        T* largest = stackalloc T[PieceColumns];
        ColumnSums<T> sums = new(stackalloc double[PieceColumns], stackalloc T[PieceColumns], columns);
        LargestOfColumns(x, largest, n, inner, columns);
        for (nint i = 0; i < n; i++)
        {
            T* row = y + i * inner;
            Exponentials<T>.Less(x + i * inner, largest, row, columns);
            sums.Add(new ReadOnlySpan<T>(row, columns));
        }

        ReadOnlySpan<double> sum = sums.Total();
        for (int j = 0; j < columns; j++) largest[j] = T.CreateTruncating(1 / sum[j]);
        for (nint i = 0; i < n; i++)
        {
            Span<T> row = new(y + i * inner, columns);
            TensorPrimitives.Multiply(row, new ReadOnlySpan<T>(largest, columns), row);
        }
    }

    private static void LargestOfColumns<T>(T* x, T* y, nint n, nint inner, int columns)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        Span<T> largest = new(y, columns);
        largest.Fill(T.NegativeInfinity);
        for (nint i = 0; i < n; i++) TensorPrimitives.Max(largest, new ReadOnlySpan<T>(x + i * inner, columns), largest);
    }

    // Infinite extremes are not subtracted: inf - inf is NaN.
    private static T Shift<T>(T largest)
        where T : unmanaged, IFloatingPointIeee754<T>
        => T.IsInfinity(largest) ? T.Zero : largest;

    // Sums of columns, row by row: a few rows in T, at the speed of T, and those sums in double.
    private ref struct ColumnSums<T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        private const int RowsInPart = 32;
        private readonly Span<double> total;
        private readonly Span<T> part;
        private int rows;

        public ColumnSums(Span<double> totalRoom, Span<T> partRoom, int columns)
        {
            total = totalRoom[..columns];
            part = partRoom[..columns];
            total.Clear();
            part.Clear();
        }

        public void Add(ReadOnlySpan<T> row)
        {
            TensorPrimitives.Add(part, row, part);
            if (++rows == RowsInPart) Flush();
        }

        public ReadOnlySpan<double> Total()
        {
            Flush();
            return total;
        }

        private void Flush()
        {
            for (int j = 0; j < part.Length; j++) total[j] += double.CreateTruncating(part[j]);
            part.Clear();
            rows = 0;
        }
    }
}
