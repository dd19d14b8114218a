namespace Nabla.Symbolics;

/// <summary>
/// Algebra on formulas: multiply out, factor, collect, bring over one denominator, cancel, expand in series, simplify. What is no sum,
/// product or whole power is treated as a variable: sin(x)^2 - 1 factors like t^2 - 1. Each method has a budget of steps; those that only
/// rearrange give the formula back unchanged when it is used up.
/// </summary>
public static partial class Algebra
{
    /// <summary>Steps for one call of Factor, Together or Cancel.</summary>
    private const long DefaultWork = 5_000_000;

    /// <summary>
    /// The formula over one denominator, with common factors cancelled: numerator and denominator multiplied out.
    /// (x^2 - 1)/(x - 1) becomes x + 1.
    /// </summary>
    public static Expr Cancel(this Expr formula)
    {
        ArgumentNullException.ThrowIfNull(formula);
        return Attempt(formula, budget =>
        {
            if (PolynomialRing.Of(formula, PolynomialReading.Fractions, budget) is not { } ring) return formula;
            var value = ring.Read(formula, budget).Cancel(budget);
            return WriteQuotient(ring.Write(value.Numerator), ring.Write(value.Denominator));
        });
    }

    /// <summary>The formula over one denominator, in lowest terms; the denominator is kept as a product. a/b + c/d becomes (a*d + b*c)/(b*d).</summary>
    public static Expr Together(this Expr formula)
    {
        ArgumentNullException.ThrowIfNull(formula);
        return Attempt(formula, budget =>
        {
            if (PolynomialRing.Of(formula, PolynomialReading.Fractions, budget) is not { } ring) return formula;
            var value = ring.Read(formula, budget).Cancel(budget);
            return WriteQuotient(ring.Write(value.Numerator), WriteFactors(ring, value.Denominator, 1, budget));
        });
    }

    /// <summary>
    /// The formula as a product of irreducible factors over the rationals; a quotient is brought over one denominator first.
    /// x^2 - y^2 becomes (x - y)*(x + y).
    /// </summary>
    public static Expr Factor(this Expr formula)
    {
        ArgumentNullException.ThrowIfNull(formula);
        if (formula is Call { Args: [Sum @base, Number { IsInteger: true } exponent] } call && call.Primitive == Primitives.Pow)
        {
            return Power.Of(@base.Factor(), exponent);
        }

        return Attempt(formula, budget =>
        {
            if (PolynomialRing.Of(formula, PolynomialReading.Fractions, budget) is not { } ring) return formula;
            var value = ring.Read(formula, budget).Cancel(budget);
            var factored = WriteFactors(ring, value.Numerator, 1, budget) * WriteFactors(ring, value.Denominator, -1, budget);

            // Nothing was found: what was multiplied out on the way is no improvement.
            return factored is Sum ? formula : factored;
        });
    }

    /// <summary>Numerator and denominator of <see cref="Together"/>.</summary>
    public static (Expr Numerator, Expr Denominator) AsFraction(this Expr formula)
    {
        ArgumentNullException.ThrowIfNull(formula);
        var budget = new WorkBudget(DefaultWork);
        try
        {
            if (PolynomialRing.Of(formula, PolynomialReading.Fractions, budget) is { } ring)
            {
                var value = ring.Read(formula, budget).Cancel(budget);
                var content = value.Numerator.IsZero ? 1 : value.Numerator.NumericContent();
                var scale = new Rational(content.Denominator);
                return (ring.Write(value.Numerator.Scale(scale)), Number.Of(scale) * WriteFactors(ring, value.Denominator, 1, budget));
            }
        }
        catch (WorkBudgetException)
        {
            // The parts as they stand are a fraction too.
        }

        var (above, below) = (new List<Expr>(), new List<Expr>());
        foreach (var factor in Product.FactorsOf(ref formula))
        {
            if (Power.ExponentOf(factor) is { IsNegative: true } exponent) below.Add(Power.Of(Power.BaseOf(factor), Number.Negate(exponent)));
            else above.Add(factor);
        }

        return (Product.Of([.. above]), Product.Of([.. below]));
    }

    /// <summary>The numerator of <see cref="AsFraction"/>.</summary>
    public static Expr Numerator(this Expr formula) => formula.AsFraction().Numerator;

    /// <summary>The denominator of <see cref="AsFraction"/>.</summary>
    public static Expr Denominator(this Expr formula) => formula.AsFraction().Denominator;

