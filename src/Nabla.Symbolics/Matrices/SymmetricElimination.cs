namespace Nabla.Symbolics;

/// <summary>
/// A = L D Lᵀ for symmetric matrices, half the work of LU. The pivots D are taken to be not 0: they are positive if A is positive definite.
/// The quadratic form is then the sum of zᵢ²/Dᵢ with L z = b.
/// </summary>
internal sealed class SymmetricElimination : LinearSystem
{
    private readonly Expr[,] lower;
    private readonly Expr[] pivots;

    private SymmetricElimination(Matrix matrix, Expr[,] lower, Expr[] pivots)
        : base(matrix)
    {
        (this.lower, this.pivots) = (lower, pivots);
        Determinant = Functions.Product(pivots);
    }

    public override Expr Determinant { get; }

    /// <summary>Null if a pivot is identically 0.</summary>
    public static SymmetricElimination? Of(Matrix matrix)
    {
        var n = matrix.Rows;
        var (lower, pivots) = (new Expr[n, n], new Expr[n]);

        // scaled[i, k] = lower[i, k]·pivots[k]
        var scaled = new Expr[n, n];
        var zero = new ZeroTest();
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var terms = new List<Expr> { matrix[i, j] };
                for (var k = 0; k < j; k++) terms.Add(-(lower[i, k] * scaled[j, k]));
                scaled[i, j] = Functions.Sum([.. terms]);
                if (j < i) lower[i, j] = scaled[i, j] / pivots[j];
            }

            pivots[i] = scaled[i, i];
            if (zero.IsZero(pivots[i])) return null;
        }

        return new SymmetricElimination(matrix, lower, pivots);
    }

    public override Expr[] Solve(ReadOnlySpan<Expr> b)
    {
        var y = Forward(b);
        for (var i = y.Length - 1; i >= 0; i--)
        {
            var terms = new List<Expr> { y[i] / pivots[i] };
            for (var k = i + 1; k < y.Length; k++) terms.Add(-(lower[k, i] * y[k]));
            y[i] = Functions.Sum([.. terms]);
        }

        return y;
    }

    public override Expr[] SolveTransposed(ReadOnlySpan<Expr> a) => Solve(a);

    public override Expr Form(Expr[] a, Expr[] b)
    {
        var (left, right) = (Forward(a), Forward(b));
        for (var i = 0; i < left.Length; i++) left[i] = left[i] * right[i] / pivots[i];
        return Functions.Sum(left);
    }

    // z with L z = b
    private Expr[] Forward(ReadOnlySpan<Expr> b)
    {
        var z = new Expr[b.Length];
        for (var i = 0; i < z.Length; i++)
        {
            var terms = new List<Expr> { b[i] };
            for (var k = 0; k < i; k++) terms.Add(-(lower[i, k] * z[k]));
            z[i] = Functions.Sum([.. terms]);
        }

        return z;
    }
}
