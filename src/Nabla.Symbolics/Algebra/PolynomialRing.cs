using System.Numerics;

namespace Nabla.Symbolics;

/// <summary>How formulas are read as polynomials.</summary>
internal enum PolynomialReading
{
    /// <summary>Everything is multiplied out; negative powers become denominators.</summary>
    Fractions,

    /// <summary>Everything is multiplied out, but negative powers stay factors with negative exponents, and those of sums are generators.</summary>
    Laurent,

    /// <summary>Only the terms of the sum are taken apart: a sum inside a term is a generator. Exponents may be negative.</summary>
    Shallow,
}

/// <summary>
/// The generators that formulas have in common, and the way from formulas to polynomials in them and back. A generator is a symbol or any
/// subterm that is no sum, product or whole power: sin(x) is one, and so is a number that is not exact. Roots of one base are powers of
/// one generator, x = (x^(1/2))^2; exponentials are taken apart, exp(2*x + y) = exp(x)^2*exp(y).
/// </summary>
internal sealed partial class PolynomialRing
{
    /// <summary>Powers beyond it are generators of their own.</summary>
    private const int LargestExponent = 1 << 20;

    private const int LargestRoot = 64;
    private readonly Dictionary<Expr, int> atoms = [];
    private readonly Dictionary<Expr, int> exponentials = [];
    private readonly Dictionary<Expr, int> roots = [];
    private readonly List<Family> families = [];
    private readonly PolynomialReading reading;

    private readonly Expr root;

    private PolynomialRing(PolynomialReading reading, Expr root)
    {
        this.reading = reading;
        this.root = root;
    }

    private enum Kind
    {
        Atom,
        Exponential,
        Root,
    }

    /// <summary>How many generators there are.</summary>
    public int Count => families.Count;

    /// <summary>The ring of a formula; null if it has an infinity or NaN in it.</summary>
    /// <param name="formula">The formula that will be read.</param>
    /// <param name="reading">How.</param>
    /// <param name="budget">Pays for the walk.</param>
    /// <param name="extra">More generators, such as the cosine that belongs to a sine.</param>
    public static PolynomialRing? Of(Expr formula, PolynomialReading reading, WorkBudget budget, params ReadOnlySpan<Expr> extra)
    {
        var ring = new PolynomialRing(reading, formula);
        var found = new List<Expr>();
        foreach (var node in ring.Region(formula, budget))
        {
            if (node is Number { IsExact: false } number && !double.IsFinite(number.ToDouble())) return null;
            if (!ring.IsArithmetic(node)) found.Add(node);
        }

        foreach (var generator in extra) found.Add(generator);
        ring.Register(found);
        return ring;
    }

    /// <summary>The generator of index <paramref name="index"/>.</summary>
    public Expr Generator(int index) => PowerOf(index, 1);

    /// <summary>The index of a formula that is a generator as it stands, or -1.</summary>
    public int IndexOf(Expr generator) => atoms.TryGetValue(generator, out var index) ? index : -1;

    /// <summary>Roots of exact numbers with the power that is a number again: the generator 2^(1/2) has power 2 and value 2.</summary>
    public IEnumerable<(int Generator, int Power, Rational Value)> NumericRoots()
    {
        for (var i = 0; i < families.Count; i++)
        {
            if (families[i] is { Kind: Kind.Root, Core: Number { IsExact: true } number } family) yield return (i, family.Denominator, number.Value);
        }
    }

    // ---- Reading --------------------------------------------------------------------------------------------------------------

    /// <summary>The formula as numerator and denominator.</summary>
    /// <exception cref="WorkBudgetException">The budget is used up.</exception>
    public Fraction Read(Expr formula, WorkBudget budget)
    {
        var values = new Dictionary<Expr, Fraction>();
        foreach (var node in Region(formula, budget))
        {
            values[node] = node switch
            {
                Number { IsExact: true } number => Fraction.Constant(Count, Polynomial.Bounded(number.Value, budget)),
                Sum when IsArithmetic(node) => Reduce(Fraction.Sum(node.Args, values, budget), budget),
                Product when IsArithmetic(node) => Reduce(Fraction.Product(node.Args, values, Count, budget), budget),
                Call call when IsArithmetic(node) => Reduce(PowerOf(values[call.Args[0]], (int)((Number)call.Args[1]).Value.Numerator, budget), budget),
                _ => OfAtom(node, budget),
            };
        }

        return values[formula];
    }

    /// <summary>Uses g^q = c for every generator that is a root of a number.</summary>
    public Fraction Reduce(Fraction value, WorkBudget budget)
    {
        foreach (var (generator, power, number) in NumericRoots())
        {
            var replacement = Polynomial.Constant(Count, number);
            value = new(Reduce(value.Numerator, generator, power, replacement, budget), Reduce(value.Denominator, generator, power, replacement, budget));
        }

        return value;
    }

