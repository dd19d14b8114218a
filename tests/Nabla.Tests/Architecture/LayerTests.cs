namespace Nabla.Tests.Architecture;

public sealed class LayerTests
{
    // Nn, Optim and Verification stand side by side: none uses another.
    private static readonly Dictionary<string, int> Heights = new()
    {
        ["Arrays"] = 0, ["Autograd"] = 1, ["Ops"] = 2, ["Compilation"] = 3, ["Transforms"] = 4, ["Nn"] = 5, ["Optim"] = 5, ["Verification"] = 5,
    };

    private const string Folder = "src/Nabla/";

    [Fact]
    public void No_file_of_Nabla_uses_a_symbol_of_a_higher_layer()
    {
        IEnumerable<(string, string)> sources = Repository.Sources(Folder).Select(path => (path[Folder.Length..], Repository.Read(path)));
        var rule = new LayerRule(Heights, sources, "Nabla");

        Assert.Empty(rule.Errors());
        Assert.Empty(rule.Violations());
    }

    [Fact]
    public void Every_file_of_Nabla_lies_in_a_layer_and_in_its_namespace()
    {
        foreach (string path in Repository.Sources(Folder))
        {
            string layer = path[Folder.Length..].Split('/')[0];
            Assert.True(Heights.ContainsKey(layer), $"{path} is in no layer. The layers are {string.Join(", ", Heights.Keys)}.");
            string expected = layer is "Nn" or "Optim" ? $"namespace Nabla.{layer};" : "namespace Nabla;";
            Assert.True(Repository.Read(path).Contains(expected, StringComparison.Ordinal), $"{path} does not say {expected}");
        }
    }

    [Theory]
    [InlineData("static class A { static int F() => new B().G(); }", "Arrays/A.cs:1 uses B")] // a type
    [InlineData("static class A { static int F(Both x) => x.Upper(); }", "Arrays/A.cs:1 uses Both.Upper()")] // a member of the upper part of a partial type
    [InlineData("static class A { static Both F(Both x) => x + x; }", "Arrays/A.cs:1 uses Both.operator +(Both, Both)")] // an operator
    [InlineData("static class A { static Both F() => 3; }", "Arrays/A.cs:1 uses Both.implicit operator Both(int)")] // a conversion
    public void The_rule_finds_an_upward_use(string lower, string expected)
    {
        const string Both = "partial class Both { }";
        const string Upper = "class B { public int G() => 1; } partial class Both { public int Upper() => 1; " +
            "public static Both operator +(Both x, Both y) => x; public static implicit operator Both(int x) => new(); }";
        var rule = new LayerRule(Heights, [("Arrays/A.cs", lower), ("Arrays/Both.cs", Both), ("Ops/B.cs", Upper)], "Sample");

        Assert.Empty(rule.Errors());
        Assert.Contains(rule.Violations(), violation => violation.StartsWith(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void The_rule_allows_downward_uses_and_forbids_neighbours()
    {
        var down = new LayerRule(Heights, [("Ops/B.cs", "class B { A a = new(); }"), ("Arrays/A.cs", "class A { }")], "Sample");
        var aside = new LayerRule(Heights, [("Nn/B.cs", "class B { A a = new(); }"), ("Optim/A.cs", "class A { }")], "Sample");

        Assert.Empty(down.Violations());
        Assert.NotEmpty(aside.Violations());
    }

    [Fact]
    public void Assemblies_refer_downwards_only()
    {
        Assert.DoesNotContain(References(typeof(Symbolics.Expr)), name => name.StartsWith("Nabla", StringComparison.Ordinal));
        Assert.Equal(["Nabla.Symbolics"], References(typeof(Tensor)).Where(name => name.StartsWith("Nabla", StringComparison.Ordinal)));

        static IEnumerable<string> References(Type type) => type.Assembly.GetReferencedAssemblies().Select(name => name.Name!);
    }
}
