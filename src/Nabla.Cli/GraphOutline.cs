using System.Globalization;
using System.Text;

namespace Nabla.Cli;

/// <summary>A computation graph as an indented list: the result first, below each node what it is made from, each node once.</summary>
internal static class GraphOutline
{
    private const int MostDigits = 6;
    private const int DeepestIndent = 24;

    internal static void Write(ComputationGraph graph, int mostNodes, TextWriter output)
    {
        Dictionary<int, GraphNode> nodes = graph.Nodes.ToDictionary(node => node.Id);
        HashSet<int> written = [];
        Stack<(int Id, int Depth)> pending = new();
        pending.Push((graph.Output, 0));
        while (pending.TryPop(out (int Id, int Depth) next))
        {
            GraphNode node = nodes[next.Id];
            bool again = !written.Add(node.Id);
            if (!again && written.Count > mostNodes)
            {
                output.WriteLine($"… {graph.Nodes.Count - mostNodes} more nodes. Raise --max-nodes to see them");
                return;
            }
            output.WriteLine(Line(node, next.Depth, again));
            if (again) continue;
            for (int i = node.Inputs.Count - 1; i >= 0; i--) pending.Push((node.Inputs[i], next.Depth + 1));
        }
    }

    private static string Line(GraphNode node, int depth, bool again)
    {
        StringBuilder line = new(new string(' ', 2 * Math.Min(depth, DeepestIndent)));
        if (depth > DeepestIndent) line.Append(CultureInfo.InvariantCulture, $"({depth}) ");
        line.Append(CultureInfo.InvariantCulture, $"{node.Id}: {(node.Label.Length > 0 ? node.Label : node.Operation)}");
        if (again && node.Inputs.Count > 0) return line.Append(" (above)").ToString();
        if (node.Shape.Rank > 0) line.Append(CultureInfo.InvariantCulture, $" {node.Shape}");
        if (Number(node.Value) is { } value) line.Append(CultureInfo.InvariantCulture, $" = {value}");
        if (Number(node.Gradient) is { } gradient) line.Append(CultureInfo.InvariantCulture, $", gradient {gradient}");
        return line.ToString();
    }

    private static string? Number(Tensor? tensor) =>
        tensor is { Numel: 1 } ? Convert.ToDouble(tensor.To(DType.Float64).Item(), CultureInfo.InvariantCulture).ToString($"G{MostDigits}", CultureInfo.InvariantCulture) : null;
}
