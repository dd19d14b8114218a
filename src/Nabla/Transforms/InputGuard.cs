namespace Nabla;

/// <summary>Notices that a function changed its arguments in place, which a derivative of it cannot mean.</summary>
internal readonly struct InputGuard
{
    private readonly (object? Value, int Version)[] before;

    public InputGuard(IReadOnlyList<Tensor> inputs)
    {
        before = new (object?, int)[inputs.Count];
        for (int i = 0; i < before.Length; i++) before[i] = StateOf(inputs[i]);
    }

    /// <exception cref="AutogradException">An input has another value than before.</exception>
    public void Check(string op, IReadOnlyList<Tensor> inputs)
    {
        for (int i = 0; i < before.Length; i++)
            if (before[i] != StateOf(inputs[i])) throw TransformErrors.MutatedInput(op, i, inputs[i].Shape);
    }

    // The memory's version, and for a tensor inside a transform, where changes put another value into the handle, that value.
    private static (object?, int) StateOf(Tensor x) =>
        ((object?)x.Extra?.Dual ?? (object?)x.Extra?.Batch ?? x.Extra?.Symbols, x.Value.Storage.Version);
}
