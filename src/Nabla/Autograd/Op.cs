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

    /// <summary>The value of an operation of one output: as <see cref="Compute"/>, for which no list is made.</summary>
    protected virtual NdArray ComputeOne(ReadOnlySpan<Tensor> inputs) => Compute(inputs)[0];

    /// <summary>As <see cref="Vjp(OpContext, Tensor?[])"/>, for an operation of one output.</summary>
    internal virtual void Vjp(OpContext context, Tensor gradient, Span<Tensor?> results)
    {
        Tensor?[] all = Vjp(context, [gradient]);
        all.AsSpan(0, Math.Min(all.Length, results.Length)).CopyTo(results);
    }

    /// <summary>Whether a call keeps the value of an input for backward.</summary>
    internal bool Saves(int input, ReadOnlySpan<Tensor> inputs) => SavesInput(input, inputs);

    /// <summary>Whether a call keeps the values of the outputs for backward.</summary>
    internal bool SavesResults => SavesOutputs;

    /// <summary>Applies an operation of one output.</summary>
    protected Tensor Apply(params ReadOnlySpan<Tensor> inputs)
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
        if ((complex && !TakesComplex) || (flags & TensorFlags.Traced) != 0) return ApplyMany(inputs)[0];
        ResultMemory.Current?.Meet(Name, inputs);
        Tensor output = WrapOne(GuardedOne(inputs), inputs);
        if (record && GradMode.IsEnabled) Record(inputs, new ReadOnlySpan<Tensor>(in output));
        return output;
    }

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
        ResultMemory.Current?.Meet(Name, inputs);
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
        Recorder? recorder = AllocationScope.Pause<Recorder>();
        NdArray[] results;
        BufferPool.Enter();
        try
        {
            results = Compute(inputs);
        }
        finally
        {
            BufferPool.Exit();
            AllocationScope.Resume(recorder);
            ResultMemory.Current?.Leave();
            foreach (Tensor input in inputs) GC.KeepAlive(input);
        }
        recorder?.Add(this, inputs, results);
        return results;
    }

    private NdArray GuardedOne(ReadOnlySpan<Tensor> inputs)
    {
        if (Recorder.Current is not null) return Guarded(inputs)[0];
        BufferPool.Enter();
        try
        {
            return ComputeOne(inputs);
        }
        finally
        {
            BufferPool.Exit();
            ResultMemory.Current?.Leave();
            foreach (Tensor input in inputs) GC.KeepAlive(input);
        }
    }

    /// <summary>Makes the tensor of an operation of one output.</summary>
    private protected virtual Tensor WrapOne(in NdArray value, ReadOnlySpan<Tensor> inputs) => new(value);

    /// <summary>Makes tensors of the computed arrays; view operations mark them as views.</summary>
    private protected virtual Tensor[] Wrap(NdArray[] values, ReadOnlySpan<Tensor> inputs)
    {
        var outputs = new Tensor[values.Length];
        for (int i = 0; i < values.Length; i++) outputs[i] = new Tensor(values[i]);
        return outputs;
    }

    private protected void Record(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var node = new OpContext(this, inputs, outputs);
        for (int i = 0; i < outputs.Length; i++)
            if (IsDifferentiable(i) && outputs[i].DType.HasDerivatives()) outputs[i].SetHistory(node, i);
        GraphRecording.Current?.Add(node, inputs, outputs);
    }
}
