using System.Globalization;

namespace Nabla;

/// <summary>
/// Which elements of a matrix may differ from zero, row by row. Immutable. Of a Jacobian it says which elements of the argument
/// an element of the result depends on, both in row-major order.
/// </summary>
public sealed partial class SparsityPattern
{
    private readonly int[] rowStarts, columnsOfEntries;

    // Checked by whoever calls.
    private SparsityPattern(int rows, int columns, int[] rowStarts, int[] columnsOfEntries)
    {
        (Rows, Columns) = (rows, columns);
        (this.rowStarts, this.columnsOfEntries) = (rowStarts, columnsOfEntries);
    }

    /// <summary>How many rows the matrix has: elements of the result.</summary>
    public int Rows { get; }

    /// <summary>How many columns the matrix has: elements of the argument.</summary>
    public int Columns { get; }

    /// <summary>How many entries there are.</summary>
    public int Count => columnsOfEntries.Length;

    /// <summary>Where the entries of each row start, and at the end their number: one more than there are rows.</summary>
    public ReadOnlySpan<int> RowStarts => rowStarts;

    /// <summary>The column of each entry, ascending within a row.</summary>
    public ReadOnlySpan<int> ColumnIndices => columnsOfEntries;

    /// <summary>The pattern with entries at given places, in any order; the same place may occur twice.</summary>
    /// <param name="rows">How many rows the matrix has.</param>
    /// <param name="columns">How many columns the matrix has.</param>
    /// <param name="entries">Row and column of each entry.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative, or an entry is outside the matrix.</exception>
    public static SparsityPattern Of(int rows, int columns, IEnumerable<(int Row, int Column)> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (rows < 0 || columns < 0) throw TransformErrors.PatternSize(rows, columns);
        var byRow = new SortedSet<int>?[rows];
        foreach ((int row, int column) in entries)
        {
            if ((uint)row >= (uint)rows || (uint)column >= (uint)columns) throw TransformErrors.EntryOutside(row, column, rows, columns);
            (byRow[row] ??= []).Add(column);
        }
        return OfRows(columns, byRow);
    }

    /// <summary>The pattern of a matrix: its elements that are not zero.</summary>
    /// <param name="matrix">[rows, columns], of any type.</param>
    /// <exception cref="ShapeException">It has more or fewer than two axes.</exception>
    public static SparsityPattern Of(Tensor matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        if (matrix.Rank != 2) throw TransformErrors.NotAMatrix("SparsityPattern.Of", matrix.Shape);
        int rows = matrix.Shape[0], columns = matrix.Shape[1];
        double[] values = matrix.Detach().ToArray();
        return Of(rows, columns, Enumerable.Range(0, values.Length).Where(i => values[i] != 0).Select(i => (i / columns, i % columns)));
    }

    /// <summary>The pattern of a square matrix whose entries are near the diagonal.</summary>
    /// <param name="size">How many rows and columns.</param>
    /// <param name="below">How many diagonals below the main one.</param>
    /// <param name="above">How many diagonals above it.</param>
    public static SparsityPattern Banded(int size, int below, int above)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(below);
        ArgumentOutOfRangeException.ThrowIfNegative(above);
        return Of(size, size, Enumerable.Range(0, Math.Max(size, 0)).SelectMany(i =>
            Enumerable.Range(0, size).Skip(Math.Max(0, i - below)).TakeWhile(j => j <= i + above).Select(j => (i, j))));
    }

    /// <summary>Rows and columns exchanged.</summary>
    public SparsityPattern Transposed()
    {
        var starts = new int[Columns + 1];
        foreach (int column in columnsOfEntries) starts[column + 1]++;
        for (int j = 0; j < Columns; j++) starts[j + 1] += starts[j];
        int[] next = [.. starts];
        var rows = new int[Count];
        for (int i = 0; i < Rows; i++)
            foreach (int column in Row(i)) rows[next[column]++] = i;
        return new SparsityPattern(Columns, Rows, starts, rows);
    }

    /// <summary>The entries of this pattern and of another of the same size.</summary>
    /// <exception cref="ArgumentException">The other has another size.</exception>
    public SparsityPattern Union(SparsityPattern other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if ((Rows, Columns) != (other.Rows, other.Columns)) throw TransformErrors.PatternsOfTwoSizes(this, other);
        var byRow = new SortedSet<int>?[Rows];
        for (int i = 0; i < Rows; i++) byRow[i] = [.. Row(i), .. other.Row(i)];
        return OfRows(Columns, byRow);
    }

    /// <summary>Whether there is an entry at a place.</summary>
    public bool Contains(int row, int column) => Row(row).BinarySearch(column) >= 0;

    /// <summary>The columns of the entries of a row, ascending.</summary>
    public ReadOnlySpan<int> Row(int row) => columnsOfEntries.AsSpan(rowStarts[row]..rowStarts[row + 1]);

    /// <summary>[rows, columns], true where there is an entry.</summary>
    public Tensor ToDense()
    {
        var mask = new bool[Rows * Columns];
        for (int i = 0; i < Rows; i++)
            foreach (int column in Row(i)) mask[(i * Columns) + column] = true;
        return Tensor.FromSpan<bool>(mask, [Rows, Columns]);
    }

    /// <summary>Its size and the number of entries: <c>4 × 6, 9 entries</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Rows} × {Columns}, {Count} entries");

    /// <summary>The pattern of the columns of each row.</summary>
    internal static SparsityPattern OfRows(int columns, IReadOnlyList<IReadOnlyCollection<int>?> byRow)
    {
        var starts = new int[byRow.Count + 1];
        for (int i = 0; i < byRow.Count; i++) starts[i + 1] = starts[i] + (byRow[i]?.Count ?? 0);
        var entries = new int[starts[^1]];
        for (int i = 0, at = 0; i < byRow.Count; i++)
            foreach (int column in byRow[i] ?? []) entries[at++] = column;
        return new SparsityPattern(byRow.Count, columns, starts, entries);
    }
}
