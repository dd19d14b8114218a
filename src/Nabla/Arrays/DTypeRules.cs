namespace Nabla;

/// <summary>Sizes, categories and promotion of element types: PyTorch's rules.</summary>
public static class DTypeRules
{
    /// <summary>The number of bytes of one element.</summary>
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    public static int Size(this DType dtype) => dtype switch
    {
        DType.Float32 or DType.Int32 => 4,
        DType.Float64 or DType.Int64 or DType.Complex64 => 8,
        DType.Complex128 => 16,
        _ => 1,
    };

    /// <summary>Whether elements are real floating-point numbers. Such tensors, and complex ones, carry gradients.</summary>
    public static bool IsFloatingPoint(this DType dtype) => dtype is DType.Float32 or DType.Float64;

    /// <summary>Whether elements are complex numbers.</summary>
    public static bool IsComplex(this DType dtype) => dtype >= DType.Complex64;

    /// <summary>The type of the real and of the imaginary part; a real type is its own.</summary>
    public static DType PartType(this DType dtype) => dtype switch
    {
        DType.Complex64 => DType.Float32,
        DType.Complex128 => DType.Float64,
        _ => dtype,
    };

    /// <summary>The complex type whose parts hold the values of a type: complex128 for float64, complex64 for the others.</summary>
    public static DType ComplexType(this DType dtype) => dtype is DType.Float64 or DType.Complex128 ? DType.Complex128 : DType.Complex64;

    /// <summary>Whether tensors of the type have derivatives: real floating-point numbers and complex ones.</summary>
    internal static bool HasDerivatives(this DType dtype) => dtype.IsFloatingPoint() || dtype.IsComplex();

    /// <summary>The name as PyTorch prints it: <c>float32</c>, <c>int64</c>, <c>bool</c>.</summary>
    public static string Word(this DType dtype) => dtype switch
    {
        DType.Float32 => "float32",
        DType.Float64 => "float64",
        DType.Int64 => "int64",
        DType.Int32 => "int32",
        DType.UInt8 => "uint8",
        DType.Complex64 => "complex64",
        DType.Complex128 => "complex128",
        _ => "bool",
    };

    /// <summary>The type that holds the values of both: the wider of the higher category (bool, integer, floating point, complex).</summary>
    public static DType Promote(DType a, DType b)
    {
        if (a.IsComplex() || b.IsComplex()) return a.ComplexType() == DType.Complex128 ? DType.Complex128 : b.ComplexType();
        return Rank(a) >= Rank(b) ? a : b;
    }

    /// <summary>The DType of a C# element type.</summary>
    /// <exception cref="DTypeException">The type has no tensor counterpart.</exception>
    public static DType Of<T>() where T : unmanaged =>
        typeof(T) == typeof(float) ? DType.Float32
        : typeof(T) == typeof(double) ? DType.Float64
        : typeof(T) == typeof(long) ? DType.Int64
        : typeof(T) == typeof(int) ? DType.Int32
        : typeof(T) == typeof(byte) ? DType.UInt8
        : typeof(T) == typeof(bool) ? DType.Bool
        : typeof(T) == typeof(System.Numerics.Complex) ? DType.Complex128
        : throw new DTypeException($"Tensor: element type {typeof(T).Name} has no tensor counterpart. Use float, double, long, int, byte, bool or Complex.");

    /// <summary>0 for bool, 1 for integers, 2 for floating point, 3 for complex: a value of a higher category decides the result's type.</summary>
    internal static int Category(this DType dtype) => dtype switch
    {
        DType.Bool => 0,
        DType.Float32 or DType.Float64 => 2,
        DType.Complex64 or DType.Complex128 => 3,
        _ => 1,
    };

    // The real types form a chain: each pair meets in its later member.
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
