using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>A fold: a map of each element and an associative, commutative way to join two results.</summary>
internal interface IFold<T>
    where T : unmanaged
{
    /// <summary>The result over no elements.</summary>
    static abstract T Identity { get; }

    /// <summary>What an element contributes.</summary>
    static abstract T Map(T x);

    /// <summary>What a register of elements contributes.</summary>
    static abstract Vector<T> Map(Vector<T> x);

    /// <summary>Joins two results.</summary>
    static abstract T Join(T x, T y);

    /// <summary>Joins two registers of results.</summary>
    static abstract Vector<T> Join(Vector<T> x, Vector<T> y);
}

/// <summary>Sum of elements.</summary>
internal readonly struct SumFold<T> : IFold<T>
    where T : unmanaged, INumber<T>
{
    public static T Identity => T.Zero;

    public static T Map(T x) => x;

    public static Vector<T> Map(Vector<T> x) => x;

    public static T Join(T x, T y) => x + y;

    public static Vector<T> Join(Vector<T> x, Vector<T> y) => x + y;
}

/// <summary>Sum of squares of elements.</summary>
internal readonly struct SumOfSquaresFold<T> : IFold<T>
    where T : unmanaged, INumber<T>
{
    public static T Identity => T.Zero;

    public static T Map(T x) => x * x;

    public static Vector<T> Map(Vector<T> x) => x * x;

    public static T Join(T x, T y) => x + y;

    public static Vector<T> Join(Vector<T> x, Vector<T> y) => x + y;
}

/// <summary>Product of elements.</summary>
internal readonly struct ProductFold<T> : IFold<T>
    where T : unmanaged, INumber<T>
{
    public static T Identity => T.One;

    public static T Map(T x) => x;

    public static Vector<T> Map(Vector<T> x) => x;

    public static T Join(T x, T y) => x * y;

    public static Vector<T> Join(Vector<T> x, Vector<T> y) => x * y;
}

/// <summary>Largest element; NaN if there is one.</summary>
internal readonly struct MaxFold<T> : IFold<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    public static T Identity => Extremes<T>.Lowest;

    public static T Map(T x) => x;

    public static Vector<T> Map(Vector<T> x) => x;

    public static T Join(T x, T y) => x > y || T.IsNaN(x) ? x : y;

    // The one that is not less than the other, unless it is hidden by a NaN: two selections, and no care for signed zeros.
    public static Vector<T> Join(Vector<T> x, Vector<T> y)
    {
        Vector<T> larger = Vector.ConditionalSelect(Vector.GreaterThan(x, y), x, y);
        return typeof(T) == typeof(long) ? larger : Vector.ConditionalSelect(Vector.Equals(x, x), larger, x);
    }
}

/// <summary>Smallest element; NaN if there is one.</summary>
internal readonly struct MinFold<T> : IFold<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    public static T Identity => Extremes<T>.Highest;

    public static T Map(T x) => x;

    public static Vector<T> Map(Vector<T> x) => x;

    public static T Join(T x, T y) => x < y || T.IsNaN(x) ? x : y;

    public static Vector<T> Join(Vector<T> x, Vector<T> y)
    {
        Vector<T> smaller = Vector.ConditionalSelect(Vector.LessThan(x, y), x, y);
        return typeof(T) == typeof(long) ? smaller : Vector.ConditionalSelect(Vector.Equals(x, x), smaller, x);
    }
}

/// <summary>The ends of a type's order: infinities where it has them.</summary>
internal static class Extremes<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    /// <summary>-inf, or the smallest integer.</summary>
    public static T Lowest => typeof(T) == typeof(float) || typeof(T) == typeof(double) ? -T.One / T.Zero : T.MinValue;

    /// <summary>+inf, or the largest integer.</summary>
    public static T Highest => typeof(T) == typeof(float) || typeof(T) == typeof(double) ? T.One / T.Zero : T.MaxValue;
}

