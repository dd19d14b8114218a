using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla.Nn;

/// <summary>How far a model's output is from what it should be. Losses between numbers here, between classes beside.</summary>
/// <remarks>Input and target must have the same shape: broadcasting between them is nearly always a mistake.</remarks>
public static partial class Losses
{
    // ---- differences --------------------------------------------------------------------------------------------------

    /// <summary>The squared error (x − t)².</summary>
    /// <param name="input">The model's output.</param>
    /// <param name="target">What it should be, of the same shape.</param>
    /// <param name="reduction">What becomes of the elements.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor Mse(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
        Reduce(SquaredErrorOp.Apply(input, Checked("Losses.Mse", input, target)), reduction);

    /// <summary>The absolute error |x − t|; its derivative at 0 is 0.</summary>
    /// <inheritdoc cref="Mse"/>
    public static Tensor L1(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
        Reduce(AbsoluteErrorOp.Apply(input, Checked("Losses.L1", input, target)), reduction);

    /// <summary>d² / 2β where d = |x − t| is below β, elsewhere d − β/2.</summary>
    /// <param name="input">The model's output.</param>
    /// <param name="target">What it should be, of the same shape.</param>
    /// <param name="beta">Where the parabola ends; 0 gives <see cref="L1"/>.</param>
    /// <param name="reduction">What becomes of the elements.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">β is negative.</exception>
    public static Tensor SmoothL1(Tensor input, Tensor target, double beta = 1, Reduction reduction = Reduction.Mean)
    {
        if (beta == 0) return L1(input, target, reduction);
        if (!(beta > 0)) throw NnErrors.NotPositive("Losses.SmoothL1", nameof(beta), beta);
        return Reduce(SmoothL1Op.Apply(input, Checked("Losses.SmoothL1", input, target), Tensor.Number(beta)), reduction);
    }

    /// <summary>d² / 2 where d = |x − t| is at most δ, elsewhere δ (d − δ/2).</summary>
    /// <param name="input">The model's output.</param>
    /// <param name="target">What it should be, of the same shape.</param>
    /// <param name="delta">Where the parabola ends.</param>
    /// <param name="reduction">What becomes of the elements.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException">δ is not positive.</exception>
    public static Tensor Huber(Tensor input, Tensor target, double delta = 1, Reduction reduction = Reduction.Mean)
    {
        if (!(delta > 0)) throw NnErrors.NotPositive("Losses.Huber", nameof(delta), delta);
        return Reduce(HuberOp.Apply(input, Checked("Losses.Huber", input, target), Tensor.Number(delta)), reduction);
    }

    private static readonly ElementwiseOp SquaredErrorOp = ElementwiseOp.Of("Mse", (x, t) => F.Square(x - t));
    private static readonly ElementwiseOp AbsoluteErrorOp = ElementwiseOp.Of("L1", (x, t) => F.Abs(x - t)).WithKinks("derivative 0 at x = t");
    private static readonly ElementwiseOp SmoothL1Op = ElementwiseOp.Of("SmoothL1",
        (x, t, beta) => F.Select(F.Less(F.Abs(x - t), beta), F.Square(x - t) / (2 * beta), F.Abs(x - t) - (beta / 2)), Domain.Real, Domain.Real, Domain.Positive)
        .WithKinks("derivative 1 at |x − t| = β");
    private static readonly ElementwiseOp HuberOp = ElementwiseOp.Of("Huber",
        (x, t, delta) => F.Select(F.LessEqual(F.Abs(x - t), delta), F.Square(x - t) / 2, delta * (F.Abs(x - t) - (delta / 2))), Domain.Real, Domain.Real, Domain.Positive);

    // ---- probabilities ------------------------------------------------------------------------------------------------

    /// <summary>Binary cross-entropy −(t log x + (1 − t) log(1 − x)), the logarithms limited to −100.</summary>
    /// <param name="input">Probabilities, in [0, 1].</param>
    /// <param name="target">What they should be, in [0, 1], of the same shape.</param>
    /// <param name="weight">A factor for each element; broadcasts.</param>
    /// <param name="reduction">What becomes of the elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">An input is no probability.</exception>
    /// <remarks>Where a logarithm is limited its derivative is 0. <see cref="BceWithLogits"/> needs no limit.</remarks>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor Bce(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
    {
        Checked("Losses.Bce", input, target);
        if (Recorder.Current is not null) input = CheckedProbabilities.Of(input);
        else if (!input.IsSymbolic) CheckProbabilities(input.Underlying.Detach());
        return Reduce(Weighted(BceOp.Apply(input, target), weight), reduction);
    }

    private static readonly ProbabilitiesOp CheckedProbabilities = new();

    private static void CheckProbabilities(Tensor input)
    {
        if (input.Numel == 0) return;
        (Tensor least, Tensor largest) = input.Aminmax();
        if (least.Item() < 0) throw NnErrors.NotAProbability("Losses.Bce", least.Item());
        if (largest.Item() > 1) throw NnErrors.NotAProbability("Losses.Bce", largest.Item());
    }

    /// <summary>The input itself, once it is known to hold probabilities: in a function that is compiled, so that those of every call are looked at.</summary>
    private sealed class ProbabilitiesOp() : LinearOp("Bce")
    {
        public Tensor Of(Tensor input) => Apply(input);

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items[0]);

        // A formula would not look at the numbers.
        internal override Tensor[]? OnSymbols(ReadOnlySpan<Tensor> inputs) => null;

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            CheckProbabilities(new Tensor(inputs[0].Value));
            return [ArrayCopy.Contiguous(inputs[0].Value)];
        }

