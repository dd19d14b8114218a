using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Nabla.Bench;

/// <summary>
/// The other library, in a process of its own that lives as long as the run and is spoken to line by line: see
/// bench/peers/torch_bench.py. It waits while we measure, and we wait while it does.
/// </summary>
internal sealed class Peer : IDisposable
{
    private readonly Process process;

    private Peer(Process process, JsonElement description)
    {
        this.process = process;
        Description = description;
    }

    /// <summary>What the peer says about itself: name, version, threads, libraries.</summary>
    public JsonElement Description { get; }

    /// <summary>Starts the first of the given interpreters that can import the library; null if none can.</summary>
    public static Peer? Start(string script, IEnumerable<string> interpreters)
    {
        foreach (string interpreter in interpreters)
        {
            if (TryStart(interpreter, script) is { } peer) return peer;
        }
        return null;
    }

    /// <summary>Makes the data of a case and runs it once; the checksum of its result, or null if the peer does not have it.</summary>
    public double? Prepare(string name)
    {
        string answer = Ask($"prepare {name}");
        return answer.StartsWith("ok ", StringComparison.Ordinal) ? double.Parse(answer.AsSpan(3), CultureInfo.InvariantCulture) : null;
    }

    /// <summary>The nanoseconds that a number of runs take by the peer's own clock.</summary>
    public double Run(string name, long count) => double.Parse(Ask($"run {name} {count}"), CultureInfo.InvariantCulture);

    /// <summary>Lets go of the data of a case.</summary>
    public void Drop(string name) => Ask($"drop {name}");

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit(2000);
        process.Dispose();
    }

    private static Peer? TryStart(string interpreter, string script)
    {
        var start = new ProcessStartInfo(interpreter, ["-u", script])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (string variable in (string[])["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "PYTHONUTF8"]) start.Environment[variable] = "1";
        try
        {
            Process process = Process.Start(start)!;
            process.ErrorDataReceived += static (_, line) =>
            {
                if (line.Data is { } text && !text.Contains("Error: No module named", StringComparison.Ordinal)) Trace.WriteLine(text);
            };
            process.BeginErrorReadLine();
            if (process.StandardOutput.ReadLine() is { } first) return new Peer(process, JsonDocument.Parse(first).RootElement);
            process.Dispose();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No such interpreter: try the next.
        }
        return null;
    }

    private string Ask(string question)
    {
        process.StandardInput.WriteLine(question);
        process.StandardInput.Flush();
        return process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The peer ended at: {question}");
    }
}
