using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla.Tests.Transforms;

public sealed class FormulaEvaluationTests
{
    private static readonly Symbol X = Expr.Symbol("x"), Y = Expr.Symbol("y");

    public static TheoryData<string> EveryPrimitive => [.. Primitives.All.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(EveryPrimitive))]
    public void Every_primitive_has_its_value_and_its_derivatives_on_tensors(string name)
    {
        Primitive row = Primitives.Find(name)!;
        Symbol[] symbols = [.. Enumerable.Range(0, row.Arity).Select(i => Expr.Symbol($"a{i}"))];
        Expr formula = row.Apply(symbols);
        for (int round = 0; round < 5; round++)
        {
            double[] at = [.. Enumerable.Range(0, row.Arity).Select(i => row.DomainOf(i).Sample(0.13 + (0.17 * round) + (0.05 * i)))];
            var numbers = new Dictionary<Symbol, double>();
            for (int i = 0; i < at.Length; i++) numbers[symbols[i]] = at[i];

            // Orders of Bessel functions and the like are constants: only what has a derivative is asked for.
            bool[] varies = [.. Enumerable.Range(0, row.Arity).Select(i => HasDerivative(formula, symbols[i]))];
            Tensor[] inputs = [.. at.Select((value, i) => Tensor.Of(value, DType.Float64, requiresGrad: varies[i]))];
            Tensor result = Formula.ToFunction(formula, symbols)(inputs);
            if (result.RequiresGrad) result.Backward();

            Close(formula.Evaluate(numbers), result.Item(), name);
            for (int i = 0; i < at.Length; i++)
            {
                if (varies[i]) Close(formula.Diff(symbols[i]).Evaluate(numbers), inputs[i].Grad?.Item() ?? 0, $"derivative {i} of {name}");
            }
        }

        static bool HasDerivative(Expr formula, Symbol symbol)
        {
            try
            {
                formula.Diff(symbol);
                return true;
            }
            catch (NotSupportedException)
            {
                return false;
            }
        }

        static void Close(double expected, double actual, string what) =>
            Assert.True(expected.Equals(actual) || Math.Abs(expected - actual) <= 1e-12 * Math.Max(1, Math.Abs(expected)), $"{what}: {actual:R} is not {expected:R}");
    }

    [Fact]
    public void Shapes_broadcast_and_the_type_is_that_of_the_tensors()
    {
        Tensor column = Tensor.Of([[1.0], [2]]), row = Tensor.Of([10.0, 20, 30]);

        Tensor sum = Formula.Evaluate((X * Y) + (Expr)0.5, new Dictionary<Symbol, Tensor> { [X] = column, [Y] = row });

        Assert.Equal((2, 3), sum.Shape);
        Assert.Equal(DType.Float32, sum.DType);
        Assert.Equal([10.5, 20.5, 30.5, 20.5, 40.5, 60.5], sum.To(DType.Float64).ToArray<double>());
    }

    [Fact]
    public void A_formula_without_symbols_is_a_scalar()
    {
        Tensor root = Formula.Evaluate(F.Sqrt(2) * Constant.Pi, new Dictionary<Symbol, Tensor>());

        Assert.Equal(0, root.Rank);
        Assert.Equal(Math.Sqrt(2) * Math.PI, root.Item(), 1e-15);
    }

    [Fact]
    public void Whole_negative_and_broken_powers_and_quotients_are_as_the_formula_says()
    {
        Expr formula = (F.Pow(X, -3) * F.Pow(Y, new Rational(2, 3)) * new Rational(5, 7)) + (1 / (X * Y)) - F.Pow(X, F.Pow(Y, -1)) + F.Rsqrt(X) - F.Reciprocal(Y);
        var at = new Dictionary<Symbol, double> { [X] = 1.3, [Y] = 0.6 };
        Tensor x = Tensor.Of(1.3, DType.Float64, requiresGrad: true), y = Tensor.Of(0.6, DType.Float64, requiresGrad: true);

        Tensor value = Formula.Evaluate(formula, new Dictionary<Symbol, Tensor> { [X] = x, [Y] = y });
        value.Backward();

        Assert.Equal(formula.Evaluate(at), value.Item(), 1e-13);
        Assert.Equal(formula.Diff(X).Evaluate(at), x.Grad!.Item(), 1e-12);
        Assert.Equal(formula.Diff(Y).Evaluate(at), y.Grad!.Item(), 1e-12);
    }

    [Fact]
    public void The_branch_that_is_not_taken_has_no_influence_on_the_gradient()
    {
        Tensor x = Tensor.Of([-1.0, 0, 4], DType.Float64, requiresGrad: true);

        Formula.Evaluate(F.Select(F.Less(0, X), F.Sqrt(X), 0), new Dictionary<Symbol, Tensor> { [X] = x }).Sum().Backward();

        Assert.Equal([0, 0, 0.25], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void A_branch_that_is_not_taken_has_no_influence_in_any_mode_or_order()
    {
        // √x and its derivatives are NaN at -1, and x·√x is used twice.
        Expr root = F.Sqrt(X) * X;
        Func<Tensor[], Tensor> f = Formula.ToFunction(F.Select(F.Less(X, 0), X * X, root + F.Exp(root)), X);
        foreach (Tensor at in (Tensor[])[Tensor.Of(-1.0, DType.Float64), Tensor.Of([-1.0, -2], DType.Float64)])
        {
            Tensor first = Functional.Grad(x => f([x]).Sum())(at);
            Tensor second = Functional.Grad(y => Functional.Grad(x => f([x]).Sum())(y).Sum())(at);
            Tensor tangent = Functional.Jvp(y => Functional.Grad(x => f([x]).Sum())(y), at, at * 0 + 1).Tangent;

            Assert.Equal(2, -first.Reshape([-1])[0].Item());
            Assert.Equal(2, second.Reshape([-1])[0].Item());
            Assert.Equal(2, tangent.Reshape([-1])[0].Item());
        }
    }

    [Fact]
    public void Truth_values_can_be_added_and_multiplied()
    {
        Expr both = F.Less(0, X) + F.Less(1, X) - (X * F.Not(F.Less(X, 5)));

        Tensor count = Formula.Evaluate(both, new Dictionary<Symbol, Tensor> { [X] = Tensor.Of([-1.0, 0.5, 2, 7], DType.Float64) });

        Assert.Equal([0, 1, 2, -5], count.ToArray<double>());
    }

    [Fact]
    public void A_chain_of_100_000_steps_is_computed_and_differentiated()
    {
        Expr chain = X;
        for (int i = 0; i < 50_000; i++) chain = F.Sin(chain) + 1;
        Tensor x = Tensor.Of(0.3, DType.Float64, requiresGrad: true);

        Tensor value = Formula.Evaluate(chain, new Dictionary<Symbol, Tensor> { [X] = x });
        value.Backward();

        Assert.Equal(chain.Evaluate(new Dictionary<Symbol, double> { [X] = 0.3 }), value.Item(), 1e-12);
        Assert.True(double.IsFinite(x.Grad!.Item()));
    }

    [Fact]
    public void Shared_subterms_are_computed_once()
    {
        // 2^80 leaves if it were walked as a tree.
        Expr shared = X;
        for (int i = 0; i < 80; i++) shared = F.Sin(shared) * F.Cos(shared);
        Tensor x = Tensor.Of(0.3, DType.Float64, requiresGrad: true);

        Tensor value = Formula.Evaluate(shared, new Dictionary<Symbol, Tensor> { [X] = x });
        value.Backward();

        Assert.Equal(shared.Diff(X).Evaluate(new Dictionary<Symbol, double> { [X] = 0.3 }), x.Grad!.Item(), 1e-12);
    }

    [Fact]
    public void Forward_mode_and_higher_orders_go_through_a_formula()
    {
        Func<Tensor[], Tensor> f = Formula.ToFunction(F.Exp(-(X * X) / 2), X);
        Tensor at = Tensor.Of(2.0, DType.Float64);

        Tensor tangent = Functional.Jvp(x => f([x]), at, Tensor.Of(1.0, DType.Float64)).Tangent;
        Tensor third = Functional.Grad(Functional.Grad(Functional.Grad(x => f([x]))))(at);

        Assert.Equal(-2 * Math.Exp(-2), tangent.Item(), 1e-14);
        Assert.Equal(-2 * Math.Exp(-2), third.Item(), 1e-14); // (3x - x³)·e^(-x²/2) at 2
    }

    [Fact]
    public void A_symbol_without_a_tensor_is_named()
    {
        var missing = Assert.Throws<ArgumentException>(() => Formula.Evaluate(X + Y, new Dictionary<Symbol, Tensor> { [X] = Tensor.Of(1.0) }));
        var unknown = Assert.Throws<ArgumentException>(() => Formula.ToFunction(X + Y, X));
        var twice = Assert.Throws<ArgumentException>(() => Formula.ToFunction(X, X, X));
        var count = Assert.Throws<ArgumentException>(() => Formula.ToFunction(X, X)([]));

        Assert.Contains("'y' has no tensor; given are x", missing.Message, StringComparison.Ordinal);
        Assert.Contains("'y' has no tensor; given are x", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("'x' is named twice", twice.Message, StringComparison.Ordinal);
        Assert.Contains("0 tensors for the symbols x", count.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shapes_that_do_not_broadcast_are_named()
    {
        var error = Assert.Throws<ShapeException>(() => Formula.Evaluate(
            X * Y, new Dictionary<Symbol, Tensor> { [X] = Tensor.Zeros([2, 3]), [Y] = Tensor.Zeros([4]) }));

        Assert.Contains("[2, 3]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[4]", error.Message, StringComparison.Ordinal);
    }
}
