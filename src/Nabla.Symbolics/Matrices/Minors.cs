using System.Numerics;

namespace Nabla.Symbolics;

/// <summary>
/// The minors of a small square matrix, each made once. A minor is expanded along the row whose neighbour (0 with 1, 2 with 3) is not in it, so
/// that the cofactors of a 4 × 4 matrix share the 2 × 2 minors of its upper and of its lower half.
/// </summary>
internal sealed class Minors(Matrix matrix)
{
    private readonly Dictionary<(uint Rows, uint Columns), Expr> minors = [];
    private readonly bool symmetric = matrix.IsSymmetric;

    private uint All => (1u << matrix.Rows) - 1;

    /// <summary>The determinant; its derivative is known to be the cofactors.</summary>
    public static Expr DeterminantOf(Matrix matrix)
    {
        var minors = new Minors(matrix);
        var determinant = minors.Determinant();

        // From 5 × 5 on all cofactors together cost more than a reverse sweep through the determinant.
        if (matrix.Rows is 3 or 4) RegisterDerivative(determinant, matrix, minors);
        return determinant;
    }

    public Expr Determinant() => Minor(All, All);

    public Expr Cofactor(int row, int column)
    {
        // The minors of a symmetric matrix are symmetric too, but their expansions are different formulas.
        if (symmetric && row > column) (row, column) = (column, row);
        var minor = Minor(All & ~(1u << row), All & ~(1u << column));
        return ((row + column) & 1) == 0 ? minor : -minor;
    }

    public Expr[] Adjugate()
    {
        var n = matrix.Rows;
        var adjugate = new Expr[n * n];
        for (var i = 0; i < adjugate.Length; i++) adjugate[i] = Cofactor(i % n, i / n);
        return adjugate;
    }

    private static void RegisterDerivative(Expr determinant, Matrix matrix, Minors minors)
    {
        var derivative = new PartialSums();
        var n = matrix.Rows;
        for (var i = 0; i < n * n; i++)
        {
            var (row, column) = (i / n, i % n);
            derivative.Add(matrix[row, column], () => minors.Cofactor(row, column));
        }

        derivative.Register(determinant);
    }

    private Expr Minor(uint rows, uint columns)
    {
        if (rows == 0) return Number.One;
        if (BitOperations.IsPow2(rows)) return matrix[BitOperations.Log2(rows), BitOperations.Log2(columns)];
        if (minors.TryGetValue((rows, columns), out var known)) return known;
        var row = ExpandedRow(rows);
        var rest = rows & ~(1u << row);
        var positive = (BitOperations.PopCount(rows & ((1u << row) - 1)) & 1) == 0;
        var terms = new List<Expr>();
        for (var left = columns; left != 0; left &= left - 1)
        {
            var column = BitOperations.TrailingZeroCount(left);
            if (matrix[row, column] is not Number { IsZero: true })
            {
                var term = matrix[row, column] * Minor(rest, columns & ~(1u << column));
                terms.Add(positive ? term : -term);
            }

            positive = !positive;
        }

        return minors[(rows, columns)] = Functions.Sum([.. terms]);
    }

    private static int ExpandedRow(uint rows)
    {
        if (BitOperations.PopCount(rows) > 2)
        {
            for (var left = rows; left != 0; left &= left - 1)
            {
                var row = BitOperations.TrailingZeroCount(left);
                if ((rows & (1u << (row ^ 1))) == 0) return row;
            }
        }

        return BitOperations.TrailingZeroCount(rows);
    }
}
