using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary><c>nabla env</c>: what this machine offers.</summary>
internal static class EnvCommand
{
    // Read by programs and people, never pasted into HTML: plus signs and accents stay as they are.
    private static readonly JsonSerializerOptions JsonLayout = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    internal static ToolCommand Create()
    {
        Option<bool> json = new("--json") { Description = "Print one JSON object and nothing else." };
        ToolCommand command = new(
            "env", "Report the processor, SIMD width, .NET, memory, and which compilers and drivers are there.", "nabla env --json")
        {
            json,
        };
        command.SetAction(parsed =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            MachineReport report = MachineReport.OfThisMachine();
            if (parsed.GetValue(json))
                output.WriteLine(JsonSerializer.Serialize(report, JsonLayout));
            else
                WriteTable(report, output);
            return Cli.Success;
        });
        return command;
    }

    private static void WriteTable(MachineReport report, TextWriter output)
    {
        Table table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumns("what", "found");
        AddRow("Processor", report.Processor);
        AddRow("Cores", $"{report.Cores} ({report.Architecture})");
        AddRow("SIMD in use", report.SimdBits == 0 ? "none" : $"Vector{report.SimdBits}: {report.SimdBits / 32} floats at once");
        AddRow("Fused multiply-add", report.FusedMultiplyAdd ? "yes" : "no");
        AddRow(".NET", report.DotNet);
        AddRow("Operating system", report.OperatingSystem);
        AddRow("Memory", $"{Gibibytes(report.MemoryTotalBytes)} GiB, {Gibibytes(report.MemoryAvailableBytes)} GiB available");
        AddRow("CUDA driver", report.CudaDriver);
        AddRow("Graphics card", report.GraphicsCard);
        AddRow("nvcc", report.Nvcc);
        AddRow("gcc", report.Gcc);

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        console.Write(table);

        void AddRow(string what, string? found) => table.AddRow(new Text(what), new Text(found ?? "not found"));
    }

    private static string Gibibytes(long bytes) =>
        (bytes / (double)(1L << 30)).ToString("F1", CultureInfo.InvariantCulture);
}
