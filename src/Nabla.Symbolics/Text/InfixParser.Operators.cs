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
        operation.CarryOutSign();
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

    /// <summary>Whether the text in a bracket is a sum, of which the last term is <see cref="current"/>.</summary>
    private bool HoldsOnlySum(Bracket bracket) => bracket.Kind == TokenKind.Open && bracket.Function is null
        && Top is { Level: SumLevel, HasDecimals: false } && pending.Count == bracket.PendingBelow + 1 && !Pending.IsDecimal(current);

    /// <summary>
    /// After the bracket around a sum. If the sum goes on behind it, or is itself a term, its terms stay terms: completed one by one, the sums of
    /// a - (b - (c - … or of ((a + b) + c) + … would be sorted and flattened again and again. Decimals are added in the order of the brackets.
    /// </summary>
    private void CloseSum()
    {
        var inner = pending.Pop();
        var around = Top;
        var isTerm = token.Kind is TokenKind.Plus or TokenKind.Minus or TokenKind.Close or TokenKind.Comma or TokenKind.End;
        if (!isTerm || around is { Level: > SumLevel } or { Level: SumLevel, HasDecimals: true })
        {
            current = Complete(inner);
        }
        else if (around is { Level: SumLevel })
        {
            inner.Add(current);
            pending.Pop();
            var joined = around.Join(inner);
            pending.Push(joined);
            current = joined.TakeLast();
        }
        else
        {
            pending.Push(inner);
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

        /// <summary>Whether a term is a decimal number, whose sums depend on their order.</summary>
        public bool HasDecimals { get; private set; }

        // The terms of a long sum that is subtracted are negated once, at the end.
        private bool IsNegated { get; set; }

        public static bool IsDecimal(Expr term) => term is Number { IsExact: false } or Sum { Args: [.., Number { IsExact: false }] };

        public void Add(Expr operand)
        {
            HasDecimals |= IsDecimal(operand);
            Operands.Add(IsInverse == IsNegated ? operand : Level == SumLevel ? -operand : 1 / operand);
        }

        /// <summary>This sum with another one added, or subtracted if that is next; the shorter one is put into the longer.</summary>
        public Pending Join(Pending other)
        {
            var (longer, shorter) = Operands.Count >= other.Operands.Count ? (this, other) : (other, this);
            var isOpposite = IsNegated ^ IsInverse ^ other.IsNegated;
            foreach (var term in shorter.Operands) longer.Operands.Add(isOpposite ? -term : term);
            if (ReferenceEquals(longer, other)) other.IsNegated ^= IsInverse;
            return longer;
        }

        /// <summary>Takes the last term away, to be added again.</summary>
        public Expr TakeLast()
        {
            var last = Operands[^1];
            Operands.RemoveAt(Operands.Count - 1);
            IsInverse = IsNegated;
            return last;
        }

        public void CarryOutSign()
        {
            if (!IsNegated) return;
            for (var i = 0; i < Operands.Count; i++) Operands[i] = -Operands[i];
            IsNegated = false;
        }
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
