namespace Nabla;

public static partial class Functional
{
    // ---- forward mode: Jacobian times vector --------------------------------------------------------------------------

    /// <summary>
    /// The value of a function and its derivative along a direction, in one forward sweep that keeps no graph:
    /// f(x) and J(x)·v.
    /// </summary>
    /// <param name="function">From one tensor to one tensor.</param>
    /// <param name="x">Where; floating point.</param>
    /// <param name="tangent">The direction, of x's shape and dtype.</param>
    /// <returns>The value, and the tangent of the same shape; zeros if the function does not depend on its argument.</returns>
    /// <exception cref="ShapeException">The direction has another shape than x.</exception>
    /// <exception cref="DTypeException">x is not floating point, or the direction has another dtype.</exception>
    public static (Tensor Value, Tensor Tangent) Jvp(Func<Tensor, Tensor> function, Tensor x, Tensor tangent)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Forward(xs => function(xs[0]), [x], [tangent]);
    }

    /// <summary>The value of a function of two tensors and its derivative along a direction.</summary>
    /// <inheritdoc cref="Jvp(Func{Tensor, Tensor}, Tensor, Tensor)"/>
    /// <param name="function">From two tensors to one.</param>
    /// <param name="x">The first argument.</param>
    /// <param name="y">The second argument.</param>
    /// <param name="tangentX">The direction of x.</param>
    /// <param name="tangentY">The direction of y.</param>
    public static (Tensor Value, Tensor Tangent) Jvp(Func<Tensor, Tensor, Tensor> function, Tensor x, Tensor y, Tensor tangentX, Tensor tangentY)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Forward(xs => function(xs[0], xs[1]), [x, y], [tangentX, tangentY]);
    }

    /// <summary>The value of a function of any number of tensors and its derivative along a direction.</summary>
    /// <inheritdoc cref="Jvp(Func{Tensor, Tensor}, Tensor, Tensor)"/>
    /// <param name="function">From a list of tensors to one.</param>
    /// <param name="inputs">The arguments.</param>
    /// <param name="tangents">A direction for each; null holds that argument fixed.</param>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public static (Tensor Value, Tensor Tangent) Jvp(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> tangents)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Forward(function, inputs, tangents);
    }

    private static (Tensor Value, Tensor Tangent) Forward(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> tangents)
    {
        (Tensor[] values, Tensor?[] results) = Differentiation.Push("Functional.Jvp", xs => [function(xs)], inputs, tangents);
        return (values[0], results[0] ?? Differentiation.ZerosLike(values[0]));
    }

    // ---- reverse mode: vector times Jacobian --------------------------------------------------------------------------

    /// <summary>
    /// The value of a function, and the linear map that pulls a gradient of the value back to one of the argument:
    /// f(x) and u ↦ uᵀ·J(x). The map can be called any number of times.
    /// </summary>
    /// <param name="function">From one tensor to one tensor.</param>
    /// <param name="x">Where; floating point.</param>
    /// <param name="createGraph">Whether the results can be differentiated again; by default where something around them wants that.</param>
    /// <exception cref="DTypeException">x is not floating point.</exception>
    public static (Tensor Value, Func<Tensor, Tensor> Pullback) Vjp(Func<Tensor, Tensor> function, Tensor x, bool? createGraph = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        (Tensor value, Func<Tensor, Tensor[]> pullback) = Vjp(xs => function(xs[0]), [x], createGraph);
        return (value, cotangent => pullback(cotangent)[0]);
    }

    /// <summary>The value of a function of any number of tensors, and the map that pulls a gradient back to each of them.</summary>
    /// <inheritdoc cref="Vjp(Func{Tensor, Tensor}, Tensor, bool?)"/>
    /// <param name="function">From a list of tensors to one.</param>
    /// <param name="inputs">The arguments.</param>
    /// <param name="createGraph">Whether the results can be differentiated again; by default where something around them wants that.</param>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public static (Tensor Value, Func<Tensor, Tensor[]> Pullback) Vjp(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, bool? createGraph = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        bool record = Differentiation.Records(createGraph, inputs);
        Tensor[] variables;
        Tensor value;
        using (Differentiation.Enter())
        {
            variables = Differentiation.Variables("Functional.Vjp", inputs, connected: record);
            value = function(variables);
        }
        return (Differentiation.Finish(value, record), Pullback);

        Tensor[] Pullback(Tensor cotangent)
        {
            if (cotangent.Shape != value.Shape) throw AutogradErrors.GradShape("Functional.Vjp", cotangent.Shape, value.Shape);
            bool again = record || Differentiation.Records(createGraph, [cotangent]);
            return Differentiation.Filled(Differentiation.Pull([value], variables, [cotangent], retainGraph: true, again, "Functional.Vjp"), variables);
        }
    }

    // ---- second order -------------------------------------------------------------------------------------------------

    /// <summary>The Hessian of a function times a vector, without the Hessian: the derivative of the gradient along the vector (forward over reverse).</summary>
    /// <param name="function">From one tensor to one element.</param>
    /// <param name="x">Where; floating point.</param>
    /// <param name="vector">Of x's shape and dtype.</param>
    /// <exception cref="ShapeException">The function returns more or less than one element, or the vector has another shape than x.</exception>
    public static Tensor Hvp(Func<Tensor, Tensor> function, Tensor x, Tensor vector) => Jvp(Grad(function), x, vector).Tangent;

    /// <summary>The Hessian of a function of any number of tensors times a vector.</summary>
    /// <inheritdoc cref="Hvp(Func{Tensor, Tensor}, Tensor, Tensor)"/>
    /// <param name="function">From a list of tensors to one element.</param>
    /// <param name="inputs">The arguments.</param>
    /// <param name="vectors">A vector for each.</param>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public static Tensor[] Hvp(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> vectors)
    {
        (Tensor[] gradients, Tensor?[] products) = Differentiation.Push("Functional.Hvp", xs => Grad(function, xs), inputs, vectors);
        return Differentiation.Filled(products, gradients);
    }
}
