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

    internal static int Run(string[] args, TextWriter output, TextWriter error)
    {
        ParseResult parsed = BuildTool().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
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
            return Refuse(mistake.Message, parsed.CommandResult.Command, error);
        }
    }

    /// <summary>The root with one line per command.</summary>
    private static ToolCommand BuildTool()
    {
        ToolCommand tool = new("nabla", "The tool of the Nabla differentiation library.", "nabla env --json")
        {
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

    private static int Refuse(string mistake, Command command, TextWriter error)
    {
        string oneLine = mistake.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        string name = command.Name == "nabla" ? "nabla" : "nabla " + command.Name;
        error.WriteLine($"nabla: {oneLine}. See: {name} --help");
        return WrongUse;
    }
}
