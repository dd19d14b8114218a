using System.Text;

namespace Nabla;

/// <summary>What holds a value while a program runs.</summary>
internal enum PlaceKind
{
    /// <summary>The memory of an input.</summary>
    Input,

    /// <summary>The memory into which a result goes.</summary>
    Output,

    /// <summary>A piece of the planned memory.</summary>
    Slot,

    /// <summary>Memory that an operation's own kernel took, from what the program keeps for that.</summary>
    Found,

    /// <summary>The memory of a constant.</summary>
    Constant,
}

/// <summary>Where a value is found.</summary>
internal sealed class ValuePlace(RecordedValue value, PlaceKind kind, int where)
{
    public RecordedValue Value => value;

    public PlaceKind Kind => kind;

    /// <summary>Which input, result or slot it is.</summary>
    public int Where => where;

    public int Index { get; set; }

    public int Bytes { get; } = value.Numel * value.DType.Size();

    /// <summary>The last kernel that reads it; then its memory is free.</summary>
    public int LastRead { get; set; } = -1;

    /// <summary>Whether a kernel wants its address, so that it must not move.</summary>
    public bool IsAddressed { get; set; }
}

/// <summary>A list of kernels, and the memory that they share.</summary>
internal sealed class GraphProgram(RecordedGraph graph, Kernel[] kernels, ValuePlace[] places, int[] slotBytes, (ValuePlace From, RecordedOperand View, int Output)[] copies) : CompiledProgram
{
    // The memory of one run; more are made while several threads run the program at once.
    private GraphRun? idle;
    private readonly System.Collections.Concurrent.ConcurrentBag<GraphRun> others = [];

    public ReadOnlySpan<ValuePlace> Places => places;

    public int[] SlotBytes => slotBytes;

    public override void Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        GraphRun? run = Interlocked.Exchange(ref idle, null);
        if (run is null && !others.TryTake(out run)) run = new GraphRun(this);
        AllocationScope? before = AllocationScope.Enter(run.Kept);
        BufferPool.Enter();
        try
        {
            run.Bind(inputs, outputs);
            foreach (Kernel kernel in kernels) kernel.Run(run);
            run.Deliver(outputs);
            foreach ((ValuePlace from, RecordedOperand view, int output) in copies) ArrayCopy.Into(run.View(from, view), outputs[output].Value);
        }
        finally
        {
            BufferPool.Exit();
            AllocationScope.Enter(before);
            run.Unbind();
            if (Interlocked.CompareExchange(ref idle, run, null) is not null) others.Add(run);
        }
    }

    public override void Explain(StringBuilder text)
    {
        long planned = 0, passed = 0;
        foreach (int bytes in slotBytes) planned += bytes;
        foreach (ValuePlace place in places)
            if (place.Kind == PlaceKind.Slot) passed += (long)place.Value.Numel * place.Value.DType.Size();
        int loops = kernels.Count(kernel => kernel is FusedKernel);
        text.Append($"graph: {graph.Steps.Length} steps in {kernels.Length} kernels ({loops} loops); ");
        text.Append($"{slotBytes.Length} buffers of {planned} bytes hold {passed} bytes of intermediate values\n");
        for (int i = 0; i < kernels.Length; i++)
        {
            text.Append($"{i + 1,3}  ");
            kernels[i].Explain(text);
        }
        foreach ((ValuePlace from, RecordedOperand view, int output) in copies) text.Append($"     result {output} ← {Name(from)} {Shape.Text(view.Dims)}\n");
    }

    /// <summary>What a value is called in explanations.</summary>
    public static string Name(ValuePlace place) => Name(place.Value);

    public static string Name(RecordedValue value) => value.Input >= 0 ? $"in{value.Input}" : value.Constant is not null ? $"c{value.Id}" : $"v{value.Id}";
}
