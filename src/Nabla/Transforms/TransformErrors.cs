namespace Nabla;

/// <summary>The texts of what can go wrong in transforms of functions, in one place.</summary>
internal static class TransformErrors
{
    /// <summary>What an argument is called: by its number, or by its place in a structure.</summary>
    private static string Input(IReadOnlyList<Tensor> inputs, int index, string word = "input") => inputs is StructureTensors structure ? structure.Place(index) : $"{word} {index}";

    public static DTypeException NotFloatingPoint(string op, IReadOnlyList<Tensor> inputs, int index) =>
        new($"{op}: {Input(inputs, index)} is {inputs[index].DType.Word()} {inputs[index].Shape}; only floating-point inputs have derivatives. Convert it with To(DType.Float32), or capture it in the function instead of passing it.");

    public static DTypeException ResultNotFloatingPoint(string op, int index, Tensor result) =>
        new($"{op}: result {index} of the function is {result.DType.Word()} {result.Shape}; only floating-point results have derivatives. Return it from another function, or convert it with To(DType.Float32) if zeros are meant.");

    public static ShapeException NotOneElement(string op, Shape shape) =>
        new($"{op}: the function returned {shape}; a gradient needs one element. Reduce it with Sum(), or use Jacobian.");

    public static ArgumentException DirectionCount(string op, string word, int given, int needed) =>
        new($"{op}: {given} {word}s for {needed} inputs. Give one for each.");

    public static ShapeException DirectionShape(string op, string word, IReadOnlyList<Tensor> inputs, int index, Tensor given) =>
        new($"{op}: {word} {index} is {given.Shape}, {Input(inputs, index)} is {inputs[index].Shape}. Give a direction of the input's shape; to take several directions at once, use Vmap over {op.Split('.')[^1]}.");

    public static DTypeException DirectionDType(string op, string word, IReadOnlyList<Tensor> inputs, int index, Tensor given) =>
        new($"{op}: {word} {index} is {given.DType.Word()}, {Input(inputs, index)} is {inputs[index].DType.Word()}. Convert it with To(DType.{inputs[index].DType}).");

    public static ArgumentException NullDirection(string op, string word, int index) =>
        new($"{op}: {word} {index} is null. Pass a direction of the input's shape; zeros hold the input fixed.");

    public static AutogradException Independent(string op, IReadOnlyList<Tensor> inputs, int index) =>
        new($"{op}: the function does not depend on {Input(inputs, index)}, and strict: true was passed. Leave strict out to get zeros.");

    public static AutogradException ConstantResult(string op, int output) =>
        new($"{op}: result {output} of the function does not depend on its inputs, and strict: true was passed. Leave strict out to get zeros.");

    public static ArgumentException NullInto(string op, int index) => new($"{op}: CallInto was given null in place of tensor {index} of the result. Pass a tensor of its shape.");

    public static ArgumentException IntoRecorded(string op, int index, Shape shape) =>
        new($"{op}: CallInto would write result {index} into a tensor {shape} that requires a gradient. Pass one that does not, such as Detach() of it, or use Call.");

    public static ArgumentException IntoShared(string op, int index, Shape shape) =>
        new($"{op}: CallInto would write result {index} into a tensor {shape} that shares memory with what the function reads, or with another result. Pass one with memory of its own.");

    public static ShapeException IntoShape(string op, int index, Shape given, Shape needed) =>
        new($"{op}: CallInto was given a tensor {given} for result {index}, which is {needed}. Pass one of that shape.");

    public static DTypeException IntoDType(string op, int index, DType given, DType needed) =>
        new($"{op}: CallInto was given a {given.Word()} tensor for result {index}, which is {needed.Word()}. Pass one of that type.");

    public static AutogradException CapturedReassigned(string op) =>
        new($"{op}: a variable that the compiled function captures was assigned another tensor between a call and the first backward pass through it, which runs the function once more. Assign it after Backward, or pass the tensor as an argument.");

    public static AutogradException IntoInsideTransform(string op) =>
        new($"{op}: CallInto writes into memory, which a transform or a function that is being compiled cannot follow. Use Call there.");

    public static ArgumentException NullCotangent(string op) => new($"{op}: the gradient to pull back is null. Pass a tensor of the value's shape.");

    public static ArgumentException NoInputs(string op) => new($"{op}: there are no inputs. Give at least one tensor.");

    public static ArgumentException AxesCount(string op, string parameter, int given, int needed) =>
        new($"{op}: {parameter} names {given} axes for {needed} arguments. Give one for each, null where the argument is the same for all items.", parameter);

    public static ArgumentException OutAxesCount(string op, string parameter, int given, int needed) =>
        new($"{op}: {parameter} names {given} axes for {needed} results. Give one for each, null where the result is the same for all items.", parameter);

