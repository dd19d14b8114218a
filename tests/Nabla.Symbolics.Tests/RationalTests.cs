using System.Numerics;

namespace Nabla.Symbolics.Tests;

public sealed class RationalTests
{
    [Fact]
    public void Fractions_are_kept_in_lowest_terms_with_a_positive_denominator()
    {
        var value = new Rational(6, -8);
        Assert.Equal(-3, value.Numerator);
        Assert.Equal(4, value.Denominator);
        Assert.Equal("-3/4", value.ToString());
    }

    [Fact]
    public void The_default_value_is_zero() => Assert.Equal(new Rational(0), default);

    [Fact]
    public void Sums_and_products_are_exact_beyond_the_range_of_long()
    {
        Rational large = long.MaxValue;
        Assert.Equal(new Rational((BigInteger)long.MaxValue * 2), large + large);
        Assert.Equal(new Rational((BigInteger)long.MaxValue * long.MaxValue), large * large);
        Assert.Equal(large, large * large / large);
        Assert.Equal(new Rational(1), (1 / large) + ((large - 1) / large));
    }

    [Fact]
    public void The_smallest_long_is_a_value_like_any_other()
    {
        Rational smallest = long.MinValue;
        Assert.Equal(-(BigInteger)long.MinValue, (-smallest).Numerator);
        Assert.Equal(smallest, -(-smallest));
        Assert.Equal(new Rational(1), smallest / smallest);
    }

    [Theory]
    [InlineData(5, 2, 2)]
    [InlineData(7, 2, 4)]
    [InlineData(-5, 2, -2)]
    [InlineData(-7, 2, -4)]
    [InlineData(8, 3, 3)]
    public void Halves_round_to_the_even_neighbour(int numerator, int denominator, int expected) =>
        Assert.Equal(new Rational(expected), Rational.RoundToEven(new Rational(numerator, denominator)));

    [Fact]
    public void Conversion_to_double_rounds_once()
    {
        Assert.Equal(1.0 / 3, new Rational(1, 3).ToDouble());
        Assert.Equal(1e300, new Rational(BigInteger.Pow(10, 300)).ToDouble());
        Assert.Equal(1e-300, new Rational(BigInteger.One, BigInteger.Pow(10, 300)).ToDouble());
        Assert.Equal(0.1, new Rational(BigInteger.Pow(10, 30), BigInteger.Pow(10, 31)).ToDouble());
        Assert.Equal(9007199254740992.0, new Rational(9007199254740993).ToDouble());
        Assert.Equal(double.PositiveInfinity, new Rational(BigInteger.Pow(10, 400)).ToDouble());
        Assert.Equal(Math.PI, new Rational(new BigInteger(Math.ScaleB(Math.PI, 60)), BigInteger.One << 60).ToDouble());
    }

    [Fact]
    public void Division_by_zero_says_so() =>
        Assert.Contains("division by 0", Assert.Throws<DivideByZeroException>(() => new Rational(1) / new Rational(0)).Message, StringComparison.Ordinal);
}
