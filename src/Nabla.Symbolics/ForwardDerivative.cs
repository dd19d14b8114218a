using System.Runtime.InteropServices;

namespace Nabla.Symbolics;

/// <summary>The derivative by forward accumulation: each node that contains the symbol is differentiated once, operands first.</summary>
internal static class ForwardDerivative
{
    /// <summary>Products with more factors that vary are differentiated in halves: n·log n operands in all instead of n².</summary>
    private const int LargestExpandedProduct = 8;

    /// <summary>The derivative with respect to a symbol or an element of an array.</summary>
    public static Expr Of(Expr root, Expr x)
    {
        var tangents = new Dictionary<Expr, PendingProduct>();
        foreach (var node in KnownDerivative.PostOrder(root, x is Indexed indexed ? indexed.BaseMask : x.SymbolMask))
        {
            if (TangentOf(node, x, tangents) is { } tangent) tangents[node] = tangent;
        }

        return tangents.TryGetValue(root, out var derivative) ? derivative.Value : Number.Zero;
    }

    private static PendingProduct? TangentOf(Expr node, Expr x, Dictionary<Expr, PendingProduct> tangents) => node switch
    {
        Symbol => ReferenceEquals(node, x) ? PendingProduct.One : null,
        Indexed indexed => OfIndexed(indexed, x, tangents),
        BigOperator big => OperatorDerivative.Of(big, x, tangents.ContainsKey) is { } derivative ? NonZero(derivative) : null,
        _ when KnownDerivative.Of(node) is { } known => OfKnown(known, tangents),
        Sum => OfSum(node.Args, tangents),
        Product product => OfProduct(product, tangents),
        Call call when call.Primitive == Primitives.Select => OfSelect(call, tangents),
        Call call => OfCall(call, tangents),
        _ => null,
    };

    private static PendingProduct? OfIndexed(Indexed element, Expr x, Dictionary<Expr, PendingProduct> tangents)
    {
        foreach (var index in element.Args)
        {
            if (tangents.ContainsKey(index)) throw OperatorDerivative.ByIndex(element, index, x);
        }

        return x is Indexed variable ? NonZero(OperatorDerivative.Delta(element, variable)) : null;
    }

    private static PendingProduct? OfSum(Expr[] terms, Dictionary<Expr, PendingProduct> tangents)
    {
        PendingProduct? only = null;
        List<Expr>? several = null;
        foreach (var term in terms)
        {
            if (tangents.TryGetValue(term, out var tangent)) Collect(tangent, ref only, ref several);
        }

        return Total(only, several);
    }

    private static PendingProduct? OfKnown(KnownDerivative known, Dictionary<Expr, PendingProduct> tangents)
    {
        PendingProduct? only = null;
        List<Expr>? several = null;
        for (var i = 0; i < known.Operands.Length; i++)
        {
            if (!tangents.TryGetValue(known.Operands[i], out var tangent)) continue;
            if (PendingProduct.Times(known.Partials[i], tangent) is { } contribution) Collect(contribution, ref only, ref several);
        }

        return Total(only, several);
    }

    private static PendingProduct? OfCall(Call call, Dictionary<Expr, PendingProduct> tangents)
    {
        PendingProduct? only = null;
        List<Expr>? several = null;
        for (var i = 0; i < call.Args.Length; i++)
        {
            if (!tangents.TryGetValue(call.Args[i], out var tangent)) continue;
            var partial = call.Primitive.PartialOf(call.Args, call, i);
            if (PendingProduct.Times(partial, tangent) is { } contribution) Collect(contribution, ref only, ref several);
        }

        return Total(only, several);
    }

    private static PendingProduct? OfSelect(Call select, Dictionary<Expr, PendingProduct> tangents)
    {
        var taken = tangents.GetValueOrDefault(select.Args[1]);
        var other = tangents.GetValueOrDefault(select.Args[2]);
        return taken is null && other is null
            ? null
            : NonZero(Functions.Select(select.Args[0], taken?.Value ?? Number.Zero, other?.Value ?? Number.Zero));
    }

    private static PendingProduct? OfProduct(Product product, Dictionary<Expr, PendingProduct> tangents)
    {
        var varying = new List<int>();
        for (var i = 0; i < product.Args.Length; i++)
        {
            if (tangents.ContainsKey(product.Args[i])) varying.Add(i);
        }

        if (varying.Count == 0) return null;
        if (varying.Count == 1) return PendingProduct.Times(product.Without(varying[0]), tangents[product.Args[varying[0]]]);
        if (varying.Count > LargestExpandedProduct)
        {
            return NonZero(OfRange(product.Args, 0, product.Args.Length, tangents).Derivative);
        }

        var terms = new List<Expr>(varying.Count);
        foreach (var i in varying) terms.Add(product.Without(i) * tangents[product.Args[i]].Value);
        return NonZero(Sum.Of(CollectionsMarshal.AsSpan(terms)));
    }

    // (L*R)' = L'*R + L*R'; L' is a sum, which a product keeps as one factor.
    private static (Expr Value, Expr Derivative) OfRange(Expr[] factors, int start, int end, Dictionary<Expr, PendingProduct> tangents)
    {
        if (end - start == 1) return (factors[start], tangents.GetValueOrDefault(factors[start])?.Value ?? Number.Zero);
        var middle = (start + end) / 2;
        var left = OfRange(factors, start, middle, tangents);
        var right = OfRange(factors, middle, end, tangents);
        return (left.Value * right.Value, (left.Derivative * right.Value) + (left.Value * right.Derivative));
    }

    private static void Collect(PendingProduct contribution, ref PendingProduct? only, ref List<Expr>? several)
    {
        if (only is null)
        {
            only = contribution;
            return;
        }

        several ??= [only.Value];
        several.Add(contribution.Value);
    }

    private static PendingProduct? Total(PendingProduct? only, List<Expr>? several) =>
        several is null ? only : NonZero(Sum.Of(CollectionsMarshal.AsSpan(several)));

    private static PendingProduct? NonZero(Expr value) => value is Number { IsZero: true } ? null : PendingProduct.Of(value);
}
