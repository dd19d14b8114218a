namespace Nabla;

// Images made smaller: the largest, or the mean, of each window.
public sealed partial class Tensor
{
    /// <summary>The largest element of each window of images.</summary>
    /// <param name="kernel">The size of a window.</param>
    /// <param name="stride">From one window to the next; the size of a window if left out.</param>
    /// <param name="padding">How far windows reach beyond the image on each side, where nothing counts; at most half a window.</param>
    /// <param name="dilation">From one element of a window to the next; 1 if left out.</param>
    /// <param name="ceilMode">Whether a last window counts that is not whole, if it begins inside.</param>
    /// <exception cref="ShapeException">Not [n, c, h, w] or [c, h, w], or the window is larger than the padded image.</exception>
    /// <exception cref="DTypeException">The elements are integers or truth values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size, step or dilation is not positive, or a padding negative or more than half a window.</exception>
    [Op(OpKind.Custom, Shapes = "[n, c, h, w] → [n, c, (h + 2·padding − dilation·(i − 1) − 1)/stride + 1, …]", DTypes = "floating point", Kinks = "ties: to the first of the window")]
    public Tensor MaxPool2d(Pair kernel, Pair? stride = null, Pair? padding = null, Pair? dilation = null, bool ceilMode = false)
    {
        PoolWindows windows = CheckPool("MaxPool2d", kernel, stride ?? kernel, padding ?? 0, dilation ?? 1, ceilMode);
        return Underlying.IsSymbolic ? LargestFormula(windows) : new MaxPoolOp(windows).Of(this);
    }

    /// <summary>The mean of each window of images.</summary>
    /// <param name="kernel">The size of a window.</param>
    /// <param name="stride">From one window to the next; the size of a window if left out.</param>
    /// <param name="padding">Zeros around the image on each side; at most half a window.</param>
    /// <param name="countPadding">Whether those zeros count as elements of the window.</param>
    /// <param name="ceilMode">Whether a last window counts that is not whole, if it begins inside.</param>
    /// <inheritdoc cref="MaxPool2d" path="/exception"/>
    [Op(OpKind.Linear, Shapes = "[n, c, h, w] → [n, c, (h + 2·padding − i)/stride + 1, …]", DTypes = "floating point")]
    public Tensor AvgPool2d(Pair kernel, Pair? stride = null, Pair? padding = null, bool countPadding = true, bool ceilMode = false) =>
        new MeanPoolOp(CheckPool("AvgPool2d", kernel, stride ?? kernel, padding ?? 0, 1, ceilMode), countPadding).Of(this);

    private PoolWindows CheckPool(string op, Pair kernel, Pair stride, Pair padding, Pair dilation, bool ceilMode)
    {
        if (Rank is not (3 or 4)) throw OpErrors.PoolRank(op, this);
        if (!DType.IsFloatingPoint()) throw OpErrors.PoolDType(op, this);
        CheckWindow(op, kernel, stride, padding, dilation);
        if (2 * padding.Height > kernel.Height || 2 * padding.Width > kernel.Width) throw OpErrors.PoolPadding(op, kernel, padding);
        Tensor images = Rank == 3 ? Unsqueeze(0) : this;
        images.CheckWindowFits(op, kernel, padding, dilation, ceilMode ? (stride.Height - 1, stride.Width - 1) : 0);
        return new PoolWindows(Dims[^2], Dims[^1], kernel, stride, padding, dilation, ceilMode);
    }

    private Tensor LargestFormula(PoolWindows w)
    {
        if (Rank == 3) return Unsqueeze(0).LargestFormula(w).Squeeze(0);
        int[] frame = [w.Padding.Width, w.Padding.Width + w.Beyond.Width, w.Padding.Height, w.Padding.Height + w.Beyond.Height];
        return Pad(frame, value: double.NegativeInfinity).ImageWindows("MaxPool2d", w.Kernel, w.Stride, 0, w.Dilation, 0).Flatten(4, 5).Max(4).Values;
    }

    private static int[] WithPlanes(int[] dims, int height, int width) => [.. dims.AsSpan(0, dims.Length - 2), height, width];

    private static int Planes(int[] dims) => Shape.Product(dims.AsSpan(0, dims.Length - 2));

    // ---- the largest --------------------------------------------------------------------------------------------------

