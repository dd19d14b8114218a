using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests;

public sealed class PrinterTests
{
    private static readonly Symbol X = Expr.Symbol("x");
    private static readonly Symbol Y = Expr.Symbol("y");
    private static readonly Symbol Z = Expr.Symbol("z");
    private static readonly Symbol Mu = Expr.Symbol("mu");
    private static readonly Symbol Sigma = Expr.Symbol("sigma");

    public static TheoryData<string, Expr> Texts => new()
    {
        { "exp(-x^2/2)", Exp(-(X * X) / 2) },
        { "-x*exp(-x^2/2)", Exp(-(X * X) / 2).Diff(X) },
        { "x/(y*z)", X / (Y * Z) },
        { "x^2 - x + 1", 1 - X + (X * X) },
        { "sqrt(x)", Sqrt(X) },
        { "1/sqrt(x)", Rsqrt(X) },
        { "1/x", 1 / X },
        { "1/x^2", 1 / (X * X) },
        { "x/2", X / 2 },
        { "3*x/4", X * 3 / 4 },
        { "2*x", X + X },
        { "0.1*x", 0.1 * X },
        { "(x - mu)^2/(2*sigma^2)", Pow(X - Mu, 2) / (2 * Pow(Sigma, 2)) },
        { "1 - x", 1 - X },
        { "-x - 1", -X - 1 },
        { "-(x - y)", -(X - Y) },
        { "-x + y + z", Z - (X - Y) },
        { "2*(x + y)", 2 * (X + Y) },
        { "x*(y + 1)", X * (1 + Y) },
        { "(-2)^x", Pow(-2, X) },
        { "(1/2)^x", Pow(new Rational(1, 2), X) },
        { "x^y^z", Pow(X, Pow(Y, Z)) },
        { "(x^y)^z", Pow(Pow(X, Y), Z) },
        { "x^(-y)", Pow(X, -Y) },
        { "x^(3/2)", Pow(X, new Rational(3, 2)) },
        { "sqrt(x)*sqrt(y)", Sqrt(X) * Sqrt(Y) },
        { "sin(x)^2", Pow(Sin(X), 2) },
        { "(-x)^y", Pow(-X, Y) },
        { "1/(x + y)", 1 / (X + Y) },
        { "(x + 1)/(y + 1)", (X + 1) / (Y + 1) },
        { "piecewise(x < 0, -x, x)", Select(Less(X, 0), -X, X) },
        { "-1/3", new Rational(-1, 3) },
        { "1e+300*x", 1e300 * X },
        { "inf", double.PositiveInfinity },
        { "nan", double.NaN },
        { "2*pi*x", 2 * X * Constant.Pi },
        { "x^2 + x*y + y^2", (Y * Y) + (X * Y) + (X * X) },
        { "sqrt(2)*x", Sqrt(2) * X },
        { "1/2 - x/2", new Rational(1, 2) - (X / 2) },
        { "-x^2 + x + 1", 1 + X - (X * X) },
    };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_has_as_few_brackets_as_needed(string expected, Expr formula) => Assert.Equal(expected, formula.ToString());

    [Fact]
    public void Long_text_is_cut_with_an_ellipsis()
    {
        Expr formula = X;
        for (var i = 0; i < 100; i++) formula = Sin(formula) * formula;
        var text = formula.ToString(50);
        Assert.Equal(51, text.Length);
        Assert.EndsWith("…", text);
    }
}
