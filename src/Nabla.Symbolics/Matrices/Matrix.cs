using System.Text;

namespace Nabla.Symbolics;

/// <summary>
/// An immutable matrix of formulas. Results keep intermediates shared instead of expanding them: the entries of an inverse share the
/// reciprocal of one determinant, and a product with an inverse is a solution of equations. Indices count from 0; the names that
/// <see cref="Symbols"/> makes count from 1, as in mathematics.
/// </summary>
/// <example><code>
/// var S = Matrix.Symmetric("S", 3);
/// var d = Matrix.Vector("x", 3) - Matrix.Vector("m", 3);
/// var density = Functions.Exp(-d.Dot(S.Inverse() * d) / 2);
/// </code></example>
public sealed partial class Matrix : IEquatable<Matrix>
{
    private readonly Expr[] entries;

    /// <summary>How the matrix was made, where that lets an operation do better than its entries would; null if it does not matter.</summary>
    private readonly MatrixOrigin? origin;

    private LinearSystem? system;

    internal Matrix(int rows, int columns, Expr[] entries, MatrixOrigin? origin = null, bool isPositiveDefinite = false)
    {
        Rows = rows;
        Columns = columns;
        this.entries = entries;
        this.origin = origin;
        IsPositiveDefinite = isPositiveDefinite;
    }

    /// <summary>The number of rows.</summary>
    public int Rows { get; }

    /// <summary>The number of columns.</summary>
    public int Columns { get; }

    /// <summary>Whether there are as many rows as columns.</summary>
    public bool IsSquare => Rows == Columns;

    /// <summary>Whether there is one column, or one row.</summary>
    public bool IsVector => Rows == 1 || Columns == 1;

