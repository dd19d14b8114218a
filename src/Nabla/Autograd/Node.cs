namespace Nabla;

/// <summary>Where a gradient goes: an output of a node. Without a node the gradient is not needed.</summary>
internal readonly record struct Edge(Node? Node, int Output)
{
    /// <summary>The node that computed the tensor whose gradient goes this way; null if it is a leaf.</summary>
    public Node? History => Node is AccumulateGrad ? null : Node;
}

/// <summary>
/// One recorded operation: knows how to turn the gradients of its outputs into gradients of its inputs, and which nodes
/// those go to.
/// </summary>
/// <remarks>
/// Nodes are numbered in the order of their creation, and every edge leads to a lower number. That order is all the engine
/// needs: it always runs the latest node, so that a node's gradient is complete before it runs.
/// </remarks>
public abstract class Node
{
    private static long count;
    private static long leafCount;

    internal readonly long Sequence;

    /// <summary>The number of the latest operation: all that are recorded from now on have greater ones.</summary>
    internal static long LatestSequence => Volatile.Read(ref count);

    /// <summary>Shape and dtype of the first output: its gradient must have the same.</summary>
    internal readonly int[] OutputDims;

    // In a byte, beside other small fields: there is a node for every operation.
    private readonly byte outputDType;

    // ---- state of the backward pass that has claimed this node (see BackwardPass) ----
    internal int Owner;
    internal GradientSlot Slot;

    // Few nodes have any of it, and there is a node for every operation.
    private NodeExtra? extra;

    private protected Node(int[] outputDims, DType outputDType, bool isLeaf = false)
    {
        // Ends of the graph come after all operations, whenever they were made.
        Sequence = isLeaf ? Interlocked.Decrement(ref leafCount) : Interlocked.Increment(ref count);
        OutputDims = outputDims;
        this.outputDType = (byte)outputDType;
        if (GradMode.IsAnomaly) Extra.Trace = CallSite.Capture();
    }

    /// <summary>What is never part of a graph.</summary>
    private protected Node() => OutputDims = [];

    /// <summary>The operation's name and <c>Backward</c>: <c>MulBackward</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The nodes that the gradients of the inputs go to, in the order of the inputs; null where none is needed.</summary>
    public IReadOnlyList<(Node? Node, int Output)> NextFunctions
    {
        get
        {
            var next = new (Node?, int)[EdgeCount];
            for (int i = 0; i < next.Length; i++) next[i] = (EdgeAt(i).Node, EdgeAt(i).Output);
            return next;
        }
    }

    /// <summary>
    /// When the node was made: backward runs the greatest first. Operations count upwards from 1 in the order of their calls,
    /// the ends of the graph at leaves downwards from −1.
    /// </summary>
    public long SequenceNumber => Sequence;

    /// <summary>The values that backward reads, as they were when saved.</summary>
    public SavedTensors SavedTensors => new(this, SavedNames());

    /// <summary>
    /// Calls a function with the gradients of this node's outputs (null where none arrived) before it runs. What it returns
    /// replaces them; null keeps them. Not called where the node does not run.
    /// </summary>
    /// <returns>Disposing of it removes the hook.</returns>
    public IDisposable RegisterPreHook(Func<IReadOnlyList<Tensor?>, IReadOnlyList<Tensor?>?> hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        return Hooks.AddBefore(hook);
    }

    /// <summary>
    /// Calls a function with the gradients of this node's inputs (null where none is needed) and of its outputs after it has
    /// run. What it returns replaces the gradients of the inputs; null keeps them. Not called where the node does not run; at
    /// the node of a leaf it is called when Grad has been added to, with no input gradients.
    /// </summary>
    /// <returns>Disposing of it removes the hook.</returns>
    public IDisposable RegisterHook(Func<IReadOnlyList<Tensor?>, IReadOnlyList<Tensor?>, IReadOnlyList<Tensor?>?> hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        return Hooks.AddAfter(hook);
    }

    internal DType OutputDType => (DType)outputDType;

    /// <summary>Where the forward operation was called, recorded in anomaly mode only.</summary>
    internal string? Trace => extra?.Trace;

    internal abstract int EdgeCount { get; }

    internal virtual int OutputCount => 1;

    /// <summary>Whether what backward needs was freed.</summary>
    internal bool Released { get; private protected set; }

