using System.Numerics;
using System.Text.Json;
using Nabla.Tests.Reference;

namespace Nabla.Tests.Ops;

public sealed class FftTests
{
    private static readonly JsonElement[] Cases = [.. ReferenceFile.Load("fft.json").GetProperty("cases").EnumerateArray()];

    public static TheoryData<int> Transforms() => [.. Enumerable.Range(0, Cases.Length).Where(i => Cases[i].TryGetProperty("op", out _))];

    [Theory]
    [MemberData(nameof(Transforms))]
    public void Values_and_gradients_are_those_of_PyTorch(int index)
    {
        JsonElement c = Cases[index];
        Tensor x = ComplexTests.Numbers(Shape.Create(c.GetProperty("shape").Integers()));
        if (!c.GetProperty("complex").GetBoolean()) x = x.Real.Clone();
        x.RequiresGrad = true;
        Tensor y = Call(c.Text("op"), x, c.GetProperty("parameters"));
        Assert.Equal(c.GetProperty("result_shape").Integers(), y.Shape.ToArray());
        ComplexTests.AssertClose(c.GetProperty("result").Numbers(), y, 1e-13);
        ComplexTests.Loss(y).Backward();
        Assert.Equal(x.DType, x.Grad!.DType);
        ComplexTests.AssertClose(c.GetProperty("gradient").Numbers(), x.Grad, 1e-13);
    }

    private static Tensor Call(string op, Tensor x, JsonElement parameters)
    {
        FftNorm norm = parameters.TryGetProperty("norm", out JsonElement word) ? Enum.Parse<FftNorm>(word.GetString()!, ignoreCase: true) : FftNorm.Backward;
        int? n = parameters.TryGetProperty("n", out JsonElement length) ? length.GetInt32() : null;
        int[] shape = parameters.TryGetProperty("s", out JsonElement s) ? s.Integers() : [];
        Axis? axis = null;
        Axes axes = default;
        if (parameters.TryGetProperty("dim", out JsonElement dim))
        {
            if (dim.ValueKind == JsonValueKind.Array) axes = Axes.Create([.. dim.Integers().Select(i => (Axis)i)]);
            else axis = dim.GetInt32();
        }
        return op switch
        {
            "fft" => x.Fft(n, axis, norm),
            "ifft" => x.Ifft(n, axis, norm),
            "rfft" => x.Rfft(n, axis, norm),
            "irfft" => x.Irfft(n, axis, norm),
            "hfft" => x.Hfft(n, axis, norm),
            "ihfft" => x.Ihfft(n, axis, norm),
            "fft2" => x.Fft2(shape, axes, norm),
            "ifft2" => x.Ifft2(shape, axes, norm),
            "rfft2" => x.Rfft2(shape, axes, norm),
            "irfft2" => x.Irfft2(shape, axes, norm),
            "fftn" => x.Fftn(shape, axes, norm),
            "ifftn" => x.Ifftn(shape, axes, norm),
            "rfftn" => x.Rfftn(shape, axes, norm),
            _ => x.Irfftn(shape, axes, norm),
        };
    }

