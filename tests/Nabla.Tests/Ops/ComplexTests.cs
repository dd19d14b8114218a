using System.Numerics;
using System.Text.Json;
using Nabla.Tests.Reference;

namespace Nabla.Tests.Ops;

public sealed class ComplexTests
{
    private static readonly JsonElement[] Cases = [.. ReferenceFile.Load("fft.json").GetProperty("cases").EnumerateArray()];

    public static TheoryData<string> Arithmetic() => [.. Cases.Where(c => c.TryGetProperty("arithmetic", out _)).Select(c => c.Text("arithmetic"))];

    public static TheoryData<int> Printed() => [.. Enumerable.Range(0, Cases.Length).Where(i => Cases[i].TryGetProperty("printed", out _))];

    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> Calls = new()
    {
        ["add"] = (x, y) => x + y,
        ["sub"] = (x, y) => x - y,
        ["mul"] = (x, y) => x * y,
        ["div"] = (x, y) => x / y,
        ["neg"] = (x, y) => -x,
        ["square"] = (x, y) => x.Square(),
        ["reciprocal"] = (x, y) => x.Reciprocal(),
        ["exp"] = (x, y) => x.Exp(),
        ["log"] = (x, y) => x.Log(),
        ["abs"] = (x, y) => x.Abs(),
        ["angle"] = (x, y) => x.Angle(),
        ["conj"] = (x, y) => x.Conj() * y,
        ["real"] = (x, y) => x.Real,
        ["imag"] = (x, y) => x.Imag,
        ["times_real"] = (x, y) => x * y.Real,
        ["over_real"] = (x, y) => x / y.Real,
        ["real_over"] = (x, y) => x.Real / y,
        ["matmul"] = (x, y) => x.Reshape(2, 2).MatMul(y.Reshape(2, 2)),
        ["sum"] = (x, y) => x.Sum() * y,
        ["cumsum"] = (x, y) => x.CumSum(0) * y,
        ["gather"] = (x, y) => x[Tensor.FromSpan<long>([0, 2, 2, 1])] * y,
        ["outer"] = (x, y) => x.Outer(y),
        ["mean"] = (x, y) => x.Mean() + y,
        ["polar"] = (x, y) => Tensor.Polar(x.Real.Square(), y.Imag),
    };

    [Theory]
    [MemberData(nameof(Arithmetic))]
    public void Values_and_gradients_are_those_of_PyTorch(string name)
    {
        JsonElement c = Cases.Single(one => one.TryGetProperty("arithmetic", out JsonElement word) && word.GetString() == name);
        Tensor x = Numbers(4).RequireGrad(), y = Numbers(4, 4).RequireGrad();
        Tensor result = Calls[name](x, y);
        AssertClose(c.GetProperty("result").Numbers(), result, 1e-14);
        Tensor?[] gradients = Autograd.Grad([Loss(result)], [x, y], allowUnused: true);
        AssertClose(c.GetProperty("x").Numbers(), gradients[0]!, 1e-13);
        if (c.GetProperty("y").ValueKind == JsonValueKind.Null) Assert.Null(gradients[1]);
        else AssertClose(c.GetProperty("y").Numbers(), gradients[1]!, 1e-13);
    }

    [Theory]
    [MemberData(nameof(Arithmetic))]
    public void Both_modes_agree_with_differences_twice(string name)
    {
        Func<Tensor, Tensor, Tensor> call = Calls[name];
        Tensor F(Tensor x, Tensor y) => call(x.ViewAsComplex(), y.ViewAsComplex()) is var z && z.IsComplex ? z.ViewAsReal() : z;
        Tensor x = Numbers(4).ViewAsReal().Clone(), y = Numbers(4, 4).ViewAsReal().Clone();
        GradCheck.Assert(xs => F(xs[0], xs[1]), [x, y]);
        Tensor u = Tensor.RandN(x.Shape, DType.Float64, generator: new Generator(4));
        Tensor L(Tensor at) => F(at, y).Square().Sum();
        Tensor byReverse = Functional.Grad(at => (Functional.Grad(L)(at) * u).Sum())(x);
        Tensor byForward = Functional.Jvp(Functional.Grad(L), x, u).Tangent;
        Assert.True((byReverse - byForward).Abs().Max().Item() <= 1e-10 * (1 + byForward.Abs().Max().Item()));
    }

    [Theory]
    [MemberData(nameof(Arithmetic))]
    public void Vmap_is_a_loop(string name)
    {
        Tensor x = Numbers((3, 4)), y = Numbers((3, 4), 12);
        Func<Tensor, Tensor, Tensor> call = Calls[name];
        Tensor all = Functional.Vmap(call)(x, y);
        Tensor loop = Tensor.Stack([.. Enumerable.Range(0, 3).Select(i => call(x[i], y[i]))]);
        Assert.True((all - loop).Abs().Max().Item() < 1e-14);
    }

