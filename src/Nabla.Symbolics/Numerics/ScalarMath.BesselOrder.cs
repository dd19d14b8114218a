namespace Nabla.Symbolics;

/// <summary>
/// Bessel functions of real order. Between the ends of the scale two continued fractions and the Wronskian give both solutions at once
/// (Temme's series replaces the second fraction below 2), after Press et al., Numerical Recipes, 3rd edition, section 6.6, with the
/// recurrence kept in range; Hankel's expansions serve large arguments, leading terms the smallest.
/// </summary>
internal static partial class ScalarMath
{
    private const double LargestOrder = 10_000, SmallestArgument = 1e-290, FractionFloor = 1e-292, FractionEpsilon = 1e-16;
    private const int LargestFraction = 20_000_000;

    // 1/gamma(1 + x) about 0; coefficients of mpmath's taylor(rgamma(1 + x)).
    private static ReadOnlySpan<double> ReciprocalGamma =>
    [
        1.0, 0.5772156649015329, -0.6558780715202539, -0.04200263503409524,
        0.16653861138229148, -0.04219773455554433, -0.009621971527876973, 0.0072189432466631,
        -0.0011651675918590652, -0.00021524167411495098, 0.0001280502823881162, -2.013485478078824e-05,
        -1.2504934821426706e-06, 1.133027231981696e-06, -2.056338416977607e-07, 6.116095104481416e-09,
        5.002007644469223e-09, -1.18127457048702e-09, 1.0434267116911005e-10, 7.782263439905071e-12,
        -3.696805618642206e-12, 5.100370287454476e-13, -2.0583260535665066e-14, -5.348122539423018e-15,
        1.2267786282382608e-15, -1.1812593016974588e-16, 1.1866922547516004e-18, 1.4123806553180319e-18,
        -2.29874568443537e-19, 1.7144063219273374e-20
    ];

    /// <summary>J of order v at x; NaN for x &lt; 0 unless v is whole, and for |v| > 10,000.</summary>
    public static double BesselJ(double v, double x)
    {
        if (!InReach(v, x)) return double.NaN;
        if (x < 0) return v == Math.Floor(v) ? ParitySign(v) * BesselJ(v, -x) : double.NaN;
        if (v >= 0) return JY(v, x).J;
        if (v == Math.Floor(v)) return ParitySign(v) * JY(-v, x).J;
        var (j, y) = JY(-v, x);
        return Weighted(double.CosPi(v), j) + Weighted(double.SinPi(v), y);
    }

    /// <summary>Y of order v at x; NaN for x &lt; 0 and for |v| > 10,000.</summary>
    public static double BesselY(double v, double x)
    {
        if (!InReach(v, x) || x < 0) return double.NaN;
        if (v >= 0) return JY(v, x).Y;
        if (v == Math.Floor(v)) return ParitySign(v) * JY(-v, x).Y;
        var (j, y) = JY(-v, x);
        return Weighted(double.CosPi(v), y) - Weighted(double.SinPi(v), j);
    }

    /// <summary>I of order v at x; NaN for x &lt; 0 unless v is whole, and for |v| > 10,000.</summary>
    public static double BesselI(double v, double x)
    {
        if (!InReach(v, x)) return double.NaN;
        if (x < 0) return v == Math.Floor(v) ? ParitySign(v) * BesselI(v, -x) : double.NaN;
        var (i, k) = IK(Math.Abs(v), x);
        return v >= 0 || v == Math.Floor(v) ? i : i - Weighted(2 / Math.PI * double.SinPi(v), k);
    }

    /// <summary>K of order v at x; NaN for x &lt; 0 and for |v| > 10,000.</summary>
    public static double BesselK(double v, double x) => !InReach(v, x) || x < 0 ? double.NaN : IK(Math.Abs(v), x).K;

    private static bool InReach(double v, double x) => Math.Abs(v) <= LargestOrder && !double.IsNaN(x);

    private static double ParitySign(double v) => v % 2 == 0 ? 1 : -1;

    // 0 times an infinite solution is 0: its weight is exactly 0.
    private static double Weighted(double weight, double value) => weight == 0 ? 0 : weight * value;

    private static bool IsLarge(double v, double x) => x > 1e7 || (x > 30 && v * v < 2 * x);

    // ---- J and Y --------------------------------------------------------------------------------------------------------------

