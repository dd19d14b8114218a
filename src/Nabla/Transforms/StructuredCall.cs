namespace Nabla;

/// <summary>A call of a function between structures as one between lists of tensors, and what its constants are.</summary>
internal sealed class StructuredCall<T, TResult>
{
    public const string Op = "Functional.Compile";

    private readonly Func<T, TResult> function;
    private readonly T at;
    private TResult? form;

    public StructuredCall(Func<T, TResult> function, T at)
    {
        (this.function, this.at) = (function, at);
        var walk = new StructureWalk(Op, isResult: false, null) { Constants = [] };
        walk.Collect(at, at, typeof(T));
        Inputs = walk.Collected.Count > 0 ? [.. walk.Collected] : throw walk.Error(TransformErrors.NoTensors(Op, typeof(T)));
        Constants = walk.Constants.Count == 0 ? [] : [.. walk.Constants];
    }

    public Tensor[] Inputs { get; }

    /// <summary>The members that are no tensors, and how many elements collections have.</summary>
    public object?[] Constants { get; }

    /// <summary>The form of the result, once the function has been run; it holds no numbers.</summary>
    public object? Form => form;

    public Tensor[] OnTensors(IReadOnlyList<Tensor> inputs)
    {
        TResult result = function(TensorStructure.Rebuild(at, inputs)) ?? throw RecordingErrors.ReturnedNull(Op);
        Tensor[] tensors = TensorStructure.Flatten(Op, result, result, isResult: true);
        form = result;
        return tensors;
    }

    /// <summary>The form of a result with the numbers taken out of it.</summary>
    public object EmptyForm(int count)
    {
        var nothing = new Tensor[count];
        Array.Fill(nothing, Tensor.Zeros([0]));
        return TensorStructure.Rebuild(form!, nothing)!;
    }
}
