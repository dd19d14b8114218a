using System.Numerics;
using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests;

public sealed class CanonicalFormTests
{
    private static readonly Symbol X = Expr.Symbol("x");
    private static readonly Symbol Y = Expr.Symbol("y");
    private static readonly Symbol Z = Expr.Symbol("z");
    private static readonly Rational Half = new(1, 2);

    [Fact]
    public void Structurally_equal_formulas_are_the_same_object()
    {
        Assert.Same(Expr.Symbol("x"), X);
        Assert.Same(Sin(X + Y) * 2, 2 * Sin(Y + X));
        Assert.Same((X + Y) + Z, X + (Z + Y));
        Assert.Same((X * Y) * Z, X * (Z * Y));
    }

    [Fact]
    public void Like_terms_merge_with_exact_coefficients()
    {
        Assert.Same(X, (X / 3) + (X / 3) + (X / 3));
        Assert.Same((Expr)0, X - X);
        Assert.Same(5 * X * Y, (2 * X * Y) + (3 * Y * X));
        Assert.Same((Expr)0, Sin(X) + (2 * Sin(X)) - (3 * Sin(X)));
    }

    [Fact]
    public void Like_bases_merge_where_exponents_are_numbers()
    {
        Assert.Same(Pow(X, 2), X * X);
        Assert.Same(Pow(X, 5), Pow(X, 2) * Pow(X, 3));
        Assert.Same(X, Sqrt(X) * Sqrt(X));
        Assert.Same((Expr)1, X / X);
        Assert.Same(1 / X, Pow(X, 2) / Pow(X, 3));
        Assert.Equal(2, (Pow(X, Y) * Pow(X, Z)).Operands.Count);
        Assert.Same((Expr)2, Sqrt(2) * Sqrt(2));
    }

    [Fact]
    public void Neutral_and_absorbing_numbers_disappear()
    {
        Assert.Same(X, X + 0);
        Assert.Same(X, X * 1);
        Assert.Same((Expr)0, X * 0);
        Assert.Same((Expr)1, Pow(X, 0));
        Assert.Same(X, Pow(X, 1));
        Assert.Same((Expr)1, Pow(1, X));
        Assert.Same(X, -(-X));
    }

    [Fact]
    public void Nothing_is_rewritten_that_would_need_an_assumption()
    {
        Assert.NotSame(X, Sqrt(X * X));
        Assert.NotSame(X, Log(Exp(X)));
        Assert.NotSame(X, Exp(Log(X)));
        Assert.IsType<Call>(Pow(X * Y, Half));
    }

    [Fact]
    public void Whole_powers_reach_into_powers_and_products()
    {
        Assert.Same(X, Pow(Sqrt(X), 2));
        Assert.Same(Pow(X, 2 * Y), Pow(Pow(X, Y), 2));
        Assert.Same(4 * X * X * Y * Y, Pow(-2 * X * Y, 2));
        Assert.Same(X, 1 / (1 / X));
    }

    [Fact]
    public void Coefficients_are_not_multiplied_into_sums_and_nothing_is_expanded()
    {
        Assert.IsType<Product>(2 * (X + Y));
        Assert.IsType<Product>(-(X - Y));
        Assert.IsType<Product>(X * (X + 1));
        Assert.IsType<Call>(Pow(X + 1, 3));
    }

    [Fact]
    public void Subtracted_sums_are_flattened()
    {
        Assert.Same(X - Y + Z, X - (Y - Z));
        Assert.Same((Expr)0, (X + Y) - (X + Y));
        Assert.Same(X * X, X - (X - (X * X)));
    }

    [Fact]
    public void Multiples_of_one_sum_merge()
    {
        var sum = X + Y;
        Assert.Same(5 * sum, (2 * sum) + (3 * sum));
        Assert.Same(-2 * sum, sum - (3 * sum));
        Assert.Same(sum, (3 * sum) - (2 * sum));
        Assert.Same(X + Y + Z, ((3 * sum) + Z) - (2 * sum));
        Assert.Same(Z, ((2 * sum) + Z) - (2 * sum));
    }

    [Fact]
    public void Exact_numbers_stay_exact()
    {
        Assert.Same((Expr)new Rational(5, 6), (Expr)Half + new Rational(1, 3));
        Assert.Same((Expr)new Rational(1, 3), (Expr)1 / 3);
        Assert.Same((Expr)BigInteger.Pow(2, 200), Pow(2, 200));
        Assert.Same((Expr)new Rational(3, 2), Sqrt(new Rational(9, 4)));
        Assert.Same((Expr)2, Pow(8, new Rational(1, 3)));
        Assert.IsType<Call>(Sqrt(2));
        Assert.IsType<Call>(Pow(2, 1_000_000_000));
    }

    [Fact]
    public void Doubles_make_inexact_only_what_they_meet()
    {
        Assert.False(((Number)(Expr)0.5).IsExact);
        Assert.True(((Number)(Expr)2.0).IsExact);
        var formula = (0.5 * X) + (Y / 3);
        Assert.Equal(0.5, ((Product)formula.Operands[0]).Coefficient.ToDouble());
        Assert.True(((Product)formula.Operands[1]).Coefficient.IsExact);
        Assert.Equal(Math.Sin(0.5), ((Number)Sin(0.5)).ToDouble());
        Assert.IsType<Call>(Sin(1));
    }

    [Fact]
    public void Infinities_and_NaN_are_numbers()
    {
        Expr infinity = double.PositiveInfinity;
        Assert.Same(infinity, infinity + 1);
        Assert.Same((Expr)double.NaN, infinity - infinity);
        Assert.Same((Expr)double.NaN, infinity * 0);
        Assert.Same(infinity, (Expr)1 / 0);
        Assert.Equal(double.NegativeInfinity, (-infinity * X).Evaluate(new Dictionary<Symbol, double> { [X] = 1 }));
    }

