namespace Nabla.Symbolics.Tests;

/// <summary>A primitive with its reference, and where to look for its worst errors.</summary>
/// <param name="Name">The name of the primitive.</param>
/// <param name="Limit">The largest error allowed, in ulp.</param>
/// <param name="Reference">The value to about 28 digits.</param>
/// <param name="Low">The lower end of the arguments.</param>
/// <param name="High">The upper end.</param>
internal sealed record SweptFunction(string Name, double Limit, Func<double, Scaled> Reference, double Low = double.MinValue, double High = double.MaxValue)
{
    private const double Tiny = 1e-270;

    /// <summary>f(x)/x at 0 for a function that vanishes there; 0 for others.</summary>
    public double Slope { get; init; }

    /// <summary>Places around which points lie densely: zeros, kinks, ends of ranges, changes of method.</summary>
    public double[] Places { get; init; } = [0, 1];

    /// <summary>Whether multiples of pi/2 are places too.</summary>
    public bool IsCircular { get; init; }

    /// <summary>Below 0, where the function has zeros that are no factors, an error counts against |f(x)| + |f(1 - x)|, or 2.</summary>
    public bool IsReflected { get; init; }

    public static IReadOnlyList<SweptFunction> All { get; } =
    [
        new("exp", 2, x => DoubleDoubleFunctions.Exp(x), -746, 710) { Places = [0, 1, -708.396, 709.78, -745.13, 0.34657] },
        new("exp2", 2, x => DoubleDoubleFunctions.Exp2(x), -1076, 1024.5) { Places = [0, 1, -1022, 1024, -1074, 0.5] },
        new("expm1", 2, x => DoubleDoubleFunctions.Expm1(x), -800, 710) { Places = [0, 1, -0.34657, 0.34657, 709.78, -37.4], Slope = 1 },
        new("log", 2, x => DoubleDoubleFunctions.Log(x), double.Epsilon) { Places = [1, 0.70710678, 1.41421356, 2.2250738585072014e-308] },
        new("log2", 2, x => DoubleDoubleFunctions.Log2(x), double.Epsilon) { Places = [1, 0.70710678, 1.41421356, 2.2250738585072014e-308] },
        new("log10", 2, x => DoubleDoubleFunctions.Log10(x), double.Epsilon) { Places = [1, 0.70710678, 1.41421356, 10, 2.2250738585072014e-308] },
        new("log1p", 2, x => DoubleDoubleFunctions.Log1p(x), -1 + 1.2e-16) { Places = [0, -1, -0.29289322, 0.41421356, 9007199254740992], Slope = 1 },
        new("sigmoid", 2, DoubleDoubleFunctions.Sigmoid, -746) { Places = [0, 36.7, -36.7, -708.4, -745.1] },
        new("softplus", 2, DoubleDoubleFunctions.SoftplusScaled, -746) { Places = [0, 36.7, -36.7, -708.4, -745.1, 0.8813736] },
        new("sin", 2, x => DoubleDoubleFunctions.Sin(x)) { Slope = 1, IsCircular = true, Places = [0, 1048576] },
        new("cos", 2, x => DoubleDoubleFunctions.Cos(x)) { IsCircular = true, Places = [0, 1048576] },
        new("tan", 2, x => DoubleDoubleFunctions.Tan(x)) { Slope = 1, IsCircular = true, Places = [0, 1048576] },
        new("asin", 2, x => DoubleDoubleFunctions.Asin(x), -1, 1) { Slope = 1, Places = [0, 1, -1, 0.5, -0.5] },
        new("acos", 2, x => DoubleDoubleFunctions.Acos(x), -1, 1) { Places = [0, 1, -1, 0.5, -0.5] },
        new("atan", 2, x => DoubleDoubleFunctions.Atan(x)) { Slope = 1, Places = [0, 1, -1, 0.41421356, 2.41421356] },
        new("sinh", 2, DoubleDoubleFunctions.Sinh, -711, 711) { Slope = 1, Places = [0, 1, -1, 710.47] },
        new("cosh", 2, DoubleDoubleFunctions.Cosh, -711, 711) { Places = [0, 1, 710.47] },
        new("tanh", 2, DoubleDoubleFunctions.Tanh) { Slope = 1, Places = [0, 0.625, 20, -0.625] },
        new("asinh", 4, x => DoubleDoubleFunctions.Asinh(x)) { Slope = 1, Places = [0, 1, 0.5, 268435456] },
        new("acosh", 4, x => DoubleDoubleFunctions.Acosh(x), 1) { Places = [1, 2, 1.5, 268435456] },
        new("atanh", 4, x => DoubleDoubleFunctions.Atanh(x), -1 + 1.2e-16, 1 - 1.2e-16) { Slope = 1, Places = [0, 1, -1, 0.5] },
        new("erf", 2, x => DoubleDoubleFunctions.Erf(x)) { Slope = 1.1283791670955126, Places = [0, 1, 0.9, 4, 5.9] },
        new("erfc", 2, DoubleDoubleFunctions.Erfc, double.MinValue, 27.3) { Places = [0, 0.5, -0.5, 1, 4, -5.8, 26.5, 27.2] },
        new("lgamma", 4, x => DoubleDoubleFunctions.LogGamma(x), -1e9, 2.5e305) { IsReflected = true, Places = [0, 1, 2, 3, 8, 10, -2.457, -3.143, -0.5, -1, -2, -3, -10] },
        new("digamma", 4, DoubleDoubleFunctions.Digamma, -1e9) { IsReflected = true, Places = [0, 1, 1.4616321449683623, 2, 8, 10, -0.504, -1.573, -1, -2, -3, -10] },
    ];

