using static Nabla.Symbolics.Assumptions;

namespace Nabla.Symbolics;

/// <summary>
/// What the assumptions of symbols imply for a formula: its sign, and whether it is a whole number. Each node is looked at once and keeps
/// the answer. A fact is claimed only if it holds wherever the formula has a value; nothing is ever decided numerically.
/// </summary>
internal static class KnownFacts
{
    /// <summary>Marks a node whose facts are known.</summary>
    public const int Computed = 1 << 16;

    private const Assumptions Signs = NonNegative | NonPositive | NonZero;

    public static Assumptions Of(Expr root)
    {
        if (root.FactsCache != 0) return Cached(root);
        var stack = new Stack<Expr>();
        stack.Push(root);
        while (stack.TryPeek(out var node))
        {
            var ready = node.FactsCache == 0;
            if (ready)
            {
                foreach (var child in node.Args) Require(child);
                if (node is BigOperator big) Require(big.Body);
            }

            if (stack.Peek() != node) continue;
            stack.Pop();
            if (ready) node.FactsCache = (int)Normal(FactsOf(node)) | Computed;
        }

        return Cached(root);

        void Require(Expr child)
        {
            if (child.FactsCache == 0) stack.Push(child);
        }
    }

    private static Assumptions Cached(Expr node) => (Assumptions)(node.FactsCache & ~Computed);

    // A number that is both not below and not above 0 is 0: then "not zero" can only come from a formula without any value.
    private static Assumptions Normal(Assumptions facts) => (facts & Signs) == Signs ? facts & Integer : facts;

    private static Assumptions FactsOf(Expr node) => node switch
    {
        Number number => OfNumber(number),
        Constant => Positive,
        Symbol symbol => symbol.Assumptions,
        Symbolics.Sum => OfSum(node.Args),
        Product => OfProduct(node.Args),
        Call call => OfCall(call),
        BigOperator big => OfOperator(big),
        _ => Real,
    };

    private static Assumptions OfNumber(Number number)
    {
        var value = number.ToDouble();
        if (double.IsNaN(value)) return Real;
        var whole = number.IsInteger ? Integer : Real;
        return whole | (number.IsZero ? NonNegative | NonPositive : number.IsNegative ? Negative : Positive);
    }

    private static Assumptions OfSum(Expr[] terms)
    {
        var common = NonNegative | NonPositive | Integer;
        var anyNonZero = false;
        foreach (var term in terms)
        {
            common &= Cached(term);
            anyNonZero |= (Cached(term) & NonZero) != 0;
        }

        // Terms of one sign do not cancel.
        return anyNonZero && (common & (NonNegative | NonPositive)) != 0 ? common | NonZero : common;
    }

    private static Assumptions OfProduct(Expr[] factors)
    {
        var result = Positive | Integer;
        foreach (var factor in factors) result = Multiply(result, Cached(factor));
        return result;
    }

    private static Assumptions Multiply(Assumptions a, Assumptions b)
    {
        var result = a & b & (NonZero | Integer);
        if (Has(a, NonNegative) && Has(b, NonNegative)) result |= NonNegative;
        if (Has(a, NonPositive) && Has(b, NonPositive)) result |= NonNegative;
        if (Has(a, NonNegative) && Has(b, NonPositive)) result |= NonPositive;
        if (Has(a, NonPositive) && Has(b, NonNegative)) result |= NonPositive;
        return result;
    }

    private static Assumptions OfCall(Call call)
    {
        if (call.Primitive == Primitives.Pow) return OfPower(call.Args[0], call.Args[1]);
        if (call.Primitive == Primitives.Select) return Cached(call.Args[1]) & Cached(call.Args[2]);
        if (call.Primitive == Primitives.Max) return OfExtremum(Cached(call.Args[0]), Cached(call.Args[1]), NonNegative, NonPositive);
        if (call.Primitive == Primitives.Min) return OfExtremum(Cached(call.Args[0]), Cached(call.Args[1]), NonPositive, NonNegative);
        if (call.Primitive.IsTruth) return NonNegative | Integer;
        var x = Cached(call.Args[0]);
        return call.Primitive.Range switch
        {
            PrimitiveRange.KeepsSign => x & Signs,
            PrimitiveRange.Rounds => (x & (NonNegative | NonPositive)) | Integer,
            PrimitiveRange.Sign => (x & Signs) | Integer,
            PrimitiveRange.Magnitude => NonNegative | (x & (NonZero | Integer)),
            PrimitiveRange.NonNegative => NonNegative,
            PrimitiveRange.Positive => Positive,
            PrimitiveRange.PositiveAbove0 => Has(x, Positive) ? Positive : Real,
            PrimitiveRange.PositiveOfLast => Has(Cached(call.Args[^1]), Positive) ? Positive : Real,
            _ => Real,
        };
    }

    private static Assumptions OfPower(Expr @base, Expr exponent)
    {
        var (x, y) = (Cached(@base), Cached(exponent));
        if (Has(x, Positive)) return Positive | (Has(y, Integer | NonNegative) ? x & Integer : Real);
        if (exponent is not Number { IsExact: true } number) return Has(x, NonNegative) ? NonNegative : Real;
        var result = x & NonZero;

        // 0 to a negative power has no finite value, and infinity is not zero.
        if (number.IsNegative) result |= NonZero;
        if (!number.IsInteger) return Has(x, NonNegative) || number.Value.Denominator.IsEven ? result | NonNegative : result;
        if (!number.IsNegative) result |= x & Integer;
        return number.Value.Numerator.IsEven ? result | NonNegative : result | (x & (NonNegative | NonPositive));
    }

    // max is at least each argument; it is not above 0 only if none is. For min the signs change places.
    private static Assumptions OfExtremum(Assumptions a, Assumptions b, Assumptions upward, Assumptions downward)
    {
        var result = a & b & (NonZero | Integer | downward);
        result |= (a | b) & upward;
        if (Has(a, upward | NonZero) || Has(b, upward | NonZero)) result |= NonZero;
        return result;
    }

    // An empty sum is 0, an empty product 1.
    private static Assumptions OfOperator(BigOperator big)
    {
        var body = Cached(big.Body);
        if (big.IsSum) return body & (NonNegative | NonPositive | Integer);
        return (body & (NonZero | Integer)) | (Has(body, NonNegative) ? NonNegative : Real);
    }

    private static bool Has(Assumptions facts, Assumptions wanted) => (facts & wanted) == wanted;
}