    private static (double J, double Y) JY(double v, double x)
    {
        if (double.IsPositiveInfinity(x)) return (0, 0);
        if (x < SmallestArgument) return NearZero(v, x, alternating: true);
        if (IsLarge(v, x)) return HankelJY(v, x);

        // Beyond 30 Hankel's expansion of an order below 1 and recurrence upwards, for J as far as it is stable, are more accurate.
        bool large = x > 30;
        int steps = large ? (int)v : x < 2 ? (int)(v + 0.5) : Math.Max(0, (int)(v - x + 1.5));
        double mu = v - steps, mu2 = mu * mu, xi = 1 / x, xi2 = 2 * xi, w = xi2 / Math.PI;
        if (large && v <= x) return Upward(HankelJY(mu, x), HankelJY(mu + 1, x), mu, steps, xi2);

        // The first fraction, J of order v + 1 over J of order v; the signs of its denominators give that of J itself.
        double ratio = FractionFloor, b = xi2 * v, d = 0, c = ratio, a = 1, sign = 1;
        for (int i = 1; i < LargestFraction; i++)
        {
            b += xi2;
            d = 1 / Floored(b + a * d);
            c = Floored(b + a / c);
            double factor = c * d;
            ratio *= factor;
            a = -1;
            if (d < 0) sign = -sign;
            if (Math.Abs(factor - 1) < FractionEpsilon) break;
        }

        // Downward to order mu; J grows on the way.
        double j = sign, next = ratio * j;
        int scale = 0;
        for (int l = steps; l >= 1; l--)
        {
            (next, j) = (j, (mu + l) * xi2 * j - next);
            if (Math.Abs(j) > 1e200)
            {
                j = Math.ScaleB(j, -600);
                next = Math.ScaleB(next, -600);
                scale -= 600;
            }
        }
        if (j == 0) j = FractionEpsilon;
        double jMu, yMu, y1;
        if (large)
        {
            var (first, second) = (HankelJY(mu, x), HankelJY(mu + 1, x));
            (jMu, yMu, y1) = (Math.Abs(first.J) > Math.Abs(second.J) ? first.J : second.J / next * j, first.Y, second.Y);
        }
        else if (x < 2)
        {
            (double sum, double sum1) = TemmeJY(mu, x);
            yMu = -sum;
            y1 = -sum1 * xi2;
            jMu = w / (next / j * yMu - y1);
        }
        else
        {
            (double p, double q) = SecondFraction(mu2, x);
            double f = mu * xi - next / j;
            double gamma = (p - f) / q;
            jMu = Math.CopySign(Math.Sqrt(w / ((p - f) * gamma + q)), j);
            yMu = jMu * gamma;
            y1 = mu * xi * yMu - (p * yMu + q * jMu);
        }
        double result = Math.ScaleB(sign * jMu / j, scale);
        for (int i = 1; i <= steps && !double.IsInfinity(y1); i++)
            (yMu, y1) = (y1, (mu + i) * xi2 * y1 - yMu);
        return (result, double.IsInfinity(y1) && steps > 0 ? y1 : yMu);
    }

    private static (double J, double Y) Upward((double J, double Y) low, (double J, double Y) high, double mu, int steps, double xi2)
    {
        for (int i = 1; i <= steps; i++)
        {
            double factor = (mu + i) * xi2;
            (low, high) = (high, (factor * high.J - low.J, factor * high.Y - low.Y));
        }
        return low;
    }

    private static double Floored(double x) => Math.Abs(x) < FractionFloor ? FractionFloor : x;

    // The second fraction, p + iq = (J' + iY')/(J + iY) at order mu.
    private static (double P, double Q) SecondFraction(double mu2, double x)
    {
        double a = 0.25 - mu2, xi = 1 / x, p = -0.5 * xi, q = 1, br = 2 * x, bi = 2;
        double fact = a * xi / (p * p + q * q), cr = br + q * fact, ci = bi + p * fact, den = br * br + bi * bi;
        double dr = br / den, di = -bi / den, dlr = cr * dr - ci * di, dli = cr * di + ci * dr;
        (p, q) = (p * dlr - q * dli, p * dli + q * dlr);
        for (int i = 2; i < LargestFraction; i++)
        {
            a += 2 * (i - 1);
            bi += 2;
            dr = a * dr + br;
            di = a * di + bi;
            if (Math.Abs(dr) + Math.Abs(di) < FractionFloor) dr = FractionFloor;
            fact = a / (cr * cr + ci * ci);
            cr = br + cr * fact;
            ci = bi - ci * fact;
            if (Math.Abs(cr) + Math.Abs(ci) < FractionFloor) cr = FractionFloor;
            den = dr * dr + di * di;
            dr /= den;
            di /= -den;
            dlr = cr * dr - ci * di;
            dli = cr * di + ci * dr;
            (p, q) = (p * dlr - q * dli, p * dli + q * dlr);
            if (Math.Abs(dlr - 1) + Math.Abs(dli) < FractionEpsilon) break;
        }
        return (p, q);
    }

