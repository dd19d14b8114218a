using System.Numerics;

namespace Nabla.Tests.Kernels;

public sealed unsafe class ReductionKernelsTests
{
    private static readonly (int Outer, int N, int Inner)[] Layouts =
    [
        (1, 0, 3), (2, 0, 1), (0, 3, 3), (1, 1, 1), (3, 7, 1), (2, 8, 1), (2, 9, 1), (3, 31, 1), (2, 33, 1), (2, 65, 1), (2, 129, 1), (1, 10_000, 1),
        (2, 7, 2), (2, 31, 3), (1, 1000, 3), (2, 129, 7), (3, 8, 8), (2, 9, 33), (2, 65, 65), (1, 300, 129), (1, 5, 1500), (1, 70, 1030), (50, 3, 2), (9, 5, 6), (40, 3, 1),
    ];

    [Fact]
    public void Sums_and_products_agree_with_loops_in_double()
    {
        Check<float>(ReductionKernels.Sum, x => x.Sum(), 1e-6);
        Check<double>(ReductionKernels.Sum, x => x.Sum(), 1e-13);
        Check<long>(ReductionKernels.Sum, x => x.Sum(), 0);
        Check<float>(ReductionKernels.SumOfSquares, x => x.Sum(v => v * v), 1e-6);
        Check<double>(ReductionKernels.SumOfSquares, x => x.Sum(v => v * v), 1e-13);
        Check<float>(ReductionKernels.Prod, x => x.Aggregate(1.0, (p, v) => p * v), 1e-5);
        Check<double>(ReductionKernels.Prod, x => x.Aggregate(1.0, (p, v) => p * v), 1e-13);
    }

    [Fact]
    public void Extremes_and_their_positions_agree_with_loops()
    {
        Check<float>(ReductionKernels.Max, x => x.Max(), 0, emptyAllowed: false);
        Check<double>(ReductionKernels.Max, x => x.Max(), 0, emptyAllowed: false);
        Check<long>(ReductionKernels.Max, x => x.Max(), 0, emptyAllowed: false);
        Check<float>(ReductionKernels.Min, x => x.Min(), 0, emptyAllowed: false);
        Check<double>(ReductionKernels.Min, x => x.Min(), 0, emptyAllowed: false);
        Check<long>(ReductionKernels.Min, x => x.Min(), 0, emptyAllowed: false);
        CheckPositions<float>(ReductionKernels.ArgMax, x => Array.IndexOf(x, x.Max()));
        CheckPositions<double>(ReductionKernels.ArgMin, x => Array.IndexOf(x, x.Min()));
        CheckPositions<long>(ReductionKernels.ArgMax, x => Array.IndexOf(x, x.Max()));
        CheckPositions<long>(ReductionKernels.ArgMin, x => Array.IndexOf(x, x.Min()));
    }

