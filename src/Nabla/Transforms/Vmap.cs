namespace Nabla;

public static partial class Functional
{
    // ---- batching -----------------------------------------------------------------------------------------------------

    /// <summary>
    /// A function of one item as a function of many: every operation runs once, on all items, by the batching rule of its
    /// kind. Nests with itself and with all other transforms; <c>Vmap(Grad(f))</c> gives the gradient of each example.
    /// </summary>
    /// <param name="function">From one item to one tensor.</param>
    /// <param name="inAxis">The axis of the argument along which the items lie; negative counts from the back.</param>
    /// <param name="outAxis">The axis of the result along which the items are to lie.</param>
    /// <param name="randomness">What random numbers drawn inside the function are.</param>
    public static Func<Tensor, Tensor> Vmap(Func<Tensor, Tensor> function, int inAxis = 0, int outAxis = 0, VmapRandomness randomness = VmapRandomness.Error)
    {
        ArgumentNullException.ThrowIfNull(function);
        return x => Vmap(function, x, inAxis, outAxis, randomness);
    }

    /// <summary>A function of two items as a function of many.</summary>
    /// <inheritdoc cref="Vmap(Func{Tensor, Tensor}, int, int, VmapRandomness)"/>
    /// <param name="function">From two tensors to one.</param>
    /// <param name="inAxes">The axis of each argument along which the items lie; null where it is the same for all: <c>(0, null)</c>.</param>
    /// <param name="outAxis">The axis of the result along which the items are to lie.</param>
    /// <param name="randomness">What random numbers drawn inside the function are.</param>
    public static Func<Tensor, Tensor, Tensor> Vmap(
        Func<Tensor, Tensor, Tensor> function, BatchAxes inAxes = default, int outAxis = 0, VmapRandomness randomness = VmapRandomness.Error)
    {
        ArgumentNullException.ThrowIfNull(function);
        return (x, y) => Vmap(function, x, y, inAxes, outAxis, randomness);
    }

