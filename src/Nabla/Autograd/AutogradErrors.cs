namespace Nabla;

/// <summary>A use of the differentiation engine that has no meaning. The text names the operation and the remedy.</summary>
public sealed class AutogradException : InvalidOperationException
{
    /// <summary>Makes the exception without a text.</summary>
    public AutogradException() { }

    /// <summary>Makes the exception with a text.</summary>
    public AutogradException(string message) : base(message) { }

    /// <summary>Makes the exception with a text and its cause.</summary>
    public AutogradException(string message, Exception innerException) : base(message, innerException) { }
}

/// <summary>The texts of what can go wrong while recording and differentiating, in one place.</summary>
internal static class AutogradErrors
{
    public static AutogradException RequiresGradOfResult(Tensor x) =>
        new($"RequiresGrad: can be set on leaves only; this tensor {x.Shape} was computed by {x.GradFn!.Name}. Use Detach() for one without history.");

    public static DTypeException GradientOfIntegers(string op, Tensor x) =>
        new($"{op}: only floating-point tensors have gradients; this one is {x.DType.Word()} {x.Shape}. Convert it first with To(DType.Float32).");

    public static AutogradException InferenceTensor(string op) =>
        new($"{op}: a tensor made in inference mode cannot take part in differentiation. Make it outside, or Clone() it there.");

    public static AutogradException DoesNotRequireGrad(string op, Tensor x) =>
        new($"{op}: the tensor {x.Shape} does not require a gradient and no input of it does. Set RequiresGrad = true on the leaves before computing it, outside Autograd.NoGrad().");

    public static ShapeException GradShape(string op, Shape given, Shape needed) =>
        new($"{op}: the gradient is {given}, the tensor is {needed}. Give a gradient of the tensor's shape; Expand or Reshape it first.");

    public static DTypeException GradDType(string op, DType given, DType needed) =>
        new($"{op}: the gradient is {given.Word()}, the tensor is {needed.Word()}. Convert it with To(DType.{needed}).");

    public static ShapeException NeedsGradient(string op, Shape shape) =>
        new($"{op}: the tensor is {shape}; without a gradient argument only a tensor of one element can be differentiated. Reduce it with Sum(), or pass gradient: Tensor.OnesLike(y).");

    public static AutogradException MutatedInput(string op, string name, Shape shape) =>
        new($"{op}: the function changed its {name} {shape} in place, which others may hold. Change a Clone() of it.");

    public static AutogradException InPlaceOnCaptured(string op, Shape shape, string transform) =>
        new($"{op}: the function that {transform} runs changes a tensor {shape} in place that it captures; what is put into it has no meaning when {transform} has returned. Pass the tensor as an argument and return the new value, or change a Clone() of it.");

    public static AutogradException InPlaceOnDetachedItems(string op, Shape shape) =>
        new($"{op}: this tensor {shape} of one item inside Functional.Vmap was detached from another, which the change would have to reach as well. Change a Clone() of it.");

    public static AutogradException GraphConsumed(Node node) =>
        new($"Backward: what {node.Name} saved was freed by an earlier backward pass through it. Pass retainGraph: true to the earlier pass, or compute the result again; what a transform such as Functional.Grad differentiated is to leave its function as a result (ValueAndGrad, Vjp).");

    public static AutogradException SavedFreed(string op) =>
        new($"{op}: what it saved was freed by a backward pass through it. Pass retainGraph: true to that pass, or look before it.");

    public static AutogradException PackedNull(string op) =>
        new($"SavedTensorHooks: pack returned null for a tensor saved by {op}. Return what unpack needs to make the tensor again.");

    public static AutogradException PackChanged(string op, Tensor x) =>
        new($"SavedTensorHooks: pack changed the {x.DType.Word()} tensor {x.Shape} saved by {op} in place. It is the tensor itself: change a Clone() of it.");

    public static AutogradException UnpackedNull(string op) =>
        new($"SavedTensorHooks: unpack returned null for a tensor saved by {op}. Return the tensor that was packed.");

    public static AutogradException UnpackedOther(string op, Tensor given, Shape shape, DType dtype) =>
        new($"SavedTensorHooks: unpack returned {given.DType.Word()} {given.Shape} where {op} saved {dtype.Word()} {shape}. Return a tensor of the shape and type that was packed.");

    public static IOException SavedFolder(string parent, Exception cause) =>
        new($"SaveOnDisk: no folder for saved tensors can be made in {parent}: {cause.Message} Pass a folder: that exists or can be made, and that this program may write to.", cause);

