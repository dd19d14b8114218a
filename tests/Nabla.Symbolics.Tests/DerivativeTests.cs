using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests;

public sealed class DerivativeTests
{
    private static readonly Symbol X = Expr.Symbol("x");
    private static readonly Symbol Y = Expr.Symbol("y");
    private static readonly Symbol Z = Expr.Symbol("z");

    [Fact]
    public void Textbook_derivatives_come_out_as_in_the_textbook()
    {
        Assert.Same(3 * X * X, Pow(X, 3).Diff(X));
        Assert.Same(Cos(X), Sin(X).Diff(X));
        Assert.Same((X * Cos(X)) + Sin(X), (X * Sin(X)).Diff(X));
        Assert.Same(Exp(X), Exp(X).Diff(X));
        Assert.Same(-1 / (X * X), (1 / X).Diff(X));
        Assert.Same(Pow(2, X) * Log(2), Pow(2, X).Diff(X));
        Assert.Same(1 / (2 * Sqrt(X)), Sqrt(X).Diff(X));
        Assert.Same((Expr)0, Sin(Y).Diff(X));
    }

    [Fact]
    public void The_result_itself_is_used_where_the_rule_allows_it()
    {
        var tanh = Tanh(X);
        Assert.Same(1 - (tanh * tanh), tanh.Diff(X));
        var sigmoid = Sigmoid(X);
        Assert.Same(sigmoid * (1 - sigmoid), sigmoid.Diff(X));
    }

    [Fact]
    public void The_derivative_of_a_choice_is_a_choice_of_derivatives() =>
        Assert.Same(Select(Less(X, 0), 2 * X, Cos(X)), Select(Less(X, 0), X * X, Sin(X)).Diff(X));

    [Fact]
    public void An_order_that_varies_is_an_error_that_says_what_to_do() => Assert.Contains(
        "constant order", Assert.Throws<NotSupportedException>(() => Polygamma(X, Y).Diff(X)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_product_of_many_factors_is_differentiated_without_n_squared_operands()
    {
        var factors = new Expr[1000];
        for (var i = 0; i < factors.Length; i++) factors[i] = X + i;
        var product = Product(factors);
        var operands = 0L;
        foreach (var node in Traversal.PostOrder([product.Diff(X)])) operands += node.Args.Length;
        Assert.InRange(operands, 1000, 40_000);

        // (d/dx prod)/prod is the sum of 1/(x + i).
        Expr small = 1;
        var expected = 0.0;
        for (var i = 0; i < 20; i++)
        {
            small *= X + i;
            expected += 1 / (0.5 + i);
        }

        var values = new Dictionary<Symbol, double> { [X] = 0.5 };
        Assert.Equal(expected, small.Diff(X).Evaluate(values) / small.Evaluate(values), 1e-12);
    }

    [Fact]
    public void Gradient_answers_zero_for_a_symbol_that_does_not_occur()
    {
        var gradient = (X * Y).Gradient(X, Z, Y);
        Assert.Equal([Y, (Expr)0, X], gradient);
    }

    [Fact]
    public void Gradient_of_a_symbol_by_itself_is_one() => Assert.Same((Expr)1, X.Gradient(X)[0]);

    [Fact]
    public void Gradient_costs_a_small_multiple_of_the_value()
    {
        // A sum of products of neighbours: forward mode would need one sweep a symbol.
        var symbols = new Symbol[100];
        for (var i = 0; i < symbols.Length; i++) symbols[i] = Expr.Symbol($"s{i}");
        Expr value = 0;
        for (var i = 1; i < symbols.Length; i++) value += Sin(symbols[i] * symbols[i - 1]);
        var size = Traversal.PostOrder([value]).Count;
        Assert.InRange(Traversal.PostOrder(value.Gradient(symbols)).Count, size, 4 * size);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Derivatives_of_random_formulas_agree_with_differences_and_with_each_other(int seed)
    {
        var random = new Random(seed);
        Symbol[] symbols = [X, Y, Z];
        for (var trial = 0; trial < 60; trial++)
        {
            var formula = RandomFormula(random, symbols, 5);
            var values = new Dictionary<Symbol, double>();
            foreach (var symbol in symbols) values[symbol] = 0.3 + random.NextDouble();
            var gradient = formula.Gradient(symbols);
            for (var i = 0; i < symbols.Length; i++)
            {
                var forward = formula.Diff(symbols[i]).Evaluate(values);
                var reverse = gradient[i].Evaluate(values);
                var difference = CentralDifference(formula, values, symbols[i]);
                Assert.True(Math.Abs(forward - reverse) <= 1e-9 * (1 + Math.Abs(forward)), $"{formula}: forward {forward}, reverse {reverse}");
                Assert.True(Math.Abs(forward - difference) <= 1e-5 * (1 + Math.Abs(forward)), $"{formula}: formula {forward}, differences {difference}");
            }
        }
    }

    private static double CentralDifference(Expr formula, Dictionary<Symbol, double> values, Symbol symbol)
    {
        const double h = 1e-3;
        double At(double offset) => formula.Evaluate(new Dictionary<Symbol, double>(values) { [symbol] = values[symbol] + offset });
        var once = (At(h) - At(-h)) / (2 * h);
        var twice = (At(2 * h) - At(-2 * h)) / (4 * h);
        var thrice = (At(3 * h) - At(-3 * h)) / (6 * h);
        return (1.5 * once) - (0.6 * twice) + (0.1 * thrice);
    }

    // Smooth, of moderate size, and shared subterms on purpose: the last formula is often used twice.
    private static Expr RandomFormula(Random random, Symbol[] symbols, int depth)
    {
        if (depth == 0) return random.Next(4) == 0 ? random.Next(1, 4) : symbols[random.Next(symbols.Length)];
        var a = RandomFormula(random, symbols, depth - 1);
        var b = random.Next(3) == 0 ? a : RandomFormula(random, symbols, depth - 1);
        return random.Next(13) switch
        {
            0 or 1 => a + b,
            2 => a - (b / 2),
            3 => Tanh(a) * b,
            4 => a / (2 + Sin(b)),
            5 => Sin(a),
            6 => Exp(-(a * a)),
            7 => Sqrt(1 + (a * a)),
            8 => Log(2 + (b * b)) * a,
            9 => Pow(2 + Cos(a), Tanh(b)),
            10 => Atan2(Tanh(a), 2 + Cos(b)),
            11 => Softplus(a) - Sigmoid(b),
            _ => Select(Less(5, 0 * a), a, Erf(b)),
        };
    }
}
