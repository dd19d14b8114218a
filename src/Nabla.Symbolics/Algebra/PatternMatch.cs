using System.Collections.Immutable;

namespace Nabla.Symbolics;

/// <summary>
/// Finds a pattern in a formula. A pattern is a formula whose wildcards are symbols; each stands for any formula, the same everywhere. The order of
/// terms and factors does not matter; one wildcard of a sum or product takes all that the others leave.
/// </summary>
internal static class PatternMatch
{
    /// <summary>All ways to match the whole of <paramref name="target"/>.</summary>
    public static IEnumerable<ImmutableDictionary<Symbol, Expr>> Whole(Expr pattern, Expr target, ImmutableDictionary<Symbol, Expr> bound)
    {
        switch (pattern)
        {
            case Symbol symbol when Wildcards.Contains(symbol):
                return Bind(symbol, target, bound);
            case Number or Constant or Symbol:
                return ReferenceEquals(pattern, target) ? [bound] : [];
            case Sum:
                return Several(pattern.Args, target is Sum ? target.Args : [target], isSum: true, bound);
            case Product product:
                return WholeProduct(product, target, bound);
            case Call call:
                return target is Call other && other.Primitive == call.Primitive ? Arguments(call, other.Args, bound) : [];
            default:
                return [];
        }
    }

    /// <summary>The pattern with its wildcards replaced.</summary>
    public static Expr Instantiate(Expr pattern, ImmutableDictionary<Symbol, Expr> bound)
    {
        switch (pattern)
        {
            case Symbol symbol: return bound.TryGetValue(symbol, out var value) ? value : symbol;
            case Sum or Product or Call:
                var operands = new Expr[pattern.Args.Length];
                for (var i = 0; i < operands.Length; i++) operands[i] = Instantiate(pattern.Args[i], bound);
                return Rebuilding.WithOperands(pattern, operands);
            default: return pattern;
        }
    }

    private static IEnumerable<ImmutableDictionary<Symbol, Expr>> Bind(Symbol wildcard, Expr target, ImmutableDictionary<Symbol, Expr> bound)
    {
        if (bound.TryGetValue(wildcard, out var old)) return ReferenceEquals(old, target) ? [bound] : [];
        if (Wildcards.IsNumeric(wildcard) && target is not Number { IsExact: true }) return [];
        return [bound.Add(wildcard, target)];
    }

    private static IEnumerable<ImmutableDictionary<Symbol, Expr>> Arguments(Call pattern, Expr[] targets, ImmutableDictionary<Symbol, Expr> bound)
    {
        foreach (var match in InOrder(pattern.Args, targets, 0, bound)) yield return match;
        if (!pattern.Primitive.IsCommutative || targets.Length != 2) yield break;
        foreach (var match in InOrder(pattern.Args, [targets[1], targets[0]], 0, bound)) yield return match;
    }

    private static IEnumerable<ImmutableDictionary<Symbol, Expr>> InOrder(
        Expr[] patterns, Expr[] targets, int from, ImmutableDictionary<Symbol, Expr> bound)
    {
        if (from == patterns.Length) return [bound];
        return Rest();

        IEnumerable<ImmutableDictionary<Symbol, Expr>> Rest()
        {
            foreach (var first in Whole(patterns[from], targets[from], bound))
            {
                foreach (var all in InOrder(patterns, targets, from + 1, first)) yield return all;
            }
        }
    }

    // 2*a matches 6*x with a = 3*x: the quotient of the coefficients must be whole and joins the rest.
    private static IEnumerable<ImmutableDictionary<Symbol, Expr>> WholeProduct(
        Product pattern, Expr target, ImmutableDictionary<Symbol, Expr> bound)
    {
        if (pattern.Coefficient.IsOne) return Several(pattern.Args, target is Product ? target.Args : [target], isSum: false, bound);
        if (!pattern.Coefficient.IsExact || target is Sum) return target is Sum && ReferenceEquals(pattern.Coefficient, Number.MinusOne)
            ? Whole(pattern.Core, -target, bound) : [];
        var own = target switch
        {
            Number number => number,
            Product product => product.Coefficient,
            _ => Number.One,
        };
        if (!own.IsExact || !(own.Value / pattern.Coefficient.Value).IsInteger) return [];
        return Whole(pattern.Core, Number.Of(1 / pattern.Coefficient.Value) * target, bound);
    }

    private static IEnumerable<ImmutableDictionary<Symbol, Expr>> Several(
        Expr[] patterns, Expr[] targets, bool isSum, ImmutableDictionary<Symbol, Expr> bound)
    {
        Symbol? taker = null;
        var others = new List<Expr>();
        foreach (var pattern in patterns)
        {
            if (taker is null && pattern is Symbol symbol && Wildcards.Contains(symbol) && !bound.ContainsKey(symbol)) taker = symbol;
            else others.Add(pattern);
        }

        if (others.Count > targets.Length || (taker is null && others.Count != targets.Length)) return [];
        return Assign(others, 0, targets, new bool[targets.Length], taker, isSum, bound);
    }

    private static IEnumerable<ImmutableDictionary<Symbol, Expr>> Assign(
        List<Expr> patterns, int from, Expr[] targets, bool[] used, Symbol? taker, bool isSum, ImmutableDictionary<Symbol, Expr> bound)
    {
        if (from == patterns.Count)
        {
            var rest = new List<Expr>();
            for (var i = 0; i < targets.Length; i++)
            {
                if (!used[i]) rest.Add(targets[i]);
            }

            if (taker is null)
            {
                if (rest.Count == 0) yield return bound;
                yield break;
            }

            foreach (var match in Bind(taker, isSum ? Sum.Of([.. rest]) : Product.Of([.. rest]), bound)) yield return match;
            yield break;
        }

        for (var i = 0; i < targets.Length; i++)
        {
            if (used[i]) continue;
            foreach (var match in Whole(patterns[from], targets[i], bound))
            {
                used[i] = true;
                foreach (var all in Assign(patterns, from + 1, targets, used, taker, isSum, match)) yield return all;
                used[i] = false;
            }
        }
    }
}

/// <summary>The symbols that stand for any formula in rules.</summary>
internal static class Wildcards
{
    public static Symbol A { get; } = Expr.Symbol("‹a›");

    public static Symbol B { get; } = Expr.Symbol("‹b›");

    public static Symbol C { get; } = Expr.Symbol("‹c›");

    /// <summary>Stands for exact numbers only.</summary>
    public static Symbol N { get; } = Expr.Symbol("‹n›");

    /// <summary>Stands for exact numbers only.</summary>
    public static Symbol M { get; } = Expr.Symbol("‹m›");

    public static bool Contains(Symbol symbol) =>
        ReferenceEquals(symbol, A) || ReferenceEquals(symbol, B) || ReferenceEquals(symbol, C) || IsNumeric(symbol);

    public static bool IsNumeric(Symbol symbol) => ReferenceEquals(symbol, N) || ReferenceEquals(symbol, M);
}
