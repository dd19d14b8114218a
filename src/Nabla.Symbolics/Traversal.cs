namespace Nabla.Symbolics;

/// <summary>Walks the graph without recursion, so that formulas may be 100,000 levels deep, and meets each node once.</summary>
internal static class Traversal
{
    /// <summary>
    /// All nodes below the roots, operands before the nodes that use them. Nodes without a symbol of <paramref name="mask"/> are left
    /// out, together with everything below them.
    /// </summary>
    public static List<Expr> PostOrder(ReadOnlySpan<Expr> roots, ulong mask = 0) => PostOrder(roots, mask, intoBodies: false);

    /// <summary>As <see cref="PostOrder(ReadOnlySpan{Expr}, ulong)"/>, and what sums and products over an index are applied to.</summary>
    public static List<Expr> PostOrderWithBodies(Expr root) => PostOrder([root], 0, intoBodies: true);

    private static List<Expr> PostOrder(ReadOnlySpan<Expr> roots, ulong mask, bool intoBodies)
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
                var children = node.Args.Length + (intoBodies && node is BigOperator ? 1 : 0);
                while (next < children && (Skips(Child(node, next), mask) || !seen.Add(Child(node, next)))) next++;
                if (next == children)
                {
                    order.Add(node);
                    continue;
                }

                stack.Push((node, next + 1));
                stack.Push((Child(node, next), 0));
            }
        }

        return order;
    }

    /// <summary>The symbols of a formula by name. The index of an operator is free in its body and nowhere else.</summary>
    public static Symbol[] FreeSymbols(Expr root)
    {
        var symbols = new List<Symbol>();
        if (root.SymbolMask != 0) symbols.AddRange(FreeSymbolSet(root, []));
        symbols.Sort(Symbol.Compare);
        return [.. symbols];
    }

    /// <summary>The elements of arrays, also inside sums and products, in canonical order.</summary>
    public static Indexed[] IndexedVariables(Expr root)
    {
        var found = new List<Indexed>();
        foreach (var node in PostOrderWithBodies(root))
        {
            if (node is Indexed indexed) found.Add(indexed);
        }

        found.Sort(CanonicalOrder.Compare);
        return [.. found];
    }

    /// <summary>Whether the symbol occurs free.</summary>
    public static bool Contains(Expr root, Symbol symbol) => MayContain(root, symbol) && FreeSymbolSet(root, []).Contains(symbol);

    /// <summary>False proves that the symbol does not occur.</summary>
    public static bool MayContain(Expr root, Symbol symbol) => (root.SymbolMask & symbol.SymbolMask) != 0;

    private static HashSet<Symbol> FreeSymbolSet(Expr root, Dictionary<BigOperator, HashSet<Symbol>> ofBodies)
    {
        var symbols = new HashSet<Symbol>();
        foreach (var node in PostOrder([root], ulong.MaxValue))
        {
            if (node is Symbol symbol) symbols.Add(symbol);
            if (node is not BigOperator big) continue;
            if (!ofBodies.TryGetValue(big, out var inside))
            {
                inside = FreeSymbolSet(big.Body, ofBodies);
                inside.Remove(big.Index);
                ofBodies[big] = inside;
            }

            symbols.UnionWith(inside);
        }

        return symbols;
    }

    private static Expr Child(Expr node, int index) => index < node.Args.Length ? node.Args[index] : ((BigOperator)node).Body;

    private static bool Skips(Expr node, ulong mask) => mask != 0 && (node.SymbolMask & mask) == 0;
}
