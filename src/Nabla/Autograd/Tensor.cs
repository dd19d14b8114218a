using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>What a tensor handle knows about itself without looking further.</summary>
[Flags]
internal enum TensorFlags
{
    None = 0,

    /// <summary>A leaf that collects a gradient, or a result that depends on one.</summary>
    RequiresGrad = 1,

    /// <summary>The value is a pair (primal, tangent) of forward mode: see <see cref="DualValue"/>.</summary>
    Dual = 2,

    /// <summary>A view: an in-place change of its base may have changed its history too.</summary>
    View = 4,

    /// <summary>Made in inference mode: must not be saved for backward.</summary>
    Inference = 8,

    /// <summary>Stands for a C# number in an expression: does not widen the other operand's type.</summary>
    Number = 16,

    /// <summary>The value is a formula for each element: see <see cref="SymbolicValue"/>. Of a pair: that of its innermost primal.</summary>
    Symbolic = 32,

    /// <summary>The value is many items at once inside vmap: see <see cref="BatchValue"/>.</summary>
    Batched = 64,

    /// <summary>The value belongs to a running transform: see <see cref="TransformLevel"/>.</summary>
    Levelled = Dual | Batched,

    /// <summary>A result that keeps its gradient, wherever in-place operations take its history.</summary>
    RetainsGrad = 128,

    /// <summary>A gradient that nobody has asked for yet: only the tensor whose gradient it is holds it.</summary>
    Unseen = 256,

    /// <summary>Inside vmap: the result of Detach, whose change in place would have to change another tensor.</summary>
    DetachedItems = 512,

    /// <summary>Not a plain array: an operation is computed by another rule than its kernel.</summary>
    Traced = Dual | Batched | Symbolic,
}

/// <summary>
/// An n-dimensional array of numbers that remembers how it was computed, so that its derivatives can be had.
/// </summary>
/// <remarks>
/// A tensor is a handle: autograd metadata over a value. The value is an array in memory (shape, strides, storage), shared
/// by views; or, inside forward mode, a pair of a primal and a tangent tensor; or, inside vmap, the stacked items; or, inside a
/// trace, a formula for each element. Operations live in partial files by family
/// (<c>Ops/</c>), each beside the declaration of its rule.
/// </remarks>
public sealed partial class Tensor
{
    /// <summary>
    /// The numbers; for a forward-mode pair those of its primal; of formulas only the geometry and type. Whoever is not the kernel
    /// of an operation reads them through <see cref="Numbers"/>.
    /// </summary>
    internal NdArray Value;

    internal TensorFlags Flags;

    /// <summary>Which output of <see cref="History"/> this tensor is.</summary>
    internal int OutputIndex;

    /// <summary>The node that computed this tensor, as recorded; views ask <see cref="GradFn"/>, which refreshes it.</summary>
    internal Node? History;

    /// <summary>What few tensors have: a gradient and its accumulator, view geometry, a forward-mode pair.</summary>
    internal TensorExtra? Extra;

    internal Tensor(in NdArray value)
    {
        Value = value;
        if (GradMode.IsInference) Flags = TensorFlags.Inference;
        Recorder.Current?.Made(this);
    }

    /// <summary>A tensor made where nothing is recorded.</summary>
    internal Tensor(in NdArray value, TensorFlags flags)
    {
        Value = value;
        Flags = flags;
    }

    /// <summary>The lengths of the axes, outermost first.</summary>
    public Shape Shape => new(Value.Dims);

    /// <summary>The type of the elements.</summary>
    public DType DType => Value.DType;

    /// <summary>The number of axes.</summary>
    public int Rank => Value.Dims.Length;

    /// <summary>The number of elements.</summary>
    public int Numel => Value.Numel;

    /// <summary>How many elements to step in memory to advance by one along each axis.</summary>
    public ReadOnlySpan<int> Strides => Value.Strides;

    /// <summary>Whether the elements lie one after the other in row-major order.</summary>
    public bool IsContiguous => Value.IsContiguous;