    /// <summary>Replaces generator^power by a polynomial until every exponent is below it.</summary>
    public static Polynomial Reduce(Polynomial value, int generator, int power, Polynomial replacement, WorkBudget budget)
    {
        if (value.DegreeIn(generator) < power) return value;
        var result = Polynomial.Zero(value.Generators);
        foreach (var (exponent, coefficient) in value.CoefficientsIn(generator))
        {
            var times = exponent < 0 ? 0 : exponent / power;
            var rest = Polynomial.Generator(value.Generators, generator, exponent - (times * power));
            var term = Polynomial.Multiply(coefficient, rest, budget);
            if (times > 0) term = Polynomial.Multiply(term, Polynomial.Pow(replacement, times, budget), budget);
            result = Polynomial.Add(result, term, budget);
        }

        return result;
    }

    // ---- Writing --------------------------------------------------------------------------------------------------------------

    // ---- The region and its generators ----------------------------------------------------------------------------------------

    /// <summary>The nodes from the formula down to its generators, operands first, without recursion.</summary>
    private List<Expr> Region(Expr formula, WorkBudget budget)
    {
        var order = new List<Expr>();
        var seen = new HashSet<Expr> { formula };
        var stack = new Stack<(Expr Node, int Next)>();
        stack.Push((formula, 0));
        while (stack.TryPop(out var top))
        {
            var (node, next) = top;
            var operands = IsArithmetic(node) ? Operands(node) : 0;
            while (next < operands && !seen.Add(node.Args[next])) next++;
            if (next >= operands)
            {
                budget.Spend(1);
                order.Add(node);
                continue;
            }

            stack.Push((node, next + 1));
            stack.Push((node.Args[next], 0));
        }

        return order;
    }

    private static int Operands(Expr node) => node is Call ? 1 : node.Args.Length;

    private bool IsArithmetic(Expr node) => node switch
    {
        Number number => number.IsExact,
        Sum => reading != PolynomialReading.Shallow || ReferenceEquals(node, root),
        Product => true,
        Call call when call.Primitive == Primitives.Pow =>
            call.Args[1] is Number { IsInteger: true } exponent
            && exponent.Value.TryGetSmall(out var power, out _) && Math.Abs(power) <= LargestExponent
            && !(reading == PolynomialReading.Laurent && power < 0 && call.Args[0] is Sum),
        _ => false,
    };

    private void Register(List<Expr> found)
    {
        var expCores = new Dictionary<Expr, long>();
        var rootBases = new Dictionary<Expr, long>();
        var plain = new List<Expr>();
        foreach (var atom in found)
        {
            if (ReferenceEquals(atom, Constant.E)) Widen(expCores, Number.One, 1);
            else if (atom is Call { Args: [var exponent] } call && call.Primitive == Primitives.Exp)
            {
                foreach (var term in TermsOf(exponent)) Widen(expCores, CoreOf(term, out var coefficient), (long)coefficient.Denominator);
            }
            else if (PrimePowers(atom) is { } primes)
            {
                foreach (var (prime, share) in primes) Widen(rootBases, Number.Of(prime), (long)share.Denominator);
            }
            else if (IsRoot(atom, out var @base, out var power)) Widen(rootBases, @base, (long)power.Denominator);
            else plain.Add(atom);
        }

        foreach (var atom in plain)
        {
            // x beside x^(1/2) is the square of that generator.
            if (!rootBases.ContainsKey(atom)) Add(atoms, Kind.Atom, atom, 1);
        }

        foreach (var (core, denominator) in expCores) Add(exponentials, Kind.Exponential, core, (int)denominator);
        foreach (var (@base, denominator) in rootBases) Add(roots, Kind.Root, @base, (int)denominator);
    }

    private void Add(Dictionary<Expr, int> table, Kind kind, Expr core, int denominator)
    {
        if (table.TryAdd(core, families.Count)) families.Add(new Family(kind, core, denominator));
    }

    private static void Widen(Dictionary<Expr, long> table, Expr key, long denominator)
    {
        var old = table.GetValueOrDefault(key, 1);
        var wider = old / (long)BigInteger.GreatestCommonDivisor(old, denominator) * denominator;
        if (wider > LargestExponent) throw new WorkBudgetException();
        table[key] = wider;
    }

