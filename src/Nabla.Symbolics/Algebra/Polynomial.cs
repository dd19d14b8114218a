using System.Numerics;
using System.Runtime.InteropServices;

namespace Nabla.Symbolics;

/// <summary>
/// A sparse polynomial with exact rational coefficients in several generators, which are known only by their position. Terms are kept in
/// descending lexicographic order, none of them zero. Immutable.
/// </summary>
internal sealed class Polynomial
{
    private Polynomial(int generators, (Monomial Monomial, Rational Coefficient)[] terms)
    {
        Generators = generators;
        Terms = terms;
    }

    /// <summary>How many generators the ring has.</summary>
    public int Generators { get; }

    public (Monomial Monomial, Rational Coefficient)[] Terms { get; }

    public bool IsZero => Terms.Length == 0;

    public bool IsConstant => Terms.Length == 0 || (Terms.Length == 1 && Terms[0].Monomial.IsOne);

    public bool IsOne => Terms.Length == 1 && Terms[0].Coefficient == 1 && Terms[0].Monomial.IsOne;

    public (Monomial Monomial, Rational Coefficient) Leading => Terms[0];

    // ---- Making ---------------------------------------------------------------------------------------------------------------

    public static Polynomial Zero(int generators) => new(generators, []);

    public static Polynomial Constant(int generators, Rational value) =>
        value.Sign == 0 ? Zero(generators) : new(generators, [(Symbolics.Monomial.One(generators), value)]);

    public static Polynomial Of(Monomial monomial, Rational coefficient) =>
        new(monomial.Exponents.Length, coefficient.Sign == 0 ? [] : [(monomial, coefficient)]);

    public static Polynomial Generator(int generators, int index, int power = 1) =>
        Of(Symbolics.Monomial.One(generators).With(index, power), 1);

    public static Polynomial Of(int generators, Dictionary<Monomial, Rational> terms)
    {
        var kept = new List<(Monomial, Rational)>(terms.Count);
        foreach (var (monomial, coefficient) in terms)
        {
            if (coefficient.Sign != 0) kept.Add((monomial, coefficient));
        }

        kept.Sort(static (a, b) => b.Item1.CompareTo(a.Item1));
        return new(generators, [.. kept]);
    }

    // ---- Arithmetic -----------------------------------------------------------------------------------------------------------

    public static Polynomial Add(Polynomial a, Polynomial b, WorkBudget budget)
    {
        if (a.IsZero) return b;
        if (b.IsZero) return a;
        budget.Spend(a.Terms.Length + b.Terms.Length);
        var result = new List<(Monomial, Rational)>(a.Terms.Length + b.Terms.Length);
        var (i, j) = (0, 0);
        while (i < a.Terms.Length && j < b.Terms.Length)
        {
            var order = a.Terms[i].Monomial.CompareTo(b.Terms[j].Monomial);
            if (order > 0) result.Add(a.Terms[i++]);
            else if (order < 0) result.Add(b.Terms[j++]);
            else
            {
                var sum = a.Terms[i].Coefficient + b.Terms[j].Coefficient;
                if (sum.Sign != 0) result.Add((a.Terms[i].Monomial, sum));
                i++;
                j++;
            }
        }

        while (i < a.Terms.Length) result.Add(a.Terms[i++]);
        while (j < b.Terms.Length) result.Add(b.Terms[j++]);
        return new(a.Generators, [.. result]);
    }

    public static Polynomial Subtract(Polynomial a, Polynomial b, WorkBudget budget) => Add(a, b.Scale(-1), budget);

