using System.Runtime.InteropServices;

namespace Nabla.Symbolics;

/// <summary>
/// All partial derivatives by one sweep from the result to the symbols: each node passes its adjoint, once complete, to its operands.
/// </summary>
internal static class ReverseDerivative
{
    public static Expr[] Of(Expr root, ReadOnlySpan<Symbol> symbols)
    {
        var gradient = new Expr[symbols.Length];
        gradient.AsSpan().Fill(Number.Zero);
        if (symbols.Length == 0) return gradient;
        var mask = 0UL;
        foreach (var symbol in symbols)
        {
            ArgumentNullException.ThrowIfNull(symbol, nameof(symbols));
            mask |= symbol.SymbolMask;
        }

        var varying = new HashSet<Expr>();
        foreach (var symbol in symbols) varying.Add(symbol);
        var order = KnownDerivative.PostOrder(root, mask);
        foreach (var node in order)
        {
            foreach (var arg in KnownDerivative.OperandsOf(node))
            {
                if (varying.Contains(arg))
                {
                    varying.Add(node);
                    break;
                }
            }

            // The body of an operator over an index is differentiated as a whole, by each symbol that it may contain.
            if (node is BigOperator big && (big.Body.SymbolMask & mask) != 0) varying.Add(node);
        }

        var products = new SubproductIndex(order);
        var adjoints = new Dictionary<Expr, List<PendingProduct>> { [root] = [PendingProduct.One] };
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var node = order[i];
            if (node is Symbol || !varying.Contains(node) || !adjoints.Remove(node, out var contributions)) continue;
            if (node is BigOperator big) PassOperator(big, PendingProduct.Sum(contributions), symbols, varying, adjoints);
            else if (node is Product product && KnownDerivative.Of(node) is null && products.LargestWithin(product) is { } within) PassWithin(product, within, PendingProduct.Sum(contributions), varying, adjoints);
            else Pass(node, PendingProduct.Sum(contributions), varying, adjoints);
        }

        for (var i = 0; i < symbols.Length; i++)
        {
            if (adjoints.TryGetValue(symbols[i], out var contributions)) gradient[i] = PendingProduct.Sum(contributions).Value;
        }

        return gradient;
    }

    private static void Pass(Expr node, PendingProduct adjoint, HashSet<Expr> varying, Dictionary<Expr, List<PendingProduct>> adjoints)
    {
        var known = KnownDerivative.Of(node);
        var operands = known?.Operands ?? node.Args;
        var receivers = 0;
        foreach (var operand in operands)
        {
            if (varying.Contains(operand)) receivers++;
        }

        if (receivers > 1) adjoint.MarkShared();
        for (var i = 0; i < operands.Length; i++)
        {
            var operand = operands[i];
            if (!varying.Contains(operand)) continue;
            var contribution = node switch
            {
                _ when known is not null => PendingProduct.Times(known.Partials[i], adjoint),
                Product product => PendingProduct.Times(product.Without(i), adjoint),
                Call call => PendingProduct.Times(call.Primitive.PartialOf(call.Args, call, i), adjoint),
                _ => adjoint,
            };
            Give(operand, contribution, adjoints);
        }
    }

    // The product is that of a smaller one, which exists, and the rest: the smaller one gets its adjoint as a whole.
    private static void PassWithin(
        Product product, Product within, PendingProduct adjoint, HashSet<Expr> varying, Dictionary<Expr, List<PendingProduct>> adjoints)
    {
        adjoint.MarkShared();
        var rest = SubproductIndex.Rest(product, within);
        if (varying.Contains(within)) Give(within, PendingProduct.Times(rest, adjoint), adjoints);
        var factors = Product.FactorsOf(ref rest);
        for (var i = 0; i < factors.Length; i++)
        {
            if (!varying.Contains(factors[i])) continue;
            var others = rest is Product several ? several.Without(i) : Number.One;
            Give(factors[i], PendingProduct.Times(others * within, adjoint), adjoints);
        }
    }

    private static void Give(Expr operand, PendingProduct? contribution, Dictionary<Expr, List<PendingProduct>> adjoints)
    {
        if (contribution is null) return;
        ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(adjoints, operand, out _);
        (list ??= []).Add(contribution);
    }

    private static void PassOperator(
        BigOperator big, PendingProduct adjoint, ReadOnlySpan<Symbol> symbols, HashSet<Expr> varying, Dictionary<Expr, List<PendingProduct>> adjoints)
    {
        adjoint = PendingProduct.Of(adjoint.Value);
        foreach (var symbol in symbols)
        {
            if (!Traversal.MayContain(big, symbol) || OperatorDerivative.Of(big, symbol, varying.Contains) is not { } partial) continue;
            Give(symbol, PendingProduct.Times(partial, adjoint), adjoints);
        }
    }
}
