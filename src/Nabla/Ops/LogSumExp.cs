using F = Nabla.Symbolics.Functions;

namespace Nabla;

// Log-sum-exp and the soft choices made of it.
public sealed partial class Tensor
{
    /// <summary>log Σ exp x over axes, without overflow; −∞ of nothing, +∞ if an element is.</summary>
    /// <param name="axis">The axes that disappear; all by default.</param>
    /// <param name="keepAxis">Keep them with length 1.</param>
    /// <remarks>The gradient is the softmax. Where every element is −∞ it is 0, so that masked rows stay without effect (PyTorch: NaN).</remarks>
    /// <exception cref="DTypeException">The elements are integers or truth values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    [Op(OpKind.Custom, Shapes = "any → without the axes, or with length 1 there", DTypes = "floating point", Kinks = "gradient 0 where all elements are -∞; NaN to an element +∞")]
    public Tensor LogSumExp(Axes axis = default, bool keepAxis = false)
    {
        if (!DType.IsFloatingPoint()) throw OpErrors.NeedsFloatingPoint("LogSumExp", this);
        return new LogSumExpOp(AxesOf(axis, "LogSumExp"), keepAxis).Of(this);
    }

    /// <summary>exp x over its sum along an axis: positive numbers of sum 1.</summary>
    /// <param name="axis">The axis along which the results sum to 1.</param>
    /// <param name="dtype">Convert to this type first.</param>
    /// <exception cref="DTypeException">The elements are integers or truth values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist.</exception>
    [Op(OpKind.Custom, DTypes = "floating point")]
    public Tensor Softmax(Axis axis, DType? dtype = null) => new SoftmaxOp(AxesOf(axis, "Softmax")).Of(Floating("Softmax", dtype));

    /// <summary>The logarithm of the softmax, x less its log-sum-exp along an axis, exact also where the softmax underflows.</summary>
    /// <inheritdoc cref="Softmax"/>
    [Op(OpKind.Custom, DTypes = "floating point")]
    public Tensor LogSoftmax(Axis axis, DType? dtype = null) => new LogSoftmaxOp(AxesOf(axis, "LogSoftmax")).Of(Floating("LogSoftmax", dtype));

    /// <summary>The softmax of −x: the smallest element weighs most.</summary>
    /// <inheritdoc cref="Softmax"/>
    [Op(OpKind.Composite, DTypes = "floating point")]
    public Tensor Softmin(Axis axis, DType? dtype = null) => (-Floating("Softmin", dtype)).Softmax(axis);

    private Tensor Floating(string op, DType? dtype)
    {
        Tensor x = dtype is { } other ? To(other) : this;
        return x.DType.IsFloatingPoint() ? x : throw OpErrors.NeedsFloatingPoint(op, x);
    }

    private sealed class LogSumExpOp(int[] axes, bool keep) : CustomOp("LogSumExp")
    {
        public Tensor Of(Tensor x) => Apply(x);

