using F = Nabla.Symbolics.Functions;

namespace Nabla;

// Vector norms over axes.
public sealed partial class Tensor
{
    /// <summary>The p-norm over axes: (Σ|x|ᵖ)^(1/p); for p = ∞ the largest |x|, for −∞ the smallest, for 0 how many are not 0.</summary>
    /// <param name="p">The order, any number.</param>
    /// <param name="axis">The axes that disappear; all by default.</param>
    /// <param name="keepAxis">Keep them with length 1.</param>
    /// <param name="dtype">Convert to this type first.</param>
    /// <exception cref="DTypeException">The elements are integers or truth values.</exception>
    /// <exception cref="ShapeException">p = ±∞ and an axis has length 0.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    /// <exception cref="ArgumentException">p is NaN.</exception>
    [Op(OpKind.Custom, Shapes = "any → without the axes, or with length 1 there", DTypes = "floating point",
        Kinks = "gradient 0 to elements that are 0 for p < 2; gradient 0 where the norm is 0; p = ±∞: ties share evenly")]
    public Tensor Norm(double p = 2, Axes axis = default, bool keepAxis = false, DType? dtype = null)
    {
        Tensor x = Floating("Norm", dtype);
        int[] axes = AxesOf(axis, "Norm");
        if (double.IsNaN(p)) throw new ArgumentException("Norm: p is NaN. Give the order of the norm, for instance 2.", nameof(p));
        if (p == 2) return new EuclideanNormOp(axes, keepAxis).Of(x);
        Axes over = AxesFrom(axes);
        if (p == 0) return CountedOp.Apply(x).Sum(over, keepAxis);
        if (p == 1) return MagnitudeOp.Apply(x).Sum(over, keepAxis);
        if (double.IsInfinity(p)) return MagnitudeOp.Apply(x).Extreme("Norm", axes, keepAxis, largest: p > 0);
        Tensor powers = (p > 0 ? PowerOrZeroOp : MagnitudePowerOp).Apply(x, Number(p));
        return PowerOrZeroOp.Apply(powers.Sum(over, keepAxis), Number(1 / p));
    }

    /// <summary>The p-norm of the difference of two tensors.</summary>
    /// <param name="other">Broadcasts with this tensor.</param>
    /// <param name="p">The order, any number.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DTypeException">The elements are integers or truth values.</exception>
    [Op(OpKind.Composite, Shapes = "broadcast together → []", DTypes = "floating point", Kinks = "gradient 0 where the tensors are equal")]
    public Tensor Dist(Tensor other, double p = 2) => (this - other).Norm(p);

    private static readonly ElementwiseOp CountedOp = ElementwiseOp.Of("Norm", x => F.NotEqual(x, 0)).Unlisted();
    private static readonly ElementwiseOp MagnitudeOp = ElementwiseOp.Of("Norm", x => F.Abs(x)).Unlisted();

    /// <summary>|x|ᵖ with derivative 0 at 0 for every p.</summary>
    private static readonly ElementwiseOp PowerOrZeroOp = ElementwiseOp.Of("Norm", (x, p) => F.Select(F.Equal(x, 0), 0, F.Pow(F.Abs(x), p))).Unlisted();

    /// <summary>|x|ᵖ, infinite at 0 for a negative p.</summary>
    private static readonly ElementwiseOp MagnitudePowerOp = ElementwiseOp.Of("Norm", (x, p) => F.Pow(F.Abs(x), p)).Unlisted();

    /// <summary>x·g/y, and 0 where the norm y is 0: there 0 is the subgradient of least norm.</summary>
    private static readonly ElementwiseOp DirectionOp = ElementwiseOp.Of("Norm", (x, y, g) => F.Select(F.Equal(y, 0), 0, x * g / y)).Unlisted();

    private sealed class EuclideanNormOp(int[] axes, bool keep) : CustomOp("Norm")
    {
        public Tensor Of(Tensor x) => Apply(x);

        internal override Tensor[] Batch(BatchedInputs items) => new EuclideanNormOp(BatchedInputs.Shift(axes), keep).ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) => [inputs[0].Square().Sum(AxesFrom(axes), keep).Sqrt()];

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) =>
            [AxisKernel.RunFloat(inputs[0].Value, axes, AxisGroups.Reduced(inputs[0].Dims, axes, keep), default(EuclideanKernel))];

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients) =>
            gradients[0] is { } g ? [Direction(context, Keep(g, context.Shape(0), axes))] : [null];

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents) =>
            tangents[0] is { } t ? [Direction(context, t).Sum(AxesFrom(axes), keep)] : [null];

        private Tensor Direction(OpContext context, Tensor by) => DirectionOp.Apply(context[0], Keep(context.Output(0), context.Shape(0), axes), by);
    }

    private readonly unsafe struct EuclideanKernel : IFloatKernel
    {
        public void Run<T>(T* x, T* y, nint outer, nint n, nint inner)
            where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>, System.Numerics.IMinMaxValue<T>
        {
            ReductionKernels.SumOfSquares(x, y, outer, n, inner);
            for (nint i = 0; i < outer * inner; i++)
            {
                // Squares that left the range of T are summed again in another scale.
                bool inRange = T.IsFinite(y[i]) && y[i] >= Least<T>();
                y[i] = inRange ? T.Sqrt(y[i]) : Rescaled(x + (i / inner * n * inner) + (i % inner), n, inner);
            }
        }

        private static T Rescaled<T>(T* x, nint n, nint step)
            where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
        {
            T scale = T.Zero, sum = T.Zero;
            for (nint i = 0; i < n; i++) scale = T.Max(scale, T.Abs(x[i * step]));
            if (scale == T.Zero || !T.IsFinite(scale)) return scale;
            for (nint i = 0; i < n; i++) sum += x[i * step] / scale * (x[i * step] / scale);
            return scale * T.Sqrt(sum);
        }

        // Below this, squares have lost digits to gradual underflow.
        private static T Least<T>()
            where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> => T.CreateTruncating(typeof(T) == typeof(float) ? 1e-30 : 1e-280);
    }
}
