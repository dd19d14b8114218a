namespace Nabla;

/// <summary>The texts of what a function that is compiled cannot do, in one place.</summary>
internal static class RecordingErrors
{
    public static TraceException ReadsValue(string function, string op, int[] dims, bool isCaptured) => new(
        $"{op}: {function} reads a number of a tensor {Shape.Text(dims)}{(isCaptured ? " that the function captured" : "")}, which may be another at the next call. " +
        $"Where it decides between two results, compute both and choose with Tensor.Where(condition, a, b); where it is only printed or copied, leave it out of the function{(isCaptured ? "; where it never changes, read it before" : "")}.{Place()}");

    public static TraceException ShapeOfValues(string function, string op) => new(
        $"{op}: the shape of the result depends on values, but {function} makes one program for each shape. " +
        $"Mask with Tensor.Where(condition, a, b) instead of selecting, or compute this outside of the function.{Place()}");

    public static TraceException ChangesArgument(string function, string op, int argument, int[] dims) => new(
        $"{op}: {function} was given a function that changes its argument {argument} {Shape.Text(dims)} in place. Change a Clone() of it, and return that.{Place()}");

    public static TraceException ChangesCaptured(string function, string op, int[] dims) => new(
        $"{op}: {function} was given a function that changes a captured tensor {Shape.Text(dims)} in place. Return the new value, and write it outside of the function.{Place()}");

    public static TraceException AccumulatesOutside(string function, Shape shape) => new(
        $"Backward: {function} was given a function that adds to the Grad of a tensor {shape} from outside, which would happen once and not at every call. " +
        $"Return the gradients, from Functional.ValueAndGrad or Autograd.Grad, or call Backward on the result of the compiled function.{Place()}");

    public static AutogradException ReturnedNull(string function) => new($"{function}: the function returned null. Return tensors.");

    public static AutogradException ReturnedTraced(string function, int result) => new(
        $"{function}: result {result} belongs to a transform that is still running inside of the function. Return what the transform returns.");

    private static string Place() => CallSite.Innermost() is { Length: > 0 } place ? $" Called {place}" : "";
}
