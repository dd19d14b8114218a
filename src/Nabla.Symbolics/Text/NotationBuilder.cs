using System.Globalization;

namespace Nabla.Symbolics;

/// <summary>
/// Lays a formula out as it is written on paper. It calls itself for operands, so formulas deeper or larger than a page are split into
/// shared parts first.
/// </summary>
internal sealed class NotationBuilder
{
    /// <summary>Wider exponents of e are written exp(…).</summary>
    private const double WidestExponent = 30;

    private static readonly Dictionary<string, string> Spellings = new()
    {
        ["asin"] = "arcsin", ["acos"] = "arccos", ["atan"] = "arctan", ["asinh"] = "arsinh", ["acosh"] = "arcosh", ["atanh"] = "artanh",
        ["sign"] = "sgn", ["gamma"] = "Γ",
    };

    // sin²(x) rather than sin(x)².
    private static readonly HashSet<string> PowersOnTheName =
        ["sin", "cos", "tan", "sinh", "cosh", "tanh", "asin", "acos", "atan", "asinh", "acosh", "atanh", "log", "erf", "erfc"];

    private readonly Dictionary<Expr, Notation> built = [];

    /// <summary>The notation of a formula.</summary>
    public Notation Of(Expr node)
    {
        if (built.TryGetValue(node, out var known)) return known;
        return built[node] = node switch
        {
            Number number => OfNumber(number),
            Constant constant => new Mark(MarkKind.Name, ReferenceEquals(constant, Constant.Pi) ? "π" : constant.Name),
            Symbol symbol => OfName(symbol.Name),
            Sum sum => OfSum(sum),
            Product product => OfProduct(product.Coefficient, product),
            Call call => OfCall(call),
            Indexed indexed => new Script(OfName(indexed.Base.Name), OfList(indexed.Args), null, Notation.AtomLevel),
            BigOperator big => OfBigOperator(big),
            _ => throw new NotSupportedException($"The printers know no notation for {node.GetType().Name}."),
        };
    }

    /// <summary>Sets how a node is written, such as a symbol that stands for a determinant.</summary>
    public void Define(Expr node, Notation notation) => built[node] = notation;

    /// <summary>The notation of a symbol's name.</summary>
    public static Notation OfName(string name)
    {
        var parts = SymbolName.Of(name);
        var letter = new Mark(MarkKind.Symbol, parts.Letter);
        var below = parts.Subscript.Length == 0 ? null : new Mark(MarkKind.Symbol, parts.Subscript);
        var above = parts.Primes == 0 ? null : new Mark(MarkKind.Infix, new string('′', parts.Primes));
        return below is null && above is null ? letter : new Script(letter, below, above, above is null ? Notation.AtomLevel : Notation.PowerLevel);
    }

    private Notation Fit(Expr node, int level) => Bracket(Of(node), level);

    private static Notation Bracket(Notation notation, int level) => notation.Level < level ? new Fence(FenceKind.Round, notation) : notation;

    // ---- Numbers --------------------------------------------------------------------------------------------------------------

    private static Notation OfNumber(Number number)
    {
        if (number.IsNegative || (!number.IsExact && number.IsZero)) return new Row(Notation.SumLevel, [Mark.Minus, OfPositive(Number.Negate(number))]);
        return OfPositive(number);
    }

    private static Notation OfPositive(Number number)
    {
        if (number.IsExact)
        {
            return number.IsInteger
                ? new Mark(MarkKind.Number, number.Value.Numerator.ToString(CultureInfo.InvariantCulture))
                : new StackedFraction(
                    new Mark(MarkKind.Number, number.Value.Numerator.ToString(CultureInfo.InvariantCulture)),
                    new Mark(MarkKind.Number, number.Value.Denominator.ToString(CultureInfo.InvariantCulture)));
        }

        if (double.IsNaN(number.ToDouble())) return new Mark(MarkKind.Name, "NaN");
        if (double.IsInfinity(number.ToDouble())) return new Mark(MarkKind.Number, "∞");
        var text = Printer.TextOf(number);
        var e = text.IndexOf('e', StringComparison.Ordinal);
        if (e < 0) return new Mark(MarkKind.Number, text);
        var exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var power = new Script(new Mark(MarkKind.Number, "10"), null, OfNumber(Number.Of(exponent)));
        return new Row(Notation.ProductLevel, [new Mark(MarkKind.Number, text[..e]), Mark.Dot, power]);
    }

