using F = Nabla.Symbolics.Functions;

namespace Nabla;

/// <summary>What a quantile between two elements is.</summary>
public enum Interpolation
{
    /// <summary>On the straight line between them.</summary>
    Linear,

    /// <summary>The lower one.</summary>
    Lower,

    /// <summary>The higher one.</summary>
    Higher,

    /// <summary>Half way between them.</summary>
    Midpoint,

    /// <summary>The nearer one; the one with the even position if both are as near.</summary>
    Nearest,
}

// Order: sorting, medians, quantiles. NaN counts as the largest; equal elements keep their order; gradients go to the
// elements that were chosen.
public sealed partial class Tensor
{
    /// <summary>The elements along an axis in order, and where they came from. Equal elements keep their order; NaN is the largest.</summary>
    /// <param name="axis">The axis; the last by default.</param>
    /// <param name="descending">The largest first.</param>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist.</exception>
    [Op(OpKind.Composite, Kinks = "gradients follow the permutation")]
    public (Tensor Values, Tensor Indices) Sort(Axis? axis = null, bool descending = false)
    {
        Tensor x = WithAxis(axis, "Sort", out int at);
        Tensor order = new ArgSortOp("Sort", at, descending).Of(x);
        return (new GatherOp("Sort", at, forEach: true).Of(x, order).Reshape(Shape), order.Reshape(Shape));
    }

    /// <summary>Positions that put the elements along an axis in order, as int64.</summary>
    /// <inheritdoc cref="Sort"/>
    [Op(OpKind.NotDifferentiable)]
    public Tensor ArgSort(Axis? axis = null, bool descending = false)
    {
        Tensor x = WithAxis(axis, "ArgSort", out int at);
        return new ArgSortOp("ArgSort", at, descending).Of(x).Reshape(Shape);
    }

    /// <summary>The k largest (or smallest) elements along an axis in order, and their positions; of equal ones the first.</summary>
    /// <param name="k">How many.</param>
    /// <param name="axis">The axis; the last by default.</param>
    /// <param name="largest">The largest, or the smallest.</param>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist, or has fewer than k elements.</exception>
    [Op(OpKind.Composite, Shapes = "[…, n, …] → […, k, …]", Kinks = "ties: to the first")]
    public (Tensor Values, Tensor Indices) TopK(int k, Axis? axis = null, bool largest = true)
    {
        Tensor x = WithAxis(axis, "TopK", out int at);
        if (k < 0 || k > x.Dims[at]) throw OpErrors.OutsideAxis("TopK", nameof(k), k, 0, x.Dims[at], this);
        Tensor order = new ArgSortOp("TopK", at, largest).Of(x).Narrow(at, 0, k).Contiguous();
        Tensor values = new GatherOp("TopK", at, forEach: true).Of(x, order);
        return Rank > 0 || k != 1 ? (values, order) : (values.Reshape([]), order.Reshape([]));
    }

    /// <summary>The k-th smallest elements along an axis, k counted from 1, and their positions.</summary>
    /// <param name="k">1 for the smallest.</param>
    /// <param name="axis">The axis that disappears; the last by default.</param>
    /// <param name="keepAxis">Keep it with length 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist, or has fewer than k elements.</exception>
    [Op(OpKind.Composite, Shapes = "any → without the axis, or with length 1 there")]
    public (Tensor Values, Tensor Indices) KthValue(int k, Axis? axis = null, bool keepAxis = false)
    {
        Tensor x = WithAxis(axis, "KthValue", out int at);
        if (k < 1 || k > x.Dims[at]) throw OpErrors.OutsideAxis("KthValue", nameof(k), k, 1, x.Dims[at], this);
        return x.PickedAt("KthValue", new PlaceOp("KthValue", at, Place.Kth, k - 1).Of(x), at, this, keepAxis);
    }

    /// <summary>The middle one of all elements in order, the lower of two; NaN if there is one, and of nothing.</summary>
    [Op(OpKind.Custom, Shapes = "any → []", Kinks = "even count: the lower of the two; ties share the gradient over all, and along an axis it goes to one")]
    public Tensor Median() => MiddleOfAll("Median", Place.Median);

    /// <summary>The middle elements along an axis, the lower of two, and their positions; NaN if there is one.</summary>
    /// <param name="axis">The axis that disappears.</param>
    /// <param name="keepAxis">Keep it with length 1.</param>
    /// <exception cref="ShapeException">The axis has length 0.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist.</exception>
    public (Tensor Values, Tensor Indices) Median(Axis axis, bool keepAxis = false) => PlaceAlong("Median", axis, keepAxis, Place.Median);

