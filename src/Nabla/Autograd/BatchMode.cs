namespace Nabla;

/// <summary>
/// The value of a tensor inside <c>Vmap</c>: items stacked along the first axis of another tensor, of one nesting level. The
/// tensor itself has the shape of an item.
/// </summary>
internal sealed record BatchValue(TransformLevel Level, Tensor Items);

/// <summary>
/// Batching: an operation on tensors that stand for many items runs once, on the stacked items, by the rule of its kind; the
/// highest level first.
/// </summary>
internal static class BatchMode
{
    /// <summary>A tensor that stands for the items along the first axis of another.</summary>
    public static Tensor Wrap(TransformLevel level, Tensor items)
    {
        // Shape, strides and type are an item's; the numbers are never read through this array.
        ref readonly NdArray all = ref items.Value;
        var item = new Tensor(all.View(all.Dims[1..], all.Strides[1..], all.Offset)) { Extra = new TensorExtra { Batch = new BatchValue(level, items) } };
        item.Flags |= TensorFlags.Batched;
        return item;
    }

    /// <summary>The stacked items of a tensor at a level, or null where it is the same for all of them.</summary>
    public static Tensor? ItemsOf(Tensor x, TransformLevel level) => x.Extra?.Batch is { } batch && ReferenceEquals(batch.Level, level) ? batch.Items : null;

    /// <summary>Whether nothing but numbers stands behind a tensor, its own or those of many items: no tangents, no formulas.</summary>
    public static bool IsNumbers(Tensor x)
    {
        for (; x.IsTraced; x = x.Extra!.Batch!.Items)
            if ((x.Flags & TensorFlags.Traced) != TensorFlags.Batched) return false;
        return true;
    }

    /// <summary>The outputs of an operation that has batched inputs.</summary>
    public static Tensor[] Evaluate(Op op, ReadOnlySpan<Tensor> inputs, TransformLevel level)
    {
        level.CheckActive(op.Name);
        var items = new BatchedInputs(op.Name, inputs, level);
        Tensor[] outputs = op.Batch(items);
        for (int i = 0; i < outputs.Length; i++) outputs[i] = Wrap(level, outputs[i]);
        if (op is ViewOp view) view.Mark(outputs[0], inputs[0]);
        return outputs;
    }

    /// <summary>
    /// The inputs of an elementwise operation with the items in front: broadcasting aligns the last axes, so items of lower
    /// rank get axes of length 1 behind the first.
    /// </summary>
    public static Tensor[] Aligned(ReadOnlySpan<Tensor> inputs, TransformLevel level)
    {
        int rank = 0;
        foreach (Tensor input in inputs) rank = Math.Max(rank, input.Rank);
        var aligned = new Tensor[inputs.Length];
        for (int i = 0; i < aligned.Length; i++) aligned[i] = ItemsOf(inputs[i], level) is { } items ? WithRank(items, rank) : inputs[i];

        // A scalar item counts less in type promotion than the vector of all scalars does.
        DType wanted = ElementTypes.Result(inputs);
        if (ElementTypes.Result(aligned) != wanted)
        {
            for (int i = 0; i < aligned.Length; i++)
                if (aligned[i].DType != wanted) aligned[i] = VectorSpace.Current.Cast(aligned[i], wanted);
        }
        return aligned;
    }

    /// <summary>Items with axes of length 1 behind the first, so that each item has a rank.</summary>
    public static Tensor WithRank(Tensor items, int rank)
    {
        int missing = rank + 1 - items.Rank;
        if (missing <= 0) return items;
        int[] dims = new int[rank + 1];
        Array.Fill(dims, 1);
        dims[0] = items.Dims[0];
        items.Dims.AsSpan(1).CopyTo(dims.AsSpan(1 + missing));
        return VectorSpace.Current.Reshape(items, dims);
    }
}

/// <summary>The inputs of an operation in <c>Vmap</c>, some of them stacked items, some the same for all.</summary>
internal sealed class BatchedInputs
{
    private readonly Tensor[] given;
    private readonly Tensor?[] items;

    public BatchedInputs(string op, ReadOnlySpan<Tensor> inputs, TransformLevel level)
    {
        Op = op;
        given = inputs.ToArray();
        items = new Tensor?[given.Length];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = BatchMode.ItemsOf(given[i], level);
            if (items[i] is { } stacked) Size = stacked.Dims[0];
        }
    }

    /// <summary>Inputs whose items are at hand.</summary>
    public BatchedInputs(string op, Tensor[] given, Tensor?[] items, int size)
    {
        Op = op;
        Size = size;
        this.given = given;
        this.items = items;
    }

    /// <summary>The operation's name, for messages.</summary>
    public string Op { get; }

    /// <summary>How many items there are.</summary>
    public int Size { get; }

    /// <summary>An input with the items along its first axis; what is the same for all is repeated without copying.</summary>
    public Tensor this[int input] => items[input] ??= VectorSpace.Current.Repeat(given[input], Size);

    /// <summary>An input that is the same for all items, as it is; null if it is stacked.</summary>
    public Tensor? Shared(int input) => items[input] is null ? given[input] : null;

    /// <summary>All inputs with the items along the first axis.</summary>
    public Tensor[] All()
    {
        for (int i = 0; i < items.Length; i++) _ = this[i];
        return items!;
    }

    /// <summary>All inputs with the items along the first axis, of one rank.</summary>
    public Tensor[] Aligned()
    {
        int rank = 0;
        foreach (Tensor x in given) rank = Math.Max(rank, x.Rank);
        var aligned = new Tensor[given.Length];
        for (int i = 0; i < aligned.Length; i++) aligned[i] = BatchMode.WithRank(this[i], rank);
        return aligned;
    }

    /// <summary>Positions of axes of an item as positions of axes of the stacked items.</summary>
    public static int[] Shift(int[] axes) => Array.ConvertAll(axes, axis => axis + 1);
}
