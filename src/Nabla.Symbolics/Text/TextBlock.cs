using System.Text;

namespace Nabla.Symbolics;

/// <summary>A rectangle of characters with a line that neighbours are aligned at.</summary>
internal sealed class TextBlock
{
    private TextBlock(List<string> lines, int baseline, int width)
    {
        Lines = lines;
        Baseline = baseline;
        Width = width;
    }

    /// <summary>The lines, all of the same width.</summary>
    public List<string> Lines { get; }

    /// <summary>Index of the line that neighbours are aligned at.</summary>
    public int Baseline { get; }

    /// <summary>The width in columns of a terminal.</summary>
    public int Width { get; }

    public int Height => Lines.Count;

    /// <summary>One line.</summary>
    public static TextBlock Of(string text) => new([text], 0, TextExcerpt.WidthOf(text));

    /// <summary>Lines given as they are, padded to the same width.</summary>
    public static TextBlock Of(IEnumerable<string> lines, int baseline)
    {
        var list = lines.ToList();
        var width = list.Max(TextExcerpt.WidthOf);
        for (var i = 0; i < list.Count; i++) list[i] = Pad(list[i], width);
        return new TextBlock(list, baseline, width);
    }

    /// <summary>Blocks side by side, their baselines on one line.</summary>
    public static TextBlock Beside(params IReadOnlyList<TextBlock> blocks)
    {
        var above = blocks.Max(static block => block.Baseline);
        var below = blocks.Max(static block => block.Height - block.Baseline);
        var lines = new List<string>();
        for (var i = 0; i < above + below; i++)
        {
            var line = new StringBuilder();
            foreach (var block in blocks)
            {
                var row = i - above + block.Baseline;
                if (row >= 0 && row < block.Height) line.Append(block.Lines[row]);
                else line.Append(' ', block.Width);
            }

            lines.Add(line.ToString());
        }

        return new TextBlock(lines, above, blocks.Sum(static block => block.Width));
    }

    /// <summary>Blocks one above another, in the middle or at the left; the baseline is the line of that index.</summary>
    public static TextBlock Stack(int baseline, bool centred, params IReadOnlyList<TextBlock> blocks)
    {
        var width = blocks.Max(static block => block.Width);
        var lines = new List<string>();
        foreach (var block in blocks)
        {
            var left = centred ? (width - block.Width) / 2 : 0;
            foreach (var line in block.Lines) lines.Add(Pad(new string(' ', left) + line, width));
        }

        return new TextBlock(lines, baseline, width);
    }

    /// <summary>The same lines with another baseline.</summary>
    public TextBlock At(int baseline) => new(Lines, baseline, Width);

    private static string Pad(string line, int width) => line + new string(' ', width - TextExcerpt.WidthOf(line));
}
