namespace Nabla.Symbolics;

/// <summary>
/// A formula of whole matrices, without entries: A Bᵀ + S⁻¹. Sizes are numbers or formulas such as n. Nodes are immutable and hash-consed;
/// construction applies the rules that always hold: transposes go down to the symbols and vanish on symmetric ones, (A B)⁻¹ = B⁻¹ A⁻¹,
/// A A⁻¹ = 1, scalars stand in front, and a part of a product that is 1 × 1 becomes a scalar. Products are not multiplied out over sums.
/// </summary>
/// <example><code>
/// Expr n = Expr.Symbol("n");
/// var S = MatrixExpr.Symbol("S", n, n, MatrixProperties.PositiveDefinite);
/// Console.WriteLine(MatrixScalar.LogDet(S).Gradient(S));        // S^-1
/// </code></example>
public abstract partial class MatrixExpr
{
    /// <summary>Deeper nesting is an error; sums and products are flat, so that no ordinary formula comes near.</summary>
    private const int LargestDepth = 1000;

    internal readonly MatrixExpr[] Args;
    internal readonly int Hash;
    internal readonly int Depth;
    private MatrixExpr? transposed;
    private string? key;

    private protected MatrixExpr(Expr rows, Expr columns, MatrixExpr[] args, int hash, int scalarDepth = 0)
    {
        (Rows, Columns, Args, Hash, Depth) = (rows, columns, args, hash, scalarDepth);
        foreach (var arg in args) Depth = Math.Max(Depth, arg.Depth + 1);
        if (Depth > LargestDepth)
        {
            throw new InvalidOperationException($"MatrixExpr: nested deeper than {LargestDepth} levels. Give a name to a part: use a symbol for it, and put it in at the end.");
        }
    }

    /// <summary>The number of rows: a whole number or a formula such as n.</summary>
    public Expr Rows { get; }

    /// <summary>The number of columns: a whole number or a formula such as n.</summary>
    public Expr Columns { get; }

    /// <summary>The parts that the node is made of; none for symbols, identities and zeros.</summary>
    public IReadOnlyList<MatrixExpr> Operands => Array.AsReadOnly(Args);

    /// <summary>Whether there are as many rows as columns.</summary>
    public bool IsSquare => ReferenceEquals(Rows, Columns);

    /// <summary>Whether the transpose is the same formula.</summary>
    public bool IsSymmetric => IsSquare && ReferenceEquals(Transpose(), this);

    /// <summary>The symbols that occur, in the order of their names.</summary>
    public IReadOnlyList<MatrixSymbol> FreeSymbols => MatrixGraph.SymbolsOf(MatrixGraph.PostOrder(this));

    /// <summary>The beginning of the text, which orders terms.</summary>
    internal string Key => key ??= MatrixPrinter.Text(this, 300);

    internal bool IsZero => this is MatrixZero;

    internal bool IsScalarSized => ReferenceEquals(Rows, Number.One) && ReferenceEquals(Columns, Number.One);

    // ---- Making formulas ------------------------------------------------------------------------------------------------------

    /// <summary>A matrix known by its name, its size and its properties.</summary>
    /// <exception cref="ArgumentException">A property needs a square matrix, or a size is a number that is not whole and positive.</exception>
    public static MatrixSymbol Symbol(string name, Expr rows, Expr columns, MatrixProperties properties = MatrixProperties.None) =>
        MatrixSymbol.Of(name, rows, columns, properties);

    /// <summary>A column vector known by its name.</summary>
    /// <exception cref="ArgumentException">The size is a number that is not whole and positive.</exception>
    public static MatrixSymbol Vector(string name, Expr size) => MatrixSymbol.Of(name, size, Number.One, MatrixProperties.None);

    /// <summary>The identity of a size.</summary>
    public static MatrixExpr Identity(Expr size) => MatrixIdentity.Of(MatrixShapes.RequireSize(size, "Identity"));

    /// <summary>Zeros.</summary>
    public static MatrixExpr Zero(Expr rows, Expr columns) =>
        MatrixZero.Of(MatrixShapes.RequireSize(rows, "Zero"), MatrixShapes.RequireSize(columns, "Zero"));

    /// <summary>The sum.</summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static MatrixExpr operator +(MatrixExpr left, MatrixExpr right)
    {
        MatrixShapes.RequireSame("+", left, right);
        return MatrixSum.Of(left.Rows, left.Columns, [left, right]);
    }

    /// <summary>The difference.</summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static MatrixExpr operator -(MatrixExpr left, MatrixExpr right)
    {
        MatrixShapes.RequireSame("-", left, right);
        return MatrixSum.Of(left.Rows, left.Columns, [left, -right]);
    }

    /// <summary>The negated matrix.</summary>
    public static MatrixExpr operator -(MatrixExpr operand) => MatrixScaled.Of(-1, operand);

    /// <summary>The product.</summary>
    /// <exception cref="ArgumentException">The inner sizes differ.</exception>
    public static MatrixExpr operator *(MatrixExpr left, MatrixExpr right)
    {
        MatrixShapes.RequireInner(left, right);
        return MatrixProduct.Of([left, right]);
    }

    /// <summary>A scalar times a matrix.</summary>
    public static MatrixExpr operator *(MatrixScalar scale, MatrixExpr matrix) => MatrixScaled.Of(scale, matrix);

    /// <summary>A scalar times a matrix.</summary>
    public static MatrixExpr operator *(MatrixExpr matrix, MatrixScalar scale) => MatrixScaled.Of(scale, matrix);

