namespace Nabla.Symbolics;

/// <summary>Makes a node again from changed operands. Nodes that bind symbols or index arrays are left as they are: for algebra they are variables.</summary>
internal static class Rebuilding
{
    /// <summary>The node with its operands replaced by their images.</summary>
    public static Expr WithOperands(Expr node, Dictionary<Expr, Expr> images)
    {
        if (node is not (Sum or Product or Call)) return node;
        Expr[]? changed = null;
        for (var i = 0; i < node.Args.Length; i++)
        {
            var image = images[node.Args[i]];
            if (changed is null && ReferenceEquals(image, node.Args[i])) continue;
            changed ??= [.. node.Args];
            changed[i] = image;
        }

        return changed is null ? node : WithOperands(node, changed);
    }

    /// <summary>A node of the same kind with these operands.</summary>
    public static Expr WithOperands(Expr node, Expr[] operands) => node switch
    {
        Sum => Sum.Of(operands),
        Product => Product.Of(operands),
        Call call => Call.Of(call.Primitive, operands),
        _ => node,
    };
}
