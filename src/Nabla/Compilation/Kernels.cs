using System.Text;

namespace Nabla;

/// <summary>One thing that a program does: reads values, and writes others.</summary>
internal abstract class Kernel
{
    /// <summary>Values in memory of operations' kernels that nobody reads afterwards.</summary>
    public List<ValuePlace> Frees { get; } = [];

    public void Run(GraphRun run)
    {
        Compute(run);
        foreach (ValuePlace place in Frees) run.Free(place);
    }

    protected abstract void Compute(GraphRun run);

    public abstract void Explain(StringBuilder text);
}

/// <summary>A fused loop.</summary>
internal sealed unsafe class FusedKernel(FusedLoop loop, ValuePlace[] reads, int[] offsets, ValuePlace[] writes, string[] names) : Kernel
{
    private readonly LoopNest nest = loop.Nest();

    protected override void Compute(GraphRun run)
    {
        byte** inputs = stackalloc byte*[reads.Length + 1];
        byte** outputs = stackalloc byte*[writes.Length + 1];
        for (int i = 0; i < reads.Length; i++) inputs[i] = run.Address(reads[i]) + offsets[i];
        for (int i = 0; i < writes.Length; i++) outputs[i] = run.Address(writes[i]);
        nest.Run(inputs, outputs);
    }

    public override void Explain(StringBuilder text)
    {
        text.Append($"loop over {Shape.Text(loop.Dims)} {loop.Compute.Word()}: {string.Join(", ", names)}; {loop.Program.Instructions.Length} instructions; reads ");
        text.AppendJoin(", ", reads.Select((place, i) => GraphProgram.Name(place) + (IsRepeated(loop.Inputs[i]) ? " (repeated)" : "")));
        for (int i = 0; i < writes.Length; i++)
        {
            text.Append(i == 0 ? "; writes " : ", ").Append(GraphProgram.Name(writes[i])).Append(' ').Append(Shape.Text(writes[i].Value.Dims));
            if (i >= loop.Stored.Length) text.Append(" (sum)");
        }
        text.Append("\n       ").Append(nest.Describe()).Append('\n');
    }

    private bool IsRepeated(in LoopInput input)
    {
        for (int axis = 0; axis < loop.Dims.Length; axis++)
            if (loop.Dims[axis] > 1 && input.Strides[axis] == 0) return true;
        return false;
    }
}

/// <summary>An operation's own kernel.</summary>
internal sealed class CallKernel(OpStep step, ValuePlace[] reads, ValuePlace[] writes) : Kernel
{
    protected override void Compute(GraphRun run)
    {
        Tensor[] inputs = run.Handles(writes[0], reads.Length);
        Storage[] kept = new Storage[writes.Length];
        for (int i = 0; i < reads.Length; i++) inputs[i].Value = run.View(reads[i], step.Inputs[i]);
        int mark = run.Kept.Mark;
        bool offers = writes[0].Kind == PlaceKind.Output;
        if (offers) run.Offer(writes[0]);
        NdArray[] results;
        try
        {
            results = step.Op.Run(inputs);
        }
        finally
        {
            // Also where the operation throws: what it did not take is the caller's.
            run.Kept.Offer(null, 0);
        }
        for (int i = 0; i < writes.Length; i++)
        {
            NdArray result = results[step.Results[i]];
            kept[i] = result.Storage;
            if (writes[i].Kind != PlaceKind.Output) run.Set(writes[i], result.Storage);
            else if (run.Whole(writes[i]) is var target && !ReferenceEquals(target.Storage, result.Storage)) ArrayCopy.Into(result, target);
        }
        run.Kept.TakeBack(mark, offers ? [] : kept);
        foreach (Tensor input in inputs) input.Value = default;
    }

    public override void Explain(StringBuilder text)
    {
        text.Append(step.Name).Append(" of ");
        text.AppendJoin(", ", step.Inputs.Select((input, i) => $"{GraphProgram.Name(reads[i])} {Shape.Text(input.Dims)}"));
        text.Append(" → ").AppendJoin(", ", writes.Select(write => $"{GraphProgram.Name(write)} {Shape.Text(write.Value.Dims)}")).Append('\n');
    }
}

/// <summary>A region of a value overwritten.</summary>
internal sealed class WriteKernel(WriteStep step, ValuePlace whole, ValuePlace part, ValuePlace target, bool reuse) : Kernel
{
    protected override void Compute(GraphRun run)
    {
        NdArray result = run.Whole(target);
        if (!reuse) ArrayCopy.Into(run.View(whole, step.Inputs[0]), result);
        ArrayCopy.Into(run.View(part, step.Inputs[1]), result.View(step.Inputs[1].Dims, step.Strides, result.Offset + step.Offset));
    }

    public override void Explain(StringBuilder text) => text.Append(
        $"write {GraphProgram.Name(part)} {Shape.Text(step.Inputs[1].Dims)} into {(reuse ? "" : "a copy of ")}{GraphProgram.Name(whole)} → {GraphProgram.Name(target)}\n");
}

/// <summary>Random numbers.</summary>
internal sealed class DrawKernel(DrawStep step, ValuePlace target) : Kernel
{
    protected override void Compute(GraphRun run) => run.Set(target, step.Draw().Value.Storage);

    public override void Explain(StringBuilder text) => text.Append($"{step.Name} → {GraphProgram.Name(target)} {Shape.Text(target.Value.Dims)}\n");
}