        protected override Tensor Transpose(OpContext context, Tensor gradient) => gradient;
    }

    /// <summary>Binary cross-entropy of the sigmoid of x: softplus(x) − t x, without overflow.</summary>
    /// <param name="input">Any numbers: log(p / (1 − p)).</param>
    /// <param name="target">The probabilities that they should stand for, in [0, 1], of the same shape.</param>
    /// <param name="weight">A factor for each element; broadcasts.</param>
    /// <param name="posWeight">A factor for the positive part of each element; broadcasts.</param>
    /// <param name="reduction">What becomes of the elements.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor BceWithLogits(Tensor input, Tensor target, Tensor? weight = null, Tensor? posWeight = null, Reduction reduction = Reduction.Mean)
    {
        Checked("Losses.BceWithLogits", input, target);
        Tensor loss = posWeight is null ? BceWithLogitsOp.Apply(input, target) : BceWithPositiveWeightOp.Apply(input, target, posWeight);
        return Reduce(Weighted(loss, weight), reduction);
    }

    /// <summary>The divergence of Kullback and Leibler, t (log t − x); 0 where t = 0.</summary>
    /// <param name="input">Logarithms of probabilities.</param>
    /// <param name="target">Probabilities, of the same shape; or their logarithms.</param>
    /// <param name="reduction">What becomes of the elements. The divergence itself is <see cref="Reduction.BatchMean"/>; the default, as PyTorch's, is the mean over all elements.</param>
    /// <param name="logTarget">Whether the target holds logarithms.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Tensor KlDiv(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, bool logTarget = false) =>
        Reduce((logTarget ? KlDivOfLogOp : KlDivOp).Apply(input, Checked("Losses.KlDiv", input, target)), reduction);

    private static readonly ElementwiseOp BceOp = ElementwiseOp.Of("Bce",
        (x, t) => -((t * F.Max(F.Log(x), -100)) + ((1 - t) * F.Max(F.Log1p(-x), -100))), Domain.Open(0, 1), Domain.Closed(0, 1))
        .WithKinks("derivative 0 where a logarithm is below −100");
    private static readonly ElementwiseOp BceWithLogitsOp = ElementwiseOp.Of("BceWithLogits", (x, t) => F.Softplus(x) - (t * x), Domain.Real, Domain.Closed(0, 1));
    private static readonly ElementwiseOp BceWithPositiveWeightOp = ElementwiseOp.Of("BceWithLogits (posWeight)",
        (x, t, p) => ((1 - t) * x) + ((1 + ((p - 1) * t)) * F.Softplus(-x)), Domain.Real, Domain.Closed(0, 1), Domain.Positive);
    private static readonly ElementwiseOp KlDivOp = ElementwiseOp.Of("KlDiv",
        (x, t) => F.Select(F.Equal(t, 0), 0, t * (F.Log(t) - x)), Domain.Real, Domain.Positive).WithKinks("0 with derivatives 0 at t = 0");
    private static readonly ElementwiseOp KlDivOfLogOp = ElementwiseOp.Of("KlDiv (logTarget)", (x, t) => F.Exp(t) * (t - x));

    // ---- common to all ------------------------------------------------------------------------------------------------

    private static Tensor Checked(string loss, Tensor input, Tensor target)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(target);
        return input.Shape == target.Shape ? target : throw NnErrors.TargetShape(loss, input, target);
    }

    private static Tensor Weighted(Tensor loss, Tensor? weight) => weight is null ? loss : loss * weight;

    private static Tensor Reduce(Tensor loss, Reduction reduction) => reduction switch
    {
        Reduction.None => loss,
        Reduction.Sum => loss.Sum(),
        Reduction.BatchMean => loss.Sum() / (loss.Rank == 0 ? 1 : loss.Dims[0]),
        _ => loss.Mean(),
    };
}