    private Fraction OfAtom(Expr atom, WorkBudget budget)
    {
        budget.Spend(1);
        if (ReferenceEquals(atom, Constant.E)) return OfPowers([(exponentials[Number.One], families[exponentials[Number.One]].Denominator)]);
        if (atom is Call { Args: [var exponent] } call && call.Primitive == Primitives.Exp)
        {
            var powers = new List<(int, long)>();
            foreach (var term in TermsOf(exponent))
            {
                var index = exponentials[CoreOf(term, out var coefficient)];
                powers.Add((index, (long)(coefficient * families[index].Denominator).Numerator));
            }

            return OfPowers(powers);
        }

        if (PrimePowers(atom) is { } primes)
        {
            var powers = new List<(int, long)>();
            foreach (var (prime, share) in primes)
            {
                var index = roots[Number.Of(prime)];
                powers.Add((index, (long)(share * families[index].Denominator).Numerator));
            }

            return OfPowers(powers);
        }

        if (IsRoot(atom, out var @base, out var power))
        {
            var index = roots[@base];
            return OfPowers([(index, (long)(power * families[index].Denominator).Numerator)]);
        }

        return roots.TryGetValue(atom, out var root) ? OfPowers([(root, families[root].Denominator)]) : OfPowers([(atoms[atom], 1)]);
    }

    private Fraction OfPowers(List<(int Generator, long Power)> powers)
    {
        var above = new int[Count];
        var below = new int[Count];
        foreach (var (generator, power) in powers)
        {
            if (Math.Abs(power) > LargestExponent) throw new WorkBudgetException();
            if (power < 0 && reading == PolynomialReading.Fractions) below[generator] -= (int)power;
            else above[generator] += (int)power;
        }

        return new(Polynomial.Of(new Monomial(above), 1), Polynomial.Of(new Monomial(below), 1));
    }

    private Fraction PowerOf(Fraction @base, int exponent, WorkBudget budget)
    {
        if (exponent >= 0) return new(Polynomial.Pow(@base.Numerator, exponent, budget), Polynomial.Pow(@base.Denominator, exponent, budget));
        if (@base.Numerator.IsZero) throw new WorkBudgetException();
        if (reading == PolynomialReading.Fractions)
        {
            return new(Polynomial.Pow(@base.Denominator, -exponent, budget), Polynomial.Pow(@base.Numerator, -exponent, budget));
        }

        // In the other readings the base is a single term.
        if (@base.Numerator.Terms.Length != 1) throw new WorkBudgetException();
        var (monomial, coefficient) = Polynomial.Pow(@base.Numerator, -exponent, budget).Leading;
        return new(Polynomial.Of(Monomial.One(Count) / monomial, 1 / coefficient), @base.Denominator);
    }

    private Expr PowerOf(int index, int power)
    {
        var family = families[index];
        var exponent = new Rational(power, family.Denominator);
        return family.Kind switch
        {
            Kind.Exponential => Functions.Exp(Number.Of(exponent) * family.Core),
            _ => Power.Of(family.Core, Number.Of(exponent)),
        };
    }

    private static ReadOnlySpan<Expr> TermsOf(Expr exponent) => exponent is Sum ? exponent.Args : new[] { exponent };

    // 3/2*x*y is 3/2 times the core x*y; a coefficient that is a double, or out of proportion, belongs to the core.
    private static Expr CoreOf(Expr term, out Rational coefficient)
    {
        coefficient = 1;
        var number = term switch
        {
            Number own => own,
            Product product => product.Coefficient,
            _ => Number.One,
        };
        if (!number.IsExact || number.IsZero || !number.Value.TryGetSmall(out var above, out var below)
            || Math.Abs(above) > LargestExponent || below > LargestRoot)
        {
            return term;
        }

        coefficient = number.Value;
        return term is Product scaled ? scaled.Core : term is Number ? Number.One : term;
    }

    private static bool IsRoot(Expr atom, out Expr @base, out Rational power)
    {
        if (atom is Call { Args: [var b, Number { IsExact: true, IsInteger: false } exponent] } call && call.Primitive == Primitives.Pow
            && exponent.Value.TryGetSmall(out var above, out var below) && below <= LargestRoot && Math.Abs(above) <= LargestExponent)
        {
            (@base, power) = (b, exponent.Value);
            return true;
        }

        (@base, power) = (atom, 1);
        return false;
    }

    // 12^(1/2) = 2*3^(1/2): roots of numbers are taken apart into those of primes, which have no relations among each other.
    private static List<(long Prime, Rational Exponent)>? PrimePowers(Expr atom)
    {
        const long largestNumber = 1_000_000;
        if (!IsRoot(atom, out var @base, out var power) || @base is not Number { IsExact: true } number) return null;
        if (!number.Value.TryGetSmall(out var above, out var below) || above <= 0 || above > largestNumber || below > largestNumber) return null;
        var primes = new List<(long, Rational)>();
        foreach (var (part, sign) in new[] { (above, 1), (below, -1) })
        {
            var rest = part;
            for (var prime = 2L; rest > 1; prime = prime * prime > rest ? rest : prime + 1)
            {
                var times = 0;
                for (; rest % prime == 0; rest /= prime) times++;
                if (times > 0) primes.Add((prime, power * (sign * times)));
            }
        }

        return primes;
    }

    private sealed record Family(Kind Kind, Expr Core, int Denominator);
}
