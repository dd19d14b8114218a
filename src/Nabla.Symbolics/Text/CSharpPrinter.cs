using System.Globalization;
using System.Text;

namespace Nabla.Symbolics;

/// <summary>Writes a formula as one C# expression over doubles, with the functions of <see cref="Math"/>.</summary>
internal static class CSharpPrinter
{
    private const int LargestSize = 20_000;

    private static readonly Dictionary<string, string> Methods = new()
    {
        ["exp"] = "Math.Exp", ["log"] = "Math.Log", ["log2"] = "Math.Log2", ["log10"] = "Math.Log10", ["sin"] = "Math.Sin", ["cos"] = "Math.Cos",
        ["tan"] = "Math.Tan", ["asin"] = "Math.Asin", ["acos"] = "Math.Acos", ["atan"] = "Math.Atan", ["atan2"] = "Math.Atan2", ["sinh"] = "Math.Sinh",
        ["cosh"] = "Math.Cosh", ["tanh"] = "Math.Tanh", ["asinh"] = "Math.Asinh", ["acosh"] = "Math.Acosh", ["atanh"] = "Math.Atanh",
        ["abs"] = "Math.Abs", ["floor"] = "Math.Floor", ["ceil"] = "Math.Ceiling", ["round"] = "Math.Round", ["trunc"] = "Math.Truncate",
        ["copysign"] = "Math.CopySign", ["max"] = "Math.Max", ["min"] = "Math.Min", ["cbrt"] = "Math.Cbrt", ["hypot"] = "double.Hypot",
        ["sign"] = "(double)Math.Sign",
    };

    private static readonly HashSet<string> Keywords =
    [
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal", "default",
        "delegate", "do", "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for", "foreach", "goto", "if",
        "implicit", "in", "int", "interface", "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out", "override",
        "params", "private", "protected", "public", "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof", "stackalloc", "static", "string",
        "struct", "switch", "this", "throw", "true", "try", "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort", "using", "virtual", "void",
        "volatile", "while",
    ];

    /// <summary>The C# of a formula.</summary>
    public static string Print(Expr root)
    {
        if (root.Size > LargestSize)
        {
            throw new InvalidOperationException(
                $"ToCSharp: the formula has {root.Size} nodes as one expression; at most {LargestSize} are written. Name its parts with SharedParts.Of, or use Emit.CSharp.");
        }

        var text = new StringBuilder();
        var stack = new Stack<object>();
        var pieces = new List<object>();
        stack.Push(new Bare(root));
        while (stack.TryPop(out var piece))
        {
            if (piece is string word)
            {
                text.Append(word);
                continue;
            }

            pieces.Clear();
            if (piece is Truth truth) ExpandTruth(truth.Node, pieces);
            else if (piece is Bare bare) ExpandBare(bare.Node, pieces);
            else Expand((Expr)piece, pieces);
            for (var i = pieces.Count - 1; i >= 0; i--) stack.Push(pieces[i]);
        }

        return text.ToString();
    }

    // Every sum and product comes in brackets, which say nothing around a whole argument.
    private static void ExpandBare(Expr node, List<object> pieces)
    {
        Expand(node, pieces);
        if (node is not (Sum or Product) || pieces is not ["(", .., ")"]) return;
        pieces.RemoveAt(pieces.Count - 1);
        pieces.RemoveAt(0);
    }

    private static void Expand(Expr node, List<object> pieces)
    {
        switch (node)
        {
            case Number number:
                pieces.Add(TextOf(number));
                break;
            case Constant constant:
                pieces.Add(ReferenceEquals(constant, Constant.Pi) ? "Math.PI" : "Math.E");
                break;
            case Symbol symbol:
                pieces.Add(NameOf(symbol.Name));
                break;
            case Sum sum:
                ExpandSum(sum, pieces);
                break;
            case Product product:
                ExpandProduct(product.Coefficient, product, pieces);
                break;
            case Call call:
                ExpandCall(call, pieces);
                break;
            case Indexed indexed when indexed.Args.All(static index => index is Number { IsInteger: true }):
                pieces.Add($"{NameOf(indexed.Base.Name)}[{string.Join(", ", indexed.Args.Select(static index => index.ToString()))}]");
                break;
            default:
                throw new NotSupportedException($"ToCSharp: there is no C# for {node}. Write it out first, or use Emit.CSharp.");
        }
    }

    private static void ExpandSum(Sum sum, List<object> pieces)
    {
        pieces.Add("(");
        var isFirst = true;
        foreach (var term in Printer.InReadingOrder(sum))
        {
            var subtract = !isFirst && Printer.IsNegative(term);
            if (!isFirst) pieces.Add(subtract ? " - " : " + ");
            if (!subtract) pieces.Add(term);
            else if (term is Number number) pieces.Add(TextOf(Number.Negate(number)));
            else ExpandProduct(Number.Negate(((Product)term).Coefficient), (Product)term, pieces);
            isFirst = false;
        }

        pieces.Add(")");
    }

    private static void ExpandProduct(Number coefficient, Product product, List<object> pieces)
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

        if (coefficient.IsExact && !coefficient.IsInteger && coefficient.Value.TryGetSmall(out var numerator, out var denominator))
        {
            below.Insert(0, Number.Of(denominator));
            coefficient = Number.Of(numerator);
        }

        if (coefficient.IsOne && above.Count == 1 && below.Count == 0)
        {
            pieces.Add(above[0]);
            return;
        }

