namespace Nabla;

// Diagonals and triangles of matrices. A diagonal is a view: its stride is the sum of two strides.
public sealed partial class Tensor
{
    /// <summary>A diagonal of each matrix that two axes make: a view, with the diagonal as its last axis.</summary>
    /// <param name="offset">Which diagonal; 0 the main one, positive above it.</param>
    /// <param name="axis1">The axis of the rows.</param>
    /// <param name="axis2">The axis of the columns; 1 if left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    /// <exception cref="ArgumentException">The axes are the same.</exception>
    [Op(OpKind.Linear, Shapes = "[m, n, …] → […, min(m, n)]")]
    public Tensor Diagonal(int offset = 0, Axis axis1 = default, Axis? axis2 = null)
    {
        (int rows, int columns) = Matrix("Diagonal", Rank, axis1, axis2 ?? 1);
        return new DiagonalOp(offset, rows, columns).Of(this);
    }

    /// <summary>Matrices with this tensor's last axis as a diagonal and zeros elsewhere: the transpose of <see cref="Diagonal"/>.</summary>
    /// <param name="offset">Which diagonal; 0 the main one, positive above it.</param>
    /// <param name="axis1">The axis of the rows in the result; the last but one if left out.</param>
    /// <param name="axis2">The axis of the columns in the result; the last if left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    /// <exception cref="ArgumentException">The axes are the same.</exception>
    /// <exception cref="ShapeException">The tensor is a scalar.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n] → […, n, n]")]
    public Tensor DiagEmbed(int offset = 0, Axis? axis1 = null, Axis? axis2 = null)
    {
        if (Rank == 0) throw OpErrors.NeedsRank("DiagEmbed", "at least one axis", this);
        (int rows, int columns) = Matrix("DiagEmbed", Rank + 1, axis1 ?? ^2, axis2 ?? ^1);
        int n = Dims[^1] + Math.Abs(offset);
        var dims = new int[Rank + 1];
        for (int axis = 0, from = 0; axis < dims.Length; axis++) dims[axis] = axis == rows || axis == columns ? n : Dims[from++];
        return new EmbedOp(new DiagonalOp(offset, rows, columns), Shape.Create(dims)).Of(this);
    }

    /// <summary>The matrix with a vector as its diagonal, or a diagonal of a matrix, copied.</summary>
    /// <param name="offset">Which diagonal; 0 the main one, positive above it.</param>
    /// <exception cref="ShapeException">The tensor is neither a vector nor a matrix.</exception>
    [Op(OpKind.Linear, Shapes = "[n] → [n, n]; [m, n] → [min(m, n)]")]
    public Tensor Diag(int offset = 0) => Rank switch
    {
        1 => DiagEmbed(offset),
        2 => Diagonal(offset).Clone(),
        _ => throw OpErrors.NeedsRank("Diag", "a vector or a matrix", this),
    };

    /// <summary>The matrix with all elements, in row-major order, as its diagonal.</summary>
    /// <param name="offset">Which diagonal; 0 the main one, positive above it.</param>
    [Op(OpKind.Linear, Shapes = "[…] → [n, n]")]
    public Tensor DiagFlat(int offset = 0) => Ravel().DiagEmbed(offset);

    /// <summary>The sum of the diagonal of a matrix.</summary>
    /// <exception cref="ShapeException">The tensor is no matrix.</exception>
    [Op(OpKind.Linear, Shapes = "[m, n] → []")]
    public Tensor Trace() => Rank == 2 ? Diagonal().Sum() : throw OpErrors.NeedsRank("Trace", "a matrix", this);

    /// <summary>This tensor with a diagonal replaced.</summary>
    /// <param name="source">What stands there instead: of the shape of <see cref="Diagonal"/>.</param>
    /// <param name="offset">Which diagonal; 0 the main one, positive above it.</param>
    /// <param name="axis1">The axis of the rows.</param>
    /// <param name="axis2">The axis of the columns; 1 if left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    /// <exception cref="ShapeException"><paramref name="source"/> has another shape.</exception>
    /// <exception cref="DTypeException"><paramref name="source"/> has another type.</exception>
    [Op(OpKind.Linear, Shapes = "[m, n, …], […, min(m, n)] → [m, n, …]")]
    public Tensor DiagonalScatter(Tensor source, int offset = 0, Axis axis1 = default, Axis? axis2 = null)
    {
        (int rows, int columns) = Matrix("DiagonalScatter", Rank, axis1, axis2 ?? 1);
        return Replaced("DiagonalScatter", new DiagonalOp(offset, rows, columns), source);
    }

