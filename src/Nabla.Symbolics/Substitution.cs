namespace Nabla.Symbolics;

/// <summary>Replaces subterms by rebuilding the graph from its leaves, each node once.</summary>
internal static class Substitution
{
    public static Expr Apply(Expr root, IReadOnlyDictionary<Expr, Expr> replacements)
    {
        if (replacements.Count == 0) return root;
        var images = new Dictionary<Expr, Expr>();
        foreach (var node in Traversal.PostOrder([root]))
        {
            images[node] = Image(node, replacements, images);
        }

        return images[root];
    }

    private static Expr Image(Expr node, IReadOnlyDictionary<Expr, Expr> replacements, Dictionary<Expr, Expr> images)
    {
        if (replacements.TryGetValue(node, out var replacement)) return replacement;

        // x*y is a subterm of 2*x*y although no operand list shows it.
        if (node is Product product && !ReferenceEquals(product.Core, product) && replacements.TryGetValue(product.Core, out var core))
        {
            return product.Coefficient * core;
        }

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

    private static Expr Rebuild(Expr node, Expr[] args) => node switch
    {
        Sum => Sum.Of(args),
        Product => Product.Of(args),
        Call call => Call.Of(call.Primitive, args),
        _ => node,
    };
}
