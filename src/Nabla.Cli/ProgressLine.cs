using Spectre.Console;

namespace Nabla.Cli;

/// <summary>A line that moves while work goes on, where somebody sees it; nothing where standard error is a file.</summary>
internal static class ProgressLine
{
    internal static T While<T>(TextWriter error, string title, Func<T> work)
    {
        IAnsiConsole console = LessonTable.ConsoleOn(error);
        return console.Profile.Out.IsTerminal ? console.Status().Start(Markup.Escape(title), _ => work()) : work();
    }
}
