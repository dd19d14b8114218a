namespace Nabla.Symbolics;

/// <summary>
/// Replaces subterms by rebuilding the graph from its leaves, each node once. What a sum or product over an index is applied to is
/// rebuilt likewise; its index is out of reach, and is renamed first where a replacement contains it.
/// </summary>
internal static class Substitution
{
    public static Expr Apply(Expr root, IReadOnlyDictionary<Expr, Expr> replacements)
    {
        if (replacements.Count == 0) return root;
        var mask = 0UL;
        if (root.Nesting > 0)
        {
            foreach (var (term, replacement) in replacements) mask |= term.SymbolMask | replacement.SymbolMask;
        }

        return Apply(root, replacements, mask, []);
    }

    private static Expr Apply(Expr root, IReadOnlyDictionary<Expr, Expr> replacements, ulong mask, Dictionary<Expr, Expr> images)
    {
        foreach (var node in Traversal.PostOrder([root]))
        {
            if (!images.ContainsKey(node)) images[node] = Image(node, replacements, mask, images);
        }

        return images[root];
    }

    private static Expr Image(Expr node, IReadOnlyDictionary<Expr, Expr> replacements, ulong mask, Dictionary<Expr, Expr> images)
    {
        if (replacements.TryGetValue(node, out var replacement)) return replacement;

        // x*y is a subterm of 2*x*y although no operand list shows it.
        if (node is Product product && !ReferenceEquals(product.Core, product) && replacements.TryGetValue(product.Core, out var core))
        {
            return product.Coefficient * core;
        }

        if (node is BigOperator big) return ImageOf(big, replacements, mask, images);
        return WithOperands(node, images);
    }

    /// <summary>The node with the images of its operands.</summary>
    internal static Expr WithOperands(Expr node, Dictionary<Expr, Expr> images)
    {
        var args = node.Args;
        Expr[]? changed = null;
        for (var i = 0; i < args.Length; i++)
        {
            var image = images[args[i]];
            if (changed is null && ReferenceEquals(image, args[i])) continue;
            changed ??= [.. args];
            changed[i] = image;
        }

        return changed is null ? node : Rebuild(node, changed);
    }

    private static Expr ImageOf(BigOperator big, IReadOnlyDictionary<Expr, Expr> replacements, ulong mask, Dictionary<Expr, Expr> images)
    {
        var (lower, upper) = (images[big.Lower], images[big.Upper]);
        if ((big.Index.SymbolMask & mask) == 0) return big.With(Apply(big.Body, replacements, mask, images), lower, upper);
        var fresh = Symbol.Fresh(big.Index.Name, big.Index.Assumptions);
        var renamed = new Dictionary<Expr, Expr> { [big.Index] = fresh };
        var body = Apply(big.Body, renamed, big.Index.SymbolMask | fresh.SymbolMask, []);
        var image = Apply(body, replacements, mask, []);
        return ReferenceEquals(image, body) && ReferenceEquals(lower, big.Lower) && ReferenceEquals(upper, big.Upper)
            ? big
            : BigOperator.Of(big.IsSum, image, fresh, lower, upper);
    }

    private static Expr Rebuild(Expr node, Expr[] args) => node switch
    {
        Sum => Sum.Of(args),
        Product => Product.Of(args),
        Call call => Call.Of(call.Primitive, args),
        Indexed indexed => Indexed.Of(indexed.Base, args),
        _ => node,
    };
}
