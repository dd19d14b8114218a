namespace Nabla;

/// <summary>The texts of what can go wrong in operations, in one place.</summary>
internal static class OpErrors
{
    public static AutogradException ShapeOfValues(string op, string remedy) =>
        new($"{op}: the shape of the result depends on values, which differ between the items of Vmap. {remedy}");

    public static DTypeException NeedsFloatingPoint(string op, Tensor x) =>
        new($"{op}: needs floating-point elements, the tensor is {x.DType.Word()} {x.Shape}. Convert it first with To(DType.Float32).");

    // ---- elementwise --------------------------------------------------------------------------------------------------

    public static DivideByZeroException IntegerDivisionByZero(string op, Tensor x, Tensor y) =>
        new($"{op}: integers {x.DType.Word()} {x.Shape} are divided by {y.DType.Word()} {y.Shape} that contains 0. Replace the zeros, or convert with To(DType.Float32): then the result there is NaN or infinite.");

    public static DTypeException NeedsTruth(string op, string method, Tensor x) =>
        new($"{op}: combines bool tensors, an argument is {x.DType.Word()} {x.Shape}. Use {method}, for which everything but 0 is true, or compare first, such as x > 0.");

    public static DTypeException ConditionNotTruth(string op, string argument, Tensor x) =>
        new($"{op}: {argument} must be a bool tensor, it is {x.DType.Word()} {x.Shape}. Compare first, such as x > 0, or convert with To(DType.Bool).");

    public static DTypeException FractionInIntegers(string op, string argument, double value, Tensor x) =>
        new($"{op}: {argument} is {value}, which does not fit {x.DType.Word()} {x.Shape}. Use a whole number, or convert the tensor with To(DType.Float32).");

    public static ShapeException NotScalar(string op, string argument, Tensor x) =>
        new($"{op}: {argument} must be a scalar, it is {x.Shape}. Use Where for a value per element.");

    public static ShapeException PreluWeight(Tensor x, Tensor weight, int channels) =>
        new($"Prelu: weight is {weight.Shape}, x is {x.Shape} with {channels} channel(s). Use a weight of shape [1] or [{channels}].");

    public static ArgumentOutOfRangeException TooSmall(string op, string argument, int value, int least) =>
        new(argument, value, $"{op}: {argument} is {value}. Use {least} or more.");

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

    public static ShapeException LinearWeight(Tensor x, Tensor weight) =>
        new($"Linear: the weight must be a matrix [n, {x.Dims[^1]}], since the last axis of x has length {x.Dims[^1]}: x is {x.Shape}, weight is {weight.Shape}. Check the layer before it, or transpose the weight.");

    public static ShapeException LinearBias(Tensor weight, Tensor bias) =>
        new($"Linear: the bias is {bias.Shape}, the weight is {weight.Shape}. Use a bias [{weight.Dims[0]}].");

    public static ShapeException NeedsMatrices(string op, Tensor x) =>
        new($"{op}: needs matrices […, m, n], x is {x.Shape}. Unsqueeze it to give it two axes.");

    public static ShapeException NeedsSquare(string op, Tensor x) =>
        new($"{op}: needs square matrices […, n, n], x is {x.Shape}. Pinv, Lstsq and Svd take matrices of any shape.");

    public static ShapeException RightSide(string op, Tensor a, Tensor b) =>
        new($"{op}: the right side does not fit: a is {a.Shape}, b is {b.Shape}. b needs {a.Shape[^1]} rows: […, {a.Shape[^1]}, k], or [{a.Shape[^1]}] for a vector.");

    public static LinalgException Singular(string op, int[] dims, int index, int column) =>
        new($"{op}: {MatrixBatch.Name(dims, index)} is singular: elimination finds no pivot in column {column}. Use Pinv or Lstsq, or add a small multiple of Tensor.Eye({dims[^1]}).");

    public static LinalgException NotPositiveDefinite(string op, int[] dims, int index, int minor) =>
        new($"{op}: {MatrixBatch.Name(dims, index)} is not positive definite: its leading minor of order {minor} is not positive. Check that it is symmetric, or add a small multiple of Tensor.Eye({dims[^1]}).");

    public static LinalgException NotConverged(string op, int[] dims, int index) =>
        new($"{op}: {MatrixBatch.Name(dims, index)} has no factors that could be found; it probably holds NaN or infinity. Check it with Tensor.IsFinite().");

