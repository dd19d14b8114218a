namespace Nabla.Nn;

/// <summary>
/// Brings every channel to mean 0 and variance 1 over the batch (Ioffe and Szegedy 2015), then scales and shifts it. In
/// evaluation the running mean and variance, gathered while training, take the place of the batch's.
/// </summary>
public abstract class BatchNorm : Module
{
    private static readonly ElementwiseOp ScaleOp = ElementwiseOp.Of("BatchNorm", (weight, variance, epsilon) => weight / Symbolics.Functions.Sqrt(variance + epsilon)).Unlisted();
    private static readonly ElementwiseOp NormalizeOp = ElementwiseOp.Of("BatchNorm", (x, mean, scale, shift) => ((x - mean) * scale) + shift).Unlisted();
    private readonly Tensor? batches;

    private protected BatchNorm(int features, double epsilon, double? momentum, bool affine, bool trackRunningStats, DType dtype)
    {
        string layer = GetType().Name;
        if (features < 1) throw NnErrors.NotPositive(layer, nameof(features), features);
        if (!(epsilon >= 0)) throw NnErrors.Negative(layer, nameof(epsilon), epsilon);
        if (momentum is { } fraction && !(fraction >= 0 && fraction <= 1)) throw NnErrors.Probability(layer, nameof(momentum), fraction);
        (Features, Epsilon, Momentum) = (features, epsilon, momentum);
        if (affine)
        {
            Weight = Register("weight", Tensor.Ones([features], dtype));
            Bias = Register("bias", Tensor.Zeros([features], dtype));
        }
        if (trackRunningStats)
        {
            RunningMean = RegisterBuffer("running_mean", Tensor.Zeros([features], dtype));
            RunningVar = RegisterBuffer("running_var", Tensor.Ones([features], dtype));
            batches = RegisterBuffer("num_batches_tracked", Tensor.Zeros([], DType.Int64));
        }
    }

    /// <summary>The number of channels, the length of axis 1.</summary>
    public int Features { get; }

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; }

    /// <summary>The part of a batch in the running mean and variance; null for the plain average over all batches.</summary>
    public double? Momentum { get; }

    /// <summary>The factor of each channel, [features]; null if the layer is not affine.</summary>
    public Tensor? Weight { get; }

    /// <summary>What is added to each channel, [features]; null if the layer is not affine.</summary>
    public Tensor? Bias { get; }

    /// <summary>The running mean, [features]; null if none is kept.</summary>
    public Tensor? RunningMean { get; }

    /// <summary>The running variance (unbiased), [features]; null if none is kept.</summary>
    public Tensor? RunningVar { get; }

    /// <summary>The normalised input.</summary>
    /// <param name="x">[n, features, …]; the layer says how many axes follow.</param>
    /// <returns>The shape of x.</returns>
    /// <exception cref="ShapeException">x has other axes or channels; or, in training, one number for each channel, whose variance is unknown.</exception>
    /// <exception cref="DTypeException">x has another type than the layer.</exception>
    /// <exception cref="AutogradException">In training under <c>Vmap</c>: there would be running statistics for each item.</exception>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        string layer = GetType().Name;
        if (!TakesRank(x.Rank) || x.Dims[1] != Features) throw NnErrors.Normalized(layer, x, $"[n, {Features}{Places}]");
        DType dtype = Weight?.DType ?? RunningMean?.DType ?? x.DType;
        if (x.DType != dtype) throw NnErrors.LayerDType(layer, x, Weight ?? RunningMean!);

        int[] channels = [Features, .. Enumerable.Repeat(1, x.Rank - 2)];
        Tensor mean, variance;
        if (IsTraining || RunningMean is null)
        {
            int count = x.Numel / Features;
            if (IsTraining && count < 2) throw NnErrors.OneNumber(layer, x);
            Axes axes = x.Rank == 2 ? [0] : x.Rank == 3 ? [0, 2] : [0, 2, 3];
            (variance, mean) = x.VarMean(axes, correction: 0);
            if (IsTraining && RunningMean is not null) Track(mean, variance, count);
        }
        else
        {
            (mean, variance) = (RunningMean, RunningVar!);
        }
        Tensor scale = ScaleOp.Apply(Weight ?? Tensor.Number(1), variance, Tensor.Number(Epsilon));
        return NormalizeOp.Apply(x, mean.Reshape(channels), scale.Reshape(channels), Bias is null ? Tensor.Number(0) : Bias.Reshape(channels));
    }

    private protected abstract bool TakesRank(int rank);

    /// <summary>The axes after the channels, for messages.</summary>
    private protected abstract string Places { get; }

    private void Track(Tensor mean, Tensor variance, int count)
    {
        _ = mean.Numbers(GetType().Name);
        using IDisposable scope = Autograd.NoGrad();
        batches!.AddInPlace(Tensor.OnesLike(batches));
        double part = Momentum ?? 1 / batches.Item();
        RunningMean!.MulInPlace(1 - part).AddInPlace(mean.Underlying, part);
        RunningVar!.MulInPlace(1 - part).AddInPlace(variance.Underlying, part * count / (count - 1));
    }
}

