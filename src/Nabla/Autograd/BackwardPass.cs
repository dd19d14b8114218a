namespace Nabla;

/// <summary>
/// One walk through the graph against the arrows. A heap gives the latest node whose gradient has arrived; because edges lead
/// from later to earlier nodes, every contribution to it is there when it comes up. No recursion, so the length of a chain
/// does not matter; what a node saved is freed as soon as it has run.
/// </summary>
/// <remarks>
/// Gradients wait in the nodes themselves. A pass claims a node with one atomic exchange; a node that another thread's pass
/// holds at the moment is handled through a private dictionary instead. Gradients of leaves wait until the whole walk has
/// succeeded: see <see cref="LeafGradients"/>.
/// </remarks>
internal sealed partial class BackwardPass
{
    private static int count;

    [ThreadStatic]
    private static BackwardPass? idle;

    // What nodes are claimed with; 0 stands for nobody.
    private readonly int id = Interlocked.Increment(ref count);

    private bool retainGraph, createGraph, anomaly;
    private NodeSet? needed;
    private Dictionary<(Node, int), int>? targets;
    private GradientSlot[]? captured;
    private bool accumulates;

    private readonly NodeHeap waiting = new();
    private readonly NodeSet neededNodes = new(), seenNodes = new();
    private Dictionary<Node, GradientSlot[]>? shared;
    private Dictionary<Node, PendingParts>? pending;
    private LeafGradients leaves;
    private Node? running;

    // The gradients of the running node's inputs, where hooks want to see them before they are sent.
    private GradientSlot[]? collected;

    /// <summary>A pass whose lists have already grown, if this thread has one that is not in use.</summary>
    private static BackwardPass Start(bool retainGraph, bool createGraph)
    {
        BackwardPass pass = idle ?? new BackwardPass();
        idle = null;
        pass.retainGraph = retainGraph;
        pass.createGraph = createGraph;
        pass.anomaly = GradMode.IsAnomaly;
        return pass;
    }

    /// <summary>Puts the pass away for the next one on this thread; a pass that failed is left to the collector.</summary>
    private void Finish()
    {
        needed = null;
        neededNodes.Reset(0);
        seenNodes.Reset(0);
        targets = null;
        captured = null;
        shared = null;
        accumulates = false;
        leaves.Clear();
        idle = this;
        BufferPool.PassEnded();
    }

    // ---- entrances --------------------------------------------------------------------------------------------------

    /// <summary>Adds the gradients of all leaves, or of the given inputs, to their Grad.</summary>
    public static void Accumulate(Tensor output, Tensor? gradient, bool retainGraph, bool createGraph, IReadOnlyList<Tensor>? inputs)
    {
        if (inputs is not null)
        {
            AccumulateInto(inputs, output, gradient, retainGraph, createGraph);
            return;
        }
        BackwardPass pass = Start(retainGraph, createGraph);
        pass.Walk(new ReadOnlySpan<Tensor>(in output), new ReadOnlySpan<Tensor?>(in gradient), "Backward");
        pass.leaves.Commit(createGraph);
        pass.Finish();
    }

    /// <summary>Leaves accumulate as ever; what else was asked for keeps its gradient, too.</summary>
    private static void AccumulateInto(IReadOnlyList<Tensor> inputs, Tensor output, Tensor? gradient, bool retainGraph, bool createGraph)
    {
        (Dictionary<(Node, int), int> targets, _) = Targets(inputs, "Backward");
        BackwardPass pass = Start(retainGraph, createGraph);
        pass.needed = pass.PathsTo([output], targets);
        pass.targets = targets;
        pass.captured = new GradientSlot[inputs.Count];
        pass.accumulates = true;
        pass.Walk(new ReadOnlySpan<Tensor>(in output), new ReadOnlySpan<Tensor?>(in gradient), "Backward");
        foreach (int input in targets.Values)
            if (pass.captured[input].Gradient is not null && !inputs[input].RetainsGrad) pass.Accumulate(inputs[input], pass.captured[input] with { Owned = false }, null);
        pass.leaves.Commit(createGraph);
        pass.Finish();
    }

