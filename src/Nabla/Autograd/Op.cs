namespace Nabla;

/// <summary>
/// One operation: computes values on arrays and states how derivatives pass through it, in terms of public operations, so
/// that the rule can itself be differentiated. There are four kinds: <see cref="ElementwiseOp"/>, <see cref="LinearOp"/>,
/// <see cref="BilinearOp"/> and <see cref="CustomOp"/>.
/// </summary>
/// <remarks>An instance holds what is fixed in a call (axes, shapes); whatever is a tensor is an input, so that it can be batched.</remarks>
internal abstract class Op(string name)
{
    /// <summary>The operation's name: that of its public method.</summary>
    public string Name { get; } = name;

    /// <summary>The values, computed on plain arrays. Must check its inputs before it allocates or writes.</summary>
    protected abstract NdArray[] Compute(ReadOnlySpan<Tensor> inputs);

    /// <summary>The tangents of the outputs (forward mode), null where zero. Missing input tangents are zero.</summary>
    internal abstract Tensor?[] Jvp(OpContext context, Tensor?[] tangents);

    /// <summary>The gradients of the inputs (reverse mode), null where zero or not needed. Missing output gradients are zero.</summary>
    internal abstract Tensor?[] Vjp(OpContext context, Tensor?[] gradients);

    /// <summary>
    /// The outputs for many items at once: inputs and outputs have the items along their first axis. This is what <c>Vmap</c>
    /// runs in place of a loop, in public operations or in this operation with its axes moved by one.
    /// </summary>
    internal abstract Tensor[] Batch(BatchedInputs items);

    /// <summary>
    /// The outputs where an input holds formulas: in public operations, or element by element through <see cref="SymbolicMode"/>.
    /// Null if the elements of the result have no closed formula.
    /// </summary>
    internal virtual Tensor[]? OnSymbols(ReadOnlySpan<Tensor> inputs) => null;

    /// <summary>Computes on arrays for a rule that runs an operation on numbers which stand for something else.</summary>
    internal NdArray[] Run(ReadOnlySpan<Tensor> inputs) => Guarded(inputs);

    /// <summary>Whether the shapes of the outputs depend on the values of the inputs, not only on their shapes.</summary>
    internal virtual bool ShapesFollowValues => false;

    /// <summary>The axes over which the operation adds up its input, if that is all it does; null otherwise.</summary>
    internal virtual int[]? SummedAxes => null;

    /// <summary>Whether the output is the input, in another type or memory.</summary>
    internal virtual bool IsCopy => false;

    /// <summary>Whether backward needs the value of an input.</summary>
    protected virtual bool SavesInput(int input, ReadOnlySpan<Tensor> inputs) => true;

    /// <summary>Whether backward needs the values of the outputs.</summary>
    protected virtual bool SavesOutputs => true;

    /// <summary>Whether an output has derivatives; indices and truth values have none.</summary>
    protected virtual bool IsDifferentiable(int output) => true;

    /// <summary>Whether the kernel itself takes complex numbers, or does not care what it moves.</summary>
    protected virtual bool TakesComplex => false;

    /// <summary>Applies an operation of one output.</summary>
    protected Tensor Apply(params ReadOnlySpan<Tensor> inputs) => ApplyMany(inputs)[0];

    /// <summary>Computes the outputs and, where an input requires a gradient, records the operation.</summary>
    protected internal Tensor[] ApplyMany(params ReadOnlySpan<Tensor> inputs)
    {
        bool record = false;
        bool complex = false;
        TensorFlags flags = TensorFlags.None;
        foreach (Tensor input in inputs)
        {
            record |= input.RequiresGrad;
            complex |= input.DType.IsComplex();
            flags |= input.Flags;
        }
        if (complex && !TakesComplex) return VectorSpace.Current.OnComplex(this, inputs);
        Tensor[] outputs = (flags & TensorFlags.Traced) != 0 ? EvaluateTraced(flags, inputs) : Wrap(Guarded(inputs), inputs);
        if (record && GradMode.IsEnabled) Record(inputs, outputs);
        return outputs;
    }

    private Tensor[] EvaluateTraced(TensorFlags flags, ReadOnlySpan<Tensor> inputs)
    {
        if ((flags & TensorFlags.Levelled) == 0) return SymbolicMode.Evaluate(this, inputs);
        TransformLevel level = TransformLevel.Highest(inputs)!;
        foreach (Tensor input in inputs)
            if (BatchMode.ItemsOf(input, level) is not null) return BatchMode.Evaluate(this, inputs, level);
        return ForwardMode.Evaluate(this, inputs, level);
    }

