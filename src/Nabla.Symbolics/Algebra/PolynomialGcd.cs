using System.Numerics;

namespace Nabla.Symbolics;

/// <summary>
/// The greatest common divisor of polynomials in several generators. First by evaluation: one generator is set to a large whole number,
/// the gcd of the images is found in one generator less, and its digits to that base are the coefficients; a division proves the result.
/// Where that fails, by the primitive sequence of pseudo-remainders. (Geddes, Czapor, Labahn, Algorithms for Computer Algebra, ch. 7.)
/// </summary>
internal static class PolynomialGcd
{
    private const int Attempts = 5;
    private const long LargestImageBits = 30_000;

    /// <summary>The gcd with coprime whole coefficients and a positive leading one.</summary>
    /// <exception cref="WorkBudgetException">The budget is used up.</exception>
    public static Polynomial Of(Polynomial a, Polynomial b, WorkBudget budget)
    {
        if (a.IsZero) return b.Primitive();
        if (b.IsZero) return a.Primitive();
        return OfPrimitive(a.Primitive(), b.Primitive(), budget).Primitive();
    }

    /// <summary>The gcd of polynomials with whole coefficients, numeric content included.</summary>
    private static Polynomial OfWhole(Polynomial a, Polynomial b, WorkBudget budget)
    {
        if (a.IsZero) return b;
        if (b.IsZero) return a;
        var (left, right) = (a.NumericContent(), b.NumericContent());
        var content = new Rational(BigInteger.GreatestCommonDivisor(left.Numerator, right.Numerator));
        return OfPrimitive(a.Scale(1 / left), b.Scale(1 / right), budget).Scale(content);
    }

    private static Polynomial OfPrimitive(Polynomial a, Polynomial b, WorkBudget budget)
    {
        budget.Spend(a.Terms.Length + b.Terms.Length);
        var one = Polynomial.Constant(a.Generators, 1);
        if (a.IsConstant || b.IsConstant) return one;
        if (a.SameAs(b)) return a;

        var (am, bm) = (a.MonomialContent(), b.MonomialContent());
        var monomial = Monomial.Gcd(am, bm);
        a = a.Shift(Monomial.One(a.Generators) / am, 1);
        b = b.Shift(Monomial.One(b.Generators) / bm, 1);
        return OfCoprimeToGenerators(a, b, budget).Shift(monomial, 1);
    }

    private static Polynomial OfCoprimeToGenerators(Polynomial a, Polynomial b, WorkBudget budget)
    {
        var main = -1;
        for (var i = 0; i < a.Generators; i++)
        {
            var (inA, inB) = (a.Contains(i), b.Contains(i));
            if (inA != inB)
            {
                // A generator that only one of them has cannot be in the gcd.
                return inA ? WithCoefficients(a, b, i, budget) : WithCoefficients(b, a, i, budget);
            }

            if (inA && (main < 0 || Math.Max(a.DegreeIn(i), b.DegreeIn(i)) < Math.Max(a.DegreeIn(main), b.DegreeIn(main)))) main = i;
        }

        if (main < 0) return Polynomial.Constant(a.Generators, 1);
        if (a.Terms.Length <= b.Terms.Length && Polynomial.DivideExactly(b, a, budget) is not null) return a;
        if (b.Terms.Length <= a.Terms.Length && Polynomial.DivideExactly(a, b, budget) is not null) return b;
        return ByEvaluation(a, b, main, budget) ?? ByPseudoRemainders(a, b, main, budget);
    }

    private static Polynomial WithCoefficients(Polynomial with, Polynomial without, int generator, WorkBudget budget)
    {
        var gcd = without;
        foreach (var coefficient in with.CoefficientsIn(generator).Values)
        {
            gcd = Of(gcd, coefficient, budget);
            if (gcd.IsConstant) break;
        }

        return gcd;
    }

    // ---- By evaluation --------------------------------------------------------------------------------------------------------

    private static Polynomial? ByEvaluation(Polynomial a, Polynomial b, int main, WorkBudget budget)
    {
        var point = (2 * BigInteger.Min(LargestCoefficient(a), LargestCoefficient(b))) + 29;
        var degree = Math.Max(a.DegreeIn(main), b.DegreeIn(main));
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var bits = point.GetBitLength();
            if (bits * degree > LargestImageBits) return null;
            var (left, right) = (At(a, main, point, budget), At(b, main, point, budget));
            if (!left.IsZero && !right.IsZero)
            {
                var image = OfWhole(left, right, budget);
                var candidate = FromDigits(image, main, point, degree, budget);
                if (candidate is { IsZero: false })
                {
                    candidate = candidate.Primitive();
                    if (Polynomial.DivideExactly(a, candidate, budget) is not null && Polynomial.DivideExactly(b, candidate, budget) is not null)
                    {
                        return candidate;
                    }
                }
            }

            point = (point * 73794 / 27011) + 1;
        }

