namespace Nabla.Optim;

/// <summary>Changes the learning rates of an optimiser from epoch to epoch: call <see cref="Step"/> after each.</summary>
public abstract class LearningRateSchedule
{
    private readonly Optimizer optimizer;

    /// <summary>Sets the learning rates of epoch 0.</summary>
    private protected LearningRateSchedule(Optimizer optimizer)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        this.optimizer = optimizer;
    }

    /// <summary>How many epochs are over.</summary>
    public int Epoch { get; private set; }

    /// <summary>The learning rate of an epoch.</summary>
    /// <param name="initial">That of the group at the beginning.</param>
    /// <param name="epoch">Counted from 0.</param>
    public abstract double At(double initial, int epoch);

    /// <summary>Goes to the next epoch.</summary>
    public void Step()
    {
        Epoch++;
        Apply();
    }

    /// <summary>Goes to any epoch, as when training goes on where it stopped.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The epoch is negative.</exception>
    public void GoTo(int epoch)
    {
        Epoch = (int)OptimErrors.NonNegative(nameof(epoch), epoch);
        Apply();
    }

    /// <summary>Sets the learning rates of the current epoch.</summary>
    private protected void Apply()
    {
        foreach (ParameterGroup group in optimizer.Groups) group.LearningRate = At(group.InitialLearningRate, Epoch);
    }
}

/// <summary>Multiplies by gamma every few epochs.</summary>
/// <param name="optimizer">Whose learning rates change.</param>
/// <param name="stepSize">After how many epochs.</param>
/// <param name="gamma">The factor.</param>
public sealed class StepLr(Optimizer optimizer, int stepSize, double gamma = 0.1) : LearningRateSchedule(optimizer)
{
    private readonly int stepSize = (int)OptimErrors.Positive(nameof(stepSize), stepSize);

    /// <inheritdoc/>
    public override double At(double initial, int epoch) => initial * Math.Pow(gamma, epoch / stepSize);
}

/// <summary>Multiplies by gamma every epoch.</summary>
/// <param name="optimizer">Whose learning rates change.</param>
/// <param name="gamma">The factor.</param>
public sealed class ExponentialLr(Optimizer optimizer, double gamma) : LearningRateSchedule(optimizer)
{
    /// <inheritdoc/>
    public override double At(double initial, int epoch) => initial * Math.Pow(gamma, epoch);
}

/// <summary>Half a cosine wave from the initial learning rate to a minimum (Loshchilov and Hutter 2017).</summary>
/// <param name="optimizer">Whose learning rates change.</param>
/// <param name="maxEpochs">The epoch of the minimum.</param>
/// <param name="minimum">The learning rate there.</param>
public sealed class CosineAnnealingLr(Optimizer optimizer, int maxEpochs, double minimum = 0) : LearningRateSchedule(optimizer)
{
    private readonly int maxEpochs = (int)OptimErrors.Positive(nameof(maxEpochs), maxEpochs);

    /// <inheritdoc/>
    public override double At(double initial, int epoch) => minimum + ((initial - minimum) * (1 + Math.Cos(Math.PI * epoch / maxEpochs)) / 2);
}

/// <summary>Multiplies the initial learning rate by a function of the epoch.</summary>
public sealed class LambdaLr : LearningRateSchedule
{
    private readonly Func<int, double> factor;

    /// <summary>Makes the schedule and sets the learning rate of epoch 0.</summary>
    /// <param name="optimizer">Whose learning rates change.</param>
    /// <param name="factor">The factor of an epoch.</param>
    public LambdaLr(Optimizer optimizer, Func<int, double> factor)
        : base(optimizer)
    {
        ArgumentNullException.ThrowIfNull(factor);
        this.factor = factor;
        Apply();
    }

    /// <inheritdoc/>
    public override double At(double initial, int epoch) => initial * factor(epoch);
}
