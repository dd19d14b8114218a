namespace Nabla;

/// <summary>What stands outside a tensor that is padded.</summary>
public enum PadMode
{
    /// <summary>One value.</summary>
    Constant,

    /// <summary>The elements mirrored at the edge element, which is not repeated: c b | a b c | b a.</summary>
    Reflect,

    /// <summary>The edge element: a a | a b c | c c.</summary>
    Replicate,

    /// <summary>The elements from the other end: b c | a b c | a b.</summary>
    Circular,
}

// Sliding windows over an axis, and frames around a tensor.
public sealed partial class Tensor
{
    /// <summary>All windows of an axis: a view, whose axis counts the windows and whose last axis runs within them. Windows may overlap.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="size">The length of a window.</param>
    /// <param name="step">From one window to the next.</param>
    /// <remarks>Linear; the transpose sums over the windows that an element is part of.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist; the window does not fit; the step is not positive.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …] → […, (n − size)/step + 1, …, size]")]
    public Tensor Unfold(Axis axis, int size, int step)
    {
        int at = axis.Resolve(Rank, "Unfold");
        if (size < 0 || size > Dims[at]) throw new ArgumentOutOfRangeException(nameof(size), size, $"Unfold: a window of {size} does not fit axis {at} of length {Dims[at]} (tensor {Shape}). Use a size from 0 to {Dims[at]}.");
        if (step <= 0) throw OpErrors.NotPositive("Unfold", nameof(step), step);
        return new UnfoldOp(at, size, step).Of(this);
    }

    private sealed class UnfoldOp(int axis, int size, int step) : ViewOp("Unfold")
    {
        public override ViewOp OfItems(int count) => new UnfoldOp(axis + 1, size, step);

        public override NdArray View(in NdArray x)
        {
            int[] dims = [.. x.Dims, size], strides = [.. x.Strides, x.Strides[axis]];
            dims[axis] = ((x.Dims[axis] - size) / step) + 1;
            strides[axis] *= step;
            return x.View(dims, strides, x.Offset);
        }

        protected override Tensor Transpose(OpContext context, Tensor gradient)
        {
            Shape shape = context.Shape(0);
            int windows = ((shape[axis] - size) / step) + 1;
            Tensor index = (Arange(0, windows * step, step).Unsqueeze(1) + Arange(size)).Ravel();
            return Zeros(shape, gradient.DType).IndexAdd(axis, index, gradient.MoveAxis(^1, axis + 1).Flatten(axis, axis + 1));
        }
    }

    // ---- frames -------------------------------------------------------------------------------------------------------

    /// <summary>The tensor with a frame around it. Negative widths cut off instead.</summary>
    /// <param name="padding">
    /// Widths in PyTorch's order, from the last axis to the first: <c>[left, right]</c>, <c>[left, right, top, bottom]</c>, ….
    /// </param>
    /// <param name="mode">What the frame consists of.</param>
    /// <param name="value">The value of a constant frame.</param>
    /// <exception cref="ShapeException">The number of widths is odd or more than twice the rank; more is cut off than there is; a frame that repeats elements is too wide.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n] → […, left + n + right]")]
    public Tensor Pad(ReadOnlySpan<int> padding, PadMode mode = PadMode.Constant, double value = 0)
    {
        if (padding.Length % 2 != 0 || padding.Length > 2 * Rank)
            throw new ShapeException($"Pad: {padding.Length} widths {Shape.Text(padding)} for the tensor {Shape}. Give two for each padded axis, beginning with the last axis.");
        var before = new int[Rank];
        var after = new int[Rank];
        for (int i = 0; i < padding.Length; i += 2)
        {
            int axis = Rank - 1 - (i / 2);
            (before[axis], after[axis]) = (padding[i], padding[i + 1]);
            if (Dims[axis] + Math.Min(before[axis], 0) + Math.Min(after[axis], 0) < 0)
                throw new ShapeException($"Pad: widths {before[axis]} and {after[axis]} cut off more than axis {axis} of the tensor {Shape} has. Use smaller widths.");
        }
        Tensor y = this;
        for (int axis = 0; axis < Rank; axis++)
        {
            int first = Math.Max(-before[axis], 0), last = Math.Max(-after[axis], 0);
            if (first + last > 0) y = y.Narrow(axis, first, Dims[axis] - first - last);
            (before[axis], after[axis]) = (Math.Max(before[axis], 0), Math.Max(after[axis], 0));
        }
        if (mode == PadMode.Constant) return new PadOp(before, after).Of(y, Full([], value, DType));
        for (int axis = 0; axis < Rank; axis++)
            if (before[axis] + after[axis] > 0) y = new GatherOp("Pad", axis).Of(y, FramePositions(mode, y.Dims[axis], before[axis], after[axis], axis));
        return y;
    }

    private Tensor FramePositions(PadMode mode, int n, int before, int after, int axis)
    {
        int most = mode == PadMode.Reflect ? n - 1 : mode == PadMode.Circular ? n : n == 0 ? 0 : int.MaxValue;
        if (Math.Max(before, after) > most)
            throw new ShapeException($"Pad: a {mode} frame of widths {before} and {after} is too wide for axis {axis} of the tensor {Shape}: at most {most}. Pad in steps, or with a constant.");
        var positions = new long[before + n + after];
        for (int i = 0; i < positions.Length; i++)
        {
            int at = i - before;
            positions[i] = mode switch
            {
                PadMode.Replicate => Math.Clamp(at, 0, n - 1),
                PadMode.Circular => (at + n) % n,
                _ => at < 0 ? -at : at >= n ? (2 * (n - 1)) - at : at,
            };
        }
        return FromSpan<long>(positions);
    }

    /// <summary>A constant frame: linear in the tensor and in the value of the frame.</summary>
    private sealed class PadOp(int[] before, int[] after) : LinearOp("Pad")
    {
        public Tensor Of(Tensor x, Tensor value) => Apply(x, value);

        internal override Tensor[] Batch(BatchedInputs items)
        {
            PadOp frame = new([0, .. before], [0, .. after]);
            Tensor x = items[0];
            if (items.Shared(1) is { } same) return [frame.Of(x, same)];

            // A frame of its own for each item: zeros around the items, and the items' values outside.
            int[] ones = new int[x.Rank];
            Array.Fill(ones, 1);
            ones[0] = items.Size;
            Tensor outside = frame.Of(Zeros([1, .. x.Shape.ToArray().AsSpan(1)], x.DType), Ones([], x.DType));
            return [frame.Of(x, Zeros([], x.DType)) + (items[1].Reshape(ones) * outside)];
        }

        protected override bool OnlyMoves => true;

        protected override bool TakesComplex => true;

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray x = inputs[0].Value;
            var dims = new int[x.Rank];
            for (int axis = 0; axis < dims.Length; axis++) dims[axis] = checked(before[axis] + x.Dims[axis] + after[axis]);
            NdArray y = NdArray.Allocate(dims, x.DType);
            ArrayCopy.Into(inputs[1].Value, y);
            int offset = 0;
            for (int axis = 0; axis < dims.Length; axis++) offset += before[axis] * y.Strides[axis];
            ArrayCopy.Into(x, y.View(x.Dims, y.Strides, offset));
            return [y];
        }

        protected override Tensor?[] TransposeAll(OpContext context, Tensor gradient)
        {
            Tensor inner = gradient;
            for (int axis = 0; axis < before.Length; axis++) inner = inner.Narrow(axis, before[axis], context.Shape(0)[axis]);
            return [context.Needs(0) ? inner : null, context.Needs(1) ? gradient.Sum() - inner.Sum() : null];
        }
    }
}
