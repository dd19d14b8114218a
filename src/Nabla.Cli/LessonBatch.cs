using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Nabla.Cli;

/// <summary>
/// Lessons of the repository that were compiled with it: run by lessons/Runner, all in one process, as many at once as there are
/// processors. Building each file anew, as <c>dotnet run</c> does, takes seconds for each.
/// </summary>
internal sealed class LessonBatch
{
    private const string Runner = "Nabla.Lessons.Runner";

    private readonly string runner;
    private readonly IReadOnlyList<string> files;

    private LessonBatch(string runner, IReadOnlyList<string> files)
    {
        this.runner = runner;
        this.files = files;
    }

    /// <summary>The compiled form of lessons; null if some were not compiled, or if a source has changed since.</summary>
    internal static LessonBatch? For(IReadOnlyList<string> files)
    {
        string lessons = Path.GetDirectoryName(Path.GetFullPath(files[0]))!, root = Path.GetDirectoryName(lessons)!;
        string built = Path.Combine(root, "artifacts", "bin", Runner);
        if (!Directory.Exists(built)) return null;
        DateTime library = Newest(Path.Combine(root, "src", "Nabla"), Path.Combine(root, "src", "Nabla.Symbolics")), recorder = Newest(Path.Combine(lessons, "Recorder"));
        foreach (string folder in Directory.GetDirectories(built).OrderByDescending(folder => File.GetLastWriteTimeUtc(Path.Combine(folder, "Nabla.dll"))))
        {
            bool fresh = Time(folder, "Nabla.dll", "Nabla.Symbolics.dll") >= library && Time(folder, "Nabla.Lessons.dll") >= recorder
                && files.All(file => Time(folder, Path.Combine("lessons", Path.GetFileNameWithoutExtension(file) + ".dll")) >= File.GetLastWriteTimeUtc(file));
            if (fresh) return new LessonBatch(Path.Combine(folder, Runner + ".dll"), files);
        }
        return null;
    }

    /// <summary>Runs the lessons; each is handed over as soon as it and those before it have ended.</summary>
    internal IEnumerable<LessonRun> Run(string? pictures, CancellationToken cancellation)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        start.ArgumentList.Add(runner);
        if (pictures is not null)
        {
            start.ArgumentList.Add("--out");
            start.ArgumentList.Add(pictures);
        }
        foreach (string file in files) start.ArgumentList.Add(Path.GetFileNameWithoutExtension(file));

        using Process process = Process.Start(start)!;
        using CancellationTokenRegistration stop = cancellation.Register(() => process.Kill(entireProcessTree: true));
        var ended = new LessonRun?[files.Count];
        for (int i = 0; i < files.Count; i++)
        {
            while (ended[i] is null && process.StandardOutput.ReadLine() is { } line)
            {
                string[] parts = line.Split(' ');
                int which = int.Parse(parts[0], CultureInfo.InvariantCulture);
                ended[which] = LessonRun.From(
                    Path.GetFileNameWithoutExtension(files[which]), Decoded(parts[3]), Decoded(parts[4]), int.Parse(parts[2], CultureInfo.InvariantCulture),
                    TimeSpan.FromMilliseconds(double.Parse(parts[1], CultureInfo.InvariantCulture)));
            }
            cancellation.ThrowIfCancellationRequested();
            yield return ended[i] ?? LessonRun.From(Path.GetFileNameWithoutExtension(files[i]), "", "The lesson ended before it had printed its rows.", 1, TimeSpan.Zero);
        }
        process.WaitForExit();
    }

    private static string Decoded(string text) => Encoding.UTF8.GetString(Convert.FromBase64String(text[1..]));

    private static DateTime Newest(params ReadOnlySpan<string> folders)
    {
        DateTime newest = default;
        foreach (string folder in folders)
        {
            foreach (string file in Directory.EnumerateFiles(folder, "*.cs*", SearchOption.AllDirectories))
            {
                DateTime time = File.GetLastWriteTimeUtc(file);
                if (time > newest) newest = time;
            }
        }
        return newest;
    }

    /// <summary>When the newest of some files was written; long ago if one is missing.</summary>
    private static DateTime Time(string folder, params ReadOnlySpan<string> names)
    {
        DateTime newest = default;
        foreach (string name in names)
        {
            string file = Path.Combine(folder, name);
            if (!File.Exists(file)) return default;
            DateTime time = File.GetLastWriteTimeUtc(file);
            if (time > newest) newest = time;
        }
        return newest;
    }
}
