namespace Nabla;

/// <summary>
/// Records what the operations of a thread compute, below all transforms: where values of plain arrays come into being, change in
/// place, or leave the library. What depends on nothing but C# numbers is not recorded; it is a constant.
/// </summary>
/// <remarks>
/// Memory is the identity: a storage stands for the value that it holds, and a view of it for a way to read that value. So detached
/// tensors, views and handles of transforms need no attention. A storage that existed before is captured; one made since, of which
/// nothing was recorded, holds a constant.
/// </remarks>
internal sealed class Recorder : AllocationScope
{
    private readonly string function;
    private readonly Dictionary<Storage, RecordedValue> values = [];
    private readonly HashSet<Storage> made = [];
    private readonly HashSet<Tensor> handles = [];
    private readonly List<RecordedInput> inputs = [];
    private readonly List<RecordedStep> steps = [];
    private int arguments;
    private int count;

    private Recorder(string function) => this.function = function;

    /// <summary>The recorder of this thread; null if nothing is recorded.</summary>
    public new static Recorder? Current => AllocationScope.Current as Recorder;

    // ---- a recording --------------------------------------------------------------------------------------------------

    /// <summary>Runs a function and records what it does.</summary>
    /// <param name="name">What the function is called in messages.</param>
    /// <param name="function">The function; it is run once, on copies of the arguments.</param>
    /// <param name="arguments">Plain tensors.</param>
    /// <param name="results">What it returned.</param>
    /// <exception cref="TraceException">It does something that cannot be repeated; the text says what and where.</exception>
    public static RecordedGraph Run(string name, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, ReadOnlySpan<Tensor> arguments, out Tensor[] results)
    {
        var recorder = new Recorder(name);
        AllocationScope? before = Enter(recorder);
        Modes modes = GradMode.Replace(Modes.None);
        try
        {
            var given = new Tensor[arguments.Length];
            for (int i = 0; i < given.Length; i++) given[i] = recorder.Argument(arguments[i]);
            IReadOnlyList<Tensor> returned = function(given) ?? throw RecordingErrors.ReturnedNull(name);
            results = new Tensor[returned.Count];
            for (int i = 0; i < results.Length; i++)
            {
                results[i] = returned[i] ?? throw RecordingErrors.ReturnedNull(name);
                if (results[i].IsTraced) throw RecordingErrors.ReturnedTraced(name, i);
            }
            return recorder.Finish(results);
        }
        finally
        {
            GradMode.Restore(modes);
            Enter(before);
        }
    }

    private Tensor Argument(Tensor x)
    {
        // In memory of its own: two arguments may be the same tensor.
        NdArray copy = ArrayCopy.Contiguous(x.Value);
        var value = new RecordedValue(count++, copy.Dims, copy.DType) { Input = inputs.Count };
        values.Add(copy.Storage, value);
        inputs.Add(new RecordedInput(value, null));
        arguments++;
        return new Tensor(copy);
    }

    private RecordedGraph Finish(Tensor[] results) => new()
    {
        Outputs = Array.ConvertAll(results, result => Operand(result.Value, result)),
        Inputs = [.. inputs],
        ArgumentCount = arguments,
        Steps = [.. steps],
    };

    // ---- what is met on the way -----------------------------------------------------------------------------------------

    public override Storage? Rent(int bytes) => null;

    public override void Made(Storage storage) => made.Add(storage);

    /// <summary>Told of every tensor handle that is made.</summary>
    public void Made(Tensor handle) => handles.Add(handle);

    /// <summary>Records an elementwise operation.</summary>
    public void Add(ElementwiseOp op, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        RecordedOperand[] operands = Operands(inputs, out bool constant);
        if (constant) return;
        DType result = outputs[0].DType, compute = op.ArithmeticType(inputs);
        var step = new ElementwiseStep(op, operands, outputs[0].Dims, compute, result);
        step.Outputs = new RecordedValue[outputs.Length];
        for (int i = 0; i < outputs.Length; i++) step.Outputs[i] = Computed(outputs[i].Value, step, i);
        steps.Add(step);
    }

    /// <summary>Records another operation; a view needs no record.</summary>
    public void Add(Op op, ReadOnlySpan<Tensor> inputs, NdArray[] results)
    {
        RecordedOperand[] operands = Operands(inputs, out bool constant);
        var fresh = new List<int>(results.Length);
        for (int i = 0; i < results.Length; i++)
        {
            Storage storage = results[i].Storage;
            bool known = values.ContainsKey(storage) || made.Contains(storage);
            foreach (Tensor input in inputs) known |= ReferenceEquals(storage, input.Value.Storage);
            for (int j = 0; j < i; j++) known |= ReferenceEquals(storage, results[j].Storage);
            if (!known) fresh.Add(i);
        }
        if (fresh.Count == 0) return;
        if (constant)
        {
            foreach (int i in fresh) made.Add(results[i].Storage);
            return;
        }
        if (op.ShapesFollowValues) throw RecordingErrors.ShapeOfValues(function, op.Name);
        var step = new OpStep(op, operands, [.. fresh], Array.TrueForAll(results, result => result.Offset == 0 && result.IsContiguous));
        step.Outputs = new RecordedValue[fresh.Count];
        for (int i = 0; i < fresh.Count; i++) step.Outputs[i] = Computed(results[fresh[i]], step, i);
        steps.Add(step);
    }

