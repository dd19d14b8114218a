namespace Nabla.Symbolics;

/// <summary>How several numbers travel through the signature of a generated function.</summary>
public enum EmitPacking
{
    /// <summary>One number.</summary>
    Scalar,

    /// <summary>2 to 4 numbers: <c>vec3</c>, <c>float3</c>, <c>Vector3</c>; an array in C.</summary>
    Vector,

    /// <summary>
    /// The upper triangle of a symmetric matrix, row by row: 3 numbers (xx, xy, yy) for 2 by 2, 6 (xx, xy, xz, yy, yz, zz) for 3 by 3.
    /// </summary>
    Symmetric,

    /// <summary>All entries of a matrix, row by row.</summary>
    Matrix,

    /// <summary>Any number of values.</summary>
    Array,
}

/// <summary>Number and arrangement of the values of a parameter or an output.</summary>
/// <param name="Packing">The arrangement.</param>
/// <param name="Rows">Rows of a matrix, else the number of values.</param>
/// <param name="Columns">Columns of a matrix, else 1.</param>
internal readonly record struct EmitShape(EmitPacking Packing, int Rows, int Columns)
{
    /// <summary>The number of values stored.</summary>
    public int Count => Rows * Columns;

    /// <summary>Whether a vector type of the graphics languages holds it.</summary>
    public bool IsVector => Packing == EmitPacking.Vector || (Packing == EmitPacking.Symmetric && Count == 3);

    /// <summary>Whether a matrix type of GLSL and HLSL holds it.</summary>
    public bool IsMatrix => Packing == EmitPacking.Matrix && Rows is >= 2 and <= 4 && Columns is >= 2 and <= 4;

    public static EmitShape Scalar { get; } = new(EmitPacking.Scalar, 1, 1);

    public static EmitShape Vector(string name, int count) => count is >= 2 and <= 4
        ? new EmitShape(EmitPacking.Vector, count, 1)
        : throw new ArgumentException($"Emit: vector '{name}' has {count} values, a vector type holds 2 to 4. Use an array.");

    public static EmitShape Symmetric(string name, int count) => count is 3 or 6
        ? new EmitShape(EmitPacking.Symmetric, count, 1)
        : throw new ArgumentException(
            $"Emit: symmetric matrix '{name}' has {count} values; give the upper triangle row by row: 3 values for 2 by 2, 6 for 3 by 3.");

    public static EmitShape Array(string name, int count) => count > 0
        ? new EmitShape(EmitPacking.Array, count, 1)
        : throw new ArgumentException($"Emit: array '{name}' is empty. Give it a value, or leave it out.");

    public static EmitShape Matrix(string name, int rows, int columns) => rows > 0 && columns > 0
        ? new EmitShape(EmitPacking.Matrix, rows, columns)
        : throw new ArgumentException($"Emit: matrix '{name}' is {rows} by {columns}. Give it a row and a column, or leave it out.");
}

