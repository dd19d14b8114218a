using System.Collections.Concurrent;
using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// A formula computed on tensors from its symbols up. Each node is one operation, or a few for a sum or product of many operands;
/// what contains no symbol is a C# number.
/// </summary>
/// <remarks>
/// A branch that is not taken must have no influence, not even as 0 times an infinite derivative. On scalars such a branch is not
/// computed at all. On tensors, where each element takes its own branch, a choice with its branches is one operation.
/// </remarks>
internal sealed class TensorFormula
{
    private static readonly Dictionary<Symbol, double> NoValues = [];

    // One operation for each row of the table of primitives; it is differentiated by the row's own rule.
    private static readonly ConcurrentDictionary<Primitive, ElementwiseOp> Operations = new();

    private readonly Expr root;
    private readonly ConcurrentDictionary<Expr, (ElementwiseOp Operation, Symbol[] Symbols)> choices = new();

    public TensorFormula(Expr formula) => root = Unrolling.Of(formula);

    /// <summary>The value of the formula.</summary>
    /// <param name="valueOf">The tensor of a symbol.</param>
    public Tensor Evaluate(Func<Symbol, Tensor> valueOf)
    {
        if (root.SymbolMask == 0) return Tensor.Of(root.Evaluate(NoValues), DType.Float64);
        var values = new Dictionary<Expr, Tensor>();
        foreach (Symbol symbol in root.FreeSymbols) values[symbol] = valueOf(symbol);
        bool scalars = AreScalarsOfOneType(values.Values);

        // A loop with a stack of its own: a formula may be 100,000 levels deep.
        var pending = new Stack<Expr>();
        var needs = new List<Expr>();
        pending.Push(root);
        while (pending.TryPeek(out Expr? node))
        {
            if (values.ContainsKey(node))
            {
                pending.Pop();
                continue;
            }
            needs.Clear();
            bool isChoice = node is Call call && call.Primitive == Primitives.Select;
            if (isChoice) NeedsOfChoice(node, values, scalars, needs);
            else NeedsOf(node, needs);
            bool ready = true;
            foreach (Expr need in needs)
            {
                if (need.SymbolMask == 0 || values.ContainsKey(need)) continue;
                pending.Push(need);
                ready = false;
            }
            if (!ready) continue;
            values[node] = isChoice ? (scalars ? ValueOf(needs[^1], values) : ChoiceOf(node, values)) : Step(node, values);
            pending.Pop();
        }
        return values[root];
    }

    private static bool AreScalarsOfOneType(IEnumerable<Tensor> tensors)
    {
        DType? type = null;
        foreach (Tensor tensor in tensors)
        {
            if (tensor.Rank != 0 || tensor.IsSymbolic || tensor.ItemsWithin() is not null || !tensor.DType.IsFloatingPoint() || (type is { } known && known != tensor.DType)) return false;
            type = tensor.DType;
        }
        return true;
    }

    private static void NeedsOf(Expr node, List<Expr> needs)
    {
        foreach (Expr operand in node.Args)
        {
            if (node is Product && Power.ExponentOf(operand).IsNegative) needs.Add(Power.BaseOf(operand));
            else needs.Add(operand);
        }
    }

    // On scalars first the condition, then the branch that it chooses; on tensors the condition only.
    private static void NeedsOfChoice(Expr choice, Dictionary<Expr, Tensor> values, bool scalars, List<Expr> needs)
    {
        needs.Add(choice.Args[0]);
        if (scalars && values.TryGetValue(choice.Args[0], out Tensor? condition)) needs.Add(choice.Args[condition.Value.GetDouble(condition.Value.Offset) != 0 ? 1 : 2]);
    }

