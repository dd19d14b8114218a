namespace Nabla;

// Diagonals and triangles of matrices, as the rules of linear algebra need them: linear, and cheap.
public sealed partial class Tensor
{
    /// <summary>The elements whose positions on two axes are equal: the second axis disappears. A view.</summary>
    internal Tensor DiagonalOf(int first, int second) => Dims[first] == Dims[second]
        ? Diagonal(0, first, second).MoveAxis(^1, first)
        : throw new ShapeException($"Einsum: a diagonal needs axes of equal length, axes {first} and {second} of {Shape} are not.");

    /// <summary>The diagonal of each matrix, [..., n] of [..., n, n].</summary>
    internal Tensor MatrixDiagonal() => Diagonal(0, ^2, ^1);

    /// <summary>Diagonal matrices, [..., n, n] of [..., n].</summary>
    internal Tensor AsDiagonal() => DiagEmbed();

    /// <summary>Each matrix with everything above the diagonal zero.</summary>
    internal Tensor LowerTriangle() => Tril();

    /// <summary>Each matrix with the diagonal and everything above it zero.</summary>
    internal Tensor StrictLowerTriangle() => Tril(-1);

    /// <summary>The lower triangle with half the diagonal, so that it and its transpose add up to a symmetric matrix.</summary>
    internal Tensor HalfLowerTriangle() => (Tril() + Tril(-1)) * 0.5;

    /// <summary>(X + Xᵀ) / 2 for each matrix.</summary>
    internal Tensor SymmetricPart() => (this + MT) * 0.5;
}
