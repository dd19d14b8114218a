namespace Nabla.Symbolics.Tests;

/// <summary>A value 2^Exponent times Value: the reference where a double would overflow or lose digits to underflow.</summary>
internal readonly record struct Scaled(DoubleDouble Value, int Exponent = 0)
{
    public static implicit operator Scaled(DoubleDouble x) => new(x);
}

/// <summary>
/// The primitives to about 28 digits, plainly: Taylor series after halving, Newton steps from System.Math, series and continued
/// fractions. They share no formula with the kernels that they judge. Constants: Reference/double_double.py.
/// </summary>
internal static partial class DoubleDoubleFunctions
{
    private static readonly DoubleDouble Ln2 = new(0.69314718055994529, 2.3190468138462996e-17);
    private static readonly DoubleDouble HalfPi = new(1.5707963267948966, 6.123233995736766e-17);
    private const double Ln2Rest = 5.7077084384162121e-34, HalfPiRest = -1.4973849048591698e-33;
    private static readonly DoubleDouble TwoOverRootPi = new(1.1283791670955126, 1.5335459613165881e-17);
    private static readonly DoubleDouble HalfLogTwoPi = new(0.91893853320467278, -3.8782941580672414e-17);
    private static readonly DoubleDouble[] Factorials = MakeFactorials();
    private static readonly DoubleDouble LogOf10 = Log(10);

    /// <summary>The derivative of erf at 0.</summary>
    public static DoubleDouble ErfSlope => TwoOverRootPi;

    // ---- exponentials ----

    /// <summary>e^x, as 2^k times a number about 1.</summary>
    public static Scaled Exp(DoubleDouble x)
    {
        double k = Math.Round(x.High / Ln2.High);
        if (Math.Abs(k) > 5000) return new(1, (int)Math.CopySign(5000, k));
        return new(1 + Expm1Small(x - Ln2 * k - k * Ln2Rest), (int)k);
    }

    public static Scaled Exp2(double x)
    {
        double k = Math.Round(x);
        return new(1 + Expm1Small(Ln2 * (x - k)), (int)k);
    }

    public static DoubleDouble ExpPlain(DoubleDouble x)
    {
        Scaled e = Exp(x);
        return DoubleDouble.Scale(e.Value, e.Exponent);
    }

    public static Scaled Expm1(DoubleDouble x)
    {
        if (Math.Abs(x.High) < 0.5) return Expm1Small(x);
        if (x.High < -100) return (DoubleDouble)(-1);
        Scaled e = Exp(x);
        return new(e.Value - DoubleDouble.Scale(1, Math.Max(-e.Exponent, -1000)), e.Exponent);
    }

    /// <summary>log(1 + x), also for tiny x: one step of Halley's method on e^y = 1 + x.</summary>
    public static DoubleDouble Log1p(DoubleDouble x)
    {
        if (x.High > 1e15) return Log(1 + x);
        double guess = DoubleLog1p(x.High);
        Scaled scaled = Expm1(-guess);
        DoubleDouble e = DoubleDouble.Scale(scaled.Value, scaled.Exponent);
        // (1 + x) e^-guess - 1
        DoubleDouble rest = x + e + x * e;
        return guess + 2 * rest / (2 + rest);
    }

    public static DoubleDouble Log(DoubleDouble x)
    {
        int exponent = Math.ILogB(x.High);
        DoubleDouble m = DoubleDouble.Scale(x, -exponent);
        if (m.High > 1.5) (m, exponent) = (DoubleDouble.Scale(m, -1), exponent + 1);
        DoubleDouble log = Log1p(m - 1);
        return exponent == 0 ? log : Ln2 * exponent + exponent * Ln2Rest + log;
    }

    public static DoubleDouble Log2(double x) => Math.ILogB(x) is var k && Math.ScaleB(x, -k) == 1 ? k : Log(x) / Ln2;

    public static DoubleDouble Log10(double x) => Log(x) / LogOf10;

    public static Scaled SoftplusScaled(double x)
    {
        if (x < -700) return Exp(x);
        DoubleDouble log = Log1p(ExpPlain(-Math.Abs(Math.Clamp(x, -700, 700))));
        return x < 0 ? log : x + log;
    }

    public static Scaled Sigmoid(double x)
    {
        Scaled e = Exp(x);
        if (x < -700) return e;
        if (x < 0) return new(e.Value / (1 + DoubleDouble.Scale(e.Value, e.Exponent)), e.Exponent);
        return 1 / (1 + ExpPlain(-Math.Min(x, 700)));
    }

    public static Scaled Pow(double x, double y) => Exp(Log(x) * y);

    public static Scaled Sinh(double x)
    {
        double a = Math.Abs(x);
        if (a > 50)
        {
            Scaled e = Exp(a);
            return new(x < 0 ? -e.Value : e.Value, e.Exponent - 1);
        }
        Scaled scaled = Expm1(a);
        DoubleDouble m = DoubleDouble.Scale(scaled.Value, scaled.Exponent), sinh = (m + m / (1 + m)) * 0.5;
        return x < 0 ? -sinh : sinh;
    }

    public static Scaled Cosh(double x)
    {
        Scaled e = Exp(Math.Abs(x));
        if (Math.Abs(x) > 50) return new(e.Value, e.Exponent - 1);
        DoubleDouble plain = DoubleDouble.Scale(e.Value, e.Exponent);
        return (plain + 1 / plain) * 0.5;
    }

    public static Scaled Tanh(double x)
    {
        if (Math.Abs(x) > 50) return (DoubleDouble)Math.Sign(x);
        Scaled scaled = Expm1(2 * x);
        DoubleDouble m = DoubleDouble.Scale(scaled.Value, scaled.Exponent);
        return m / (m + 2);
    }

    public static DoubleDouble Asinh(double x)
    {
        DoubleDouble a = Math.Abs(x);
        DoubleDouble y = a.High > 1e30 ? Log(a) + Ln2 : Log1p(a + a * a / (1 + DoubleDouble.Sqrt(1 + a * a)));
        return x < 0 ? -y : y;
    }

    public static DoubleDouble Acosh(double x)
    {
        if (x > 1e30) return Log(x) + Ln2;
        DoubleDouble t = DoubleDouble.Sum(x, -1);
        return Log1p(t + DoubleDouble.Sqrt(t * (t + 2)));
    }

    public static DoubleDouble Atanh(double x)
    {
        DoubleDouble a = Math.Abs(x), y = Log1p(2 * a / (1 - a)) * 0.5;
        return x < 0 ? -y : y;
    }

    private static DoubleDouble Expm1Small(DoubleDouble r)
    {
        const int Halvings = 6;
        r = DoubleDouble.Scale(r, -Halvings);
        DoubleDouble s = Factorials[12];
        for (int n = 11; n >= 1; n--) s = s * r + Factorials[n];
        s *= r;
        // e^2r - 1 = (e^r - 1) (e^r + 1)
        for (int i = 0; i < Halvings; i++) s *= s + 2;
        return s;
    }

    // Kahan's way; the reference only starts from it.
    private static double DoubleLog1p(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : Math.Log(u) * x / (u - 1);
    }

    // 1/n!
    private static DoubleDouble[] MakeFactorials()
    {
        var inverse = new DoubleDouble[30];
        inverse[0] = 1;
        for (int n = 1; n < inverse.Length; n++) inverse[n] = inverse[n - 1] / n;
        return inverse;
    }
}
