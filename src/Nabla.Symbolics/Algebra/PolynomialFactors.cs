using System.Numerics;

namespace Nabla.Symbolics;

/// <summary>
/// Factors of polynomials over the rationals: contents, then square-free parts (Yun), then irreducible factors, in one generator by
/// <see cref="UnivariateFactors"/> and in several by Kronecker's substitution x_i = t^(d_i), whose factors are put together and tried.
/// </summary>
internal static class PolynomialFactors
{
    private const int LargestKroneckerDegree = 120;
    private const int MostSubsets = 4096;

    /// <summary>Content times the product of the factors to their powers; each factor has coprime whole coefficients and a positive leading one.</summary>
    /// <exception cref="WorkBudgetException">The budget is used up.</exception>
    public static (Rational Content, List<(Polynomial Base, int Exponent)> Factors) Of(Polynomial value, WorkBudget budget)
    {
        var factors = new List<(Polynomial, int)>();
        if (value.IsZero) return (0, factors);
        var content = value.NumericContent();
        var monomial = value.MonomialContent();
        for (var i = 0; i < value.Generators; i++)
        {
            if (monomial[i] != 0) factors.Add((Polynomial.Generator(value.Generators, i), monomial[i]));
        }

        OfPrimitive(value.Shift(Monomial.One(value.Generators) / monomial, 1 / content), 1, factors, budget);
        return (content, factors);
    }

    private static void OfPrimitive(Polynomial value, int exponent, List<(Polynomial, int)> factors, WorkBudget budget)
    {
        // What does not contain the main generator is split off first and has fewer generators.
        while (!value.IsConstant)
        {
            var main = MainGenerator(value);
            var content = PolynomialGcd.ContentIn(value, main, budget);
            if (content.IsConstant)
            {
                OfPrimitiveIn(value, main, exponent, factors, budget);
                return;
            }

            OfPrimitiveIn(Polynomial.DivideExactly(value, content, budget)!.Primitive(), main, exponent, factors, budget);
            value = content.Primitive();
        }
    }

    // Yun's algorithm: the square-free parts by multiplicity.
    private static void OfPrimitiveIn(Polynomial value, int main, int exponent, List<(Polynomial, int)> factors, WorkBudget budget)
    {
        var derivative = value.Derivative(main);
        var common = PolynomialGcd.Of(value, derivative, budget);
        if (common.IsConstant)
        {
            AddIrreducible(value, exponent, factors, budget);
            return;
        }

        var rest = Polynomial.DivideExactly(value, common, budget)!;
        var slope = Polynomial.DivideExactly(derivative, common, budget)!;
        for (var multiplicity = 1; !rest.IsConstant; multiplicity++)
        {
            var difference = Polynomial.Subtract(slope, rest.Derivative(main), budget);
            var part = PolynomialGcd.Of(rest, difference, budget);
            if (!part.IsConstant) AddIrreducible(part, exponent * multiplicity, factors, budget);
            rest = Polynomial.DivideExactly(rest, part, budget)!;
            slope = difference.IsZero ? difference : Polynomial.DivideExactly(difference, part, budget)!;
        }
    }

    private static void AddIrreducible(Polynomial value, int exponent, List<(Polynomial, int)> factors, WorkBudget budget)
    {
        foreach (var factor in IrreducibleFactors(value.Primitive(), budget)) factors.Add((factor, exponent));
    }

    /// <summary>The generator of lowest positive degree.</summary>
    private static int MainGenerator(Polynomial value)
    {
        var (main, least) = (-1, int.MaxValue);
        for (var i = 0; i < value.Generators; i++)
        {
            var degree = value.DegreeIn(i);
            if (degree > 0 && degree < least) (main, least) = (i, degree);
        }

        return main;
    }

    /// <summary>The factors of a square-free primitive polynomial; the polynomial itself where the search would be too long.</summary>
    private static List<Polynomial> IrreducibleFactors(Polynomial value, WorkBudget budget)
    {
        // Without content, what is linear in a generator has no factors.
        var generators = new List<int>();
        for (var i = 0; i < value.Generators; i++)
        {
            var degree = value.DegreeIn(i);
            if (degree == 1) return [value];
            if (degree > 1) generators.Add(i);
        }

        if (generators.Count == 1) return InOne(value, generators[0], budget);
        return Kronecker(value, generators, budget);
    }

    private static List<Polynomial> InOne(Polynomial value, int generator, WorkBudget budget)
    {
        if (value.DegreeIn(generator) > LargestKroneckerDegree) return [value];
        var coefficients = new BigInteger[value.DegreeIn(generator) + 1];
        foreach (var (m, c) in value.Terms) coefficients[m[generator]] = c.Numerator;
        var factors = new List<Polynomial>();
        foreach (var factor in UnivariateFactors.Of(coefficients, budget))
        {
            factors.Add(FromCoefficients(factor, value.Generators, power => Monomial.One(value.Generators).With(generator, power)));
        }

        return factors;
    }

