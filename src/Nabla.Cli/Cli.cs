using System.CommandLine;
using System.CommandLine.Help;

namespace Nabla.Cli;

/// <summary>
/// The nabla tool: its commands and what it does with a wrong command line. Results go to standard output, one line
/// about a mistake of the caller to standard error; the exit code is 0, 1 when something that was checked disagrees,
/// and 2 for a mistake of the caller.
/// </summary>
internal static class Cli
{
    internal const int Success = 0;
    internal const int Disagreement = 1;
    internal const int WrongUse = 2;

    /// <param name="args">The command line.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="input">Standard input; the console's by default.</param>
    internal static int Run(string[] args, TextWriter output, TextWriter error, TextReader? input = null)
    {
        ParseResult parsed = BuildTool(input ?? Console.In).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0) return Refuse(parsed.Errors[0].Message, parsed.CommandResult.Command, error);

        try
        {
            return parsed.Invoke(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
            });
        }
        catch (WrongUseException mistake)
        {
            return Refuse(mistake.Message, parsed.CommandResult.Command, error, mistake.Excerpt);
        }
    }

    /// <summary>The root with one line per command.</summary>
    private static ToolCommand BuildTool(TextReader input)
    {
        ToolCommand tool = new("nabla", "The tool of the Nabla differentiation library.", "nabla derive \"exp(-x^2/2)\" --wrt x --at x=2")
        {
            DeriveCommand.Create(input),
            CheckCommand.Create(),
            GraphCommand.Create(),
            EmitCommand.Create(),
            LessonsCommand.Create(),
            EnvCommand.Create(),
        };
        HelpOption help = new();
        help.Action = new HelpWithExample((HelpAction)help.Action!);
        tool.Options.Add(help);
        tool.Options.Add(new VersionOption());
        tool.SetAction(parsed => tool.Parse("--help").Invoke(parsed.InvocationConfiguration));
        return tool;
    }

    private static int Refuse(string mistake, Command command, TextWriter error, string? excerpt = null)
    {
        string oneLine = mistake.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        string name = command.Name == "nabla" ? "nabla" : "nabla " + command.Name;
        error.WriteLine($"nabla: {oneLine}. See: {name} --help");
        if (excerpt is not null) error.WriteLine(excerpt);
        return WrongUse;
    }
}
