namespace Nabla.Optim;

/// <summary>What an optimiser remembers of one parameter: the number of its steps, and tensors of its shape.</summary>
public sealed class ParameterState
{
    private readonly List<(string Name, Tensor Value)> slots = new(3);

    internal ParameterState() { }

    /// <summary>How many steps the parameter has taken; in an update, this one included.</summary>
    public long Step { get; internal set; }

    internal IReadOnlyList<(string Name, Tensor Value)> Slots => slots;

    /// <summary>The tensor of a name: zeros like the parameter when it is first asked for.</summary>
    public Tensor Slot(string name, Tensor parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        foreach ((string slot, Tensor value) in slots)
            if (slot == name) return value;
        Tensor zeros = Tensor.ZerosLike(parameter);
        slots.Add((name, zeros));
        return zeros;
    }

    internal void Load(string name, Tensor value) => slots.Add((name, value));
}
