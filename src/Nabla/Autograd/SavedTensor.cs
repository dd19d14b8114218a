namespace Nabla;

/// <summary>
/// A tensor kept for backward, with the version of its memory: if the memory was changed in place since, using it is an error.
/// Inside a scope of saved-tensor hooks it is kept in the form that their pack function gives it.
/// </summary>
internal readonly struct SavedTensor
{
    // A Tensor, or a PackedTensor.
    private readonly object? kept;
    private readonly Node? history;
    private readonly int version;

    public SavedTensor(Tensor tensor, string op)
    {
        (kept, version) = Keep(tensor, op);
        history = tensor.History;
    }

    /// <summary>An output of the node itself, whose history is set only after it was saved.</summary>
    public SavedTensor(Tensor output, Node node, int index)
    {
        (kept, version) = KeepOutput(output, node, index);
        history = node;
    }

    /// <summary>What was kept before, with the history that its tensor had.</summary>
    public SavedTensor(object? kept, Node? history, int version)
    {
        this.kept = kept;
        this.history = history;
        this.version = version;
    }

    private SavedTensor(Tensor tensor)
    {
        kept = tensor;
        history = tensor.History;
        version = tensor.Value.Storage.Version;
    }

    /// <summary>What is kept of an input, and the version of its memory.</summary>
    /// <param name="tensor">The input.</param>
    /// <param name="op">The operation, for messages.</param>
    /// <param name="keeper">The node, if it can give memory back: see <see cref="Apart"/>.</param>
    public static (object Kept, int Version) Keep(Tensor tensor, string op, Node? keeper = null)
    {
        if ((tensor.Flags & TensorFlags.Inference) != 0) throw AutogradErrors.InferenceTensor(op);
        int version = tensor.Value.Storage.Version;
        if (GradMode.HasSavedTensorHooks) return (PackedTensor.Of(tensor, op), version);

        // Parameters and data outlive the step.
        if (keeper is null || tensor.History is not { } history || Apart(tensor, keeper) is not { } own) return (tensor, version);
        own.SetHistory(history, tensor.OutputIndex);
        return (own, version);
    }

    /// <summary>What is kept of an output of a node that is being made, and the version of its memory.</summary>
    /// <param name="output">The output.</param>
    /// <param name="node">The node.</param>
    /// <param name="index">The output's number.</param>
    /// <param name="gives">Whether the node can give memory back: see <see cref="Apart"/>.</param>
    public static (object Kept, int Version) KeepOutput(Tensor output, Node node, int index, bool gives = false)
    {
        int version = output.Value.Storage.Version;
        if (GradMode.HasSavedTensorHooks) return (PackedTensor.OfOutput(output, node, index), version);
        if (!gives || Apart(output, node) is not { } own) return (output, version);
        if (output.DType.HasDerivatives()) own.SetHistory(node, index);
        return (own, version);
    }

    /// <summary>
    /// A handle of the node's own on the same memory. Then the memory is free as soon as the node has run and the user's handle is
    /// dead, which the collector finds while it is young; the node's own handle grows old with the graph, and the node gives it back.
    /// Null where that is not possible or not worth it.
    /// </summary>
    private static Tensor? Apart(Tensor tensor, Node keeper)
    {
        NdArray value = tensor.Value;
        if (tensor.IsTraced || value.DType.IsComplex() || BufferPool.Share(value.Storage) is not { } memory) return null;
        keeper.KeepApart(memory);
        return new Tensor(new NdArray(memory, value.Dims, value.Strides, value.Offset, value.DType), tensor.Flags & TensorFlags.Number);
    }

    /// <summary>A tensor that is used at once, so that nothing can happen to it in between.</summary>
    public static SavedTensor ForNow(Tensor tensor) => new(tensor);

    public bool IsEmpty => kept is null;

    /// <summary>The tensor as it was when saved.</summary>
    /// <exception cref="AutogradException">Its memory was changed in place, or it was freed.</exception>
    public Tensor Unpack(string op)
    {
        if (kept is not Tensor saved) return kept is PackedTensor packed ? packed.Unpack(op) : throw AutogradErrors.SavedFreed(op);

        // What is recorded may keep it.
        if (BufferPool.IsShare(saved.Value.Storage) && (GradMode.IsEnabled || AllocationScope.Current is not null))
            BufferPool.LetEscape(saved.Value.Storage);
        int found = saved.Value.Storage.Version;
        if (found != version) throw AutogradErrors.Modified(op, saved.Shape, saved.DType, version, found);
        if (ReferenceEquals(saved.History, history)) return saved;

        // The handle has been given another history since (an in-place operation whose memory is elsewhere): keep ours.
        var original = saved.WithoutHistory();
        if (history is not null) original.SetHistory(history, saved.OutputIndex);
        return original;
    }

    /// <summary>Lets go of what a pack function made.</summary>
    public void Release() => Release(kept);

    /// <inheritdoc cref="Release()"/>
    public static void Release(object? kept)
    {
        if (kept is PackedTensor packed) packed.Release();
    }
}
