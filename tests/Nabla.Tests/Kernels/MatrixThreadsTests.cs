using Nabla.Tests.Arrays;

namespace Nabla.Tests.Kernels;

[Collection(ThreadCount.Collection)]
public sealed unsafe class MatrixThreadsTests
{
    [Fact]
    public void Every_number_of_threads_gives_the_same_bits()
    {
        foreach ((int m, int n, int k) in ((int, int, int)[])[(200, 210, 220), (17, 900, 600), (900, 17, 600), (300, 2100, 30), (130, 140, 1100), (1, 1030, 1100), (1030, 1, 1100), (9, 1030, 700)])
        {
            for (int transposes = 0; transposes < 4; transposes++)
            {
                float[] one = Product(1), several = Product(3);
                Assert.Equal(one, several);

                float[] Product(int threads)
                {
                    using var _ = new ThreadCount(threads);
                    float[] a = Sample.Values<float>(m * k), b = Sample.Values<float>(k * n, 2), c = new float[m * n];
                    (int aRow, int aColumn) = (transposes & 1) == 0 ? (k, 1) : (1, m);
                    (int bRow, int bColumn) = (transposes & 2) == 0 ? (n, 1) : (1, k);
                    fixed (float* pa = a, pb = b, pc = c) MatrixProduct.Multiply(m, n, k, pa, aRow, aColumn, pb, bRow, bColumn, pc, n);
                    return c;
                }
            }
        }
    }

    [Fact]
    public void Products_of_a_batch_are_those_of_its_matrices_for_every_number_of_threads()
    {
        Tensor x = Tensor.FromArray(Sample.Values<float>(5 * 70 * 80)).Reshape(5, 1, 70, 80), y = Tensor.FromArray(Sample.Values<float>(4 * 80 * 90, 2)).Reshape(1, 4, 80, 90);
        Tensor[] products = new Tensor[2];
        for (int i = 0; i < 2; i++)
        {
            using var _ = new ThreadCount(1 + (2 * i));
            products[i] = x.MatMul(y);
        }
        Assert.Equal(products[0].ToArray<float>(), products[1].ToArray<float>());
        Assert.Equal(x[3, 0].MatMul(y[0, 2]).ToArray<float>(), products[0][3, 2].ToArray<float>());
    }

    [Theory]
    [InlineData(4, 4, 4)]
    [InlineData(4, 3, 3)]
    [InlineData(3, 2, 5)]
    [InlineData(5, 4, 2)]
    public void A_batch_of_narrow_products_gives_the_bits_of_single_ones(int m, int n, int k)
    {
        foreach (DType type in (DType[])[DType.Float32, DType.Float64])
        {
            Tensor x = Tensor.FromArray(Sample.Values<double>(7 * 6 * m * k)).Reshape(7, 6, m, k).To(type), y = Tensor.FromArray(Sample.Values<double>(6 * k * (n + 1), 2)).Reshape(6, k, n + 1).To(type);
            foreach (Tensor left in (Tensor[])[x, x.Transpose(2, 3).Contiguous().Transpose(2, 3)])
            {
                Tensor right = y[.., .., 1..], products = left.MatMul(right);
                for (int i = 0; i < 7; i++)
                    for (int j = 0; j < 6; j++)
                        Assert.Equal(left[i, j].MatMul(right[j]).ToArray<double>(), products[i, j].ToArray<double>());
            }
        }
    }
}