    private NdArray[] Guarded(ReadOnlySpan<Tensor> inputs)
    {
        Recorder? recorder = Recorder.Pause();
        NdArray[] results;
        BufferPool.Enter();
        try
        {
            results = Compute(inputs);
        }
        finally
        {
            BufferPool.Exit();
            Recorder.Resume(recorder);
            foreach (Tensor input in inputs) GC.KeepAlive(input);
        }
        recorder?.Add(this, inputs, results);
        return results;
    }

    /// <summary>Makes tensors of the computed arrays; view operations mark them as views.</summary>
    private protected virtual Tensor[] Wrap(NdArray[] values, ReadOnlySpan<Tensor> inputs)
    {
        var outputs = new Tensor[values.Length];
        for (int i = 0; i < values.Length; i++) outputs[i] = new Tensor(values[i]);
        return outputs;
    }

    private protected void Record(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var context = new OpContext(this, inputs.Length, outputs.Length, SavesOutputs);
        for (int i = 0; i < inputs.Length; i++) context.DescribeInput(i, inputs[i], SavesInput(i, inputs));
        var node = new OpNode(context, inputs, outputs);
        for (int i = 0; i < outputs.Length; i++)
        {
            if (SavesOutputs) context.SaveOutput(i, outputs[i], node);
            if (IsDifferentiable(i) && outputs[i].DType.HasDerivatives()) outputs[i].SetHistory(node, i);
        }
        GraphRecording.Current?.Add(node, inputs, outputs);
    }
}

/// <summary>What a derivative rule sees of the call it differentiates: shapes, saved values, and which gradients are needed.</summary>
internal sealed class OpContext(Op op, int inputCount, int outputCount, bool savesOutputs = true)
{
    private readonly Input[] inputs = new Input[inputCount];
    private readonly SavedTensor[] outputs = savesOutputs ? new SavedTensor[outputCount] : [];

    private struct Input
    {
        public SavedTensor Saved;
        public int[] Dims;
        public DType DType;
        public bool Needed;
    }

    public Op Op => op;

    public int InputCount => inputs.Length;

    public int OutputCount { get; } = outputCount;

    /// <summary>The value of an input.</summary>
    public Tensor this[int input] => inputs[input].Saved.Unpack(op.Name);

    /// <summary>The value of an output.</summary>
    public Tensor Output(int output) => outputs[output].Unpack(op.Name);

    public Shape Shape(int input) => new(inputs[input].Dims);

    public DType DType(int input) => inputs[input].DType;

    /// <summary>Whether the gradient of an input is wanted.</summary>
    public bool Needs(int input) => inputs[input].Needed;

    public bool HasSaved
    {
        get
        {
            foreach (Input input in inputs)
                if (!input.Saved.IsEmpty) return true;
            foreach (SavedTensor output in outputs)
                if (!output.IsEmpty) return true;
            return false;
        }
    }

    public void DescribeInput(int index, Tensor tensor, bool save) => inputs[index] = new Input
    {
        Saved = save ? new SavedTensor(tensor, op.Name) : default,
        Dims = tensor.Dims,
        DType = tensor.DType,
        Needed = tensor.RequiresGrad,
    };

    /// <summary>An input for a tangent, which is computed at once: nothing needs guarding, so inference tensors may take part.</summary>
    public void DescribePrimal(int index, Tensor tensor, bool needed) => inputs[index] = new Input
    {
        Saved = SavedTensor.ForNow(tensor),
        Dims = tensor.Dims,
        DType = tensor.DType,
        Needed = needed,
    };

    public void SaveOutput(int index, Tensor tensor, Node node) => outputs[index] = new SavedTensor(tensor, node, index);

    public void SaveOutput(int index, Tensor tensor) => outputs[index] = SavedTensor.ForNow(tensor);

    public void Release()
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i].Saved.Release();
            inputs[i].Saved = default;
        }
        foreach (SavedTensor output in outputs) output.Release();
        Array.Clear(outputs);
    }

    /// <summary>The names of what was saved, inputs first.</summary>
    public string[] SavedNames() =>
    [
        .. Enumerable.Range(0, inputs.Length).Where(i => !inputs[i].Saved.IsEmpty).Select(i => $"input{i}"),
        .. Enumerable.Range(0, outputs.Length).Where(i => !outputs[i].IsEmpty).Select(i => $"output{i}"),
    ];

    /// <summary>A saved value, inputs first.</summary>
    public Tensor Saved(int index)
    {
        foreach (Input input in inputs)
            if (!input.Saved.IsEmpty && index-- == 0) return input.Saved.Unpack(op.Name);
        foreach (SavedTensor output in outputs)
            if (!output.IsEmpty && index-- == 0) return output.Unpack(op.Name);
        throw AutogradErrors.SavedFreed(op.Name);
    }
}

