namespace Nabla;

/// <summary>The texts of what can go wrong in operations, in one place.</summary>
internal static class OpErrors
{
    public static DTypeException NeedsFloatingPoint(string op, Tensor x) =>
        new($"{op}: needs floating-point elements, the tensor is {x.DType.Word()} {x.Shape}. Convert it first with To(DType.Float32).");

    // ---- shapes and indices -------------------------------------------------------------------------------------------

    public static ArgumentOutOfRangeException OutsideAxis(string op, long index, int axis, int length, Shape shape) =>
        new(nameof(index), index, $"{op}: index {index} is outside axis {axis} of length {length} (tensor {shape}). " +
            (length == 0 ? "The axis is empty." : $"Use 0 to {length - 1}."));

    public static DTypeException IndexDType(string op, Tensor index) => index.DType is DType.UInt8
        ? new($"{op}: the index {index.Shape} is uint8, which could mean positions or a mask. Convert it with Long() or Bool().")
        : new($"{op}: the index {index.Shape} is {index.DType.Word()}; positions are int64 or int32. Convert it with Long().");

    public static DTypeException MaskDType(string op, Tensor mask) =>
        new($"{op}: the mask {mask.Shape} is {mask.DType.Word()}, but truth values are needed. Convert it with Bool(), or compare.");

    public static ShapeException SourceShape(string op, Shape source, Shape needed) =>
        new($"{op}: source is {source}, the place it goes to is {needed}. Reshape or Expand the source.");

    public static DTypeException SourceDType(string op, Tensor source, Tensor x) =>
        new($"{op}: source is {source.DType.Word()}, the tensor is {x.DType.Word()}. Convert the source with To(DType.{x.DType}).");

    public static ShapeException NeedsRank(string op, string needed, Tensor x) =>
        new($"{op}: needs {needed}, the tensor is {x.Shape}. Reshape or Unsqueeze it first.");

    public static ArgumentOutOfRangeException NotPositive(string op, string name, int value) =>
        new(name, value, $"{op}: {name} must be positive, got {value}.");

    public static ArgumentOutOfRangeException Negative(string op, string name, long value) =>
        new(name, value, $"{op}: {name} must not be negative, got {value}.");

    public static ArgumentOutOfRangeException ClassOutside(long found, int? classes) =>
        new(nameof(classes), found, classes is { } count ? $"OneHot: class {found} is outside 0 to {count - 1}. Give more classes, or mask such elements." : $"OneHot: class {found} is negative. Mask such elements.");
}
