namespace Nabla.Symbolics;

/// <summary>A text is no formula. The message says what was expected, and shows the line with a caret under the place.</summary>
public sealed class FormulaSyntaxException : FormatException
{
    /// <summary>Makes an exception without a place.</summary>
    public FormulaSyntaxException()
        : this("The text is no formula.")
    {
    }

    /// <summary>Makes an exception without a place.</summary>
    public FormulaSyntaxException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception without a place.</summary>
    public FormulaSyntaxException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An error at a place of a text.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="position">Index of the character at which the error was noticed; the length of the text for its end.</param>
    /// <param name="reason">What is wrong, and what was expected.</param>
    public FormulaSyntaxException(string text, int position, string reason)
        : base(reason + Environment.NewLine + TextExcerpt.At(text, position))
    {
        Position = position;
        Reason = reason;
    }

    /// <summary>Index of the character at which the error was noticed; the length of the text for its end.</summary>
    public int Position { get; }

    /// <summary>What is wrong, without the excerpt of the text.</summary>
    public string Reason { get; } = "";
}
