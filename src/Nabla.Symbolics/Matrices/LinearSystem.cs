namespace Nabla.Symbolics;

/// <summary>A square matrix made ready to be solved with: its adjugate and determinant, or its elimination. See <see cref="For"/> for which.</summary>
internal abstract class LinearSystem(Matrix matrix)
{
    /// <summary>Up to this size equations are solved with the adjugate, which is valid wherever the determinant is not 0.</summary>
    private const int LargestAdjugate = 4;

    public abstract Expr Determinant { get; }

    protected Matrix Matrix { get; } = matrix;

    /// <summary>
    /// Exact numbers: the exact inverse. Positive definite: LDLᵀ. Up to 4 × 4: the adjugate. Larger: LDLᵀ if the matrix is symmetric and no
    /// pivot is identically 0, else LU with the first row whose pivot is not. Null if the determinant is identically 0.
    /// </summary>
    public static LinearSystem? For(Matrix matrix)
    {
        if (ExactElimination.Applies(matrix)) return ExactElimination.Of(matrix);
        if (matrix.Rows <= LargestAdjugate && !matrix.IsPositiveDefinite) return AdjugateSystem.Of(matrix);
        return (matrix.IsSymmetric ? SymmetricElimination.Of(matrix) : null) ?? (LinearSystem?)Elimination.Of(matrix);
    }

    /// <summary>y with A y = b.</summary>
    public abstract Expr[] Solve(ReadOnlySpan<Expr> b);

    /// <summary>x with Aᵀ x = a.</summary>
    public abstract Expr[] SolveTransposed(ReadOnlySpan<Expr> a);

    /// <summary>aᵀ A⁻¹ b, as a formula only.</summary>
    public virtual Expr Form(Expr[] a, Expr[] b)
    {
        var y = Solve(b);
        var terms = new Expr[a.Length];
        for (var i = 0; i < terms.Length; i++) terms[i] = a[i] * y[i];
        return Functions.Sum(terms);
    }

    /// <summary>The inverse, row by row; symmetric entries are the same formulas if the matrix is symmetric.</summary>
    public virtual Expr[] InverseEntries(bool symmetric)
    {
        var n = Matrix.Rows;
        var inverse = new Expr[n * n];
        for (var j = 0; j < n; j++)
        {
            var unit = new Expr[n];
            for (var i = 0; i < n; i++) unit[i] = i == j ? Number.One : Number.Zero;
            var column = Solve(unit);
            for (var i = 0; i < n; i++)
            {
                inverse[(i * n) + j] = symmetric && i < j ? inverse[(j * n) + i] = column[i] : column[i];
            }
        }

        if (!symmetric) return inverse;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < i; j++) inverse[(i * n) + j] = inverse[(j * n) + i];
        }

        return inverse;
    }
}

/// <summary>Cramer's rule: y = (adj A) b / det A, the reciprocal of the determinant being one shared node.</summary>
internal sealed class AdjugateSystem : LinearSystem
{
    private readonly Expr[] adjugate;
    private readonly Expr reciprocal;

    private AdjugateSystem(Matrix matrix, Expr determinant)
        : base(matrix)
    {
        Determinant = determinant;
        reciprocal = 1 / determinant;
        adjugate = new Minors(matrix).Adjugate();
    }

    public override Expr Determinant { get; }

    public static AdjugateSystem? Of(Matrix matrix)
    {
        var determinant = Minors.DeterminantOf(matrix);
        return new ZeroTest().IsZero(determinant) ? null : new AdjugateSystem(matrix, determinant);
    }

    public override Expr[] Solve(ReadOnlySpan<Expr> b) => Array.ConvertAll(TimesDeterminant(b, transposed: false), y => y * reciprocal);

    public override Expr[] SolveTransposed(ReadOnlySpan<Expr> a) => Array.ConvertAll(TimesDeterminant(a, transposed: true), x => x * reciprocal);

    public override Expr Form(Expr[] a, Expr[] b)
    {
        var y = TimesDeterminant(b, transposed: false);
        for (var i = 0; i < y.Length; i++) y[i] = a[i] * y[i];
        return Functions.Sum(y) * reciprocal;
    }

    public override Expr[] InverseEntries(bool symmetric) => Array.ConvertAll(adjugate, entry => entry * reciprocal);

    private Expr[] TimesDeterminant(ReadOnlySpan<Expr> b, bool transposed)
    {
        var n = b.Length;
        var (result, terms) = (new Expr[n], new Expr[n]);
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++) terms[j] = adjugate[transposed ? (j * n) + i : (i * n) + j] * b[j];
            result[i] = Functions.Sum(terms);
        }

        return result;
    }
}
