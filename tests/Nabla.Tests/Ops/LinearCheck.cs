namespace Nabla.Tests.Ops;

/// <summary>Checks that hold for every linear function of one tensor, of float64.</summary>
internal static class LinearCheck
{
    /// <summary>Numbers that look alike nowhere, in any shape.</summary>
    public static Tensor Sample(Shape shape, double phase = 0)
    {
        var values = new double[shape.Numel];
        for (int i = 0; i < values.Length; i++) values[i] = Math.Sin((1.7 * i) + phase) + (0.1 * i);
        return Tensor.FromSpan<double>(values, shape);
    }

    /// <summary>
    /// The tangent is f of the tangent, the gradient its transpose (VJP·u = u·JVP), and the gradient of |f(x)|² along u,
    /// differentiated again, is twice |f(u)|².
    /// </summary>
    public static void Holds(Func<Tensor, Tensor> f, params int[] shape)
    {
        Tensor x = Sample(Shape.Create(shape)), u = Sample(Shape.Create(shape), 2);
        Tensor y = f(x), fu = f(u);

        var level = new TransformLevel("test");
        (Tensor primal, Tensor? tangent) = ForwardMode.Split(f(ForwardMode.Pair(level, x, u)), level);
        Equal(y, primal);
        Equal(fu, tangent!);

        Tensor w = Sample(y.Shape, 4);
        Tensor leaf = x.Clone().RequireGrad();
        Tensor g = Autograd.Grad([f(leaf)], [leaf], [w])[0]!;
        Close(Dot(g, u), Dot(w, fu));

        leaf = x.Clone().RequireGrad();
        Tensor z = f(leaf);
        Tensor first = Autograd.Grad([(z * z).Sum()], [leaf], createGraph: true)[0]!;
        Tensor second = Autograd.Grad([(first * u).Sum()], [leaf])[0]!;
        Close(Dot(second, u), 2 * Dot(fu, fu));

        // Forward over reverse: the tangent of the gradient is the same second derivative.
        level = new TransformLevel("test");
        Tensor pair = ForwardMode.Pair(level, x, u).RequireGrad();
        z = f(pair);
        (_, Tensor? along) = ForwardMode.Split(Autograd.Grad([(z * z).Sum()], [pair])[0]!, level);
        Close(along is null ? 0 : Dot(along, u), 2 * Dot(fu, fu));
    }

    public static double Dot(Tensor a, Tensor b)
    {
        double[] x = a.ToArray<double>(), y = b.ToArray<double>();
        Assert.Equal(x.Length, y.Length);
        double sum = 0;
        for (int i = 0; i < x.Length; i++) sum += x[i] * y[i];
        return sum;
    }

    public static void Close(double a, double b) => Assert.True(Math.Abs(a - b) <= 1e-10 * (1 + Math.Abs(a)), $"{a} and {b} differ.");

    public static void Equal(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.DType, actual.DType);
        Assert.Equal(expected.ToArray<double>(), actual.ToArray<double>());
    }

    /// <summary>Compares shape and values.</summary>
    public static void Is(Tensor actual, Shape shape, params double[] values)
    {
        Assert.Equal(shape, actual.Shape);
        Assert.Equal(values, actual.ToArray<double>());
    }
}
