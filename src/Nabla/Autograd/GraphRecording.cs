namespace Nabla;

/// <summary>
/// While open on this thread: what each recorded operation read and made. Nodes of the graph keep only what backward needs; a
/// drawing of the graph wants all values.
/// </summary>
/// <remarks>Values are copied as they are met, because in-place operations may change them later; large ones are left out.</remarks>
internal sealed class GraphRecording : IDisposable
{
    /// <summary>The most elements of a value that is kept.</summary>
    public const int LargestValue = 4096;

    [ThreadStatic]
    private static GraphRecording? current;

    private readonly GraphRecording? before = current;

    public GraphRecording() => current = this;

    /// <summary>The recording that is open on this thread.</summary>
    public static GraphRecording? Current => current;

    public Dictionary<Node, Step> Steps { get; } = [];

    /// <summary>One operation: its inputs, whether constant, and its outputs. A value is null if it is large.</summary>
    internal sealed record Step(Source[] Inputs, Tensor?[] Outputs);

    /// <summary>An input: the handle, to recognise it, and its value.</summary>
    internal readonly record struct Source(Tensor Handle, Tensor? Value);

    public void Add(Node node, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        var sources = new Source[inputs.Length];
        for (int i = 0; i < sources.Length; i++) sources[i] = new Source(inputs[i], node.EdgeAt(i).Node is null ? Copy(inputs[i]) : null);
        var values = new Tensor?[outputs.Length];
        for (int i = 0; i < values.Length; i++) values[i] = Copy(outputs[i]);
        Steps[node] = new Step(sources, values);
    }

    /// <summary>The value of a tensor in memory of its own; null if it is large.</summary>
    public static Tensor? Copy(Tensor x) => x.Numel <= LargestValue ? new Tensor(ArrayCopy.Contiguous(x.Value)) : null;

    public void Dispose() => current = before;
}
