using Nabla.Symbolics;

namespace Nabla.Cli;

/// <summary>One line of <c>nabla derive --batch</c>'s output. Numbers that are not finite are the strings NaN, Infinity and -Infinity.</summary>
internal sealed record BatchRow
{
    private const int LongestDerivative = 100_000;

    /// <summary>As in the file; the number of the row where the file has no ids.</summary>
    public required string Id { get; init; }

    public string? Derivative { get; init; }

    /// <summary>Of the function at the point.</summary>
    public double? Value { get; init; }

    /// <summary>Of the derivative, by its formula. The next three are the same number, found in other ways.</summary>
    public double? Symbolic { get; init; }

    public double? Autograd { get; init; }

    public double? FiniteDifference { get; init; }

    public double? FiniteDifferenceError { get; init; }

    public bool Agree { get; init; }

    /// <summary>Why there are no numbers; null if there are.</summary>
    public string? Error { get; init; }

    /// <summary>Reads and computes a row; whatever is wrong with it becomes its <see cref="Error"/>.</summary>
    internal static BatchRow Of(TableRow row)
    {
        string id = row["id"] is { Length: > 0 } given ? given : $"{row.Number}";
        if (row.Mistake is { } mistake) return Failed(id, row, mistake);
        try
        {
            if (row["expression"].Length == 0) return Failed(id, row, "there is no expression");
            Expr formula = Expr.Parse(row["expression"]);
            List<Symbol> wrt = FormulaInput.Symbols(row["wrt"]);
            if (wrt.Count == 0) return Failed(id, row, "wrt names no symbol");
            if (wrt.Count > Derivation.HighestOrder) return Failed(id, row, $"the order is {wrt.Count}, the highest is {Derivation.HighestOrder}");
            Dictionary<Symbol, double> point = FormulaInput.Point(row["point"]);

            Derivation derivation = Derivation.Of(formula, wrt);
            DerivativeValues values = derivation.At(point, forwardMode: false);
            return new BatchRow
            {
                Id = id,
                Derivative = derivation.Derivative.ToString(LongestDerivative),
                Value = values.Value,
                Symbolic = values.Symbolic,
                Autograd = values.Autograd,
                FiniteDifference = values.FiniteDifference,
                FiniteDifferenceError = values.FiniteDifferenceError,
                Agree = values.Agree,
            };
        }
        catch (FormulaSyntaxException wrong)
        {
            return Failed(id, row, $"column {wrong.Position + 1} of the expression: {wrong.Reason}");
        }
        catch (Exception wrong) when (wrong is FormatException or ArgumentException or NotSupportedException or InvalidOperationException or OverflowException)
        {
            return Failed(id, row, wrong.Message);
        }
    }

    private static BatchRow Failed(string id, TableRow row, string reason) =>
        new() { Id = id, Error = $"line {row.Line}: {reason.ReplaceLineEndings(" ").TrimEnd('.', ' ')}" };
}
