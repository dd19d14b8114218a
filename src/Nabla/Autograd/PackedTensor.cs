namespace Nabla;

/// <summary>
/// A tensor saved for backward in the form that a pack function gave it. Inside transforms the parts of a value (the stacked
/// items, or primal and tangent) are packed one by one, so that the function only ever sees plain numbers.
/// </summary>
internal sealed class PackedTensor
{
    private readonly SavedTensorScope hooks;
    private readonly int[] dims;
    private readonly DType dtype;
    private readonly Node? history;
    private readonly int outputIndex;
    private readonly TransformLevel? level;
    private readonly PackedTensor? first, second;
    private readonly int version;
    private object? content;

    private PackedTensor(Tensor tensor, string op, Node? history, int outputIndex, SavedTensorScope hooks)
    {
        this.hooks = hooks;
        this.history = history;
        this.outputIndex = outputIndex;
        dims = tensor.Dims;
        dtype = tensor.DType;
        if (tensor.Extra?.Batch is { } batch)
        {
            level = batch.Level;
            first = Of(batch.Items, op, hooks);
        }
        else if (tensor.Extra?.Dual is { } dual)
        {
            level = dual.Level;
            first = Of(dual.Primal, op, hooks);
            second = Of(dual.Tangent, op, hooks);
        }
        else if (tensor.IsSymbolic)
        {
            content = tensor.WithoutHistory();
            version = tensor.Version;
        }
        else
        {
            content = Pack(tensor, op);
            version = (content as Tensor)?.Version ?? 0;
        }
    }

    /// <summary>Packs an input of an operation.</summary>
    public static PackedTensor Of(Tensor tensor, string op) => Of(tensor, op, SavedTensorScope.Current);

    /// <summary>Packs an output of a node that is being made.</summary>
    public static PackedTensor OfOutput(Tensor output, Node node, int index) => new(output, node.Name, node, index, SavedTensorScope.Current);

    private static PackedTensor Of(Tensor tensor, string op, SavedTensorScope hooks)
    {
        Edge edge = tensor.GradientEdge();
        return new PackedTensor(tensor, op, edge.Node, edge.Output, hooks);
    }

    private object Pack(Tensor tensor, string op)
    {
        // Nothing in here is recorded or packed again.
        Modes before = GradMode.Change(Modes.NoGrad, Modes.SavedTensorHooks);
        try
        {
            int found = tensor.Version;
            object packed = hooks.Pack(tensor.Detach()) ?? throw AutogradErrors.PackedNull(op);
            return tensor.Version == found ? packed : throw AutogradErrors.PackChanged(op, tensor);
        }
        finally
        {
            GradMode.Restore(before);
        }
    }

    /// <summary>The tensor as it was when saved.</summary>
    /// <exception cref="AutogradException">It was freed; or the unpack function returned null or something that does not fit.</exception>
    public Tensor Unpack(string op)
    {
        Tensor value;
        if (level is not null)
        {
            Tensor part = first!.Unpack(op);
            value = second is null ? BatchMode.Wrap(level, part) : ForwardMode.Pair(level, part, second.Unpack(op));
        }
        else
        {
            object packed = content ?? throw AutogradErrors.SavedFreed(op);
            if (packed is Tensor kept && kept.Version != version) throw AutogradErrors.Modified(op, kept.Shape, kept.DType, version, kept.Version);
            value = Unpack(op, packed).WithoutHistory();
        }
        if (history is not null && dtype.IsFloatingPoint()) value.SetHistory(history, outputIndex);
        return value;
    }

    private Tensor Unpack(string op, object packed)
    {
        if (packed is Tensor { IsSymbolic: true } symbols) return symbols;
        Modes before = GradMode.Change(Modes.NoGrad, Modes.SavedTensorHooks);
        try
        {
            // The function may keep what it made.
            BufferPool.StopTracking();
            Tensor value = hooks.Unpack(packed) ?? throw AutogradErrors.UnpackedNull(op);
            if (!value.Dims.AsSpan().SequenceEqual(dims) || value.DType != dtype) throw AutogradErrors.UnpackedOther(op, value, new Shape(dims), dtype);
            return value;
        }
        finally
        {
            GradMode.Restore(before);
        }
    }

    /// <summary>Lets go of the content, and disposes of it if it can be disposed of.</summary>
    public void Release()
    {
        first?.Release();
        second?.Release();
        (Interlocked.Exchange(ref content, null) as IDisposable)?.Dispose();
    }
}

/// <summary>A pair of functions through which tensors saved for backward go, until it is disposed of. Flows with async code.</summary>
internal sealed class SavedTensorScope : IDisposable
{
    private static readonly AsyncLocal<SavedTensorScope?> Flow = new();

    private readonly SavedTensorScope? outer = Flow.Value;
    private readonly GradMode.Scope mode = GradMode.Enter(Modes.SavedTensorHooks, Modes.None);
    private readonly Action? end;

    public SavedTensorScope(Func<Tensor, object> pack, Func<object, Tensor> unpack, Action? end = null)
    {
        Pack = pack;
        Unpack = unpack;
        this.end = end;
        Flow.Value = this;
    }

    /// <summary>The innermost pair.</summary>
    public static SavedTensorScope Current => Flow.Value!;

    public Func<Tensor, object> Pack { get; }

    public Func<object, Tensor> Unpack { get; }

    public void Dispose()
    {
        Flow.Value = outer;
        mode.Dispose();
        end?.Invoke();
    }
}
