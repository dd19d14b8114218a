using System.Numerics;

namespace Nabla;

/// <summary>
/// The inverse of the standard normal distribution, the same bits on every machine.
/// </summary>
/// <remarks>
/// M. J. Wichura, "Algorithm AS 241: The percentage points of the normal distribution", Applied Statistics 37 (1988), routine
/// PPND16: rational functions of degree 7 in three regions, about 16 digits. Only +, -, *, / and the square root occur, which
/// IEEE 754 rounds in one way; the logarithm the tails need is made of them too, as libraries' logarithms differ.
/// </remarks>
internal static class NormalQuantile
{
    // 85 of 100 numbers have |q| at most this and need no logarithm.
    private const double CentralReach = 0.425;

    private static ReadOnlySpan<double> CentralNumerator =>
    [
        2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
        1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0,
    ];

    private static ReadOnlySpan<double> CentralDenominator =>
    [
        5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
        5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0,
    ];

    private static ReadOnlySpan<double> TailNumerator =>
    [
        7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
        3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0,
    ];

    private static ReadOnlySpan<double> TailDenominator =>
    [
        1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
        6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0,
    ];

    private static ReadOnlySpan<double> FarNumerator =>
    [
        2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
        2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0,
    ];

    private static ReadOnlySpan<double> FarDenominator =>
    [
        2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
        1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0,
    ];

    /// <summary>The quantile at a random word: at the middle of one of 2⁵³ equal steps of (0, 1), so never infinite.</summary>
    public static double AtWord(ulong word) => At(Centred(word));

    /// <summary>The quantiles at random words: the same bits as one by one, the central ones a register at a time.</summary>
    public static void AtWords(ReadOnlySpan<ulong> words, Span<double> quantiles)
    {
        int lanes = Vector<double>.Count;
        for (int i = 0; i < words.Length; i++) quantiles[i] = Centred(words[i]);
        int start = 0;
        for (; start + lanes <= words.Length; start += lanes)
        {
            Span<double> part = quantiles.Slice(start, lanes);
            Vector<double> q = new(part);
            Vector<double> r = new Vector<double>(0.180625) - q * q;
            (q * (Polynomial(CentralNumerator, r) / Polynomial(CentralDenominator, r))).CopyTo(part);
            if (Vector.LessThanOrEqualAll(Vector.Abs(q), new Vector<double>(CentralReach))) continue;
            for (int lane = 0; lane < lanes; lane++)
                if (Math.Abs(q[lane]) > CentralReach) part[lane] = Tail(q[lane]);
        }

        for (; start < words.Length; start++) quantiles[start] = At(quantiles[start]);
    }

    /// <summary>The number below which a standard normal variable lies with probability 1/2 + q; q is in (-1/2, 1/2).</summary>
    public static double At(double q)
    {
        if (Math.Abs(q) > CentralReach) return Tail(q);
        double r = 0.180625 - q * q;
        return q * (Polynomial(CentralNumerator, r) / Polynomial(CentralDenominator, r));
    }

    /// <summary>The logarithm of a positive normal number to about an ulp.</summary>
    public static double Log(double x)
    {
        // x = 2^e * m with m within sqrt(2) of 1; log m = 2 artanh((m - 1) / (m + 1)), whose series ends soon.
        long bits = BitConverter.DoubleToInt64Bits(x);
        long exponent = (bits - BitConverter.DoubleToInt64Bits(0.70710678118654752)) >> 52;
        double m = BitConverter.Int64BitsToDouble(bits - (exponent << 52));
        double s = (m - 1) / (m + 1), z = s * s;
        double series = ((((((((((1.0 / 23 * z + 1.0 / 21) * z + 1.0 / 19) * z + 1.0 / 17) * z + 1.0 / 15) * z + 1.0 / 13) * z
            + 1.0 / 11) * z + 1.0 / 9) * z + 1.0 / 7) * z + 1.0 / 5) * z + 1.0 / 3) * z;

        // log 2 in two parts, the first short enough for an exact product.
        return exponent * 0.693147180369123816490 + (2 * s + (2 * s * series + exponent * 1.90821492927058770002e-10));
    }

    private static double Tail(double q)
    {
        double root = Math.Sqrt(-Log(0.5 - Math.Abs(q)));
        double tail = root <= 5
            ? Polynomial(TailNumerator, root - 1.6) / Polynomial(TailDenominator, root - 1.6)
            : Polynomial(FarNumerator, root - 5) / Polynomial(FarDenominator, root - 5);
        return q < 0 ? -tail : tail;
    }

    private static double Centred(ulong word) => ((long)(word >> 11) - (1L << 52) + 0.5) * (1.0 / (1L << 53));

    // Horner's rule from the highest coefficient, with a rounding after each operation.
    private static double Polynomial(ReadOnlySpan<double> coefficients, double r)
    {
        double sum = coefficients[0];
        for (int i = 1; i < coefficients.Length; i++) sum = sum * r + coefficients[i];
        return sum;
    }

    private static Vector<double> Polynomial(ReadOnlySpan<double> coefficients, Vector<double> r)
    {
        Vector<double> sum = new(coefficients[0]);
        for (int i = 1; i < coefficients.Length; i++) sum = sum * r + new Vector<double>(coefficients[i]);
        return sum;
    }
}
