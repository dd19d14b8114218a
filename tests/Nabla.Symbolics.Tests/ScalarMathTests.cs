namespace Nabla.Symbolics.Tests;

public class ScalarMathTests
{
    private const double Inf = double.PositiveInfinity;

    [Fact]
    public void Log_gamma_is_infinite_at_its_poles()
    {
        foreach (double x in new[] { 0.0, -0.0, -1, -2, Inf, -Inf })
            Assert.Equal(Inf, ScalarMath.LGamma(x));
        Assert.Equal(0, ScalarMath.LGamma(1));
        Assert.Equal(0, ScalarMath.LGamma(2));
        Assert.Equal(Math.Log(24), ScalarMath.LGamma(5), 15);
    }

    [Fact]
    public void Digamma_has_the_values_of_pytorch_at_its_poles()
    {
        Assert.Equal(-Inf, ScalarMath.Digamma(0.0));
        Assert.Equal(Inf, ScalarMath.Digamma(-0.0));
        Assert.Equal(double.NaN, ScalarMath.Digamma(-1));
        Assert.Equal(Inf, ScalarMath.Digamma(Inf));
        Assert.Equal(double.NaN, ScalarMath.Digamma(-Inf));
        Assert.Equal(-0.5772156649015329, ScalarMath.Digamma(1), 15);
    }

    [Fact]
    public void Zeta_of_two_is_a_sixth_of_pi_squared()
    {
        Assert.Equal(Math.PI * Math.PI / 6, ScalarMath.Zeta(2, 1), 15);
        Assert.Equal(Math.PI * Math.PI / 6, ScalarMath.Polygamma(1, 1), 15);
        Assert.Equal(Inf, ScalarMath.Zeta(1, 2));
        Assert.Equal(Inf, ScalarMath.Zeta(2, -3));
        Assert.Equal(double.NaN, ScalarMath.Zeta(0.5, 2));
        Assert.Equal(double.NaN, ScalarMath.Zeta(2.5, -0.5));
        Assert.Equal(0, ScalarMath.Zeta(3, Inf));
    }

    [Fact]
    public void Trigamma_reflects()
    {
        // psi1(1 - x) + psi1(x) = (pi / sin(pi x))^2
        foreach (double x in new[] { -0.25, -3.4, -1234.75 })
        {
            double sum = ScalarMath.Polygamma(1, 1 - x) + ScalarMath.Polygamma(1, x);
            Assert.Equal(1, sum / Math.Pow(Math.PI / Math.Sin(Math.PI * x), 2), 12);
        }
    }

    [Fact]
    public void The_inverse_error_function_undoes_the_error_function()
    {
        for (double x = -5; x <= 5; x += 0.125)
            Assert.Equal(ScalarMath.Erf(x), ScalarMath.Erf(ScalarMath.ErfInv(ScalarMath.Erf(x))), 15);
        Assert.Equal(Inf, ScalarMath.ErfInv(1));
        Assert.Equal(-Inf, ScalarMath.ErfInv(-1));
        Assert.Equal(double.NaN, ScalarMath.ErfInv(1.0000001));
    }

    [Fact]
    public void Remainders_take_the_sign_of_the_dividend_or_of_the_divisor()
    {
        Assert.Equal(-1, ScalarMath.Fmod(-7, 3));
        Assert.Equal(2, ScalarMath.Remainder(-7, 3));
        Assert.Equal(-2, ScalarMath.Remainder(7, -3));
        Assert.Equal(Inf, ScalarMath.Remainder(-1, Inf));
        Assert.Equal(double.NaN, ScalarMath.Remainder(1, 0));
    }

    [Fact]
    public void Halves_round_to_even_and_the_sign_of_nan_is_nan()
    {
        Assert.Equal([0, 2, 2, -2], new[] { 0.5, 1.5, 2.5, -2.5 }.Select(ScalarMath.Round));
        Assert.Equal(double.NaN, ScalarMath.Sign(double.NaN));
        Assert.Equal(double.NaN, ScalarMath.Max(1, double.NaN));
        Assert.Equal(double.NaN, ScalarMath.Min(double.NaN, 1));
    }

    [Fact]
    public void Scaled_bessel_functions_vanish_at_infinity()
    {
        Assert.Equal(0, ScalarMath.I0e(Inf));
        Assert.Equal(0, ScalarMath.I1e(Inf));
        Assert.Equal(Inf, ScalarMath.I0(-Inf));
        Assert.Equal(-Inf, ScalarMath.I1(-Inf));
        Assert.Equal(1, ScalarMath.I0(0));
    }
}
