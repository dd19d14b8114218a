namespace Nabla;

/// <summary>Sizes, categories and promotion of element types: PyTorch's rules.</summary>
public static class DTypeRules
{
    /// <summary>The number of bytes of one element.</summary>
    public static int Size(this DType dtype) => dtype switch
    {
        DType.Float32 or DType.Int32 => 4,
        DType.Float64 or DType.Int64 => 8,
        _ => 1,
    };

    /// <summary>Whether elements are floating point; only such tensors carry gradients.</summary>
    public static bool IsFloatingPoint(this DType dtype) => dtype is DType.Float32 or DType.Float64;

    /// <summary>The name as PyTorch prints it: <c>float32</c>, <c>int64</c>, <c>bool</c>.</summary>
    public static string Word(this DType dtype) => dtype switch
    {
        DType.Float32 => "float32",
        DType.Float64 => "float64",
        DType.Int64 => "int64",
        DType.Int32 => "int32",
        DType.UInt8 => "uint8",
        _ => "bool",
    };

    /// <summary>The type that holds the values of both: the wider of the higher category (bool, integer, floating point).</summary>
    public static DType Promote(DType a, DType b) => Rank(a) >= Rank(b) ? a : b;

    /// <summary>The DType of a C# element type.</summary>
    /// <exception cref="DTypeException">The type has no tensor counterpart.</exception>
    public static DType Of<T>() where T : unmanaged =>
        typeof(T) == typeof(float) ? DType.Float32
        : typeof(T) == typeof(double) ? DType.Float64
        : typeof(T) == typeof(long) ? DType.Int64
        : typeof(T) == typeof(int) ? DType.Int32
        : typeof(T) == typeof(byte) ? DType.UInt8
        : typeof(T) == typeof(bool) ? DType.Bool
        : throw new DTypeException($"Tensor: element type {typeof(T).Name} has no tensor counterpart. Use float, double, long, int, byte or bool.");

    /// <summary>0 for bool, 1 for integers, 2 for floating point: a value of a higher category decides the result's type.</summary>
    internal static int Category(this DType dtype) => dtype switch
    {
        DType.Bool => 0,
        DType.Float32 or DType.Float64 => 2,
        _ => 1,
    };

    // The six types form a chain: each pair meets in its later member.
    private static int Rank(DType dtype) => dtype switch
    {
        DType.Bool => 0,
        DType.UInt8 => 1,
        DType.Int32 => 2,
        DType.Int64 => 3,
        DType.Float32 => 4,
        _ => 5,
    };
}
