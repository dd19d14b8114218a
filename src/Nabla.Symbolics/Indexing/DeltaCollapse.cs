namespace Nabla.Symbolics;

/// <summary>
/// Sums over an index with Kronecker deltas in the body. As B = δ·B₁ + (1 - δ)·B₀ with B₁ and B₀ the body for δ = 1 and δ = 0, the sum
/// of B is that of B₀ plus (B₁ - B₀) at the one index where δ is 1, if that index is in range. Derivatives with respect to an indexed
/// variable have B₀ = 0, so that their sums disappear.
/// </summary>
internal static class DeltaCollapse
{
    /// <summary>The sum without one delta in its body; null if there is none that one value of the index satisfies.</summary>
    public static Expr? TryOf(Expr body, Symbol index, Expr lower, Expr upper)
    {
        if (!Traversal.MayContain(body, index)) return null;
        foreach (var node in Traversal.PostOrder([body], index.SymbolMask))
        {
            if (node is not Call call || call.Primitive != Primitives.KroneckerDelta || Solve(call.Args[0] - call.Args[1], index) is not { } at) continue;
            var without = body.Subs(call, Number.Zero);
            var difference = (body.Subs(call, Number.One) - without).Subs(index, at);
            return BigOperator.Of(isSum: true, without, index, lower, upper) + Functions.Select(InRange(at, lower, upper), difference, 0);
        }

        return null;
    }

    // c + i or c - i, with a whole c, has one zero; 2*i - j need not have any.
    private static Expr? Solve(Expr difference, Symbol index)
    {
        var slope = difference.Diff(index);
        var isUnit = ReferenceEquals(slope, Number.One) || ReferenceEquals(slope, Number.MinusOne);
        return isUnit ? Symbolics.Product.Of([slope, Number.MinusOne, difference.Subs(index, Number.Zero)]) : null;
    }

    private static Expr InRange(Expr at, Expr lower, Expr upper) => Functions.And(AtMost(lower, at), AtMost(at, upper));

    // The difference of two formulas may be known where they are not: n - 2 <= n - 1.
    private static Expr AtMost(Expr a, Expr b)
    {
        var room = b - a;
        if ((room.Facts & Assumptions.NonNegative) != 0) return Number.One;
        return (room.Facts & Assumptions.Negative) == Assumptions.Negative ? Number.Zero : Functions.LessEqual(a, b);
    }
}