    /// <summary>How often the memory of this tensor, shared with its views, was changed in place.</summary>
    public int Version => Value.Storage.Version;

    /// <summary>Whether this tensor was made in inference mode, so that it can never take part in differentiation.</summary>
    public bool IsInference => (Flags & TensorFlags.Inference) != 0;

    /// <summary>The accumulated gradient of a leaf, or of a tensor that retains it.</summary>
    internal Tensor? Gradient
    {
        get => Extra?.Gradient;
        set
        {
            if (value is not null || Extra is not null) NeedExtra().Gradient = value;
        }
    }

    internal int[] Dims => Value.Dims;

    internal bool IsDual
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Flags & TensorFlags.Dual) != 0;
    }

    internal bool IsSymbolic
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Flags & TensorFlags.Symbolic) != 0;
    }

    internal bool HasLevel => (Flags & TensorFlags.Levelled) != 0;

    internal bool IsTraced
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Flags & TensorFlags.Traced) != 0;
    }

    /// <summary>The plain numbers under all transforms: of all items, and without tangents. For checks of values.</summary>
    internal Tensor Underlying
    {
        get
        {
            Tensor x = this;
            while (x.HasLevel) x = x.Extra!.Dual?.Primal ?? x.Extra.Batch!.Items;
            return x;
        }
    }

    /// <summary>The stacked items that this tensor stands for, also as the primal of a pair; null if it has numbers of its own.</summary>
    internal BatchValue? ItemsWithin()
    {
        Tensor x = this;
        while (x.Extra?.Dual is { } dual) x = dual.Primal;
        return x.Extra?.Batch;
    }

    /// <summary>The numbers, for code outside of an operation's kernel: control flow, copies out of the library, in-place writes.</summary>
    /// <param name="op">Who asks, for the message.</param>
    /// <exception cref="TraceException">The tensor holds formulas.</exception>
    /// <exception cref="AutogradException">The tensor stands for many items.</exception>
    internal ref readonly NdArray Numbers(string op)
    {
        if (IsSymbolic) throw SymbolicErrors.NoNumber(op, this);
        if (HasLevel && ItemsWithin() is { } batch)
        {
            batch.Level.CheckActive(op);
            throw AutogradErrors.ValueOfItem(op, batch.Level.Transform, batch.Items.Dims[0]);
        }
        Recorder.Current?.CheckRead(op, Value);
        ResultMemory.Current?.Use(op, Value);
        return ref Value;
    }

    /// <summary>
    /// Whether operations on this tensor are recorded for differentiation. Can be set on leaves only.
    /// </summary>
    /// <exception cref="AutogradException">Set to false on a result, which follows its inputs.</exception>
    /// <exception cref="DTypeException">Set to true on a tensor of integers or truth values.</exception>
    public bool RequiresGrad
    {
        get
        {
            if ((Flags & TensorFlags.View) != 0) ViewHistory.Refresh(this);
            return (Flags & TensorFlags.RequiresGrad) != 0;
        }
        set
        {
            if (value == RequiresGrad) return;
            if (GradFn is not null) throw AutogradErrors.RequiresGradOfResult(this);
            if (value && !DType.HasDerivatives()) throw AutogradErrors.GradientOfIntegers("RequiresGrad", this);
            if (value && (Flags & TensorFlags.Inference) != 0) throw AutogradErrors.InferenceTensor("RequiresGrad");
            Flags = value ? Flags | TensorFlags.RequiresGrad : Flags & ~TensorFlags.RequiresGrad;
        }
    }

    /// <summary>The node of the graph that computed this tensor; null for leaves.</summary>
    public Node? GradFn
    {
        get
        {
            if ((Flags & TensorFlags.View) != 0) ViewHistory.Refresh(this);
            return History;
        }
    }

    /// <summary>Whether this tensor was given rather than computed from tensors that require a gradient.</summary>
    public bool IsLeaf => GradFn is null;

    /// <summary>Whether this tensor shares memory with the tensor that it was cut from.</summary>
    public bool IsView => (Flags & TensorFlags.View) != 0;

    /// <summary>
    /// The gradient that <see cref="Backward"/> accumulated here: same shape and dtype as this tensor. Null before the first
    /// backward pass, and on results unless <see cref="RetainGrad"/> was called.
    /// </summary>
    /// <exception cref="ShapeException">Set to a tensor of another shape.</exception>
    /// <exception cref="DTypeException">Set to a tensor of another dtype.</exception>
    public Tensor? Grad
    {
        get
        {
            if (Gradient is not { } gradient || (gradient.Flags & TensorFlags.Unseen) == 0) return Gradient;
            lock (this)
            {
                if (Gradient is { } now) now.Flags &= ~TensorFlags.Unseen;
                return Gradient;
            }
        }
        set
        {
            if (value is not null)
            {
                if (value.Shape != Shape) throw AutogradErrors.GradShape("Grad", value.Shape, Shape);
                if (value.DType != DType) throw AutogradErrors.GradDType("Grad", value.DType, DType);
            }
            lock (this)
            {
                Tensor? before = Gradient;
                Gradient = value;
                if (before is not null && (before.Flags & TensorFlags.Unseen) != 0) BufferPool.Return(before.Value.Storage);
            }
        }
    }

    /// <summary>Turns recording on or off, and returns this tensor, so that it can follow a creation.</summary>
    /// <inheritdoc cref="RequiresGrad" path="/exception"/>
    public Tensor RequireGrad(bool requiresGrad = true)
    {
        RequiresGrad = requiresGrad;
        return this;
    }

    /// <summary>
    /// Differentiates this tensor with respect to every leaf that it depends on, and adds the results to their
    /// <see cref="Grad"/>.
    /// </summary>
    /// <param name="gradient">The gradient of some scalar with respect to this tensor, of its shape; may be left out for a tensor of one element, where it is 1.</param>
    /// <param name="retainGraph">Keep what the pass needs so that it can be repeated; by default as <paramref name="createGraph"/>.</param>
    /// <param name="createGraph">Record the pass itself, so that the gradients can be differentiated again.</param>
    /// <param name="inputs">Accumulate into these tensors only; null means all leaves.</param>
    /// <exception cref="AutogradException">This tensor does not require a gradient; or the graph was already consumed.</exception>
    /// <exception cref="ShapeException">No <paramref name="gradient"/> for more than one element, or one of another shape.</exception>
    public void Backward(Tensor? gradient = null, bool? retainGraph = null, bool createGraph = false, IReadOnlyList<Tensor>? inputs = null) =>
        BackwardPass.Accumulate(this, gradient, retainGraph ?? createGraph, createGraph, inputs);

    /// <summary>Keeps the gradient of this result in <see cref="Grad"/> when backward passes through it. No effect on leaves.</summary>
    /// <exception cref="AutogradException">This tensor does not require a gradient.</exception>
    public void RetainGrad()
    {
        if (!RequiresGrad) throw AutogradErrors.DoesNotRequireGrad("RetainGrad", this);
        if (GradFn is not { } node) return;
        Flags |= TensorFlags.RetainsGrad;
        node.Hooks.Retain(OutputIndex, this);
    }

    /// <summary>Whether <see cref="Grad"/> of this result is kept when backward passes through it.</summary>
    public bool RetainsGrad => (Flags & TensorFlags.RetainsGrad) != 0;

    /// <summary>
    /// Calls a function with this leaf whenever a backward pass has added to its <see cref="Grad"/>, leaf by leaf when the
    /// whole pass has succeeded. Hooks run in the order of registration, without recording unless the pass records. If one
    /// throws, the Grad of every tensor of the pass is as it was before.
    /// </summary>
    /// <returns>Disposing of it removes the hook.</returns>
    /// <exception cref="AutogradException">This tensor does not require a gradient, or is not a leaf.</exception>
    public IDisposable RegisterPostAccumulateGradHook(Action<Tensor> hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        if (!RequiresGrad) throw AutogradErrors.DoesNotRequireGrad("RegisterPostAccumulateGradHook", this);
        if (GradFn is not null) throw AutogradErrors.PostAccumulateOfResult(this);
        return Accumulator().Hooks.AddAccumulated(hook);
    }

    /// <summary>
    /// Calls a function with the gradient of this tensor whenever one is computed, before it is used further. Hooks run in
    /// the order of registration; what one returns replaces the gradient, null keeps it.
    /// </summary>
    /// <returns>Disposing of it removes the hook.</returns>
    /// <exception cref="AutogradException">This tensor does not require a gradient.</exception>
    public IDisposable RegisterHook(Func<Tensor, Tensor?> hook)
    {
        ArgumentNullException.ThrowIfNull(hook);
        if (!RequiresGrad) throw AutogradErrors.DoesNotRequireGrad("RegisterHook", this);
        return (GradFn ?? Accumulator()).Hooks.Add(GradFn is null ? 0 : OutputIndex, hook);
    }

    /// <summary>
    /// The same numbers without history: shares memory and version counter, requires no gradient, and is a constant to
    /// forward mode too.
    /// </summary>
    public Tensor Detach()
    {
        if (Extra?.Batch is { } batch)
        {
            Tensor items = BatchMode.Wrap(batch.Level, batch.Items.Detach());
            items.Flags |= TensorFlags.DetachedItems;
            return items;
        }
        if (Extra?.Dual is { } dual) return dual.Primal.Detach();
        return new(Value)
        {
            Flags = Flags & (TensorFlags.Inference | TensorFlags.Symbolic),
            Extra = IsSymbolic ? new TensorExtra { Symbols = Extra!.Symbols } : null,
        };
    }

    /// <summary>The same value, forward-mode pair included, without the history of this handle.</summary>
    internal Tensor WithoutHistory()
    {
        Tensor bare = new(Value) { Flags = Flags & (TensorFlags.Inference | TensorFlags.Traced) };
        if (IsTraced) (bare.Extra = new TensorExtra()).TakeTrace(this);
        return bare;
    }

    /// <summary>Where the gradient of this tensor goes: the node that computed it, or the accumulator of a leaf.</summary>
    internal Edge GradientEdge()
    {
        if (!RequiresGrad) return default;
        return History is { } node ? new Edge(node, OutputIndex) : new Edge(Accumulator(), 0);
    }

    /// <summary>Records the node that computed this tensor.</summary>
    internal void SetHistory(Node node, int output)
    {
        if ((Flags & TensorFlags.RetainsGrad) != 0 && !ReferenceEquals(History, node))
        {
            History?.Hooks.Forget(this);
            node.Hooks.Retain(output, this);
        }
        History = node;
        OutputIndex = output;
        Flags |= TensorFlags.RequiresGrad;
    }

    private AccumulateGrad Accumulator()
    {
        TensorExtra extra = NeedExtra();
        if (extra.Accumulator is { } existing) return existing;
        Interlocked.CompareExchange(ref extra.Accumulator, new AccumulateGrad(this), null);
        return extra.Accumulator;
    }

    // Two threads may use a leaf for the first time, and must find one accumulator.
    private TensorExtra NeedExtra() => Extra ?? Interlocked.CompareExchange(ref Extra, new TensorExtra(), null) ?? Extra;
}

/// <summary>The parts of a tensor handle that few tensors have.</summary>
internal sealed class TensorExtra
{
    public Tensor? Gradient;
    public AccumulateGrad? Accumulator;
    public ViewHistory? View;
    public DualValue? Dual;
    public BatchValue? Batch;
    public SymbolicValue? Symbols;

    /// <summary>Takes over what a transform has put in the place of a value.</summary>
    public void TakeTrace(Tensor from)
    {
        Dual = from.Extra?.Dual;
        Batch = from.Extra?.Batch;
        Symbols = from.Extra?.Symbols;
    }
}
