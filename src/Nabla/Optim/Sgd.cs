using System.Collections.Concurrent;
using Nabla.Symbolics;

namespace Nabla.Optim;

/// <summary>The options of <see cref="Sgd"/>.</summary>
public sealed record SgdOptions : OptimizerOptions
{
    /// <summary>The part of the last step that is kept.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or NaN.</exception>
    public double Momentum { get; init => field = OptimErrors.NonNegative(nameof(Momentum), value); }

    /// <summary>The part of the gradient that does not enter the momentum.</summary>
    public double Dampening { get; init; }

    /// <summary>Look ahead by one step of the momentum (Sutskever et al. 2013).</summary>
    public bool Nesterov { get; init; }
}

/// <summary>
/// Gradient descent, with momentum if wanted: g ← ∇ + decay·p; m ← μ m + (1 − dampening) g, at first m ← g; p ← p − lr·m,
/// or with Nesterov's look-ahead p ← p − lr (g + μ m).
/// </summary>
public sealed class Sgd : Optimizer
{
    private static readonly ConcurrentDictionary<(bool Momentum, bool Nesterov, bool Decay), UpdateRule> Rules = new();

    /// <summary>Makes an optimiser of one group.</summary>
    /// <param name="parameters">Leaves that require a gradient.</param>
    /// <param name="learningRate">The factor of a step.</param>
    /// <param name="momentum">The part of the last step that is kept.</param>
    /// <param name="dampening">The part of the gradient that does not enter the momentum.</param>
    /// <param name="weightDecay">By how much parameters are drawn towards 0.</param>
    /// <param name="nesterov">Look ahead by one step of the momentum.</param>
    /// <param name="maximize">Go up instead of down.</param>
    /// <exception cref="ArgumentException">An option is out of its range; no parameters, or one of them twice.</exception>
    /// <exception cref="AutogradException">A parameter is no leaf, or does not require a gradient.</exception>
    public Sgd(
        IEnumerable<Tensor> parameters, double learningRate = 1e-3, double momentum = 0, double dampening = 0,
        double weightDecay = 0, bool nesterov = false, bool maximize = false)
        : this(new ParameterGroup(parameters, new SgdOptions
        {
            LearningRate = learningRate, Momentum = momentum, Dampening = dampening, WeightDecay = weightDecay, Nesterov = nesterov, Maximize = maximize,
        }))
    {
    }

    /// <summary>Makes an optimiser of groups with options of their own.</summary>
    /// <param name="groups">Groups with <see cref="SgdOptions"/>.</param>
    /// <inheritdoc cref="Sgd(IEnumerable{Tensor}, double, double, double, double, bool, bool)" path="/exception"/>
    public Sgd(params ReadOnlySpan<ParameterGroup> groups)
        : base(groups)
    {
        foreach (ParameterGroup group in groups)
        {
            SgdOptions o = Require<SgdOptions>(group.Options);
            if (o.Nesterov && (o.Momentum <= 0 || o.Dampening != 0)) throw OptimErrors.NesterovNeedsMomentum(o.Momentum, o.Dampening);
        }
    }

    private protected override bool LetsGo => true;

    /// <inheritdoc/>
    protected override void Update(Tensor parameter, Tensor gradient, ParameterState state, OptimizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(state);
        SgdOptions o = Require<SgdOptions>(options);
        UpdateRule rule = Rules.GetOrAdd((o.Momentum != 0, o.Nesterov, o.WeightDecay != 0), static kind => Rule(kind));
        double sign = o.Maximize ? -1 : 1;
        if (o.Momentum == 0)
        {
            rule.Apply([parameter], gradient, sign, o.LearningRate, o.WeightDecay);
            return;
        }

        // The first step has nothing to keep, and takes the whole gradient.
        bool first = state.Step == 1;
        rule.Apply([parameter, state.Slot("momentum", parameter)], gradient,
            sign, o.LearningRate, o.WeightDecay, o.Momentum, first ? 1 : 1 - o.Dampening);
    }

    private static UpdateRule Rule((bool Momentum, bool Nesterov, bool Decay) kind)
    {
        if (!kind.Momentum)
        {
            return new UpdateRule(nameof(Sgd), 5, x =>
            {
                (Expr p, Expr gradient, Expr sign, Expr rate, Expr decay) = (x[0], x[1], x[2], x[3], x[4]);
                Expr g = sign * gradient;
                return [p - (rate * (kind.Decay ? g + (decay * p) : g))];
            });
        }
        return new UpdateRule(nameof(Sgd), 8, x =>
        {
            (Expr p, Expr m, Expr gradient, Expr sign, Expr rate, Expr decay, Expr mu, Expr fresh) = (x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]);
            Expr g = sign * gradient;
            if (kind.Decay) g += decay * p;
            Expr next = (mu * m) + (fresh * g);
            return [p - (rate * (kind.Nesterov ? g + (mu * next) : next)), next];
        });
    }
}
