namespace Nabla.Symbolics.Tests;

/// <summary>Classic simplifications against the results of SymPy 1.11 (Reference/simplify.py).</summary>
public sealed class SimplifyReferenceTests
{
    [Fact]
    public void Results_are_at_least_as_small_as_SymPy_s_in_nearly_all_cases()
    {
        using var stream = typeof(SimplifyReferenceTests).Assembly.GetManifestResourceStream("Nabla.Symbolics.Tests.Reference.simplify.csv")!;
        using var reader = new StreamReader(stream);
        var larger = new List<string>();
        var rows = 0;
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(';');
            var simple = SimplifyIdentityTests.WithPositives(cells[0]).Simplify();
            rows++;
            if (OperationCount.Of(simple) > int.Parse(cells[2])) larger.Add($"{cells[0]}: {simple}, SymPy: {cells[1]}");
        }

        Assert.True(rows >= 60);
        Assert.True(larger.Count <= 2, string.Join('\n', larger));
    }
}
