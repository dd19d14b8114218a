namespace Nabla;

/// <summary>The texts of what can go wrong in operations, in one place.</summary>
internal static class OpErrors
{
    public static DTypeException NeedsFloatingPoint(string op, Tensor x) =>
        new($"{op}: needs floating-point elements, the tensor is {x.DType.Word()} {x.Shape}. Convert it first with To(DType.Float32).");

    // ---- reductions ---------------------------------------------------------------------------------------------------

    public static ShapeException EmptyAxis(string op, Tensor x, int axis) =>
        new($"{op}: axis {axis} of the tensor {x.Shape} has length 0, and {op} of no elements is undefined. Check that there are elements, or name another axis.");

    public static ArgumentOutOfRangeException OutsideAxis(string op, string argument, int value, int least, int length, Tensor x) => new(argument, value,
        $"{op}: {argument} is {value}, but must be from {least} to {length}: the axis has length {length} (tensor {x.Shape}).");

    public static ArgumentOutOfRangeException Quantile(double q) => new(nameof(q), q, $"Quantile: q is {q}, but must be from 0 to 1.");
}
