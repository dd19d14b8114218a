namespace Nabla.Symbolics;

/// <summary>
/// How heavy a formula is, written out as a tree: its operations, and a little for what makes one of two equally long forms the plainer
/// one: fewer symbols, log before pow, short numbers. Rules may only lower it, so they cannot go in circles. Known for each node once.
/// </summary>
internal sealed class FormulaWeight
{
    private const double PerSymbol = 0.02;
    private const double PerFunction = 1.04;
    private const double PerPower = 1.02;
    private const double PerDigit = 0.0005;
    private readonly Dictionary<Expr, double> known = [];

    /// <summary>The weight.</summary>
    public double Of(Expr formula)
    {
        foreach (var node in Unseen.Below(formula, known)) known[node] = Own(node);
        return known[formula];
    }

    private double Own(Expr node)
    {
        switch (node)
        {
            case Number number: return OfNumber(number);
            case Constant: return PerSymbol / 2;
            case Symbol: return PerSymbol;
            case Sum:
                var sum = node.Args.Length - 1.0;
                var negatives = 0;
                foreach (var term in node.Args)
                {
                    sum += known[term];
                    if (IsNegated(term))
                    {
                        // A minus sign inside a sum is the subtraction that is counted already.
                        negatives++;
                        if (term is Product { Coefficient: var c } && ReferenceEquals(c, Number.MinusOne)) sum--;
                    }
                }

                return negatives == node.Args.Length ? sum + 1 : sum;
            case Product product: return OfProduct(product);
            case Call call when call.Primitive == Primitives.Pow:
                var inverse = call.Args[1] is Number { IsNegative: true } ? 1 : 0;
                var trivial = ReferenceEquals(call.Args[1], Number.MinusOne);
                return known[call.Args[0]] + inverse + (trivial ? 0 : PerPower + (call.Args[1] is Number exponent ? Digits(exponent) : known[call.Args[1]]));
            default:
                var total = PerFunction;
                foreach (var arg in node.Args) total += known[arg];
                return total;
        }
    }

    private double OfProduct(Product product)
    {
        var (above, below, weight) = (0, 0, 0.0);
        foreach (var factor in product.Args)
        {
            if (factor is Number) continue;
            var inverse = factor is Call { Args: [_, Number { IsNegative: true }] } call && call.Primitive == Primitives.Pow;
            weight += known[factor] - (inverse ? 1 : 0);
            if (inverse) below++;
            else above++;
        }

        var c = product.Coefficient;
        if (ReferenceEquals(c, Number.MinusOne)) weight += 1;
        else if (!c.IsOne)
        {
            weight += Digits(c);
            if (c.IsExact && !c.IsInteger)
            {
                below++;
                if (!Rational.Abs(c.Value).Numerator.IsOne) above++;
            }
            else
            {
                above++;
            }
        }

        // n factors take n - 1 multiplications and divisions; 1/x has the 1 to divide.
        return weight + Math.Max(above, 1) - 1 + below;
    }

    private static double OfNumber(Number number) => Digits(number) + (number.IsExact && !number.IsInteger ? 1 : 0);

    private static double Digits(Number number) => !number.IsExact ? PerDigit * 4
        : PerDigit * (Rational.Abs(number.Value).Numerator.GetBitLength() + number.Value.Denominator.GetBitLength());

    private static bool IsNegated(Expr term) => term is Number { IsNegative: true } or Product { Coefficient.IsNegative: true };
}

/// <summary>The nodes of a formula that a table does not have yet.</summary>
internal static class Unseen
{
    /// <summary>Operands before the nodes that use them; without recursion, and never below a node that is in the table.</summary>
    public static List<Expr> Below<T>(Expr formula, Dictionary<Expr, T> known)
    {
        var order = new List<Expr>();
        if (known.ContainsKey(formula)) return order;
        var seen = new HashSet<Expr> { formula };
        var stack = new Stack<(Expr Node, int Next)>();
        stack.Push((formula, 0));
        while (stack.TryPop(out var top))
        {
            var (node, next) = top;
            var operands = node is Sum or Product or Call ? node.Args.Length : 0;
            while (next < operands && (known.ContainsKey(node.Args[next]) || !seen.Add(node.Args[next]))) next++;
            if (next == operands)
            {
                order.Add(node);
                continue;
            }

            stack.Push((node, next + 1));
            stack.Push((node.Args[next], 0));
        }

        return order;
    }
}