    private Tensor ChoiceOf(Expr choice, Dictionary<Expr, Tensor> values)
    {
        (ElementwiseOp operation, Symbol[] symbols) = choices.GetOrAdd(choice, static choice =>
        {
            Symbol[] symbols = [.. choice.Args[1].FreeSymbols.Union(choice.Args[2].FreeSymbols)];
            return (ElementwiseOp.Derived("select", symbols.Length + 1, inputs =>
            {
                var map = new Dictionary<Expr, Expr>();
                for (int i = 0; i < symbols.Length; i++) map[symbols[i]] = inputs[i + 1];
                return [Functions.Select(inputs[0], choice.Args[1].Subs(map), choice.Args[2].Subs(map))];
            }), symbols);
        });
        return operation.ApplyMany([values[choice.Args[0]], .. symbols.Select(symbol => values[symbol])])[0];
    }

    private static Tensor Step(Expr node, Dictionary<Expr, Tensor> values) => node switch
    {
        Sum => SumOf(node.Args, values),
        Product product => ProductOf(product, values),
        Call call when call.Primitive == Primitives.Pow && call.Args[1] is Number exponent => PowerOf(ValueOf(call.Args[0], values), exponent),
        Call call => CallOf(call, values),
        _ => throw TransformErrors.NotOnTensors("Formula.Evaluate", node),
    };

    private static Tensor SumOf(Expr[] terms, Dictionary<Expr, Tensor> values)
    {
        Tensor total = ValueOf(terms[0], values);
        for (int i = 1; i < terms.Length; i++) total += ValueOf(terms[i], values);
        return total;
    }

    // What has a negative exponent divides, and x/3 rounds once where (1/3)·x would round twice.
    private static Tensor ProductOf(Product product, Dictionary<Expr, Tensor> values)
    {
        Tensor? above = null, below = null;
        foreach (Expr factor in product.Args)
        {
            if (factor is Number) continue;
            Number exponent = Power.ExponentOf(factor);
            if (exponent.IsNegative) Multiply(ref below, PowerOf(ValueOf(Power.BaseOf(factor), values), Number.Negate(exponent)));
            else Multiply(ref above, ValueOf(factor, values));
        }
        (double numerator, double denominator) = Fraction(product.Coefficient);
        if (numerator != 1) above = above is null ? Tensor.Number(numerator) : numerator == -1 ? -above : above * numerator;
        if (denominator != 1) below = below is null ? Tensor.Number(denominator) : below * denominator;
        return below is null ? above! : (above ?? Tensor.Number(1.0)) / below;

        static void Multiply(ref Tensor? product, Tensor factor) => product = product is null ? factor : product * factor;
    }

    private static (double Numerator, double Denominator) Fraction(Number number)
    {
        const long ExactLimit = 1L << 53;
        return number.IsExact && number.Value.TryGetSmall(out long numerator, out long denominator) && Math.Abs(numerator) <= ExactLimit && denominator <= ExactLimit
            ? (numerator, denominator)
            : (number.ToDouble(), 1);
    }

    private static Tensor PowerOf(Tensor x, Number exponent)
    {
        if (exponent.IsOne) return x;
        if (ReferenceEquals(exponent, Number.Two)) return x.Square();
        if (ReferenceEquals(exponent, Number.Half)) return x.Sqrt();
        if (ReferenceEquals(exponent, Number.MinusOne)) return x.Reciprocal();
        if (ReferenceEquals(exponent, Number.MinusHalf)) return x.Rsqrt();
        return x.Pow(exponent.ToDouble());
    }

    private static Tensor CallOf(Call call, Dictionary<Expr, Tensor> values)
    {
        var args = new Tensor[call.Args.Length];
        for (int i = 0; i < args.Length; i++) args[i] = ValueOf(call.Args[i], values);
        ElementwiseOp operation = Operations.GetOrAdd(
            call.Primitive, static row => ElementwiseOp.Derived(row.Name, row.Arity, inputs => [row.Apply(inputs)]));
        return operation.ApplyMany(args)[0];
    }

    private static Tensor ValueOf(Expr node, Dictionary<Expr, Tensor> values) =>
        values.TryGetValue(node, out Tensor? value) ? value : Tensor.Number(node.Evaluate(NoValues));
}
