using System.Runtime.InteropServices;

namespace Nabla.Symbolics;

/// <summary>
/// A sum of two or more terms: flattened, like terms merged, higher degrees first and the number last. A term is a formula or a
/// number times a formula.
/// </summary>
public sealed class Sum : Expr
{
    private Sum(Expr[] terms)
        : base(terms, HashOf(0x5001, terms), 0, LargestDegree(terms))
    {
    }

    internal override bool SameNode(Expr other) => other is Sum && SameArgs(other);

    /// <summary>The canonical sum of any formulas.</summary>
    internal static Expr Of(ReadOnlySpan<Expr> operands)
    {
        var constant = Number.Zero;
        var terms = new List<Term>(operands.Length + 8);
        var sortedRun = 0;
        var runs = 0;
        foreach (var (operand, sign) in CombineScaledSums(operands))
        {
            if (operand is Sum sum)
            {
                foreach (var term in sum.Args) Append(term, sign, terms, ref constant);
            }
            else
            {
                Append(operand, sign, terms, ref constant);
            }

            if (runs++ == 0) sortedRun = terms.Count;
        }

        var merged = Order(terms, sortedRun, runs);
        var result = new List<Expr>(merged.Count + 1);
        var again = false;
        for (var i = 0; i < merged.Count;)
        {
            var (core, coefficient, node) = merged[i++];
            for (; i < merged.Count && ReferenceEquals(merged[i].Core, core); i++)
            {
                coefficient = Number.Add(coefficient, merged[i].Coefficient);
                node = null;
            }

            if (coefficient.IsZero) continue;
            node ??= Product.Scale(coefficient, core);
            again |= core is Sum && (coefficient.IsOne || ReferenceEquals(coefficient, Number.MinusOne));
            result.Add(node);
        }

        if (!constant.IsZero || result.Count == 0) result.Add(constant);
        if (again) return Of(CollectionsMarshal.AsSpan(result));
        return result.Count == 1 ? result[0] : InternTable.Intern(new Sum([.. result]));
    }

    /// <summary>
    /// A sum as operand is flattened, and so is its negative; but 2*(a + b) stays a term. When such a term meets the same sum
    /// unscaled, (a + b) - 3*(a + b), the two must be merged before the first is flattened.
    /// </summary>
    private static List<(Expr Operand, int Sign)> CombineScaledSums(ReadOnlySpan<Expr> operands)
    {
        Dictionary<Expr, Number>? scales = null;
        foreach (var operand in operands)
        {
            if (operand is not Product { Core: Sum core } product) continue;
            scales ??= [];
            scales[core] = Number.Add(scales.GetValueOrDefault(core, Number.Zero), product.Coefficient);
        }

        var combined = new List<(Expr, int)>(operands.Length);
        foreach (var operand in operands)
        {
            if (scales is null)
            {
                combined.Add((operand, 1));
            }
            else if (operand is Sum && scales.TryGetValue(operand, out var scale))
            {
                scales[operand] = Number.Add(scale, Number.One);
            }
            else if (operand is not Product { Core: Sum })
            {
                combined.Add((operand, 1));
            }
        }

        if (scales is null) return combined;
        foreach (var (core, scale) in scales)
        {
            if (scale.IsZero) continue;
            if (ReferenceEquals(scale, Number.MinusOne)) combined.Add((core, -1));
            else combined.Add((Product.Scale(scale, core), 1));
        }

        return combined;
    }

    private static void Append(Expr term, int sign, List<Term> terms, ref Number constant)
    {
        if (term is Number number)
        {
            constant = Number.Add(constant, sign < 0 ? Number.Negate(number) : number);
            return;
        }

        var (coefficient, core) = term is Product product ? (product.Coefficient, product.Core) : (Number.One, term);
        terms.Add(sign < 0 ? new Term(core, Number.Negate(coefficient), null) : new Term(core, coefficient, term));
    }

    /// <summary>Sorts the terms. Adding few terms to a long sum, the common case of a loop, inserts them instead.</summary>
    private static List<Term> Order(List<Term> terms, int sortedRun, int runs)
    {
        if (runs == 1 || terms.Count < 2) return terms;
        var added = terms.Count - sortedRun;
        if (added > 4 || sortedRun < 8)
        {
            terms.Sort(static (a, b) => CanonicalOrder.CompareTerms(a.Core, b.Core));
            return terms;
        }

        for (var i = sortedRun; i < terms.Count; i++)
        {
            var term = terms[i];
            var (low, high) = (0, i);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (CanonicalOrder.CompareTerms(terms[middle].Core, term.Core) <= 0) low = middle + 1;
                else high = middle;
            }

            terms.RemoveAt(i);
            terms.Insert(low, term);
        }

        return terms;
    }

    private static double LargestDegree(Expr[] terms)
    {
        var degree = double.NegativeInfinity;
        foreach (var term in terms) degree = Math.Max(degree, term.Degree);
        return degree;
    }

    /// <summary>coefficient * core; <paramref name="Node"/> is that term where it already exists.</summary>
    private readonly record struct Term(Expr Core, Number Coefficient, Expr? Node);
}
