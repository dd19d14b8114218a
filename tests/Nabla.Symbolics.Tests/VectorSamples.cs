using System.Globalization;
using System.Reflection;

namespace Nabla.Symbolics.Tests;

/// <summary>Points, reference values and error measures for the tests of kernels and scalar functions.</summary>
internal static class VectorSamples
{
    public sealed record Row(string Name, double A, double B, double Value);

    /// <summary>The rows of Reference/primitives.csv.</summary>
    public static IReadOnlyList<Row> Table { get; } = ReadTable();

    /// <summary>The arguments at which vector code usually goes wrong.</summary>
    public static double[] Special { get; } =
    [
        0.0, -0.0, 1, -1, 2, -2, 0.5, -0.5, 1.5, 2.5, -1.5, double.PositiveInfinity, double.NegativeInfinity, double.NaN,
        1e-40, -1e-40, 1e-45, -1e-45, 1.17549435e-38, 3.40282347e38, -3.40282347e38, 1e-310, -1e-310, double.Epsilon, double.MaxValue,
        88.7, 89, -87.3, -88, -100, -103.9, -104.1, 709.7, 709.9, -708, -740, -745, -746, 1e5, -1e7, 1e20, 0.41421356, 0.625, 0.9, 4, 1e-8,
    ];

    /// <summary>Both signs of every magnitude from the smallest denormal to the largest float, and densely from -20 to 20.</summary>
    public static float[] Floats(double low, double high)
    {
        List<float> points = [];
        Random random = new(20240229);
        for (int i = 0; i < 20_000; i++)
        {
            points.Add(BitConverter.Int32BitsToSingle(random.Next(0x7F800000)));
            points.Add(-BitConverter.Int32BitsToSingle(random.Next(0x7F800000)));
            points.Add((float)(random.NextDouble() * 40 - 20));
            points.Add((float)(random.NextDouble() * 3 - 1.5));
            points.Add((float)(random.NextDouble() * 220 - 110));
        }
        points.RemoveAll(x => !(x >= low && x <= high));
        return [.. points];
    }

    /// <summary>The primitive's function in <see cref="ScalarMath"/>, found by its name.</summary>
    public static TDelegate Scalar<TDelegate>(string name) where TDelegate : Delegate
    {
        int arity = typeof(TDelegate).GetGenericArguments().Length - 1;
        MethodInfo? method = typeof(ScalarMath).GetMethod(name, BindingFlags.Public | BindingFlags.Static | BindingFlags.IgnoreCase,
            [.. Enumerable.Repeat(typeof(double), arity)]);
        return (method ?? throw new ArgumentException($"ScalarMath has no {name} of {arity} arguments.")).CreateDelegate<TDelegate>();
    }

    /// <summary>The distance of a float from the true value in units of the float's last place there.</summary>
    public static double Ulps(float got, double expected)
    {
        if (float.IsNaN(got) || double.IsNaN(expected))
            return float.IsNaN(got) == double.IsNaN(expected) ? 0 : double.PositiveInfinity;
        float rounded = (float)expected;
        if (got == rounded)
            return got == 0 || float.IsInfinity(got) ? 0 : Math.Abs(got - expected) / Unit(expected, -149, 23);
        if (float.IsInfinity(got) || float.IsInfinity(rounded))
        {
            // One step beyond the largest float is an ulp, not an infinite error.
            double bounded = float.IsInfinity(got) ? Math.CopySign(Math.ScaleB(1, 128), got) : got;
            return double.IsInfinity(expected) ? double.PositiveInfinity : Math.Abs(bounded - expected) / Math.ScaleB(1, 104);
        }
        return Math.Abs(got - expected) / Unit(expected, -149, 23);
    }

    public static double Ulps(double got, double expected)
    {
        if (got == expected || (double.IsNaN(got) && double.IsNaN(expected)))
            return 0;
        double error = Math.Abs(got - expected) / Unit(expected, -1074, 52);
        return double.IsNaN(error) ? double.PositiveInfinity : error;
    }

    private static double Unit(double x, int least, int digits) =>
        Math.ScaleB(1, Math.Max(x == 0 ? least : Math.ILogB(x) - digits, least));

    private static List<Row> ReadTable()
    {
        using Stream stream = typeof(VectorSamples).Assembly.GetManifestResourceStream("Nabla.Symbolics.Tests.Reference.primitives.csv")!;
        using StreamReader reader = new(stream);
        List<Row> rows = [];
        while (reader.ReadLine() is { } line)
        {
            string[] cells = line.Split(',');
            rows.Add(new Row(cells[0], Parse(cells[1]), cells[2].Length == 0 ? 0 : Parse(cells[2]), Parse(cells[3])));
        }
        return rows;
    }

    private static double Parse(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);

    /// <summary>The bits of a number, and one pattern for all that are no numbers: the sign of a NaN says nothing.</summary>
    public static int Bits(float x) => BitConverter.SingleToInt32Bits(float.IsNaN(x) ? float.NaN : x);

    /// <inheritdoc cref="Bits(float)"/>
    public static long Bits(double x) => BitConverter.DoubleToInt64Bits(double.IsNaN(x) ? double.NaN : x);
}
