namespace Nabla.Symbolics.Tests;

public class VectorWidthTests
{
    public static TheoryData<string> Names => [.. VectorKernels.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_width_length_and_alignment_gives_the_same_bits(string name)
    {
        VectorKernel kernel = VectorKernels.For(name)!;
        Check(kernel.F1, kernel.F2, kernel.F3, x => (float)x, VectorSamples.Bits);
        Check(kernel.D1, kernel.D2, kernel.D3, x => x, VectorSamples.Bits);
        Check(kernel.I1, kernel.I2, kernel.I3, x => Math.Abs(x) is > 0 and < 100 ? (long)(x * 3) | 1 : 3, x => x);
    }

    [Fact]
    public void A_kernel_with_a_body_names_the_operator_that_it_runs()
    {
        foreach (string name in VectorKernels.Names)
        {
            VectorKernel kernel = VectorKernels.For(name)!;
            foreach (Type body in new[] { kernel.FloatBody, kernel.DoubleBody, kernel.LongBody }.OfType<Type>())
                Assert.NotNull(body.GetMethod("Apply"));
        }

        Assert.Equal(typeof(VectorExp.ExpD), VectorKernels.For("exp")!.Body<double>());
        Assert.Null(VectorKernels.For("exp")!.Body<long>());
    }

    [Fact]
    public void Scaling_by_a_power_of_two_rounds_once()
    {
        if (!Lanes128<float>.CanScale) return;
        foreach (float p in new[] { 0.7071068f, 0.99999994f, 1f, 1.0000001f, 1.4142135f })
        {
            for (int k = -151; k <= 128; k++)
            {
                float once = (float)Math.ScaleB(p, k);
                Assert.Equal(once, Lanes128<float>.First(Lanes128<float>.Scale(Lanes128<float>.All(p), Lanes128<float>.All(k))));
            }
        }
    }

    private static void Check<T, TBits>(Unary<T>? f1, Binary<T>? f2, Ternary<T>? f3, Func<double, T> convert, Func<T, TBits> bits)
    {
        if (f1 is null && f2 is null && f3 is null)
            return;
        TBits[]? expected = null;
        try
        {
            foreach (int width in new[] { 128, 256, 512 })
            {
                VectorWidth.Current = width;
                for (int length = 0; length <= 70; length++)
                {
                    // The spans begin at every place that a vector may begin at; the results stand at the same indices.
                    int start = (length * 5) % 17;
                    T[] a = Points(100, 0, convert), b = Points(100, 7, convert), c = Points(100, 3, convert), y = new T[length];
                    f1?.Invoke(a.AsSpan(start, length), y);
                    f2?.Invoke(a.AsSpan(start, length), b.AsSpan(start, length), y);
                    f3?.Invoke(a.AsSpan(start, length), b.AsSpan(start, length), c.AsSpan(start, length), y);
                    expected ??= Singly(a, b, c);
                    for (int i = 0; i < length; i++)
                        Assert.True(EqualityComparer<TBits>.Default.Equals(expected[start + i], bits(y[i])),
                            $"width {width}, length {length}, at {a[start + i]}: {expected[start + i]:x} became {bits(y[i]):x}");
                }
            }
        }
        finally
        {
            VectorWidth.Current = VectorWidth.OfHardware;
        }

        TBits[] Singly(T[] a, T[] b, T[] c)
        {
            TBits[] one = new TBits[a.Length];
            T[] y = new T[1];
            for (int i = 0; i < one.Length; i++)
            {
                f1?.Invoke([a[i]], y);
                f2?.Invoke([a[i]], [b[i]], y);
                f3?.Invoke([a[i]], [b[i]], [c[i]], y);
                one[i] = bits(y[0]);
            }
            return one;
        }
    }

    private static T[] Points<T>(int length, int offset, Func<double, T> convert)
    {
        double[] special = VectorSamples.Special;
        T[] points = new T[length];
        for (int i = 0; i < length; i++)
            points[i] = convert(special[(i + offset) % special.Length] * (i < special.Length ? 1 : 0.9375));
        return points;
    }
}
