namespace Nabla;

// Elements read at positions that a tensor names. What reads has a transpose that adds (Scattering.cs): a position that is
// read several times receives the sum of the gradients.
public sealed partial class Tensor
{
    /// <summary>The subtensors at positions of an axis: y[…, i, …] = x[…, index[i], …].</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="index">Positions from the front, a vector or a scalar of int64 or int32.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis, or a position is outside it.</exception>
    /// <exception cref="ShapeException"><paramref name="index"/> has more than one axis.</exception>
    /// <exception cref="DTypeException"><paramref name="index"/> holds no positions.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …], [m] → […, m, …]")]
    public Tensor IndexSelect(Axis axis, Tensor index)
    {
        int at = axis.Resolve(Rank, "IndexSelect");
        return new GatherOp("IndexSelect", at).Of(this, IndexVector("IndexSelect", index));
    }

    /// <summary>An element for each position: y[i, j, k] = x[index[i, j, k], j, k] for axis 0, and so on.</summary>
    /// <param name="axis">The axis along which positions count.</param>
    /// <param name="index">Positions from the front, int64 or int32; no longer than this tensor along the other axes.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis, or a position is outside it.</exception>
    /// <exception cref="ShapeException"><paramref name="index"/> has another rank, or is longer along another axis.</exception>
    /// <exception cref="DTypeException"><paramref name="index"/> holds no positions.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …], […, m, …] → […, m, …]")]
    public Tensor Gather(Axis axis, Tensor index)
    {
        int at = axis.Resolve(Rank, "Gather");
        CheckIndex("Gather", index);
        CheckAlong("Gather", "the tensor", this, index, at);
        return new GatherOp("Gather", at, forEach: true).Of(CutTo(this, index, at), index.To(DType.Int64));
    }

    /// <summary>As <see cref="Gather"/>, with the tensor and the positions broadcast together along the other axes.</summary>
    /// <param name="index">Positions from the front, int64 or int32.</param>
    /// <param name="axis">The axis along which positions count; among all elements in row-major order if left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis, or a position is outside it.</exception>
    /// <exception cref="ShapeException">The ranks differ, or the other lengths do not broadcast.</exception>
    /// <exception cref="DTypeException"><paramref name="index"/> holds no positions.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …], […, m, …] → […, m, …]")]
    public Tensor TakeAlongAxis(Tensor index, Axis? axis = null)
    {
        CheckIndex("TakeAlongAxis", index);
        if (axis is not { } given) return Ravel().Gather(0, index.Ravel());
        int at = given.Resolve(Rank, "TakeAlongAxis");
        if (index.Rank != Rank) throw new ShapeException($"TakeAlongAxis: the index {index.Shape} and the tensor {Shape} must have equally many axes. Unsqueeze one of them.");
        int[] x = Dims.AsSpan().ToArray(), i = index.Dims.AsSpan().ToArray();
        (x[at], i[at]) = (1, 1);
        int[] common = Broadcasting.Shapes("TakeAlongAxis", x, i);
        x = common.AsSpan().ToArray();
        i = common.AsSpan().ToArray();
        (x[at], i[at]) = (Dims[at], index.Dims[at]);
        return Expand(x).Gather(at, index.Expand(i));
    }

    /// <summary>The elements at positions counted in row-major order over the whole tensor; negative ones count from the back.</summary>
    /// <param name="index">Positions, int64 or int32, of any shape.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is outside the tensor.</exception>
    /// <exception cref="DTypeException"><paramref name="index"/> holds no positions.</exception>
    [Op(OpKind.Linear, Shapes = "[…], [m, …] → [m, …]")]
    public Tensor Take(Tensor index)
    {
        CheckIndex("Take", index);
        return new GatherOp("Take", 0).Of(Ravel(), FlatPositions("Take", index));
    }

    /// <summary>The elements where a mask is true, in row-major order.</summary>
    /// <param name="mask">Truth values; broadcasts with this tensor.</param>
    /// <exception cref="ShapeException">The mask and the tensor do not broadcast.</exception>
    /// <exception cref="DTypeException">The mask does not hold truth values.</exception>
    [Op(OpKind.Linear, Shapes = "[…], […] → [count]")]
    public Tensor MaskedSelect(Tensor mask)
    {
        if (mask.DType != DType.Bool) throw OpErrors.MaskDType("MaskedSelect", mask);
        int[] dims = Broadcasting.Shapes("MaskedSelect", Dims, mask.Dims);
        return new GatherOp("MaskedSelect", 0).Of(Expand(dims).Ravel(), mask.Expand(dims).Ravel().Nonzero().Select(1, 0));
    }

    private Tensor FlatPositions(string op, Tensor index) => new PositionsOp(op, [Numel], [0], Shape).Of(index);

    private static Tensor IndexVector(string op, Tensor index)
    {
        CheckIndex(op, index);
        if (index.Rank > 1) throw new ShapeException($"{op}: the index {index.Shape} must be a vector. Use x[…] or Gather for positions in more axes.");
        return (index.Rank == 0 ? index.Reshape(1) : index).To(DType.Int64);
    }

    private static void CheckAlong(string op, string what, Tensor x, Tensor index, int axis)
    {
        if (index.Rank != x.Rank) throw new ShapeException($"{op}: the index {index.Shape} and {what} {x.Shape} must have equally many axes. Unsqueeze and Expand the index.");
        for (int i = 0; i < x.Rank; i++)
            if (i != axis && index.Dims[i] > x.Dims[i])
                throw new ShapeException($"{op}: along axis {i} the index {index.Shape} is longer than {what} {x.Shape}. Only along axis {axis} may it be.");
    }

