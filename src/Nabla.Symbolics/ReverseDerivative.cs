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

        var adjoints = new Dictionary<Expr, List<PendingProduct>> { [root] = [PendingProduct.One] };
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var node = order[i];
            if (node is Symbol || !varying.Contains(node) || !adjoints.Remove(node, out var contributions)) continue;
            if (node is BigOperator big) PassOperator(big, Total(contributions), symbols, varying, adjoints);
            else Pass(node, Total(contributions), varying, adjoints);
        }

        for (var i = 0; i < symbols.Length; i++)
        {
            if (adjoints.TryGetValue(symbols[i], out var contributions)) gradient[i] = Total(contributions).Value;
        }

        return gradient;
    }

    private static void Pass(Expr node, PendingProduct adjoint, HashSet<Expr> varying, Dictionary<Expr, List<PendingProduct>> adjoints)
    {
        // What several operands share is multiplied once, here, and not along each of their paths.
        var known = KnownDerivative.Of(node);
        var operands = known?.Operands ?? node.Args;
        var receivers = 0;
        foreach (var operand in operands)
        {
            if (varying.Contains(operand)) receivers++;
        }

        if (receivers > 1) adjoint = PendingProduct.Of(adjoint.Value);
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
            if (contribution is null) continue;
            ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(adjoints, operand, out _);
            (list ??= []).Add(contribution);
        }
    }

    private static void PassOperator(
        BigOperator big, PendingProduct adjoint, ReadOnlySpan<Symbol> symbols, HashSet<Expr> varying, Dictionary<Expr, List<PendingProduct>> adjoints)
    {
        adjoint = PendingProduct.Of(adjoint.Value);
        foreach (var symbol in symbols)
        {
            if (!Traversal.MayContain(big, symbol) || OperatorDerivative.Of(big, symbol, varying.Contains) is not { } partial) continue;
            if (PendingProduct.Times(partial, adjoint) is not { } contribution) continue;
            ref var list = ref CollectionsMarshal.GetValueRefOrAddDefault(adjoints, symbol, out _);
            (list ??= []).Add(contribution);
        }
    }

    private static PendingProduct Total(List<PendingProduct> contributions)
    {
        if (contributions.Count == 1) return contributions[0];
        var values = new Expr[contributions.Count];
        for (var i = 0; i < values.Length; i++) values[i] = contributions[i].Value;
        return PendingProduct.Of(Sum.Of(values));
    }
}