/// <summary>A parameter of a generated function: a name, and the symbols that its values stand for.</summary>
public sealed class EmitParameter
{
    private EmitParameter(string name, EmitShape shape, IReadOnlyList<Symbol> symbols)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        foreach (Symbol symbol in symbols)
            if (symbol is null) throw new ArgumentException($"Emit: parameter '{name}' has a symbol that is null.");
        (Name, Shape, Symbols) = (name, shape, symbols);
    }

    /// <summary>The name, as asked for; a language that reserves it gets it with an underscore.</summary>
    public string Name { get; }

    /// <summary>How its values are packed.</summary>
    public EmitPacking Packing => Shape.Packing;

    /// <summary>The symbols, in the order of storage.</summary>
    public IReadOnlyList<Symbol> Symbols { get; }

    internal EmitShape Shape { get; }

    /// <summary>One number, named as its symbol.</summary>
    public static implicit operator EmitParameter(Symbol symbol) => Scalar(symbol);

    /// <summary>One number, named as its symbol.</summary>
    public static EmitParameter Scalar(Symbol symbol)
    {
        ArgumentNullException.ThrowIfNull(symbol);
        return new EmitParameter(symbol.Name, EmitShape.Scalar, [symbol]);
    }

    /// <summary>A vector of 2 to 4 numbers.</summary>
    /// <exception cref="ArgumentException">Another number of symbols.</exception>
    public static EmitParameter Vector(string name, params ReadOnlySpan<Symbol> symbols) => new(name, EmitShape.Vector(name, symbols.Length), symbols.ToArray());

    /// <summary>The upper triangle of a symmetric matrix, row by row: 3 symbols for 2 by 2, 6 for 3 by 3.</summary>
    /// <exception cref="ArgumentException">Another number of symbols.</exception>
    public static EmitParameter Symmetric(string name, params ReadOnlySpan<Symbol> symbols) =>
        new(name, EmitShape.Symmetric(name, symbols.Length), symbols.ToArray());

    /// <summary>A matrix of symbols, [rows, columns].</summary>
    /// <exception cref="ArgumentException">The matrix is empty.</exception>
    public static EmitParameter Matrix(string name, Symbol[,] symbols)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        return new EmitParameter(name, EmitShape.Matrix(name, symbols.GetLength(0), symbols.GetLength(1)), [.. symbols.Cast<Symbol>()]);
    }

    /// <summary>An array of numbers.</summary>
    /// <exception cref="ArgumentException">No symbols.</exception>
    public static EmitParameter Array(string name, params ReadOnlySpan<Symbol> symbols) => new(name, EmitShape.Array(name, symbols.Length), symbols.ToArray());
}

/// <summary>A result of a generated function: a name, and the formulas of its values.</summary>
public sealed class EmitOutput
{
    private EmitOutput(string name, EmitShape shape, IReadOnlyList<Expr> formulas)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        foreach (Expr formula in formulas)
            if (formula is null) throw new ArgumentException($"Emit: output '{name}' has a formula that is null.");
        (Name, Shape, Formulas) = (name, shape, formulas);
    }

    /// <summary>The name, as asked for.</summary>
    public string Name { get; }

    /// <summary>How its values are packed.</summary>
    public EmitPacking Packing => Shape.Packing;

    /// <summary>The formulas, in the order of storage.</summary>
    public IReadOnlyList<Expr> Formulas { get; }

    internal EmitShape Shape { get; }

    /// <summary>One number, named "value".</summary>
    public static implicit operator EmitOutput(Expr formula) => Scalar("value", formula);

    /// <summary>One number.</summary>
    public static EmitOutput Scalar(string name, Expr formula)
    {
        ArgumentNullException.ThrowIfNull(formula);
        return new EmitOutput(name, EmitShape.Scalar, [formula]);
    }

    /// <summary>A vector of 2 to 4 numbers.</summary>
    /// <exception cref="ArgumentException">Another number of formulas.</exception>
    public static EmitOutput Vector(string name, params ReadOnlySpan<Expr> formulas) => new(name, EmitShape.Vector(name, formulas.Length), formulas.ToArray());

    /// <summary>The upper triangle of a symmetric matrix, row by row: 3 formulas for 2 by 2, 6 for 3 by 3.</summary>
    /// <exception cref="ArgumentException">Another number of formulas.</exception>
    public static EmitOutput Symmetric(string name, params ReadOnlySpan<Expr> formulas) =>
        new(name, EmitShape.Symmetric(name, formulas.Length), formulas.ToArray());

    /// <summary>A matrix of formulas, [rows, columns].</summary>
    /// <exception cref="ArgumentException">The matrix is empty.</exception>
    public static EmitOutput Matrix(string name, Expr[,] formulas)
    {
        ArgumentNullException.ThrowIfNull(formulas);
        return new EmitOutput(name, EmitShape.Matrix(name, formulas.GetLength(0), formulas.GetLength(1)), [.. formulas.Cast<Expr>()]);
    }

    /// <summary>An array of numbers.</summary>
    /// <exception cref="ArgumentException">No formulas.</exception>
    public static EmitOutput Array(string name, params ReadOnlySpan<Expr> formulas) => new(name, EmitShape.Array(name, formulas.Length), formulas.ToArray());
}
