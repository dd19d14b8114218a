using System.Numerics;
using Nabla.Tests.Arrays;

namespace Nabla.Tests.Kernels;

/// <summary>Convolutions by sums over taps and places against those by matrices of windows, at every register width.</summary>
[Collection(ThreadCount.Collection)]
public sealed unsafe class ConvolutionKernelsTests
{
    private static readonly ConvolutionShape[] Shapes =
    [
        new(2, 3, 14, 14, 5, 3, 1, 1, 1, 1),
        new(1, 1, 28, 28, 16, 3, 1, 1, 1, 1),
        new(3, 4, 9, 11, 26, (3, 2), (2, 1), (1, 0), (1, 2), 2),
        new(2, 2, 17, 40, 13, 5, 3, 2, 1, 1),
        new(1, 6, 12, 13, 6, 3, 1, 1, 1, 6),
        new(2, 2, 50, 70, 4, (1, 7), (1, 2), (0, 3), (1, 1), 1),
        new(2, 17, 8, 8, 24, 1, 1, 0, 1, 1),
        new(1, 1, 3, 3, 1, 2, 4, 1, 3, 1),
        new(9, 8, 10, 10, 12, 3, 1, 1, 1, 1),
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void All_three_products_agree_with_matrices_of_windows_at_every_width(int width)
    {
        foreach (ConvolutionShape s in Shapes)
        {
            Check<float>((TileWidth)width, s, 1e-4);
            Check<double>((TileWidth)width, s, 1e-12);
        }
    }

    private static void Check<T>(TileWidth width, ConvolutionShape s, double tolerance)
        where T : unmanaged, INumber<T>
    {
        T[] images = Sample.Values<T>(Shape.Product(s.ImageDims)), weights = Sample.Values<T>(Shape.Product(s.WeightDims), 2), results = Sample.Values<T>(Shape.Product(s.ResultDims), 3);
        T[] bias = Sample.Values<T>(Math.Max(s.OutChannels, s.Channels), 4);
        T[] expected = new T[results.Length], actual = new T[results.Length];
        fixed (T* x = images, w = weights, b = bias, e = expected, a = actual)
        {
            UnfoldedConvolution.Result(s, x, w, b, e);
            ConvolutionKernels.SumTaps(width, TapPlan.Forward(s), s, x, w, b, a);
        }
        Compare(expected, actual, $"results of {s}");

        expected = new T[images.Length];
        actual = new T[images.Length];
        fixed (T* g = results, w = weights, b = bias, e = expected, a = actual)
        {
            UnfoldedConvolution.Image(s, g, w, b, e);
            ConvolutionKernels.SumTaps(width, TapPlan.Transposed(s), s, g, w, b, a);
        }
        Compare(expected, actual, $"images of {s}");

        expected = new T[weights.Length];
        actual = new T[weights.Length];
        fixed (T* g = results, x = images, e = expected, a = actual)
        {
            UnfoldedConvolution.Weights(s, g, x, e);
            ConvolutionKernels.SumPlaces(width, TapPlan.Forward(s), s, g, x, a);
        }
        Compare(expected, actual, $"kernels of {s}");

        void Compare(T[] wanted, T[] given, string what) => Sample.AssertClose(Array.ConvertAll(wanted, double.CreateTruncating), given, tolerance, what);
    }

    [Fact]
    public void Every_number_of_threads_gives_the_same_bits()
    {
        foreach (ConvolutionShape s in (ConvolutionShape[])[new(1, 16, 40, 40, 30, 3, 1, 1, 1, 1), new(16, 16, 20, 20, 32, 3, 1, 1, 1, 1), new(3, 16, 60, 50, 20, 3, 2, 1, 1, 2)])
        {
            float[][] one = Products(1), several = Products(3);
            for (int i = 0; i < one.Length; i++) Assert.Equal(one[i], several[i]);

            float[][] Products(int threads)
            {
                using var _ = new ThreadCount(threads);
                Tensor x = Random(s.ImageDims, 1), w = Random(s.WeightDims, 2), b = Random([s.OutChannels], 3);
                Tensor y = x.Conv2d(w, b, s.Stride, s.Padding, s.Dilation, s.Groups);
                y.Backward(Random(s.ResultDims, 4).Detach());
                return [y.Ravel().ToArray<float>(), x.Grad!.Ravel().ToArray<float>(), w.Grad!.Ravel().ToArray<float>(), b.Grad!.ToArray<float>()];
            }
        }
    }

    private static Tensor Random(int[] dims, ulong seed) => Tensor.FromArray(Sample.Values<float>(Shape.Product(dims), seed)).Reshape(dims).Detach().RequireGrad();

    [Fact]
    public void An_infinity_at_the_edge_reaches_only_the_taps_that_see_it()
    {
        Tensor x = Tensor.Ones([1, 1, 6, 6]), w = Tensor.Zeros([1, 1, 3, 3], requiresGrad: true);
        x[0, 0, 0, 0].FillInPlace(double.PositiveInfinity);

        x.Conv2d(w, padding: 1).Sum().Backward();

        // With a frame of 1 the corner is seen by the taps (0 … 1, 0 … 1), not by the last row and column of the kernel.
        Assert.Equal([true, true, false, true, true, false, false, false, false], w.Grad!.Ravel().ToArray<float>().Select(float.IsPositiveInfinity));
        Assert.All(w.Grad!.Ravel().ToArray<float>(), g => Assert.False(float.IsNaN(g)));
    }

    [Fact]
    public void Integers_are_convolved_exactly()
    {
        Tensor x = Tensor.Arange(9L).Reshape(1, 1, 3, 3).To(DType.Int32), w = Tensor.Ones([1, 1, 2, 2], DType.Int32);

        Tensor y = x.Conv2d(w);

        Assert.Equal(DType.Int32, y.DType);
        Assert.Equal([8, 12, 20, 24], y.Ravel().ToArray<int>());
    }
}
