using System.Globalization;
using System.Numerics;

namespace Nabla.Symbolics;

/// <summary>
/// Reads infix text by operator precedence. Pending operators and open brackets are kept on explicit stacks, so nesting costs memory and
/// no call depth; the terms of a sum and the factors of a product are collected and combined once, so long ones cost linear time.
/// </summary>
internal sealed partial class InfixParser
{
    // How tightly operators bind. A sign binds tighter than a product and less than a power: -x^2 is -(x^2), and 2^-x is a power.
    private const int OrLevel = 1;
    private const int AndLevel = 2;
    private const int NotLevel = 3;
    private const int CompareLevel = 4;
    private const int SumLevel = 5;
    private const int ProductLevel = 6;
    private const int SignLevel = 7;
    private const int PowerLevel = 8;
    private const int RootLevel = 9;

    private readonly string text;
    private readonly ParseOptions options;
    private readonly Func<Token> next;
    private readonly ExactWork work = new();
    private readonly Dictionary<string, Symbol> declared = [];
    private readonly Dictionary<string, IndexedBase> arrays = [];
    private readonly Stack<Pending> pending = new();
    private readonly Stack<Bracket> brackets = new();
    private Token token;
    private Token previous;
    private Expr current = Number.Zero;

    private InfixParser(string text, ParseOptions options, Func<Token> next)
    {
        this.text = text;
        this.options = options;
        foreach (var array in options.Arrays) arrays[array.Name] = array;
        foreach (var symbol in options.Symbols) declared[symbol.Name] = symbol;
        this.next = next;
    }

    /// <summary>The formula of infix text.</summary>
    public static Expr Parse(string text, ParseOptions options)
    {
        RequireLength(text, options);
        return new InfixParser(text, options, new Lexer(text).Next).Parse();
    }

    /// <summary>The formula of LaTeX text.</summary>
    public static Expr ParseLatex(string text, ParseOptions options)
    {
        RequireLength(text, options);
        var tokens = new LatexReader(text).Read();
        var at = 0;
        return new InfixParser(text, options, () => tokens[Math.Min(at++, tokens.Count - 1)]).Parse();
    }

    private static void RequireLength(string text, ParseOptions options)
    {
        if (text.Length <= options.MaxLength) return;
        throw new FormulaSyntaxException(
            text, options.MaxLength, $"The text has {text.Length} characters; at most {options.MaxLength} are read. Raise ParseOptions.MaxLength.");
    }

    private Expr Parse()
    {
        brackets.Push(new Bracket(TokenKind.End, default, null, 0));
        Advance();
        while (true)
        {
            ReadOperand();
            while (ReadAfterOperand())
            {
                if (brackets.Count == 0) return current;
            }
        }
    }

    private void Advance()
    {
        previous = token;
        token = next();
    }

    // ---- Where an operand is expected -----------------------------------------------------------------------------------------

    /// <summary>Reads signs and opening brackets up to an operand without brackets, which becomes <see cref="current"/>.</summary>
    private void ReadOperand()
    {
        while (true)
        {
            var start = token;
            switch (start.Kind)
            {
                case TokenKind.Number:
                    current = ReadNumber();
                    return;
                case TokenKind.Name or TokenKind.QuotedName:
                    if (ReadName()) return;
                    break;
                case TokenKind.Plus or TokenKind.Minus:
                    Advance();
                    Push(new Pending(SignLevel, start));
                    break;
                case TokenKind.Not:
                    if (Top is { Level: > NotLevel } outer) throw Error(start, $"not binds less than {SignOf(outer.Token)}: put it in brackets, (not ...).");
                    Advance();
                    Push(new Pending(NotLevel, start));
                    break;
                case TokenKind.Root:
                    Advance();
                    Push(new Pending(RootLevel, start));
                    break;
                case TokenKind.Open or TokenKind.Bar:
                    Advance();
                    Open(start, null);
                    break;
                default:
                    throw Error(start, $"Expected {WhatIsExpected()}, found {Describe(start)}.");
            }
        }
    }

