namespace Nabla;

/// <summary>What a user's <see cref="Function"/> keeps between forward and backward.</summary>
public sealed class FunctionContext
{
    private readonly bool[] needed;
    private readonly string name;
    private Kept[] kept = [];

    internal FunctionContext(string name, bool[] needed)
    {
        this.name = name;
        this.needed = needed;
    }

    /// <summary>A tensor that was saved, and where it comes from: an input, an output, or neither (-1).</summary>
    private readonly record struct Kept(SavedTensor Tensor, int Input, int Output, bool HasNoTangent = false);

    /// <summary>Whether missing output gradients and missing tangents arrive as zeros; set to false in forward to receive null.</summary>
    public bool MaterializeGrads { get; set; } = true;

    /// <summary>Anything that is not a tensor to be tracked.</summary>
    public object? State { get; set; }

    /// <summary>The tensors kept by <see cref="SaveForBackward"/>.</summary>
    /// <exception cref="AutogradException">One of them was changed in place; or its tangent is needed and it is neither an input nor an output.</exception>
    public IReadOnlyList<Tensor> SavedTensors => Array.ConvertAll(kept, one => one.HasNoTangent ? throw AutogradErrors.SavedWithoutTangent(name, one.Tensor.Unpack(name).Shape) : one.Tensor.Unpack(name));

    internal Tensor[] Unsaved { get; private set; } = [];

    /// <summary>Keeps inputs or outputs for backward; in-place changes of them are detected.</summary>
    /// <remarks>
    /// Other tensors may be kept too, but are constants to a second derivative; so make what a second derivative needs an output.
    /// </remarks>
    public void SaveForBackward(params ReadOnlySpan<Tensor> tensors) => Unsaved = tensors.ToArray();

    /// <summary>Whether the gradient of an input is wanted.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such input.</exception>
    public bool NeedsInputGrad(int input) => (uint)input < (uint)needed.Length
        ? needed[input]
        : throw new ArgumentOutOfRangeException(nameof(input), input, $"{name}: NeedsInputGrad({input}) asks for an input that is not there. Use 0 to {needed.Length - 1}.");

    internal int InputCount => needed.Length;

    /// <summary>Whether a saved tensor is a constant to forward mode although it was computed from the inputs.</summary>
    internal bool LacksTangents => Array.Exists(kept, one => one.HasNoTangent);

    /// <summary>A saved tensor by its number.</summary>
    internal Tensor Saved(int index) => index < kept.Length ? kept[index].Tensor.Unpack(name) : throw AutogradErrors.SavedFreed(name);

    internal int SavedCount => kept.Length;

    internal bool HasSaved => kept.Length > 0;

    /// <summary>After forward: notes where the saved tensors come from.</summary>
    internal void Seal(Tensor[] inputs, Tensor[] outputs)
    {
        kept = Array.ConvertAll(Unsaved, tensor => new Kept(SavedTensor.ForNow(tensor), Array.IndexOf(inputs, tensor), Array.IndexOf(outputs, tensor)));
        Unsaved = [];
    }

    /// <summary>After recording: outputs belong to a node now, and what is saved must be fit for backward.</summary>
    internal FunctionContext Recorded(Node node, Tensor[] outputs) => Converted((_, one) =>
        one.Input < 0 && one.Output >= 0 ? new SavedTensor(outputs[one.Output], node, one.Output) : new SavedTensor(one.Tensor.Unpack(name), name));

    /// <summary>The same call one level of transforms further out: its inputs and outputs there, other tensors as they are.</summary>
    internal FunctionContext Lifted(Tensor[] inputs, Tensor[] outputs, bool isPair) => new(name, Array.ConvertAll(inputs, input => input.RequiresGrad))
    {
        MaterializeGrads = MaterializeGrads,
        State = State,
        kept = Array.ConvertAll(kept, one =>
        {
            bool isOther = one.Input < 0 && one.Output < 0;
            Tensor tensor = one.Input >= 0 ? inputs[one.Input] : one.Output >= 0 ? outputs[one.Output] : one.Tensor.Unpack(name);
            return one with { Tensor = SavedTensor.ForNow(tensor), HasNoTangent = one.HasNoTangent || (isPair && isOther && tensor.DType.IsFloatingPoint()) };
        }),
    };

    /// <summary>The same call with other tensors in the places of those saved by another context of it.</summary>
    internal FunctionContext With(FunctionContext other, Func<Tensor, int, Tensor> convert)
    {
        FunctionContext converted = Converted((k, _) =>
        {
            Tensor tensor = convert(other.kept[k].Tensor.Unpack(name), k);
            return SavedTensor.ForNow(tensor);
        });
        for (int k = 0; k < kept.Length; k++) converted.kept[k] = converted.kept[k] with { HasNoTangent = other.kept[k].HasNoTangent };
        return converted;
    }

    internal void Release()
    {
        foreach (Kept one in kept) one.Tensor.Release();
        kept = [];
    }

    private FunctionContext Converted(Func<int, Kept, SavedTensor> convert)
    {
        var converted = new Kept[kept.Length];
        for (int k = 0; k < kept.Length; k++) converted[k] = kept[k] with { Tensor = convert(k, kept[k]) };
        return new FunctionContext(name, needed) { MaterializeGrads = MaterializeGrads, State = State, kept = converted };
    }
}
