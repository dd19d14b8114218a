using System.Globalization;

namespace Nabla;

/// <summary>Numbers as reports and drawings show them.</summary>
internal static class NumberText
{
    /// <summary>Few digits, for labels.</summary>
    public static string Short(double value) => Text(value, "G4");

    /// <summary>As many digits as show what agrees, for tables.</summary>
    public static string Long(double value) => Text(value, "G10");

    /// <summary>A tensor in the room of a label: its numbers if they are few, else its shape.</summary>
    public static string Short(Tensor x)
    {
        if (x.Numel > 4 || x.Rank > 1) return Lengths(x.Shape);
        string[] numbers = [.. x.Detach().To(DType.Float64).Reshape(x.Numel).ToArray<double>().Select(Short)];
        return x.Rank == 0 ? numbers[0] : $"[{string.Join(", ", numbers)}]";
    }

    /// <summary>A shape that cannot be mistaken for a vector: <c>3×2</c>, and <c>5 numbers</c> for one axis.</summary>
    public static string Lengths(Shape shape) => shape.Rank == 1 ? $"{shape[0]} numbers" : string.Join("×", shape);

    /// <summary>An error or a ratio: two digits.</summary>
    public static string Size(double value) => Text(value, "G2");

    private static string Text(double value, string format) =>
        double.IsNaN(value) ? "NaN" : double.IsPositiveInfinity(value) ? "∞" : double.IsNegativeInfinity(value) ? "−∞"
        : (value == 0 ? 0 : value).ToString(format, CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal).Replace("e-0", "e-", StringComparison.Ordinal).Replace("e+0", "e", StringComparison.Ordinal).Replace("e+", "e", StringComparison.Ordinal);
}
