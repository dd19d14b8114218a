namespace Nabla.Symbolics;

/// <summary>Writes matrix formulas out in entries, for given sizes, each node once.</summary>
internal sealed class MatrixExpansion
{
    private readonly Dictionary<object, object> images = [];
    private readonly Dictionary<Expr, Expr> sizes = [];

    private MatrixExpansion(ReadOnlySpan<(Expr Size, int Value)> sizes)
    {
        foreach (var (size, value) in sizes)
        {
            if (size is not Symbol) throw new ArgumentException($"ToMatrix: {size} is no symbol of a size. Give pairs such as (n, 3).");
            if (value < 1) throw new ArgumentOutOfRangeException(nameof(sizes), $"ToMatrix: {size} = {value} is no size. Give a positive whole number.");
            this.sizes[size] = Number.Of(value);
        }
    }

    public static Matrix Of(MatrixExpr matrix, ReadOnlySpan<(Expr Size, int Value)> sizes)
    {
        var expansion = new MatrixExpansion(sizes);
        expansion.Run(MatrixGraph.PostOrder(matrix));
        return expansion.ImageOf(matrix);
    }

    public static Expr Of(MatrixScalar scalar, ReadOnlySpan<(Expr Size, int Value)> sizes)
    {
        var expansion = new MatrixExpansion(sizes);
        expansion.Run(MatrixGraph.PostOrder(scalar));
        return expansion.ImageOf(scalar);
    }

    private void Run(List<object> order)
    {
        foreach (var node in order) images[node] = node is MatrixAtom atom ? ImageOf(atom) : Expand((MatrixExpr)node);
    }

    private Matrix ImageOf(MatrixExpr matrix) => (Matrix)images[matrix];

    private Expr ImageOf(MatrixAtom atom)
    {
        var matrix = ImageOf(atom.Matrix);
        return atom.Kind switch
        {
            MatrixAtomKind.Determinant => matrix.Determinant(),
            MatrixAtomKind.LogDeterminant => Functions.Log(matrix.Determinant()),
            MatrixAtomKind.Trace => matrix.Trace(),
            _ => matrix.ToScalar(),
        };
    }

    private Expr ImageOf(MatrixScalar scalar)
    {
        var replacements = new Dictionary<Expr, Expr>(sizes);
        foreach (var (symbol, atom) in scalar.Atoms) replacements[symbol] = (Expr)images[atom];
        return scalar.Formula.Subs(replacements);
    }

    private Matrix Expand(MatrixExpr matrix)
    {
        switch (matrix)
        {
            case MatrixSymbol symbol: return EntriesOf(symbol);
            case MatrixIdentity: return Matrix.Identity(SizeOf(matrix.Rows));
            case MatrixZero: return Matrix.Zeros(SizeOf(matrix.Rows), SizeOf(matrix.Columns));
            case MatrixTranspose: return ImageOf(matrix.Args[0]).Transpose();
            case MatrixInverse: return ImageOf(matrix.Args[0]).Inverse();
            case MatrixAdjugate: return ImageOf(matrix.Args[0]).Adjugate();
            case MatrixScaled scaled: return ImageOf(scaled.Core) * ImageOf(scaled.Coefficient);
            case MatrixDiagonalPart:
                var whole = ImageOf(matrix.Args[0]);
                return Matrix.Create(whole.Rows, whole.Columns, (i, j) => i == j ? whole[i, i] : Number.Zero);
            default:
                var result = ImageOf(matrix.Args[0]);
                foreach (var arg in matrix.Args.AsSpan()[1..]) result = matrix is MatrixSum ? result + ImageOf(arg) : result * ImageOf(arg);
                return result;
        }
    }

    private Matrix EntriesOf(MatrixSymbol symbol)
    {
        var (rows, columns) = (SizeOf(symbol.Rows), SizeOf(symbol.Columns));
        if (rows == 1 && columns == 1) return Matrix.Vector(Expr.Symbol(symbol.Name));
        if (columns == 1) return Matrix.Vector(symbol.Name, rows);
        if (rows == 1) return Matrix.Vector(symbol.Name, columns).Transpose();
        if (symbol.Has(MatrixProperties.PositiveDefinite)) return Matrix.PositiveDefinite(symbol.Name, rows);
        return symbol.Has(MatrixProperties.Symmetric) ? Matrix.Symmetric(symbol.Name, rows) : Matrix.Symbols(symbol.Name, rows, columns);
    }

    private int SizeOf(Expr size)
    {
        if (size.Subs(sizes) is Number { IsInteger: true } number && number.Value.TryGetSmall(out var value, out _) && value is > 0 and <= 10_000) return (int)value;
        throw new ArgumentException($"ToMatrix: the size {size} has no value, or none from 1 to 10000. Give it: ToMatrix((n, 3)).");
    }
}

// Entries of scalars.
public sealed partial class MatrixScalar
{
    /// <summary>
    /// The formula in the entries of the matrices, which are those that <see cref="MatrixExpr.ToMatrix"/> of the symbols gives.
    /// </summary>
    /// <param name="sizes">The values of sizes that are symbols, such as <c>(n, 3)</c>.</param>
    /// <exception cref="ArgumentException">A size has no value.</exception>
    public Expr ToExpr(params ReadOnlySpan<(Expr Size, int Value)> sizes) => MatrixExpansion.Of(this, sizes);
}

// Entries of matrices.
public abstract partial class MatrixExpr
{
    /// <summary>
    /// The matrix of formulas: the entries of a symbol S are S11, S12, … (shared across the diagonal if it is symmetric), those of a vector x
    /// are x1, x2, ….
    /// </summary>
    /// <param name="sizes">The values of sizes that are symbols, such as <c>(n, 3)</c>.</param>
    /// <exception cref="ArgumentException">A size has no value.</exception>
    public Matrix ToMatrix(params ReadOnlySpan<(Expr Size, int Value)> sizes) => MatrixExpansion.Of(this, sizes);
}