    /// <summary>The results of a function for many items, without a loop.</summary>
    /// <inheritdoc cref="Vmap(Func{Tensor, Tensor}, int, int, VmapRandomness)"/>
    /// <param name="function">From one item to one tensor.</param>
    /// <param name="x">The items.</param>
    /// <param name="inAxis">The axis of x along which the items lie; negative counts from the back.</param>
    /// <param name="outAxis">The axis of the result along which the items are to lie.</param>
    /// <param name="randomness">What random numbers drawn inside the function are.</param>
    /// <exception cref="ArgumentException">x is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">x or the result has no such axis.</exception>
    /// <exception cref="AutogradException">The function asks for the value of a tensor that stands for many, or for random numbers while <paramref name="randomness"/> says nothing about them.</exception>
    public static Tensor Vmap(Func<Tensor, Tensor> function, Tensor x, int inAxis = 0, int outAxis = 0, VmapRandomness randomness = VmapRandomness.Error)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Batched(xs => [function(xs[0])], [x], inAxis, outAxis, randomness, nameof(inAxis), nameof(outAxis))[0];
    }

    /// <summary>The results of a function of two items for many.</summary>
    /// <inheritdoc cref="Vmap(Func{Tensor, Tensor}, Tensor, int, int, VmapRandomness)"/>
    /// <param name="function">From two tensors to one.</param>
    /// <param name="x">The first argument.</param>
    /// <param name="y">The second argument.</param>
    /// <param name="inAxes">The axis of each argument along which the items lie; null where it is the same for all: <c>(0, null)</c>.</param>
    /// <param name="outAxis">The axis of the result along which the items are to lie.</param>
    /// <param name="randomness">What random numbers drawn inside the function are.</param>
    /// <exception cref="ShapeException">The arguments have different numbers of items.</exception>
    public static Tensor Vmap(
        Func<Tensor, Tensor, Tensor> function, Tensor x, Tensor y, BatchAxes inAxes = default, int outAxis = 0, VmapRandomness randomness = VmapRandomness.Error)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Batched(xs => [function(xs[0], xs[1])], [x, y], inAxes, outAxis, randomness, nameof(inAxes), nameof(outAxis))[0];
    }

    /// <summary>The results of a function of any number of tensors, with any number of results, for many items.</summary>
    /// <inheritdoc cref="Vmap(Func{Tensor, Tensor, Tensor}, Tensor, Tensor, BatchAxes, int, VmapRandomness)"/>
    /// <param name="function">From a list of tensors to a list of tensors.</param>
    /// <param name="inputs">The arguments.</param>
    /// <param name="inAxes">The axis of each argument along which the items lie; null where it is the same for all.</param>
    /// <param name="outAxes">
    /// The axis of each result along which the items are to lie; null where the result is the same for all items and is wanted once.
    /// </param>
    /// <param name="randomness">What random numbers drawn inside the function are.</param>
    /// <exception cref="ArgumentException">
    /// There are not as many axes as arguments or results, no argument has items, or a result of which <paramref name="outAxes"/> says
    /// that it is the same for all items depends on them.
    /// </exception>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public static Tensor[] Vmap(
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, IReadOnlyList<Tensor> inputs,
        BatchAxes inAxes = default, BatchAxes outAxes = default, VmapRandomness randomness = VmapRandomness.Error)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        return Batched(function, inputs, inAxes, outAxes, randomness, nameof(inAxes), nameof(outAxes));
    }

    /// <summary>The work of all overloads, with the names of their parameters.</summary>
    private static Tensor[] Batched(
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, IReadOnlyList<Tensor> inputs,
        BatchAxes inAxes, BatchAxes outAxes, VmapRandomness randomness, string inParameter, string outParameter)
    {
        const string op = "Functional.Vmap";
        int?[] axes = inAxes.For(op, inputs.Count);
        (int count, int named) = ItemCount(op, inputs, axes, inParameter);
        if (named < 0) throw TransformErrors.NothingBatched(op, inputs.Count);

        using var scope = new VmapScope(op, count, randomness);
        var items = new Tensor[inputs.Count];
        for (int i = 0; i < items.Length; i++)
            items[i] = axes[i] is { } axis ? BatchMode.Wrap(scope.Level, inputs[i].MoveAxis(axis, 0).WithItemsLast()) : inputs[i];
        using var guard = new InputGuard(op, items, StructureTensors.PlacesOf(inputs));
        IReadOnlyList<Tensor> outputs = function(items) ?? throw TransformErrors.ReturnedNull(op);
        guard.Check();
        var results = new Tensor[outputs.Count];
        int?[] places = outAxes.ForResults(op, results.Length);
        for (int k = 0; k < results.Length; k++)
        {
            Tensor output = outputs[k] ?? throw TransformErrors.ReturnedNull(op);
            Tensor? own = BatchMode.ItemsOf(output, scope.Level);
            if (places[k] is not { } axis)
            {
                results[k] = own is null ? output : throw TransformErrors.DiffersBetweenItems(op, "outAxes", k);
                continue;
            }
            Tensor stacked = own?.WithItemsFirst() ?? VectorSpace.Current.Repeat(output, count);
            if (axis < -stacked.Rank || axis >= stacked.Rank) throw TransformErrors.OutAxis(op, outParameter, k, axis, output.Shape);
            results[k] = stacked.MoveAxis(0, axis);
        }
        return results;
    }

    /// <summary>How many items the arguments have.</summary>
    internal static int ItemsOf(string op, ReadOnlySpan<Tensor> inputs, int?[] axes)
    {
        (int count, int named) = ItemCount(op, inputs.ToArray(), axes, "inAxes");
        return named < 0 ? throw TransformErrors.NothingBatched(op, inputs.Length) : count;
    }

    private static (int Count, int Named) ItemCount(string op, IReadOnlyList<Tensor> inputs, int?[] axes, string parameter)
    {
        int count = 0, named = -1;
        for (int i = 0; i < axes.Length; i++)
        {
            Tensor x = inputs[i] ?? throw TransformErrors.NullInput(op, i);
            if (axes[i] is not { } axis) continue;
            if (x.Rank == 0) throw TransformErrors.ScalarItems(op, inputs, i);
            if (axis < -x.Rank || axis >= x.Rank) throw TransformErrors.InAxis(op, parameter, inputs, i, axis);
            int length = x.Dims[axis < 0 ? axis + x.Rank : axis];
            if (named >= 0 && length != count) throw TransformErrors.ItemCounts(op, inputs, named, count, i, length);
            if (named < 0) (count, named) = (length, i);
        }
        return (count, named);
    }
}
