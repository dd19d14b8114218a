using System.Numerics;

namespace Nabla.Tests.Kernels;

public sealed unsafe class SoftmaxKernelsTests
{
    private static readonly (int Outer, int N, int Inner)[] Layouts =
        [(1, 1, 1), (3, 7, 1), (300, 10, 1), (40, 64, 1), (3, 65, 1), (2, 33, 1), (1, 3000, 1), (2, 7, 3), (2, 129, 9), (1, 40, 300), (2, 65, 33)];

    [Fact]
    public void Log_sum_exp_softmax_and_log_softmax_agree_with_their_definitions()
    {
        Check<float>(3e-6);
        Check<double>(2e-14);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Large_elements_neither_overflow_nor_lose_digits(int inner)
    {
        float[] x = new float[3 * inner], y = new float[3 * inner];
        for (int j = 0; j < inner; j++) (x[j], x[inner + j], x[2 * inner + j]) = (20000, 20001, 19000);
        fixed (float* px = x, py = y)
        {
            SoftmaxKernels.Softmax(px, py, 1, 3, inner);
            Assert.Equal(1 / (1 + Math.E), y[0], 1e-7);
            SoftmaxKernels.LogSoftmax(px, py, 1, 3, inner);
            Assert.Equal(-Math.Log(1 + Math.Exp(-1)), y[inner], 1e-7);
            SoftmaxKernels.LogSumExp(px, py, 1, 3, inner);
            Assert.Equal(20001.313f, y[0], 1e-2);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Log_sum_exp_of_infinities_is_infinite_and_of_NaN_is_NaN(int inner)
    {
        const double infinity = double.PositiveInfinity;
        Assert.Equal(-infinity, LogSumExpOfPair(-infinity, -infinity, inner));
        Assert.Equal(infinity, LogSumExpOfPair(infinity, 1, inner));
        Assert.Equal(1, LogSumExpOfPair(-infinity, 1, inner));
        Assert.Equal(double.NaN, LogSumExpOfPair(double.NaN, 1, inner));
        Assert.Equal(double.NaN, LogSumExpOfPair(double.NaN, infinity, inner));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void An_element_of_minus_infinity_has_no_weight_and_a_row_of_them_has_no_softmax(int inner)
    {
        double[] x = new double[2 * inner], y = new double[2 * inner];
        Array.Fill(x, double.NegativeInfinity);
        fixed (double* px = x, py = y)
        {
            SoftmaxKernels.Softmax(px, py, 1, 2, inner);
            Assert.All(y, v => Assert.Equal(double.NaN, v));
            x[0] = 3;
            SoftmaxKernels.Softmax(px, py, 1, 2, inner);
            Assert.Equal((1.0, 0.0), (y[0], y[inner]));
        }
    }

    private static double LogSumExpOfPair(double a, double b, int inner)
    {
        double[] x = new double[2 * inner], y = new double[inner];
        (x[0], x[inner]) = (a, b);
        fixed (double* px = x, py = y) SoftmaxKernels.LogSumExp(px, py, 1, 2, inner);
        return y[0];
    }

    private static void Check<T>(double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        foreach ((int outer, int n, int inner) in Layouts)
        {
            T[] x = Sample.Values<T>(outer * n * inner), total = new T[outer * inner], soft = (T[])x.Clone(), log = (T[])x.Clone();
            fixed (T* px = x, pTotal = total, pSoft = soft, pLog = log)
            {
                SoftmaxKernels.LogSumExp(px, pTotal, outer, n, inner);
                SoftmaxKernels.Softmax(pSoft, pSoft, outer, n, inner);
                SoftmaxKernels.LogSoftmax(pLog, pLog, outer, n, inner);
            }

            T[][] lines = ReductionKernelsTests.Lines(x, outer, n, inner);
            T[][] softLines = ReductionKernelsTests.Lines(soft, outer, n, inner), logLines = ReductionKernelsTests.Lines(log, outer, n, inner);
            double[] expected = [.. lines.Select(line => Math.Log(line.Sum(v => Math.Exp(double.CreateTruncating(v)))))];
            Sample.AssertClose(expected, total, tolerance, "log-sum-exp");
            for (int line = 0; line < lines.Length; line++)
            {
                double[] logs = [.. lines[line].Select(v => double.CreateTruncating(v) - expected[line])];
                Sample.AssertClose(logs, logLines[line], tolerance, "log-softmax");
                Sample.AssertClose([.. logs.Select(Math.Exp)], softLines[line], tolerance, "softmax");
            }
        }
    }
}