    /// <summary>A matrix divided by a scalar.</summary>
    public static MatrixExpr operator /(MatrixExpr matrix, MatrixScalar divisor) => MatrixScaled.Of(1 / divisor, matrix);

    /// <summary>The transpose.</summary>
    public MatrixExpr Transpose() => transposed ??= MakeTranspose();

    /// <summary>The inverse.</summary>
    /// <exception cref="ArgumentException">The matrix is not square.</exception>
    /// <exception cref="InvalidOperationException">The matrix is zero.</exception>
    public MatrixExpr Inverse() => MatrixInverse.Of(this);

    /// <summary>The whole power; a negative one is that of the inverse.</summary>
    /// <exception cref="ArgumentException">The matrix is not square.</exception>
    public MatrixExpr Power(int exponent)
    {
        MatrixShapes.RequireSquare("Power", this);
        if (Math.Abs((long)exponent) > 1000) throw new ArgumentOutOfRangeException(nameof(exponent), $"Power: {exponent} factors are too many to write down. Use at most 1000.");
        if (exponent < 0) return Inverse().Power(-exponent);
        var factors = new MatrixExpr[exponent];
        factors.AsSpan().Fill(this);
        return exponent == 0 ? Identity(Rows) : MatrixProduct.Of(factors);
    }

    /// <summary>The adjugate: A · adj A = det A · 1, also where A is singular.</summary>
    /// <exception cref="ArgumentException">The matrix is not square.</exception>
    public MatrixExpr Adjugate() => MatrixAdjugate.Of(this);

    /// <summary>The diagonal matrix with the diagonal of this one.</summary>
    /// <exception cref="ArgumentException">The matrix is not square.</exception>
    public MatrixExpr DiagonalPart() => MatrixDiagonalPart.Of(this);

    /// <summary>The only entry of a 1 × 1 matrix, such as xᵀ A x.</summary>
    /// <exception cref="ArgumentException">The matrix is larger.</exception>
    public MatrixScalar ToScalar() => MatrixScalar.OfEntry(this);

    /// <summary>The quadratic form xᵀ A x.</summary>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    public MatrixScalar QuadraticForm(MatrixExpr x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return (x.Transpose() * this * x).ToScalar();
    }

    /// <summary>Replaces a symbol by a matrix of its size.</summary>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public MatrixExpr Subs(MatrixSymbol symbol, MatrixExpr replacement) => MatrixSubstitution.Apply(this, symbol, replacement);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => Hash;

    /// <summary>Equal means the same node.</summary>
    public sealed override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <summary>The formula as text: <c>A*B^T + 2*S^-1</c>.</summary>
    public override string ToString() => MatrixPrinter.Text(this);

    internal abstract bool SameNode(MatrixExpr other);

    /// <summary>The transpose of this node; asked once, and memoised.</summary>
    private protected abstract MatrixExpr MakeTranspose();

    private protected bool SameArgs(MatrixExpr other) => Args.AsSpan().SequenceEqual(other.Args);

    private protected static int HashOf(int seed, Expr rows, Expr columns, ReadOnlySpan<MatrixExpr> args)
    {
        var hash = default(HashCode);
        hash.Add(seed);
        hash.Add(rows);
        hash.Add(columns);
        foreach (var arg in args) hash.Add(arg.Hash);
        return hash.ToHashCode();
    }
}

/// <summary>What is known of a matrix symbol.</summary>
[Flags]
public enum MatrixProperties
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Equal to its transpose. Derivatives with respect to it need a convention: <see cref="SymmetryConvention"/>.</summary>
    Symmetric = 1,

    /// <summary>Symmetric, and all eigenvalues are positive.</summary>
    PositiveDefinite = 2 | Symmetric,

    /// <summary>The transpose is the inverse.</summary>
    Orthogonal = 4,
}

/// <summary>Checks of sizes, which may be formulas.</summary>
internal static class MatrixShapes
{
    public static Expr RequireSize(Expr size, string operation)
    {
        ArgumentNullException.ThrowIfNull(size);
        if (size is Number number && (!number.IsInteger || number.IsNegative || number.IsZero))
        {
            throw new ArgumentException($"{operation}: a matrix cannot have {size} rows or columns. Give a positive whole number, or a formula such as n.");
        }

        return size;
    }

    public static void RequireSame(string operation, MatrixExpr left, MatrixExpr right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (!ReferenceEquals(left.Rows, right.Rows) || !ReferenceEquals(left.Columns, right.Columns))
        {
            throw new ArgumentException($"MatrixExpr {operation}: sizes differ: {Text(left)} and {Text(right)}. Transpose one, or check the sizes of the symbols.");
        }
    }

    public static void RequireInner(MatrixExpr left, MatrixExpr right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        if (!ReferenceEquals(left.Columns, right.Rows))
        {
            throw new ArgumentException($"MatrixExpr *: inner sizes differ: {Text(left)} and {Text(right)}. Transpose one, or check the sizes of the symbols.");
        }
    }

    public static void RequireSquare(string operation, MatrixExpr matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        if (!matrix.IsSquare) throw new ArgumentException($"{operation}: the matrix is {Text(matrix)}, not square. Use A.Transpose() * A, or check the sizes.");
    }

    public static string Text(MatrixExpr matrix)
    {
        var text = matrix.ToString();
        return $"{(text.Length > 40 ? text[..40] + "…" : text)} is [{matrix.Rows}, {matrix.Columns}]";
    }
}
