using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>The transforms over structures: tuples, arrays, lists, dictionaries and users' records of tensors; see <see cref="TensorStructure"/>.</summary>
public static partial class Functional
{
    // Below the overloads of tensors and lists, so that these are taken wherever they fit.
    private const int AfterTensors = -1;

    /// <summary>The gradient of a function of a structure as a function.</summary>
    /// <typeparam name="T">A tuple, array, list, dictionary or record of tensors and of such structures.</typeparam>
    /// <param name="function">From a structure to one element.</param>
    [OverloadResolutionPriority(AfterTensors)]
    public static Func<T, T> Grad<T>(Func<T, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return at => Grad(function, at, null, false);
    }

    /// <summary>The gradient of a function of a structure: a structure of the same form, its constants taken over.</summary>
    /// <typeparam name="T">A tuple, array, list, dictionary or record of tensors and of such structures.</typeparam>
    /// <param name="function">From a structure to one element.</param>
    /// <param name="at">Where; its tensors are floating point.</param>
    /// <param name="createGraph">Whether the gradient can be differentiated again; by default where something around it wants that.</param>
    /// <param name="strict">Throw if the function does not depend on one of the tensors, instead of returning zeros for it.</param>
    /// <exception cref="ArgumentException">The structure holds no tensors, a null, or a member whose type is no structure; the text says which.</exception>
    /// <exception cref="ShapeException">The function returns more or less than one element.</exception>
    /// <exception cref="DTypeException">A tensor is not floating point.</exception>
    [OverloadResolutionPriority(AfterTensors)]
    public static T Grad<T>(Func<T, Tensor> function, T at, bool? createGraph = null, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        const string op = "Functional.Grad";
        return TensorStructure.Rebuild(at, Gradients(op, Rebuilding(function, at), TensorStructure.Named(op, at), createGraph, strict).Gradients);
    }

    /// <summary>The value of a function of a structure and its gradient.</summary>
    /// <inheritdoc cref="Grad{T}(Func{T, Tensor}, T, bool?, bool)"/>
    [OverloadResolutionPriority(AfterTensors)]
    public static (Tensor Value, T Gradient) ValueAndGrad<T>(Func<T, Tensor> function, T at, bool? createGraph = null, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        const string op = "Functional.ValueAndGrad";
        (Tensor value, Tensor[] gradients) = Gradients(op, Rebuilding(function, at), TensorStructure.Named(op, at), createGraph, strict);
        return (value, TensorStructure.Rebuild(at, gradients));
    }

    /// <summary>The value of a function between structures and its derivative along a direction.</summary>
    /// <typeparam name="T">The argument: a tuple, array, list, dictionary or record of tensors and of such structures.</typeparam>
    /// <typeparam name="TResult">The result: a tensor, or a structure of nothing but tensors.</typeparam>
    /// <param name="function">From one structure to another.</param>
    /// <param name="at">Where.</param>
    /// <param name="tangent">The direction: a structure of the same form.</param>
    /// <param name="strict">Throw if a result does not depend on the argument, instead of returning zeros for it.</param>
    /// <exception cref="ArgumentException">The structure holds no tensors, a null, or a member whose type is no structure; or the direction has another form.</exception>
    /// <exception cref="AutogradException">The function returned something that is not a tensor.</exception>
    [OverloadResolutionPriority(AfterTensors)]
    public static (TResult Value, TResult Tangent) Jvp<T, TResult>(Func<T, TResult> function, T at, T tangent, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        const string op = "Functional.Jvp";
        var structured = new StructuredFunction<T, TResult>(op, function, at);
        (Tensor[] values, Tensor?[] tangents) = Differentiation.Push(op, structured.OfList, structured.Inputs, structured.Directions(tangent));
        return (structured.Result(values), structured.Result(Differentiation.FilledTangents(op, tangents, values, strict)));
    }

    /// <summary>The value of a function between structures, and the map that pulls a gradient of it back.</summary>
    /// <inheritdoc cref="Jvp{T, TResult}(Func{T, TResult}, T, T, bool)"/>
    /// <param name="function">From one structure to another.</param>
    /// <param name="at">Where; its tensors are floating point.</param>
    /// <param name="createGraph">Whether the results can be differentiated again; by default where something around them wants that.</param>
    /// <param name="strict">Whether the map throws if the function does not depend on one of the tensors, instead of returning zeros for it.</param>
    [OverloadResolutionPriority(AfterTensors)]
    public static (TResult Value, Func<TResult, T> Pullback) Vjp<T, TResult>(Func<T, TResult> function, T at, bool? createGraph = null, bool strict = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        const string op = "Functional.Vjp";
        var structured = new StructuredFunction<T, TResult>(op, function, at);
        (Tensor[] values, Func<IReadOnlyList<Tensor>, Tensor[]> pullback) = PullbackOf(op, structured.OfList, structured.Inputs, createGraph, strict);
        TResult value = structured.Result(values);
        return (value, cotangent => TensorStructure.Rebuild(at, pullback(TensorStructure.Flatten(op, cotangent, value, isResult: false))));
    }

