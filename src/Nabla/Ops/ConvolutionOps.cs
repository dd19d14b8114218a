namespace Nabla;

// The three products of a convolution: results from images and kernels, images from results and kernels, kernels from results
// and images. Each is linear in both of its inputs, and its transposes are the other two.
public sealed partial class Tensor
{
    /// <summary>A product with kernels, to which a bias may be added for each channel.</summary>
    private abstract class KernelProductOp(string name) : BilinearOp(name)
    {
        public Tensor Of(Tensor x, Tensor weight) => Apply(x, weight);

        public Tensor Of(Tensor x, Tensor weight, Tensor? bias)
        {
            if (bias is null) return Apply(x, weight);
            return bias.DType.IsComplex() ? Apply(x, weight) + AlongChannels(bias) : new WithBiasOp(this).Of(x, weight, bias);
        }

        public static Tensor AlongChannels(Tensor bias) => bias.Unsqueeze(^1).Unsqueeze(^1);

        public abstract int[] ResultDims { get; }

        public abstract NdArray Values(in NdArray x, in NdArray weight, NdArray? bias);

        /// <summary>The same for inputs of so many images, or with the batches side by side.</summary>
        public abstract KernelProductOp ForItems(int count);

        public abstract KernelProductOp SideBySide(int count);

        public abstract Tensor GradientOfLeft(Tensor gradient, Tensor weight);

        public abstract Tensor GradientOfWeight(Tensor gradient, Tensor x);

        public Tensor Batched(BatchedInputs items, bool biased)
        {
            int count = items.Size;
            if (items.Shared(1) is { } weight && (!biased || items.Shared(2) is not null))
                return Parted(ForItems(count).Of(items[0].Flatten(0, 1), weight, biased ? items.Shared(2) : null), count);
            Tensor together = SideBySide(count).Of(Beside(items[0]), items[1].Flatten(0, 1), biased ? items[2].Flatten(0, 1) : null);
            return Apart(together, count);
        }

        internal override Tensor[] Batch(BatchedInputs items) => [Batched(items, biased: false)];

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) => [Values(inputs[0].Value, inputs[1].Value, null)];

        protected override Tensor TransposeLeft(Tensor gradient, Tensor right, OpContext context) => GradientOfLeft(gradient, right);

