using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Nabla.Tests.Verification;

/// <summary>A test that needs a browser; skipped with the reason where none is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (Browser.Program is null) Skip = $"No browser: none of {string.Join(", ", Browser.Names)} is in PATH. Debian's package is chromium.";
    }
}

/// <summary>Chromium without a window: opens a page, runs a script in it, and gives what the script found.</summary>
internal static partial class Browser
{
    internal static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    internal static string? Program { get; } = Names
        .SelectMany(name => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)))
        .FirstOrDefault(File.Exists);

    /// <summary>The result of a script that ends with a value, run in a page (HTML, or SVG put into one) of a given width.</summary>
    internal static JsonElement Run(string page, string script, int width)
    {
        string folder = Directory.CreateTempSubdirectory("nabla-browser-").FullName;
        try
        {
            string probe = $"<script>addEventListener('load', () => {{ const found = (() => {{ {script} }})(); const out = document.createElement('pre'); out.id = 'found'; out.textContent = JSON.stringify(found); document.body.replaceChildren(out); }});</script>";
            string html = page.StartsWith("<svg", StringComparison.Ordinal) ? $"<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body style=\"margin:0\">{page}</body></html>" : page;
            string file = Path.Combine(folder, "page.html");
            File.WriteAllText(file, html.Replace("</body>", probe + "</body>", StringComparison.Ordinal));
            string dom = Dump(file, folder, width);
            Match found = Found().Match(dom);
            Assert.True(found.Success, $"The script did not run: {dom[..Math.Min(dom.Length, 2000)]}");
            return JsonDocument.Parse(System.Net.WebUtility.HtmlDecode(found.Groups[1].Value)).RootElement;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Dump(string file, string profile, int width)
    {
        var start = new ProcessStartInfo(Program!) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[] { "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", $"--user-data-dir={Path.Combine(profile, "profile")}", $"--window-size={width},900", "--virtual-time-budget=10000", "--dump-dom", new Uri(file).AbsoluteUri })
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        Task<string> dom = process.StandardOutput.ReadToEndAsync();
        if (!dom.Wait(TimeSpan.FromSeconds(90)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail("The browser did not finish within 90 s.");
        }
        process.WaitForExit();
        return dom.Result;
    }

    [GeneratedRegex("<pre id=\"found\">(.*?)</pre>", RegexOptions.Singleline)]
    private static partial Regex Found();
}
