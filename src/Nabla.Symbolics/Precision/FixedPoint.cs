using System.Numerics;

namespace Nabla.Symbolics;

/// <summary>
/// Elementary functions of whole numbers of units 2^-bits, after reduction to a small argument; each is off by less than 2^12 units for
/// up to a million bits. Constants are kept with the most bits asked for so far.
/// </summary>
internal static class FixedPoint
{
    private static readonly Lock Gate = new();
    private static (int Bits, BigInteger Value) pi, log2;

    /// <summary>pi in units, off by less than 2 units.</summary>
    public static BigInteger Pi(int bits) => Constant(ref pi, bits, static b => ((16 * InverseArctan(5, b, -1)) - (4 * InverseArctan(239, b, -1))));

    /// <summary>log 2 in units, off by less than 2 units.</summary>
    public static BigInteger Log2(int bits) => Constant(
        ref log2, bits, static b => (18 * InverseArctan(26, b, 1)) - (2 * InverseArctan(4801, b, 1)) + (8 * InverseArctan(8749, b, 1)));

    /// <summary>e^x for |x| at most 1/2: the series of x/2^k, squared k times.</summary>
    public static BigInteger Exp(BigInteger x, int bits)
    {
        var halvings = (int)Math.Sqrt(bits / 2.0) + 2;
        var inner = bits + (2 * halvings) + 20;
        var reduced = x << (inner - bits - halvings);
        var (sum, term) = (BigInteger.One << inner, BigInteger.One << inner);
        for (var k = 1; !term.IsZero; k++)
        {
            term = ((term * reduced) >> inner) / k;
            if (term == BigInteger.MinusOne) break;
            sum += term;
        }

        for (var i = 0; i < halvings; i++) sum = (sum * sum) >> inner;
        return sum >> (inner - bits);
    }

    /// <summary>Sine and cosine for |x| at most 1.</summary>
    public static (BigInteger Sin, BigInteger Cos) SinCos(BigInteger x, int bits)
    {
        var square = (x * x) >> bits;
        BigInteger sin = x, cos = BigInteger.One << bits, odd = x, even = cos;
        for (var k = 1; !even.IsZero || !odd.IsZero; k++)
        {
            even = -(((even * square) >> bits) / ((2 * k) * (2L * k - 1)));
            odd = -(((odd * square) >> bits) / ((2 * k) * (2L * k + 1)));
            if (BigInteger.Abs(even) <= 1 && BigInteger.Abs(odd) <= 1) break;
            sin += odd;
            cos += even;
        }

        return (sin, cos);
    }

    /// <summary>The inverse tangent for |x| at most 1: the angle is halved until the series is short.</summary>
    public static BigInteger Atan(BigInteger x, int bits)
    {
        var halvings = (int)Math.Sqrt(bits / 8.0) + 2;
        var inner = bits + (2 * halvings) + 20;
        var one = BigInteger.One << inner;
        x <<= inner - bits;
        for (var i = 0; i < halvings; i++)
        {
            var root = IntegerRoot.Square((one * one) + (x * x));
            x = (x << inner) / (one + root);
        }

        var square = (x * x) >> inner;
        var (sum, power) = (x, x);
        for (var k = 3; ; k += 2)
        {
            power = -((power * square) >> inner);
            var term = power / k;
            if (BigInteger.Abs(term) <= 1) break;
            sum += term;
        }

        return (sum << halvings) >> (inner - bits);
    }

    // sum of (±1)^k / ((2k + 1)·n^(2k + 1)): arctan or artanh of 1/n.
    private static BigInteger InverseArctan(int n, int bits, int sign)
    {
        var power = (BigInteger.One << bits) / n;
        var sum = power;
        for (var k = 3; ; k += 2)
        {
            power = sign * power / (n * (long)n);
            var term = power / k;
            if (term.IsZero) return sum;
            sum += term;
        }
    }

    private static BigInteger Constant(ref (int Bits, BigInteger Value) known, int bits, Func<int, BigInteger> compute)
    {
        const int guard = 64;
        lock (Gate)
        {
            if (known.Bits < bits + guard)
            {
                var more = Math.Max(bits + guard, 256) * 5 / 4;
                known = (more, compute(more + guard) >> guard);
            }

            return known.Value >> (known.Bits - bits);
        }
    }
}