/// <summary>Batch normalisation of features, [n, c], or of sequences, [n, c, l].</summary>
/// <param name="features">The number of channels.</param>
/// <param name="epsilon">Added to the variance.</param>
/// <param name="momentum">The part of a batch in the running mean and variance; null for the plain average over all batches.</param>
/// <param name="affine">Whether channels are scaled and shifted by trained numbers, 1 and 0 at first.</param>
/// <param name="trackRunningStats">Whether a running mean and variance are kept for evaluation; otherwise each batch is normalised by itself there, too.</param>
/// <param name="dtype">Float32 or Float64.</param>
/// <exception cref="ArgumentOutOfRangeException">The features are not positive, epsilon is negative, or the momentum is not in [0, 1].</exception>
public sealed class BatchNorm1d(int features, double epsilon = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true, DType dtype = DType.Float32)
    : BatchNorm(features, epsilon, momentum, affine, trackRunningStats, dtype)
{
    private protected override string Places => "] or [n, " + Features + ", l";

    private protected override bool TakesRank(int rank) => rank is 2 or 3;
}

/// <summary>Batch normalisation of images, [n, c, h, w].</summary>
/// <inheritdoc cref="BatchNorm1d(int, double, double?, bool, bool, DType)"/>
public sealed class BatchNorm2d(int features, double epsilon = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true, DType dtype = DType.Float32)
    : BatchNorm(features, epsilon, momentum, affine, trackRunningStats, dtype)
{
    private protected override string Places => ", h, w";

    private protected override bool TakesRank(int rank) => rank == 4;
}

/// <summary>Brings every item to mean 0 and variance 1 over its last axes (Ba et al. 2016), then scales and shifts its elements.</summary>
public sealed class LayerNorm : Module
{
    private static readonly ElementwiseOp NormalizeOp = ElementwiseOp.Derived("LayerNorm", 6, x =>
    {
        (Symbolics.Expr input, Symbolics.Expr mean, Symbolics.Expr variance, Symbolics.Expr epsilon) = (x[0], x[1], x[2], x[3]);
        return [((input - mean) / Symbolics.Functions.Sqrt(variance + epsilon) * x[4]) + x[5]];
    }).Unlisted();

    private readonly int[] dims;

    /// <summary>Makes a layer.</summary>
    /// <param name="normalizedShape">The last axes of the input.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="elementwiseAffine">Whether elements are scaled and shifted by trained numbers, 1 and 0 at first.</param>
    /// <param name="dtype">Float32 or Float64.</param>
    /// <exception cref="ArgumentOutOfRangeException">Epsilon is negative, or there are no elements.</exception>
    public LayerNorm(Shape normalizedShape, double epsilon = 1e-5, bool elementwiseAffine = true, DType dtype = DType.Float32)
    {
        if (normalizedShape.Rank == 0 || normalizedShape.Numel == 0) throw NnErrors.NotPositive(nameof(LayerNorm), nameof(normalizedShape), 0);
        if (!(epsilon >= 0)) throw NnErrors.Negative(nameof(LayerNorm), nameof(epsilon), epsilon);
        dims = normalizedShape.ToArray();
        Epsilon = epsilon;
        if (!elementwiseAffine) return;
        Weight = Register("weight", Tensor.Ones(normalizedShape, dtype));
        Bias = Register("bias", Tensor.Zeros(normalizedShape, dtype));
    }

    /// <summary>The last axes of the input.</summary>
    public Shape NormalizedShape => Shape.Create(dims);

    /// <summary>Added to the variance.</summary>
    public double Epsilon { get; }

    /// <summary>The factor of each element, of the normalised shape; null if the layer has none.</summary>
    public Tensor? Weight { get; }

    /// <summary>What is added to each element, of the normalised shape; null if the layer has none.</summary>
    public Tensor? Bias { get; }

    /// <summary>The normalised input.</summary>
    /// <param name="x">[…, normalised shape].</param>
    /// <returns>The shape of x.</returns>
    /// <exception cref="ShapeException">The last axes of x are others.</exception>
    /// <exception cref="DTypeException">x has another type than the layer.</exception>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        int outer = x.Rank - dims.Length;
        if (outer < 0 || !x.Dims.AsSpan(outer).SequenceEqual(dims)) throw NnErrors.Normalized(nameof(LayerNorm), x, $"[…, {string.Join(", ", dims)}]");
        if (Weight is not null && x.DType != Weight.DType) throw NnErrors.LayerDType(nameof(LayerNorm), x, Weight);
        Axes axes = [.. Enumerable.Range(outer, dims.Length)];
        (Tensor variance, Tensor mean) = x.VarMean(axes, correction: 0, keepAxis: true);
        return NormalizeOp.Apply(x, mean, variance, Tensor.Number(Epsilon), Weight ?? Tensor.Number(1), Bias ?? Tensor.Number(0));
    }
}
