using System.CommandLine;
using System.Text.Json;
using Nabla.Symbolics;

namespace Nabla.Cli;

/// <summary><c>nabla derive</c>: the derivative of a formula as a formula, and its value found in four ways.</summary>
internal static class DeriveCommand
{
    private const string BuiltInFormula = "exp(-x^2/2)";
    private const string BuiltInPoint = "x=2";
    private const int MostDigits = 1000;

    internal static ToolCommand Create(TextReader input)
    {
        Argument<string?> expression = new("formula")
        {
            Description = $"The formula, such as \"{BuiltInFormula}\"; a built-in example if left out.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string[]> wrt = new("--wrt")
        {
            Description = "By what, in order: \"x x y\" is the third derivative d3/dx2dy. By each symbol in turn if left out.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<string[]> at = new("--at") { Description = "Where, such as x=0.7 y=1.3; formulas only if left out.", AllowMultipleArgumentsPerToken = true };
        Option<int> order = new("--order") { Description = "The order of the derivative by one symbol.", DefaultValueFactory = _ => 1 };
        Option<bool> simplify = new("--simplify") { Description = "Simplify the derivative." };
        Option<int?> digits = new("--digits") { Description = "Also the value of the formula's derivative to that many digits." };
        Option<bool> latex = new("--latex") { Description = "Print the formulas as LaTeX." };
        Option<bool> json = new("--json") { Description = "Print one JSON object for each derivative and nothing else." };
        Option<string?> batch = new("--batch")
        {
            Description = "A table separated by ';' whose header names expression, wrt and point: one JSON line for each row. - reads standard input.",
        };
        Option<string?> outputFile = new("--output") { Description = "Where the lines of --batch go; standard output if left out." };
        ToolCommand command = new(
            "derive", "Differentiate a formula, and check the value by autograd, forward mode and differences.", "nabla derive \"sin(x*y)\" --wrt \"x y\" --at x=0.7 y=1.3")
        {
            expression, wrt, at, order, simplify, digits, latex, json, batch, outputFile,
        };
        command.SetAction((parsed, cancellation) =>
        {
            (TextWriter output, TextWriter error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (parsed.GetValue(batch) is { } table)
            {
                if (parsed.GetValue(expression) is not null) throw new WrongUseException("--batch takes its formulas from the table. Leave the formula out");
                return Task.FromResult(DeriveBatch.Run(table, parsed.GetValue(outputFile), input, output, error, cancellation));
            }

            if (parsed.GetValue(outputFile) is not null) throw new WrongUseException("--output is for --batch. Redirect the output of a single derivative with >");
            bool builtIn = parsed.GetValue(expression) is null && parsed.GetResult(wrt) is null && parsed.GetResult(at) is null;
            Request request = new()
            {
                Formula = FormulaInput.Formula(parsed.GetValue(expression) ?? BuiltInFormula),
                Wrt = Read(parsed.GetValue(wrt), FormulaInput.Symbols) ?? [],
                Point = Read(builtIn ? [BuiltInPoint] : parsed.GetValue(at), FormulaInput.Point),
                Order = parsed.GetValue(order),
                Simplify = parsed.GetValue(simplify),
                Digits = parsed.GetValue(digits),
            };
            return Task.FromResult(Run(request, parsed.GetValue(latex), parsed.GetValue(json), output));
        });
        return command;
    }

    private static T? Read<T>(string[]? words, Func<string, T> read) where T : class
    {
        if (words is null or []) return null;
        try
        {
            return read(string.Join(' ', words));
        }
        catch (FormatException mistake)
        {
            throw new WrongUseException(mistake.Message);
        }
    }

    private static int Run(Request request, bool latex, bool json, TextWriter output)
    {
        List<DerivedFormula> results = [];
        try
        {
            foreach (IReadOnlyList<Symbol> wrt in request.Derivatives()) results.Add(request.Derive(wrt));
        }
        catch (Exception failure) when (failure is NotSupportedException or ArgumentException)
        {
            throw new WrongUseException(failure.Message);
        }

        if (json)
        {
            foreach (DerivedFormula result in results) output.WriteLine(JsonSerializer.Serialize(result.ToRecord(), LessonsCommand.JsonLayout));
        }
        else
        {
            DeriveReport.Write(results, latex, output);
        }
        return results.TrueForAll(result => result.Values is not { Agree: false }) ? Cli.Success : Cli.Disagreement;
    }

    /// <summary>What is asked for.</summary>
    private sealed record Request
    {
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
                Digits = Point is null || Digits is not { } digits ? null : shown.Evaluate(Exactly(Point), digits),
            };
        }

        // As typed, 0.1 is one tenth: what follows is of the double that stands for it, all of whose digits count.
        private static Dictionary<Symbol, Expr> Exactly(IReadOnlyDictionary<Symbol, double> point) =>
            point.ToDictionary(pair => pair.Key, pair => (Expr)new Rational(pair.Value));
    }
}
