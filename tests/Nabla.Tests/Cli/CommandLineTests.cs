using System.Text.Json;

namespace Nabla.Tests.Cli;

public sealed class CommandLineTests
{
    [Fact]
    public void Env_names_everything_it_looked_for()
    {
        (int code, string output, string error) = Run("env");

        Assert.Equal(0, code);
        Assert.Empty(error);
        foreach (string row in (string[])["Processor", "Cores", "SIMD in use", ".NET", "Memory", "CUDA driver", "nvcc", "gcc"])
            Assert.Contains(row, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Env_json_is_one_object_and_nothing_else()
    {
        (int code, string output, string error) = Run("env", "--json");

        JsonElement report = JsonDocument.Parse(output).RootElement;
        Assert.Equal(0, code);
        Assert.Empty(error);
        Assert.Equal(Environment.ProcessorCount, report.GetProperty("cores").GetInt32());
        Assert.True(report.GetProperty("memoryTotalBytes").GetInt64() >= report.GetProperty("memoryAvailableBytes").GetInt64());
        Assert.Contains(report.GetProperty("simdBits").GetInt32(), (int[])[0, 128, 256, 512]);
        foreach (string tool in (string[])["cudaDriver", "graphicsCard", "nvcc", "gcc"])
            Assert.True(report.GetProperty(tool).ValueKind is JsonValueKind.Null or JsonValueKind.String);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("env --help")]
    [InlineData("env -h")]
    [InlineData("")]
    public void Help_ends_with_an_example(string line)
    {
        (int code, string output, string error) = Run(Words(line));

        Assert.Equal(0, code);
        Assert.Empty(error);
        Assert.StartsWith("nabla ", output[output.LastIndexOf("Example:", StringComparison.Ordinal)..].Split('\n')[1].Trim(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("env --jsn", "'--jsn'", "nabla env --help")]
    [InlineData("environment", "'environment'", "nabla --help")]
    [InlineData("env extra words", "'extra'", "nabla env --help")]
    [InlineData("--no-such-option", "'--no-such-option'", "nabla --help")]
    public void A_wrong_word_gives_one_line_that_names_it_and_where_to_look(string line, string word, string remedy)
    {
        (int code, string output, string error) = Run(Words(line));

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Single(error.TrimEnd('\r', '\n').Split('\n'));
        Assert.Contains(word, error, StringComparison.Ordinal);
        Assert.Contains(remedy, error, StringComparison.Ordinal);
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static (int Code, string Output, string Error) Run(params string[] args)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = global::Nabla.Cli.Cli.Run(args, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