    /// <summary>The middle one of all elements that are not NaN, the lower of two; NaN if there are none.</summary>
    [Op(OpKind.Custom, Shapes = "any → []", Kinks = "even count: the lower of the two; ties share the gradient over all, and along an axis it goes to one")]
    public Tensor NanMedian() => MiddleOfAll("NanMedian", Place.NanMedian);

    /// <summary>The middle of the elements along an axis that are not NaN, the lower of two, and their positions.</summary>
    /// <inheritdoc cref="Median(Axis, bool)"/>
    public (Tensor Values, Tensor Indices) NanMedian(Axis axis, bool keepAxis = false) => PlaceAlong("NanMedian", axis, keepAxis, Place.NanMedian);

    /// <summary>The most frequent elements along an axis, the smallest of several such, and the last position of each.</summary>
    /// <param name="axis">The axis that disappears; the last by default.</param>
    /// <param name="keepAxis">Keep it with length 1.</param>
    /// <exception cref="ShapeException">The axis has length 0.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist.</exception>
    [Op(OpKind.Composite, Shapes = "any → without the axis, or with length 1 there", Kinks = "to the last occurrence")]
    public (Tensor Values, Tensor Indices) Mode(Axis? axis = null, bool keepAxis = false) => PlaceAlong("Mode", axis ?? new Axis(-1), keepAxis, Place.Mode);

    /// <summary>The q-quantile over axes: the element at q·(n − 1) in order, or between two; NaN if there is one.</summary>
    /// <param name="q">From 0, the smallest, to 1, the largest.</param>
    /// <param name="axis">The axes that disappear; all by default.</param>
    /// <param name="keepAxis">Keep them with length 1.</param>
    /// <param name="interpolation">What lies between two elements.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="q"/> is not from 0 to 1; an axis does not exist.</exception>
    /// <exception cref="DTypeException">The elements are integers or truth values.</exception>
    /// <exception cref="ShapeException">An axis has length 0.</exception>
    [Op(OpKind.Composite, Shapes = "any → without the axes, or with length 1 there", DTypes = "floating point")]
    public Tensor Quantile(double q, Axes axis = default, bool keepAxis = false, Interpolation interpolation = Interpolation.Linear)
    {
        Tensor sorted = SortedFor(axis, out int[] axes, out int at);
        return QuantileOf(sorted, at, q, interpolation).Reshape(AxisGroups.Reduced(Dims, axes, keepAxis));
    }

    /// <summary>Several quantiles over axes, along a new first axis.</summary>
    /// <inheritdoc cref="Quantile(double, Axes, bool, Interpolation)"/>
    public Tensor Quantile(IReadOnlyList<double> q, Axes axis = default, bool keepAxis = false, Interpolation interpolation = Interpolation.Linear)
    {
        ArgumentNullException.ThrowIfNull(q);
        Tensor sorted = SortedFor(axis, out int[] axes, out int at);
        var each = new Tensor[q.Count];
        for (int i = 0; i < each.Length; i++) each[i] = QuantileOf(sorted, at, q[i], interpolation).Reshape(AxisGroups.Reduced(Dims, axes, keepAxis));
        return Stack(each);
    }

    private Tensor SortedFor(Axes axis, out int[] axes, out int at)
    {
        if (!DType.IsFloatingPoint()) throw OpErrors.NeedsFloatingPoint("Quantile", this);
        axes = AxesOf(axis, "Quantile");
        RefuseEmpty("Quantile", this, axes);
        return Merged(axes, out at).Sort(at).Values;
    }

    private static Tensor QuantileOf(Tensor sorted, int axis, double q, Interpolation interpolation)
    {
        if (!(q >= 0 && q <= 1)) throw OpErrors.Quantile(q);
        int last = sorted.Dims[axis] - 1;
        double position = q * last;
        int below = (int)Math.Floor(position), above = (int)Math.Ceiling(position);
        double part = interpolation switch
        {
            Interpolation.Linear => position - below,
            Interpolation.Midpoint => 0.5,
            Interpolation.Lower => 0,
            Interpolation.Higher => 1,
            _ => Math.Round(position) - below,
        };
        Tensor low = sorted.Select(axis, below);
        Tensor value = below == above || part == 0 ? low : part == 1 ? sorted.Select(axis, above) : BetweenOp.Apply(low, sorted.Select(axis, above), Number(part));
        return UnlessNanOp.Apply(value, sorted.Select(axis, last));
    }

