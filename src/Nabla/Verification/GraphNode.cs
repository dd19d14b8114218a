namespace Nabla;

/// <summary>What a node of a <see cref="ComputationGraph"/> stands for.</summary>
public enum GraphNodeKind
{
    /// <summary>An input of the function, or a symbol of the formula.</summary>
    Input,

    /// <summary>A value that was not differentiated.</summary>
    Constant,

    /// <summary>An operation.</summary>
    Operation,
}

/// <summary>One node of a <see cref="ComputationGraph"/>: what was computed, from what, and the gradient that arrived there.</summary>
public sealed record GraphNode
{
    /// <summary>The number of the node: its position in <see cref="ComputationGraph.Nodes"/>.</summary>
    public required int Id { get; init; }

    /// <summary>Whether it is an input, a constant or an operation.</summary>
    public required GraphNodeKind Kind { get; init; }

    /// <summary>The operation's name, or that of the input; for a constant the word <c>constant</c>.</summary>
    public required string Operation { get; init; }

    /// <summary>The nodes that it reads; each has a lower number.</summary>
    public required IReadOnlyList<int> Inputs { get; init; }

    /// <summary>The shape of its value.</summary>
    public required Shape Shape { get; init; }

    /// <summary>The type of its value.</summary>
    public required DType DType { get; init; }

    /// <summary>Its value; null if that has more than 4,096 elements or is not known.</summary>
    public Tensor? Value { get; init; }

    /// <summary>The gradient of the output with respect to its value; null where there is none or it has more than 4,096 elements.</summary>
    public Tensor? Gradient { get; init; }

    /// <summary>How the operation reads its inputs where the name does not say it, such as <c>Pow(·, 2)</c>.</summary>
    public string Label { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"{Id}: {(Label.Length > 0 ? Label : Operation)}({string.Join(", ", Inputs)}) {Shape}";
}
