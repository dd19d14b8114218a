using System.Text.RegularExpressions;

namespace Nabla.Tests.Verification;

public sealed class ReportTests
{
    private static readonly VerificationReport Wrong =
        Verify.Gradient(x => x.Pow(2).Sum(), VerifyTests.Vector(1, 2), "[2*x[0], x[1]]", new VerificationOptions { Title = "a <sum> of | squares" });

    [Fact]
    public void Plain_text_is_the_same_every_time()
    {
        VerificationReport again = Verify.Gradient(x => x.Pow(2).Sum(), VerifyTests.Vector(1, 2), "[2*x[0], x[1]]", new VerificationOptions { Title = "a <sum> of | squares" });

        Assert.Equal(Wrong.ToString(), again.ToString());
        Assert.Contains("x[1]", Wrong.ToString(), StringComparison.Ordinal);
        Assert.Contains("✗ differs", Wrong.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("µs", Wrong.ToString(), StringComparison.Ordinal);
        Assert.Contains("time", Wrong.ToText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_has_rows_of_equal_length()
    {
        string[] lines = Wrong.ToMarkdown().Split('\n');

        Assert.StartsWith("# Gradient of a \\<sum> of \\| squares by x", lines[0], StringComparison.Ordinal);
        int columns = 0;
        foreach (string line in lines)
        {
            if (!line.StartsWith('|'))
            {
                columns = 0;
                continue;
            }
            int here = Regex.Count(line, @"(?<!\\)\|");
            if (columns > 0) Assert.Equal(columns, here);
            columns = here;
        }
    }

    [Fact]
    public void The_page_is_complete_and_needs_nothing_else()
    {
        string page = Wrong.ToHtml();

        Assert.StartsWith("<!DOCTYPE html>", page, StringComparison.Ordinal);
        Assert.EndsWith("</html>\n", page, StringComparison.Ordinal);
        Assert.Contains("a &lt;sum&gt; of | squares", page, StringComparison.Ordinal);
        Assert.Contains("<math", page, StringComparison.Ordinal);
        Assert.Contains("<svg", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href)=", page);
        Assert.DoesNotMatch(@"url\(|@import", page);
        foreach (string tag in new[] { "div", "table", "tr", "ul", "li", "svg", "math", "g" })
            Assert.Equal(Regex.Count(page, $"<{tag}[ >]"), Regex.Count(page, $"</{tag}>"));
    }

    [Fact]
    public void A_file_appears_whole_and_replaces_the_old_one()
    {
        string folder = Path.Combine(Path.GetTempPath(), "nabla-report-" + Guid.NewGuid().ToString("N")), path = Path.Combine(folder, "deep", "report.html");
        try
        {
            Wrong.WriteHtml(path);
            Wrong.WriteHtml(path);
            Wrong.Graph.WriteSvg(Path.Combine(folder, "graph.svg"));

            Assert.Equal(Wrong.ToHtml(), File.ReadAllText(path));
            Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
            Assert.Throws<ArgumentException>(() => Wrong.WriteHtml(""));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Many_elements_are_cut_with_those_that_differ_first()
    {
        VerificationReport report = Verify.Gradient(x => x.Pow(2).Sum(), Tensor.Linspace(0.1, 2, 60, DType.Float64), x => Tensor.Where(x > 1.99, 3 * x, 2 * x));

        Assert.False(report.Agrees);
        Assert.Contains("x[59]", report.ToString(), StringComparison.Ordinal);
        Assert.Contains("20 more elements, 0 of them differing, are not shown.", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_exception_carries_the_report()
    {
        VerificationException error = Assert.Throws<VerificationException>(Wrong.ThrowIfDisagrees);

        Assert.Same(Wrong, error.Report);
        Assert.Contains("1/2 times the right one at x[1]", error.Message, StringComparison.Ordinal);
    }
}
