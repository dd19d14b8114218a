namespace Nabla;

/// <summary>The part of a graph that is shown: at most so many nodes, breadth first from the result.</summary>
internal sealed class GraphSelection
{
    private GraphSelection(ComputationGraph graph, List<int> shown)
    {
        Total = graph.Nodes.Count;
        Shown = shown;
    }

    /// <summary>The numbers of the nodes shown, ascending.</summary>
    public IReadOnlyList<int> Shown { get; }

    public int Total { get; }

    /// <summary>What was left out, in words; null if nothing was.</summary>
    public string? Note => Shown.Count == Total ? null
        : FormattableString.Invariant($"{Shown.Count:N0} of {Total:N0} nodes shown, those next to the result; a dashed box stands for what leads further back.");

    public static GraphSelection Of(ComputationGraph graph, int maxNodes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxNodes, 1);
        if (graph.Nodes.Count <= maxNodes) return new GraphSelection(graph, [.. Enumerable.Range(0, graph.Nodes.Count)]);
        var shown = new List<int> { graph.Output };
        var seen = new HashSet<int>(shown);
        for (int at = 0; at < shown.Count && shown.Count < maxNodes; at++)
        {
            foreach (int input in graph.Nodes[shown[at]].Inputs)
                if (shown.Count < maxNodes && seen.Add(input)) shown.Add(input);
        }
        shown.Sort();
        return new GraphSelection(graph, shown);
    }
}
