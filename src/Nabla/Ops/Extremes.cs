using F = Nabla.Symbolics.Functions;

namespace Nabla;

// Largest and smallest elements, and where they are. NaN counts as larger and smaller than everything.
public sealed partial class Tensor
{
    /// <summary>The largest element over axes.</summary>
    /// <param name="axis">The axes that disappear; all by default.</param>
    /// <param name="keepAxis">Keep them with length 1.</param>
    /// <exception cref="ShapeException">An axis has length 0.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    [Op(OpKind.Custom, Shapes = "any → without the axes, or with length 1 there", Kinks = "ties share the gradient evenly")]
    public Tensor Amax(Axes axis = default, bool keepAxis = false) => Extreme("Amax", AxesOf(axis, "Amax"), keepAxis, largest: true);

    /// <summary>The smallest element over axes.</summary>
    /// <inheritdoc cref="Amax"/>
    [Op(OpKind.Custom, Shapes = "any → without the axes, or with length 1 there", Kinks = "ties share the gradient evenly")]
    public Tensor Amin(Axes axis = default, bool keepAxis = false) => Extreme("Amin", AxesOf(axis, "Amin"), keepAxis, largest: false);

    /// <summary>The smallest and the largest element over axes.</summary>
    /// <inheritdoc cref="Amax"/>
    [Op(OpKind.Composite, Shapes = "any → without the axes, or with length 1 there", Kinks = "ties share the gradient evenly")]
    public (Tensor Min, Tensor Max) Aminmax(Axes axis = default, bool keepAxis = false)
    {
        int[] axes = AxesOf(axis, "Aminmax");
        return (Extreme("Aminmax", axes, keepAxis, largest: false), Extreme("Aminmax", axes, keepAxis, largest: true));
    }

    /// <summary>The largest of all elements.</summary>
    /// <exception cref="ShapeException">There are no elements.</exception>
    [Op(OpKind.Custom, Shapes = "any → []", Kinks = "over all: ties share the gradient evenly; along an axis: to the first")]
    public Tensor Max() => Extreme("Max", Axes.All.Resolve(Rank, "Max"), keepAxis: false, largest: true);

    /// <summary>The smallest of all elements.</summary>
    /// <exception cref="ShapeException">There are no elements.</exception>
    [Op(OpKind.Custom, Shapes = "any → []", Kinks = "over all: ties share the gradient evenly; along an axis: to the first")]
    public Tensor Min() => Extreme("Min", Axes.All.Resolve(Rank, "Min"), keepAxis: false, largest: false);

    /// <summary>The largest elements along an axis and their positions, the first of equal ones; the gradient goes there.</summary>
    /// <param name="axis">The axis that disappears.</param>
    /// <param name="keepAxis">Keep it with length 1.</param>
    /// <exception cref="ShapeException">The axis has length 0.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist.</exception>
    public (Tensor Values, Tensor Indices) Max(Axis axis, bool keepAxis = false) => ExtremeAlong("Max", axis, keepAxis, largest: true);

    /// <summary>The smallest elements along an axis and their positions, the first of equal ones; the gradient goes there.</summary>
    /// <inheritdoc cref="Max(Axis, bool)"/>
    public (Tensor Values, Tensor Indices) Min(Axis axis, bool keepAxis = false) => ExtremeAlong("Min", axis, keepAxis, largest: false);

    /// <summary>The positions of the largest elements, the first of equal ones, as int64.</summary>
    /// <param name="axis">The axis that disappears; if left out, the position among all elements in row-major order.</param>
    /// <param name="keepAxis">Keep the axis with length 1.</param>
    /// <exception cref="ShapeException">The axis has length 0.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist.</exception>
    [Op(OpKind.NotDifferentiable, Shapes = "any → without the axis")]
    public Tensor ArgMax(Axis? axis = null, bool keepAxis = false) => ArgExtreme("ArgMax", axis, keepAxis, largest: true);

    /// <summary>The positions of the smallest elements, the first of equal ones, as int64.</summary>
    /// <inheritdoc cref="ArgMax"/>
    [Op(OpKind.NotDifferentiable, Shapes = "any → without the axis")]
    public Tensor ArgMin(Axis? axis = null, bool keepAxis = false) => ArgExtreme("ArgMin", axis, keepAxis, largest: false);

    private Tensor Extreme(string op, int[] axes, bool keepAxis, bool largest)
    {
        RefuseEmpty(op, this, axes);
        return new ExtremeOp(op, axes, keepAxis, largest).Of(this);
    }

    private (Tensor Values, Tensor Indices) ExtremeAlong(string op, Axis axis, bool keepAxis, bool largest)
    {
        Tensor x = WithAxis(axis, op, out int at);
        RefuseEmpty(op, x, [at]);
        return x.PickedAt(op, new ArgExtremeOp(op, at, largest).Of(x), at, this, keepAxis);
    }

