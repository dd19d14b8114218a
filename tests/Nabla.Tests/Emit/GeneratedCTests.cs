using Xunit.Abstractions;

namespace Nabla.Tests.Emit;

/// <summary>Generated C, compiled by gcc without a warning, against autograd on 1,000 random points a function.</summary>
public sealed class GeneratedCTests(ITestOutputHelper print)
{
    // The two sides order their operations differently; what cancels loses digits in both, so an error counts relative to the row's size
    // where a number is much smaller than the rest.
    private const double Tolerance = 1e-12;

    private static readonly Lazy<CLibrary?> Library = new(() => Toolchain.Find("gcc") is null ? null : CLibrary.Compile([.. EmitCase.All.Select(c => c.Request)]));

    public static TheoryData<EmitCase> Cases() => [.. EmitCase.All];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Generated_C_agrees_with_autograd(EmitCase function)
    {
        if (Library.Value is not { } library)
        {
            print.WriteLine("Skipped: gcc is not installed.");
            return;
        }

        double[][] points = function.Sample();
        double[][] expected = function.ByAutograd(points);
        double[][] actual = library.Run(function.Request, points, expected[0].Length);
        print.WriteLine($"largest relative error {Agreement.Check(function, points, expected, actual, Tolerance):E1}");
    }

    [Fact]
    public void There_are_at_least_twenty_functions() => Assert.True(EmitCase.All.Count >= 20);
}

/// <summary>Compares rows of numbers.</summary>
internal static class Agreement
{
    /// <summary>The largest error, relative to each number but no finer than a hundredth of the largest of its row.</summary>
    public static double Check(EmitCase function, double[][] points, double[][] expected, double[][] actual, double tolerance)
    {
        double worst = 0;
        for (int i = 0; i < points.Length; i++)
        {
            double scale = expected[i].Max(Math.Abs);
            for (int k = 0; k < expected[i].Length; k++)
            {
                double error = Math.Abs(actual[i][k] - expected[i][k]) / Math.Max(Math.Abs(expected[i][k]), Math.Max(1e-2 * scale, double.Epsilon));
                if (expected[i][k] == actual[i][k]) error = 0;
                worst = Math.Max(worst, error);
                Assert.True(error <= tolerance,
                    $"{function.Name}, number {k} at ({string.Join(", ", points[i])}): {actual[i][k]:R}, expected {expected[i][k]:R}, relative error {error:E1}.");
            }
        }

        return worst;
    }
}
