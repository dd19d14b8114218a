namespace Nabla;

/// <summary>
/// Decides in which order a nest of loops walks its axes: which of the last ones it reads as one line, and which of the others are
/// its rows.
/// </summary>
internal static class LoopOrder
{
    /// <summary>Rows shorter than this are rather gathered into longer ones.</summary>
    private const int ShortRow = 32;

    /// <summary>Where rows are gathered into longer ones, this is long enough.</summary>
    private const int LongRow = 256;

    /// <summary>So few elements in all rows are not worth a call of their own.</summary>
    private const int FewElements = 1024;

    /// <summary>Chooses, and puts the axes and all strides in the order chosen.</summary>
    /// <param name="axes">The lengths of the axes, outermost first, merged as far as they step alike.</param>
    /// <param name="strides">The strides of the inputs, then of the outputs.</param>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="outputs">The outputs.</param>
    /// <returns>The number of axes at the end that are read as one.</returns>
    public static int Choose(nint[] axes, nint[][] strides, int inputs, LoopResult[] outputs)
    {
        int line = Math.Min(1, axes.Length);
        nint length = axes.Length == 0 ? 1 : axes[^1];
        while (line < axes.Length && (length < (line == 1 ? ShortRow : LongRow) || Meets(axes.Length - line - 1)) && IsLine(line + 1))
            length *= axes[^++line];
        int rows = BestRows();
        Rotate(axes, rows);
        foreach (nint[] steps in strides) Rotate(steps, rows);
        return line;

        // Whether every output is one number along the last axes, or lies densely.
        bool IsLine(int count)
        {
            ReadOnlySpan<nint> lengths = axes.AsSpan(axes.Length - count);
            for (int i = inputs; i < strides.Length; i++)
            {
                ReadOnlySpan<nint> steps = strides[i].AsSpan(axes.Length - count);
                if (!LoopAxes.IsDense(steps, lengths) && (outputs[i - inputs].Fold is null || !LoopAxes.AllZero(steps, lengths))) return false;
            }
            return true;
        }

        // Whether some fold along another axis leaves these rows as they are, so that its results meet in memory.
        bool Meets(int rows)
        {
            int others = axes.Length - line;
            for (int i = inputs; i < strides.Length; i++)
            {
                if (outputs[i - inputs].Fold is null || LoopAxes.AllZero(strides[i].AsSpan(others), axes.AsSpan(others)) || strides[i][rows] == 0) continue;
                for (int axis = 0; axis < others; axis++)
                    if (axis != rows && strides[i][axis] == 0) return true;
            }
            return false;
        }

        // The last axis before the line, unless results would meet or there are few of them, and another serves better.
        int BestRows()
        {
            int best = axes.Length - line - 1;
            if (best <= 0) return best;
            bool meets = Meets(best);
            if (!meets && axes[best] * length >= FewElements) return best;
            for (int axis = best - 1; axis >= 0; axis--)
                if ((meets || axes[axis] > axes[best]) && !Meets(axis)) (best, meets) = (axis, false);
            return best;
        }

        void Rotate(nint[] values, int from)
        {
            for (int to = axes.Length - line - 1; from >= 0 && from < to; from++) (values[from], values[from + 1]) = (values[from + 1], values[from]);
        }
    }
}
