using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests.Matrices;

/// <summary>exp(-½ (x - m)ᵀ S⁻¹ (x - m)), the formula at the heart of Gaussian mixtures and of splatting.</summary>
public sealed class GaussianDensityTests
{
    public static TheoryData<string, Func<Matrix, Matrix, Expr>> Spellings() => new()
    {
        { "row times inverse times column", (S, d) => (d.Transpose() * S.Inverse() * d).ToScalar() },
        { "dot of the inverse times d", (S, d) => d.Dot(S.Inverse() * d) },
        { "dot of the solution", (S, d) => d.Dot(S.Solve(d)) },
        { "quadratic form of the inverse", (S, d) => S.Inverse().QuadraticForm(d) },
        { "inverse kept in a variable", (S, d) => { var conic = S.Inverse(); var product = conic * d; return (d.Transpose() * product).ToScalar(); } },
    };

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Value_and_all_partials_in_three_dimensions_take_at_most_110_operations(string spelling, Func<Matrix, Matrix, Expr> form)
    {
        foreach (var S in new[] { Matrix.Symmetric("S", 3), Matrix.PositiveDefinite("S", 3) })
        {
            var (density, symbols) = Density(S, form);
            Assert.Equal(12, symbols.Length);
            var operations = OperationCount.Of([density, .. density.Gradient(symbols)]);
            Assert.True(operations <= (S.IsPositiveDefinite ? 80 : 90), $"{spelling}: {operations} operations");
        }
    }

    [Fact]
    public void The_form_of_fewer_variables_does_not_hide_that_of_all()
    {
        var (small, large) = (Matrix.PositiveDefinite("S", 2), Matrix.PositiveDefinite("S", 3));
        var kept = Density(small, (S, d) => d.Dot(S.Solve(d)));
        var (density, symbols) = Density(large, (S, d) => d.Dot(S.Solve(d)));
        Assert.InRange(OperationCount.Of([density, .. density.Gradient(symbols)]), 40, 80);
        GC.KeepAlive(kept);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(8)]
    public void Value_and_partials_agree_with_the_numbers_of_the_textbook(int n)
    {
        foreach (var S in new[] { Matrix.Symmetric("S", n), Matrix.PositiveDefinite("S", n) })
        {
            var (density, symbols) = Density(S, (matrix, difference) => difference.Dot(matrix.Inverse() * difference));
            var (x, m) = (Matrix.Vector("x", n), Matrix.Vector("m", n));
            var values = NumericMatrix.RandomValues(new Random(n), S, x, m);
            var d = (x - m).Evaluate(values);

            // y = S⁻¹ d by Cramer's rule with numeric determinants; then dx = -v y, dm = v y, dS = ½ v y yᵀ, twice off the diagonal.
            var numeric = S.Evaluate(values);
            var y = new double[n];
            for (var k = 0; k < n; k++)
            {
                var replaced = (double[,])numeric.Clone();
                for (var i = 0; i < n; i++) replaced[i, k] = d[i, 0];
                y[k] = NumericMatrix.Determinant(replaced) / NumericMatrix.Determinant(numeric);
            }

            var form = 0.0;
            for (var i = 0; i < n; i++) form += d[i, 0] * y[i];
            var v = Math.Exp(-form / 2);
            NumericMatrix.Near(v, density.Evaluate(values), 1e-12, "value");
            var expected = new List<double>();
            for (var i = 0; i < n; i++) expected.Add(-v * y[i]);
            for (var i = 0; i < n; i++) expected.Add(v * y[i]);
            for (var i = 0; i < n; i++)
            {
                for (var j = i; j < n; j++) expected.Add((i == j ? 0.5 : 1) * v * y[i] * y[j]);
            }

            var gradient = density.Gradient(symbols);
            for (var k = 0; k < symbols.Length; k++)
            {
                NumericMatrix.Near(expected[k], gradient[k].Evaluate(values), 1e-11, $"{symbols[k]}");
                NumericMatrix.Near(expected[k], density.Diff(symbols[k]).Evaluate(values), 1e-11, $"{symbols[k]}, forward");
            }
        }
    }

    [Fact]
    public void Five_dimensions_take_a_small_multiple_of_the_operations_of_three()
    {
        foreach (var S in new[] { Matrix.Symmetric("S", 5), Matrix.PositiveDefinite("S", 5) })
        {
            var (density, symbols) = Density(S, (matrix, d) => d.Dot(matrix.Inverse() * d));
            Assert.Equal(25, symbols.Length);
            Assert.InRange(OperationCount.Of([density, .. density.Gradient(symbols)]), 100, 400);
        }
    }

