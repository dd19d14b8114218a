using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// Reductions along the middle axis of a contiguous [outer, n, inner] into [outer, inner]; a whole row is inner = 1.
/// </summary>
/// <remarks>
/// Max and min give NaN if there is one; their positions are those of the first such element, and NaN counts as the
/// largest for both, as in PyTorch. Max, min and positions of an empty axis are the caller's to refuse.
/// </remarks>
internal static unsafe class ReductionKernels
{
    private const int SearchBlock = 2048;
    private const int PieceColumns = 512;

    /// <summary>Sums, by pairs of blocks.</summary>
    public static void Sum<T>(T* x, T* y, nint outer, nint n, nint inner)
        where T : unmanaged, INumber<T>
        => Fold<T, SumFold<T>>.Along(x, y, outer, n, inner);

    /// <summary>Sums of squares, by pairs of blocks.</summary>
    public static void SumOfSquares<T>(T* x, T* y, nint outer, nint n, nint inner)
        where T : unmanaged, INumber<T>
        => Fold<T, SumOfSquaresFold<T>>.Along(x, y, outer, n, inner);

    /// <summary>Sums of the products of two arrays, by pairs of blocks.</summary>
    public static void SumOfProducts<T>(T* a, T* b, T* y, nint outer, nint n, nint inner)
        where T : unmanaged, INumber<T>
    {
        if (inner == 1)
        {
            var work = new RowsOfProducts<T>(a, b, y, n);
            if (outer * n < AxisWork.ParallelSize) work.Run(0, outer);
            else WorkSplit.Run(outer, nint.Max(1, AxisWork.Grain / nint.Max(1, n)), 1, work);
            return;
        }

        var products = new T[n * inner];
        fixed (T* p = products)
        {
            for (nint o = 0; o < outer; o++, a += n * inner, b += n * inner, y += inner)
            {
                Multiply(a, b, p, n * inner);
                Sum(p, y, 1, n, inner);
            }
        }
    }

    private readonly struct RowsOfProducts<T>(T* a, T* b, T* y, nint n) : IRangeWork
        where T : unmanaged, INumber<T>
    {
        /// <inheritdoc/>
        public void Run(long from, long to)
        {
            for (nint o = (nint)from; o < (nint)to; o++) y[o] = RowOfProducts(a + o * n, b + o * n, n);
        }
    }

