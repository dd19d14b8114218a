using System.Runtime.CompilerServices;
using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// What a function computed, operation by operation, with the value and the gradient at each: to be looked at
/// (<see cref="ToSvg"/>, <see cref="ToDot"/>) or walked through (<see cref="Nodes"/>).
/// </summary>
/// <remarks>
/// Made by running the function once; operations on nothing but constants are not part of it. A constant of one element stands
/// in the label of the operation that reads it.
/// </remarks>
public sealed class ComputationGraph
{
    internal ComputationGraph(IReadOnlyList<GraphNode> nodes, int output)
    {
        Nodes = nodes;
        Output = output;
    }

    /// <summary>All nodes, each after those that it reads.</summary>
    public IReadOnlyList<GraphNode> Nodes { get; }

    /// <summary>The number of the node that is the result.</summary>
    public int Output { get; }

    /// <summary>The graph of a function of one tensor, with the gradient of its result (of its sum, if it has several elements).</summary>
    /// <param name="function">From one tensor to one tensor.</param>
    /// <param name="at">Where; floating point.</param>
    /// <param name="cotangent">The gradient to start from, of the result's shape; by default ones.</param>
    /// <exception cref="DTypeException"><paramref name="at"/> is not floating point.</exception>
    /// <exception cref="ShapeException">The cotangent has another shape than the result.</exception>
    public static ComputationGraph Of(Func<Tensor, Tensor> function, Tensor at, Tensor? cotangent = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(at);
        return TensorGraph.Trace(xs => function(xs[0]), [at], InputNames.Of(function, 1), cotangent);
    }

    /// <summary>The graph of a function of two tensors.</summary>
    /// <inheritdoc cref="Of(Func{Tensor, Tensor}, Tensor, Tensor?)"/>
    /// <param name="function">From two tensors to one.</param>
    /// <param name="at">Where; floating point.</param>
    /// <param name="cotangent">The gradient to start from, of the result's shape; by default ones.</param>
    public static ComputationGraph Of(Func<Tensor, Tensor, Tensor> function, (Tensor X, Tensor Y) at, Tensor? cotangent = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return TensorGraph.Trace(xs => function(xs[0], xs[1]), [at.X, at.Y], InputNames.Of(function, 2), cotangent);
    }

    /// <summary>The graph of a function of any number of tensors.</summary>
    /// <inheritdoc cref="Of(Func{Tensor, Tensor}, Tensor, Tensor?)"/>
    /// <param name="function">From a list of tensors to one.</param>
    /// <param name="at">Where. Inputs that are not floating point are constants.</param>
    /// <param name="names">A name for each input; by default <c>x0</c>, <c>x1</c>, ….</param>
    /// <param name="cotangent">The gradient to start from, of the result's shape; by default ones.</param>
    /// <exception cref="ArgumentException">There is another number of names than of inputs, or no input.</exception>
    [OverloadResolutionPriority(1)]
    public static ComputationGraph Of(
        Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> at, IReadOnlyList<string>? names = null, Tensor? cotangent = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(at);
        if (names is not null && names.Count != at.Count) throw VerificationErrors.NameCount("ComputationGraph.Of", names.Count, at.Count);
        return TensorGraph.Trace(function, at, names ?? InputNames.Numbered(at.Count), cotangent);
    }

    /// <summary>
    /// The graph that a tensor remembers. Values are known at the leaves only, gradients where the graph has not been consumed.
    /// </summary>
    /// <param name="result">A tensor that requires a gradient.</param>
    /// <exception cref="AutogradException">The tensor remembers nothing, because it does not require a gradient.</exception>
    public static ComputationGraph Of(Tensor result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return TensorGraph.Remembered(result);
    }

    /// <summary>The graph of a formula: a node for each of its terms, shared terms once. Numbers stand in the labels.</summary>
    /// <param name="formula">The formula.</param>
    /// <param name="values">Where values and gradients are computed; null for a graph without them.</param>
    /// <exception cref="ArgumentException">A symbol of the formula has no value.</exception>
    public static ComputationGraph Of(Expr formula, IReadOnlyDictionary<Symbol, double>? values = null)
    {
        ArgumentNullException.ThrowIfNull(formula);
        return FormulaGraph.Of(formula, values);
    }

    /// <summary>The graph as a picture: a complete SVG file, which any browser shows; light or dark as the reader's system is.</summary>
    /// <param name="maxNodes">The most nodes to draw, those next to the result; a note says what was left out.</param>
    public string ToSvg(int maxNodes = 250) => GraphDrawing.Svg(this, maxNodes);

    /// <summary>The graph in the language of Graphviz: <c>dot -Tsvg graph.dot -o graph.svg</c>.</summary>
    /// <param name="maxNodes">The most nodes to write, those next to the result; a comment says what was left out.</param>
    public string ToDot(int maxNodes = 2000) => GraphDot.Write(this, maxNodes);

    /// <summary>Writes <see cref="ToSvg"/> into a file, which appears only when it is complete.</summary>
    /// <param name="path">The file; its folder is made if it is not there.</param>
    /// <param name="maxNodes">The most nodes to draw.</param>
    public void WriteSvg(string path, int maxNodes = 250) => ReportFile.Write(path, ToSvg(maxNodes));

    /// <summary>How many nodes there are, and of what kind.</summary>
    public override string ToString() =>
        $"{Nodes.Count} nodes: {Count(GraphNodeKind.Input)} inputs, {Count(GraphNodeKind.Constant)} constants, {Count(GraphNodeKind.Operation)} operations";

    private int Count(GraphNodeKind kind) => Nodes.Count(node => node.Kind == kind);
}
