using System.Globalization;

namespace Nabla;

/// <summary>Makes a <see cref="ComputationGraph"/> of what the engine recorded: a node for each output of each operation that the result depends on.</summary>
internal sealed class TensorGraph
{
    private readonly List<GraphNode> nodes = [];
    private readonly Dictionary<(Node, int), int> numbers = [];
    private readonly Dictionary<Tensor, int> constants = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(Node, int), Tensor> gradients = [];
    private readonly Dictionary<Node, GraphRecording.Step> steps;
    private readonly Dictionary<Tensor, string> leafNames = new(ReferenceEqualityComparer.Instance);

    private TensorGraph(Dictionary<Node, GraphRecording.Step> steps) => this.steps = steps;

    /// <summary>Runs a function on fresh handles of its inputs.</summary>
    public static ComputationGraph Trace(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> at, IReadOnlyList<string> names, Tensor? cotangent)
    {
        const string op = "ComputationGraph.Of";
        var arguments = new Tensor[at.Count];
        var leaves = new List<Tensor>();
        using var recording = new GraphRecording();
        var graph = new TensorGraph(recording.Steps);
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = at[i].Detach();
            graph.leafNames[arguments[i]] = names[i];
            if (!at[i].DType.IsFloatingPoint()) continue;
            leaves.Add(arguments[i].RequireGrad());
        }
        if (leaves.Count == 0) throw at.Count == 0 ? TransformErrors.NoInputs(op) : TransformErrors.NotFloatingPoint(op, at, 0);
        using IDisposable scope = Autograd.EnableGrad();
        Tensor result = function(arguments) ?? throw VerificationErrors.NullResult(op);
        if (cotangent is not null && cotangent.Shape != result.Shape) throw AutogradErrors.GradShape(op, cotangent.Shape, result.Shape);
        if (!result.RequiresGrad) return new ComputationGraph([graph.Alone(result)], 0);
        return graph.Build(result, cotangent ?? Tensor.OnesLike(result.Detach()), leaves, retain: false);
    }

    /// <summary>The graph behind a tensor, which stays usable.</summary>
    public static ComputationGraph Remembered(Tensor result)
    {
        if (!result.RequiresGrad) throw AutogradErrors.DoesNotRequireGrad("ComputationGraph.Of", result);
        var graph = new TensorGraph([]);
        List<Node> order = Reachable(result);
        var leaves = order.OfType<AccumulateGrad>().Select(node => node.Leaf).ToList();
        int unnamed = 0;
        foreach (Tensor leaf in leaves) graph.leafNames[leaf] = leaves.Count == 1 ? "x" : $"x{unnamed++}";
        bool consumed = order.Exists(node => node.Released);
        return graph.Build(result, consumed ? null : Tensor.OnesLike(result.Detach()), leaves, retain: true);
    }

    private GraphNode Alone(Tensor result) => new()
    {
        Id = 0,
        Kind = leafNames.ContainsKey(result) ? GraphNodeKind.Input : GraphNodeKind.Constant,
        Operation = leafNames.GetValueOrDefault(result, "constant"),
        Inputs = [],
        Shape = result.Shape,
        DType = result.DType,
        Value = GraphRecording.Copy(result),
    };

    private ComputationGraph Build(Tensor result, Tensor? cotangent, List<Tensor> leaves, bool retain)
    {
        List<Node> order = Reachable(result);
        if (cotangent is not null) Differentiate(result, cotangent, leaves, order, retain);
        Edge last = result.GradientEdge();
        var read = new HashSet<(Node, int)> { (last.Node!, last.Output) };
        foreach (Node node in order)
        {
            for (int i = 0; i < node.EdgeCount; i++)
                if (node.EdgeAt(i) is { Node: { } input } edge) read.Add((input, edge.Output));
        }
        foreach (Node node in order)
        {
            for (int output = 0; output < node.OutputCount; output++)
                if (read.Contains((node, output))) Add(node, output);
        }
        return new ComputationGraph(nodes, numbers[(last.Node!, last.Output)]);
    }

    /// <summary>The nodes behind a tensor in the order of their creation, which is one of dependence.</summary>
    private static List<Node> Reachable(Tensor result)
    {
        var seen = new HashSet<Node>();
        var stack = new Stack<Node>();
        stack.Push(result.GradientEdge().Node!);
        while (stack.TryPop(out Node? node))
        {
            if (!seen.Add(node)) continue;
            for (int i = 0; i < node.EdgeCount; i++)
                if (node.EdgeAt(i).Node is { } next) stack.Push(next);
        }

        // Leaves count downwards from −1, so that the first made is the greatest of them.
        return [.. seen.OrderBy(node => node.Sequence < 0 ? long.MinValue - node.Sequence : node.Sequence)];
    }

    /// <summary>One backward pass, with a hook at each node that keeps what arrives.</summary>
    private void Differentiate(Tensor result, Tensor cotangent, List<Tensor> leaves, List<Node> order, bool retain)
    {
        var hooks = new List<IDisposable>();
        try
        {
            foreach (Node node in order)
            {
                for (int output = 0; output < node.OutputCount; output++)
                {
                    (Node, int) place = (node, output);
                    hooks.Add(node.Hooks.Add(output, gradient =>
                    {
                        if (GraphRecording.Copy(gradient) is { } copy) gradients[place] = copy;
                        return null;
                    }));
                }
            }
            Tensor[] reached = [.. leaves.Where(leaf => order.Contains(leaf.GradientEdge().Node!))];
            if (reached.Length > 0)
                BackwardPass.Gradients([result], reached, [cotangent], retain, createGraph: false, allowUnused: true, "ComputationGraph.Of");
        }
        finally
        {
            foreach (IDisposable hook in hooks) hook.Dispose();
        }
    }

    private void Add(Node node, int output)
    {
        (int[] dims, DType dtype) = node.FormOf(output);
        steps.TryGetValue(node, out GraphRecording.Step? step);
        var inputs = new List<int>();
        var texts = new List<string>();
        for (int i = 0; i < node.EdgeCount; i++)
        {
            Edge edge = node.EdgeAt(i);
            if (edge.Node is { } input)
            {
                inputs.Add(numbers[(input, edge.Output)]);
                texts.Add("·");
            }
            else if (step is null)
            {
                texts.Add("constant");
            }
            else if (leafNames.ContainsKey(step.Inputs[i].Handle) || step.Inputs[i].Handle.Numel != 1)
            {
                inputs.Add(Constant(step.Inputs[i]));
                texts.Add("·");
            }
            else
            {
                texts.Add(NumberText.Short(Scalar(step.Inputs[i].Handle)));
            }
        }
        AccumulateGrad? leaf = node as AccumulateGrad;
        string operation = leaf is not null ? leafNames.GetValueOrDefault(leaf.Leaf, "captured") : WithoutBackward(node.Name);
        string label = texts.TrueForAll(text => text == "·") ? operation : $"{operation}({string.Join(", ", texts)})";
        if (node.OutputCount > 1) label += string.Create(CultureInfo.InvariantCulture, $" [{output}]");
        numbers[(node, output)] = nodes.Count;
        nodes.Add(new GraphNode
        {
            Id = nodes.Count,
            Kind = leaf is not null ? GraphNodeKind.Input : GraphNodeKind.Operation,
            Operation = operation,
            Label = label,
            Inputs = inputs,
            Shape = new Shape(dims),
            DType = dtype,
            Value = leaf is not null ? GraphRecording.Copy(leaf.Leaf) : output < (step?.Outputs.Length ?? 0) ? step!.Outputs[output] : null,
            Gradient = gradients.GetValueOrDefault((node, output)),
        });
    }

    private int Constant(GraphRecording.Source source)
    {
        if (constants.TryGetValue(source.Handle, out int known)) return known;
        bool isInput = leafNames.TryGetValue(source.Handle, out string? name);
        constants[source.Handle] = nodes.Count;
        nodes.Add(new GraphNode
        {
            Id = nodes.Count,
            Kind = isInput ? GraphNodeKind.Input : GraphNodeKind.Constant,
            Operation = name ?? "constant",
            Inputs = [],
            Shape = source.Handle.Shape,
            DType = source.Handle.DType,
            Value = source.Value,
        });
        return nodes.Count - 1;
    }

    private static double Scalar(Tensor x) => x.Detach().To(DType.Float64).Reshape(1).ToArray<double>()[0];

    private static string WithoutBackward(string name) => name.EndsWith("Backward", StringComparison.Ordinal) ? name[..^"Backward".Length] : name;
}