    public static AutogradException FullFactors(string op, string remedy) =>
        new($"{op}: the vectors that complete a basis are not unique, so the complete form has no gradient here. {remedy}");
    // ---- reductions ---------------------------------------------------------------------------------------------------

    public static ShapeException EmptyAxis(string op, Tensor x, int axis) =>
        new($"{op}: axis {axis} of the tensor {x.Shape} has length 0, and {op} of no elements is undefined. Check that there are elements, or name another axis.");

    public static ArgumentOutOfRangeException OutsideAxis(string op, string argument, int value, int least, int length, Tensor x) => new(argument, value,
        $"{op}: {argument} is {value}, but must be from {least} to {length}: the axis has length {length} (tensor {x.Shape}).");

    public static ArgumentOutOfRangeException Quantile(double q) => new(nameof(q), q, $"Quantile: q is {q}, but must be from 0 to 1. Divide percentages by 100.");
    // ---- shapes and indices -------------------------------------------------------------------------------------------

    public static ArgumentOutOfRangeException OutsideAxis(string op, long index, int axis, int length, Shape shape) =>
        new(nameof(index), index, $"{op}: index {index} is outside axis {axis} of length {length} (tensor {shape}). " +
            (length == 0 ? "The axis is empty." : $"Use 0 to {length - 1}, or from the back ^1 to ^{length}."));

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
        new(name, value, $"{op}: {name} must be positive, got {value}. Use 1 or more.");

    public static ArgumentOutOfRangeException Negative(string op, string name, long value) =>
        new(name, value, $"{op}: {name} must not be negative, got {value}. Use 0 or more.");

    public static ArgumentOutOfRangeException ClassOutside(long found, int? classes) =>
        new(nameof(classes), found, classes is { } count ? $"OneHot: class {found} is outside 0 to {count - 1}. Give more classes, or mask such elements." : $"OneHot: class {found} is negative. Mask such elements.");

    // ---- convolutions and pooling -------------------------------------------------------------------------------------

    public static ShapeException ConvolutionShapes(string op, string problem, Tensor x, Tensor weight, string remedy) =>
        new($"{op}: {problem}: x is {x.Shape}, weight is {weight.Shape}. {remedy}");

    public static DTypeException ConvolutionDTypes(string op, Tensor x, string name, Tensor other) =>
        new($"{op}: element types differ: x is {x.DType.Word()}, {name} is {other.DType.Word()}. Convert one of them with To(DType.{DTypeRules.Promote(x.DType, other.DType)}).");

    public static ArgumentOutOfRangeException OutputPadding(string op, Pair outputPadding, Pair stride, Pair dilation) =>
        new(nameof(outputPadding), outputPadding, $"{op}: outputPadding is {outputPadding}, but must be less than the stride {stride} or the dilation {dilation}. Use a smaller one.");

    public static ArgumentOutOfRangeException WindowSetting(string op, string name, Pair value, int least) =>
        new(name, value, $"{op}: {name} is {value}, but neither number may be less than {least}. Use {least} or more.");

    public static ShapeException PaddedTooLarge(string op, Tensor x, Pair padding) =>
        new($"{op}: x is {x.Shape}, which with a padding of {padding} has more rows or columns than a tensor can have. Use less padding.");

    public static ShapeException WindowTooLarge(string op, Tensor x, long high, long wide, Pair padding) =>
        new($"{op}: a window of ({high}, {wide}) does not fit x, which is {x.Shape} with a padding of {padding}. Use a smaller kernel or dilation, or more padding.");

    public static ShapeException PoolRank(string op, Tensor x) =>
        new($"{op}: needs images [n, c, h, w] or [c, h, w], x is {x.Shape}. Unsqueeze axes of length 1 for what is missing.");

    public static DTypeException PoolDType(string op, Tensor x) =>
        new($"{op}: needs floating point, x is {x.DType.Word()} {x.Shape}. Convert it with To(DType.Float32).");

    public static ArgumentOutOfRangeException PoolPadding(string op, Pair kernel, Pair padding) =>
        new(nameof(padding), padding, $"{op}: the padding {padding} is more than half of the window {kernel}, so that some windows hold nothing. Use at most half.");
}
