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
        var combined = HasScaledSum(operands) ? CombineScaledSums(operands) : null;
        if (combined is not null) operands = CollectionsMarshal.AsSpan(combined);

        // The longest sum is in order already: the other terms are sorted and inserted into it.
        var main = IndexOfLongestSum(operands);
        var constant = Number.Zero;
        var added = new List<Term>();
        for (var i = 0; i < operands.Length; i++)
        {
            if (i != main) Append(operands[i], negate: false, added, ref constant);
        }

        if (!IsOrdered(added)) added.Sort(static (a, b) => CanonicalOrder.CompareTerms(a.Core, b.Core));
        ReadOnlySpan<Expr> ordered = main < 0 ? [] : operands[main].Args;
        if (ordered is [.., Number last])
        {
            constant = Number.Add(last, constant);
            ordered = ordered[..^1];
        }

        var result = Merge(ordered, CollectionsMarshal.AsSpan(added), out var again);
        if (!constant.IsZero || result.Count == 0) result.Add(constant);
        if (again) return Of(CollectionsMarshal.AsSpan(result));
        return result.Count == 1 ? result[0] : InternTable.Intern(new Sum([.. result]));
    }

    /// <summary>
    /// Inserts sorted terms into ordered ones, adding the coefficients of equal cores. <paramref name="again"/> tells that a term became
    /// plus or minus a sum, which must be flattened, or not a number, which belongs to the constant.
    /// </summary>
    private static List<Expr> Merge(ReadOnlySpan<Expr> ordered, ReadOnlySpan<Term> added, out bool again)
    {
        var result = new List<Expr>(ordered.Length + added.Length + 1);
        again = false;
        for (var i = 0; i < added.Length;)
        {
            var (core, coefficient, node) = added[i++];
            var position = LowerBound(ordered, core);
            result.AddRange(ordered[..position]);
            ordered = ordered[position..];
            if (ordered.Length > 0 && ReferenceEquals(CoreOf(ordered[0]), core))
            {
                (coefficient, node) = (Number.Add(CoefficientOf(ordered[0]), coefficient), null);
                ordered = ordered[1..];
            }

            for (; i < added.Length && ReferenceEquals(added[i].Core, core); i++)
            {
                (coefficient, node) = (Number.Add(coefficient, added[i].Coefficient), null);
            }

            if (coefficient.IsZero) continue;
            again |= (core is Sum && (coefficient.IsOne || ReferenceEquals(coefficient, Number.MinusOne))) || double.IsNaN(coefficient.ToDouble());
            result.Add(node ?? Product.Scale(coefficient, core));
        }

        result.AddRange(ordered);
        return result;
    }

    private static bool IsOrdered(List<Term> terms)
    {
        for (var i = 1; i < terms.Count; i++)
        {
            if (CanonicalOrder.CompareTerms(terms[i - 1].Core, terms[i].Core) > 0) return false;
        }

        return true;
    }

    private static int LowerBound(ReadOnlySpan<Expr> ordered, Expr core)
    {
        var (low, high) = (0, ordered.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (CanonicalOrder.CompareTerms(CoreOf(ordered[middle]), core) < 0) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private static int IndexOfLongestSum(ReadOnlySpan<Expr> operands)
    {
        var (longest, length) = (-1, 0);
        for (var i = 0; i < operands.Length; i++)
        {
            if (operands[i] is Sum sum && sum.Args.Length > length) (longest, length) = (i, sum.Args.Length);
        }

        return longest;
    }

    private static bool HasScaledSum(ReadOnlySpan<Expr> operands)
    {
        foreach (var operand in operands)
        {
            if (operand is Product { Core: Sum }) return true;
        }

        return false;
    }

    /// <summary>
    /// A sum as operand is flattened, and so is its negative; but 2*(a + b) stays a term. When such a term meets the same sum
    /// unscaled, (a + b) - 3*(a + b), the two must be merged before the first is flattened.
    /// </summary>
    private static List<Expr> CombineScaledSums(ReadOnlySpan<Expr> operands)
    {
        var scales = new Dictionary<Expr, Number>();
        foreach (var operand in operands)
        {
            if (operand is Product { Core: Sum core } product) scales[core] = Number.Add(scales.GetValueOrDefault(core, Number.Zero), product.Coefficient);
        }

        var combined = new List<Expr>(operands.Length);
        foreach (var operand in operands)
        {
            if (operand is Sum && scales.TryGetValue(operand, out var scale)) scales[operand] = Number.Add(scale, Number.One);
            else if (operand is not Product { Core: Sum }) combined.Add(operand);
        }

        foreach (var (core, scale) in scales)
        {
            if (!scale.IsZero) combined.Add(Product.Scale(scale, core));
        }

        return combined;
    }

    private static void Append(Expr operand, bool negate, List<Term> terms, ref Number constant)
    {
        switch (operand)
        {
            case Number number:
                constant = Number.Add(constant, negate ? Number.Negate(number) : number);
                break;
            case Sum sum:
                foreach (var term in sum.Args) Append(term, negate, terms, ref constant);
                break;
            case Product { Core: Sum core } product when ReferenceEquals(product.Coefficient, Number.MinusOne):
                foreach (var term in core.Args) Append(term, !negate, terms, ref constant);
                break;
            default:
                var coefficient = CoefficientOf(operand);
                terms.Add(negate
                    ? new Term(CoreOf(operand), Number.Negate(coefficient), null)
                    : new Term(CoreOf(operand), coefficient, operand));
                break;
        }
    }

    private static Expr CoreOf(Expr term) => term is Product product ? product.Core : term;

    private static Number CoefficientOf(Expr term) => term is Product product ? product.Coefficient : Number.One;

    private static double LargestDegree(Expr[] terms)
    {
        var degree = double.NegativeInfinity;
        foreach (var term in terms) degree = Math.Max(degree, term.Degree);
        return degree;
    }

    /// <summary>coefficient * core; <paramref name="Node"/> is that term where it already exists.</summary>
    private readonly record struct Term(Expr Core, Number Coefficient, Expr? Node);
}
