namespace Nabla.Symbolics;

/// <summary>
/// A scalar function of matrices: an ordinary formula in which determinants, traces and products that are 1 × 1 take the place of symbols.
/// So every scalar function applies: <c>MatrixScalar.Exp(-S.Inverse().QuadraticForm(d) / 2)</c>.
/// </summary>
public sealed partial class MatrixScalar : IEquatable<MatrixScalar>
{
    /// <summary>Traces of longer products are left as they stand.</summary>
    private const int LongestTurned = 40;

    private MatrixScalar(Expr formula, IReadOnlyDictionary<Symbol, MatrixAtom> atoms) => (Formula, Atoms) = (formula, atoms);

    /// <summary>The functions of matrices that occur, by the symbols that stand for them in <see cref="Formula"/>.</summary>
    internal IReadOnlyDictionary<Symbol, MatrixAtom> Atoms { get; }

    internal Expr Formula { get; }

    /// <summary>The depth of the deepest matrix inside.</summary>
    internal int Depth => Atoms.Count == 0 ? 0 : Atoms.Values.Max(static atom => atom.Matrix.Depth + 1);

    internal bool IsZero => Formula is Number { IsZero: true };

    /// <summary>The matrix symbols that occur, in the order of their names.</summary>
    public IReadOnlyList<MatrixSymbol> FreeSymbols => MatrixGraph.SymbolsOf(MatrixGraph.PostOrder(this));

    // ---- Making scalars -------------------------------------------------------------------------------------------------------

    /// <summary>The same scalar formula, without matrices.</summary>
    public static implicit operator MatrixScalar(Expr formula)
    {
        ArgumentNullException.ThrowIfNull(formula);
        return new MatrixScalar(formula, new Dictionary<Symbol, MatrixAtom>());
    }

    /// <summary>The exact number.</summary>
    public static implicit operator MatrixScalar(int value) => (Expr)value;

    /// <summary>The number; exact if it is integral.</summary>
    public static implicit operator MatrixScalar(double value) => (Expr)value;

    /// <summary>The determinant. Those of products, inverses, transposes and scaled matrices are written with those of their parts.</summary>
    /// <exception cref="ArgumentException">The matrix is not square.</exception>
    public static MatrixScalar Det(MatrixExpr matrix)
    {
        MatrixShapes.RequireSquare("Det", matrix);
        switch (matrix)
        {
            case MatrixZero: return 0;
            case MatrixIdentity: return 1;
            case MatrixTranspose: return Det(matrix.Args[0]);
            case MatrixInverse: return 1 / Det(matrix.Args[0]);
            case MatrixScaled scaled: return Pow(scaled.Coefficient, matrix.Rows) * Det(scaled.Core);
            case MatrixProduct when Array.TrueForAll(matrix.Args, static factor => factor.IsSquare):
                MatrixScalar product = 1;
                foreach (var factor in matrix.Args) product *= Det(factor);
                return product;
            default: return matrix.IsScalarSized ? OfEntry(matrix) : MatrixAtom.Of(MatrixAtomKind.Determinant, OneOfTransposes(matrix)).ToScalar();
        }
    }

    /// <summary>The logarithm of the determinant, which must be positive for it to exist.</summary>
    /// <exception cref="ArgumentException">The matrix is not square.</exception>
    public static MatrixScalar LogDet(MatrixExpr matrix)
    {
        MatrixShapes.RequireSquare("LogDet", matrix);
        switch (matrix)
        {
            case MatrixZero: return Log(0);
            case MatrixIdentity: return 0;
            case MatrixTranspose: return LogDet(matrix.Args[0]);
            case MatrixInverse: return -LogDet(matrix.Args[0]);
            case MatrixScaled { Coefficient.Formula: Number { IsNegative: false } } scaled:
                return (Log(scaled.Coefficient) * matrix.Rows) + LogDet(scaled.Core);
            default: return matrix.IsScalarSized ? Log(OfEntry(matrix)) : MatrixAtom.Of(MatrixAtomKind.LogDeterminant, OneOfTransposes(matrix)).ToScalar();
        }
    }

    /// <summary>The trace. It is linear, and factors are turned round until the formula is the first in canonical order.</summary>
    /// <exception cref="ArgumentException">The matrix is not square.</exception>
    public static MatrixScalar Trace(MatrixExpr matrix)
    {
        MatrixShapes.RequireSquare("Trace", matrix);
        switch (matrix)
        {
            case MatrixZero: return 0;
            case MatrixIdentity: return matrix.Rows;
            case MatrixTranspose: return Trace(matrix.Args[0]);
            case MatrixScaled scaled: return scaled.Coefficient * Trace(scaled.Core);
            case MatrixDiagonalPart: return Trace(matrix.Args[0]);
            case MatrixSum:
                MatrixScalar sum = 0;
                foreach (var term in matrix.Args) sum += Trace(term);
                return sum;
            case MatrixProduct: return TraceOfProduct(matrix.Args);
            default: return matrix.IsScalarSized ? OfEntry(matrix) : MatrixAtom.Of(MatrixAtomKind.Trace, OneOfTransposes(matrix)).ToScalar();
        }
    }

    /// <summary>The inner product: the sum of the products of the entries, tr(Aᵀ B).</summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static MatrixScalar Inner(MatrixExpr left, MatrixExpr right)
    {
        MatrixShapes.RequireSame("Inner", left, right);
        return Trace(left.Transpose() * right);
    }

    /// <summary>The Frobenius norm, of a vector its length: the square root of the sum of the squares of the entries.</summary>
    public static MatrixScalar Norm(MatrixExpr matrix) => Sqrt(Inner(matrix, matrix));

    /// <summary>The exponential.</summary>
    public static MatrixScalar Exp(MatrixScalar x) => Required(x).Map(Functions.Exp);

