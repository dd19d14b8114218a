namespace Nabla;

// One long row, or long columns, shared among threads. They are cut where the halving of a fold on one thread cuts them, and the
// parts are joined in its order, so that the result is the same to the bit.
internal static unsafe partial class Fold<T, TFold>
{
    // A long row: stretches as the halving cuts them, by whoever is free, and joined as it would join them.
    private static T SharedRow(T* x, nint n)
    {
        if (n < AxisWork.ParallelSize || Threads.Count == 1) return Row(x, n);
        nint* starts = stackalloc nint[MaxStretches + 1];
        int count = 0;
        Cut(0, n, Block, nint.Max(AxisWork.Grain, n / MostCut), starts, ref count);
        starts[count] = n;
        T* partial = stackalloc T[count];
        WorkSplit.Run(count, 1, 1, new Stretches(x, starts, partial));
        int next = 0;
        return Joined(n, Block, nint.Max(AxisWork.Grain, n / MostCut), partial, ref next);
    }

    private readonly struct Stretches(T* x, nint* starts, T* partial) : IRangeWork
    {
        /// <inheritdoc/>
        public void Run(long from, long to)
        {
            for (long i = from; i < to; i++) partial[i] = Row(x + starts[i], starts[i + 1] - starts[i]);
        }
    }

    // Halving cuts at most so many times the parts that are asked for.
    private const int MostCut = 32, MaxStretches = 4 * MostCut;

    private static void Cut(nint start, nint n, nint unit, nint grain, nint* starts, ref int count)
    {
        if (n <= grain)
        {
            starts[count++] = start;
            return;
        }
        nint half = Half(n, unit);
        Cut(start, half, unit, grain, starts, ref count);
        Cut(start + half, n - half, unit, grain, starts, ref count);
    }

    private static T Joined(nint n, nint unit, nint grain, T* partial, ref int next)
    {
        if (n <= grain) return partial[next++];
        nint half = Half(n, unit);
        T first = Joined(half, unit, grain, partial, ref next);
        return TFold.Join(first, Joined(n - half, unit, grain, partial, ref next));
    }

    private static void SharedPiece(T* x, T* y, nint n, nint inner, int columns)
    {
        nint grain = nint.Max(nint.Max(BlockRows, AxisWork.Grain / columns), n / MostCut);
        nint* starts = stackalloc nint[MaxStretches + 1];
        int count = 0;
        Cut(0, n, BlockRows, grain, starts, ref count);
        starts[count] = n;
        T[] partial = new T[count * columns];
        fixed (T* parts = partial)
        {
            WorkSplit.Run(count, 1, 1, new RowsOfPiece(x, starts, parts, inner, columns));
            int next = 0;
            JoinPieces(n, grain, parts, columns, ref next);
            new ReadOnlySpan<T>(parts, columns).CopyTo(new Span<T>(y, columns));
        }
    }

    private readonly struct RowsOfPiece(T* x, nint* starts, T* partial, nint inner, int columns) : IRangeWork
    {
        /// <inheritdoc/>
        public void Run(long from, long to)
        {
            for (long i = from; i < to; i++)
                Piece(x + (starts[i] * inner), partial + (i * columns), starts[i + 1] - starts[i], inner, columns);
        }
    }

    // Leaves the result in the first of the parts that were joined, whose number it returns.
    private static int JoinPieces(nint n, nint grain, T* partial, int columns, ref int next)
    {
        if (n <= grain) return next++;
        nint half = Half(n, BlockRows);
        int first = JoinPieces(half, grain, partial, columns, ref next), second = JoinPieces(n - half, grain, partial, columns, ref next);
        T* a = partial + ((nint)first * columns), b = partial + ((nint)second * columns);
        Join(a, b, columns);
        return first;
    }
}
