namespace Nabla;

/// <summary>Shapes that do not fit together, or do not fit the operation. The text names the operation, the shapes and the remedy.</summary>
public sealed class ShapeException : ArgumentException
{
    /// <summary>Makes the exception without a text.</summary>
    public ShapeException() { }

    /// <summary>Makes the exception with a text.</summary>
    public ShapeException(string message) : base(message) { }

    /// <summary>Makes the exception with a text and its cause.</summary>
    public ShapeException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>An element type that the operation does not take. The text names the operation, the type and the remedy.</summary>
public sealed class DTypeException : ArgumentException
{
    /// <summary>Makes the exception without a text.</summary>
    public DTypeException() { }

    /// <summary>Makes the exception with a text.</summary>
    public DTypeException(string message) : base(message) { }

    /// <summary>Makes the exception with a text and its cause.</summary>
    public DTypeException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>The texts of what can go wrong with arrays, in one place.</summary>
internal static class ArrayErrors
{
    public static ArgumentOutOfRangeException NoSuchAxis(string op, int axis, int rank) => new(nameof(axis), axis,
        rank == 0
            ? $"{op}: axis {axis} does not exist: the tensor is a scalar and has no axes. Reshape it first."
            : $"{op}: axis {axis} does not exist: the tensor has {rank} axes, so 0 to {rank - 1} or ^{rank} to ^1 are meant.");

    public static ArgumentException AxisTwice(string op, int axis, int rank) =>
        new($"{op}: axis {axis} of {rank} is named twice. Name each axis once.");

    public static ShapeException Broadcast(string op, ReadOnlySpan<int> a, ReadOnlySpan<int> b) =>
        new($"{op}: shapes {Shape.Text(a)} and {Shape.Text(b)} do not broadcast: aligned from the right, lengths must be equal or one of them 1. Reshape or Unsqueeze one of them.");

    public static ShapeException Expand(string op, ReadOnlySpan<int> from, ReadOnlySpan<int> to) =>
        new($"{op}: shape {Shape.Text(from)} does not expand to {Shape.Text(to)}: aligned from the right, each length must be equal or 1. Unsqueeze or Reshape it first, or use Repeat.");

    public static DTypeException ComplexAsReal(DType from, DType to) =>
        new($"To: {from.Word()} elements do not become {to.Word()}: the imaginary parts would be lost. Take Real, Imag, Abs() or ViewAsReal() first.");

    public static ShapeException NotOneElement(string op, ReadOnlySpan<int> shape) =>
        new($"{op}: the tensor is {Shape.Text(shape)}, but one element is needed. Index it, or reduce it with Sum() or Mean().");

    public static ShapeException Count(string op, int count, ReadOnlySpan<int> shape) =>
        new($"{op}: {count} values do not fill shape {Shape.Text(shape)}, which has {Shape.Product(shape)} elements. Give as many values, or another shape.");

    public static ShapeException Ragged(string op, string first, string other) =>
        new($"{op}: the rows differ in shape: the first is {first}, another is {other}. Give rows of equal length.");
}
