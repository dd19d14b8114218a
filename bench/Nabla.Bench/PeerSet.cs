using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Nabla.Bench;

/// <summary>Starts the peers when a case first asks for them, and remembers why one is missing.</summary>
internal sealed class PeerSet(string folder) : IDisposable
{
    private static readonly string[] Interpreters = ["python3", "/usr/bin/python3", "python"];
    private readonly Dictionary<PeerProgram, (Peer? Peer, string? Reason)> started = [];
    private int threads = 1;

    /// <summary>The peers that run, and the reasons why others do not.</summary>
    public IEnumerable<(PeerProgram Program, Peer? Peer, string? Reason)> Started => started.Select(entry => (entry.Key, entry.Value.Peer, entry.Value.Reason));

    public Peer? Get(PeerProgram program)
    {
        if (!started.TryGetValue(program, out (Peer? Peer, string? Reason) found))
        {
            found = program switch
            {
                PeerProgram.PyTorch => StartPyTorch(),
                PeerProgram.Cpp => StartCpp("peer", []),
                _ => StartCpp("peer-fast-math", ["-ffast-math"]),
            };
            started[program] = found;
            found.Peer?.SetThreads(threads);
        }
        return found.Peer;
    }

    /// <summary>Sets the number of threads of every peer, those to come included.</summary>
    public void SetThreads(int count)
    {
        threads = count;
        foreach ((Peer? peer, _) in started.Values) peer?.SetThreads(count);
    }

    public void Dispose()
    {
        foreach ((Peer? peer, _) in started.Values) peer?.Dispose();
    }

    private (Peer? Peer, string? Reason) StartPyTorch()
    {
        foreach (string interpreter in Interpreters)
        {
            (Peer? peer, _) = Peer.Start(interpreter, "-u", Path.Combine(folder, "torch_peer.py"));
            if (peer is not null) return (peer, null);
        }
        return (null, $"no {string.Join(", ", Interpreters)} that imports torch");
    }

    /// <summary>Compiles all of peers/cpp into one program.</summary>
    private (Peer? Peer, string? Reason) StartCpp(string name, string[] flags)
    {
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Linux)) return (null, "the C++ peers are built on Linux only");
        string sources = Path.Combine(folder, "cpp"), program = Path.Combine(sources, name);
        string[] arguments = ["-O3", "-march=native", "-std=c++20", .. flags, "-o", program, .. Directory.GetFiles(sources, "*.cpp").Order(StringComparer.Ordinal)];
        try
        {
            using Process compiler = Process.Start(new ProcessStartInfo("g++", arguments) { RedirectStandardError = true })!;
            string errors = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            if (compiler.ExitCode != 0) return (null, $"g++ failed: {errors.Trim()}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (null, "no g++");
        }
        return Peer.Start(program, string.Join(' ', (string[])["g++ -O3 -march=native", .. flags]));
    }
}
