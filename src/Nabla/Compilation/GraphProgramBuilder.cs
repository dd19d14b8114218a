using Nabla.Symbolics;

namespace Nabla;

/// <summary>Makes the kernels of the units, and plans the memory for what passes between them.</summary>
internal sealed class GraphProgramBuilder
{
    private static readonly Program Copy = Program.Of([Expr.Symbol("x")], [Expr.Symbol("x")]);

    private readonly RecordedGraph graph;
    private readonly CompileOptions options;
    private readonly List<FusionUnit> units = [];
    private readonly List<ValuePlace> places = [];
    private readonly Dictionary<RecordedValue, ValuePlace> placeOf = [];
    private readonly Dictionary<RecordedValue, int> lastRead = [];
    private readonly Dictionary<RecordedValue, int> producedBy = [];
    private readonly Dictionary<RecordedValue, int> outputOf = [];
    private readonly List<int> slotBytes = [];
    private readonly List<int> freeSlots = [];
    private readonly List<Kernel> kernels = [];
    private readonly HashSet<Program> programs = new(SameSteps.Comparer);

    public GraphProgramBuilder(RecordedGraph graph, CompileOptions options)
    {
        this.graph = graph;
        this.options = options;
        for (int i = 0; i < graph.Inputs.Length; i++) AddPlace(new ValuePlace(graph.Inputs[i].Value, PlaceKind.Input, i));
        for (int i = 0; i < graph.Outputs.Length; i++)
        {
            RecordedOperand output = graph.Outputs[i];
            if (output.IsWhole && output.Value.Step is not null && !outputOf.ContainsKey(output.Value)) outputOf[output.Value] = i;
        }
    }

    public void Add(FusionUnit unit)
    {
        int at = units.Count;
        units.Add(unit);
        if (unit.Other is { } other) Note(other);
        foreach (LoopStep step in unit.Loop) Note(step.Step);

        void Note(RecordedStep step)
        {
            foreach (RecordedValue output in step.Outputs) producedBy[output] = at;
            foreach (RecordedOperand input in step.Inputs)
                if (!producedBy.TryGetValue(input.Value, out int producer) || producer != at || unit.Other is not null) lastRead[input.Value] = at;
        }
    }

    public GraphProgram Build()
    {
        foreach (RecordedOperand output in graph.Outputs) lastRead[output.Value] = int.MaxValue;
        for (int at = 0; at < units.Count; at++)
        {
            Kernel kernel = KernelOf(units[at], at);
            kernels.Add(kernel);
            foreach (ValuePlace place in places)
                if (place.LastRead == at) Free(place, kernel);
        }
        var copies = new List<(ValuePlace, RecordedOperand, int)>();
        for (int i = 0; i < graph.Outputs.Length; i++)
        {
            RecordedOperand output = graph.Outputs[i];
            if (outputOf.TryGetValue(output.Value, out int direct) && direct == i && placeOf[output.Value].Kind == PlaceKind.Output) continue;
            copies.Add((PlaceOf(output.Value), output, i));
        }
        return new GraphProgram(graph, [.. kernels], [.. places], [.. slotBytes], [.. copies]);
    }

    // ---- kernels --------------------------------------------------------------------------------------------------------

    private Kernel KernelOf(FusionUnit unit, int at)
    {
        if (unit.Other is { } other) return KernelOf(other, at);
        if (unit.Loop is [{ IsSum: true } sum] && sum.Step is OpStep plain) return Call(plain, at);
        (FusedLoop loop, string[] names) = Fuse(unit, at);
        LoopInput[] inputs = loop.Inputs;
        ValuePlace[] reads = Array.ConvertAll(inputs, input => Addressed(PlaceOf(input.Value)));
        var writes = new ValuePlace[loop.Stored.Length + loop.Sums.Length];
        for (int i = 0; i < writes.Length; i++)
            writes[i] = Addressed(NewPlace(i < loop.Stored.Length ? loop.Stored[i] : loop.Sums[i - loop.Stored.Length].Value, at));
        int[] offsets = Array.ConvertAll(inputs, input => input.Offset * input.DType.Size());
        return new FusedKernel(loop, reads, offsets, writes, names);
    }