    /// <summary>The gradients of outputs with respect to inputs; accumulates nothing.</summary>
    public static Tensor?[] Gradients(
        IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?>? gradients,
        bool retainGraph, bool createGraph, bool allowUnused, string op)
    {
        (Dictionary<(Node, int), int> targets, int[] alias) = Targets(inputs, op);
        var captured = new GradientSlot[inputs.Count];
        if (gradients is not null && gradients.Count != outputs.Count) throw AutogradErrors.GradOutputsCount(gradients.Count, outputs.Count);
        BackwardPass pass = Start(retainGraph, createGraph);
        pass.needed = pass.PathsTo(outputs, targets);
        pass.targets = targets;
        pass.captured = captured;
        pass.Walk([.. outputs], gradients is null ? new Tensor?[outputs.Count] : [.. gradients], op);
        pass.leaves.Commit(createGraph);
        pass.Finish();
        var results = new Tensor?[inputs.Count];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = captured[alias[i]].Gradient;
            if (results[i] is null && !allowUnused) throw AutogradErrors.UnusedInput(i);
        }
        return results;
    }

    /// <summary>Where the gradients of inputs arrive; the second list names for each input the first of the same place.</summary>
    private static (Dictionary<(Node, int), int> Targets, int[] Alias) Targets(IReadOnlyList<Tensor> inputs, string op)
    {
        var targets = new Dictionary<(Node, int), int>(inputs.Count);
        var alias = new int[inputs.Count];
        for (int i = 0; i < inputs.Count; i++)
        {
            Edge edge = inputs[i].GradientEdge();
            if (edge.Node is null) throw AutogradErrors.InputDoesNotRequireGrad(op, i, inputs[i]);
            alias[i] = targets.TryGetValue((edge.Node, edge.Output), out int same) ? same : i;
            targets.TryAdd((edge.Node, edge.Output), i);
        }
        return (targets, alias);
    }

    /// <summary>The nodes from which an input can be reached: only these need to run.</summary>
    private NodeSet PathsTo(IReadOnlyList<Tensor> outputs, Dictionary<(Node, int), int> targets)
    {
        long latest = 0;
        foreach (Tensor output in outputs) latest = Math.Max(latest, output.GradientEdge().Node?.Sequence ?? 0);
        NodeSet needed = neededNodes, seen = seenNodes;
        needed.Reset(latest);
        seen.Reset(latest);
        long earliest = long.MaxValue;
        foreach ((Node node, _) in targets.Keys)
        {
            needed.Add(node);
            earliest = Math.Min(earliest, node.Sequence);
        }
        var stack = new Stack<(Node Node, int Next)>();
        foreach (Tensor output in outputs)
        {
            // One output after the other: an output that another depends on must be known to be needed, or not, before that one is.
            if (output.GradientEdge().Node is { } root && seen.Add(root)) stack.Push((root, 0));
            while (stack.TryPop(out (Node Node, int Next) top))
            {
                if (top.Next < top.Node.EdgeCount)
                {
                    stack.Push((top.Node, top.Next + 1));
                    if (top.Node.EdgeAt(top.Next).Node is { } child && child.Sequence >= earliest && seen.Add(child)) stack.Push((child, 0));
                    continue;
                }
                for (int i = 0; i < top.Node.EdgeCount; i++)
                {
                    if (top.Node.EdgeAt(i).Node is not { } child || !needed.Contains(child)) continue;
                    needed.Add(top.Node);
                    break;
                }
            }
        }
        return needed;
    }

    // ---- the walk ---------------------------------------------------------------------------------------------------

    private void Walk(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor?> gradients, string op)
    {
        Modes before = GradMode.SetRecording(createGraph);
        ResultMemory? given = AllocationScope.Pause<ResultMemory>();
        try
        {
            for (int i = 0; i < outputs.Length; i++)
            {
                Tensor seed = Seed(outputs[i], gradients[i], op);
                Send(outputs[i].GradientEdge(), seed, owned: gradients[i] is null, -1);
            }
            while (waiting.Count > 0)
            {
                running = waiting.Pop();
                if (running.Owner == id)
                {
                    Visit(running, ref running.Slot, running.MoreSlots);
                    Forget(running);
                }
                else
                {
                    GradientSlot[] slots = shared![running];
                    shared.Remove(running);
                    Visit(running, ref slots[0], slots.Length > 1 ? slots[1..] : null);
                }
            }
        }
        finally
        {
            GradMode.Restore(before);
            AllocationScope.Resume(given);
            if (running is not null) Forget(running);
            running = null;
            collected = null;
            while (waiting.Count > 0) Forget(waiting.Pop());
        }
    }

    private static Tensor Seed(Tensor output, Tensor? gradient, string op)
    {
        if (!output.RequiresGrad) throw AutogradErrors.DoesNotRequireGrad(op, output);
        if (gradient is null)
        {
            if (output.Numel != 1) throw AutogradErrors.NeedsGradient(op, output.Shape);
            if (output.DType.IsComplex()) throw AutogradErrors.ComplexLoss(op, output);
            return VectorSpace.Current.Full(output.Dims, 1, output.DType);
        }
        if (gradient.Shape != output.Shape) throw AutogradErrors.GradShape(op, gradient.Shape, output.Shape);
        if (gradient.DType.IsComplex() && !output.DType.IsComplex()) throw AutogradErrors.ComplexGradient(op, gradient, output);
        return gradient;
    }

    /// <summary>Adds a gradient to those waiting at an output of a node, in that output's shape and type.</summary>
    /// <param name="edge">Where it goes.</param>
    /// <param name="gradient">The gradient.</param>
    /// <param name="owned">Whether nobody else holds the tensor.</param>
    /// <param name="input">Which input of the running node it belongs to.</param>
    public void Send(Edge edge, Tensor gradient, bool owned, int input)
    {
        if (edge.Node is not { } node) return;
        if (needed is not null && !needed.Contains(node)) return;
        (int[] dims, DType dtype) = edge.Output == 0 ? (node.OutputDims, node.OutputDType) : node.FormOf(edge.Output);
        if (!ReferenceEquals(gradient.Dims, dims) && !gradient.Dims.AsSpan().SequenceEqual(dims))
            Replace(ref gradient, ref owned, VectorSpace.Current.SumTo(gradient, dims));
        if (gradient.DType != dtype) Replace(ref gradient, ref owned, VectorSpace.Current.Cast(gradient, dtype));
        if (anomaly && running is not null && VectorSpace.Current.HasNan(gradient)) throw AutogradErrors.NanGradient(running, input);
        if (collected is not null)
        {
            collected[input] = new GradientSlot { Gradient = gradient, Owned = owned };
            return;
        }
        Add(ref SlotOf(node, edge.Output), gradient, owned);
    }

    /// <summary>
    /// Sends gradients into a graph that was recorded during this pass, in place of a node: its nodes are later than all that are
    /// waiting, so they run next, and what they send on goes where that node's edges lead.
    /// </summary>
    public void SendInto(Node replaced, ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> gradients)
    {
        if (needed is not null) Extend(replaced, outputs);

        // The replaced node sends nothing itself, so hooks behind it have nothing to see.
        GradientSlot[]? outer = collected;
        collected = null;
        for (int i = 0; i < outputs.Length; i++) Send(outputs[i].GradientEdge(), gradients[i], owned: false, -1);
        collected = outer;
    }

    /// <summary>Adds the nodes of a new graph from which a needed one can be reached.</summary>
    private void Extend(Node replaced, ReadOnlySpan<Tensor> outputs)
    {
        var seen = new HashSet<Node>();
        var stack = new Stack<(Node Node, int Next)>();
        foreach (Tensor output in outputs)
        {
            if (output.GradientEdge().Node is { } root && root.Sequence > replaced.Sequence && seen.Add(root)) stack.Push((root, 0));
            while (stack.TryPop(out (Node Node, int Next) top))
            {
                if (top.Next < top.Node.EdgeCount)
                {
                    stack.Push((top.Node, top.Next + 1));
                    if (top.Node.EdgeAt(top.Next).Node is { } child && child.Sequence > replaced.Sequence && seen.Add(child)) stack.Push((child, 0));
                    continue;
                }
                for (int i = 0; i < top.Node.EdgeCount; i++)
                    if (top.Node.EdgeAt(i).Node is { } child && needed!.Contains(child)) needed.Add(top.Node);
            }
        }
    }

    private ref GradientSlot SlotOf(Node node, int output)
    {
        if (node.Owner != id)
        {
            if (shared is not null && shared.TryGetValue(node, out GradientSlot[]? slots)) return ref slots[output];
            if (Interlocked.CompareExchange(ref node.Owner, id, 0) != 0)
            {
                slots = new GradientSlot[node.OutputCount];
                (shared ??= []).Add(node, slots);
                waiting.Push(node);
                return ref slots[output];
            }
            if (node.OutputCount > 1) node.MoreSlots = new GradientSlot[node.OutputCount - 1];
            waiting.Push(node);
        }
        if (output == 0) return ref node.Slot;
        return ref node.MoreSlots![output - 1];
    }

    private void Visit(Node node, ref GradientSlot slot, GradientSlot[]? more)
    {
        if (pending is { Count: > 0 } && pending.Remove(node, out PendingParts? parts)) Add(ref slot, parts.Join(this, node.OutputDims, node.OutputDType), owned: true);
        NodeHooks? hooks = node.HasHooks ? node.Hooks : null;
        if (hooks is not null)
        {
            hooks.Apply(0, ref slot, this);
            for (int i = 1; i < node.OutputCount; i++) hooks.Apply(i, ref more![i - 1], this);
        }
        if (!Capture(node, ref slot, more)) return;
        if (node.Released) throw AutogradErrors.GraphConsumed(node);

        // If it throws, what is saved is never returned by hand.
        bool apart = node.SavesApart;
        if (apart) node.EnterReading();
        if (hooks is { SurroundNode: true }) RunBetweenHooks(node, hooks, slot, more);
        else node.Run(this, slot, more);
        if (!retainGraph) node.Release();
        if (apart) node.ExitReading();
    }

    private void RunBetweenHooks(Node node, NodeHooks hooks, in GradientSlot slot, GradientSlot[]? more)
    {
        var gradients = new Tensor?[node.OutputCount];
        for (int i = 0; i < gradients.Length; i++) gradients[i] = i == 0 ? slot.Gradient : more![i - 1].Gradient;
        gradients = hooks.Before(gradients);
        GradientSlot[]? others = more is null ? null : [.. gradients.Skip(1).Select(gradient => new GradientSlot { Gradient = gradient })];
        collected = new GradientSlot[node.EdgeCount];
        node.Run(this, new GradientSlot { Gradient = gradients[0] }, others);
        GradientSlot[] results = collected;
        collected = null;

        // Those of a leaf follow when its gradient has been added.
        if (node is AccumulateGrad) return;
        Tensor?[] sent = Array.ConvertAll(results, result => result.Gradient);
        Tensor?[] replaced = hooks.After(sent, gradients);
        for (int i = 0; i < replaced.Length; i++)
            if (replaced[i] is { } gradient) Send(node.EdgeAt(i), gradient, owned: false, i);
    }

    /// <summary>Keeps the gradients that were asked for. Returns whether the node itself must still run.</summary>
    private bool Capture(Node node, ref GradientSlot slot, GradientSlot[]? more)
    {
        if (targets is null || (accumulates && node is AccumulateGrad)) return true;
        for (int i = 0; i < node.OutputCount; i++)
        {
            if (!targets.TryGetValue((node, i), out int input)) continue;
            ref GradientSlot kept = ref slot;
            if (i > 0) kept = ref more![i - 1];
            captured![input] = kept;
            kept.Owned = false;
        }
        for (int i = 0; i < node.EdgeCount; i++)
            if (node.EdgeAt(i).Node is { } next && needed!.Contains(next)) return true;
        return false;
    }

    private void Forget(Node node)
    {
        if (node.Owner != id) return;
        node.Slot = default;
        node.MoreSlots = null;
        if (ReferenceEquals(running, node)) running = null;
        Volatile.Write(ref node.Owner, 0);
    }

    /// <summary>Notes a gradient for a tensor's Grad; it is added when the walk has succeeded.</summary>
    /// <param name="tensor">A leaf, or a result that retains its gradient.</param>
    /// <param name="slot">The gradient.</param>
    /// <param name="node">The leaf's node, whose hooks may want to know.</param>
    public void Accumulate(Tensor tensor, in GradientSlot slot, AccumulateGrad? node) => leaves.Add(tensor, slot, node);
}
