namespace Nabla;

/// <summary>
/// A function cannot be traced: what it does next depends on numbers that a trace does not have, or an operation has no closed
/// formula. The text names the operation, the line of the function and the remedy.
/// </summary>
public sealed class TraceException : InvalidOperationException
{
    /// <summary>Makes the exception without a text.</summary>
    public TraceException() { }

    /// <summary>Makes the exception with a text.</summary>
    public TraceException(string message) : base(message) { }

    /// <summary>Makes the exception with a text and its cause.</summary>
    public TraceException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>The texts of what a trace cannot do, in one place.</summary>
internal static class SymbolicErrors
{
    private const int MostText = 80;

    public static TraceException NoNumber(string op, Tensor x) => new(
        $"{op}: needs numbers, but while a function is traced this tensor {x.Shape} holds formulas: {Shown(x)}. " +
        $"Where this decides between two results, compute both and choose with Tensor.Where(condition, a, b); where it is only printed or copied, leave it out of the traced function.{Place()}");

    public static TraceException ValueDependent(string op, string what) => new(
        $"{op}: the {what} depend on values, which are formulas while a function is traced. " +
        $"Mask with Tensor.Where(condition, a, b) instead of selecting, or compute the {what} outside of the traced function.{Place()}");

    public static TraceException NoFormula(string op, ReadOnlySpan<Tensor> inputs) => new(
        $"{op}: has no closed formula for the elements of its result on {Shapes(inputs)}. " +
        $"Trace the part of the function before or after it, or differentiate with autograd.{Place()}");

    public static TraceException TooLarge(string op, long from, long to) => new(
        $"{op}: from {from} to {to} elements has too many coefficients to write out as formulas. Trace with smaller shapes.{Place()}");

    private static string Shown(Tensor x) => SymbolicMode.Text(x, [], MostText);

    private static string Shapes(ReadOnlySpan<Tensor> inputs)
    {
        var shapes = new string[inputs.Length];
        for (int i = 0; i < shapes.Length; i++) shapes[i] = inputs[i].Shape.ToString();
        return string.Join(" and ", shapes);
    }

    private static string Place() => CallSite.Innermost() is { Length: > 0 } place ? $" Called {place}" : "";
}
