namespace Nabla;

// Several tensors made into one.
public sealed partial class Tensor
{
    /// <summary>Tensors of one shape along a new axis. Their types promote.</summary>
    /// <param name="tensors">At least one.</param>
    /// <param name="axis">The position of the new axis in the result.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    /// <exception cref="ArgumentException">There are no tensors.</exception>
    [Op(OpKind.Linear, Shapes = "n times […] → [n, …]")]
    public static Tensor Stack(IReadOnlyList<Tensor> tensors, Axis axis = default)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (tensors.Count == 0) throw new ArgumentException("Stack: there are no tensors. Give at least one.");
        int at = axis.Resolve(tensors[0].Rank + 1, "Stack");
        DType dtype = tensors[0].DType;
        foreach (Tensor tensor in tensors)
        {
            dtype = DTypeRules.Promote(dtype, tensor.DType);
            if (tensor.Shape != tensors[0].Shape) throw new ShapeException($"Stack: shapes {tensors[0].Shape} and {tensor.Shape} differ. All must be equal; Cat joins along an axis that exists.");
        }
        return new StackOp(at).Of(Each(tensors, tensor => tensor.To(dtype)));
    }

    /// <summary>Tensors joined along an axis; their other lengths must agree. Their types promote.</summary>
    /// <param name="tensors">At least one.</param>
    /// <param name="axis">The axis whose lengths add up.</param>
    /// <exception cref="ShapeException">Ranks or other lengths differ.</exception>
    /// <exception cref="ArgumentException">There are no tensors.</exception>
    [Op(OpKind.Linear, Shapes = "[…, nᵢ, …] → […, Σnᵢ, …]")]
    public static Tensor Cat(IReadOnlyList<Tensor> tensors, Axis axis = default)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (tensors.Count == 0) throw new ArgumentException("Cat: there are no tensors. Give at least one.");
        int at = axis.Resolve(tensors[0].Rank, "Cat");
        DType dtype = tensors[0].DType;
        foreach (Tensor tensor in tensors)
        {
            dtype = DTypeRules.Promote(dtype, tensor.DType);
            bool fits = tensor.Rank == tensors[0].Rank;
            for (int i = 0; fits && i < tensor.Rank; i++) fits = i == at || tensor.Dims[i] == tensors[0].Dims[i];
            if (!fits) throw new ShapeException($"Cat: shapes {tensors[0].Shape} and {tensor.Shape} do not join along axis {at}: all other lengths must be equal. Reshape or Pad one of them, or Stack equal shapes along a new axis.");
        }
        var items = new Tensor[tensors.Count];
        for (int i = 0; i < items.Length; i++) items[i] = tensors[i].To(dtype);
        return new CatOp(at).Of(items);
    }

    /// <summary>Side by side: joined along axis 1, vectors along axis 0.</summary>
    /// <inheritdoc cref="Cat"/>
    /// <param name="tensors">At least one; scalars count as vectors of one.</param>
    [Op(OpKind.Linear, Shapes = "[m, nᵢ, …] → [m, Σnᵢ, …]")]
    public static Tensor HStack(IReadOnlyList<Tensor> tensors)
    {
        Tensor[] items = Each(tensors, tensor => tensor.Atleast1d());
        return Cat(items, items.Length > 0 && items[0].Rank > 1 ? 1 : 0);
    }

    /// <summary>One below the other: joined along axis 0, vectors as rows.</summary>
    /// <inheritdoc cref="Cat"/>
    /// <param name="tensors">At least one; vectors count as matrices of one row.</param>
    [Op(OpKind.Linear, Shapes = "[mᵢ, n, …] → [Σmᵢ, n, …]")]
    public static Tensor VStack(IReadOnlyList<Tensor> tensors) => Cat(Each(tensors, tensor => tensor.Atleast2d()), 0);

    /// <summary>One behind the other: joined along axis 2.</summary>
    /// <inheritdoc cref="Cat"/>
    /// <param name="tensors">At least one; vectors count as [1, n, 1], matrices as [m, n, 1].</param>
    [Op(OpKind.Linear, Shapes = "[m, n, kᵢ] → [m, n, Σkᵢ]")]
    public static Tensor DStack(IReadOnlyList<Tensor> tensors) => Cat(Each(tensors, tensor => tensor.Atleast3d()), 2);

    /// <summary>Side by side, with vectors as columns.</summary>
    /// <inheritdoc cref="Cat"/>
    /// <param name="tensors">At least one; vectors and scalars count as matrices of one column.</param>
    [Op(OpKind.Linear, Shapes = "[m] or [m, nᵢ] → [m, Σnᵢ]")]
    public static Tensor ColumnStack(IReadOnlyList<Tensor> tensors) => Cat(Each(tensors, tensor => tensor.Rank <= 1 ? tensor.Reshape(tensor.Numel, 1) : tensor), 1);

    /// <summary>Matrices along the diagonal of a matrix of zeros.</summary>
    /// <param name="matrices">At least one; vectors count as matrices of one row.</param>
    /// <exception cref="ShapeException">One of them has more than two axes.</exception>
    /// <exception cref="ArgumentException">There are no matrices.</exception>
    [Op(OpKind.Linear, Shapes = "[mᵢ, nᵢ] → [Σmᵢ, Σnᵢ]")]
    public static Tensor BlockDiag(IReadOnlyList<Tensor> matrices)
    {
        Tensor[] blocks = Each(matrices, matrix => matrix.Rank <= 2 ? matrix.Atleast2d() : throw OpErrors.NeedsRank("BlockDiag", "matrices", matrix));
        int columns = 0, left = 0;
        foreach (Tensor block in blocks) columns += block.Dims[1];
        for (int i = 0; i < blocks.Length; i++)
        {
            int width = blocks[i].Dims[1];
            blocks[i] = blocks[i].Pad([left, columns - left - width]);
            left += width;
        }
        return Cat(blocks, 0);
    }

    private static Tensor[] Each(IReadOnlyList<Tensor> tensors, Func<Tensor, Tensor> change)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var items = new Tensor[tensors.Count];
        for (int i = 0; i < items.Length; i++) items[i] = change(tensors[i]);
        return items;
    }

    /// <summary>Memory for tensors that are put together, which lies as theirs does.</summary>
    private static NdArray Joined(int[] dims, ReadOnlySpan<Tensor> inputs)
    {
        if (!ItemsLast.Suits(dims)) return NdArray.Allocate(dims, inputs[0].DType);
        var parts = new NdArray[inputs.Length];
        for (int i = 0; i < parts.Length; i++) parts[i] = inputs[i].Value;
        return ItemsLast.Continues(parts, dims) ? ItemsLast.Allocate(dims, inputs[0].DType) : NdArray.Allocate(dims, inputs[0].DType);
    }

    private sealed class StackOp(int axis) : LinearOp("Stack")
    {
        public Tensor Of(Tensor[] tensors) => Apply(tensors);

        internal override Tensor[] Batch(BatchedInputs items) => new StackOp(axis + 1).ApplyMany(items.All());

        protected override bool OnlyMoves => true;

        protected override bool TakesComplex => true;

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            int[] item = inputs[0].Dims;
            NdArray result = Joined([.. item[..axis], inputs.Length, .. item[axis..]], inputs);
            int[] strides = Without(result.Strides, axis);
            for (int i = 0; i < inputs.Length; i++) ArrayCopy.Into(inputs[i].Value, result.View(item, strides, result.Offset + (i * result.Strides[axis])));
            return [result];
        }

        protected override Tensor?[] TransposeAll(OpContext context, Tensor gradient)
        {
            var results = new Tensor?[context.InputCount];
            for (int i = 0; i < results.Length; i++)
                if (context.Needs(i)) results[i] = gradient.Select(axis, i);
            return results;
        }
    }

    private sealed class CatOp(int axis) : LinearOp("Cat")
    {
        public Tensor Of(Tensor[] tensors) => Apply(tensors);

        internal override Tensor[] Batch(BatchedInputs items) => new CatOp(axis + 1).ApplyMany(items.All());

        protected override bool OnlyMoves => true;

        protected override bool TakesComplex => true;

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            int[] dims = inputs[0].Dims.AsSpan().ToArray();
            dims[axis] = 0;
            foreach (Tensor input in inputs) dims[axis] += input.Dims[axis];
            NdArray result = Joined(dims, inputs);
            int at = result.Offset;
            foreach (Tensor input in inputs)
            {
                ArrayCopy.Into(input.Value, result.View(input.Dims, result.Strides, at));
                at += input.Dims[axis] * result.Strides[axis];
            }
            return [result];
        }

        protected override Tensor?[] TransposeAll(OpContext context, Tensor gradient)
        {
            var results = new Tensor?[context.InputCount];
            int at = 0;
            for (int i = 0; i < results.Length; i++)
            {
                int length = context.Shape(i)[axis];
                if (context.Needs(i)) results[i] = gradient.Narrow(axis, at, length);
                at += length;
            }
            return results;
        }
    }
}