/// <summary>A recorded call of a linear, bilinear or custom operation.</summary>
internal sealed class OpNode : Node
{
    private readonly OpContext context;
    private readonly Edge first, second;
    private readonly Edge[]? moreEdges;
    private readonly int edgeCount;
    private readonly (int[] Dims, DType DType)[]? moreOutputs;
    private readonly bool hasSaved;

    public OpNode(OpContext context, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) : base(outputs[0].Dims, outputs[0].DType)
    {
        this.context = context;
        edgeCount = inputs.Length;
        if (edgeCount > 0) first = inputs[0].GradientEdge();
        if (edgeCount > 1) second = inputs[1].GradientEdge();
        if (edgeCount > 2)
        {
            moreEdges = new Edge[edgeCount - 2];
            for (int i = 2; i < edgeCount; i++) moreEdges[i - 2] = inputs[i].GradientEdge();
        }
        if (outputs.Length > 1)
        {
            moreOutputs = new (int[], DType)[outputs.Length - 1];
            for (int i = 1; i < outputs.Length; i++) moreOutputs[i - 1] = (outputs[i].Dims, outputs[i].DType);
        }
        hasSaved = context.HasSaved;
    }

    public override string Name => context.Op.Name + "Backward";

    internal override int EdgeCount => edgeCount;

    internal override int OutputCount => 1 + (moreOutputs?.Length ?? 0);

    internal override Edge EdgeAt(int input) => input switch { 0 => first, 1 => second, _ => moreEdges![input - 2] };

    internal override (int[] Dims, DType DType) Output(int index) => index == 0 ? (OutputDims, OutputDType) : moreOutputs![index - 1];

    internal override string[] SavedNames() => Released ? throw AutogradErrors.SavedFreed(Name) : context.SavedNames();

    internal override Tensor Saved(int index) => context.Saved(index);

    internal override void Run(BackwardPass pass, in GradientSlot slot, GradientSlot[]? more)
    {
        var gradients = new Tensor?[OutputCount];
        gradients[0] = slot.Gradient;
        for (int i = 1; i < gradients.Length; i++) gradients[i] = more![i - 1].Gradient;
        if (context.Op is ViewOp { CutsPart: true } view && slot.Gradient is not null && pass.TrySendPart(first, view, slot)) return;
        bool tracks = !pass.CreatesGraph && BufferPool.BeginTracking();
        Tensor?[] results;
        try
        {
            results = context.Op.Vjp(context, gradients);
        }
        catch
        {
            if (tracks) BufferPool.StopTracking();
            throw;
        }
        if (tracks) SendAndReturn(pass, results, slot, more);
        else Send(pass, results, owned: 0);
    }

    private void Send(BackwardPass pass, Tensor?[] results, int owned)
    {
        for (int i = 0; i < results.Length; i++)
            if (results[i] is { } result) pass.Send(EdgeAt(i), result, (owned >> i & 1) != 0, i);
    }

    /// <summary>Gives back what the rule made in between and the gradients that it read, as far as no result lies in their memory.</summary>
    private void SendAndReturn(BackwardPass pass, Tensor?[] results, in GradientSlot slot, GradientSlot[]? more)
    {
        int owned = 0;
        bool traced = false;
        for (int i = 0; i < results.Length; i++)
        {
            if (results[i] is not { } result) continue;
            traced |= !result.IsNumbers || result.DType.IsComplex();
            bool shared = false;
            for (int j = 0; j < results.Length; j++) shared |= j != i && results[j] is { } other && ReferenceEquals(other.Value.Storage, result.Value.Storage);
            bool sole = BufferPool.WasLent(result.Value.Storage) || (slot.Owned && ReferenceEquals(slot.Gradient!.Value.Storage, result.Value.Storage));
            if (sole && !shared && i < 32) owned |= 1 << i;
        }
        if (traced)
        {
            BufferPool.StopTracking();
            Send(pass, results, owned: 0);
            return;
        }
        foreach (Tensor? result in results)
            if (result is not null) BufferPool.Keep(result.Value.Storage);
        BufferPool.ReturnTracked();
        ConsumeUnless(pass, slot, results);
        for (int i = 1; i < OutputCount; i++) ConsumeUnless(pass, more![i - 1], results);
        Send(pass, results, owned);
    }

    private static void ConsumeUnless(BackwardPass pass, in GradientSlot slot, Tensor?[] results)
    {
        if (!slot.Owned) return;
        foreach (Tensor? result in results)
            if (result is not null && ReferenceEquals(result.Value.Storage, slot.Gradient!.Value.Storage)) return;
        pass.Consume(slot);
    }

    internal override void Release()
    {
        if (!hasSaved) return;
        context.Release();
        Released = true;
    }
}
