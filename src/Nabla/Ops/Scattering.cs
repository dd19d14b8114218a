namespace Nabla;

// Elements written or added at positions that a tensor names; the rest is kept. Linear in the tensor and in what is written:
// the transpose reads at the same positions (Gathering.cs). Of several values written to one place the last stays, and only
// that one has a gradient; of several added all have.
public sealed partial class Tensor
{
    // ---- whole subtensors along an axis -------------------------------------------------------------------------------

    /// <summary>This tensor with subtensors added at positions of an axis: y[…, index[i], …] += alpha · source[…, i, …].</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="index">Positions from the front, a vector of int64 or int32.</param>
    /// <param name="source">As this tensor, but as long as <paramref name="index"/> along the axis.</param>
    /// <param name="alpha">A factor for <paramref name="source"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis, or a position is outside it.</exception>
    /// <exception cref="ShapeException"><paramref name="index"/> is no vector, or <paramref name="source"/> does not fit.</exception>
    /// <exception cref="DTypeException"><paramref name="index"/> holds no positions, <paramref name="source"/> has another type, or the tensor holds truth values.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …], [m], […, m, …] → […, n, …]")]
    public Tensor IndexAdd(Axis axis, Tensor index, Tensor source, double alpha = 1) =>
        ScatterAt("IndexAdd", axis, index, alpha == 1 ? source : source * alpha, accumulate: true);

    /// <summary>This tensor with subtensors replaced at positions of an axis: y[…, index[i], …] = source[…, i, …].</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="index">Positions from the front, a vector of int64 or int32; the last of equal ones counts.</param>
    /// <param name="source">As this tensor, but as long as <paramref name="index"/> along the axis.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis, or a position is outside it.</exception>
    /// <exception cref="ShapeException"><paramref name="index"/> is no vector, or <paramref name="source"/> does not fit.</exception>
    /// <exception cref="DTypeException"><paramref name="index"/> holds no positions, or <paramref name="source"/> has another type.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …], [m], […, m, …] → […, n, …]")]
    public Tensor IndexCopy(Axis axis, Tensor index, Tensor source) => ScatterAt("IndexCopy", axis, index, source, accumulate: false);

    /// <summary>This tensor with one value at positions of an axis.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="index">Positions from the front, a vector of int64 or int32.</param>
    /// <param name="value">A scalar; converted to this tensor's type.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis, or a position is outside it.</exception>
    /// <exception cref="ShapeException"><paramref name="index"/> is no vector, or <paramref name="value"/> no scalar.</exception>
    /// <exception cref="DTypeException"><paramref name="index"/> holds no positions.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …], [m], [] → […, n, …]")]
    public Tensor IndexFill(Axis axis, Tensor index, Tensor value)
    {
        int at = axis.Resolve(Rank, "IndexFill");
        if (value.Rank != 0) throw new ShapeException($"IndexFill: the value is {value.Shape}, a scalar is needed. Use IndexCopy for different values.");
        Tensor places = IndexVector("IndexFill", index);
        int[] dims = Dims.AsSpan().ToArray();
        dims[at] = places.Numel;
        return new ScatterOp("IndexFill", at).Of(this, places, value.To(DType).Expand(dims));
    }

    /// <inheritdoc cref="IndexFill(Axis, Tensor, Tensor)"/>
    public Tensor IndexFill(Axis axis, Tensor index, double value) => IndexFill(axis, index, Full([], value, DType));

    private Tensor ScatterAt(string op, Axis axis, Tensor index, Tensor source, bool accumulate)
    {
        int at = axis.Resolve(Rank, op);
        Tensor places = IndexVector(op, index);
        int[] dims = Dims.AsSpan().ToArray();
        dims[at] = places.Numel;
        if (!source.Dims.AsSpan().SequenceEqual(dims)) throw OpErrors.SourceShape(op, source.Shape, new Shape(dims));
        if (source.DType != DType) throw OpErrors.SourceDType(op, source, this);
        return new ScatterOp(op, at, accumulate: accumulate).Of(this, places, source);
    }

    // ---- one position for each element --------------------------------------------------------------------------------