/// <summary>
/// Runs a fold along the middle axis of [outer, n, inner].
/// </summary>
/// <remarks>
/// Blocks are folded straight, into many registers or into a row of results; blocks are joined in pairs, and pairs in pairs.
/// So the rounding error of a sum grows with the logarithm of its length beyond a block, as in PyTorch's cascade sum, and the
/// order of additions depends on the shape alone.
/// </remarks>
internal static unsafe partial class Fold<T, TFold>
    where T : unmanaged
    where TFold : struct, IFold<T>
{
    private const int Block = 4096;
    private const int BlockRows = 64;
    // Long pieces of rows are what the memory brings soonest; the results of one still fit a first-level cache.
    private static int PieceColumns => (1 << 15) / sizeof(T);

    // Rows shorter than this are folded side by side, several in a register.
    private const int ShortRow = 64;

    /// <summary>y[o, j] = fold over i of x[o, i, j].</summary>
    public static void Along(T* x, T* y, nint outer, nint n, nint inner) =>
        AxisWork.Run<T, T, Kernel>(default, x, y, outer, n, inner, inner);

    private readonly struct Kernel : IAxisRange<T, T>
    {
        public void Run(T* x, T* y, nint outer, nint n, nint inner)
        {
            if (inner < Vector<T>.Count && (n < Vector<T>.Count || n * inner <= ShortRow / 2))
            {
                Small(x, y, outer, n, inner);
                return;
            }

            for (nint o = 0; o < outer; o++, x += n * inner, y += inner)
            {
                if (inner == 1) *y = SharedRow(x, n);
                else if (inner < ShortRow && n > 2 * (ShortRow / inner)) ShortRows(x, y, n, inner);
                else Columns(x, y, n, inner);
            }
        }
    }

    // A few elements for each result: a call for each would cost more than its elements.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Small(T* x, T* y, nint outer, nint n, nint inner)
    {
        for (nint o = 0; o < outer; o++, x += n * inner, y += inner)
        {
            for (nint j = 0; j < inner; j++)
            {
                T result = TFold.Identity;
                for (nint i = 0; i < n; i++) result = TFold.Join(result, TFold.Map(x[i * inner + j]));
                y[j] = result;
            }
        }
    }

    /// <summary>The fold of contiguous elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static T Row(T* x, nint n)
    {
        if (n <= Block) return StraightRow(x, n);
        nint half = Half(n, Block);
        return TFold.Join(Row(x, half), Row(x + half, n - half));
    }

    // The one place that says where halving cuts.
    private static nint Half(nint n, nint unit) => (n / 2 + unit - 1) / unit * unit;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T StraightRow(T* x, nint n)
    {
        nint lanes = Vector<T>.Count, i = 0;
        T result = TFold.Identity;
        if (n >= lanes)
        {
            Vector<T> s0 = new(TFold.Identity), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
            for (; i + 8 * lanes <= n; i += 8 * lanes)
            {
                T* at = x + i;
                s0 = TFold.Join(s0, TFold.Map(Vector.Load(at)));
                s1 = TFold.Join(s1, TFold.Map(Vector.Load(at + lanes)));
                s2 = TFold.Join(s2, TFold.Map(Vector.Load(at + 2 * lanes)));
                s3 = TFold.Join(s3, TFold.Map(Vector.Load(at + 3 * lanes)));
                s4 = TFold.Join(s4, TFold.Map(Vector.Load(at + 4 * lanes)));
                s5 = TFold.Join(s5, TFold.Map(Vector.Load(at + 5 * lanes)));
                s6 = TFold.Join(s6, TFold.Map(Vector.Load(at + 6 * lanes)));
                s7 = TFold.Join(s7, TFold.Map(Vector.Load(at + 7 * lanes)));
            }

            for (; i + lanes <= n; i += lanes) s0 = TFold.Join(s0, TFold.Map(Vector.Load(x + i)));
            Vector<T> all = TFold.Join(
                TFold.Join(TFold.Join(s0, s1), TFold.Join(s2, s3)),
                TFold.Join(TFold.Join(s4, s5), TFold.Join(s6, s7)));
            for (int lane = 0; lane < lanes; lane++) result = TFold.Join(result, all[lane]);
        }

        for (; i < n; i++) result = TFold.Join(result, TFold.Map(x[i]));
        return result;
    }

    // Columns in pieces that stay in the first cache with their results; with few columns the rows are shared as well.
    private static void Columns(T* x, T* y, nint n, nint inner)
    {
        nint pieces = (inner + PieceColumns - 1) / PieceColumns;
        if (n * inner < AxisWork.ParallelSize || Threads.Count == 1)
        {
            new Pieces(x, y, n, inner).Run(0, pieces);
        }
        else if (pieces >= 4)
        {
            WorkSplit.Run(pieces, 1, 1, new Pieces(x, y, n, inner));
        }
        else
        {
            for (nint j = 0; j < inner; j += PieceColumns)
                SharedPiece(x + j, y + j, n, inner, (int)nint.Min(PieceColumns, inner - j));
        }
    }

    private readonly struct Pieces(T* x, T* y, nint n, nint inner) : IRangeWork
    {
        /// <inheritdoc/>
        public void Run(long from, long to)
        {
            for (nint j = (nint)from * PieceColumns; j < inner && j < (nint)to * PieceColumns; j += PieceColumns)
                Piece(x + j, y + j, n, inner, (int)nint.Min(PieceColumns, inner - j));
        }
    }

    [SkipLocalsInit]
    private static void Piece(T* x, T* y, nint n, nint inner, int columns)
    {
        if (n <= BlockRows)
        {
            StraightPiece(x, y, n, inner, columns);
            return;
        }

        nint half = Half(n, BlockRows);
        T* second = stackalloc T[columns];
        Piece(x, y, half, inner, columns);
        Piece(x + half * inner, second, n - half, inner, columns);
        Join(y, second, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Join(T* y, T* second, int columns)
    {
        int lanes = Vector<T>.Count, j = 0;
        for (; j + lanes <= columns; j += lanes) Vector.Store(TFold.Join(Vector.Load(y + j), Vector.Load(second + j)), y + j);
        for (; j < columns; j++) y[j] = TFold.Join(y[j], second[j]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void StraightPiece(T* x, T* y, nint n, nint inner, int columns)
    {
        new Span<T>(y, columns).Fill(TFold.Identity);
        nint lanes = Vector<T>.Count, i = 0;
        for (; i + 4 <= n; i += 4)
        {
            T* r0 = x + i * inner, r1 = r0 + inner, r2 = r1 + inner, r3 = r2 + inner;
            nint j = 0;
            for (; j + lanes <= columns; j += lanes)
            {
                Vector<T> s = TFold.Join(TFold.Map(Vector.Load(r0 + j)), TFold.Map(Vector.Load(r1 + j)));
                Vector<T> t = TFold.Join(TFold.Map(Vector.Load(r2 + j)), TFold.Map(Vector.Load(r3 + j)));
                Vector.Store(TFold.Join(Vector.Load(y + j), TFold.Join(s, t)), y + j);
            }

            for (; j < columns; j++)
            {
                T s = TFold.Join(TFold.Map(r0[j]), TFold.Map(r1[j]));
                T t = TFold.Join(TFold.Map(r2[j]), TFold.Map(r3[j]));
                y[j] = TFold.Join(y[j], TFold.Join(s, t));
            }
        }

        for (; i < n; i++)
        {
            T* r = x + i * inner;
            nint j = 0;
            for (; j + lanes <= columns; j += lanes)
                Vector.Store(TFold.Join(Vector.Load(y + j), TFold.Map(Vector.Load(r + j))), y + j);
            for (; j < columns; j++) y[j] = TFold.Join(y[j], TFold.Map(r[j]));
        }
    }

    // [n, inner] with a short inner is read as [n / g, g * inner]; the g partial rows are then joined.
    [SkipLocalsInit]
    private static void ShortRows(T* x, T* y, nint n, nint inner)
    {
        nint g = (ShortRow + inner - 1) / inner;
        nint groups = n / g;
        T* partial = stackalloc T[2 * ShortRow];
        Columns(x, partial, groups, g * inner);
        for (nint j = 0; j < inner; j++)
        {
            T result = partial[j];
            for (nint r = 1; r < g; r++) result = TFold.Join(result, partial[r * inner + j]);
            for (nint i = groups * g; i < n; i++) result = TFold.Join(result, TFold.Map(x[i * inner + j]));
            y[j] = result;
        }
    }
}
