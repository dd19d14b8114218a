using System.Collections;

namespace Nabla;

/// <summary>The tensors of a structure, in order. Where each stands is looked up when a message asks for it.</summary>
internal sealed class StructureTensors(Tensor[] tensors, Func<IReadOnlyList<string>> places) : IReadOnlyList<Tensor>
{
    private readonly Func<IReadOnlyList<string>> places = places;

    public int Count => tensors.Length;

    public Tensor this[int index] => tensors[index];

    /// <summary>Other tensors in the places of inputs, with their names where they are those of a structure.</summary>
    public static IReadOnlyList<Tensor> InPlaceOf(IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> others) =>
        inputs is StructureTensors structure ? new StructureTensors([.. others], structure.places) : others;

    /// <summary>What the tensors of a list are called in messages if they are those of a structure, else null.</summary>
    public static Func<int, string>? PlacesOf(IReadOnlyList<Tensor> inputs) => inputs is StructureTensors structure ? structure.Place : null;

    /// <summary>The place of a tensor in its structure: <c>argument.Offset</c>, <c>argument["ids"]</c>.</summary>
    public string Place(int index) => places()[index];

    public IEnumerator<Tensor> GetEnumerator() => ((IEnumerable<Tensor>)tensors).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
