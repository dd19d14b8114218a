using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests;

public sealed class BigOperatorTests
{
    private static readonly Symbol X = Expr.Symbol("x");
    private static readonly Symbol N = Expr.Symbol("n", Assumptions.Integer | Assumptions.Positive);
    private static readonly Symbol I = Expr.Symbol("i", Assumptions.Integer);
    private static readonly Symbol J = Expr.Symbol("j", Assumptions.Integer);
    private static readonly IndexedBase Mu = new("mu");

    [Fact]
    public void Elements_of_equal_arrays_at_equal_indices_are_the_same_object()
    {
        Assert.Same(new IndexedBase("mu")[I + 1], Mu[1 + I]);
        Assert.NotSame(Mu[I], Mu[J]);
        Assert.Equal("mu[i + 1]", Mu[I + 1].ToString());
        Assert.Equal("A[i, j]", new IndexedBase("A")[I, J].ToString());
    }

    [Fact]
    public void A_sum_over_an_index_prints_with_its_index_and_bounds() =>
        Assert.Equal("sum(mu[i]^2, i, 0, n - 1)", SumOver(Mu[I] * Mu[I], I, 0, N - 1).ToString());

    [Fact]
    public void The_index_is_no_free_symbol_of_its_sum()
    {
        var sum = SumOver(X * Pow(I, 2), I, 1, N);
        Assert.Equal([N, X], sum.FreeSymbols);
        Assert.Equal([I, N, X], (sum + I).FreeSymbols);
        Assert.Contains(((BigOperator)sum).Index, ((BigOperator)sum).Body.FreeSymbols);
    }

    [Fact]
    public void Numeric_bounds_are_written_out()
    {
        Assert.Same((Expr)338_350, SumOver(I * I, I, 1, 100).Unroll());
        Assert.Same((Expr)3_628_800, ProductOver(I, I, 1, 10).Unroll());
        Assert.Same(Mu[0] + Mu[1] + Mu[2], SumOver(Mu[I], I, 0, 2).Unroll());
        Assert.Same((Expr)0, SumOver(Mu[I], I, 3, 2));
        Assert.Same((Expr)1, ProductOver(Mu[I], I, 3, 2));
        Assert.Same(5 * X, SumOver(X, I, 0, 4));
        Assert.Same(Pow(X, 5), ProductOver(X, I, 0, 4));
    }

    [Fact]
    public void The_bounds_of_inner_sums_may_depend_on_outer_indices()
    {
        var triangle = SumOver(SumOver(I * J, J, 1, I), I, 1, 4);
        Assert.Same((Expr)65, triangle.Unroll());
        Assert.Equal(65, triangle.Evaluate(new Dictionary<Symbol, double>()));
    }

    [Fact]
    public void A_substitution_does_not_reach_the_index()
    {
        var sum = SumOver(I * X, I, 1, 3);
        Assert.Same(sum, sum.Subs(I, 7));
        Assert.Same(6 * I, sum.Subs(X, I).Unroll());
        var index = ((BigOperator)sum).Index;
        Assert.Same(6 * index, sum.Subs(X, index).Unroll());
    }

    [Fact]
    public void A_sum_put_into_a_sum_over_the_same_index_keeps_its_own()
    {
        var inner = SumOver(Pow(I, 2), I, 1, 3);
        var outer = SumOver(X * I, I, 1, 4).Subs(X, inner);
        Assert.Same((Expr)140, outer.Unroll());
        var twice = SumOver(SumOver(SumOver(I, I, 1, 3) * I, I, 1, 4) * I, I, 1, 2);
        Assert.Same((Expr)180, twice.Unroll());
    }

    [Fact]
    public void Names_that_would_read_as_the_index_make_it_another_name()
    {
        var sum = SumOver(J * X, J, 1, N).Subs(X, J);
        Assert.Equal("sum(j*j_1, j_1, 1, n)", sum.ToString());
    }

    [Fact]
    public void The_derivative_by_an_element_picks_its_term()
    {
        var squares = SumOver(Mu[I] * Mu[I], I, 0, N - 1);
        Assert.Same(Select(And(LessEqual(0, J), LessEqual(J, N - 1)), 2 * Mu[J], 0), squares.Diff(Mu[J]));
        var shaped = new IndexedBase("mu", N);
        Assert.Same(2 * shaped[J], SumOver(shaped[I] * shaped[I], I, 0, N - 1).Diff(shaped[J]));
        Assert.Same(2 * Mu[2], SumOver(Mu[I] * Mu[I], I, 0, 4).Diff(Mu[2]));
        Assert.Same((Expr)0, SumOver(Mu[I] * Mu[I], I, 0, 4).Diff(Mu[5]));
        Assert.Same((Expr)0, squares.Diff(new IndexedBase("nu")[J]));
    }

