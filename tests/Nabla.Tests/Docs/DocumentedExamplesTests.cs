using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Nabla.Tests.Architecture;

namespace Nabla.Tests.Docs;

/// <summary>Every C# block of the README and the docs compiles and runs; where a text block follows, it is what the program prints.</summary>
[Collection("Console")]
public sealed partial class DocumentedExamplesTests
{
    private const string Usings = "using System; using System.Collections.Generic; using System.Linq; using System.Threading.Tasks;\n";

    public static TheoryData<string, int> Examples()
    {
        var data = new TheoryData<string, int>();
        foreach (string file in Pages())
            for (int i = 0; i < Block().Count(File.ReadAllText(Path.Combine(Repository.Root, file))); i++) data.Add(file, i);
        return data;
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_prints_what_the_page_says(string file, int index)
    {
        Match block = Block().Matches(File.ReadAllText(Path.Combine(Repository.Root, file)))[index];
        string printed = Run(block.Groups["code"].Value);
        if (!block.Groups["output"].Success) return;
        if (Environment.GetEnvironmentVariable("NABLA_UPDATE_DOCS") is not null) Write(file, block, printed);
        else Assert.Equal(block.Groups["output"].Value.Trim().ReplaceLineEndings("\n"), printed.Trim().ReplaceLineEndings("\n"));
    }

    /// <summary>Puts what the program printed on the page, in place of what stood there.</summary>
    private static void Write(string file, Match block, string printed)
    {
        string path = Path.Combine(Repository.Root, file), page = File.ReadAllText(path);
        string updated = block.Value[..(block.Groups["output"].Index - block.Index)] + printed.Trim().ReplaceLineEndings("\n") + "\n"
            + block.Value[(block.Groups["output"].Index + block.Groups["output"].Length - block.Index)..];
        File.WriteAllText(path, page.Replace(block.Value, updated, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Pages()
    {
        yield return "README.md";
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Order())
            yield return Path.GetRelativePath(Repository.Root, file);
    }

    private static string Run(string code)
    {
        string[] references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        SyntaxTree[] trees = [CSharpSyntaxTree.ParseText(code), CSharpSyntaxTree.ParseText(Regex.Replace(Usings, "using ", "global using "))];
        var compilation = CSharpCompilation.Create("example", trees, references.Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));

        MethodInfo main = Assembly.Load(image.ToArray()).EntryPoint!;
        TextWriter before = Console.Out;
        var output = new StringWriter(new StringBuilder());
        try
        {
            Console.SetOut(output);
            main.Invoke(null, main.GetParameters().Length == 0 ? null : [Array.Empty<string>()]);
        }
        finally
        {
            Console.SetOut(before);
        }
        return output.ToString();
    }

    // A block may be marked ```csharp fragment``` where it is not a whole program.
    [GeneratedRegex(@"^```csharp\n(?<code>.*?)^```\n(\s*```text\n(?<output>.*?)^```\n)?", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}

/// <summary>Tests that redirect the console run by themselves.</summary>
[CollectionDefinition("Console", DisableParallelization = true)]
public sealed class ConsoleTests;
