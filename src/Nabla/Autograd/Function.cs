namespace Nabla;

/// <summary>
/// An operation with derivatives of its own. Derive, state <see cref="Forward"/> and <see cref="Backward"/>, and call
/// <see cref="Apply"/>. If backward is written in differentiable operations it can be differentiated again.
/// </summary>
/// <remarks>
/// Inside <c>Jvp</c>, and whatever is built on it, the forward-mode rule <see cref="Jvp"/> is needed. Inside <c>Vmap</c> forward
/// and backward run on tensors that stand for all items, which needs nothing as long as they are written in tensor operations; a
/// function that reads numbers states <see cref="Batch"/>. Transforms are taken off one by one, the innermost first, so a
/// function works in any nesting of them.
/// </remarks>
public abstract class Function
{
    /// <summary>The name for messages and for the graph.</summary>
    internal virtual string Name => GetType().Name;

    /// <summary>What to do where a forward-mode rule is missing, for messages.</summary>
    internal virtual string ForwardRemedy => "Override Jvp(context, tangents)";

    /// <summary>Computes the outputs. Operations in here are not recorded.</summary>
    protected abstract Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs);

    /// <summary>The gradient of each input from those of the outputs; null where there is none.</summary>
    protected abstract Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs);

    /// <summary>
    /// The forward-mode rule: the tangent of each output from those of the inputs, null where it is zero. In differentiable
    /// operations it can be differentiated again. Returning null, as here, means that there is no rule.
    /// </summary>
    /// <param name="context">With the tensors that forward saved.</param>
    /// <param name="tangents">Of the inputs' shapes; missing ones are zeros, or null if <see cref="FunctionContext.MaterializeGrads"/> is false.</param>
    protected virtual Tensor?[]? Jvp(FunctionContext context, IReadOnlyList<Tensor?> tangents) => null;

    /// <summary>
    /// The batching rule: <see cref="Forward"/> for many items at once, which lie along the first axis of every input and every
    /// output; so do saved tensors that are neither. Returning null, as here, runs forward on tensors that stand for all items.
    /// </summary>
    /// <param name="context">For what forward keeps.</param>
    /// <param name="items">The inputs, each with the items along its first axis; what is the same for all is repeated without copying.</param>
    /// <param name="count">How many items there are.</param>
    protected virtual Tensor[]? Batch(FunctionContext context, IReadOnlyList<Tensor> items, int count) => null;

    /// <summary>Computes the outputs and records this operation.</summary>
    /// <exception cref="AutogradException">
    /// Forward returned nothing, or asked for numbers inside <c>Vmap</c>; there is no forward-mode rule and an input is inside
    /// <c>Jvp</c>; during backward: a wrong number of gradients was returned.
    /// </exception>
    /// <exception cref="ShapeException">During backward: a gradient has another shape than its input.</exception>
    public Tensor[] ApplyMany(params ReadOnlySpan<Tensor> inputs)
    {
        Tensor[] given = inputs.ToArray();
        if (Array.IndexOf(given, null) is var missing and >= 0) throw AutogradErrors.NullInput(Name, missing);
        return ApplyWithContext(given, new bool[given.Length]).Outputs;
    }

    /// <summary>Computes the single output and records this operation.</summary>
    /// <inheritdoc cref="ApplyMany" path="/exception"/>
    public Tensor Apply(params ReadOnlySpan<Tensor> inputs) => ApplyMany(inputs)[0];

    internal Tensor[] RunForward(FunctionContext context, IReadOnlyList<Tensor> inputs) => Forward(context, inputs);

    internal Tensor[]? RunBatch(FunctionContext context, IReadOnlyList<Tensor> items, int count) => Batch(context, items, count);

    internal Tensor?[] RunBackward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs) => Backward(context, gradOutputs);

    /// <summary>The tangents of the outputs; null if there is no rule.</summary>
    /// <param name="context">With the tensors that forward saved.</param>
    /// <param name="primals">The inputs.</param>
    /// <param name="tangents">Their tangents.</param>
    /// <param name="underReverse">Whether a derivative by this function's own backward is taken of the pair.</param>
    internal virtual Tensor?[]? Tangents(FunctionContext context, IReadOnlyList<Tensor> primals, IReadOnlyList<Tensor?> tangents, bool underReverse) =>
        Jvp(context, tangents);

    /// <param name="given">The inputs.</param>
    /// <param name="needed">Whether a level further out wants the gradient of an input.</param>
    private (Tensor[] Outputs, FunctionContext Context) ApplyWithContext(Tensor[] given, bool[] needed)
    {
        bool record = GradMode.IsEnabled && Array.Exists(given, input => input.RequiresGrad);
        if (record)
        {
            needed = [.. needed];
            for (int i = 0; i < given.Length; i++) needed[i] |= given[i].RequiresGrad;
        }
        TransformLevel? level = TransformLevel.Highest(given);
        level?.CheckActive(Name);
        (Tensor[] outputs, FunctionContext context) = level is null ? OnValues(given, needed)
            : Array.Exists(given, input => BatchMode.ItemsOf(input, level) is not null) ? OnItems(given, needed, level)
            : OnPairs(given, needed, level);

        if (!record) return (outputs, context);
        var node = new FunctionNode(this, given, outputs);
        context = context.Recorded(node, outputs);
        node.Context = context;
        for (int i = 0; i < outputs.Length; i++)
            if (outputs[i].DType.HasDerivatives()) outputs[i].SetHistory(node, i);
        GraphRecording.Current?.Add(node, given, outputs);
        return (outputs, context);
    }

    private (Tensor[], FunctionContext) OnValues(Tensor[] given, bool[] needed)
    {
        var context = new FunctionContext(Name, needed);
        int[] versions = Array.ConvertAll(given, input => input.Version);
        Tensor[] outputs;
        Modes before = GradMode.SetRecording(false);
        try
        {
            outputs = Checked(Forward(context, given));
        }
        finally
        {
            GradMode.Restore(before);
        }
        for (int i = 0; i < given.Length; i++)
            if (given[i].RequiresGrad && given[i].IsLeaf && given[i].Version != versions[i]) throw AutogradErrors.InPlaceOnLeaf($"{Name}: input {i}");

        // Handles of our own: an output may be an input, or a constant that the function keeps.
        context.Seal(given, outputs);
        if (Array.Exists(given, input => input.RequiresGrad))
            for (int i = 0; i < outputs.Length; i++)
                if (Array.IndexOf(given, outputs[i]) >= 0 || outputs[i].RequiresGrad) outputs[i] = outputs[i].WithoutHistory();
        return (outputs, context);
    }

    private (Tensor[], FunctionContext) OnItems(Tensor[] given, bool[] needed, TransformLevel level)
    {
        var stacked = Array.ConvertAll(given, input => BatchMode.ItemsOf(input, level) ?? input);
        var batched = Array.ConvertAll(given, input => BatchMode.ItemsOf(input, level) is not null);
        int count = stacked[Array.IndexOf(batched, true)].Dims[0];
        (Tensor[] items, FunctionContext below) = new BatchedFunction(this, level, batched, count).ApplyWithContext(stacked, needed);
        Tensor[] outputs = Array.ConvertAll(items, output => BatchMode.Wrap(level, output));
        return (outputs, ((BatchedFunction.Layout)below.State!).OfItem(below, given, outputs, level));
    }

    private (Tensor[], FunctionContext) OnPairs(Tensor[] given, bool[] needed, TransformLevel level)
    {
        var primals = new Tensor[given.Length];
        var tangents = new Tensor?[given.Length];
        for (int i = 0; i < given.Length; i++) (primals[i], tangents[i]) = ForwardMode.Split(given[i], level);
        (Tensor[] values, FunctionContext below) = ApplyWithContext(primals, Array.ConvertAll(given, input => input.DType.HasDerivatives()));
        if (below.MaterializeGrads)
            for (int i = 0; i < given.Length; i++)
                if (given[i].DType.HasDerivatives()) tangents[i] ??= VectorSpace.Current.Full(given[i].Dims, 0, given[i].DType);
        Tensor?[] results = Tangents(below, primals, tangents, underReverse: Array.IndexOf(needed, true) >= 0)
            ?? throw AutogradErrors.NoForwardRule(Name, level.Transform, ForwardRemedy);
        if (results.Length != values.Length) throw AutogradErrors.WrongTangentCount(Name, results.Length, values.Length);

        var outputs = new Tensor[values.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            outputs[i] = values[i];
            if (!values[i].DType.HasDerivatives()) continue;
            if (results[i] is { } tangent && tangent.Shape != values[i].Shape) throw AutogradErrors.TangentOfOutput(Name, i, tangent.Shape, values[i].Shape);
            Tensor direction = results[i] ?? VectorSpace.Current.Full(values[i].Dims, 0, values[i].DType);
            outputs[i] = ForwardMode.Pair(level, values[i], direction.DType == values[i].DType ? direction : VectorSpace.Current.Cast(direction, values[i].DType));
        }
        return (outputs, below.Lifted(given, outputs, isPair: true));
    }

    private Tensor[] Checked(Tensor[] outputs)
    {
        if (outputs is null || outputs.Length == 0 || Array.IndexOf(outputs, null) >= 0) throw AutogradErrors.NoOutputs(Name);
        return outputs;
    }

    private sealed class FunctionNode : Node
    {
        private readonly Function function;
        private readonly Edge[] edges;
        private readonly (int[] Dims, DType DType)[] inputs;
        private readonly (int[] Dims, DType DType)[] outputs;

        public FunctionNode(Function function, Tensor[] inputs, Tensor[] outputs) : base(outputs[0].Dims, outputs[0].DType)
        {
            this.function = function;
            edges = Array.ConvertAll(inputs, input => input.GradientEdge());
            this.inputs = Array.ConvertAll(inputs, input => (input.Dims, input.DType));
            this.outputs = Array.ConvertAll(outputs, output => (output.Dims, output.DType));
        }

        public FunctionContext Context { get; set; } = null!;

        public override string Name => function.Name + "Backward";

        internal override int EdgeCount => edges.Length;

        internal override int OutputCount => outputs.Length;

        internal override Edge EdgeAt(int input) => edges[input];

        internal override (int[] Dims, DType DType) FormOf(int index) => outputs[index];

        internal override string[] SavedNames() => Released ? throw AutogradErrors.SavedFreed(Name) : [.. Enumerable.Range(0, Context.SavedCount).Select(i => $"saved{i}")];

        internal override Tensor Saved(int index) => Context.Saved(index);

        internal override void Run(BackwardPass pass, in GradientSlot slot, GradientSlot[]? more)
        {
            var gradients = new Tensor?[outputs.Length];
            for (int i = 0; i < gradients.Length; i++)
            {
                gradients[i] = i == 0 ? slot.Gradient : more![i - 1].Gradient;
                if (Context.MaterializeGrads) gradients[i] ??= VectorSpace.Current.Full(outputs[i].Dims, 0, outputs[i].DType);
            }
            Tensor?[] results = function.Backward(Context, gradients);
            if (results is null || results.Length != edges.Length) throw AutogradErrors.WrongGradientCount(function.Name, results?.Length ?? 0, edges.Length);
            for (int i = 0; i < results.Length; i++)
            {
                if (results[i] is not { } result) continue;
                if (!result.Dims.AsSpan().SequenceEqual(inputs[i].Dims)) throw AutogradErrors.GradShape($"{function.Name}: input {i}", result.Shape, new Shape(inputs[i].Dims));
                pass.Send(edges[i], result, owned: false, i);
            }
        }

        internal override void Release()
        {
            if (!Context.HasSaved) return;
            Context.Release();
            Released = true;
        }
    }
}
