using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests.Text;

public sealed class LatexParserTests
{
    private static readonly Symbol X = Expr.Symbol("x");
    private static readonly Symbol Y = Expr.Symbol("y");
    private static readonly Symbol K = Expr.Symbol("k");

    public static TheoryData<string, Expr> Meanings => new()
    {
        { @"\frac{x}{y}", X / Y },
        { @"\frac12 x", X / 2 },
        { @"\dfrac{1}{1 + \tfrac{1}{x}}", 1 / (1 + (1 / X)) },
        { @"x^2y", X * X * Y },
        { @"x^{2y}", Pow(X, 2 * Y) },
        { @"-x^2", -(X * X) },
        { @"\sqrt{x}", Sqrt(X) },
        { @"\sqrt[3]{x + 1}", Pow(X + 1, new Rational(1, 3)) },
        { @"\sqrt x", Sqrt(X) },
        { @"\sin x", Sin(X) },
        { @"\sin 2x + 1", Sin(2 * X) + 1 },
        { @"\sin x \cos y", Sin(X) * Cos(Y) },
        { @"\sin^2 x + \cos^{2}\left(x\right)", Pow(Sin(X), 2) + Pow(Cos(X), 2) },
        { @"\sin^{-1} x", Asin(X) },
        { @"\sin x^2", Sin(X * X) },
        { @"\sin \frac{x}{2}", Sin(X / 2) },
        { @"\sin |x|", Sin(Abs(X)) },
        { @"\exp(-x^2)", Exp(-(X * X)) },
        { @"e^{-\frac{x^{2}}{2}}", Exp(-(X * X) / 2) },
        { @"\ln x", Log(X) },
        { @"\log_{2}(x)", Log2(X) },
        { @"\log_{10} x", Log10(X) },
        { @"\log_y x", Log(X) / Log(Y) },
        { @"2 \pi x", 2 * Constant.Pi * X },
        { @"\mu_{1} \sigma_x'", Expr.Symbol("mu_1") * Expr.Symbol("sigma_x'") },
        { @"xy", X * Y },
        { @"x(y + 1)", X * (Y + 1) },
        { @"x \cdot y \times 2", 2 * X * Y },
        { @"|x|", Abs(X) },
        { @"\left|\frac{x}{y}\right|", Abs(X / Y) },
        { @"\left\lvert x \right\rvert + \lfloor y \rfloor + \lceil y \rceil", Abs(X) + Floor(Y) + Ceil(Y) },
        { @"\operatorname{erf}(x) + \operatorname{erf}{x}", 2 * Erf(X) },
        { @"\mathrm{rate} \, x", Expr.Symbol("rate") * X },
        { @"\text{a b}", Expr.Symbol("a b") },
        { @"\max(x, y) + \min\{x, y\}", Max(X, Y) + Min(X, Y) },
        { @"\Gamma(x + 1)", Gamma(X + 1) },
        { @"\Gamma x", Expr.Symbol("Gamma") * X },
        { @"\gamma (x + 1)", Expr.Symbol("gamma") * (X + 1) },
        { @"\begin{cases} -x & \text{if } x < 0 \\ x^2 & \text{otherwise} \end{cases}", Select(Less(X, 0), -X, X * X) },
        { @"\begin{cases} -x, & x \le 0, \\ x, & x > 0. \end{cases}".Replace("0.", "0", StringComparison.Ordinal), Select(LessEqual(X, 0), -X, Select(Less(0, X), X, double.NaN)) },
        { @"\sum_{k=1}^{n} \frac{x^k}{k!} + 1", SumOver(Pow(X, K) / Gamma(K + 1), K, 1, Expr.Symbol("n")) + 1 },
        { @"\prod_{k=1}^n (x - k) \sin k", ProductOver((X - K) * Sin(K), K, 1, Expr.Symbol("n")) },
        { @"$$ \left( x \right) ^ { 2 } $$", X * X },
        { @"\[ x \]", X },
        { @"\sin\left(x\right)^2", Pow(Sin(X), 2) },
        { @"\infty", double.PositiveInfinity },
        { @"x \ne y \land \lnot (x = 1)", And(NotEqual(X, Y), Not(Equal(X, 1))) },
        { @"1.5 \cdot 10^{-3} x", 1.5 * Pow(10, -3) * X },
        { @"\operatorname{arsinh} x + \arctan y", Asinh(X) + Atan(Y) },
        { @"\displaystyle x\,\;\!\quad y", X * Y },
        { "α β_1", Expr.Symbol("α") * Expr.Symbol("β_1") },
    };

    [Theory]
    [MemberData(nameof(Meanings))]
    public void A_text_means_this_formula(string text, Expr expected) => Assert.Same(expected, Expr.ParseLatex(text));

    [Theory]
    [InlineData(@"\frac{x}", 8, "end of the text")]
    [InlineData(@"\frca{x}{y}", 0, "did you mean \\frac?")]
    [InlineData(@"\sqrt{x", 7, "Expected }")]
    [InlineData(@"x^", 2, "end of the text")]
    [InlineData(@"\frac{d}{dx} x^2", 0, "use Diff")]
    [InlineData(@"f(x)", 0, "function without a formula")]
    [InlineData(@"\left( x \right]", 15, "Expected ) before this ]")]
    [InlineData(@"\begin{matrix} x \end{matrix}", 0, "only cases")]
    [InlineData(@"\begin{cases} x \end{matrix}", 16, "expected \\end{cases}")]
    [InlineData(@"\sum x", 0, "\\sum_{i=1}^{n}")]
    [InlineData(@"\sin", 4, "argument of sin")]
    [InlineData("x + ", 4, "operand after +")]
    [InlineData("x^23", 3, "Write * for a product")]
    [InlineData("(_x)", 1, "A subscript belongs to a name")]
    [InlineData("\\", 0, "Expected a command")]
    public void An_error_names_the_place_and_what_was_expected(string text, int position, string reason)
    {
        var error = Assert.Throws<FormulaSyntaxException>(() => Expr.ParseLatex(text));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal(position, error.Position);
    }

    [Fact]
    public void The_LaTeX_of_every_expression_of_the_reference_table_gives_the_same_formula_again()
    {
        foreach (var row in ReferenceRow.All)
        {
            var formula = Expr.Parse(row.Expression);
            var again = Expr.ParseLatex(formula.ToLatex());

            // Names of several letters with digits at the end come back with a subscript: k1 is k_1.
            var renamed = again.Subs(formula.FreeSymbols.ToDictionary(static symbol => (Expr)Expr.Symbol(string.Concat(symbol.Name.AsSpan(0, 1), "_", symbol.Name.AsSpan(1))), static symbol => (Expr)symbol));
            Assert.True(ReferenceEquals(formula, renamed), $"{row.Id}: {formula}{Environment.NewLine}{formula.ToLatex()}{Environment.NewLine}{again}");
        }
    }
}
