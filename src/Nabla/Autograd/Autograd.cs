namespace Nabla;

/// <summary>Differentiation beside <see cref="Tensor.Backward"/>: gradients as values, and the modes of recording.</summary>
public static class Autograd
{
    /// <summary>Whether operations are recorded at this point.</summary>
    public static bool IsGradEnabled => GradMode.IsEnabled;

    /// <summary>Whether inference mode is on at this point.</summary>
    public static bool IsInferenceModeEnabled => GradMode.IsInference;

    /// <summary>
    /// The gradients of outputs with respect to inputs: Σ over the outputs of gradOutputᵀ · ∂output/∂input. Nothing is
    /// accumulated into <see cref="Tensor.Grad"/>.
    /// </summary>
    /// <param name="outputs">What is differentiated.</param>
    /// <param name="inputs">With respect to what; leaves or results.</param>
    /// <param name="gradOutputs">One gradient per output, of its shape; null stands for 1 and needs an output of one element.</param>
    /// <param name="retainGraph">Keep what the pass needs so that it can be repeated; by default as <paramref name="createGraph"/>.</param>
    /// <param name="createGraph">Record the pass, so that the result can be differentiated again.</param>
    /// <param name="allowUnused">Return null for an input that the outputs do not depend on, instead of throwing.</param>
    /// <returns>A gradient per input, of its shape and dtype.</returns>
    /// <exception cref="AutogradException">An output or input does not require a gradient; an input was not used; the graph was consumed.</exception>
    /// <exception cref="ArgumentException">The number of output gradients differs from that of the outputs.</exception>
    /// <exception cref="ShapeException">An output gradient has another shape than its output, or is missing for more than one element.</exception>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] // [y] means a list of outputs, not a stacked tensor
    public static Tensor?[] Grad(
        IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?>? gradOutputs = null,
        bool? retainGraph = null, bool createGraph = false, bool allowUnused = false)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(inputs);
        if (gradOutputs is not null && gradOutputs.Count != outputs.Count) throw AutogradErrors.GradOutputsCount(gradOutputs.Count, outputs.Count);
        return BackwardPass.Gradients(outputs, inputs, gradOutputs, retainGraph ?? createGraph, createGraph, allowUnused, "Autograd.Grad");
    }

    /// <summary>The gradient of one output with respect to one input.</summary>
    /// <param name="output">What is differentiated.</param>
    /// <param name="input">With respect to what.</param>
    /// <param name="gradOutput">The gradient of the output, of its shape; may be left out for one element.</param>
    /// <param name="retainGraph">Keep the graph; by default as <paramref name="createGraph"/>.</param>
    /// <param name="createGraph">Record the pass, so that the result can be differentiated again.</param>
    /// <returns>The gradient, of the input's shape and dtype.</returns>
    /// <inheritdoc cref="Grad(IReadOnlyList{Tensor}, IReadOnlyList{Tensor}, IReadOnlyList{Tensor}, bool?, bool, bool)" path="/exception"/>
    public static Tensor Grad(Tensor output, Tensor input, Tensor? gradOutput = null, bool? retainGraph = null, bool createGraph = false) =>
        Grad([output], [input], [gradOutput], retainGraph, createGraph)[0]!;

    /// <summary>Until disposed of: results do not require gradients. Flows with async code; nests.</summary>
    public static IDisposable NoGrad() => GradMode.Enter(Modes.NoGrad, Modes.None);

    /// <summary>Until disposed of: operations are recorded again inside a <see cref="NoGrad"/> scope; in inference mode they are not.</summary>
    public static IDisposable EnableGrad() => GradMode.Enter(Modes.None, GradMode.IsInference ? Modes.None : Modes.NoGrad);

    /// <summary>Until disposed of: recording as the argument says.</summary>
    public static IDisposable SetGradEnabled(bool enabled) => enabled ? EnableGrad() : NoGrad();

    /// <summary>Until disposed of: nothing is recorded, and what is made can never take part in a recorded operation.</summary>
    public static IDisposable InferenceMode() => GradMode.Enter(Modes.NoGrad | Modes.Inference, Modes.None);

    /// <summary>
    /// Until disposed of: what operations save for backward goes through <paramref name="pack"/>, and comes back through
    /// <paramref name="unpack"/> when backward (inside the scope or after it) needs it. Of nested scopes the innermost counts.
    /// </summary>
    /// <remarks>
    /// Both functions run without recording and without hooks, on plain tensors; what pack receives must not be changed in place.
    /// What it returns is disposed of, if it can be, when the graph lets go of it. If it is a tensor, changing that in place
    /// before backward is an error, as it is without hooks.
    /// </remarks>
    /// <param name="pack">From the saved tensor to whatever is to be kept in its place.</param>
    /// <param name="unpack">From that to a tensor of the same shape and dtype.</param>
    public static IDisposable SavedTensorHooks(Func<Tensor, object> pack, Func<object, Tensor> unpack)
    {
        ArgumentNullException.ThrowIfNull(pack);
        ArgumentNullException.ThrowIfNull(unpack);
        return new SavedTensorScope(pack, unpack);
    }

    /// <summary>
    /// Until disposed of: floating-point tensors saved for backward are kept in half precision (3 digits), which changes the
    /// gradients by as much. A tensor with an element beyond ±65504 is kept as it is.
    /// </summary>
    public static IDisposable SaveInHalfPrecision() => new SavedTensorScope(HalfPrecisionStore.Pack, HalfPrecisionStore.Unpack);

    /// <summary>
    /// Until disposed of: tensors saved for backward are kept in files, exactly. A file is deleted when backward has passed or
    /// the graph is collected.
    /// </summary>
    /// <param name="folder">Where a folder for them is made; by default that of the system for temporary files.</param>
    /// <param name="smallestBytes">Smaller tensors stay in memory.</param>
    /// <exception cref="IOException">The folder cannot be made; during the scope: a file cannot be written; during backward: it cannot be read.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative.</exception>
    public static IDisposable SaveOnDisk(string? folder = null, int smallestBytes = 4096)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(smallestBytes);
        var store = new DiskStore(folder, smallestBytes);
        return new SavedTensorScope(store.Pack, DiskStore.Unpack, store.Close);
    }

    /// <summary>
    /// Until disposed of: backward stops at the first NaN it computes and names the forward operation, with the place where
    /// it was called if that, too, was inside the scope. Slow.
    /// </summary>
    public static IDisposable AnomalyMode() => GradMode.Enter(Modes.Anomaly, Modes.None);
}
