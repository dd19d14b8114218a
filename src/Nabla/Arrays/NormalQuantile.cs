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
    /// <summary>The quantile at a random word: at the middle of one of 2⁵³ equal steps of (0, 1), so never infinite.</summary>
    public static double AtWord(ulong word) => At(((long)(word >> 11) - (1L << 52) + 0.5) * (1.0 / (1L << 53)));

    /// <summary>The number below which a standard normal variable lies with probability 1/2 + q; q is in (-1/2, 1/2).</summary>
    public static double At(double q)
    {
        if (Math.Abs(q) <= 0.425)
        {
            double r = 0.180625 - q * q;
            return q * Ratio(
                r,
                3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
                4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3,
                4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3, 2.1213794301586595867e4,
                3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3);
        }

        double root = Math.Sqrt(-Log(0.5 - Math.Abs(q)));
        double tail = root <= 5
            ? Ratio(
                root - 1.6,
                1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
                1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
                2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
                1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9)
            : Ratio(
                root - 5,
                6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
                2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
                5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4,
                1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15);
        return q < 0 ? -tail : tail;
    }

    /// <summary>The logarithm of a positive normal number to about an ulp.</summary>
    public static double Log(double x)
    {
        // x = 2^e * m with m within sqrt(2) of 1; log m = 2 artanh((m - 1) / (m + 1)), whose series ends soon.
        long bits = BitConverter.DoubleToInt64Bits(x);
        long exponent = (bits - BitConverter.DoubleToInt64Bits(Math.Sqrt(0.5))) >> 52;
        double m = BitConverter.Int64BitsToDouble(bits - (exponent << 52));
        double s = (m - 1) / (m + 1), z = s * s;
        double series = 1.0 / 23;
        for (int k = 21; k >= 3; k -= 2) series = series * z + 1.0 / k;

        // log 2 in two parts, the first short enough for an exact product.
        return exponent * 0.693147180369123816490 + (2 * s + (2 * s * (series * z) + exponent * 1.90821492927058770002e-10));
    }

    private static double Ratio(
        double r,
        double a0, double a1, double a2, double a3, double a4, double a5, double a6, double a7,
        double b1, double b2, double b3, double b4, double b5, double b6, double b7)
        => (((((((a7 * r + a6) * r + a5) * r + a4) * r + a3) * r + a2) * r + a1) * r + a0)
            / (((((((b7 * r + b6) * r + b5) * r + b4) * r + b3) * r + b2) * r + b1) * r + 1);
}