    [Fact]
    public void The_derivative_of_neighbouring_terms_has_both_neighbours()
    {
        var chain = SumOver(Mu[I] * Mu[I - 1], I, 1, 4);
        Assert.Same(Mu[1] + Mu[3], chain.Diff(Mu[2]));
        Assert.Same(Mu[1], chain.Diff(Mu[0]));
        Assert.Same(Mu[3], chain.Diff(Mu[4]));
    }

    [Fact]
    public void A_quadratic_form_has_the_gradient_of_both_its_sides()
    {
        var (a, x) = (new IndexedBase("A", 3, 3), new IndexedBase("x", 3));
        var form = SumOver(SumOver(x[I] * a[I, J] * x[J], J, 0, 2), I, 0, 2);
        var k = Expr.Symbol("k", Assumptions.Integer);
        var gradient = form.Diff(x[k]);
        for (var row = 0; row < 3; row++) Assert.Same(form.Unroll().Diff(x[row]), gradient.Subs(k, row).Unroll());
    }

    [Fact]
    public void Products_over_an_index_obey_the_product_rule_also_where_a_factor_is_zero()
    {
        var product = ProductOver(X - I, I, 1, 4);
        var values = new Dictionary<Symbol, double> { [X] = 2 };
        Assert.Equal((2 - 1) * (2 - 3) * (2 - 4), product.Diff(X).Evaluate(values), 1e-12);
        Assert.Equal(product.Unroll().Diff(X).Diff(X).Evaluate(values), product.Diff(X, 2).Evaluate(values), 1e-12);
        var positive = ProductOver(Exp(X * I), I, 1, N);
        Assert.Same(positive * SumOver(I, I, 1, N), positive.Diff(X));
    }

    [Fact]
    public void Forward_and_reverse_agree_and_respect_what_stands_outside()
    {
        var y = Expr.Symbol("y");
        var formula = Sin(X * y) * SumOver(Cos(X * I) / (y + I), I, 1, 6) + ProductOver(X + y * I, I, 1, 3);
        var gradient = formula.Gradient(X, y);
        var values = new Dictionary<Symbol, double> { [X] = 0.4, [y] = 1.3 };
        var written = formula.Unroll();
        Assert.Equal(written.Diff(X).Evaluate(values), gradient[0].Evaluate(values), 1e-12);
        Assert.Equal(written.Diff(y).Evaluate(values), gradient[1].Evaluate(values), 1e-12);
        Assert.Equal(written.Diff(y).Evaluate(values), formula.Diff(y).Evaluate(values), 1e-12);
    }

    [Fact]
    public void Arrays_give_elements_their_values()
    {
        var (a, x) = (new IndexedBase("A"), new IndexedBase("x"));
        var form = SumOver(SumOver(x[I] * a[I, J] * x[J], J, 0, N - 1), I, 0, N - 1);
        var arrays = new Dictionary<IndexedBase, Array> { [a] = new double[,] { { 2, 1 }, { 1, 3 } }, [x] = new double[] { 1, -2 } };
        Assert.Equal(2 - 4 + 12, form.Evaluate(new Dictionary<Symbol, double> { [N] = 2 }, arrays));
        var error = Assert.Throws<ArgumentException>(() => form.Evaluate(new Dictionary<Symbol, double> { [N] = 3 }, arrays));
        Assert.Contains("from 0 to 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("array 'x' has no values", Assert.Throws<ArgumentException>(() => x[0].Evaluate(new Dictionary<Symbol, double>())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_are_named()
    {
        Assert.Contains("no whole number", Assert.Throws<ArgumentException>(() => SumOver(X, I, 0, new Rational(1, 2))).Message, StringComparison.Ordinal);
        Assert.Contains("contains the index", Assert.Throws<ArgumentException>(() => SumOver(X, I, 0, I)).Message, StringComparison.Ordinal);
        Assert.Contains("bound", Assert.Throws<NotSupportedException>(() => SumOver(I, I, 0, X).Diff(X)).Message, StringComparison.Ordinal);
        Assert.Contains("2 indices", Assert.Throws<ArgumentException>(() => new IndexedBase("A", 2, 2)[I]).Message, StringComparison.Ordinal);
        Assert.Contains("from 0 to 1", Assert.Throws<ArgumentException>(() => new IndexedBase("A", 2)[2]).Message, StringComparison.Ordinal);
        Assert.Contains("at most", Assert.Throws<InvalidOperationException>(() => SumOver(Sin(I), I, 1, 10_000_000).Unroll()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Operators_nest_without_exponential_work()
    {
        Expr nested = X;
        for (var level = 0; level < 30; level++) nested = SumOver(nested * Expr.Symbol("k" + level), Expr.Symbol("k" + level), 1, N);
        Assert.Equal([N, X], nested.FreeSymbols);
        Assert.Same(nested, nested.Subs(X, Expr.Symbol("y")).Subs(Expr.Symbol("y"), X));
        Assert.Equal(1, nested.Diff(X).Evaluate(new Dictionary<Symbol, double> { [N] = 1 }));
    }
}