    public static IOException UnsavedFile(string path, Tensor x, Exception cause) =>
        new($"SaveOnDisk: the {x.DType.Word()} tensor {x.Shape} cannot be written to {path}: {cause.Message} Pass a folder: with room that this program may write to.", cause);

    public static IOException SavedFile(string path, string what, Exception? cause) =>
        new($"SaveOnDisk: the file {path} of a saved tensor cannot be read: {what}. Leave the folder alone until backward has run.", cause);

    public static AutogradException HookCount(string node, string kind, int given, int needed) =>
        new($"{node}: a {kind} returned {given} gradients where {needed} are needed. Return one for each, or null to keep them all.");

    public static AutogradException PostAccumulateOfResult(Tensor x) =>
        new($"RegisterPostAccumulateGradHook: only a leaf accumulates a gradient; this tensor {x.Shape} was computed by {x.GradFn!.Name}. Use RegisterHook for the gradient of a result.");

    public static AutogradException Modified(string op, Shape shape, DType dtype, int expected, int found) =>
        new($"Backward: {op} saved a {dtype.Word()} tensor {shape} that was changed in place afterwards: it is at version {found}, version {expected} was saved. Change a Clone() of it, or move the in-place operation after Backward.");

    public static AutogradException UnusedInput(int index) =>
        new($"Autograd.Grad: input {index} was not used to compute the outputs. Pass allowUnused: true to get null for it, or leave it out.");

    public static AutogradException InputDoesNotRequireGrad(string op, int index, Tensor x) =>
        new($"{op}: input {index} ({x.DType.Word()} {x.Shape}) does not require a gradient. Set RequiresGrad = true on it before computing the outputs.");

    public static ArgumentException GradOutputsCount(int given, int needed) =>
        new($"Autograd.Grad: {given} output gradients for {needed} outputs. Give one for each (null where it is 1).");

    public static ShapeException HookShape(string op, Shape given, Shape needed) =>
        new($"{op}: a hook returned a gradient {given} where {needed} is needed. Return a tensor of the same shape, or null to keep the gradient.");

    public static AutogradException InPlaceOnLeaf(string op) =>
        GradMode.IsTransform
        ? new($"{op}: an argument of a function that is being differentiated cannot be changed in place, nor can another leaf that requires a gradient. Change a Clone() of it.")
        : new($"{op}: a leaf that requires a gradient cannot be changed in place while operations are recorded. Use the operation without InPlace, or wrap the update in Autograd.NoGrad().");

    public static AutogradException InPlaceOnInference(string op) =>
        new($"{op}: a tensor made in inference mode cannot be changed in place outside of it. Clone() it first, or do it in inference mode.");

    public static AutogradException InPlaceOnLeafView(string op) =>
        GradMode.IsTransform
        ? new($"{op}: a view of an argument of a function that is being differentiated cannot be changed in place, nor can one of another leaf that requires a gradient. Clone() it first.")
        : new($"{op}: a view of a leaf that requires a gradient cannot be changed in place while operations are recorded. Clone() the leaf first, or wrap the update in Autograd.NoGrad().");

    public static AutogradException InPlaceOnSharedView(string op, string maker) =>
        new($"{op}: this tensor is one of several views made by {maker}, and none of them may be changed in place. Use a slice instead, or Clone() it.");

    public static AutogradException InPlaceOnNoGradView(string op) =>
        new($"{op}: this view was made inside Autograd.NoGrad() and its base is being recorded. Make the view outside, or change it inside NoGrad.");

    public static AutogradException IntoRecorded(string op, Shape shape) =>
        new($"{op}: nothing computed into a given tensor is recorded, but a tensor {shape} requires a gradient. Assign the result instead, or do it inside Autograd.NoGrad().");

    public static AutogradException IntoTraced(string op) =>
        new($"{op}: inside Vmap, Jvp, a trace or a compiled function nothing can be computed into a given tensor. Let the function return the result, and copy it outside.");

    public static AutogradException IntoUsed(string op, Shape shape) =>
        new($"{op}: uses the {shape} tensor that Tensor.Into computes into, after an earlier operation has written there. Clone() the tensor before, or let the first operation use it.");

    public static ShapeException IntoShape(Shape given, Shape needed) =>
        new($"Into: the result {needed} does not fit the given tensor {given}. Make it with Tensor.Empty({needed}).");

    public static DTypeException IntoDType(DType given, DType needed) =>
        new($"Into: a {needed.Word()} result does not fit a {given.Word()} tensor. Give a tensor of the result's type, or convert the result with To.");

