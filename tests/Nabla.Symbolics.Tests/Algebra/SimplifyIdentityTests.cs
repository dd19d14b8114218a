namespace Nabla.Symbolics.Tests;

/// <summary>The identities that people expect. The letters p, q, r stand for positive numbers, all others for real ones.</summary>
public sealed class SimplifyIdentityTests
{
    [Theory]
    [InlineData("sin(x)^2 + cos(x)^2", "1")]
    [InlineData("a*sin(x)^2 + a*cos(x)^2 + b", "a + b")]
    [InlineData("1 - sin(x)^2", "cos(x)^2")]
    [InlineData("1 + tan(x)^2", "1/cos(x)^2")]
    [InlineData("cosh(x)^2 - sinh(x)^2", "1")]
    [InlineData("2*sin(x)*cos(x)", "sin(2*x)")]
    [InlineData("sin(x)/cos(x)", "tan(x)")]
    [InlineData("exp(a)*exp(b)", "exp(a + b)")]
    [InlineData("exp(x)^3", "exp(3*x)")]
    [InlineData("exp(log(x))", "x")]
    [InlineData("log(exp(x))", "x")]
    [InlineData("log(p^5)", "5*log(p)")]
    [InlineData("log(p) + log(q)", "log(p*q)")]
    [InlineData("log(p^2*q) - 2*log(p)", "log(q)")]
    [InlineData("sqrt(x)*sqrt(x)", "x")]
    [InlineData("sqrt(x^2)", "abs(x)")]
    [InlineData("sqrt(p^2)", "p")]
    [InlineData("sqrt(x^2 + 2*x + 1)", "abs(x + 1)")]
    [InlineData("abs(abs(x))", "abs(x)")]
    [InlineData("abs(x)^2", "x^2")]
    [InlineData("(x^2 - 1)/(x - 1)", "x + 1")]
    [InlineData("(x^3 - y^3)/(x - y)", "x^2 + x*y + y^2")]
    [InlineData("a/b + c/b", "(a + c)/b")]
    [InlineData("(a + b)*c - a*c - b*c", "0")]
    [InlineData("(a*x + b*x)/(a + b)", "x")]
    [InlineData("x/(x + 1) + 1/(x + 1) + sin(y)", "sin(y) + 1")]
    [InlineData("(x + y)^5 + sin(z)^2 + cos(z)^2", "(x + y)^5 + 1")]
    [InlineData("1 - sigmoid(x)", "sigmoid(-x)")]
    [InlineData("exp(x)/(1 + exp(x))", "sigmoid(x)")]
    [InlineData("log(1 + exp(x))", "softplus(x)")]
    [InlineData("1 - erf(x)", "erfc(x)")]
    [InlineData("gamma(x + 1)/gamma(x)", "x")]
    [InlineData("(exp(x) + exp(-x))/2", "cosh(x)")]
    [InlineData("(exp(2*x) - 1)/(exp(2*x) + 1)", "tanh(x)")]
    [InlineData("sin(pi/6)", "1/2")]
    [InlineData("sin(x + pi)", "-sin(x)")]
    [InlineData("sin(asin(x))", "x")]
    [InlineData("x/abs(x)", "sign(x)")]
    [InlineData("max(p, 0)", "p")]
    [InlineData("x^a*x^b", "x^(a + b)")]
    [InlineData("sqrt(8) + sqrt(2)", "3*sqrt(2)")]
    [InlineData("sin(x)*cos(y) + cos(x)*sin(y)", "sin(x + y)")]
    [InlineData("sin(x)^4 + 2*sin(x)^2*cos(x)^2 + cos(x)^4", "1")]
    [InlineData("sin(x)^2/(1 - cos(x))", "cos(x) + 1")]
    public void An_identity_is_found(string formula, string expected) =>
        Assert.Equal(WithPositives(expected).ToString(), WithPositives(formula).Simplify().ToString());

    [Theory]
    [InlineData("log(x^2)")]
    [InlineData("asin(sin(x))")]
    [InlineData("sign(x)^2")]
    [InlineData("sqrt(x^2 + y^2)")]
    [InlineData("x^2 + x + 1")]
    public void What_only_looks_like_an_identity_stays(string formula) => Assert.Same(Expr.Parse(formula), Expr.Parse(formula).Simplify());

    [Fact]
    public void Choices_with_one_condition_are_merged()
    {
        var (x, y) = (Expr.Symbol("x"), Expr.Symbol("y"));
        var below = Functions.Less(x, 0);
        Assert.Same(Functions.Select(below, 1, y), Functions.Select(below, Functions.Select(below, 1, 2), y).Simplify());
        Assert.Same(Functions.Abs(x), Functions.Select(below, -x, x).Simplify());
        Assert.Same(y, Functions.Select(Functions.Less(x * x, -1), x, y).Simplify());
    }

    internal static Expr WithPositives(string text)
    {
        var positives = new Dictionary<Expr, Expr>();
        foreach (var name in new[] { "p", "q", "r" }) positives[Expr.Symbol(name)] = Expr.Symbol(name, Assumptions.Positive);
        return Expr.Parse(text).Subs(positives);
    }
}
