using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// Means and sums of squared deviations along the middle axis of a contiguous [outer, n, inner] into [outer, inner].
/// </summary>
/// <remarks>
/// Two passes: the mean first, as the first element plus the mean difference from it, so that equal elements have exactly
/// their value as mean and exactly 0 as variance; then the squares. Blocks are summed in T, and their sums in double.
/// </remarks>
internal static unsafe class MomentKernels
{
    private const int Block = 1024;
    private const int PieceColumns = 256;
    private const int RowsInPart = 32;

    // With fewer columns than this, a column at a time costs less than a call for every row.
    private const int FewColumns = 16;

    /// <summary>The mean (NaN of nothing) and Σ (x - mean)².</summary>
    public static void MeanAndSquares<T>(T* x, T* mean, T* squares, nint outer, nint n, nint inner)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (n == 0)
        {
            for (nint i = 0; i < outer * inner; i++) (mean[i], squares[i]) = (T.NaN, T.Zero);
            return;
        }
        for (nint o = 0; o < outer; o++, x += n * inner, mean += inner, squares += inner)
        {
            if (inner == 1) Row(x, n, mean, squares);
            else if (inner < FewColumns)
                for (nint j = 0; j < inner; j++) Column(x + j, n, inner, mean + j, squares + j);
            else
                for (nint j = 0; j < inner; j += PieceColumns)
                    Piece(x + j, mean + j, squares + j, n, inner, (int)nint.Min(PieceColumns, inner - j));
        }
    }

    private static void Row<T>(T* x, nint n, T* mean, T* squares)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T shift = Shift(*x);
        double total = 0;
        for (nint i = 0; i < n; i += Block) total += double.CreateTruncating(SumOfDifferences(x + i, nint.Min(Block, n - i), shift));
        *mean = T.CreateTruncating(double.CreateTruncating(shift) + (total / n));
        total = 0;
        for (nint i = 0; i < n; i += Block) total += double.CreateTruncating(SumOfSquares(x + i, nint.Min(Block, n - i), *mean));
        *squares = T.CreateTruncating(total);
    }

    private static T SumOfDifferences<T>(T* x, nint n, T shift)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint lanes = Vector<T>.Count, i = 0;
        Vector<T> m = new(shift), s0 = Vector<T>.Zero, s1 = s0, s2 = s0, s3 = s0;
        for (; i + (4 * lanes) <= n; i += 4 * lanes)
        {
            s0 += Vector.Load(x + i) - m;
            s1 += Vector.Load(x + i + lanes) - m;
            s2 += Vector.Load(x + i + (2 * lanes)) - m;
            s3 += Vector.Load(x + i + (3 * lanes)) - m;
        }
        for (; i + lanes <= n; i += lanes) s0 += Vector.Load(x + i) - m;
        T sum = Vector.Sum(s0 + s1 + (s2 + s3));
        for (; i < n; i++) sum += x[i] - shift;
        return sum;
    }

    private static T SumOfSquares<T>(T* x, nint n, T shift)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint lanes = Vector<T>.Count, i = 0;
        Vector<T> m = new(shift), s0 = Vector<T>.Zero, s1 = s0, s2 = s0, s3 = s0;
        for (; i + (4 * lanes) <= n; i += 4 * lanes)
        {
            Vector<T> d0 = Vector.Load(x + i) - m, d1 = Vector.Load(x + i + lanes) - m;
            Vector<T> d2 = Vector.Load(x + i + (2 * lanes)) - m, d3 = Vector.Load(x + i + (3 * lanes)) - m;
            s0 += d0 * d0;
            s1 += d1 * d1;
            s2 += d2 * d2;
            s3 += d3 * d3;
        }
        for (; i + lanes <= n; i += lanes)
        {
            Vector<T> d = Vector.Load(x + i) - m;
            s0 += d * d;
        }
        T sum = Vector.Sum(s0 + s1 + (s2 + s3));
        for (; i < n; i++) sum += (x[i] - shift) * (x[i] - shift);
        return sum;
    }

    private static void Column<T>(T* x, nint n, nint inner, T* mean, T* squares)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double shift = double.CreateTruncating(Shift(*x)), total = 0;
        for (nint i = 0; i < n; i++) total += double.CreateTruncating(x[i * inner]) - shift;
        double m = shift + (total / n);
        *mean = T.CreateTruncating(m);
        total = 0;
        for (nint i = 0; i < n; i++)
        {
            double d = double.CreateTruncating(x[i * inner]) - m;
            total += d * d;
        }
        *squares = T.CreateTruncating(total);
    }

    [SkipLocalsInit]
    private static void Piece<T>(T* x, T* mean, T* squares, nint n, nint inner, int columns)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* rowRoom = stackalloc T[PieceColumns], partRoom = stackalloc T[PieceColumns];
        double* total = stackalloc double[PieceColumns];
        Span<T> row = new(rowRoom, columns), part = new(partRoom, columns), m = new(mean, columns);
        for (int j = 0; j < columns; j++) m[j] = Shift(x[j]);

        for (int pass = 0; pass < 2; pass++)
        {
            part.Clear();
            new Span<double>(total, columns).Clear();
            for (nint i = 0; i < n; i++)
            {
                TensorPrimitives.Subtract(new ReadOnlySpan<T>(x + (i * inner), columns), m, row);
                if (pass == 0) TensorPrimitives.Add<T>(part, row, part);
                else TensorPrimitives.MultiplyAdd<T>(row, row, part, part);
                if ((i + 1) % RowsInPart != 0 && i + 1 < n) continue;
                for (int j = 0; j < columns; j++) total[j] += double.CreateTruncating(part[j]);
                part.Clear();
            }
            for (int j = 0; j < columns; j++)
            {
                if (pass == 0) m[j] = T.CreateTruncating(double.CreateTruncating(m[j]) + (total[j] / n));
                else squares[j] = T.CreateTruncating(total[j]);
            }
        }
    }

    // An infinite first element must not make every difference NaN.
    private static T Shift<T>(T first)
        where T : unmanaged, IFloatingPointIeee754<T> => T.IsFinite(first) ? first : T.Zero;
}
