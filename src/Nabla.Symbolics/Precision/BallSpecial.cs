using System.Numerics;

namespace Nabla.Symbolics;

/// <summary>The error function by its series of positive terms, and the gamma function by Stirling's series with its known remainder.</summary>
internal static class BallSpecial
{
    private const int LargestErrorArgument = 300;
    private static readonly Lock Gate = new();
    private static readonly List<Rational> Bernoulli = [1];

    /// <summary>erf(x) = 2/√π·e^(-x²)·Σ 2^n·x^(2n+1)/(1·3·…·(2n+1)).</summary>
    public static Ball Erf(Ball x, int bits)
    {
        if (!x.IsKnown || x.IsExactZero) return x;
        if (x.Log2 > 12 || Ball.Subtract(Absolute(x), Ball.Of(LargestErrorArgument), bits).Sign is 1)
        {
            // 1 - |erf| is below e^(-x²).
            if (x.Sign is not { } sign) return Ball.Unknown;
            return Ball.Of(sign).Widen(Magnitude.PowerOfTwo(-(long)LargestErrorArgument * LargestErrorArgument));
        }

        var work = bits + 48;
        var middle = x.Middle();
        var square = Ball.Multiply(middle, middle, work);
        var (sum, term) = (middle, middle);
        for (var n = 1; ; n++)
        {
            term = Ball.Divide(Ball.Multiply(term, square.Scale(1), work), Ball.Of((2 * n) + 1), work);
            sum = Ball.Add(sum, term, work);

            // From n > 2·x² on, each term is less than half the one before it.
            if (term.Log2 < sum.Log2 - work && n > 8 && square.Log2 < BitLength(n) - 2)
            {
                sum = sum.Widen(term.Size * Magnitude.PowerOfTwo(1));
                break;
            }
        }

        var factor = Ball.Divide(BallFunctions.Exp(-square, work).Scale(1), BallFunctions.Root(BallFunctions.Pi(work), 2, work), work);
        return Ball.Multiply(sum, factor, bits).Widen(x.Radius * Magnitude.PowerOfTwo(1));
    }

    /// <summary>log gamma(x) for positive x.</summary>
    public static Ball LogGamma(Ball x, int bits)
    {
        var work = bits + 32;
        var (large, product) = Raise(x, work);
        return Ball.Subtract(Stirling(large, work), BallFunctions.Log(product, work), bits);
    }

    public static Ball Gamma(Ball x, int bits)
    {
        if (!x.IsKnown) return x;
        if (x.Sign is null) return Ball.Unknown;
        if (x.Sign <= 0)
        {
            // pi/(sin(pi·x)·gamma(1 - x)), which has poles at 0, -1, -2, …
            if (x.IsExact && (x.Exponent >= 0 || x.Mantissa.IsZero)) return Ball.None("gamma of 0 or of a negative whole number");
            var work = bits + 32;
            var sin = BallFunctions.SinCos(Ball.Multiply(BallFunctions.Pi(work + (int)Math.Max(0, x.Log2)), x, work + (int)Math.Max(0, x.Log2)), work).Sin;
            return Ball.Divide(BallFunctions.Pi(work), Ball.Multiply(sin, Gamma(Ball.Subtract(Ball.One, x, work), work), work), bits);
        }

        if (x.Log2 > 24) return Ball.None("gamma of a number beyond 10^7");
        var more = bits + 64;
        var (large, product) = Raise(x, more);
        return Ball.Divide(BallFunctions.Exp(Stirling(large, more), more), product, bits);
    }

    // x + n, large enough for Stirling's series, and x·(x+1)·…·(x+n-1).
    private static (Ball Large, Ball Product) Raise(Ball x, int bits)
    {
        var (large, product) = (x, Ball.One);
        if (!x.IsKnown || x.Log2 > 24) return (x, product);
        var enough = Ball.Of((bits / 4) + 10);
        while (Ball.Subtract(large, enough, bits).Sign is not 1)
        {
            product = Ball.Multiply(product, large, bits);
            large = Ball.Add(large, Ball.One, bits);
        }

        return (large, product);
    }

    // (z - 1/2)·log z - z + log(2·pi)/2 + Σ B(2k)/(2k(2k-1)·z^(2k-1)); the remainder is smaller than the first term left out.
    private static Ball Stirling(Ball z, int bits)
    {
        if (!z.IsKnown) return z;
        var half = Ball.One.Scale(-1);
        var sum = Ball.Subtract(Ball.Multiply(Ball.Subtract(z, half, bits), BallFunctions.Log(z, bits), bits), z, bits);
        sum = Ball.Add(sum, BallFunctions.Log(BallFunctions.Pi(bits).Scale(1), bits).Scale(-1), bits);
        var inverse = Ball.Divide(Ball.One, z, bits);
        var square = Ball.Multiply(inverse, inverse, bits);
        var power = inverse;
        for (var k = 1; ; k++)
        {
            var term = Ball.Multiply(Ball.Of(BernoulliNumber(2 * k) / ((2L * k) * ((2L * k) - 1)), bits), power, bits);
            if (term.Log2 < -bits || k > bits) return sum.Widen(term.Size);
            sum = Ball.Add(sum, term, bits);
            power = Ball.Multiply(power, square, bits);
        }
    }

    private static Rational BernoulliNumber(int n)
    {
        lock (Gate)
        {
            // Σ C(m+1, j)·B(j) for j up to m is 0; odd ones beyond B(1) are 0.
            while (Bernoulli.Count <= n)
            {
                var m = Bernoulli.Count;
                if (m % 2 == 1 && m > 1)
                {
                    Bernoulli.Add(0);
                    continue;
                }

                Rational sum = 0;
                var choose = BigInteger.One;
                for (var j = 0; j < m; j++)
                {
                    if (Bernoulli[j].Sign != 0) sum += choose * Bernoulli[j];
                    choose = choose * (m + 1 - j) / (j + 1);
                }

                Bernoulli.Add(-sum / (m + 1));
            }

            return Bernoulli[n];
        }
    }

    private static Ball Absolute(Ball x) => x.Sign is -1 ? -x : x;

    private static int BitLength(int n) => 32 - BitOperations.LeadingZeroCount((uint)n);
}