    [SkipLocalsInit]
    private static T RowOfProducts<T>(T* a, T* b, nint n)
        where T : unmanaged, INumber<T>
    {
        const int block = 2048;
        if (n > block)
        {
            nint half = (n / 2 + block - 1) / block * block;
            return RowOfProducts(a, b, half) + RowOfProducts(a + half, b + half, n - half);
        }

        T* products = stackalloc T[block];
        Multiply(a, b, products, n);
        return Fold<T, SumFold<T>>.Row(products, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<T>(T* a, T* b, T* y, nint n)
        where T : unmanaged, INumber<T>
    {
        nint i = 0;
        for (; i + Vector<T>.Count <= n; i += Vector<T>.Count) Vector.Store(Vector.Load(a + i) * Vector.Load(b + i), y + i);
        for (; i < n; i++) y[i] = a[i] * b[i];
    }

    /// <summary>Products.</summary>
    public static void Prod<T>(T* x, T* y, nint outer, nint n, nint inner)
        where T : unmanaged, INumber<T>
        => Fold<T, ProductFold<T>>.Along(x, y, outer, n, inner);

    /// <summary>Largest elements.</summary>
    public static void Max<T>(T* x, T* y, nint outer, nint n, nint inner)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
        => Fold<T, MaxFold<T>>.Along(x, y, outer, n, inner);

    /// <summary>Smallest elements.</summary>
    public static void Min<T>(T* x, T* y, nint outer, nint n, nint inner)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
        => Fold<T, MinFold<T>>.Along(x, y, outer, n, inner);

    /// <summary>Positions of the largest elements.</summary>
    public static void ArgMax<T>(T* x, long* y, nint outer, nint n, nint inner)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
        => Position<T, MaxFold<T>>(x, y, outer, n, inner, largest: true);

    /// <summary>Positions of the smallest elements.</summary>
    public static void ArgMin<T>(T* x, long* y, nint outer, nint n, nint inner)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
        => Position<T, MinFold<T>>(x, y, outer, n, inner, largest: false);

    /// <summary>Whether any element is not 0; truth values are bytes 0 and 1.</summary>
    public static void Any(byte* x, byte* y, nint outer, nint n, nint inner)
    {
        if (inner == 1)
        {
            for (nint o = 0; o < outer; o++) y[o] = Contains(x + o * n, n, zero: false) ? (byte)1 : (byte)0;
            return;
        }

        for (nint o = 0; o < outer; o++, x += n * inner, y += inner)
        {
            new Span<byte>(y, checked((int)inner)).Clear();
            for (nint i = 0; i < n; i++)
                for (nint j = 0; j < inner; j++) y[j] |= x[i * inner + j] != 0 ? (byte)1 : (byte)0;
        }
    }

    /// <summary>Whether all elements are not 0.</summary>
    public static void All(byte* x, byte* y, nint outer, nint n, nint inner)
    {
        if (inner == 1)
        {
            for (nint o = 0; o < outer; o++) y[o] = Contains(x + o * n, n, zero: true) ? (byte)0 : (byte)1;
            return;
        }

        for (nint o = 0; o < outer; o++, x += n * inner, y += inner)
        {
            new Span<byte>(y, checked((int)inner)).Fill(1);
            for (nint i = 0; i < n; i++)
                for (nint j = 0; j < inner; j++) y[j] &= x[i * inner + j] != 0 ? (byte)1 : (byte)0;
        }
    }

    private static bool Contains(byte* x, nint n, bool zero)
    {
        const int most = 1 << 30;
        for (nint i = 0; i < n; i += most)
        {
            ReadOnlySpan<byte> part = new(x + i, (int)nint.Min(most, n - i));
            if (zero ? part.Contains((byte)0) : part.ContainsAnyExcept((byte)0)) return true;
        }

        return false;
    }

    private static void Position<T, TFold>(T* x, long* y, nint outer, nint n, nint inner, bool largest)
        where T : unmanaged, INumber<T>
        where TFold : struct, IFold<T>
    {
        for (nint o = 0; o < outer; o++, x += n * inner, y += inner)
        {
            if (inner == 1)
            {
                *y = PositionInRow<T, TFold>(x, n, largest);
                continue;
            }

            for (nint j = 0; j < inner; j += PieceColumns)
                PositionInPiece(x + j, y + j, n, inner, (int)nint.Min(PieceColumns, inner - j), largest);
        }
    }

    // Folds block by block to learn which block holds the extreme, then looks for it there: one pass over memory.
    private static long PositionInRow<T, TFold>(T* x, nint n, bool largest)
        where T : unmanaged, INumber<T>
        where TFold : struct, IFold<T>
    {
        nint best = 0;
        T extreme = TFold.Identity;
        for (nint i = 0; i < n; i += SearchBlock)
        {
            T candidate = Fold<T, TFold>.Row(x + i, nint.Min(SearchBlock, n - i));
            if (i != 0 && !Beats(candidate, extreme, largest)) continue;
            (best, extreme) = (i, candidate);
            if (T.IsNaN(extreme)) break;
        }

        nint at = best;
        if (T.IsNaN(extreme))
        {
            while (!T.IsNaN(x[at])) at++;
            return at;
        }

        Vector<T> wanted = new(extreme);
        while (at + Vector<T>.Count <= n && !Vector.EqualsAny(Vector.Load(x + at), wanted)) at += Vector<T>.Count;
        while (at < n && x[at] != extreme) at++;
        return at;
    }

    [SkipLocalsInit]
    private static void PositionInPiece<T>(T* x, long* y, nint n, nint inner, int columns, bool largest)
        where T : unmanaged, INumber<T>
    {
        T* best = stackalloc T[columns];
        for (int j = 0; j < columns; j++) (best[j], y[j]) = (x[j], 0);
        for (nint i = 1; i < n; i++)
        {
            T* row = x + i * inner;
            int j = 0;

            // Few rows hold a new extreme, so a register's worth of columns is tested at once.
            for (; j + Vector<T>.Count <= columns; j += Vector<T>.Count)
            {
                Vector<T> now = Vector.Load(row + j), until = Vector.Load(best + j);
                if (largest ? Vector.LessThanOrEqualAll(now, until) : Vector.GreaterThanOrEqualAll(now, until)) continue;
                for (int lane = j; lane < j + Vector<T>.Count; lane++)
                    if (Beats(row[lane], best[lane], largest)) (best[lane], y[lane]) = (row[lane], i);
            }

            for (; j < columns; j++)
                if (Beats(row[j], best[j], largest)) (best[j], y[j]) = (row[j], i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Beats<T>(T x, T best, bool largest)
        where T : unmanaged, INumber<T>
        => (largest ? x > best : x < best) || (T.IsNaN(x) && !T.IsNaN(best));
}
