namespace Nabla;

// Products of matrices and vectors: bilinear, so each states only its two transposes.
public sealed partial class Tensor
{
    private static readonly MatMulOp MatMulOfMatrices = new();
    private static readonly MvOp MatMulWithVector = new();
    private static readonly VmOp MatMulOfVector = new();
    private static readonly DotOp DotOfVectors = new();

    // ---- matrix product -----------------------------------------------------------------------------------------------

    /// <summary>
    /// The matrix product. Leading axes are batches and broadcast; a vector on the left is a row, on the right a column, and
    /// that axis disappears from the result; two vectors give their dot product.
    /// </summary>
    /// <param name="other">The right factor, of the same dtype.</param>
    /// <exception cref="ShapeException">The inner dimensions differ, the batches do not broadcast, or a factor is a scalar.</exception>
    /// <exception cref="DTypeException">The dtypes differ, or are bool.</exception>
    [Op(OpKind.Bilinear, Shapes = "[…, m, k] · […, k, n] → […, m, n]; [k] · [k] → []", DTypes = "equal; not bool")]
    public Tensor MatMul(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        int left = Rank, right = other.Rank;
        if (left == 0 || right == 0) throw OpErrors.ProductOfScalar("MatMul", this, other);
        CheckProduct("MatMul", this, other, Dims[^1], other.Dims[right == 1 ? 0 : right - 2]);
        if (left >= 2 && right >= 2) return MatMulOfMatrices.Of(this, other);
        if (left == 1 && right == 1) return DotOfVectors.Of(this, other);
        if (left == 2) return MatMulWithVector.Of(this, other);
        if (right == 2) return MatMulOfVector.Of(this, other);
        return left == 1
            ? MatMulOfMatrices.Of(Unsqueeze(0), other).Squeeze(^2)
            : MatMulOfMatrices.Of(this, other.Unsqueeze(1)).Squeeze(^1);
    }

