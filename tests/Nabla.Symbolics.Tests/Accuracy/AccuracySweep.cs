namespace Nabla.Symbolics.Tests;

/// <summary>The largest error of a kernel that a sweep found: how many ulp, at which argument, among how many points.</summary>
internal readonly record struct WorstError(double Ulps, double Argument, double Other, long Points)
{
    public WorstError With(double ulps, double argument, double other = double.NaN) =>
        ulps > Ulps || double.IsNaN(ulps) ? this with { Ulps = double.IsNaN(ulps) ? double.PositiveInfinity : ulps, Argument = argument, Other = other } : this;
}

/// <summary>Runs kernels over many points and measures them against the references.</summary>
internal static class AccuracySweep
{
    private const int Chunk = 4096;

    /// <summary>
    /// The double kernel at random points of every kind; then, where chunks had their worst points, at those points' neighbours.
    /// </summary>
    public static WorstError Doubles(SweptFunction function, int chunks)
    {
        Unary<double> kernel = VectorKernels.For(function.Name)!.D1!;
        var random = new Random(12345);
        double[] x = new double[Chunk], y = new double[Chunk];
        var worst = new WorstError(0, 0, double.NaN, 0);
        List<WorstError> candidates = [];
        for (int i = 0; i < chunks; i++)
        {
            function.Draw(random, x);
            WorstError found = Measure(function, kernel, x, y);
            candidates.Add(found);
            worst = Merge(worst, found);
        }

        candidates.Sort((a, b) => b.Ulps.CompareTo(a.Ulps));
        foreach (WorstError candidate in candidates.Take(Math.Max(4, chunks / 16)))
        {
            for (int i = 0; i < Chunk / 4; i++)
            {
                double near = candidate.Argument * (1 + (((2 * random.NextDouble()) - 1) * Math.ScaleB(1, -random.Next(8, 50))));
                x[i] = near >= function.Low && near <= function.High ? near : candidate.Argument;
            }
            worst = Merge(worst, Measure(function, kernel, x.AsSpan(0, Chunk / 4), y.AsSpan(0, Chunk / 4)));
        }
        return worst;
    }

    /// <summary>The float kernel at every <paramref name="stride"/>-th float, against the double kernel.</summary>
    public static WorstError Floats(SweptFunction function, int stride)
    {
        VectorKernel kernel = VectorKernels.For(function.Name)!;
        float[] x = new float[Chunk], y = new float[Chunk];
        double[] wide = new double[Chunk], exact = new double[Chunk];
        var worst = new WorstError(0, 0, double.NaN, 0);
        int count = 0;
        for (long bits = 0; bits < 1L << 32; bits += stride)
        {
            float point = BitConverter.UInt32BitsToSingle((uint)bits);
            if (float.IsFinite(point) && point >= function.Low && point <= function.High) x[count++] = point;
            if (count < Chunk && (bits + stride < 1L << 32 || count == 0)) continue;
            Span<float> part = x.AsSpan(0, count);
            for (int i = 0; i < count; i++) wide[i] = x[i];
            kernel.F1!(part, y);
            kernel.D1!(wide.AsSpan(0, count), exact);
            for (int i = 0; i < count; i++) worst = worst.With(FloatUlps(function, y[i], exact[i], x[i]), x[i]);
            worst = worst with { Points = worst.Points + count };
            count = 0;
        }
        return worst;
    }

    /// <summary>A binary kernel in double at random points.</summary>
    public static WorstError Doubles(string name, Func<double, double, Scaled> reference, Action<Random, double[], double[]> draw, int chunks)
    {
        Binary<double> kernel = VectorKernels.For(name)!.D2!;
        var random = new Random(12345);
        double[] a = new double[Chunk], b = new double[Chunk], y = new double[Chunk];
        var worst = new WorstError(0, 0, double.NaN, 0);
        for (int i = 0; i < chunks; i++)
        {
            draw(random, a, b);
            kernel(a, b, y);
            for (int j = 0; j < Chunk; j++) worst = worst.With(Ulps(y[j], reference(a[j], b[j])), a[j], b[j]);
            worst = worst with { Points = worst.Points + Chunk };
        }
        return worst;
    }

    /// <summary>A binary kernel in float, against the one in double.</summary>
    public static WorstError Floats(string name, Action<Random, double[], double[]> draw, int chunks)
    {
        VectorKernel kernel = VectorKernels.For(name)!;
        var random = new Random(12345);
        double[] a = new double[Chunk], b = new double[Chunk], exact = new double[Chunk];
        float[] first = new float[Chunk], second = new float[Chunk], y = new float[Chunk];
        var worst = new WorstError(0, 0, double.NaN, 0);
        for (int i = 0; i < chunks; i++)
        {
            draw(random, a, b);
            for (int j = 0; j < Chunk; j++)
            {
                a[j] = first[j] = (float)a[j];
                b[j] = second[j] = (float)b[j];
            }
            kernel.F2!(first, second, y);
            kernel.D2!(a, b, exact);
            for (int j = 0; j < Chunk; j++) worst = worst.With(VectorSamples.Ulps(y[j], exact[j]), a[j], b[j]);
            worst = worst with { Points = worst.Points + Chunk };
        }
        return worst;
    }

    /// <summary>|got - expected| in units of the last place that a double has at the expected value, or at <paramref name="atLeast"/>.</summary>
    public static double Ulps(double got, Scaled expected, double atLeast = 0)
    {
        DoubleDouble value = expected.Value;
        if (double.IsNaN(got) || double.IsNaN(value.High)) return double.IsNaN(got) && double.IsNaN(value.High) ? 0 : double.PositiveInfinity;
        if (value.High == 0) return got == 0 ? 0 : double.PositiveInfinity;
        int exponent = Math.ILogB(value.High) + expected.Exponent;
        if (atLeast != 0) exponent = Math.Max(exponent, Math.ILogB(atLeast));
        int unit = Math.Max(Math.Min(exponent, 1023) - 52, -1074);
        // Beyond the largest double stands 2^1024, which infinity is the rounding of.
        double bounded = double.IsInfinity(got) ? Math.CopySign(Math.ScaleB(1, 1023 - unit) * 2, got) : Math.ScaleB(got, -unit);
        if (double.IsInfinity(got) && exponent >= 1024) return Math.Sign(got) == Math.Sign(value.High) ? 0 : double.PositiveInfinity;
        int shift = expected.Exponent - unit;
        return Math.Abs(bounded - Math.ScaleB(value.High, shift) - Math.ScaleB(value.Low, shift));
    }

    private static WorstError Measure(SweptFunction function, Unary<double> kernel, Span<double> x, Span<double> y)
    {
        kernel(x, y);
        var worst = new WorstError(0, 0, double.NaN, x.Length);
        for (int i = 0; i < x.Length; i++)
        {
            Scaled exact = function.Exact(x[i]);
            worst = worst.With(Ulps(y[i], exact, function.Scale(x[i], exact.Value.High)), x[i]);
        }
        return worst;
    }

    private static double FloatUlps(SweptFunction function, float got, double exact, float x)
    {
        double ulps = VectorSamples.Ulps(got, exact);
        if (!function.IsReflected || !(x < 0) || ulps < function.Limit / 4) return ulps;
        return Math.Min(ulps, Math.Abs(got - exact) / Math.ScaleB(1, Math.ILogB(function.Scale(x, exact)) - 23));
    }

    private static WorstError Merge(WorstError a, WorstError b) => (b.Ulps > a.Ulps ? b : a) with { Points = a.Points + b.Points };
}
