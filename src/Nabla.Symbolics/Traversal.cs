namespace Nabla.Symbolics;

/// <summary>Walks the graph without recursion, so that formulas may be 100,000 levels deep, and meets each node once.</summary>
internal static class Traversal
{
    /// <summary>
    /// All nodes below the roots, operands before the nodes that use them. Nodes without a symbol of <paramref name="mask"/> are left
    /// out, together with everything below them.
    /// </summary>
    public static List<Expr> PostOrder(ReadOnlySpan<Expr> roots, ulong mask = 0) => PostOrder(roots, mask, static node => node.Args);

    /// <summary>The same for a graph in which other operands than those of the formula lead down.</summary>
    public static List<Expr> PostOrder(ReadOnlySpan<Expr> roots, ulong mask, Func<Expr, Expr[]> operandsOf)
    {
        var order = new List<Expr>();
        var seen = new HashSet<Expr>();
        var stack = new Stack<(Expr Node, Expr[] Operands, int Next)>();
        foreach (var root in roots)
        {
            if (Skips(root, mask) || !seen.Add(root)) continue;
            stack.Push((root, operandsOf(root), 0));
            while (stack.TryPop(out var top))
            {
                var (node, operands, next) = top;
                while (next < operands.Length && (Skips(operands[next], mask) || !seen.Add(operands[next]))) next++;
                if (next == operands.Length)
                {
                    order.Add(node);
                    continue;
                }

                stack.Push((node, operands, next + 1));
                stack.Push((operands[next], operandsOf(operands[next]), 0));
            }
        }

        return order;
    }

    public static Symbol[] FreeSymbols(Expr root)
    {
        var symbols = new List<Symbol>();
        if (root.SymbolMask != 0)
        {
            foreach (var node in PostOrder([root], ulong.MaxValue))
            {
                if (node is Symbol symbol) symbols.Add(symbol);
            }
        }

        symbols.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return [.. symbols];
    }

    private static bool Skips(Expr node, ulong mask) => mask != 0 && (node.SymbolMask & mask) == 0;
}
