namespace Nabla;

public static partial class Functional
{
    // ---- the derivative as a linear map ---------------------------------------------------------------------------------

    private const string LinearizeOp = "Functional.Linearize";

    /// <summary>
    /// The value of a function and its derivative at the point as a linear map of directions, v ↦ J(x)·v, which can be called any
    /// number of times without running the function again.
    /// </summary>
    /// <remarks>
    /// The map is the transpose of the pullback: u ↦ uᵀ·J(x) is linear, so its own derivative with respect to u, transposed, is J(x).
    /// The function and its backward pass run once, here; each call of the map is one pass through the graph of that backward
    /// pass. For a single direction <see cref="Jvp(Func{Tensor, Tensor}, Tensor, Tensor, bool)"/> is cheaper and keeps nothing. A
    /// <see cref="Function"/> on the way needs no forward-mode rule, but a backward in differentiable operations.
    /// </remarks>
    /// <param name="function">From one tensor to one tensor.</param>
    /// <param name="x">Where; floating point.</param>
    /// <param name="createGraph">Whether the results can be differentiated again; by default where something around them wants that.</param>
    /// <returns>The value; and the map, whose argument has x's shape and dtype, and whose result those of the value.</returns>
    /// <exception cref="DTypeException">x is not floating point, or a direction has another dtype.</exception>
    /// <exception cref="ShapeException">A direction has another shape than x.</exception>
    /// <exception cref="ArgumentException">A direction is null.</exception>
    /// <exception cref="AutogradException">The function returned null or changed its argument in place.</exception>
    public static (Tensor Value, Func<Tensor, Tensor> Jvp) Linearize(Func<Tensor, Tensor> function, Tensor x, bool? createGraph = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        (Tensor value, Func<IReadOnlyList<Tensor?>, Tensor> jvp) = Linearize(xs => function(xs[0]), [x], createGraph);
        return (value, tangent => jvp([tangent ?? throw TransformErrors.NullDirection(LinearizeOp, "tangent", 0)]));
    }

    /// <summary>The value of a function of two tensors and its derivative there as a linear map of directions, one for each.</summary>
    /// <inheritdoc cref="Linearize(Func{Tensor, Tensor}, Tensor, bool?)"/>
    /// <param name="function">From two tensors to one.</param>
    /// <param name="x">The first argument.</param>
    /// <param name="y">The second argument.</param>
    /// <param name="createGraph">Whether the results can be differentiated again; by default where something around them wants that.</param>
    public static (Tensor Value, Func<Tensor, Tensor, Tensor> Jvp) Linearize(Func<Tensor, Tensor, Tensor> function, Tensor x, Tensor y, bool? createGraph = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        (Tensor value, Func<IReadOnlyList<Tensor?>, Tensor> jvp) = Linearize(xs => function(xs[0], xs[1]), [x, y], createGraph);
        return (value, (tangentX, tangentY) => jvp(
        [
            tangentX ?? throw TransformErrors.NullDirection(LinearizeOp, "tangent", 0),
            tangentY ?? throw TransformErrors.NullDirection(LinearizeOp, "tangent", 1),
        ]));
    }

    /// <summary>The value of a function of any number of tensors and its derivative there as a linear map of directions.</summary>
    /// <inheritdoc cref="Linearize(Func{Tensor, Tensor}, Tensor, bool?)"/>
    /// <param name="function">From a list of tensors to one.</param>
    /// <param name="inputs">The arguments.</param>
    /// <param name="createGraph">Whether the results can be differentiated again; by default where something around them wants that.</param>
    /// <returns>The value; and the map, of a direction for each argument, null where it is held fixed.</returns>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public static (Tensor Value, Func<IReadOnlyList<Tensor?>, Tensor> Jvp) Linearize(
        Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs, bool? createGraph = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        (Tensor[] values, Func<IReadOnlyList<Tensor?>, Tensor[]> jvp) = LinearMapOf(LinearizeOp, xs => [function(xs)], inputs, createGraph);
        return (values[0], tangents => jvp(tangents)[0]);
    }

    private static (Tensor[] Values, Func<IReadOnlyList<Tensor?>, Tensor[]> Jvp) LinearMapOf(
        string op, Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, IReadOnlyList<Tensor> inputs, bool? createGraph)
    {
        bool record = Differentiation.Records(createGraph, inputs);
        Tensor[] variables, values;
        Tensor?[] cotangents, pulled;
        using (Differentiation.Enter())
        {
            variables = Differentiation.Variables(op, inputs, connected: record);
            values = Differentiation.CallMany(op, function, variables, StructureTensors.PlacesOf(inputs));

            // Where the pullback is evaluated does not matter, since it is linear. Not 0, where some rules take a short cut.
            cotangents = Array.ConvertAll(values, value => value.RequiresGrad ? Tensor.Ones(value.Shape, value.DType).RequireGrad() : null);
            pulled = Differentiation.Pull(values, variables, cotangents, retainGraph: true, record: true, op);
        }
        Tensor[] results = Array.ConvertAll(values, value => Differentiation.Finish(value, record));
        IReadOnlyList<Tensor> named = Differentiation.Named(inputs, variables);
        return (results, Push);

        Tensor[] Push(IReadOnlyList<Tensor?> tangents)
        {
            ArgumentNullException.ThrowIfNull(tangents);
            Differentiation.CheckDirections(op, "tangent", named, tangents);
            var rows = new List<Tensor>();
            var directions = new List<Tensor>();
            for (int i = 0; i < variables.Length; i++)
            {
                if (tangents[i] is not { } tangent) continue;
                if (pulled[i] is not { } row) continue;
                rows.Add(row);
                directions.Add(tangent);
            }
            Tensor[] wanted = [.. cotangents.OfType<Tensor>()];
            Tensor?[] pushed = wanted.Length == 0 ? []
                : Differentiation.Pull(rows, wanted, directions, retainGraph: true, record || Differentiation.Records(createGraph, directions), op);
            var all = new Tensor[results.Length];
            for (int k = 0, at = 0; k < all.Length; k++)
                all[k] = (cotangents[k] is null ? null : pushed[at++]) ?? Differentiation.ZerosLike(results[k]);
            return all;
        }
    }

    /// <summary>
    /// The same numbers as a constant of all derivatives: of reverse mode, and of forward mode at every level. The word of JAX for
    /// <see cref="Tensor.Detach"/>, which is the same; inside <c>Vmap</c> the items stay apart.
    /// </summary>
    /// <param name="x">Any tensor.</param>
    /// <returns>A tensor that shares x's memory.</returns>
    public static Tensor StopGradient(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Detach();
    }
}
