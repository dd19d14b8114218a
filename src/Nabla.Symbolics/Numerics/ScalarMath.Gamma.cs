namespace Nabla.Symbolics;

/// <summary>
/// Gamma and zeta functions. Recurrences lead to [1, 3), asymptotic series take over for large arguments, reflection serves negative
/// ones. Log gamma and digamma are the bodies of the vector kernels.
/// </summary>
internal static partial class ScalarMath
{
    // B(2k) / (2k)!, k = 1.. : the Euler-Maclaurin terms of the zeta function
    private static ReadOnlySpan<double> BernoulliOverFactorial =>
    [
        0.083333333333333329, -0.0013888888888888889, 3.3068783068783071e-05, -8.2671957671957675e-07,
        2.08767569878681e-08, -5.2841901386874932e-10, 1.3382536530684679e-11, -3.3896802963225827e-13,
        8.5860620562778452e-15, -2.1748686985580619e-16, 5.5090028283602295e-18, -1.3954464685812522e-19
    ];

    /// <summary>gamma(x): +-inf at +-0 and beyond the range of a double, NaN at the negative whole numbers.</summary>
    public static double Gamma(double x)
    {
        if (double.IsNaN(x) || double.IsPositiveInfinity(x)) return x;
        if (x == 0) return 1 / x;
        if (x < 0)
        {
            if (x == Math.Floor(x)) return double.NaN;
            // Reflection; gamma(1 - x) is taken in two factors, as it overflows before the result underflows.
            double product = 1, y = 1 - x;
            if (y > 200) return 0 * double.SinPi(x);
            while (y > 150) product *= --y;
            return Math.PI / (double.SinPi(x) * Gamma(y)) / product;
        }
        if (x > 171.7) return double.PositiveInfinity;
        if (x >= 24)
        {
            double z = 1 / (x * x), power = Math.Pow(x, 0.5 * (x - 0.5));
            double series = (1 / 12.0 - z * (1 / 360.0 - z * (1 / 1260.0 - z * (1 / 1680.0 - z / 1188.0)))) / x;
            return power * (power * Math.Exp(-x)) * (2.5066282746310005 * Math.Exp(series));
        }
        // Down to [2, 3), or up to [1, 2); whole numbers are exact.
        double factor = 1;
        while (x >= 3) factor *= --x;
        if (x < 1) return Math.Exp(LGamma(x + 1)) / x;
        return x == Math.Floor(x) ? factor : factor * Math.Exp(LGamma(x));
    }

    /// <summary>log |gamma(x)|; inf at 0, -1, -2, …</summary>
    public static double LGamma(double x) => VectorLoop.One<double, VectorGamma.LgammaD>(x);

    /// <summary>The derivative of log gamma. As in PyTorch -inf at +0, +inf at -0, NaN at the other poles.</summary>
    public static double Digamma(double x) => VectorLoop.One<double, VectorGamma.DigammaD>(x);

    /// <summary>The n-th derivative of digamma, n = 0, 1, 2, ...; NaN for other n.</summary>
    public static double Polygamma(double n, double x)
    {
        if (n == 0)
            return Digamma(x);
        if (!(n > 0) || n != Math.Floor(n))
            return double.NaN;
        double sign = n % 2 == 0 ? -1 : 1;
        double zeta = Zeta(n + 1, x);
        if (zeta == 0 || double.IsInfinity(zeta) || double.IsNaN(zeta))
            return sign * zeta;
        // 171! is not a double although the product may be one.
        if (n > 170)
            return sign * Math.Sign(zeta) * Math.Exp(LGamma(n + 1) + Math.Log(Math.Abs(zeta)));
        double factorial = 1;
        for (int i = 2; i <= n; i++)
            factorial *= i;
        return sign * factorial * zeta;
    }

    /// <summary>
    /// Hurwitz' zeta function, the sum of (q + k)^-s over k = 0, 1, ...; +inf at s = 1 and at q = 0, -1, ..., NaN for s &lt; 1 and for
    /// q &lt; 0 unless s is an integer.
    /// </summary>
    public static double Zeta(double s, double q)
    {
        if (double.IsNaN(s) || double.IsNaN(q))
            return double.NaN;
        if (s == 1)
            return double.PositiveInfinity;
        if (s < 1 || double.IsNegativeInfinity(q))
            return double.NaN;
        if (q <= 0)
        {
            double floor = Math.Floor(q);
            if (q == floor)
                return double.PositiveInfinity;
            if (s != Math.Floor(s))
                return double.NaN;
            if (q > -1)
                return Math.Pow(q, -s) + Zeta(s, q + 1);
            // The sum over all integers k has period 1 in q, which spares the walk from q up to 0.
            double sign = s % 2 == 0 ? 1 : -1, f = q - floor;
            return Zeta(s, f) + sign * (Zeta(s, 1 - f) - Zeta(s, 1 - q));
        }
        if (double.IsPositiveInfinity(q))
            return 0;
        if (double.IsPositiveInfinity(s))
            return q < 1 ? double.PositiveInfinity : q == 1 ? 1 : 0;
        // Euler-Maclaurin from a = q + 12 on; for a large s the sum ends sooner.
        double sum = 0, a = q;
        for (int k = 0; k < 12; k++, a++)
        {
            double term = Math.Pow(a, -s);
            sum += term;
            if (term < sum * 1e-17)
                return sum;
        }
        double power = Math.Pow(a, -s);
        double tail = power * a / (s - 1) + 0.5 * power;
        double factor = s * power / a;
        for (int k = 0; k < BernoulliOverFactorial.Length; k++)
        {
            double term = factor * BernoulliOverFactorial[k];
            tail += term;
            if (Math.Abs(term) <= 1e-17 * (sum + tail))
                break;
            factor *= (s + 2 * k + 1) * (s + 2 * k + 2) / (a * a);
        }
        return sum + tail;
    }

    private static double Horner(ReadOnlySpan<double> coefficients, double t)
    {
        double p = coefficients[^1];
        for (int i = coefficients.Length - 2; i >= 0; i--)
            p = Math.FusedMultiplyAdd(p, t, coefficients[i]);
        return p;
    }
}
