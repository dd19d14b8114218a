using F = Nabla.Symbolics.Functions;

namespace Nabla;

// Products over axes and running products.
public sealed partial class Tensor
{
    /// <summary>The product over axes, or of all elements; 1 of none. Integers and truth values multiply to int64.</summary>
    /// <param name="axis">The axes that disappear; all by default.</param>
    /// <param name="keepAxis">Keep them with length 1.</param>
    /// <param name="dtype">Convert to this type first.</param>
    /// <remarks>The gradient does not divide, so it is right where elements are 0: that of [2, 0, 3] is [0, 6, 0].</remarks>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    [Op(OpKind.Custom, Shapes = "any → without the axes, or with length 1 there")]
    public Tensor Prod(Axes axis = default, bool keepAxis = false, DType? dtype = null)
    {
        Tensor x = dtype is { } other ? To(other) : this;
        if (!x.DType.IsFloatingPoint()) x = x.To(DType.Int64);
        int[] axes = AxesOf(axis, "Prod");
        Tensor merged = x.Merged(axes, out int at);
        return new ProdOp(at).Of(merged).Reshape(AxisGroups.Reduced(Dims, axes, keepAxis));
    }

    /// <summary>Running products: y₀ = x₀, yᵢ = yᵢ₋₁·xᵢ. Integers and truth values give int64.</summary>
    /// <param name="axis">The axis to run along.</param>
    /// <param name="dtype">Convert to this type first.</param>
    /// <remarks>The gradient does not divide, so it is right where elements are 0: that of the sum for [2, 0, 3] is [1, 8, 0].</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist.</exception>
    [Op(OpKind.Custom)]
    public Tensor CumProd(Axis axis, DType? dtype = null)
    {
        Tensor x = dtype is { } other ? To(other) : this;
        if (!x.DType.IsFloatingPoint()) x = x.To(DType.Int64);
        return new CumProdOp(0, reverse: false).Along(x, axis, "CumProd");
    }

    /// <summary>The product along one axis. ∂y/∂xᵢ is the product of the elements before i times that of those after i.</summary>
    private sealed class ProdOp(int axis) : CustomOp("Prod")
    {
        public Tensor Of(Tensor x) => Apply(x);

        protected override bool SavesOutputs => false;

        internal override Tensor[] Batch(BatchedInputs items) => new ProdOp(axis + 1).ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) =>
            [SymbolicMode.Reduce(inputs[0], [axis], keep: false, inputs[0].DType, row => F.Product(row))];

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) =>
            [AxisKernel.Run(inputs[0].Value, [axis], AxisGroups.Reduced(inputs[0].Dims, [axis], keep: false), default(ProdKernel))];

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients) =>
            gradients[0] is { } g ? [g.Unsqueeze(axis) * Others(context[0])] : [null];

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents) =>
            tangents[0] is { } t ? [(t * Others(context[0])).Sum(axis)] : [null];

        private Tensor Others(Tensor x)
        {
            if (x.Dims[axis] == 0) return x;
            Tensor before = Shifted(new CumProdOp(axis, reverse: false).Of(x), axis, forward: true, 1);
            Tensor after = Shifted(new CumProdOp(axis, reverse: true).Of(x), axis, forward: false, 1);
            return before * after;
        }
    }

    private readonly unsafe struct ProdKernel : IAxisKernel
    {
        public void Run<T>(T* x, void* y, nint outer, nint n, nint inner)
            where T : unmanaged, System.Numerics.INumber<T>, System.Numerics.IMinMaxValue<T> => ReductionKernels.Prod(x, (T*)y, outer, n, inner);
    }

    /// <summary>
    /// Running products, from the front or (reversed) from the back: the recurrence yᵢ = xᵢ·yᵢ₋₁. Its tangent obeys the
    /// recurrence dyᵢ = xᵢ·dyᵢ₋₁ + dxᵢ·yᵢ₋₁; its gradient the same backwards.
    /// </summary>
    private sealed class CumProdOp(int axis, bool reverse) : CustomOp("CumProd")
    {
        public Tensor Of(Tensor x) => Apply(x);

        public Tensor Along(Tensor x, Axis at, string op)
        {
            Tensor whole = x.WithAxis(at, op, out int position);
            return new CumProdOp(position, reverse).Of(whole).Reshape(x.Shape);
        }

        internal override Tensor[] Batch(BatchedInputs items) => new CumProdOp(axis + 1, reverse).ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) => [SymbolicMode.Scan(inputs, axis, reverse, (row, i, before) => row[0][i] * (before ?? 1))];

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) =>
            [AxisKernel.Run(inputs[0].Value, [axis], inputs[0].Dims, new CumProdKernel(reverse))];

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients)
        {
            if (gradients[0] is not { } g) return [null];
            Tensor x = context[0], y = context.Output(0);
            if (x.Dims[axis] == 0) return [g];
            Tensor onwards = new RecurrenceOp(axis, !reverse).Of(Shifted(x, axis, forward: reverse, 0), g);
            return [onwards * Shifted(y, axis, forward: !reverse, 1)];
        }

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents)
        {
            if (tangents[0] is not { } t) return [null];
            Tensor x = context[0], y = context.Output(0);
            return x.Dims[axis] == 0 ? [t] : [new RecurrenceOp(axis, reverse).Of(x, t * Shifted(y, axis, forward: !reverse, 1))];
        }
    }

    private readonly unsafe struct CumProdKernel(bool reverse) : IAxisKernel
    {
        public void Run<T>(T* x, void* y, nint outer, nint n, nint inner)
            where T : unmanaged, System.Numerics.INumber<T>, System.Numerics.IMinMaxValue<T> => Scans.CumProd(x, (T*)y, outer, n, inner, reverse);
    }

    /// <summary>yᵢ = xᵢ₋₁ (forward) or xᵢ₊₁, and a constant where there is none. The axis must not be empty.</summary>
    private static Tensor Shifted(Tensor x, int axis, bool forward, double fill)
    {
        int[] dims = x.Dims.AsSpan().ToArray();
        dims[axis] = 1;
        Tensor end = Full(new Shape(dims), fill, x.DType);
        Tensor rest = x.Narrow(axis, forward ? 0 : 1, x.Dims[axis] - 1);
        return Cat(forward ? [end, rest] : [rest, end], axis);
    }
}
