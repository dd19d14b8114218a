using System.Text;
using Nabla.Tests.Architecture;

namespace Nabla.Tests.Docs;

/// <summary>
/// docs/ops.md is the table of operations as the declarations make it. After a change run this test once with the environment
/// variable NABLA_UPDATE_DOCS=1, which rewrites the page, and read the difference.
/// </summary>
public sealed class OpsDocTests
{
    private const string Page = "docs/ops.md";

    [Fact]
    public void The_page_of_operations_is_the_table()
    {
        string path = Path.Combine(Repository.Root, Page);
        string[] actual = Text(OpTable.Rows).Split('\n');
        if (Environment.GetEnvironmentVariable("NABLA_UPDATE_DOCS") == "1") File.WriteAllText(path, string.Join('\n', actual));
        string[] expected = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n").Split('\n') : [];

        IEnumerable<string> changes = [.. actual.Except(expected).Select(line => "+ " + line), .. expected.Except(actual).Select(line => "- " + line)];

        Assert.True(actual.SequenceEqual(expected),
            $"{Page} is not the table of operations:\n{string.Join('\n', changes)}\nRun this test with NABLA_UPDATE_DOCS=1, which rewrites the page, and commit it.");
    }

    private static string Text(IReadOnlyList<OpRow> rows)
    {
        var text = new StringBuilder();
        text.Append("# Operations\n\nMade from the declarations by `tests/Nabla.Tests/Docs/OpsDocTests.cs` (NABLA_UPDATE_DOCS=1 rewrites it).\n");

        text.Append("\n## Element by element\n");
        text.Append("The formula is the declaration: value, gradient, tangent and every higher derivative follow from it. Inputs are `x`, `y`, `z`, `w` in\n");
        text.Append("the order of the arguments, broadcast together; a number that the method takes is one of them. Integers become float32 unless the\n");
        text.Append("column says that they stay. The domain is where an operation is meant to be used; outside it follows IEEE arithmetic.\n\n");
        text.Append("| name | formula | integers stay | domain | at kinks |\n|---|---|:-:|---|---|\n");
        foreach (OpRow row in rows.Where(row => row.Elementwise is { IsPredicate: false }))
            Row(text, row.Name, Code(row.Elementwise!.Formula.ToString()), row.DTypes == "any" ? "yes" : "", row.Domain, row.Kinks);

        text.Append("\n## Truth values, element by element\n\n| name | formula |\n|---|---|\n");
        foreach (OpRow row in rows.Where(row => row.Elementwise is { IsPredicate: true }))
            Row(text, row.Name, Code(row.Elementwise!.Formula.ToString()));

        text.Append("\n## The others\n");
        text.Append("*Linear*: the tangent is the operation, the gradient its transpose. *Bilinear*: linear in each of two inputs. *Custom*: states both\n");
        text.Append("derivatives. *Composite*: made of other operations. *NotDifferentiable*: indices, truth values, counts.\n\n");
        text.Append("| name | kind | shapes | element types | domain | at kinks and ties |\n|---|---|---|---|---|---|\n");
        foreach (OpRow row in rows.Where(row => row.Elementwise is null))
            Row(text, row.Name, row.Kind.ToString(), row.Shapes, row.DTypes, row.Domain, row.Kinks);

        text.Append($"\n{rows.Count} operations.\n");
        return text.ToString();
    }

    private static void Row(StringBuilder text, params ReadOnlySpan<string> cells)
    {
        text.Append('|');
        foreach (string cell in cells) text.Append(' ').Append(cell.Replace("|", "\\|", StringComparison.Ordinal)).Append(" |");
        text.Append('\n');
    }

    private static string Code(string formula) => $"`{formula}`";
}