    public static Polynomial Multiply(Polynomial a, Polynomial b, WorkBudget budget)
    {
        if (a.IsZero || b.IsZero) return Zero(a.Generators);
        if (a.IsOne) return b;
        if (b.IsOne) return a;
        budget.Spend((long)a.Terms.Length * b.Terms.Length * (1 + (a.Generators / 8)));
        if (a.Terms.Length == 1) return b.Shift(a.Terms[0].Monomial, a.Terms[0].Coefficient);
        if (b.Terms.Length == 1) return a.Shift(b.Terms[0].Monomial, b.Terms[0].Coefficient);
        var terms = new Dictionary<Monomial, Rational>();
        foreach (var (m, c) in a.Terms)
        {
            foreach (var (n, d) in b.Terms)
            {
                ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(terms, m * n, out _);
                sum += Bounded(c * d, budget);
            }
        }

        return Of(a.Generators, terms);
    }

    public static Polynomial Pow(Polynomial a, int exponent, WorkBudget budget)
    {
        if (a.Terms.Length == 1)
        {
            budget.Spend(1);
            var (m, c) = a.Terms[0];
            var bits = Math.Max(c.Numerator.GetBitLength(), c.Denominator.GetBitLength());
            if ((c != 1 && c != -1 && bits * (double)exponent > 65_536) || Overflows(m, exponent)) throw new WorkBudgetException();
            var powers = new int[a.Generators];
            for (var i = 0; i < powers.Length; i++) powers[i] = m[i] * exponent;
            return Of(new Monomial(powers), c == 1 ? 1 : c == -1 ? (exponent % 2 == 0 ? 1 : -1) : Rational.Pow(c, exponent));
        }

        // Multiplying by the small base again and again costs less than squaring for sparse polynomials.
        var result = Constant(a.Generators, 1);
        for (var i = 0; i < exponent && !result.IsZero; i++) result = Multiply(result, a, budget);
        return result;
    }

    public Polynomial Scale(Rational factor)
    {
        if (factor == 1) return this;
        if (factor.Sign == 0) return Zero(Generators);
        var terms = new (Monomial, Rational)[Terms.Length];
        for (var i = 0; i < terms.Length; i++) terms[i] = (Terms[i].Monomial, Terms[i].Coefficient * factor);
        return new(Generators, terms);
    }

    /// <summary>The product with one term; the order is kept.</summary>
    public Polynomial Shift(Monomial monomial, Rational factor)
    {
        var terms = new (Monomial, Rational)[Terms.Length];
        for (var i = 0; i < terms.Length; i++) terms[i] = (Terms[i].Monomial * monomial, Terms[i].Coefficient * factor);
        return new(Generators, terms);
    }

    /// <summary>The quotient if the division leaves no remainder, else null.</summary>
    public static Polynomial? DivideExactly(Polynomial a, Polynomial b, WorkBudget budget)
    {
        if (b.IsZero) return null;
        if (b.IsConstant) return a.Scale(1 / b.Terms[0].Coefficient);
        if (b.Terms.Length == 1)
        {
            foreach (var (m, _) in a.Terms)
            {
                if (!b.Terms[0].Monomial.Divides(m)) return null;
            }

            budget.Spend(a.Terms.Length);
            return a.Shift(Symbolics.Monomial.One(a.Generators) / b.Terms[0].Monomial, 1 / b.Terms[0].Coefficient);
        }

        var rest = new SortedDictionary<Monomial, Rational>(Descending.Instance);
        foreach (var (m, c) in a.Terms) rest[m] = c;
        var quotient = new Dictionary<Monomial, Rational>();
        var (leadMonomial, leadCoefficient) = b.Leading;
        while (rest.Count > 0)
        {
            var first = default(KeyValuePair<Monomial, Rational>);
            foreach (var pair in rest)
            {
                first = pair;
                break;
            }

            if (!leadMonomial.Divides(first.Key)) return null;
            var m = first.Key / leadMonomial;
            var c = Bounded(first.Value / leadCoefficient, budget);
            quotient[m] = c;
            budget.Spend(b.Terms.Length);
            foreach (var (n, d) in b.Terms)
            {
                var at = m * n;
                var value = rest.GetValueOrDefault(at) - (c * d);
                if (value.Sign == 0) rest.Remove(at);
                else rest[at] = value;
            }
        }

        return Of(a.Generators, quotient);
    }

