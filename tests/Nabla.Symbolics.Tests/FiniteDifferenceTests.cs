namespace Nabla.Symbolics.Tests;

public sealed class FiniteDifferenceTests
{
    private static readonly Func<double, double> FlatNextToPeak = x => Math.Exp(-Math.Pow(100 * x, 2));

    public static TheoryData<string, Func<double, double>, double, double> Smooth => new()
    {
        { "sin at 1", Math.Sin, 1, Math.Cos(1) },
        { "sin at 0", Math.Sin, 0, 1 },
        { "sin at a million", Math.Sin, 1e6, Math.Cos(1e6) },
        { "exp at 30", Math.Exp, 30, Math.Exp(30) },
        { "a fast wave with a period that fits powers of two", x => Math.Sin(64 * Math.PI * x), 0, 64 * Math.PI },
        { "log near its singularity", Math.Log, 1e-12, 1e12 },
        { "1/x near its singularity", x => 1 / x, 1e-8, -1e16 },
        { "a narrow peak from its side", FlatNextToPeak, 0.01, -200 * Math.Exp(-1) },
        { "a straight line", x => (3 * x) - 7, 12.5, 3 },
        { "a constant", _ => 42, 0.3, 0 },
        { "nothing", _ => 0, 0.3, 0 },
        { "a step far away", x => x < 5 ? x * x : 100, 1, 2 },
        { "a kink nearby", x => Math.Max(x, 1), 0.999, 0 },
        { "large cancelling terms", x => 1e10 + Math.Sin(x) - 1e10, 1, Math.Cos(1) }, // ten correct digits are lost
        { "tiny values", x => 1e-200 * Math.Sin(x), 1, 1e-200 * Math.Cos(1) },
        { "huge values", x => 1e200 * Math.Sin(x), 1, 1e200 * Math.Cos(1) },
    };

    [Theory]
    [MemberData(nameof(Smooth))]
    public void The_true_derivative_lies_within_the_estimated_error(string name, Func<double, double> f, double x, double expected)
    {
        var (value, error) = FiniteDifference.Derivative(f, x);

        Assert.True(Math.Abs(value - expected) <= error + (1e-15 * Math.Abs(expected)), $"{name}: {value:R} ± {error:R} is not {expected:R}");
        Assert.True(error <= 5e-3 * Math.Max(Math.Abs(expected), 1e-6), $"{name}: the error {error:R} is too large to be of use.");
    }

    [Theory]
    [InlineData(1.0, 1.5)]
    [InlineData(0.0, 0.0)]
    public void At_the_end_of_the_domain_the_differences_are_taken_inside(double x, double expected)
    {
        // x·√x has no values below 0; (2 - x)... mirrored, the same at the upper end.
        static double Below(double x) => x * Math.Sqrt(x);

        var (value, error) = FiniteDifference.Derivative(Below, x);
        var (mirrored, _) = FiniteDifference.Derivative(x => -Below(-x), -x);

        Assert.Equal(expected, value, 1e-3);
        Assert.True(Math.Abs(value - expected) <= error, $"{value:R} ± {error:R}");
        Assert.Equal(expected, mirrored, 1e-3);
    }

    [Fact]
    public void One_sided_differences_of_a_smooth_function_are_as_good_as_their_error_says()
    {
        var (value, error) = FiniteDifference.Derivative(x => x < 1 ? double.NaN : Math.Exp(x), 1);

        Assert.True(Math.Abs(value - Math.E) <= error);
        Assert.True(error < 1e-7, $"{error:R}");
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 1)]
    [InlineData(-1, 0)]
    public void At_a_kink_the_value_is_the_mean_slope_and_the_error_half_the_jump(double left, double right)
    {
        var (value, error) = FiniteDifference.Derivative(x => x < 0.3 ? left * (x - 0.3) : right * (x - 0.3), 0.3);

        Assert.Equal((left + right) / 2, value, 1e-6);
        Assert.Equal(Math.Abs(left - right) / 2, error, 1e-6);
    }

    [Fact]
    public void A_slope_that_grows_without_end_has_an_infinite_error()
    {
        Assert.Equal(double.PositiveInfinity, FiniteDifference.Derivative(Math.Sqrt, 0).Error);
        Assert.Equal(double.PositiveInfinity, FiniteDifference.Derivative(Math.Cbrt, 0).Error);
        Assert.Equal(double.PositiveInfinity, FiniteDifference.Derivative(x => x < 0 ? -1 : 1, 0).Error);
    }

    [Fact]
    public void A_function_without_a_value_has_no_derivative()
    {
        Assert.Equal((double.NaN, double.PositiveInfinity), FiniteDifference.Derivative(Math.Log, -1));
        Assert.Equal((double.NaN, double.PositiveInfinity), FiniteDifference.Derivative(x => x == 0 ? 1 : double.NaN, 0));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_place_that_is_not_finite_is_refused(double x)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => FiniteDifference.Derivative(Math.Sin, x));

        Assert.Contains("FiniteDifference.Derivative", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Over 2,000 random sums of waves, exponentials and powers, with and without noise, the error is rarely too small and mostly useful.</summary>
    [Fact]
    public void Over_random_functions_the_error_is_honest()
    {
        const int count = 2000;
        var random = new Random(7);
        int dishonest = 0, useless = 0;
        for (var i = 0; i < count; i++)
        {
            double a = random.NextDouble() * 5, frequency = Math.Exp(random.NextDouble() * 6), c = random.NextDouble() - 0.5, power = random.Next(1, 6);
            double x = (random.NextDouble() * 6) - 3, noise = i % 2 == 0 ? 0 : 1e-12;
            double F(double t) => (a * Math.Sin(frequency * t)) + Math.Exp(c * t) + Math.Pow(t, power) + (noise * Scatter(t));
            var expected = (a * frequency * Math.Cos(frequency * x)) + (c * Math.Exp(c * x)) + (power * Math.Pow(x, power - 1));

            var (value, error) = FiniteDifference.Derivative(F, x);

            if (!(Math.Abs(value - expected) <= error)) dishonest++;
            if (!(error <= 1e-4 * (1 + Math.Abs(expected)))) useless++;
        }

        Assert.True(dishonest <= count / 200, $"{dishonest} of {count} results are further from the truth than their error says.");
        Assert.True(useless <= count / 50, $"{useless} of {count} errors are too large.");
    }

    /// <summary>Between -1 and 1, different for any two numbers: what rounding looks like.</summary>
    private static double Scatter(double t) => Math.ScaleB((BitConverter.DoubleToUInt64Bits(t) * 0x9E3779B97F4A7C15) >> 11, -52) - 1;
}
