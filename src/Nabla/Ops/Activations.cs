using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla;

/// <summary>How <see cref="Tensor.Gelu"/> is computed.</summary>
public enum GeluApproximation
{
    /// <summary>With the error function.</summary>
    None,

    /// <summary>With tanh: within 5e-4 of the exact function.</summary>
    Tanh,
}

// Activation functions, element by element.
public sealed partial class Tensor
{
    // ---- pieces of straight lines -------------------------------------------------------------------------------------

    /// <summary>max(0, x).</summary>
    /// <remarks>Kinks: derivative 0 at 0; 1 at NaN.</remarks>
    public Tensor Relu() => ReluOp.Apply(this);

    /// <summary>x between 0 and 6.</summary>
    /// <remarks>Kinks: derivative 0 at 0 and 6.</remarks>
    public Tensor Relu6() => Relu6Op.Apply(this);

    /// <summary>x where x &gt; 0, else slope·x.</summary>
    /// <param name="slope">The slope below 0.</param>
    /// <remarks>Kinks: derivative <paramref name="slope"/> at 0.</remarks>
    public Tensor LeakyRelu(double slope = 0.01) => LeakyReluOp.Apply(this, Number(slope));

    /// <summary>x where x &gt; 0, else weight·x, with a weight that is learnt.</summary>
    /// <param name="weight">One element, or one for each channel (axis 1).</param>
    /// <remarks>Kinks: derivative <paramref name="weight"/> at 0.</remarks>
    /// <exception cref="ShapeException">The weight is no vector, or its length is neither 1 nor that of axis 1.</exception>
    public Tensor Prelu(Tensor weight)
    {
        if (weight.Numel == 1) return PreluOp.Apply(this, weight.Reshape([]));
        int channels = Rank == 1 ? 1 : Rank == 0 ? 1 : Dims[1];
        if (weight.Rank != 1 || weight.Dims[0] != channels) throw OpErrors.PreluWeight(this, weight, channels);
        var dims = new int[Rank - 1];
        Array.Fill(dims, 1);
        dims[0] = channels;
        return PreluOp.Apply(this, weight.Reshape(dims));
    }

    /// <summary>x between two bounds.</summary>
    /// <param name="min">The lower bound.</param>
    /// <param name="max">The upper bound.</param>
    /// <remarks>Kinks: derivative 0 at both bounds (<see cref="Clamp(double?, double?)"/> has 1).</remarks>
    public Tensor Hardtanh(double min = -1, double max = 1) => HardtanhOp.Apply(this, Bound(min), Bound(max));

    /// <summary>x/6 + 1/2 between 0 and 1.</summary>
    /// <remarks>Kinks: derivative 0 at −3 and 3.</remarks>
    public Tensor Hardsigmoid() => HardsigmoidOp.Apply(this);

    /// <summary>x · min(max(x + 3, 0), 6)/6.</summary>
    /// <remarks>Kinks: derivative −1/2 at −3, 3/2 at 3.</remarks>
    public Tensor Hardswish() => HardswishOp.Apply(this);

    /// <summary>x moved towards 0 by lambda, 0 where |x| ≤ lambda.</summary>
    /// <param name="lambda">The distance.</param>
    /// <remarks>Kinks: derivative 0 at ±lambda.</remarks>
    public Tensor Softshrink(double lambda = 0.5) => SoftshrinkOp.Apply(this, Number(lambda));

    /// <summary>x where |x| &gt; lambda, else 0.</summary>
    /// <param name="lambda">The threshold.</param>
    /// <remarks>Kinks: derivative 0 at ±lambda.</remarks>
    public Tensor Hardshrink(double lambda = 0.5) => HardshrinkOp.Apply(this, Number(lambda));

    /// <summary>x where x &gt; threshold, else a value.</summary>
    /// <param name="threshold">The threshold.</param>
    /// <param name="value">The value at and below the threshold.</param>
    /// <remarks>Kinks: derivative 0 at the threshold.</remarks>
    public Tensor Threshold(double threshold, double value) => ThresholdOp.Apply(this, Bound(threshold), Bound(value));

