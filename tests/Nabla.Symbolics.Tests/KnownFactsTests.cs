using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests;

public sealed class KnownFactsTests
{
    private static readonly Symbol X = Expr.Symbol("x");
    private static readonly Symbol P = Expr.Symbol("p", Assumptions.Positive);
    private static readonly Symbol N = Expr.Symbol("n", Assumptions.Integer);

    [Fact]
    public void A_symbol_is_its_name_and_its_assumptions()
    {
        Assert.Same(Expr.Symbol("p", Assumptions.Positive), P);
        Assert.NotSame(Expr.Symbol("p"), P);
        Assert.Equal("p", P.ToString());
        Assert.Contains("no number is", Assert.Throws<ArgumentException>(() => Expr.Symbol("q", Assumptions.Positive | Assumptions.NonPositive)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Signs_follow_from_those_of_the_symbols()
    {
        Assert.Equal(Assumptions.Positive, ((P * P) + Exp(X) + Constant.Pi).Facts);
        Assert.Equal(Assumptions.NonNegative, (X * X).Facts);
        Assert.Equal(Assumptions.Positive, (1 + (X * X)).Facts & Assumptions.Positive);
        Assert.Equal(Assumptions.Negative, (-P).Facts);
        Assert.Equal(Assumptions.Real, (P - 1).Facts);
        Assert.Equal(Assumptions.Positive, Sqrt(P).Facts);
        Assert.Equal(Assumptions.Positive, Max(X, P).Facts);
        Assert.Equal(Assumptions.Negative, Min(X, -P).Facts);
        Assert.Equal(Assumptions.NonNegative, Abs(X).Facts);
        Assert.Equal(Assumptions.Positive, Abs(P).Facts);
        Assert.Equal(Assumptions.Integer, ((N * N * N) + (2 * N)).Facts);
        Assert.Equal(Assumptions.Integer, Floor(X).Facts);
        Assert.Equal(Assumptions.Real, Cbrt(X).Facts);
        Assert.Equal(Assumptions.Positive, Gamma(P).Facts);
        Assert.Equal(Assumptions.Real, Gamma(X).Facts);
    }

    [Fact]
    public void Powers_of_positives_combine_their_exponents()
    {
        Assert.Same(P, Sqrt(P * P));
        Assert.Same(Pow(P, X / 2), Sqrt(Pow(P, X)));
        Assert.NotSame(X, Sqrt(X * X));
    }

    [Fact]
    public void Facts_never_contradict_values()
    {
        var random = new Random(17);
        Symbol[] symbols = [X, P, N, Expr.Symbol("m", Assumptions.Negative), Expr.Symbol("z", Assumptions.NonNegative | Assumptions.Integer)];
        for (var trial = 0; trial < 1000; trial++)
        {
            var formula = Formula(random, symbols, 4);
            var facts = formula.Facts;
            for (var point = 0; point < 6; point++)
            {
                var values = new Dictionary<Symbol, double>
                {
                    [symbols[0]] = (random.NextDouble() - 0.5) * 6,
                    [symbols[1]] = 0.01 + (random.NextDouble() * 3),
                    [symbols[2]] = random.Next(-4, 5),
                    [symbols[3]] = -0.01 - (random.NextDouble() * 3),
                    [symbols[4]] = random.Next(0, 4),
                };
                var value = formula.Evaluate(values);

                // 1/0 has no value, even if its hyperbolic tangent is finite.
                if (Traversal.PostOrder([formula]).Exists(node => !double.IsFinite(node.Evaluate(values)))) continue;
                Assert.False((facts & Assumptions.NonNegative) != 0 && value < -1e-9, $"{formula} is {value}, said {facts}");
                Assert.False((facts & Assumptions.NonPositive) != 0 && value > 1e-9, $"{formula} is {value}, said {facts}");
                Assert.False((facts & Assumptions.Integer) != 0 && Math.Abs(value) < 1e9 && Math.Abs(value - Math.Round(value)) > 1e-6, $"{formula} is {value}, said {facts}");
                Assert.False((facts & Assumptions.NonZero) != 0 && value == 0 && formula.Operands.Count < 1, $"{formula} is {value}, said {facts}");
            }
        }
    }

    private static Expr Formula(Random random, Symbol[] symbols, int depth)
    {
        if (depth == 0) return random.Next(4) == 0 ? random.Next(-3, 4) : symbols[random.Next(symbols.Length)];
        var (a, b) = (Formula(random, symbols, depth - 1), Formula(random, symbols, depth - 1));
        return random.Next(14) switch
        {
            0 or 1 => a + b,
            2 => a - b,
            3 or 4 => a * b,
            5 => Pow(a, random.Next(-3, 5)),
            6 => Pow(a, new Rational(random.Next(-3, 4), 2)),
            7 => Max(a, b),
            8 => Min(a, b),
            9 => Abs(a),
            10 => Exp(-Abs(a)),
            11 => Select(Less(a, b), a, b),
            12 => Floor(a),
            _ => Tanh(a),
        };
    }
}
