using System.Collections.Concurrent;
using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla.Optim;

/// <summary>The options of <see cref="Adam"/> and <see cref="AdamW"/>.</summary>
public sealed record AdamOptions : OptimizerOptions
{
    /// <summary>How slowly the means of the gradient and of its square forget.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside [0, 1).</exception>
    public (double First, double Second) Betas
    {
        get;
        init => field = (OptimErrors.Fraction(nameof(Betas), value.First), OptimErrors.Fraction(nameof(Betas), value.Second));
    } = (0.9, 0.999);

    /// <summary>Added to the denominator.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or NaN.</exception>
    public double Epsilon { get; init => field = OptimErrors.NonNegative(nameof(Epsilon), value); } = 1e-8;

    /// <summary>Divide by the largest mean square so far (Reddi et al. 2018).</summary>
    public bool AmsGrad { get; init; }
}

/// <summary>
/// Adam (Kingma and Ba 2015): steps along the mean gradient, divided by the root of its mean square. Weight decay is added to
/// the gradient.
/// </summary>
public sealed class Adam : Optimizer
{
    /// <summary>Makes an optimiser of one group.</summary>
    /// <param name="parameters">Leaves that require a gradient.</param>
    /// <param name="learningRate">The factor of a step.</param>
    /// <param name="betas">How slowly the means of the gradient and of its square forget; (0.9, 0.999) if left out.</param>
    /// <param name="epsilon">Added to the denominator.</param>
    /// <param name="weightDecay">By how much parameters are drawn towards 0.</param>
    /// <param name="amsGrad">Divide by the largest mean square so far.</param>
    /// <param name="maximize">Go up instead of down.</param>
    /// <exception cref="ArgumentException">An option is out of its range; no parameters, or one of them twice.</exception>
    /// <exception cref="AutogradException">A parameter is no leaf, or does not require a gradient.</exception>
    public Adam(
        IEnumerable<Tensor> parameters, double learningRate = 1e-3, (double First, double Second)? betas = null,
        double epsilon = 1e-8, double weightDecay = 0, bool amsGrad = false, bool maximize = false)
        : this(new ParameterGroup(parameters, new AdamOptions
        {
            LearningRate = learningRate, Betas = betas ?? (0.9, 0.999), Epsilon = epsilon, WeightDecay = weightDecay, AmsGrad = amsGrad, Maximize = maximize,
        }))
    {
    }

    /// <summary>Makes an optimiser of groups with options of their own.</summary>
    /// <param name="groups">Groups with <see cref="AdamOptions"/>.</param>
    /// <inheritdoc cref="Adam(IEnumerable{Tensor}, double, ValueTuple{double, double}?, double, double, bool, bool)" path="/exception"/>
    public Adam(params ReadOnlySpan<ParameterGroup> groups)
        : base(groups)
    {
        foreach (ParameterGroup group in groups) Require<AdamOptions>(group.Options);
    }

    private protected override bool LetsGo => true;

    /// <inheritdoc/>
    protected override void Update(Tensor parameter, Tensor gradient, ParameterState state, OptimizerOptions options) =>
        AdamUpdate.Apply(parameter, gradient, state, Require<AdamOptions>(options), decoupled: false);
}

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019): parameters shrink by lr · decay of themselves, whatever the gradient.</summary>
public sealed class AdamW : Optimizer
{
    /// <summary>Makes an optimiser of one group.</summary>
    /// <inheritdoc cref="Adam(IEnumerable{Tensor}, double, ValueTuple{double, double}?, double, double, bool, bool)"/>
    public AdamW(
        IEnumerable<Tensor> parameters, double learningRate = 1e-3, (double First, double Second)? betas = null,
        double epsilon = 1e-8, double weightDecay = 1e-2, bool amsGrad = false, bool maximize = false)
        : this(new ParameterGroup(parameters, new AdamOptions
        {
            LearningRate = learningRate, Betas = betas ?? (0.9, 0.999), Epsilon = epsilon, WeightDecay = weightDecay, AmsGrad = amsGrad, Maximize = maximize,
        }))
    {
    }

    /// <summary>Makes an optimiser of groups with options of their own.</summary>
    /// <param name="groups">Groups with <see cref="AdamOptions"/>; their weight decay is 0 unless it is set.</param>
    /// <inheritdoc cref="Adam(IEnumerable{Tensor}, double, ValueTuple{double, double}?, double, double, bool, bool)" path="/exception"/>
    public AdamW(params ReadOnlySpan<ParameterGroup> groups)
        : base(groups)
    {
        foreach (ParameterGroup group in groups) Require<AdamOptions>(group.Options);
    }

    private protected override bool LetsGo => true;

    /// <inheritdoc/>
    protected override void Update(Tensor parameter, Tensor gradient, ParameterState state, OptimizerOptions options) =>
        AdamUpdate.Apply(parameter, gradient, state, Require<AdamOptions>(options), decoupled: true);
}

/// <summary>
/// m ← β₁ m + (1 − β₁) g; v ← β₂ v + (1 − β₂) g²; p ← p − lr · m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ).
/// With AmsGrad the largest v so far stands in the denominator.
/// </summary>
internal static class AdamUpdate
{
    private static readonly ConcurrentDictionary<(bool AmsGrad, bool Decay, bool Decoupled), UpdateRule> Rules = new();

    public static void Apply(Tensor parameter, Tensor gradient, ParameterState state, AdamOptions o, bool decoupled)
    {
        UpdateRule rule = Rules.GetOrAdd((o.AmsGrad, o.WeightDecay != 0, decoupled), static kind => Rule(kind));
        Tensor m = state.Slot("mean", parameter), v = state.Slot("meanSquare", parameter);
        double correctFirst = 1 - Math.Pow(o.Betas.First, state.Step);
        double correctSecond = Math.Sqrt(1 - Math.Pow(o.Betas.Second, state.Step));
        double decay = decoupled ? 1 - (o.LearningRate * o.WeightDecay) : o.WeightDecay;
        ReadOnlySpan<double> numbers =
        [
            o.Maximize ? -1 : 1, o.LearningRate / correctFirst, o.Betas.First, 1 - o.Betas.First, o.Betas.Second, 1 - o.Betas.Second,
            1 / correctSecond, o.Epsilon, decay,
        ];
        if (o.AmsGrad) rule.Apply([parameter, m, v, state.Slot("largestMeanSquare", parameter)], gradient, numbers);
        else rule.Apply([parameter, m, v], gradient, numbers);
    }

    private static UpdateRule Rule((bool AmsGrad, bool Decay, bool Decoupled) kind)
    {
        int targets = kind.AmsGrad ? 4 : 3;
        return new UpdateRule(nameof(Adam), targets + 10, x =>
        {
            Expr p = x[0], m = x[1], v = x[2];
            Expr g = x[targets] * x[targets + 1];
            Expr rate = x[targets + 2], beta1 = x[targets + 3], fresh1 = x[targets + 4], beta2 = x[targets + 5], fresh2 = x[targets + 6];
            Expr rootScale = x[targets + 7], epsilon = x[targets + 8], decay = x[targets + 9];
            if (kind.Decay && kind.Decoupled) p = decay * p;
            if (kind.Decay && !kind.Decoupled) g += decay * p;
            m = (beta1 * m) + (fresh1 * g);
            v = (beta2 * v) + (fresh2 * F.Square(g));
            Expr under = kind.AmsGrad ? F.Max(x[3], v) : v;
            p -= rate * m / ((F.Sqrt(under) * rootScale) + epsilon);
            return kind.AmsGrad ? [p, m, v, under] : [p, m, v];
        });
    }
}
