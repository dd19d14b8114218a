namespace Nabla.Symbolics.Tests;

/// <summary>A primitive of two arguments with its reference and its arguments.</summary>
internal sealed record SweptPair(string Name, double Limit, Func<double, double, Scaled> Reference, Action<Random, double[], double[]> Doubles, Action<Random, double[], double[]> Floats)
{
    public static IReadOnlyList<SweptPair> All { get; } =
    [
        new("pow", 2, DoubleDoubleFunctions.Pow, (random, a, b) => Powers(random, a, b, 745, 700, 50), (random, a, b) => Powers(random, a, b, 104, 80, 20)),
        new("atan2", 2, (a, b) => DoubleDoubleFunctions.Atan2(a, b), (random, a, b) => Points(random, a, b, 450), (random, a, b) => Points(random, a, b, 60)),
    ];

    // Bases of every size and close to 1; exponents such that the results reach from underflow to overflow.
    private static void Powers(Random random, double[] a, double[] b, double reach, double size, int closeness)
    {
        for (int i = 0; i < a.Length; i++)
        {
            a[i] = random.Next(3) switch
            {
                0 => 1 + ((random.NextDouble() - 0.5) * Math.ScaleB(1, -random.Next(closeness))),
                1 => Math.Exp(6 * (random.NextDouble() - 0.5)),
                _ => Math.Exp(2 * size * (random.NextDouble() - 0.5)),
            };
            if (reach < 200) a[i] = (float)a[i];
            double exponent = ((2 * random.NextDouble()) - 1) * reach / Math.Log(a[i]);
            b[i] = double.IsFinite(exponent) ? exponent * Math.ScaleB(1, -(random.Next(2) * random.Next(60))) : 1;
        }
    }

    private static void Points(Random random, double[] a, double[] b, int exponents)
    {
        for (int i = 0; i < a.Length; i++)
        {
            int range = random.Next(2) == 0 ? 2 : exponents;
            a[i] = ((2 * random.NextDouble()) - 1) * Math.ScaleB(1, random.Next(-range, range));
            b[i] = ((2 * random.NextDouble()) - 1) * Math.ScaleB(1, random.Next(-range, range));
        }
    }
}
