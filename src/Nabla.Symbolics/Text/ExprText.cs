using System.Diagnostics.CodeAnalysis;

namespace Nabla.Symbolics;

/// <content>Formulas as text.</content>
public abstract partial class Expr
{
    /// <summary>
    /// The formula of infix text such as <c>-x*exp(-x^2/2)</c>: + - * / ^ (also **), functions with brackets, comparisons, and, or, not,
    /// |x|, n!, products without a sign (<c>2x</c>), the constants pi, e, inf and nan. Whole numbers are exact, decimals are doubles.
    /// </summary>
    /// <exception cref="FormulaSyntaxException">The text is no formula; the message shows the place.</exception>
    public static Expr Parse(string text) => Parse(text, ParseOptions.Default);

    /// <summary>The formula of infix text, with declared symbols.</summary>
    /// <exception cref="FormulaSyntaxException">The text is no formula; the message shows the place.</exception>
    public static Expr Parse(string text, ParseOptions options)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(options);
        return InfixParser.Parse(text, options);
    }

    /// <summary>The formula of infix text, or why it is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="formula">The formula, or null.</param>
    /// <param name="error">Empty, or what is wrong and where.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Expr? formula, out string error) =>
        TryParse(text, ParseOptions.Default, out formula, out error);

    /// <summary>The formula of infix text with declared symbols, or why it is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">Declared symbols and limits.</param>
    /// <param name="formula">The formula, or null.</param>
    /// <param name="error">Empty, or what is wrong and where.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, ParseOptions options, [NotNullWhen(true)] out Expr? formula, out string error)
    {
        ArgumentNullException.ThrowIfNull(options);
        formula = null;
        error = "";
        if (text is null)
        {
            error = "Expected a formula, got no text.";
            return false;
        }

        try
        {
            formula = InfixParser.Parse(text, options);
            return true;
        }
        catch (FormulaSyntaxException exception)
        {
            error = exception.Message;
            return false;
        }
    }
}