    // ---- Sums and products ----------------------------------------------------------------------------------------------------

    private Row OfSum(Sum sum)
    {
        var items = new List<Notation>();
        foreach (var term in Printer.InReadingOrder(sum))
        {
            var negative = Printer.IsNegative(term);
            if (items.Count > 0) items.Add(new Mark(MarkKind.Infix, negative ? "-" : "+"));
            else if (negative) items.Add(Mark.Minus);
            var positive = !negative ? Of(term) : term is Number number ? OfPositive(Number.Negate(number))
                : OfProduct(Number.Negate(((Product)term).Coefficient), (Product)term);
            items.Add(Bracket(positive, negative ? Notation.ProductLevel : Notation.SumLevel));
        }

        return new Row(Notation.SumLevel, items);
    }

    private Notation OfProduct(Number coefficient, Product product)
    {
        if (coefficient.IsNegative) return new Row(Notation.SumLevel, [Mark.Minus, Bracket(OfProduct(Number.Negate(coefficient), product), Notation.ProductLevel)]);
        var above = new List<Expr>();
        var below = new List<Expr>();
        foreach (var factor in product.Args)
        {
            if (factor is Number) continue;
            var exponent = Power.ExponentOf(factor);
            if (exponent.IsNegative) below.Add(Power.Of(Power.BaseOf(factor), Number.Negate(exponent)));
            else above.Add(factor);
        }

        if (coefficient.IsExact && !coefficient.IsInteger)
        {
            below.Insert(0, Number.Of(new Rational(coefficient.Value.Denominator)));
            coefficient = Number.Of(new Rational(coefficient.Value.Numerator));
        }

        if (!coefficient.IsOne || above.Count == 0) above.Insert(0, coefficient);
        return below.Count == 0 ? OfFactors(above) : new StackedFraction(OfFactors(above), OfFactors(below));
    }

    private Notation OfFactors(List<Expr> factors)
    {
        if (factors.Count == 1) return Of(factors[0]);
        var items = new List<Notation>();
        foreach (var factor in factors)
        {
            var next = Fit(factor, Notation.ProductLevel);
            if (items.Count > 0) items.Add(NeedsDot(items[^1], next) ? Mark.Dot : Mark.InvisibleTimes);
            items.Add(next);
        }

        return new Row(Notation.ProductLevel, items);
    }

    // 2·3^x, not 23^x; and f·(x + 1) where f(x + 1) would be a call.
    private static bool NeedsDot(Notation left, Notation right) => right switch
    {
        Mark { Kind: MarkKind.Number } => true,
        Script script => NeedsDot(left, script.Base),
        Row row => NeedsDot(left, row.Items[0]),
        StackedFraction => left is Mark { Kind: MarkKind.Number } or StackedFraction,
        Fence => left is Mark { Kind: MarkKind.Symbol, Text: "Γ" },
        _ => false,
    };

    // ---- Powers and functions -------------------------------------------------------------------------------------------------

