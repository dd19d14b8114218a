namespace Nabla;

/// <summary>The texts of what can go wrong in verification, in one place.</summary>
internal static class VerificationErrors
{
    public static ArgumentException NameCount(string op, int names, int inputs) =>
        new($"{op}: {names} names for {inputs} inputs. Give one for each, or none.");

    public static ArgumentException NullResult(string op) => new($"{op}: the function returned null. Return a tensor.");

    public static ShapeException NotOneElement(string op, Shape shape) =>
        new($"{op}: the function returned {shape}; a gradient needs one element. Reduce it with Sum(), give a Cotangent in the options, claim a gradient that takes the cotangent as its last argument, or use Verify.Jacobian.");

    public static ShapeException CotangentShape(string op, Shape given, Shape needed) =>
        new($"{op}: the cotangent is {given}, the function returned {needed}. They must have the same shape.");

    public static ArgumentException ClaimCount(string op, int claims, int inputs) =>
        new($"{op}: {claims} claimed gradients for {inputs} floating-point inputs. Give one for each.");

    public static ArgumentOutOfRangeException TooManyElements(string op, int elements, int most) =>
        new(nameof(elements), elements, $"{op}: the inputs have {elements} elements, and central differences evaluate the function about 20 times for each; at most {most} are verified. Verify a smaller case, or raise MaxElements in the options.");

    public static FormatException ClaimText(string op, string name, string text, string reason) =>
        new($"{op}: the claimed gradient for {name}, \"{text}\", cannot be read: {reason}");

    public static ArgumentOutOfRangeException Tolerance(string name, double value) =>
        new(name, value, $"VerificationOptions: {name} must be a number of at least 0, got {value}.");
}
