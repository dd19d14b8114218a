using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Nabla.Tests.Lessons;

/// <summary>Where code cannot be generated at run time everything is interpreted: the lessons in a process that forbids it.</summary>
public sealed class NoDynamicCodeTests
{
    [Fact]
    public void The_lessons_agree_where_no_code_can_be_generated()
    {
        string configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string runner = Path.Combine(AppContext.BaseDirectory, "..", "..", "Nabla.Lessons.Runner", configuration, "Nabla.Lessons.Runner");
        JsonNode settings = JsonNode.Parse(File.ReadAllText(runner + ".runtimeconfig.json"))!;
        settings["runtimeOptions"]!["configProperties"]!["System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported"] = false;
        string without = Path.Combine(Path.GetTempPath(), $"nabla-{Guid.NewGuid():N}.runtimeconfig.json");
        File.WriteAllText(without, settings.ToJsonString());
        try
        {
            string[] lessons = [.. Directory.GetFiles(LessonsRun.LessonFolder, "*.cs").Select(file => Path.GetFileNameWithoutExtension(file))];
            using Process process = Process.Start(new ProcessStartInfo("dotnet", ["exec", "--runtimeconfig", without, runner + ".dll", .. lessons]) { RedirectStandardOutput = true })!;
            string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            process.WaitForExit();

            // Each line: which lesson, milliseconds, its exit code, its rows and its errors.
            Assert.Equal(lessons.Length, lines.Length);
            foreach (string[] parts in lines.Select(line => line.Split(' ')))
            {
                string lesson = lessons[int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture)];
                JsonArray rows = JsonNode.Parse(Text(parts[3]))!.AsArray();
                Assert.NotEmpty(rows);
                Assert.All(rows, row => Assert.True((bool)row!["agree"]!, $"{lesson}: {row}"));
                Assert.True(parts[2] == "0", $"{lesson}: {Text(parts[4])}");
            }
        }
        finally
        {
            File.Delete(without);
        }
    }

    private static string Text(string encoded) => Encoding.UTF8.GetString(Convert.FromBase64String(encoded[1..]));
}
