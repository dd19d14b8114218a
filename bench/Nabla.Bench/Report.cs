using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Nabla.Bench;

/// <summary>The measured rows as a Markdown table and as JSON.</summary>
internal sealed class Report(IReadOnlyList<Result> results, PeerSet peers, Machine machine, bool quick)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The table with the conditions it was made under, and the goals first.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        foreach ((string name, string value) in Conditions()) text.AppendLine($"- {name}: {value}");
        AppendAims(text);
        string? group = null;
        foreach (Result row in results)
        {
            if (row.Group != group)
            {
                if (group is not null) AppendFoot(text, group);
                group = row.Group;
                text.AppendLine().AppendLine($"### {group}").AppendLine();
                text.AppendLine("| case | Nabla | against | its time | ratio | of medians | goal | met |");
                text.AppendLine("|---|---:|---|---:|---:|---:|---:|:-:|");
            }
            for (int i = 0; i < row.Rivals.Count; i++)
            {
                RivalResult rival = row.Rivals[i];
                string met = row.IsMet(rival) switch { true => "yes", false => "**no**", null => "" };
                if (rival.Comparison?.Disagreement is { } disagreement) met += $" (**values differ**: {disagreement})";
                string ours = i == 0 ? $"{row.Case.Name} | {Duration(row.Ours.Minimum)}" : " | ";
                text.AppendLine($"| {ours} | {rival.Rival.Name} | {(rival.Minimum is { } theirs ? Duration(theirs) : "not run")} | {Ratio(row.Ratio(rival))} | {Ratio(row.MedianRatio(rival))} | {Ratio(rival.Rival.Goal)} | {met} |");
            }
            if (row.Rivals.Count == 0) text.AppendLine($"| {row.Case.Name} | {Duration(row.Ours.Minimum)} | | | | | | |");
        }
        if (group is not null) AppendFoot(text, group);
        bool[] judged = [.. results.SelectMany(row => row.Rivals.Select(row.IsMet)).OfType<bool>()];
        if (judged.Length > 0) text.AppendLine().AppendLine($"{judged.Count(met => met)} of {judged.Length} goals of rows met.");
        return text.ToString();
    }

    /// <summary>The same for programs, times in nanoseconds.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            conditions = Conditions().ToDictionary(pair => pair.Name, pair => pair.Value),
            goals = Aims.All.Select(aim => new { what = aim.What, against = aim.Against, reach = Round(aim.Reach), ratio = Round(aim.Judge(results)?.Ratio), rows = aim.Judge(results)?.Count ?? 0 }),
            rows = results.Select(row => new
            {
                group = row.Group,
                name = row.Case.Name,
                threads = row.Case.AllThreads ? Environment.ProcessorCount : 1,
                nabla = new { min = Round(row.Ours.Minimum), median = Round(row.Ours.Median) },
                rivals = row.Rivals.Select(rival => new
                {
                    name = rival.Rival.Name,
                    min = Round(rival.Minimum),
                    median = Round(rival.Median),
                    ratio = Round(row.Ratio(rival)),
                    medianRatio = Round(row.MedianRatio(rival)),
                    goal = Round(rival.Rival.Goal),
                    met = row.IsMet(rival),
                    largestDistance = Round(rival.Comparison?.Largest),
                    disagreement = rival.Comparison?.Disagreement,
                }),
                check = row.Check?.Text,
                agrees = row.ValuesAgree,
            }),
        },
        Json) + "\n";

    /// <summary>The goals and the conditions, for the front page.</summary>
    public string ToGoals()
    {
        var text = new StringBuilder();
        string[] shown = ["date", "processor", "PyTorch"];
        text.AppendLine($"{string.Join("; ", Conditions().Where(entry => shown.Contains(entry.Name)).Select(entry => entry.Name == "PyTorch" ? $"PyTorch {entry.Value}" : entry.Value))}.").AppendLine();
        text.AppendLine("| what | against | goal | measured | met |");
        text.AppendLine("|---|---|---:|---:|:-:|");
        foreach (Aim aim in Aims.All)
        {
            string measured = aim.Judge(results) is { } judged ? $"{Ratio(judged.Ratio)} | {(judged.Ratio <= aim.Reach ? "yes" : "**no**")}" : "not run | ";
            text.AppendLine($"| {aim.What} | {aim.Against} | {Ratio(aim.Reach)} | {measured} |");
        }
        return text.ToString();
    }

    private void AppendAims(StringBuilder text)
    {
        if (!Aims.All.Any(aim => aim.Judge(results) is not null)) return;
        text.AppendLine().AppendLine("### Goals").AppendLine();
        text.AppendLine("| what | against | reach | measured | rows | met |");
        text.AppendLine("|---|---|---:|---:|---:|:-:|");
        foreach (Aim aim in Aims.All)
        {
            string measured = aim.Judge(results) is { } judged ? $"{Ratio(judged.Ratio)} | {judged.Count} | {(judged.Ratio <= aim.Reach ? "yes" : "**no**")}" : "not run | | ";
            text.AppendLine($"| {aim.What} | {aim.Against} | {Ratio(aim.Reach)} | {measured} |");
        }
    }

    /// <summary>The median over the rows of a group, where it has many, and what its checks found.</summary>
    private void AppendFoot(StringBuilder text, string group)
    {
        var ratios = results
            .Where(row => row.Group == group)
            .SelectMany(row => row.Rivals.Select(rival => (rival.Rival.Name, Ratio: row.Ratio(rival))))
            .Where(entry => entry.Ratio is not null)
            .GroupBy(entry => entry.Name, entry => entry.Ratio!.Value)
            .Where(entry => entry.Count() >= 5);
        foreach (var rival in ratios)
        {
            double[] sorted = [.. rival.Order()];
            text.AppendLine($"| *median of {sorted.Length}* | | {rival.Key} | | {Ratio(sorted[sorted.Length / 2])} | | | |");
        }
        string[] checks = [.. results
            .Where(row => row.Group == group && row.Check is not null)
            .Select(row => $"- {row.Case.Name}: {(row.Check!.Agrees ? "" : "**differs** from ")}{row.Check.Text}{string.Concat(row.Rivals.Where(rival => rival.Comparison is not null).Select(rival => $"; {rival.Rival.Name}: largest distance {rival.Comparison!.Largest:E1}"))}")];
        if (checks.Length > 0) text.AppendLine().AppendJoin('\n', checks).AppendLine();
    }

    private IEnumerable<(string Name, string Value)> Conditions()
    {
        yield return ("date", DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        yield return ("processor", $"{Machine.ProcessorName}, {Environment.ProcessorCount} cores (one used unless a row says otherwise), SIMD {Machine.VectorBits} bits");
        yield return ("its limits, one thread", $"{machine.One}");
        if (machine.All is { } all) yield return ($"its limits, {Environment.ProcessorCount} threads at once", $"{all}: {all.Over(machine.One)}");
        yield return ("Nabla", $"{typeof(Tensor).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}");
        yield return ("runtime settings", $"TieredCompilation {Setting("System.Runtime.TieredCompilation", "TieredCompilation")}, TieredPGO {Setting("System.Runtime.TieredPGO", "TieredPGO")}, server GC {(System.Runtime.GCSettings.IsServerGC ? "on" : "off")}, concurrent GC {Setting("System.GC.Concurrent", "gcConcurrent")}, memory kept by the GC {Setting("System.GC.RetainVM", "GCRetainVM")}");
        foreach ((PeerProgram program, Peer? peer, string? reason) in peers.Started)
        {
            string name = program switch { PeerProgram.PyTorch => "PyTorch", PeerProgram.Cpp => "C++", _ => "C++ with -ffast-math" };
            yield return (name, peer is null ? $"not run: {reason}" : peer.Description.GetProperty("version").GetString()!);
        }
        Pace pace = quick ? Pace.Quick : Pace.Normal;
        yield return ("method", $"{pace.Rounds} rounds of at least {pace.Round.TotalMilliseconds} ms in turn after {pace.WarmUp.TotalSeconds} s of warm-up, ours when the runtime has compiled nothing for {pace.Quiet.TotalSeconds} s, where a group says nothing else; times and ratio are of the fastest rounds, `of medians` of the median ones; ratio = Nabla / the other");
    }

    private static string Setting(string name, string variable) =>
        Environment.GetEnvironmentVariable($"DOTNET_{variable}") is { } set ? set : AppContext.TryGetSwitch(name, out bool on) ? (on ? "on" : "off") : "default (on)";

    private static string Duration(double nanoseconds) => nanoseconds switch
    {
        < 1e3 => $"{Digits(nanoseconds)} ns",
        < 1e6 => $"{Digits(nanoseconds / 1e3)} µs",
        < 1e9 => $"{Digits(nanoseconds / 1e6)} ms",
        _ => $"{Digits(nanoseconds / 1e9)} s",
    };

    private static string Digits(double value) => value.ToString(value < 10 ? "0.00" : value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);

    private static string Ratio(double? ratio) => ratio is { } value ? value.ToString(value < 0.01 ? "0.00000" : value < 0.1 ? "0.000" : "0.00", CultureInfo.InvariantCulture) : "";

    private static double? Round(double? value) => value is { } number ? double.Parse(number.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : null;
}
