using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// Makes a <see cref="ComputationGraph"/> of a formula. Values run forwards and gradients backwards over it in double precision;
/// the derivative of a primitive is that of the table.
/// </summary>
internal sealed class FormulaGraph
{
    private const int MostOperandsInLabel = 5;

    private readonly Dictionary<(Primitive, int), Expr> partials = [];
    private readonly Dictionary<Expr, double> values = [];
    private readonly Dictionary<Expr, double> gradients = [];
    private readonly IReadOnlyDictionary<Symbol, double>? given;

    private FormulaGraph(IReadOnlyDictionary<Symbol, double>? given) => this.given = given;

    public static ComputationGraph Of(Expr formula, IReadOnlyDictionary<Symbol, double>? given)
    {
        var graph = new FormulaGraph(given);
        List<Expr> order = Traversal.PostOrder([formula]);
        if (given is not null)
        {
            foreach (Expr node in order) graph.values[node] = graph.Value(node);
            graph.gradients[formula] = 1;
            for (int i = order.Count - 1; i >= 0; i--)
                if (graph.gradients.TryGetValue(order[i], out double gradient)) graph.Send(order[i], gradient);
        }
        var numbers = new Dictionary<Expr, int>();
        var nodes = new List<GraphNode>();
        foreach (Expr node in order)
        {
            // A number is part of the label of what reads it.
            if (node is Number && order.Count > 1) continue;
            numbers[node] = nodes.Count;
            (string operation, string label) = Name(node);
            nodes.Add(new GraphNode
            {
                Id = nodes.Count,
                Kind = node is Symbol ? GraphNodeKind.Input : node.Operands.Count == 0 ? GraphNodeKind.Constant : GraphNodeKind.Operation,
                Operation = operation,
                Label = label,
                Inputs = [.. node.Operands.Where(numbers.ContainsKey).Select(operand => numbers[operand])],
                Shape = Shape.Create([]),
                DType = DType.Float64,
                Value = graph.values.TryGetValue(node, out double value) ? Tensor.Of(value, DType.Float64) : null,
                Gradient = graph.gradients.TryGetValue(node, out double g) ? Tensor.Of(g, DType.Float64) : null,
            });
        }
        return new ComputationGraph(nodes, nodes.Count - 1);
    }

    private double Value(Expr node)
    {
        switch (node)
        {
            case Sum:
                double sum = 0;
                foreach (Expr term in node.Args) sum += values[term];
                return sum;
            case Product:
                double product = 1;
                foreach (Expr factor in node.Args) product *= values[factor];
                return product;
            case Call { Primitive.HasScalar: true } call when call.Primitive != Primitives.Pow:
                Span<double> arguments = stackalloc double[3];
                for (int i = 0; i < call.Args.Length; i++) arguments[i] = values[call.Args[i]];
                return call.Primitive.Evaluate(arguments[..call.Args.Length]);
            case Call call when call.Primitive == Primitives.Pow:
                return Math.Pow(values[call.Args[0]], values[call.Args[1]]);
            default:
                return node.Evaluate(given!);
        }
    }

    /// <summary>Adds a node's gradient, times its partial derivatives, to those of its operands.</summary>
    private void Send(Expr node, double gradient)
    {
        for (int i = 0; i < node.Args.Length; i++)
        {
            Expr operand = node.Args[i];
            if (operand is Number || Partial(node, i) is not { } partial) continue;
            gradients[operand] = gradients.GetValueOrDefault(operand) + (partial == 0 ? 0 : gradient * partial);
        }
    }

    private double? Partial(Expr node, int index)
    {
        switch (node)
        {
            case Sum:
                return 1;
            case Product:
                double others = 1;
                for (int i = 0; i < node.Args.Length; i++)
                    if (i != index) others *= values[node.Args[i]];
                return others;
            case Call call:
                var symbols = new Symbol[call.Args.Length];
                var at = new Dictionary<Symbol, double>();
                for (int i = 0; i < symbols.Length; i++) at[symbols[i] = Expr.Symbol($"operand{i}")] = values[call.Args[i]];

                // d/dx x^n with n fixed holds where the general rule has log x.
                if (call.Primitive == Primitives.Pow && call.Args[1] is Number exponent) return Power.Of(symbols[0], exponent).Diff(symbols[0]).Evaluate(at);
                if (!partials.TryGetValue((call.Primitive, index), out Expr? partial))
                    partials[(call.Primitive, index)] = partial = Call.Of(call.Primitive, [.. symbols]).Diff(symbols[index]);
                return partial.Evaluate(at);
            default:
                return null;
        }
    }

    private static (string Operation, string Label) Name(Expr node)
    {
        switch (node)
        {
            case Symbol symbol: return (symbol.Name, symbol.Name);
            case Sum: return ("sum", Joined("sum", " + ", node));
            case Product: return ("product", Joined("product", " × ", node));
            case Call call when call.Primitive == Primitives.Pow:
                return ("pow", call.Args[1] is Number ? $"·^{Text(call.Args[1])}" : call.Args[0] is Number ? $"{Text(call.Args[0])}^·" : "·^·");
            case Call call: return (call.Primitive.Name, $"{call.Primitive.Name}({string.Join(", ", call.Args.Select(Text))})");
            default: return (node.GetType().Name, node.Operands.Count == 0 ? node.ToString(40) : node.GetType().Name);
        }

        static string Joined(string word, string between, Expr node) => node.Args.Length > MostOperandsInLabel
            ? $"{word} of {node.Args.Length}"
            : string.Join(between, node.Args.OrderBy(operand => (operand is Number) == (node is Sum)).Select(Text)).Replace("+ -", "− ", StringComparison.Ordinal);

        static string Text(Expr operand) => operand is Number number ? number.ToString().Replace(" ", "", StringComparison.Ordinal) : "·";
    }
}
