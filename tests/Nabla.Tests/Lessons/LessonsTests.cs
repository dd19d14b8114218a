using System.Text.Json;

namespace Nabla.Tests.Lessons;

/// <summary>All lessons, run once by <c>nabla lessons --json</c>.</summary>
public sealed class LessonsRun
{
    public LessonsRun()
    {
        Pictures = Path.Combine(Path.GetTempPath(), "nabla-lessons-" + Guid.NewGuid().ToString("N"));
        (Code, string output, Error) = Cli("lessons", "--json", "--folder", LessonFolder, "--out", Pictures);
        Rows = JsonDocument.Parse(output).RootElement;
    }

    internal static string LessonFolder
    {
        get
        {
            DirectoryInfo folder = new(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Nabla.slnx"))) folder = folder.Parent!;
            return Path.Combine(folder.FullName, "lessons");
        }
    }

    internal int Code { get; }

    internal string Error { get; }

    internal JsonElement Rows { get; }

    internal string Pictures { get; }

    internal static (int Code, string Output, string Error) Cli(params string[] args)
    {
        using StringWriter output = new(), error = new();
        int code = Nabla.Cli.Cli.Run(args, output, error);
        return (code, output.ToString(), error.ToString());
    }
}

public sealed class LessonsTests(LessonsRun run) : IClassFixture<LessonsRun>
{
    private static readonly string[] Columns =
        ["lesson", "example", "quantity", "recorded", "autograd", "formula", "finiteDifference", "agree", "milliseconds"];

    [Fact]
    public void Every_row_of_every_lesson_agrees()
    {
        Assert.Empty(run.Error);
        Assert.All(run.Rows.EnumerateArray(), row => Assert.True(row.GetProperty("agree").GetBoolean(), row.ToString()));
        Assert.Equal(0, run.Code);
    }

    [Fact]
    public void Every_file_is_a_lesson_with_rows()
    {
        string[] files = [.. Directory.GetFiles(LessonsRun.LessonFolder, "*.cs").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

        Assert.Equal(files, run.Rows.EnumerateArray().Select(row => row.GetProperty("lesson").GetString()!).Distinct());
    }

    // One line per notebook: its examples, and how many results it recorded that a row must repeat.
    [Theory]
    [InlineData("first-gradients", 8, "y = ax + b; y = sin(x); y = ln(x); y = exp(-(x² - x + 1) / cos²(ln x)); y = 2x₁ + 3x₂; linear regression")]
    [InlineData("vector-gradients", 12, "case 1: f(x) = ‖x‖; case 2: f(x) = x²; Q = 3a³ - b²")]
    [InlineData("automatic-differentiation", 27, "a layer with two inputs; a layer with three inputs; vector to scalar, step by step; summary 1: vector to scalar; summary 2: vector to vector; summary 3: two variables; two derivations of 3x²; three derivations of 2x³")]
    [InlineData("chain-rule-by-hand", 23, "x²; loss = y_pred - y_actual; loss = (y_pred - y_actual)²; z = w x + b; Σ x²; Z = X W + B; h(t) = w_h h(t-1)")]
    [InlineData("gradients-of-3dgs", 29, "1: y = x²; 2: y = x w + 1; 3: y = exp(-x²/2); 4: the normal density, by x; 5: the normal density, by μ and σ; 6: a Gaussian in space; 7: three blended Gaussians; 8: three projected Gaussians")]
    [InlineData("tile-of-gaussians", 5, "9: constant J, as in example 8; 9: N = 3; 9: N = 64; 9 reformulated: N = 3; 9 reformulated: N = 64; 9: the fit; 9 reformulated: the fit")]
    public void Every_example_of_the_notebooks_has_its_rows(string lesson, int recorded, string examples)
    {
        JsonElement[] rows = [.. run.Rows.EnumerateArray().Where(row => row.GetProperty("lesson").GetString() == lesson)];

        Assert.Equal(examples.Split("; "), rows.Select(row => row.GetProperty("example").GetString()!).Distinct());
        Assert.Equal(recorded, rows.Count(row => row.GetProperty("recorded").ValueKind == JsonValueKind.String));
    }

    // The lessons that no notebook stands behind: their examples.
    [Theory]
    [InlineData("second-order", "a Jacobian times a vector; Newton's method; Newton-CG")]
    [InlineData("gradients-inside-training", "gradient penalty; a critic with gradient penalty; MAML's inner step; sines by MAML")]
    [InlineData("solvers", "decay; growth, fitted through its solver; Kepler's equation; an equilibrium layer")]
    [InlineData("many-at-once", "per-example gradients; clipping each example's gradient; per-example gradients of a network; a Hessian for each example; checkpointing")]
    [InlineData("compile", "exp(-x²/2); three blended Gaussians; signatures; decisions; Vmap as one loop; a sparse Jacobian")]
    public void Every_example_of_what_comes_after_has_its_rows(string lesson, string examples) => Assert.Equal(
        examples.Split("; "),
        run.Rows.EnumerateArray().Where(row => row.GetProperty("lesson").GetString() == lesson).Select(row => row.GetProperty("example").GetString()!).Distinct());

    [Fact]
    public void A_row_has_its_columns_and_lists_of_equal_length()
    {
        foreach (JsonElement row in run.Rows.EnumerateArray())
        {
            Assert.Equal(Columns, row.EnumerateObject().Select(property => property.Name));
            Assert.NotEmpty(row.GetProperty("example").GetString()!);
            Assert.NotEmpty(row.GetProperty("quantity").GetString()!);
            Assert.True(row.GetProperty("milliseconds").GetDouble() >= 0);
            int[] lengths = [.. Columns[4..7].Select(row.GetProperty).Where(list => list.ValueKind == JsonValueKind.Array).Select(list => list.GetArrayLength())];
            Assert.True(lengths.Distinct().Count() <= 1, row.ToString());
        }
    }

    [Fact]
    public void A_gradient_is_found_in_three_ways()
    {
        // Only values that no derivative passes through have fewer.
        JsonElement[] gradients = [.. run.Rows.EnumerateArray().Where(row => row.GetProperty("finiteDifference").ValueKind == JsonValueKind.Array)];

        Assert.True(gradients.Length > 60);
        Assert.All(gradients, row => Assert.All(["autograd", "formula"], way => Assert.Equal(JsonValueKind.Array, row.GetProperty(way).ValueKind)));
    }

    [Theory]
    [InlineData("tile-target.png")]
    [InlineData("tile-before.png")]
    [InlineData("tile-after.png")]
    [InlineData("tile-reformulated-before.png")]
    [InlineData("tile-reformulated-after.png")]
    public void The_fit_leaves_its_pictures(string picture)
    {
        byte[] file = File.ReadAllBytes(Path.Combine(run.Pictures, picture));

        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], file[..4]);
    }