    public static AutogradException WrongGradientCount(string op, int given, int needed) =>
        new($"{op}: backward returned {given} gradients for {needed} inputs. Return one for each input, null where there is none.");

    public static AutogradException NanGradient(Node node, int input) =>
        new($"Backward: {node.Name} returned NaN in the gradient of its input {input}. " +
            (node.Trace is { } trace ? $"The forward operation was called here:\n{trace}" : "Turn on Autograd.AnomalyMode() before the forward pass to see where it was called."));

    public static AutogradException EndedLevel(string op, string transform) =>
        new($"{op}: an argument belongs to a call of {transform} that has returned. Return it from the function instead of keeping it in a variable outside, or Detach() it there.");

    /// <summary>Marks errors of code that asks for the numbers of a tensor that stands for many.</summary>
    public const string ReadsNumbers = "Nabla.ReadsNumbers";

    /// <summary>Marks errors of functions that have no forward-mode rule.</summary>
    public const string HasNoForwardRule = "Nabla.HasNoForwardRule";

    public static AutogradException ValueOfItem(string op, string transform, int items) => Marked(ReadsNumbers,
        new($"{op}: inside {transform} this tensor stands for {items} items, so it has no single value. Use Where instead of if, and return tensors from the function."));

    public static AutogradException NoBatchRule(string function, int items, Exception cause) =>
        new($"{function}: Forward asks for the numbers of a tensor that stands for {items} items inside Vmap. Override Batch(context, items, count), which gets all of them, or write Forward in tensor operations. {cause.Message}", cause);

    public static AutogradException NoForwardRule(string function, string transform, string remedy) => Marked(HasNoForwardRule,
        new($"{function}: states no forward-mode rule, so it cannot be used inside {transform}. {remedy}, or write it with differentiable operations; GradCheck leaves forward mode out with checkForward: false."));

    public static AutogradException NullInput(string function, int index) => new($"{function}: input {index} is null. Pass a tensor.");

    public static AutogradException NoOutputs(string function) =>
        new($"{function}: Forward returned no outputs, or null among them. Return at least one tensor.");

    public static AutogradException WrongTangentCount(string function, int given, int needed) =>
        new($"{function}: Jvp returned {given} tangents for {needed} outputs. Return one for each output, null where it is zero.");

    public static ShapeException TangentOfOutput(string function, int output, Shape given, Shape needed) =>
        new($"{function}: Jvp returned a tangent {given} for output {output}, which is {needed}. They must have the same shape.");

    public static ShapeException BatchOfOutput(string function, Shape? given, int items) =>
        new($"{function}: Batch returned {(given is { } shape ? shape.ToString() : "null")} for {items} items. Return outputs with the items along the first axis.");

    public static AutogradException SavedWithoutTangent(string function, Shape shape) =>
        new($"{function}: a saved tensor {shape} is neither an input nor an output, so forward mode around Backward would miss its derivative. Return it as an output too, or compute it again from the inputs.");

    private static AutogradException Marked(string mark, AutogradException error)
    {
        error.Data[mark] = true;
        return error;
    }

    public static AutogradException RandomItems(string op) =>
        new($"{op}: random numbers inside Vmap: pass randomness: VmapRandomness.Different to draw them for each item, or Same to draw them once for all.");

    public static DTypeException RefusesComplex(string op, ReadOnlySpan<Tensor> inputs)
    {
        Tensor x = inputs[0];
        foreach (Tensor input in inputs)
            if (input.DType.IsComplex()) x = input;
        return new($"{op}: is not defined for complex numbers, an argument is {x.DType.Word()} {x.Shape}. Apply it to Real, Imag, Abs() or Angle(), or to ViewAsReal(), which has both parts along a last axis.");
    }

    public static DTypeException ComplexGradient(string op, Tensor gradient, Tensor output) =>
        new($"{op}: the gradient is {gradient.DType.Word()}, the output {output.DType.Word()}. Give a real gradient for a real output.");

    public static AutogradException ComplexLoss(string op, Tensor output) =>
        new($"{op}: the output is {output.DType.Word()} {output.Shape}, and only a real number can be made smaller. Differentiate Real, Imag or Abs() of it, or give the gradient ∂L/∂a + i·∂L/∂b of the real L that it leads to.");

    public static DTypeException RefusesBool(string op, string remedy, Tensor x) =>
        new($"{op}: is not defined for truth values, an argument is bool {x.Shape}. {remedy}");
}
