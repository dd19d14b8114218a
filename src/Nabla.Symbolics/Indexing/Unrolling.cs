namespace Nabla.Symbolics;

/// <summary>Writes out sums and products over an index with numeric bounds; the inner ones of the result are written out too.</summary>
internal static class Unrolling
{
    public static Expr Of(Expr root) => root.Nesting == 0 ? root : Of(root, []);

    private static Expr Of(Expr root, Dictionary<Expr, Expr> images)
    {
        var replacements = new Dictionary<Expr, Expr>();
        foreach (var node in Traversal.PostOrder([root]))
        {
            if (node is BigOperator big) replacements[big] = OfOperator(big, images);
        }

        return root.Subs(replacements);
    }

    private static Expr OfOperator(BigOperator big, Dictionary<Expr, Expr> images)
    {
        if (images.TryGetValue(big, out var image)) return image;
        var lower = big.Lower.Nesting == 0 ? big.Lower : Of(big.Lower, images);
        var upper = big.Upper.Nesting == 0 ? big.Upper : Of(big.Upper, images);
        if (big.With(big.Body, lower, upper) is not BigOperator bounded)
        {
            image = big.With(big.Body, lower, upper);
        }
        else if (bounded.NumericBounds is { } bounds)
        {
            // The bounds of inner operators may depend on the index: they are numbers only now.
            var terms = bounded.WriteOut(bounds.First, bounds.Last);
            image = terms.Nesting == 0 ? terms : Of(terms, images);
        }
        else
        {
            image = bounded.Body.Nesting == 0 ? bounded : bounded.With(Of(bounded.Body, images), lower, upper);
        }

        images[big] = image;
        return image;
    }
}