        protected override Tensor TransposeRight(Tensor gradient, Tensor left, OpContext context) => GradientOfWeight(gradient, left);
    }

    /// <summary>[b, n, c, h, w] → [n, b·c, h, w].</summary>
    private static Tensor Beside(Tensor items) => items.MoveAxis(0, 1).Flatten(1, 2);

    /// <summary>[n, b·c, h, w] → [b, n, c, h, w].</summary>
    private static Tensor Apart(Tensor x, int count) => x.Reshape(x.Dims[0], count, x.Dims[1] / count, x.Dims[2], x.Dims[3]).MoveAxis(1, 0);

    /// <summary>[b·n, …] → [b, n, …].</summary>
    private static Tensor Parted(Tensor x, int count) => x.Reshape([count, x.Dims[0] / count, .. x.Dims[1..]]);

    /// <summary>A product with kernels and a bias, computed in one pass.</summary>
    private sealed class WithBiasOp(KernelProductOp product) : CustomOp(product.Name)
    {
        public Tensor Of(Tensor x, Tensor weight, Tensor bias) => Apply(x, weight, bias);

        protected override bool SavesOutputs => false;

        protected override bool SavesInput(int input, ReadOnlySpan<Tensor> inputs) => input < 2 && inputs[1 - input].RequiresGrad;

        internal override Tensor[] Batch(BatchedInputs items) => [product.Batched(items, biased: true)];

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) => [product.Of(inputs[0], inputs[1]) + KernelProductOp.AlongChannels(inputs[2])];

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) => [product.Values(inputs[0].Value, inputs[1].Value, inputs[2].Value)];

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients) => gradients[0] is not { } g ? [null, null, null] :
        [
            context.Needs(0) ? product.GradientOfLeft(g, context[1]) : null,
            context.Needs(1) ? product.GradientOfWeight(g, context[0]) : null,
            context.Needs(2) ? g.Sum([0, 2, 3]) : null,
        ];

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents)
        {
            Tensor? sum = tangents[0] is { } dx ? product.Of(dx, context[1], tangents[2]) : null;
            if (tangents[1] is { } dw)
            {
                Tensor ofWeight = product.Of(context[0], dw, sum is null ? tangents[2] : null);
                return [sum is null ? ofWeight : sum + ofWeight];
            }
            return [sum ?? (tangents[2] is { } db ? AlongResult(db) : null)];
        }

        private Tensor AlongResult(Tensor bias) => KernelProductOp.AlongChannels(bias).Expand(product.ResultDims);
    }

    /// <summary>Images and kernels make results: the convolution.</summary>
    private sealed class ResultsOp(string name, ConvolutionShape s) : KernelProductOp(name)
    {
        public override int[] ResultDims => s.ResultDims;

        public override NdArray Values(in NdArray x, in NdArray weight, NdArray? bias) => ConvolutionKernels.Results(x, weight, bias, s);

        public override KernelProductOp ForItems(int count) => new ResultsOp(Name, s with { Items = count * s.Items });

        public override KernelProductOp SideBySide(int count) => new ResultsOp(Name, s.SideBySide(count));

        public override Tensor GradientOfLeft(Tensor gradient, Tensor weight) => new ImagesOp(Name, s).Of(gradient, weight);

        public override Tensor GradientOfWeight(Tensor gradient, Tensor x) => new WeightsOp(Name, s).Of(gradient, x);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) =>
            [inputs[1].Reshape(s.Groups, s.GroupOutputs, s.Taps).MatMul(Columns(Name, inputs[0], s)).Reshape(s.ResultDims)];
    }

    /// <summary>Results and kernels make images: the transposed convolution, the gradient of the images.</summary>
    private sealed class ImagesOp(string name, ConvolutionShape s) : KernelProductOp(name)
    {
        public override int[] ResultDims => s.ImageDims;

        public override NdArray Values(in NdArray x, in NdArray weight, NdArray? bias) => ConvolutionKernels.Images(x, weight, bias, s);

        public override KernelProductOp ForItems(int count) => new ImagesOp(Name, s with { Items = count * s.Items });

        public override KernelProductOp SideBySide(int count) => new ImagesOp(Name, s.SideBySide(count));

        public override Tensor GradientOfLeft(Tensor gradient, Tensor weight) => new ResultsOp(Name, s).Of(gradient, weight);

        public override Tensor GradientOfWeight(Tensor gradient, Tensor x) => new WeightsOp(Name, s).Of(x, gradient);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs)
        {
            Tensor results = inputs[0].Reshape(s.Items, s.Groups, s.GroupOutputs, s.OutHeight * s.OutWidth);
            Tensor columns = inputs[1].Reshape(s.Groups, s.GroupOutputs, s.Taps).MT.MatMul(results);
            Tensor windows = columns.Reshape(s.Items, s.Channels, s.Kernel.Height, s.Kernel.Width, s.OutHeight, s.OutWidth);
            Tensor rows = Overlapped(windows.Permute(0, 1, 3, 5, 2, 4), s.Height, s.Stride.Height, s.Padding.Height, s.Dilation.Height);
            return [Overlapped(rows.Permute(0, 1, 4, 2, 3), s.Width, s.Stride.Width, s.Padding.Width, s.Dilation.Width)];
        }

        /// <summary>The sums of what windows hold for one place: […, kernel, windows] → […, length].</summary>
        private static Tensor Overlapped(Tensor windows, int length, int stride, int padding, int dilation)
        {
            int kernel = windows.Dims[^2], count = windows.Dims[^1], framed = Math.Max(length + (2 * padding), (stride * (count - 1)) + (dilation * (kernel - 1)) + 1);
            Tensor index = ((Arange(kernel) * dilation).Unsqueeze(1) + (Arange(count) * stride)).Ravel();
            return Zeros([.. windows.Dims[..^2], framed], windows.DType).IndexAdd(^1, index, windows.Flatten(^2)).Narrow(^1, padding, length);
        }
    }

    /// <summary>Results and images make kernels: the gradient of the kernels.</summary>
    private sealed class WeightsOp(string name, ConvolutionShape s) : BilinearOp(name)
    {
        public Tensor Of(Tensor results, Tensor images) => Apply(results, images);

        internal override Tensor[] Batch(BatchedInputs items) =>
            [Parted(new WeightsOp(Name, s.SideBySide(items.Size)).Of(Beside(items[0]), Beside(items[1])), items.Size)];

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs)
        {
            Tensor results = inputs[0].Reshape(s.Items, s.Groups, s.GroupOutputs, s.OutHeight * s.OutWidth);
            return [results.MatMul(Columns(Name, inputs[1], s).MT).Sum(0).Reshape(s.WeightDims)];
        }

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) => [ConvolutionKernels.Weights(inputs[0].Value, inputs[1].Value, s)];

        protected override Tensor TransposeLeft(Tensor gradient, Tensor right, OpContext context) => new ResultsOp(Name, s).Of(right, gradient);

        protected override Tensor TransposeRight(Tensor gradient, Tensor left, OpContext context) => new ImagesOp(Name, s).Of(left, gradient);
    }

    /// <summary>The windows of images as columns: [n, groups, taps, places].</summary>
    private static Tensor Columns(string op, Tensor images, ConvolutionShape s)
    {
        Tensor windows = images.ImageWindows(op, s.Kernel, s.Stride, s.Padding, s.Dilation, 0);
        windows = windows.Narrow(2, 0, s.OutHeight).Narrow(3, 0, s.OutWidth);
        return windows.Reshape(s.Items, s.Groups, s.GroupChannels, s.OutHeight, s.OutWidth, s.Kernel.Height, s.Kernel.Width).Permute(0, 1, 2, 5, 6, 3, 4)
            .Reshape(s.Items, s.Groups, s.Taps, s.OutHeight * s.OutWidth);
    }
}