    private Notation OfCall(Call call)
    {
        var args = call.Args;
        switch (call.Primitive.Name)
        {
            case "pow": return OfPower(args[0], args[1]);
            case "exp":
                var exponent = Of(args[0]);
                return exponent.Width <= WidestExponent
                    ? new Script(new Mark(MarkKind.Name, "e"), null, exponent)
                    : Applied(new Mark(MarkKind.Name, "exp"), [exponent]);
            case "exp2": return new Script(new Mark(MarkKind.Number, "2"), null, Of(args[0]));
            case "abs": return new Fence(FenceKind.Bars, Of(args[0]));
            case "floor": return new Fence(FenceKind.Floor, Of(args[0]));
            case "ceil": return new Fence(FenceKind.Ceiling, Of(args[0]));
            case "less": return Infix(args, "<", Notation.CompareLevel);
            case "lessequal": return Infix(args, "≤", Notation.CompareLevel);
            case "equal": return Infix(args, "=", Notation.CompareLevel);
            case "notequal": return Infix(args, "≠", Notation.CompareLevel);
            case "and": return Infix(args, "∧", Notation.AndLevel);
            case "or": return Infix(args, "∨", Notation.OrLevel);
            case "not": return new Row(Notation.NotLevel, [Mark.Not, Fit(args[0], Notation.AtomLevel)]);
            case "select": return OfChoice(call);
            case "log2" or "log10":
                return Applied(new Script(new Mark(MarkKind.Name, "log"), new Mark(MarkKind.Number, call.Primitive.Name[3..]), null), [Of(args[0])]);
            case "besselj" or "bessely" or "besseli" or "besselk":
                var letter = call.Primitive.Name[^1..].ToUpperInvariant();
                return Applied(new Script(new Mark(MarkKind.Symbol, letter), Of(args[0]), null), [Of(args[1])]);
            default: return Applied(FunctionName(call.Primitive), [.. args.Select(Of)]);
        }
    }

    private static Mark FunctionName(Primitive primitive) => new(MarkKind.Name, Spellings.GetValueOrDefault(primitive.Name, primitive.Name));

    private BigSign OfBigOperator(BigOperator big) => new(
        big.IsSum,
        new Row(Notation.CompareLevel, [Of(big.Index), new Mark(MarkKind.Infix, "="), Of(big.Lower)]),
        Of(big.Upper),
        Fit(big.Body, Notation.ProductLevel));

    private Notation OfList(Expr[] items) => List([.. items.Select(Of)]);

    private static Notation List(IReadOnlyList<Notation> items)
    {
        if (items.Count == 1) return items[0];
        var list = new List<Notation>();
        foreach (var item in items)
        {
            if (list.Count > 0) list.Add(Mark.Comma);
            list.Add(item);
        }

        return new Row(Notation.OrLevel, list);
    }

    private static Row Applied(Notation function, IReadOnlyList<Notation> arguments) =>
        new(Notation.AtomLevel, [function, Mark.Apply, new Fence(FenceKind.Round, List(arguments))]);

    private Row Infix(Expr[] args, string sign, int level) => new(
        level, [Fit(args[0], level == Notation.CompareLevel ? Notation.SumLevel : level), new Mark(MarkKind.Infix, sign), Fit(args[1], level + 1)]);

    private Notation OfPower(Expr @base, Expr exponent)
    {
        if (exponent is Number { IsNegative: true } negative)
        {
            return new StackedFraction(new Mark(MarkKind.Number, "1"), Of(Power.Of(@base, Number.Negate(negative))));
        }

        if (exponent is Number { IsExact: true, IsInteger: false } root && root.Value.Numerator.IsOne && root.Value.Denominator < 100)
        {
            var degree = root.Value.Denominator.ToString(CultureInfo.InvariantCulture);
            return new Radical(Of(@base), degree == "2" ? "" : degree);
        }

        if (@base is Call { Args.Length: 1 } call && exponent is Number { IsInteger: true } && PowersOnTheName.Contains(call.Primitive.Name))
        {
            return Applied(new Script(FunctionName(call.Primitive), null, Of(exponent)), [Of(call.Args[0])]);
        }

        return new Script(Fit(@base, Notation.AtomLevel), null, Of(exponent));
    }

    private Cases OfChoice(Call call)
    {
        var lines = new List<(Notation, Notation?)>();
        Expr otherwise = call;
        for (; otherwise is Call choice && choice.Primitive == Primitives.Select; otherwise = choice.Args[2])
        {
            lines.Add((Of(choice.Args[1]), Of(choice.Args[0])));
        }

        lines.Add((Of(otherwise), null));
        return new Cases(lines);
    }
}
