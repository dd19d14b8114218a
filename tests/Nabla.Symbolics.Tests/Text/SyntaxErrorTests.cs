namespace Nabla.Symbolics.Tests.Text;

public sealed class SyntaxErrorTests
{
    [Theory]
    [InlineData("", 0, "Expected a formula, found the end of the text")]
    [InlineData("x +", 3, "Expected an operand after +")]
    [InlineData("sin(x + 1", 9, "Expected a comma or a closing ) for the ( at column 4")]
    [InlineData("(x + 1", 6, "Expected a closing ) for the ( at column 1")]
    [InlineData("x + 1)", 5, "There is no opening bracket for this )")]
    [InlineData("(x]", 2, "Expected a closing ) for the ( at column 1, found ]")]
    [InlineData("|x", 2, "Expected a closing |")]
    [InlineData("x 2", 2, "Write * for a product")]
    [InlineData("sin x", 4, "Expected a round bracket after the function sin: sin(x)")]
    [InlineData("sni(x)", 0, "did you mean sin?")]
    [InlineData("x(y + 1)", 0, "write x*( for a product")]
    [InlineData("sin(x, y)", 0, "sin takes 1 argument, got 2: sin(x)")]
    [InlineData("atan2(x)", 0, "atan2 takes 2 arguments, got 1: atan2(a, b)")]
    [InlineData("max()", 4, "max takes 1 or more arguments, got none")]
    [InlineData("piecewise(x < 1, 2)", 0, "piecewise takes an odd number of arguments")]
    [InlineData("x = 1", 2, "Write == to compare")]
    [InlineData("a < b < c", 6, "Comparisons are not chained")]
    [InlineData("x, y", 1, "A comma stands only between the arguments")]
    [InlineData("1e400", 0, "too large for a double")]
    [InlineData("1e-400", 0, "too small for a double")]
    [InlineData("x + $", 4, "The character $ is not part of a formula")]
    [InlineData("{x}", 0, "ParseLatex")]
    [InlineData("`a", 0, "The quoted name has no end")]
    [InlineData("``", 0, "The quoted name is empty")]
    [InlineData("mu[]", 3, "Expected an index of mu")]
    [InlineData("(x)[1]", 3, "Square brackets are for the indices")]
    [InlineData("1 + not x", 4, "not binds less than +")]
    [InlineData("sum(x, 2, 1, 3)", 0, "The index of a sum is a name")]
    [InlineData("sum(x, k, 0.5, 3)", 0, "is no whole number")]
    [InlineData("x…", 1, "The text was cut")]
    public void An_error_names_the_place_and_what_was_expected(string text, int position, string reason)
    {
        var error = Assert.Throws<FormulaSyntaxException>(() => Expr.Parse(text));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal(position, error.Position);
        Assert.False(Expr.TryParse(text, out var formula, out var message));
        Assert.Null(formula);
        Assert.Equal(error.Message, message);
    }

    [Theory]
    [InlineData("2*(x + ", "  2*(x + \n         ^")]
    [InlineData("\tx ^^ y", "   x ^^ y\n      ^")]
    [InlineData("漢 + )", "  漢 + )\n       ^")]
    [InlineData("x +\n y + * z +\n 1", "   y + * z +\n       ^")]
    public void The_caret_stands_under_the_place(string text, string excerpt)
    {
        var error = Assert.Throws<FormulaSyntaxException>(() => Expr.Parse(text));
        Assert.EndsWith(Environment.NewLine + excerpt, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_long_text_only_the_part_around_the_place_is_shown()
    {
        var text = string.Concat(Enumerable.Repeat("x + ", 5000)) + ")" + string.Concat(Enumerable.Repeat(" + x", 5000));
        var lines = Assert.Throws<FormulaSyntaxException>(() => Expr.Parse(text)).Message.Split('\n');
        Assert.InRange(lines[^2].Length, 40, 100);
        Assert.Equal(')', lines[^2][lines[^1].IndexOf('^', StringComparison.Ordinal)]);
    }

    [Fact]
    public void Declared_symbols_take_the_place_of_constants_and_functions_and_multiply_before_brackets()
    {
        var e = Expr.Symbol("e", Assumptions.Positive);
        var x = Expr.Symbol("x");
        var options = new ParseOptions { Symbols = [e, x], DeclaredSymbolsOnly = true };
        Assert.Same(e * (x + 1), Expr.Parse("e(x + 1)", options));
        Assert.Contains("xx is not one of the declared symbols; did you mean x?", Assert.Throws<FormulaSyntaxException>(() => Expr.Parse("xx", options)).Message, StringComparison.Ordinal);
    }
}
