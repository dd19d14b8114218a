using F = Nabla.Symbolics.Functions;

namespace Nabla;

// Sums and means over axes.
public sealed partial class Tensor
{
    /// <summary>The sum over axes, or over all elements. Linear. Integers and truth values sum to int64.</summary>
    /// <param name="axis">The axes that disappear; all by default.</param>
    /// <param name="keepAxis">Keep them with length 1.</param>
    /// <param name="dtype">Convert to this type first.</param>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    [Op(OpKind.Linear, Shapes = "any → without the axes, or with length 1 there")]
    public Tensor Sum(Axes axis = default, bool keepAxis = false, DType? dtype = null)
    {
        Tensor x = dtype is { } other ? To(other) : DType.HasDerivatives() ? this : To(DType.Int64);
        return new SumOp(AxesOf(axis, "Sum"), keepAxis).Of(x);
    }

    /// <summary>The mean over axes, or over all elements: the sum divided by the number of elements; NaN where there are none.</summary>
    /// <param name="axis">The axes that disappear; all by default.</param>
    /// <param name="keepAxis">Keep them with length 1.</param>
    /// <param name="dtype">Convert to this type first.</param>
    /// <exception cref="DTypeException">The elements are integers or truth values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    [Op(OpKind.Linear, Shapes = "any → without the axes, or with length 1 there", DTypes = "floating point")]
    public Tensor Mean(Axes axis = default, bool keepAxis = false, DType? dtype = null)
    {
        Tensor x = dtype is { } other ? To(other) : this;
        if (!x.DType.HasDerivatives()) throw OpErrors.NeedsFloatingPoint("Mean", x);
        int[] axes = AxesOf(axis, "Mean");
        int count = 1;
        foreach (int a in axes) count *= Dims[a];
        return new SumOp(axes, keepAxis).Of(x) / count;
    }

    /// <summary>The sum over axes of the elements that are not NaN. Integers sum to int64.</summary>
    /// <inheritdoc cref="Sum" path="/param"/>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    [Op(OpKind.Composite, Shapes = "any → without the axes, or with length 1 there", Kinks = "NaN elements get gradient 0")]
    public Tensor NanSum(Axes axis = default, bool keepAxis = false, DType? dtype = null)
    {
        Tensor x = dtype is { } other ? To(other) : this;
        return (x.DType.IsFloatingPoint() ? NanToZeroOp.Apply(x) : x).Sum(axis, keepAxis);
    }

    /// <summary>The mean over axes of the elements that are not NaN; NaN where there are none.</summary>
    /// <inheritdoc cref="Mean" path="/param"/>
    /// <inheritdoc cref="Mean" path="/exception"/>
    [Op(OpKind.Composite, Shapes = "any → without the axes, or with length 1 there", DTypes = "floating point", Kinks = "NaN elements get gradient 0")]
    public Tensor NanMean(Axes axis = default, bool keepAxis = false, DType? dtype = null)
    {
        Tensor x = dtype is { } other ? To(other) : this;
        if (!x.DType.IsFloatingPoint()) throw OpErrors.NeedsFloatingPoint("NanMean", x);
        return x.NanSum(axis, keepAxis) / IsNumberOp.Apply(x).To(x.DType).Sum(axis, keepAxis);
    }

    private static readonly ElementwiseOp NanToZeroOp = ElementwiseOp.Of("NanSum", x => F.Select(F.IsNaN(x), 0, x)).Unlisted();
    private static readonly ElementwiseOp IsNumberOp = ElementwiseOp.Predicate("NanMean", x => F.Not(F.IsNaN(x))).Unlisted();

    /// <summary>The sum over axes; its transpose repeats the gradient along them.</summary>
    private sealed class SumOp(int[] axes, bool keep) : LinearOp("Sum")
    {
        public Tensor Of(Tensor x) => Apply(x);

        internal override int[] SummedAxes => axes;

        internal override Tensor[] Batch(BatchedInputs items) => new SumOp(BatchedInputs.Shift(axes), keep).ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) => [SymbolicMode.SumOver(inputs[0], axes, keep)];

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray x = inputs[0].Value;
            if (axes.Length > 0 && axes[0] > 0 && ItemsLast.Lies(x) && ItemsLast.Suits(x.Dims))
            {
                NdArray sums = Sums(ItemsLast.Turned(x, x.Rank), Array.ConvertAll(axes, axis => axis - 1));
                return [sums.Rank > 1 ? ItemsLast.Back(sums) : sums];
            }
            return [Sums(x, axes)];
        }

        private unsafe NdArray Sums(in NdArray x, int[] axes)
        {
            var groups = new AxisGroups(x, axes);
            NdArray y = NdArray.Allocate(AxisGroups.Reduced(x.Dims, axes, keep), x.DType);
            fixed (byte* from = groups.Array.Storage, to = y.Storage)
            {
                switch (x.DType)
                {
                    case DType.Float32: ReductionKernels.Sum((float*)from + groups.Array.Offset, (float*)to, groups.Outer, groups.Count, groups.Inner); break;
                    case DType.Float64: ReductionKernels.Sum((double*)from + groups.Array.Offset, (double*)to, groups.Outer, groups.Count, groups.Inner); break;
                    default: ReductionKernels.Sum((long*)from + groups.Array.Offset, (long*)to, groups.Outer, groups.Count, groups.Inner); break;
                }
            }
            return y;
        }

        protected override Tensor Transpose(OpContext context, Tensor gradient) =>
            gradient.Reshape(AxisGroups.Reduced(context.Shape(0).Dims, axes, keep: true)).Expand(context.Shape(0));
    }
}