    [Fact]
    public void The_latex_of_value_and_gradient_with_shared_parts_fits_a_page()
    {
        var (density, symbols) = Density(Matrix.Symmetric("S", 3), (matrix, d) => d.Dot(matrix.Inverse() * d));
        var lines = SharedParts.Of([density, .. density.Gradient(symbols)]).ToLatex().Split('\n');
        Assert.InRange(lines.Length, 13, 60);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 200));
    }

    [Fact]
    public void The_logarithm_with_its_determinant_shares_the_cofactors()
    {
        var S = Matrix.Symmetric("S", 3);
        var d = Matrix.Vector("x", 3) - Matrix.Vector("m", 3);
        var logarithm = (-Log(S.Determinant()) / 2) - (d.Dot(S.Inverse() * d) / 2);
        Symbol[] symbols = [.. d.FreeSymbols, .. S.FreeParameters];
        var operations = OperationCount.Of([logarithm, .. logarithm.Gradient(symbols)]);
        Assert.InRange(operations, 60, 110);
        var values = NumericMatrix.RandomValues(new Random(4), S, d);
        AgreesWithDifferences(logarithm, symbols, values);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void A_form_inside_larger_sums_and_products_keeps_the_right_derivative(int n)
    {
        var (S, A) = (Matrix.Symmetric("S", n), Matrix.Symbols("A", n, n));
        var (x, y) = (Matrix.Vector("x", n), Matrix.Vector("y", n));
        var (w, nu) = (Expr.Symbol("w"), Expr.Symbol("nu"));
        var q = x.Dot(S.Inverse() * x);
        var b = x.Dot(A.Inverse() * y);
        Expr[] formulas =
        [
            q * b, q + b, (q / nu) * Sin(w), q * q, Pow(1 + (q / nu), -(nu + n) / 2), q + w + (x[0] * x[0]), b - q, Log(S.Determinant()) * q,
            (w * x).Dot(S.Solve(w * x)), (2 * x).Dot(S.Solve(y)), Matrix.Vector(x.Entries.ToArray().Select(e => e * w * y[0]).ToArray()).Dot(S.Solve(y)),
            S.Determinant() + q, A.Determinant() * b * w, (x - y).Dot((S + (w * Matrix.Identity(n))).Solve(x - y)), Exp(-q) * S.Determinant(),
            x.Dot(A.Solve(S.Solve(y))), (A.Inverse() * S * A.Inverse().Transpose()).Trace(),
        ];
        var random = new Random(n);
        var values = NumericMatrix.RandomValues(random, S, A, x, y);
        values[w] = 0.7;
        values[nu] = 2.5;
        foreach (var formula in formulas) AgreesWithDifferences(formula, [.. formula.FreeSymbols], values);
    }

    [Fact]
    public void Second_derivatives_of_the_density_agree_with_differences_of_first_ones()
    {
        var (density, symbols) = Density(Matrix.Symmetric("S", 3), (matrix, d) => d.Dot(matrix.Inverse() * d));
        var values = NumericMatrix.RandomValues(new Random(6), Matrix.Symmetric("S", 3), Matrix.Vector("x", 3), Matrix.Vector("m", 3));
        foreach (var first in density.Gradient(symbols)) AgreesWithDifferences(first, symbols, values);
    }

    private static (Expr Density, Symbol[] Symbols) Density(Matrix S, Func<Matrix, Matrix, Expr> form)
    {
        var (x, m) = (Matrix.Vector("x", S.Rows), Matrix.Vector("m", S.Rows));
        return (Exp(-form(S, x - m) / 2), [.. x.FreeParameters, .. m.FreeParameters, .. S.FreeParameters]);
    }

    private static void AgreesWithDifferences(Expr formula, Symbol[] symbols, Dictionary<Symbol, double> values)
    {
        var gradient = formula.Gradient(symbols);
        for (var k = 0; k < symbols.Length; k++)
        {
            const double h = 1e-3;
            double At(double offset) => formula.Evaluate(new Dictionary<Symbol, double>(values) { [symbols[k]] = values[symbols[k]] + offset });
            var (once, twice, thrice) = ((At(h) - At(-h)) / (2 * h), (At(2 * h) - At(-2 * h)) / (4 * h), (At(3 * h) - At(-3 * h)) / (6 * h));
            var difference = (1.5 * once) - (0.6 * twice) + (0.1 * thrice);
            NumericMatrix.Near(difference, gradient[k].Evaluate(values), 1e-7, $"{formula.ToString(200)} by {symbols[k]}");
            NumericMatrix.Near(difference, formula.Diff(symbols[k]).Evaluate(values), 1e-7, $"{formula.ToString(200)} by {symbols[k]}, forward");
        }
    }
}