    private static (double Sum, double Sum1) TemmeJY(double mu, double x)
    {
        double half = 0.5 * x, pimu = Math.PI * mu, log = -Math.Log(half), e = mu * log;
        (double gamma1, double gamma2, double plus, double minus) = TemmeGamma(mu);
        double ff = 2 / Math.PI / Sinc(pimu) * (gamma1 * Math.Cosh(e) + gamma2 * Sinhc(e) * log);
        double power = Math.Exp(e), p = power / (plus * Math.PI), q = 1 / (power * Math.PI * minus);
        double r = Math.PI * (pimu / 2) * Sinc(pimu / 2) * Sinc(pimu / 2), c = 1, d = -half * half;
        double sum = ff + r * q, sum1 = p;
        for (int i = 1; i < 100; i++)
        {
            ff = (i * ff + p + q) / (i * i - mu * mu);
            c *= d / i;
            p /= i - mu;
            q /= i + mu;
            double term = c * (ff + r * q);
            sum += term;
            sum1 += c * p - i * term;
            if (Math.Abs(term) < (1 + Math.Abs(sum)) * FractionEpsilon) break;
        }
        return (sum, sum1);
    }

    // Temme's gamma1 and gamma2, 1/gamma(1 + mu) and 1/gamma(1 - mu), for |mu| <= 1/2.
    private static (double Gamma1, double Gamma2, double Plus, double Minus) TemmeGamma(double mu)
    {
        double even = 0, odd = 0, mu2 = mu * mu;
        for (int i = ReciprocalGamma.Length - 2; i >= 0; i -= 2)
        {
            even = even * mu2 + ReciprocalGamma[i];
            odd = odd * mu2 + ReciprocalGamma[i + 1];
        }
        return (-odd, even, even + mu * odd, even - mu * odd);
    }

    private static double Sinc(double x) => Math.Abs(x) < 1e-8 ? 1 : Math.Sin(x) / x;

    private static double Sinhc(double x) => Math.Abs(x) < 1e-8 ? 1 : Math.Sinh(x) / x;

    // ---- I and K --------------------------------------------------------------------------------------------------------------

    private static (double I, double K) IK(double v, double x)
    {
        if (double.IsPositiveInfinity(x)) return (x, 0);
        if (x < SmallestArgument) return NearZero(v, x, alternating: false);
        if (IsLarge(v, x)) return HankelIK(v, x);
        int steps = (int)(v + 0.5);
        double mu = v - steps, xi = 1 / x, xi2 = 2 * xi;
        double ratio = FractionFloor, b = xi2 * v, d = 0, c = ratio;
        for (int i = 1; i < LargestFraction; i++)
        {
            b += xi2;
            d = 1 / (b + d);
            c = b + 1 / c;
            double factor = c * d;
            ratio *= factor;
            if (Math.Abs(factor - 1) < FractionEpsilon) break;
        }
        double i0 = 1, next = ratio;
        int scale = 0;
        for (int l = steps; l >= 1; l--)
        {
            (next, i0) = (i0, (mu + l) * xi2 * i0 + next);
            if (i0 > 1e200)
            {
                i0 = Math.ScaleB(i0, -600);
                next = Math.ScaleB(next, -600);
                scale -= 600;
            }
        }

        // From here on K carries a factor e^x, and I a factor e^-x, where x is 2 or more.
        bool scaled = x >= 2;
        (double kMu, double k1) = scaled ? ScaledK(mu, x) : TemmeK(mu, x);
        double iMu = xi / (next / i0 * kMu + k1);
        double result = iMu / i0;
        if (scaled) result = scale == 0 ? TimesExp(result, x) : Math.Exp(x / 2) * (Math.ScaleB(result, scale) * Math.Exp(x / 2));
        else result = Math.ScaleB(result, scale);

        // K may overflow only after its factor e^-x is multiplied in.
        int exponent = 0;
        for (int i = 1; i <= steps; i++)
        {
            (kMu, k1) = (k1, (mu + i) * xi2 * k1 + kMu);
            if (k1 > 1e200)
            {
                kMu = Math.ScaleB(kMu, -600);
                k1 = Math.ScaleB(k1, -600);
                exponent += 600;
            }
        }
        double k = scaled ? Math.ScaleB(kMu * Math.Exp(-x / 2), exponent / 2) * Math.Exp(-x / 2) : kMu;
        return (result, Math.ScaleB(k, scaled ? exponent - exponent / 2 : exponent));
    }

