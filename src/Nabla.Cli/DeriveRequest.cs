using Nabla.Symbolics;

namespace Nabla.Cli;

/// <summary>What <c>nabla derive</c> is asked for.</summary>
internal sealed record DeriveRequest
{
    private const int MostDigits = 1000;

    public required Expr Formula { get; init; }

    public required IReadOnlyList<Symbol> Wrt { get; init; }

    public required IReadOnlyDictionary<Symbol, double>? Point { get; init; }

    public required int Order { get; init; }

    public required bool Simplify { get; init; }

    public required int? Digits { get; init; }

    /// <summary>The symbols of each derivative, in order.</summary>
    public List<IReadOnlyList<Symbol>> Derivatives()
    {
        if (Order < 1) throw new WrongUseException($"--order is {Order}; it must be 1 or more");
        if (Digits is { } digits && (digits < 1 || digits > MostDigits)) throw new WrongUseException($"--digits is {digits}; it must be between 1 and {MostDigits}");
        if (Digits is not null && Point is null) throw new WrongUseException("--digits needs a place. Give it with --at");
        if (Order > 1 && Wrt.Count > 1) throw new WrongUseException("--order is for one symbol; with several, --wrt says the order: \"x x y\"");
        if (Math.Max(Order, Wrt.Count) > Derivation.HighestOrder) throw new WrongUseException($"the highest order is {Derivation.HighestOrder}");
        if (Wrt.Count > 1) return [Wrt];
        IReadOnlyList<Symbol> each = Wrt.Count == 1 ? Wrt : [.. Formula.FreeSymbols];
        if (each.Count == 0) throw new WrongUseException("the formula has no symbol. Name one with --wrt to get the derivative 0");
        return [.. each.Select(symbol => (IReadOnlyList<Symbol>)[.. Enumerable.Repeat(symbol, Order)])];
    }

    public DerivedFormula Derive(IReadOnlyList<Symbol> wrt)
    {
        if (Point is not null && Formula.FreeSymbols.FirstOrDefault(symbol => !Point.ContainsKey(symbol)) is { } missing)
            throw new WrongUseException($"--at gives no value of '{missing.Name}'. Add {missing.Name}=…");
        Derivation derivation = Derivation.Of(Formula, wrt);
        Expr shown = Simplify ? derivation.Derivative.Simplify() : derivation.Derivative;
        return new DerivedFormula
        {
            Derivation = derivation,
            Shown = shown,
            Point = Point,
            Values = Point is null ? null : derivation.At(Point, forwardMode: true),
            Digits = ToDigits(shown),
        };
    }

    /// <summary>The value to many digits, or why there are none; null if none were asked for.</summary>
    private string? ToDigits(Expr shown)
    {
        if (Point is null || Digits is not { } count) return null;
        try
        {
            return shown.Evaluate(Point, count);
        }
        catch (NotSupportedException reason)
        {
            return $"none: {reason.Message}";
        }
    }
}
