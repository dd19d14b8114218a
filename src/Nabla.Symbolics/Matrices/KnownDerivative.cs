using System.Runtime.CompilerServices;

namespace Nabla.Symbolics;

/// <summary>
/// The derivative of a formula that is known better than its operands tell: that of xᵀ S⁻¹ x is -S⁻¹x xᵀS⁻¹, which needs no derivative of the
/// cofactors and the determinant that S⁻¹ is made of. The formula itself stays an ordinary one; both modes of differentiation look here first
/// and then go on from <see cref="Operands"/>. It is a second, equally true way down, so a formula without the entry loses only speed.
/// </summary>
internal sealed class KnownDerivative
{
    // By one operand of the formula that is unlikely to stand elsewhere: a sum or product disappears in a larger one, its operands do not.
    private static readonly ConditionalWeakTable<Expr, KnownDerivative> ByAnchor = [];
    private static volatile bool any;

    private readonly Expr formula;
    private readonly Lazy<Expr[]> partials;

    private KnownDerivative(Expr formula, Expr[] operands, Func<Expr[]> partials)
    {
        this.formula = formula;
        Operands = operands;
        this.partials = new Lazy<Expr[]>(partials);
    }

    /// <summary>The formulas that the derivative goes on from; each stands in the formula in some way.</summary>
    public Expr[] Operands { get; }

    /// <summary>The partial derivatives with respect to <see cref="Operands"/>.</summary>
    public Expr[] Partials => partials.Value;

    /// <summary>Remembers the derivative of a sum or product for as long as it lives.</summary>
    public static void Register(Expr formula, Expr[] operands, Func<Expr[]> partials)
    {
        if (formula is Product { Coefficient.IsOne: false } || AnchorOf(formula) is not { } anchor) return;
        ByAnchor.AddOrUpdate(anchor, new KnownDerivative(formula, operands, partials));
        any = true;
    }

    /// <summary>
    /// What is known of the derivative of <paramref name="node"/>; null in most cases. If a formula with a known derivative is part of a larger
    /// sum or product, that is taken apart into the formula and the rest.
    /// </summary>
    public static KnownDerivative? Of(Expr node)
    {
        if (!any || node is not (Sum or Product)) return null;
        // The form of a part of the variables may be a part of the form of all of them: the largest formula counts.
        KnownDerivative? largest = null;
        foreach (var arg in node.Args)
        {
            if (!ByAnchor.TryGetValue(arg, out var known)) continue;
            if (ReferenceEquals(known.formula, node)) return known;
            if (known.formula.GetType() == node.GetType() && known.formula.Args.Length > (largest?.formula.Args.Length ?? 0)
                && RestOf(node.Args, known.formula.Args) is not null)
            {
                largest = known;
            }
        }

        return largest is null ? null : Split(node, largest.formula, RestOf(node.Args, largest.formula.Args)!);
    }

    /// <summary>What differentiation goes on from: the operands of the known derivative, or those of the formula.</summary>
    public static Expr[] OperandsOf(Expr node) => Of(node)?.Operands ?? node.Args;

    /// <summary>As <see cref="Traversal.PostOrder(System.ReadOnlySpan{Expr}, ulong)"/>, in the graph that differentiation walks.</summary>
    public static List<Expr> PostOrder(Expr root, ulong mask)
    {
        if (!any) return Traversal.PostOrder([root], mask);
        var order = new List<Expr>();
        var seen = new HashSet<Expr> { root };
        var stack = new Stack<(Expr Node, Expr[] Operands, int Next)>();
        if ((root.SymbolMask & mask) != 0) stack.Push((root, OperandsOf(root), 0));
        while (stack.TryPop(out var top))
        {
            var (node, operands, next) = top;
            while (next < operands.Length && ((operands[next].SymbolMask & mask) == 0 || !seen.Add(operands[next]))) next++;
            if (next == operands.Length)
            {
                order.Add(node);
                continue;
            }

            stack.Push((node, operands, next + 1));
            stack.Push((operands[next], OperandsOf(operands[next]), 0));
        }

        return order;
    }

    private static KnownDerivative Split(Expr node, Expr formula, Expr[] rest)
    {
        if (node is Sum) return new KnownDerivative(node, [formula, Functions.Sum(rest)], static () => [Number.One, Number.One]);
        var others = Functions.Product(rest);
        return new KnownDerivative(node, [formula, others], () => [others, formula]);
    }

    /// <summary>All that is not in <paramref name="part"/>; null unless all of the part is there. Both are in canonical order.</summary>
    private static Expr[]? RestOf(Expr[] all, Expr[] part)
    {
        var rest = new List<Expr>(all.Length);
        var found = 0;
        foreach (var operand in all)
        {
            if (found < part.Length && ReferenceEquals(part[found], operand)) found++;
            else rest.Add(operand);
        }

        return found == part.Length ? [.. rest] : null;
    }

    private static Expr? AnchorOf(Expr formula)
    {
        if (formula is not (Sum or Product)) return null;
        var anchor = formula.Args[0];
        foreach (var arg in formula.Args)
        {
            if (arg.Size >= anchor.Size) anchor = arg;
        }

        return anchor;
    }
}

/// <summary>Collects the partial derivatives with respect to operands of which some are the same, as in a symmetric matrix.</summary>
internal sealed class PartialSums
{
    private readonly Dictionary<Expr, List<Func<Expr>>> contributions = [];

    public void Add(Expr operand, Func<Expr> contribution)
    {
        if (operand.SymbolMask == 0) return;
        if (contributions.TryGetValue(operand, out var list)) list.Add(contribution);
        else contributions.Add(operand, [contribution]);
    }

    public void Register(Expr formula)
    {
        if (contributions.Count == 0) return;
        KnownDerivative.Register(formula, [.. contributions.Keys], () =>
        {
            var partials = new List<Expr>();
            foreach (var list in contributions.Values) partials.Add(Total(list));
            return [.. partials];
        });
    }

    // Twice the same sum is 2*(a + b), which keeps the sum shared; adding it to itself would give 2*a + 2*b.
    private static Expr Total(List<Func<Expr>> contributions)
    {
        var counts = new Dictionary<Expr, int>();
        var order = new List<Expr>();
        foreach (var contribution in contributions)
        {
            var value = contribution();
            if (!counts.TryAdd(value, 1)) counts[value]++;
            else order.Add(value);
        }

        return Functions.Sum([.. order.ConvertAll(value => value * counts[value])]);
    }
}
