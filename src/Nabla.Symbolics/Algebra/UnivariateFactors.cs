using System.Numerics;

namespace Nabla.Symbolics;

/// <summary>
/// The irreducible factors of a square-free polynomial in one variable with whole coefficients. It is factored modulo a prime larger than
/// twice any coefficient of a factor (Mignotte's bound), by distinct degrees and then by Cantor and Zassenhaus; products of modular
/// factors are tried as true ones. The primes are Mersenne's, so that no lifting is needed. Coefficients are stored lowest power first.
/// </summary>
internal static class UnivariateFactors
{
    private const int MostSubsets = 4096;
    private static readonly int[] MersenneExponents = [61, 89, 107, 127, 521, 607, 1279, 2203];

    /// <summary>The factors, each with coprime coefficients and a positive leading one.</summary>
    /// <exception cref="WorkBudgetException">The budget is used up.</exception>
    public static List<BigInteger[]> Of(BigInteger[] polynomial, WorkBudget budget)
    {
        polynomial = Primitive(polynomial);
        if (polynomial.Length <= 2) return [polynomial];
        foreach (var exponent in MersenneExponents)
        {
            if (exponent < BoundBits(polynomial)) continue;
            var field = new Field((BigInteger.One << exponent) - 1, budget);
            var monic = field.Monic(field.Reduce(polynomial));
            if (monic.Length == polynomial.Length && field.Gcd(monic, field.Derivative(monic)).Length == 1)
            {
                return Recombine(polynomial, field.Factors(monic), field, budget);
            }
        }

        return [polynomial];
    }

    /// <summary>The product.</summary>
    public static BigInteger[] Multiply(BigInteger[] a, BigInteger[] b, WorkBudget budget)
    {
        budget.Spend((long)a.Length * b.Length);
        var product = new BigInteger[a.Length + b.Length - 1];
        for (var i = 0; i < a.Length; i++)
        {
            if (a[i].IsZero) continue;
            for (var j = 0; j < b.Length; j++) product[i + j] += a[i] * b[j];
        }

        return product;
    }

    // Bits of 2·lead·2^n·|f|: the coefficients of lead times a factor lie below half of that.
    private static long BoundBits(BigInteger[] polynomial)
    {
        var norm = BigInteger.Zero;
        foreach (var c in polynomial) norm += c * c;
        return polynomial.Length + (norm.GetBitLength() / 2) + 1 + polynomial[^1].GetBitLength() + 2;
    }

    private static List<BigInteger[]> Recombine(BigInteger[] polynomial, List<BigInteger[]> modular, Field field, WorkBudget budget)
    {
        var found = new List<BigInteger[]>();
        var (size, tried) = (1, 0);
        var subset = Subsets.First(size);
        while (size <= modular.Count / 2 && tried++ < MostSubsets)
        {
            var product = new[] { polynomial[^1] };
            foreach (var index in subset) product = field.Multiply(product, modular[index]);
            var candidate = Primitive(field.Symmetric(product));
            if (Divide(polynomial, candidate, budget) is { } quotient)
            {
                found.Add(candidate);
                polynomial = Primitive(quotient);
                for (var i = subset.Length - 1; i >= 0; i--) modular.RemoveAt(subset[i]);
                subset = Subsets.First(size);
            }
            else
            {
                subset = Subsets.Next(subset, modular.Count) ?? Subsets.First(++size);
            }
        }

        if (polynomial.Length > 1) found.Add(polynomial);
        return found;
    }

    private static BigInteger[] Primitive(BigInteger[] polynomial)
    {
        var content = BigInteger.Zero;
        foreach (var c in polynomial) content = BigInteger.GreatestCommonDivisor(content, c);
        if (polynomial[^1].Sign < 0) content = -content;
        return content.IsOne ? polynomial : Array.ConvertAll(polynomial, c => c / content);
    }

    private static BigInteger[]? Divide(BigInteger[] a, BigInteger[] b, WorkBudget budget)
    {
        var rest = (BigInteger[])a.Clone();
        var quotient = new BigInteger[a.Length - b.Length + 1];
        for (var i = quotient.Length - 1; i >= 0; i--)
        {
            budget.Spend(b.Length);
            quotient[i] = BigInteger.DivRem(rest[i + b.Length - 1], b[^1], out var remainder);
            if (!remainder.IsZero) return null;
            for (var j = 0; j < b.Length; j++) rest[i + j] -= quotient[i] * b[j];
        }

        for (var i = 0; i < b.Length - 1; i++)
        {
            if (!rest[i].IsZero) return null;
        }

        return quotient;
    }

    /// <summary>Polynomials modulo a prime.</summary>
    private sealed class Field(BigInteger prime, WorkBudget budget)
    {
        private ulong seed = 0x9E3779B97F4A7C15;

