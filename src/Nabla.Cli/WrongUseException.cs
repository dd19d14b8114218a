namespace Nabla.Cli;

/// <summary>A mistake of the caller that only shows while a command runs, such as a file that is not there.</summary>
/// <param name="message">One line.</param>
/// <param name="excerpt">Lines to show below it, such as a formula with a caret under the place; null for none.</param>
internal sealed class WrongUseException(string message, string? excerpt = null) : Exception(message)
{
    internal string? Excerpt => excerpt;
}
