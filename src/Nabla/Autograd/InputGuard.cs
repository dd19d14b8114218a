namespace Nabla;

/// <summary>
/// While a transform runs a function: refuses changes of the function's arguments in place, which a derivative cannot mean. Memory
/// is refused before it changes; what went another way is noticed by <see cref="Check"/>.
/// </summary>
internal sealed class InputGuard : IDisposable
{
    [ThreadStatic]
    private static InputGuard? innermost;

    private readonly string op;
    private readonly IReadOnlyList<Tensor> inputs;
    private readonly Func<int, string>? place;
    private readonly (object? Value, Storage Memory, int Version)[] before;
    private readonly InputGuard? outer = innermost;

    /// <param name="op">For messages.</param>
    /// <param name="inputs">What the function is called with.</param>
    /// <param name="place">What an input is called in messages; by default its number.</param>
    public InputGuard(string op, IReadOnlyList<Tensor> inputs, Func<int, string>? place = null)
    {
        this.op = op;
        this.place = place;
        this.inputs = inputs;
        before = new (object?, Storage, int)[inputs.Count];
        for (int i = 0; i < before.Length; i++) before[i] = StateOf(inputs[i]);
        innermost = this;
    }

    /// <summary>Asked before a tensor's memory is changed.</summary>
    /// <exception cref="AutogradException">It is that of an argument of a function that runs inside a transform.</exception>
    public static void Refuse(Tensor target)
    {
        for (InputGuard? guard = innermost; guard is not null; guard = guard.outer)
            for (int i = 0; i < guard.before.Length; i++)
                if (guard.before[i].Memory.IsMemoryOf(target.Value.Storage)) throw guard.Mutated(i);
    }

    /// <exception cref="AutogradException">An input has another value than before.</exception>
    public void Check()
    {
        for (int i = 0; i < before.Length; i++)
            if (before[i] != StateOf(inputs[i])) throw Mutated(i);
    }

    /// <inheritdoc/>
    public void Dispose() => innermost = outer;

    private AutogradException Mutated(int index) => AutogradErrors.MutatedInput(op, place?.Invoke(index) ?? $"argument {index}", inputs[index].Shape);

    // The memory's version, and for a tensor inside a transform, where changes put another value into the handle, that value.
    private static (object?, Storage, int) StateOf(Tensor x) =>
        ((object?)x.Extra?.Dual ?? (object?)x.Extra?.Batch ?? x.Extra?.Symbols, x.Value.Storage, x.Value.Storage.Version);
}
