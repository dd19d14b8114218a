using System.Collections.Immutable;

namespace Nabla.Symbolics;

/// <summary>A rule that may replace a formula by a lighter one with the same value. See <see cref="RewriteRules"/>.</summary>
internal abstract class RewriteRule(string domain)
{
    /// <summary>Where the rule is valid: what must hold, or follows from the left side having a value.</summary>
    public string Domain { get; } = domain;

    /// <summary>Instances that a test evaluates: left side and right side.</summary>
    public abstract IReadOnlyList<(Expr From, Expr To)> Examples { get; }

    /// <summary>The formulas that the rule makes of this one; they need not be lighter.</summary>
    public abstract IEnumerable<Expr> Apply(Expr node);

    /// <summary>Whether the rule can apply to a node of this kind: Sum, Product, or the primitive.</summary>
    public abstract bool Concerns(Expr node);
}

/// <summary>
/// A rule given by two patterns. A product is also found among more factors and in powers, sin(x)^2*y/cos(x)^2 = tan(x)^2*y; a sum also among more
/// terms, with a common factor and other coefficients, 3*y*sin(x)^2 + 5*y*cos(x)^2 = 3*y + 2*y*cos(x)^2.
/// </summary>
internal sealed class PatternRule : RewriteRule
{
    private static readonly ImmutableDictionary<Symbol, Expr> Nothing =
        ImmutableDictionary<Symbol, Expr>.Empty;

    private readonly Expr from;
    private readonly Expr to;
    private readonly (Symbol Wildcard, Assumptions Facts)[] needs;
    private readonly Func<ImmutableDictionary<Symbol, Expr>, bool>? when;

    public PatternRule(
        Expr from,
        Expr to,
        string domain,
        Func<ImmutableDictionary<Symbol, Expr>, bool>? when = null,
        params (Symbol Wildcard, Assumptions Facts)[] needs)
        : base(domain)
    {
        this.from = from;
        this.to = to;
        this.when = when;
        this.needs = needs;
    }

    public override IReadOnlyList<(Expr From, Expr To)> Examples
    {
        get
        {
            var bound = Nothing;
            Symbol[] wildcards = [Wildcards.A, Wildcards.B, Wildcards.C];
            string[] names = ["a", "b", "c"];
            for (var i = 0; i < wildcards.Length; i++)
            {
                var facts = Assumptions.Real;
                foreach (var need in needs)
                {
                    if (ReferenceEquals(need.Wildcard, wildcards[i])) facts |= need.Facts;
                }

                bound = bound.Add(wildcards[i], Expr.Symbol(names[i], facts));
            }

            var examples = new List<(Expr, Expr)>();
            Expr[] numbers = [2, 3, -1, new Rational(3, 2), 4, -2];
            for (var i = 0; i < numbers.Length; i++)
            {
                var full = bound.SetItem(Wildcards.N, numbers[i]).SetItem(Wildcards.M, numbers[(i + 1) % numbers.Length]);
                var pair = (PatternMatch.Instantiate(from, full), PatternMatch.Instantiate(to, full));
                if (Holds(full) && !examples.Contains(pair)) examples.Add(pair);
            }

            // Conditions on formulas rather than on numbers: a truth value, a zero.
            foreach (var special in new[] { bound.SetItem(Wildcards.A, Functions.Less(bound[Wildcards.A], bound[Wildcards.B])), bound.SetItem(Wildcards.B, 0) })
            {
                if (examples.Count == 0 && Holds(special)) examples.Add((PatternMatch.Instantiate(from, special), PatternMatch.Instantiate(to, special)));
            }

            return examples;
        }
    }

    public override bool Concerns(Expr node) => (from, node) switch
    {
        (Sum, Sum) or (Product, Product) => true,
        (Call a, Call b) => a.Primitive == b.Primitive,
        _ => false,
    };

    public override IEnumerable<Expr> Apply(Expr node) => (from, node) switch
    {
        (Sum sum, Sum target) => ApplyToSum(sum, target),
        (Product, Product) => ApplyToProduct(node),
        (Call { Args: [_, Number] } power, Call) when power.Primitive == Primitives.Pow => ApplyToProduct(node),
        _ => ApplyToCall(node),
    };

    /// <inheritdoc/>
    public override string ToString() => $"{from} = {to}";

    private bool Holds(ImmutableDictionary<Symbol, Expr> bound)
    {
        foreach (var (wildcard, facts) in needs)
        {
            if (!Signs.Has(bound[wildcard], facts)) return false;
        }

        return when is null || when(bound);
    }

    private IEnumerable<Expr> ApplyToCall(Expr node)
    {
        foreach (var match in PatternMatch.Whole(from, node, Nothing))
        {
            if (Holds(match)) yield return PatternMatch.Instantiate(to, match);
        }
    }

    // ---- Products -------------------------------------------------------------------------------------------------------------

    private IEnumerable<Expr> ApplyToProduct(Expr target)
    {
        foreach (var (bound, times, rest) in Within(from, target, Nothing))
        {
            if (Holds(bound)) yield return Power.Of(PatternMatch.Instantiate(to, bound), times) * rest;
        }
    }

    /// <summary>The ways in which target = pattern^times * rest.</summary>
    private static IEnumerable<(ImmutableDictionary<Symbol, Expr> Bound, int Times, Expr Remainder)> Within(
        Expr pattern, Expr target, ImmutableDictionary<Symbol, Expr> bound)
    {
        // Structured factors are looked for; bare wildcards are bound by then and divided out.
        Expr[] factors = pattern is Product ? pattern.Args : [pattern];
        var structured = Array.FindAll(factors, static factor => factor is not (Number or Symbol));
        Expr[] targets = target is Product ? target.Args : [target];
        foreach (var (match, times, users) in Match(structured, 0, targets, new int[targets.Length], bound, 0))
        {
            yield return (match, times, Remainder(factors, structured, targets, users, match, times));
            if (times > 1) yield return (match, 1, Remainder(factors, structured, targets, users, match, 1));
        }
    }