    private Kernel KernelOf(RecordedStep step, int at) => step switch
    {
        OpStep call => Call(call, at),
        WriteStep write => Write(write, at),
        DrawStep draw => new DrawKernel(draw, AddPlace(new ValuePlace(draw.Outputs[0], PlaceKind.Found, 0) { LastRead = LastRead(draw.Outputs[0]) })),
        _ => throw new InvalidOperationException($"{step.Name}: no kernel runs this step."),
    };

    private CallKernel Call(OpStep step, int at)
    {
        ValuePlace[] reads = Array.ConvertAll(step.Inputs, input => PlaceOf(input.Value));
        var writes = new ValuePlace[step.Outputs.Length];

        // A single result that lies densely can be written where the caller wants it.
        bool direct = writes.Length == 1 && step.Inputs.Length > 0 && outputOf.ContainsKey(step.Outputs[0]) && step.IsDense;
        for (int i = 0; i < writes.Length; i++)
            writes[i] = direct ? NewPlace(step.Outputs[i], at) : AddPlace(new ValuePlace(step.Outputs[i], PlaceKind.Found, 0) { LastRead = LastRead(step.Outputs[i]) });
        return new CallKernel(step, reads, writes);
    }

    private WriteKernel Write(WriteStep step, int at)
    {
        ValuePlace whole = PlaceOf(step.Inputs[0].Value), part = PlaceOf(step.Inputs[1].Value);

        // Nobody reads the old value any more: its memory becomes that of the new one.
        bool reuse = whole.Kind == PlaceKind.Slot && whole.LastRead == at && whole != part;
        ValuePlace target;
        if (reuse)
        {
            whole.LastRead = -1;
            target = AddPlace(new ValuePlace(step.Outputs[0], PlaceKind.Slot, whole.Where) { LastRead = LastRead(step.Outputs[0]) });
        }
        else
        {
            target = NewPlace(step.Outputs[0], at);
        }
        return new WriteKernel(step, whole, part, target, reuse);
    }

    // ---- loops --------------------------------------------------------------------------------------------------------

    private (FusedLoop Loop, string[] Names) Fuse(FusionUnit unit, int at)
    {
        DType compute = unit.Compute;
        Arithmetic arithmetic = compute == DType.Float32 ? Arithmetic.Single : compute == DType.Float64 ? Arithmetic.Double : Arithmetic.Whole;
        int mostInputs = 0;
        foreach (LoopStep step in unit.Loop) mostInputs += step.Step.Inputs.Length;
        var program = new StepGraph(mostInputs, arithmetic, options.Strict ? Folding.SameBits : Folding.SameNumbers);
        var inside = new Dictionary<RecordedValue, int>();
        var inputs = new List<LoopInput>();
        var names = new List<string>();
        var stored = new List<RecordedValue>();
        var sums = new List<LoopSum>();
        var results = new List<int>();
        var sumResults = new List<int>();
        foreach (LoopStep step in unit.Loop)
        {
            names.Add(step.Step.Name);
            int[] arguments = Array.ConvertAll(step.Step.Inputs, input => Read(input, step));
            if (step.IsSum)
            {
                sums.Add(new LoopSum(step.Step.Outputs[0], Array.ConvertAll(LoopSpace.Reshape(step.Dims, step.SumStrides!, unit.Dims)!, stride => (nint)stride)));
                sumResults.Add(arguments[0]);
                continue;
            }
            var outputs = new int[step.Step.Outputs.Length];
            program.Replay(step.Step is ElementwiseStep elementwise ? elementwise.Op.Declared.Program : Copy, arguments, outputs);
            for (int i = 0; i < outputs.Length; i++)
            {
                RecordedValue value = step.Step.Outputs[i];
                if (value.DType == DType.Bool) outputs[i] = program.IsNotZero(outputs[i]);
                inside[value] = outputs[i];
                if (!IsReadElsewhere(value, at)) continue;
                stored.Add(value);
                results.Add(outputs[i]);
            }
        }
        results.AddRange(sumResults);
        Program fused = program.ToProgram([.. results], options.Strict, out int[] kept);
        if (programs.TryGetValue(fused, out Program? same)) fused = same;
        else programs.Add(fused);
        return (new FusedLoop
        {
            Dims = unit.Dims,
            Compute = compute,
            Program = fused,
            Inputs = Array.ConvertAll(kept, input => inputs[input]),
            Stored = [.. stored],
            Sums = [.. sums],
        }, [.. names]);

        int Read(in RecordedOperand operand, LoopStep step)
        {
            if (operand.IsUniform(out double number) && IsExact(number)) return program.Constant(number);
            if (inside.TryGetValue(operand.Value, out int place)) return place;
            int[] strides = LoopSpace.Reshape(step.Dims, LoopSpace.Strides(operand, step.Dims), unit.Dims) ?? (operand.IsWhole && operand.Numel == step.Count
                ? NdArray.ContiguousStrides(unit.Dims)
                : throw new InvalidOperationException($"{step.Step.Name}: joined a loop of another form."));
            for (int i = 0; i < inputs.Count; i++)
            {
                LoopInput known = inputs[i];
                if (known.Value == operand.Value && known.Offset == operand.Offset && known.DType == operand.DType && SameStrides(known.Strides, strides, unit.Dims)) return i;
            }
            inputs.Add(new LoopInput(operand.Value, strides, operand.Offset, operand.DType));
            return inputs.Count - 1;
        }

        bool IsExact(double number) => compute != DType.Int64 || number == Math.Floor(number);
    }

