namespace Nabla.Symbolics;

/// <summary>Breaks long sums and products into lines, and lays out the labels before them.</summary>
internal static class NotationLines
{
    /// <summary>The width of a line in letters, about that of a printed page.</summary>
    public const double LineWidth = 72;

    /// <summary>The notation in lines no wider than a page where it can be broken at a sign of its outermost sum or product.</summary>
    public static IEnumerable<Notation> Break(Notation notation)
    {
        if (notation.Width <= LineWidth || notation is not Row { Level: Notation.SumLevel or Notation.ProductLevel } row)
        {
            yield return notation;
            yield break;
        }

        var items = row.Items;
        if (items is [Mark { Kind: MarkKind.Prefix } minus, Row { Level: Notation.ProductLevel } product]) items = [minus, .. product.Items];
        var line = new List<Notation>();
        var width = 0.0;
        for (var i = 0; i < items.Count; i++)
        {
            var item = items[i];
            var isBreak = item is Mark { Kind: MarkKind.Infix or MarkKind.InvisibleTimes or MarkKind.Dot };
            if (isBreak && i + 1 < items.Count && width + item.Width + items[i + 1].Width > LineWidth)
            {
                yield return new Row(row.Level, line);
                line = [];
                width = 0;
                if (item is Mark { Kind: MarkKind.InvisibleTimes }) item = Mark.Dot;
            }

            line.Add(item);
            width += item.Width;
        }

        yield return new Row(row.Level, line);
    }

    /// <summary>A label such as f, f(x) or ∂f/∂x.</summary>
    public static Notation OfLabel(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        var slash = label.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && slash < label.Length - 1) return new StackedFraction(OfDifferential(label[..slash].Trim()), OfDifferential(label[(slash + 1)..].Trim()));
        return OfDifferential(label);
    }

    private static Notation OfDifferential(string label) => label.Length > 1 && label[0] == '∂'
        ? new Row(Notation.ProductLevel, [new Mark(MarkKind.Prefix, "∂"), NotationBuilder.OfName(label[1..].Trim())])
        : NotationBuilder.OfName(label);
}