    private Expr ReadNumber()
    {
        var digits = text.AsSpan(token.Position, token.Length);
        Expr number;
        if (digits.IndexOfAnyExceptInRange('0', '9') < 0)
        {
            number = Number.Of(new Rational(BigInteger.Parse(digits, CultureInfo.InvariantCulture)));
        }
        else
        {
            var value = double.Parse(digits, CultureInfo.InvariantCulture);
            if (double.IsInfinity(value)) throw Error(token, "The number is too large for a double. Write it as a power, such as 10^400.");
            var isZero = value == 0;
            var mantissa = digits.IndexOfAny('e', 'E') is var e and >= 0 ? digits[..e] : digits;
            if (isZero && mantissa.IndexOfAnyInRange('1', '9') >= 0) throw Error(token, "The number is too small for a double. Write it as a power, such as 10^-400.");

            // -0.0 is the double with the sign bit: its sign must not be lost in an exact zero.
            if (isZero && Top is { Level: SignLevel } sign && IsNegativeZero(sign))
            {
                pending.Pop();
                value = -0.0;
            }

            number = Number.Of(value);
        }

        Advance();
        return number;
    }

    private bool IsNegativeZero(Pending sign)
    {
        if (sign.Token.Kind != TokenKind.Minus || sign.Token.End != token.Position) return false;
        var next = token.End < text.Length ? text[token.End] : '\0';
        return next is '\0' or ')' or ',' or '|' or ' ';
    }

    /// <summary>A constant, a symbol or the beginning of a call; true when the operand is complete.</summary>
    private bool ReadName()
    {
        var start = token;
        Advance();
        if (token.Kind == TokenKind.OpenIndex && IsArray(start))
        {
            var open = token;
            Advance();
            if (token.Kind == TokenKind.CloseIndex) throw Error(token, $"Expected an index of {start.Name}.");
            brackets.Push(new Bracket(open.Kind, open, null, pending.Count) { Name = start });
            return false;
        }

        if (start.Kind == TokenKind.QuotedName || declared.ContainsKey(start.Name))
        {
            current = SymbolOf(start);
            return true;
        }

        if (token.Kind == TokenKind.Open)
        {
            var function = NamedFunction.Find(start.Name);
            if (function is null && ConstantOf(start.Name) is { } factor)
            {
                current = factor;
                return true;
            }

            if (function is null) throw Error(start, UnknownFunction(start.Name));
            var open = token;
            Advance();
            Open(open, function, start);
            return false;
        }

        if (ConstantOf(start.Name) is { } constant)
        {
            current = constant;
            return true;
        }

        if (NamedFunction.Find(start.Name) is { } known && !NamedFunction.MayBeSymbol(start.Name))
        {
            throw Error(token, $"Expected a round bracket after the function {start.Name}: {known.Signature}. A symbol of that name is written `{start.Name}`.");
        }

        current = SymbolOf(start);
        return true;
    }

    private bool IsArray(Token name) => name.Kind == TokenKind.QuotedName || arrays.ContainsKey(name.Name)
        || (ConstantOf(name.Name) is null && (NamedFunction.Find(name.Name) is null || NamedFunction.MayBeSymbol(name.Name)));

    private Symbol SymbolOf(Token name)
    {
        if (declared.TryGetValue(name.Name, out var symbol)) return symbol;
        if (!options.DeclaredSymbolsOnly) return Expr.Symbol(name.Name);
        var near = Spelling.Nearest(name.Name, declared.Keys);
        throw Error(name, $"{name.Name} is not one of the declared symbols{(near is null ? "." : $"; did you mean {near}?")}");
    }

    /// <summary>The constant of a name, or null.</summary>
    internal static Expr? ConstantOf(string name) => name switch
    {
        "pi" or "π" => Constant.Pi,
        "e" or "E" => Constant.E,
        "inf" or "infinity" or "∞" => Number.Of(double.PositiveInfinity),
        "nan" or "NaN" => Number.NaN,
        _ => null,
    };

    private string UnknownFunction(string name)
    {
        var near = Spelling.Nearest(name, NamedFunction.Names);
        return $"{name} is not a function{(near is null ? "" : $"; did you mean {near}?")}{(near is null ? ":" : " Otherwise")} write {name}*( for a product, or declare the symbol {name}.";
    }

    // ---- Where an operand is complete -----------------------------------------------------------------------------------------

