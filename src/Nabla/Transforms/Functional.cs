namespace Nabla;

/// <summary>
/// Derivatives of functions as functions, in the words of JAX and <c>torch.func</c>. The function is an ordinary C# function
/// of tensors; it is differentiated with respect to its arguments, whatever it captures stays constant, and
/// <see cref="Tensor.Grad"/> is neither read nor written.
/// </summary>
/// <remarks>
/// All transforms nest, in any order, to any depth. A derivative is itself recorded when it is computed inside another
/// transform, or when an input requires a gradient; <c>createGraph</c> overrides that.
/// </remarks>
public static partial class Functional
{
    // ---- gradients ----------------------------------------------------------------------------------------------------

    /// <summary>The gradient of a function as a function: <c>Functional.Grad(Functional.Grad(f))</c> is the second derivative of a scalar function.</summary>
    /// <param name="function">From one tensor to one element.</param>
    public static Func<Tensor, Tensor> Grad(Func<Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return x => Grad(function, x);
    }

    /// <summary>The gradient of a function at a point, of the point's shape and dtype; zeros if the function does not depend on it.</summary>
    /// <param name="function">From one tensor to one element.</param>
    /// <param name="x">Where; floating point.</param>
    /// <param name="createGraph">Whether the gradient can be differentiated again; by default where something around it wants that.</param>
    /// <param name="strict">Throw if the function does not depend on an argument at all, instead of returning zeros for it.</param>
    /// <exception cref="ShapeException">The function returns more or less than one element.</exception>
    /// <exception cref="DTypeException"><paramref name="x"/> is not floating point.</exception>
    /// <exception cref="AutogradException">The function returned null, or changed its argument in place; or <paramref name="strict"/>, and it does not depend on x.</exception>
    public static Tensor Grad(Func<Tensor, Tensor> function, Tensor x, bool? createGraph = null, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Gradients("Functional.Grad", xs => function(xs[0]), [x], createGraph, strict).Gradients[0];
    }

    /// <summary>The gradients of a function of two tensors.</summary>
    /// <inheritdoc cref="Grad(Func{Tensor, Tensor}, Tensor, bool?, bool)"/>
    /// <param name="function">From two tensors to one element.</param>
    /// <param name="x">The first argument.</param>
    /// <param name="y">The second argument.</param>
    /// <param name="createGraph">Whether the gradients can be differentiated again; by default where something around them wants that.</param>
    /// <param name="strict">Throw if the function does not depend on an argument at all, instead of returning zeros for it.</param>
    public static (Tensor X, Tensor Y) Grad(Func<Tensor, Tensor, Tensor> function, Tensor x, Tensor y, bool? createGraph = null, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        Tensor[] gradients = Gradients("Functional.Grad", xs => function(xs[0], xs[1]), [x, y], createGraph, strict).Gradients;
        return (gradients[0], gradients[1]);
    }

    /// <summary>The gradients of a function of any number of tensors.</summary>
    /// <inheritdoc cref="Grad(Func{Tensor, Tensor}, Tensor, bool?, bool)"/>
    /// <param name="function">From a list of tensors to one element.</param>
    /// <param name="inputs">The arguments.</param>
    /// <param name="createGraph">Whether the gradients can be differentiated again; by default where something around them wants that.</param>
    /// <param name="strict">Throw if the function does not depend on an argument at all, instead of returning zeros for it.</param>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)] // [a, b] means two inputs, not a stacked tensor
    public static Tensor[] Grad(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, bool? createGraph = null, bool strict = false) =>
        Gradients("Functional.Grad", function, inputs, createGraph, strict).Gradients;

    // ---- values and gradients -----------------------------------------------------------------------------------------

    /// <summary>The value of a function and its gradient, for the price of the gradient.</summary>
    /// <inheritdoc cref="Grad(Func{Tensor, Tensor}, Tensor, bool?, bool)"/>
    public static (Tensor Value, Tensor Gradient) ValueAndGrad(Func<Tensor, Tensor> function, Tensor x, bool? createGraph = null, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        (Tensor value, Tensor[] gradients) = Gradients("Functional.ValueAndGrad", xs => function(xs[0]), [x], createGraph, strict);
        return (value, gradients[0]);
    }

    /// <summary>The value of a function of two tensors and its gradients.</summary>
    /// <inheritdoc cref="Grad(Func{Tensor, Tensor, Tensor}, Tensor, Tensor, bool?, bool)"/>
    public static (Tensor Value, Tensor X, Tensor Y) ValueAndGrad(Func<Tensor, Tensor, Tensor> function, Tensor x, Tensor y, bool? createGraph = null, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        (Tensor value, Tensor[] gradients) = Gradients("Functional.ValueAndGrad", xs => function(xs[0], xs[1]), [x, y], createGraph, strict);
        return (value, gradients[0], gradients[1]);
    }

    /// <summary>The value of a function of any number of tensors and its gradients.</summary>
    /// <inheritdoc cref="Grad(Func{IReadOnlyList{Tensor}, Tensor}, IReadOnlyList{Tensor}, bool?, bool)"/>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public static (Tensor Value, Tensor[] Gradients) ValueAndGrad(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, bool? createGraph = null, bool strict = false) =>
        Gradients("Functional.ValueAndGrad", function, inputs, createGraph, strict);

    private static (Tensor Value, Tensor[] Gradients) Gradients(string op, Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, bool? createGraph, bool strict)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        bool record = Differentiation.Records(createGraph, inputs);
        using IDisposable scope = Differentiation.Enter();
        Tensor[] variables = Differentiation.Variables(op, inputs, connected: record);
        Tensor value = Differentiation.Call(op, function, variables, StructureTensors.PlacesOf(inputs));
        if (value.Numel != 1) throw TransformErrors.NotOneElement(op, value.Shape);
        Tensor?[] gradients = Differentiation.Pull([value], variables, null, retainGraph: false, record, op);
        return (Differentiation.Finish(value, record), Differentiation.Filled(gradients, inputs, strict ? op : null));
    }
}
