namespace Nabla.Symbolics;

/// <summary>A product of powers of the generators of a polynomial ring, one exponent for each. Exponents may be negative in Laurent polynomials.</summary>
internal readonly struct Monomial : IEquatable<Monomial>, IComparable<Monomial>
{
    /// <summary>Larger exponents are refused: degrees beyond it make no polynomial that could be worked with.</summary>
    private const int LargestExponent = 1 << 29;

    private readonly int[] exponents;
    private readonly int hash;

    public Monomial(int[] exponents)
    {
        this.exponents = exponents;
        var h = 17u;
        foreach (var e in exponents) h = (h * 0x9E3779B1u) + (uint)e;
        hash = (int)(h ^ (h >> 15));
    }

    public ReadOnlySpan<int> Exponents => exponents;

    public bool IsOne
    {
        get
        {
            foreach (var e in exponents)
            {
                if (e != 0) return false;
            }

            return true;
        }
    }

    public int this[int generator] => exponents[generator];

    public static Monomial One(int generators) => new(new int[generators]);

    public static Monomial operator *(Monomial a, Monomial b)
    {
        var product = new int[a.exponents.Length];
        for (var i = 0; i < product.Length; i++)
        {
            product[i] = a.exponents[i] + b.exponents[i];
            if (Math.Abs(product[i]) > LargestExponent) throw new WorkBudgetException();
        }

        return new(product);
    }

    public static Monomial operator /(Monomial a, Monomial b)
    {
        var quotient = new int[a.exponents.Length];
        for (var i = 0; i < quotient.Length; i++) quotient[i] = a.exponents[i] - b.exponents[i];
        return new(quotient);
    }

    public bool Divides(Monomial other)
    {
        for (var i = 0; i < exponents.Length; i++)
        {
            if (exponents[i] > other.exponents[i]) return false;
        }

        return true;
    }

    public Monomial With(int generator, int exponent)
    {
        var copy = (int[])exponents.Clone();
        copy[generator] = exponent;
        return new(copy);
    }

    /// <summary>The smaller exponent of each generator.</summary>
    public static Monomial Gcd(Monomial a, Monomial b)
    {
        var least = new int[a.exponents.Length];
        for (var i = 0; i < least.Length; i++) least[i] = Math.Min(a.exponents[i], b.exponents[i]);
        return new(least);
    }

    /// <summary>Lexicographic: the exponent of the first generator decides first.</summary>
    public int CompareTo(Monomial other)
    {
        for (var i = 0; i < exponents.Length; i++)
        {
            if (exponents[i] != other.exponents[i]) return exponents[i].CompareTo(other.exponents[i]);
        }

        return 0;
    }

    public bool Equals(Monomial other) => hash == other.hash && exponents.AsSpan().SequenceEqual(other.exponents);

    public override bool Equals(object? obj) => obj is Monomial other && Equals(other);

    public override int GetHashCode() => hash;
}
