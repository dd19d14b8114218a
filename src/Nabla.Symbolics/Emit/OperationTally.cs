namespace Nabla.Symbolics;

/// <summary>Operations of generated code by kind, each value counted once; signs and constants are free.</summary>
internal sealed class OperationTally
{
    private readonly HashSet<CodeNode> seen = [];
    private readonly SortedDictionary<string, int> counts = new(StringComparer.Ordinal);

    public int Total { get; }

    /// <summary>Counts what the results from <paramref name="start"/> to <paramref name="end"/> need beyond what is counted before.</summary>
    public OperationTally(Statements statements, int start, int end, OperationTally? before = null)
    {
        if (before is not null) seen.UnionWith(before.seen);
        var stack = new Stack<CodeNode>(statements.Roots[start..end]);
        while (stack.TryPop(out CodeNode? node))
        {
            if (!seen.Add(node)) continue;
            foreach (CodeNode arg in node.Args) stack.Push(statements.Resolve(arg));
            if (KindOf(node) is not { } kind) continue;
            counts[kind] = counts.GetValueOrDefault(kind) + 1;
            Total++;
        }
    }

    /// <summary>Such as <c>9 (4 mul, 3 add, 1 div, 1 exp)</c>, the most frequent first.</summary>
    public override string ToString() => Total == 0
        ? "0"
        : $"{Total} ({string.Join(", ", counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Value} {pair.Key}"))})";

    private static string? KindOf(CodeNode node) => node.Operation switch
    {
        Operation.Input or Operation.Literal or Operation.Negate or Operation.Truth or Operation.Test => null,
        Operation.Add or Operation.Subtract => "add",
        Operation.Multiply => "mul",
        Operation.Divide => "div",
        Operation.Fma => "fma",
        Operation.Call => node.Primitive!.Name,
        Operation.Choose => "choice",
        Operation.Less or Operation.LessEqual or Operation.Equal or Operation.NotEqual or Operation.IsNaN => "compare",
        _ => "logic",
    };
}
