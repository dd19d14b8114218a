using MathNet.Numerics;

namespace Nabla.Symbolics;

/// <summary>Plain evaluations of special functions; stands in until the accurate ones of the Numerics folder are wired.</summary>
internal static class PendingMath
{
    public static double Expm1(double x)
    {
        if (Math.Abs(x) > 1) return Math.Exp(x) - 1;
        var u = Math.Exp(x);
        return u == 1 ? x : (u - 1) * x / Math.Log(u);
    }

    public static double Log1p(double x)
    {
        var u = 1 + x;
        return u == 1 || double.IsInfinity(u) ? x : Math.Log(u) * x / (u - 1);
    }

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    public static double Softplus(double x) => x > 0 ? x + Log1p(Math.Exp(-x)) : Log1p(Math.Exp(x));

    public static double Erf(double x) => SpecialFunctions.Erf(x);

    public static double Erfc(double x) => SpecialFunctions.Erfc(x);

    public static double ErfInv(double x) => SpecialFunctions.ErfInv(x);

    public static double LGamma(double x) => SpecialFunctions.GammaLn(x);

    public static double Digamma(double x) => SpecialFunctions.DiGamma(x);

    public static double Polygamma(double n, double x) =>
        n == 0 ? Digamma(x) : (n % 2 == 0 ? -1 : 1) * SpecialFunctions.Gamma(n + 1) * Zeta(n + 1, x);

    public static double I0(double x) => SpecialFunctions.BesselI0(x);

    public static double I1(double x) => SpecialFunctions.BesselI1(x);

    public static double I0e(double x) => SpecialFunctions.BesselI0(x) * Math.Exp(-Math.Abs(x));

    public static double I1e(double x) => SpecialFunctions.BesselI1(x) * Math.Exp(-Math.Abs(x));

    public static double Zeta(double x, double q)
    {
        // Euler-Maclaurin after N terms.
        const int n = 12;
        double[] evenBernoulli = [1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730];
        var sum = 0.0;
        for (var k = 0; k < n; k++) sum += Math.Pow(q + k, -x);
        var a = q + n;
        sum += (Math.Pow(a, 1 - x) / (x - 1)) + (Math.Pow(a, -x) / 2);
        var term = x * Math.Pow(a, -x - 1);
        var factorial = 2.0;
        for (var k = 1; k <= evenBernoulli.Length; k++)
        {
            sum += evenBernoulli[k - 1] * term / factorial;
            term *= (x + (2 * k) - 1) * (x + (2 * k)) / (a * a);
            factorial *= ((2 * k) + 1) * ((2 * k) + 2);
        }

        return sum;
    }
}