    private static readonly ElementwiseOp ReluOp = ElementwiseOp.Of("Relu", x => F.Select(F.LessEqual(x, 0), 0, x)).ComputedAs(x => F.Max(x[0], 0)).WithKinks("derivative 0 at 0");
    private static readonly ElementwiseOp Relu6Op = ElementwiseOp.Of("Relu6", x => Between(x, 0, 6)).WithKinks("derivative 0 at 0 and 6");
    private static readonly ElementwiseOp LeakyReluOp = ElementwiseOp.Of("LeakyRelu", LineBelowZero).WithKinks("derivative slope at 0");
    private static readonly ElementwiseOp PreluOp = ElementwiseOp.Of("Prelu", LineBelowZero).WithKinks("derivative weight at 0");
    private static readonly ElementwiseOp HardtanhOp = ElementwiseOp.Of("Hardtanh", Between, Domain.Real, Domain.Open(-2, -1), Domain.Open(1, 2)).WithKinks("derivative 0 at both bounds");
    private static readonly ElementwiseOp HardsigmoidOp = ElementwiseOp.Of("Hardsigmoid", x =>
        F.Select(F.LessEqual(x, -3), 0, F.Select(F.LessEqual(3, x), 1, (x + 3) / 6))).WithKinks("derivative 0 at −3 and 3");
    private static readonly ElementwiseOp HardswishOp = ElementwiseOp.Of("Hardswish", x =>
        F.Select(F.Less(x, -3), 0, F.Select(F.LessEqual(x, 3), x * (x + 3) / 6, x))).WithKinks("derivative −1/2 at −3, 3/2 at 3");
    private static readonly ElementwiseOp SoftshrinkOp = ElementwiseOp.Of("Softshrink", (x, lambda) =>
        F.Select(F.Less(lambda, x), x - lambda, F.Select(F.Less(x, -lambda), x + lambda, 0)), Domain.Real, Domain.Positive).WithKinks("derivative 0 at ±lambda");
    private static readonly ElementwiseOp HardshrinkOp = ElementwiseOp.Of("Hardshrink", (x, lambda) =>
        F.Select(F.And(F.LessEqual(-lambda, x), F.LessEqual(x, lambda)), 0, x), Domain.Real, Domain.Positive).WithKinks("derivative 0 at ±lambda");
    private static readonly ElementwiseOp ThresholdOp = ElementwiseOp.Of("Threshold", (x, threshold, value) =>
        F.Select(F.LessEqual(x, threshold), value, x)).WithKinks("derivative 0 at the threshold");

    private static Expr Between(Expr x, Expr min, Expr max) => F.Select(F.LessEqual(x, min), min, F.Select(F.LessEqual(max, x), max, x));

    private static Expr LineBelowZero(Expr x, Expr slope) => F.Select(F.Less(0, x), x, slope * x);

    // ---- exponential below 0 ------------------------------------------------------------------------------------------

    /// <summary>x where x &gt; 0, else alpha·(eˣ − 1).</summary>
    /// <param name="alpha">The limit −alpha at −∞.</param>
    /// <remarks>Kinks: derivative alpha at 0.</remarks>
    public Tensor Elu(double alpha = 1) => EluOp.Apply(this, Number(alpha));

    /// <summary>x where x &gt; 0, else alpha·(e^(x/alpha) − 1): differentiable everywhere.</summary>
    /// <param name="alpha">The limit −alpha at −∞; not 0.</param>
    public Tensor Celu(double alpha = 1) => CeluOp.Apply(this, Number(alpha));

    /// <summary>Elu with the constants that keep mean 0 and variance 1 (Klambauer et al., Self-Normalizing Neural Networks, 2017).</summary>
    /// <remarks>Kinks: derivative 1.7580993… at 0, the one from below.</remarks>
    public Tensor Selu() => SeluOp.Apply(this);

    private const double SeluAlpha = 1.6732632423543772, SeluScale = 1.0507009873554805;

