using System.Text;

namespace Nabla.Symbolics;

/// <summary>
/// Formulas written with names for the sub-expressions that they share: "exp(p), where p = …". A graph that is exponentially long as one
/// line of text has as many parts as it has shared nodes. Every part uses only the symbols of the formulas and parts named before it.
/// </summary>
public sealed class SharedParts
{
    private SharedParts(List<(Symbol, Expr)> parts, Expr[] results)
    {
        Parts = parts;
        Results = results;
    }

    /// <summary>The named parts; each uses only names before its own.</summary>
    public IReadOnlyList<(Symbol Name, Expr Value)> Parts { get; }

    /// <summary>The formulas, with names in place of the parts.</summary>
    public IReadOnlyList<Expr> Results { get; }

    /// <summary>The shared parts of these formulas.</summary>
    public static SharedParts Of(params ReadOnlySpan<Expr> roots) => Of(roots, SharedPartsOptions.Default);

    /// <summary>The shared parts of these formulas.</summary>
    /// <param name="roots">The formulas.</param>
    /// <param name="options">What is named.</param>
    public static SharedParts Of(ReadOnlySpan<Expr> roots, SharedPartsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var choice = new SharedPartsChoice(roots, options);
        var names = NewNames(roots, choice.Named.Count, options.Prefix);
        var written = new Dictionary<Expr, Expr>();
        var parts = new List<(Symbol, Expr)>();
        foreach (var node in choice.Order)
        {
            var value = Rewrite(node, written);
            if (choice.Named.Contains(node))
            {
                var name = names[parts.Count];
                parts.Add((name, value));
                value = name;
            }

            written[node] = value;
        }

        var results = new Expr[roots.Length];
        for (var i = 0; i < results.Length; i++) results[i] = written[roots[i]];
        return new SharedParts(parts, results);
    }

    /// <summary>The formulas as lines of text, the parts after the word "where".</summary>
    public override string ToString() => ToString([]);

    /// <summary>The formulas as lines of text, each after its label, the parts after the word "where".</summary>
    /// <param name="labels">What to write before each formula, such as "f" and "∂f/∂x"; none by default.</param>
    public string ToString(IReadOnlyList<string> labels)
    {
        RequireLabels(labels);
        var text = new StringBuilder();
        for (var i = 0; i < Results.Count; i++)
        {
            if (i > 0) text.Append('\n');
            if (labels.Count > 0) text.Append(labels[i]).Append(" = ");
            text.Append(Results[i]);
        }

        if (Parts.Count > 0) text.Append("\nwhere");
        foreach (var (name, value) in Parts) text.Append("\n  ").Append(Printer.NameOf(name)).Append(" = ").Append(value);
        return text.ToString();
    }

    /// <summary>The formulas and their parts as one aligned LaTeX environment (amsmath); long sums are broken into lines.</summary>
    /// <param name="labels">What to write before each formula, such as "f" and "∂f/∂x"; none by default.</param>
    public string ToLatex(params IReadOnlyList<string> labels)
    {
        RequireLabels(labels);
        var builder = new NotationBuilder();
        var lines = new List<string>();
        for (var i = 0; i < Results.Count; i++) AddLatex(labels.Count == 0 ? null : NotationLines.OfLabel(labels[i]), builder.Of(Results[i]), lines);
        if (Parts.Count > 0) lines.Add(@"& \text{where}");
        foreach (var (name, value) in Parts) AddLatex(builder.Of(name), builder.Of(value), lines);
        return "\\begin{aligned}\n" + string.Join(" \\\\\n", lines) + "\n\\end{aligned}";
    }

    /// <summary>The formulas and their parts as one MathML table, which browsers show without any script.</summary>
    /// <param name="labels">What to write before each formula, such as "f" and "∂f/∂x"; none by default.</param>
    public string ToMathML(params IReadOnlyList<string> labels)
    {
        RequireLabels(labels);
        var builder = new NotationBuilder();
        var table = new StringBuilder("<mtable displaystyle=\"true\">");
        for (var i = 0; i < Results.Count; i++) AddMathML(labels.Count == 0 ? null : NotationLines.OfLabel(labels[i]), builder.Of(Results[i]), table);
        if (Parts.Count > 0) table.Append("<mtr><mtd style=\"text-align:right;text-align:-webkit-right\"><mtext>where</mtext></mtd></mtr>");
        foreach (var (name, value) in Parts) AddMathML(builder.Of(name), builder.Of(value), table);
        return MathMLWriter.Element(table.Append("</mtable>").ToString());
    }