    private static (double K, double K1) TemmeK(double mu, double x)
    {
        double half = 0.5 * x, log = -Math.Log(half), e = mu * log;
        (double gamma1, double gamma2, double plus, double minus) = TemmeGamma(mu);
        double ff = (gamma1 * Math.Cosh(e) + gamma2 * Sinhc(e) * log) / Sinc(Math.PI * mu);
        double power = Math.Exp(e), p = 0.5 * power / plus, q = 0.5 / (power * minus), c = 1, d = half * half, sum = ff, sum1 = p;
        for (int i = 1; i < 100; i++)
        {
            ff = (i * ff + p + q) / (i * i - mu * mu);
            c *= d / i;
            p /= i - mu;
            q /= i + mu;
            double term = c * ff;
            sum += term;
            sum1 += c * (p - i * ff);
            if (Math.Abs(term) < Math.Abs(sum) * FractionEpsilon) break;
        }
        return (sum, sum1 * 2 / x);
    }

    private static (double K, double K1) ScaledK(double mu, double x)
    {
        double b = 2 * (1 + x), d = 1 / b, h = d, delta = d, q1 = 0, q2 = 1, a1 = 0.25 - mu * mu, q = a1, c = a1, a = -a1, s = 1 + q * delta;
        for (int i = 2; i < LargestFraction; i++)
        {
            a -= 2 * (i - 1);
            c = -a * c / i;
            double next = (q1 - b * q2) / a;
            (q1, q2) = (q2, next);
            q += c * next;
            b += 2;
            d = 1 / (b + a * d);
            delta *= b * d - 1;
            h += delta;
            double term = q * delta;
            s += term;
            if (Math.Abs(term) <= Math.Abs(s) * FractionEpsilon) break;
        }
        double k = Math.Sqrt(Math.PI / (2 * x)) / s;
        return (k, k * (mu + x + 0.5 - a1 * h) / x);
    }

    // ---- The ends of the scale ------------------------------------------------------------------------------------------------

    // Hankel's expansion; the angle x - (v/2 + 1/4)*pi is never formed, as x may be much larger than the shift.
    private static (double J, double Y) HankelJY(double v, double x)
    {
        (double p, double q) = (1, 0);
        double term = 1, previous = double.PositiveInfinity;
        for (int k = 1; k < 200; k++)
        {
            term *= (4 * v * v - (2.0 * k - 1) * (2.0 * k - 1)) / (8.0 * k) / x;
            if (Math.Abs(term) < 1e-17 || (Math.Abs(term) > previous && k > v)) break;
            previous = Math.Abs(term);
            double signed = (k / 2) % 2 == 0 ? term : -term;
            if (k % 2 == 0) p += signed;
            else q += signed;
        }
        double shift = v / 2 + 0.25, cosShift = double.CosPi(shift), sinShift = double.SinPi(shift);
        (double sin, double cos) = Math.SinCos(x);
        double c = cos * cosShift + sin * sinShift, s = sin * cosShift - cos * sinShift, size = Math.Sqrt(2 / Math.PI / x);
        return (size * (p * c - q * s), size * (p * s + q * c));
    }

    private static (double I, double K) HankelIK(double v, double x)
    {
        double sumI = 1, sumK = 1, term = 1, previous = double.PositiveInfinity;
        for (int k = 1; k < 200; k++)
        {
            term *= (4 * v * v - (2.0 * k - 1) * (2.0 * k - 1)) / (8.0 * k) / x;
            if (Math.Abs(term) < 1e-17 || (Math.Abs(term) > previous && k > v)) break;
            previous = Math.Abs(term);
            sumK += term;
            sumI += k % 2 == 0 ? term : -term;
        }
        return (TimesExp(sumI / Math.Sqrt(2 * Math.PI * x), x), Math.Sqrt(Math.PI / 2 / x) * sumK * Math.Exp(-x));
    }

    // The leading terms of J and Y, or of I and K.
    private static (double First, double Second) NearZero(double v, double x, bool alternating)
    {
        const double euler = 0.57721566490153286;
        if (v == 0)
        {
            if (x == 0) return (1, alternating ? double.NegativeInfinity : double.PositiveInfinity);
            double log = Math.Log(x / 2) + euler;
            return (1, alternating ? 2 / Math.PI * log : -log);
        }
        double first = Math.Pow(x / 2, v) / Gamma(v + 1), opposite = Math.Pow(x / 2, -v) / (v == Math.Floor(v) ? 1 : Gamma(1 - v));
        if (v == Math.Floor(v)) return (first, alternating ? -Gamma(v) / Math.PI * opposite : Gamma(v) / 2 * opposite);
        double sin = double.SinPi(v);
        return (first, alternating ? (Weighted(double.CosPi(v), first) - opposite) / sin : Math.PI / 2 * (opposite - first) / sin);
    }
}