    // ---- One generator at a time ----------------------------------------------------------------------------------------------

    /// <summary>The highest power of a generator; -1 for the zero polynomial.</summary>
    public int DegreeIn(int generator)
    {
        var degree = IsZero ? -1 : int.MinValue;
        foreach (var (m, _) in Terms) degree = Math.Max(degree, m[generator]);
        return degree;
    }

    public bool Contains(int generator)
    {
        foreach (var (m, _) in Terms)
        {
            if (m[generator] != 0) return true;
        }

        return false;
    }

    /// <summary>The coefficients of the powers of one generator, highest power first.</summary>
    public SortedDictionary<int, Polynomial> CoefficientsIn(int generator)
    {
        var groups = new SortedDictionary<int, List<(Monomial, Rational)>>(Comparer<int>.Create(static (a, b) => b.CompareTo(a)));
        foreach (var (m, c) in Terms)
        {
            if (!groups.TryGetValue(m[generator], out var group)) groups[m[generator]] = group = [];
            group.Add((m.With(generator, 0), c));
        }

        var result = new SortedDictionary<int, Polynomial>(groups.Comparer);
        foreach (var (power, group) in groups) result[power] = new(Generators, [.. group]);
        return result;
    }

    public Polynomial Derivative(int generator)
    {
        var terms = new List<(Monomial, Rational)>();
        foreach (var (m, c) in Terms)
        {
            if (m[generator] != 0) terms.Add((m.With(generator, m[generator] - 1), c * m[generator]));
        }

        return new(Generators, [.. terms]);
    }

    // ---- Contents -------------------------------------------------------------------------------------------------------------

    /// <summary>The largest monomial that divides every term.</summary>
    public Monomial MonomialContent()
    {
        var content = Terms[0].Monomial;
        foreach (var (m, _) in Terms) content = Symbolics.Monomial.Gcd(content, m);
        return content;
    }

    /// <summary>The rational number c for which this/c has coprime whole coefficients, the leading one positive.</summary>
    public Rational NumericContent()
    {
        var numerator = BigInteger.Zero;
        var denominator = BigInteger.One;
        foreach (var (_, c) in Terms)
        {
            numerator = BigInteger.GreatestCommonDivisor(numerator, c.Numerator);
            if (!c.IsInteger) denominator = denominator / BigInteger.GreatestCommonDivisor(denominator, c.Denominator) * c.Denominator;
        }

        var content = new Rational(numerator, denominator);
        return Terms[0].Coefficient.Sign < 0 ? -content : content;
    }

    /// <summary>The polynomial over its numeric content.</summary>
    public Polynomial Primitive() => IsZero ? this : Scale(1 / NumericContent());

    public bool SameAs(Polynomial other)
    {
        if (Terms.Length != other.Terms.Length) return false;
        for (var i = 0; i < Terms.Length; i++)
        {
            if (Terms[i].Coefficient != other.Terms[i].Coefficient || !Terms[i].Monomial.Equals(other.Terms[i].Monomial)) return false;
        }

        return true;
    }

    /// <summary>Charges long numbers by their length, so that growing coefficients use up a budget too.</summary>
    internal static Rational Bounded(Rational value, WorkBudget budget)
    {
        if (!value.TryGetSmall(out _, out _)) budget.Spend((value.Numerator.GetBitLength() + value.Denominator.GetBitLength()) >> 7);
        return value;
    }

    private static bool Overflows(Monomial monomial, int exponent)
    {
        foreach (var e in monomial.Exponents)
        {
            if (Math.Abs((long)e * exponent) > 1 << 29) return true;
        }

        return false;
    }

    private sealed class Descending : IComparer<Monomial>
    {
        public static Descending Instance { get; } = new();

        public int Compare(Monomial x, Monomial y) => y.CompareTo(x);
    }
}
