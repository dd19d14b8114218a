namespace Nabla.Tests.Cli;

public sealed class EmitTests
{
    [Theory]
    [InlineData("c", "double")]
    [InlineData("csharp", "static")]
    [InlineData("cuda", "__device__")]
    [InlineData("glsl", "out float")]
    [InlineData("hlsl", "out float")]
    public void The_code_of_value_and_gradient_is_printed_in_every_language(string language, string word)
    {
        (int code, string output, string error) = CommandLine.Run("emit", "--lang", language, "exp(-(x^2 + y^2)/2)", "--wrt", "x,y", "--name", "bell");

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("bell", output, StringComparison.Ordinal);
        Assert.Contains(word, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_precision_and_accumulation_are_chosen()
    {
        string value = CommandLine.Run("emit", "--lang", "c", "x*y^3").Output, gradient = CommandLine.Run("emit", "--lang", "c", "x*y^3", "--gradient", "--wrt", "y", "--accumulate").Output;
        string single = CommandLine.Run("emit", "--lang", "c", "x*y^3", "--precision", "float").Output;

        Assert.DoesNotContain("+=", value, StringComparison.Ordinal);
        Assert.Contains("+=", gradient, StringComparison.Ordinal);
        Assert.DoesNotContain("float", value, StringComparison.Ordinal);
        Assert.Contains("float", single, StringComparison.Ordinal);
    }

    [Fact]
    public void The_code_is_written_to_a_file()
    {
        using CommandLine.TemporaryFile file = new("f.cu");

        (int code, string output, _) = CommandLine.Run("emit", "--lang", "cuda", "x^2", "--both", "--out", file.Path);

        Assert.Equal((0, ""), (code, output));
        Assert.Equal(CommandLine.Run("emit", "--lang", "cuda", "x^2", "--both").Output, File.ReadAllText(file.Path));
    }

    [Fact]
    public void Several_formulas_are_several_outputs_and_parameters_keep_their_order()
    {
        string output = CommandLine.Run("emit", "--lang", "c", "x + y", "x*y", "--params", "y x").Output;

        Assert.Contains("value1", output, StringComparison.Ordinal);
        Assert.Contains("value2", output, StringComparison.Ordinal);
        Assert.Contains("double y, double x", output, StringComparison.Ordinal);
    }

    public static TheoryData<string[], string> Mistakes => new()
    {
        { ["emit", "x^2"], "--lang" },
        { ["emit", "--lang", "fortran", "x^2"], "fortran" },
        { ["emit", "--lang", "c"], "argument" },
        { ["emit", "--lang", "c", "x +"], "^" },
        { ["emit", "--lang", "c", "x", "--precision", "half"], "half" },
        { ["emit", "--lang", "c", "x", "--value", "--gradient"], "--value" },
        { ["emit", "--lang", "c", "x", "--value", "--wrt", "x"], "--wrt" },
        { ["emit", "--lang", "c", "x", "--accumulate"], "--accumulate" },
        { ["emit", "--lang", "c", "x*y", "--params", "x"], "'y'" },
        { ["emit", "--lang", "c", "x", "--wrt", "1"], "'1'" },
        { ["emit", "--lang", "c", "x", "--out", "no/such/folder/f.c"], "does not exist" },
        { ["emit", "--lang", "c", "x", "--params", "x x"], "'x'" },
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
