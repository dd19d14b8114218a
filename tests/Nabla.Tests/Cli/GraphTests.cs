using System.Xml.Linq;

namespace Nabla.Tests.Cli;

public sealed class GraphTests
{
    [Fact]
    public void The_outline_shows_each_node_once_with_value_and_gradient()
    {
        (int code, string output, string error) = CommandLine.Run("graph", "sin(x)*sin(x)*exp(sin(x))", "--at", "x=0.5");

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("0.479426", output, StringComparison.Ordinal);
        Assert.Contains("gradient 1", output.Split('\n')[0], StringComparison.Ordinal);
        Assert.Single(output.Split('\n'), line => line.Contains("x = 0.5", StringComparison.Ordinal));
    }

    [Fact]
    public void Pictures_are_written_as_svg_and_for_graphviz()
    {
        using CommandLine.TemporaryFile file = new("graph.svg");

        (int code, string output, _) = CommandLine.Run("graph", "x*y + sin(x)", "--out", file.Path, "--dot", file.Beside("graph.dot"));

        Assert.Equal((0, ""), (code, output));
        Assert.Equal("svg", XDocument.Load(file.Path).Root!.Name.LocalName);
        Assert.StartsWith("digraph", File.ReadAllText(file.Beside("graph.dot")), StringComparison.Ordinal);
        Assert.Equal(["graph.dot", "graph.svg"], file.Files);
    }

    [Fact]
    public void A_check_of_a_file_is_drawn()
    {
        using CommandLine.TemporaryFile file = new("gradients.cs", CommandLine.Run("check", "--example").Output);

        (int code, string output, _) = CommandLine.Run("graph", file.Path, "--check", "Bell");

        Assert.Equal(0, code);
        Assert.NotEmpty(output);
        Assert.Contains("Bell, SumOfSquares, LogSumExp", CommandLine.Run("graph", file.Path).Error, StringComparison.Ordinal);
        Assert.Contains("'Bull'", CommandLine.Run("graph", file.Path, "--check", "Bull").Error, StringComparison.Ordinal);
    }

    public static TheoryData<string[], string> Mistakes => new()
    {
        { ["graph"], "argument" },
        { ["graph", "x +"], "^" },
        { ["graph", "x*y", "--at", "x=1"], "'y'" },
        { ["graph", "x", "--at", "x=q"], "'q'" },
        { ["graph", "x", "--max-nodes", "0"], "0" },
        { ["graph", "x", "--out", "no/such/folder/a.svg"], "does not exist" },
        { ["graph", "x", "--check", "a"], "--check" },
        { ["graph", "no-such.cs"], "no-such.cs" },
        { ["graph", "no-such.cs", "--at", "x=1"], "--at" },
        { ["graph", "x", "--svg"], "--svg" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_named(string[] line, string word)
    {
        (int code, string output, string error) = CommandLine.Run(line);

        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith("nabla: ", error, StringComparison.Ordinal);
        Assert.Contains(word, error, StringComparison.Ordinal);
    }
}
