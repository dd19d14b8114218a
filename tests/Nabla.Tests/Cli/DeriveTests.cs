using System.Text.Json;

namespace Nabla.Tests.Cli;

public sealed class DeriveTests
{
    [Fact]
    public void The_derivative_is_shown_as_a_formula_and_its_value_in_four_ways()
    {
        (int code, string output, string error) = CommandLine.Run("derive", "exp(-x^2/2)", "--wrt", "x", "--at", "x=2");

        Assert.Equal(0, code);
        Assert.Empty(error);
        Assert.Contains("f = exp(-x^2/2)", output, StringComparison.Ordinal);
        Assert.Contains("d/dx f = -x*exp(-x^2/2)", output, StringComparison.Ordinal);
        foreach (string way in (string[])["by the formula", "by autograd", "by forward mode", "by differences"])
            Assert.Contains("-0.27067056647", output.Split('\n').Single(line => line.Contains(way, StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("all agree", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_arguments_there_is_an_example()
    {
        Assert.Equal(CommandLine.Run("derive", "exp(-x^2/2)", "--wrt", "x", "--at", "x=2"), CommandLine.Run("derive"));
    }

    [Theory]
    [InlineData("x y", "x^2*y^3", "x=2 y=3", 2 * 2 * 3 * 9)]
    [InlineData("x x y", "x^2*y^3", "x=2 y=3", 2 * 3 * 9)]
    [InlineData("y,y", "x^2*y^3", "x=2,y=3", 4 * 6 * 3)]
    [InlineData("z", "x^2*y^3", "x=2 y=3", 0)]
    public void Symbols_are_differentiated_by_in_their_order(string wrt, string formula, string at, double expected)
    {
        (int code, string output, _) = CommandLine.Run("derive", formula, "--wrt", wrt, "--at", at, "--json");

        JsonElement result = JsonDocument.Parse(output).RootElement;
        Assert.Equal(0, code);
        foreach (string way in (string[])["symbolic", "autograd", "forwardMode"]) Assert.Equal(expected, result.GetProperty(way).GetDouble(), 1e-9);
        Assert.Equal(expected, result.GetProperty("finiteDifference").GetDouble(), 1e-5);
        Assert.True(result.GetProperty("agree").GetBoolean());
    }

    [Fact]
    public void The_order_repeats_one_symbol()
    {
        string third = CommandLine.Run("derive", "x^5", "--order", "3", "--at", "x=2", "--json").Output;

        Assert.Equal(CommandLine.Run("derive", "x^5", "--wrt", "x x x", "--at", "x=2", "--json").Output, third);
        Assert.Equal(240, JsonDocument.Parse(third).RootElement.GetProperty("autograd").GetDouble(), 1e-9);
    }

    [Fact]
    public void Without_wrt_every_partial_derivative_is_shown()
    {
        (int code, string output, _) = CommandLine.Run("derive", "x*y", "--at", "x=2", "y=3");

        Assert.Equal(0, code);
        Assert.Contains("d/dx f = y", output, StringComparison.Ordinal);
        Assert.Contains("d/dy f = x", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_point_there_are_formulas_only()
    {
        (int code, string output, _) = CommandLine.Run("derive", "sin(x)^2", "--wrt", "x");

        Assert.Equal(0, code);
        Assert.Equal(2, output.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public void A_formula_may_start_with_a_minus_sign()
    {
        (int code, string output, _) = CommandLine.Run("derive", "-x^2", "--at", "x=3", "--json");

        Assert.Equal(0, code);
        Assert.Equal(-6, JsonDocument.Parse(output).RootElement.GetProperty("symbolic").GetDouble());
    }

    [Fact]
    public void Latex_is_latex()
    {
        (int code, string output, _) = CommandLine.Run("derive", "sqrt(x)/y", "--wrt", "y", "--latex");

        Assert.Equal(0, code);
        Assert.Contains("\\frac", output, StringComparison.Ordinal);
        Assert.Contains("\\sqrt", output, StringComparison.Ordinal);
        Assert.Contains("\\partial", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Simplified_derivatives_are_simplified()
    {
        string output = CommandLine.Run("derive", "sin(x)^2 + cos(x)^2", "--wrt", "x", "--simplify").Output;

        Assert.Contains("d/dx f = 0", output, StringComparison.Ordinal);
    }

    [Fact]
    public void At_a_kink_the_conventions_hold_and_the_ways_agree()
    {
        (int code, string output, _) = CommandLine.Run("derive", "abs(x)", "--at", "x=0", "--json");

        JsonElement result = JsonDocument.Parse(output).RootElement;
        Assert.Equal(0, code);
        Assert.Equal(0, result.GetProperty("symbolic").GetDouble());
        Assert.Equal(1, result.GetProperty("finiteDifferenceError").GetDouble(), 1e-6);
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_spelled_in_json()
    {
        string output = CommandLine.Run("derive", "sqrt(x)", "--at", "x=0", "--json").Output;

        JsonElement result = JsonDocument.Parse(output).RootElement;
        Assert.Equal("Infinity", result.GetProperty("symbolic").GetString());
        Assert.Equal("Infinity", result.GetProperty("autograd").GetString());
    }

    /// <summary>Command line, and what its error names.</summary>
    public static TheoryData<string[], string> Mistakes => new()
    {
        { ["derive", "x +"], "\n" },
        { ["derive", "sin(x", "--wrt", "x"], "^" },
        { ["derive", "foo(x)", "--wrt", "x"], "foo" },
        { ["derive", ""], "formula" },
        { ["derive", "x^2", "--wrt", "2"], "'2'" },
        { ["derive", "x^2", "--at", "x"], "'x'" },
        { ["derive", "x^2", "--at", "x=two"], "'two'" },
        { ["derive", "x^2", "--at", "x=1 x=2"], "'x'" },
        { ["derive", "x*y", "--wrt", "x", "--at", "x=1"], "'y'" },
        { ["derive", "x^2", "--at", "x=inf"], "finite" },
        { ["derive", "x^2", "--order", "0"], "0" },
        { ["derive", "x^2", "--order", "many"], "many" },
        { ["derive", "x^2", "--order", "99"], "10" },
        { ["derive", "x*y", "--wrt", "x y", "--order", "2"], "--order" },
        { ["derive", "3*4"], "symbol" },
        { ["derive", "x^2", "--jsn"], "--jsn" },
        { ["derive", "x^2", "extra"], "extra" },
        { ["derive", "x^2", "--digits", "30"], "--at" },
        { ["derive", "x^2", "--at", "x=1", "--digits", "0"], "0" },
        { ["derive", "--batch"], "--batch" },
        { ["derive", "x", "--batch", "f.csv"], "--batch" },
        { ["derive", "x", "--output", "f.json"], "--output" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_gives_one_line_that_names_it(string[] line, string word)
    {
        (int code, string output, string error) = CommandLine.Run(line);

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.StartsWith("nabla: ", error, StringComparison.Ordinal);
        Assert.Contains("nabla derive --help", error.Split('\n')[0], StringComparison.Ordinal);
        Assert.Contains(word, error, StringComparison.Ordinal);
    }
}
