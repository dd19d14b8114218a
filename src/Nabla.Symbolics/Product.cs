using System.Runtime.InteropServices;

namespace Nabla.Symbolics;

/// <summary>
/// A product of two or more factors: flattened, a numeric coefficient first (none if it is 1), then the factors by base, equal bases
/// with numeric exponents merged into one power.
/// </summary>
public sealed class Product : Expr
{
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

    internal override bool SameNode(Expr other) => other is Product && SameArgs(other);

    /// <summary>The canonical product of any formulas.</summary>
    internal static Expr Of(ReadOnlySpan<Expr> operands)
    {
        List<Number>? numbers = null;
        var factors = new List<Expr>(operands.Length + 4);
        var runs = 0;
        foreach (var operand in operands)
        {
            var before = factors.Count;
            if (operand is Product product)
            {
                foreach (var factor in product.Args) Append(factor, factors, ref numbers);
            }
            else
            {
                Append(operand, factors, ref numbers);
            }

            if (factors.Count > before) runs++;
        }

        var coefficient = numbers is null ? Number.One : Number.Multiply(CollectionsMarshal.AsSpan(numbers));
        if (coefficient.IsZero) return Number.Zero;
        if (double.IsNaN(coefficient.ToDouble())) return Number.NaN;
        if (factors.Count == 0) return coefficient;
        if (runs > 1) factors.Sort(CanonicalOrder.CompareFactors);
        if (runs > 1 && MergeEqualBases(factors))
        {
            factors.Add(coefficient);
            return Of(CollectionsMarshal.AsSpan(factors));
        }

        if (factors.Count == 0) return coefficient;
        var core = factors.Count == 1 ? factors[0] : InternTable.Intern(new Product([.. factors], null));
        return Scale(coefficient, core);
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

    private static void Append(Expr factor, List<Expr> factors, ref List<Number>? numbers)
    {
        if (factor is Number number) (numbers ??= []).Add(number);
        else factors.Add(factor);
    }

    /// <summary>Merges neighbours of one base; true if a merged power is no longer a factor of that base, so that all must be done again.</summary>
    private static bool MergeEqualBases(List<Expr> factors)
    {
        var again = false;
        var kept = 0;
        for (var i = 0; i < factors.Count;)
        {
            var factor = factors[i++];
            var @base = Power.BaseOf(factor);
            var exponent = Power.ExponentOf(factor);
            var count = 1;
            for (; i < factors.Count && ReferenceEquals(Power.BaseOf(factors[i]), @base); i++, count++)
            {
                exponent = Number.Add(exponent, Power.ExponentOf(factors[i]));
            }

            if (count > 1)
            {
                if (exponent.IsZero) continue;
                factor = Power.Of(@base, exponent);
                again |= factor is Product or Number || !ReferenceEquals(Power.BaseOf(factor), @base);
            }

            factors[kept++] = factor;
        }

        factors.RemoveRange(kept, factors.Count - kept);
        return again;
    }

    private static double TotalDegree(Expr[] factors)
    {
        var degree = 0.0;
        foreach (var factor in factors) degree += factor.Degree;
        return degree;
    }
}