    /// <summary>This tensor with elements replaced: y[index[i, j, k], j, k] = source[i, j, k] for axis 0, and so on.</summary>
    /// <param name="axis">The axis along which positions count.</param>
    /// <param name="index">Positions from the front, int64 or int32; the last of equal ones counts.</param>
    /// <param name="source">At least as long as <paramref name="index"/> along every axis.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis, or a position is outside it.</exception>
    /// <exception cref="ShapeException">Ranks differ, or <paramref name="index"/> is longer than the tensor or the source.</exception>
    /// <exception cref="DTypeException"><paramref name="index"/> holds no positions, or <paramref name="source"/> has another type.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …], […, m, …], […, m, …] → […, n, …]")]
    public Tensor Scatter(Axis axis, Tensor index, Tensor source) => ScatterEach("Scatter", axis, index, source, accumulate: false);

    /// <summary>This tensor with one value at the positions.</summary>
    /// <inheritdoc cref="Scatter(Axis, Tensor, Tensor)"/>
    /// <param name="axis">The axis along which positions count.</param>
    /// <param name="index">Positions from the front, int64 or int32.</param>
    /// <param name="value">Converted to this tensor's type.</param>
    public Tensor Scatter(Axis axis, Tensor index, double value) => ScatterEach("Scatter", axis, index, Full([], value, DType).Expand(index.Shape), accumulate: false);

    /// <summary>This tensor with elements added: y[index[i, j, k], j, k] += source[i, j, k] for axis 0, and so on.</summary>
    /// <param name="axis">The axis along which positions count.</param>
    /// <param name="index">Positions from the front, int64 or int32.</param>
    /// <param name="source">At least as long as <paramref name="index"/> along every axis.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis, or a position is outside it.</exception>
    /// <exception cref="ShapeException">Ranks differ, or <paramref name="index"/> is longer than the tensor or the source.</exception>
    /// <exception cref="DTypeException"><paramref name="index"/> holds no positions, <paramref name="source"/> has another type, or the tensor holds truth values.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …], […, m, …], […, m, …] → […, n, …]")]
    public Tensor ScatterAdd(Axis axis, Tensor index, Tensor source) => ScatterEach("ScatterAdd", axis, index, source, accumulate: true);

    private Tensor ScatterEach(string op, Axis axis, Tensor index, Tensor source, bool accumulate)
    {
        int at = axis.Resolve(Rank, op);
        CheckIndex(op, index);
        if (source.DType != DType) throw OpErrors.SourceDType(op, source, this);
        CheckAlong(op, "the tensor", this, index, at);
        CheckAlong(op, "the source", source, index, at);
        if (index.Dims[at] > source.Dims[at]) throw new ShapeException($"{op}: along axis {at} the index {index.Shape} is longer than the source {source.Shape}. Each position needs a value.");
        if (source.Dims[at] > index.Dims[at]) source = source.Narrow(at, 0, index.Dims[at]);

        // Along the other axes only the beginning of the tensor may be concerned.
        var chain = new List<ViewOp>();
        Tensor part = this;
        for (int i = 0; i < Rank; i++)
        {
            if (i == at || Dims[i] == index.Dims[i]) continue;
            chain.Add(new SliceOp(i, 0, index.Dims[i]));
            part = chain[^1].Of(part);
        }
        Tensor changed = new ScatterOp(op, at, forEach: true, accumulate).Of(part, index.To(DType.Int64), CutTo(source, index, at));
        return chain.Count == 0 ? changed : new ViewWriteOp([.. chain]).Of(this, changed);
    }

    // ---- positions among all elements ---------------------------------------------------------------------------------

    /// <summary>This tensor with elements replaced, or added to, at positions counted in row-major order; negative ones count from the back.</summary>
    /// <param name="index">Positions, int64 or int32, of any shape.</param>
    /// <param name="source">As many values.</param>
    /// <param name="accumulate">Add instead of replacing.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is outside the tensor.</exception>
    /// <exception cref="ShapeException">There are not as many values as positions.</exception>
    /// <exception cref="DTypeException"><paramref name="index"/> holds no positions, <paramref name="source"/> has another type, or truth values are to be added.</exception>
    [Op(OpKind.Linear, Shapes = "[…], [m, …], [m, …] → […]")]
    public Tensor Put(Tensor index, Tensor source, bool accumulate = false)
    {
        CheckIndex("Put", index);
        if (source.Numel != index.Numel) throw new ShapeException($"Put: there are {index.Numel} positions {index.Shape} and {source.Numel} values {source.Shape}. Give one value for each position.");
        if (source.DType != DType) throw OpErrors.SourceDType("Put", source, this);
        return new ScatterOp("Put", 0, accumulate: accumulate).Of(Ravel(), FlatPositions("Put", index.Ravel()), source.Ravel()).Reshape(Shape);
    }