    [Theory]
    [MemberData(nameof(Printed))]
    public void Prints_as_PyTorch(int index)
    {
        JsonElement c = Cases[index];
        DType dtype = c.Text("dtype") == "complex64" ? DType.Complex64 : DType.Complex128;
        int[] shape = c.GetProperty("shape").Integers();
        Tensor x = Tensor.FromSpan<double>(c.GetProperty("values").Numbers()).Reshape([.. shape, 2]).ViewAsComplex().To(dtype);
        Assert.Equal(c.Text("printed"), x.ToString());
    }

    [Fact]
    public void Every_operation_takes_complex_numbers_rightly_or_refuses_them_by_name()
    {
        // Moves and sums act on the parts alike: what an operation gives is what it gives for the real and imaginary parts.
        // (A frame of one value is no linear function; that value is real.)
        int linear = 0, refused = 0;
        foreach (OpRow row in OpTable.Rows)
        {
            if (row.Elementwise is not null || row.Kind == OpKind.Composite) continue;
            foreach (Sample sample in OpCalls.For(row))
            {
                Tensor[] re = sample.Inputs(1), im = sample.Inputs(2);
                if (Array.Exists(re, x => !x.DType.IsFloatingPoint())) continue;
                Tensor[] z = [.. re.Zip(im, Tensor.Complex)];
                try
                {
                    Tensor y = sample.Call(z);
                    if (row.Kind != OpKind.Linear || !y.IsComplex || row.Name is "Conj" or "ViewAsReal" or "Pad" || row.Name.Contains("ft", StringComparison.Ordinal)) continue;
                    Tensor expected = Tensor.Complex(sample.Call(re), sample.Call(im));
                    Assert.True(y.Numel == 0 || (y - expected).Abs().Max().Item() < 1e-12, sample.ToString());
                    linear++;
                }
                catch (DTypeException refusal)
                {
                    Assert.Contains("complex", refusal.Message);
                    refused++;
                }
            }
        }
        Assert.True(linear > 60 && refused > 60, $"{linear} samples of linear operations, {refused} refusals");
    }

    [Fact]
    public void Elementwise_operations_without_a_complex_rule_refuse()
    {
        string[] known = ["Add", "Sub", "Mul", "Div", "Neg", "Square", "Reciprocal", "Exp", "Log", "Abs", "Angle", "Eq", "Ne", "Where"];
        foreach (OpRow row in OpTable.Rows)
        {
            if (row.Elementwise is not { } op || known.Contains(row.Name)) continue;
            Tensor[] z = [.. Enumerable.Repeat(Numbers(3), op.Arity)];
            Assert.Contains($"{op.Name}: is not defined for complex numbers", Assert.Throws<DTypeException>(() => op.Apply(z)).Message);
        }
    }

    [Fact]
    public void Types_promote_as_in_PyTorch()
    {
        Tensor c64 = Tensor.Zeros([2], DType.Complex64), c128 = Tensor.Zeros([2], DType.Complex128);
        Tensor f32 = Tensor.Zeros([2]), f64 = Tensor.Zeros([2], DType.Float64), scalar = Tensor.Zeros([], DType.Complex64);
        Assert.Equal(DType.Complex64, (c64 + f32).DType);
        Assert.Equal(DType.Complex128, (c64 + f64).DType);
        Assert.Equal(DType.Complex128, (c64 * c128).DType);
        Assert.Equal(DType.Complex64, (c64 * 2.5).DType);
        Assert.Equal(DType.Complex64, (c64 + Tensor.Zeros([], DType.Float64)).DType);
        Assert.Equal(DType.Complex128, (f64 + scalar).DType);
        Assert.Equal(DType.Complex64, (f32 * Complex.ImaginaryOne).DType);
        Assert.Equal(DType.Complex128, (f64 * Complex.ImaginaryOne).DType);
        Assert.Equal(DType.Complex64, (Tensor.Arange(2) * Complex.ImaginaryOne).DType);
        Assert.Equal(DType.Complex64, (c64 * Complex.ImaginaryOne).DType);
    }

    [Fact]
    public void Numbers_go_in_and_out()
    {
        Complex[] values = [new(1, 2), new(3, -4)];
        Tensor z = Tensor.FromArray(values);
        Assert.Equal(values, z.ToArray<Complex>());
        Tensor literal = [new Complex(1, 2), 3.0];
        Assert.Equal((DType.Complex64, 2.0), (literal.DType, literal.Imag[0].Item()));
        Assert.Equal(values[1], z[1].Item<Complex>());
        Assert.Equal(values[1], z.To(DType.Complex64)[1].Item<Complex>());
        Assert.Equal([1, 3], z.Real.ToArray());
        Assert.Equal([2, -4], z.Imag.ToArray());
        Assert.Equal(5, z.Abs()[1].Item());
        Assert.Equal([true, false], z.Eq(Tensor.FromArray(new[] { new Complex(1, 2), new Complex(3, 4) })).ToArray<bool>());
    }

