namespace Nabla.Optim;

/// <summary>Parameters that are optimised with the same options.</summary>
public sealed class ParameterGroup
{
    /// <summary>Makes a group.</summary>
    /// <param name="parameters">Leaves that require a gradient.</param>
    /// <param name="options">The options of the optimiser that the group is for, such as <see cref="SgdOptions"/>.</param>
    public ParameterGroup(IEnumerable<Tensor> parameters, OptimizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(options);
        Parameters = [.. parameters];
        Options = options;
        InitialLearningRate = options.LearningRate;
    }

    /// <summary>The tensors that are optimised.</summary>
    public IReadOnlyList<Tensor> Parameters { get; }

    /// <summary>How. Can be replaced between steps.</summary>
    public OptimizerOptions Options { get; set; }

    /// <summary>The factor of a step; schedules change it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Set to a negative number or NaN.</exception>
    public double LearningRate
    {
        get => Options.LearningRate;
        set => Options = Options with { LearningRate = value };
    }

    /// <summary>The learning rate that the group began with: what schedules start from.</summary>
    public double InitialLearningRate { get; }
}
