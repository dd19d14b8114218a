namespace Nabla;

/// <summary>The texts of what can go wrong in operations, in one place.</summary>
internal static class OpErrors
{
    public static DTypeException NeedsFloatingPoint(string op, Tensor x) =>
        new($"{op}: needs floating-point elements, the tensor is {x.DType.Word()} {x.Shape}. Convert it first with To(DType.Float32).");

    // ---- products and linear algebra ----------------------------------------------------------------------------------

    public static ShapeException InnerDimensions(string op, Tensor x, Tensor y) =>
        new($"{op}: inner dimensions differ: x is {x.Shape}, y is {y.Shape}. Transpose one of them, or check the layer size.");

    public static ShapeException ProductOfScalar(string op, Tensor x, Tensor y) =>
        new($"{op}: multiplies vectors and matrices: x is {x.Shape}, y is {y.Shape}. Use * to multiply by a scalar.");

    public static ShapeException ProductRanks(string op, string needed, Tensor x, Tensor y) =>
        new($"{op}: needs {needed}: x is {x.Shape}, y is {y.Shape}. MatMul takes all ranks and broadcasts batches.");

    public static DTypeException ProductDTypes(string op, Tensor x, Tensor y) =>
        new($"{op}: element types differ: x is {x.DType.Word()}, y is {y.DType.Word()}. Convert one of them with To(DType.{DTypeRules.Promote(x.DType, y.DType)}).");

    public static DTypeException ProductOfBools(string op) =>
        new($"{op}: truth values have no products. Convert them first with To(DType.Int64), or To(DType.Float32).");
}
