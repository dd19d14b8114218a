using System.Runtime.InteropServices;

namespace Nabla.Symbolics;

// Back from polynomials to formulas.
internal sealed partial class PolynomialRing
{
    /// <summary>The sum of the terms.</summary>
    public Expr Write(Polynomial value)
    {
        var terms = new Expr[value.Terms.Length];
        for (var i = 0; i < terms.Length; i++) terms[i] = Write(value.Terms[i].Monomial, value.Terms[i].Coefficient);
        return Sum.Of(terms);
    }

    /// <summary>A number times a product of powers of the generators; exponentials share one exponent.</summary>
    public Expr Write(Monomial monomial, Rational coefficient)
    {
        var factors = new List<Expr> { Number.Of(coefficient) };
        var exponents = new List<Expr>();
        for (var i = 0; i < Count; i++)
        {
            if (monomial[i] == 0) continue;
            var family = families[i];
            if (family.Kind == Kind.Exponential) exponents.Add(Number.Of(new Rational(monomial[i], family.Denominator)) * family.Core);
            else factors.Add(PowerOf(i, monomial[i]));
        }

        if (exponents.Count > 0) factors.Add(Functions.Exp(Sum.Of(CollectionsMarshal.AsSpan(exponents))));
        return Product.Of(CollectionsMarshal.AsSpan(factors));
    }

    /// <summary>The product of powers of polynomials, each as its content times a sum.</summary>
    public Expr Write(ReadOnlySpan<(Polynomial Base, int Exponent)> factors)
    {
        var content = new Rational(1);
        var monomial = Monomial.One(Count);
        var result = new List<Expr>();
        foreach (var (@base, exponent) in factors)
        {
            if (@base.IsZero) return Number.Zero;
            var numeric = @base.NumericContent();
            var powers = @base.MonomialContent();
            content *= Rational.Pow(numeric, exponent);
            for (var i = 0; i < Math.Abs(exponent); i++) monomial = exponent > 0 ? monomial * powers : monomial / powers;
            var core = @base.Shift(Monomial.One(Count) / powers, 1 / numeric);
            if (!core.IsOne) result.Add(Power.Of(Write(core), exponent));
        }

        result.Add(Write(monomial, content));
        return Product.Of(CollectionsMarshal.AsSpan(result));
    }

    /// <summary>The quotient.</summary>
    public Expr Write(Fraction value) => Write([(value.Numerator, 1), (value.Denominator, -1)]);
}
