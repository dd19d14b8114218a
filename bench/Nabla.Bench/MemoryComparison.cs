using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Nabla.Bench.Cases;

namespace Nabla.Bench;

/// <summary>
/// The memory that steps of training take beside what is there before the first one: ours and PyTorch's, each net in a process of
/// its own on either side. What is counted is resident memory as the system sees it, so it includes whatever the garbage collector
/// or the allocator keeps for later.
/// </summary>
internal static class MemoryComparison
{
    public const string ChildOption = "--memory-of";

    private const int WarmSteps = 200, Steps = 30;

    /// <summary>The table. <paramref name="script"/> is bench/peers/torch_memory.py.</summary>
    public static string Run(string script)
    {
        var text = new StringBuilder();
        text.AppendLine("### Memory of a step of training");
        text.AppendLine();
        text.AppendLine("| net | Nabla | PyTorch | ratio |");
        text.AppendLine("|---|---:|---:|---:|");
        foreach (Case row in TrainingCases.Group.Cases)
        {
            double? ours = Ask(Environment.ProcessPath!, Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? [typeof(MemoryComparison).Assembly.Location, ChildOption, row.Name] : [ChildOption, row.Name]);
            double? theirs = Ask("/usr/bin/python3", [script, row.Name.Replace(", compiled", "", StringComparison.Ordinal)]);
            text.AppendLine(CultureInfo.InvariantCulture, $"| {row.Name} | {Megabytes(ours)} | {Megabytes(theirs)} | {(ours / theirs is { } ratio ? ratio.ToString("F2", CultureInfo.InvariantCulture) : "")} |");
        }
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"The most that was resident during {Steps} steps, less what was resident when model, optimiser and data stood, by Linux's count of the process.");
        text.AppendLine($"Before that {WarmSteps} steps of the same net with one item ran, so that code and libraries are there on both sides. One thread.");
        return text.ToString();
    }

    /// <summary>In the process of one net: prints what is measured.</summary>
    public static int Measure(string name)
    {
        Threads.Count = 1;
        string small = Regex.Replace(name, "batch [0-9]+", "batch 1");
        Func<Tensor> warm = Find(small).Prepare();
        for (int i = 0; i < WarmSteps; i++) warm();
        Func<Tensor> step = Find(name).Prepare();
        GC.Collect();

        // From here on the system counts the peak anew.
        File.WriteAllText("/proc/self/clear_refs", "5");
        long before = Status("VmRSS:");
        for (int i = 0; i < Steps; i++) step();
        Console.WriteLine($$"""{"before": {{before}}, "peak": {{Status("VmHWM:")}}}""");
        GC.KeepAlive(warm);
        return 0;
    }

    private static Case Find(string name) => TrainingCases.Group.Cases.Single(row => row.Name == name);

    private static long Status(string key) =>
        1024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(key, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1], CultureInfo.InvariantCulture);

    private static double? Ask(string program, string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string answer = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                Console.Error.WriteLine($"{program} {string.Join(' ', arguments)}: {errors.Result.Trim().Split('\n')[^1]}");
                return null;
            }
            JsonElement numbers = JsonDocument.Parse(answer).RootElement;
            return numbers.GetProperty("peak").GetInt64() - numbers.GetProperty("before").GetInt64();
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            Console.Error.WriteLine($"{program}: {error.Message}");
            return null;
        }
    }

    private static string Megabytes(double? bytes) => bytes is { } known ? (known / (1 << 20)).ToString("F1", CultureInfo.InvariantCulture) + " MB" : "not run";
}
