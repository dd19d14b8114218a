using System.Text;

namespace Nabla.Symbolics.Tests.Text;

public sealed class HostileTextTests
{
    private static readonly string[] Pieces =
    [
        "x", "y", "sin", "(", ")", "+", "-", "*", "/", "^", "**", "!", "|", ",", " ", "1", "2.5", "1e9", "e", "pi", "inf", "nan", "<", "<=", "==", "and", "or", "not",
        "[", "]", "mu", "piecewise(", "max(", "sum(", "log(", "gamma(", "`", "²", "√", "9999", "0", "floor(", "besselj(", "polygamma(", "\t", "\n", "é", "漢", "\U0001F600", "\uD800", "…", "=",
        "\\frac", "{", "}", "\\sin", "\\left(", "\\right)", "_", "\\begin{cases}", "\\end{cases}", "&", "\\\\", "\\sqrt", "\\text{", "\\sum", "\\log", "\\left|", "\\right|", "$", "\\",
    ];

    public static TheoryData<string> Monsters => new()
    {
        Repeat("(", 50_000) + "x" + Repeat(")", 50_000 - 1),
        Repeat("(", 99_999),
        Repeat(")", 99_999),
        Repeat("|", 99_999),
        Repeat("-", 99_999) + "x",
        Repeat("not ", 24_000) + "x",
        Repeat("sin(", 20_000) + "x" + Repeat(")", 20_000),
        Repeat("x^", 49_000) + "x",
        Repeat("√", 90_000) + "x",
        "x" + Repeat("!", 50_000),
        "3" + Repeat("!", 50_000),
        "x" + Repeat("²", 90_000),
        "x" + Repeat("^2", 40_000),
        "x" + Repeat("^-1", 30_000),
        "(x+1)" + Repeat("²", 90_000),
        Repeat("x*y+", 24_000) + "1",
        Repeat("x+1/3-", 16_000) + "1",
        string.Concat(Enumerable.Range(0, 12_000).Select(i => $"a{i}+")) + "1",
        string.Concat(Enumerable.Range(0, 9_000).Select(i => $"(a{i}+")) + "1" + Repeat(")", 9_000),
        string.Concat(Enumerable.Range(0, 9_000).Select(i => $"(a{i}-")) + "1" + Repeat(")", 9_000),
        Repeat("(", 9_000) + "1" + string.Concat(Enumerable.Range(0, 9_000).Select(i => $"-a{i})")),
        string.Concat(Enumerable.Range(0, 9_000).Select(i => $"1/{(2 * i) + 1}+")) + "1",
        Repeat("3^40000*", 12_000) + "1",
        Repeat("1/3^40000+", 9_000) + "1",
        Repeat("1/3^40000+1/7^20000+", 4_000) + "1",
        "9^9^9^9",
        "(9^9999)^(9^9999)",
        Repeat("(", 10_000) + "x" + Repeat("^9^9999)", 10_000),
        new string('9', 99_000),
        "1e999999999",
        "1e-999999999",
        "10^1000000000000",
        "2^-99999999999999999999",
        "floor(9^60000/7)" + Repeat("+floor(9^60000/7)", 5_000),
        Repeat("max(", 20_000) + "x" + Repeat(",1)", 20_000),
        Repeat("piecewise(x<1,", 7_000) + "x" + Repeat(",2)", 7_000),
        Repeat("mu[", 25_000) + "x" + Repeat("]", 25_000),
        Repeat("sum(", 5_000) + "x" + Repeat(",x,1,3)", 5_000),
        "sum(x, k, 1, 10^30)",
        "`" + new string('a', 90_000),
        new string('a', 99_999),
        new string('a', 100_001),
        Repeat("sin x ", 16_000),
        Repeat("2x", 40_000),
        Repeat("x y", 30_000),
        new string('\0', 1000),
        Repeat("a_", 40_000),
    };

