namespace Nabla;

/// <summary>What users attached to the outputs of a node: functions that see (and may replace) a gradient, and tensors that keep it.</summary>
internal sealed class NodeHooks(Node node)
{
    private readonly List<Entry> entries = [];
    private readonly List<(int Output, Tensor Tensor)> retained = [];

    private sealed class Entry(NodeHooks owner, int output, Func<Tensor, Tensor?> function) : IDisposable
    {
        public readonly int Output = output;
        public readonly Func<Tensor, Tensor?> Function = function;

        public void Dispose()
        {
            lock (owner.entries) owner.entries.Remove(this);
        }
    }

    public IDisposable Add(int output, Func<Tensor, Tensor?> function)
    {
        var entry = new Entry(this, output, function);
        lock (entries) entries.Add(entry);
        return entry;
    }

    public void Retain(int output, Tensor tensor)
    {
        lock (entries)
        {
            foreach ((_, Tensor known) in retained)
                if (ReferenceEquals(known, tensor)) return;
            retained.Add((output, tensor));
        }
    }

    /// <summary>Runs the hooks of an output in the order of registration, then fills the retained gradients.</summary>
    public void Apply(int output, ref GradientSlot slot, BackwardPass pass)
    {
        if (slot.Gradient is null) return;
        Entry[] snapshot;
        lock (entries) snapshot = [.. entries];
        foreach (Entry entry in snapshot)
        {
            if (entry.Output != output) continue;
            slot.Owned = false;
            if (entry.Function(slot.Gradient) is not { } replacement) continue;
            (int[] dims, DType dtype) = node.Output(output);
            if (!replacement.Dims.AsSpan().SequenceEqual(dims)) throw AutogradErrors.HookShape(node.Name, replacement.Shape, new Shape(dims));
            slot.Gradient = replacement.DType == dtype ? replacement : VectorSpace.Current.Cast(replacement, dtype);
        }
        foreach ((int at, Tensor tensor) in retained)
        {
            if (at != output) continue;
            pass.Accumulate(tensor, slot with { Owned = false });
        }
    }
}