    /// <summary>The value of a function between structures and its derivative there as a linear map of directions.</summary>
    /// <inheritdoc cref="Vjp{T, TResult}(Func{T, TResult}, T, bool?, bool)"/>
    /// <remarks>See <see cref="Linearize(Func{Tensor, Tensor}, Tensor, bool?)"/> for what it costs.</remarks>
    [OverloadResolutionPriority(AfterTensors)]
    public static (TResult Value, Func<T, TResult> Jvp) Linearize<T, TResult>(Func<T, TResult> function, T at, bool? createGraph = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        const string op = "Functional.Linearize";
        var structured = new StructuredFunction<T, TResult>(op, function, at);
        (Tensor[] values, Func<IReadOnlyList<Tensor?>, Tensor[]> jvp) = LinearMapOf(op, structured.OfList, structured.Inputs, createGraph);
        return (structured.Result(values), tangent => structured.Result(jvp(TensorStructure.Flatten(op, tangent, at, isResult: false))));
    }

    /// <summary>All partial derivatives of a function of a structure: a structure of the same form that holds a Jacobian for each tensor.</summary>
    /// <inheritdoc cref="Jacobian(Func{Tensor, Tensor}, Tensor, JacobianMode, bool, bool?)"/>
    /// <typeparam name="T">A tuple, array, list, dictionary or record of tensors and of such structures.</typeparam>
    /// <param name="function">From a structure to one tensor.</param>
    /// <param name="at">Where; its tensors are floating point.</param>
    /// <param name="mode">Row by row or column by column; by default what takes fewer passes.</param>
    /// <param name="strict">Throw if the function does not depend on one of the tensors, instead of returning zeros for it.</param>
    /// <param name="createGraph">Whether the result can be differentiated again; by default where something around it wants that.</param>
    /// <returns>In the place of each tensor: the shape of the result followed by that of the tensor.</returns>
    [OverloadResolutionPriority(AfterTensors)]
    public static T Jacobian<T>(Func<T, Tensor> function, T at, JacobianMode mode = JacobianMode.Auto, bool strict = false, bool? createGraph = null) =>
        Jacobian<T, Tensor>(function, at, mode, strict, createGraph)[0];

    /// <summary>All partial derivatives of a function between structures.</summary>
    /// <inheritdoc cref="Jacobian{T}(Func{T, Tensor}, T, JacobianMode, bool, bool?)"/>
    /// <typeparam name="T">The argument: a tuple, array, list, dictionary or record of tensors and of such structures.</typeparam>
    /// <typeparam name="TResult">The result: a tensor, or a structure of nothing but tensors.</typeparam>
    /// <param name="function">From one structure to another.</param>
    /// <param name="at">Where; its tensors are floating point.</param>
    /// <param name="mode">Row by row or column by column; by default what takes fewer passes.</param>
    /// <param name="strict">Throw if a result does not depend on one of the tensors, instead of returning zeros for it.</param>
    /// <param name="createGraph">Whether the results can be differentiated again; by default where something around them wants that.</param>
    /// <returns>For each tensor of the result, in the order of <see cref="TensorStructure.Flatten{T}(T)"/>, a structure of the argument's form that holds its Jacobians.</returns>
    [OverloadResolutionPriority(AfterTensors)]
    public static T[] Jacobian<T, TResult>(Func<T, TResult> function, T at, JacobianMode mode = JacobianMode.Auto, bool strict = false, bool? createGraph = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        const string op = "Functional.Jacobian";
        var structured = new StructuredFunction<T, TResult>(op, function, at);
        return Array.ConvertAll(Jacobians(op, structured.OfList, structured.Inputs, mode, strict, createGraph), row => TensorStructure.Rebuild(at, row));
    }

    /// <summary>All second partial derivatives of a function of a structure.</summary>
    /// <inheritdoc cref="Hessian(Func{Tensor, Tensor}, Tensor, bool?, JacobianMode)"/>
    /// <typeparam name="T">A tuple, array, list, dictionary or record of tensors and of such structures.</typeparam>
    /// <param name="function">From a structure to one element.</param>
    /// <param name="at">Where; its tensors are floating point.</param>
    /// <param name="createGraph">Whether the results can be differentiated again; by default where something around them wants that.</param>
    /// <param name="mode">How the gradients are differentiated; by default in forward mode where every operation has a rule for it.</param>
    /// <returns>
    /// For each tensor of the argument, in the order of <see cref="TensorStructure.Flatten{T}(T)"/>, a structure of the argument's form: the block
    /// of tensors i and j has the shape of tensor i followed by that of tensor j.
    /// </returns>
    [OverloadResolutionPriority(AfterTensors)]
    public static T[] Hessian<T>(Func<T, Tensor> function, T at, bool? createGraph = null, JacobianMode mode = JacobianMode.Auto)
    {
        ArgumentNullException.ThrowIfNull(function);
        const string op = "Functional.Hessian";
        Tensor[][] blocks = Hessian(Rebuilding(function, at), TensorStructure.Named(op, at), createGraph, mode);
        return Array.ConvertAll(blocks, row => TensorStructure.Rebuild(at, row));
    }

