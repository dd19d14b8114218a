using Nabla.Nn;
using Nabla.Optim;

namespace Nabla.Tests;

/// <summary>
/// Bad input to the whole library: the type of each exception, that its text names the operation, the values and a remedy, and
/// that the tensors it was given are as they were. Bad use of the engine itself is in AutogradErrorTests.
/// </summary>
public sealed class BadInputTests
{
    /// <param name="Type">The exception.</param>
    /// <param name="Inputs">Fresh tensors for the call.</param>
    /// <param name="Call">What must fail.</param>
    /// <param name="Words">What the text must contain; the last is part of the remedy.</param>
    private sealed record Case(Type Type, Func<Tensor[]> Inputs, Action<Tensor[]> Call, params string[] Words);

    private static readonly Type BadShape = typeof(ShapeException), BadDType = typeof(DTypeException), BadArgument = typeof(ArgumentException);
    private static readonly Type OutOfRange = typeof(ArgumentOutOfRangeException), BadMatrix = typeof(LinalgException), BadUse = typeof(AutogradException);

    // ---- tensors to fail with -----------------------------------------------------------------------------------------

    private static Tensor R(params ReadOnlySpan<int> shape) => Tensor.Rand(Shape.Create(shape), generator: new Generator(1));

    private static Tensor Ints(params ReadOnlySpan<long> values) => Tensor.FromSpan(values);

    private static Tensor Truth(params ReadOnlySpan<bool> values) => Tensor.FromSpan(values);

    private static Tensor Leaf(params double[] values) => Tensor.Of(values, requiresGrad: true);

    private static Func<Tensor[]> None => () => [];

    private static Func<Tensor[]> X(params int[] shape) => () => [R(shape)];

    private static Func<Tensor[]> XY(int[] x, int[] y) => () => [R(x), R(y)];

    private static Func<Tensor[]> With(int[] shape, params long[] index) => () => [R(shape), Ints(index)];

