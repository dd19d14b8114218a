using System.Numerics;

namespace Nabla.Symbolics;

/// <summary>The error function, its complement and its inverse.</summary>
internal static partial class ScalarMath
{
    public static double Erf(double x) => VectorErf.Erf(new Vector<double>(x)).ToScalar();

    /// <summary>1 - erf(x), with its full relative accuracy where it is tiny.</summary>
    public static double Erfc(double x) => VectorErf.Erfc(new Vector<double>(x)).ToScalar();

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
}