    /// <summary>Whether entries (i, j) and (j, i) are the same formulas.</summary>
    public bool IsSymmetric
    {
        get
        {
            if (!IsSquare) return false;
            for (var i = 0; i < Rows; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    if (!ReferenceEquals(this[i, j], this[j, i])) return false;
                }
            }

            return true;
        }
    }

    /// <summary>
    /// Whether the matrix was declared symmetric positive definite: then equations with it are solved by LDLᵀ, whose pivots are positive,
    /// at about half the operations of the adjugate.
    /// </summary>
    public bool IsPositiveDefinite { get; }

    /// <summary>The symbols that occur, in the order of their names.</summary>
    public IReadOnlyCollection<Symbol> FreeSymbols
    {
        get
        {
            var symbols = new HashSet<Symbol>();
            foreach (var entry in entries) symbols.UnionWith(entry.FreeSymbols);
            return [.. symbols.OrderBy(static symbol => symbol.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>
    /// The entries that are symbols, each once, row by row: the 6 free parameters of a symmetric 3 × 3 matrix in the order
    /// S11, S12, S13, S22, S23, S33.
    /// </summary>
    public IReadOnlyList<Symbol> FreeParameters
    {
        get
        {
            var parameters = new List<Symbol>();
            var seen = new HashSet<Symbol>();
            foreach (var entry in entries)
            {
                if (entry is Symbol symbol && seen.Add(symbol)) parameters.Add(symbol);
            }

            return parameters.AsReadOnly();
        }
    }

    internal ReadOnlySpan<Expr> Entries => entries;

    internal MatrixOrigin? Origin => origin;

    internal (int Rows, int Columns) Shape => (Rows, Columns);

    /// <summary>The entry in that row and column, both counted from 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such entry.</exception>
    public Expr this[int row, int column] => (uint)row < (uint)Rows && (uint)column < (uint)Columns
        ? entries[(row * Columns) + column]
        : throw MatrixErrors.NoEntry(row, column, this);

    /// <summary>The entry of a vector, counted from 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such entry.</exception>
    /// <exception cref="ArgumentException">The matrix is no vector.</exception>
    public Expr this[int index]
    {
        get
        {
            if (!IsVector) throw MatrixErrors.NoVector("Matrix[i]", this);
            return (uint)index < (uint)entries.Length ? entries[index] : throw MatrixErrors.NoEntry(index, this);
        }
    }

    /// <summary>The part made of those rows and columns: <c>S[..2, ..2]</c> is the upper left 2 × 2 part.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A range lies outside the matrix, or is empty.</exception>
    public Matrix this[Range rows, Range columns]
    {
        get
        {
            var (firstRow, rowCount) = MatrixErrors.Resolve(rows, Rows, "rows", this);
            var (firstColumn, columnCount) = MatrixErrors.Resolve(columns, Columns, "columns", this);
            return Fill(rowCount, columnCount, (i, j) => this[firstRow + i, firstColumn + j]);
        }
    }

    // ---- Making matrices ------------------------------------------------------------------------------------------------------

    /// <summary>A matrix of symbols: S11, S12, … row by row (S1_10 where an index has two digits).</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public static Matrix Symbols(string name, int rows, int columns)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Fill(rows, columns, (i, j) => NameOf(name, i, j, Math.Max(rows, columns)));
    }

    /// <summary>A symmetric matrix of symbols: the entries below the diagonal are those above it.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1.</exception>
    public static Matrix Symmetric(string name, int size)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Fill(size, size, (i, j) => NameOf(name, Math.Min(i, j), Math.Max(i, j), size));
    }

    /// <summary>A symmetric matrix of symbols of which all eigenvalues are taken to be positive, as those of a covariance.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1.</exception>
    public static Matrix PositiveDefinite(string name, int size) => Symmetric(name, size).AssumePositiveDefinite();

    /// <summary>A column vector of symbols: x1, x2, …</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1.</exception>
    public static Matrix Vector(string name, int size)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Fill(size, 1, (i, _) => Expr.Symbol($"{name}{i + 1}"));
    }

    /// <summary>A column vector of the given formulas.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static Matrix Vector(params ReadOnlySpan<Expr> entries)
    {
        if (entries.Length == 0) throw MatrixErrors.Empty("Matrix.Vector");
        return new Matrix(entries.Length, 1, MatrixErrors.RequireEntries(entries, "Matrix.Vector"));
    }

    /// <summary>A diagonal matrix.</summary>
    /// <exception cref="ArgumentException">There are no entries.</exception>
    public static Matrix Diagonal(params ReadOnlySpan<Expr> entries)
    {
        if (entries.Length == 0) throw MatrixErrors.Empty("Matrix.Diagonal");
        var diagonal = MatrixErrors.RequireEntries(entries, "Matrix.Diagonal");
        return Fill(diagonal.Length, diagonal.Length, (i, j) => i == j ? diagonal[i] : Number.Zero);
    }

    /// <summary>The identity.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1.</exception>
    public static Matrix Identity(int size) => Fill(size, size, static (i, j) => i == j ? Number.One : Number.Zero);

    /// <summary>A matrix of zeros.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public static Matrix Zeros(int rows, int columns) => Fill(rows, columns, static (_, _) => Number.Zero);

    /// <summary>A matrix from its rows, all of one length: <c>Matrix.FromRows([a, b], [c, d])</c>.</summary>
    /// <exception cref="ArgumentException">There are no rows, a row is empty, or the rows differ in length.</exception>
    public static Matrix FromRows(params ReadOnlySpan<Expr[]> rows)
    {
        if (rows.Length == 0 || rows[0] is not { Length: > 0 }) throw MatrixErrors.Empty("Matrix.FromRows");
        var columns = rows[0].Length;
        var entries = new Expr[rows.Length * columns];
        for (var i = 0; i < rows.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(rows[i], nameof(rows));
            if (rows[i].Length != columns) throw MatrixErrors.Ragged(i, rows[i].Length, columns);
            MatrixErrors.RequireEntries(rows[i], "Matrix.FromRows").CopyTo(entries, i * columns);
        }

        return new Matrix(rows.Length, columns, entries);
    }

    /// <summary>A matrix from an array of formulas.</summary>
    /// <exception cref="ArgumentException">The array has no rows or no columns.</exception>
    public static Matrix From(Expr[,] entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries.Length == 0) throw MatrixErrors.Empty("Matrix.From");
        foreach (var entry in entries) ArgumentNullException.ThrowIfNull(entry, nameof(entries));
        return Fill(entries.GetLength(0), entries.GetLength(1), (i, j) => entries[i, j]);
    }

    /// <summary>A matrix whose entry in row i and column j, counted from 0, is <c>entry(i, j)</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public static Matrix Create(int rows, int columns, Func<int, int, Expr> entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return Fill(rows, columns, (i, j) => entry(i, j) ?? throw new ArgumentException($"Matrix.Create: entry ({i}, {j}) is null."));
    }

    /// <summary>The same matrix, taken to be positive definite: see <see cref="IsPositiveDefinite"/>.</summary>
    /// <exception cref="ArgumentException">The matrix is not symmetric.</exception>
    public Matrix AssumePositiveDefinite()
    {
        if (!IsSymmetric) throw MatrixErrors.NotSymmetric("AssumePositiveDefinite", this);
        return new Matrix(Rows, Columns, entries, origin, isPositiveDefinite: true);
    }

    // ---- Using entries --------------------------------------------------------------------------------------------------------

    /// <summary>One row, as a matrix with one row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Matrix Row(int row) => Fill(1, Columns, (_, j) => this[row, j]);

    /// <summary>One column, as a column vector.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such column.</exception>
    public Matrix Column(int column) => Fill(Rows, 1, (i, _) => this[i, column]);

    /// <summary>The only entry of a 1 × 1 matrix, such as xᵀ A x.</summary>
    /// <exception cref="ArgumentException">The matrix is larger.</exception>
    public Expr ToScalar() => entries.Length == 1 ? entries[0] : throw MatrixErrors.NoScalar(this);

    /// <summary>A copy of the entries.</summary>
    public Expr[,] ToArray()
    {
        var array = new Expr[Rows, Columns];
        for (var i = 0; i < entries.Length; i++) array[i / Columns, i % Columns] = entries[i];
        return array;
    }

    /// <summary>The matrix of the results of a function, entry by entry.</summary>
    public Matrix Map(Func<Expr, Expr> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Fill(Rows, Columns, (i, j) => function(this[i, j]) ?? throw new ArgumentException($"Matrix.Map: the function gave null for entry ({i}, {j})."));
    }

    /// <summary>Replaces subterms in all entries, all at the same time.</summary>
    public Matrix Subs(IReadOnlyDictionary<Expr, Expr> replacements)
    {
        ArgumentNullException.ThrowIfNull(replacements);
        return Map(entry => entry.Subs(replacements));
    }

    /// <summary>Replaces every entry of <paramref name="matrix"/>, which are symbols, by the entry of <paramref name="replacement"/> in its place.</summary>
    /// <exception cref="ArgumentException">The shapes differ, an entry is no symbol, or two replacements of one symbol differ.</exception>
    public Matrix Subs(Matrix matrix, Matrix replacement) => Subs(Replacements(matrix, replacement));

    /// <summary>The derivative of each entry with respect to a symbol.</summary>
    public Matrix Diff(Symbol x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Map(entry => entry.Diff(x));
    }

    /// <summary>The values of the entries in double precision, [Rows, Columns]; shared subterms are evaluated once.</summary>
    /// <exception cref="ArgumentException">A free symbol has no value.</exception>
    public double[,] Evaluate(IReadOnlyDictionary<Symbol, double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var result = new double[Rows, Columns];
        for (var i = 0; i < entries.Length; i++) result[i / Columns, i % Columns] = entries[i].Evaluate(values);
        return result;
    }

    /// <summary>Equal means the same shape and the same formulas.</summary>
    public bool Equals(Matrix? other) => other is not null && Shape == other.Shape && entries.AsSpan().SequenceEqual(other.entries);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Matrix);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(Columns);
        foreach (var entry in entries) hash.Add(entry);
        return hash.ToHashCode();
    }

    /// <summary>The rows as text: <c>[[a, b], [c, d]]</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("[");
        for (var i = 0; i < entries.Length; i++)
        {
            text.Append(i % Columns != 0 ? ", " : i == 0 ? "[" : "], [").Append(entries[i]);
        }

        return text.Append("]]").ToString();
    }

    internal static Dictionary<Expr, Expr> Replacements(Matrix matrix, Matrix replacement)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentNullException.ThrowIfNull(replacement);
        if (matrix.Shape != replacement.Shape) throw MatrixErrors.Shapes("Subs", matrix, replacement, "Replace a matrix by one of its own shape.");
        var replacements = new Dictionary<Expr, Expr>();
        for (var i = 0; i < matrix.entries.Length; i++)
        {
            if (matrix.entries[i] is not Symbol symbol) throw MatrixErrors.NoSymbol("Subs", matrix, i);
            if (!replacements.TryAdd(symbol, replacement.entries[i]) && !ReferenceEquals(replacements[symbol], replacement.entries[i]))
            {
                throw MatrixErrors.Contradiction(symbol, replacements[symbol], replacement.entries[i]);
            }
        }

        return replacements;
    }

    private static Matrix Fill(int rows, int columns, Func<int, int, Expr> entry)
    {
        if (rows < 1 || columns < 1) throw MatrixErrors.NoSize(rows, columns);
        var entries = new Expr[checked(rows * columns)];
        for (var i = 0; i < entries.Length; i++) entries[i] = entry(i / columns, i % columns);
        return new Matrix(rows, columns, entries);
    }

    private static Symbol NameOf(string name, int row, int column, int largest) =>
        Expr.Symbol(largest > 9 ? $"{name}{row + 1}_{column + 1}" : $"{name}{row + 1}{column + 1}");
}