    /// <summary>As much of a tensor as there are positions, along the axes other than the one they count along.</summary>
    private static Tensor CutTo(Tensor x, Tensor index, int axis)
    {
        for (int i = 0; i < x.Rank; i++)
            if (i != axis && x.Dims[i] != index.Dims[i]) x = x.Narrow(i, 0, index.Dims[i]);
        return x;
    }

    /// <summary>
    /// Reads along an axis at positions: one tensor of positions of any rank, whose axes take the place of the axis; or, with
    /// <paramref name="forEach"/>, one position for each element of the result. Transpose of <see cref="ScatterOp"/>: with
    /// <paramref name="lastOnly"/>, zero where a later position names the same place.
    /// </summary>
    private sealed unsafe class GatherOp(string name, int axis, bool forEach = false, bool lastOnly = false) : LinearOp(name)
    {
        public Tensor Of(Tensor x, Tensor index) => Apply(x, index);

        internal override Tensor[] Batch(BatchedInputs items)
        {
            if (forEach) return new GatherOp(Name, axis + 1, forEach, lastOnly).ApplyMany(items.All());
            if (items.Shared(1) is { } same) return [new GatherOp(Name, axis + 1, forEach, lastOnly).Of(items[0], same)];
            Tensor x = InRows(items[0], axis), index = items[1];
            Tensor y = new GatherOp(Name, axis, forEach, lastOnly).Of(x, InRows(Name, index, items[0], axis));
            return [y.MoveAxis(axis, 0)];
        }

        protected override bool OnlyMoves => true;

        protected override bool IsIndex(int input) => input == 1;

        internal override Tensor[]? OnSymbols(ReadOnlySpan<Tensor> inputs)
        {
            if (!inputs[1].IsSymbolic || lastOnly) return base.OnSymbols(inputs);
            return [SymbolicPositions.Read(inputs[0], inputs[1], axis, forEach)];
        }

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray index = Packed(inputs[1].Value);
            CheckPositions(Name, index, inputs[0], axis);
            NdArray x = Packed(inputs[0].Value);
            int[] dims = forEach ? index.Dims : [.. x.Dims.AsSpan(0, axis), .. index.Dims, .. x.Dims.AsSpan(axis + 1)];
            NdArray y = NdArray.Allocate(dims, x.DType);
            switch (x.DType.Size())
            {
                case 1: Run<byte>(x, index, y); break;
                case 4: Run<uint>(x, index, y); break;
                default: Run<ulong>(x, index, y); break;
            }
            return [y];
        }

        protected override Tensor?[] TransposeAll(OpContext context, Tensor gradient) => [Transpose(context, gradient), null];

        protected override Tensor Transpose(OpContext context, Tensor gradient) =>
            new ScatterOp(Name, axis, forEach, accumulate: !lastOnly).Of(Zeros(context.Shape(0), gradient.DType), context[1], gradient);

        private void Run<T>(in NdArray x, in NdArray index, in NdArray y)
            where T : unmanaged
        {
            int outer = Shape.Product(x.Dims.AsSpan(0, axis)), inner = Shape.Product(x.Dims.AsSpan(axis + 1)), n = x.Dims[axis];
            int count = forEach ? index.Dims[axis] : index.Numel;
            fixed (T* from = &x.At<T>(x.Offset), to = &y.At<T>(0))
            fixed (long* places = &index.At<long>(index.Offset))
            {
                if (forEach) IndexKernels.Gather(from, places, to, outer, n, count, inner);
                else IndexKernels.IndexSelect(from, places, to, outer, n, count, inner);
                if (lastOnly) IndexKernels.ZeroOverwritten(to, places, forEach, outer, n, count, inner);
            }
        }
    }

    // ---- positions of each item -----------------------------------------------------------------------------------------

    /// <summary>[items, …, n, …] as […, items·n, …]: the axis of every item, one behind the other.</summary>
    private static Tensor InRows(Tensor items, int axis)
    {
        int[] dims = items.Dims;
        return items.MoveAxis(0, axis).Reshape([.. dims.AsSpan(1, axis), dims[0] * dims[axis + 1], .. dims.AsSpan(axis + 2)]);
    }

    /// <summary>Positions along the axis of each item as positions along the axes of all items, one behind the other.</summary>
    private static Tensor InRows(string op, Tensor index, Tensor items, int axis)
    {
        int n = items.Dims[axis + 1];
        var ones = new int[index.Rank];
        Array.Fill(ones, 1);
        ones[0] = index.Dims[0];
        CheckPositions(op, Packed(index.Underlying.Value), items, axis + 1);
        return index + (Arange(index.Dims[0]) * n).Reshape(ones);
    }

    /// <summary>Throws for a position outside an axis, before anything is written.</summary>
    private static unsafe void CheckPositions(string op, in NdArray index, Tensor x, int axis)
    {
        fixed (long* places = &index.At<long>(index.Offset))
        {
            nint outside = IndexKernels.FirstOutside(places, index.Numel, x.Dims[axis]);
            if (outside >= 0) throw OpErrors.OutsideAxis(op, places[outside], axis, x.Dims[axis], x.Shape);
        }
    }
}
