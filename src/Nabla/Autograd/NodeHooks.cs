namespace Nabla;

/// <summary>
/// What users attached to a node: functions that see (and may replace) the gradient of an output, tensors that keep it,
/// functions around the node itself, and, on the node of a leaf, functions that run when its Grad has been added to.
/// </summary>
/// <remarks>
/// The order is PyTorch 2's: hooks of tensors, retained gradients, hooks before the node, the node, hooks after it; on a leaf
/// the hooks after accumulation come between the last two. Lists are replaced, never changed, so that a pass on another
/// thread keeps the one it began with.
/// </remarks>
internal sealed class NodeHooks(Node node)
{
    private readonly Lock gate = new();
    private (int Output, Func<Tensor, Tensor?> Function)[] tensorHooks = [];
    private (int Output, Tensor Tensor)[] retained = [];
    private Func<IReadOnlyList<Tensor?>, IReadOnlyList<Tensor?>?>[] before = [];
    private Func<IReadOnlyList<Tensor?>, IReadOnlyList<Tensor?>, IReadOnlyList<Tensor?>?>[] after = [];
    private Action<Tensor>[] accumulated = [];

    /// <summary>Whether there are hooks around the node itself.</summary>
    public bool SurroundNode => before.Length > 0 || after.Length > 0;

    /// <summary>Whether there is something to call once the gradient of a leaf has been added.</summary>
    public bool FollowAccumulation => accumulated.Length > 0 || after.Length > 0;

    // ---- registration -------------------------------------------------------------------------------------------------

    public IDisposable Add(int output, Func<Tensor, Tensor?> function)
    {
        (int, Func<Tensor, Tensor?>) entry = (output, function);
        lock (gate) tensorHooks = [.. tensorHooks, entry];
        return new Handle(() => { lock (gate) tensorHooks = Without(tensorHooks, entry); });
    }

    public IDisposable AddBefore(Func<IReadOnlyList<Tensor?>, IReadOnlyList<Tensor?>?> function)
    {
        lock (gate) before = [.. before, function];
        return new Handle(() => { lock (gate) before = Without(before, function); });
    }

    public IDisposable AddAfter(Func<IReadOnlyList<Tensor?>, IReadOnlyList<Tensor?>, IReadOnlyList<Tensor?>?> function)
    {
        lock (gate) after = [.. after, function];
        return new Handle(() => { lock (gate) after = Without(after, function); });
    }

    public IDisposable AddAccumulated(Action<Tensor> function)
    {
        lock (gate) accumulated = [.. accumulated, function];
        return new Handle(() => { lock (gate) accumulated = Without(accumulated, function); });
    }

    public void Retain(int output, Tensor tensor)
    {
        lock (gate)
        {
            foreach ((_, Tensor known) in retained)
                if (ReferenceEquals(known, tensor)) return;
            retained = [.. retained, (output, tensor)];
        }
    }

    /// <summary>A tensor that was given another history keeps the gradient there.</summary>
    public void Forget(Tensor tensor)
    {
        lock (gate) retained = Array.FindAll(retained, entry => !ReferenceEquals(entry.Tensor, tensor));
    }

    private static T[] Without<T>(T[] list, T entry)
    {
        int at = Array.IndexOf(list, entry);
        return at < 0 ? list : [.. list[..at], .. list[(at + 1)..]];
    }

    private sealed class Handle(Action remove) : IDisposable
    {
        private Action? remove = remove;

        public void Dispose() => Interlocked.Exchange(ref remove, null)?.Invoke();
    }

    // ---- during backward ----------------------------------------------------------------------------------------------

    /// <summary>Runs the hooks of an output in the order of registration, then notes the retained gradients.</summary>
    public void Apply(int output, ref GradientSlot slot, BackwardPass pass)
    {
        if (slot.Gradient is null) return;
        foreach ((int at, Func<Tensor, Tensor?> function) in tensorHooks)
        {
            if (at != output) continue;
            slot.Owned = false;
            if (function(slot.Gradient) is { } replacement) slot.Gradient = Fitting(replacement, node.FormOf(output));
        }
        foreach ((int at, Tensor tensor) in retained)
        {
            if (at != output) continue;
            slot.Owned = false;
            pass.Accumulate(tensor, slot, null);
        }
    }

    /// <summary>The gradients of the outputs as the hooks before the node leave them.</summary>
    public Tensor?[] Before(Tensor?[] gradients)
    {
        foreach (Func<IReadOnlyList<Tensor?>, IReadOnlyList<Tensor?>?> function in before)
        {
            if (function(Array.AsReadOnly(gradients)) is not { } replacements) continue;
            if (replacements.Count != gradients.Length) throw AutogradErrors.HookCount(node.Name, "pre-hook", replacements.Count, gradients.Length);
            var replaced = new Tensor?[gradients.Length];
            for (int i = 0; i < replaced.Length; i++)
            {
                (int[] dims, DType dtype) = node.FormOf(i);
                if (replacements[i] is { } replacement) replaced[i] = Fitting(replacement, (dims, dtype));
                else if (gradients.Length == 1) replaced[i] = VectorSpace.Current.Full(dims, 0, dtype);
            }
            gradients = replaced;
        }
        return gradients;
    }

    /// <summary>The gradients of the inputs as the hooks after the node leave them.</summary>
    public Tensor?[] After(Tensor?[] gradients, Tensor?[] outputGradients)
    {
        foreach (Func<IReadOnlyList<Tensor?>, IReadOnlyList<Tensor?>, IReadOnlyList<Tensor?>?> function in after)
        {
            if (function(Array.AsReadOnly(gradients), Array.AsReadOnly(outputGradients)) is not { } replacements) continue;
            if (replacements.Count != gradients.Length) throw AutogradErrors.HookCount(node.Name, "hook", replacements.Count, gradients.Length);
            var replaced = new Tensor?[gradients.Length];
            for (int i = 0; i < replaced.Length; i++)
            {
                Edge edge = node.EdgeAt(i);
                if (replacements[i] is { } replacement && edge.Node is { } next) replaced[i] = Fitting(replacement, next.FormOf(edge.Output));
            }
            gradients = replaced;
        }
        return gradients;
    }

    /// <summary>Tells a leaf's hooks that its Grad has been added to.</summary>
    public void Accumulated(Tensor leaf, Tensor gradient)
    {
        foreach (Action<Tensor> function in accumulated) function(leaf);
        if (after.Length > 0) After([], [gradient]);
    }

    private Tensor Fitting(Tensor replacement, (int[] Dims, DType DType) needed)
    {
        if (!replacement.Dims.AsSpan().SequenceEqual(needed.Dims)) throw AutogradErrors.HookShape(node.Name, replacement.Shape, new Shape(needed.Dims));
        return replacement.DType == needed.DType ? replacement : VectorSpace.Current.Cast(replacement, needed.DType);
    }
}