        pieces.Add("(");
        if (ReferenceEquals(coefficient, Number.MinusOne) && above.Count > 0) pieces.Add("-");
        else if (!coefficient.IsOne || above.Count == 0) above.Insert(0, coefficient);
        Join(above, pieces);
        if (below.Count > 0)
        {
            pieces.Add(" / ");
            if (below.Count > 1) pieces.Add("(");
            Join(below, pieces);
            if (below.Count > 1) pieces.Add(")");
        }

        pieces.Add(")");
    }

    private static void Join(List<Expr> factors, List<object> pieces)
    {
        for (var i = 0; i < factors.Count; i++)
        {
            if (i > 0) pieces.Add(" * ");
            pieces.Add(factors[i]);
        }
    }

    private static void ExpandCall(Call call, List<object> pieces)
    {
        var args = call.Args;
        var name = call.Primitive.Name;
        if (call.Primitive == Primitives.Select)
        {
            pieces.AddRange(["(", new Truth(args[0]), " ? ", args[1], " : ", args[2], ")"]);
        }
        else if (call.Primitive.IsTruth)
        {
            pieces.AddRange(["(", new Truth(call), " ? 1.0 : 0.0)"]);
        }
        else if (call.Primitive == Primitives.Pow)
        {
            ExpandPower(args[0], args[1], pieces);
        }
        else if (name is "exp2")
        {
            pieces.AddRange(["Math.Pow(2.0, ", new Bare(args[0]), ")"]);
        }
        else if (name is "sigmoid")
        {
            pieces.AddRange(["(1.0 / (1.0 + Math.Exp(-", args[0], ")))"]);
        }
        else if (name is "fmod")
        {
            pieces.AddRange(["(", args[0], " % ", args[1], ")"]);
        }
        else if (Methods.TryGetValue(name, out var method))
        {
            pieces.Add(method + "(");
            for (var i = 0; i < args.Length; i++)
            {
                if (i > 0) pieces.Add(", ");
                pieces.Add(new Bare(args[i]));
            }

            pieces.Add(")");
        }
        else
        {
            throw new NotSupportedException($"ToCSharp: System.Math has no {name}. Emit.CSharp writes such functions out; Compile evaluates them.");
        }
    }

    private static void ExpandPower(Expr @base, Expr exponent, List<object> pieces)
    {
        if (exponent is Number { IsNegative: true } negative) pieces.AddRange(["(1.0 / ", Power.Of(@base, Number.Negate(negative)), ")"]);
        else if (ReferenceEquals(exponent, Number.Half)) pieces.AddRange(["Math.Sqrt(", new Bare(@base), ")"]);
        else if (ReferenceEquals(exponent, Number.Two) && @base is Symbol) pieces.AddRange(["(", @base, " * ", @base, ")"]);
        else pieces.AddRange(["Math.Pow(", new Bare(@base), ", ", new Bare(exponent), ")"]);
    }

    private static void ExpandTruth(Expr node, List<object> pieces)
    {
        var call = node as Call;
        var sign = call is not { Primitive.IsTruth: true } ? null : call.Primitive.Name switch
        {
            "less" => " < ",
            "lessequal" => " <= ",
            "equal" => " == ",
            "notequal" => " != ",
            _ => null,
        };
        if (sign is not null) pieces.AddRange(["(", call!.Args[0], sign, call.Args[1], ")"]);
        else if (call?.Primitive == Primitives.And) pieces.AddRange(["(", new Truth(call!.Args[0]), " && ", new Truth(call.Args[1]), ")"]);
        else if (call?.Primitive == Primitives.Or) pieces.AddRange(["(", new Truth(call!.Args[0]), " || ", new Truth(call.Args[1]), ")"]);
        else if (call?.Primitive == Primitives.Xor) pieces.AddRange(["(", new Truth(call!.Args[0]), " != ", new Truth(call.Args[1]), ")"]);
        else if (call?.Primitive == Primitives.Not) pieces.AddRange(["!", new Truth(call!.Args[0])]);
        else if (call?.Primitive == Primitives.IsNaN) pieces.AddRange(["double.IsNaN(", call!.Args[0], ")"]);
        else pieces.AddRange(["(", node, " != 0.0)"]);
    }

    // Every literal is a double: 1/3 must not become an integer division.
    private static string TextOf(Number number)
    {
        var value = number.ToDouble();
        if (number.IsExact && !number.IsInteger && number.Value.TryGetSmall(out var numerator, out var denominator))
        {
            return $"({Literal(numerator)} / {Literal(denominator)})";
        }

        if (number.IsExact && double.IsInfinity(value))
        {
            throw new InvalidOperationException("ToCSharp: a whole number of the formula is beyond the range of a double.");
        }

        if (double.IsNaN(value)) return "double.NaN";
        if (double.IsInfinity(value)) return value > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity";
        return double.IsNegative(value) ? $"({Literal(value)})" : Literal(value);
    }

    private static string Literal(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;
    }

    private static string NameOf(string name)
    {
        var valid = name.Length > 0 && (char.IsLetter(name[0]) || name[0] == '_') && name.All(static c => char.IsLetterOrDigit(c) || c == '_');
        if (!valid) throw new NotSupportedException($"ToCSharp: '{name}' is no C# name. Replace the symbol with Subs first.");
        return Keywords.Contains(name) ? "@" + name : name;
    }

    /// <summary>A formula wanted as a C# truth value.</summary>
    private sealed record Truth(Expr Node);

    /// <summary>A formula that needs no brackets where it stands.</summary>
    private sealed record Bare(Expr Node);
}