    /// <summary>The natural logarithm.</summary>
    public static MatrixScalar Log(MatrixScalar x) => Required(x).Map(Functions.Log);

    /// <summary>The square root.</summary>
    public static MatrixScalar Sqrt(MatrixScalar x) => Required(x).Map(Functions.Sqrt);

    /// <summary>The power.</summary>
    public static MatrixScalar Pow(MatrixScalar x, MatrixScalar exponent) => Combine(x, exponent, Functions.Pow);

    /// <summary>The sum.</summary>
    public static MatrixScalar operator +(MatrixScalar left, MatrixScalar right) => Combine(left, right, static (a, b) => a + b);

    /// <summary>The difference.</summary>
    public static MatrixScalar operator -(MatrixScalar left, MatrixScalar right) => Combine(left, right, static (a, b) => a - b);

    /// <summary>The product.</summary>
    public static MatrixScalar operator *(MatrixScalar left, MatrixScalar right) => Combine(left, right, static (a, b) => a * b);

    /// <summary>The quotient.</summary>
    public static MatrixScalar operator /(MatrixScalar left, MatrixScalar right) => Combine(left, right, static (a, b) => a / b);

    /// <summary>The negated scalar.</summary>
    public static MatrixScalar operator -(MatrixScalar operand) => Required(operand).Map(static x => -x);

    /// <summary>Any function of one scalar: <c>q.Map(Functions.Tanh)</c>.</summary>
    public MatrixScalar Map(Func<Expr, Expr> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Of(function(Formula), Atoms);
    }

    /// <summary>Any function of two scalars.</summary>
    public static MatrixScalar Combine(MatrixScalar left, MatrixScalar right, Func<Expr, Expr, Expr> function)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        ArgumentNullException.ThrowIfNull(function);
        if (left.Atoms.Count == 0) return Of(function(left.Formula, right.Formula), right.Atoms);
        if (right.Atoms.Count == 0) return Of(function(left.Formula, right.Formula), left.Atoms);
        var atoms = new Dictionary<Symbol, MatrixAtom>(left.Atoms);
        foreach (var (symbol, atom) in right.Atoms) atoms[symbol] = atom;
        return Of(function(left.Formula, right.Formula), atoms);
    }

    /// <summary>Replaces a matrix symbol by a matrix of its size.</summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public MatrixScalar Subs(MatrixSymbol symbol, MatrixExpr replacement) => MatrixSubstitution.Apply(this, symbol, replacement);

    /// <summary>Equal means the same formula.</summary>
    public bool Equals(MatrixScalar? other) => ReferenceEquals(Formula, other?.Formula);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MatrixScalar);

    /// <inheritdoc/>
    public override int GetHashCode() => Formula.GetHashCode();

    /// <summary>The formula as text: <c>exp(-(d^T*S^-1*d)/2)</c>.</summary>
    public override string ToString() => MatrixPrinter.Text(this);

    /// <summary>A formula with only those atoms that occur in it.</summary>
    internal static MatrixScalar Of(Expr formula, IReadOnlyDictionary<Symbol, MatrixAtom> candidates)
    {
        ArgumentNullException.ThrowIfNull(formula);
        if (candidates.Count == 0) return formula;
        var atoms = new Dictionary<Symbol, MatrixAtom>();
        foreach (var symbol in formula.FreeSymbols)
        {
            if (candidates.TryGetValue(symbol, out var atom)) atoms.Add(symbol, atom);
        }

        return new MatrixScalar(formula, atoms);
    }

    internal static MatrixScalar OfEntry(MatrixExpr matrix)
    {
        if (!matrix.IsScalarSized)
        {
            throw new ArgumentException($"ToScalar: {MatrixShapes.Text(matrix)}, not 1 × 1. Use MatrixScalar.Trace, Det or Norm, or multiply with vectors from both sides.");
        }

        switch (matrix)
        {
            case MatrixZero: return 0;
            case MatrixIdentity: return 1;
            case MatrixScaled scaled: return scaled.Coefficient * OfEntry(scaled.Core);
            case MatrixInverse: return 1 / OfEntry(matrix.Args[0]);
            case MatrixDiagonalPart: return OfEntry(matrix.Args[0]);
            case MatrixSum:
                MatrixScalar sum = 0;
                foreach (var term in matrix.Args) sum += OfEntry(term);
                return sum;
            default: return MatrixAtom.Of(MatrixAtomKind.Entry, OneOfTransposes(matrix)).ToScalar();
        }
    }

    // All rotations of the factors, and of those of the transpose, have the same trace.
    private static MatrixScalar TraceOfProduct(MatrixExpr[] factors)
    {
        MatrixScalar? best = null;
        MatrixExpr? first = null;
        var transposes = Array.ConvertAll(factors, static factor => factor.Transpose());
        Array.Reverse(transposes);
        foreach (var way in new[] { factors, transposes })
        {
            for (var start = 0; start < way.Length && (start == 0 || way.Length <= LongestTurned); start++)
            {
                var rotated = MatrixProduct.Of([.. way[start..], .. way[..start]]);
                if (rotated is not MatrixProduct) return Trace(rotated);
                if (first is not null && MatrixOrder.Compare(rotated, first) >= 0) continue;
                first = rotated;
                best = MatrixAtom.Of(MatrixAtomKind.Trace, rotated).ToScalar();
            }
        }

        return best!;
    }

    private static MatrixExpr OneOfTransposes(MatrixExpr matrix)
    {
        var transposed = matrix.Transpose();
        return MatrixOrder.Compare(matrix, transposed) <= 0 ? matrix : transposed;
    }

    private static MatrixScalar Required(MatrixScalar x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x;
    }
}