    [Fact]
    public void A_lesson_runs_from_its_file_and_prints_the_same()
    {
        // In another folder nothing is compiled beforehand: this is 'dotnet run'.
        string folder = Directory.CreateTempSubdirectory("nabla-alone-").FullName, lesson = Path.Combine(LessonsRun.LessonFolder, "first-gradients.cs");
        string text = File.ReadAllText(lesson).Replace("#:project ", $"#:project {LessonsRun.LessonFolder}/", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "first-gradients.cs"), "#:property PublishAot=false\n" + text);

        (int code, string output, string error) = LessonsRun.Cli("lessons", "--json", "--folder", folder);

        Directory.Delete(folder, recursive: true);
        Assert.Empty(error);
        Assert.Equal(0, code);
        JsonElement[] expected = [.. run.Rows.EnumerateArray().Where(row => row.GetProperty("lesson").GetString() == "first-gradients")];
        JsonElement[] actual = [.. JsonDocument.Parse(output).RootElement.EnumerateArray()];
        Assert.Equal(Numbers(expected), Numbers(actual));

        static IEnumerable<string> Numbers(JsonElement[] rows) => rows.Select(row => row.GetProperty("quantity") + row.GetProperty("autograd").ToString() + row.GetProperty("formula"));
    }

    [Fact]
    public void One_lesson_alone_prints_a_table_that_ends_with_the_count()
    {
        (int code, string output, string error) = LessonsRun.Cli("lessons", "first-gradients", "--folder", LessonsRun.LessonFolder);

        Assert.Equal(0, code);
        Assert.Empty(error);
        Assert.Contains("by central differences", output, StringComparison.Ordinal);
        Assert.Contains("10 rows of 1 lesson agree", output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_lesson_gives_one_line_that_names_those_there_are()
    {
        (int code, string output, string error) = LessonsRun.Cli("lessons", "last-gradients", "--folder", LessonsRun.LessonFolder);

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Single(error.TrimEnd('\r', '\n').Split('\n'));
        Assert.Contains("'last-gradients'", error, StringComparison.Ordinal);
        Assert.Contains("first-gradients", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_lessons_gives_one_line()
    {
        (int code, string output, string error) = LessonsRun.Cli("lessons", "--folder", Path.Combine(LessonsRun.LessonFolder, "none"));

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Single(error.TrimEnd('\r', '\n').Split('\n'));
    }

    [Fact]
    public void A_lesson_that_does_not_build_is_a_row_that_disagrees_and_its_errors_are_shown()
    {
        string folder = Directory.CreateTempSubdirectory("nabla-broken-").FullName;
        File.WriteAllText(Path.Combine(folder, "broken.cs"), "#:property PublishAot=false\nint number = \"seven\";");

        (int code, string output, string error) = LessonsRun.Cli("lessons", "--json", "--folder", folder);

        JsonElement row = JsonDocument.Parse(output).RootElement[0];
        Directory.Delete(folder, recursive: true);
        Assert.Equal(1, code);
        Assert.False(row.GetProperty("agree").GetBoolean());
        Assert.Equal("broken", row.GetProperty("lesson").GetString());
        Assert.True(error.Contains("CS0029", StringComparison.Ordinal), error);
    }
}