    [Fact]
    public void Real_and_imaginary_parts_are_views()
    {
        Tensor z = Tensor.Zeros([2], DType.Complex128);
        z.Imag.AddInPlace(3.0);
        z.Real[1].SubInPlace(1.0);
        Assert.Equal([new Complex(0, 3), new Complex(-1, 3)], z.ToArray<Complex>());
        z.MulInPlace(Complex.ImaginaryOne);
        Assert.Equal([new Complex(-3, 0), new Complex(-3, -1)], z.ToArray<Complex>());

        Tensor x = Numbers(2).RequireGrad(), y = x.Clone();
        y.Imag.MulInPlace(2.0);
        (y.Real + y.Imag).Sum().Backward();
        Assert.Equal([new Complex(1, 2), new Complex(1, 2)], x.Grad!.ToArray<Complex>());
    }

    [Fact]
    public void Gradients_that_meet_are_added()
    {
        Tensor z = Numbers(3).RequireGrad();
        (z * z.Conj()).Real.Sum().Backward();
        (z.Real + z.Imag).Sum().Backward();
        Assert.Equal(((2 * z.Detach()) + new Complex(1, 1)).ToArray<Complex>(), z.Grad!.ToArray<Complex>());
    }

    [Fact]
    public void Length_and_angle_of_zero_have_no_gradient()
    {
        Tensor z = Tensor.Zeros([2], DType.Complex128).RequireGrad();
        (z.Abs() + z.Angle()).Sum().Backward();
        Assert.Equal([Complex.Zero, Complex.Zero], z.Grad!.ToArray<Complex>());
    }

    [Fact]
    public void Large_and_small_numbers_divide_without_overflow()
    {
        foreach (double scale in (double[])[1e-200, 1, 1e200])
        {
            Complex quotient = (Tensor.FromArray(new[] { new Complex(3, 4) * scale }) / Tensor.FromArray(new[] { new Complex(1, -2) * scale }))[0].Item<Complex>();
            Assert.Equal(-1, quotient.Real, 1e-14);
            Assert.Equal(2, quotient.Imaginary, 1e-14);
        }
    }

    [Fact]
    public void What_has_no_meaning_says_so()
    {
        Tensor z = Numbers(3).RequireGrad();
        Assert.Contains("Backward: the output is complex128", Assert.Throws<AutogradException>(() => z.Sum().Backward()).Message);
        Assert.Contains("imaginary parts would be lost", Assert.Throws<DTypeException>(() => z.To(DType.Float64)).Message);
        Assert.Contains("imaginary parts would be lost", Assert.Throws<DTypeException>(() => z.ToArray()).Message);
        Assert.Contains("Item<Complex>()", Assert.Throws<DTypeException>(() => z[0].Item()).Message);
        Assert.Contains("Imag: needs a complex tensor", Assert.Throws<DTypeException>(() => Tensor.Zeros(3).Imag).Message);
        Assert.Contains("last axis must hold pairs", Assert.Throws<ShapeException>(() => Tensor.Zeros(3).ViewAsComplex()).Message);
        Assert.Contains("complex", Assert.Throws<DTypeException>(() => Tensor.Zeros(3).AddInPlace(z.Detach())).Message);
        Assert.Contains("Max", Assert.Throws<DTypeException>(() => z.Max(0)).Message);
        Assert.Contains("complex", Assert.Throws<TraceException>(() => Formula.Trace(x => Tensor.Complex(x, x).Abs(), 2)).Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Rfft", Assert.Throws<TraceException>(() => Formula.Trace(x => x.Rfft().Abs(), 4)).Message);
    }

    /// <summary>The numbers of the reference: sin(1 + i) + i·cos(3 + 2i), counted from a first i.</summary>
    internal static Tensor Numbers(Shape shape, int first = 0)
    {
        var values = new Complex[shape.Numel];
        for (int i = 0; i < values.Length; i++) values[i] = new Complex(Math.Sin(1 + first + i), Math.Cos(3 + (2 * (first + i))));
        return Tensor.FromSpan<Complex>(values, shape);
    }

    /// <summary>The loss of the reference.</summary>
    internal static Tensor Loss(Tensor y)
    {
        Tensor i = Tensor.Arange(0, y.Numel).Reshape(y.Shape);
        Tensor real = 0.5 + (0.25 * i.Remainder(5).Double()), imag = 0.3 - (0.2 * i.Remainder(3).Double());
        return y.IsComplex ? ((real * y.Real) + (imag * y.Imag)).Sum() : (real * y).Sum();
    }

    internal static void AssertClose(double[] expected, Tensor actual, double tolerance)
    {
        double[] values = (actual.IsComplex ? actual.ViewAsReal() : actual).ToArray();
        Assert.Equal(expected.Length, values.Length);
        double size = Math.Max(1, expected.Max(Math.Abs));
        for (int i = 0; i < values.Length; i++) Assert.True(Math.Abs(values[i] - expected[i]) <= tolerance * size, $"number {i}: {values[i]:R}, expected {expected[i]:R}");
    }
}
