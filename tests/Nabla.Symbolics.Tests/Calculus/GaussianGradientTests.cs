using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests;

/// <summary>exp(-½ (x - m)ᵀ S⁻¹ (x - m)) with a symbolic symmetric S: what its value and all its partial derivatives cost together.</summary>
public sealed class GaussianGradientTests
{
    [Fact]
    public void Three_dimensions_by_elimination_cost_at_most_110_operations()
    {
        var (value, symbols) = ByElimination(3);
        var outputs = ValueAndGradient(value, symbols);
        Assert.InRange(OperationCount.Of(outputs), 60, 110);
        AssertSharedFormulasAgree(outputs, symbols);
    }

    [Fact]
    public void Three_dimensions_by_cofactors_cost_little_more()
    {
        var (value, symbols) = ByCofactors();
        var outputs = ValueAndGradient(value, symbols);
        Assert.InRange(OperationCount.Of(outputs), 60, 120);
        AssertSharedFormulasAgree(outputs, symbols);
    }

    [Fact]
    public void Five_dimensions_cost_a_small_multiple_of_the_value()
    {
        var (value, symbols) = ByElimination(5);
        Assert.InRange(OperationCount.Of(ValueAndGradient(value, symbols)), 150, 4 * OperationCount.Of(value));
    }

    [Fact]
    public void Derivatives_by_mean_and_point_differ_in_sign_only_and_cost_nothing_twice()
    {
        var (value, symbols) = ByElimination(3);
        var gradient = value.Gradient(symbols[0], symbols[1]);
        Assert.Equal(OperationCount.Of(gradient[0]), OperationCount.Of(gradient));
    }

    private static Expr[] ValueAndGradient(Expr value, Symbol[] symbols) => [value, .. value.Gradient(symbols)];

    private static void AssertSharedFormulasAgree(Expr[] outputs, Symbol[] symbols)
    {
        var shared = CommonSubexpressions.Of(outputs);
        var values = new Dictionary<Symbol, double>();
        foreach (var symbol in symbols) values[symbol] = symbol.Name[0] == 's' && symbol.Name[1] == symbol.Name[2] ? 2.5 : 0.1 * (symbol.Name[1] + symbol.Name[^1] - '0' - '0') + (symbol.Name[0] == 'x' ? 0.4 : 0);
        var all = new Dictionary<Symbol, double>(values);
        foreach (var (name, step) in shared.Steps) all[name] = step.Evaluate(all);
        for (var i = 0; i < outputs.Length; i++) Assert.Equal(outputs[i].Evaluate(values), shared.Results[i].Evaluate(all), 1e-13);
    }

    private static (Expr[] D, Expr[,] S, Symbol[] Symbols) Inputs(int n)
    {
        var symbols = new List<Symbol>();
        var d = new Expr[n];
        for (var i = 0; i < n; i++)
        {
            Symbol x = Expr.Symbol($"x{i}"), m = Expr.Symbol($"m{i}");
            symbols.AddRange([x, m]);
            d[i] = x - m;
        }

        var s = new Expr[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = i; j < n; j++)
            {
                symbols.Add(Expr.Symbol($"s{i}{j}"));
                s[i, j] = s[j, i] = symbols[^1];
            }
        }

        return (d, s, [.. symbols]);
    }

    // S = L·D·Lᵀ; the form is the sum of y²/D with L·y = d.
    private static (Expr Value, Symbol[] Symbols) ByElimination(int n)
    {
        var (d, s, symbols) = Inputs(n);
        var lower = new Expr[n, n];
        var y = new Expr[n];
        Expr form = 0;
        for (var k = 0; k < n; k++)
        {
            y[k] = d[k];
            for (var j = 0; j < k; j++) y[k] -= lower[k, j] * y[j];
            form += y[k] * y[k] / s[k, k];
            for (var i = k + 1; i < n; i++) lower[i, k] = s[i, k] / s[k, k];
            for (var i = k + 1; i < n; i++)
            {
                for (var j = k + 1; j <= i; j++) s[i, j] = s[j, i] = s[i, j] - (lower[i, k] * s[k, j]);
            }
        }

        return (Exp(-form / 2), symbols);
    }

    private static (Expr Value, Symbol[] Symbols) ByCofactors()
    {
        var (d, s, symbols) = Inputs(3);
        var cofactor = new Expr[3, 3];
        for (var i = 0; i < 3; i++)
        {
            for (var j = 0; j < 3; j++)
            {
                int a = (i + 1) % 3, b = (i + 2) % 3, p = (j + 1) % 3, q = (j + 2) % 3;
                cofactor[i, j] = (s[a, p] * s[b, q]) - (s[a, q] * s[b, p]);
            }
        }

        var determinant = (s[0, 0] * cofactor[0, 0]) + (s[0, 1] * cofactor[0, 1]) + (s[0, 2] * cofactor[0, 2]);
        Expr form = 0;
        for (var i = 0; i < 3; i++)
        {
            Expr row = 0;
            for (var j = 0; j < 3; j++) row += cofactor[i, j] * d[j];
            form += d[i] * row;
        }

        return (Exp(-form / determinant / 2), symbols);
    }
}