    [Fact]
    public void Functions_fold_at_exact_arguments_with_exact_values()
    {
        Assert.Same((Expr)1, Exp(0));
        Assert.Same((Expr)0, Log(1));
        Assert.Same((Expr)0, Sin(0));
        Assert.Same((Expr)1, Cos(0));
        Assert.Same((Expr)(-3), Floor(new Rational(-5, 2)));
        Assert.Same((Expr)(-2), Round(new Rational(-5, 2)));
        Assert.Same((Expr)new Rational(1, 2), Abs(new Rational(-1, 2)));
        Assert.Same((Expr)(-1), Fmod(-7, 3));
        Assert.Same((Expr)2, Remainder(-7, 3));
    }

    [Fact]
    public void Comparisons_and_choices_with_known_conditions_fold()
    {
        Assert.Same((Expr)1, Less(1, 2));
        Assert.Same((Expr)0, Greater(1, 2));
        Assert.Same((Expr)0, Less(X, X));
        Assert.Same(Less(Y, X), Greater(X, Y));
        Assert.Same(X, Select(1, X, Y));
        Assert.Same(Y, Select(0, X, Y));
        Assert.Same(X, Select(Y, X, X));
        Assert.Same((Expr)0, And(X, 0));
        Assert.Same(Max(X, Y), Max(Y, X));
        Assert.Same(X, Min(X, X));
    }

    [Fact]
    public void Constants_compare_with_fractions()
    {
        Assert.Same((Expr)1, Less(3, Constant.Pi));
        Assert.Same((Expr)0, Equal(Constant.E, 0));
        Assert.Same(Pow(Constant.Pi, X) * Log(Constant.Pi), Pow(Constant.Pi, X).Diff(X));
    }

    [Fact]
    public void The_base_of_the_natural_logarithm_is_recognised()
    {
        Assert.Same(Exp(X), Pow(Constant.E, X));
        Assert.Same((Expr)1, Log(Constant.E));
        Assert.Same(Constant.E, Exp(1));
    }

    [Fact]
    public void The_order_of_construction_does_not_matter()
    {
        var random = new Random(5);
        var terms = new Expr[40];
        for (var i = 0; i < terms.Length; i++) terms[i] = (i % 4) switch
        {
            0 => X * (i + 1) / (Y + i),
            1 => Pow(X, i % 5) * Sin(Y),
            2 => 3 * (X + (i % 3)) - Y,
            _ => new Rational(i, 7),
        };
        var (sum, product) = (Sum(terms), Product(terms));
        for (var trial = 0; trial < 20; trial++)
        {
            random.Shuffle(terms);
            Assert.Same(sum, Sum(terms));
            Assert.Same(product, Product(terms));
            Assert.Same(product, Product(Product(terms.AsSpan(0, 17)), Product(terms.AsSpan(17))));
        }
    }

    [Fact]
    public void A_fraction_too_small_for_a_double_is_not_zero()
    {
        var tiny = Pow(2, -3000);
        Assert.IsType<Product>(tiny * X);
        Assert.Same(X, tiny * X * Pow(2, 3000));
        Assert.Same((Expr)1, Less(-tiny, 0));
    }

    [Fact]
    public void Rows_of_lowered_arithmetic_become_sums_products_and_powers()
    {
        Assert.Same(X - Y, Primitives.Sub.Apply(X, Y));
        Assert.Same(X / Y, Primitives.Div.Apply(X, Y));
        Assert.Same(1 / X, Reciprocal(X));
        Assert.Same(Pow(X, -Half), Rsqrt(X));
    }

    [Fact]
    public void A_wrong_number_of_arguments_is_named() =>
        Assert.Contains("exp: takes 1", Assert.Throws<ArgumentException>(() => Primitives.Exp.Apply(X, Y)).Message, StringComparison.Ordinal);

    [Fact]
    public void Sums_built_one_by_one_and_all_at_once_are_the_same()
    {
        var terms = new Expr[300];
        for (var i = 0; i < terms.Length; i++) terms[i] = Sin(X + (i * 7919 % 300)) * (i + 1);
        Expr oneByOne = 0;
        foreach (var term in terms) oneByOne += term;
        Assert.Same(Sum(terms), oneByOne);
        foreach (var term in terms) oneByOne -= term;
        Assert.Same((Expr)0, oneByOne);
    }

    [Fact]
    public void Substitution_is_simultaneous_and_finds_any_subterm()
    {
        var swapped = ((X * X) - Y).Subs(new Dictionary<Expr, Expr> { [X] = Y, [Y] = X });
        Assert.Same((Y * Y) - X, swapped);
        Assert.Same(Exp(Z), Exp(X + Y).Subs(X + Y, Z));
        Assert.Same(2 * Z, (2 * X * Y).Subs(X * Y, Z));
        Assert.Same((Expr)1, Exp(X - Y).Subs(X, Y));
    }

    [Fact]
    public void Free_symbols_come_in_the_order_of_their_names() =>
        Assert.Equal([X, Y, Z], ((Z * Exp(Y)) + X + (X * 2)).FreeSymbols);

    [Fact]
    public void A_symbol_without_value_is_named() => Assert.Contains(
        "symbol 'y'", Assert.Throws<ArgumentException>(() => (X + Y).Evaluate(new Dictionary<Symbol, double> { [X] = 1 })).Message, StringComparison.Ordinal);
}
