namespace Nabla.Tests.Ops;

public sealed class ProductsTests
{
    // A product is a polynomial, so central differences are right at zeros too.
    private static readonly double[] WithZeros = [0, 2, 3, 0, 0, 1.5, -2, 0.5, 4, 0, 1, 0];

    [Fact]
    public void Gradient_of_a_product_with_a_zero_reaches_the_zero_alone()
    {
        Tensor x = Tensor.FromSpan<double>([2, 0, 3], requiresGrad: true);
        x.Prod().Backward();
        Assert.Equal([0, 6, 0], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void Second_derivative_of_a_product_with_two_zeros_is_the_product_of_the_others()
    {
        // xyz at (0, 0, 5): ∂²/∂x∂y = z.
        Tensor x = Tensor.FromSpan<double>([0, 0, 5], requiresGrad: true);
        Tensor gradient = Autograd.Grad(x.Prod(), x, createGraph: true);
        Assert.Equal([0, 0, 0], gradient.ToArray<double>());
        Assert.Equal([0, 5, 0], Autograd.Grad(gradient.Select(0, 0), x).ToArray<double>());
    }

    [Fact]
    public void Gradient_of_running_products_does_not_divide_by_the_elements()
    {
        Tensor x = Tensor.FromSpan<double>([2, 0, 3], requiresGrad: true);
        x.CumProd(0).Sum().Backward();
        Assert.Equal([1, 8, 0], x.Grad!.ToArray<double>());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Derivatives_up_to_the_third_order_are_right_at_zeros(int which)
    {
        Func<Tensor[], Tensor> f = which switch
        {
            0 => x => x[0].Prod(),
            1 => x => x[0].Prod(1),
            2 => x => x[0].CumProd(0),
            _ => x => x[0].CumProd(1),
        };
        Tensor[] x = [Tensor.FromSpan<double>(WithZeros, (3, 4))];
        Tensor[] u = [Tensor.RandN((3, 4), DType.Float64, generator: new Generator(1))];
        Tensor v = Tensor.RandN(f(x).Shape, DType.Float64, generator: new Generator(2)), w = Tensor.RandN((3, 4), DType.Float64, generator: new Generator(3));
        var sample = new Sample($"product {which}", f, (3, 4));

        Tensor First(Tensor[] at) => Calculus.Gradient(f, at, v, createGraph: true)[0];
        Tensor Second(Tensor[] at) => Calculus.Gradient(First, at, w, createGraph: true)[0];
        Calculus.AssertClose(sample, "tangent", Calculus.Tangent(f, x, u), Calculus.CentralDifference(f, x, u, 1e-4), 1e-6);
        Calculus.AssertClose(sample, "first", Calculus.Tangent(First, x, u), Calculus.CentralDifference(First, x, u, 1e-4), 1e-6);
        Calculus.AssertClose(sample, "second", Calculus.Tangent(Second, x, u), Calculus.CentralDifference(Second, x, u, 1e-4), 1e-6);
    }

    [Fact]
    public void Integers_multiply_to_int64()
    {
        Tensor x = Tensor.FromSpan<int>([2, 3, 4]);
        Assert.Equal(DType.Int64, x.Prod().DType);
        Assert.Equal(24, x.Prod().Item<long>());
        Assert.Equal([2, 6, 24], x.CumProd(0).ToArray<long>());
        Assert.Equal(DType.Float32, x.Prod(dtype: DType.Float32).DType);
    }

    [Fact]
    public void Product_of_nothing_is_one()
    {
        Assert.Equal(1, Tensor.Zeros(0).Prod().Item());
        Assert.Equal([1, 1], Tensor.Zeros((0, 2)).Prod(0).ToArray<double>());
    }
}