    /// <summary>Before an array is overwritten in place: whether that can be repeated, and what its memory holds from now on.</summary>
    public void Write(string op, in NdArray target, in NdArray source)
    {
        RecordedValue whole = ValueOf(target, null);
        if (whole.Input >= 0 && whole.Input < arguments) throw RecordingErrors.ChangesArgument(function, op, whole.Input, whole.Dims);
        if (whole.Input >= 0) throw RecordingErrors.ChangesCaptured(function, op, target.Dims);
        RecordedOperand part = Operand(source, null);

        // The memory is really changed: a constant that was read from it before must not be.
        if (whole.Constant is { } constant) whole.Constant = ArrayCopy.Contiguous(constant);
        if (part.Value.Constant is not null && whole.Constant is not null)
        {
            if (ReferenceEquals(source.Storage, target.Storage)) part.Value.Constant = whole.Constant;
            values.Remove(target.Storage);
            return;
        }
        bool overwritesAll = target.IsContiguous && target.Offset == 0 && target.Numel == whole.Numel && target.DType == whole.DType;
        if (overwritesAll && part.IsWhole && part.DType == whole.DType && part.Value.Input < 0)
        {
            values[target.Storage] = part.Value;
            return;
        }
        var step = new WriteStep(RecordedOperand.Of(whole), part, target.Strides, target.Offset);
        var written = new RecordedValue(count++, whole.Dims, whole.DType) { Step = step };
        step.Outputs = [written];
        steps.Add(step);
        values[target.Storage] = written;
    }

    /// <summary>Draws random numbers, which are drawn anew whenever the recorded function is called.</summary>
    public Tensor Draw(string name, Func<Tensor> draw)
    {
        Pause<Recorder>();
        Tensor drawn;
        try
        {
            drawn = draw();
        }
        finally
        {
            Resume(this);
        }
        var step = new DrawStep(name, draw);
        step.Outputs = [Computed(drawn.Value, step, 0)];
        steps.Add(step);
        handles.Add(drawn);
        return drawn;
    }

    /// <summary>Before numbers leave the library: they must not be others at the next call.</summary>
    /// <exception cref="TraceException">They may be.</exception>
    public void CheckRead(string op, in NdArray x)
    {
        if (x.Numel == 0 || (!values.ContainsKey(x.Storage) && made.Contains(x.Storage))) return;
        RecordedValue value = ValueOf(x, null);
        if (value.Constant is null) throw RecordingErrors.ReadsValue(function, op, x.Dims, isCaptured: value.Input >= arguments);
    }

    /// <summary>Before a gradient is added to a leaf's Grad.</summary>
    /// <exception cref="TraceException">The leaf exists outside of the function, where nobody would add to it at the next call.</exception>
    public void CheckAccumulates(Tensor leaf)
    {
        if (!handles.Contains(leaf)) throw RecordingErrors.AccumulatesOutside(function, leaf.Shape);
    }

    // ---- values -------------------------------------------------------------------------------------------------------

    private RecordedOperand[] Operands(ReadOnlySpan<Tensor> inputs, out bool constant)
    {
        var operands = new RecordedOperand[inputs.Length];
        constant = true;
        for (int i = 0; i < operands.Length; i++)
        {
            operands[i] = Operand(inputs[i].Value, inputs[i]);
            constant &= operands[i].Value.Constant is not null;
        }
        return operands;
    }

    private RecordedOperand Operand(in NdArray x, Tensor? handle) => new(ValueOf(x, handle), x.Dims, x.Strides, x.Offset, x.DType);

    private RecordedValue ValueOf(in NdArray x, Tensor? handle)
    {
        if (values.TryGetValue(x.Storage, out RecordedValue? known))
        {
            if (known.Input >= arguments) NoteHandle(known.Input, handle);
            return known;
        }
        int[] dims = [x.Storage.Bytes.Length / x.DType.Size()];
        if (made.Contains(x.Storage))
        {
            known = new RecordedValue(count++, dims, x.DType) { Constant = new NdArray(x.Storage, dims, [1], 0, x.DType) };
        }
        else
        {
            known = new RecordedValue(count++, dims, x.DType) { Input = inputs.Count };
            inputs.Add(new RecordedInput(known, x.Storage));
            NoteHandle(known.Input, handle);
        }
        values.Add(x.Storage, known);
        return known;
    }

    private void NoteHandle(int input, Tensor? handle)
    {
        if (handle is not null && !handles.Contains(handle)) inputs[input].Add(handle);
    }

    private RecordedValue Computed(in NdArray x, RecordedStep step, int output)
    {
        bool dense = x.Offset == 0 && x.IsContiguous;
        int[] dims = dense ? x.Dims : [x.Storage.Bytes.Length / x.DType.Size()];
        var value = new RecordedValue(count++, dims, x.DType) { Step = step, Output = output };
        values[x.Storage] = value;
        return value;
    }
}
