namespace Nabla.Symbolics.Tests;

public class VectorAccuracyTests
{
    // name, largest error of the float kernel in ulp, of the double kernel in ulp, and the interval swept in float
    public static TheoryData<string, double, double, double, double> Unary => new()
    {
        { "exp", 1.5, 2, -1e38, 1e38 },
        { "exp2", 1.5, 2, -1e38, 1e38 },
        { "expm1", 2, 2, -1e38, 1e38 },
        { "log", 1.5, 2, 0, 3.4e38 },
        { "log2", 2, 2, 0, 3.4e38 },
        { "log10", 2, 2, 0, 3.4e38 },
        { "log1p", 2, 2, -1, 3.4e38 },
        { "sigmoid", 2, 2, -1e38, 1e38 },
        { "softplus", 2, 2, -1e38, 1e38 },
        { "sin", 1.5, 2, -1e38, 1e38 },
        { "cos", 1.5, 2, -1e38, 1e38 },
        { "tan", 2, 2, -1e38, 1e38 },
        { "asin", 2, 2, -1, 1 },
        { "acos", 2, 2, -1, 1 },
        { "atan", 2, 2, -3.4e38, 3.4e38 },
        { "sinh", 2, 2, -3.4e38, 3.4e38 },
        { "cosh", 2, 2, -3.4e38, 3.4e38 },
        { "tanh", 2, 2, -3.4e38, 3.4e38 },
        { "asinh", 0.51, 4, -3.4e38, 3.4e38 },
        { "acosh", 0.51, 4, 1, 3.4e38 },
        { "atanh", 0.51, 4, -1, 1 },
        { "erf", 2, 2, -3.4e38, 3.4e38 },
        { "erfc", 0.51, 2, -3.4e38, 3.4e38 },
        { "erfinv", 0.51, 4, -1, 1 },
        { "lgamma", 0.51, 4, 0, 3.4e38 },
        { "digamma", 0.51, 4, 0, 3.4e38 },
        { "i0", 0.51, 4, -100, 100 },
        { "i1", 0.51, 4, -100, 100 },
        { "i0e", 0.51, 4, -1e38, 1e38 },
        { "i1e", 0.51, 4, -1e38, 1e38 },
    };

    public static TheoryData<string, double, double> Binary => new()
    {
        { "pow", 0.51, 2 },
        { "atan2", 2, 2 },
        { "polygamma", 0.51, 6 },
        { "zeta", 0.51, 6 },
    };

    [Theory]
    [MemberData(nameof(Unary))]
    public void Float_kernels_stay_within_their_bound(string name, double floatBound, double doubleBound, double low, double high)
    {
        _ = doubleBound;
        float[] x = VectorSamples.Floats(low, high), y = new float[x.Length];
        VectorKernels.For(name)!.F1!(x, y);
        Func<double, double> f = VectorSamples.Scalar<Func<double, double>>(name);
        int worst = 0;
        double error = -1;
        for (int i = 0; i < x.Length; i++)
        {
            double e = VectorSamples.Ulps(y[i], f(x[i]));
            if (e > error)
                (worst, error) = (i, e);
        }
        Assert.True(error <= floatBound, $"{name}({x[worst]:R}) = {y[worst]:R}, not {f(x[worst]):R}: {error:F3} ulp");
    }

    [Theory]
    [MemberData(nameof(Unary))]
    public void Double_kernels_agree_with_sixty_digits(string name, double floatBound, double doubleBound, double low, double high)
    {
        _ = floatBound + low + high;
        VectorSamples.Row[] rows = [.. VectorSamples.Table.Where(r => r.Name == name && !NearNegativeZero(r))];
        double[] x = [.. rows.Select(r => r.A)], y = new double[x.Length];
        VectorKernels.For(name)!.D1!(x, y);
        Compare(rows, y, doubleBound);
    }

    [Theory]
    [MemberData(nameof(Binary))]
    public void Binary_double_kernels_agree_with_sixty_digits(string name, double floatBound, double doubleBound)
    {
        _ = floatBound;
        VectorSamples.Row[] rows = [.. VectorSamples.Table.Where(r => r.Name == name && !NearNegativeZero(r))];
        double[] a = [.. rows.Select(r => r.A)], b = [.. rows.Select(r => r.B)], y = new double[a.Length];
        VectorKernels.For(name)!.D2!(a, b, y);
        Compare(rows, y, doubleBound);
    }

    [Theory]
    [InlineData("pow", 0.51)]
    [InlineData("atan2", 2)]
    [InlineData("fmod", 0)]
    [InlineData("remainder", 0.51)]
    public void Binary_float_kernels_stay_within_their_bound(string name, double bound)
    {
        float[] a = VectorSamples.Floats(-1e38, 1e38), b = [.. a.Skip(1), 1f], y = new float[a.Length];
        if (name == "pow")
        {
            for (int i = 0; i < a.Length; i++)
                (a[i], b[i]) = (Math.Abs(a[i]), Math.Abs(b[i]) > 1000 ? (float)Math.Log(Math.Abs(b[i])) : b[i]);
        }
        VectorKernels.For(name)!.F2!(a, b, y);
        Func<double, double, double> f = VectorSamples.Scalar<Func<double, double, double>>(name);
        for (int i = 0; i < a.Length; i++)
        {
            double error = VectorSamples.Ulps(y[i], f(a[i], b[i]));
            Assert.True(error <= bound, $"{name}({a[i]:R}, {b[i]:R}) = {y[i]:R}, not {f(a[i], b[i]):R}: {error:F3} ulp");
        }
    }

    [Theory]
    [MemberData(nameof(Unary))]
    public void Scalar_functions_agree_with_sixty_digits(string name, double floatBound, double doubleBound, double low, double high)
    {
        _ = floatBound + low + high;
        VectorSamples.Row[] rows = [.. VectorSamples.Table.Where(r => r.Name == name && !NearNegativeZero(r))];
        Func<double, double> f = VectorSamples.Scalar<Func<double, double>>(name);
        Compare(rows, [.. rows.Select(r => f(r.A))], doubleBound);
    }

    [Fact]
    public void Between_the_poles_the_gamma_functions_are_good_to_an_absolute_error()
    {
        foreach (VectorSamples.Row row in VectorSamples.Table.Where(NearNegativeZero))
        {
            double got = row.Name is "polygamma" or "zeta"
                ? VectorSamples.Scalar<Func<double, double, double>>(row.Name)(row.A, row.B)
                : VectorSamples.Scalar<Func<double, double>>(row.Name)(row.A);
            Assert.True(Math.Abs(got - row.Value) <= 1e-14 * Math.Max(10, Math.Abs(row.Value)), $"{row.Name}({row.A:R}, {row.B:R}) = {got:R}, not {row.Value:R}");
        }
    }

    // Reflected values are sums that nearly cancel close to the zeros between the poles.
    private static bool NearNegativeZero(VectorSamples.Row row) => row.Name switch
    {
        "lgamma" or "digamma" => row.A < -1e-3,
        "polygamma" or "zeta" => row.B < 0,
        _ => false,
    };

    private static void Compare(VectorSamples.Row[] rows, double[] y, double bound)
    {
        Assert.NotEmpty(rows);
        int worst = 0;
        double error = -1;
        for (int i = 0; i < rows.Length; i++)
        {
            double e = VectorSamples.Ulps(y[i], rows[i].Value);
            if (e > error)
                (worst, error) = (i, e);
        }
        Assert.True(error <= bound, $"{rows[worst].Name}({rows[worst].A:R}, {rows[worst].B:R}) = {y[worst]:R}, not {rows[worst].Value:R}: {error:F1} ulp");
    }
}
