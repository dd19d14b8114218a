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

    /// <summary>The form of a result; it holds no numbers.</summary>
    public abstract object FormOf(object returned, int count);

    /// <summary>The same function, which does not hold the argument for which it was made, but only its form.</summary>
    public abstract RecordableFunction WithoutNumbers(int count);

    private protected static T Emptied<T>(T structure, int count)
    {
        var nothing = new Tensor[count];
        Array.Fill(nothing, Tensor.Zeros([0]));
        return TensorStructure.Rebuild(structure, nothing);
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
        return TensorStructure.Flatten(op, result, result, isResult: true);
    }

    public override object FormOf(object returned, int count) => Emptied((TResult)returned, count)!;

    public override RecordableFunction WithoutNumbers(int count) => new RecordableFunction<T, TResult>(function, Emptied(at, count));
}
