using System.Globalization;
using System.Text;

namespace Nabla;

/// <summary>Writes a graph in the language of Graphviz.</summary>
internal static class GraphDot
{
    public static string Write(ComputationGraph graph, int maxNodes)
    {
        GraphSelection selection = GraphSelection.Of(graph, maxNodes);
        var shown = selection.Shown.ToHashSet();
        var dot = new StringBuilder("digraph computation {\n");
        if (selection.Note is { } note) dot.Append(CultureInfo.InvariantCulture, $"  // {note}\n");
        dot.Append("  rankdir=TB;\n  node [shape=box, fontname=\"monospace\", fontsize=11];\n");
        foreach (int id in selection.Shown)
        {
            GraphNode node = graph.Nodes[id];
            string label = node.Label.Length > 0 ? node.Label : node.Operation;
            if (node.Value is { } value) label += $"\n= {NumberText.Short(value)}";
            else if (node.Shape.Rank > 0) label += $"\n{NumberText.Lengths(node.Shape)}";
            if (node.Gradient is { } gradient) label += $"\n∂ {NumberText.Short(gradient)}";
            string look = id == graph.Output ? ", peripheries=2" : node.Kind switch
            {
                GraphNodeKind.Input => ", shape=ellipse",
                GraphNodeKind.Constant => ", style=dotted",
                _ => "",
            };
            dot.Append(CultureInfo.InvariantCulture, $"  n{id} [label=\"{Quoted(label)}\"{look}];\n");
            int missing = node.Inputs.Count(input => !shown.Contains(input));
            if (missing > 0) dot.Append(CultureInfo.InvariantCulture, $"  m{id} [label=\"… {missing} not shown\", style=dashed];\n  m{id} -> n{id};\n");
            foreach (int input in node.Inputs)
                if (shown.Contains(input)) dot.Append(CultureInfo.InvariantCulture, $"  n{input} -> n{id};\n");
        }
        return dot.Append("}\n").ToString();
    }

    private static string Quoted(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
