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
    private const double Inside = 1.001;
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
        var weight = node switch
        {
            Number number => OfNumber(number),
            Constant => PerSymbol / 2,
            Sum => node.Args.Length - 1,
            Product { Coefficient: var c } => node.Args.Length - (ReferenceEquals(c, Number.MinusOne) ? 2 - PerSymbol : 1),
            Call call when call.Primitive == Primitives.Pow => PerPower,
            Call => PerFunction,
            _ => PerSymbol,
        };
        if (node is not (Sum or Product or Call)) return weight;
        var inside = 0.0;
        foreach (var operand in node.Args) inside += known[operand];

        // What stands inside a function weighs a little more, so that -sin(x) is preferred to sin(-x) and 3*log(x) to log(x^3).
        return weight + (node is Call ? inside * Inside : inside);
    }

    private static double OfNumber(Number number) => (PerSymbol / 4) + Digits(number);

    private static double Digits(Number number) => !number.IsExact ? PerDigit * 4
        : PerDigit * (Rational.Abs(number.Value).Numerator.GetBitLength() + number.Value.Denominator.GetBitLength());
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
