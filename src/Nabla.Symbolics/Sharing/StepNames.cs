namespace Nabla.Symbolics;

/// <summary>Writes an <see cref="OperationGraph"/> as formulas: what is used more than once gets a name.</summary>
internal sealed class StepNames
{
    private readonly OperationGraph graph;
    private readonly Expr[] values;
    private readonly string prefix;

    public StepNames(OperationGraph graph, ReadOnlySpan<Expr> outputs, string prefix)
    {
        this.graph = graph;
        values = new Expr[graph.Count];

        // A longer prefix where a symbol of the formulas begins like the names to be made.
        foreach (var node in Traversal.PostOrder(outputs))
        {
            while (node is Symbol symbol && symbol.Name.StartsWith(prefix, StringComparison.Ordinal) && IsNumber(symbol.Name.AsSpan(prefix.Length))) prefix += "_";
        }

        this.prefix = prefix;
    }

    public (List<(Symbol Name, Expr Value)> Steps, Expr[] Results) Write()
    {
        var steps = new List<(Symbol Name, Expr Value)>();
        var uses = graph.Uses();
        foreach (var id in graph.Order())
        {
            var value = ValueOf(graph[id]);
            if (uses[id] > 1 && value is not (Symbol or Number or Constant or Indexed) && !IsNegatedName(value))
            {
                var name = Symbol.Of($"{prefix}{steps.Count}");
                steps.Add((name, value));
                value = name;
            }

            values[id] = value;
        }

        var results = new Expr[graph.Outputs.Count];
        for (var i = 0; i < results.Length; i++) results[i] = SignedValue(graph.Outputs[i]);
        return (steps, results);
    }

    private Expr ValueOf(GraphOperation operation)
    {
        if (operation.Kind == OperationKind.Leaf) return operation.Leaf!;
        var parts = new Expr[operation.Parts.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            var part = operation.Parts[i];
            parts[i] = operation.Kind == OperationKind.Product && part.Inverted ? Power.Of(values[part.Id], Number.MinusOne)
                : operation.Kind == OperationKind.Product ? values[part.Id]
                : SignedValue(part);
        }

        return operation.Kind switch
        {
            OperationKind.Sum => Sum.Of(parts),
            OperationKind.Product => Product.Of(parts),
            _ => Call.Of(operation.Primitive!, parts),
        };
    }

    private Expr SignedValue(Part part) => part.Inverted ? -values[part.Id] : values[part.Id];

    private static bool IsNegatedName(Expr value) => value is Product { Core: Symbol } product && ReferenceEquals(product.Coefficient, Number.MinusOne);

    private static bool IsNumber(ReadOnlySpan<char> text) => text.Length > 0 && text.IndexOfAnyExceptInRange('0', '9') < 0;
}
