using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests;

public sealed class SharingTests
{
    private static readonly Symbol X = Expr.Symbol("x");
    private static readonly Symbol Y = Expr.Symbol("y");
    private static readonly Symbol Z = Expr.Symbol("z");

    [Fact]
    public void Operations_are_counted_as_a_reader_would()
    {
        Assert.Equal(0, OperationCount.Of(X, -X, 3));
        Assert.Equal(2, OperationCount.Of(X + Y - Z));
        Assert.Equal(4, OperationCount.Of(X * Y / (Z * (X + 1))));
        Assert.Equal(1, OperationCount.Of(1 / X));
        Assert.Equal(1, OperationCount.Of(X * X));
        Assert.Equal(2, OperationCount.Of(-Sin(X) / 3));
        Assert.Equal(1, OperationCount.Of(Pow(X, 7)));
    }

    [Fact]
    public void Parts_of_flat_products_and_sums_are_computed_once()
    {
        Assert.Equal(2, OperationCount.Of(X * Y, X * Y * Z));
        Assert.Equal(3, OperationCount.Of(X * Y * Sin(Z), X * Y));
        Assert.Equal(2, OperationCount.Of(X + Y, X + Y + Z));
        Assert.Equal(1, OperationCount.Of(X - Y, Y - X));
        Assert.Equal(2, OperationCount.Of((X * Y) + (X * Z)));
    }

    [Fact]
    public void A_quotient_is_never_formed_upside_down()
    {
        // With x = 0, an operation y/x would be infinite.
        Symbol[] symbols = [X, Y, Z, Expr.Symbol("w")];
        var shared = CommonSubexpressions.Of(X * Z / Y, X * symbols[3] / Y, X / Y);
        var all = new Dictionary<Symbol, double> { [X] = 0, [Y] = 2, [Z] = 3, [symbols[3]] = 4 };
        foreach (var (name, value) in shared.Steps)
        {
            all[name] = value.Evaluate(all);
            Assert.True(double.IsFinite(all[name]));
        }

        Assert.All(shared.Results, result => Assert.Equal(0, result.Evaluate(all)));
    }

    [Fact]
    public void Names_of_steps_avoid_those_of_symbols()
    {
        var shared = CommonSubexpressions.Of(Sin(X + Expr.Symbol("t0")), Cos(X + Expr.Symbol("t0")));
        Assert.Equal("t_0", Assert.Single(shared.Steps).Name.Name);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Steps_of_random_formulas_and_their_gradients_have_the_same_values(int seed)
    {
        var random = new Random(seed);
        for (var trial = 0; trial < 60; trial++)
        {
            var formula = Formula(random, 5);
            Expr[] outputs = [formula, .. formula.Gradient(X, Y, Z)];
            var shared = CommonSubexpressions.Of(outputs);
            var values = new Dictionary<Symbol, double> { [X] = 0.3 + random.NextDouble(), [Y] = 0.3 + random.NextDouble(), [Z] = 0.3 + random.NextDouble() };
            var all = new Dictionary<Symbol, double>(values);
            foreach (var (name, value) in shared.Steps) all[name] = value.Evaluate(all);
            for (var i = 0; i < outputs.Length; i++)
            {
                var expected = outputs[i].Evaluate(values);
                Assert.Equal(expected, shared.Results[i].Evaluate(all), 1e-9 * (1 + Math.Abs(expected)));
            }

            Assert.InRange(shared.Operations, 0, NodeCount(outputs));
        }
    }

    [Fact]
    public void A_quotient_repeated_3000_times_is_differentiated_in_reverse()
    {
        // f <- f/(1 + f) from s is s/(1 + n*s), whose derivative is 1/(1 + n*s)^2; flattened, level n has a product of n factors.
        const int levels = 3000;
        Expr formula = X + Y;
        for (var i = 0; i < levels; i++) formula = formula / (1 + formula);
        var values = new Dictionary<Symbol, double> { [X] = 0.25, [Y] = 0.5 };
        var expected = 1 / Math.Pow(1 + (levels * 0.75), 2);
        Assert.Equal(expected, ReverseDerivative.Of(formula, [X, Y])[1].Evaluate(values), 1e-10 * expected);
        Assert.Equal(expected, formula.Diff(X).Evaluate(values), 1e-10 * expected);
    }

    [Fact]
    public void A_product_within_another_gets_all_of_its_adjoint_wherever_it_stands()
    {
        var values = new Dictionary<Symbol, double> { [X] = 0.7, [Y] = 1.3, [Z] = 0.4 };
        Expr small = X * Y, large = 2 * X * Y * Z;
        foreach (var formula in new[] { Sin(large) + Cos(small), Cos(large) + Sin(small), Sin(large) * Exp(small), Tanh(Sin(small)) - Cos(large), Exp(Sin(large)) + small })
        {
            var gradient = formula.Gradient(X, Y, Z);
            Assert.Equal(formula.Diff(X).Evaluate(values), gradient[0].Evaluate(values), 1e-12);
            Assert.Equal(formula.Diff(Y).Evaluate(values), gradient[1].Evaluate(values), 1e-12);
            Assert.Equal(formula.Diff(Z).Evaluate(values), gradient[2].Evaluate(values), 1e-12);
        }
    }

    // Every node by itself: what a count without sharing of parts would give at most.
    private static int NodeCount(Expr[] outputs)
    {
        var count = 0;
        foreach (var node in Traversal.PostOrder(outputs)) count += node is Sum or Product ? node.Operands.Count : node is Call ? 1 : 0;
        return count;
    }

    private static Expr Formula(Random random, int depth)
    {
        if (depth == 0) return random.Next(4) == 0 ? random.Next(1, 4) : new[] { X, Y, Z }[random.Next(3)];
        var a = Formula(random, depth - 1);
        var b = random.Next(3) == 0 ? a : Formula(random, depth - 1);
        return random.Next(9) switch
        {
            0 or 1 => a + b,
            2 => a - (b / 3),
            3 or 4 => a * b,
            5 => a / (2 + Sin(b)),
            6 => Exp(-(a * a)),
            7 => Sqrt(1 + (a * a)) - b,
            _ => Max(a, b) * new Rational(2, 3),
        };
    }
}
