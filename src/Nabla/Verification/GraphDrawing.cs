using System.Globalization;
using System.Text;

namespace Nabla;

/// <summary>
/// Draws a graph as SVG: a box for each node with its operation, its value and the gradient that arrived; inputs on top, the
/// result at the bottom.
/// </summary>
/// <remarks>
/// The width of text is estimated from above, so that it stays in its box whatever font the reader has; a label that would be
/// longer is cut, and stands in full in the box's title. Meaning never rests on colour alone: inputs have round ends, constants
/// a dotted border, the result a double one.
/// </remarks>
internal static class GraphDrawing
{
    private const double FontSize = 12, LineHeight = 16, PadX = 10, PadY = 7, LeastWidth = 46;

    /// <summary>The widest letters of usual monospaced fonts take 0.61 of their size.</summary>
    private const double LetterWidth = 0.65;

    private const int LongestLine = 30;

    /// <summary>The part of the drawing that a page shares with its other drawings.</summary>
    internal const string Style = """
        .g-back{fill:#fff}.g-box{fill:#f6f7f9;stroke:#5b6675;stroke-width:1.2}.g-input{fill:#e3efff;stroke:#1459b8;stroke-width:1.6}
        .g-constant{fill:#f6f7f9;stroke:#5b6675;stroke-width:1.2;stroke-dasharray:2 3}.g-result{fill:#fff3d6;stroke:#8a5a00;stroke-width:1.6}
        .g-more{fill:none;stroke:#5b6675;stroke-dasharray:6 4}.g-frame{fill:none;stroke:#8a5a00}.g-edge{fill:none;stroke:#7a8696;stroke-width:1.2}
        .g-arrow{fill:#7a8696}.g-text{font:12px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,"Liberation Mono",monospace;fill:#1a2230;text-anchor:middle}
        .g-name{font-weight:bold}.g-gradient{fill:#8f1d56}.g-note{font:12px ui-sans-serif,"DejaVu Sans",Arial,sans-serif;fill:#3d4756}
        @media screen and (prefers-color-scheme:dark){.g-back{fill:#14181f}.g-box{fill:#222a35;stroke:#93a1b3}.g-input{fill:#16324f;stroke:#7db4ff}
        .g-constant{fill:#222a35;stroke:#93a1b3}.g-result{fill:#43360f;stroke:#f0c35a}.g-more{stroke:#93a1b3}.g-frame{stroke:#f0c35a}.g-edge{stroke:#8593a5}
        .g-arrow{fill:#8593a5}.g-text{fill:#e8edf4}.g-gradient{fill:#ff9cc8}.g-note{fill:#b9c4d2}}
        """;

    /// <summary>A box to be drawn: a node, or what stands for the inputs that are left out.</summary>
    private sealed record Box(string Class, string Title, IReadOnlyList<(string Class, string Text)> Lines, bool IsResult)
    {
        public double Width => Math.Max(LeastWidth, Lines.Max(line => TextWidth(line.Text, FontSize)) + (2 * PadX));

        public double Height => (Lines.Count * LineHeight) + (2 * PadY);
    }

    /// <summary>The drawing as a file of its own.</summary>
    public static string Svg(ComputationGraph graph, int maxNodes) => Element(graph, maxNodes, withStyle: true);

