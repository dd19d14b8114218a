namespace Nabla;

/// <summary>A function of structures as one of lists of tensors, which is what is recorded.</summary>
internal abstract class RecordableFunction
{
    /// <summary>The results for arguments of the form for which this was made.</summary>
    /// <param name="inputs">The tensors of the arguments.</param>
    /// <param name="returned">What the function returned.</param>
    public abstract Tensor[] Run(IReadOnlyList<Tensor> inputs, out object returned);

    /// <summary>The results alone.</summary>
    public Tensor[] Run(IReadOnlyList<Tensor> inputs) => Run(inputs, out _);

    /// <summary>The function as the user gave it.</summary>
    public abstract Delegate Original { get; }

    /// <summary>The form of a result; it holds no numbers.</summary>
    /// <param name="returned">A result.</param>
    /// <param name="tensors">The tensors in it.</param>
    public abstract object FormOf(object returned, ReadOnlySpan<Tensor> tensors);

    /// <summary>
    /// The same function with the variables that it captures as they are now, which does not hold the argument for which it was made,
    /// but only its form.
    /// </summary>
    /// <param name="inputs">The tensors of the argument.</param>
    public abstract RecordableFunction Frozen(ReadOnlySpan<Tensor> inputs);

    // Tensors of the same shapes with one number each.
    private protected static T Emptied<T>(T structure, ReadOnlySpan<Tensor> tensors)
    {
        var empty = new Tensor[tensors.Length];
        for (int i = 0; i < empty.Length; i++)
        {
            Tensor x = tensors[i];
            empty[i] = new Tensor(new NdArray(Storage.AllocateZeroed(1, x.DType), x.Dims, new int[x.Rank], 0, x.DType));
        }
        return TensorStructure.Rebuild(structure, empty);
    }
}

/// <summary>A function from one structure to another.</summary>
/// <param name="function">The function.</param>
/// <param name="at">An argument: its form and its members that are no tensors.</param>
internal sealed class RecordableFunction<T, TResult>(Func<T, TResult> function, T at) : RecordableFunction
{
    public override Tensor[] Run(IReadOnlyList<Tensor> inputs, out object returned)
    {
        const string op = "Functional.Compile";
        TResult result = function(TensorStructure.Rebuild(at, inputs)) ?? throw RecordingErrors.ReturnedNull(op);
        returned = result;
        if (result is Tensor only) return [only];
        var walk = new StructureWalk(op, isResult: true, null) { KeepsConstants = true };
        walk.Collect(result, result, typeof(TResult));
        return walk.Collected.Count > 0 ? [.. walk.Collected] : throw walk.Error(TransformErrors.NoTensors(op, typeof(TResult)));
    }

    public override Delegate Original => function;

    public override object FormOf(object returned, ReadOnlySpan<Tensor> tensors) => Emptied((TResult)returned, tensors)!;

    public override RecordableFunction Frozen(ReadOnlySpan<Tensor> inputs) => new RecordableFunction<T, TResult>(FrozenClosure.Of(function), Emptied(at, inputs));
}
