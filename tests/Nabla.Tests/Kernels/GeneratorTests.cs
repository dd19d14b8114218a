namespace Nabla.Tests.Kernels;

public sealed class GeneratorTests
{
    // The lines "philox2x64 10" of kat_vectors in the Random123 library, version 1.14.
    [Theory]
    [InlineData(0ul, 0ul, 0ul, 0xca00a0459843d731, 0x66c24222c9a845b5)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 0x65b021d60cd8310f, 0x4d02f3222f86df20)]
    [InlineData(0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x0a5e742c2997341c, 0xb0f883d38000de5d)]
    public void Philox_gives_the_known_answers_of_its_authors(ulong counter, ulong stream, ulong key, ulong first, ulong second)
        => Assert.Equal((first, second), Generator.Philox(key, counter, stream));

    [Fact]
    public void The_first_numbers_of_seed_0_never_change()
    {
        Generator generator = new(0);
        Assert.Equal(0xca00a0459843d731, generator.NextUInt64());
        Assert.Equal((0x66c24222c9a845b5 >> 11) * Math.Pow(2, -53), generator.NextDouble());
        Assert.Equal(-1.034036906360622, generator.NextNormal());
        Assert.Equal(0.44184767001135034, generator.NextNormal());
        Assert.Equal(-438, generator.NextInt64(-1000, 1000));
        Assert.Equal(7610110220403478095ul, generator.Fork().NextUInt64());
    }

    [Fact]
    public void Numbers_do_not_depend_on_how_they_are_divided_into_calls()
    {
        double[] whole = new double[101], parts = new double[101];
        float[] wholeFloat = new float[101], partsFloat = new float[101];
        new Generator(7).FillNormal(whole);
        new Generator(7).FillUniform(wholeFloat);
        Generator normals = new(7), uniforms = new(7);
        for (int start = 0, count = 1; start < 101; start += count, count = Math.Min(count + 1, 101 - start))
        {
            if (count == 3)
                for (int i = start; i < start + count; i++) parts[i] = normals.NextNormal();
            else
                normals.FillNormal(parts.AsSpan(start, count));
            uniforms.FillUniform(partsFloat.AsSpan(start, count));
        }

        Assert.Equal(whole, parts);
        Assert.Equal(wholeFloat, partsFloat);
    }

    [Fact]
    public void A_seed_set_again_starts_the_stream_again()
    {
        Generator generator = new(3);
        double first = generator.NextDouble();
        ulong fork = generator.Fork().NextUInt64();
        generator.ManualSeed(4).NextDouble();
        Assert.Equal(4ul, generator.Seed);
        Assert.Equal(first, generator.ManualSeed(3).NextDouble());
        Assert.Equal(fork, generator.Fork().NextUInt64());
    }

    [Fact]
    public void Forks_differ_from_each_other_and_leave_the_parent_alone()
    {
        Generator forked = new(11), plain = new(11);
        HashSet<ulong> words = [];
        for (int i = 0; i < 100; i++) Assert.True(words.Add(forked.Fork().NextUInt64()));
        Assert.Equal(plain.NextUInt64(), forked.NextUInt64());
    }

    [Fact]
    public void Threads_that_share_a_generator_share_out_its_stream()
    {
        Generator shared = new(1);
        ulong[][] drawn = [new ulong[1000], new ulong[1000]];
        Parallel.For(0, 2, thread =>
        {
            for (int i = 0; i < 1000; i++) drawn[thread][i] = shared.NextUInt64();
        });
        Generator alone = new(1);
        HashSet<ulong> expected = [.. Enumerable.Range(0, 2000).Select(_ => alone.NextUInt64())];
        Assert.True(expected.SetEquals(drawn[0].Concat(drawn[1])));
    }

    [Fact]
    public void Uniform_numbers_fill_their_interval_evenly()
    {
        double[] x = new double[200_000];
        float[] y = new float[200_000];
        new Generator(1).FillUniform(x);
        new Generator(2).FillUniform(y);
        Assert.All(x, v => Assert.InRange(v, 0, Math.BitDecrement(1.0)));
        Assert.All(y, v => Assert.InRange(v, 0, MathF.BitDecrement(1f)));
        AssertEven([.. x.Select(v => (int)(v * 100))], 100);
        AssertEven([.. y.Select(v => (int)(v * 100))], 100);

        // Neighbours are independent: pairs fill the square evenly.
        AssertEven([.. Enumerable.Range(0, 100_000).Select(i => (int)(x[2 * i] * 10) * 10 + (int)(x[2 * i + 1] * 10))], 100);
    }

    [Fact]
    public void Normal_numbers_have_the_moments_and_quantiles_of_the_normal_distribution()
    {
        const int n = 400_000;
        double[] x = new double[n];
        new Generator(1).FillNormal(x);
        Assert.Equal(0, x.Average(), 4 / Math.Sqrt(n));
        Assert.Equal(1, x.Average(v => v * v), 4 * Math.Sqrt(2.0 / n));
        Assert.Equal(0, x.Average(v => v * v * v), 4 * Math.Sqrt(15.0 / n));
        Assert.Equal(3, x.Average(v => v * v * v * v), 4 * Math.Sqrt(96.0 / n));
        Assert.Equal(0.15865525393145707, x.Count(v => v > 1) / (double)n, 4 * Math.Sqrt(0.14 / n));
        Assert.Equal(0.0013498980316301, x.Count(v => v < -3) / (double)n, 4 * Math.Sqrt(0.00135 / n));
    }

    // With mpmath at 30 digits: -sqrt(2) * erfinv(1 - 2 * mpf(2)**power).
    [Theory]
    [InlineData(-1, 0)]
    [InlineData(-2, -0.674489750196081743)]
    [InlineData(-10, -3.09726907819878446)]
    [InlineData(-34, -6.44393452653856422)]
    [InlineData(-54, -8.29236107581359554)]
    public void The_normal_quantile_has_fifteen_digits(int power, double quantile)
    {
        double q = Math.ScaleB(1, power) - 0.5;
        Assert.Equal(quantile, NormalQuantile.At(q), 4e-15);
        Assert.Equal(-quantile, NormalQuantile.At(-q), 4e-15);
    }

    [Fact]
    public void The_portable_logarithm_is_the_logarithm()
    {
        Generator generator = new(1);
        for (int i = 0; i < 10_000; i++)
        {
            double x = Math.Pow(10, 40 * generator.NextDouble() - 20);
            double log = Math.Log(x);
            Assert.Equal(log, NormalQuantile.Log(x), 3e-16 * Math.Max(Math.Abs(log), 0.1));
        }

        Assert.Equal(0, NormalQuantile.Log(1));
    }

    [Fact]
    public void Integers_are_even_over_their_range_and_reach_its_ends()
    {
        long[] x = new long[70_000];
        new Generator(1).FillInt64(x, -3, 4);
        AssertEven([.. x.Select(v => (int)v + 3)], 7);
        Generator generator = new(2);
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(5, generator.NextInt64(5, 6));
            Assert.InRange(generator.NextInt64(long.MinValue, long.MaxValue), long.MinValue, long.MaxValue - 1);
        }
    }

    [Fact]
    public void An_empty_range_of_integers_is_refused()
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => new Generator(0).NextInt64(5, 5));
        Assert.Contains("low is 5, high is 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_permutation_is_equally_likely()
    {
        Generator generator = new(1);
        long[] order = new long[4];
        int[] ranks = new int[24_000];
        for (int i = 0; i < ranks.Length; i++)
        {
            generator.FillPermutation(order);
            Assert.Equal([0, 1, 2, 3], order.Order());
            int a = (int)order[0], b = order.Skip(1).Count(v => v < order[1]), c = order[2] < order[3] ? 0 : 1;
            ranks[i] = a * 6 + b * 2 + c;
        }

        AssertEven(ranks, 24);
    }

    [Fact]
    public void The_default_generator_repeats_itself_after_its_seed()
    {
        Tensor.ManualSeed(42);
        double first = Generator.Default.NextDouble();
        Tensor.ManualSeed(42);
        Assert.Equal(first, Generator.Default.NextDouble());
        Assert.Equal(new Generator(42).NextDouble(), first);
    }

    // Chi-squared: within five standard deviations of its mean, the number of bins less one.
    private static void AssertEven(int[] bins, int count)
    {
        double expected = (double)bins.Length / count;
        double chi = bins.CountBy(bin => bin).Sum(bin => (bin.Value - expected) * (bin.Value - expected) / expected);
        Assert.Equal(count, bins.Distinct().Count());
        Assert.InRange(chi, count - 1 - 5 * Math.Sqrt(2.0 * count), count - 1 + 5 * Math.Sqrt(2.0 * count));
    }
}