    /// <summary>The drawing as an element of a page, which may hold the style once for all.</summary>
    public static string Element(ComputationGraph graph, int maxNodes, bool withStyle)
    {
        GraphSelection selection = GraphSelection.Of(graph, maxNodes);
        (List<Box> boxes, List<(int From, int To)> edges) = Boxes(graph, selection);
        LayeredLayout layout = LayeredLayout.Of([.. boxes.Select(box => (box.Width, box.Height))], edges);
        string[] notes = Notes(graph, selection);
        double top = (notes.Length * LineHeight) + 10;
        double width = Math.Max(layout.Width, notes.Max(note => TextWidth(note, FontSize)) + 24), height = layout.Height + top;
        double shift = (width - layout.Width) / 2;

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"graph\" role=\"img\" aria-label=\"Computation graph of {graph.Nodes.Count} nodes\" width=\"{N(width)}\" height=\"{N(height)}\" viewBox=\"0 0 {N(width)} {N(height)}\">\n");
        if (withStyle) svg.Append("<style>").Append(Style).Append("</style>\n");
        svg.Append("<rect class=\"g-back\" width=\"100%\" height=\"100%\"/>\n");
        for (int i = 0; i < notes.Length; i++)
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"g-note\" x=\"12\" y=\"{N(18 + (i * LineHeight))}\">{Escape(notes[i])}</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<g transform=\"translate({N(shift)} {N(top)})\">\n");
        AppendEdges(svg, layout);
        for (int i = 0; i < boxes.Count; i++) AppendBox(svg, boxes[i], layout.Left[i], layout.Top[i]);
        return svg.Append("</g>\n</svg>\n").ToString();
    }

    private static string[] Notes(ComputationGraph graph, GraphSelection selection)
    {
        var notes = new List<string>();
        bool values = graph.Nodes.Any(node => node.Value is not null), gradients = graph.Nodes.Any(node => node.Gradient is not null);
        if (values || gradients) notes.Add($"{(values ? "= value" : "")}{(values && gradients ? "   " : "")}{(gradients ? "∂ gradient of the result" : "")}");
        if (selection.Note is { } note) notes.AddRange(note.Split("; "));
        return notes.Count == 0 ? [""] : [.. notes];
    }

    private static (List<Box> Boxes, List<(int From, int To)> Edges) Boxes(ComputationGraph graph, GraphSelection selection)
    {
        var boxes = new List<Box>();
        var edges = new List<(int, int)>();
        var places = new Dictionary<int, int>();
        foreach (int id in selection.Shown)
        {
            GraphNode node = graph.Nodes[id];
            int missing = node.Inputs.Count(input => !places.ContainsKey(input));
            if (missing > 0)
            {
                edges.Add((boxes.Count, boxes.Count + 1));
                boxes.Add(new Box("g-more", $"{missing} inputs that are not shown", [("", $"… {missing} not shown")], false));
            }
            places[id] = boxes.Count;
            foreach (int input in node.Inputs.Distinct())
                if (places.TryGetValue(input, out int from)) edges.Add((from, boxes.Count));
            boxes.Add(BoxOf(node, id == graph.Output));
        }
        return (boxes, edges);
    }

    private static Box BoxOf(GraphNode node, bool isResult)
    {
        string name = node.Label.Length > 0 ? node.Label : node.Operation;
        var lines = new List<(string, string)> { ("g-name", Cut(name)) };
        if (node.Value is { } value) lines.Add(("", Cut($"= {NumberText.Short(value)}")));
        else if (node.Shape.Rank > 0) lines.Add(("", NumberText.Lengths(node.Shape)));
        if (node.Gradient is { } gradient) lines.Add(("g-gradient", Cut($"∂ {NumberText.Short(gradient)}")));
        string title = $"{name}, {node.Shape} {node.DType}"
            + (node.Value is null ? "" : $"\nvalue {node.Value}") + (node.Gradient is null ? "" : $"\ngradient {node.Gradient}");
        string look = isResult ? "g-result" : node.Kind switch { GraphNodeKind.Input => "g-input", GraphNodeKind.Constant => "g-constant", _ => "g-box" };
        return new Box(look, title, lines, isResult);
    }

    private static void AppendEdges(StringBuilder svg, LayeredLayout layout)
    {
        // One path for all edges, one for all arrows: a drawing of a thousand edges stays small.
        var lines = new StringBuilder();
        var arrows = new StringBuilder();
        foreach (LayeredLayout.Piece piece in layout.Pieces)
        {
            double end = piece.Arrives ? piece.Y2 - 5 : piece.Y2, middle = (piece.Y1 + piece.Y2) / 2;
            lines.Append(CultureInfo.InvariantCulture, $"M{N(piece.X1)} {N(piece.Y1)}");
            if (piece.Curved && Math.Abs(piece.X1 - piece.X2) > 0.5)
                lines.Append(CultureInfo.InvariantCulture, $"C{N(piece.X1)} {N(middle)} {N(piece.X2)} {N(middle)} {N(piece.X2)} {N(end)}");
            else
                lines.Append(CultureInfo.InvariantCulture, $"L{N(piece.X2)} {N(end)}");
            if (piece.Arrives) arrows.Append(CultureInfo.InvariantCulture, $"M{N(piece.X2)} {N(piece.Y2)}l-3.5 -7h7z");
        }
        if (lines.Length > 0) svg.Append(CultureInfo.InvariantCulture, $"<path class=\"g-edge\" d=\"{lines}\"/>\n<path class=\"g-arrow\" d=\"{arrows}\"/>\n");
    }

    private static void AppendBox(StringBuilder svg, Box box, double left, double top)
    {
        (double width, double height) = (box.Width, box.Height);
        double round = box.Class == "g-input" ? Math.Min(16, height / 2) : 4;
        svg.Append(CultureInfo.InvariantCulture, $"<g><title>{Escape(box.Title)}</title><rect class=\"{box.Class}\" x=\"{N(left)}\" y=\"{N(top)}\" width=\"{N(width)}\" height=\"{N(height)}\" rx=\"{N(round)}\"/>");
        if (box.IsResult) svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"g-frame\" x=\"{N(left + 3)}\" y=\"{N(top + 3)}\" width=\"{N(width - 6)}\" height=\"{N(height - 6)}\" rx=\"2\"/>");
        for (int i = 0; i < box.Lines.Count; i++)
        {
            double baseline = top + PadY + (i * LineHeight) + 12;
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"g-text {box.Lines[i].Class}\" x=\"{N(left + (width / 2))}\" y=\"{N(baseline)}\">{Escape(box.Lines[i].Text)}</text>");
        }
        svg.Append("</g>\n");
    }

    /// <summary>The width of a text, not less than what any usual font takes.</summary>
    internal static double TextWidth(string text, double size)
    {
        double letters = 0;
        foreach (Rune rune in text.EnumerateRunes()) letters += rune.Value < 0x1100 || rune.Value is > 0x2000 and < 0x2300 ? 1 : 2;
        return letters * LetterWidth * size;
    }

    private static string Cut(string text) => text.Length <= LongestLine ? text : text[..(LongestLine - 1)] + "…";

    private static string N(double value) => Math.Round(value, 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>Text as XML allows it.</summary>
    internal static string Escape(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            switch (c)
            {
                case '&': result.Append("&amp;"); break;
                case '<': result.Append("&lt;"); break;
                case '>': result.Append("&gt;"); break;
                case '"': result.Append("&quot;"); break;
                case < ' ' and not '\n' and not '\t' or '\uFFFE' or '\uFFFF': result.Append('\uFFFD'); break;
                default: result.Append(c); break;
            }
        }
        return result.ToString();
    }
}