    /// <summary>
    /// Multiplies out and gathers the powers of the first of <paramref name="terms"/>; within the coefficients, those of the second, and so on.
    /// a*x + b*x + x^2 by x becomes x^2 + x*(a + b).
    /// </summary>
    /// <param name="formula">The formula.</param>
    /// <param name="terms">Symbols, or other subterms such as exp(x).</param>
    public static Expr Collect(this Expr formula, params ReadOnlySpan<Expr> terms)
    {
        ArgumentNullException.ThrowIfNull(formula);
        foreach (var term in terms) ArgumentNullException.ThrowIfNull(term, nameof(terms));
        return Gather(formula.Expand(), terms);
    }

    /// <summary>The coefficient of x^<paramref name="power"/> after multiplying out; x inside other functions counts as a constant.</summary>
    public static Expr Coefficient(this Expr formula, Expr x, int power)
    {
        ArgumentNullException.ThrowIfNull(formula);
        ArgumentNullException.ThrowIfNull(x);
        return PowersOf(formula.Expand(), x).GetValueOrDefault(Number.Of(power), Number.Zero);
    }

    /// <summary>The degree as a polynomial in <paramref name="x"/>; -1 for 0.</summary>
    /// <exception cref="ArgumentException">The formula is no polynomial in x.</exception>
    public static int Degree(this Expr formula, Symbol x)
    {
        ArgumentNullException.ThrowIfNull(formula);
        ArgumentNullException.ThrowIfNull(x);
        var degree = -1;
        foreach (var (power, coefficient) in PowersOf(formula.Expand(), x))
        {
            if (!power.IsInteger || power.IsNegative || coefficient.FreeSymbols.Contains(x))
            {
                throw new ArgumentException(
                    $"Degree: the formula is no polynomial in {x.Name}: it has the term ({coefficient.ToString(60)})*{x.Name}^{power}.", nameof(formula));
            }

            if (coefficient is not Number { IsZero: true }) degree = Math.Max(degree, (int)power.Value.Numerator);
        }

        return degree;
    }

    // ---- Shared by the methods above ------------------------------------------------------------------------------------------

    private static Expr Attempt(Expr formula, Func<WorkBudget, Expr> method)
    {
        try
        {
            return method(new WorkBudget(DefaultWork));
        }
        catch (WorkBudgetException)
        {
            return formula;
        }
    }

    // A common number is kept out of a sum in the numerator: (x + 1)/2 over y, and not x/2 + 1/2.
    private static Expr WriteQuotient(Expr numerator, Expr denominator) =>
        denominator is Number { IsOne: true } ? numerator : numerator / denominator;

    internal static Expr WriteFactors(PolynomialRing ring, Polynomial value, int sign, WorkBudget budget)
    {
        var (content, factors) = PolynomialFactors.Of(value, budget);
        var result = new List<Expr> { Power.Of(Number.Of(content), sign) };
        foreach (var (@base, exponent) in factors) result.Add(Power.Of(ring.Write(@base), sign * exponent));
        return Product.Of([.. result]);
    }

    private static Expr Gather(Expr expanded, ReadOnlySpan<Expr> terms)
    {
        if (terms.Length == 0) return expanded;
        var result = new List<Expr>();
        foreach (var (power, coefficient) in PowersOf(expanded, terms[0]))
        {
            result.Add(Gather(coefficient, terms[1..]) * Power.Of(terms[0], power));
        }

        return Sum.Of([.. result]);
    }

    /// <summary>The coefficients of the powers of x in an expanded formula.</summary>
    private static Dictionary<Number, Expr> PowersOf(Expr expanded, Expr x)
    {
        var (@base, unit) = (Power.BaseOf(x), Power.ExponentOf(x));
        var groups = new Dictionary<Number, List<Expr>>();
        Expr[] single = [expanded];
        foreach (var term in expanded is Sum ? expanded.Args : single)
        {
            var (power, rest) = (Number.Zero, term);
            Expr[] factors = term is Product ? term.Args : [term];
            for (var i = 0; i < factors.Length; i++)
            {
                if (!ReferenceEquals(Power.BaseOf(factors[i]), @base)) continue;
                power = Number.Multiply(Power.ExponentOf(factors[i]), (Number)Power.Of(unit, Number.MinusOne));
                rest = term is Product product ? product.Without(i) : Number.One;
                break;
            }

            if (!groups.TryGetValue(power, out var group)) groups[power] = group = [];
            group.Add(rest);
        }

        var result = new Dictionary<Number, Expr>();
        foreach (var (power, group) in groups) result[power] = Sum.Of([.. group]);
        return result;
    }
}
