using System.Globalization;
using System.Text.Json;

namespace Nabla.Tests.Reference;

/// <summary>Reads the checked-in reference numbers; the script that made NAME.json is NAME.py beside it.</summary>
internal static class ReferenceFile
{
    internal static JsonElement Load(string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Reference", name);
        return JsonDocument.Parse(File.ReadAllText(path)).RootElement;
    }

    /// <summary>A number; JSON has no spelling for nan and the infinities, so they stand as strings.</summary>
    internal static double Number(this JsonElement element) =>
        element.ValueKind == JsonValueKind.String
            ? element.GetString() switch
            {
                "nan" => double.NaN,
                "inf" => double.PositiveInfinity,
                "-inf" => double.NegativeInfinity,
                var text => throw new FormatException($"Not a number of a reference file: {text}"),
            }
            : double.Parse(element.GetRawText(), CultureInfo.InvariantCulture);

    internal static double[] Numbers(this JsonElement element) => [.. element.EnumerateArray().Select(Number)];

    internal static int[] Integers(this JsonElement element) => [.. element.EnumerateArray().Select(e => e.GetInt32())];

    internal static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString()!;

    /// <summary>Nested lists of numbers as a float64 tensor.</summary>
    public static Tensor Tensor(JsonElement nested)
    {
        var shape = new List<int>();
        for (JsonElement level = nested; level.ValueKind == JsonValueKind.Array; level = level[0]) shape.Add(level.GetArrayLength());
        var values = new List<double>();
        void Collect(JsonElement element)
        {
            if (element.ValueKind != JsonValueKind.Array) values.Add(element.Number());
            else
                foreach (JsonElement child in element.EnumerateArray()) Collect(child);
        }
        Collect(nested);
        return Nabla.Tensor.FromSpan<double>(values.ToArray(), Shape.Create(shape.ToArray()));
    }

    /// <summary>Shape and numbers, these to an absolute tolerance.</summary>
    public static void AssertClose(JsonElement expected, Tensor actual, double tolerance)
    {
        Tensor wanted = Tensor(expected);
        Assert.Equal(wanted.Shape, actual.Shape);
        double[] e = wanted.ToArray<double>(), a = actual.ToArray<double>();
        for (int i = 0; i < e.Length; i++) Assert.Equal(e[i], a[i], tolerance);
    }
}
