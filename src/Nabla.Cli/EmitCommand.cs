using System.CommandLine;
using Nabla.Symbolics;
using Symbol = Nabla.Symbolics.Symbol;

namespace Nabla.Cli;

/// <summary><c>nabla emit</c>: the code of a formula and of its gradient, for a program or a kernel.</summary>
internal static class EmitCommand
{
    private static readonly string[] Languages = ["csharp", "c", "cuda", "glsl", "hlsl"];

    internal static ToolCommand Create()
    {
        Argument<string[]> formulas = new("formula") { Description = "One formula, or several that become several outputs.", Arity = ArgumentArity.OneOrMore };
        Option<string> language = new("--lang") { Description = "csharp, c, cuda, glsl or hlsl.", Required = true };
        language.AcceptOnlyFromAmong(Languages);
        Option<string[]> wrt = new("--wrt") { Description = "By what the gradient is, such as x,y; by every parameter if left out.", AllowMultipleArgumentsPerToken = true };
        Option<string[]> parameters = new("--params") { Description = "The parameters in order; the symbols in the order of their names if left out.", AllowMultipleArgumentsPerToken = true };
        Option<string> name = new("--name") { Description = "The name of the function.", DefaultValueFactory = _ => "f" };
        Option<string?> precision = new("--precision") { Description = "float or double; by default double in C and C#, float elsewhere." };
        precision.AcceptOnlyFromAmong("float", "double");
        Option<bool> value = new("--value") { Description = "The value only." };
        Option<bool> gradient = new("--gradient") { Description = "The gradient only." };
        Option<bool> both = new("--both") { Description = "Value and gradient in one function; the default with --wrt." };
        Option<bool> accumulate = new("--accumulate") { Description = "Add the gradient to what is there." };
        Option<string?> outputFile = new("--out") { Description = "The file to write; standard output if left out." };
        ToolCommand command = new(
            "emit", "Print the code of formulas and their gradient for C#, C, CUDA, GLSL or HLSL.", "nabla emit --lang cuda \"exp(-(x^2 + y^2)/2)\" --wrt x,y")
        {
            formulas, language, wrt, parameters, name, precision, value, gradient, both, accumulate, outputFile,
        };
        command.SetAction(parsed =>
        {
            int parts = (parsed.GetValue(value) ? 1 : 0) + (parsed.GetValue(gradient) ? 1 : 0) + (parsed.GetValue(both) ? 1 : 0);
            if (parts > 1) throw new WrongUseException("--value, --gradient and --both exclude each other. Give one of them");
            List<Symbol>? by = FormulaInput.SymbolList(parsed.GetValue(wrt));
            bool wantsGradient = parsed.GetValue(gradient) || parsed.GetValue(both) || (parts == 0 && by is not null);
            if (!wantsGradient && by is not null) throw new WrongUseException("--wrt is about the gradient, and --value leaves that out");
            if (!wantsGradient && parsed.GetValue(accumulate)) throw new WrongUseException("--accumulate is about the gradient. Add --gradient or --both");

            Expr[] outputs = [.. parsed.GetValue(formulas)!.Select(FormulaInput.Formula)];
            string text = Source(
                Enum.Parse<EmitLanguage>(parsed.GetValue(language)!, ignoreCase: true),
                () => new EmitRequest
                {
                    Name = parsed.GetValue(name)!,
                    Parameters = [.. Parameters(outputs, FormulaInput.SymbolList(parsed.GetValue(parameters)), by).Select(EmitParameter.Scalar)],
                    Outputs = [.. outputs.Select((formula, i) => EmitOutput.Scalar(outputs.Length == 1 ? "value" : $"value{i + 1}", formula))],
                    Parts = !wantsGradient ? EmitParts.Value : parsed.GetValue(gradient) ? EmitParts.Gradient : EmitParts.ValueAndGradient,
                    GradientOf = by?.ConvertAll(symbol => symbol.Name),
                    Accumulate = parsed.GetValue(accumulate),
                    Precision = parsed.GetValue(precision) switch { "float" => EmitPrecision.Float, "double" => EmitPrecision.Double, _ => null },
                });
            if (parsed.GetValue(outputFile) is { } path) OutputFile.Write(path, writer => writer.Write(text));
            else parsed.InvocationConfiguration.Output.Write(text);
            return Cli.Success;
        });
        return command;
    }

    private static string Source(EmitLanguage language, Func<EmitRequest> request)
    {
        try
        {
            return Emit.Source(language, request());
        }
        catch (Exception refusal) when (refusal is ArgumentException or NotSupportedException)
        {
            throw new WrongUseException(refusal.Message);
        }
    }

    private static List<Symbol> Parameters(Expr[] outputs, List<Symbol>? given, List<Symbol>? by)
    {
        SortedDictionary<string, Symbol> needed = new(StringComparer.Ordinal);
        foreach (Symbol symbol in outputs.SelectMany(output => output.FreeSymbols).Concat(by ?? [])) needed[symbol.Name] = symbol;
        if (given is null) return [.. needed.Values];
        if (needed.Values.FirstOrDefault(symbol => !given.Contains(symbol)) is { } missing)
            throw new WrongUseException($"--params does not name '{missing.Name}'. Add it");
        return given;
    }
}