    public static ArgumentException NothingBatched(string op, int count) =>
        new($"{op}: inAxes says of all {count} arguments that they are the same for all items. Name an axis of at least one, or call the function itself.");

    public static ArgumentOutOfRangeException InAxis(string op, string parameter, IReadOnlyList<Tensor> inputs, int index, int axis) =>
        new(parameter, axis, $"{op}: axis {axis} was named for the items of {Input(inputs, index, "argument")}, which is {inputs[index].Shape} and has axes {-inputs[index].Rank} to {inputs[index].Rank - 1}. Name one of them.");

    public static ArgumentOutOfRangeException OutAxis(string op, string parameter, int output, int axis, Shape item) =>
        new(parameter, axis, $"{op}: {parameter} is {axis} for result {output}, which is {item} for each item, so the items can lie along axes {-item.Rank - 1} to {item.Rank}. Name one of them.");

    public static ArgumentException DiffersBetweenItems(string op, string parameter, int output) =>
        new($"{op}: {parameter} says that result {output} is the same for all items, but it depends on them. Name the axis along which they are to lie.", parameter);

    public static ShapeException ScalarItems(string op, IReadOnlyList<Tensor> inputs, int index) =>
        new($"{op}: {Input(inputs, index, "argument")} is a scalar and has no axis of items. Pass null for it in inAxes if it is the same for all items.");

    public static ShapeException ItemCounts(string op, IReadOnlyList<Tensor> inputs, int first, int firstCount, int second, int secondCount) =>
        new($"{op}: {Input(inputs, first, "argument")} {inputs[first].Shape} has {firstCount} items, {Input(inputs, second, "argument")} {inputs[second].Shape} has {secondCount}. They must be equal; check inAxes, or pass null for what is the same for all.");

    public static ArgumentException NullTensor(string op, int index) => new($"{op}: tensor {index} is null. Pass one for each place.");

    public static AutogradException NothingFor(string op, IReadOnlyList<Tensor> tensors, int index) =>
        new($"{op}: the function returned null for {Input(tensors, index)}. Return a tensor.");

    public static ArgumentException NullInput(string op, int index) => new($"{op}: input {index} is null. Pass a tensor.");

    public static ShapeException OtherResults(string op, int now, int before) =>
        new($"{op}: run again, the function returned results with {now} recorded parts, the first time it was {before}. It must do the same each time: no counters, no System.Random, no clock.");

    public static ShapeException OtherCount(string op, int now, int before) =>
        new($"{op}: run again, the function returned {now} results, the first time it was {before}. It must return as many each time for the same argument.");

    public static DTypeException OtherDType(string op, DType now, DType before) =>
        new($"{op}: run again, the function returned {now.Word()}, the first time it was {before.Word()}. It must return the same type each time for the same argument.");

    public static ShapeException OtherShape(string op, Shape now, Shape before) =>
        new($"{op}: run again, the function returned {now}, the first time it was {before}. It must return the same shape each time for the same argument.");

    public static ShapeException RuleShape(string op, string rule, Shape given, Shape needed, string of) =>
        new($"{op}: {rule} returned {given}; {needed} is needed, the shape of {of}.");

    public static ArgumentException RuleCount(string op, int given, int needed) =>
        new($"{op}: the backward rule returned {given} gradients for {needed} inputs. Return one for each, in their order.");

    public static AutogradException RuleReturnedNull(string op, string rule) => new($"{op}: {rule} returned null. Return a tensor; zeros if there is no derivative.");

    public static string NoTensors(string op, Type type) => $"{op}: there is no tensor in this {Name(type)}. Give a structure that holds at least one.";

    public static string NullMember(string op, string place, Type type) => $"{op}: {place} ({Name(type)}) is null. Give a tensor, or leave it out of the structure.";

    public static string NotATensor(string op, string place, Type type) =>
        $"{op}: {place} is {Name(type)}, not a tensor. Return tensors only; a number becomes one by Tensor.Of, anything else can be left in a variable outside.";

    public static string OtherForm(string op, string place, Type type) =>
        $"{op}: {place} ({Name(type)}) has another form than what it goes with. Both must have the same members, lengths and keys.";

    public static string TooDeep(string op, int levels, string start) =>
        $"{op}: the structure is nested more than {levels} levels deep, by way of {start}…; perhaps it contains itself. Use an array or a List for what repeats.";

    public static string Unsupported(string op, string place, Type type, string? remedy) => $"{op}: {place} is a {Name(type)}, which is not a structure of tensors. {remedy}";

    public static ArgumentException StructureCount(string op, int given, int needed) =>
        new($"{op}: {given} tensors for a structure that needs {(needed > given ? "more" : $"{needed}")}. Give as many as Flatten does.");