    private static readonly Dictionary<string, Case> Cases = new()
    {
        // ---- making tensors -------------------------------------------------------------------------------------------
        ["a ragged literal"] = new(BadShape, None, _ => { Tensor t = [[1, 2], [3]]; }, "Tensor", "[2]", "[1]", "equal length"),
        ["ragged rows"] = new(BadShape, None, _ => Tensor.Of([[1, 2, 3], [4, 5]]), "Tensor.Of", "[3]", "[2]", "equal length"),
        ["a negative length"] = new(BadShape, None, _ => Tensor.Zeros([2, -3]), "[2, -3]", "negative", "Use 0 or more"),
        ["too many elements"] = new(BadShape, None, _ => Tensor.Zeros([100_000, 100_000]), "[100000, 100000]", "Split"),
        ["an array of strings"] = new(BadDType, None, _ => Tensor.FromArray(new[] { "1", "2" }), "FromArray", "String[]", "Use arrays of float"),
        ["too few values"] = new(BadShape, None, _ => Tensor.FromSpan<double>([1, 2, 3, 4, 5], [2, 3]), "FromSpan", "5 values", "[2, 3]", "Give as many"),
        ["Arange with a step away from the end"] = new(BadArgument, None, _ => Tensor.Arange(0.0, 5, -1), "Arange", "from 0 to 5", "-1", "must lead"),
        ["Arange with step 0"] = new(BadArgument, None, _ => Tensor.Arange(0, 5, 0), "Arange", "steps of 0", "must lead"),
        ["Linspace of fewer than no steps"] = new(OutOfRange, None, _ => Tensor.Linspace(0, 1, -2), "Linspace", "-2", "Use 0 or more"),
        ["RandInt of an empty range"] = new(BadArgument, None, _ => Tensor.RandInt(5, 5, [2]), "RandInt", "5 and 5", "Pass a high above low"),
        ["Rand of integers"] = new(BadDType, None, _ => Tensor.Rand([2], DType.Int64), "Rand", "int64", "Use RandInt"),
        ["Generator with an empty range"] = new(OutOfRange, None, _ => new Generator(1).NextInt64(3, 1), "NextInt64", "low is 3", "high is 1", "Pass a high above low"),
        ["ToArray of a type without counterpart"] = new(BadDType, X(2), x => x[0].ToArray<decimal>(), "Decimal", "Use float, double"),
        ["Item of several elements"] = new(BadShape, X(2, 3), x => x[0].Item(), "Item", "[2, 3]", "Sum()"),
        ["Item of none"] = new(BadShape, X(0), x => x[0].Item<float>(), "Item", "[0]", "Index it"),
        ["rows of a scalar"] = new(BadShape, X(), x => x[0].ToList(), "GetEnumerator", "scalar", "Use Item()"),

        // ---- elementwise ----------------------------------------------------------------------------------------------
        ["shapes that do not broadcast"] = new(BadShape, XY([2, 3], [4]), x => _ = x[0] + x[1], "Add", "[2, 3]", "[4]", "Unsqueeze"),
        ["a condition of numbers"] = new(BadDType, XY([3], [3]), x => Tensor.Where(x[0], x[1], 0), "Where", "condition", "float32", "Compare first"),
        ["& of numbers"] = new(BadDType, XY([3], [3]), x => _ = x[0] & x[1], "&", "float32", "Use LogicalAnd"),
        ["a mask of numbers"] = new(BadDType, XY([3], [3]), x => x[0].MaskedFill(x[1], 1), "MaskedFill", "mask", "float32", "Compare first"),
        ["a fraction in integers"] = new(BadDType, () => [Ints(1, 2), Truth(true, false)], x => x[0].MaskedFill(x[1], 0.5), "MaskedFill", "0.5", "int64", "whole number"),
        ["integers divided by zero"] = new(typeof(DivideByZeroException), () => [Ints(1, 2), Ints(1, 0)], x => x[0].FloorDivide(x[1]), "FloorDivide", "int64", "[2]", "Replace the zeros"),
        ["Floor of truth values"] = new(BadDType, () => [Truth(true)], x => x[0].Floor(), "Floor", "bool", "[1]", "To("),
        ["a slope for each of other channels"] = new(BadShape, XY([2, 3], [4]), x => x[0].Prelu(x[1]), "Prelu", "[4]", "[2, 3]", "[3]"),
        ["Polygamma of a negative order"] = new(OutOfRange, X(2), x => x[0].Polygamma(-1), "Polygamma", "-1", "Use 0 or more"),
        ["Mvlgamma of no dimension"] = new(OutOfRange, X(2), x => x[0].Mvlgamma(0), "Mvlgamma", "p is 0", "Use 1 or more"),

        // ---- shapes ---------------------------------------------------------------------------------------------------
        ["Reshape to another size"] = new(BadShape, X(2, 3), x => x[0].Reshape(4, 2), "Reshape", "[2, 3]", "6 elements", "[4, 2]", "8", "must be equal"),
        ["Reshape with a length that does not divide"] = new(BadShape, X(2, 3), x => x[0].Reshape(4, -1), "Reshape", "[2, 3]", "[4, -1]", "Choose lengths"),
        ["Reshape with two lengths to be found"] = new(BadShape, X(2, 3), x => x[0].Reshape(-1, -1), "Reshape", "[-1, -1]", "only one may be -1"),
        ["View of scattered elements"] = new(BadShape, X(2, 3), x => x[0].T.View(6), "View", "[3, 2]", "[6]", "Use Reshape"),
        ["Expand of a length that is not 1"] = new(BadShape, X(2, 3), x => x[0].Expand(4, 3), "Expand", "[2, 3]", "[4, 3]", "use Repeat"),
        ["Expand to fewer axes"] = new(BadShape, X(2, 3), x => x[0].Expand(3), "Expand", "[2, 3]", "[3]", "use Repeat"),
        ["SumTo of a shape that does not expand"] = new(BadShape, X(2, 3), x => x[0].SumTo([2, 2]), "SumTo", "[2, 2]", "[2, 3]", "each length must be equal or 1"),
        ["Permute with an axis twice"] = new(BadArgument, X(2, 3), x => x[0].Permute(0, -2), "Permute", "axis 0", "twice", "Name each axis once"),
        ["Permute with too few axes"] = new(BadArgument, X(2, 3), x => x[0].Permute(0), "Permute", "1 axes", "[2, 3]", "Name each axis once"),
        ["Transpose of an axis that does not exist"] = new(OutOfRange, X(2, 3), x => x[0].Transpose(0, 2), "Transpose", "axis 2", "2 axes", "0 to 1"),
        ["T of a batch"] = new(BadShape, X(2, 3, 4), x => _ = x[0].T, "T:", "[2, 3, 4]", "Use MT"),
        ["MT of a vector"] = new(BadShape, X(3), x => _ = x[0].MT, "MT", "[3]", "Unsqueeze"),
        ["Flatten backwards"] = new(BadArgument, X(2, 3), x => x[0].Flatten(1, 0), "Flatten", "axis 0", "axis 1", "Exchange"),
        ["Unflatten into another length"] = new(BadShape, X(2, 6), x => x[0].Unflatten(1, 4, 2), "Unflatten", "[4, 2]", "6", "[2, 6]", "multiply to 6"),
        ["MoveAxis to fewer positions"] = new(BadArgument, X(2, 3), x => x[0].MoveAxis([0, 1], 0), "MoveAxis", "2 axes", "1 positions", "Name a position"),
        ["Cat of other lengths"] = new(BadShape, XY([2, 3], [2, 4]), x => Tensor.Cat(x), "Cat", "[2, 3]", "[2, 4]", "axis 0", "Stack"),
        ["Cat of other ranks"] = new(BadShape, XY([2, 3], [3]), x => Tensor.Cat(x), "Cat", "[2, 3]", "[3]", "Reshape"),
        ["Cat of nothing"] = new(BadArgument, None, x => Tensor.Cat(x), "Cat", "no tensors", "at least one"),
        ["Stack of other shapes"] = new(BadShape, XY([2, 3], [3, 2]), x => Tensor.Stack(x), "Stack", "[2, 3]", "[3, 2]", "Cat"),
        ["Split into sizes of another sum"] = new(BadShape, X(5, 2), x => x[0].Split([2, 2]), "Split", "[2, 2]", "5", "axis 0", "add up"),
        ["Split into pieces of nothing"] = new(OutOfRange, X(5), x => x[0].Split(0), "Split", "size", "got 0", "Use 1 or more"),
        ["Chunk into none"] = new(OutOfRange, X(5), x => x[0].Chunk(0), "Chunk", "chunks", "got 0", "Use 1 or more"),
        ["HSplit into unequal pieces"] = new(BadShape, X(2, 5), x => x[0].HSplit(2), "HSplit", "[2, 5]", "2 equal pieces", "Use TensorSplit"),
        ["Roll with fewer axes"] = new(BadArgument, X(2, 3), x => x[0].Roll([1, 2], 0), "Roll", "2 shifts", "1 axes", "one shift for each"),
        ["Repeat fewer than no times"] = new(BadShape, X(2, 3), x => x[0].Repeat(2, -1), "Repeat", "[2, -1]", "[2, 3]", "non-negative"),
        ["Pad with an odd number of widths"] = new(BadShape, X(2, 3), x => x[0].Pad([1, 1, 1]), "Pad", "3 widths", "[2, 3]", "Give two"),
        ["Pad with a reflection wider than the tensor"] = new(BadShape, X(2, 3), x => x[0].Pad([3, 0], PadMode.Reflect), "Pad", "Reflect", "axis 1", "[2, 3]", "at most 2"),
        ["Pad that cuts off too much"] = new(BadShape, X(2, 3), x => x[0].Pad([-2, -2]), "Pad", "-2", "axis 1", "[2, 3]", "Use smaller widths"),
        ["Unfold of a window that does not fit"] = new(OutOfRange, X(4), x => x[0].Unfold(0, 5, 1), "Unfold", "window of 5", "length 4", "Use a size"),
        ["Diagonal of one axis"] = new(BadArgument, X(2, 3), x => x[0].Diagonal(0, 1, ^1), "Diagonal", "axis 1", "twice", "Name each axis once"),
        ["Trace of a vector"] = new(BadShape, X(3), x => x[0].Trace(), "Trace", "a matrix", "[3]", "Reshape"),

        // ---- positions ------------------------------------------------------------------------------------------------
        ["Select outside"] = new(OutOfRange, X(2, 3), x => x[0].Select(1, 3), "Select", "index 3", "axis 1", "length 3", "[2, 3]", "Use 0 to 2"),
        ["Narrow outside"] = new(OutOfRange, X(2, 3), x => x[0].Narrow(1, 2, 2), "Narrow", "2 to 3", "axis 1", "[2, 3]", "within it"),
        ["a position outside the brackets"] = new(OutOfRange, X(2, 3), x => _ = x[0][0, 5], "5", "axis 1", "[2, 3]", "Use 0 to 2"),
        ["a write outside"] = new(OutOfRange, X(2, 3), x => x[0][2] = R(3), "2", "axis 0", "[2, 3]", "Use 0 to 1"),
        ["a write of another shape"] = new(BadShape, XY([2, 3], [2]), x => x[0][0] = x[1], "[2]", "[3]", "[2, 3]", "broadcast"),
        ["more positions than axes"] = new(BadShape, X(2, 3), x => _ = x[0][0, 0, 0], "3 axes", "[2, 3]", "Leave out"),
        ["two ellipses"] = new(BadArgument, X(2, 3), x => _ = x[0][TensorIndex.Ellipsis, TensorIndex.Ellipsis], "ellipsis", "once", "Use .."),
        ["a mask of another length"] = new(BadShape, () => [R(2, 3), Truth(true, false, true)], x => _ = x[0][x[1]], "mask", "[3]", "[2, 3]", "equal"),
        ["positions that are fractions"] = new(BadDType, XY([2, 3], [2]), x => _ = x[0][x[1]], "float32", "[2]", "Long()"),
        ["positions that might be a mask"] = new(BadDType, () => [R(3), Tensor.Ones([3], DType.UInt8)], x => _ = x[0][x[1]], "uint8", "mask", "Bool()"),
        ["a slice with step 0"] = new(OutOfRange, X(5), x => _ = x[0][TensorIndex.Slice(0, 5, 0)], "step", "got 0", "Use Flip"),
        ["IndexSelect outside"] = new(OutOfRange, With([2, 3], 0, 3), x => x[0].IndexSelect(1, x[1]), "IndexSelect", "index 3", "axis 1", "[2, 3]", "Use 0 to 2"),
        ["Gather outside"] = new(OutOfRange, () => [R(2, 3), Ints(0, -1).Reshape(2, 1)], x => x[0].Gather(1, x[1]), "Gather", "index -1", "axis 1", "[2, 3]", "Use 0 to 2"),
        ["Gather with another rank"] = new(BadShape, With([2, 3], 0, 1), x => x[0].Gather(1, x[1]), "Gather", "[2]", "[2, 3]", "Unsqueeze"),
        ["Gather with fractions"] = new(BadDType, XY([2, 3], [2, 1]), x => x[0].Gather(1, x[1]), "Gather", "[2, 1]", "float32", "Long()"),
        ["Take outside"] = new(OutOfRange, With([2, 3], 6), x => x[0].Take(x[1]), "Take", "6", "Use 0 to 5"),
        ["Scatter of another type"] = new(BadDType, () => [R(3), Ints(0, 1), Ints(5, 6)], x => x[0].Scatter(0, x[1], x[2]), "Scatter", "int64", "float32", "To(DType.Float32)"),
        ["ScatterAdd of too few values"] = new(BadShape, () => [R(3), Ints(0, 1), R(1)], x => x[0].ScatterAdd(0, x[1], x[2]), "ScatterAdd", "[2]", "[1]", "needs a value"),
        ["IndexAdd outside"] = new(OutOfRange, () => [R(3), Ints(3), R(1)], x => x[0].IndexAddInPlace(0, x[1], x[2]), "IndexAdd", "index 3", "[3]", "Use 0 to 2"),
        ["IndexCopy of another shape"] = new(BadShape, () => [R(3, 2), Ints(0, 1), R(2, 3)], x => x[0].IndexCopy(0, x[1], x[2]), "IndexCopy", "[2, 3]", "[2, 2]", "Reshape"),
        ["Put of too few values"] = new(BadShape, () => [R(3), Ints(0, 1), R(1)], x => x[0].Put(x[1], x[2]), "Put", "2 positions", "1 values", "one value for each"),
        ["MaskedScatter of too few values"] = new(BadShape, () => [R(3), Truth(true, true, false), R(1)], x => x[0].MaskedScatter(x[1], x[2]), "MaskedScatter", "2 places", "1 values", "Give as many"),
        ["OneHot of a negative class"] = new(OutOfRange, () => [Ints(0, -1)], x => x[0].OneHot(), "OneHot", "-1", "negative", "Mask"),
        ["OneHot of too large a class"] = new(OutOfRange, () => [Ints(0, 3)], x => x[0].OneHot(3), "OneHot", "3", "0 to 2", "more classes"),
        ["Bucketize by a matrix"] = new(BadShape, XY([3], [2, 2]), x => x[0].Bucketize(x[1]), "Bucketize", "[2, 2]", "Reshape"),

        // ---- reductions and order -------------------------------------------------------------------------------------
        ["Sum along an axis that does not exist"] = new(OutOfRange, X(2, 3), x => x[0].Sum(2), "Sum", "axis 2", "2 axes", "0 to 1"),
        ["Sum along an axis twice"] = new(BadArgument, X(2, 3), x => x[0].Sum([1, ^1]), "Sum", "axis 1", "twice", "Name each axis once"),
        ["Mean of integers"] = new(BadDType, () => [Ints(1, 2)], x => x[0].Mean(), "Mean", "int64", "[2]", "To(DType.Float32)"),
        ["Var of integers"] = new(BadDType, () => [Ints(1, 2)], x => x[0].Var(), "Var", "int64", "To(DType.Float32)"),
        ["Softmax of integers"] = new(BadDType, () => [Ints(1, 2)], x => x[0].Softmax(0), "Softmax", "int64", "To(DType.Float32)"),
        ["Max of nothing"] = new(BadShape, X(0, 3), x => x[0].Max(0), "Max", "axis 0", "[0, 3]", "another axis"),
        ["Amax of nothing"] = new(BadShape, X(2, 0), x => x[0].Amax(1), "Amax", "axis 1", "[2, 0]", "another axis"),
        ["TopK of more than there are"] = new(OutOfRange, X(2, 3), x => x[0].TopK(4), "TopK", "k is 4", "from 0 to 3", "[2, 3]"),
        ["Quantile of a percentage"] = new(OutOfRange, X(3), x => x[0].Quantile(50), "Quantile", "50", "from 0 to 1", "Divide"),
        ["Norm of order NaN"] = new(BadArgument, X(3), x => x[0].Norm(double.NaN), "Norm", "NaN", "for instance 2"),

        // ---- products and linear algebra ------------------------------------------------------------------------------
        ["MatMul of other inner lengths"] = new(BadShape, XY([2, 3], [4, 5]), x => x[0].MatMul(x[1]), "MatMul", "[2, 3]", "[4, 5]", "Transpose"),
        ["MatMul of a scalar"] = new(BadShape, XY([2, 3], []), x => x[0].MatMul(x[1]), "MatMul", "[2, 3]", "[]", "Use *"),
        ["MatMul of other types"] = new(BadDType, () => [R(2, 2), R(2, 2).Double()], x => x[0].MatMul(x[1]), "MatMul", "float32", "float64", "To(DType.Float64)"),
        ["MatMul of batches that do not broadcast"] = new(BadShape, XY([2, 3, 4], [3, 4, 5]), x => x[0].MatMul(x[1]), "MatMul", "do not broadcast", "Unsqueeze"),
        ["Mm of batches"] = new(BadShape, XY([2, 3, 4], [4, 5]), x => x[0].Mm(x[1]), "Mm", "[2, 3, 4]", "[4, 5]", "MatMul"),
        ["Dot of other lengths"] = new(BadShape, XY([3], [4]), x => x[0].Dot(x[1]), "Dot", "[3]", "[4]", "check"),
        ["TensorDot over other lengths"] = new(BadShape, XY([2, 3], [2, 3]), x => x[0].TensorDot(x[1], 1, 0), "TensorDot", "[2, 3]", "must be equal"),
        ["Cross of other lengths"] = new(BadShape, XY([4], [4]), x => x[0].Cross(x[1], 0), "Cross", "axis 0", "length 3", "[4]", "Name the axis"),
        ["Inv of an oblong matrix"] = new(BadShape, X(2, 3), x => Linalg.Inv(x[0]), "Inv", "[2, 3]", "Pinv"),
        ["Inv of a singular matrix of a batch"] = new(BadMatrix, () => [Tensor.Stack([Tensor.Eye(2), Tensor.Ones([2, 2])])], x => Linalg.Inv(x[0]), "Inv", "singular", "column 1", "Pinv"),
        ["Inv of integers"] = new(BadDType, () => [Ints(1, 0, 0, 1).Reshape(2, 2)], x => Linalg.Inv(x[0]), "Inv", "int64", "[2, 2]", "To(DType.Float32)"),
        ["Inv of a vector"] = new(BadShape, X(3), x => Linalg.Inv(x[0]), "Inv", "[3]", "Unsqueeze"),
        ["Solve with another number of rows"] = new(BadShape, () => [Tensor.Eye(3), R(2)], x => Linalg.Solve(x[0], x[1]), "Solve", "[3, 3]", "[2]", "3 rows"),
        ["Solve of a singular system"] = new(BadMatrix, () => [Tensor.Zeros([2, 2]), R(2)], x => Linalg.Solve(x[0], x[1]), "Solve", "singular", "column 0", "Lstsq"),
        ["Cholesky of an indefinite matrix"] = new(BadMatrix, () => [-Tensor.Eye(3)], x => Linalg.Cholesky(x[0]), "Cholesky", "not positive definite", "order 1", "symmetric"),
        ["Det of an oblong matrix"] = new(BadShape, X(2, 3), x => Linalg.Det(x[0]), "Det", "[2, 3]", "square"),
        ["Eigh of NaN"] = new(BadMatrix, () => [Tensor.Full([2, 2], double.NaN)], x => Linalg.Eigh(x[0]), "Eigh", "NaN", "Check"),
        ["a matrix norm of no name"] = new(BadArgument, X(2, 3), x => Linalg.MatrixNorm(x[0], "max"), "MatrixNorm", "\"max\"", "Use \"fro\""),
        ["MultiDot of other inner lengths"] = new(BadShape, XY([2, 3], [4, 5]), x => Linalg.MultiDot(x), "MultiDot", "[2, 3]", "[4, 5]", "Transpose"),
        ["Einsum with too few operands"] = new(BadArgument, X(2, 3), x => Tensor.Einsum("ij,jk->ik", x), "Einsum", "ij,jk->ik", "2 groups", "1 operands", "Write one group"),
        ["Einsum with two arrows"] = new(BadArgument, X(2, 3), x => Tensor.Einsum("ij->i->j", x), "Einsum", "arrow", "Write"),
        ["Einsum with a digit"] = new(BadArgument, X(2, 3), x => Tensor.Einsum("i1->i", x), "Einsum", "'1'", "Write"),
        ["Einsum with too few letters"] = new(BadShape, X(2, 3), x => Tensor.Einsum("i->i", x), "Einsum", "\"i\"", "[2, 3]", "Give one letter"),
        ["Einsum with unequal lengths"] = new(BadShape, XY([2, 3], [4, 5]), x => Tensor.Einsum("ij,jk->ik", x), "Einsum", "'j'", "3", "4", "equal lengths"),
        ["Einsum with a result of nothing"] = new(BadArgument, X(2, 3), x => Tensor.Einsum("ij->k", x), "Einsum", "'k'", "Write"),
        ["Einsum with a result named twice"] = new(BadArgument, X(2, 2), x => Tensor.Einsum("ij->ii", x), "Einsum", "'i' twice", "Write"),

        // ---- layers, losses, optimisers -------------------------------------------------------------------------------
        ["Linear with other features"] = new(BadShape, X(4, 3), x => new Linear(5, 2).Forward(x[0]), "Linear", "[4, 3]", "5 features", "inFeatures: 3"),
        ["Linear of negative size"] = new(OutOfRange, None, _ => new Linear(-1, 2), "Linear", "inFeatures", "-1", "Use 0 or more"),
        ["Dropout of more than all"] = new(OutOfRange, None, _ => new Dropout(1.5), "Dropout", "p", "1.5", "Use a fraction"),
        ["Sequential of nothing"] = new(BadArgument, None, _ => new Sequential(), "Sequential", "at least one"),
        ["Module of integers"] = new(BadDType, None, _ => new Linear(2, 2).To(DType.Int64), "Module.To", "int64", "Use Float32"),
        ["a state of other names"] = new(BadArgument, X(2, 2), x => new Linear(2, 2).LoadStateDict(new Dictionary<string, Tensor> { ["w"] = x[0] }), "LoadStateDict", "weight", "[w]", "strict: false"),
        ["fans of a vector"] = new(BadShape, X(3), x => Init.XavierUniform(x[0]), "XavierUniform", "[3]", "Use Init.Uniform"),
        ["Mse of shapes that would broadcast"] = new(BadShape, XY([4, 1], [4]), x => Losses.Mse(x[0], x[1]), "Losses.Mse", "[4, 1]", "[4]", "Reshape"),
        ["SmoothL1 with a negative width"] = new(OutOfRange, XY([2], [2]), x => Losses.SmoothL1(x[0], x[1], beta: -1), "SmoothL1", "beta", "-1", "Use a number above 0"),
        ["CrossEntropy with a target of another batch"] = new(BadShape, With([2, 3], 0, 1, 2), x => Losses.CrossEntropy(x[0], x[1]), "CrossEntropy", "[2, 3]", "[3]", "Pass input"),
        ["CrossEntropy with a class that does not exist"] = new(OutOfRange, With([2, 3], 0, 3), x => Losses.CrossEntropy(x[0], x[1]), "CrossEntropy", "class 3", "3 classes", "Use 0 to 2"),
        ["CrossEntropy with a class to be ignored"] = new(OutOfRange, With([2, 3], 0, -100), x => Losses.CrossEntropy(x[0], x[1]), "CrossEntropy", "class -100", "ignoreIndex: -100"),
        ["Bce of numbers that are no probabilities"] = new(OutOfRange, () => [Tensor.Of([0.5, 1.5]), Tensor.Of([0.0, 1])], x => Losses.Bce(x[0], x[1]), "Bce", "1.5", "[0, 1]", "Sigmoid()"),
        ["Linear with an input of another type"] = new(BadDType, () => [Tensor.Zeros([4, 2], DType.Float64)], x => new Linear(2, 3).Forward(x[0]), "Linear", "float64 [4, 2]", "float32", "To(DType.Float64)"),
        ["CrossEntropy with a weight for each of other classes"] = new(BadShape, () => [R(2, 3), Ints(0, 1), R(4)], x => Losses.CrossEntropy(x[0], x[1], x[2]), "CrossEntropy", "[4]", "3 classes", "[3]"),
        ["Nll with fractions as classes"] = new(BadDType, XY([2, 3], [2]), x => Losses.Nll(x[0], x[1]), "Nll", "float32", "[2]", "Long()"),
        ["an optimiser without parameters"] = new(BadArgument, None, _ => new Sgd([], 0.1), "Sgd", "no parameters", "Pass model.Parameters()"),
        ["a negative learning rate"] = new(OutOfRange, () => [Leaf(1)], x => new Adam([x[0]], -0.1), "LearningRate", "-0.1", "Use 0 or more"),
        ["a beta of 1"] = new(OutOfRange, () => [Leaf(1)], x => new Adam([x[0]], betas: (1, 0.9)), "1", "[0, 1)", "Use a fraction"),
        ["Nesterov without momentum"] = new(BadArgument, () => [Leaf(1)], x => new Sgd([x[0]], 0.1, nesterov: true), "Sgd", "nesterov", "momentum 0", "Pass a momentum"),
        ["an optimiser of plain tensors"] = new(BadUse, X(2), x => new Sgd([x[0]], 0.1), "Sgd", "parameter 0", "[2]", "RequiresGrad = true"),
        ["an optimiser of results"] = new(BadUse, () => [Leaf(1, 2)], x => new Sgd([x[0] * 2], 0.1), "Sgd", "MulBackward", "Detach()"),
        ["an optimiser of one parameter twice"] = new(BadArgument, () => [Leaf(1, 2)], x => new Sgd([x[0], x[0]], 0.1), "Sgd", "twice", "[2]", "once"),
        ["a schedule of no epochs"] = new(OutOfRange, () => [Leaf(1)], x => new StepLr(new Sgd([x[0]], 0.1), 0), "stepSize", "0", "Use a number above 0"),

        // ---- derivatives ----------------------------------------------------------------------------------------------
        ["Jacobian of integers"] = new(BadDType, () => [Ints(1, 2)], x => Functional.Jacobian(t => t * 2, x[0]), "Jacobian", "input 0", "int64", "To(DType.Float32)"),
        ["a strict Jacobian of a constant"] = new(BadUse, X(2), x => Functional.Jacobian(_ => R(2), x[0], strict: true), "Jacobian", "input 0", "Leave strict out"),
        ["Hessian of several elements"] = new(BadShape, X(2), x => Functional.Hessian(t => t * t, x[0]), "Hessian", "[2]", "Sum()"),
        ["Jvp with a tangent of another shape"] = new(BadShape, XY([2], [3]), x => Functional.Jvp(t => t * 2, x[0], x[1]), "Jvp", "[3]", "[2]", "of the input's shape"),
        ["Jvp with a tangent of another type"] = new(BadDType, () => [R(2), R(2).Double()], x => Functional.Jvp(t => t * 2, x[0], x[1]), "Jvp", "float64", "float32", "Convert"),
        ["GradCheck in float32"] = new(BadDType, X(2), x => GradCheck.Check(t => t * 2, x[0]), "float32", "[2]", "To(DType.Float64)"),
        ["GradCheck with step 0"] = new(OutOfRange, () => [R(2).Double()], x => GradCheck.Check(t => t * 2, x[0], eps: 0), "step", "0", "1e-6"),
        ["a second backward through a product of matrices"] = new(BadUse, () => [R(2, 2).RequireGrad(), R(2, 2)], x => { Tensor y = x[0].MatMul(x[1]).Sum(); Autograd.Grad(y, x[0]); Autograd.Grad(y, x[0]); }, "MatMulBackward", "freed", "retainGraph: true"),
        ["a saved result changed in place"] = new(BadUse, () => [Leaf(1, 2)], x => { Tensor y = x[0].Exp(); y.AddInPlace(1); Autograd.Grad(y.Sum(), x[0]); }, "Exp", "[2]", "version 1", "version 0", "Clone()"),
        ["a NaN from a root in anomaly mode"] = new(BadUse, () => [Leaf(0, 4)], x => { using (Autograd.AnomalyMode()) Autograd.Grad((x[0].Sqrt() * 0).Sum(), x[0]); }, "SqrtBackward", "NaN", "input 0", "called here"),
        ["in place on one of several views"] = new(BadUse, () => [Leaf(1, 2)], x => (x[0] * 2).Unbind()[0].AddInPlace(1), "AddInPlace", "Unbind", "Clone()"),
        ["in place with a source that does not broadcast"] = new(BadShape, XY([2, 3], [2]), x => x[0].CopyInPlace(x[1]), "[2]", "[2, 3]", "Unsqueeze"),
        ["a hook on a leaf that returns another shape"] = new(BadShape, () => [Leaf(1, 2)], x => { x[0].RegisterHook(g => g.Sum()); x[0].Sum().Backward(); }, "[]", "[2]", "null"),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_text_names_what_is_wrong_and_the_tensors_are_as_before(string name)
    {
        Case bad = Cases[name];
        Tensor[] inputs = bad.Inputs();
        (Shape Shape, int Version, double[] Values)[] before = Array.ConvertAll(inputs, x => (x.Shape, x.Version, x.ToArray<double>()));

        Exception thrown = Assert.ThrowsAny<Exception>(() => bad.Call(inputs));

        Assert.IsType(bad.Type, thrown);
        foreach (string word in bad.Words) Assert.Contains(word, thrown.Message, StringComparison.Ordinal);
        for (int i = 0; i < inputs.Length; i++)
        {
            Assert.Equal(before[i].Shape, inputs[i].Shape);
            Assert.Equal(before[i].Version, inputs[i].Version);
            Assert.Equal(before[i].Values, inputs[i].ToArray<double>());
            Assert.Null(inputs[i].Grad);
        }
    }
}
