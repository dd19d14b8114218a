using System.Runtime.InteropServices;

namespace Nabla.Symbolics;

/// <summary>What several products have in common: powers of the same bases, and a minus sign.</summary>
internal static class CommonFactor
{
    /// <summary>Divides the terms, in place, by what all of them contain, and gives that; 1 if it is nothing.</summary>
    public static Expr TakeOut(Expr[] terms)
    {
        var shared = new List<Expr>();
        foreach (var factor in Product.FactorsOf(ref terms[0]))
        {
            if (factor is Number) continue;
            var @base = Power.BaseOf(factor);
            var exponent = Power.ExponentOf(factor);
            for (var i = 1; i < terms.Length && !exponent.IsZero; i++) exponent = Smaller(exponent, ExponentIn(terms[i], @base));
            if (!exponent.IsZero) shared.Add(Power.Of(@base, exponent));
        }

        var negative = Array.TrueForAll(terms, static term => term is Product { Coefficient.IsNegative: true } or Number { IsNegative: true });
        if (negative) shared.Add(Number.MinusOne);
        if (shared.Count == 0) return Number.One;
        var common = Product.Of(CollectionsMarshal.AsSpan(shared));
        var inverse = Power.Of(common, Number.MinusOne);
        for (var i = 0; i < terms.Length; i++) terms[i] *= inverse;
        return common;
    }

    private static Number ExponentIn(Expr term, Expr @base)
    {
        foreach (var factor in Product.FactorsOf(ref term))
        {
            if (ReferenceEquals(Power.BaseOf(factor), @base)) return Power.ExponentOf(factor);
        }

        return Number.Zero;
    }

    // The one nearer to 0 of two exponents of one sign; 0 if the signs differ.
    private static Number Smaller(Number a, Number b)
    {
        if (a.IsNegative != b.IsNegative || b.IsZero) return Number.Zero;
        return (Number.Compare(a, b) < 0) == a.IsNegative ? b : a;
    }
}
