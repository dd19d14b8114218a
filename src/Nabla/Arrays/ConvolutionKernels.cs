using System.Numerics;
using System.Runtime.Intrinsics;

namespace Nabla;

/// <summary>
/// The three products of a convolution on arrays: results from images and kernels, images from results and kernels, kernels
/// from results and images. Takes any strides and knows the element types; small integers are computed as int64.
/// </summary>
internal static unsafe class ConvolutionKernels
{
    // If less than this part of what registers hold would be of use, a matrix of windows is better.
    private const double LeastUse = 0.3;

    /// <summary>Sums of products of kernels and windows, plus a bias for each kernel, if there is one.</summary>
    public static NdArray Results(in NdArray images, in NdArray weights, NdArray? bias, ConvolutionShape s) =>
        Run(images, weights, bias, s.ResultDims, new ResultsProduct(s), s);

    /// <summary>What results add to the places of their windows, plus a bias for each channel, if there is one.</summary>
    public static NdArray Images(in NdArray results, in NdArray weights, NdArray? bias, ConvolutionShape s) =>
        Run(results, weights, bias, s.ImageDims, new ImagesProduct(s), s);

    /// <summary>Sums over all windows of results times windows.</summary>
    public static NdArray Weights(in NdArray results, in NdArray images, ConvolutionShape s) =>
        Run(results, images, null, s.WeightDims, new WeightsProduct(s), s);

    private interface IProduct
    {
        void Run<T>(T* x, T* y, T* bias, T* to) where T : unmanaged, INumber<T>;
    }

    private static NdArray Run<TProduct>(in NdArray x, in NdArray y, NdArray? bias, int[] dims, TProduct product, ConvolutionShape s)
        where TProduct : struct, IProduct
    {
        DType dtype = x.DType is DType.Float32 or DType.Float64 ? x.DType : DType.Int64;
        NdArray to = NdArray.Allocate(dims, dtype);
        if (to.Numel == 0) return to.DType == x.DType ? to : ArrayCopy.To(to, x.DType);
        NdArray left = Plain(x, dtype), right = Plain(y, dtype);
        NdArray? added = bias is { } given ? Plain(given, dtype) : null;
        fixed (byte* first = left.Storage, second = right.Storage, third = added?.Storage, into = to.Storage)
        {
            int offset = added?.Offset ?? 0;
            switch (dtype)
            {
                case DType.Float32: product.Run((float*)first + left.Offset, (float*)second + right.Offset, third == null ? null : (float*)third + offset, (float*)into); break;
                case DType.Float64: product.Run((double*)first + left.Offset, (double*)second + right.Offset, third == null ? null : (double*)third + offset, (double*)into); break;
                default: product.Run((long*)first + left.Offset, (long*)second + right.Offset, third == null ? null : (long*)third + offset, (long*)into); break;
            }
        }
        return to.DType == x.DType ? to : ArrayCopy.To(to, x.DType);
    }

    private static NdArray Plain(in NdArray x, DType dtype) => x.DType != dtype ? ArrayCopy.To(x, dtype) : ArrayCopy.Contiguous(x);

    private static bool Suits<T>(TapPlan plan) => typeof(T) != typeof(long) && plan.Use(2 * Vector512<byte>.Count / System.Runtime.CompilerServices.Unsafe.SizeOf<T>()) >= LeastUse;

    private readonly struct ResultsProduct(ConvolutionShape s) : IProduct
    {
        public void Run<T>(T* images, T* weights, T* bias, T* results)
            where T : unmanaged, INumber<T>
        {
            TapPlan plan = TapPlan.Forward(s);
            if (Suits<T>(plan)) SumTaps(MatrixProduct.Hardware, plan, s, images, weights, bias, results);
            else UnfoldedConvolution.Result(s, images, weights, bias, results);
        }
    }

    private readonly struct ImagesProduct(ConvolutionShape s) : IProduct
    {
        public void Run<T>(T* results, T* weights, T* bias, T* images)
            where T : unmanaged, INumber<T>
        {
            TapPlan plan = TapPlan.Transposed(s);
            if (Suits<T>(plan)) SumTaps(MatrixProduct.Hardware, plan, s, results, weights, bias, images);
            else UnfoldedConvolution.Image(s, results, weights, bias, images);
        }
    }

    private readonly struct WeightsProduct(ConvolutionShape s) : IProduct
    {
        public void Run<T>(T* results, T* images, T* bias, T* weights)
            where T : unmanaged, INumber<T>
        {
            TapPlan plan = TapPlan.Forward(s);
            if (Suits<T>(plan))
            {
                SumPlaces(MatrixProduct.Hardware, plan, s, results, images, weights);

                // The zeros between the rows make NaN of an infinity in the image: then it has to be done without them.
                if (AllFinite(weights, s.OutChannels * s.Taps)) return;
            }
            UnfoldedConvolution.Weights(s, results, images, weights);
        }
    }

    private static bool AllFinite<T>(T* x, int count)
        where T : unmanaged, INumber<T>
    {
        // 0·x is 0 for every finite x: one sum tells of all.
        T sum = T.Zero;
        for (int i = 0; i < count; i++) sum += x[i] * T.Zero;
        return sum == T.Zero;
    }

    /// <summary>Sums over taps with registers of a given width.</summary>
    public static void SumTaps<T>(TileWidth width, TapPlan plan, ConvolutionShape s, T* source, T* weights, T* bias, T* result)
        where T : unmanaged, INumber<T>
    {
        switch (width)
        {
            case TileWidth.Bits512: TapSums<Register512<T>, Vector512<T>, T>.Run(plan, s.Items, s.Groups, source, weights, bias, result); break;
            case TileWidth.Bits256: TapSums<Register256<T>, Vector256<T>, T>.Run(plan, s.Items, s.Groups, source, weights, bias, result); break;
            default: TapSums<Register128<T>, Vector128<T>, T>.Run(plan, s.Items, s.Groups, source, weights, bias, result); break;
        }
    }

    /// <summary>Sums over places with registers of a given width.</summary>
    public static void SumPlaces<T>(TileWidth width, TapPlan plan, ConvolutionShape s, T* gradients, T* images, T* weights)
        where T : unmanaged, INumber<T>
    {
        switch (width)
        {
            case TileWidth.Bits512: KernelSums<Register512<T>, Vector512<T>, T>.Run(s, plan, gradients, images, weights); break;
            case TileWidth.Bits256: KernelSums<Register256<T>, Vector256<T>, T>.Run(s, plan, gradients, images, weights); break;
            default: KernelSums<Register128<T>, Vector128<T>, T>.Run(s, plan, gradients, images, weights); break;
        }
    }
}