    private static (int Rows, int Columns) Matrix(string op, int rank, Axis axis1, Axis axis2)
    {
        int rows = axis1.Resolve(rank, op), columns = axis2.Resolve(rank, op);
        return rows != columns ? (rows, columns) : throw ArrayErrors.AxisTwice(op, rows, rank);
    }

    private sealed class DiagonalOp(int offset, int rows, int columns) : ViewOp("Diagonal")
    {
        public override ViewOp OfItems(int count) => new DiagonalOp(offset, rows + 1, columns + 1);

        public override NdArray View(in NdArray x)
        {
            int first = Math.Max(-offset, 0), second = Math.Max(offset, 0);
            int length = Math.Max(0, Math.Min(x.Dims[rows] - first, x.Dims[columns] - second));
            int[] dims = [.. Without(Without(x.Dims, Math.Max(rows, columns)), Math.Min(rows, columns)), length];
            int[] strides = [.. Without(Without(x.Strides, Math.Max(rows, columns)), Math.Min(rows, columns)), x.Strides[rows] + x.Strides[columns]];
            return x.View(dims, strides, length == 0 ? x.Offset : x.Offset + (first * x.Strides[rows]) + (second * x.Strides[columns]));
        }

        protected override Tensor Transpose(OpContext context, Tensor gradient) => new EmbedOp(this, context.Shape(0)).Of(gradient);
    }

    // ---- triangles ----------------------------------------------------------------------------------------------------

    /// <summary>Each matrix with zeros above a diagonal.</summary>
    /// <param name="offset">Which diagonal; 0 the main one, positive above it.</param>
    /// <exception cref="ShapeException">The tensor has fewer than two axes.</exception>
    [Op(OpKind.Linear, Shapes = "[…, m, n] → same")]
    public Tensor Tril(int offset = 0) => Rank >= 2 ? new TriangleOp("Tril", offset).Of(this) : throw OpErrors.NeedsRank("Tril", "at least two axes", this);

    /// <summary>Each matrix with zeros below a diagonal.</summary>
    /// <param name="offset">Which diagonal; 0 the main one, positive above it.</param>
    /// <exception cref="ShapeException">The tensor has fewer than two axes.</exception>
    [Op(OpKind.Linear, Shapes = "[…, m, n] → same")]
    public Tensor Triu(int offset = 0) => Rank >= 2 ? new TriangleOp("Triu", offset).Of(this) : throw OpErrors.NeedsRank("Triu", "at least two axes", this);

    /// <summary>x ← <see cref="Tril"/>.</summary>
    /// <inheritdoc cref="Tril"/>
    /// <exception cref="AutogradException">This tensor is a leaf that requires a gradient, and operations are recorded.</exception>
    public Tensor TrilInPlace(int offset = 0) => InPlace.Apply(nameof(TrilInPlace), this, x => x.Tril(offset));

    /// <summary>x ← <see cref="Triu"/>.</summary>
    /// <inheritdoc cref="Triu"/>
    /// <exception cref="AutogradException">This tensor is a leaf that requires a gradient, and operations are recorded.</exception>
    public Tensor TriuInPlace(int offset = 0) => InPlace.Apply(nameof(TriuInPlace), this, x => x.Triu(offset));

    /// <summary>A triangle of each matrix; its own transpose.</summary>
    private sealed class TriangleOp(string name, int offset) : LinearOp(name)
    {
        public Tensor Of(Tensor x) => Apply(x);

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items[0]);

        protected override bool OnlyMoves => true;

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray y = ArrayCopy.Contiguous(inputs[0].Value);
            int m = y.Dims[^2], n = y.Dims[^1], size = y.DType.Size(), rows = n == 0 ? 0 : y.Numel / n;
            for (int row = 0; row < rows; row++)
            {
                long edge = (long)(row % m) + offset;
                int kept = Name == "Tril" ? (int)Math.Clamp(edge + 1, 0, n) : (int)Math.Clamp(edge, 0, n);
                (int from, int to) = Name == "Tril" ? (kept, n) : (0, kept);
                y.Storage.Bytes.Slice(checked(((row * n) + from) * size), (to - from) * size).Clear();
            }
            return [y];
        }

        protected override Tensor Transpose(OpContext context, Tensor gradient) => Of(gradient);
    }
}
