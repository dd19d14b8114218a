using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla;

/// <summary>
/// Positions that depend on values are formulas too: that of a maximum chooses between 0, 1, 2, … by comparisons. Reading at such
/// a position chooses among all elements; but where it is the row in which it was found, what stands there is known: the maximum.
/// </summary>
internal static class SymbolicPositions
{
    /// <summary>The position of the largest or smallest element of a row.</summary>
    /// <param name="list">The formulas of the trace.</param>
    /// <param name="row">The elements; at least one.</param>
    /// <param name="count">How many of them take part, from the front.</param>
    /// <param name="largest">The largest, or the smallest.</param>
    /// <param name="last">The last of equal ones instead of the first.</param>
    public static Expr OfExtreme(FormulaList list, Expr[] row, int count, bool largest, bool last)
    {
        Expr position = 0, best = row[0];
        for (int i = 1; i < count; i++)
        {
            (Expr low, Expr high) = largest ? (best, row[i]) : (row[i], best);
            position = F.Select(last ? F.LessEqual(low, high) : F.Less(low, high), i, position);
            best = largest ? F.Max(best, row[i]) : F.Min(best, row[i]);
        }
        list.Remember(position, new ChosenElement(row, best));
        return position;
    }

    /// <summary>Positions that put a row in order, equal elements as they stand.</summary>
    public static Expr[] OfOrder(FormulaList list, Expr[] row, bool descending)
    {
        // How many elements come before each; then, for each place, the one that has as many before it.
        Expr[] before = new Expr[row.Length], positions = new Expr[row.Length], sorted = Sorted(row, descending);
        for (int i = 0; i < row.Length; i++)
        {
            Expr count = 0;
            for (int j = 0; j < row.Length; j++)
            {
                if (j == i) continue;
                (Expr low, Expr high) = descending ? (row[i], row[j]) : (row[j], row[i]);
                count += j < i ? F.LessEqual(low, high) : F.Less(low, high);
            }
            before[i] = count;
        }
        for (int place = 0; place < row.Length; place++)
        {
            Expr position = 0;
            for (int i = 1; i < row.Length; i++) position = F.Select(F.Equal(before[i], place), i, position);
            list.Remember(position, new ChosenElement(row, sorted[place]));
            positions[place] = position;
        }
        return positions;
    }

    /// <summary>The elements of a row in order, by exchanging neighbours.</summary>
    public static Expr[] Sorted(Expr[] row, bool descending)
    {
        var sorted = (Expr[])row.Clone();
        for (int end = sorted.Length - 1; end > 0; end--)
        {
            for (int i = 0; i < end; i++)
            {
                (Expr low, Expr high) = (F.Min(sorted[i], sorted[i + 1]), F.Max(sorted[i], sorted[i + 1]));
                (sorted[i], sorted[i + 1]) = descending ? (high, low) : (low, high);
            }
        }
        return sorted;
    }

    /// <summary>Reads along an axis, as <c>GatherOp</c> does.</summary>
    /// <param name="x">What is read from.</param>
    /// <param name="index">Positions from the front.</param>
    /// <param name="axis">The axis along which positions count.</param>
    /// <param name="forEach">One position for each element of the result, instead of one for each subtensor.</param>
    public static Tensor Read(Tensor x, Tensor index, int axis, bool forEach)
    {
        FormulaList list = SymbolicMode.ListOf([x, index]);
        Expr[] from = SymbolicMode.Formulas(x), positions = SymbolicMode.Formulas(index);
        int outer = Shape.Product(x.Dims.AsSpan(0, axis)), n = x.Dims[axis], inner = Shape.Product(x.Dims.AsSpan(axis + 1));
        int count = forEach ? index.Dims[axis] : index.Numel;
        int[] dims = forEach ? index.Dims : [.. x.Dims.AsSpan(0, axis), .. index.Dims, .. x.Dims.AsSpan(axis + 1)];
        var result = new Expr[outer * count * inner];
        var row = new Expr[n];
        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < inner; i++)
            {
                for (int j = 0; j < n; j++) row[j] = from[(((o * n) + j) * inner) + i];
                for (int k = 0; k < count; k++)
                {
                    int at = (((o * count) + k) * inner) + i;
                    result[at] = ElementAt(list, row, positions[forEach ? at : k]);
                }
            }
        }
        return SymbolicMode.Tensor(list, result, dims, x.DType);
    }

    /// <summary>Writes or adds along an axis, as <c>ScatterOp</c> does.</summary>
    /// <inheritdoc cref="Read"/>
    /// <param name="x">What is written to.</param>
    /// <param name="index">Positions from the front.</param>
    /// <param name="source">The values.</param>
    /// <param name="axis">The axis along which positions count.</param>
    /// <param name="forEach">One position for each value, instead of one for each subtensor.</param>
    /// <param name="accumulate">Add instead of replacing.</param>
    public static Tensor Write(Tensor x, Tensor index, Tensor source, int axis, bool forEach, bool accumulate)
    {
        FormulaList list = SymbolicMode.ListOf([x, index, source]);
        Expr[] result = SymbolicMode.Formulas(x), positions = SymbolicMode.Formulas(index), values = SymbolicMode.Formulas(source);
        int outer = Shape.Product(x.Dims.AsSpan(0, axis)), n = x.Dims[axis], inner = Shape.Product(x.Dims.AsSpan(axis + 1));
        int count = forEach ? index.Dims[axis] : index.Numel;
        for (int o = 0; o < outer; o++)
        {
            for (int i = 0; i < inner; i++)
            {
                for (int k = 0; k < count; k++)
                {
                    int at = (((o * count) + k) * inner) + i;
                    Expr position = positions[forEach ? at : k];
                    for (int j = 0; j < n; j++)
                    {
                        ref Expr element = ref result[(((o * n) + j) * inner) + i];
                        element = F.Select(F.Equal(position, j), accumulate ? element + values[at] : values[at], element);
                    }
                }
            }
        }
        return SymbolicMode.Tensor(list, result, x.Dims, x.DType);
    }

    private static Expr ElementAt(FormulaList list, Expr[] row, Expr position)
    {
        if (list.Chosen(position, row) is { } known) return known;
        Expr element = row[^1];
        for (int j = row.Length - 2; j >= 0; j--) element = F.Select(F.Equal(position, j), row[j], element);
        return element;
    }
}
