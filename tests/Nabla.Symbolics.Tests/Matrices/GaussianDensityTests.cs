using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics.Tests.Matrices;

/// <summary>exp(-½ (x - m)ᵀ S⁻¹ (x - m)), the formula at the heart of Gaussian mixtures and of splatting.</summary>
public sealed class GaussianDensityTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Value_and_all_partials_in_three_dimensions_take_at_most_110_operations(bool positiveDefinite)
    {
        var (x, m) = (Matrix.Vector("x", 3), Matrix.Vector("m", 3));
        var S = positiveDefinite ? Matrix.PositiveDefinite("S", 3) : Matrix.Symmetric("S", 3);
        var d = x - m;
        var density = Exp((d.Transpose() * S.Inverse() * d).ToScalar() * new Rational(-1, 2));
        Symbol[] symbols = [.. x.FreeParameters, .. m.FreeParameters, .. S.FreeParameters];
        Assert.Equal(12, symbols.Length);
        var operations = NumericMatrix.Operations([density, .. density.Gradient(symbols)]);
        Assert.InRange(operations, 40, positiveDefinite ? 60 : 80);
    }
}
