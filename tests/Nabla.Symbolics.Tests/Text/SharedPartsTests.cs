namespace Nabla.Symbolics.Tests.Text;

public sealed class SharedPartsTests
{
    [Fact]
    public void Parts_are_named_in_the_order_of_their_use_and_do_not_take_names_of_symbols()
    {
        var formula = Expr.Parse("exp(-(x - p)^2/2)*(x - p)");
        var parts = SharedParts.Of(formula);
        Assert.Equal("q*exp(-q^2/2)\nwhere\n  q = x - p", parts.ToString());
        Assert.Equal("f = q*exp(-q^2/2)\nwhere\n  q = x - p", parts.ToString(["f"]));
    }

    [Fact]
    public void Short_functions_are_named_from_the_third_use_on()
    {
        var formula = Expr.Parse("exp(-(x - mu)^2/(2*sigma^2))/sigma");
        var parts = SharedParts.Of([formula, .. formula.Gradient(Expr.Symbol("x"), Expr.Symbol("mu"), Expr.Symbol("sigma"))]);
        Assert.Single(parts.Parts, static part => part.Value.ToString().Contains("exp", StringComparison.Ordinal));
        Assert.DoesNotContain(parts.Results, static result => result.ToString().Contains("exp", StringComparison.Ordinal));

        // Twice is not enough, and a power is shorter than the line that would explain its name.
        Assert.Empty(SharedParts.Of(Expr.Parse("sin(2*x)*y"), Expr.Parse("sin(2*x)*z")).Parts);
        Assert.Empty(SharedParts.Of(Expr.Parse("x^2*y"), Expr.Parse("x^2*z"), Expr.Parse("x^2 + 1")).Parts);
        Assert.Single(SharedParts.Of(Expr.Parse("sin(2*x)*y"), Expr.Parse("sin(2*x)*z"), Expr.Parse("sin(2*x) + 1")).Parts);
    }

    [Fact]
    public void Putting_the_parts_back_gives_the_same_formulas()
    {
        var random = new RandomFormulas(seed: 4);
        for (var i = 0; i < 500; i++)
        {
            Expr[] formulas = [random.Next(nodes: 100), random.Next(nodes: 100)];
            var parts = SharedParts.Of(formulas, new SharedPartsOptions { MaximumSize = 12, MinimumSize = 2, Prefix = "t" });
            var known = formulas.SelectMany(static formula => formula.FreeSymbols).ToHashSet();
            foreach (var (name, value) in parts.Parts)
            {
                Assert.All(value.FreeSymbols, symbol => Assert.Contains(symbol, known));
                Assert.True(known.Add(name));
            }

            for (var j = 0; j < formulas.Length; j++)
            {
                var formula = parts.Results[j];
                for (var k = parts.Parts.Count - 1; k >= 0; k--) formula = formula.Subs(parts.Parts[k].Name, parts.Parts[k].Value);
                Assert.Same(formulas[j], formula);
            }
        }
    }

    [Fact]
    public void The_gradient_of_a_Gaussian_in_three_dimensions_fits_a_page()
    {
        var d = new Expr[3];
        for (var i = 0; i < 3; i++) d[i] = Expr.Symbol($"x_{i + 1}") - Expr.Symbol($"m_{i + 1}");
        var form = Expr.Parse(
            "((s_22*s_33 - s_23^2)*a^2 + (s_11*s_33 - s_13^2)*b^2 + (s_11*s_22 - s_12^2)*c^2"
            + " + 2*(s_13*s_23 - s_12*s_33)*a*b + 2*(s_12*s_23 - s_13*s_22)*a*c + 2*(s_12*s_13 - s_11*s_23)*b*c)"
            + "/(s_11*(s_22*s_33 - s_23^2) + s_12*(s_13*s_23 - s_12*s_33) + s_13*(s_12*s_23 - s_13*s_22))");
        form = form.Subs(new Dictionary<Expr, Expr> { [Expr.Symbol("a")] = d[0], [Expr.Symbol("b")] = d[1], [Expr.Symbol("c")] = d[2] });
        var gaussian = Functions.Exp(-form / 2);
        Symbol[] wrt = [.. "x_1 x_2 x_3 s_11 s_12 s_13 s_22 s_23 s_33".Split(' ').Select(Expr.Symbol)];
        var parts = SharedParts.Of([gaussian, .. gaussian.Gradient(wrt)]);
        string[] labels = ["f", .. wrt.Select(static symbol => $"∂f/∂{symbol.Name}")];
        var lines = parts.ToLatex(labels).Split('\n');
        Assert.InRange(lines.Length, 15, 45);
        Assert.Contains(@"\frac{\partial f}{\partial x_{1}} &=", parts.ToLatex(labels), StringComparison.Ordinal);
        Assert.All(parts.ToPretty(labels).Split('\n'), static line => Assert.InRange(line.Length, 0, 110));
    }

    [Fact]
    public void Options_and_labels_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SharedPartsOptions { MinimumUses = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SharedPartsOptions { MaximumSize = 9 });
        Assert.Contains("2 labels for 1 formulas", Assert.Throws<ArgumentException>(() => SharedParts.Of(Expr.Symbol("x")).ToLatex("a", "b")).Message, StringComparison.Ordinal);
    }
}
