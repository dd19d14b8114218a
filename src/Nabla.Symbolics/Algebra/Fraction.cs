namespace Nabla.Symbolics;

/// <summary>A quotient of polynomials of one ring, not necessarily in lowest terms.</summary>
internal readonly record struct Fraction(Polynomial Numerator, Polynomial Denominator)
{
    public static Fraction Constant(int generators, Rational value) =>
        new(Polynomial.Constant(generators, value), Polynomial.Constant(generators, 1));

    public static Fraction Sum(ReadOnlySpan<Expr> terms, Dictionary<Expr, Fraction> values, WorkBudget budget)
    {
        // Terms over one denominator are added first; then few denominators are left to be brought together.
        var byDenominator = new List<Fraction>();
        foreach (var term in terms)
        {
            var value = values[term];
            var known = byDenominator.FindIndex(sum => sum.Denominator.SameAs(value.Denominator));
            budget.Spend(byDenominator.Count);
            if (known < 0) byDenominator.Add(value);
            else byDenominator[known] = new(Polynomial.Add(byDenominator[known].Numerator, value.Numerator, budget), value.Denominator);
        }

        var total = byDenominator[0];
        for (var i = 1; i < byDenominator.Count; i++) total = Add(total, byDenominator[i], budget);
        return total;
    }

    public static Fraction Product(ReadOnlySpan<Expr> factors, Dictionary<Expr, Fraction> values, int generators, WorkBudget budget)
    {
        var result = Constant(generators, 1);
        foreach (var factor in factors)
        {
            var value = values[factor];
            result = new(
                Polynomial.Multiply(result.Numerator, value.Numerator, budget),
                Polynomial.Multiply(result.Denominator, value.Denominator, budget));
        }

        return result;
    }

    /// <summary>The sum over the least common denominator.</summary>
    public static Fraction Add(Fraction a, Fraction b, WorkBudget budget)
    {
        var common = PolynomialGcd.Of(a.Denominator, b.Denominator, budget);
        var (left, right) = (Polynomial.DivideExactly(a.Denominator, common, budget)!, Polynomial.DivideExactly(b.Denominator, common, budget)!);
        return new(
            Polynomial.Add(Polynomial.Multiply(a.Numerator, right, budget), Polynomial.Multiply(b.Numerator, left, budget), budget),
            Polynomial.Multiply(a.Denominator, right, budget));
    }

    /// <summary>The same value in lowest terms; the denominator has coprime whole coefficients, the leading one positive.</summary>
    public Fraction Cancel(WorkBudget budget)
    {
        if (Numerator.IsZero) return new(Numerator, Polynomial.Constant(Numerator.Generators, 1));
        var common = PolynomialGcd.Of(Numerator, Denominator, budget);
        var above = Polynomial.DivideExactly(Numerator, common, budget)!;
        var below = Polynomial.DivideExactly(Denominator, common, budget)!;
        var content = below.NumericContent();
        return new(above.Scale(1 / content), below.Scale(1 / content));
    }
}
