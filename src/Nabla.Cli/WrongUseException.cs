namespace Nabla.Cli;

/// <summary>A mistake of the caller that only shows while a command runs, such as a file that is not there.</summary>
internal sealed class WrongUseException(string message) : Exception(message);
