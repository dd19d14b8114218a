using System.CommandLine;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary><c>nabla check</c>: runs the gradient checks that a C# file declares.</summary>
internal static class CheckCommand
{
    internal const string Example = """"
        // Run with: nabla check FILE.cs --html report.html
        // A check is a static method without parameters that returns a VerificationReport.
        using Nabla;

        static class Checks
        {
            // The function, where, and the gradient that was derived by hand: a C# function of x, or text.
            static VerificationReport Bell() => Verify.Gradient(
                x => (-x.Square() / 2).Exp(), at: Tensor.Of(2.0, DType.Float64), claimed: x => -x * (-x.Square() / 2).Exp());

            static VerificationReport SumOfSquares() => Verify.Gradient(
                x => x.Square().Sum(), at: Tensor.Of([1.0, -2, 3], DType.Float64), claimed: x => 2 * x);

            // Without a claim, autograd, the formula, forward mode and differences are compared among each other.
            static VerificationReport LogSumExp() => Verify.Gradient(
                x => x.LogSumExp(), at: Tensor.Of([0.3, 1.2, -0.4], DType.Float64));
        }
        """";

    internal static ToolCommand Create()
    {
        Argument<string?> file = new("file") { Description = "The C# file.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> html = new("--html") { Description = "The report to write: one page that needs nothing else." };
        Option<bool> all = new("--all") { Description = "Print the whole report of every check, not only of those that disagree." };
        Option<bool> example = new("--example") { Description = "Print a file to start from." };
        ToolCommand command = new("check", "Run the gradient checks of a C# file and compare all ways to the gradient.", "nabla check gradients.cs --html report.html")
        {
            file, html, all, example,
        };
        command.SetAction((parsed, cancellation) =>
        {
            (TextWriter output, TextWriter error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            if (parsed.GetValue(example))
            {
                output.WriteLine(Example);
                return Task.FromResult(Cli.Success);
            }
            string path = parsed.GetValue(file) ?? throw new WrongUseException("there is no file. Give a C# file, or print one to start from with --example");
            return Task.FromResult(Run(path, parsed.GetValue(html), parsed.GetValue(all), output, error, cancellation));
        });
        return command;
    }

    private static int Run(string path, string? html, bool all, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        IReadOnlyList<DeclaredCheck> checks = ProgressLine.While(error, $"compiling {path}", () => CheckFile.Load(path));
        List<CheckResult> results = [];
        foreach (DeclaredCheck check in checks)
        {
            cancellation.ThrowIfCancellationRequested();
            results.AddRange(ProgressLine.While(error, $"{check.Name} ({results.Count + 1} of {checks.Count})", check.Run));
        }

        IAnsiConsole console = LessonTable.ConsoleOn(output);
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("check", "agree", "result");
        foreach (CheckResult result in results)
        {
            table.AddRow(
                new Text(result.Name),
                result.Agrees ? new Text("yes", new Style(Color.Green)) : new Text("NO", new Style(Color.Red, decoration: Decoration.Bold)),
                new Text(result.Report?.Summary ?? result.Failure!));
        }
        console.Write(table);
        foreach (CheckResult result in results)
        {
            if (result.Report is null || (result.Agrees && !all)) continue;
            output.WriteLine();
            output.WriteLine(result.Report.ToText());
        }

        int agreeing = results.Count(result => result.Agrees);
        output.WriteLine(agreeing == results.Count
            ? results.Count == 1 ? "The check agrees." : $"All {agreeing} checks agree."
            : $"{agreeing} of {results.Count} checks agree.");
        if (html is not null) OutputFile.Write(html, writer => writer.Write(CheckPage.Write(Path.GetFileName(path), results)));
        return agreeing == results.Count ? Cli.Success : Cli.Disagreement;
    }
}
