namespace Nabla;

// Parts of an axis: a position, a stretch, every other one. Views; the transpose puts the part back among zeros.
public sealed partial class Tensor
{
    /// <summary>The subtensor at one position of an axis, which disappears.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="index">The position; negative counts from the back.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis or position.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …] → […, …]")]
    public Tensor Select(Axis axis, int index)
    {
        int at = axis.Resolve(Rank, "Select");
        return new SelectOp(at, Position("Select", at, index)).Of(this);
    }

    /// <summary>A stretch of an axis: <paramref name="length"/> positions from <paramref name="start"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis, or the stretch leaves it.</exception>
    [Op(OpKind.Linear)]
    public Tensor Narrow(Axis axis, int start, int length)
    {
        int at = axis.Resolve(Rank, "Narrow");
        int first = start < 0 ? start + Dims[at] : start;
        if (first < 0 || length < 0 || length > Dims[at] - first)
            throw new ArgumentOutOfRangeException(nameof(start), start, $"Narrow: positions {start} to {start + length - 1} leave axis {at} of length {Dims[at]} (tensor {Shape}). Use a start and a length within it.");
        return new SliceOp(at, first, length, 1).Of(this);
    }

    /// <summary>This tensor with one position of an axis replaced.</summary>
    /// <param name="source">What stands there instead: of this shape without the axis.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="index">The position; negative counts from the back.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis or position.</exception>
    /// <exception cref="ShapeException"><paramref name="source"/> has another shape.</exception>
    /// <exception cref="DTypeException"><paramref name="source"/> has another type.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …], […, …] → […, n, …]")]
    public Tensor SelectScatter(Tensor source, Axis axis, int index)
    {
        int at = axis.Resolve(Rank, "SelectScatter");
        return Replaced("SelectScatter", new SelectOp(at, Position("SelectScatter", at, index)), source);
    }

    /// <summary>This tensor with a slice of an axis replaced.</summary>
    /// <param name="source">What stands there instead: of the shape of the slice.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="start">The first position; negative counts from the back. Cut to the axis.</param>
    /// <param name="end">Not reached; the end of the axis if left out. Cut to the axis.</param>
    /// <param name="step">Every how many positions; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis, or the step is not positive.</exception>
    /// <exception cref="ShapeException"><paramref name="source"/> has another shape.</exception>
    /// <exception cref="DTypeException"><paramref name="source"/> has another type.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …], […, m, …] → […, n, …]")]
    public Tensor SliceScatter(Tensor source, Axis axis = default, int start = 0, int? end = null, int step = 1)
    {
        int at = axis.Resolve(Rank, "SliceScatter");
        (int first, int length) = TensorIndex.Slice(start, end, step).Stretch(Dims[at]);
        return Replaced("SliceScatter", new SliceOp(at, first, length, step), source);
    }

    /// <summary>This tensor with a view of it replaced, in new memory.</summary>
    private Tensor Replaced(string op, ViewOp view, Tensor source)
    {
        int[] dims = view.View(Value).Dims;
        if (!source.Dims.AsSpan().SequenceEqual(dims)) throw OpErrors.SourceShape(op, source.Shape, new Shape(dims));
        if (source.DType != DType) throw OpErrors.SourceDType(op, source, this);
        return new ViewWriteOp([view]).Of(this, source);
    }

    /// <summary>A position from the front.</summary>
    private int Position(string op, int axis, int index)
    {
        int position = index < 0 ? index + Dims[axis] : index;
        return (uint)position < (uint)Dims[axis] ? position : throw OpErrors.OutsideAxis(op, index, axis, Dims[axis], Shape);
    }

    private sealed class SelectOp(int axis, int index, string? maker = null) : ViewOp(maker ?? "Select")
    {
        public override bool IsOneOfSeveral => maker is not null;

        public override bool CutsPart => true;

        public override (int Axis, int Index)? Position => (axis, index);

        public override ViewOp OfItems(int count) => new SelectOp(axis + 1, index, maker);

        public override NdArray View(in NdArray x) =>
            x.View(Without(x.Dims, axis), Without(x.Strides, axis), x.Offset + (index * x.Strides[axis]));

        protected override Tensor Transpose(OpContext context, Tensor gradient) => new EmbedOp(this, context.Shape(0)).Of(gradient);
    }

    private sealed class SliceOp(int axis, int start, int length, int step = 1, string? maker = null) : ViewOp(maker ?? "Slice")
    {
        public override bool IsOneOfSeveral => maker is not null;

        public override bool CutsPart => true;

        public override ViewOp OfItems(int count) => new SliceOp(axis + 1, start, length, step, maker);

        public override NdArray View(in NdArray x)
        {
            int[] dims = x.Dims.AsSpan().ToArray(), strides = x.Strides.AsSpan().ToArray();
            dims[axis] = length;
            strides[axis] *= step;
            return x.View(dims, strides, x.Offset + (start * x.Strides[axis]));
        }

        protected override Tensor Transpose(OpContext context, Tensor gradient) => new EmbedOp(this, context.Shape(0)).Of(gradient);
    }

    /// <summary>Zeros of a shape with a view of them filled: the transpose of a view whose elements do not overlap.</summary>
    internal sealed class EmbedOp(ViewOp view, Shape shape) : LinearOp("Embed")
    {
        public Tensor Of(Tensor part) => Apply(part);

        internal override Tensor[] Batch(BatchedInputs items) => new EmbedOp(view.OfItems(items.Size), [items.Size, .. shape]).ApplyMany(items[0]);

        protected override bool OnlyMoves => true;

        internal override void Vjp(OpContext context, Tensor gradient, Span<Tensor?> results) => results[0] = view.Of(gradient);

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) => [ComputeOne(inputs)];

        protected override NdArray ComputeOne(ReadOnlySpan<Tensor> inputs)
        {
            NdArray part = inputs[0].Value;
            NdArray whole = ItemsLast.Lies(part) && ItemsLast.Suits(shape.Dims)
                ? ItemsLast.Back(NdArray.Zeros(ItemsLast.Turned(shape.Dims), part.DType))
                : NdArray.Zeros(shape.Dims, part.DType);
            ArrayCopy.Into(part, view.View(whole));
            return whole;
        }

        protected override Tensor Transpose(OpContext context, Tensor gradient) => view.Of(gradient);
    }

    private static int[] Without(int[] items, int at)
    {
        if (items.Length == 2) return Shape.Lengths(items[1 - at]);
        if (items.Length == 1) return [];
        var rest = new int[items.Length - 1];
        for (int i = 0; i < rest.Length; i++) rest[i] = items[i < at ? i : i + 1];
        return rest;
    }
}
