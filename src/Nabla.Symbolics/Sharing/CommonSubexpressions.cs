namespace Nabla.Symbolics;

/// <summary>
/// Formulas as a list of steps in which nothing is computed twice. A graph shares whole nodes already; but sums and products are kept
/// flat, so that what two of them have in common is not a node of either: here x*y is found in x*y*z and in w/(x*y), a - b in b - a + c,
/// and terms with a common factor are added before they are multiplied. Names of steps are symbols, so no step is flattened into another.
/// The result is deterministic, and the work is bounded: formulas beyond a certain size are only cut at their shared nodes.
/// </summary>
public sealed class CommonSubexpressions
{
    private CommonSubexpressions(IReadOnlyList<(Symbol Name, Expr Value)> steps, IReadOnlyList<Expr> results, int operations)
    {
        Steps = steps;
        Results = results;
        Operations = operations;
    }

    /// <summary>What is computed once and used several times, in an order in which it can be computed.</summary>
    public IReadOnlyList<(Symbol Name, Expr Value)> Steps { get; }

    /// <summary>The formulas in terms of their symbols and of the names of the steps.</summary>
    public IReadOnlyList<Expr> Results { get; }

    /// <summary>The operations of all steps and results together, counted as <see cref="OperationCount"/> says.</summary>
    public int Operations { get; }

    /// <summary>Finds what the formulas have in common.</summary>
    /// <param name="outputs">The formulas; sums and products over an index stay as they are.</param>
    public static CommonSubexpressions Of(params ReadOnlySpan<Expr> outputs) => Of(outputs, "t");

    /// <summary>Finds what the formulas have in common.</summary>
    /// <param name="outputs">The formulas.</param>
    /// <param name="prefix">How the names of the steps begin; a number follows.</param>
    public static CommonSubexpressions Of(ReadOnlySpan<Expr> outputs, string prefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        var best = Best(outputs);
        var (steps, results) = new StepNames(best, outputs, prefix).Write();
        return new CommonSubexpressions(steps, results, best.Cost());
    }

    /// <summary>The operations of the formulas after sharing, without writing the steps.</summary>
    internal static int CostOf(ReadOnlySpan<Expr> outputs) => Best(outputs).Cost();

    // Taking out factors may hide products that others share, so several ways are tried; the first of the cheapest is taken.
    private static OperationGraph Best(ReadOnlySpan<Expr> outputs)
    {
        var best = new OperationGraph(outputs);
        if (best.IsLarge) return best;
        foreach (var factoring in (ReadOnlySpan<Factoring>)[Factoring.WholeSums, Factoring.Groups])
        {
            var candidate = new OperationGraph(outputs);
            candidate.Factor(factoring);
            candidate.ShareParts();
            if (candidate.Cost() < best.Cost()) best = candidate;
        }

        var plain = new OperationGraph(outputs);
        plain.ShareParts();
        return plain.Cost() <= best.Cost() ? plain : best;
    }
}

/// <summary>Which common factors of the terms of a sum are taken out.</summary>
internal enum Factoring
{
    /// <summary>Those that all terms have.</summary>
    WholeSums,

    /// <summary>Those of any two or more terms, the most frequent first.</summary>
    Groups,
}
