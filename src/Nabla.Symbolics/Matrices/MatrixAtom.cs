using System.Runtime.CompilerServices;

namespace Nabla.Symbolics;

/// <summary>The scalar functions of one matrix.</summary>
internal enum MatrixAtomKind
{
    Entry,
    Trace,
    Determinant,
    LogDeterminant,
}

/// <summary>
/// A scalar function of a matrix that stands in a formula as a symbol. The symbol's name begins with the text of the matrix, so that formulas have
/// an order of their own, and ends in a number that no other atom has.
/// </summary>
internal sealed class MatrixAtom
{
    // An atom lives as long as its matrix; a matrix has few.
    private static readonly ConditionalWeakTable<MatrixExpr, MatrixAtom?[]> Known = [];
    private static long count;

    private MatrixAtom(MatrixAtomKind kind, MatrixExpr matrix)
    {
        (Kind, Matrix) = (kind, matrix);
        Symbol = Expr.Symbol($"{kind} {matrix.Key} {Interlocked.Increment(ref count)}");
    }

    public MatrixAtomKind Kind { get; }

    public MatrixExpr Matrix { get; }

    public Symbol Symbol { get; }

    public static MatrixAtom Of(MatrixAtomKind kind, MatrixExpr matrix)
    {
        var atoms = Known.GetValue(matrix, static _ => new MatrixAtom?[4]);
        lock (atoms) return atoms[(int)kind] ??= new MatrixAtom(kind, matrix);
    }

    public MatrixScalar ToScalar() => MatrixScalar.Of(Symbol, new Dictionary<Symbol, MatrixAtom> { [Symbol] = this });
}

/// <summary>Walks matrix formulas through their scalars, each node once; nesting is limited where nodes are made, so recursion is safe.</summary>
internal static class MatrixGraph
{
    /// <summary>Matrices and atoms, operands before what uses them.</summary>
    public static List<object> PostOrder(MatrixExpr root)
    {
        var order = new List<object>();
        Visit(root, order, []);
        return order;
    }

    /// <summary>Matrices and atoms, operands before what uses them.</summary>
    public static List<object> PostOrder(MatrixScalar root)
    {
        var order = new List<object>();
        var seen = new HashSet<object>();
        foreach (var atom in root.Atoms.Values) Visit(atom, order, seen);
        return order;
    }

    public static IReadOnlyList<MatrixSymbol> SymbolsOf(List<object> order)
    {
        var symbols = order.OfType<MatrixSymbol>().ToList();
        symbols.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return symbols.AsReadOnly();
    }

    private static void Visit(object node, List<object> order, HashSet<object> seen)
    {
        if (!seen.Add(node)) return;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (node is MatrixExpr matrix)
        {
            foreach (var arg in matrix.Args) Visit(arg, order, seen);
            if (matrix is MatrixScaled scaled)
            {
                foreach (var atom in scaled.Coefficient.Atoms.Values) Visit(atom, order, seen);
            }
        }
        else if (node is MatrixAtom atom)
        {
            Visit(atom.Matrix, order, seen);
        }

        order.Add(node);
    }
}
