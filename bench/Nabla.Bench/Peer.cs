using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Nabla.Bench;

/// <summary>
/// A program of bench/peers in a process of its own that lives as long as the run and is spoken to line by line: see
/// bench/peers/torch_peer.py and bench/peers/cpp/peer.h. It waits while we measure, and we wait while it does.
/// </summary>
internal sealed class Peer : IDisposable
{
    private readonly Process process;
    private readonly StringBuilder errors;

    private Peer(Process process, StringBuilder errors, JsonElement description)
    {
        this.process = process;
        this.errors = errors;
        Description = description;
    }

    /// <summary>What the peer says about itself: name, version, libraries, settings.</summary>
    public JsonElement Description { get; }

    /// <summary>Starts a program; null with a reason if it cannot be started or ends at once.</summary>
    public static (Peer? Peer, string? Reason) Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (string variable in (string[])["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "PYTHONUTF8"]) start.Environment[variable] = "1";

        // OpenBLAS chooses its kernels and block sizes for the processor unless it is told otherwise.
        foreach (string variable in (string[])["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"]) start.Environment.Remove(variable);
        try
        {
            Process process = Process.Start(start)!;
            var errors = new StringBuilder();
            process.ErrorDataReceived += (_, line) =>
            {
                lock (errors) errors.AppendLine(line.Data);
            };
            process.BeginErrorReadLine();
            if (process.StandardOutput.ReadLine() is { } first) return (new Peer(process, errors, JsonDocument.Parse(first).RootElement), null);
            process.WaitForExit();
            using (process) return (null, LastLine(errors));
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return (null, error.Message);
        }
    }

    /// <summary>Makes the data of a case and runs it once; the mean magnitude of its result, or null if the peer does not have it.</summary>
    public double? Prepare(string name)
    {
        string answer = Ask($"prepare {name}");
        if (answer == "unknown") return null;
        return answer.StartsWith("ok ", StringComparison.Ordinal)
            ? double.Parse(answer.AsSpan(3), CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"{Description.GetProperty("name")} cannot prepare '{name}': {answer}");
    }

    /// <summary>The values of the prepared case's result, every one or evenly spread ones if there are more than a limit.</summary>
    public double[] Values(string name, int limit)
    {
        string[] words = Ask($"values {limit} {name}").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var values = new double[words.Length];
        for (int i = 0; i < words.Length; i++) values[i] = double.Parse(words[i], CultureInfo.InvariantCulture);
        return values;
    }

    /// <summary>The nanoseconds that a number of runs take by the peer's own clock.</summary>
    public double Run(string name, long count) => double.Parse(Ask($"run {count} {name}"), CultureInfo.InvariantCulture);

    /// <summary>Sets the number of threads for what follows.</summary>
    public void SetThreads(int count) => Ask($"threads {count}");

    /// <summary>Lets go of the data of a case.</summary>
    public void Drop(string name) => Ask($"drop {name}");

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit(2000);
        process.Dispose();
    }

    private string Ask(string question)
    {
        process.StandardInput.WriteLine(question);
        process.StandardInput.Flush();
        if (process.StandardOutput.ReadLine() is { } answer) return answer;
        process.WaitForExit();
        throw new InvalidOperationException($"The peer ended at '{question}': {LastLine(errors)}");
    }

    private static string LastLine(StringBuilder errors)
    {
        lock (errors) return errors.ToString().Trim().Split('\n')[^1].Trim();
    }
}