    // users[i] - 1 is the structured factor that was found in the i-th target.
    private static Expr Remainder(
        Expr[] factors, Expr[] structured, Expr[] targets, int[] users, ImmutableDictionary<Symbol, Expr> bound, int times)
    {
        var rest = new List<Expr>();
        for (var i = 0; i < targets.Length; i++)
        {
            if (users[i] == 0)
            {
                rest.Add(targets[i]);
                continue;
            }

            var used = Number.Multiply(Power.ExponentOf(structured[users[i] - 1]), Number.Of(-times));
            rest.Add(Power.Of(Power.BaseOf(targets[i]), Number.Add(Power.ExponentOf(targets[i]), used)));
        }

        foreach (var factor in factors)
        {
            if (factor is Number or Symbol) rest.Add(Power.Of(PatternMatch.Instantiate(factor, bound), -times));
        }

        return Product.Of([.. rest]);
    }

    private static IEnumerable<(ImmutableDictionary<Symbol, Expr> Bound, int Times, int[] Users)> Match(
        Expr[] patterns, int from, Expr[] targets, int[] users, ImmutableDictionary<Symbol, Expr> bound, int times)
    {
        if (from == patterns.Length)
        {
            if (times > 0) yield return (bound, times, (int[])users.Clone());
            yield break;
        }

        var pattern = patterns[from];
        var (@base, exponent) = (Power.BaseOf(pattern), Power.ExponentOf(pattern));
        for (var i = 0; i < targets.Length; i++)
        {
            if (targets[i] is Number || users[i] != 0) continue;
            var fits = Times(Power.ExponentOf(targets[i]), exponent);
            if (fits < 1) continue;
            users[i] = from + 1;
            foreach (var match in PatternMatch.Whole(@base, Power.BaseOf(targets[i]), bound))
            {
                foreach (var all in Match(patterns, from + 1, targets, users, match, times == 0 ? fits : Math.Min(times, fits))) yield return all;
            }

            users[i] = 0;
        }
    }

    private static int Times(Number exponent, Number unit)
    {
        if (!exponent.IsExact || !unit.IsExact) return 0;
        var ratio = Rational.Floor(exponent.Value / unit.Value);
        return ratio.TryGetSmall(out var times, out _) ? (int)Math.Clamp(times, 0, 1 << 20) : 0;
    }

    // ---- Sums -----------------------------------------------------------------------------------------------------------------

    private IEnumerable<Expr> ApplyToSum(Sum pattern, Sum target)
    {
        var terms = (Expr[])pattern.Args.Clone();
        Array.Sort(terms, static (a, b) => b.Size.CompareTo(a.Size));
        foreach (var term in target.Args)
        {
            if (term is Number) continue;
            foreach (var (bound, times, rest) in Within(terms[0], term, Nothing))
            {
                if (times != 1) continue;
                foreach (var match in Others(terms, 1, target, rest, bound))
                {
                    if (!Holds(match)) continue;
                    var parts = new List<Expr> { target, rest * PatternMatch.Instantiate(to, match) };
                    foreach (var part in terms) parts.Add(-rest * PatternMatch.Instantiate(part, match));
                    yield return Sum.Of([.. parts]);
                }
            }
        }
    }

    private static IEnumerable<ImmutableDictionary<Symbol, Expr>> Others(
        Expr[] terms, int from, Sum target, Expr factor, ImmutableDictionary<Symbol, Expr> bound)
    {
        if (from == terms.Length)
        {
            yield return bound;
            yield break;
        }

        if (IsBound(terms[from], bound))
        {
            if (HasCore(target, factor * PatternMatch.Instantiate(terms[from], bound)))
            {
                foreach (var match in Others(terms, from + 1, target, factor, bound)) yield return match;
            }

            yield break;
        }

        foreach (var term in target.Args)
        {
            if (term is Number) continue;
            foreach (var (next, times, rest) in Within(terms[from], term, bound))
            {
                if (times != 1 || !ReferenceEquals(rest, factor)) continue;
                foreach (var match in Others(terms, from + 1, target, factor, next)) yield return match;
            }
        }
    }

    private static bool IsBound(Expr pattern, ImmutableDictionary<Symbol, Expr> bound)
    {
        if (pattern is Symbol symbol) return !Wildcards.Contains(symbol) || bound.ContainsKey(symbol);
        return Array.TrueForAll(pattern.Args, arg => IsBound(arg, bound));
    }

    private static bool HasCore(Sum target, Expr wanted)
    {
        var core = CoreOf(wanted);
        foreach (var term in target.Args)
        {
            if (ReferenceEquals(CoreOf(term), core)) return true;
        }

        return false;
    }

    private static Expr CoreOf(Expr term) => term switch
    {
        Number => Number.One,
        Product product => product.Core,
        _ => term,
    };
}

/// <summary>A rule given by a method, for what two patterns cannot say.</summary>
internal sealed class MethodRule(string name, string domain, Func<Expr, bool> concerns, Func<Expr, Expr?> method, params (Expr From, Expr To)[] examples)
    : RewriteRule(domain)
{
    public override IReadOnlyList<(Expr From, Expr To)> Examples => examples;

    public override bool Concerns(Expr node) => concerns(node);

    public override IEnumerable<Expr> Apply(Expr node) => method(node) is { } result ? [result] : [];

    /// <inheritdoc/>
    public override string ToString() => name;
}
