using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests;

/// <summary>Taylor and Laurent series.</summary>
public sealed class SeriesTests
{
    private static readonly Symbol X = Expr.Symbol("x");

    [Theory]
    [InlineData("sin(x)", "x - x^3/6 + x^5/120 + O(x^6)")]
    [InlineData("tan(x)", "x + x^3/3 + 2*x^5/15 + O(x^6)")]
    [InlineData("1/sin(x)", "1/x + x/6 + 7*x^3/360 + 31*x^5/15120 + O(x^6)")]
    [InlineData("exp(sin(x))", "1 + x + x^2/2 - x^4/8 - x^5/15 + O(x^6)")]
    [InlineData("1/x^2 - 1/sin(x)^2", "-1/3 - x^2/15 - 2*x^4/189 + O(x^6)")]
    [InlineData("log(1 + x)", "x - x^2/2 + x^3/3 - x^4/4 + x^5/5 + O(x^6)")]
    [InlineData("cos(a*x)", "1 - a^2*x^2/2 + a^4*x^4/24 + O(x^6)")]
    public void Around_zero_to_the_fifth_order(string formula, string expected) => Assert.Equal(expected, Expr.Parse(formula).SeriesText(X, 0, 5));

    [Fact]
    public void Series_agree_with_repeated_differentiation()
    {
        foreach (var text in new[] { "exp(x)*cos(x)", "sqrt(1 + x)/(2 - x)", "atan(x)^2", "sigmoid(x)", "erf(x)", "asinh(x)", "gamma(x + 1)", "log(2 + sin(x))", "x^x" })
        {
            var formula = Expr.Parse(text);
            var about = new Rational(1, 2);
            var series = formula.Series(X, about, 4);
            var (derivative, factorial) = (formula, 1.0);
            var at = new Dictionary<Symbol, double> { [X] = 0.5 };
            var own = series;
            for (var k = 0; k <= 4; k++)
            {
                Assert.Equal(derivative.Evaluate(at), own.Evaluate(at), 1e-9 * Math.Max(1, Math.Abs(derivative.Evaluate(at))));
                (derivative, own, factorial) = (derivative.Diff(X), own.Diff(X), factorial * (k + 1));
            }
        }
    }

    [Theory]
    [InlineData("sqrt(x)", "branch point")]
    [InlineData("log(x)", "logarithmic singularity")]
    [InlineData("exp(-1/x)", "infinite there")]
    [InlineData("abs(x)", "kink")]
    [InlineData("floor(x)", "jump")]
    public void What_has_no_series_is_a_clear_error(string formula, string reason)
    {
        var error = Assert.Throws<ArgumentException>(() => Expr.Parse(formula).Series(X, 0, 3));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Away_from_its_kink_abs_has_a_series() => Assert.Equal("-x", Abs(X).Series(X, -2, 1).ToString());
}
