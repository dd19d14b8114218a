namespace Nabla;

/// <summary>What a user's <see cref="Function"/> keeps between forward and backward.</summary>
public sealed class FunctionContext
{
    private SavedTensor[] saved = [];
    private readonly bool[] needed;
    private readonly string name;

    internal FunctionContext(string name, bool[] needed)
    {
        this.name = name;
        this.needed = needed;
    }

    /// <summary>Whether missing output gradients arrive as zeros; set to false in forward to receive null.</summary>
    public bool MaterializeGrads { get; set; } = true;

    /// <summary>Anything that is not a tensor to be tracked.</summary>
    public object? State { get; set; }

    /// <summary>The tensors kept by <see cref="SaveForBackward"/>.</summary>
    /// <exception cref="AutogradException">One of them was changed in place.</exception>
    public IReadOnlyList<Tensor> SavedTensors => Array.ConvertAll(saved, tensor => tensor.Unpack(name));

    internal Tensor[] Unsaved { get; private set; } = [];

    /// <summary>Keeps inputs or outputs for backward; in-place changes of them are detected.</summary>
    public void SaveForBackward(params ReadOnlySpan<Tensor> tensors) => Unsaved = tensors.ToArray();

    /// <summary>Whether the gradient of an input is wanted.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such input.</exception>
    public bool NeedsInputGrad(int input) => (uint)input < (uint)needed.Length
        ? needed[input]
        : throw new ArgumentOutOfRangeException(nameof(input), input, $"{name}: NeedsInputGrad({input}) asks for an input that is not there. Use 0 to {needed.Length - 1}.");

    internal void Seal(Node node, Tensor[] outputs)
    {
        saved = Array.ConvertAll(Unsaved, tensor => Array.IndexOf(outputs, tensor) is >= 0 and var index ? new SavedTensor(tensor, node, index) : new SavedTensor(tensor, name));
        SavedCount = saved.Length;
        Unsaved = [];
    }

    internal void Release()
    {
        foreach (SavedTensor tensor in saved) tensor.Release();
        saved = [];
    }

    internal int SavedCount { get; private set; }

    internal bool HasSaved => SavedCount > 0;

    internal Tensor Saved(int index) => index < saved.Length ? saved[index].Unpack(name) : throw AutogradErrors.SavedFreed(name);
}

/// <summary>
/// An operation with a backward pass of its own. Derive, state <see cref="Forward"/> and <see cref="Backward"/>, and call
/// <see cref="Apply"/>. If backward is written in differentiable operations it can be differentiated again.
/// </summary>
public abstract class Function
{
    /// <summary>Computes the outputs. Operations in here are not recorded.</summary>
    protected abstract Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs);

    /// <summary>The gradient of each input from those of the outputs; null where there is none.</summary>
    protected abstract Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs);

    /// <summary>Computes the outputs and records this operation.</summary>
    /// <exception cref="AutogradException">During backward: a wrong number of gradients was returned.</exception>
    /// <exception cref="ShapeException">During backward: a gradient has another shape than its input.</exception>
    public Tensor[] ApplyMany(params ReadOnlySpan<Tensor> inputs)
    {
        Tensor[] given = inputs.ToArray();
        foreach (Tensor input in given)
            if (input.IsDual) throw new AutogradException($"{GetType().Name}: a Function states no forward-mode rule, so it cannot be used inside Jvp. Write it with differentiable operations there; GradCheck leaves forward mode out with checkForward: false.");
        var needed = Array.ConvertAll(given, input => input.RequiresGrad);
        var context = new FunctionContext(GetType().Name, needed);
        Tensor[] outputs;
        Modes before = GradMode.SetRecording(false);
        try
        {
            int[] versions = Array.ConvertAll(given, input => input.Version);
            outputs = Forward(context, given);
            if (outputs is null || outputs.Length == 0 || Array.IndexOf(outputs, null) >= 0)
                throw new AutogradException($"{GetType().Name}: Forward returned no outputs, or null among them. Return at least one tensor.");
            for (int i = 0; i < given.Length; i++)
                if (needed[i] && given[i].IsLeaf && given[i].Version != versions[i]) throw AutogradErrors.InPlaceOnLeaf($"{GetType().Name}: input {i}");
        }
        finally
        {
            GradMode.Restore(before);
        }
        if (Array.IndexOf(needed, true) < 0 || !GradMode.IsEnabled) return outputs;
        for (int i = 0; i < outputs.Length; i++)
            if (Array.IndexOf(given, outputs[i]) >= 0) outputs[i] = outputs[i].WithoutHistory();
        var node = new FunctionNode(this, context, given, outputs);
        context.Seal(node, outputs);
        for (int i = 0; i < outputs.Length; i++)
            if (outputs[i].DType.HasDerivatives()) outputs[i].SetHistory(node, i);
        GraphRecording.Current?.Add(node, given, outputs);
        return outputs;
    }

    /// <summary>Computes the single output and records this operation.</summary>
    /// <inheritdoc cref="ApplyMany" path="/exception"/>
    public Tensor Apply(params ReadOnlySpan<Tensor> inputs) => ApplyMany(inputs)[0];

    private sealed class FunctionNode : Node
    {
        private readonly Function function;
        private readonly FunctionContext context;
        private readonly Edge[] edges;
        private readonly (int[] Dims, DType DType)[] inputs;
        private readonly (int[] Dims, DType DType)[] outputs;

        public FunctionNode(Function function, FunctionContext context, Tensor[] inputs, Tensor[] outputs)
            : base(outputs[0].Dims, outputs[0].DType)
        {
            this.function = function;
            this.context = context;
            edges = Array.ConvertAll(inputs, input => input.GradientEdge());
            this.inputs = Array.ConvertAll(inputs, input => (input.Dims, input.DType));
            this.outputs = Array.ConvertAll(outputs, output => (output.Dims, output.DType));
        }

        public override string Name => function.GetType().Name + "Backward";

        internal override int EdgeCount => edges.Length;

        internal override int OutputCount => outputs.Length;

        internal override Edge EdgeAt(int input) => edges[input];

        internal override (int[] Dims, DType DType) Output(int index) => outputs[index];

        internal override string[] SavedNames() => Released ? throw AutogradErrors.SavedFreed(Name) : [.. Enumerable.Range(0, context.SavedCount).Select(i => $"saved{i}")];

        internal override Tensor Saved(int index) => context.Saved(index);

        internal override void Run(BackwardPass pass, in GradientSlot slot, GradientSlot[]? more)
        {
            var gradients = new Tensor?[outputs.Length];
            for (int i = 0; i < gradients.Length; i++)
            {
                gradients[i] = i == 0 ? slot.Gradient : more![i - 1].Gradient;
                if (context.MaterializeGrads) gradients[i] ??= VectorSpace.Current.Full(outputs[i].Dims, 0, outputs[i].DType);
            }
            Tensor?[] results = function.Backward(context, gradients);
            if (results.Length != edges.Length) throw AutogradErrors.WrongGradientCount(function.GetType().Name, results.Length, edges.Length);
            for (int i = 0; i < results.Length; i++)
            {
                if (results[i] is not { } result) continue;
                if (!result.Dims.AsSpan().SequenceEqual(inputs[i].Dims)) throw AutogradErrors.GradShape($"{function.GetType().Name}: input {i}", result.Shape, new Shape(inputs[i].Dims));
                pass.Send(edges[i], result, owned: false, i);
            }
        }

        internal override void Release()
        {
            if (!context.HasSaved) return;
            context.Release();
            Released = true;
        }
    }
}
