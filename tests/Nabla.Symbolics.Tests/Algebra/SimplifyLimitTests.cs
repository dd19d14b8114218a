using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests;

/// <summary>Formulas made to hang or overflow. Each ends, and is right or unchanged.</summary>
public sealed class SimplifyLimitTests
{
    private static readonly Symbol X = Expr.Symbol("x");
    private static readonly Symbol Y = Expr.Symbol("y");

    [Fact]
    public void A_chain_of_100_000_functions_is_returned_as_it_is()
    {
        Expr chain = X;
        for (var i = 0; i < 100_000; i++) chain = Sin(chain);
        Assert.Same(chain, chain.Simplify());
        Assert.Same(chain, chain.Expand());
        Assert.Same(chain, chain.Factor());
    }

    [Fact]
    public void A_graph_of_exponential_size_as_a_tree_is_simplified_or_returned()
    {
        Expr node = X;
        for (var i = 0; i < 200; i++) node = (node + 1) * (Sin(node) + Y);
        Assert.True(OperationCount.Of(node.Simplify()) <= OperationCount.Of(node));
        Assert.Same(node, node.Factor());
        Assert.Throws<InvalidOperationException>(() => node.Expand(new ExpandOptions { MaxWork = 500_000 }));
    }

    [Fact]
    public void Large_powers_are_bounded()
    {
        var large = Pow(X + 1, 1000);
        Assert.Same(large, large.Simplify());
        Assert.Equal(1001, large.Expand().Operands.Count);
        Assert.Same(large, large.Factor());
        var huge = Pow(X, 1_000_000_000) * (X + 1);
        Assert.True(OperationCount.Of(huge.Simplify()) <= OperationCount.Of(huge));
        var error = Assert.Throws<InvalidOperationException>(() => Pow(X + 1, 1_000_000_000).Expand());
        Assert.Contains("100,000 terms", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => Pow(X + Y + 1, 5000).Expand(new ExpandOptions { MaxWork = 500_000 }));
    }

    [Fact]
    public void Huge_constants_are_not_carried_out()
    {
        Expr tower = Pow(10, 1_000_000_000);
        Assert.Same(tower, tower.Simplify());
        Assert.True(OperationCount.Of((X * tower + X).Simplify()) <= OperationCount.Of(X * tower + X));
    }

    [Fact]
    public void Nested_radicals_end()
    {
        Expr node = X;
        for (var i = 0; i < 60; i++) node = Sqrt(node + 2) + Pow(node, new Rational(1, 3));
        Assert.True(OperationCount.Of(node.Simplify()) <= OperationCount.Of(node));
    }

    [Fact]
    public void Infinities_and_NaN_inside_do_no_harm()
    {
        foreach (var value in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            var formula = Square(Sin(X)) + Square(Cos(X)) + (value * Y);
            Assert.True(OperationCount.Of(formula.Simplify()) <= OperationCount.Of(formula));
        }
    }

    [Fact]
    public void Bad_options_are_named()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new SimplifyOptions { MaxWork = -1 });
        Assert.Contains("SimplifyOptions.MaxWork", error.Message, StringComparison.Ordinal);
        Assert.Same(Square(Sin(X)) + Square(Cos(X)), (Square(Sin(X)) + Square(Cos(X))).Simplify(new SimplifyOptions { MaxPasses = 0 }));
    }
}