    // ---- Several generators ---------------------------------------------------------------------------------------------------

    private static List<Polynomial> Kronecker(Polynomial value, List<int> generators, WorkBudget budget)
    {
        // Powers of t tell the powers of all generators as digits do, if each digit's base is above the degree.
        var bases = new List<int>();
        var total = 1L;
        foreach (var generator in generators)
        {
            bases.Add(value.DegreeIn(generator) + 1);
            total *= bases[^1];
        }

        if (total > LargestKroneckerDegree) return [value];
        var image = new BigInteger[total];
        foreach (var (m, c) in value.Terms)
        {
            var (power, weight) = (0, 1);
            for (var i = 0; i < bases.Count; i++)
            {
                power += m[generators[i]] * weight;
                weight *= bases[i];
            }

            image[power] += c.Numerator;
        }

        var parts = SquareFreeParts(image, budget);
        return Recombine(value, parts, generators, bases, budget);
    }

    // The image may have repeated factors although the polynomial has none.
    private static List<BigInteger[]> SquareFreeParts(BigInteger[] image, WorkBudget budget)
    {
        var ring = Polynomial.Of(1, ToTerms(image));
        var (_, factors) = Of(ring, budget);
        var parts = new List<BigInteger[]>();
        foreach (var (factor, exponent) in factors)
        {
            var coefficients = new BigInteger[factor.DegreeIn(0) + 1];
            foreach (var (m, c) in factor.Terms) coefficients[m[0]] = c.Numerator;
            for (var i = 0; i < exponent; i++) parts.Add(coefficients);
        }

        return parts;
    }

    private static Dictionary<Monomial, Rational> ToTerms(BigInteger[] coefficients)
    {
        var terms = new Dictionary<Monomial, Rational>();
        for (var i = 0; i < coefficients.Length; i++) terms[new Monomial([i])] = coefficients[i];
        return terms;
    }

    private static List<Polynomial> Recombine(
        Polynomial value, List<BigInteger[]> parts, List<int> generators, List<int> bases, WorkBudget budget)
    {
        var found = new List<Polynomial>();
        var tried = 0;
        var size = 1;
        var subset = Subsets.First(size);
        while (size <= parts.Count / 2 && !value.IsConstant && tried++ < MostSubsets)
        {
            var product = new[] { BigInteger.One };
            foreach (var index in subset) product = UnivariateFactors.Multiply(product, parts[index], budget);
            var candidate = FromCoefficients(product, value.Generators, power => Digits(power, value.Generators, generators, bases)).Primitive();
            if (!candidate.IsConstant && Polynomial.DivideExactly(value, candidate, budget) is { } quotient)
            {
                found.Add(candidate);
                value = quotient.Primitive();
                for (var i = subset.Length - 1; i >= 0; i--) parts.RemoveAt(subset[i]);
                subset = Subsets.First(size);
            }
            else
            {
                subset = Subsets.Next(subset, parts.Count) ?? Subsets.First(++size);
            }
        }

        if (!value.IsConstant) found.Add(value);
        return found;
    }

    private static Monomial Digits(int power, int ringGenerators, List<int> generators, List<int> bases)
    {
        var exponents = new int[ringGenerators];
        for (var i = 0; i < bases.Count; i++)
        {
            exponents[generators[i]] = i == bases.Count - 1 ? power : power % bases[i];
            power /= bases[i];
        }

        return new Monomial(exponents);
    }

    private static Polynomial FromCoefficients(BigInteger[] coefficients, int generators, Func<int, Monomial> monomialOf)
    {
        var terms = new Dictionary<Monomial, Rational>();
        for (var i = 0; i < coefficients.Length; i++)
        {
            if (!coefficients[i].IsZero) terms[monomialOf(i)] = coefficients[i];
        }

        return Polynomial.Of(generators, terms);
    }
}

/// <summary>Subsets of 0 … n-1 of one size, in lexicographic order.</summary>
internal static class Subsets
{
    public static int[] First(int size)
    {
        var subset = new int[size];
        for (var i = 0; i < size; i++) subset[i] = i;
        return subset;
    }

    /// <summary>The subset after this one, or null.</summary>
    public static int[]? Next(int[] subset, int count)
    {
        var next = (int[])subset.Clone();
        for (var i = next.Length - 1; i >= 0; i--)
        {
            if (next[i] >= count - next.Length + i) continue;
            next[i]++;
            for (var j = i + 1; j < next.Length; j++) next[j] = next[j - 1] + 1;
            return next;
        }

        return null;
    }
}
