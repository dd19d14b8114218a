namespace Nabla.Nn;

/// <summary>The texts of what can go wrong in layers, losses and initialisers, in one place.</summary>
internal static class NnErrors
{
    // ---- modules ----------------------------------------------------------------------------------------------------

    public static ArgumentException NameTaken(Module module, string name) =>
        new($"Register: {module.GetType().Name} already has a member named \"{name}\". Names within a module must differ.");

    public static ArgumentException BadName(Module module, string name) =>
        new($"Register: \"{name}\" is no name for a member of {module.GetType().Name}. It must not be empty or contain a point, which joins the names of nested modules.");

    public static ArgumentException OwnDescendant(Module module, string name) =>
        new($"Register: \"{name}\" contains the {module.GetType().Name} that it is added to. Modules form a tree.");

    public static AutogradException NotALeaf(Module module, string name, Tensor x) =>
        new($"Register: parameter \"{name}\" of {module.GetType().Name} was computed by {x.GradFn!.Name}. Only a leaf can be trained: Detach() it first.");

    public static ArgumentException StateKeys(Module module, IReadOnlyCollection<string> missing, IReadOnlyCollection<string> unexpected) =>
        new($"LoadStateDict: the names do not fit {module.GetType().Name}: missing [{string.Join(", ", missing)}], unexpected [{string.Join(", ", unexpected)}]. Pass strict: false to load what fits.");

    public static ShapeException StateShape(string name, Tensor given, Tensor needed) =>
        new($"LoadStateDict: \"{name}\" is {given.Shape}, the module needs {needed.Shape}. The state comes from a model of other sizes.");

    public static DTypeException ModuleDType(DType dtype) =>
        new($"Module.To: parameters must be floating point, {dtype.Word()} was asked for. Use Float32 or Float64.");

    // ---- layers -----------------------------------------------------------------------------------------------------

    public static ShapeException Features(Tensor x, int features) =>
        new(x.Rank == 0
            ? $"Linear: the input is a scalar [], the layer takes {features} features on the last axis. Reshape the input to [1, {features}]."
            : $"Linear: the input is {x.Shape}, the layer takes {features} features on the last axis. Check the layer before it, or make this one with inFeatures: {x.Dims[^1]}.");

    public static ShapeException Channels(string layer, Tensor x, int channels, int rank)
    {
        string needed = rank == 3 ? $"[n, {channels}, l]" : $"[n, {channels}, h, w]";
        return new(x.Rank != rank
            ? $"{layer}: the input is {x.Shape}, the layer takes {needed}. Reshape it; Unsqueeze(0) makes a batch of one."
            : $"{layer}: the input is {x.Shape}, the layer takes {channels} channels, {needed}. Check the layer before it, or make this one with {x.Dims[1]}.");
    }

    public static ArgumentException Groups(string layer, int inChannels, int outChannels, int groups) =>
        new($"{layer}: {groups} groups do not divide {inChannels} input channels and {outChannels} output channels. Use a divisor of both.", nameof(groups));

    public static ShapeException Normalized(string layer, Tensor x, string needed) =>
        new($"{layer}: the input is {x.Shape}, the layer takes {needed}. Check the layer before it, or reshape the input.");

    public static ShapeException OneNumber(string layer, Tensor x) =>
        new($"{layer}: the input {x.Shape} has one number for each channel, whose variance is unknown. Train with more than one item, or call Eval().");

    public static ArgumentOutOfRangeException NoWord(string parameter, int word, int count) =>
        new(parameter, word, $"Embedding: {parameter} is {word}, there are {count} words. Use 0 to {count - 1}.");

    public static ArgumentOutOfRangeException Negative(string layer, string parameter, double value) =>
        new(parameter, $"{layer}: {parameter} must not be negative, got {value}. Use 0 or more.");

    public static ArgumentOutOfRangeException Probability(string op, string parameter, double value) =>
        new(parameter, $"{op}: {parameter} must lie in [0, 1], got {value}. Use a fraction such as 0.1.");

    public static ArgumentException EmptySequence(string name) =>
        new($"{name}: there is no module in it. Give at least one.");

    // ---- losses -----------------------------------------------------------------------------------------------------

    public static ShapeException TargetShape(string loss, Tensor input, Tensor target) =>
        new($"{loss}: the input is {input.Shape}, the target is {target.Shape}; they must have the same shape. Reshape one of them: broadcasting here is nearly always a mistake.");

    public static DTypeException LayerDType(string layer, Tensor x, Tensor weight) =>
        new($"{layer}: the input is {x.DType.Word()} {x.Shape}, the weights are {weight.DType.Word()}. Convert the model with To(DType.{x.DType}), or the input with To(DType.{weight.DType}).");

    public static ArgumentOutOfRangeException ClassOutside(string loss, long index, int classes, Tensor target) => new(nameof(target), index,
        $"{loss}: the target {target.Shape} holds class {index}, the input has {classes} classes. Use 0 to {classes - 1}" +
        (index < 0 ? $", or pass ignoreIndex: {index} if such elements are to be left out." : "."));

    public static ArgumentOutOfRangeException NotAProbability(string loss, double input) => new(nameof(input), input,
        $"{loss}: the input holds {input}, but probabilities lie in [0, 1]. Apply Sigmoid() first, or use BceWithLogits.");

    public static ShapeException ClassTargetShape(string loss, Tensor input, Tensor target) =>
        new($"{loss}: the input is {input.Shape}, the target of class indices is {target.Shape}. Pass input [N, C, …] with target [N, …], or [C] with [].");

    public static DTypeException ClassTargetDType(string loss, Tensor target) =>
        new($"{loss}: class indices must be integers, the target is {target.DType.Word()} {target.Shape}. Convert it with Long().");

    public static ShapeException ClassWeight(string loss, Tensor weight, int classes) =>
        new($"{loss}: weight is {weight.Shape}, the input has {classes} classes. Pass one weight per class, [{classes}].");

    public static ShapeException NoClassAxis(string loss, Tensor input) =>
        new($"{loss}: the input is {input.Shape} and has no class axis. Pass [C], [N, C] or [N, C, …].");

    public static ArgumentOutOfRangeException NotPositive(string op, string parameter, double value) =>
        new(parameter, $"{op}: {parameter} must be positive, got {value}. Use a number above 0.");

    public static ArgumentException IgnoreWithProbabilities() =>
        new("Losses.CrossEntropy: ignoreIndex needs class indices, the target holds probabilities. Leave it out, or set the rows to zero.");

    // ---- initialisers and clipping ----------------------------------------------------------------------------------

    public static ShapeException Fans(string op, Tensor x) =>
        new($"{op}: needs a tensor of at least two axes [out, in, …], got {x.Shape}. Use Init.Uniform or Init.Normal.");

    public static ArithmeticException NonFiniteNorm(double norm) =>
        new($"ClipGradNorm: the norm of the gradients is {norm}. Look for the cause with Autograd.AnomalyMode(), or pass errorIfNonFinite: false.");
}
