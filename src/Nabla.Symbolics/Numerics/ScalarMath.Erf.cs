namespace Nabla.Symbolics;

/// <summary>The error function, its complement and its inverse.</summary>
internal static partial class ScalarMath
{
    public static double Erf(double x) => VectorLoop.One<double, VectorErf.ErfD>(x);

    /// <summary>1 - erf(x), with its full relative accuracy where it is tiny.</summary>
    public static double Erfc(double x) => VectorLoop.One<double, VectorErf.ErfcD>(x);

    /// <summary>The x with erf(x) = y; ±inf at ±1, NaN beyond.</summary>
    public static double ErfInv(double y)
    {
        double a = Math.Abs(y);
        if (!(a < 1))
            return a == 1 ? Math.CopySign(double.PositiveInfinity, y) : double.NaN;
        if (a < 1e-8)
            return y * 0.88622692545275801;
        // Winitzki's approximation, good to 2e-3; three steps of Halley's method, each of which triples the digits.
        double tail = 1 - a;
        double l = Math.Log(tail * (1 + a));
        double h = 4.3307467508 + 0.5 * l;
        double x = Math.Sqrt(Math.Sqrt(h * h - l * 6.8027210884) - h);
        for (int i = 0; i < 3; i++)
        {
            double error = a < 0.5 ? Erf(x) - a : tail - Erfc(x);
            double step = error / (1.1283791670955126 * Math.Exp(-x * x));
            x -= step / (1 + x * step);
        }
        return Math.CopySign(x, y);
    }

    /// <summary>
    /// The quantile of the standard normal distribution: where its distribution function Φ is p. In the tails, where erfinv(2p − 1)
    /// loses p, Newton's method on log Φ, which is nearly a parabola there and converges from its asymptotic form in few steps.
    /// </summary>
    public static double Ndtri(double p)
    {
        if (p > 0.98) return -Ndtri(1 - p);
        if (p >= 0.02) return Math.Sqrt(2) * ErfInv((2 * p) - 1);
        if (!(p > 0)) return p == 0 ? double.NegativeInfinity : double.NaN;
        double logP = Math.Log(p);
        double y = -Math.Sqrt((-2 * logP) - Math.Log(-4 * Math.PI * logP));
        for (int i = 0; i < 8; i++)
        {
            double phi = Erfc(-y / Math.Sqrt(2)) / 2;
            double step = (Math.Log(phi) - logP) * phi * Math.Sqrt(2 * Math.PI) / Math.Exp(-y * y / 2);
            y -= step;
            if (Math.Abs(step) <= 1e-15 * Math.Abs(y)) break;
        }
        return y;
    }

    /// <summary>The inverse of erfc: +-inf at 0 and 2.</summary>
    public static double Erfcinv(double x) => x is > 0.5 and < 1.5 ? -ErfInv(x - 1) : -Ndtri(x / 2) * 0.70710678118654752;
}
