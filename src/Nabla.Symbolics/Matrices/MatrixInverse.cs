namespace Nabla.Symbolics;

// Determinants, inverses and equations. Which way they are computed is chosen once per matrix, in LinearSystem.For.
public sealed partial class Matrix
{
    /// <summary>Up to this size a determinant is expanded by minors, each made once: no division, so valid for every matrix.</summary>
    private const int LargestExpandedDeterminant = 5;

    /// <summary>
    /// The determinant. Exact numbers: by Bareiss' fraction-free elimination. Up to 5 × 5: by Laplace's expansion with each minor made once,
    /// valid for all values of the symbols. Larger: as the product of the pivots of elimination, valid where no pivot is 0.
    /// </summary>
    /// <exception cref="ArgumentException">The matrix is not square.</exception>
    public Expr Determinant()
    {
        RequireSquare("Determinant");
        if (ExactElimination.Applies(this)) return ExactElimination.DeterminantOf(this);
        if (Rows <= LargestExpandedDeterminant && !IsPositiveDefinite) return Minors.DeterminantOf(this);
        if (Rows <= 3) return Minors.DeterminantOf(this);
        system ??= LinearSystem.For(this);
        return system?.Determinant ?? Number.Zero;
    }

    /// <summary>
    /// The inverse. Its entries share the reciprocal of one determinant (up to 4 × 4: the adjugate times it, valid wherever the determinant
    /// is not 0), or the pivots of elimination (larger, or positive definite). A product with the result solves equations instead.
    /// </summary>
    /// <exception cref="ArgumentException">The matrix is not square.</exception>
    /// <exception cref="InvalidOperationException">The determinant is 0 whatever the symbols are.</exception>
    public Matrix Inverse()
    {
        RequireSquare("Inverse");
        if (origin is MatrixOrigin.Inverse inverted) return inverted.Of;
        var entries = System("Inverse").InverseEntries(IsSymmetric);
        return new Matrix(Rows, Columns, entries, new MatrixOrigin.Inverse(this), IsPositiveDefinite);
    }

    /// <summary>The solution X of A X = B, without the inverse: [Rows, columns of <paramref name="right"/>].</summary>
    /// <param name="right">The right-hand sides, [Rows, any].</param>
    /// <exception cref="ArgumentException">The matrix is not square, or the rows differ.</exception>
    /// <exception cref="InvalidOperationException">The determinant is 0 whatever the symbols are.</exception>
    public Matrix Solve(Matrix right)
    {
        ArgumentNullException.ThrowIfNull(right);
        RequireSquare("Solve");
        if (right.Rows != Rows) throw MatrixErrors.Shapes("Solve", this, right, "The right-hand side needs as many rows as the matrix.");
        var solver = System("Solve");
        if (right.Equals(this)) return Identity(Rows);
        if (right.origin is MatrixOrigin.Scaled scaled) return Solve(scaled.Of) * scaled.Factor;
        var solution = new Expr[right.entries.Length];
        for (var j = 0; j < right.Columns; j++)
        {
            var column = solver.Solve(right.Column(j).entries);
            for (var i = 0; i < Rows; i++) solution[(i * right.Columns) + j] = column[i];
        }

        return new Matrix(Rows, right.Columns, solution, new MatrixOrigin.Solution(this, right));
    }

    /// <summary>The quadratic form xᵀ A x.</summary>
    /// <param name="x">A vector of length Rows.</param>
    /// <exception cref="ArgumentException">The matrix is not square, or the vector does not fit.</exception>
    public Expr QuadraticForm(Matrix x)
    {
        ArgumentNullException.ThrowIfNull(x);
        RequireSquare("QuadraticForm");
        if (!x.IsVector || x.entries.Length != Rows) throw MatrixErrors.Shapes("QuadraticForm", this, x, "Give a vector as long as the matrix has rows.");
        var column = x.Columns == 1 ? x : x.Transpose();
        return column.Dot(this * column);
    }

    /// <summary>
    /// The cofactor of an entry: the determinant of the matrix without that row and column, negated where row + column is odd.
    /// The cofactor of a 1 × 1 matrix is 1.
    /// </summary>
    /// <exception cref="ArgumentException">The matrix is not square.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such entry.</exception>
    public Expr Cofactor(int row, int column)
    {
        RequireSquare("Cofactor");
        _ = this[row, column];
        if (Rows == 1) return Number.One;
        if (Rows <= LargestExpandedDeterminant) return new Minors(this).Cofactor(row, column);
        var minor = Fill(Rows - 1, Rows - 1, (i, j) => this[i < row ? i : i + 1, j < column ? j : j + 1]).Determinant();
        return (row + column) % 2 == 0 ? minor : -minor;
    }

    /// <summary>The adjugate: the transposed cofactors, so that A · adj A = det A · 1, also where A is singular.</summary>
    /// <exception cref="ArgumentException">The matrix is not square.</exception>
    public Matrix Adjugate()
    {
        RequireSquare("Adjugate");
        if (Rows > LargestExpandedDeterminant) return Fill(Rows, Rows, (i, j) => Cofactor(j, i));
        return new Matrix(Rows, Rows, new Minors(this).Adjugate());
    }

    /// <summary>The way equations with this matrix are solved.</summary>
    /// <exception cref="InvalidOperationException">The determinant is 0 whatever the symbols are.</exception>
    internal LinearSystem System(string operation) => (system ??= LinearSystem.For(this)) ?? throw MatrixErrors.Singular(operation, this);
}
