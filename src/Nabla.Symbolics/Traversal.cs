namespace Nabla.Symbolics;

/// <summary>Walks the graph without recursion, so that formulas may be 100,000 levels deep, and meets each node once.</summary>
internal static class Traversal
{
    /// <summary>
    /// All nodes below the roots, operands before the nodes that use them. Nodes without a symbol of <paramref name="mask"/> are left
    /// out, together with everything below them.
    /// </summary>
    public static List<Expr> PostOrder(ReadOnlySpan<Expr> roots, ulong mask = 0)
    {
        var order = new List<Expr>();
        var seen = new HashSet<Expr>();
        var stack = new Stack<(Expr Node, int Next)>();
        foreach (var root in roots)
        {
            if (Skips(root, mask) || !seen.Add(root)) continue;
            stack.Push((root, 0));
            while (stack.TryPop(out var top))
            {
                var (node, next) = top;
                while (next < node.Args.Length && (Skips(node.Args[next], mask) || !seen.Add(node.Args[next]))) next++;
                if (next == node.Args.Length)
                {
                    order.Add(node);
                    continue;
                }

                stack.Push((node, next + 1));
                stack.Push((node.Args[next], 0));
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