    [Fact]
    public void Every_length_to_200_and_some_long_ones_agree_with_the_sum()
    {
        foreach (int n in (int[])[.. Enumerable.Range(1, 200), 211, 256, 289, 343, 360, 509, 1001, 1024])
        {
            var generator = new Generator((ulong)n);
            Complex[] x = new Complex[n];
            double[] parts = Tensor.RandN([2 * n], DType.Float64, generator: generator).ToArray();
            for (int j = 0; j < n; j++) x[j] = new Complex(parts[2 * j], parts[(2 * j) + 1]);
            Tensor t = Tensor.FromSpan<Complex>(x);
            double size = Math.Sqrt(x.Sum(z => z.Magnitude * z.Magnitude) * n);
            Complex[] y = t.Fft().ToArray<Complex>(), half = t.Real.Rfft().ToArray<Complex>();
            Assert.Equal((n / 2) + 1, half.Length);
            for (int k = 0; k < n; k++)
            {
                Complex sum = 0, real = 0;
                for (int j = 0; j < n; j++)
                {
                    (double s, double c) = double.SinCosPi(2.0 * ((long)j * k % n) / n);
                    sum += x[j] * new Complex(c, -s);
                    real += x[j].Real * new Complex(c, -s);
                }
                Assert.True((sum - y[k]).Magnitude <= 2e-14 * size, $"length {n}, number {k}: {y[k]}, the sum is {sum}");
                if (k < half.Length) Assert.True((real - half[k]).Magnitude <= 2e-14 * size, $"real, length {n}, number {k}: {half[k]}, the sum is {real}");
            }
            Assert.True((t.Fft().Ifft() - t).Abs().Max().Item() <= 1e-14 * size);
            Assert.True((t.Real.Rfft().Irfft(n) - t.Real).Abs().Max().Item() <= 1e-14 * size);
        }
    }

    [Theory]
    [InlineData(1 << 17)]
    [InlineData(100_003)]
    [InlineData(99_225)]
    public void Long_transforms_lose_no_digits(int n)
    {
        Tensor x = Tensor.RandN([n], DType.Float64, generator: new Generator(3));
        Tensor y = Tensor.Complex(x, x.Flip());
        Assert.True((y.Fft().Ifft() - y).Abs().Max().Item() < 3e-14);
        Assert.True((x.Rfft().Irfft(n) - x).Abs().Max().Item() < 3e-14);

        // A wave has one number, with all of its energy.
        Tensor phase = Tensor.FromSpan<double>([.. Enumerable.Range(0, n).Select(j => 2.0 * (7L * j % n) / n)]) * Math.PI;
        Complex[] wave = Tensor.Polar(Tensor.Ones([n], DType.Float64), phase).Fft(norm: FftNorm.Forward).ToArray<Complex>();
        for (int k = 0; k < n; k++) Assert.True((wave[k] - (k == 7 ? 1 : 0)).Magnitude < 1e-14);
    }

    [Fact]
    public void Single_precision_stays_single()
    {
        Tensor x = Tensor.RandN([3, 50], generator: new Generator(1));
        Assert.Equal(DType.Complex64, x.Fft().DType);
        Assert.Equal(DType.Float32, x.Rfft().Irfft().DType);
        Assert.True((x.Rfft().Irfft() - x).Abs().Max().Item() < 1e-6);
        Assert.Equal(DType.Complex64, Tensor.Arange(5).Fft().DType);
    }

    [Fact]
    public void Derivatives_pass_GradCheck_in_both_modes_and_orders()
    {
        Tensor z = Tensor.RandN([3, 5, 2], DType.Float64, generator: new Generator(2));
        Func<Tensor, Tensor>[] functions =
        [
            x => x.ViewAsComplex().Fft().Square().ViewAsReal(),
            x => x.ViewAsComplex().Ifft(7, 0, FftNorm.Ortho).Exp().ViewAsReal(),
            x => x.Select(2, 0).Rfft(axis: 0).Abs(),
            x => x.Select(2, 0).Rfft(6).Abs().Log(),
            x => x.ViewAsComplex().Irfft(5, 1).Square(),
            x => x.ViewAsComplex().Irfft().Exp(),
            x => x.ViewAsComplex().Fftn([4, 4]).Square().ViewAsReal(),
            x => x.ViewAsComplex().Hfft().Square(),
        ];
        foreach (Func<Tensor, Tensor> f in functions)
        {
            GradCheck.Assert(f, z);
            Tensor u = Tensor.RandN(z.Shape, DType.Float64, generator: new Generator(4));
            Func<Tensor, Tensor> loss = x => f(x).Square().Sum();
            Tensor byReverse = Functional.Grad(x => (Functional.Grad(loss)(x) * u).Sum())(z);
            Tensor byForward = Functional.Jvp(Functional.Grad(loss), z, u).Tangent;
            Assert.True((byReverse - byForward).Abs().Max().Item() <= 1e-10 * byForward.Abs().Max().Item());
        }
    }

