using System.Globalization;
using System.Text;

namespace Nabla.Symbolics;

/// <summary>
/// Writes a formula in ordinary infix notation with as few brackets as needed; ^ binds to the right and tighter than a leading minus.
/// Reading the text gives the same node. Each node expands into pieces of text and operands on a stack, so depth does not matter.
/// </summary>
internal static class Printer
{
    // How tightly a piece of text holds together; an operand is bracketed where its place demands more.
    private const int OrLevel = -3;
    private const int AndLevel = -2;
    private const int NotLevel = -1;
    private const int CompareLevel = 0;
    private const int SumLevel = 1;
    private const int ProductLevel = 2;
    private const int PowerLevel = 3;
    private const int AtomLevel = 4;

    public static string Print(Expr root, int maxLength)
    {
        var text = new StringBuilder();
        var stack = new Stack<Piece>();
        var pieces = new List<Piece>();
        stack.Push(new Piece(null, root, OrLevel));
        while (stack.TryPop(out var piece))
        {
            if (piece.Text is not null)
            {
                text.Append(piece.Text);
            }
            else
            {
                pieces.Clear();
                Expand(piece.Node!, piece.Level, pieces);
                for (var i = pieces.Count - 1; i >= 0; i--) stack.Push(pieces[i]);
            }

            if (text.Length > maxLength) return text.ToString(0, Math.Max(maxLength, 0)) + "…";
        }

        return text.ToString();
    }

    private static void Expand(Expr node, int level, List<Piece> pieces)
    {
        var bracket = LevelOf(node) < level;
        if (bracket) pieces.Add("(");
        switch (node)
        {
            case Symbol symbol: pieces.Add(NameOf(symbol)); break;
            case Constant constant: pieces.Add(constant.Name); break;
            case Number number: pieces.Add(TextOf(number)); break;
            case Sum sum: ExpandSum(sum, pieces); break;
            case Product product: ExpandProduct(product.Coefficient, product, pieces); break;
            case Call call when call.Primitive == Primitives.Pow: ExpandPower(call, pieces); break;
            case Indexed indexed: ExpandIndexed(indexed, pieces); break;
            case BigOperator big: ExpandArguments(big.IsSum ? "sum" : "product", [big.Body, big.Index, big.Lower, big.Upper], pieces); break;
            case Call call when InfixOf(call.Primitive) is { } infix: ExpandInfix(call, infix, pieces); break;
            case Call call when call.Primitive == Primitives.Not:
                pieces.Add("not ");
                pieces.Add(new Piece(null, call.Args[0], NotLevel));
                break;
            case Call call when call.Primitive == Primitives.Select: ExpandChoice(call, pieces); break;
            case Call call: ExpandArguments(call.Primitive.Name, call.Args, pieces); break;
        }

        if (bracket) pieces.Add(")");
    }

    private static int LevelOf(Expr node) => node switch
    {
        Symbol or Constant => AtomLevel,
        Number number => number.IsNegative || double.IsNegative(number.ToDouble()) ? SumLevel
            : number.IsExact && !number.IsInteger ? ProductLevel : AtomLevel,
        Sum => SumLevel,
        Product product => product.Coefficient.IsNegative ? SumLevel : ProductLevel,
        Call call when call.Primitive == Primitives.Pow =>
            ReferenceEquals(call.Args[1], Number.Half) ? AtomLevel : Power.ExponentOf(call).IsNegative ? ProductLevel : PowerLevel,
        Call call when InfixOf(call.Primitive) is { } infix => infix.Level,
        Call call when call.Primitive == Primitives.Not => NotLevel,
        _ => AtomLevel,
    };

    private static Infix? InfixOf(Primitive primitive) => primitive switch
    {
        _ when !primitive.IsTruth => null,
        _ when primitive == Primitives.Less => new Infix(" < ", CompareLevel),
        _ when primitive == Primitives.LessEqual => new Infix(" <= ", CompareLevel),
        _ when primitive == Primitives.Equal => new Infix(" == ", CompareLevel),
        _ when primitive == Primitives.NotEqual => new Infix(" != ", CompareLevel),
        _ when primitive == Primitives.And => new Infix(" and ", AndLevel),
        _ when primitive == Primitives.Or => new Infix(" or ", OrLevel),
        _ => null,
    };

    // Comparisons are not chained, and the words bind to the left.
    private static void ExpandInfix(Call call, Infix infix, List<Piece> pieces)
    {
        pieces.Add(new Piece(null, call.Args[0], infix.Level + (infix.Level == CompareLevel ? 1 : 0)));
        pieces.Add(infix.Text);
        pieces.Add(new Piece(null, call.Args[1], infix.Level + 1));
    }

    // A choice whose last branch is a choice is written as one list.
    private static void ExpandChoice(Call call, List<Piece> pieces)
    {
        pieces.Add("piecewise(");
        Expr otherwise = call;
        for (; otherwise is Call choice && choice.Primitive == Primitives.Select; otherwise = choice.Args[2])
        {
            pieces.Add(new Piece(null, choice.Args[0], OrLevel));
            pieces.Add(", ");
            pieces.Add(new Piece(null, choice.Args[1], OrLevel));
            pieces.Add(", ");
        }

        pieces.Add(new Piece(null, otherwise, OrLevel));
        pieces.Add(")");
    }

    /// <summary>The name of a symbol, quoted where it is no plain name or would mean a constant, a function or an operator.</summary>
    internal static string NameOf(Symbol symbol) => NameOf(symbol.Name);