    private static readonly ElementwiseOp BetweenOp = ElementwiseOp.Of("Quantile", (low, high, part) => low + (part * (high - low))).Unlisted();
    private static readonly ElementwiseOp UnlessNanOp = ElementwiseOp.Of("Quantile", (value, last) => F.Select(F.IsNaN(last), last, value)).Unlisted();

    private Tensor MiddleOfAll(string op, Place place)
    {
        if (Numel == 0)
        {
            if (!DType.IsFloatingPoint()) throw OpErrors.EmptyAxis(op, this, Array.IndexOf(Dims, 0));
            return Mean();
        }
        return new MiddleOp(op, place).Of(Reshape(Numel));
    }

    private (Tensor Values, Tensor Indices) PlaceAlong(string op, Axis axis, bool keepAxis, Place place)
    {
        Tensor x = WithAxis(axis, op, out int at);
        RefuseEmpty(op, x, [at]);
        return x.PickedAt(op, new PlaceOp(op, at, place, 0).Of(x), at, this, keepAxis);
    }

    private sealed class ArgSortOp(string name, int axis, bool descending) : FlatOp(name)
    {
        internal override Tensor[] Batch(BatchedInputs items) => new ArgSortOp(Name, axis + 1, descending).ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs)
        {
            FormulaList list = SymbolicMode.ListOf(inputs);
            return [SymbolicMode.Along(inputs, axis, DType.Int64, rows => SymbolicPositions.OfOrder(list, rows[0], descending))];
        }

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) =>
            [AxisKernel.Positions(inputs[0].Value, [axis], inputs[0].Dims, new ArgSortKernel(descending))];
    }

    private readonly unsafe struct ArgSortKernel(bool descending) : IAxisKernel
    {
        public void Run<T>(T* x, void* y, nint outer, nint n, nint inner)
            where T : unmanaged, System.Numerics.INumber<T>, System.Numerics.IMinMaxValue<T> => SortKernels.ArgSort(x, (long*)y, outer, n, inner, descending);
    }

    private sealed class PlaceOp(string name, int axis, Place place, int k) : FlatOp(name)
    {
        internal override Tensor[] Batch(BatchedInputs items) => new PlaceOp(Name, axis + 1, place, k).ApplyMany(items[0]);

        internal override Tensor[]? OnSymbols(ReadOnlySpan<Tensor> inputs)
        {
            if (place == Place.Mode) return null;
            FormulaList list = SymbolicMode.ListOf(inputs);
            return [SymbolicMode.Reduce(inputs[0], [axis], keep: true, DType.Int64, row => SymbolicPositions.OfOrder(list, row, descending: false)[place == Place.Kth ? k : (row.Length - 1) / 2])];
        }

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) =>
            [AxisKernel.Positions(inputs[0].Value, [axis], AxisGroups.Reduced(inputs[0].Dims, [axis], keep: true), new PlaceKernel(place, k))];
    }

    /// <summary>The middle of the last axis of a vector or of many.</summary>
    private sealed class MiddleOp(string name, Place place, int axis = 0) : SharedChoiceOp(name, [axis], keep: false)
    {
        internal override Tensor[] Batch(BatchedInputs items) => new MiddleOp(Name, place, axis + 1).ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) =>
            [SymbolicMode.Reduce(inputs[0], [0], keep: false, inputs[0].DType, row => SymbolicPositions.Sorted(row, descending: false)[(row.Length - 1) / 2])];

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray x = inputs[0].Value, y = NdArray.Allocate(x.Dims[..^1], x.DType);
            Span<long> places = AxisKernel.Positions(x, [axis], y.Dims, new PlaceKernel(place, 0)).Span<long>();
            for (int i = 0; i < places.Length; i++)
            {
                int from = x.PositionOf((i * x.Dims[axis]) + (int)places[i]);
                if (x.DType.IsFloatingPoint()) y.SetDouble(i, x.GetDouble(from));
                else y.SetInt64(i, x.GetInt64(from));
            }
            return [y];
        }
    }

    private readonly unsafe struct PlaceKernel(Place place, int k) : IAxisKernel
    {
        public void Run<T>(T* x, void* y, nint outer, nint n, nint inner)
            where T : unmanaged, System.Numerics.INumber<T>, System.Numerics.IMinMaxValue<T> => SortKernels.Find(x, (long*)y, outer, n, inner, place, k);
    }
}
