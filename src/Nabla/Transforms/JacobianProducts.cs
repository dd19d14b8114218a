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
    /// <param name="strict">Throw if the result does not depend on the arguments at all, instead of returning zeros.</param>
    /// <returns>The value, and the tangent of the same shape; zeros if the function does not depend on its argument.</returns>
    /// <exception cref="ArgumentException">The direction is null.</exception>
    /// <exception cref="ShapeException">The direction has another shape than x.</exception>
    /// <exception cref="DTypeException">x is not floating point, or the direction has another dtype.</exception>
    public static (Tensor Value, Tensor Tangent) Jvp(Func<Tensor, Tensor> function, Tensor x, Tensor tangent, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Forward(xs => function(xs[0]), [x], [tangent], strict, all: true);
    }

    /// <summary>The value of a function of two tensors and its derivative along a direction.</summary>
    /// <inheritdoc cref="Jvp(Func{Tensor, Tensor}, Tensor, Tensor, bool)"/>
    /// <param name="function">From two tensors to one.</param>
    /// <param name="x">The first argument.</param>
    /// <param name="y">The second argument.</param>
    /// <param name="tangentX">The direction of x.</param>
    /// <param name="tangentY">The direction of y.</param>
    /// <param name="strict">Throw if the result does not depend on the arguments at all, instead of returning zeros.</param>
    public static (Tensor Value, Tensor Tangent) Jvp(Func<Tensor, Tensor, Tensor> function, Tensor x, Tensor y, Tensor tangentX, Tensor tangentY, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Forward(xs => function(xs[0], xs[1]), [x, y], [tangentX, tangentY], strict, all: true);
    }

    /// <summary>The value of a function of any number of tensors and its derivative along a direction.</summary>
    /// <inheritdoc cref="Jvp(Func{Tensor, Tensor}, Tensor, Tensor, bool)"/>
    /// <param name="function">From a list of tensors to one.</param>
    /// <param name="inputs">The arguments.</param>
    /// <param name="tangents">A direction for each; null holds that argument fixed.</param>
    /// <param name="strict">Throw if the result does not depend on the arguments at all, instead of returning zeros.</param>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public static (Tensor Value, Tensor Tangent) Jvp(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> tangents, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(tangents);
        return Forward(function, inputs, tangents, strict, all: false);
    }

    private static (Tensor Value, Tensor Tangent) Forward(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor?> tangents, bool strict, bool all)
    {
        const string op = "Functional.Jvp";
        if (all) Differentiation.CheckDirections(op, "tangent", inputs, tangents, all);
        (Tensor[] values, Tensor?[] results) = Differentiation.Push(op, xs => [function(xs)], inputs, tangents);
        return (values[0], Differentiation.FilledTangents(op, results, values, strict)[0]);
    }

    // ---- reverse mode: vector times Jacobian --------------------------------------------------------------------------

    /// <summary>
    /// The value of a function, and the linear map that pulls a gradient of the value back to one of the argument:
    /// f(x) and u ↦ uᵀ·J(x). The map can be called any number of times.
    /// </summary>
    /// <param name="function">From one tensor to one tensor.</param>
    /// <param name="x">Where; floating point.</param>
    /// <param name="createGraph">Whether the results can be differentiated again; by default where something around them wants that.</param>
    /// <param name="strict">Whether the map throws if the function does not depend on an argument at all, instead of returning zeros.</param>
    /// <exception cref="DTypeException">x is not floating point; or, of the map, the gradient has another dtype than the value.</exception>
    public static (Tensor Value, Func<Tensor, Tensor> Pullback) Vjp(Func<Tensor, Tensor> function, Tensor x, bool? createGraph = null, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        (Tensor value, Func<Tensor, Tensor[]> pullback) = Vjp(xs => function(xs[0]), [x], createGraph, strict);
        return (value, cotangent => pullback(cotangent)[0]);
    }

    /// <summary>The value of a function of two tensors, and the map that pulls a gradient back to both.</summary>
    /// <inheritdoc cref="Vjp(Func{Tensor, Tensor}, Tensor, bool?, bool)"/>
    /// <param name="function">From two tensors to one.</param>
    /// <param name="x">The first argument.</param>
    /// <param name="y">The second argument.</param>
    /// <param name="createGraph">Whether the results can be differentiated again; by default where something around them wants that.</param>
    /// <param name="strict">Whether the map throws if the function does not depend on an argument at all, instead of returning zeros.</param>
    public static (Tensor Value, Func<Tensor, (Tensor X, Tensor Y)> Pullback) Vjp(
        Func<Tensor, Tensor, Tensor> function, Tensor x, Tensor y, bool? createGraph = null, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        (Tensor value, Func<Tensor, Tensor[]> pullback) = Vjp(xs => function(xs[0], xs[1]), [x, y], createGraph, strict);
        return (value, Pullback);

        (Tensor X, Tensor Y) Pullback(Tensor cotangent)
        {
            Tensor[] gradients = pullback(cotangent);
            return (gradients[0], gradients[1]);
        }
    }

    /// <summary>The value of a function of any number of tensors, and the map that pulls a gradient back to each of them.</summary>
    /// <inheritdoc cref="Vjp(Func{Tensor, Tensor}, Tensor, bool?, bool)"/>
    /// <param name="function">From a list of tensors to one.</param>
    /// <param name="inputs">The arguments.</param>
    /// <param name="createGraph">Whether the results can be differentiated again; by default where something around them wants that.</param>
    /// <param name="strict">Whether the map throws if the function does not depend on an argument at all, instead of returning zeros.</param>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public static (Tensor Value, Func<Tensor, Tensor[]> Pullback) Vjp(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, bool? createGraph = null, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        (Tensor[] values, Func<IReadOnlyList<Tensor>, Tensor[]> pullback) = PullbackOf("Functional.Vjp", xs => [function(xs)], inputs, createGraph, strict);
        return (values[0], cotangent => pullback([cotangent]));
    }

    private static (Tensor[] Values, Func<IReadOnlyList<Tensor>, Tensor[]> Pullback) PullbackOf(
        string op, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, IReadOnlyList<Tensor> inputs, bool? createGraph, bool strict)
    {
        bool record = Differentiation.Records(createGraph, inputs);
        Tensor[] variables, values;
        using (Differentiation.Enter())
        {
            variables = Differentiation.Variables(op, inputs, connected: record);
            values = Differentiation.CallMany(op, function, variables, StructureTensors.PlacesOf(inputs));
        }
        IReadOnlyList<Tensor> named = Differentiation.Named(inputs, variables);
        return (Array.ConvertAll(values, value => Differentiation.Finish(value, record)), Pullback);

        Tensor[] Pullback(IReadOnlyList<Tensor> cotangents)
        {
            for (int k = 0; k < values.Length; k++)
            {
                if (cotangents[k] is null) throw TransformErrors.NullCotangent(op);
                if (cotangents[k].Shape != values[k].Shape) throw AutogradErrors.GradShape(op, cotangents[k].Shape, values[k].Shape);
                if (cotangents[k].DType != values[k].DType && values[k].DType.HasDerivatives()) throw AutogradErrors.GradDType(op, cotangents[k].DType, values[k].DType);
            }
            bool again = record || Differentiation.Records(createGraph, cotangents);
            return Differentiation.Filled(Differentiation.Pull(values, variables, cotangents, retainGraph: true, again, op), named, strict ? op : null);
        }
    }

    // ---- second order -------------------------------------------------------------------------------------------------

    /// <summary>The Hessian of a function times a vector, without the Hessian: the derivative of the gradient along the vector (forward over reverse).</summary>
    /// <param name="function">From one tensor to one element.</param>
    /// <param name="x">Where; floating point.</param>
    /// <param name="vector">Of x's shape and dtype.</param>
    /// <exception cref="ArgumentException">The vector is null.</exception>
    /// <exception cref="ShapeException">The function returns more or less than one element, or the vector has another shape than x.</exception>
    /// <exception cref="DTypeException">x is not floating point, or the vector has another dtype.</exception>
    public static Tensor Hvp(Func<Tensor, Tensor> function, Tensor x, Tensor vector)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Hvp(xs => function(xs[0]), [x], [vector])[0];
    }

    /// <summary>The Hessian of a function of two tensors times a vector: its parts that belong to x and to y.</summary>
    /// <inheritdoc cref="Hvp(Func{Tensor, Tensor}, Tensor, Tensor)"/>
    /// <param name="function">From two tensors to one element.</param>
    /// <param name="x">The first argument.</param>
    /// <param name="y">The second argument.</param>
    /// <param name="vectorX">The part of the vector that belongs to x.</param>
    /// <param name="vectorY">The part of the vector that belongs to y.</param>
    public static (Tensor X, Tensor Y) Hvp(Func<Tensor, Tensor, Tensor> function, Tensor x, Tensor y, Tensor vectorX, Tensor vectorY)
    {
        ArgumentNullException.ThrowIfNull(function);
        Tensor[] products = Hvp(xs => function(xs[0], xs[1]), [x, y], [vectorX, vectorY]);
        return (products[0], products[1]);
    }

    /// <summary>The Hessian of a function of any number of tensors times a vector.</summary>
    /// <inheritdoc cref="Hvp(Func{Tensor, Tensor}, Tensor, Tensor)"/>
    /// <param name="function">From a list of tensors to one element.</param>
    /// <param name="inputs">The arguments.</param>
    /// <param name="vectors">A vector for each; zeros hold an argument fixed.</param>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public static Tensor[] Hvp(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> vectors)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(vectors);
        const string op = "Functional.Hvp";
        Differentiation.CheckDirections(op, "vector", inputs, vectors, all: true);
        (Tensor[] gradients, Tensor?[] products) = Differentiation.Push(op, xs => Gradients(op, function, StructureTensors.InPlaceOf(inputs, xs), createGraph: null, strict: false).Gradients, inputs, vectors);
        return Differentiation.Filled(products, gradients);
    }
}
