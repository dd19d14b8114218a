using System.Globalization;
using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests;

/// <summary>Gamma and Bessel functions against 60 digits (Reference/bessel.py), and their derivatives against identities.</summary>
public sealed class BesselTests
{
    [Theory]
    [InlineData("besselj", 2e-14)]
    [InlineData("bessely", 2e-14)]
    [InlineData("besseli", 2e-14)]
    [InlineData("besselk", 2e-14)]
    [InlineData("gamma", 1e-14)]
    [InlineData("erfcinv", 2e-14)]
    public void Values_agree_with_sixty_digits(string name, double bound)
    {
        var row = Primitives.Find(name)!;
        var (worst, error, count) = ("", 0.0, 0);
        foreach (var line in Lines(name))
        {
            var cells = line.Split(',');
            var (value, size) = (Parse(cells[3]), Parse(cells[4]));
            var got = cells[2].Length == 0 ? row.Evaluate(Parse(cells[1])) : row.Evaluate(Parse(cells[1]), Parse(cells[2]));
            var relative = got == value ? 0 : Math.Abs(got - value) / Math.Abs(size);
            if (!(relative <= error)) (worst, error) = ($"{line}: {got:R}", relative);
            count++;
        }

        Assert.InRange(count, 30, int.MaxValue);
        Assert.True(error <= bound, $"{error:E1} at {worst}");
    }

    [Fact]
    public void Derivatives_satisfy_the_differential_equation_of_bessel()
    {
        var x = Expr.Symbol("x");
        foreach (var order in new Rational[] { 0, 1, 3, new(1, 2), new(-7, 3) })
        {
            foreach (var (f, sign) in new[] { (BesselJ(order, x), 1), (BesselY(order, x), 1), (BesselI(order, x), -1), (BesselK(order, x), -1) })
            {
                Expr square = order * order;
                var residual = (x * x * f.Diff(x, 2)) + (x * f.Diff(x)) + (((sign * x * x) - square) * f);
                var at = new Dictionary<Symbol, double> { [x] = 1.7 };
                Assert.Equal(0, residual.Evaluate(at), 1e-12 * (1 + Math.Abs(f.Evaluate(at)) * 30));
            }
        }
    }

    [Fact]
    public void A_varying_order_is_refused() => Assert.Contains(
        "constant order", Assert.Throws<NotSupportedException>(() => BesselJ(Expr.Symbol("v"), 1).Diff(Expr.Symbol("v"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Orders_out_of_reach_are_not_a_number_and_do_not_hang()
    {
        Assert.True(double.IsNaN(Primitives.BesselJ.Evaluate(10_001, 1)));
        Assert.True(double.IsNaN(Primitives.BesselK.Evaluate(2, -1)));
        Assert.True(double.IsNaN(Primitives.BesselI.Evaluate(0.5, -1)));
        Assert.Equal(0, Primitives.BesselJ.Evaluate(9_999.5, 1));
        Assert.Equal(double.PositiveInfinity, Primitives.BesselK.Evaluate(9_999.5, 1));
        Assert.Equal(double.NegativeInfinity, Primitives.BesselY.Evaluate(0, 0));
        Assert.Equal(1, Primitives.BesselJ.Evaluate(0, 0));
    }

    [Fact]
    public void Reciprocal_functions_and_their_inverses_undo_each_other()
    {
        foreach (var (f, inverse, at) in new (Func<Expr, Expr>, Func<Expr, Expr>, double)[]
        {
            (Sec, Asec, 0.7), (Csc, Acsc, 0.7), (Cot, Acot, 0.7), (Sech, Asech, 0.7), (Csch, Acsch, 0.7), (Coth, Acoth, 0.7),
            (Logit, Sigmoid, 0.3), (Erfc, Erfcinv, 0.6), (Ndtri, Ndtr, 0.2),
        })
        {
            var x = Expr.Symbol("x");
            Assert.Equal(at, inverse(f(x)).Evaluate(new Dictionary<Symbol, double> { [x] = at }), 1e-14);
        }
    }

    [Fact]
    public void Exact_arguments_with_exact_values_fold()
    {
        Assert.Same((Expr)24, Gamma(5));
        Assert.Same((Expr)120, Factorial(5));
        Assert.Same((Expr)(-2), Cbrt(-8));
        Assert.Same((Expr)5, Hypot(3, 4));
        Assert.IsType<Call>(Cbrt(2));
        Assert.Same(-BesselJ(3, Expr.Symbol("x")), BesselJ(-3, Expr.Symbol("x")));
    }

    [Fact]
    public void Three_or_more_arguments_have_a_largest_and_a_smallest()
    {
        var x = Expr.Symbol("x");
        Assert.Same((Expr)7, Max(3, 7, 5, 2));
        Assert.Same((Expr)2, Min(3, 7, 5, 2));
        var piecewise = Piecewise([(Less(x, 0), -x), (Less(x, 1), x * x)], 2 * x - 1);
        Assert.Equal([2, 0.25, 5], new double[] { -2, 0.5, 3 }.Select(at => piecewise.Evaluate(new Dictionary<Symbol, double> { [x] = at })));
    }

    private static IEnumerable<string> Lines(string name)
    {
        using var stream = typeof(BesselTests).Assembly.GetManifestResourceStream("Nabla.Symbolics.Tests.Reference.bessel.csv")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith(name + ",", StringComparison.Ordinal)) yield return line;
        }
    }

    private static double Parse(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);
}