    /// <summary>This tensor with the elements where a mask is true replaced by the values of a source, one after the other.</summary>
    /// <param name="mask">Truth values; broadcasts to this tensor's shape.</param>
    /// <param name="source">At least as many values as the mask has places.</param>
    /// <exception cref="ShapeException">The mask does not broadcast to this tensor, or there are too few values.</exception>
    /// <exception cref="DTypeException">The mask does not hold truth values, or <paramref name="source"/> has another type.</exception>
    [Op(OpKind.Linear, Shapes = "[…], […], [m, …] → […]")]
    public Tensor MaskedScatter(Tensor mask, Tensor source)
    {
        if (mask.DType != DType.Bool) throw OpErrors.MaskDType("MaskedScatter", mask);
        if (source.DType != DType) throw OpErrors.SourceDType("MaskedScatter", source, this);
        Tensor places = mask.Expand(Shape).Ravel().Nonzero().Select(1, 0);
        if (places.Numel > source.Numel) throw new ShapeException($"MaskedScatter: the mask has {places.Numel} places, the source {source.Shape} only {source.Numel} values. Give as many.");
        return new ScatterOp("MaskedScatter", 0).Of(Ravel(), places, source.Ravel().Narrow(0, 0, places.Numel)).Reshape(Shape);
    }

    // ---- in place -----------------------------------------------------------------------------------------------------

    /// <summary>x ← <see cref="IndexAdd"/>.</summary>
    /// <inheritdoc cref="IndexAdd"/>
    /// <exception cref="AutogradException">This tensor is a leaf that requires a gradient, and operations are recorded.</exception>
    public Tensor IndexAddInPlace(Axis axis, Tensor index, Tensor source, double alpha = 1) => InPlace.Apply(nameof(IndexAddInPlace), this, x => x.IndexAdd(axis, index, source, alpha));

    /// <summary>x ← <see cref="IndexCopy"/>.</summary>
    /// <inheritdoc cref="IndexCopy"/>
    /// <exception cref="AutogradException">This tensor is a leaf that requires a gradient, and operations are recorded.</exception>
    public Tensor IndexCopyInPlace(Axis axis, Tensor index, Tensor source) => InPlace.Apply(nameof(IndexCopyInPlace), this, x => x.IndexCopy(axis, index, source));

    /// <summary>x ← <see cref="IndexFill(Axis, Tensor, double)"/>.</summary>
    /// <inheritdoc cref="IndexFill(Axis, Tensor, double)"/>
    /// <exception cref="AutogradException">This tensor is a leaf that requires a gradient, and operations are recorded.</exception>
    public Tensor IndexFillInPlace(Axis axis, Tensor index, double value) => InPlace.Apply(nameof(IndexFillInPlace), this, x => x.IndexFill(axis, index, value));

    /// <summary>x ← <see cref="Scatter(Axis, Tensor, Tensor)"/>.</summary>
    /// <inheritdoc cref="Scatter(Axis, Tensor, Tensor)"/>
    /// <exception cref="AutogradException">This tensor is a leaf that requires a gradient, and operations are recorded.</exception>
    public Tensor ScatterInPlace(Axis axis, Tensor index, Tensor source) => InPlace.Apply(nameof(ScatterInPlace), this, x => x.Scatter(axis, index, source));

    /// <summary>x ← <see cref="Scatter(Axis, Tensor, double)"/>.</summary>
    /// <inheritdoc cref="Scatter(Axis, Tensor, double)"/>
    /// <exception cref="AutogradException">This tensor is a leaf that requires a gradient, and operations are recorded.</exception>
    public Tensor ScatterInPlace(Axis axis, Tensor index, double value) => InPlace.Apply(nameof(ScatterInPlace), this, x => x.Scatter(axis, index, value));

    /// <summary>x ← <see cref="ScatterAdd"/>.</summary>
    /// <inheritdoc cref="ScatterAdd"/>
    /// <exception cref="AutogradException">This tensor is a leaf that requires a gradient, and operations are recorded.</exception>
    public Tensor ScatterAddInPlace(Axis axis, Tensor index, Tensor source) => InPlace.Apply(nameof(ScatterAddInPlace), this, x => x.ScatterAdd(axis, index, source));

