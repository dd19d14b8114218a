using System.CommandLine;
using Nabla.Symbolics;
using Symbol = Nabla.Symbolics.Symbol;

namespace Nabla.Cli;

/// <summary><c>nabla graph</c>: the computation graph of a formula, or of a function in a C# file, as a picture or as text.</summary>
internal static class GraphCommand
{
    internal static ToolCommand Create()
    {
        Argument<string> subject = new("formula") { Description = "A formula, or a C# file with checks as for 'nabla check'." };
        Option<string[]> at = new("--at") { Description = "Where values and gradients are computed, such as x=0.7 y=1.3.", AllowMultipleArgumentsPerToken = true };
        Option<string?> check = new("--check") { Description = "Which check of the file, if it has several." };
        Option<string?> picture = new("--out") { Description = "The SVG file to write." };
        Option<string?> dot = new("--dot") { Description = "The file to write for Graphviz." };
        Option<int> most = new("--max-nodes") { Description = "The most nodes to draw, those next to the result.", DefaultValueFactory = _ => 250 };
        ToolCommand command = new(
            "graph", "Draw the computation graph of a formula or a function.", "nabla graph \"exp(-(x^2 + y^2)/2)\" --at x=0.7 y=1.3 --out graph.svg")
        {
            subject, at, check, picture, dot, most,
        };
        command.SetAction(parsed =>
        {
            (TextWriter output, TextWriter error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            string text = parsed.GetValue(subject)!;
            int nodes = parsed.GetValue(most);
            if (nodes < 1) throw new WrongUseException($"--max-nodes is {nodes}; it must be 1 or more");
            bool isFile = text.EndsWith(".cs", StringComparison.OrdinalIgnoreCase);
            if (isFile && parsed.GetResult(at) is not null) throw new WrongUseException("--at is for formulas; the checks of a file say where");
            if (!isFile && parsed.GetValue(check) is not null) throw new WrongUseException("--check is for files; a formula has one graph");
            ComputationGraph graph = isFile
                ? ProgressLine.While(error, text, () => OfFile(text, parsed.GetValue(check)))
                : OfFormula(FormulaInput.Formula(text), FormulaInput.PointList(parsed.GetValue(at)));

            if (parsed.GetValue(picture) is { } svg) OutputFile.Write(svg, writer => writer.Write(graph.ToSvg(nodes)));
            if (parsed.GetValue(dot) is { } graphviz) OutputFile.Write(graphviz, writer => writer.Write(graph.ToDot(nodes)));
            if (parsed.GetValue(picture) is null && parsed.GetValue(dot) is null) GraphOutline.Write(graph, nodes, output);
            return Cli.Success;
        });
        return command;
    }

    private static ComputationGraph OfFormula(Expr formula, Dictionary<Symbol, double>? point)
    {
        if (point is not null && formula.FreeSymbols.FirstOrDefault(symbol => !point.ContainsKey(symbol)) is { } missing)
            throw new WrongUseException($"--at gives no value of '{missing.Name}'. Add {missing.Name}=…");
        return ComputationGraph.Of(formula, point);
    }

    private static ComputationGraph OfFile(string path, string? name)
    {
        IReadOnlyList<DeclaredCheck> checks = CheckFile.Load(path);
        string names = string.Join(", ", checks.Select(check => check.Name));
        if (name is null && checks.Count > 1) throw new WrongUseException($"'{path}' has several checks: {names}. Name one with --check");
        DeclaredCheck wanted = name is null ? checks[0] : checks.FirstOrDefault(check => check.Name == name)
            ?? throw new WrongUseException($"'{path}' has no check '{name}'. There are {names}");
        CheckResult[] results = [.. wanted.Run()];
        if (results is [{ Failure: { } failure }, ..]) throw new WrongUseException($"the check {wanted.Name} failed: {failure}");
        return results.Length > 0 ? results[0].Report!.Graph : throw new WrongUseException($"the check {wanted.Name} returned no report");
    }
}