    private static readonly ElementwiseOp EluOp = ElementwiseOp.Of("Elu", (x, alpha) => F.Select(F.Less(0, x), x, alpha * F.Expm1(x)), Domain.Real, Domain.Positive).WithKinks("derivative alpha at 0");
    private static readonly ElementwiseOp CeluOp = ElementwiseOp.Of("Celu", (x, alpha) => F.Select(F.Less(0, x), x, alpha * F.Expm1(x / alpha)), Domain.Real, Domain.Positive);
    private static readonly ElementwiseOp SeluOp = ElementwiseOp.Of("Selu", x => F.Select(F.Less(0, x), SeluScale * x, SeluScale * SeluAlpha * F.Expm1(x))).WithKinks("derivative 1.7580993… at 0");

    // ---- smooth -------------------------------------------------------------------------------------------------------

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    public Tensor Sigmoid() => SigmoidOp.Apply(this);

    /// <summary>log(1 / (1 + e⁻ˣ)), without overflow.</summary>
    public Tensor LogSigmoid() => LogSigmoidOp.Apply(this);

    /// <summary>log(1 + e^(beta·x)) / beta, without overflow, and x itself where beta·x &gt; threshold.</summary>
    /// <param name="beta">The sharpness; not 0.</param>
    /// <param name="threshold">Above it the function counts as linear.</param>
    public Tensor Softplus(double beta = 1, double threshold = 20) => SoftplusOp.Apply(this, Number(beta), Number(threshold));

    /// <summary>x / (1 + |x|).</summary>
    public Tensor Softsign() => SoftsignOp.Apply(this);

    /// <summary>x·Φ(x) with the normal distribution function Φ (Hendrycks and Gimpel, Gaussian Error Linear Units, 2016).</summary>
    /// <param name="approximate">Exactly, or by tanh.</param>
    public Tensor Gelu(GeluApproximation approximate = GeluApproximation.None) =>
        approximate == GeluApproximation.None ? GeluOp.Apply(this) : GeluTanhOp.Apply(this);

    /// <summary>x·sigmoid(x).</summary>
    public Tensor Silu() => SiluOp.Apply(this);

    /// <summary>x·tanh(softplus(x)).</summary>
    public Tensor Mish() => MishOp.Apply(this);

    /// <summary>x − tanh x.</summary>
    public Tensor Tanhshrink() => TanhshrinkOp.Apply(this);

    private static readonly ElementwiseOp SigmoidOp = ElementwiseOp.Of("Sigmoid", x => F.Sigmoid(x));
    private static readonly ElementwiseOp LogSigmoidOp = ElementwiseOp.Of("LogSigmoid", x => -F.Softplus(-x));
    private static readonly ElementwiseOp SoftplusOp = ElementwiseOp.Of("Softplus", (x, beta, threshold) =>
        F.Select(F.Less(threshold, x * beta), x, F.Softplus(x * beta) / beta), Domain.Real, Domain.Positive, Domain.Open(20, 21));
    private static readonly ElementwiseOp SoftsignOp = ElementwiseOp.Of("Softsign", x => x / (1 + F.Abs(x)));
    private static readonly ElementwiseOp GeluOp = ElementwiseOp.Of("Gelu", x => x / 2 * (1 + F.Erf(x / F.Sqrt(2))));
    private static readonly ElementwiseOp GeluTanhOp = ElementwiseOp.Of("Gelu (tanh)", x => x / 2 * (1 + F.Tanh(F.Sqrt(2 / Constant.Pi) * (x + (0.044715 * F.Pow(x, 3))))));
    private static readonly ElementwiseOp SiluOp = ElementwiseOp.Of("Silu", x => x * F.Sigmoid(x));
    private static readonly ElementwiseOp MishOp = ElementwiseOp.Of("Mish", x => x * F.Tanh(F.Softplus(x)));
    private static readonly ElementwiseOp TanhshrinkOp = ElementwiseOp.Of("Tanhshrink", x => x - F.Tanh(x));

    // ---- in place -----------------------------------------------------------------------------------------------------

    /// <summary>x ← max(0, x).</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor ReluInPlace() => InPlace.Apply(nameof(ReluInPlace), this, ReluOp);

    /// <summary>x ← 1 / (1 + e⁻ˣ).</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor SigmoidInPlace() => InPlace.Apply(nameof(SigmoidInPlace), this, SigmoidOp);
}
