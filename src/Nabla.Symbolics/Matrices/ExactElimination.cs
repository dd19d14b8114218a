using System.Numerics;

namespace Nabla.Symbolics;

/// <summary>
/// Matrices of exact numbers: Bareiss' fraction-free elimination (E. Bareiss, Math. Comp. 22, 1968), in which every division is exact and
/// every entry is a minor of the matrix, so that numbers stay as short as they can.
/// </summary>
internal sealed class ExactElimination : LinearSystem
{
    private readonly Rational[,] inverse;

    private ExactElimination(Matrix matrix, Rational[,] inverse, Rational determinant)
        : base(matrix) => (this.inverse, Determinant) = (inverse, Number.Of(determinant));

    public override Expr Determinant { get; }

    public static bool Applies(Matrix matrix)
    {
        foreach (var entry in matrix.Entries)
        {
            if (entry is not Number { IsExact: true }) return false;
        }

        return true;
    }

    public static Expr DeterminantOf(Matrix matrix) => Number.Of(Eliminate(matrix, withIdentity: false, out _));

    /// <summary>Null if the matrix is singular.</summary>
    public static ExactElimination? Of(Matrix matrix)
    {
        var determinant = Eliminate(matrix, withIdentity: true, out var rows);
        if (determinant.Sign == 0) return null;
        var n = matrix.Rows;
        var inverse = new Rational[n, n];
        for (var column = 0; column < n; column++)
        {
            for (var i = n - 1; i >= 0; i--)
            {
                Rational sum = rows[i][n + column];
                for (var k = i + 1; k < n; k++) sum -= rows[i][k] * inverse[k, column];
                inverse[i, column] = sum / rows[i][i];
            }
        }

        return new ExactElimination(matrix, inverse, determinant);
    }

    public override Expr[] Solve(ReadOnlySpan<Expr> b) => Times(b, transposed: false);

    public override Expr[] SolveTransposed(ReadOnlySpan<Expr> a) => Times(a, transposed: true);

    private Expr[] Times(ReadOnlySpan<Expr> b, bool transposed)
    {
        var (result, terms) = (new Expr[b.Length], new Expr[b.Length]);
        for (var i = 0; i < b.Length; i++)
        {
            for (var j = 0; j < b.Length; j++) terms[j] = (transposed ? inverse[j, i] : inverse[i, j]) * b[j];
            result[i] = Functions.Sum(terms);
        }

        return result;
    }

    /// <summary>The determinant; <paramref name="rows"/> becomes upper triangular, followed by the transformed identity on request.</summary>
    private static Rational Eliminate(Matrix matrix, bool withIdentity, out BigInteger[][] rows)
    {
        var n = matrix.Rows;
        var width = withIdentity ? 2 * n : n;
        rows = new BigInteger[n][];
        var scale = BigInteger.One;
        for (var i = 0; i < n; i++)
        {
            var common = BigInteger.One;
            for (var j = 0; j < n; j++)
            {
                var denominator = ((Number)matrix[i, j]).Value.Denominator;
                common *= denominator / BigInteger.GreatestCommonDivisor(common, denominator);
            }

            rows[i] = new BigInteger[width];
            for (var j = 0; j < n; j++) rows[i][j] = (((Number)matrix[i, j]).Value * common).Numerator;
            if (withIdentity) rows[i][n + i] = common;
            scale *= common;
        }

        var (previous, negative) = (BigInteger.One, false);
        for (var k = 0; k < n; k++)
        {
            var pivot = Array.FindIndex(rows, k, row => !row[k].IsZero);
            if (pivot < 0) return 0;
            if (pivot != k)
            {
                (rows[k], rows[pivot]) = (rows[pivot], rows[k]);
                negative = !negative;
            }

            for (var i = k + 1; i < n; i++)
            {
                var factor = rows[i][k];
                for (var j = k; j < width; j++) rows[i][j] = ((rows[k][k] * rows[i][j]) - (factor * rows[k][j])) / previous;
            }

            previous = rows[k][k];
        }

        return new Rational(negative ? -previous : previous, scale);
    }
}
