using System.Globalization;
using System.Text;
using System.Text.Json;
using Nabla.Tests.Architecture;

namespace Nabla.Tests.Cli;

public sealed class DeriveBatchTests
{
    [Theory]
    [InlineData("derivatives.csv", 513)]
    [InlineData("derivatives-more.csv", 2000)]
    public void Every_row_of_the_reference_tables_is_right_by_formula_and_by_autograd(string table, int least)
    {
        string path = Path.Combine(Repository.Root, "tests", "Nabla.Symbolics.Tests", "Reference", table);
        List<Dictionary<string, string>> expected = ReadTable(path);

        (int code, string output, string error) = CommandLine.Run("derive", "--batch", path);

        string[] lines = output.TrimEnd().Split('\n');
        Assert.Equal((0, ""), (code, error));
        Assert.True(expected.Count >= least);
        Assert.Equal(expected.Count, lines.Length);
        List<string> wrong = [];
        for (int i = 0; i < lines.Length; i++)
        {
            JsonElement row = JsonDocument.Parse(lines[i]).RootElement;
            string what = $"{expected[i]["expression"]} by {expected[i]["wrt"]} at {expected[i]["point"]}";
            Assert.Equal(expected[i]["id"], row.GetProperty("id").GetString());
            Assert.Equal(JsonValueKind.Null, row.GetProperty("error").ValueKind);
            Assert.NotEmpty(row.GetProperty("derivative").GetString()!);
            double value = Parse(expected[i]["expected"]), tolerance = Parse(expected[i]["atol"]) + (Parse(expected[i]["rtol"]) * Math.Abs(value));
            foreach (string way in (string[])["symbolic", "autograd"])
                if (!(Math.Abs(Number(row, way) - value) <= tolerance)) wrong.Add($"{what}: {way} gives {Number(row, way):R}, not {value:R}");
            double function = Parse(expected[i]["f_value"]);
            if (!(Math.Abs(Number(row, "value") - function) <= 1e-10 * Math.Max(1, Math.Abs(function)))) wrong.Add($"{what}: the value is {Number(row, "value"):R}, not {function:R}");
            if (!row.GetProperty("agree").GetBoolean()) wrong.Add($"{what}: the ways do not agree: {lines[i]}");
        }
        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(40)));
    }

    [Fact]
    public void Columns_may_stand_in_any_order_in_quotes_with_a_byte_order_mark_and_windows_line_ends()
    {
        using CommandLine.TemporaryFile file = new("table.csv");
        File.WriteAllText(file.Path, "point; \"Wrt\" ;note;expression\r\n\r\n\"x=3\";x;\"a;b \"\"quoted\"\"\";\"x^2\"\r\n   \r\n x = 2 , y=5 ;x y;; x*y \r\n", new UTF8Encoding(true));

        (int code, string output, string error) = CommandLine.Run("derive", "--batch", file.Path);

        string[] lines = output.TrimEnd().Split('\n');
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(2, lines.Length);
        Assert.Equal(["1", "2"], lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString()));
        Assert.Equal([6, 1], lines.Select(line => Number(JsonDocument.Parse(line).RootElement, "symbolic")));
    }

    public static TheoryData<string, string> BrokenRows => new()
    {
        { "x +;x;x=1", "column 4 of the expression" },
        { "sin(x;x;x=1", "expression" },
        { "foo(x);x;x=1", "foo" },
        { ";x;x=1", "no expression" },
        { "x^2;;x=1", "wrt names no symbol" },
        { "x^2;x;", "'x' has no value" },
        { "x^2;x;y=1", "'x' has no value" },
        { "x^2;x;x=", "'', is not a number" },
        { "x^2;x;x", "'x' gives no value" },
        { "x^2;x;x=1e999", "finite" },
        { "x^2;2;x=1", "'2' is not the name of a symbol" },
        { "x^2;x x x x x x x x x x x;x=1", "the highest is 10" },
        { "\"x^2;x;x=1", "quote" },
        { "x^2", "wrt names no symbol" },
        { "x^2;x;x=1;1;2;3", "6 fields" },
        { "zeta(x, 2);x;x=3", "zeta" },
        { "1e5^1e5^1e5^(9^9^9^9);x;x=1", "" },
    };

    [Theory]
    [MemberData(nameof(BrokenRows))]
    public void A_row_that_cannot_be_read_says_why_and_the_rest_goes_on(string row, string reason)
    {
        (int code, string output, string error) = CommandLine.RunWith($"expression;wrt;point\nx^2;x;x=3\n{row}\nx^3;x;x=2\n", "derive", "--batch", "-");

        JsonElement[] rows = [.. output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(3, rows.Length);
        Assert.Equal([6, 12], [Number(rows[0], "autograd"), Number(rows[2], "autograd")]);
        if (reason.Length == 0) return;
        Assert.Equal(1, code);
        Assert.Contains("1 cannot be read", error, StringComparison.Ordinal);
        Assert.StartsWith("line 3: ", rows[1].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Contains(reason, rows[1].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.False(rows[1].GetProperty("agree").GetBoolean());
        Assert.Equal(JsonValueKind.Null, rows[1].GetProperty("symbolic").ValueKind);
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_strings()
    {
        string output = CommandLine.RunWith("expression;wrt;point\nlog(x);x;x=0\nsqrt(x);x;x=-1\n", "derive", "--batch", "-").Output;

        JsonElement[] rows = [.. output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal("-Infinity", rows[0].GetProperty("value").GetString());
        Assert.Equal("Infinity", rows[0].GetProperty("symbolic").GetString());
        Assert.Equal("NaN", rows[1].GetProperty("value").GetString());
        Assert.Equal("NaN", rows[1].GetProperty("symbolic").GetString());
    }

    [Fact]
    public void The_output_file_appears_complete_and_nothing_else_is_left()
    {
        using CommandLine.TemporaryFile file = new("table.csv", "expression;wrt;point;id\nx^2;x;x=3;first\n");
        string target = file.Beside("rows.jsonl");
        File.WriteAllText(target, "what was there");

        (int code, string output, _) = CommandLine.Run("derive", "--batch", file.Path, "--output", target);

        Assert.Equal((0, ""), (code, output));
        Assert.Equal("first", JsonDocument.Parse(File.ReadAllText(target)).RootElement.GetProperty("id").GetString());
        Assert.Equal(["rows.jsonl", "table.csv"], file.Files);
    }

    /// <summary>What stands in the file, and what the error names.</summary>
    public static TheoryData<string, string> BrokenTables => new()
    {
        { "", "empty" },
        { "\n\n", "empty" },
        { "expression;wrt\nx;x\n", "point" },
        { "expression,wrt,point\nx,x,x=1\n", "','" },
        { "x^2;x;x=1\n", "expression, wrt, point" },
        { "expression;wrt;point;wrt\n", "'wrt' is named twice" },
        { "expression;\"wrt;point\n", "quote" },
    };

    [Theory]
    [MemberData(nameof(BrokenTables))]
    public void A_file_without_a_proper_header_is_refused(string text, string word)
    {
        (int code, string output, string error) = CommandLine.RunWith(text, "derive", "--batch", "-");

        Assert.Equal((2, ""), (code, output));
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Contains(word, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        using CommandLine.TemporaryFile file = new("table.csv", "expression;wrt;point\nx;x;x=1\n");

        Assert.Contains("no-such.csv", Refused("derive", "--batch", "no-such.csv"), StringComparison.Ordinal);
        Assert.Contains("is a folder", Refused("derive", "--batch", Path.GetDirectoryName(file.Path)!), StringComparison.Ordinal);
        Assert.Contains("does not exist", Refused("derive", "--batch", file.Path, "--output", file.Beside("no/such/folder.json")), StringComparison.Ordinal);
        Assert.Contains("is a folder", Refused("derive", "--batch", file.Path, "--output", Path.GetDirectoryName(file.Path)!), StringComparison.Ordinal);

        static string Refused(params string[] line)
        {
            (int code, string output, string error) = CommandLine.Run(line);
            Assert.Equal((2, ""), (code, output));
            return error;
        }
    }

    private static double Number(JsonElement row, string name) => row.GetProperty(name) is { ValueKind: JsonValueKind.Number } number ? number.GetDouble() : double.NaN;

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static List<Dictionary<string, string>> ReadTable(string path)
    {
        string[] lines = File.ReadAllLines(path), header = lines[0].Split(';');
        return [.. lines.Skip(1).Select(line => line.Split(';').Zip(header).ToDictionary(pair => pair.Second, pair => pair.First))];
    }
}
