namespace Nabla.Symbolics;

/// <summary>Walks over nodes of code: iterative, each node once.</summary>
internal static class CodeGraph
{
    /// <summary>All nodes below the roots, operands first.</summary>
    public static List<CodeNode> PostOrder(IEnumerable<CodeNode> roots)
    {
        var order = new List<CodeNode>();
        var seen = new HashSet<CodeNode>();
        var stack = new Stack<(CodeNode Node, int Next)>();
        foreach (CodeNode root in roots)
        {
            if (!seen.Add(root)) continue;
            stack.Push((root, 0));
            while (stack.TryPop(out var top))
            {
                (CodeNode node, int next) = top;
                while (next < node.Args.Length && !seen.Add(node.Args[next])) next++;
                if (next == node.Args.Length)
                {
                    order.Add(node);
                    continue;
                }

                stack.Push((node, next + 1));
                stack.Push((node.Args[next], 0));
            }
        }

        return order;
    }

    /// <summary>The roots with some nodes replaced.</summary>
    public static CodeNode[] Replace(CodeNodes nodes, CodeNode[] roots, IReadOnlyDictionary<CodeNode, CodeNode> replacements)
    {
        var made = new Dictionary<CodeNode, CodeNode>();
        foreach (CodeNode node in PostOrder(roots))
            made[node] = replacements.TryGetValue(node, out CodeNode? other) ? other : Rebuild(nodes, node, made);
        return [.. roots.Select(root => made[root])];
    }

    /// <summary>Products that are read only by a sum become one fused operation with it.</summary>
    public static CodeNode[] Fuse(CodeNodes nodes, CodeNode[] roots)
    {
        List<CodeNode> order = PostOrder(roots);
        var readers = new Dictionary<CodeNode, int>();
        foreach (CodeNode node in order)
            foreach (CodeNode arg in node.Args) readers[arg] = readers.GetValueOrDefault(arg) + 1;
        foreach (CodeNode root in roots) readers[root] = readers.GetValueOrDefault(root) + 1;
        var made = new Dictionary<CodeNode, CodeNode>();
        foreach (CodeNode node in order) made[node] = FuseOne(node) ?? Rebuild(nodes, node, made);
        return [.. roots.Select(root => made[root])];

        bool IsLoneProduct(CodeNode node) => node.Operation == Operation.Multiply && readers[node] == 1;

        CodeNode? FuseOne(CodeNode node)
        {
            if (node.Operation is not (Operation.Add or Operation.Subtract)) return null;
            bool subtract = node.Operation == Operation.Subtract;
            CodeNode left = node.Args[0], right = node.Args[1];
            if (IsLoneProduct(right))
            {
                CodeNode factor = made[right.Args[0]];
                return nodes.Make(Operation.Fma, subtract ? nodes.Make(Operation.Negate, factor) : factor, made[right.Args[1]], made[left]);
            }

            return IsLoneProduct(left)
                ? nodes.Make(Operation.Fma, made[left.Args[0]], made[left.Args[1]], subtract ? nodes.Make(Operation.Negate, made[right]) : made[right])
                : null;
        }
    }

    /// <summary>
    /// The sum of two choices by one condition becomes one choice between two sums: derivatives of a choice come in such sums.
    /// </summary>
    public static CodeNode[] MergeChoices(CodeNodes nodes, CodeNode[] roots)
    {
        List<CodeNode> order = PostOrder(roots);
        if (!order.Exists(node => node.Operation == Operation.Choose)) return roots;
        var readers = new Dictionary<CodeNode, int>();
        foreach (CodeNode node in order)
            foreach (CodeNode arg in node.Args) readers[arg] = readers.GetValueOrDefault(arg) + 1;
        foreach (CodeNode root in roots) readers[root] = readers.GetValueOrDefault(root) + 1;
        var made = new Dictionary<CodeNode, CodeNode>();
        foreach (CodeNode node in order) made[node] = MergeOne(node) ?? Rebuild(nodes, node, made);
        return [.. roots.Select(root => made[root])];

        CodeNode? LoneChoice(CodeNode node) => readers[node] == 1 && made[node].Operation == Operation.Choose ? made[node] : null;

        CodeNode? MergeOne(CodeNode node)
        {
            if (node.Operation == Operation.Negate && LoneChoice(node.Args[0]) is { } choice)
                return nodes.Make(Operation.Choose, choice.Args[0], nodes.Make(Operation.Negate, choice.Args[1]), nodes.Make(Operation.Negate, choice.Args[2]));
            if (node.Operation is not (Operation.Add or Operation.Subtract)) return null;
            return LoneChoice(node.Args[0]) is { } left && LoneChoice(node.Args[1]) is { } right && ReferenceEquals(left.Args[0], right.Args[0])
                ? nodes.Make(Operation.Choose, left.Args[0], nodes.Make(node.Operation, left.Args[1], right.Args[1]), nodes.Make(node.Operation, left.Args[2], right.Args[2]))
                : null;
        }
    }

    private static CodeNode Rebuild(CodeNodes nodes, CodeNode node, Dictionary<CodeNode, CodeNode> made)
    {
        if (node.Args.Length == 0) return node;
        var args = new CodeNode[node.Args.Length];
        for (int i = 0; i < args.Length; i++) args[i] = made[node.Args[i]];
        return args.AsSpan().SequenceEqual(node.Args) ? node : nodes.Make(node.Operation, node.Primitive, args);
    }
}
