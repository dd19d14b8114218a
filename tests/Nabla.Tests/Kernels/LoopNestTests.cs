using System.Runtime.InteropServices;
using Nabla.Symbolics;
using Nabla.Tests.Arrays;
using F = Nabla.Symbolics.Functions;
using ScalarProgram = Nabla.Symbolics.Program;

namespace Nabla.Tests.Kernels;

[Collection(ThreadCount.Collection)]
public sealed unsafe class LoopNestTests
{
    private static readonly Symbol U = Expr.Symbol("u"), V = Expr.Symbol("v");

    [Fact]
    public void Value_and_gradient_in_one_pass()
    {
        const int n = 10_000;
        Expr y = F.Exp(F.Tanh(U * V) + U);
        var program = ScalarProgram.Of([y, y.Diff(U), y.Diff(V)], [U, V]);
        var nest = LoopNest.Of(
            program, DType.Float64, [n],
            [new(DType.Float64, [1]), new(DType.Float64, [1])],
            [new(DType.Float64, [0], LoopFold.Sum), new(DType.Float64, [1]), new(DType.Float64, [1])]);
        double[] u = [.. Enumerable.Range(0, n).Select(i => Math.Sin(i))], v = [.. Enumerable.Range(0, n).Select(i => Math.Cos(3 * i))];
        double[] sum = new double[1], du = new double[n], dv = new double[n];
        Run(nest, [u, v], [sum, du, dv]);
        double expected = 0;
        for (int i = 0; i < n; i++)
        {
            double t = Math.Tanh(u[i] * v[i]), e = Math.Exp(t + u[i]);
            expected += e;
            Assert.Equal(e * ((v[i] * (1 - (t * t))) + 1), du[i], 1e-12);
            Assert.Equal(e * u[i] * (1 - (t * t)), dv[i], 1e-12);
        }
        Assert.Equal(expected, sum[0], 1e-8);
    }

