using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests;

/// <summary>Digits of formulas against mpmath (Reference/digits.py).</summary>
public sealed class DigitsTests
{
    [Theory]
    [InlineData(30)]
    [InlineData(50)]
    [InlineData(200)]
    public void All_digits_are_those_of_the_reference(int digits)
    {
        var (count, wrong) = (0, new List<string>());
        foreach (var line in Lines())
        {
            var cells = line.Split(';');
            if (cells[1] != $"{digits}") continue;
            var formula = Expr.Parse(System.Text.RegularExpressions.Regex.Replace(cells[0], @"frac\(([^,()]+),([^()]+)\)", "(($1)/($2))"));
            var text = formula.Evaluate(digits);
            if (text != cells[2]) wrong.Add($"{cells[0]}: {text}, not {cells[2]}");
            count++;
        }

        Assert.Equal(78, count);
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void Numbers_are_written_out_or_with_an_exponent()
    {
        Assert.Equal("0.33333333333333333333", ((Expr)1 / 3).Evaluate(20));
        Assert.Equal("262537412640768743.99999999999925", Exp(Constant.Pi * Sqrt(163)).Evaluate(32));
        Assert.Equal("-0.8522008497671888017727058937530293682618", Sin(Pow(10, 22)).Evaluate(40));
        Assert.Equal("1.0e+30", Pow(10, 30).Evaluate(2));
        Assert.Equal("3", ((Expr)3).Evaluate(1));
        Assert.Equal("0", ((Expr)0).Evaluate(5));
        Assert.Equal("1.2346e-9", ((Expr)new Rational(12_345_678, 10_000_000_000_000_000)).Evaluate(5));
        Assert.Equal("10.0", ((Expr)new Rational(9999, 1000)).Evaluate(3));
    }

    [Fact]
    public void Values_are_exact_fractions_formulas_or_the_doubles_as_they_are()
    {
        var x = Expr.Symbol("x");
        Assert.Equal("0.2", (2 * x).Evaluate(new Dictionary<Symbol, Expr> { [x] = new Rational(1, 10) }, 1));
        Assert.Equal("2.0000000000000000000", (x * x).Evaluate(new Dictionary<Symbol, Expr> { [x] = Sqrt(2) }, 20));
        Assert.Equal("0.1000000000000000055511151231", x.Evaluate(new Dictionary<Symbol, double> { [x] = 0.1 }, 28));
        Assert.Equal(Math.Sqrt(2), Sqrt(2).EvaluateToDigits(40).ToDouble());
        Assert.Equal(new Rational(3, 8), ((Expr)new Rational(3, 8)).EvaluateToDigits(5).ToRational());
    }

    [Fact]
    public void Sums_over_an_index_and_choices_have_digits()
    {
        var i = Expr.Symbol("i", Assumptions.Integer);
        Assert.Equal("2.7182818284590452353602874713526624977572470937000", SumOver(1 / Factorial(i), i, 0, 60).Evaluate(50));
        Assert.Equal("0.8414709848078965066525023", Select(Less(Sqrt(2), Log(5)), Sin(1), Log(-1)).Evaluate(25));
        Assert.Equal("3.0", Floor(Constant.Pi + Sin(Pow(10, -30))).Evaluate(2));
    }

    [Fact]
    public void What_has_no_certain_digits_is_an_error_that_says_why()
    {
        var hiddenZero = Sqrt(2) * Sqrt(3) - Sqrt(6);
        Assert.Contains("not certain", Assert.Throws<ArithmeticException>(() => hiddenZero.Evaluate(10)).Message, StringComparison.Ordinal);
        Assert.Contains("log of a negative", Assert.Throws<ArithmeticException>(() => Log(Sin(4)).Evaluate(10)).Message, StringComparison.Ordinal);
        Assert.Contains("division by 0", Assert.Throws<ArithmeticException>(() => (Log(2) / Select(Less(Constant.Pi + Sin(1), 3), 1, 0)).Evaluate(10)).Message, StringComparison.Ordinal);
        Assert.Contains("symbol 'x'", Assert.Throws<ArgumentException>(() => Expr.Symbol("x").Evaluate(10)).Message, StringComparison.Ordinal);
        Assert.Contains("besselj", Assert.Throws<NotSupportedException>(() => BesselJ(0, 1).Evaluate(10)).Message, StringComparison.Ordinal);
        Assert.Contains("beyond", Assert.Throws<ArithmeticException>(() => Exp(Exp(Exp(10))).Evaluate(10)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Sqrt(2).Evaluate(0));
    }

    [Fact]
    public void Random_formulas_agree_with_their_doubles()
    {
        var random = new Random(3);
        var x = Expr.Symbol("x");
        for (var trial = 0; trial < 300; trial++)
        {
            var formula = Formula(random, x, 4);
            var at = new Dictionary<Symbol, double> { [x] = 0.2 + random.NextDouble() };
            var expected = formula.Evaluate(at);
            if (!double.IsFinite(expected) || expected == 0 || formula is Number) continue;
            var text = formula.Evaluate(at, 25);
            var got = double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(Math.Abs(got - expected) <= 1e-9 * (1e-3 + Math.Abs(expected)), $"{formula} at {at[x]:R}: {text}, double {expected:R}");
        }
    }

    private static Expr Formula(Random random, Symbol x, int depth)
    {
        if (depth == 0) return random.Next(3) == 0 ? new Rational(random.Next(1, 20), random.Next(1, 9)) : x;
        var (a, b) = (Formula(random, x, depth - 1), Formula(random, x, depth - 1));
        return random.Next(14) switch
        {
            0 => a + b,
            1 => a - (b / 2),
            2 => a * b,
            3 => a / (2 + Sin(b)),
            4 => Exp(-Abs(a) / 4),
            5 => Log(2 + (a * a)),
            6 => Sqrt(1 + (a * a)),
            7 => Tanh(a),
            8 => Atan2(a, 2 + Cos(b)),
            9 => Cbrt(a),
            10 => Max(a, b),
            11 => Erf(a / 3),
            12 => Softplus(a) - Sigmoid(b),
            _ => Gamma(1 + Abs(Sin(a))),
        };
    }

    private static IEnumerable<string> Lines()
    {
        using var stream = typeof(DigitsTests).Assembly.GetManifestResourceStream("Nabla.Symbolics.Tests.Reference.digits.csv")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line) yield return line;
    }
}
