namespace Nabla.Optim;

/// <summary>What all optimisers can be told about a group of parameters.</summary>
public abstract record OptimizerOptions
{
    /// <summary>The factor of a step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or NaN.</exception>
    public double LearningRate { get; init => field = OptimErrors.NonNegative(nameof(LearningRate), value); } = 1e-3;

    /// <summary>By how much parameters are drawn towards 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative or NaN.</exception>
    public double WeightDecay { get; init => field = OptimErrors.NonNegative(nameof(WeightDecay), value); }

    /// <summary>Go up instead of down.</summary>
    public bool Maximize { get; init; }
}

/// <summary>The texts of what can go wrong in optimisers and schedules, in one place.</summary>
internal static class OptimErrors
{
    public static double NonNegative(string name, double value) =>
        value >= 0 ? value : throw new ArgumentOutOfRangeException(name, $"{name}: must not be negative, got {value}. Use 0 or more.");

    public static double Positive(string name, double value) =>
        value > 0 ? value : throw new ArgumentOutOfRangeException(name, $"{name}: must be positive, got {value}. Use a number above 0.");

    public static double Fraction(string name, double value) =>
        value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(name, $"{name}: must lie in [0, 1), got {value}. Use a fraction such as 0.9.");

    public static ArgumentException NoParameters(string optimizer) =>
        new($"{optimizer}: there are no parameters to optimise. Pass model.Parameters(), or leaves that require a gradient.");

    public static AutogradException NotTrainable(string optimizer, int index, Tensor x) =>
        new(x.IsLeaf
            ? $"{optimizer}: parameter {index} ({x.DType.Word()} {x.Shape}) does not require a gradient. Set RequiresGrad = true on it."
            : $"{optimizer}: parameter {index} ({x.Shape}) was computed by {x.GradFn!.Name}; only leaves can be optimised. Detach() it and set RequiresGrad = true.");

    public static ArgumentException Twice(string optimizer, int index, Tensor x) =>
        new($"{optimizer}: parameter {index} ({x.Shape}) is there twice. Each parameter may be in one group only, once.");

    public static ArgumentException WrongOptions(string optimizer, OptimizerOptions given, string needed) =>
        new($"{optimizer}: a group has {given.GetType().Name}, {needed} are needed. Make the group with them.");

    public static ArgumentException NesterovNeedsMomentum(double momentum, double dampening) =>
        new($"Sgd: nesterov needs momentum above 0 and dampening 0, got momentum {momentum}, dampening {dampening}. Pass a momentum such as 0.9, or leave nesterov out.");

    public static ArgumentException StateKey(string optimizer, string key) =>
        new($"{optimizer}.LoadStateDict: \"{key}\" does not fit this optimiser. Load the state that the same optimiser made for the same parameters.");

    public static ShapeException StateShape(string optimizer, string key, Tensor given, Tensor parameter) =>
        new($"{optimizer}.LoadStateDict: \"{key}\" is {given.Shape}, its parameter is {parameter.Shape}. Load the state that was made for the same parameters.");
}
