using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests;

/// <summary>Derivatives at kinks, ties and ends of domains, forward and reverse.</summary>
public sealed class KinkTests
{
    private const double Infinity = double.PositiveInfinity;
    private static readonly Symbol X = Expr.Symbol("x");
    private static readonly Symbol Y = Expr.Symbol("y");

    [Theory]
    [InlineData("abs", 0, 0)]
    [InlineData("sign", 0, 0)]
    [InlineData("floor", 0, 0)]
    [InlineData("ceil", 1, 0)]
    [InlineData("round", 0.5, 0)]
    [InlineData("trunc", 0, 0)]
    [InlineData("sqrt", 0, Infinity)]
    [InlineData("sqrt", -1, double.NaN)]
    [InlineData("rsqrt", 0, -Infinity)]
    [InlineData("reciprocal", 0, -Infinity)]
    [InlineData("log", 0, Infinity)]
    [InlineData("log", -1, -1)]
    [InlineData("log1p", -1, Infinity)]
    [InlineData("atanh", 1, Infinity)]
    [InlineData("acosh", 1, Infinity)]
    [InlineData("asin", 1, Infinity)]
    [InlineData("acos", 1, -Infinity)]
    [InlineData("i0e", 0, 0)]
    [InlineData("i1", 0, 0.5)]
    [InlineData("i1e", 0, 0.5)]
    public void Functions_of_one_argument_follow_the_convention(string name, double x, double expected) =>
        AssertDerivative(expected, Primitives.Find(name)!.Apply(X), X, (X, x));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    [InlineData(0.5, Infinity)]
    [InlineData(-1, -Infinity)]
    public void Powers_with_a_constant_exponent_at_0(double exponent, double expected) =>
        AssertDerivative(expected, Pow(X, exponent), X, (X, 0));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    [InlineData(0.5, Infinity)]
    [InlineData(-1, -Infinity)]
    public void Powers_with_a_variable_exponent_at_0(double exponent, double expected) =>
        AssertDerivative(expected, Pow(X, Y), X, (X, 0), (Y, exponent));

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 1, 0)]
    [InlineData(0, 2, 0)]
    [InlineData(0, -1, -Infinity)]
    [InlineData(-2, 2, double.NaN)]
    public void Powers_differentiated_by_the_exponent(double x, double y, double expected)
    {
        AssertDerivative(expected, Pow(X, Y), Y, (X, x), (Y, y));
        AssertDerivative(expected, Pow(x, Y), Y, (Y, y));
    }

    [Fact]
    public void Ties_of_max_and_min_share_the_derivative()
    {
        AssertDerivative(0.5, Max(X, Y), X, (X, 3), (Y, 3));
        AssertDerivative(0.5, Min(X, Y), Y, (X, 3), (Y, 3));
        AssertDerivative(1, Max(X, Y), X, (X, 4), (Y, 3));
        AssertDerivative(0, Min(X, Y), X, (X, 4), (Y, 3));
    }

    [Fact]
    public void The_branch_not_taken_has_no_influence_even_where_its_derivative_is_infinite()
    {
        AssertDerivative(0, Select(Less(0, X), Sqrt(X), 0), X, (X, 0));
        AssertDerivative(0, Select(Less(0, X), Sqrt(X), 0), X, (X, -1));
        AssertDerivative(3, Select(Less(0, X), Log(X) * Sqrt(X), 3 * X), X, (X, 0));
        AssertDerivative(1, Max(Sqrt(X), X + 1), X, (X, 0));
    }

    [Fact]
    public void The_angle_of_the_origin_has_no_derivative()
    {
        AssertDerivative(double.NaN, Atan2(Y, X), X, (X, 0), (Y, 0));
        AssertDerivative(double.NaN, Atan2(Y, X), Y, (X, 0), (Y, 0));
    }

    [Fact]
    public void Remainders_jump_by_the_whole_quotient()
    {
        AssertDerivative(2, Fmod(X, Y), Y, (X, -7), (Y, 3));
        AssertDerivative(3, Remainder(X, Y), Y, (X, -7), (Y, 3));
        AssertDerivative(1, Remainder(X, Y), X, (X, -7), (Y, 3));
    }

    [Fact]
    public void The_sign_given_to_copysign_has_derivative_0()
    {
        AssertDerivative(0, CopySign(X, Y), Y, (X, 2), (Y, -3));
        AssertDerivative(-1, CopySign(X, Y), X, (X, 2), (Y, -3));
        AssertDerivative(0, CopySign(X, Y), X, (X, 0), (Y, -3));
    }

    [Fact]
    public void Extrema_pass_NaN_on()
    {
        Assert.True(double.IsNaN(Primitives.Max.Evaluate(double.NaN, 1)));
        Assert.True(double.IsNaN(Primitives.Min.Evaluate(1, double.NaN)));
    }

    private static void AssertDerivative(double expected, Expr formula, Symbol wrt, params (Symbol Symbol, double Value)[] at)
    {
        var values = new Dictionary<Symbol, double>();
        foreach (var (symbol, value) in at) values[symbol] = value;
        Assert.Equal(expected, formula.Diff(wrt).Evaluate(values));
        Assert.Equal(expected, ReverseDerivative.Of(formula, [wrt])[0].Evaluate(values));
    }
}
