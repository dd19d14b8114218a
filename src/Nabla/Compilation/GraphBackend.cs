namespace Nabla;

/// <summary>
/// Makes of a graph a list of kernels over planned memory: fused loops where steps go element by element, the operations' own
/// kernels elsewhere.
/// </summary>
internal sealed class GraphBackend : CompiledBackend
{
    public override CompileBackend Kind => CompileBackend.Graph;

    public override CompiledProgram TryBuild(RecordedGraph graph, CompileOptions options, out string reason)
    {
        reason = "";
        RecordedGraph lean = CommonSteps.Merge(graph);
        List<FusionUnit> units = Fusion.Of(lean);
        var builder = new GraphProgramBuilder(lean, options);
        foreach (FusionUnit unit in units) builder.Add(unit);
        return builder.Build();
    }
}

/// <summary>Steps that compute the same from the same are done once; a copy of a whole value is the value itself.</summary>
internal static class CommonSteps
{
    private readonly record struct Key(object Operation, DType Compute, int Hash);

    public static RecordedGraph Merge(RecordedGraph graph)
    {
        var same = new Dictionary<RecordedValue, RecordedValue>();
        var known = new Dictionary<Key, List<RecordedStep>>();
        var steps = new List<RecordedStep>(graph.Steps.Length);
        foreach (RecordedStep step in graph.Steps)
        {
            for (int i = 0; i < step.Inputs.Length; i++)
                if (same.TryGetValue(step.Inputs[i].Value, out RecordedValue? other)) step.Inputs[i] = step.Inputs[i] with { Value = other };
            if (step is OpStep { Op.IsCopy: true } copy && copy.Inputs[0].IsWhole && copy.Inputs[0].DType == copy.Outputs[0].DType)
            {
                same[copy.Outputs[0]] = copy.Inputs[0].Value;
                continue;
            }
            if (KeyOf(step) is { } key)
            {
                if (!known.TryGetValue(key, out List<RecordedStep>? alike)) known[key] = alike = [];
                if (alike.Find(one => SameInputs(one, step)) is { } earlier)
                {
                    for (int i = 0; i < step.Outputs.Length; i++) same[step.Outputs[i]] = earlier.Outputs[i];
                    continue;
                }
                alike.Add(step);
            }
            steps.Add(step);
        }
        RecordedOperand[] outputs = Array.ConvertAll(graph.Outputs, output => same.TryGetValue(output.Value, out RecordedValue? other) ? output with { Value = other } : output);
        return (graph with { Steps = [.. steps], Outputs = outputs }).WithoutDeadSteps();
    }

    private static Key? KeyOf(RecordedStep step)
    {
        var hash = new HashCode();
        foreach (RecordedOperand input in step.Inputs)
        {
            hash.Add(input.Value.Id);
            hash.Add(input.Offset);
        }
        return step switch
        {
            ElementwiseStep elementwise => new Key(elementwise.Op, elementwise.Compute, hash.ToHashCode()),
            OpStep { Op.SummedAxes: { } axes } sum => new Key(typeof(LoopSum), sum.Outputs[0].DType, HashCode.Combine(hash.ToHashCode(), axes.Length)),
            _ => null,
        };
    }

    private static bool SameInputs(RecordedStep a, RecordedStep b)
    {
        if (a is ElementwiseStep x && b is ElementwiseStep y && (x.Result != y.Result || !x.Dims.AsSpan().SequenceEqual(y.Dims))) return false;
        if (a is OpStep { Op.SummedAxes: { } axes } && b is OpStep { Op.SummedAxes: { } others } && !axes.AsSpan().SequenceEqual(others)) return false;
        for (int i = 0; i < a.Inputs.Length; i++)
        {
            RecordedOperand p = a.Inputs[i], q = b.Inputs[i];
            if (p.Value != q.Value || p.Offset != q.Offset || p.DType != q.DType || !p.Dims.AsSpan().SequenceEqual(q.Dims) || !p.Strides.AsSpan().SequenceEqual(q.Strides)) return false;
        }
        return true;
    }
}
