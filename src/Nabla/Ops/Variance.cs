using F = Nabla.Symbolics.Functions;

namespace Nabla;

// Variance and standard deviation.
public sealed partial class Tensor
{
    /// <summary>The variance over axes: Σ(x − mean)² / (n − correction).</summary>
    /// <param name="axis">The axes that disappear; all by default.</param>
    /// <param name="correction">1 for the unbiased estimate (Bessel), 0 for the mean square deviation.</param>
    /// <param name="keepAxis">Keep the axes with length 1.</param>
    /// <remarks>NaN where n ≤ correction: the variance of one element is unknown.</remarks>
    /// <exception cref="DTypeException">The elements are integers or truth values.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    [Op(OpKind.Custom, Shapes = "any → without the axes, or with length 1 there", DTypes = "floating point")]
    public Tensor Var(Axes axis = default, double correction = 1, bool keepAxis = false) => Moments("Var", axis, correction, keepAxis)[0];

    /// <summary>The variance over axes, with correction 1 (unbiased) or 0.</summary>
    /// <inheritdoc cref="Var(Axes, double, bool)"/>
    [Op(OpKind.Custom, Shapes = "any → without the axes, or with length 1 there", DTypes = "floating point")]
    public Tensor Var(bool unbiased, Axes axis = default, bool keepAxis = false) => Var(axis, unbiased ? 1 : 0, keepAxis);

    /// <summary>The standard deviation over axes: the root of the variance.</summary>
    /// <inheritdoc cref="Var(Axes, double, bool)"/>
    [Op(OpKind.Composite, Shapes = "any → without the axes, or with length 1 there", DTypes = "floating point", Kinks = "gradient 0 where all are equal")]
    public Tensor Std(Axes axis = default, double correction = 1, bool keepAxis = false) => RootOrZeroOp.Apply(Moments("Std", axis, correction, keepAxis)[0]);

    /// <summary>The standard deviation over axes, with correction 1 (unbiased) or 0.</summary>
    /// <inheritdoc cref="Var(Axes, double, bool)"/>
    [Op(OpKind.Composite, Shapes = "any → without the axes, or with length 1 there", DTypes = "floating point", Kinks = "gradient 0 where all are equal")]
    public Tensor Std(bool unbiased, Axes axis = default, bool keepAxis = false) => Std(axis, unbiased ? 1 : 0, keepAxis);

    /// <summary>The variance and the mean over axes, computed together.</summary>
    /// <inheritdoc cref="Var(Axes, double, bool)"/>
    [Op(OpKind.Custom, Shapes = "any → without the axes, or with length 1 there", DTypes = "floating point")]
    public (Tensor Var, Tensor Mean) VarMean(Axes axis = default, double correction = 1, bool keepAxis = false)
    {
        Tensor[] moments = Moments("VarMean", axis, correction, keepAxis);
        return (moments[0], moments[1]);
    }

    /// <summary>The standard deviation and the mean over axes, computed together.</summary>
    /// <inheritdoc cref="Var(Axes, double, bool)"/>
    [Op(OpKind.Composite, Shapes = "any → without the axes, or with length 1 there", DTypes = "floating point", Kinks = "gradient 0 where all are equal")]
    public (Tensor Std, Tensor Mean) StdMean(Axes axis = default, double correction = 1, bool keepAxis = false)
    {
        Tensor[] moments = Moments("StdMean", axis, correction, keepAxis);
        return (RootOrZeroOp.Apply(moments[0]), moments[1]);
    }

    private Tensor[] Moments(string op, Axes axis, double correction, bool keepAxis)
    {
        if (!DType.IsFloatingPoint()) throw OpErrors.NeedsFloatingPoint(op, this);
        return new MomentsOp(op, AxesOf(axis, op), keepAxis, correction).Of(this);
    }

    /// <summary>√v with derivative 0 at 0: where all elements are equal the least deviation is reached, and 0 is its subgradient of least norm.</summary>
    private static readonly ElementwiseOp RootOrZeroOp = ElementwiseOp.Of("Std", v => F.Select(F.Equal(v, 0), 0, F.Sqrt(v))).Unlisted();

    private static readonly ElementwiseOp ScaledDeviationOp = ElementwiseOp.Of("Var", (x, mean, scale) => (x - mean) * scale).Unlisted();

    /// <summary>Variance and mean; ∂var/∂x = 2(x − mean)/(n − correction), ∂mean/∂x = 1/n.</summary>
    private sealed class MomentsOp(string name, int[] axes, bool keep, double correction) : CustomOp(name)
    {
        public Tensor[] Of(Tensor x) => ApplyMany(x);

        internal override Tensor[] Batch(BatchedInputs items) => new MomentsOp(Name, BatchedInputs.Shift(axes), keep, correction).ApplyMany(items[0]);

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs)
        {
            Tensor x = inputs[0], mean = x.Mean(AxesFrom(axes), keepAxis: true);
            Tensor variance = (x - mean).Square().Sum(AxesFrom(axes), keep) / Degrees(Count(x.Shape, axes));
            return [variance, keep ? mean : mean.Reshape(variance.Shape)];
        }

        protected override unsafe NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray x = inputs[0].Value;
            var groups = new AxisGroups(x, axes);
            int[] dims = AxisGroups.Reduced(x.Dims, axes, keep);
            NdArray variance = NdArray.Allocate(dims, x.DType), mean = NdArray.Allocate(dims, x.DType);
            double degrees = Degrees(groups.Count);
            fixed (byte* from = groups.Array.Storage, squares = variance.Storage, centre = mean.Storage)
            {
                if (x.DType == DType.Float32)
                {
                    MomentKernels.MeanAndSquares((float*)from + groups.Array.Offset, (float*)centre, (float*)squares, groups.Outer, groups.Count, groups.Inner);
                    foreach (ref float v in variance.Span<float>()) v = (float)(v / degrees);
                }
                else
                {
                    MomentKernels.MeanAndSquares((double*)from + groups.Array.Offset, (double*)centre, (double*)squares, groups.Outer, groups.Count, groups.Inner);
                    foreach (ref double v in variance.Span<double>()) v /= degrees;
                }
            }
            return [variance, mean];
        }

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients)
        {
            Shape shape = context.Shape(0);
            int n = Count(shape, axes);
            Tensor? result = null;
            if (gradients[0] is { } g) result = ScaledDeviationOp.Apply(context[0], Keep(context.Output(1), shape, axes), Keep(g, shape, axes) * (2 / Degrees(n)));
            if (gradients[1] is { } h)
            {
                Tensor even = Keep(h, shape, axes) / n;
                result = result is null ? even.Expand(shape) : result + even;
            }
            return [result];
        }

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents)
        {
            if (tangents[0] is not { } t) return [null, null];
            Shape shape = context.Shape(0);
            Tensor products = ScaledDeviationOp.Apply(context[0], Keep(context.Output(1), shape, axes), t);
            return [products.Sum(AxesFrom(axes), keep) * (2 / Degrees(Count(shape, axes))), t.Mean(AxesFrom(axes), keep)];
        }

        private double Degrees(int n) => Math.Max(0, n - correction);
    }
}