    /// <summary>The product of two matrices, without batches.</summary>
    /// <param name="other">The right factor, [k, n].</param>
    /// <inheritdoc cref="MatMul" path="/exception"/>
    [Op(OpKind.Bilinear, Shapes = "[m, k] · [k, n] → [m, n]", DTypes = "equal; not bool")]
    public Tensor Mm(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Rank != 2 || other.Rank != 2) throw OpErrors.ProductRanks("Mm", "two matrices [m, k] and [k, n]", this, other);
        return MatMul(other);
    }

    /// <summary>The product of a matrix and a vector.</summary>
    /// <param name="vector">[k].</param>
    /// <inheritdoc cref="MatMul" path="/exception"/>
    [Op(OpKind.Bilinear, Shapes = "[m, k] · [k] → [m]", DTypes = "equal; not bool")]
    public Tensor Mv(Tensor vector)
    {
        ArgumentNullException.ThrowIfNull(vector);
        if (Rank != 2 || vector.Rank != 1) throw OpErrors.ProductRanks("Mv", "a matrix [m, k] and a vector [k]", this, vector);
        return MatMul(vector);
    }

    /// <summary>The products of two batches of equally many matrices.</summary>
    /// <param name="other">[b, k, n].</param>
    /// <inheritdoc cref="MatMul" path="/exception"/>
    [Op(OpKind.Bilinear, Shapes = "[b, m, k] · [b, k, n] → [b, m, n]", DTypes = "equal; not bool")]
    public Tensor Bmm(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Rank != 3 || other.Rank != 3 || Dims[0] != other.Dims[0])
            throw OpErrors.ProductRanks("Bmm", "two batches [b, m, k] and [b, k, n] of equal length b", this, other);
        return MatMul(other);
    }

    // ---- vectors ------------------------------------------------------------------------------------------------------

    /// <summary>The sum of the products of the elements of two vectors, a scalar.</summary>
    /// <param name="other">A vector of the same length.</param>
    /// <exception cref="ShapeException">Not two vectors of equal length.</exception>
    /// <exception cref="DTypeException">The dtypes differ, or are bool.</exception>
    [Op(OpKind.Bilinear, Shapes = "[n] · [n] → []", DTypes = "equal; not bool")]
    public Tensor Dot(Tensor other) => DotOfVectors.Of(this, CheckVectors("Dot", other));

    /// <summary>The dot product; conjugating the left factor makes no difference to real numbers.</summary>
    /// <inheritdoc cref="Dot"/>
    [Op(OpKind.Bilinear, Shapes = "[n] · [n] → []", DTypes = "equal; not bool")]
    public Tensor VDot(Tensor other) => DotOfVectors.Of(this, CheckVectors("VDot", other));

    /// <summary>Sums of products over the last axes: result[…i, …j] = Σₖ x[…i, k]·y[…j, k]. A scalar factor multiplies.</summary>
    /// <param name="other">The right factor; its last length is this tensor's.</param>
    /// <exception cref="ShapeException">The last lengths differ.</exception>
    [Op(OpKind.Composite, Shapes = "[…, k] · […, k] → […, …]", DTypes = "equal; not bool")]
    public Tensor Inner(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Rank == 0 || other.Rank == 0) return this * other;
        CheckProduct("Inner", this, other, Dims[^1], other.Dims[^1]);
        return TensorDot(other, [Rank - 1], [other.Rank - 1]);
    }

    /// <summary>All products of an element of one vector and an element of another.</summary>
    /// <param name="other">[n].</param>
    /// <exception cref="ShapeException">Not two vectors.</exception>
    [Op(OpKind.Composite, Shapes = "[m] · [n] → [m, n]")]
    public Tensor Outer(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Rank != 1 || other.Rank != 1) throw OpErrors.ProductRanks("Outer", "two vectors [m] and [n]", this, other);
        return Unsqueeze(1) * other;
    }

    private Tensor CheckVectors(string op, Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Rank != 1 || other.Rank != 1) throw OpErrors.ProductRanks(op, "two vectors [n]", this, other);
        CheckProduct(op, this, other, Dims[0], other.Dims[0]);
        return other;
    }

    private static void CheckProduct(string op, Tensor x, Tensor y, int left, int right)
    {
        if (left != right) throw OpErrors.InnerDimensions(op, x, y);
        if (x.DType != y.DType) throw OpErrors.ProductDTypes(op, x, y);
        if (x.DType == DType.Bool) throw OpErrors.ProductOfBools(op);
    }

    // ---- the operations -----------------------------------------------------------------------------------------------

    /// <summary>[…, m, k] · […, k, n], both with at least two axes. What broadcasting repeated, the engine sums.</summary>
    private sealed class MatMulOp() : BilinearOp("MatMul")
    {
        private const int NarrowColumns = 16;
        private const int MostSmall = 32;

        public Tensor Of(Tensor x, Tensor y) => Apply(x, y);

        internal override Tensor[] Batch(BatchedInputs items)
        {
            // One matrix for all items broadcasts, and makes one long product of them.
            if (items.Shared(1) is { Rank: 2 } right)
            {
                Tensor rows = items[0];
                return rows.Rank == 3 && !rows.IsContiguous && rows.Transpose(0, 1) is { IsContiguous: true } turned ? [Of(turned, right).Transpose(0, 1)] : [Of(rows, right)];
            }
            if (items.Shared(0) is { Rank: 2 } left) return [items[1] is { Rank: 3 } few && few.Dims[2] < NarrowColumns ? SideBySide(left, few) : Of(left, items[1])];
            return ApplyMany(items.Aligned());
        }

        // A few columns for each item do not fill a vector; those of all items beside each other do.
        private Tensor SideBySide(Tensor left, Tensor items)
        {
            int count = items.Dims[0], inner = items.Dims[1], columns = items.Dims[2];
            return Of(left, items.Transpose(0, 1).Reshape(inner, count * columns)).Reshape(left.Dims[0], count, columns).Transpose(0, 1);
        }

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) => [(inputs[0].Unsqueeze(^1) * inputs[1].Unsqueeze(^3)).Sum(^2)];

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) => [ComputeOne(inputs)];

        protected override NdArray ComputeOne(ReadOnlySpan<Tensor> inputs) => BatchedProduct.Of(inputs[0].Value, inputs[1].Value);

        protected override Tensor TransposeLeft(Tensor gradient, Tensor right, OpContext context)
        {
            Shape left = context.Shape(0);
            if (AreSmall(gradient, right)) return new Tensor(BatchedProduct.WithTransposed(gradient.Value, right.Value));
            if (left.Rank != 2 || gradient.Rank == 2) return gradient.MatMul(right.MT);

            // One matrix met a batch: a single long product instead of a batch of products and their sum.
            return Rows(gradient.MT).T.MatMul(Rows(right.MT.Expand(BatchOf(gradient, right.Dims[^1], right.Dims[^2]))));
        }

        protected override Tensor TransposeRight(Tensor gradient, Tensor left, OpContext context)
        {
            Shape right = context.Shape(1);
            if (AreSmall(left, gradient)) return new Tensor(BatchedProduct.TransposedWith(left.Value, gradient.Value));
            if (right.Rank != 2 || gradient.Rank == 2) return left.MT.MatMul(gradient);
            return Rows(left.Expand(BatchOf(gradient, left.Dims[^2], left.Dims[^1]))).T.MatMul(Rows(gradient));
        }

        // Of small matrices, of which nothing is recorded, a transposed view would cost more than the product. Their memory is not the pool's.
        private static bool AreSmall(Tensor x, Tensor y) =>
            x.Rank == 2 && y.Rank == 2 && x.Numel <= MostSmall && y.Numel <= MostSmall && x.DType == y.DType && x.DType.IsFloatingPoint()
            && ((x.Flags | y.Flags) & TensorFlags.Traced) == 0 && !GradMode.IsEnabled && Recorder.Current is null;

        private static Tensor Rows(Tensor x) => x.Reshape(Shape.Product(x.Dims.AsSpan(0, x.Rank - 1)), x.Dims[^1]);

        private static int[] BatchOf(Tensor gradient, int rows, int columns) => [.. gradient.Dims.AsSpan(0, gradient.Rank - 2), rows, columns];
    }

    /// <summary>[m, k] · [k].</summary>
    private sealed class MvOp() : BilinearOp("Mv")
    {
        public Tensor Of(Tensor matrix, Tensor vector) => Apply(matrix, vector);

        internal override Tensor[] Batch(BatchedInputs items)
        {
            if (items.Shared(0) is { } matrix) return [items[1].MatMul(matrix.T)];
            if (items.Shared(1) is { } vector) return [items[0].MatMul(vector)];
            return [items[0].MatMul(items[1].Unsqueeze(^1)).Squeeze(^1)];
        }

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) => [(inputs[0] * inputs[1]).Sum(1)];

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) => [ComputeOne(inputs)];

        protected override NdArray ComputeOne(ReadOnlySpan<Tensor> inputs)
        {
            ref readonly NdArray a = ref inputs[0].Value, x = ref inputs[1].Value;
            NdArray result = NdArray.Allocate(Shape.Lengths(a.Dims[0]), a.DType);
            return BatchedProduct.Single(a, a.Strides[0], a.Strides[1], x, x.Strides[0], 1, result, a.Dims[0], 1, a.Dims[1], 1);
        }

        protected override Tensor TransposeLeft(Tensor gradient, Tensor right, OpContext context) => gradient.Outer(right);

        protected override Tensor TransposeRight(Tensor gradient, Tensor left, OpContext context) => Of(left.Transpose(0, 1), gradient);
    }

    /// <summary>[k] · [k, n].</summary>
    private sealed class VmOp() : BilinearOp("Mv")
    {
        public Tensor Of(Tensor vector, Tensor matrix) => Apply(vector, matrix);

        internal override Tensor[] Batch(BatchedInputs items)
        {
            if (items.Shared(1) is { } matrix) return [items[0].MatMul(matrix)];
            if (items.Shared(0) is { } vector) return [items[1].MT.MatMul(vector)];
            return [items[0].Unsqueeze(1).MatMul(items[1]).Squeeze(1)];
        }

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) => [(inputs[1].Transpose(0, 1) * inputs[0]).Sum(1)];

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) => [ComputeOne(inputs)];

        protected override NdArray ComputeOne(ReadOnlySpan<Tensor> inputs)
        {
            ref readonly NdArray x = ref inputs[0].Value, a = ref inputs[1].Value;
            NdArray result = NdArray.Allocate(Shape.Lengths(a.Dims[1]), a.DType);
            return BatchedProduct.Single(a, a.Strides[1], a.Strides[0], x, x.Strides[0], 1, result, a.Dims[1], 1, a.Dims[0], 1);
        }

        protected override Tensor TransposeLeft(Tensor gradient, Tensor right, OpContext context) => MatMulWithVector.Of(right, gradient);

        protected override Tensor TransposeRight(Tensor gradient, Tensor left, OpContext context) => left.Outer(gradient);
    }

    /// <summary>[n] · [n].</summary>
    private sealed class DotOp() : BilinearOp("Dot")
    {
        public Tensor Of(Tensor x, Tensor y) => Apply(x, y);

        internal override Tensor[] Batch(BatchedInputs items)
        {
            if (items.Shared(0) is { } left) return [items[1].MatMul(left)];
            if (items.Shared(1) is { } right) return [items[0].MatMul(right)];
            return [items[0].Unsqueeze(1).MatMul(items[1].Unsqueeze(2)).Reshape(items.Size)];
        }

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) => [(inputs[0] * inputs[1]).Sum()];

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) => [ComputeOne(inputs)];

        protected override NdArray ComputeOne(ReadOnlySpan<Tensor> inputs)
        {
            ref readonly NdArray x = ref inputs[0].Value, y = ref inputs[1].Value;
            return BatchedProduct.Single(x, 1, x.Strides[0], y, y.Strides[0], 1, NdArray.Allocate([], x.DType), 1, 1, x.Dims[0], 1);
        }

        protected override Tensor TransposeLeft(Tensor gradient, Tensor right, OpContext context) => gradient * right;

        protected override Tensor TransposeRight(Tensor gradient, Tensor left, OpContext context) => gradient * left;
    }
}
