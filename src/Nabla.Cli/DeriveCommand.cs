using System.CommandLine;
using System.Text.Json;

namespace Nabla.Cli;

/// <summary><c>nabla derive</c>: the derivative of a formula as a formula, and its value found in four ways.</summary>
internal static class DeriveCommand
{
    private const string BuiltInFormula = "exp(-x^2/2)";
    private const string BuiltInPoint = "x=2";

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
            DeriveRequest request = new()
            {
                Formula = FormulaInput.Formula(parsed.GetValue(expression) ?? BuiltInFormula),
                Wrt = FormulaInput.SymbolList(parsed.GetValue(wrt)) ?? [],
                Point = FormulaInput.PointList(builtIn ? [BuiltInPoint] : parsed.GetValue(at)),
                Order = parsed.GetValue(order),
                Simplify = parsed.GetValue(simplify),
                Digits = parsed.GetValue(digits),
            };
            return Task.FromResult(Run(request, parsed.GetValue(latex), parsed.GetValue(json), output, error));
        });
        return command;
    }

    private static int Run(DeriveRequest request, bool latex, bool json, TextWriter output, TextWriter error)
    {
        List<DerivedFormula> results;
        try
        {
            results = ProgressLine.While(error, "differentiating", () => request.Derivatives().ConvertAll(request.Derive));
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
}