    public static TheoryData<string> LatexMonsters => new()
    {
        Repeat("{", 50_000) + "x" + Repeat("}", 49_999),
        Repeat("{", 49_000) + "x" + Repeat("}", 49_000),
        Repeat(@"\frac", 19_000),
        Repeat(@"\frac{1}{", 10_000) + "x" + Repeat("}", 10_000),
        Repeat(@"\sqrt{", 12_000) + "x" + Repeat("}", 12_000),
        Repeat(@"\sin ", 19_000) + "x",
        Repeat(@"\sin^", 19_000) + "x",
        Repeat("x^", 49_000) + "x",
        Repeat(@"x_", 49_000),
        Repeat(@"\begin{cases}", 7_000),
        Repeat(@"\left(", 16_000) + "x" + Repeat(@"\right)", 11_000),
        Repeat(@"\left|", 8_000) + "x" + Repeat(@"\right|", 7_000),
        Repeat("|", 99_000),
        Repeat(@"\sum_{i=1}^{n}", 7_000) + "x",
        Repeat(@"\sum_{", 10_000),
        Repeat(@"\text{", 15_000),
        Repeat(@"\log_", 15_000) + "x",
        Repeat(@"\sqrt[", 15_000),
        Repeat(@"\", 99_999),
        Repeat(@"\left", 19_999),
    };

    [Theory]
    [MemberData(nameof(Monsters))]
    public void Extreme_text_is_a_formula_or_a_syntax_error(string text) => Reads(text, Expr.Parse);

    [Theory]
    [MemberData(nameof(LatexMonsters))]
    public void Extreme_LaTeX_is_a_formula_or_a_syntax_error(string text) => Reads(text, Expr.ParseLatex);

    [Fact]
    public void Of_200000_random_and_mutated_strings_each_is_a_formula_or_a_syntax_error()
    {
        var random = new Random(3);
        var infix = ReferenceRow.All.Select(static row => row.Expression).Distinct().Where(static text => text.Length < 120).ToArray();
        var latex = infix.Select(static text => Expr.Parse(text).ToLatex()).ToArray();
        var formulas = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var text = (i % 4) switch
            {
                0 => Mutated(infix[random.Next(infix.Length)], random),
                1 => Mutated(latex[random.Next(latex.Length)], random),
                2 => string.Concat(Enumerable.Range(0, 1 + random.Next(20)).Select(_ => Pieces[random.Next(Pieces.Length)])),
                _ => string.Concat(Enumerable.Range(0, 1 + random.Next(30)).Select(_ => (char)random.Next(random.Next(4) == 0 ? 0x10000 : 128))),
            };
            if (Reads(text, i % 4 == 1 || i % 8 == 2 ? Expr.ParseLatex : Expr.Parse)) formulas++;
        }

        // Both outcomes must have been tried.
        Assert.InRange(formulas, 10_000, 190_000);
    }

    /// <summary>Whether the text is a formula; any exception but a syntax error fails the test.</summary>
    private static bool Reads(string text, Func<string, Expr> parse)
    {
        try
        {
            return parse(text) is not null;
        }
        catch (FormulaSyntaxException error)
        {
            Assert.InRange(error.Position, 0, text.Length);
            Assert.Contains('^', error.Message);
            return false;
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"{exception.GetType().Name} for: {(text.Length > 300 ? text[..300] : text)}", exception);
        }
    }

    private static string Mutated(string text, Random random)
    {
        var mutated = new StringBuilder(text);
        for (var count = random.Next(1, 4); count > 0 && mutated.Length > 0; count--)
        {
            var at = random.Next(mutated.Length);
            switch (random.Next(5))
            {
                case 0:
                    mutated.Remove(at, 1);
                    break;
                case 1:
                    mutated.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 2:
                    mutated[at] = text[random.Next(text.Length)];
                    break;
                case 3:
                    var length = Math.Min(random.Next(1, 12), mutated.Length - at);
                    mutated.Insert(random.Next(mutated.Length), mutated.ToString(at, length));
                    break;
                default:
                    mutated.Length = at;
                    break;
            }
        }

        return mutated.ToString();
    }

    private static string Repeat(string text, int count) => new StringBuilder(text.Length * count).Insert(0, text, count).ToString();
}
