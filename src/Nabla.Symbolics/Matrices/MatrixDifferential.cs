namespace Nabla.Symbolics;

/// <summary>
/// The differential, forward: what a small change dX of a symbol does to a formula, to first order. It is linear in dX, and may be
/// differentiated again for second and higher orders.
/// </summary>
internal sealed class MatrixDifferential
{
    private readonly Dictionary<object, MatrixExpr> matrices = [];
    private readonly Dictionary<MatrixAtom, MatrixScalar> scalars = [];
    private readonly MatrixSymbol symbol;
    private readonly MatrixExpr change;

    private MatrixDifferential(MatrixSymbol symbol, MatrixExpr change)
    {
        MatrixShapes.RequireSame("Differential", symbol, change);
        (this.symbol, this.change) = (symbol, change);
    }

    public static MatrixExpr Of(MatrixExpr matrix, MatrixSymbol symbol, MatrixExpr change)
    {
        var differential = new MatrixDifferential(symbol, change);
        differential.Run(MatrixGraph.PostOrder(matrix));
        return differential.Of(matrix);
    }

    public static MatrixScalar Of(MatrixScalar scalar, MatrixSymbol symbol, MatrixExpr change)
    {
        var differential = new MatrixDifferential(symbol, change);
        differential.Run(MatrixGraph.PostOrder(scalar));
        return differential.Of(scalar);
    }

    private void Run(List<object> order)
    {
        foreach (var node in order)
        {
            if (node is MatrixAtom atom)
            {
                if (Of(atom) is { IsZero: false } scalar) scalars[atom] = scalar;
            }
            else if (node is MatrixExpr matrix && Change(matrix) is { IsZero: false } difference)
            {
                matrices[matrix] = difference;
            }
        }
    }

    private MatrixExpr Of(MatrixExpr matrix) => matrices.GetValueOrDefault(matrix) ?? MatrixZero.Of(matrix.Rows, matrix.Columns);

    private MatrixScalar Of(MatrixAtom atom)
    {
        var matrix = atom.Matrix;
        if (!matrices.TryGetValue(matrix, out var difference)) return 0;
        return atom.Kind switch
        {
            MatrixAtomKind.Determinant => MatrixScalar.Trace(Times([matrix.Adjugate()], difference, [])),
            MatrixAtomKind.LogDeterminant => MatrixScalar.Trace(Times([matrix.Inverse()], difference, [])),
            MatrixAtomKind.Trace => MatrixScalar.Trace(difference),
            _ => MatrixScalar.OfEntry(difference),
        };
    }

    private MatrixScalar Of(MatrixScalar scalar)
    {
        MatrixScalar sum = 0;
        foreach (var (name, atom) in scalar.Atoms)
        {
            if (scalars.TryGetValue(atom, out var difference)) sum += scalar.Map(formula => formula.Diff(name)) * difference;
        }

        return sum;
    }

    private MatrixExpr? Change(MatrixExpr node)
    {
        switch (node)
        {
            case MatrixSymbol: return ReferenceEquals(node, symbol) ? change : null;
            case MatrixTranspose: return Of(node.Args[0]).Transpose();
            case MatrixDiagonalPart: return Of(node.Args[0]).DiagonalPart();
            case MatrixAdjugate:
                var inverse = node.Args[0].Inverse();
                var difference = Of(node.Args[0]);
                return (MatrixScalar.Trace(Times([node], difference, [])) * inverse) - Times([node], difference, [inverse]);
            case MatrixInverse: return -Times([node], Of(node.Args[0]), [node]);
            case MatrixSum: return MatrixSum.Of(node.Rows, node.Columns, Array.ConvertAll(node.Args, Of));
            case MatrixScaled scaled: return (Of(scaled.Coefficient) * scaled.Core) + Spread(scaled.Coefficient, Of(scaled.Core));
            case MatrixProduct:
                var terms = new List<MatrixExpr>();
                for (var i = 0; i < node.Args.Length; i++)
                {
                    if (!matrices.TryGetValue(node.Args[i], out var factor)) continue;
                    terms.Add(Times(node.Args[..i], factor, node.Args[(i + 1)..]));
                }

                return MatrixSum.Of(node.Rows, node.Columns, [.. terms]);
            default: return null;
        }
    }

    // A differential is kept as a sum of terms, each with dX once, so that its coefficient can be read off.
    private static MatrixExpr Times(MatrixExpr[] left, MatrixExpr difference, MatrixExpr[] right) =>
        OverTerms(difference, term => MatrixProduct.Of([.. left, term, .. right]));

    private static MatrixExpr Spread(MatrixScalar scale, MatrixExpr difference) => OverTerms(difference, term => scale * term);

    private static MatrixExpr OverTerms(MatrixExpr sum, Func<MatrixExpr, MatrixExpr> apply)
    {
        if (sum is MatrixScaled { Core: MatrixSum inner } scaled) sum = Spread(scaled.Coefficient, inner);
        if (sum is not MatrixSum) return apply(sum);
        var terms = Array.ConvertAll(sum.Args, term => OverTerms(term, apply));
        return MatrixSum.Of(terms[0].Rows, terms[0].Columns, terms);
    }
}
