using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Nabla.Cli;

/// <summary>A command that shows how it is used: its help ends with an example.</summary>
internal sealed class ToolCommand(string name, string description, string example) : Command(name, description)
{
    internal string Example { get; } = example;
}

/// <summary>The usual help, followed by the command's example.</summary>
internal sealed class HelpWithExample(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is ToolCommand command)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Example:");
            output.WriteLine("  " + command.Example);
        }

        return code;
    }
}