    /// <summary>The elements at positions along an axis, one for each row, in the shape that a reduction of <paramref name="original"/> has.</summary>
    private (Tensor Values, Tensor Indices) PickedAt(string op, Tensor indices, int at, Tensor original, bool keepAxis)
    {
        Tensor values = new GatherOp(op, at, forEach: true).Of(this, indices);
        if (original.Rank > 0 && keepAxis) return (values, indices);
        int[] dims = AxisGroups.Reduced(Dims, [at], keep: false);
        return (values.Reshape(dims), indices.Reshape(dims));
    }

    private Tensor ArgExtreme(string op, Axis? axis, bool keepAxis, bool largest)
    {
        Tensor x = axis is null ? Reshape(Numel) : this;
        x = x.WithAxis(axis ?? new Axis(0), op, out int at);
        if (x.Dims[at] == 0) throw OpErrors.EmptyAxis(op, this, axis is null ? Array.IndexOf(Dims, 0) : at);
        Tensor indices = new ArgExtremeOp(op, at, largest).Of(x);
        int[] axes = axis is null || Rank == 0 ? Axes.All.Resolve(Rank, op) : [at];
        return indices.Reshape(AxisGroups.Reduced(Dims, axes, keepAxis));
    }

    /// <summary>Whether an element is the extreme of its row; the extreme of a row with NaN is NaN.</summary>
    private static readonly ElementwiseOp TiedOp = ElementwiseOp.Predicate("Amax", (x, y) => F.Or(F.Equal(x, y), F.And(F.IsNaN(x), F.IsNaN(y)))).Unlisted();

    private static readonly ElementwiseOp WhereTiedOp = ElementwiseOp.Of("Amax", (tied, share) => F.Select(tied, share, 0)).Unlisted();

    /// <summary>One element of each row, whose gradient is shared evenly among all elements equal to it.</summary>
    private abstract class SharedChoiceOp(string name, int[] axes, bool keep) : CustomOp(name)
    {
        protected int[] Over => axes;

        protected bool Keeps => keep;

        public Tensor Of(Tensor x) => Apply(x);

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients)
        {
            if (gradients[0] is not { } g) return [null];
            (Tensor tied, Tensor count) = Tied(context);
            return [WhereTiedOp.Apply(tied, Keep(g, context.Shape(0), axes) / count)];
        }

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents)
        {
            if (tangents[0] is not { } t) return [null];
            (Tensor tied, Tensor count) = Tied(context);
            Tensor sum = WhereTiedOp.Apply(tied, t).Sum(AxesFrom(axes), keepAxis: true) / count;
            return [sum.Reshape(AxisGroups.Reduced(context.Shape(0).Dims, axes, keep))];
        }

        private (Tensor Tied, Tensor Count) Tied(OpContext context)
        {
            Tensor tied = TiedOp.Apply(context[0], Keep(context.Output(0), context.Shape(0), axes));
            return (tied, tied.To(context.DType(0)).Sum(AxesFrom(axes), keepAxis: true));
        }
    }

    private sealed class ExtremeOp(string name, int[] axes, bool keep, bool largest) : SharedChoiceOp(name, axes, keep)
    {
        internal override Tensor[] Batch(BatchedInputs items) => new ExtremeOp(Name, BatchedInputs.Shift(Over), Keeps, largest).ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) =>
            [SymbolicMode.Reduce(inputs[0], Over, Keeps, inputs[0].DType, group => group.Aggregate(largest ? F.Max : F.Min))];

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) =>
            [AxisKernel.Run(inputs[0].Value, Over, AxisGroups.Reduced(inputs[0].Dims, Over, Keeps), new ExtremeKernel(largest))];
    }

    private readonly unsafe struct ExtremeKernel(bool largest) : IAxisKernel
    {
        public void Run<T>(T* x, void* y, nint outer, nint n, nint inner)
            where T : unmanaged, System.Numerics.INumber<T>, System.Numerics.IMinMaxValue<T>
        {
            if (largest) ReductionKernels.Max(x, (T*)y, outer, n, inner);
            else ReductionKernels.Min(x, (T*)y, outer, n, inner);
        }
    }

    /// <summary>Positions of extremes, with the axis kept.</summary>
    private sealed class ArgExtremeOp(string name, int axis, bool largest) : FlatOp(name)
    {
        internal override Tensor[] Batch(BatchedInputs items) => new ArgExtremeOp(Name, axis + 1, largest).ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs)
        {
            FormulaList list = SymbolicMode.ListOf(inputs);
            return [SymbolicMode.Reduce(inputs[0], [axis], keep: true, DType.Int64, row => SymbolicPositions.OfExtreme(list, row, row.Length, largest, last: false))];
        }

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) =>
            [AxisKernel.Positions(inputs[0].Value, [axis], AxisGroups.Reduced(inputs[0].Dims, [axis], keep: true), new ArgExtremeKernel(largest))];
    }

    private readonly unsafe struct ArgExtremeKernel(bool largest) : IAxisKernel
    {
        public void Run<T>(T* x, void* y, nint outer, nint n, nint inner)
            where T : unmanaged, System.Numerics.INumber<T>, System.Numerics.IMinMaxValue<T>
        {
            if (largest) ReductionKernels.ArgMax(x, (long*)y, outer, n, inner);
            else ReductionKernels.ArgMin(x, (long*)y, outer, n, inner);
        }
    }
}