    [Fact]
    public void Any_and_all_agree_with_loops()
    {
        foreach ((int outer, int n, int inner) in Layouts)
        {
            foreach (int ones in new[] { 0, 1, 2, 3 })
            {
                // None, all, few and most of the elements are true.
                byte[] x = [.. Enumerable.Range(0, outer * n * inner).Select(i => (byte)(ones switch { 0 => 0, 1 => 1, 2 => i % 37 == 5 ? 1 : 0, _ => i % 37 == 5 ? 0 : 1 }))];
                byte[] any = new byte[outer * inner], all = new byte[outer * inner];
                fixed (byte* px = x, pAny = any, pAll = all)
                {
                    ReductionKernels.Any(px, pAny, outer, n, inner);
                    ReductionKernels.All(px, pAll, outer, n, inner);
                }

                byte[][] lines = Lines(x, outer, n, inner);
                Assert.Equal(lines.Select(line => (byte)(line.Contains((byte)1) ? 1 : 0)), any);
                Assert.Equal(lines.Select(line => (byte)(line.Contains((byte)0) ? 0 : 1)), all);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(65)]
    public void A_NaN_is_the_extreme_and_its_first_position_is_the_position(int inner)
    {
        const int n = 5000;
        float[] x = Sample.Values<float>(n * inner), y = new float[inner];
        long[] at = new long[inner];
        int line = inner / 2;
        x[4321 * inner + line] = float.NaN;
        x[4900 * inner + line] = float.NaN;
        x[2 * inner + line] = float.PositiveInfinity;
        fixed (float* px = x, py = y)
        fixed (long* p = at)
        {
            ReductionKernels.Max(px, py, 1, n, inner);
            Assert.Equal(float.NaN, y[line]);
            Assert.Equal(1, y.Count(float.IsNaN));
            ReductionKernels.Min(px, py, 1, n, inner);
            Assert.Equal(float.NaN, y[line]);
            ReductionKernels.ArgMax(px, p, 1, n, inner);
            Assert.Equal(4321, at[line]);
            ReductionKernels.ArgMin(px, p, 1, n, inner);
            Assert.Equal(4321, at[line]);
            ReductionKernels.Sum(px, py, 1, n, inner);
            Assert.Equal(float.NaN, y[line]);
        }
    }

    [Fact]
    public void The_first_of_equal_extremes_is_the_position_and_zeros_are_equal_whatever_their_sign()
    {
        float[] x = [-1, -0f, 0f, -3, -3, -2, -2, -2, -2, -2, -2, -2];
        long at;
        fixed (float* px = x)
        {
            ReductionKernels.ArgMax(px, &at, 1, x.Length, 1);
            Assert.Equal(1, at);
            ReductionKernels.ArgMin(px, &at, 1, x.Length, 1);
            Assert.Equal(3, at);
        }
    }

    [Fact]
    public void Extremes_of_infinities_alone_are_those_infinities()
    {
        float[] x = [.. Enumerable.Repeat(float.NegativeInfinity, 40)];
        float y;
        long at;
        fixed (float* px = x)
        {
            ReductionKernels.Max(px, &y, 1, x.Length, 1);
            ReductionKernels.ArgMax(px, &at, 1, x.Length, 1);
        }

        Assert.Equal(float.NegativeInfinity, y);
        Assert.Equal(0, at);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(100)]
    public void A_sum_of_four_million_floats_keeps_nearly_all_its_digits(int inner)
    {
        // One after the other, 0.1f would be 1 % off by then.
        int n = 4_000_000 / inner;
        float[] x = new float[n * inner], y = new float[inner];
        Array.Fill(x, 0.1f);
        fixed (float* px = x, py = y) ReductionKernels.Sum(px, py, 1, n, inner);
        foreach (float sum in y) Assert.Equal(n * (double)0.1f, sum, n * 0.1 * 2e-6);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(300)]
    public void Scans_agree_with_loops_and_may_run_in_place(int inner)
    {
        foreach (int n in Sample.Lengths)
        {
            CheckScan<float>((x, y, outer, length, width) => Scans.CumSum(x, y, outer, length, width), (s, v) => s + v, 0, n, inner, 1e-6);
            CheckScan<double>((x, y, outer, length, width) => Scans.CumSum(x, y, outer, length, width), (s, v) => s + v, 0, n, inner, 1e-13);
            CheckScan<long>((x, y, outer, length, width) => Scans.CumSum(x, y, outer, length, width), (s, v) => s + v, 0, n, inner, 0);
            CheckScan<float>((x, y, outer, length, width) => Scans.CumProd(x, y, outer, length, width), (s, v) => s * v, 1, n, inner, 1e-6);
            CheckScan<double>((x, y, outer, length, width) => Scans.CumProd(x, y, outer, length, width), (s, v) => s * v, 1, n, inner, 1e-13);
        }
    }

    internal delegate void Reduction<TIn, TOut>(TIn* x, TOut* y, nint outer, nint n, nint inner)
        where TIn : unmanaged
        where TOut : unmanaged;

    /// <summary>The lines along the middle axis, in the order of [outer, inner].</summary>
    internal static T[][] Lines<T>(T[] x, int outer, int n, int inner)
    {
        T[][] lines = new T[outer * inner][];
        for (int line = 0; line < lines.Length; line++)
        {
            lines[line] = new T[n];
            for (int i = 0; i < n; i++) lines[line][i] = x[line / inner * n * inner + i * inner + line % inner];
        }

        return lines;
    }

    private static void Check<T>(Reduction<T, T> kernel, Func<double[], double> reference, double tolerance, bool emptyAllowed = true)
        where T : unmanaged, INumber<T>
    {
        foreach ((int outer, int n, int inner) in Layouts)
        {
            if (n == 0 && !emptyAllowed) continue;
            T[] x = Sample.Values<T>(outer * n * inner), y = new T[outer * inner];
            fixed (T* px = x, py = y) kernel(px, py, outer, n, inner);
            double[] expected = [.. Lines(x, outer, n, inner).Select(line => reference([.. line.Select(double.CreateTruncating)]))];
            Sample.AssertClose(expected, y, tolerance, $"[{outer}, {n}, {inner}]");
        }
    }

    private static void CheckPositions<T>(Reduction<T, long> kernel, Func<double[], int> reference)
        where T : unmanaged, INumber<T>
    {
        foreach ((int outer, int n, int inner) in Layouts)
        {
            if (n == 0) continue;
            T[] x = Sample.Values<T>(outer * n * inner);
            long[] y = new long[outer * inner];
            fixed (T* px = x)
            fixed (long* py = y) kernel(px, py, outer, n, inner);
            Assert.Equal(Lines(x, outer, n, inner).Select(line => (long)reference([.. line.Select(double.CreateTruncating)])), y);
        }
    }

    private static void CheckScan<T>(Reduction<T, T> kernel, Func<double, double, double> step, double start, int n, int inner, double tolerance)
        where T : unmanaged, INumber<T>
    {
        T[] x = Sample.Values<T>(2 * n * inner);
        T[] y = (T[])x.Clone();
        fixed (T* py = y) kernel(py, py, 2, n, inner);
        T[][] before = Lines(x, 2, n, inner), after = Lines(y, 2, n, inner);
        for (int line = 0; line < before.Length; line++)
        {
            double running = start;
            double[] expected = [.. before[line].Select(v => running = step(running, double.CreateTruncating(v)))];
            Sample.AssertClose(expected, after[line], tolerance, $"line {line} of [2, {n}, {inner}]");
        }
    }
}