        internal override Tensor[] Batch(BatchedInputs items) => new LogSumExpOp(BatchedInputs.Shift(axes), keep).ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs)
        {
            (Tensor powers, Tensor? shift) = Powers(inputs[0], axes);
            Tensor y = powers.Sum(AxesFrom(axes), keep).Log();
            return [shift is null ? y : y + shift.Reshape(y.Shape)];
        }

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) =>
            [AxisKernel.RunFloat(inputs[0].Value, axes, AxisGroups.Reduced(inputs[0].Dims, axes, keep), default(LogSumExpKernel))];

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients) =>
            gradients[0] is { } g ? [Weighted(context, Keep(g, context.Shape(0), axes))] : [null];

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents) =>
            tangents[0] is { } t ? [Weighted(context, t).Sum(AxesFrom(axes), keep)] : [null];

        private Tensor Weighted(OpContext context, Tensor by) =>
            WeightedOp.Apply(context[0], Keep(FiniteOp.Apply(context.Output(0), Number(double.NegativeInfinity)), context.Shape(0), axes), by);
    }

    // As a formula exp(x); where it is computed, exp(x − shift) with the largest element, where that is finite.
    private static (Tensor Powers, Tensor? Shift) Powers(Tensor x, int[] axes)
    {
        if (!SymbolicMode.IsComputed(x) || x.Numel == 0) return (x.Exp(), null);
        Tensor shift = FiniteOrZeroOp.Apply(x.Amax(AxesFrom(axes), keepAxis: true), Number(double.PositiveInfinity));
        return ((x - shift).Exp(), shift);
    }

    private static readonly ElementwiseOp FiniteOrZeroOp = ElementwiseOp.Of("LogSumExp", (x, infinity) => F.Select(F.Less(F.Abs(x), infinity), x, 0)).Unlisted();
    private static readonly ElementwiseOp FiniteOp = ElementwiseOp.Of("LogSumExp", (y, low) => F.Select(F.Equal(y, low), 0, y)).Unlisted();
    private static readonly ElementwiseOp WeightedOp = ElementwiseOp.Of("LogSumExp", (x, y, g) => g * F.Exp(x - y)).Unlisted();

    private readonly unsafe struct LogSumExpKernel : IFloatKernel
    {
        public void Run<T>(T* x, T* y, nint outer, nint n, nint inner)
            where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>, System.Numerics.IMinMaxValue<T> => SoftmaxKernels.LogSumExp(x, y, outer, n, inner);
    }

    /// <summary>The Jacobian of softmax is symmetric, diag(y) − yyᵀ, so tangent and gradient have one formula.</summary>
    private sealed class SoftmaxOp(int[] axes) : CustomOp("Softmax")
    {
        public Tensor Of(Tensor x) => Apply(x);

        protected override bool SavesInput(int input, ReadOnlySpan<Tensor> inputs) => false;

        internal override Tensor[] Batch(BatchedInputs items) => new SoftmaxOp(BatchedInputs.Shift(axes)).ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs)
        {
            Tensor powers = Powers(inputs[0], axes).Powers;
            return [powers / powers.Sum(AxesFrom(axes), keepAxis: true)];
        }

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) =>
            [AxisKernel.RunFloat(inputs[0].Value, axes, inputs[0].Dims, default(SoftmaxKernel))];

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients) => [Product(context, gradients[0])];

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents) => [Product(context, tangents[0])];

        private Tensor? Product(OpContext context, Tensor? v)
        {
            if (v is null) return null;
            Tensor y = context.Output(0);
            return SoftmaxProductOp.Apply(y, v, new SumOfProductsOp(axes).Of(y, v));
        }
    }

    /// <summary>Σ a·b along axes, which stay with length 1, without the products in memory.</summary>
    private sealed class SumOfProductsOp(int[] axes) : BilinearOp("Softmax")
    {
        public Tensor Of(Tensor a, Tensor b) => Apply(a, b);

        internal override Tensor[] Batch(BatchedInputs items) => new SumOfProductsOp(BatchedInputs.Shift(axes)).ApplyMany(items.All());

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) => [(inputs[0] * inputs[1]).Sum(AxesFrom(axes), keepAxis: true)];

        protected override unsafe NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray a = inputs[0].Value;
            var first = new AxisGroups(a, axes);
            var second = new AxisGroups(inputs[1].Value, axes);
            NdArray y = NdArray.Allocate(AxisGroups.Reduced(a.Dims, axes, keep: true), a.DType);
            fixed (byte* left = first.Array.Storage, right = second.Array.Storage, to = y.Storage)
            {
                if (a.DType == DType.Float32) ReductionKernels.SumOfProducts((float*)left + first.Array.Offset, (float*)right + second.Array.Offset, (float*)to, first.Outer, first.Count, first.Inner);
                else ReductionKernels.SumOfProducts((double*)left + first.Array.Offset, (double*)right + second.Array.Offset, (double*)to, first.Outer, first.Count, first.Inner);
            }
            return [y];
        }

        protected override Tensor TransposeLeft(Tensor gradient, Tensor right, OpContext context) => gradient * right;

        protected override Tensor TransposeRight(Tensor gradient, Tensor left, OpContext context) => gradient * left;
    }

    private static readonly ElementwiseOp SoftmaxProductOp = ElementwiseOp.Of("Softmax", (y, v, mean) => y * (v - mean)).Unlisted();

    private readonly unsafe struct SoftmaxKernel : IFloatKernel
    {
        public void Run<T>(T* x, T* y, nint outer, nint n, nint inner)
            where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>, System.Numerics.IMinMaxValue<T> => SoftmaxKernels.Softmax(x, y, outer, n, inner);
    }

    /// <summary>The Jacobian of log-softmax is I − 1·sᵀ with the softmax s = exp y.</summary>
    private sealed class LogSoftmaxOp(int[] axes) : CustomOp("LogSoftmax")
    {
        public Tensor Of(Tensor x) => Apply(x);

        protected override bool SavesInput(int input, ReadOnlySpan<Tensor> inputs) => false;

        internal override Tensor[] Batch(BatchedInputs items) => new LogSoftmaxOp(BatchedInputs.Shift(axes)).ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs)
        {
            (Tensor powers, Tensor? shift) = Powers(inputs[0], axes);
            return [(shift is null ? inputs[0] : inputs[0] - shift) - powers.Sum(AxesFrom(axes), keepAxis: true).Log()];
        }

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) =>
            [AxisKernel.RunFloat(inputs[0].Value, axes, inputs[0].Dims, default(LogSoftmaxKernel))];

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients) =>
            gradients[0] is { } g ? [LessWeightedOp.Apply(g, context.Output(0), g.Sum(AxesFrom(axes), keepAxis: true))] : [null];

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents) =>
            tangents[0] is { } t ? [t - WeighOp.Apply(context.Output(0), t).Sum(AxesFrom(axes), keepAxis: true)] : [null];
    }

    private static readonly ElementwiseOp LessWeightedOp = ElementwiseOp.Of("LogSoftmax", (g, y, sum) => g - (F.Exp(y) * sum)).Unlisted();
    private static readonly ElementwiseOp WeighOp = ElementwiseOp.Of("LogSoftmax", (y, t) => F.Exp(y) * t).Unlisted();

    private readonly unsafe struct LogSoftmaxKernel : IFloatKernel
    {
        public void Run<T>(T* x, T* y, nint outer, nint n, nint inner)
            where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>, System.Numerics.IMinMaxValue<T> => SoftmaxKernels.LogSoftmax(x, y, outer, n, inner);
    }
}