    /// <summary>The reference, exact where the function is no more than a multiple of a tiny argument.</summary>
    public Scaled Exact(double x) => Slope != 0 && Math.Abs(x) < Tiny
        ? new((Slope == 1 ? 1 : DoubleDoubleFunctions.ErfSlope) * (DoubleDouble)Math.ScaleB(x, 400), -400)
        : Reference(x);

    /// <summary>The least size against which an error at x counts; 0 if it is that of the result.</summary>
    public double Scale(double x, double value) => IsReflected && x < 0 ? Math.Max(2, Math.Abs(value) + Math.Abs(Exact(1 - x).Value.High)) : 0;

    /// <summary>Random arguments in the domain, of every kind.</summary>
    public void Draw(Random random, Span<double> points)
    {
        for (int i = 0; i < points.Length; i++)
        {
            double x;
            do x = Draw(random);
            while (!(x >= Low && x <= High) || (IsReflected && x <= 0 && x == Math.Floor(x)));
            points[i] = x;
        }
    }

    private double Draw(Random random)
    {
        double u = (2 * random.NextDouble()) - 1;
        switch (random.Next(8))
        {
            case 0:
            case 1:
                // every exponent, down to the subnormal numbers
                double magnitude = BitConverter.Int64BitsToDouble(random.NextInt64(0x7FF0000000000000));
                return u < 0 ? -magnitude : magnitude;
            case 2: return 1.5 * u;
            case 3: return 12 * u;
            case 4: return 760 * u;
            case 5 when IsCircular:
                double multiple = Math.Round(Math.Exp(Math.Log(1e15) * random.NextDouble())) * (Math.PI / 2);
                return u < 0 ? -Step(multiple, random.Next(-2, 3)) : Step(multiple, random.Next(-2, 3));
            case 6 when IsCircular: return 1e5 * u;
            default:
                double place = Places[random.Next(Places.Length)];
                return random.Next(4) == 0
                    ? Step(place, random.Next(-100, 101))
                    : place + (Math.Max(Math.Abs(place), 0.5) * u * Math.ScaleB(1, -random.Next(60)));
        }
    }

    private static double Step(double x, int ulps) => x == 0 ? ulps * double.Epsilon : BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(x) + ulps);
}
