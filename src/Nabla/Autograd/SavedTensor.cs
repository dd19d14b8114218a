namespace Nabla;

/// <summary>
/// A tensor kept for backward, with the version of its memory: if the memory was changed in place since, using it is an error.
/// </summary>
internal readonly struct SavedTensor
{
    private readonly Tensor? tensor;
    private readonly Node? history;
    private readonly int version;

    public SavedTensor(Tensor tensor, string op)
    {
        if ((tensor.Flags & TensorFlags.Inference) != 0) throw AutogradErrors.InferenceTensor(op);
        this.tensor = tensor;
        history = tensor.History;
        version = tensor.Value.Storage.Version;
    }

    /// <summary>An output of the node itself, whose history is set only after it was saved; or a tensor used at once.</summary>
    public SavedTensor(Tensor output, Node? node)
    {
        tensor = output;
        history = node;
        version = output.Value.Storage.Version;
    }

    public bool IsEmpty => tensor is null;

    /// <summary>The tensor as it was when saved.</summary>
    /// <exception cref="AutogradException">Its memory was changed in place.</exception>
    public Tensor Unpack(string op)
    {
        Tensor saved = tensor!;
        int found = saved.Value.Storage.Version;
        if (found != version) throw AutogradErrors.Modified(op, saved.Shape, saved.DType, version, found);
        if (ReferenceEquals(saved.History, history)) return saved;

        // The handle has been given another history since (an in-place operation whose memory is elsewhere): keep ours.
        var original = saved.WithoutHistory();
        if (history is not null) original.SetHistory(history, saved.OutputIndex);
        return original;
    }
}
