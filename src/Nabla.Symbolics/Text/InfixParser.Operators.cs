namespace Nabla.Symbolics;

/// <content>Pending operators and open brackets, what they become when their operands are complete, and the errors.</content>
internal sealed partial class InfixParser
{
    // ---- Pending operators ----------------------------------------------------------------------------------------------------

    private Pending? Top => pending.Count > brackets.Peek().PendingBelow ? pending.Peek() : null;

    private void Push(Pending operation) => pending.Push(operation);

    private void Open(Token open, NamedFunction? function, Token name = default)
    {
        if (function is not null && token.Kind == TokenKind.Close) throw Error(token, $"{function.Name} takes {function.ArgumentCount()}, got none: {function.Signature}.");
        brackets.Push(new Bracket(open.Kind, open, function, pending.Count) { Name = name });
    }

    /// <summary>Completes the pending operators of this bracket that bind at least as tightly as a level.</summary>
    private void Reduce(int level)
    {
        while (Top is { } top && top.Level >= level)
        {
            pending.Pop();
            current = Complete(top);
        }
    }

    private Expr Complete(Pending operation)
    {
        var place = operation.Token;
        switch (operation.Level)
        {
            case SignLevel:
                return place.Kind == TokenKind.Minus ? Negate(current, place) : current;
            case NotLevel:
                return Functions.Not(current);
            case RootLevel:
                return Functions.Sqrt(current);
            case PowerLevel:
                return Raise(operation.Operands[0], current, place);
            case CompareLevel:
                return Compare(operation.Operands[0], place.Kind, current);
        }

        operation.Add(current);
        switch (operation.Level)
        {
            case SumLevel:
                if (!work.AllowsSum(operation.Operands)) throw TooMuchWork(place);
                return Functions.Sum([.. operation.Operands]);
            case ProductLevel:
                if (!work.AllowsProduct(operation.Operands)) throw TooMuchWork(place);
                return Functions.Product([.. operation.Operands]);
            default:
                return operation.Operands.Aggregate(operation.Level == AndLevel ? Functions.And : Functions.Or);
        }
    }

    private Expr Negate(Expr operand, Token place)
    {
        if (!work.AllowsProduct([operand])) throw TooMuchWork(place);
        return -operand;
    }

    private Expr Raise(Expr @base, Expr exponent, Token place)
    {
        if (!work.AllowsPower(@base, exponent)) throw TooMuchWork(place);
        return Functions.Pow(@base, exponent);
    }

    private Expr Call(NamedFunction function, Expr[] arguments, Token name)
    {
        if (!function.Takes(arguments.Length))
        {
            throw Error(name, $"{function.Name} takes {function.ArgumentCount()}, got {arguments.Length}: {function.Signature}.");
        }

        if (!work.AllowsCall(arguments)) throw TooMuchWork(name);
        return Checked(name, () => function.Apply(arguments));
    }

    private Expr ElementOf(Bracket bracket)
    {
        var name = bracket.Name.Name;
        if (!arrays.TryGetValue(name, out var array))
        {
            if (options.DeclaredSymbolsOnly) throw Error(bracket.Name, $"{name} is not one of the declared arrays.");
            array = new IndexedBase(name);
        }

        return Checked(bracket.Name, () => array[[.. bracket.Arguments!]]);
    }

    /// <summary>What the functions refuse, such as a bound of a sum that is no whole number, is refused with the place.</summary>
    private Expr Checked(Token place, Func<Expr> build)
    {
        try
        {
            return build();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or NotSupportedException)
        {
            throw Error(place, exception.Message);
        }
    }

    private static Expr Compare(Expr left, TokenKind comparison, Expr right) => comparison switch
    {
        TokenKind.Less => Functions.Less(left, right),
        TokenKind.LessEqual => Functions.LessEqual(left, right),
        TokenKind.Greater => Functions.Greater(left, right),
        TokenKind.GreaterEqual => Functions.GreaterEqual(left, right),
        TokenKind.Equal => Functions.Equal(left, right),
        _ => Functions.NotEqual(left, right),
    };

    // ---- Errors ---------------------------------------------------------------------------------------------------------------

    private FormulaSyntaxException Error(Token place, string reason) => new(text, place.Position, reason);

    private FormulaSyntaxException TooMuchWork(Token place) =>
        Error(place, "The exact numbers here become too long. Write decimals (3.0e5) where exact fractions are not needed.");

    private string WhatIsExpected() => previous.Length == 0 ? "a formula" : $"an operand after {SignOf(previous)}";

    private string BracketEnd() => brackets.Peek() switch
    {
        { Kind: TokenKind.End } => "the end of the text",
        { Kind: TokenKind.Bar } => "a closing |",
        { Kind: TokenKind.OpenIndex } => "a closing ]",
        { Arguments: not null } => "a comma or a closing )",
        _ => "a closing )",
    };

    private string Describe(Token place) => place.Kind == TokenKind.End ? "the end of the text" : SignOf(place);

    private string SignOf(Token place)
    {
        const int longest = 24;
        return place.Length <= longest ? text.Substring(place.Position, place.Length) : string.Concat(text.AsSpan(place.Position, longest), "…");
    }

    /// <summary>An operator that waits for its last operand.</summary>
    private sealed class Pending(int level, Token token)
    {
        public int Level { get; } = level;

        /// <summary>The sign, for errors.</summary>
        public Token Token { get; set; } = token;

        /// <summary>Whether the next operand is subtracted or divided by.</summary>
        public bool IsInverse { get; set; }

        public List<Expr> Operands { get; } = [];

        public void Add(Expr operand) => Operands.Add(!IsInverse ? operand : Level == SumLevel ? -operand : 1 / operand);
    }

    /// <summary>An open bracket; the operators below it wait.</summary>
    private sealed class Bracket(TokenKind kind, Token open, NamedFunction? function, int pendingBelow)
    {
        public TokenKind Kind { get; } = kind;

        public Token Open { get; } = open;

        public NamedFunction? Function { get; } = function;

        public Token Name { get; init; }

        public int PendingBelow { get; } = pendingBelow;

        public List<Expr>? Arguments { get; } = function is null && kind != TokenKind.OpenIndex ? null : [];

        public TokenKind Closing { get; } = kind switch
        {
            TokenKind.Open => TokenKind.Close,
            TokenKind.OpenIndex => TokenKind.CloseIndex,
            _ => kind,
        };
    }
}
