using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests.Text;

public sealed class InfixParserTests
{
    private static readonly Symbol X = Expr.Symbol("x");
    private static readonly Symbol Y = Expr.Symbol("y");
    private static readonly Symbol N = Expr.Symbol("n");

    public static TheoryData<string, Expr> Meanings => new()
    {
        { "1", 1 },
        { " 1.5 ", 1.5 },
        { ".5", 0.5 },
        { "2.", 2 },
        { "2e-3", 2e-3 },
        { "1E+3x", 1000 * X },
        { "2e", 2 * Constant.E },
        { "2e-x", (2 * Constant.E) - X },
        { "-x^2", -Pow(X, 2) },
        { "2^-x", Pow(2, -X) },
        { "2^-x^2", Pow(2, -Pow(X, 2)) },
        { "x**y", Pow(X, Y) },
        { "x^y^2", Pow(X, Pow(Y, 2)) },
        { "(x^y)^2", Pow(X, 2 * Y) },
        { "a - b - c", Expr.Symbol("a") - Expr.Symbol("b") - Expr.Symbol("c") },
        { "a/b/c", Expr.Symbol("a") / Expr.Symbol("b") / Expr.Symbol("c") },
        { "1/2x", X / 2 },
        { "2x", 2 * X },
        { "2 x y", 2 * X * Y },
        { "2(x + 1)", 2 * (X + 1) },
        { "(x)(y)", X * Y },
        { "(x + 1)y", (X + 1) * Y },
        { "3sin(x)", 3 * Sin(X) },
        { "2pi(x)", 2 * Constant.Pi * X },
        { "x^2y", Pow(X, 2) * Y },
        { "--x", X },
        { "+x", X },
        { "x*-y", -(X * Y) },
        { "|x|", Abs(X) },
        { "2|x - 1|y", 2 * Abs(X - 1) * Y },
        { "||x| - 1|", Abs(Abs(X) - 1) },
        { "|x|y|x|", Abs(X) * Y * Abs(X) },
        { "-0.0", -0.0 },
        { "x < y", Less(X, Y) },
        { "x >= y and not x == 1", And(LessEqual(Y, X), Not(Equal(X, 1))) },
        { "x < 1 or y != 2 and x > 3", Or(Less(X, 1), And(NotEqual(Y, 2), Less(3, X))) },
        { "x ≤ 1 ∧ y ≠ 2", And(LessEqual(X, 1), NotEqual(Y, 2)) },
        { "piecewise(x < 0, -x, x < 1, x^2, 1)", Select(Less(X, 0), -X, Select(Less(X, 1), X * X, 1)) },
        { "if(x < 0, 1, 2)", Select(Less(X, 0), 1, 2) },
        { "max(x, y, 3)", Max(Max(X, Y), 3) },
        { "min(x)", X },
        { "log(x, 3)", Log(X) / Log(3) },
        { "ln(x)", Log(X) },
        { "arcsin(x) + arctanh(y)", Asin(X) + Atanh(Y) },
        { "root(x, 3)", Pow(X, new Rational(1, 3)) },
        { "e^x", Exp(X) },
        { "π", Constant.Pi },
        { "-inf", double.NegativeInfinity },
        { "nan", double.NaN },
        { "α·μ₁ − x′", (Expr.Symbol("α") * Expr.Symbol("μ₁")) - Expr.Symbol("x′") },
        { "x²", X * X },
        { "x⁻¹⁰", Pow(X, -10) },
        { "√x", Sqrt(X) },
        { "√(x + 1)^2", Pow(Sqrt(X + 1), 2) },
        { "n! + 2^n!", Gamma(N + 1) + Pow(2, Gamma(N + 1)) },
        { "mu[i] * A[i, 2 + j]", new IndexedBase("mu")[Expr.Symbol("i")] * new IndexedBase("A")[Expr.Symbol("i"), Expr.Symbol("j") + 2] },
        { "sum(x^k/k!, k, 0, n)", SumOver(Pow(X, Expr.Symbol("k")) / Gamma(Expr.Symbol("k") + 1), Expr.Symbol("k"), 0, N) },
        { "product(mu[i], i, 1, n)", ProductOver(new IndexedBase("mu")[Expr.Symbol("i")], Expr.Symbol("i"), 1, N) },
        { "`e`", Expr.Symbol("e") },
        { "`a b` + `a``b`", Expr.Symbol("a b") + Expr.Symbol("a`b") },
        { "gamma*beta", Expr.Symbol("gamma") * Expr.Symbol("beta") },
        { "x_1 + x'", Expr.Symbol("x_1") + Expr.Symbol("x'") },
        { "123456789012345678901234567890", System.Numerics.BigInteger.Parse("123456789012345678901234567890", System.Globalization.CultureInfo.InvariantCulture) },
    };

    [Theory]
    [MemberData(nameof(Meanings))]
    public void A_text_means_this_formula(string text, Expr expected) => Assert.Same(expected, Expr.Parse(text));

    [Theory]
    [InlineData("a - (b - (c - (d + 2)))", "a - b + c - d - 2")]
    [InlineData("((a - b) - (c - 1)) + d", "a - b - c + 1 + d")]
    [InlineData("((a + b + c) - (d - (a + b + c + d)) - 1)*2", "2*(2*a + 2*b + 2*c - 1)")]
    [InlineData("a - (b - c)*d - (b - (c - d))", "a - d*(b - c) - b + c - d")]
    [InlineData("a - (b - c)^2 - (b + c)/d", "a - 1*((b - c)^2) - 1*((b + c)/d)")]
    [InlineData("max(a - (b - c), (d + 1) - (c - 2))", "max(a - b + c, d - c + 3)")]
    [InlineData("a < (b - (c + d))", "a < b - c - d")]
    [InlineData("1 + (0.1 + (0.2 + 0.3))", "1.6")]
    [InlineData("a - (0.1 - (b - (0.2 + 0.3)))", "a + b - 0.6")]
    public void Brackets_within_sums_keep_their_signs(string text, string same) => Assert.Same(Expr.Parse(same), Expr.Parse(text));

    [Fact]
    public void Every_expression_of_the_reference_table_has_its_value()
    {
        Assert.Equal(513, ReferenceRow.All.Count);
        foreach (var row in ReferenceRow.All)
        {
            var value = Expr.Parse(row.Expression).Evaluate(row.Point);
            Assert.True(Math.Abs(value - row.Value) <= (1e-12 * Math.Abs(row.Value)) + row.AbsoluteTolerance, $"{row.Id}: {row.Expression} is {value:R}, not {row.Value:R}");
        }
    }

    [Fact]
    public void Every_primitive_is_read_by_its_name()
    {
        foreach (var row in Primitives.All)
        {
            Expr[] arguments = [.. new Expr[] { X, Y, N }.Take(row.Arity)];
            if (row.Name is "and" or "or" or "not") continue;
            Assert.Same(row.Apply(arguments), Expr.Parse($"{row.Name}({string.Join(", ", arguments.Select(a => a.ToString()))})"));
        }
    }
}
