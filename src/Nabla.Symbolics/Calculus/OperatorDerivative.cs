namespace Nabla.Symbolics;

/// <summary>Derivatives of elements of arrays, and of sums and products over an index.</summary>
internal static class OperatorDerivative
{
    /// <summary>1 if the two are the same element, 0 if they are not; a product of Kronecker deltas if that depends on the indices.</summary>
    public static Expr Delta(Indexed element, Indexed x)
    {
        if (!element.Base.Equals(x.Base) || element.Args.Length != x.Args.Length) return Number.Zero;
        var factors = new Expr[x.Args.Length];
        for (var i = 0; i < factors.Length; i++) factors[i] = Functions.KroneckerDelta(element.Args[i], x.Args[i]);
        return Product.Of(factors);
    }

    /// <summary>The derivative with respect to a symbol or an element; null for 0.</summary>
    /// <param name="big">The operator.</param>
    /// <param name="x">The variable.</param>
    /// <param name="varies">Whether an operand of the operator, one of its bounds, depends on <paramref name="x"/>.</param>
    /// <exception cref="NotSupportedException">A bound depends on the variable.</exception>
    public static Expr? Of(BigOperator big, Expr x, Func<Expr, bool> varies)
    {
        foreach (var bound in big.Args)
        {
            if (varies(bound))
            {
                throw new NotSupportedException(
                    $"Diff: the bound {bound} of the {big.Kind} over {big.Index.Name} depends on {x}, and no derivative with respect to a bound exists.");
            }
        }

        var body = big.Body;
        var derivative = ForwardDerivative.Of(body, x);
        if (derivative is Number { IsZero: true }) return null;
        if (big.IsSum) return BigOperator.Of(isSum: true, derivative, big.Index, big.Lower, big.Upper);
        return (body.Facts & Assumptions.NonZero) != 0
            ? big * BigOperator.Of(isSum: true, derivative / body, big.Index, big.Lower, big.Upper)
            : OfProduct(big, derivative);
    }

    public static NotSupportedException ByIndex(Indexed element, Expr index, Expr x) => new(
        $"Diff: the index {index} of {element} depends on {x}, and no derivative with respect to an index exists.");

    // The sum over k of body'(k) times the product of all other factors: right also where a factor is 0.
    private static Expr OfProduct(BigOperator big, Expr derivative)
    {
        var other = Symbol.Fresh(big.Index.Name, big.Index.Assumptions);
        var rest = Functions.Select(Functions.Equal(other, big.Index), Number.One, big.BodyAt(other));
        var others = BigOperator.Of(isSum: false, rest, other, big.Lower, big.Upper);
        return BigOperator.Of(isSum: true, derivative * others, big.Index, big.Lower, big.Upper);
    }
}