    [Fact]
    public void Rows_are_folded_over_leading_axes()
    {
        // x [3, 5] summed over the rows, beside its products with a column, stored.
        var nest = LoopNest.Of(
            ScalarProgram.Of([U, U * V], [U, V]), DType.Float32, [3, 5],
            [new(DType.Float32, [5, 1]), new(DType.Float32, [1, 0])],
            [new(DType.Float32, [0, 1], LoopFold.Sum), new(DType.Float32, [5, 1])]);
        float[] x = [.. Enumerable.Range(0, 15).Select(i => (float)i)], column = [1, 10, 100], sums = new float[5], products = new float[15];
        Run(nest, [x, column], [sums, products]);
        Assert.Equal([15, 18, 21, 24, 27], sums);
        Assert.Equal([0, 1, 2, 3, 4, 50, 60, 70, 80, 90, 1000, 1100, 1200, 1300, 1400], products);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Random_nests_compute_what_single_numbers_give(int compiled)
    {
        var random = new Random(7);
        for (int i = 0; i < 400; i++)
        {
            var sample = new Sample(random, i);
            LoopNest nest = sample.Nest();
            if (compiled != 0) nest.CompileNow();
            double[][] actual = sample.Run(nest), expected = sample.Expected();
            for (int o = 0; o < expected.Length; o++)
                for (int j = 0; j < expected[o].Length; j++)
                    Assert.True(Close(expected[o][j], actual[o][j]), $"sample {i}, output {o} at {j}: {actual[o][j]} instead of {expected[o][j]}; {sample}; {nest.Describe()}");
        }
    }

    [Fact]
    public void Bits_do_not_depend_on_threads_or_width()
    {
        var random = new Random(11);
        for (int i = 0; i < 40; i++)
        {
            var sample = new Sample(random, i, large: true);
            double[][]? first = null;
            foreach ((int threads, int width, bool code) in ((int, int, bool)[])[(1, 512, true), (2, 512, true), (4, 256, true), (2, 128, true), (3, 512, false)])
            {
                if (width > VectorWidth.OfHardware) continue;
                using var count = new ThreadCount(threads);
                VectorWidth.Current = width;
                double[][] result;
                try
                {
                    LoopNest nest = sample.Nest();
                    if (code) nest.CompileNow();
                    result = sample.Run(nest);
                }
                finally
                {
                    VectorWidth.Current = VectorWidth.OfHardware;
                }
                first ??= result;
                for (int o = 0; o < result.Length; o++) Assert.Equal(first[o], result[o]);
            }
        }
    }

    [Fact]
    public void Short_inner_axes_are_read_as_one_with_those_before_them_as_far_as_the_outputs_allow()
    {
        // x [40, 25, 10] times y [40, 25, 1], stored, and summed over the first axis.
        var nest = LoopNest.Of(
            ScalarProgram.Of([U * V, U * V], [U, V]), DType.Float64, [40, 25, 10],
            [new(DType.Float64, [250, 10, 1]), new(DType.Float64, [25, 1, 0])],
            [new(DType.Float64, [250, 10, 1]), new(DType.Float64, [0, 10, 1], LoopFold.Sum)]);
        Assert.StartsWith("float64 loop [40, 250]", nest.Describe(), StringComparison.Ordinal);
        double[] x = [.. Enumerable.Range(0, 10_000).Select(i => (double)i)], y = [.. Enumerable.Range(0, 1000).Select(i => i % 7.0)];
        double[] products = new double[10_000], sums = new double[250];
        Run(nest, [x, y], [products, sums]);
        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => x[i] * y[i / 10]), products);
        Assert.Equal(Enumerable.Range(0, 250).Select(j => Enumerable.Range(0, 40).Sum(i => products[(i * 250) + j])), sums);
    }

    [Fact]
    public void The_rows_are_an_axis_that_is_folded_where_results_would_meet_otherwise()
    {
        // x [30, 4, 50], summed over the first axis into a result that does not lie densely.
        var nest = LoopNest.Of(
            ScalarProgram.Of([U], [U]), DType.Float64, [30, 4, 50], [new(DType.Float64, [200, 50, 1])], [new(DType.Float64, [0, 60, 1], LoopFold.Sum)]);
        Assert.StartsWith("float64 loop [4, 30, 50]", nest.Describe(), StringComparison.Ordinal);
        double[] x = [.. Enumerable.Range(0, 6000).Select(i => (double)i)], sums = new double[240];
        Run(nest, [x], [sums]);
        for (int k = 0; k < 4; k++)
            for (int j = 0; j < 50; j++) Assert.Equal(Enumerable.Range(0, 30).Sum(i => x[(200 * i) + (50 * k) + j]), sums[(60 * k) + j]);
    }

    [Fact]
    public void A_fold_over_nothing_is_neutral()
    {
        var nest = LoopNest.Of(
            ScalarProgram.Of([U, U, U], [U]), DType.Float64, [0, 2], [new(DType.Float64, [2, 1])],
            [new(DType.Float64, [0, 0], LoopFold.Sum), new(DType.Float64, [0, 1], LoopFold.Max), new(DType.Float64, [0, 0], LoopFold.Product)]);
        double[] sum = [5], max = [5, 5], product = [5];
        Run(nest, [Array.Empty<double>()], [sum, max, product]);
        Assert.Equal(0, sum[0]);
        Assert.Equal([double.NegativeInfinity, double.NegativeInfinity], max);
        Assert.Equal(1, product[0]);
    }

    [Fact]
    public void Operands_that_do_not_fit_are_named()
    {
        var program = ScalarProgram.Of([U + V], [U, V]);
        LoopOperand x = new(DType.Float32, [1]);
        Assert.Contains("2 and 1", Assert.Throws<ArgumentException>(() => LoopNest.Of(program, DType.Float32, [3], [x], [new(DType.Float32, [1])])).Message, StringComparison.Ordinal);
        Assert.Contains("2 axes", Assert.Throws<ArgumentException>(() => LoopNest.Of(program, DType.Float32, [3, 2], [x, x], [new(DType.Float32, [2, 1])])).Message, StringComparison.Ordinal);
        Assert.Contains("bool", Assert.Throws<ArgumentException>(() => LoopNest.Of(program, DType.Bool, [3], [x, x], [new(DType.Float32, [1])])).Message, StringComparison.Ordinal);
        Assert.Contains("float64", Assert.Throws<ArgumentException>(() => LoopNest.Of(program, DType.Float32, [3], [x, x], [new(DType.Float64, [0], LoopFold.Sum)])).Message, StringComparison.Ordinal);
    }

    private static bool Close(double expected, double actual) =>
        expected.Equals(actual) || Math.Abs(expected - actual) <= 1e-4 * (1 + Math.Abs(expected));

    private static void Run(LoopNest nest, Array[] inputs, Array[] outputs)
    {
        var pins = new List<GCHandle>();
        byte** from = stackalloc byte*[inputs.Length + 1], to = stackalloc byte*[outputs.Length + 1];
        for (int i = 0; i < inputs.Length; i++) from[i] = Pin(inputs[i]);
        for (int i = 0; i < outputs.Length; i++) to[i] = Pin(outputs[i]);
        nest.Run(from, to);
        foreach (GCHandle pin in pins) pin.Free();

        byte* Pin(Array array)
        {
            var pin = GCHandle.Alloc(array, GCHandleType.Pinned);
            pins.Add(pin);
            return (byte*)pin.AddrOfPinnedObject();
        }
    }

    /// <summary>A random nest: axes, types, broadcasts, transposed and spread layouts, folds over any axes.</summary>
    private sealed class Sample
    {
        private readonly int[] dims;
        private readonly DType compute;
        private readonly ScalarProgram program;
        private readonly LoopOperand[] inputs;
        private readonly LoopResult[] outputs;
        private readonly Array[] data;
        private readonly int[] sizes;

        public Sample(Random random, int seed, bool large = false)
        {
            int rank = random.Next(0, 5);
            dims = new int[rank];
            for (int axis = 0; axis < rank; axis++) dims[axis] = random.Next(6) switch { 0 => 1, 1 => 2, 2 => random.Next(3, 20), 3 => random.Next(30, 70), _ => random.Next(2, 9) };
            if (large && rank > 0) dims[random.Next(rank)] = random.Next(3000, 9000);
            while (dims.Aggregate(1L, (a, b) => a * b) > 600_000) dims[Array.IndexOf(dims, dims.Max())] /= 4;
            compute = random.Next(3) == 0 ? DType.Float64 : DType.Float32;
            program = ScalarProgram.Of([(U * V) + U, F.Select(F.Less(U, V), U, V), F.Max(U, V) - 1], [U, V]);
            inputs = new LoopOperand[2];
            data = new Array[2];
            for (int i = 0; i < 2; i++)
            {
                DType type = random.Next(4) switch { 0 => DType.Bool, 1 => DType.Int64, 2 when seed % 3 == 0 => DType.Float64, _ => compute };
                nint[] strides = Strides(random, dims, repeats: true, out int size);
                inputs[i] = new LoopOperand(type, strides);
                data[i] = Numbers(type, size, random);
            }
            outputs = new LoopResult[3];
            sizes = new int[3];
            for (int i = 0; i < 3; i++)
            {
                bool folds = random.Next(2) == 0;
                if (folds)
                {
                    nint[] strides = Strides(random, dims, repeats: true, out sizes[i]);
                    outputs[i] = new LoopResult(compute, strides, (LoopFold)(i == 0 ? 0 : 2 + random.Next(2)));
                }
                else
                {
                    nint[] strides = Strides(random, dims, repeats: false, out sizes[i]);
                    outputs[i] = new LoopResult(i == 1 && random.Next(3) == 0 ? DType.Int64 : compute, strides);
                }
            }
        }

        public LoopNest Nest() => LoopNest.Of(program.With(program.Outputs), compute, dims, inputs, outputs);

        public double[][] Run(LoopNest nest)
        {
            Array[] results = [.. outputs.Select((output, i) => Numbers(output.Type, sizes[i], null))];
            LoopNestTests.Run(nest, data, results);
            return [.. results.Select(result => result.Cast<object>().Select(Convert.ToDouble).ToArray())];
        }

        public double[][] Expected()
        {
            double[][] results = [.. sizes.Select(size => new double[size])];
            for (int i = 0; i < results.Length; i++)
                if (outputs[i].Fold is { } fold) results[i].AsSpan().Fill(double.NaN);
            var index = new int[dims.Length];
            long count = dims.Aggregate(1L, (a, b) => a * b);
            Span<double> registers = stackalloc double[program.RegisterCount];
            var seen = results.Select(result => new bool[result.Length]).ToArray();
            for (long element = 0; element < count; element++)
            {
                long rest = element;
                for (int axis = dims.Length - 1; axis >= 0; axis--)
                {
                    index[axis] = (int)(rest % dims[axis]);
                    rest /= dims[axis];
                }
                for (int i = 0; i < 2; i++) registers[i] = Convert.ToDouble(data[i].GetValue(At(inputs[i].Strides, index)));
                ScalarExecutor.Run(program, registers, compute == DType.Float32);
                for (int i = 0; i < results.Length; i++)
                {
                    int at = At(outputs[i].Strides, index);
                    double value = registers[program.Outputs[i]];
                    if (outputs[i].Type == DType.Int64) value = (long)value;
                    results[i][at] = !seen[i][at] ? value : outputs[i].Fold switch
                    {
                        LoopFold.Sum => results[i][at] + value,
                        LoopFold.Max => Math.Max(results[i][at], value),
                        LoopFold.Min => Math.Min(results[i][at], value),
                        _ => throw new InvalidOperationException("Two elements at one place."),
                    };
                    seen[i][at] = true;
                }
            }
            for (int i = 0; i < results.Length; i++)
                for (int j = 0; j < results[i].Length; j++)
                    if (!seen[i][j]) results[i][j] = 0;
            return results;
        }

        public override string ToString() => $"[{string.Join(", ", dims)}] {compute}, inputs "
            + string.Join("; ", inputs.Select(input => $"{input.Type} ({string.Join(", ", input.Strides)})"))
            + ", outputs " + string.Join("; ", outputs.Select(output => $"{output.Type} ({string.Join(", ", output.Strides)}) {output.Fold}"));

        private static int At(nint[] strides, int[] index)
        {
            nint at = 0;
            for (int axis = 0; axis < index.Length; axis++) at += strides[axis] * index[axis];
            return (int)at;
        }

        // Axes lie in memory in a random order, with gaps now and then.
        private static nint[] Strides(Random random, int[] dims, bool repeats, out int size)
        {
            int[] order = [.. Enumerable.Range(0, dims.Length).Reverse()];
            if (random.Next(3) == 0) random.Shuffle(order);
            var strides = new nint[dims.Length];
            nint step = 1;
            bool gaps = random.Next(5) == 0;
            bool all = repeats && random.Next(6) == 0;
            foreach (int axis in order)
            {
                if (all || (repeats && random.Next(3) == 0)) continue;
                if (gaps && random.Next(2) == 0) step *= 2;
                strides[axis] = step;
                step *= dims[axis];
            }
            size = (int)step;
            return strides;
        }

        private static Array Numbers(DType type, int size, Random? random)
        {
            double Next() => random is null ? 0 : (random.Next(-40, 40) / 8.0);
            return type switch
            {
                DType.Float32 => Enumerable.Range(0, size).Select(_ => (float)Next()).ToArray(),
                DType.Float64 => Enumerable.Range(0, size).Select(_ => Next()).ToArray(),
                DType.Int64 => Enumerable.Range(0, size).Select(_ => (long)Next()).ToArray(),
                _ => Enumerable.Range(0, size).Select(_ => Next() > 0 ? (byte)1 : (byte)0).ToArray(),
            };
        }
    }
}
