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

    /// <summary>
    /// The formula of LaTeX text: fractions, roots, powers, Greek letters, functions with or without brackets (<c>\sin^2 x</c>), absolute
    /// values, cases, sums and products over an index. Letters side by side are a product; commands for spacing are ignored.
    /// </summary>
    /// <exception cref="FormulaSyntaxException">The text is no formula; the message shows the place.</exception>
    public static Expr ParseLatex(string text) => ParseLatex(text, ParseOptions.Default);

    /// <summary>The formula of LaTeX text, with declared symbols.</summary>
    /// <exception cref="FormulaSyntaxException">The text is no formula; the message shows the place.</exception>
    public static Expr ParseLatex(string text, ParseOptions options)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(options);
        return InfixParser.ParseLatex(text, options);
    }

    /// <summary>
    /// The formula as LaTeX for amsmath, without dollar signs. A formula that is larger than a page is written in shared parts, as
    /// <see cref="SharedParts.ToLatex"/> writes it.
    /// </summary>
    public string ToLatex() => IsTooLargeForOneLine ? SharedParts.Of(this).ToLatex() : LatexWriter.Write(new NotationBuilder().Of(this));

    /// <summary>
    /// The formula as a MathML element, which browsers show without any script. A formula that is larger than a page is written in shared
    /// parts, as <see cref="SharedParts.ToMathML"/> writes it.
    /// </summary>
    public string ToMathML() => IsTooLargeForOneLine ? SharedParts.Of(this).ToMathML() : MathMLWriter.Element(new NotationBuilder().Of(this));

    /// <summary>
    /// The formula drawn with Unicode characters over several lines: stacked fractions, raised exponents, roots. What would be wider than
    /// <paramref name="width"/> columns is broken at the signs of its outermost sum or product, or else written on one line as by
    /// <see cref="ToString()"/>; a formula that is larger than a page is written in shared parts.
    /// </summary>
    /// <param name="width">The width of a line in columns; at least 20.</param>
    public string ToPretty(int width = 100)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 20);
        if (IsTooLargeForOneLine) return SharedParts.Of(this).ToPretty();
        var notation = new NotationBuilder().Of(this);
        List<TextBlock> blocks = [PrettyWriter.Write(notation)];
        if (blocks[0].Width > width) blocks = [.. NotationLines.Break(notation).Select(PrettyWriter.Write)];
        if (blocks.Any(block => block.Width > width)) return ToString();
        return string.Join('\n', blocks.SelectMany(static block => block.Lines).Select(static line => line.TrimEnd()));
    }

    /// <summary>The formula as one C# expression over doubles with the functions of <see cref="Math"/>, such as <c>Math.Exp(-x) * x</c>.</summary>
    /// <exception cref="NotSupportedException">A function or a symbol's name has no counterpart in C#.</exception>
    /// <exception cref="InvalidOperationException">The formula is too large for one expression.</exception>
    public string ToCSharp() => CSharpPrinter.Print(this);

    private bool IsTooLargeForOneLine => Size > 2_000 || Depth > 150;
}