    private static string Name(Type type) => type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : type.Name;

    public static AutogradException ReturnedNull(string op) => new($"{op}: the function returned null. Return a tensor.");

    public static DTypeException NeedsDouble(string op, string what, Tensor x) =>
        new($"{op}: {what} is {x.DType.Word()} {x.Shape}; central differences need float64, in float32 they have two correct digits. Convert it with To(DType.Float64).");

    public static DTypeException ComplexOutput(string op, int output, Tensor x) =>
        new($"{op}: output {output} is {x.DType.Word()} {x.Shape}; derivatives of real numbers are compared. Return its ViewAsReal(), which has both parts along a last axis, or Real and Imag of it.");

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

    public static ArgumentOutOfRangeException PatternSize(int rows, int columns) =>
        new(nameof(rows), $"SparsityPattern.Of: a matrix cannot be {rows} × {columns}. Give sizes of 0 or more.");

    public static ArgumentOutOfRangeException EntryOutside(int row, int column, int rows, int columns) =>
        new(nameof(row), $"SparsityPattern.Of: the entry ({row}, {column}) is outside a matrix of {rows} × {columns}. Rows and columns count from 0.");

    public static ShapeException NotAMatrix(string op, Shape shape) => new($"{op}: the matrix is {shape}; two axes are needed. Reshape it to [rows, columns].");

    public static ArgumentException PatternsOfTwoSizes(SparsityPattern one, SparsityPattern other) =>
        new($"SparsityPattern.Union: one pattern is {one.Rows} × {one.Columns}, the other {other.Rows} × {other.Columns}. They must be patterns of one matrix.");

    public static ArgumentException PatternNotSquare(SparsityPattern pattern) =>
        new($"JacobianCompression.OfHessian: the pattern is {pattern.Rows} × {pattern.Columns}, a Hessian is square. Use JacobianCompression.Of for a Jacobian.");

    public static ArgumentException PatternWithoutDiagonal(int i) =>
        new($"JacobianCompression.OfHessian: the entry ({i}, {i}) of the diagonal is missing. Add it: pattern.Union(SparsityPattern.Banded(n, 0, 0)).");

    public static ArgumentException PatternNotSymmetric(int i, int j) =>
        new($"JacobianCompression.OfHessian: the pattern has ({i}, {j}) but not ({j}, {i}); a Hessian is symmetric. Add it: pattern.Union(pattern.Transposed()).");

    public static ShapeException ProductsShape(Shape given, int count, int length) =>
        new($"JacobianCompression.Recover: the products are {given}, [{count}, {length}] is needed: one row for each direction of Seeds.");

    public static ShapeException ValuesOfPattern(Shape values, SparsityPattern pattern) =>
        new($"SparseMatrix: the values are {values}, the pattern has {pattern.Count} entries. Give a vector with one value for each.");

    public static ShapeException VectorOfMatrix(Shape vector, SparsityPattern pattern) =>
        new($"SparseMatrix.MatMul: the vector is {vector}, the matrix {pattern.Rows} × {pattern.Columns}. Give a vector of [{pattern.Columns}].");

    public static ShapeException PatternColumns(string op, SparsityPattern pattern, Shape x) =>
        new($"{op}: the pattern is {pattern.Rows} × {pattern.Columns}, x is {x} with {x.Numel} elements. The pattern needs a column for each of them.");

    public static ShapeException PatternRows(string op, int rows, int columns, Shape output) =>
        new($"{op}: the pattern is {rows} × {columns}, the function returned {output} with {output.Numel} elements. The pattern needs a row for each of them.");

    public static ShapeException PatternOfJacobian(string op, SparsityPattern pattern, Shape output, Shape x) =>
        new($"{op}: the pattern is {pattern.Rows} × {pattern.Columns}, the Jacobian from {x} to {output} is {output.Numel} × {x.Numel}. Give a row for each element of the result and a column for each of x.");

    public static ArgumentException CompressionOfJacobian(string op) =>
        new($"{op}: the compression is one of a Jacobian. Make it by JacobianCompression.OfHessian.");

    public static AutogradException PatternMisses(string op, bool isRow, int at, double given, double found) =>
        new($"{op}: the pattern misses an entry of {(isRow ? "row" : "column")} {at}: with a random direction the function gives {given:R}, the entries of the pattern {found:R}. Add it, or let SparsityPattern.Detect find the pattern.");

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Take(20)) is { Length: > 0 } text ? text : "none";

    public static NotSupportedException NoItemLoop(string op, string reason) =>
        new($"{op}: CompileBackend.StraightLine does not take this function: {reason}. Use CompileBackend.Auto.");
}