    /// <summary>The Hessian of a function of a structure times a vector of the same form.</summary>
    /// <inheritdoc cref="Grad{T}(Func{T, Tensor}, T, bool?, bool)"/>
    /// <param name="function">From a structure to one element.</param>
    /// <param name="at">Where; its tensors are floating point.</param>
    /// <param name="vector">A structure of the same form.</param>
    [OverloadResolutionPriority(AfterTensors)]
    public static T Hvp<T>(Func<T, Tensor> function, T at, T vector)
    {
        ArgumentNullException.ThrowIfNull(function);
        const string op = "Functional.Hvp";
        return TensorStructure.Rebuild(at, Hvp(Rebuilding(function, at), TensorStructure.Named(op, at), TensorStructure.Flatten(op, vector, at, isResult: false)));
    }

    /// <summary>The results of a function between structures for many items, without a loop.</summary>
    /// <inheritdoc cref="Vmap(Func{IReadOnlyList{Tensor}, IReadOnlyList{Tensor}}, IReadOnlyList{Tensor}, BatchAxes, BatchAxes, VmapRandomness)"/>
    /// <typeparam name="T">A tuple, array, list, dictionary or record of tensors and of such structures.</typeparam>
    /// <typeparam name="TResult">The result: a tensor, or a structure of nothing but tensors.</typeparam>
    /// <param name="function">From the structure of one item to that of its result.</param>
    /// <param name="items">The structure of all items.</param>
    /// <param name="inAxes">The axis along which the items lie: one for all tensors, or one for each in their order, null where it is the same for all items.</param>
    /// <param name="outAxes">
    /// The axis along which the items are to lie: one for all tensors of the result, or one for each in their order, null where it is the same
    /// for all items and is wanted once.
    /// </param>
    /// <param name="randomness">What random numbers drawn inside the function are.</param>
    [OverloadResolutionPriority(AfterTensors)]
    public static TResult Vmap<T, TResult>(
        Func<T, TResult> function, T items, BatchAxes inAxes = default, BatchAxes outAxes = default, VmapRandomness randomness = VmapRandomness.Error)
    {
        ArgumentNullException.ThrowIfNull(function);
        var structured = new StructuredFunction<T, TResult>("Functional.Vmap", function, items);
        return structured.Result(Vmap(structured.OfList, structured.Inputs, inAxes, outAxes, randomness));
    }

    /// <summary>The value of a function between structures, of which backward keeps only the argument.</summary>
    /// <inheritdoc cref="Checkpoint(Func{Tensor, Tensor}, Tensor)"/>
    /// <typeparam name="T">A tuple, array, list, dictionary or record of tensors and of such structures.</typeparam>
    /// <typeparam name="TResult">The result: a tensor, or a structure of nothing but tensors.</typeparam>
    /// <param name="function">From one structure to another.</param>
    /// <param name="at">The argument.</param>
    [OverloadResolutionPriority(AfterTensors)]
    public static TResult Checkpoint<T, TResult>(Func<T, TResult> function, T at)
    {
        ArgumentNullException.ThrowIfNull(function);
        var structured = new StructuredFunction<T, TResult>("Functional.Checkpoint", function, at);
        return structured.Result(Checkpoint(structured.OfList, structured.Inputs));
    }

    /// <summary>The same numbers as constants of all derivatives, in a structure of the same form.</summary>
    /// <typeparam name="T">A tuple, array, list, dictionary or record of tensors and of such structures.</typeparam>
    /// <param name="structure">Whose tensors are taken; the others share their memory.</param>
    /// <exception cref="ArgumentException">The structure holds no tensors, a null, or a member whose type is no structure; the text says which.</exception>
    [OverloadResolutionPriority(AfterTensors)]
    public static T StopGradient<T>(T structure) => TensorStructure.Rebuild(structure, [.. TensorStructure.Named("Functional.StopGradient", structure).Select(x => x.Detach())]);

    private static Func<IReadOnlyList<Tensor>, Tensor> Rebuilding<T>(Func<T, Tensor> function, T at) => xs => function(TensorStructure.Rebuild(at, xs));

    /// <summary>A function between structures as one between lists of tensors.</summary>
    private sealed class StructuredFunction<T, TResult>(string op, Func<T, TResult> function, T at)
    {
        private TResult? form;

        public StructureTensors Inputs { get; } = TensorStructure.Named(op, at);

        public Tensor[] OfList(IReadOnlyList<Tensor> inputs)
        {
            TResult result = function(TensorStructure.Rebuild(at, inputs)) ?? throw TransformErrors.ReturnedNull(op);
            form = result;
            return TensorStructure.Flatten(op, result, result, isResult: true);
        }

        public Tensor?[] Directions(T tangent)
        {
            Tensor[] all = TensorStructure.Flatten(op, tangent, at, isResult: false);
            return [.. all.Select((direction, i) => Inputs[i].DType.IsFloatingPoint() ? direction : null)];
        }

        /// <summary>Tensors in the form of the function's result.</summary>
        public TResult Result(IReadOnlyList<Tensor> tensors) => TensorStructure.Rebuild(form!, tensors);
    }
}
