using Nabla.Symbolics;

namespace Nabla.Cli;

/// <summary>A derivative as it is shown.</summary>
internal sealed record DerivedFormula
{
    public required Derivation Derivation { get; init; }

    /// <summary>The derivative, simplified if that was asked for.</summary>
    public required Expr Shown { get; init; }

    public required IReadOnlyDictionary<Symbol, double>? Point { get; init; }

    /// <summary>Null without a point.</summary>
    public required DerivativeValues? Values { get; init; }

    /// <summary>The value of the derivative with as many digits as were asked for.</summary>
    public required string? Digits { get; init; }

    /// <summary>As in a formula: d^3/dx^2dy.</summary>
    internal string Operator()
    {
        string below = string.Concat(Powers().Select(power => $"d{power.Symbol.Name}{(power.Count == 1 ? "" : $"^{power.Count}")}"));
        return Derivation.Wrt.Count == 1 ? $"d/{below}" : $"d^{Derivation.Wrt.Count}/{below}";
    }

    /// <summary>The same in LaTeX.</summary>
    internal string LatexOperator()
    {
        string d = Derivation.Formula.FreeSymbols.Count > 1 ? "\\partial" : "d";
        string below = string.Join(" ", Powers().Select(power => $"{d} {power.Symbol.ToLatex()}{(power.Count == 1 ? "" : $"^{{{power.Count}}}")}"));
        return $"\\frac{{{d}{(Derivation.Wrt.Count == 1 ? "" : $"^{{{Derivation.Wrt.Count}}}")}}}{{{below}}}";
    }

    internal DeriveRecord ToRecord() => new()
    {
        Formula = Derivation.Formula.ToString(),
        Wrt = [.. Derivation.Wrt.Select(symbol => symbol.Name)],
        Derivative = Shown.ToString(),
        Latex = Shown.ToLatex(),
        Point = Point?.ToDictionary(pair => pair.Key.Name, pair => pair.Value),
        Value = Values?.Value,
        Symbolic = Values?.Symbolic,
        Autograd = Values?.Autograd,
        ForwardMode = Values?.ForwardMode,
        FiniteDifference = Values?.FiniteDifference,
        FiniteDifferenceError = Values?.FiniteDifferenceError,
        Digits = Digits,
        Agree = Values?.Agree,
    };

    // Neighbours that are the same symbol are a power; x y x stays as it was asked for.
    private List<(Symbol Symbol, int Count)> Powers()
    {
        List<(Symbol Symbol, int Count)> powers = [];
        foreach (Symbol symbol in Derivation.Wrt)
        {
            if (powers.Count > 0 && powers[^1].Symbol == symbol) powers[^1] = (symbol, powers[^1].Count + 1);
            else powers.Add((symbol, 1));
        }
        return powers;
    }
}

/// <summary>What <c>nabla derive --json</c> prints; without a point there are no values.</summary>
internal sealed record DeriveRecord
{
    public required string Formula { get; init; }

    public required string[] Wrt { get; init; }

    public required string Derivative { get; init; }

    public required string Latex { get; init; }

    public required Dictionary<string, double>? Point { get; init; }

    public required double? Value { get; init; }

    public required double? Symbolic { get; init; }

    public required double? Autograd { get; init; }

    public required double? ForwardMode { get; init; }

    public required double? FiniteDifference { get; init; }

    public required double? FiniteDifferenceError { get; init; }

    public required string? Digits { get; init; }

    public required bool? Agree { get; init; }
}
