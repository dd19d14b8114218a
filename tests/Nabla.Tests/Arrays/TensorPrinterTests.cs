using System.Globalization;
using System.Text.Json;
using Nabla.Tests.Reference;

namespace Nabla.Tests.Arrays;

public sealed class TensorPrinterTests
{
    public static TheoryData<int, string> PrintedByPyTorch()
    {
        TheoryData<int, string> rows = [];
        int number = 0;
        foreach (JsonElement example in Examples()) rows.Add(number++, example.Text("text").Split('\n')[0]);
        return rows;
    }

    [Theory]
    [MemberData(nameof(PrintedByPyTorch))]
    public void A_tensor_prints_as_in_PyTorch(int number, string firstLine)
    {
        JsonElement example = Examples()[number];
        DType dtype = Enum.Parse<DType>(example.Text("dtype"));
        JsonElement values = example.GetProperty("values");

        string text = TensorPrinter.Format(
            dtype, example.GetProperty("shape").Integers(), i => RealAt(values, dtype, i), i => IntegerAt(values, i),
            example.Text("suffix"));

        Assert.StartsWith(firstLine, text, StringComparison.Ordinal);
        Assert.Equal(example.Text("text"), text);
    }

    [Fact]
    public void Suffixes_stay_on_the_line_while_it_has_room()
    {
        string text = TensorPrinter.Format(DType.Float32, [2], i => i + 0.5, NoIntegers, "requires_grad=True");
        Assert.Equal("tensor([0.5000, 1.5000], requires_grad=True)", text);
    }

    [Fact]
    public void An_empty_integer_tensor_names_its_dtype()
    {
        string text = TensorPrinter.Format(DType.Int64, [0], NoReals, NoIntegers, "");
        Assert.Equal("tensor([], dtype=int64)", text);
    }

    [Fact]
    public void Elements_that_are_not_shown_are_not_read_and_do_not_widen_the_columns()
    {
        HashSet<int> read = [];
        string text = TensorPrinter.Format(DType.Int64, [5000], NoReals, Element, "");

        Assert.Equal("tensor([1, 1, 1,  ..., 1, 1, 1])", text);
        Assert.Equal(6, read.Count);

        long Element(int index)
        {
            read.Add(index);
            return index is < 3 or > 4996 ? 1 : 1_000_000;
        }
    }

    private static JsonElement[] Examples() =>
        [.. ReferenceFile.Load("printing.json").GetProperty("cases").EnumerateArray()];

    private static double RealAt(JsonElement values, DType dtype, int index)
    {
        double value = values.ValueKind == JsonValueKind.Array
            ? values[index].Number()
            : values.GetProperty("start").Number() + values.GetProperty("step").Number() * index;
        return dtype == DType.Float32 ? (float)value : value;
    }

    private static long IntegerAt(JsonElement values, int index) =>
        values.ValueKind == JsonValueKind.Array
            ? long.Parse(values[index].GetRawText(), CultureInfo.InvariantCulture)
            : values.GetProperty("start").GetInt64() + values.GetProperty("step").GetInt64() * index;

    private static double NoReals(int index) => throw new InvalidOperationException("An integer tensor was read as reals.");

    private static long NoIntegers(int index) => throw new InvalidOperationException("A real tensor was read as integers.");
}
