using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Nabla.Bench;

/// <summary>The measured rows as a Markdown table and as JSON.</summary>
internal sealed class Report(IReadOnlyList<Result> results, Peer? peer, Pace pace)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private string PeerName => peer?.Description.GetProperty("name").GetString() ?? "PyTorch";

    /// <summary>The table with the conditions it was made under.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        foreach ((string name, string value) in Conditions()) text.AppendLine($"- {name}: {value}");
        string? group = null;
        foreach (Result row in results)
        {
            if (row.Group != group)
            {
                group = row.Group;
                text.AppendLine().AppendLine($"### {group}").AppendLine();
                text.AppendLine($"| case | Nabla | {PeerName} | ratio | of medians | goal | met |");
                text.AppendLine("|---|---:|---:|---:|---:|---:|:-:|");
            }
            string met = row.IsMet switch { true => "yes", false => "**no**", null => "" };
            if (!row.ValuesAgree) met += " (**values differ**)";
            text.AppendLine($"| {row.Case.Name} | {Duration(row.Ours.Minimum)} | {(row.Theirs is { } theirs ? Duration(theirs.Minimum) : "not run")} | {Ratio(row.Ratio)} | {Ratio(row.MedianRatio)} | {Ratio(row.Case.Goal)} | {met} |");
        }
        int compared = results.Count(row => row.IsMet is not null);
        if (compared > 0) text.AppendLine().AppendLine($"{results.Count(row => row.IsMet == true)} of {compared} goals met.");
        return text.ToString();
    }

    /// <summary>The same for programs, times in nanoseconds.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            conditions = Conditions().ToDictionary(pair => pair.Name, pair => pair.Value),
            rows = results.Select(row => new
            {
                group = row.Group,
                name = row.Case.Name,
                nabla = new { min = Round(row.Ours.Minimum), median = Round(row.Ours.Median) },
                peer = row.Theirs is null ? null : new { min = Round(row.Theirs.Minimum), median = Round(row.Theirs.Median) },
                ratio = Round(row.Ratio),
                medianRatio = Round(row.MedianRatio),
                goal = Round(row.Case.Goal),
                met = row.IsMet,
                valuesAgree = row.ValuesAgree,
            }),
        },
        Json) + "\n";

    private IEnumerable<(string Name, string Value)> Conditions()
    {
        int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 64;
        yield return ("processor", $"{ProcessorName()}, {Environment.ProcessorCount} cores (one used), SIMD {bits} bits");
        yield return ("Nabla", $"{typeof(Tensor).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}");
        yield return ("runtime settings", $"TieredCompilation {Setting("System.Runtime.TieredCompilation", "TieredCompilation")}, TieredPGO {Setting("System.Runtime.TieredPGO", "TieredPGO")}, server GC {(System.Runtime.GCSettings.IsServerGC ? "on" : "off")}, concurrent GC {Setting("System.GC.Concurrent", "gcConcurrent")}");
        yield return (PeerName, peer is null
            ? "not found"
            : $"{peer.Description.GetProperty("version")}, Python {peer.Description.GetProperty("python")}, {peer.Description.GetProperty("threads")} thread, {peer.Description.GetProperty("blas")}, {peer.Description.GetProperty("vectors")}");
        yield return ("method", $"{pace.Rounds} rounds of at least {pace.Round.TotalMilliseconds} ms in turn after {pace.WarmUp.TotalSeconds} s of warm-up each; times and ratio are of the fastest rounds, `of medians` of the median ones; ratio = Nabla / {PeerName}");
    }

    private static string Setting(string name, string variable) =>
        Environment.GetEnvironmentVariable($"DOTNET_{variable}") is { } set ? set : AppContext.TryGetSwitch(name, out bool on) ? (on ? "on" : "off") : "default (on)";

    private static string ProcessorName()
    {
        if (!File.Exists("/proc/cpuinfo")) return RuntimeInformation.ProcessArchitecture.ToString();
        string? line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal));
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':') + 1)..].Trim();
    }

    private static string Duration(double nanoseconds) => nanoseconds switch
    {
        < 1e3 => $"{Digits(nanoseconds)} ns",
        < 1e6 => $"{Digits(nanoseconds / 1e3)} µs",
        _ => $"{Digits(nanoseconds / 1e6)} ms",
    };

    private static string Digits(double value) => value.ToString(value < 10 ? "0.00" : value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private static string Ratio(double? ratio) => ratio is { } value ? value.ToString(value < 0.1 ? "0.000" : "0.00", CultureInfo.InvariantCulture) : "";

    private static double? Round(double? value) => value is { } number ? double.Parse(number.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : null;
}
