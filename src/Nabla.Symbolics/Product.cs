using System.Runtime.InteropServices;

namespace Nabla.Symbolics;

/// <summary>
/// A product of two or more factors: flattened, a numeric coefficient first (none if it is 1), then the factors by base, equal bases
/// with numeric exponents merged into one power.
/// </summary>
public sealed class Product : Expr
{
    // f/(1 + f) applied n times would be a product of n factors on each of n levels, and its derivative would have n³ operands. In a deep
    // formula a product of many factors is therefore one factor of the next.
    private const int LargestFlattenedWhenDeep = 64;
    private const int Deep = 256;

    private Product(Expr[] args, Expr? core)
        : base(args, HashOf(0x5002, args), 0, TotalDegree(args))
    {
        Coefficient = args[0] as Number ?? Number.One;
        Core = core ?? this;
    }

    /// <summary>The numeric factor; 1 if there is none.</summary>
    public Number Coefficient { get; }

    /// <summary>The product without its coefficient.</summary>
    public Expr Core { get; }

    private bool StaysWhole => Args.Length > LargestFlattenedWhenDeep && Depth > Deep;

    internal override bool SameNode(Expr other) => other is Product && SameArgs(other);

    /// <summary>The canonical product of any formulas.</summary>
    internal static Expr Of(ReadOnlySpan<Expr> operands)
    {
        // The longest product is in order already: the other factors are sorted and inserted into it.
        var main = IndexOfLongestProduct(operands);
        List<Number>? numbers = null;
        var added = new List<Expr>();
        for (var i = 0; i < operands.Length; i++)
        {
            if (i != main) Append(operands[i], added, ref numbers);
        }

        ReadOnlySpan<Expr> ordered = main < 0 ? [] : operands[main].Args;
        if (ordered is [Number first, ..])
        {
            (numbers ??= []).Add(first);
            ordered = ordered[1..];
        }

        var coefficient = numbers is null ? Number.One : Number.Multiply(CollectionsMarshal.AsSpan(numbers));
        if (coefficient.IsZero) return Number.Zero;
        if (double.IsNaN(coefficient.ToDouble())) return Number.NaN;
        if (added.Count > 1) added.Sort(CanonicalOrder.CompareFactors);
        var factors = Merge(ordered, added, out var again);
        if (again)
        {
            factors.Add(coefficient);
            return Of(CollectionsMarshal.AsSpan(factors));
        }

        if (factors.Count == 0) return coefficient;
        return Scale(coefficient, factors.Count == 1 ? factors[0] : InternTable.Intern(new Product([.. factors], null)));
    }

    /// <summary>A number times a formula that carries no coefficient itself.</summary>
    internal static Expr Scale(Number coefficient, Expr core)
    {
        if (coefficient.IsOne) return core;
        if (coefficient.IsZero) return Number.Zero;
        if (double.IsNaN(coefficient.ToDouble())) return Number.NaN;
        Expr[] args = core is Product ? [coefficient, .. core.Args] : [coefficient, core];
        return InternTable.Intern(new Product(args, core));
    }

    /// <summary>The product of all arguments but one; what is left is in order already.</summary>
    internal Expr Without(int index)
    {
        if (Args.Length == 2) return Args[1 - index];
        var first = Coefficient.IsOne ? 0 : 1;
        if (index < first) return Core;
        var rest = new Expr[Args.Length - first - 1];
        Args.AsSpan(first, index - first).CopyTo(rest);
        Args.AsSpan(index + 1).CopyTo(rest.AsSpan(index - first));
        return Scale(Coefficient, rest.Length == 1 ? rest[0] : InternTable.Intern(new Product(rest, null)));
    }

    /// <summary>The factors of a term: those of a product, or the term itself.</summary>
    internal static ReadOnlySpan<Expr> FactorsOf(ref readonly Expr term) => term is Product ? term.Args : new ReadOnlySpan<Expr>(in term);

    private static int IndexOfLongestProduct(ReadOnlySpan<Expr> operands)
    {
        var (longest, length) = (-1, 0);
        for (var i = 0; i < operands.Length; i++)
        {
            if (operands[i] is Product product && product.Args.Length > length && !product.StaysWhole) (longest, length) = (i, product.Args.Length);
        }

        return longest;
    }

    private static void Append(Expr operand, List<Expr> factors, ref List<Number>? numbers)
    {
        if (operand is Product { StaysWhole: true } whole)
        {
            if (!whole.Coefficient.IsOne) (numbers ??= []).Add(whole.Coefficient);
            factors.Add(whole.Core);
        }
        else if (operand is Product product)
        {
            foreach (var factor in product.Args) Append(factor, factors, ref numbers);
        }
        else if (operand is Number number)
        {
            (numbers ??= []).Add(number);
        }
        else
        {
            factors.Add(operand);
        }
    }

    /// <summary>
    /// Inserts sorted factors into ordered ones, adding the exponents of equal bases. <paramref name="again"/> tells that a merged power
    /// is no longer a factor of its base, so that all must be done once more.
    /// </summary>
    private static List<Expr> Merge(ReadOnlySpan<Expr> ordered, List<Expr> added, out bool again)
    {
        var result = new List<Expr>(ordered.Length + added.Count + 1);
        again = false;
        for (var i = 0; i < added.Count;)
        {
            var factor = added[i++];
            var @base = Power.BaseOf(factor);
            var exponent = Power.ExponentOf(factor);
            var merged = false;
            var position = LowerBound(ordered, @base);
            result.AddRange(ordered[..position]);
            ordered = ordered[position..];
            if (ordered.Length > 0 && ReferenceEquals(Power.BaseOf(ordered[0]), @base))
            {
                (exponent, merged) = (Number.Add(Power.ExponentOf(ordered[0]), exponent), true);
                ordered = ordered[1..];
            }

            for (; i < added.Count && ReferenceEquals(Power.BaseOf(added[i]), @base); i++)
            {
                (exponent, merged) = (Number.Add(exponent, Power.ExponentOf(added[i])), true);
            }

            if (merged)
            {
                if (exponent.IsZero) continue;
                factor = Power.Of(@base, exponent);
                again |= factor is Product or Number || !ReferenceEquals(Power.BaseOf(factor), @base);
            }

            result.Add(factor);
        }

        result.AddRange(ordered);
        return result;
    }

    private static int LowerBound(ReadOnlySpan<Expr> ordered, Expr @base)
    {
        var (low, high) = (0, ordered.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (CanonicalOrder.Compare(Power.BaseOf(ordered[middle]), @base) < 0) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private static double TotalDegree(Expr[] factors)
    {
        var degree = 0.0;
        foreach (var factor in factors) degree += factor.Degree;
        return degree;
    }
}
