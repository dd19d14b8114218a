namespace Nabla.Symbolics;

/// <summary>Multiplies a formula out from its leaves upwards, each node once.</summary>
internal sealed class Expansion(ExpandOptions options, WorkBudget budget)
{
    /// <summary>sin(n*a) is written out for multiples up to this one.</summary>
    private const int LargestMultiple = 32;

    /// <summary>The expanded formula.</summary>
    /// <exception cref="WorkBudgetException">There are too many terms, or the budget is used up.</exception>
    public Expr Of(Expr root)
    {
        var images = new Dictionary<Expr, Expr>();
        foreach (var node in Traversal.PostOrder([root]))
        {
            budget.Spend(1);
            images[node] = Image(Rebuilding.WithOperands(node, images));
        }

        return images[root];
    }

    private Expr Image(Expr node)
    {
        switch (node)
        {
            case Product product:
                return HasSum(product) ? MultiplyOut(product) : product;
            case Call { Args: [Sum @base, Number { IsInteger: true } exponent] } call when call.Primitive == Primitives.Pow:
                if (!exponent.IsNegative) return MultiplyOut(call);
                var positive = Power.Of(@base, Number.Negate(exponent));
                return Power.Of(positive is Sum ? positive : MultiplyOut(positive), Number.MinusOne);
            case Call call:
                return Split(call) is { } split && !ReferenceEquals(split, call) ? Of(split) : call;
            default:
                return node;
        }
    }

    private static bool HasSum(Product product)
    {
        foreach (var factor in product.Args)
        {
            if (factor is Sum || (factor is Call { Args: [Sum, Number { IsInteger: true, IsNegative: false }] } call && call.Primitive == Primitives.Pow)) return true;
        }

        return false;
    }

    private Expr MultiplyOut(Expr node)
    {
        foreach (var factor in Product.FactorsOf(ref node))
        {
            // A power of a sum has more terms than its exponent.
            if (Power.BaseOf(factor) is Sum && Math.Abs(Power.ExponentOf(factor).ToDouble()) > options.MaxTerms) throw new WorkBudgetException();
        }

        if (PolynomialRing.Of(node, PolynomialReading.Laurent, budget) is not { } ring) return node;
        var value = ring.Read(node, budget).Numerator;
        if (value.Terms.Length > options.MaxTerms) throw new WorkBudgetException();
        budget.Spend(value.Terms.Length);
        return ring.Write(value);
    }

    // ---- Laws of functions ----------------------------------------------------------------------------------------------------

    private Expr? Split(Call call)
    {
        var function = call.Primitive;
        if (options.Exponentials && function == Primitives.Exp && call.Args[0] is Sum exponent) return ProductOver(exponent, Functions.Exp);
        if (options.Exponentials && function == Primitives.Pow && call.Args[1] is Sum power)
        {
            return ProductOver(power, term => Power.Of(call.Args[0], term));
        }

        if (options.Logarithms && function == Primitives.Log) return SplitLogarithm(call.Args[0]);
        if (!options.Trigonometric || call.Args.Length != 1) return null;
        if (function == Primitives.Sin || function == Primitives.Cos) return SplitAngle(function, call.Args[0], Primitives.Sin, Primitives.Cos, -1);
        if (function == Primitives.Sinh || function == Primitives.Cosh) return SplitAngle(function, call.Args[0], Primitives.Sinh, Primitives.Cosh, 1);
        return null;
    }

    private static Expr ProductOver(Sum sum, Func<Expr, Expr> factor)
    {
        var factors = new Expr[sum.Args.Length];
        for (var i = 0; i < factors.Length; i++) factors[i] = factor(sum.Args[i]);
        return Product.Of(factors);
    }

    private static Expr? SplitLogarithm(Expr argument)
    {
        if (argument is Call { Args: [var @base, var exponent] } call && call.Primitive == Primitives.Pow && IsPositive(@base))
        {
            return exponent * Functions.Log(@base);
        }

        if (argument is not Product product) return null;
        var terms = new List<Expr>();
        var rest = new List<Expr>();
        foreach (var factor in product.Args)
        {
            if (IsPositive(factor)) terms.Add(Functions.Log(factor));
            else rest.Add(factor);
        }

        if (terms.Count == 0 || (terms.Count == 1 && rest.Count == 0)) return null;
        if (rest.Count > 0) terms.Add(Functions.Log(Product.Of([.. rest])));
        return Sum.Of([.. terms]);
    }

    private static bool IsPositive(Expr value) => Signs.IsPositive(value);

    // sin(a + b) = sin a cos b + cos a sin b; the sign tells cos(a + b) = cos a cos b - sin a sin b from cosh's plus.
    private static Expr? SplitAngle(Primitive function, Expr argument, Primitive odd, Primitive even, int sign)
    {
        Expr first, rest;
        if (argument is Sum sum)
        {
            first = sum.Args[0];
            rest = Sum.Of(sum.Args.AsSpan(1));
        }
        else if (argument is Product { Coefficient: { IsInteger: true } times } product && !times.IsOne
            && times.Value.TryGetSmall(out var count, out _) && Math.Abs(count) <= LargestMultiple)
        {
            if (count < 0) return function == odd ? -odd.Apply(-argument) : even.Apply(-argument);
            first = product.Core;
            rest = Number.Of(count - 1) * first;
        }
        else
        {
            return null;
        }

        var (s, c, t, d) = (odd.Apply(first), even.Apply(first), odd.Apply(rest), even.Apply(rest));
        return function == odd ? (s * d) + (c * t) : (c * d) + (sign * (s * t));
    }
}
