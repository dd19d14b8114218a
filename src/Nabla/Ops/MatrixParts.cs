namespace Nabla;

// Diagonals and triangles of matrices, as the rules of linear algebra need them: linear, and cheap.
public sealed partial class Tensor
{
    private static readonly TriangleOp StrictlyLower = new(0), HalvedLower = new(0.5), Lower = new(1);

    /// <summary>The elements whose positions on two axes are equal: the second axis disappears. A view.</summary>
    internal Tensor DiagonalOf(int first, int second) => Dims[first] == Dims[second]
        ? new DiagonalViewOp(first, second).Of(this)
        : throw new ShapeException($"Einsum: a diagonal needs axes of equal length, axes {first} and {second} of {Shape} are not.");

    /// <summary>The diagonal of each matrix, [..., n] of [..., n, n].</summary>
    internal Tensor MatrixDiagonal() => DiagonalOf(Rank - 2, Rank - 1);

    /// <summary>Diagonal matrices, [..., n, n] of [..., n].</summary>
    internal Tensor AsDiagonal() => new EmbedOp(new DiagonalViewOp(Rank - 1, Rank), new Shape([.. Dims, Dims[^1]])).Of(this);

    /// <summary>Each matrix with everything above the diagonal zero.</summary>
    internal Tensor LowerTriangle() => Lower.Of(this);

    /// <summary>Each matrix with the diagonal and everything above it zero.</summary>
    internal Tensor StrictLowerTriangle() => StrictlyLower.Of(this);

    /// <summary>The lower triangle with half the diagonal, so that it and its transpose add up to a symmetric matrix.</summary>
    internal Tensor HalfLowerTriangle() => HalvedLower.Of(this);

    /// <summary>(X + Xᵀ) / 2 for each matrix.</summary>
    internal Tensor SymmetricPart() => (this + MT) * 0.5;

    private sealed class DiagonalViewOp(int first, int second) : ViewOp("Diagonal")
    {
        public override NdArray View(in NdArray x)
        {
            int[] strides = Without(x.Strides, second);
            strides[first] += x.Strides[second];
            return x.View(Without(x.Dims, second), strides, x.Offset);
        }

        protected override Tensor Transpose(OpContext context, Tensor gradient) => new EmbedOp(this, context.Shape(0)).Of(gradient);
    }

    /// <summary>The lower triangle with the diagonal scaled. Its own transpose.</summary>
    private sealed class TriangleOp(double diagonal) : LinearOp("Tril")
    {
        public Tensor Of(Tensor x) => Apply(x);

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray y = ArrayCopy.Contiguous(inputs[0].Value);
            int m = y.Dims[^2], n = y.Dims[^1], count = y.Numel;
            for (int at = 0; at < count; at += n)
            {
                int row = at / n % m;
                if (row < n && diagonal != 1) y.SetDouble(at + row, diagonal == 0 ? 0 : y.GetDouble(at + row) * diagonal);
                for (int column = row + 1; column < n; column++) y.SetDouble(at + column, 0);
            }
            return [y];
        }

        protected override Tensor Transpose(OpContext context, Tensor gradient) => Of(gradient);
    }
}
