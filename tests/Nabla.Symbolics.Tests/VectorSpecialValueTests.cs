namespace Nabla.Symbolics.Tests;

public class VectorSpecialValueTests
{
    public static TheoryData<string> Unary => [.. VectorKernels.Names.Where(n => VectorKernels.For(n)!.F1 is not null)];

    public static TheoryData<string> Binary => [.. VectorKernels.Names.Where(n => VectorKernels.For(n)!.F2 is not null)];

    [Theory]
    [MemberData(nameof(Unary))]
    public void Unary_kernels_treat_special_arguments_as_the_scalar_function_does(string name)
    {
        VectorKernel kernel = VectorKernels.For(name)!;
        Func<double, double> f = VectorSamples.Scalar<Func<double, double>>(name);
        double[] x = VectorSamples.Special, y = new double[x.Length];
        float[] single = [.. x.Select(v => (float)v)], z = new float[x.Length];
        kernel.D1!(x, y);
        kernel.F1!(single, z);
        for (int i = 0; i < x.Length; i++)
        {
            Assert.True(Close(y[i], f(x[i]), 1e-14), $"{name}({x[i]:R}) = {y[i]:R}, not {f(x[i]):R}");
            double expected = f(single[i]);
            Assert.True(VectorSamples.Ulps(z[i], expected) <= 2 && (z[i] != 0 || float.IsNegative(z[i]) == double.IsNegative(expected)),
                $"{name}({single[i]:R}f) = {z[i]:R}, not {expected:R}");
        }
    }

    [Theory]
    [MemberData(nameof(Binary))]
    public void Binary_kernels_treat_special_arguments_as_the_scalar_function_does(string name)
    {
        VectorKernel kernel = VectorKernels.For(name)!;
        Func<double, double, double> f = VectorSamples.Scalar<Func<double, double, double>>(name);
        foreach (double first in VectorSamples.Special)
        {
            double[] b = VectorSamples.Special, a = [.. b.Select(_ => first)], y = new double[b.Length];
            float[] singleA = [.. a.Select(v => (float)v)], singleB = [.. b.Select(v => (float)v)], z = new float[b.Length];
            kernel.D2!(a, b, y);
            kernel.F2!(singleA, singleB, z);
            for (int i = 0; i < b.Length; i++)
            {
                Assert.True(Close(y[i], f(a[i], b[i]), 1e-14), $"{name}({a[i]:R}, {b[i]:R}) = {y[i]:R}, not {f(a[i], b[i]):R}");
                double expected = f(singleA[i], singleB[i]);
                Assert.True(VectorSamples.Ulps(z[i], expected) <= 2, $"{name}({singleA[i]:R}f, {singleB[i]:R}f) = {z[i]:R}, not {expected:R}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Unary))]
    public void Every_bit_pattern_of_nan_stays_nan(string name)
    {
        VectorKernel kernel = VectorKernels.For(name)!;
        if (!double.IsNaN(VectorSamples.Scalar<Func<double, double>>(name)(double.NaN)))
            return;
        float[] x = new float[64], y = new float[64];
        double[] v = new double[128], w = new double[128];
        for (int i = 0; i < 64; i++)
        {
            x[i] = BitConverter.Int32BitsToSingle(0x7FC00000 | (i * 0x1357));
            v[2 * i] = -BitConverter.Int64BitsToDouble(0x7FF8000000000000 | (i * 0x135713571L));
            v[(2 * i) + 1] = BitConverter.Int64BitsToDouble(0x7FF8000000000000 + i);
        }
        kernel.F1!(x, y);
        kernel.D1!(v, w);
        Assert.All(y, z => Assert.Equal(float.NaN, z));
        Assert.All(w, z => Assert.Equal(double.NaN, z));
    }

    [Fact]
    public void Integer_kernels_wrap_around_and_floor_like_python()
    {
        Assert.Equal([27, -27, 1L << 40, 1, 0, -1], Run("pow", [3, -3, 2, 5, 3, -1], [3, 3, 40, 0, -1, -3]));
        Assert.Equal([-1, 1, 2, -1, 0], Run("remainder", [3, -3, 2, 5, long.MinValue], [-2, 2, 3, -3, -1]));
        Assert.Equal([1, -1, 2, 2, 0], Run("fmod", [3, -3, 2, 5, long.MinValue], [-2, 2, 3, -3, -1]));
        Assert.Equal([long.MinValue, 5], Run("max", [long.MinValue, 5], [long.MinValue, -5]));
        long[] abs = new long[3];
        VectorKernels.For("abs")!.I1!([long.MinValue, -3, 4], abs);
        Assert.Equal([long.MinValue, 3, 4], abs);
        Assert.Throws<DivideByZeroException>(() => Run("remainder", [1], [0]));
    }

    [Fact]
    public void Select_ignores_what_it_does_not_choose()
    {
        double[] y = new double[4];
        VectorKernels.For("select")!.D3!([1, 0, double.NaN, -0.0], [1, double.NaN, 2, double.NaN], [double.NaN, 3, double.NaN, 4], y);
        Assert.Equal([1, 3, 2, 4], y);
    }

    [Fact]
    public void Every_kernel_has_its_scalar_function()
    {
        foreach (string name in VectorKernels.Names)
        {
            VectorKernel kernel = VectorKernels.For(name)!;
            Delegate scalar = kernel.D1 is not null ? VectorSamples.Scalar<Func<double, double>>(name)
                : kernel.D2 is not null ? VectorSamples.Scalar<Func<double, double, double>>(name)
                : VectorSamples.Scalar<Func<double, double, double, double>>(name);
            Assert.NotNull(scalar);
        }
    }

    private static long[] Run(string name, long[] a, long[] b)
    {
        long[] y = new long[a.Length];
        VectorKernels.For(name)!.I2!(a, b, y);
        return y;
    }

    private static bool Close(double got, double expected, double tolerance)
    {
        if (got.Equals(expected))
            return got != 0 || double.IsNegative(got) == double.IsNegative(expected);
        return Math.Abs(got - expected) <= tolerance * Math.Abs(expected) + 1e-323;
    }
}
