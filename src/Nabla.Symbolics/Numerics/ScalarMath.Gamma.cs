namespace Nabla.Symbolics;

/// <summary>
/// Gamma and zeta functions. Near their zeros (1 and 2 for log gamma, 1.4616 for digamma) the zero is a factor of the formula, which
/// keeps the relative accuracy there; recurrences lead to [1, 3), asymptotic series take over from 10 on, reflection serves negative
/// arguments. Coefficients: tests/Nabla.Symbolics.Tests/Reference/polynomials.py.
/// </summary>
internal static partial class ScalarMath
{
    // digamma is zero at the sum of these two.
    private const double DigammaRoot = 1.4616321449683622, DigammaRootLow = 9.549995429965697e-17;

    // log gamma(x) / ((x-1)(x-2)) on [1, 2] in t = x - 1.5
    private static ReadOnlySpan<double> LGammaFrom1 =>
    [
        0.48312895054098087, -0.14595989591430608, 0.062911401074564388, -0.031308487501010646,
        0.016797098631274161, -0.0094256224485257979, 0.0054464578391260647, -0.0032120740737152814,
        0.0019229163127905161, -0.0011644145847310124, 0.00071151906751529596, -0.00043799307479613914,
        0.00027131373861446925, -0.00016891782155248981, 0.00010535512483785591, -6.6141360223464138e-05,
        4.3027681497650298e-05, -2.7201673025504752e-05, 1.3186019073996835e-05, -8.3550758697952728e-06,
        1.2140008083973407e-05, -7.7606601525134463e-06
    ];

    // the same on [2, 3] in t = x - 2.5
    private static ReadOnlySpan<double> LGammaFrom2 =>
    [
        0.37957716063055885, -0.07466357415449941, 0.019905154304743208, -0.006018768527036914,
        0.0019490574889463365, -0.00065863970656500565, 0.00022905363747507287, -8.1302294080347261e-05,
        2.9299283120049979e-05, -1.0682259123883373e-05, 3.9305860909127655e-06, -1.4575541733757617e-06,
        5.4360828545344962e-07, -2.015090104183497e-07, 7.5856950780402046e-08, -3.385821013938236e-08,
        1.2848137769988069e-08
    ];

    // digamma(x) / (x - root) on [1, 2] in t = x - 1.5
    private static ReadOnlySpan<double> DigammaFrom1 =>
    [
        0.95105587603183295, -0.42362742128146053, 0.24054248424077421, -0.14840492305390884,
        0.09498872445494122, -0.061922133273064534, 0.040760833812420738, -0.026975796756138249,
        0.0179072524394512, -0.011908218001568644, 0.0079269446464037968, -0.0052799648732574046,
        0.0035190064015022762, -0.0023452676325407692, 0.0015566317474486838, -0.0010376374098418604,
        0.00072332662792875537, -0.00048219905305667889, 0.0002272331660987376, -0.00015148586836773365,
        0.00025968482126430747, -0.00017312261802727394
    ];

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

    /// <summary>log |gamma(x)|; +inf at 0, -1, -2, ... Near its zeros at negative arguments only the absolute error is small.</summary>
    public static double LGamma(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (double.IsInfinity(x))
            return double.PositiveInfinity;
        if (x <= 0)
        {
            if (x == Math.Floor(x))
                return double.PositiveInfinity;
            if (x > -1e-17)
                return -Math.Log(-x);
            return Math.Log(Math.PI / Math.Abs(x * double.SinPi(x))) - LGamma(-x);
        }
        if (x < 1)
            return x * (x - 1) * Horner(LGammaFrom1, x - 0.5) - Math.Log(x);
        if (x < 2)
            return (x - 1) * (x - 2) * Horner(LGammaFrom1, x - 1.5);
        if (x < 10)
        {
            double product = 1;
            while (x >= 3)
                product *= --x;
            double start = (x - 1) * (x - 2) * Horner(LGammaFrom2, x - 2.5);
            return product == 1 ? start : start + Math.Log(product);
        }
        // Stirling's series; B(2k) / (2k (2k-1))
        double r = 1 / x, z = r * r;
        double series = r * (1 / 12.0 - z * (1 / 360.0 - z * (1 / 1260.0 - z * (1 / 1680.0 - z * (1 / 1188.0 - z * (691 / 360360.0 - z / 156))))));
        double log = Math.Log(x);
        return x > 1e17 ? x * (log - 1) : ((x - 0.5) * log - x) + (0.91893853320467274178 + series);
    }

    /// <summary>The derivative of log gamma. As in PyTorch -inf at +0, +inf at -0, NaN at the other poles.</summary>
    public static double Digamma(double x)
    {
        if (x == 0)
            return double.IsNegative(x) ? double.PositiveInfinity : double.NegativeInfinity;
        if (x < 0)
        {
            if (x == Math.Floor(x))
                return double.NaN;
            // psi(x) = psi(-x) - 1/x - pi cot(pi x)
            return Digamma(-x) - 1 / x - Math.PI * double.CosPi(x) / double.SinPi(x);
        }
        if (x < 1)
            return (x - (DigammaRoot - 1) - DigammaRootLow) * Horner(DigammaFrom1, x - 0.5) - 1 / x;
        if (x < 10)
        {
            double sum = 0;
            while (x >= 2)
                sum += 1 / --x;
            return (x - DigammaRoot - DigammaRootLow) * Horner(DigammaFrom1, x - 1.5) + sum;
        }
        // B(2k) / 2k
        double z = 1 / (x * x);
        double series = z * (1 / 12.0 - z * (1 / 120.0 - z * (1 / 252.0 - z * (1 / 240.0 - z * (1 / 132.0 - z * (691 / 32760.0 - z / 12))))));
        return Math.Log(x) - 0.5 / x - series;
    }

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
