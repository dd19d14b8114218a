namespace Nabla.Symbolics;

/// <summary>The errors of matrices: each names the operation, the shapes and the remedy.</summary>
internal static class MatrixErrors
{
    public static ArgumentException Shapes(string operation, Matrix left, Matrix right, string remedy) =>
        new($"{operation}: shapes do not fit: {Text(left)} and {Text(right)}. {remedy}");

    public static ArgumentException NotSquare(string operation, Matrix matrix) =>
        new($"{operation}: the matrix is {Text(matrix)}, not square. Take a square part, or A.Transpose() * A.");

    public static ArgumentException NotSymmetric(string operation, Matrix matrix) =>
        new($"{operation}: the matrix {Text(matrix)} is not symmetric. Make it with Matrix.Symmetric, or symmetrise it: (A + A.Transpose()) / 2.");

    public static InvalidOperationException Singular(string operation, Matrix matrix) =>
        new($"{operation}: the matrix {Text(matrix)} is singular: its determinant is 0 whatever the symbols are. "
            + "Check for rows that depend on each other, or add a multiple of the identity.");

    public static ArgumentException NoVector(string operation, Matrix matrix) =>
        new($"{operation}: the matrix is {Text(matrix)}, not a vector. Take a row or a column, or give two indices.");

    public static ArgumentException NoScalar(Matrix matrix) =>
        new($"ToScalar: the matrix is {Text(matrix)}, not 1 × 1. Take an entry, or Trace() or Norm().");

    public static ArgumentOutOfRangeException NoEntry(int row, int column, Matrix matrix) =>
        new(nameof(row), $"Matrix[{row}, {column}]: the matrix is {Text(matrix)}. Indices count from 0.");

    public static ArgumentOutOfRangeException NoEntry(int index, Matrix matrix) =>
        new(nameof(index), $"Matrix[{index}]: the vector is {Text(matrix)}. Indices count from 0.");

    public static ArgumentOutOfRangeException NoSize(int rows, int columns) =>
        new(nameof(rows), $"Matrix: a matrix of {rows} × {columns} cannot be made. Give at least one row and one column.");

    public static ArgumentException Empty(string operation) => new($"{operation}: no entries were given. Give at least one.");

    public static ArgumentException Ragged(int row, int length, int columns) =>
        new($"Matrix.FromRows: row {row} has {length} entries, row 0 has {columns}. Give rows of one length.");

    public static ArgumentException NoSymbol(string operation, Matrix matrix, int index) =>
        new($"{operation}: entry ({index / matrix.Columns}, {index % matrix.Columns}) is {matrix.Entries[index].ToString(60)}, not a symbol. "
            + "Use a matrix made by Matrix.Symbols or Matrix.Symmetric.");

    public static ArgumentException Contradiction(Symbol symbol, Expr first, Expr second) =>
        new($"Subs: symbol '{symbol.Name}' stands in several places and would become both {first.ToString(60)} and {second.ToString(60)}. "
            + "Replace a symmetric matrix by a symmetric one.");

    public static Expr[] RequireEntries(ReadOnlySpan<Expr> entries, string operation)
    {
        for (var i = 0; i < entries.Length; i++)
        {
            if (entries[i] is null) throw new ArgumentException($"{operation}: entry {i} is null. Use 0 for an empty place.");
        }

        return entries.ToArray();
    }

    public static (int First, int Count) Resolve(Range range, int length, string axis, Matrix matrix)
    {
        var (first, end) = (range.Start.GetOffset(length), range.End.GetOffset(length));
        if (first < 0 || end > length || first >= end)
        {
            throw new ArgumentOutOfRangeException(axis, $"Matrix[{range}]: the {axis} {range} are not in a matrix of {Text(matrix)}, or are none. Indices count from 0.");
        }

        return (first, end - first);
    }

    public static string Text(Matrix matrix) => $"[{matrix.Rows}, {matrix.Columns}]";
}