    private static string NameOf(string name)
    {
        var plain = Lexer.IsPlainName(name) && name is not ("and" or "or" or "not") && InfixParser.ConstantOf(name) is null
            && (NamedFunction.Find(name) is null || NamedFunction.MayBeSymbol(name));
        return plain ? name : $"`{name.Replace("`", "``", StringComparison.Ordinal)}`";
    }

    private static void ExpandSum(Sum sum, List<Piece> pieces)
    {
        var isFirst = true;
        foreach (var term in InReadingOrder(sum))
        {
            ExpandTerm(term, isFirst, pieces);
            isFirst = false;
        }
    }

    /// <summary>The terms of a sum as one writes them: x - y rather than -y + x, a single positive term comes first.</summary>
    internal static IEnumerable<Expr> InReadingOrder(Sum sum)
    {
        var first = 0;
        if (IsNegative(sum.Args[0]))
        {
            var positive = Array.FindAll(sum.Args, static term => !IsNegative(term));
            if (positive.Length == 1) first = Array.IndexOf(sum.Args, positive[0]);
        }

        yield return sum.Args[first];
        for (var i = 0; i < sum.Args.Length; i++)
        {
            if (i != first) yield return sum.Args[i];
        }
    }

    private static void ExpandTerm(Expr term, bool isFirst, List<Piece> pieces)
    {
        var negative = IsNegative(term);
        if (!isFirst) pieces.Add(negative ? " - " : " + ");
        if (!negative || isFirst) pieces.Add(new Piece(null, term, SumLevel));
        else if (term is Number number) pieces.Add(TextOf(Number.Negate(number)));
        else if (term is Product product) ExpandProduct(Number.Negate(product.Coefficient), product, pieces);
    }

    internal static bool IsNegative(Expr term) => term switch
    {
        Number number => number.IsNegative,
        Product product => product.Coefficient.IsNegative,
        _ => false,
    };

    private static void ExpandProduct(Number coefficient, Product product, List<Piece> pieces)
    {
        var above = new List<Expr>();
        var below = new List<Expr>();
        foreach (var factor in product.Args)
        {
            if (factor is Number) continue;
            var exponent = Power.ExponentOf(factor);
            if (exponent.IsNegative) below.Add(Power.Of(Power.BaseOf(factor), Number.Negate(exponent)));
            else above.Add(factor);
        }

        if (coefficient.IsNegative)
        {
            pieces.Add("-");
            coefficient = Number.Negate(coefficient);
        }

        if (coefficient.IsExact && !coefficient.IsInteger)
        {
            below.Insert(0, Number.Of(new Rational(coefficient.Value.Denominator)));
            coefficient = Number.Of(new Rational(coefficient.Value.Numerator));
        }

        if (!coefficient.IsOne || above.Count == 0) above.Insert(0, coefficient);
        ExpandFactors(above, pieces);
        if (below.Count == 0) return;
        pieces.Add("/");
        if (below.Count > 1) pieces.Add("(");
        ExpandFactors(below, pieces);
        if (below.Count > 1) pieces.Add(")");
    }

    private static void ExpandFactors(List<Expr> factors, List<Piece> pieces)
    {
        for (var i = 0; i < factors.Count; i++)
        {
            if (i > 0) pieces.Add("*");
            pieces.Add(new Piece(null, factors[i], PowerLevel));
        }
    }

    private static void ExpandPower(Call power, List<Piece> pieces)
    {
        var (@base, exponent) = (power.Args[0], power.Args[1]);
        if (exponent is Number { IsNegative: true } negative)
        {
            pieces.Add("1/");
            pieces.Add(new Piece(null, Power.Of(@base, Number.Negate(negative)), PowerLevel));
        }
        else if (ReferenceEquals(exponent, Number.Half))
        {
            pieces.Add("sqrt(");
            pieces.Add(new Piece(null, @base, OrLevel));
            pieces.Add(")");
        }
        else
        {
            pieces.Add(new Piece(null, @base, AtomLevel));
            pieces.Add("^");
            pieces.Add(new Piece(null, exponent, PowerLevel));
        }
    }

    private static void ExpandArguments(string name, Expr[] args, List<Piece> pieces)
    {
        pieces.Add(name);
        for (var i = 0; i < args.Length; i++)
        {
            pieces.Add(i == 0 ? "(" : ", ");
            pieces.Add(new Piece(null, args[i], OrLevel));
        }

        pieces.Add(")");
    }

    private static void ExpandIndexed(Indexed indexed, List<Piece> pieces)
    {
        pieces.Add(NameOf(indexed.Base.Name));
        for (var i = 0; i < indexed.Args.Length; i++)
        {
            pieces.Add(i == 0 ? "[" : ", ");
            pieces.Add(new Piece(null, indexed.Args[i], OrLevel));
        }

        pieces.Add("]");
    }

    internal static string TextOf(Number number)
    {
        if (number.IsExact)
        {
            var numerator = number.Value.Numerator.ToString(CultureInfo.InvariantCulture);
            return number.IsInteger ? numerator : $"{numerator}/{number.Value.Denominator.ToString(CultureInfo.InvariantCulture)}";
        }

        var value = number.ToDouble();
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        if (value == 0) return "-0.0";

        // Digits alone would be read as an exact number.
        var text = value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
        return text.AsSpan().IndexOfAny('.', 'e') < 0 ? text + ".0" : text;
    }

    private sealed record Infix(string Text, int Level);

    private readonly record struct Piece(string? Text, Expr? Node, int Level)
    {
        public static implicit operator Piece(string text) => new(text, null, 0);
    }
}