    [Fact]
    public void Vmap_is_a_loop()
    {
        Tensor x = Tensor.RandN([4, 6], DType.Float64, generator: new Generator(5));
        Func<Tensor, Tensor> f = row => (row.Rfft() * row.Fft(4).Conj()[..4]).Irfft(5);
        Tensor all = Functional.Vmap(f)(x), columns = Functional.Vmap(f, inAxis: 1)(x.T);
        Tensor loop = Tensor.Stack([.. Enumerable.Range(0, 4).Select(i => f(x[i]))]);
        Assert.True((all - loop).Abs().Max().Item() < 1e-14);
        Assert.True((columns - loop).Abs().Max().Item() < 1e-14);
        Tensor gradient = Functional.Vmap(Functional.Grad(row => f(row).Square().Sum()))(x);
        Tensor gradients = Tensor.Stack([.. Enumerable.Range(0, 4).Select(i => Functional.Grad(row => f(row).Square().Sum())(x[i]))]);
        Assert.True((gradient - gradients).Abs().Max().Item() < 1e-12);
    }

    [Fact]
    public void A_convolution_is_a_product_of_transforms()
    {
        Tensor a = Tensor.FromSpan<double>([1, 2, 3]), b = Tensor.FromSpan<double>([4, -1, 0.5]);
        Tensor c = (a.Rfft(5) * b.Rfft(5)).Irfft(5);
        double[] expected = [4, 7, 10.5, -2, 1.5];
        Assert.All(expected.Zip(c.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-14));
    }

    [Fact]
    public void Frequencies_and_shifts()
    {
        Assert.Equal([0, 0.25, -0.5, -0.25], Tensor.FftFreq(4).ToArray());
        Assert.Equal([0, 1, 2, -2, -1], Tensor.FftFreq(5, 0.2, DType.Float64).ToArray());
        Assert.Equal([0, 0.5, 1], Tensor.RfftFreq(5, 0.4, DType.Float64).ToArray());
        Assert.Equal([-2, -1, 0, 1, 2], Tensor.FftFreq(5, 0.2, DType.Float64).FftShift().ToArray());
        Tensor x = Tensor.Arange(20).Reshape(4, 5);
        Assert.Equal(x.ToArray(), x.FftShift().IfftShift().ToArray());
        Assert.Equal(x.Roll([2, 2], [0, 1]).ToArray(), x.FftShift().ToArray());
    }

    [Fact]
    public void Bad_arguments_are_named()
    {
        Tensor x = Tensor.Zeros([3, 4]);
        Assert.Contains("n must be positive, got 0", Assert.Throws<ArgumentOutOfRangeException>(() => x.Fft(0)).Message);
        Assert.Contains("axis 2 does not exist", Assert.Throws<ArgumentOutOfRangeException>(() => x.Rfft(axis: 2)).Message);
        Assert.Contains("length 0", Assert.Throws<ShapeException>(() => Tensor.Zeros([2, 0]).Fft()).Message);
        Assert.Contains("length 0", Assert.Throws<ShapeException>(() => Tensor.Zeros([2, 1]).Irfft()).Message);
        Assert.Contains("Rfft: needs real tensors", Assert.Throws<DTypeException>(() => x.Fft().Rfft()).Message);
        Assert.Contains("at least one axis", Assert.Throws<ShapeException>(() => Tensor.Zeros([]).Fft()).Message);
        Assert.Contains("1 lengths [4] for 2 axes", Assert.Throws<ArgumentException>(() => x.Fft2([4])).Message);
        Assert.Equal(0, Tensor.Zeros([0, 4]).Fft().Numel);
    }
}
