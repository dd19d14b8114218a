using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Nabla.Bench;

/// <summary>What the machine is, and the limits that no program on it passes, measured in the same run.</summary>
/// <param name="One">Those of one thread.</param>
/// <param name="All">Those of a thread on each processor, all at once; null if there is one.</param>
internal sealed record Machine(Limits One, Limits? All)
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
        int all = Environment.ProcessorCount;
        return new Machine(MeasureWith(1), all > 1 ? MeasureWith(all) : null);

        Limits MeasureWith(int threads)
        {
            double copy = 2.0 * Count * sizeof(double) / Fastest(time, threads, (from, to) => b.AsSpan(Part(from), Part(to) - Part(from)).CopyTo(a.AsSpan(Part(from))));
            double triad = 3.0 * Count * sizeof(double) / Fastest(time, threads, (from, to) => Triad(a, b, c, 3.0, Part(from), Part(to)));
            double single = MultiplyAdds(time, threads, Vector512.IsHardwareAccelerated ? n => Fma512(n, 1.000001f) : n => Fma256(n, 1.000001f), sizeof(float));
            double twice = MultiplyAdds(time, threads, Vector512.IsHardwareAccelerated ? n => Fma512(n, 1.000001) : n => Fma256(n, 1.000001), sizeof(double));
            return new Limits(copy, triad, single, twice);

            int Part(int thread) => (int)((long)Count * thread / threads);
        }
    }

    /// <summary>
    /// The nanoseconds of the fastest of the runs that fit into the time. Bytes per nanosecond are gigabytes per second. The work of one
    /// run is done by so many threads, which start together; each is told that it has the part from its number to the next.
    /// </summary>
    private static double Fastest(TimeSpan time, int threads, Action<int, int> work)
    {
        double best = double.MaxValue;
        int runs = -1, stop = 0;
        using var end = new Barrier(threads);
        var others = new Thread[threads - 1];
        for (int i = 0; i < others.Length; i++)
        {
            int number = i + 1;
            others[i] = new Thread(() =>
            {
                for (int run = 0; ; run++)
                {
                    // Awake, so that all begin at once.
                    while (Volatile.Read(ref runs) < run)
                        if (Volatile.Read(ref stop) == 1) return;
                    work(number, number + 1);
                    end.SignalAndWait();
                }
            });
            others[i].Start();
        }

        var clock = Stopwatch.StartNew();
        for (int run = 0; run < 5 || clock.Elapsed < time; run++)
        {
            long began = Stopwatch.GetTimestamp();
            Volatile.Write(ref runs, run);
            work(0, 1);
            end.SignalAndWait();
            best = Math.Min(best, Stopwatch.GetElapsedTime(began).TotalNanoseconds);
        }
        Volatile.Write(ref stop, 1);
        foreach (Thread other in others) other.Join();
        return best;
    }

    private static unsafe void Triad(double[] a, double[] b, double[] c, double factor, int from, int to)
    {
        fixed (double* into = a, left = b, right = c)
        {
            int width = Vector512<double>.Count, i = from;
            Vector512<double> f = Vector512.Create(factor);
            for (; i <= to - width; i += width) Vector512.FusedMultiplyAdd(f, Vector512.Load(right + i), Vector512.Load(left + i)).Store(into + i);
            for (; i < to; i++) into[i] = left[i] + (factor * right[i]);
        }
    }

    private static double MultiplyAdds(TimeSpan time, int threads, Func<int, double> loop, int size)
    {
        // Long enough that the start of the threads does not count.
        const int Steps = 1_000_000;
        // 12 chains hide the latency of two units with four to five cycles each.
        double lanes = (Vector512.IsHardwareAccelerated ? 64.0 : 32.0) / size;
        double[] sinks = new double[threads];
        double best = Fastest(time, threads, (thread, _) => sinks[thread] += loop(Steps));
        return double.IsNaN(sinks.Sum()) ? double.NaN : 2.0 * 12 * lanes * Steps * threads / best;
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

/// <summary>The speeds of copying and streaming memory and of fused multiply-adds in registers.</summary>
internal sealed record Limits(double CopyGigabytes, double TriadGigabytes, double FloatGigaflops, double DoubleGigaflops)
{
    public override string ToString() =>
        $"copy {CopyGigabytes:F1} GB/s, triad {TriadGigabytes:F1} GB/s, fused multiply-add {FloatGigaflops:F0} GFLOP/s float32 and {DoubleGigaflops:F0} float64";

    /// <summary>These as multiples of those of one thread.</summary>
    public string Over(Limits one) =>
        $"{CopyGigabytes / one.CopyGigabytes:F2}, {TriadGigabytes / one.TriadGigabytes:F2}, {FloatGigaflops / one.FloatGigaflops:F2} and {DoubleGigaflops / one.DoubleGigaflops:F2} times that";
}
