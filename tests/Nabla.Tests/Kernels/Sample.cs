using System.Numerics;

namespace Nabla.Tests.Kernels;

/// <summary>Numbers for the kernel tests: the same in every run.</summary>
internal static class Sample
{
    /// <summary>Lengths around the widths of registers, tiles and blocks.</summary>
    public static readonly int[] Lengths = [1, 2, 7, 8, 9, 31, 33, 65, 129];

    /// <summary>Numbers uniform in (-1, 1), or whole ones from -1000 to 999 for integer types.</summary>
    public static T[] Values<T>(int count, ulong seed = 1)
        where T : unmanaged, INumber<T>
    {
        Generator generator = new(seed);
        bool whole = T.CreateTruncating(0.5) == T.Zero;
        T[] values = new T[count];
        for (int i = 0; i < count; i++)
            values[i] = whole ? T.CreateTruncating(generator.NextInt64(-1000, 1000)) : T.CreateTruncating(2 * generator.NextDouble() - 1);
        return values;
    }

    /// <summary>Fails with the position of the first pair that differs by more than the tolerance; NaN equals NaN.</summary>
    public static void AssertClose<T>(double[] expected, T[] actual, double tolerance, string what)
        where T : unmanaged, INumber<T>
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double x = double.CreateTruncating(actual[i]);
            bool close = x.Equals(expected[i]) || x == expected[i] || Math.Abs(x - expected[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i]));
            Assert.True(close, $"{what}: element {i} is {x}, expected {expected[i]}");
        }
    }
}
