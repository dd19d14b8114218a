using System.Diagnostics;

namespace Nabla.Symbolics;

/// <summary>
/// Makes a formula lighter. A pass goes from the leaves to the root: each node is made again from its simplified operands, then rules and
/// algebraic forms replace it as long as they lower its weight. Every replacement is evaluated at sample points before it is used, so a
/// wrong one stays where it arose; the result of a pass is kept only if it needs no more operations than what it came from, and agrees
/// with the original formula at other points. Work is counted in steps; when they are used up, the rest of the pass only copies.
/// </summary>
internal sealed class Simplification
{
    private const int LocalPoints = 24;
    private const int FinalPoints = 48;
    private const int DeepestCandidate = 2;
    private const int MostRounds = 24;
    private const int MostCandidates = 24;
    private readonly SimplifyOptions options;
    private readonly WorkBudget budget;
    private readonly FormulaWeight weight = new();
    private readonly SamplePoints points = new(LocalPoints, 0x5EED_0001);
    private readonly Dictionary<Expr, Expr> simplified = [];
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly bool useForms;
    private int depth;
    private bool exhausted;

    private Simplification(SimplifyOptions options, bool useForms)
    {
        this.options = options;
        this.useForms = useForms;
        budget = new WorkBudget(options.MaxWork);
    }

    /// <summary>The simplified formula, or the formula itself.</summary>
    public static Expr Run(Expr root, SimplifyOptions options)
    {
        if (root.Args.Length == 0 || options.MaxPasses == 0) return root;
        if (!HasFewNodes(root, options.MaxNodes)) return root;
        var judge = new SamplePoints(FinalPoints, 0xF1A1_0002);
        var result = Passes(root, options, useForms: true, judge);

        // A rewriting may spoil what subterms share. Rules alone do so less often than whole new forms.
        return ReferenceEquals(result, root) ? Passes(root, options, useForms: false, judge) : result;
    }

    private static Expr Passes(Expr root, SimplifyOptions options, bool useForms, SamplePoints judge)
    {
        var engine = new Simplification(options, useForms);
        var current = root;
        for (var pass = 0; pass < options.MaxPasses && !engine.exhausted; pass++)
        {
            var next = engine.Settle(current);
            if (ReferenceEquals(next, current) || !engine.IsBetter(next, current) || !judge.Agree(root, next)) break;
            current = next;
        }

        return current;
    }

    private static bool HasFewNodes(Expr root, int most)
    {
        var seen = new HashSet<Expr> { root };
        var open = new Stack<Expr>([root]);
        while (open.TryPop(out var node))
        {
            foreach (var operand in node.Args)
            {
                if (!seen.Add(operand)) continue;
                if (seen.Count > most) return false;
                open.Push(operand);
            }
        }

        return seen.Count <= most;
    }

    private bool IsBetter(Expr next, Expr current)
    {
        var (after, before) = (OperationCount.Of(next), OperationCount.Of(current));
        return after < before || (after == before && weight.Of(next) < weight.Of(current));
    }

    /// <summary>The formula with every node replaced by the lightest found.</summary>
    private Expr Settle(Expr formula)
    {
        foreach (var node in Unseen.Below(formula, simplified))
        {
            var rebuilt = Rebuilding.WithOperands(node, simplified);

            // A simplified operand may have a value where it had none, and a comparison makes a false answer of it.
            if (!ReferenceEquals(rebuilt, node) && !(CanSpend(1) && points.Agree(node, rebuilt))) rebuilt = node;
            simplified[node] = Improve(rebuilt);
        }

        return simplified[formula];
    }

    private bool CanSpend(long steps)
    {
        if (exhausted) return false;
        exhausted = budget.Left < steps || (options.TimeLimit is { } limit && clock.Elapsed > limit);
        if (!exhausted) budget.Spend(steps);
        return !exhausted;
    }

    private Expr Improve(Expr node)
    {
        for (var round = 0; round < MostRounds && CanSpend(1); round++)
        {
            var lighter = ByRule(node) ?? ByForm(node);
            if (lighter is null) break;
            node = lighter;
        }

        return node;
    }

    private Expr? ByRule(Expr node)
    {
        if (node is not (Sum or Product or Call)) return null;
        var before = weight.Of(node);
        foreach (var rule in RewriteRules.All)
        {
            if (!rule.Concerns(node)) continue;
            if (!CanSpend(1 + node.Args.Length)) return null;
            var (best, least, tried) = ((Expr?)null, before - 1e-9, 0);
            foreach (var candidate in rule.Apply(node))
            {
                if (!CanSpend(4) || ++tried > MostCandidates) break;
                if (weight.Of(candidate) < least && Certify(node, candidate)) (best, least) = (candidate, weight.Of(candidate));
            }

            if (best is not null) return best;
        }

        return null;
    }

    private Expr? ByForm(Expr node)
    {
        if (!useForms || depth >= DeepestCandidate || !CanSpend(1)) return null;
        var (best, least) = ((Expr?)null, weight.Of(node) - 1e-9);
        depth++;
        foreach (var form in new AlgebraicForms(budget).Of(node))
        {
            if (!CanSpend(1)) break;
            var candidate = form.Size > 4 * node.Size + 64 ? form : Settle(form);
            if (weight.Of(candidate) < least && Certify(node, candidate)) (best, least) = (candidate, weight.Of(candidate));
        }

        depth--;
        return best;
    }

    private bool Certify(Expr original, Expr candidate)
    {
        if (!CanSpend(LocalPoints)) return false;
        return points.Agree(original, candidate);
    }
}