        return null;
    }

    private static BigInteger LargestCoefficient(Polynomial a)
    {
        var largest = BigInteger.One;
        foreach (var (_, c) in a.Terms) largest = BigInteger.Max(largest, BigInteger.Abs(c.Numerator));
        return largest;
    }

    private static Polynomial At(Polynomial a, int main, BigInteger point, WorkBudget budget)
    {
        var terms = new Dictionary<Monomial, Rational>();
        var powers = new Dictionary<int, BigInteger>();
        foreach (var (m, c) in a.Terms)
        {
            if (!powers.TryGetValue(m[main], out var power)) powers[m[main]] = power = BigInteger.Pow(point, m[main]);
            budget.Spend(1 + (power.GetBitLength() >> 7));
            var reduced = m.With(main, 0);
            terms[reduced] = terms.GetValueOrDefault(reduced) + (c * power);
        }

        return Polynomial.Of(a.Generators, terms);
    }

    // The coefficients of the gcd are the digits of its image, taken symmetrically around zero.
    private static Polynomial? FromDigits(Polynomial image, int main, BigInteger point, int degree, WorkBudget budget)
    {
        var terms = new Dictionary<Monomial, Rational>();
        var half = point / 2;
        foreach (var (m, c) in image.Terms)
        {
            var rest = c.Numerator;
            for (var power = 0; !rest.IsZero; power++)
            {
                if (power > degree) return null;
                budget.Spend(1 + (rest.GetBitLength() >> 7));
                rest = BigInteger.DivRem(rest, point, out var digit);
                if (digit > half)
                {
                    digit -= point;
                    rest++;
                }
                else if (digit < -half)
                {
                    digit += point;
                    rest--;
                }

                if (!digit.IsZero) terms[m.With(main, power)] = digit;
            }
        }

        return Polynomial.Of(image.Generators, terms);
    }

    // ---- By pseudo-remainders -------------------------------------------------------------------------------------------------

    private static Polynomial ByPseudoRemainders(Polynomial a, Polynomial b, int main, WorkBudget budget)
    {
        var (contentA, contentB) = (ContentIn(a, main, budget), ContentIn(b, main, budget));
        var content = Of(contentA, contentB, budget);
        a = Polynomial.DivideExactly(a, contentA, budget)!;
        b = Polynomial.DivideExactly(b, contentB, budget)!;
        if (a.DegreeIn(main) < b.DegreeIn(main)) (a, b) = (b, a);
        while (!b.IsZero)
        {
            if (b.DegreeIn(main) == 0) return content;
            var rest = PseudoRemainder(a, b, main, budget);
            (a, b) = (b, rest.IsZero ? rest : Polynomial.DivideExactly(rest, ContentIn(rest, main, budget), budget)!.Primitive());
        }

        return Polynomial.Multiply(content, a, budget);
    }

    /// <summary>The gcd of the coefficients of a polynomial in one generator.</summary>
    public static Polynomial ContentIn(Polynomial a, int main, WorkBudget budget)
    {
        var content = Polynomial.Zero(a.Generators);
        foreach (var coefficient in a.CoefficientsIn(main).Values)
        {
            content = Of(content, coefficient, budget);
            if (content.IsOne) break;
        }

        return content;
    }

    private static Polynomial PseudoRemainder(Polynomial a, Polynomial b, int main, WorkBudget budget)
    {
        var degree = b.DegreeIn(main);
        var lead = b.CoefficientsIn(main)[degree];
        while (!a.IsZero && a.DegreeIn(main) >= degree)
        {
            var power = a.DegreeIn(main);
            var top = a.CoefficientsIn(main)[power];
            var shift = Monomial.One(a.Generators).With(main, power - degree);
            a = Polynomial.Subtract(
                Polynomial.Multiply(a, lead, budget),
                Polynomial.Multiply(b, top, budget).Shift(shift, 1),
                budget);
            if (!a.IsZero) a = a.Primitive();
        }

        return a;
    }
}