    internal bool HasHooks => extra is { Hooks: not null };

    /// <summary>
    /// Whether memory of saved values is held apart from the user's handles, so that it can be given back. Whoever reads saved values
    /// then stands between <see cref="EnterReading"/> and <see cref="ExitReading"/>.
    /// </summary>
    internal bool SavesApart => extra is { Apart: not null };

    internal void EnterReading() => Interlocked.Increment(ref Extra.Readers);

    internal void ExitReading() => Interlocked.Decrement(ref Extra.Readers);

    /// <summary>Notes memory that this node alone holds, beside the user, and gives back.</summary>
    internal void KeepApart(Storage memory) => (Extra.Apart ??= new List<Storage>(2)).Add(memory);

    /// <summary>Leaves the end of saved memory to the collector, because nobody can tell who holds it.</summary>
    internal void LetSavedEscape()
    {
        if (extra is not { Apart: { } apart }) return;
        foreach (Storage memory in apart) BufferPool.LetEscape(memory);
    }

    /// <summary>Gives back the memory of saved values, unless somebody else reads them. To be called when who comes later finds none.</summary>
    private protected void ReturnSaved()
    {
        if (extra is not { Apart: { } apart } || Interlocked.CompareExchange(ref extra.Readers, 0, 0) != 1) return;
        foreach (Storage memory in apart) BufferPool.Return(memory);
    }

    internal NodeHooks Hooks => Extra.Hooks ?? Interlocked.CompareExchange(ref Extra.Hooks, new NodeHooks(this), null) ?? Extra.Hooks;

    /// <summary>What waits at the outputs after the first.</summary>
    internal GradientSlot[]? MoreSlots
    {
        get => extra?.MoreSlots;
        set
        {
            if (value is not null || extra is not null) Extra.MoreSlots = value;
        }
    }

    private NodeExtra Extra => extra ?? Interlocked.CompareExchange(ref extra, new NodeExtra(), null) ?? extra;

    internal abstract Edge EdgeAt(int input);

    /// <summary>The names of the saved values.</summary>
    internal virtual string[] SavedNames() => [];

    /// <summary>A saved value.</summary>
    internal virtual Tensor Saved(int index) => throw AutogradErrors.SavedFreed(Name);

    /// <summary>Shape and dtype of an output.</summary>
    internal virtual (int[] Dims, DType DType) FormOf(int index) => (OutputDims, OutputDType);

    /// <summary>Computes the gradients of the inputs from those of the outputs and sends them along the edges.</summary>
    /// <param name="pass">Takes the results.</param>
    /// <param name="slot">The gradient of the first output; it may be missing if there are several outputs.</param>
    /// <param name="more">The gradients of the other outputs.</param>
    internal abstract void Run(BackwardPass pass, in GradientSlot slot, GradientSlot[]? more);

    /// <summary>Lets go of what was saved for backward.</summary>
    internal abstract void Release();

    /// <inheritdoc/>
    public override string ToString() => $"<{Name}>";
}

/// <summary>The parts of a node that few nodes have.</summary>
internal sealed class NodeExtra
{
    public NodeHooks? Hooks;
    public string? Trace;
    public GradientSlot[]? MoreSlots;

    /// <summary>The memory of saved values that the node gives back.</summary>
    public List<Storage>? Apart;

    /// <summary>How many read saved values at the moment.</summary>
    public int Readers;
}

/// <summary>A gradient on its way to an output of a node.</summary>
internal struct GradientSlot
{
    public Tensor? Gradient;

    /// <summary>Whether nobody else holds the tensor, so that it may be added to in place or kept as a leaf's gradient.</summary>
    public bool Owned;
}

/// <summary>The end of the graph at a leaf: adds what arrives to the leaf's <see cref="Tensor.Grad"/>.</summary>
internal sealed class AccumulateGrad(Tensor leaf) : Node(leaf.Dims, leaf.DType, isLeaf: true)
{
    public Tensor Leaf { get; } = leaf;

    public override string Name => "AccumulateGrad";

    internal override int EdgeCount => 0;

    internal override Edge EdgeAt(int input) => default;

    internal override void Run(BackwardPass pass, in GradientSlot slot, GradientSlot[]? more) => pass.Accumulate(Leaf, slot, this);

    internal override void Release() { }
}
