namespace Nabla.Symbolics;

/// <summary>
/// P A = L U by columns, each entry one sum (Crout and Doolittle), for matrices too large for the adjugate. Pivots that are not identically 0
/// are taken to be not 0; numbers are preferred, the largest first, then the diagonal.
/// </summary>
internal sealed class Elimination : LinearSystem
{
    private readonly Expr[,] lower;
    private readonly Expr[,] upper;
    private readonly int[] permutation;

    private Elimination(Matrix matrix, Expr[,] lower, Expr[,] upper, int[] permutation, Expr determinant)
        : base(matrix) => (this.lower, this.upper, this.permutation, Determinant) = (lower, upper, permutation, determinant);

    public override Expr Determinant { get; }

    public static Elimination? Of(Matrix matrix)
    {
        var n = matrix.Rows;
        var (lower, upper) = (new Expr[n, n], new Expr[n, n]);
        var permutation = new int[n];
        for (var i = 0; i < n; i++) permutation[i] = i;
        var zero = new ZeroTest();
        var (column, pivots, odd) = (new Expr[n], new Expr[n], false);
        for (var j = 0; j < n; j++)
        {
            for (var i = 0; i < j; i++) upper[i, j] = Remainder(matrix[permutation[i], j], lower, i, upper, j, i);
            for (var i = j; i < n; i++) column[i] = Remainder(matrix[permutation[i], j], lower, i, upper, j, j);
            var pivot = PivotOf(column, j, zero);
            if (pivot < 0) return null;
            if (pivot != j)
            {
                odd = !odd;
                (permutation[j], permutation[pivot]) = (permutation[pivot], permutation[j]);
                (column[j], column[pivot]) = (column[pivot], column[j]);
                for (var k = 0; k < j; k++) (lower[j, k], lower[pivot, k]) = (lower[pivot, k], lower[j, k]);
            }

            pivots[j] = upper[j, j] = column[j];
            for (var i = j + 1; i < n; i++) lower[i, j] = column[i] / column[j];
        }

        var determinant = Functions.Product(pivots);
        return new Elimination(matrix, lower, upper, permutation, odd ? -determinant : determinant);
    }

    public override Expr[] Solve(ReadOnlySpan<Expr> b)
    {
        var n = b.Length;
        var y = new Expr[n];
        for (var i = 0; i < n; i++)
        {
            var terms = new List<Expr> { b[permutation[i]] };
            for (var k = 0; k < i; k++) terms.Add(-(lower[i, k] * y[k]));
            y[i] = Functions.Sum([.. terms]);
        }

        for (var i = n - 1; i >= 0; i--)
        {
            var terms = new List<Expr> { y[i] };
            for (var k = i + 1; k < n; k++) terms.Add(-(upper[i, k] * y[k]));
            y[i] = Functions.Sum([.. terms]) / upper[i, i];
        }

        return y;
    }

    // Aᵀ = Uᵀ Lᵀ P.
    public override Expr[] SolveTransposed(ReadOnlySpan<Expr> a)
    {
        var n = a.Length;
        var s = new Expr[n];
        for (var i = 0; i < n; i++)
        {
            var terms = new List<Expr> { a[i] };
            for (var k = 0; k < i; k++) terms.Add(-(upper[k, i] * s[k]));
            s[i] = Functions.Sum([.. terms]) / upper[i, i];
        }

        for (var i = n - 1; i >= 0; i--)
        {
            var terms = new List<Expr> { s[i] };
            for (var k = i + 1; k < n; k++) terms.Add(-(lower[k, i] * s[k]));
            s[i] = Functions.Sum([.. terms]);
        }

        var x = new Expr[n];
        for (var i = 0; i < n; i++) x[permutation[i]] = s[i];
        return x;
    }

    // entry - Σ lower[row, k]·upper[k, column] over k below count.
    private static Expr Remainder(Expr entry, Expr[,] lower, int row, Expr[,] upper, int column, int count)
    {
        var terms = new Expr[count + 1];
        terms[count] = entry;
        for (var k = 0; k < count; k++) terms[k] = -(lower[row, k] * upper[k, column]);
        return Functions.Sum(terms);
    }

    private static int PivotOf(Expr[] column, int first, ZeroTest zero)
    {
        var best = -1;
        for (var i = first; i < column.Length; i++)
        {
            if (column[i] is Number { IsZero: false } number && (best < 0 || Magnitude(number) > Magnitude((Number)column[best]))) best = i;
        }

        if (best >= 0) return best;
        for (var i = first; i < column.Length; i++)
        {
            if (!zero.IsZero(column[i])) return i;
        }

        return -1;
    }

    private static double Magnitude(Number number) => Math.Abs(number.ToDouble());
}
