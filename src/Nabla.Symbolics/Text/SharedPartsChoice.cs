namespace Nabla.Symbolics;

/// <summary>Decides which nodes below some formulas are worth a name, by how often they are used and how long they are.</summary>
internal sealed class SharedPartsChoice
{
    private readonly SharedPartsOptions options;
    private readonly Dictionary<Expr, int> uses = [];
    private readonly Dictionary<Expr, double> sizes = [];

    public SharedPartsChoice(ReadOnlySpan<Expr> roots, SharedPartsOptions options)
    {
        this.options = options;
        Visit(roots);
        foreach (var root in roots) CountUse(root);
        foreach (var node in Order)
        {
            foreach (var operand in OperandsOf(node)) CountUse(operand);
        }

        // Operands come first in the order, so what a node costs on paper is known when its users are looked at.
        foreach (var node in Order) Consider(node);
    }

    /// <summary>All nodes, operands before the nodes that use them.</summary>
    public List<Expr> Order { get; } = [];

    /// <summary>The nodes that get a name.</summary>
    public HashSet<Expr> Named { get; } = [];

    /// <summary>The product x*y inside 2*x*y, which no operand list shows; null for other nodes.</summary>
    public static Expr? CoreOf(Expr node) => node is Product product && !ReferenceEquals(product.Core, product) && product.Core is Product ? product.Core : null;

    /// <summary>
    /// Whether a node is taken as a whole: what is inside an operator over an index may depend on the index, and indices are short.
    /// </summary>
    public static bool IsWhole(Expr node) => node.Args.Length == 0 || node is Indexed or BigOperator;

    private static ReadOnlySpan<Expr> OperandsOf(Expr node) => CoreOf(node) is { } core ? new Expr[] { core } : IsWhole(node) ? [] : node.Args;

    private void CountUse(Expr node) => uses[node] = uses.GetValueOrDefault(node) + 1;

    private void Visit(ReadOnlySpan<Expr> roots)
    {
        var seen = new HashSet<Expr>();
        var stack = new Stack<(Expr Node, int Next)>();
        foreach (var root in roots)
        {
            if (!seen.Add(root)) continue;
            stack.Push((root, 0));
            while (stack.TryPop(out var top))
            {
                var (node, next) = top;
                var operands = OperandsOf(node);
                while (next < operands.Length && !seen.Add(operands[next])) next++;
                if (next == operands.Length)
                {
                    Order.Add(node);
                    continue;
                }

                stack.Push((node, next + 1));
                stack.Push((operands[next], 0));
            }
        }
    }

    private void Consider(Expr node)
    {
        var size = OwnSize(node);
        var operands = OperandsOf(node).ToArray();
        foreach (var operand in operands) size += SizeOf(operand);
        if (size > options.MaximumSize)
        {
            // The longest operands first, until the rest is short enough.
            Array.Sort(operands, (a, b) => SizeOf(b).CompareTo(SizeOf(a)));
            foreach (var operand in operands)
            {
                if (size <= options.MaximumSize || SizeOf(operand) < options.MinimumSize) break;
                size -= SizeOf(operand) - 1;
                Named.Add(operand);
            }
        }

        sizes[node] = size;
        if (node.Args.Length > 0 && node is not Indexed && uses[node] >= options.MinimumUses && size >= ShortestNamed(node)) Named.Add(node);
    }

    // exp(-q/2) has four nodes only, but who reads it three times wants its name; powers such as q^2 are shorter than that on paper.
    private int ShortestNamed(Expr node)
    {
        const int shortestCall = 3;
        var isOftenCalled = node is Call call && call.Primitive != Primitives.Pow && uses[node] > options.MinimumUses;
        return isOftenCalled ? Math.Min(shortestCall, options.MinimumSize) : options.MinimumSize;
    }

    private double SizeOf(Expr node) => Named.Contains(node) ? 1 : sizes[node];

    private static double OwnSize(Expr node) => IsWhole(node) ? node.Size : 1;
}
