using System.ComponentModel;
using System.Diagnostics;

namespace Nabla.Cli;

/// <summary>Asks programs that may not be installed for a line about themselves.</summary>
internal static class ExternalTool
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The first line the tool prints, or null if it is not there or fails.</summary>
    internal static string? FirstLine(string tool, params string[] arguments) => LineContaining("", tool, arguments);

    internal static string? LineContaining(string words, string tool, params string[] arguments)
    {
        ProcessStartInfo start = new(tool, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        try
        {
            using Process? process = Process.Start(start);
            if (process is null) return null;

            // Both streams are drained at once: a full pipe would stop the tool for ever.
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginErrorReadLine();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                return null;
            }

            return process.ExitCode == 0 ? FindLine(output.Result, words) : null;
        }
        catch (Win32Exception)
        {
            return null; // Not installed.
        }
    }

    private static string? FindLine(string text, string words)
    {
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Contains(words, StringComparison.Ordinal)) return line;
        }

        return null;
    }
}