    /// <summary>x ← <see cref="Put"/>.</summary>
    /// <inheritdoc cref="Put"/>
    /// <exception cref="AutogradException">This tensor is a leaf that requires a gradient, and operations are recorded.</exception>
    public Tensor PutInPlace(Tensor index, Tensor source, bool accumulate = false) => InPlace.Apply(nameof(PutInPlace), this, x => x.Put(index, source, accumulate));

    /// <summary>x ← <see cref="MaskedScatter"/>.</summary>
    /// <inheritdoc cref="MaskedScatter"/>
    /// <exception cref="AutogradException">This tensor is a leaf that requires a gradient, and operations are recorded.</exception>
    public Tensor MaskedScatterInPlace(Tensor mask, Tensor source) => InPlace.Apply(nameof(MaskedScatterInPlace), this, x => x.MaskedScatter(mask, source));

    // ---- the operation ------------------------------------------------------------------------------------------------

    /// <summary>Writes or adds along an axis at positions; the counterpart of <see cref="GatherOp"/>, with positions as there.</summary>
    private sealed unsafe class ScatterOp(string name, int axis, bool forEach = false, bool accumulate = false) : LinearOp(name)
    {
        public Tensor Of(Tensor x, Tensor index, Tensor source) => Apply(x, index, source);

        internal override Tensor[] Batch(BatchedInputs items)
        {
            if (forEach) return new ScatterOp(Name, axis + 1, forEach, accumulate).ApplyMany(items.All());
            if (items.Shared(1) is { } same) return [new ScatterOp(Name, axis + 1, forEach, accumulate).Of(items[0], same, items[2])];
            Tensor x = items[0], index = items[1];
            Tensor y = Of(InRows(x, axis), InRows(Name, index, x, axis), items[2].MoveAxis(0, axis));
            return [y.Reshape([.. x.Dims.AsSpan(1, axis), items.Size, .. x.Dims.AsSpan(axis + 1)]).MoveAxis(axis, 0)];
        }

        protected override bool OnlyMoves => !accumulate;

        protected override bool IsIndex(int input) => input == 1;

        internal override Tensor[]? OnSymbols(ReadOnlySpan<Tensor> inputs) =>
            inputs[1].IsSymbolic ? [SymbolicPositions.Write(inputs[0], inputs[1], inputs[2], axis, forEach, accumulate)] : base.OnSymbols(inputs);

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray index = Packed(inputs[1].Value);
            CheckPositions(Name, index, inputs[0], axis);
            if (accumulate && inputs[0].DType == DType.Bool)
                throw new DTypeException($"{Name}: truth values {inputs[0].Shape} cannot be added up. Convert them first with Long().");
            NdArray source = Packed(inputs[2].Value), y = ArrayCopy.Contiguous(inputs[0].Value);
            switch (y.DType)
            {
                case DType.Float32: Run<float>(source, index, y); break;
                case DType.Float64: Run<double>(source, index, y); break;
                case DType.Int64: Run<long>(source, index, y); break;
                case DType.Int32: Run<int>(source, index, y); break;
                default: Run<byte>(source, index, y); break;
            }
            return [y];
        }

        protected override Tensor?[] TransposeAll(OpContext context, Tensor gradient) =>
        [
            !context.Needs(0) ? null : accumulate ? gradient : Of(gradient, context[1], Zeros(context.Shape(2), gradient.DType)),
            null,
            context.Needs(2) ? new GatherOp(Name, axis, forEach, lastOnly: !accumulate).Of(gradient, context[1]) : null,
        ];

        private void Run<T>(in NdArray source, in NdArray index, in NdArray y)
            where T : unmanaged, System.Numerics.INumber<T>
        {
            int outer = Shape.Product(y.Dims.AsSpan(0, axis)), inner = Shape.Product(y.Dims.AsSpan(axis + 1)), n = y.Dims[axis];
            int count = forEach ? index.Dims[axis] : index.Numel;
            fixed (T* from = &source.At<T>(source.Offset), to = &y.At<T>(0))
            fixed (long* places = &index.At<long>(index.Offset))
            {
                if (forEach && accumulate) IndexKernels.ScatterAdd(from, places, to, outer, n, count, inner);
                else if (forEach) IndexKernels.Scatter(from, places, to, outer, n, count, inner);
                else if (accumulate) IndexKernels.IndexAdd(from, places, to, outer, n, count, inner);
                else IndexKernels.IndexCopy(from, places, to, outer, n, count, inner);
            }
        }
    }
}
