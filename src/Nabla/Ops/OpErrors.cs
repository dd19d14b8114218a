namespace Nabla;

/// <summary>The texts of what can go wrong in operations, in one place.</summary>
internal static class OpErrors
{
    public static DTypeException NeedsFloatingPoint(string op, Tensor x) =>
        new($"{op}: needs floating-point elements, the tensor is {x.DType.Word()} {x.Shape}. Convert it first with To(DType.Float32).");
}
