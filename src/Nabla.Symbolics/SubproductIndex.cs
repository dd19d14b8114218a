using System.Runtime.InteropServices;

namespace Nabla.Symbolics;

/// <summary>
/// Finds in a graph the products that others contain: a*b within a*b*c, which flattening has hidden. A reverse sweep that passes an
/// adjoint to a*b as a whole does once what it would do for a and for b along each of the longer products.
/// </summary>
internal sealed class SubproductIndex
{
    private readonly Dictionary<long, Product> byFactors = [];
    private readonly Dictionary<Expr, int> positions = [];

    /// <param name="order">The nodes, operands first.</param>
    public SubproductIndex(List<Expr> order)
    {
        for (var i = 0; i < order.Count; i++)
        {
            if (order[i] is not Product product) continue;
            positions[product] = i;
            if (product.Coefficient.IsOne) byFactors.TryAdd(HashOf(product.Args), product);
        }
    }

    /// <summary>The largest product of the graph below this one that it contains: all factors but one, or the first ones; null if there is none.</summary>
    public Product? LargestWithin(Product product)
    {
        var factors = product.Coefficient.IsOne ? product.Args : product.Args.AsSpan(1);
        var position = positions[product];
        var hash = HashOf(factors);
        for (var i = factors.Length - 1; i >= 0 && factors.Length > 2; i--)
        {
            if (byFactors.TryGetValue(hash - Spread(factors[i]), out var found) && IsWithin(found, factors, factors.Length - 1, position)) return found;
        }

        for (var length = factors.Length - 1; length >= 2; length--)
        {
            hash -= Spread(factors[length]);
            if (byFactors.TryGetValue(hash, out var found) && IsWithin(found, factors, length, position)) return found;
        }

        return null;
    }

    /// <summary>The product divided by one that it contains.</summary>
    public static Expr Rest(Product product, Product within)
    {
        var rest = new List<Expr>();
        var next = 0;
        foreach (var factor in product.Args)
        {
            if (next < within.Args.Length && ReferenceEquals(within.Args[next], factor)) next++;
            else rest.Add(factor);
        }

        return Product.Of(CollectionsMarshal.AsSpan(rest));
    }

    // Both lists are in canonical order.
    private bool IsWithin(Product found, ReadOnlySpan<Expr> factors, int length, int position)
    {
        if (found.Args.Length != length || positions[found] >= position) return false;
        var next = 0;
        foreach (var factor in factors)
        {
            if (next < length && ReferenceEquals(found.Args[next], factor)) next++;
        }

        return next == length;
    }

    private static long HashOf(ReadOnlySpan<Expr> factors)
    {
        var hash = 0L;
        foreach (var factor in factors) hash += Spread(factor);
        return hash;
    }

    private static long Spread(Expr factor) => (factor.Hash * -7046029254386353131L) ^ ((long)factor.Depth << 40);
}
