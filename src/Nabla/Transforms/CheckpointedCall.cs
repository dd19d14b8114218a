namespace Nabla;

/// <summary>
/// A call whose graph is thrown away and made again by backward. Forward runs the function as usual, notes where the edges of
/// its graph lead (to its arguments and to what it captures), and puts one node in place of the graph. Backward runs the
/// function again under the circumstances of the first time and lets the gradients pass through the new graph.
/// </summary>
/// <remarks>
/// A tensor inside forward mode or vmap is several: the handle, and the primal, tangent or items below it, each with a history
/// of its own. The node has an output for every one of them that the function computed, so it works at all levels at once.
/// </remarks>
internal sealed class CheckpointedCall
{
    private const string Op = "Functional.Checkpoint";

    private readonly Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function;
    private readonly Tensor[] inputs;
    private readonly SavedTensor[] saved;

    // What the second run saves is used at once: not worth packing.
    private readonly Modes modes = GradMode.Current & ~Modes.SavedTensorHooks;
    private readonly TransformLevel? level = TransformLevel.Innermost;
    private readonly VmapScope? scope = VmapScope.Innermost;
    private readonly DrawnGenerators random = new();
    private readonly List<(Tensor Leaf, int Version)> leaves = [];

    public CheckpointedCall(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, Tensor[] inputs)
    {
        this.function = function;
        this.inputs = inputs;
        for (int i = 0; i < inputs.Length; i++)
            if (inputs[i] is null) throw TransformErrors.NullInput(Op, i);
        saved = Array.ConvertAll(inputs, SavedTensor.ForNow);
    }

    public Tensor[] Run()
    {
        long start = Node.LatestSequence;
        Tensor[] outputs = random.Run(() => Differentiation.CallMany(Op, function, inputs));
        List<Tensor> parts = Recorded(outputs, start);
        if (parts.Count == 0) return outputs;

        var node = new CheckpointNode(this, parts, EdgesOut(parts, start));
        foreach (Edge edge in node.Edges)
            if (edge.Node is AccumulateGrad { Leaf: var leaf }) leaves.Add((leaf, leaf.Version));
        return Array.ConvertAll(outputs, output => Rebuilt(output, node, parts, start));
    }

    /// <summary>The parts of the outputs that the function computed, in the order in which they were saved.</summary>
    private List<Tensor> Again(CheckpointNode node)
    {
        foreach (SavedTensor input in saved) _ = input.Unpack(Op);
        foreach ((Tensor leaf, int version) in leaves)
            if (leaf.Version != version) throw AutogradErrors.Modified(Op, leaf.Shape, leaf.DType, version, leaf.Version);

        long start = Node.LatestSequence;
        VmapScope? outer = VmapScope.Replace(scope);
        Modes before = GradMode.Replace(modes);
        List<Tensor> parts;
        try
        {
            using IDisposable reopened = TransformLevel.Reopen(level);
            parts = Recorded(random.Run(() => Differentiation.CallMany(Op, function, inputs)), start);
        }
        finally
        {
            GradMode.Replace(before);
            VmapScope.Replace(outer);
        }
        if (parts.Count != node.OutputCount) throw TransformErrors.OtherResults(Op, parts.Count, node.OutputCount);
        for (int k = 0; k < parts.Count; k++)
        {
            if (parts[k].DType != node.FormOf(k).DType) throw TransformErrors.OtherDType(Op, parts[k].DType, node.FormOf(k).DType);
            if (!parts[k].Dims.AsSpan().SequenceEqual(node.FormOf(k).Dims)) throw TransformErrors.OtherShape(Op, parts[k].Shape, new Shape(node.FormOf(k).Dims));
        }
        return parts;
    }

    // ---- the parts of a tensor ----------------------------------------------------------------------------------------

    private static List<Tensor> Recorded(Tensor[] outputs, long start)
    {
        var parts = new List<Tensor>();
        var waiting = new Stack<Tensor>(outputs.Reverse());
        while (waiting.TryPop(out Tensor? x))
        {
            if (x.GradFn is { } node && node.Sequence > start) parts.Add(x);
            if (x.Extra?.Dual is { } dual)
            {
                waiting.Push(dual.Tangent);
                waiting.Push(dual.Primal);
            }
            else if (x.Extra?.Batch is { } batch)
            {
                waiting.Push(batch.Items);
            }
        }
        return parts;
    }

    /// <summary>The same values, whose history is the node wherever it was the function's graph.</summary>
    private static Tensor Rebuilt(Tensor x, Node node, List<Tensor> parts, long start)
    {
        if (Recorded([x], start).Count == 0) return x;
        Tensor bare = x.Extra?.Dual is { } dual ? ForwardMode.Pair(dual.Level, Rebuilt(dual.Primal, node, parts, start), Rebuilt(dual.Tangent, node, parts, start))
            : x.Extra?.Batch is { } batch ? BatchMode.Wrap(batch.Level, Rebuilt(batch.Items, node, parts, start))
            : x.WithoutHistory();
        int output = parts.FindIndex(part => ReferenceEquals(part, x));
        if (output >= 0) bare.SetHistory(node, output);
        else if (x.GradFn is { } earlier) bare.SetHistory(earlier, x.OutputIndex);
        return bare;
    }

    /// <summary>Where the edges lead that leave the graph recorded since a node.</summary>
    private static Edge[] EdgesOut(List<Tensor> parts, long start)
    {
        var edges = new List<Edge>();
        var seen = new HashSet<Edge>();
        var visited = new HashSet<Node>();
        var stack = new Stack<Node>();
        foreach (Tensor part in parts)
            if (visited.Add(part.GradFn!)) stack.Push(part.GradFn!);
        while (stack.TryPop(out Node? node))
        {
            for (int i = 0; i < node.EdgeCount; i++)
            {
                Edge edge = node.EdgeAt(i);
                if (edge.Node is not { } next) continue;
                if (next.Sequence > start)
                {
                    if (visited.Add(next)) stack.Push(next);
                }
                else if (seen.Add(edge))
                {
                    edges.Add(edge);
                }
            }
        }
        return [.. edges];
    }

    private sealed class CheckpointNode : Node
    {
        private readonly (int[] Dims, DType DType)[] outputs;
        private CheckpointedCall? call;

        public CheckpointNode(CheckpointedCall call, List<Tensor> parts, Edge[] edges) : base(parts[0].Dims, parts[0].DType)
        {
            this.call = call;
            outputs = [.. parts.Select(part => (part.Dims, part.DType))];
            Edges = edges;
        }

        public Edge[] Edges { get; }

        public override string Name => "CheckpointBackward";

        internal override int EdgeCount => Edges.Length;

        internal override int OutputCount => outputs.Length;

        internal override Edge EdgeAt(int input) => Edges[input];

        internal override (int[] Dims, DType DType) FormOf(int index) => outputs[index];

        internal override void Run(BackwardPass pass, in GradientSlot slot, GradientSlot[]? more)
        {
            List<Tensor> parts = call!.Again(this);
            var reached = new List<Tensor>();
            var gradients = new List<Tensor>();
            for (int k = 0; k < parts.Count; k++)
            {
                if ((k == 0 ? slot.Gradient : more![k - 1].Gradient) is not { } gradient) continue;
                reached.Add(parts[k]);
                gradients.Add(gradient);
            }
            pass.SendInto(this, [.. reached], [.. gradients]);
        }

        internal override void Release()
        {
            call = null;
            Released = true;
        }
    }
}
