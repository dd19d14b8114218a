namespace Nabla.Symbolics.Tests;

public class VectorLengthTests
{
    public static TheoryData<string> Names => [.. VectorKernels.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_length_gives_the_bits_of_the_single_elements(string name)
    {
        VectorKernel kernel = VectorKernels.For(name)!;
        Check(kernel.F1, kernel.F2, kernel.F3, x => (float)x, VectorSamples.Bits);
        Check(kernel.D1, kernel.D2, kernel.D3, x => x, VectorSamples.Bits);
        Check(kernel.I1, kernel.I2, kernel.I3, x => Math.Abs(x) is > 0 and < 100 ? (long)(x * 3) | 1 : 3, x => x);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_output_may_be_an_input(string name)
    {
        VectorKernel kernel = VectorKernels.For(name)!;
        Alias(kernel.F1, kernel.F2, kernel.F3, x => (float)x);
        Alias(kernel.D1, kernel.D2, kernel.D3, x => x);
    }

    [Fact]
    public void A_short_output_is_refused()
    {
        float[] x = new float[10], y = new float[9];
        Assert.Throws<ArgumentException>(() => VectorKernels.For("exp")!.F1!(x, y));
    }

    private static void Check<T, TBits>(Unary<T>? f1, Binary<T>? f2, Ternary<T>? f3, Func<double, T> convert, Func<T, TBits> bits)
    {
        for (int length = 0; length <= 40; length++)
        {
            // One element more than the kernel is given: it must not be touched.
            T[] a = Points(length, 0, convert), b = Points(length, 7, convert), c = Points(length, 3, convert), y = Points(length + 1, 5, convert);
            T guard = y[length];
            Span<T> output = y.AsSpan(0, length);
            f1?.Invoke(a, output);
            f2?.Invoke(a, b, output);
            f3?.Invoke(a, b, c, output);
            Assert.Equal(bits(guard), bits(y[length]));
            if (f1 is null && f2 is null && f3 is null)
                return;
            T[] one = new T[1];
            for (int i = 0; i < length; i++)
            {
                f1?.Invoke([a[i]], one);
                f2?.Invoke([a[i]], [b[i]], one);
                f3?.Invoke([a[i]], [b[i]], [c[i]], one);
                Assert.Equal(bits(one[0]), bits(y[i]));
            }
        }
    }

    private static void Alias<T>(Unary<T>? f1, Binary<T>? f2, Ternary<T>? f3, Func<double, T> convert)
    {
        T[] a = Points(37, 0, convert), b = Points(37, 7, convert), c = Points(37, 3, convert), y = new T[37];
        T[] first = [.. a], second = [.. b], third = [.. c];
        if (f1 is not null)
        {
            f1(a, y);
            f1(first, first);
            Assert.Equal(y, first);
        }
        if (f2 is not null)
        {
            f2(a, b, y);
            f2(first, b, first);
            f2(a, second, second);
            Assert.Equal(y, first);
            Assert.Equal(y, second);
        }
        if (f3 is not null)
        {
            f3(a, b, c, y);
            f3(first, b, c, first);
            f3(a, second, c, second);
            f3(a, b, third, third);
            Assert.Equal(y, first);
            Assert.Equal(y, second);
            Assert.Equal(y, third);
        }
    }

    private static T[] Points<T>(int length, int offset, Func<double, T> convert)
    {
        double[] special = VectorSamples.Special;
        T[] points = new T[length];
        for (int i = 0; i < length; i++)
            points[i] = convert(special[(i + offset) % special.Length]);
        return points;
    }
}
