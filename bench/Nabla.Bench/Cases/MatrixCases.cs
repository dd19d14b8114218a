namespace Nabla.Bench.Cases;

/// <summary>Products of square matrices.</summary>
internal static class MatrixCases
{
    // At least 60 % of the speed of the peer's BLAS.
    private const double Goal = 1 / 0.6;

    public static CaseGroup Group { get; } = new("Matrix products",
    [
        Product("MatMul 64²", 64),
        Product("MatMul 128²", 128),
        Product("MatMul 512²", 512),
        Product("MatMul 1024²", 1024),
        Product("MatMul 512², left transposed", 512, transposeLeft: true),
        Product("MatMul 512², right transposed", 512, transposeRight: true),
        Product("MatMul 512², float64", 512, dtype: DType.Float64),
        Product("MatMul 512², with backward", 512, backward: true),
    ]);

    private static Case Product(string name, int n, bool transposeLeft = false, bool transposeRight = false, DType dtype = DType.Float32, bool backward = false) => new(name, Goal, () =>
    {
        Tensor x = Data.Uniform([n, n], -1, 1, 0, dtype, backward), y = Data.Uniform([n, n], -1, 1, 1, dtype, backward);
        Tensor gradient = Data.GradientOf(x);
        return () =>
        {
            Tensor left = transposeLeft ? x.T : x, right = transposeRight ? y.T : y;
            if (!backward) return left.MatMul(right);
            x.Grad = y.Grad = null;
            left.MatMul(right).Backward(gradient);
            return x.Grad!;
        };
    });
}
