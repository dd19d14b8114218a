using Nabla.Nn;

namespace Nabla.Tests.Nn;

public sealed class InitTests
{
    private static Tensor Weight() => Tensor.Zeros([200, 300], DType.Float64, requiresGrad: true);

    private static double Deviation(Tensor x) => Math.Sqrt(x.Square().Mean().Item());

    [Fact]
    public void Constants_fill_in_place_without_recording()
    {
        Tensor w = Weight();

        Assert.Same(w, Init.Constant(w, 2.5));
        Assert.True(w.IsLeaf);
        Assert.All(w.ToArray<double>(), value => Assert.Equal(2.5, value));
        Assert.Equal(60_000, Init.Ones(w).Sum().Item());
        Assert.Equal(0, Init.Zeros(w).Sum().Item());
    }

    // Uniform numbers in ±b have deviation b/√3.
    [Fact]
    public void Xavier_divides_by_both_fans()
    {
        double expected = Math.Sqrt(2.0 / 500);

        Assert.Equal(expected, Deviation(Init.XavierNormal(Weight(), generator: new Generator(1))), 0.01 * expected);
        Assert.Equal(expected, Deviation(Init.XavierUniform(Weight(), generator: new Generator(1))), 0.01 * expected);
    }

    [Theory]
    [InlineData(FanMode.FanIn, 300)]
    [InlineData(FanMode.FanOut, 200)]
    public void Kaiming_divides_by_one_fan(FanMode mode, int fan)
    {
        double expected = Math.Sqrt(2.0 / fan);

        Assert.Equal(expected, Deviation(Init.KaimingNormal(Weight(), mode: mode, generator: new Generator(1))), 0.01 * expected);
        Assert.Equal(expected, Deviation(Init.KaimingUniform(Weight(), mode: mode, nonlinearity: Nonlinearity.Relu, generator: new Generator(1))), 0.01 * expected);
    }

    [Fact]
    public void Kaiming_with_slope_root_5_is_how_layers_begin()
    {
        Tensor w = Init.KaimingUniform(Weight(), a: Math.Sqrt(5), generator: new Generator(1));

        Assert.InRange(w.Abs().ToArray<double>().Max(), 0.999 / Math.Sqrt(300), 1 / Math.Sqrt(300));
    }

    [Fact]
    public void Normal_and_uniform_take_their_parameters()
    {
        Assert.Equal(3, Init.Normal(Weight(), 3, 0.5, new Generator(1)).Mean().Item(), 0.01);
        Assert.InRange(Init.Uniform(Weight(), 2, 4, new Generator(1)).Mean().Item(), 2.98, 3.02);
    }

    [Fact]
    public void A_vector_has_no_fans() =>
        Assert.Contains("needs a tensor of at least two axes", Assert.Throws<ShapeException>(() => Init.XavierUniform(Tensor.Zeros([3]))).Message, StringComparison.Ordinal);
}
