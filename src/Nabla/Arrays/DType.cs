namespace Nabla;

/// <summary>The type of a tensor's elements. Names and promotion rules are PyTorch's; the default for real numbers is <see cref="Float32"/>.</summary>
public enum DType
{
    /// <summary>32-bit IEEE floating point; the default.</summary>
    Float32,

    /// <summary>64-bit IEEE floating point.</summary>
    Float64,

    /// <summary>64-bit signed integer; the default for whole numbers.</summary>
    Int64,

    /// <summary>32-bit signed integer.</summary>
    Int32,

    /// <summary>8-bit unsigned integer.</summary>
    UInt8,

    /// <summary>Truth value, one byte an element.</summary>
    Bool,

    /// <summary>Complex numbers of two 32-bit floating-point parts, real and imaginary.</summary>
    Complex64,

    /// <summary>Complex numbers of two 64-bit floating-point parts, real and imaginary: .NET's <see cref="System.Numerics.Complex"/>.</summary>
    Complex128,
}