        public List<BigInteger[]> Factors(BigInteger[] monic)
        {
            var factors = new List<BigInteger[]>();
            BigInteger[] x = [BigInteger.Zero, BigInteger.One];
            var frobenius = x;
            for (var degree = 1; monic.Length > 1; degree++)
            {
                if (2 * degree >= monic.Length)
                {
                    factors.Add(monic);
                    break;
                }

                frobenius = Pow(frobenius, prime, monic);
                var part = Gcd(monic, Subtract(frobenius, x));
                if (part.Length == 1) continue;
                Split(part, degree, factors);
                monic = Monic(Quotient(monic, part));
                frobenius = Remainder(frobenius, monic);
            }

            return factors;
        }

        // All factors of the polynomial have this degree: half of them divide r^((p^d - 1)/2) - 1 for a random r.
        private void Split(BigInteger[] polynomial, int degree, List<BigInteger[]> factors)
        {
            var open = new Stack<BigInteger[]>([polynomial]);
            var power = (BigInteger.Pow(prime, degree) - 1) / 2;
            while (open.TryPop(out var next))
            {
                if (next.Length - 1 == degree)
                {
                    factors.Add(next);
                    continue;
                }

                var random = new BigInteger[next.Length - 1];
                for (var i = 0; i < random.Length; i++) random[i] = Next() % prime;
                var trial = Pow(Trim(random), power, next);
                var part = Gcd(next, Subtract(trial, [BigInteger.One]));
                if (part.Length > 1 && part.Length < next.Length)
                {
                    open.Push(part);
                    open.Push(Monic(Quotient(next, part)));
                }
                else
                {
                    open.Push(next);
                }
            }
        }

        public BigInteger[] Multiply(BigInteger[] a, BigInteger[] b) => Reduce(UnivariateFactors.Multiply(a, b, budget));

        public BigInteger[] Reduce(BigInteger[] a)
        {
            var reduced = new BigInteger[a.Length];
            for (var i = 0; i < a.Length; i++)
            {
                reduced[i] = a[i] % prime;
                if (reduced[i].Sign < 0) reduced[i] += prime;
            }

            return Trim(reduced);
        }

        public BigInteger[] Symmetric(BigInteger[] a) => Array.ConvertAll(a, c => c > prime / 2 ? c - prime : c);

        public BigInteger[] Derivative(BigInteger[] a)
        {
            var result = new BigInteger[Math.Max(0, a.Length - 1)];
            for (var i = 0; i < result.Length; i++) result[i] = a[i + 1] * (i + 1) % prime;
            return Trim(result);
        }

        public BigInteger[] Monic(BigInteger[] a)
        {
            var inverse = BigInteger.ModPow(a[^1], prime - 2, prime);
            return Array.ConvertAll(a, c => c * inverse % prime);
        }

        public BigInteger[] Gcd(BigInteger[] a, BigInteger[] b)
        {
            while (b.Length > 0) (a, b) = (b, Remainder(a, b));
            return Monic(a);
        }

        private BigInteger[] Pow(BigInteger[] @base, BigInteger power, BigInteger[] modulus)
        {
            BigInteger[] result = [BigInteger.One];
            for (var bit = (int)power.GetBitLength() - 1; bit >= 0; bit--)
            {
                result = Remainder(Multiply(result, result), modulus);
                if (!((power >> bit) & 1).IsZero) result = Remainder(Multiply(result, @base), modulus);
            }

            return result;
        }

        private BigInteger[] Subtract(BigInteger[] a, BigInteger[] b)
        {
            var result = new BigInteger[Math.Max(a.Length, b.Length)];
            for (var i = 0; i < result.Length; i++)
            {
                result[i] = (i < a.Length ? a[i] : 0) - (i < b.Length ? b[i] : 0);
            }

            return Reduce(result);
        }

        private BigInteger[] Remainder(BigInteger[] a, BigInteger[] b) => Divide(a, b).Remainder;

        private BigInteger[] Quotient(BigInteger[] a, BigInteger[] b) => Divide(a, b).Quotient;

        private (BigInteger[] Quotient, BigInteger[] Remainder) Divide(BigInteger[] a, BigInteger[] b)
        {
            if (a.Length < b.Length) return ([], a);
            var inverse = b[^1].IsOne ? BigInteger.One : BigInteger.ModPow(b[^1], prime - 2, prime);
            var rest = (BigInteger[])a.Clone();
            var quotient = new BigInteger[a.Length - b.Length + 1];
            for (var i = quotient.Length - 1; i >= 0; i--)
            {
                budget.Spend(b.Length);
                var c = rest[i + b.Length - 1] * inverse % prime;
                quotient[i] = c;
                if (c.IsZero) continue;
                for (var j = 0; j < b.Length; j++) rest[i + j] = (rest[i + j] - (c * b[j])) % prime;
            }

            return (Trim(Reduce(quotient)), Reduce(rest[..(b.Length - 1)]));
        }

        private static BigInteger[] Trim(BigInteger[] a)
        {
            var length = a.Length;
            while (length > 0 && a[length - 1].IsZero) length--;
            return length == a.Length ? a : a[..length];
        }

        // A fixed sequence: any numbers do, and the same ones each time make the result repeatable.
        private BigInteger Next()
        {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            return seed;
        }
    }
}
