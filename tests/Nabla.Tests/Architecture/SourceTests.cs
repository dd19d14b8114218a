using System.Reflection;
using System.Runtime.CompilerServices;

namespace Nabla.Tests.Architecture;

public sealed class SourceTests
{
    private const int LongestFile = 400;
    private static readonly string[] EmptyNames = ["Utils", "Utilities", "Helper", "Helpers", "Manager", "Common", "Misc"];

    [Fact]
    public void Every_class_is_sealed_or_abstract()
    {
        Assembly[] assemblies = [typeof(Symbolics.Expr).Assembly, typeof(Tensor).Assembly, Assembly.Load("Nabla.Cli")];
        IEnumerable<string?> open = assemblies.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.IsClass && !type.IsSealed && !type.IsAbstract)
            .Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute)) && !type.FullName!.Contains('<', StringComparison.Ordinal))
            .Select(type => type.FullName);

        Assert.Empty(open);
    }

    [Fact]
    public void Every_file_has_at_most_400_lines_unless_it_is_a_table()
    {
        IEnumerable<string> longFiles = Repository.Sources("src")
            .Where(path => !Path.GetFileName(path).StartsWith("Primitives", StringComparison.Ordinal))
            .Select(path => (path, lines: File.ReadLines(Path.Combine(Repository.Root, path)).Count()))
            .Where(file => file.lines > LongestFile)
            .Select(file => $"{file.path} has {file.lines} lines");

        Assert.Empty(longFiles);
    }

    [Fact]
    public void No_file_has_a_name_that_says_nothing()
    {
        IEnumerable<string> vague = Repository.Sources("src").Concat(Repository.Sources("tests"))
            .Where(path => path.Split('/').Any(part => EmptyNames.Any(name => Path.GetFileNameWithoutExtension(part).EndsWith(name, StringComparison.Ordinal))));

        Assert.Empty(vague);
    }

    [Fact]
    public void No_source_leaves_something_for_later()
    {
        Assert.DoesNotContain(Repository.Sources("src"), path => Repository.Read(path).Contains("TODO", StringComparison.Ordinal));
    }

    [Fact]
    public void No_source_has_regions()
    {
        Assert.DoesNotContain(Repository.Sources("src"), path => Repository.Read(path).Contains("#region", StringComparison.Ordinal));
    }
}
