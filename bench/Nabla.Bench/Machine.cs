using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Nabla.Bench;

/// <summary>What the machine is, and the limits that no program on it passes, measured in the same run by one thread.</summary>
internal sealed record Machine(double CopyGigabytes, double TriadGigabytes, double FloatGigaflops, double DoubleGigaflops)
{
    // Four arrays' worth of any cache we know of.
    private const int Megabytes = 128;

    public static string ProcessorName { get; } = FindProcessorName();

    public static int VectorBits { get; } = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 64;

    public static Machine Measure(bool quick)
    {
        TimeSpan time = TimeSpan.FromSeconds(quick ? 0.15 : 0.6);
        const int Count = Megabytes * 1024 * 1024 / sizeof(double);
        var a = new double[Count];
        var b = new double[Count];
        var c = new double[Count];
        // Each page must have been touched once: the first time, the system clears it.
        Array.Fill(a, 0.0);
        Array.Fill(b, 1.0);
        Array.Fill(c, 2.0);
        double copy = 2.0 * Count * sizeof(double) / Fastest(time, () => b.AsSpan().CopyTo(a));
        double triad = 3.0 * Count * sizeof(double) / Fastest(time, () => Triad(a, b, c, 3.0));
        double single = MultiplyAdds(time, Vector512.IsHardwareAccelerated ? n => Fma512(n, 1.000001f) : n => Fma256(n, 1.000001f), sizeof(float));
        double twice = MultiplyAdds(time, Vector512.IsHardwareAccelerated ? n => Fma512(n, 1.000001) : n => Fma256(n, 1.000001), sizeof(double));
        return new Machine(copy, triad, single, twice);
    }

    /// <summary>Bytes per nanosecond are gigabytes per second; the fastest of the runs that fit into the time.</summary>
    private static double Fastest(TimeSpan time, Action body)
    {
        double best = double.MaxValue;
        var clock = Stopwatch.StartNew();
        for (int run = 0; run < 5 || clock.Elapsed < time; run++)
        {
            long start = Stopwatch.GetTimestamp();
            body();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }
        return best;
    }

    private static unsafe void Triad(double[] a, double[] b, double[] c, double factor)
    {
        fixed (double* to = a, left = b, right = c)
        {
            int width = Vector512<double>.Count, i = 0;
            Vector512<double> f = Vector512.Create(factor);
            for (; i <= a.Length - width; i += width) Vector512.FusedMultiplyAdd(f, Vector512.Load(right + i), Vector512.Load(left + i)).Store(to + i);
            for (; i < a.Length; i++) to[i] = left[i] + (factor * right[i]);
        }
    }

    private static double MultiplyAdds(TimeSpan time, Func<int, double> loop, int size)
    {
        const int Steps = 200_000;
        // 12 chains hide the latency of two units with four to five cycles each.
        double lanes = (Vector512.IsHardwareAccelerated ? 64.0 : 32.0) / size;
        double sink = 0, best = Fastest(time, () => sink += loop(Steps));
        return double.IsNaN(sink) ? double.NaN : 2.0 * 12 * lanes * Steps / best;
    }

    private static double Fma512<T>(int steps, T value)
        where T : struct, System.Numerics.INumber<T>
    {
        Vector512<T> f = Vector512.Create(value), a = f, b = f, c = f, d = f, e = f, g = f, h = f, i = f, j = f, k = f, l = f, m = f;
        for (int n = 0; n < steps; n++)
        {
            a = Fused(a, f); b = Fused(b, f); c = Fused(c, f); d = Fused(d, f); e = Fused(e, f); g = Fused(g, f);
            h = Fused(h, f); i = Fused(i, f); j = Fused(j, f); k = Fused(k, f); l = Fused(l, f); m = Fused(m, f);
        }
        return double.CreateChecked((a + b + c + d + e + g + h + i + j + k + l + m)[0] > value ? 1 : 0);

        static Vector512<T> Fused(Vector512<T> x, Vector512<T> f) => typeof(T) == typeof(float)
            ? Vector512.FusedMultiplyAdd(x.As<T, float>(), f.As<T, float>(), f.As<T, float>()).As<float, T>()
            : Vector512.FusedMultiplyAdd(x.As<T, double>(), f.As<T, double>(), f.As<T, double>()).As<double, T>();
    }

    private static double Fma256<T>(int steps, T value)
        where T : struct, System.Numerics.INumber<T>
    {
        Vector256<T> f = Vector256.Create(value), a = f, b = f, c = f, d = f, e = f, g = f, h = f, i = f, j = f, k = f, l = f, m = f;
        for (int n = 0; n < steps; n++)
        {
            a = Fused(a, f); b = Fused(b, f); c = Fused(c, f); d = Fused(d, f); e = Fused(e, f); g = Fused(g, f);
            h = Fused(h, f); i = Fused(i, f); j = Fused(j, f); k = Fused(k, f); l = Fused(l, f); m = Fused(m, f);
        }
        return double.CreateChecked((a + b + c + d + e + g + h + i + j + k + l + m)[0] > value ? 1 : 0);

        static Vector256<T> Fused(Vector256<T> x, Vector256<T> f) => typeof(T) == typeof(float)
            ? Vector256.FusedMultiplyAdd(x.As<T, float>(), f.As<T, float>(), f.As<T, float>()).As<float, T>()
            : Vector256.FusedMultiplyAdd(x.As<T, double>(), f.As<T, double>(), f.As<T, double>()).As<double, T>();
    }

    private static string FindProcessorName()
    {
        if (!File.Exists("/proc/cpuinfo")) return RuntimeInformation.ProcessArchitecture.ToString();
        string? line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal));
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':') + 1)..].Trim();
    }
}