    /// <summary>The largest elements and their places in the planes of the last two axes.</summary>
    private sealed unsafe class MaxPoolOp(PoolWindows windows) : CustomOp("MaxPool2d")
    {
        public Tensor Of(Tensor x) => ApplyMany(x)[0];

        protected override bool IsDifferentiable(int output) => output == 0;

        protected override bool SavesInput(int input, ReadOnlySpan<Tensor> inputs) => false;

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items[0]);

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients) =>
            [gradients[0] is { } g ? new WindowPlacesOp(windows, back: true).Of(g, context.Output(1)) : null];

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents) =>
            [tangents[0] is { } t ? new WindowPlacesOp(windows, back: false).Of(t, context.Output(1)) : null, null];

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray x = Packed(inputs[0].Value);
            int[] dims = WithPlanes(x.Dims, windows.OutHeight, windows.OutWidth);
            NdArray y = NdArray.Allocate(dims, x.DType), places = NdArray.Allocate(dims, DType.Int32);
            fixed (byte* from = x.Storage, to = y.Storage, at = places.Storage)
            {
                if (x.DType == DType.Float32) PoolKernels.Largest(windows, Planes(dims), (float*)from + x.Offset, (float*)to, (int*)at);
                else PoolKernels.Largest(windows, Planes(dims), (double*)from + x.Offset, (double*)to, (int*)at);
            }
            return [y, places];
        }
    }

    /// <summary>Reads planes at the places of their windows, or, the transpose, adds there what windows hold.</summary>
    private sealed unsafe class WindowPlacesOp(PoolWindows windows, bool back) : LinearOp("MaxPool2d")
    {
        public Tensor Of(Tensor x, Tensor places) => Apply(x, places);

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items.All());

        protected override bool IsIndex(int input) => input == 1;

        protected override Tensor?[] TransposeAll(OpContext context, Tensor gradient) => [new WindowPlacesOp(windows, !back).Of(gradient, context[1]), null];

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray x = Packed(inputs[0].Value), places = Packed(inputs[1].Value);
            int[] dims = back ? WithPlanes(x.Dims, windows.Height, windows.Width) : WithPlanes(x.Dims, windows.OutHeight, windows.OutWidth);
            NdArray y = NdArray.Allocate(dims, x.DType);
            int planes = Planes(dims), size = windows.Height * windows.Width, count = windows.OutHeight * windows.OutWidth;
            fixed (byte* from = x.Storage, to = y.Storage, at = places.Storage)
            {
                int* place = (int*)at + places.Offset;
                if (x.DType == DType.Float32) Run((float*)from + x.Offset, (float*)to);
                else Run((double*)from + x.Offset, (double*)to);

                void Run<T>(T* source, T* result)
                    where T : unmanaged, System.Numerics.INumber<T>
                {
                    if (back) PoolKernels.Scatter(planes, size, count, source, place, result);
                    else PoolKernels.Gather(planes, size, count, source, place, result);
                }
            }
            return [y];
        }
    }

    // ---- the mean -----------------------------------------------------------------------------------------------------

    /// <summary>Means of windows in the planes of the last two axes, or the transpose.</summary>
    private sealed unsafe class MeanPoolOp(PoolWindows windows, bool countPadding, bool back = false) : LinearOp("AvgPool2d")
    {
        public Tensor Of(Tensor x) => Apply(x);

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items[0]);

        protected override Tensor Transpose(OpContext context, Tensor gradient) => new MeanPoolOp(windows, countPadding, !back).Of(gradient);

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray x = Packed(inputs[0].Value);
            int[] dims = back ? WithPlanes(x.Dims, windows.Height, windows.Width) : WithPlanes(x.Dims, windows.OutHeight, windows.OutWidth);
            NdArray y = NdArray.Allocate(dims, x.DType);
            fixed (byte* from = x.Storage, to = y.Storage)
            {
                if (x.DType == DType.Float32) Run((float*)from + x.Offset, (float*)to);
                else Run((double*)from + x.Offset, (double*)to);
            }
            return [y];

            void Run<T>(T* source, T* result)
                where T : unmanaged, System.Numerics.INumber<T>
            {
                if (back) PoolKernels.SpreadMean(windows, countPadding, Planes(dims), source, result);
                else PoolKernels.Mean(windows, countPadding, Planes(dims), source, result);
            }
        }
    }
}