    /// <summary>The formulas and their parts drawn with characters over several lines.</summary>
    /// <param name="labels">What to write before each formula, such as "f" and "∂f/∂x"; none by default.</param>
    public string ToPretty(params IReadOnlyList<string> labels)
    {
        RequireLabels(labels);
        var builder = new NotationBuilder();
        var text = new StringBuilder();
        for (var i = 0; i < Results.Count; i++) AddPretty(labels.Count == 0 ? null : NotationLines.OfLabel(labels[i]), builder.Of(Results[i]), text);
        if (Parts.Count > 0) text.Append("where\n");
        foreach (var (name, value) in Parts) AddPretty(builder.Of(name), builder.Of(value), text);
        return text.ToString().TrimEnd('\n');
    }

    private static void AddLatex(Notation? label, Notation value, List<string> lines)
    {
        var isFirst = true;
        foreach (var line in NotationLines.Break(value))
        {
            var before = !isFirst ? @"&\quad " : label is null ? "& " : LatexWriter.Write(label) + " &= ";
            lines.Add(before + LatexWriter.Write(line));
            isFirst = false;
        }
    }

    private static void AddMathML(Notation? label, Notation value, StringBuilder table)
    {
        var isFirst = true;
        foreach (var line in NotationLines.Break(value))
        {
            table.Append("<mtr><mtd style=\"text-align:right;text-align:-webkit-right;padding-right:0\">");
            if (isFirst && label is not null) table.Append("<mrow>").Append(MathMLWriter.Write(label)).Append("<mo>=</mo></mrow>");
            table.Append("</mtd><mtd style=\"text-align:left;padding-left:0\"><mrow>");
            if (!isFirst) table.Append("<mspace width=\"2em\"></mspace>");
            table.Append(MathMLWriter.Write(line)).Append("</mrow></mtd></mtr>");
            isFirst = false;
        }
    }

    private static void AddPretty(Notation? label, Notation value, StringBuilder text)
    {
        const int indent = 4;
        var isFirst = true;
        foreach (var line in NotationLines.Break(value))
        {
            Notation shown = isFirst && label is not null ? new Row(Notation.CompareLevel, [label, new Mark(MarkKind.Infix, "="), line]) : line;
            var block = PrettyWriter.Write(shown);
            foreach (var row in block.Lines) text.Append(' ', isFirst ? 0 : indent).Append(row.TrimEnd()).Append('\n');
            if (block.Lines.Count > 1) text.Append('\n');
            isFirst = false;
        }
    }

    private void RequireLabels(IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (labels.Count != 0 && labels.Count != Results.Count)
        {
            throw new ArgumentException($"SharedParts: {labels.Count} labels for {Results.Count} formulas. Give one label a formula, or none.");
        }
    }

    private static Expr Rewrite(Expr node, Dictionary<Expr, Expr> written)
    {
        if (SharedPartsChoice.IsWhole(node)) return node;
        if (SharedPartsChoice.CoreOf(node) is { } core)
        {
            return ReferenceEquals(written[core], core) ? node : ((Product)node).Coefficient * written[core];
        }

        return Substitution.WithOperands(node, written);
    }

    // Single letters that are seldom taken; numbered names where they do not suffice.
    private static Symbol[] NewNames(ReadOnlySpan<Expr> roots, int count, string prefix)
    {
        var taken = new HashSet<string> { "e", "pi", "i" };
        foreach (var root in roots)
        {
            foreach (var node in Traversal.PostOrderWithBodies(root))
            {
                if (node is Symbol symbol) taken.Add(symbol.Name);
                else if (node is Indexed indexed) taken.Add(indexed.Base.Name);
            }
        }

        string[] letters = ["p", "q", "r", "u", "v", "w"];
        var free = Array.FindAll(letters, letter => !taken.Contains(letter));
        if (prefix.Length == 0 && count <= free.Length) return [.. free.Take(count).Select(static name => Expr.Symbol(name))];
        var stem = prefix.Length > 0 ? prefix : free.Length > 0 ? free[0] : "p";
        var names = new Symbol[count];
        for (int i = 0, number = 1; i < count; number++)
        {
            var name = $"{stem}_{number}";
            if (!taken.Contains(name)) names[i++] = Expr.Symbol(name);
        }

        return names;
    }
}
