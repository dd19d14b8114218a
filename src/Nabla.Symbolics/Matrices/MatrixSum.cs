namespace Nabla.Symbolics;

/// <summary>A sum of matrices: flat, like terms together, in canonical order.</summary>
public sealed class MatrixSum : MatrixExpr
{
    private MatrixSum(Expr rows, Expr columns, MatrixExpr[] terms)
        : base(rows, columns, terms, HashOf(0x21, rows, columns, terms))
    {
    }

    internal static MatrixExpr Of(Expr rows, Expr columns, ReadOnlySpan<MatrixExpr> operands)
    {
        var coefficients = new Dictionary<MatrixExpr, MatrixScalar>();
        var pending = new Stack<(MatrixScalar Coefficient, MatrixExpr Term)>();
        foreach (var operand in operands) pending.Push((1, operand));
        while (pending.TryPop(out var item))
        {
            switch (item.Term)
            {
                case MatrixZero: break;
                case MatrixSum:
                    foreach (var term in item.Term.Args) pending.Push((item.Coefficient, term));
                    break;
                case MatrixScaled scaled:
                    pending.Push((item.Coefficient * scaled.Coefficient, scaled.Core));
                    break;
                default:
                    coefficients[item.Term] = coefficients.TryGetValue(item.Term, out var known) ? known + item.Coefficient : item.Coefficient;
                    break;
            }
        }

        var terms = new List<MatrixExpr>();
        foreach (var (core, coefficient) in coefficients)
        {
            if (!coefficient.IsZero) terms.Add(MatrixScaled.Of(coefficient, core));
        }

        if (terms.Count == 0) return MatrixZero.Of(rows, columns);
        if (terms.Count == 1) return terms[0];
        terms.Sort(MatrixOrder.Compare);
        return MatrixInternTable.Intern(new MatrixSum(rows, columns, [.. terms]));
    }

    internal override bool SameNode(MatrixExpr other) => other is MatrixSum && SameArgs(other);

    private protected override MatrixExpr MakeTranspose() => Of(Columns, Rows, Array.ConvertAll(Args, static term => term.Transpose()));
}

/// <summary>A scalar times a matrix that carries no scalar itself.</summary>
public sealed class MatrixScaled : MatrixExpr
{
    private MatrixScaled(MatrixScalar coefficient, MatrixExpr core)
        : base(core.Rows, core.Columns, [core], HashOf(coefficient.Formula.Hash, core.Rows, core.Columns, [core]), coefficient.Depth + 1) => Coefficient = coefficient;

    /// <summary>The scalar.</summary>
    public MatrixScalar Coefficient { get; }

    /// <summary>The matrix.</summary>
    public MatrixExpr Core => Args[0];

    internal static MatrixExpr Of(MatrixScalar coefficient, MatrixExpr matrix)
    {
        ArgumentNullException.ThrowIfNull(coefficient);
        ArgumentNullException.ThrowIfNull(matrix);
        if (coefficient.IsZero) return MatrixZero.Of(matrix.Rows, matrix.Columns);
        if (matrix is MatrixZero || coefficient.Formula is Number { IsOne: true }) return matrix;
        if (matrix is MatrixScaled scaled) return Of(coefficient * scaled.Coefficient, scaled.Core);
        if (matrix is MatrixSum && ReferenceEquals(coefficient.Formula, Number.MinusOne))
        {
            return MatrixSum.Of(matrix.Rows, matrix.Columns, Array.ConvertAll(matrix.Args, term => Of(coefficient, term)));
        }

        return MatrixInternTable.Intern(new MatrixScaled(coefficient, matrix));
    }

    internal override bool SameNode(MatrixExpr other) =>
        other is MatrixScaled scaled && ReferenceEquals(scaled.Coefficient.Formula, Coefficient.Formula) && SameArgs(other);

    private protected override MatrixExpr MakeTranspose() => Of(Coefficient, Core.Transpose());
}

/// <summary>A canonical order that does not depend on hash codes: by text, identities last; only texts
/// that begin with the same 300 characters fall back on them.</summary>
internal static class MatrixOrder
{
    public static int Compare(MatrixExpr a, MatrixExpr b)
    {
        if (ReferenceEquals(a, b)) return 0;
        var (left, right) = (a is MatrixScaled x ? x.Core : a, b is MatrixScaled y ? y.Core : b);
        var order = (left is MatrixIdentity).CompareTo(right is MatrixIdentity);
        if (order == 0) order = string.CompareOrdinal(left.Key, right.Key);
        return order != 0 ? order : left.Hash.CompareTo(right.Hash);
    }
}
