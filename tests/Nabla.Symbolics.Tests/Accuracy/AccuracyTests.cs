using System.Globalization;
using System.Runtime.Intrinsics.X86;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Nabla.Symbolics.Tests;

/// <summary>
/// The bounds of docs/accuracy.md. With NABLA_ACCURACY=long the sweeps have some fifty times as many points and the table is written anew;
/// with NABLA_ACCURACY=all they take every float.
/// </summary>
public sealed partial class AccuracyTests(ITestOutputHelper output)
{
    private const int Chunks = 50, FloatStride = 1021, LongFactor = 12, LongFloatStride = 61;

    // Other points than the long sweep's may be a little worse.
    private const double Tolerance = 0.1;

    private static readonly string? Mode = Environment.GetEnvironmentVariable("NABLA_ACCURACY");

    public static TheoryData<string> Functions => [.. SweptFunction.All.Select(f => f.Name)];

    public static TheoryData<string> Pairs => [.. SweptPair.All.Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Functions))]
    public void A_kernel_stays_within_its_documented_error(string name)
    {
        SweptFunction function = SweptFunction.All.Single(f => f.Name == name);
        Check(name, function.Limit, AccuracySweep.Floats(function, FloatStride), AccuracySweep.Doubles(function, Chunks));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_binary_kernel_stays_within_its_documented_error(string name)
    {
        SweptPair pair = SweptPair.All.Single(f => f.Name == name);
        Check(name, pair.Limit, AccuracySweep.Floats(name, pair.Floats, 4 * Chunks), AccuracySweep.Doubles(name, pair.Reference, pair.Doubles, Chunks));
    }

    [Fact]
    public void The_reference_agrees_with_sixty_digits()
    {
        int compared = 0;
        foreach (VectorSamples.Row row in VectorSamples.Table)
        {
            SweptFunction? function = SweptFunction.All.SingleOrDefault(f => f.Name == row.Name);
            if (function is null || !(row.A >= function.Low && row.A <= function.High) || !double.IsFinite(row.Value) || row.A == 0) continue;
            // The table holds the nearest double: half an ulp away.
            double ulps = AccuracySweep.Ulps(row.Value, function.Exact(row.A));
            Assert.True(ulps <= 0.5000001, $"{row.Name}({row.A:R}): the reference is {ulps} ulp from {row.Value:R}");
            compared++;
        }

        Assert.True(compared > 1000);
    }

    [Fact]
    public void The_documented_errors_are_within_the_limits()
    {
        Dictionary<string, (double Float, double Double)> documented = Documented();
        foreach (SweptFunction function in SweptFunction.All) Inside(function.Name, function.Limit);
        foreach (SweptPair pair in SweptPair.All) Inside(pair.Name, pair.Limit);

        void Inside(string name, double limit)
        {
            Assert.InRange(documented[name].Float, 0.49, limit);
            Assert.InRange(documented[name].Double, 0.49, limit);
        }
    }

    [Fact]
    public void The_long_sweep_writes_the_table()
    {
        if (Mode is null) return;
        int stride = Mode == "all" ? 1 : LongFloatStride;
        List<string> rows = [];
        foreach (SweptFunction function in SweptFunction.All)
            rows.Add(Row(function.Name, function.Limit, AccuracySweep.Floats(function, stride), AccuracySweep.Doubles(function, LongFactor * Chunks)));
        foreach (SweptPair pair in SweptPair.All)
            rows.Add(Row(pair.Name, pair.Limit, AccuracySweep.Floats(pair.Name, pair.Floats, 48 * Chunks), AccuracySweep.Doubles(pair.Name, pair.Reference, pair.Doubles, LongFactor * Chunks)));
        string text = File.ReadAllText(DocPath());
        int from = text.IndexOf("| function |", StringComparison.Ordinal), to = text.IndexOf("\n\n", from, StringComparison.Ordinal);
        string head = "| function | limit | float: worst | at | points | double: worst | at | points |\n|---|---|---|---|---|---|---|---|\n";
        File.WriteAllText(DocPath(), text[..from] + head + string.Join('\n', rows) + text[to..]);
        foreach (string row in rows) output.WriteLine(row);
    }

    private void Check(string name, double limit, WorstError single, WorstError wide)
    {
        output.WriteLine(Row(name, limit, single, wide));
        Assert.True(single.Ulps <= limit, $"{name}({At(single, true)}): {single.Ulps:F3} ulp in float");
        Assert.True(wide.Ulps <= limit, $"{name}({At(wide, false)}): {wide.Ulps:F3} ulp in double");
        // Without a fused multiply-add polynomials round twice as often: the limits hold, the table need not.
        if (!Fma.IsSupported) return;
        (double Float, double Double) documented = Documented()[name];
        Assert.True(single.Ulps <= documented.Float + Tolerance, $"{name}({At(single, true)}): {single.Ulps:F4} ulp in float, but docs/accuracy.md says {documented.Float}. Run with NABLA_ACCURACY=long.");
        Assert.True(wide.Ulps <= documented.Double + Tolerance, $"{name}({At(wide, false)}): {wide.Ulps:F4} ulp in double, but docs/accuracy.md says {documented.Double}. Run with NABLA_ACCURACY=long.");
    }

    // Rounded up, so that what is written is a bound.
    private static string Row(string name, double limit, WorstError single, WorstError wide) => string.Create(CultureInfo.InvariantCulture,
        $"| {name} | {limit} | {Math.Ceiling(single.Ulps * 100) / 100:F2} | {At(single, true)} | {Millions(single.Points)} | {Math.Ceiling(wide.Ulps * 100) / 100:F2} | {At(wide, false)} | {Millions(wide.Points)} |");

    private static string Millions(long points) => $"{points / 1e6:F1} M";

    private static string At(WorstError error, bool single) =>
        Number(error.Argument, single) + (double.IsNaN(error.Other) ? "" : ", " + Number(error.Other, single));

    private static string Number(double x, bool single) => single ? ((float)x).ToString("R") : x.ToString("R");

    private static Dictionary<string, (double Float, double Double)> Documented()
    {
        Dictionary<string, (double, double)> bounds = [];
        foreach (Match row in TableRow().Matches(File.ReadAllText(DocPath())))
            bounds[row.Groups[1].Value] = (double.Parse(row.Groups[2].Value), double.Parse(row.Groups[3].Value));
        return bounds;
    }

    private static string DocPath()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Nabla.slnx"))) folder = Path.GetDirectoryName(folder);
        return Path.Combine(folder ?? throw new InvalidOperationException("The tests do not run below the repository."), "docs", "accuracy.md");
    }

    [GeneratedRegex(@"^\| (\w+) \| \d+ \| ([\d.]+) \| [^|]* \| [^|]* \| ([\d.]+) \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();
}