    private static bool SameStrides(int[] a, int[] b, int[] dims)
    {
        for (int axis = 0; axis < dims.Length; axis++)
            if (dims[axis] != 1 && a[axis] != b[axis]) return false;
        return true;
    }

    private bool IsReadElsewhere(RecordedValue value, int at) => lastRead.TryGetValue(value, out int last) && last > at;

    // ---- memory -------------------------------------------------------------------------------------------------------

    private int LastRead(RecordedValue value) => lastRead.TryGetValue(value, out int last) ? last : -1;

    private ValuePlace PlaceOf(RecordedValue value)
    {
        if (placeOf.TryGetValue(value, out ValuePlace? known)) return known;
        if (value.Constant is not null) return AddPlace(new ValuePlace(value, PlaceKind.Constant, 0));
        throw new InvalidOperationException($"{value} is read before it is computed.");
    }

    /// <summary>The place of a value that a kernel writes: where the caller wants it, or in a slot that is free from there on.</summary>
    private ValuePlace NewPlace(RecordedValue value, int at)
    {
        if (outputOf.TryGetValue(value, out int output)) return AddPlace(new ValuePlace(value, PlaceKind.Output, output) { LastRead = int.MaxValue });
        int bytes = Math.Max(1, value.Numel * value.DType.Size()), best = -1;
        foreach (int slot in freeSlots)
            if (slotBytes[slot] >= bytes && slotBytes[slot] / 2 <= bytes && (best < 0 || slotBytes[slot] < slotBytes[best])) best = slot;
        if (best < 0)
        {
            best = slotBytes.Count;
            slotBytes.Add(bytes);
        }
        freeSlots.Remove(best);
        return AddPlace(new ValuePlace(value, PlaceKind.Slot, best) { LastRead = LastRead(value) });
    }

    private void Free(ValuePlace place, Kernel kernel)
    {
        if (place.Kind == PlaceKind.Slot) freeSlots.Add(place.Where);
        else if (place.Kind == PlaceKind.Found) kernel.Frees.Add(place);
        place.LastRead = -1;
    }

    private ValuePlace AddPlace(ValuePlace place)
    {
        place.Index = places.Count;
        places.Add(place);
        placeOf[place.Value] = place;
        return place;
    }

    private static ValuePlace Addressed(ValuePlace place)
    {
        place.IsAddressed = true;
        return place;
    }
}
