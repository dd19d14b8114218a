namespace Nabla;

/// <summary>The texts of what can go wrong in transforms of functions, in one place.</summary>
internal static class TransformErrors
{
    public static DTypeException NotFloatingPoint(string op, int index, Tensor x) =>
        new($"{op}: input {index} is {x.DType.Word()} {x.Shape}; only floating-point inputs have derivatives. Convert it with To(DType.Float32), or capture it in the function instead of passing it.");

    public static ShapeException NotOneElement(string op, Shape shape) =>
        new($"{op}: the function returned {shape}; a gradient needs one element. Reduce it with Sum(), or use Jacobian.");

    public static ArgumentException TangentCount(string op, int given, int needed) =>
        new($"{op}: {given} tangents for {needed} inputs. Give one for each.");

    public static ShapeException TangentShape(string op, int index, Shape given, Shape needed) =>
        new($"{op}: tangent {index} is {given}, input {index} is {needed}. They must have the same shape.");

    public static DTypeException TangentDType(string op, int index, DType given, DType needed) =>
        new($"{op}: tangent {index} is {given.Word()}, input {index} is {needed.Word()}. Convert it with To(DType.{needed}).");

    public static AutogradException Independent(string op, int input) =>
        new($"{op}: the function does not depend on input {input}, and strict: true was passed. Leave strict out to get zeros.");

    public static ArgumentException NoInputs(string op) => new($"{op}: there are no inputs. Give at least one tensor.");

    public static ArgumentException AxesCount(string op, int given, int needed) =>
        new($"{op}: inAxes names {given} axes for {needed} arguments. Give one for each, null where the argument is the same for all items.");

    public static ArgumentException NothingBatched(string op, int count) =>
        new($"{op}: inAxes says of all {count} arguments that they are the same for all items. Name an axis of at least one, or call the function itself.");

    public static ShapeException ScalarItems(string op, int input) =>
        new($"{op}: argument {input} is a scalar and has no axis of items. Pass null for it in inAxes if it is the same for all items.");

    public static ShapeException ItemCounts(string op, int first, Shape firstShape, int firstCount, int second, Shape secondShape, int secondCount) =>
        new($"{op}: argument {first} {firstShape} has {firstCount} items, argument {second} {secondShape} has {secondCount}. They must be equal; check inAxes, or pass null for what is the same for all.");

    public static AutogradException ReturnedNull(string op) => new($"{op}: the function returned null. Return a tensor.");

    public static DTypeException NeedsDouble(string op, string what, Tensor x) =>
        new($"{op}: {what} is {x.DType.Word()} {x.Shape}; central differences need float64, in float32 they have two correct digits. Convert it with To(DType.Float64).");

    public static DTypeException NothingToCheck(string op) =>
        new($"{op}: none of the inputs is floating point, so there is no derivative to check. Pass float64 tensors.");

    public static ArgumentOutOfRangeException Step(string op, double eps) =>
        new(nameof(eps), eps, $"{op}: the step must be positive, got {eps}. 1e-6 suits functions of ordinary scale.");

    public static ArgumentOutOfRangeException Tolerance(string name, double value) =>
        new(name, value, $"GradCheckOptions: {name} is {value}. A tolerance must be 0 or greater.");

    public static ArgumentException NoTensorFor(string op, string symbol, IEnumerable<string> given) =>
        new($"{op}: the symbol '{symbol}' has no tensor; given are {List(given)}. Add '{symbol}'.");

    public static ArgumentException SymbolTwice(string op, string symbol) =>
        new($"{op}: the symbol '{symbol}' is named twice. Name each argument once.");

    public static ArgumentException TensorCount(string op, int given, IEnumerable<string> symbols) =>
        new($"{op}: {given} tensors for the symbols {List(symbols)}. Give one for each.");

    public static NotSupportedException NotOnTensors(string op, Symbolics.Expr node) =>
        new($"{op}: {node.ToString(60)} cannot be computed on tensors. {(node is Symbolics.BigOperator ? "Give its bounds as numbers" : "Replace it")} with Subs first.");

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Take(20)) is { Length: > 0 } text ? text : "none";
}
