using Nabla.AdBench;
using Xunit.Abstractions;

namespace Nabla.Tests.AdBench;

/// <summary>The objectives of ADBench: values that can be found by hand, derivatives beside finite differences, files that are not as they should be.</summary>
public sealed class AdBenchTests(ITestOutputHelper print) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("nabla-adbench-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // ---- values -------------------------------------------------------------------------------------------------------

    [Fact]
    public void A_mixture_of_three_gaussians_has_the_value_that_adbench_states()
    {
        // Its gmm/test.txt with the value that its tests expect.
        Problem problem = Read("gmm.txt", """
            2 3 1
            -0.649014
            1.181166
            -0.758453
            0.092339 0.186260
            0.345561 0.396767
            0.538817 0.419195
            0.586443 -0.851887 0.800321
            -1.509405 0.875874 -0.242790
            0.166813 -1.965419 -1.270071
            1.175171 2.029160
            1.000000 0
            """);

        Assert.Equal("GMM d2 K3 n1", problem.Title);
        Assert.Equal(8.07380408004975791, problem.Objective().Item(), 12);
        Assert.Equal(18, problem.Derivative().Shape.Numel);
    }

    [Fact]
    public void One_gaussian_has_the_density_of_the_textbook()
    {
        // One dimension, mean 0.5, factor of the inverse covariance exp(0) = 1, points 1 and 2; a prior with gamma = 1 and m = 0.
        Problem problem = Read("gmm.txt", "1 1 2\n0.3\n0.5\n0\n1\n2\n1 0\n");

        double likelihood = -Math.Log(2 * Math.PI) - (0.5 * ((0.5 * 0.5) + (1.5 * 1.5)));
        // log of the Wishart normaliser for n = 2 degrees of freedom in 1-D: 2·(log γ - log √2) - log Γ(1).
        double prior = 0.5 - (2 * -0.5 * Math.Log(2));
        Assert.Equal(likelihood + prior, problem.Objective().Item(), 12);
    }

    [Fact]
    public void A_replicated_point_stands_for_all_points()
    {
        ProblemGenerator.WriteGmm(Path("one.txt"), 2, 3, 5, replicated: true);
        string[] lines = File.ReadAllLines(Path("one.txt"));
        File.WriteAllLines(Path("all.txt"), [.. lines[..^2], .. Enumerable.Repeat(lines[^2], 5), lines[^1]]);

        Problem one = Problem.Read(Path("one.txt")), all = Problem.Read(Path("all.txt"));

        Assert.Equal("GMM d2 K3 n5", one.Title);
        Assert.Equal(all.Objective().Item(), one.Objective().Item());
        Assert.Equal(all.Derivative().ToArray(), one.Derivative().ToArray());
    }

    [Fact]
    public void A_camera_at_the_origin_that_is_not_turned_projects_by_division()
    {
        // Focal length 2, principal point (1, 1), no distortion; the point (4, 6, 2) seen at (4, 5) with weight 0.5.
        Problem problem = Read("ba.txt", "1 1 1\n0 0 0 0 0 0 2 1 1 0 0\n4 6 2\n0.5\n4 5\n");

        // (2·4/2 + 1 - 4, 2·6/2 + 1 - 5)·0.5, and 1 - 0.5².
        Assert.Equal([0.5, 1, 0.75], problem.Objective().ToArray());
        double[] derivative = problem.Derivative().ToArray();
        Assert.Equal(31, derivative.Length);
        // By the weight: the unweighted errors; by the focal length: w·x/z, w·y/z.
        Assert.Equal([1.0, 2.0, 1.0, 1.5, -1.0], [derivative[14], derivative[29], derivative[6], derivative[21], derivative[30]]);
    }

    [Fact]
    public void A_net_without_weights_predicts_nothing()
    {
        // All parameters 0: predictions 0, so each of the 2 bits of the one character costs log(2·exp(0) + 2) where it is 1.
        Problem problem = Read("lstm.txt", $"1 2 2\n{string.Join(' ', new double[16])}\n0 0\n0 0\n0 0\n0 0\n0 0\n1 0\n1 1\n");

        Assert.Equal("LSTM l1 c2 b2", problem.Title);
        Assert.Equal(Math.Log(4), problem.Objective().Item(), 12);
    }

    // ---- derivatives --------------------------------------------------------------------------------------------------

    [Fact]
    public void Gradients_of_generated_mixtures_agree_with_finite_differences()
    {
        foreach ((int d, int k, int n) in ((int, int, int)[])[(1, 1, 1), (2, 5, 20), (4, 3, 7)])
        {
            ProblemGenerator.WriteGmm(Path("gmm.txt"), d, k, n);
            Check(Problem.Read(Path("gmm.txt")));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Blocks_of_generated_bundles_agree_with_finite_differences_also_without_rotation(bool rotated)
    {
        ProblemGenerator.WriteBundle(Path("ba.txt"), 2, 3, 7, rotated);
        Check(Problem.Read(Path("ba.txt")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Jacobians_of_generated_hands_agree_with_finite_differences(bool complicated)
    {
        ProblemGenerator.WriteHandModel(Path("model"), vertices: 40);
        ProblemGenerator.WriteHand(Path("hand.txt"), 6, vertices: 40, complicated);
        Problem problem = Problem.Read(Path("hand.txt"));

        Assert.Equal(complicated ? "HAND complicated n6" : "HAND simple n6", problem.Title);
        Assert.Equal(complicated ? [6, 3, 28] : [6, 3, 26], problem.Derivative().Shape);
        Check(problem);
    }

    [Fact]
    public void A_hand_that_is_not_turned_is_where_its_skeleton_is()
    {
        ProblemGenerator.WriteHandModel(Path("model"), vertices: 40);
        // All parameters 0 but the translation: turning by nothing has a matrix of its own in the objective.
        File.WriteAllText(Path("still.txt"), $"1 26\n7 0 0 0\n0 0 0 1 2 3 {string.Join(' ', new double[20])}\n");
        File.WriteAllText(Path("moved.txt"), $"1 26\n7 0 0 0\n0 0 0 2 2 3 {string.Join(' ', new double[20])}\n");

        Tensor difference = Problem.Read(Path("still.txt")).Objective() - Problem.Read(Path("moved.txt")).Objective();

        Assert.Equal([1, 0, 0], difference.ToArray().Select(value => Math.Round(value, 12)));
    }

    [Fact]
    public void Gradients_of_generated_nets_agree_with_finite_differences()
    {
        foreach ((int layers, int characters, int bits) in ((int, int, int)[])[(1, 2, 1), (2, 6, 3)])
        {
            ProblemGenerator.WriteLstm(Path("lstm.txt"), layers, characters, bits);
            Check(Problem.Read(Path("lstm.txt")));
        }
    }

    [Fact]
    public void Derivatives_of_adbenchs_own_files_agree_with_finite_differences()
    {
        string? data = Environment.GetEnvironmentVariable("NABLA_DATA");
        string? files = data is null ? null : System.IO.Path.Combine(data, "adbench");
        if (files is null || !Directory.Exists(files))
        {
            print.WriteLine($"Skipped: {(files is null ? "NABLA_DATA is not set" : $"there is no folder {files}")}.");
            return;
        }
        foreach (string path in Problem.Files(files))
        {
            Problem problem = Problem.Read(path);
            // A few elements of the large ones: the benchmark takes more.
            DifferenceReport report = Check(problem, elements: new FileInfo(path).Length > 10_000 ? 3 : 40);
            print.WriteLine($"{problem.Title}: {report.Compared} derivatives, largest distance {report.Largest:E1}");
        }
    }

    // ---- files that are not as they should be -------------------------------------------------------------------------

    [Theory]
    [InlineData("", "line 1: expected the sizes of a problem, but the file is empty")]
    [InlineData("5\n", "line 1: expected the sizes of a problem, two numbers for hand or three for gmm, ba and lstm, but found 1")]
    [InlineData("1 1 x\n", "line 1: expected the third size, a whole number, but found 'x'")]
    [InlineData("0 1 1\n", "line 1: expected the first size from 1 to 2147483647, but found 0")]
    [InlineData("1 1 1\n0\n0\n", "line 3: 2 numbers follow the sizes 1 1 1; expected 6 for gmm (6 with one replicated point), 17 for ba, or 14 for lstm")]
    [InlineData("1 1 2\n0.3\n0.5\nzero\n1\n2\n1 0\n", "line 4: expected an element of a factor of an inverse covariance, a finite number, but found 'zero'")]
    [InlineData("1 1 2\n0.3\n0.5\n0\n1\n2\n-1 0\n", "line 7: expected a positive gamma of the Wishart prior, but found -1")]
    [InlineData("2000000000 2000000000 2000000000\n1\n", "line 2: 1 numbers follow the sizes 2000000000 2000000000 2000000000; expected 4000000010000000002000000002")]
    [InlineData("1 26\n7 0 0 0\n", "a problem of hand tracking needs model/bones.txt")]
    public void A_damaged_file_is_refused_with_line_and_expectation(string text, string message)
    {
        var error = Assert.Throws<ProblemFormatException>(() => Read("damaged.txt", text));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("damaged.txt", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2 26\n7 0 0 0\n99 0 0 0\n", "line 3: expected the vertex of a point from 0 to 39, but found 99")]
    [InlineData("1 26\n7 0 0 0\n1 2 3\n", "line 3: expected 26 numbers, each a parameter of the pose, but the file ends after 3 more words")]
    [InlineData("1 25\n7 0 0 0\n", "line 1: expected the number of parameters from 26 to 26, but found 25")]
    public void A_damaged_hand_is_refused_with_line_and_expectation(string text, string message)
    {
        ProblemGenerator.WriteHandModel(Path("model"), vertices: 40);
        var error = Assert.Throws<ProblemFormatException>(() => Read("hand.txt", text));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Line_breaks_and_white_space_do_not_matter()
    {
        const string Text = "1 1 2\n0.3\n0.5\n0\n1\n2\n1 0\n";
        Problem expected = Read("a.txt", Text), found = Read("b.txt", Text.Replace("\n0.5\n0\n", "\r\n\n  0.5\t0 \r\n", StringComparison.Ordinal));

        Assert.Equal(expected.Objective().Item(), found.Objective().Item());
    }

    [Fact]
    public void A_few_numbers_that_several_kinds_could_mean_are_what_the_name_says()
    {
        // 17 numbers after the sizes 1 4 3: a bundle's camera, point, weight and feature, or a mixture of 4 Gaussians over 3 points.
        ProblemGenerator.WriteGmm(Path("gmm_d1_K4.txt"), 1, 4, 3);
        ProblemGenerator.WriteLstm(Path("lstm_l1_c4.txt"), 1, 4, 1);
        ProblemGenerator.WriteBundle(Path("ba_n1_m4_p3.txt"), 1, 4, 3);
        Assert.Equal(["gmm", "lstm", "ba"], ((string[])["gmm_d1_K4.txt", "lstm_l1_c4.txt", "ba_n1_m4_p3.txt"]).Select(name => Problem.Read(Path(name)).Kind));
    }

    private static DifferenceReport Check(Problem problem, int elements = 40)
    {
        DifferenceReport report = FiniteDifferences.Check(problem, elements);
        Assert.True(report.Agrees, $"{problem.Title}: {report.Where}");
        return report;
    }

    private Problem Read(string name, string text)
    {
        File.WriteAllText(Path(name), text);
        return Problem.Read(Path(name));
    }

    private string Path(string name) => System.IO.Path.Combine(folder, name);
}
