using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla;

/// <summary>
/// Determinants, cofactors and triangular factors of matrices of formulas, given as rows one after the other. Determinants are
/// expanded without division, minors shared, so that they hold for every matrix: n·2ⁿ⁻¹ products for n rows.
/// </summary>
internal static class MatrixFormulas
{
    // 5,120 products: beyond, a formula is of no use.
    private const int MostRows = 10;

    /// <summary>The determinant: the minors of the first rows, one row after the other, for every set of as many columns.</summary>
    public static Expr Determinant(string op, ReadOnlySpan<Expr> matrix, int n)
    {
        if (n > MostRows) throw SymbolicErrors.TooLarge(op, (long)n * n, 1L << n);
        var minors = new Dictionary<int, Expr> { [0] = 1 };
        for (int row = 0; row < n; row++)
        {
            var wider = new Dictionary<int, List<Expr>>();
            foreach ((int columns, Expr minor) in minors)
            {
                for (int column = 0; column < n; column++)
                {
                    if ((columns >> column & 1) != 0) continue;
                    bool odd = (int.PopCount(columns >> column) & 1) != 0;
                    Expr term = matrix[(row * n) + column] * minor;
                    int key = columns | 1 << column;
                    if (!wider.TryGetValue(key, out List<Expr>? terms)) wider[key] = terms = [];
                    terms.Add(odd ? -term : term);
                }
            }
            minors = wider.ToDictionary(entry => entry.Key, entry => F.Sum([.. entry.Value]));
        }
        return minors[(1 << n) - 1];
    }

    /// <summary>The determinant and its derivatives with respect to each element, the cofactors, which share what they have in common.</summary>
    public static (Expr Determinant, Expr[] Cofactors) Cofactors(string op, ReadOnlySpan<Expr> matrix, int n)
    {
        var elements = new Symbol[n * n];
        var values = new Dictionary<Expr, Expr>();
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = Expr.Symbol($"element{i}");
            values[elements[i]] = matrix[i];
        }
        Expr determinant = Determinant(op, elements, n);
        return (determinant.Subs(values), Array.ConvertAll(determinant.Gradient(elements), cofactor => cofactor.Subs(values)));
    }

    /// <summary>The solution of a triangular system for each column of the right side.</summary>
    public static Expr[] SolveTriangular(ReadOnlySpan<Expr> matrix, ReadOnlySpan<Expr> right, int n, bool upper, bool unit)
    {
        int columns = n == 0 ? 0 : right.Length / n;
        var solution = new Expr[n * columns];
        for (int step = 0; step < n; step++)
        {
            int row = upper ? n - 1 - step : step;
            for (int column = 0; column < columns; column++)
            {
                Expr rest = right[(row * columns) + column];
                for (int known = upper ? row + 1 : 0; known < (upper ? n : row); known++)
                    rest -= matrix[(row * n) + known] * solution[(known * columns) + column];
                solution[(row * columns) + column] = unit ? rest : rest / matrix[(row * n) + row];
            }
        }
        return solution;
    }

    /// <summary>The lower Cholesky factor; the lower triangle is read.</summary>
    public static Expr[] Cholesky(ReadOnlySpan<Expr> matrix, int n)
    {
        var factor = new Expr[n * n];
        Array.Fill(factor, 0);
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                Expr rest = matrix[(i * n) + j];
                for (int k = 0; k < j; k++) rest -= factor[(i * n) + k] * factor[(j * n) + k];
                factor[(i * n) + j] = i == j ? F.Sqrt(rest) : rest / factor[(j * n) + j];
            }
        }
        return factor;
    }

    /// <summary>
    /// The eigenvalues, ascending, and eigenvectors, as columns, of a symmetric matrix of at most two rows, whose lower triangle is
    /// read. The angle of the axes comes from atan2, which holds for diagonal matrices too.
    /// </summary>
    public static (Expr[] Values, Expr[] Vectors) Eigh(ReadOnlySpan<Expr> matrix, int n)
    {
        if (n < 2) return (matrix.ToArray(), n == 0 ? [] : [1]);
        Expr middle = (matrix[0] + matrix[3]) / 2, half = (matrix[0] - matrix[3]) / 2, side = matrix[2];
        Expr radius = F.Sqrt(F.Square(half) + F.Square(side)), angle = F.Atan2(side, half) / 2;
        (Expr cos, Expr sin) = (F.Cos(angle), F.Sin(angle));
        return ([middle - radius, middle + radius], [-sin, cos, cos, sin]);
    }
}
