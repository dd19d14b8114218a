using System.Collections;

namespace Nabla;

/// <summary>What a node keeps for backward: by position, or by name (<c>x</c>, <c>y</c>, <c>result</c>; <c>input0</c>, <c>output0</c>; <c>saved0</c>).</summary>
/// <remarks>A value is unpacked each time it is read, and checked for in-place changes.</remarks>
public sealed class SavedTensors : IReadOnlyList<Tensor>
{
    private readonly Node node;
    private readonly string[] names;

    internal SavedTensors(Node node, string[] names)
    {
        this.node = node;
        this.names = names;
    }

    /// <summary>How many values the node keeps.</summary>
    public int Count => names.Length;

    /// <summary>The names, in order.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>A value by position.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such value.</exception>
    /// <exception cref="AutogradException">Backward has freed it, or its memory was changed in place.</exception>
    public Tensor this[int index] => (uint)index < (uint)names.Length
        ? Read(index)
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"{node.Name}: it saved {names.Length} values, number {index} is not among them.");

    /// <summary>A value by name.</summary>
    /// <exception cref="KeyNotFoundException">There is no such value.</exception>
    /// <exception cref="AutogradException">Backward has freed it, or its memory was changed in place.</exception>
    public Tensor this[string name] => Array.IndexOf(names, name) is >= 0 and var index
        ? Read(index)
        : throw new KeyNotFoundException($"{node.Name}: it saved no '{name}'; there are {(names.Length == 0 ? "none" : string.Join(", ", names))}.");

    /// <inheritdoc/>
    public IEnumerator<Tensor> GetEnumerator()
    {
        for (int i = 0; i < names.Length; i++) yield return Read(i);
    }

    private Tensor Read(int index)
    {
        node.EnterReading();
        try
        {
            // Who asks may keep it.
            node.LetSavedEscape();
            return node.Saved(index);
        }
        finally
        {
            node.ExitReading();
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
