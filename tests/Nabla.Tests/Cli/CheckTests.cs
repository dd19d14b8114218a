namespace Nabla.Tests.Cli;

public sealed class CheckTests
{
    [Fact]
    public void The_example_compiles_and_agrees()
    {
        using CommandLine.TemporaryFile file = new("gradients.cs", CommandLine.Run("check", "--example").Output);

        (int code, string output, string error) = CommandLine.Run("check", file.Path);

        Assert.Equal((0, ""), (code, error));
        foreach (string name in (string[])["Bell", "SumOfSquares", "LogSumExp"]) Assert.Contains(name, output, StringComparison.Ordinal);
        Assert.Contains("All 3 checks agree.", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_claim_and_a_check_that_throws_are_reported_and_the_others_go_on()
    {
        using CommandLine.TemporaryFile file = new("gradients.cs", """
            using Nabla;

            VerificationReport Right() => Verify.Gradient(x => x.Square().Sum(), Tensor.Of([1.0, 2], DType.Float64), claimed: x => 2 * x);

            VerificationReport Wrong() => Verify.Gradient(x => x.Square().Sum(), Tensor.Of([1.0, 2], DType.Float64), claimed: x => 4 * x);

            VerificationReport Throws() => throw new InvalidOperationException("no data");

            IEnumerable<VerificationReport> Several()
            {
                foreach (double at in new[] { 0.5, 1.5 }) yield return Verify.Gradient(x => x.Sin(), Tensor.Of(at, DType.Float64));
            }
            """);
        string page = file.Beside("report.html");

        (int code, string output, _) = CommandLine.Run("check", file.Path, "--html", page);

        Assert.Equal(1, code);
        Assert.Contains("3 of 5 checks agree.", output, StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException at line 7: no data", output, StringComparison.Ordinal);
        Assert.Contains("Several[1]", output, StringComparison.Ordinal);
        string html = File.ReadAllText(page);
        Assert.StartsWith("<!DOCTYPE html>", html, StringComparison.Ordinal);
        Assert.Equal(5, html.Split("<section ").Length - 1);
        Assert.Single(html.Split("<body>").Skip(1));
        Assert.Contains("3 of 5 checks agree", html, StringComparison.Ordinal);
        Assert.Contains("<svg", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_of_the_compiler_are_shown_with_their_lines()
    {
        using CommandLine.TemporaryFile file = new("gradients.cs", "using Nabla;\n\nstatic class Checks\n{\n    static VerificationReport A() => Verify.Gradient(x => x.Sqare(), 2.0);\n}\n");

        (int code, string output, string error) = CommandLine.Run("check", file.Path);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains("does not compile: 1 error", error, StringComparison.Ordinal);
        Assert.Contains("gradients.cs(5,", error, StringComparison.Ordinal);
        Assert.Contains("Sqare", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Directives_of_file_based_programs_are_left_to_those_who_run_them()
    {
        using CommandLine.TemporaryFile file = new("gradients.cs", """
            #!/usr/bin/env dotnet
            #:property PublishAot=false
            using Nabla;

            Console.WriteLine(Square());

            static VerificationReport Square() => Verify.Gradient(x => x.Square(), Tensor.Of(3.0, DType.Float64));
            """);

        Assert.Equal(0, CommandLine.Run("check", file.Path).Code);
    }

    /// <summary>The text of the file (null for none), more of the command line, and what the error names.</summary>
    public static TheoryData<string?, string[], string> Mistakes => new()
    {
        { null, [], "no-such.cs" },
        { "class A { }", [], "there is no check" },
        { "static class A { static int B() => 3; }", [], "VerificationReport" },
        { "class A {", [], "does not compile" },
        { "static class A { static Nabla.VerificationReport B(int n) => null!; }", [], "there is no check" },
        { "static class A { static Foo B() => null!; }", [], "Foo" },
        { "static class A { static Nabla.VerificationReport B() => null!; }", ["--htm", "x"], "--htm" },
        { "static class A { static Nabla.VerificationReport B() => null!; }", ["more"], "more" },
        { "static class A { static Nabla.VerificationReport B() => null!; }", ["--html", "no/such/folder/r.html"], "does not exist" },
        { "not C# at all", [], "does not compile" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_named(string? text, string[] more, string word)
    {
        using CommandLine.TemporaryFile file = new("no-such.cs", text ?? "");

        (int code, _, string error) = CommandLine.Run(["check", file.Path, .. more]);

        Assert.Equal(2, code);
        Assert.StartsWith("nabla: ", error, StringComparison.Ordinal);
        Assert.Contains(word, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_file_the_example_is_named() => Assert.Contains("--example", CommandLine.Run("check").Error, StringComparison.Ordinal);
}
