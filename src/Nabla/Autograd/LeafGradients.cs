namespace Nabla;

/// <summary>
/// The gradients that a backward pass has found for the Grad of tensors. They are added when the whole walk has succeeded, so
/// that a failing hook or rule leaves every <see cref="Tensor.Grad"/> as it was.
/// </summary>
internal struct LeafGradients
{
    private Arrival[] arrived;
    private int count;

    private readonly record struct Arrival(Tensor Tensor, GradientSlot Slot, AccumulateGrad? Node);

    /// <summary>Notes a gradient; the node is the leaf's, if it is one.</summary>
    public void Add(Tensor tensor, in GradientSlot slot, AccumulateGrad? node)
    {
        arrived ??= new Arrival[4];
        if (count == arrived.Length) Array.Resize(ref arrived, 2 * count);
        arrived[count++] = new Arrival(tensor, slot, node);
    }

    public void Clear()
    {
        if (count > 0) Array.Clear(arrived, 0, count);
        count = 0;
    }

    /// <summary>Adds what has arrived.</summary>
    public readonly void Commit(bool createGraph)
    {
        for (int i = 0; i < count; i++)
        {
            if (arrived[i].Node is not { HasHooks: true } node || !node.Hooks.FollowAccumulation) continue;
            CommitWithHooks(createGraph);
            return;
        }
        for (int i = 0; i < count; i++) AddTo(arrived[i], createGraph, seen: false);
    }

    /// <summary>
    /// Adds what has arrived and calls the hooks of each leaf after it. All the tensors are held meanwhile, so that a hook that
    /// throws can be answered by putting every Grad back without losing what another thread adds.
    /// </summary>
    private readonly void CommitWithHooks(bool createGraph)
    {
        Arrival[] all = arrived[..count];
        var before = new (Tensor? Gradient, NdArray? Values)[all.Length];

        // In one order on all threads, so that two of them never wait for each other.
        Tensor[] held = [.. all.Select(arrival => arrival.Tensor).Distinct().OrderBy(tensor => tensor.GradientEdge().Node?.Sequence).ThenBy(tensor => tensor.OutputIndex)];
        int taken = 0;
        Modes modes = GradMode.SetRecording(createGraph);
        try
        {
            for (; taken < held.Length; taken++) Monitor.Enter(held[taken]);
            for (int i = 0; i < all.Length; i++)
                before[i] = all[i].Tensor.Gradient is { } known ? (known, known.IsTraced ? null : ArrayCopy.Contiguous(known.Value)) : default;
            try
            {
                foreach (Arrival arrival in all)
                {
                    AddTo(arrival, createGraph, seen: true);
                    if (arrival.Node is { HasHooks: true } node) node.Hooks.Accumulated(arrival.Tensor, arrival.Slot.Gradient!);
                }
            }
            catch
            {
                for (int i = all.Length - 1; i >= 0; i--)
                {
                    all[i].Tensor.Gradient = before[i].Gradient;
                    if (before[i].Values is { } values) ArrayCopy.Into(values, before[i].Gradient!.Value);
                }
                throw;
            }
        }
        finally
        {
            GradMode.Restore(modes);
            while (taken > 0) Monitor.Exit(held[--taken]);
        }
    }

    /// <param name="arrival">What arrived.</param>
    /// <param name="createGraph">Whether the sum is recorded.</param>
    /// <param name="seen">Whether hooks may hold the gradient.</param>
    private static void AddTo(in Arrival arrival, bool createGraph, bool seen)
    {
        Tensor tensor = arrival.Tensor;
        GradientSlot slot = arrival.Slot;
        Tensor gradient = slot.Gradient!;
        Recorder.Current?.CheckAccumulates(tensor);
        lock (tensor)
        {
            // Only that of a leaf is added to in its memory, as in PyTorch: a retained one may have been kept elsewhere.
            if (arrival.Node is not null && tensor.Gradient is { } known && !createGraph && !known.RequiresGrad && !known.IsTraced && !gradient.IsTraced)
            {
                VectorSpace.Current.AddInto(known, gradient);
                if (slot.Owned && !seen) BufferPool.Return(gradient.Value.Storage);
                return;
            }
            bool alone = !seen && !createGraph && !gradient.IsTraced && tensor.Gradient is null;
            Modes before = GradMode.SetRecording(createGraph);
            try
            {
                tensor.Gradient = tensor.Gradient is { } sum ? VectorSpace.Current.Add(sum, gradient)
                    : slot.Owned && gradient.IsContiguous ? gradient
                    : VectorSpace.Current.Copy(createGraph ? gradient : gradient.WithoutHistory());
                if (!alone) return;
                tensor.Gradient.Flags |= TensorFlags.Unseen;
                if (slot.Owned && !ReferenceEquals(tensor.Gradient, gradient)) BufferPool.Return(gradient.Value.Storage);
            }
            finally
            {
                GradMode.Restore(before);
            }
        }
    }
}