    /// <summary>Reads what may follow an operand; false when another operand must follow.</summary>
    private bool ReadAfterOperand()
    {
        var sign = token;
        switch (sign.Kind)
        {
            case TokenKind.Plus or TokenKind.Minus:
                Collect(SumLevel, inverse: sign.Kind == TokenKind.Minus);
                break;
            case TokenKind.Times or TokenKind.Over:
                Collect(ProductLevel, inverse: sign.Kind == TokenKind.Over);
                break;
            case TokenKind.And:
                Collect(AndLevel, inverse: false);
                break;
            case TokenKind.Or:
                Collect(OrLevel, inverse: false);
                break;
            case TokenKind.Caret:
                Reduce(RootLevel);
                Push(new Pending(PowerLevel, sign) { Operands = { current } });
                break;
            case TokenKind.Factorial:
                Advance();
                Reduce(RootLevel);
                current = Call(NamedFunction.Find("factorial")!, [current], sign);
                return true;
            case TokenKind.Superscript:
                Reduce(RootLevel);
                current = Raise(current, ExponentOf(sign), sign);
                Advance();
                return true;
            case >= TokenKind.Less and <= TokenKind.NotEqual:
                Reduce(CompareLevel + 1);
                if (Top?.Level == CompareLevel) throw Error(sign, "Comparisons are not chained: write a < b and b < c.");
                Push(new Pending(CompareLevel, sign) { Operands = { current } });
                break;
            case TokenKind.Close or TokenKind.Comma or TokenKind.End or TokenKind.CloseIndex:
                return Close();
            case TokenKind.Bar when brackets.Peek().Kind == TokenKind.Bar:
                return Close();
            case TokenKind.OpenIndex:
                throw Error(sign, "Square brackets are for the indices of a name, such as mu[i]. Use round brackets here.");
            case TokenKind.Name or TokenKind.QuotedName or TokenKind.Open or TokenKind.Bar or TokenKind.Root:
                // No sign between two operands: a product.
                Collect(ProductLevel, inverse: false, isWritten: false);
                return false;
            default:
                throw Error(sign, $"Expected an operator or {BracketEnd()}, found {Describe(sign)}.{(sign.Kind == TokenKind.Number ? " Write * for a product." : "")}");
        }

        Advance();
        return false;
    }

    private Number ExponentOf(Token superscript)
    {
        var value = BigInteger.Parse(Lexer.SuperscriptValue(text.AsSpan(superscript.Position, superscript.Length)), CultureInfo.InvariantCulture);
        return Number.Of(new Rational(value));
    }

    /// <summary>Adds the operand to the sum, product or list of truth values in progress at that level, or begins one.</summary>
    private void Collect(int level, bool inverse, bool isWritten = true)
    {
        Reduce(level + 1);
        if (Top is { } top && top.Level == level) top.Add(current);
        else Push(new Pending(level, token) { Operands = { current } });
        Top!.IsInverse = inverse;
        if (isWritten) Top.Token = token;
    }

    private bool Close()
    {
        var bracket = brackets.Peek();
        var closing = token.Kind;
        Reduce(SumLevel + 1);
        var isSum = closing == TokenKind.Close && HoldsOnlySum(bracket);
        if (!isSum) Reduce(OrLevel);
        var fits = closing == bracket.Closing || (closing == TokenKind.Comma && bracket.Arguments is not null);
        if (!fits)
        {
            if (closing == TokenKind.End) throw Error(token, $"Expected {BracketEnd()} for the {SignOf(bracket.Open)} at column {bracket.Open.Position + 1}, found the end of the text.");
            var reason = closing switch
            {
                TokenKind.Comma => "A comma stands only between the arguments of a function.",
                TokenKind.Close when bracket.Kind == TokenKind.End => "There is no opening bracket for this ).",
                TokenKind.CloseIndex when bracket.Kind == TokenKind.End => "There is no opening bracket for this ].",
                _ => $"Expected {BracketEnd()} for the {SignOf(bracket.Open)} at column {bracket.Open.Position + 1}, found {Describe(token)}.",
            };
            throw Error(token, reason);
        }

        if (closing != TokenKind.End) Advance();
        bracket.Arguments?.Add(current);
        if (closing == TokenKind.Comma) return false;
        brackets.Pop();
        if (isSum) CloseSum();
        else if (bracket.Kind == TokenKind.OpenIndex) current = ElementOf(bracket);
        else if (bracket.Kind == TokenKind.Bar) current = Functions.Abs(current);
        else if (bracket.Function is { } function) current = Call(function, [.. bracket.Arguments!], bracket.Name);
        return true;
    }
}
