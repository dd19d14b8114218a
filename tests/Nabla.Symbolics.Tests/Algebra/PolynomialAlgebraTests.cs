namespace Nabla.Symbolics.Tests;

/// <summary>Expand, Factor, Collect, Together, Cancel and the questions about polynomials.</summary>
public sealed class PolynomialAlgebraTests
{
    [Theory]
    [InlineData("(x + 1)^3", "x^3 + 3*x^2 + 3*x + 1")]
    [InlineData("(x + y)*(x - y)", "x^2 - y^2")]
    [InlineData("sin((x + 1)^2)", "sin(x^2 + 2*x + 1)")]
    [InlineData("(sqrt(2) + 1)^3", "5*sqrt(2) + 7")]
    [InlineData("1/(x + 1)^2", "1/(x^2 + 2*x + 1)")]
    public void Expand_multiplies_out(string formula, string expected) => Same(expected, Expr.Parse(formula).Expand());

    [Theory]
    [InlineData("x^2 - y^2", "(x - y)*(x + y)")]
    [InlineData("x^4 + 4", "(x^2 + 2*x + 2)*(x^2 - 2*x + 2)")]
    [InlineData("x^5 + x + 1", "(x^2 + x + 1)*(x^3 - x^2 + 1)")]
    [InlineData("2*x^2 + 4*x + 2", "2*(x + 1)^2")]
    [InlineData("a*x + a*y + b*x + b*y", "(a + b)*(x + y)")]
    [InlineData("x^2/4 - 1/9", "(3*x - 2)*(3*x + 2)/36")]
    [InlineData("(x^2 - 1)/(x^2 + 2*x + 1)", "(x - 1)/(x + 1)")]
    [InlineData("sin(x)^2 - 1", "(sin(x) - 1)*(sin(x) + 1)")]
    [InlineData("x^2 + 1", "x^2 + 1")]
    public void Factor_finds_irreducible_factors(string formula, string expected) => Same(expected, Expr.Parse(formula).Factor());

    [Theory]
    [InlineData("(x^2 - 1)/(x - 1)", "x + 1")]
    [InlineData("1/(x - 1) - 1/(x + 1) - 2/(x^2 - 1)", "0")]
    [InlineData("(exp(2*x) - 1)/(exp(x) - 1)", "exp(x) + 1")]
    [InlineData("x/(x*y + x)", "1/(y + 1)")]
    public void Cancel_removes_common_factors(string formula, string expected) => Same(expected, Expr.Parse(formula).Cancel());

    [Fact]
    public void Together_keeps_the_denominator_as_a_product()
    {
        Same("(a*d + b*c)/(b*d)", Expr.Parse("a/b + c/d").Together());
        Same("(2*x + 1)/(x*(x + 1))", Expr.Parse("1/x + 1/(x + 1)").Together());
        var (above, below) = Expr.Parse("x/2 + y/3").AsFraction();
        Same("3*x + 2*y", above);
        Same("6", below);
    }

    [Fact]
    public void Collect_and_Coefficient_gather_powers()
    {
        var x = Expr.Symbol("x");
        var formula = Expr.Parse("a*x + b*x + x^2*(y + 1)");
        Same("x^2*(y + 1) + x*(a + b)", formula.Collect(x));
        Same("a + b", formula.Coefficient(x, 1));
        Same("0", formula.Coefficient(x, 5));
        Assert.Equal(2, formula.Degree(x));
        Assert.Throws<ArgumentException>(() => Expr.Parse("sin(x) + x").Degree(x));
    }

    [Fact]
    public void Products_of_random_polynomials_factor_into_what_they_were_made_of()
    {
        var random = new Random(5);
        for (var i = 0; i < 60; i++)
        {
            var (a, b) = (RandomPolynomial(random), RandomPolynomial(random));
            var product = (a * b).Expand();
            var factored = product.Factor();
            Assert.Same(product, factored.Expand());
            Assert.Same(a.Expand(), (product / b).Cancel().Expand());
            if (product is Sum) Assert.True(factored is Product || Power.BaseOf(factored) is Sum && factored is Call, $"{product} was not factored");
        }
    }

    private static Expr RandomPolynomial(Random random)
    {
        Expr sum = Expr.Symbol("x") * (1 + random.Next(3));
        foreach (var name in new[] { "x", "y" })
        {
            for (var power = 0; power < 3; power++) sum += random.Next(-3, 4) * Functions.Pow(Expr.Symbol(name), power);
        }

        return sum is Sum ? sum : sum + Expr.Symbol("x") + Expr.Symbol("y") + 1;
    }

    private static void Same(string expected, Expr actual) => Assert.Equal(Expr.Parse(expected).ToString(), actual.ToString());
}
