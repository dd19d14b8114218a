using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests;

/// <summary>Deep and heavily shared formulas, and the memory that formulas leave behind.</summary>
[Collection("Alone")]
public sealed class DepthTests
{
    private static readonly Symbol X = Expr.Symbol("x");

    [Fact]
    public void A_chain_of_100_000_functions_is_differentiated_evaluated_substituted_and_printed()
    {
        const int levels = 100_000;
        Expr chain = X;
        for (var i = 0; i < levels; i++) chain = Sin(chain);
        var values = new Dictionary<Symbol, double> { [X] = 0.7 };

        var (value, slope) = (0.7, 1.0);
        for (var i = 0; i < levels; i++) (value, slope) = (Math.Sin(value), slope * Math.Cos(value));

        Assert.Equal(value, chain.Evaluate(values));
        Assert.Equal(slope, chain.Diff(X).Evaluate(values), 1e-9 * slope);
        Assert.Equal(slope, ReverseDerivative.Of(chain, [X])[0].Evaluate(values), 1e-9 * slope);
        Assert.Equal([X], chain.FreeSymbols);
        Assert.Same(chain, chain.Subs(X, Expr.Symbol("y")).Subs(Expr.Symbol("y"), X));
        Assert.StartsWith("sin(sin(", chain.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("…", chain.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("x" + new string(')', levels), chain.ToString(int.MaxValue), StringComparison.Ordinal);
    }

    [Fact]
    public void A_chain_of_100_000_sums_and_powers_is_differentiated()
    {
        Expr chain = X;
        for (var i = 0; i < 100_000; i++) chain = Sqrt(chain + 1);
        var values = new Dictionary<Symbol, double> { [X] = 2 };
        Assert.Equal(1.618033988749895, chain.Evaluate(values), 1e-14);
        Assert.Equal(chain.Diff(X).Evaluate(values), ReverseDerivative.Of(chain, [X])[0].Evaluate(values), 1e-12);
    }

    [Fact]
    public void Horner_s_rule_is_differentiated_in_reverse_without_multiplying_the_powers_again_and_again()
    {
        const int degree = 20_000;
        var y = Expr.Symbol("y");
        Expr polynomial = y;
        for (var i = 0; i < degree; i++) polynomial = (X * polynomial) + 1;
        var values = new Dictionary<Symbol, double> { [X] = 0.5, [y] = 3 };
        var gradient = ReverseDerivative.Of(polynomial, [X, y]);
        Assert.Equal(2, polynomial.Evaluate(values), 1e-12);
        Assert.Equal(4, gradient[0].Evaluate(values), 1e-12);
        Assert.Equal("x^20000", gradient[1].ToString());
    }

    [Fact]
    public void A_coefficient_beyond_the_range_of_a_double_does_not_spoil_the_product()
    {
        // Each level contributes a factor -2*f*exp(-f^2): the coefficient is 2^3000, the derivative tiny.
        Expr chain = X;
        var (value, slope) = (0.3, 1.0);
        for (var i = 0; i < 3000; i++)
        {
            chain = Exp(-(chain * chain));
            (value, slope) = (Math.Exp(-value * value), -2 * value * Math.Exp(-value * value) * slope);
        }

        Assert.Equal(slope, chain.Diff(X).Evaluate(new Dictionary<Symbol, double> { [X] = 0.3 }), 1e-9 * Math.Abs(slope));
    }

    [Fact]
    public void A_deep_formula_with_several_symbols_is_differentiated()
    {
        var y = Expr.Symbol("y");
        Expr formula = X;
        var (value, byX, byY) = (0.3, 1.0, 0.0);
        for (var i = 0; i < 20_000; i++)
        {
            formula = (formula * formula / 2) + y;
            (value, byX, byY) = ((value * value / 2) + 0.2, value * byX, (value * byY) + 1);
        }

        var gradient = formula.Gradient(X, y);
        var values = new Dictionary<Symbol, double> { [X] = 0.3, [y] = 0.2 };
        Assert.Equal(byX, gradient[0].Evaluate(values), 1e-12);
        Assert.Equal(byY, gradient[1].Evaluate(values), 1e-12);
    }

    [Fact]
    public void Shared_formulas_cost_their_graph_and_not_their_tree()
    {
        // Written out as a tree, this has more than 2^300 nodes.
        Expr formula = X;
        for (var i = 0; i < 300; i++) formula = (Sin(formula) * formula) + formula;
        var values = new Dictionary<Symbol, double> { [X] = 1e-3 };
        var (value, slope) = (1e-3, 1.0);
        for (var i = 0; i < 300; i++)
        {
            (value, slope) = ((Math.Sin(value) * value) + value, slope * ((Math.Cos(value) * value) + Math.Sin(value) + 1));
        }

        Assert.Equal(value, formula.Evaluate(values), 1e-9 * Math.Abs(value));
        Assert.Equal(slope, formula.Diff(X).Evaluate(values), 1e-6 * Math.Abs(slope));
        Assert.Equal(slope, ReverseDerivative.Of(formula, [X])[0].Evaluate(values), 1e-6 * Math.Abs(slope));
        Assert.Same(formula, formula.Subs(X, Expr.Symbol("y")).Subs(Expr.Symbol("y"), X));
        Assert.EndsWith("…", formula.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Making_formulas_for_ever_runs_in_flat_memory()
    {
        MakeFormulas(0, 100_000);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        MakeFormulas(100_000, 700_000);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.InRange(after - before, long.MinValue, 32L << 20);
        Assert.InRange(InternTable.Count, 0, 1_500_000);
    }

    [Fact]
    public void Threads_that_build_the_same_formulas_get_the_same_objects()
    {
        var results = new Expr[4][];
        Parallel.For(0, results.Length, worker =>
        {
            var made = new Expr[5_000];
            for (var i = 0; i < made.Length; i++) made[i] = Exp(Sin(X + i) * (i + 1)) + Expr.Symbol($"t{i}");
            results[worker] = made;
        });
        for (var worker = 1; worker < results.Length; worker++)
        {
            for (var i = 0; i < results[0].Length; i++) Assert.Same(results[0][i], results[worker][i]);
        }
    }

    private static void MakeFormulas(int from, int to)
    {
        for (var i = from; i < to; i++) _ = Sin((X * i) + 1) * Expr.Symbol("u" + i);
    }
}

/// <summary>Tests that measure memory or need much of it run by themselves.</summary>
[CollectionDefinition("Alone", DisableParallelization = true)]
public sealed class AloneCollection;
