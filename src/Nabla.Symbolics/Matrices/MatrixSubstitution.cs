namespace Nabla.Symbolics;

/// <summary>Rebuilds matrix formulas from their leaves, each node once.</summary>
internal sealed class MatrixSubstitution
{
    private readonly Dictionary<object, object> images = [];
    private readonly Func<MatrixSymbol, MatrixExpr> replace;

    private MatrixSubstitution(Func<MatrixSymbol, MatrixExpr> replace) => this.replace = replace;

    public static MatrixExpr Apply(MatrixExpr matrix, MatrixSymbol symbol, MatrixExpr replacement)
    {
        var substitution = For(symbol, replacement);
        substitution.Run(MatrixGraph.PostOrder(matrix));
        return substitution.ImageOf(matrix);
    }

    public static MatrixScalar Apply(MatrixScalar scalar, MatrixSymbol symbol, MatrixExpr replacement)
    {
        var substitution = For(symbol, replacement);
        substitution.Run(MatrixGraph.PostOrder(scalar));
        return substitution.ImageOf(scalar);
    }

    private static MatrixSubstitution For(MatrixSymbol symbol, MatrixExpr replacement)
    {
        ArgumentNullException.ThrowIfNull(symbol);
        MatrixShapes.RequireSame("Subs", symbol, replacement);
        return new MatrixSubstitution(other => ReferenceEquals(other, symbol) ? replacement : other);
    }

    private void Run(List<object> order)
    {
        foreach (var node in order) images[node] = node is MatrixAtom atom ? ImageOf(atom) : Rebuild((MatrixExpr)node);
    }

    private MatrixExpr ImageOf(MatrixExpr matrix) => (MatrixExpr)images[matrix];

    private MatrixScalar ImageOf(MatrixAtom atom)
    {
        var matrix = ImageOf(atom.Matrix);
        if (ReferenceEquals(matrix, atom.Matrix)) return atom.ToScalar();
        return atom.Kind switch
        {
            MatrixAtomKind.Determinant => MatrixScalar.Det(matrix),
            MatrixAtomKind.LogDeterminant => MatrixScalar.LogDet(matrix),
            MatrixAtomKind.Trace => MatrixScalar.Trace(matrix),
            _ => MatrixScalar.OfEntry(matrix),
        };
    }

    private MatrixScalar ImageOf(MatrixScalar scalar)
    {
        var replacements = new Dictionary<Expr, Expr>();
        var atoms = new Dictionary<Symbol, MatrixAtom>();
        foreach (var (symbol, atom) in scalar.Atoms)
        {
            var image = (MatrixScalar)images[atom];
            replacements[symbol] = image.Formula;
            foreach (var (name, inner) in image.Atoms) atoms[name] = inner;
        }

        return MatrixScalar.Of(scalar.Formula.Subs(replacements), atoms);
    }

    private MatrixExpr Rebuild(MatrixExpr matrix)
    {
        if (matrix is MatrixSymbol symbol) return replace(symbol);
        if (matrix.Args.Length == 0) return matrix;
        var args = Array.ConvertAll(matrix.Args, ImageOf);
        if (matrix is not MatrixScaled && args.AsSpan().SequenceEqual(matrix.Args)) return matrix;
        return matrix switch
        {
            MatrixTranspose => args[0].Transpose(),
            MatrixInverse => args[0].Inverse(),
            MatrixAdjugate => args[0].Adjugate(),
            MatrixDiagonalPart => args[0].DiagonalPart(),
            MatrixSum => MatrixSum.Of(matrix.Rows, matrix.Columns, args),
            MatrixScaled scaled => MatrixScaled.Of(ImageOf(scaled.Coefficient), args[0]),
            _ => MatrixProduct.Of(args),
        };
    }
}
