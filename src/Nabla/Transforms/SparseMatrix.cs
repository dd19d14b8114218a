namespace Nabla;

/// <summary>A matrix of which only the entries of a pattern are kept, row by row (compressed sparse rows).</summary>
/// <remarks>The values are a tensor like any other: they can be differentiated, batched and traced.</remarks>
public sealed class SparseMatrix
{
    private readonly Lazy<Tensor> rows, columns;

    /// <summary>A matrix of given entries.</summary>
    /// <param name="pattern">Where they are.</param>
    /// <param name="values">[entries], in the order of the pattern.</param>
    /// <exception cref="ShapeException">There are not as many values as entries.</exception>
    public SparseMatrix(SparsityPattern pattern, Tensor values)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        ArgumentNullException.ThrowIfNull(values);
        if (values.Rank != 1 || values.Shape[0] != pattern.Count) throw TransformErrors.ValuesOfPattern(values.Shape, pattern);
        (Pattern, Values) = (pattern, values);
        rows = new Lazy<Tensor>(() =>
        {
            var all = new long[pattern.Count];
            for (int i = 0; i < pattern.Rows; i++) all.AsSpan(pattern.RowStarts[i]..pattern.RowStarts[i + 1]).Fill(i);
            return Tensor.FromSpan<long>(all);
        });
        columns = new Lazy<Tensor>(() => Tensor.FromSpan<long>(Array.ConvertAll(pattern.ColumnIndices.ToArray(), column => (long)column)));
    }

    /// <summary>Where the entries are.</summary>
    public SparsityPattern Pattern { get; }

    /// <summary>[entries]: the entries, row by row, by ascending columns.</summary>
    public Tensor Values { get; }

    /// <summary>[rows, columns], with zeros outside the pattern.</summary>
    public Tensor ToDense()
    {
        Tensor all = Tensor.Zeros([Pattern.Rows * Pattern.Columns], Values.DType);
        return all.IndexAdd(0, (rows.Value * Pattern.Columns) + columns.Value, Values).Reshape(Pattern.Rows, Pattern.Columns);
    }

    /// <summary>The product with a vector.</summary>
    /// <param name="vector">[columns].</param>
    /// <returns>[rows].</returns>
    /// <exception cref="ShapeException">The vector has another length.</exception>
    public Tensor MatMul(Tensor vector)
    {
        ArgumentNullException.ThrowIfNull(vector);
        if (vector.Rank != 1 || vector.Shape[0] != Pattern.Columns) throw TransformErrors.VectorOfMatrix(vector.Shape, Pattern);
        Tensor terms = Values * vector.IndexSelect(0, columns.Value);
        return Tensor.Zeros([Pattern.Rows], terms.DType).IndexAdd(0, rows.Value, terms);
    }

    /// <summary>Rows and columns exchanged.</summary>
    public SparseMatrix Transposed()
    {
        var order = new long[Pattern.Count];
        var next = Pattern.Transposed().RowStarts.ToArray();
        for (int i = 0, at = 0; i < Pattern.Rows; i++)
            foreach (int column in Pattern.Row(i)) order[next[column]++] = at++;
        return new SparseMatrix(Pattern.Transposed(), Values.IndexSelect(0, Tensor.FromSpan<long>(order)));
    }

    /// <summary>The pattern and the values.</summary>
    public override string ToString() => $"{Pattern}: {Values}";
}
