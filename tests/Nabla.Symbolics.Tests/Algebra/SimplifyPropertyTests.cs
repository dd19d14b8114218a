namespace Nabla.Symbolics.Tests;

/// <summary>What holds for every formula: simplification ends within its budget, never makes it larger, and keeps its value.</summary>
public sealed class SimplifyPropertyTests
{
    private const int FormulasPerKind = 334;
    private const int Points = 20;

    [Theory]
    [InlineData(0, 101)]
    [InlineData(1, 202)]
    [InlineData(2, 303)]
    [InlineData(3, 404)]
    [InlineData(4, 505)]
    [InlineData(5, 606)]
    public void Simplified_formulas_are_not_larger_and_have_the_same_value_at_20_points(int kind, int seed)
    {
        var formulas = new MixedFormulas(seed);
        var (smaller, compared) = (0, 0);
        for (var i = 0; i < FormulasPerKind; i++)
        {
            var formula = formulas.Next(kind, 10 + (i % 191));
            var simple = formula.Simplify();
            Assert.True(OperationCount.Of(simple) <= OperationCount.Of(formula), $"{formula} became {simple}");
            if (OperationCount.Of(simple) < OperationCount.Of(formula)) smaller++;
            for (var k = 0; k < Points; k++) compared += SameValue(formula, simple, formulas.Point()) ? 1 : 0;
        }

        Assert.True(smaller > FormulasPerKind / 20, $"only {smaller} became smaller");
        Assert.True(compared > FormulasPerKind * Points / 4, $"only {compared} values could be compared");
    }

    [Fact]
    public void The_result_is_the_same_each_time()
    {
        for (var i = 0; i < 20; i++)
        {
            var formula = new MixedFormulas(i).Next(5, 100);
            Assert.Same(formula.Simplify(), formula.Simplify());
        }
    }

    [Fact]
    public void A_small_budget_is_kept_and_the_result_is_still_right()
    {
        for (var work = 0; work < 3000; work += 150)
        {
            var formulas = new MixedFormulas(work);
            var formula = formulas.Next(5, 120);
            var simple = formula.Simplify(new SimplifyOptions { MaxWork = work });
            Assert.True(OperationCount.Of(simple) <= OperationCount.Of(formula));
            for (var k = 0; k < 5; k++) SameValue(formula, simple, formulas.Point());
        }
    }

    /// <summary>Compares as far as rounding allows: how far the value moves when the point moves by rounding is the measure.</summary>
    private static bool SameValue(Expr formula, Expr simple, Dictionary<Symbol, double> point)
    {
        var before = formula.Evaluate(point);
        if (!double.IsFinite(before)) return false;
        var after = simple.Evaluate(point);
        var noise = 0.0;
        foreach (var factor in new[] { 1 + 1e-11, 1 - 1e-11 })
        {
            var near = new Dictionary<Symbol, double>();
            foreach (var (symbol, value) in point) near[symbol] = symbol.Assumptions == Assumptions.Integer ? value : value * factor;
            foreach (var moved in new[] { formula.Evaluate(near) - before, simple.Evaluate(near) - after })
            {
                noise = double.IsFinite(moved) ? Math.Max(noise, Math.Abs(moved)) : double.PositiveInfinity;
            }
        }

        if (!double.IsFinite(noise) || noise > 1e-3 * Math.Abs(before)) return false;
        Assert.True(Math.Abs(before - after) <= (1e-9 * Math.Max(1, Math.Abs(before))) + (10 * noise), $"{formula} = {before:R} became {simple} = {after:R}");
        return true;
    }
}
