using System.Collections.Concurrent;
using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// A formula as a list of steps on tensors, operands first. Each node is one operation, or a few for a sum or product of many
/// operands; what contains no symbol is a C# number.
/// </summary>
internal sealed class TensorFormula
{
    private static readonly Dictionary<Symbol, double> NoValues = [];

    // One operation for each row of the table of primitives; it is differentiated by the row's own rule.
    private static readonly ConcurrentDictionary<Primitive, ElementwiseOp> Operations = new();

    private readonly List<Expr> order;
    private readonly Dictionary<Expr, int> places;
    private readonly Expr root;

    // How many later steps read the value: the last one lets go of it.
    private readonly int[] readers;

    public TensorFormula(Expr formula)
    {
        root = formula;
        order = Traversal.PostOrder([formula], ulong.MaxValue);
        places = new Dictionary<Expr, int>(order.Count);
        readers = new int[order.Count];
        for (int i = 0; i < order.Count; i++)
        {
            places[order[i]] = i;
            foreach (Expr operand in order[i].Args)
                if (places.TryGetValue(operand, out int place)) readers[place]++;
        }
    }

    /// <summary>The value of the formula.</summary>
    /// <param name="valueOf">The tensor of a symbol.</param>
    public Tensor Evaluate(Func<Symbol, Tensor> valueOf)
    {
        if (order.Count == 0) return Tensor.Of(root.Evaluate(NoValues), DType.Float64);
        var values = new Tensor?[order.Count];
        int[] left = [.. readers];
        for (int i = 0; i < values.Length; i++)
        {
            Expr node = order[i];
            values[i] = node is Symbol symbol ? valueOf(symbol) : Step(node, values);
            foreach (Expr operand in node.Args)
                if (places.TryGetValue(operand, out int place) && --left[place] == 0) values[place] = null;
        }
        return values[^1]!;
    }

    private Tensor Step(Expr node, Tensor?[] values) => node switch
    {
        Sum => SumOf(node.Args, values),
        Product product => ProductOf(product, values),
        Call call when call.Primitive == Primitives.Pow && call.Args[1] is Number exponent => PowerOf(ValueOf(call.Args[0], values), exponent),
        Call call => CallOf(call, values),
        _ => throw new NotSupportedException($"Formula.Evaluate: {node.GetType().Name} cannot be computed on tensors."),
    };

    private Tensor SumOf(Expr[] terms, Tensor?[] values)
    {
        Tensor total = ValueOf(terms[0], values);
        for (int i = 1; i < terms.Length; i++) total += ValueOf(terms[i], values);
        return total;
    }

    // What has a negative exponent divides, and x/3 rounds once where (1/3)·x would round twice.
    private Tensor ProductOf(Product product, Tensor?[] values)
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

    private Tensor CallOf(Call call, Tensor?[] values)
    {
        var args = new Tensor[call.Args.Length];
        for (int i = 0; i < args.Length; i++) args[i] = ValueOf(call.Args[i], values);
        ElementwiseOp operation = Operations.GetOrAdd(
            call.Primitive, static row => ElementwiseOp.Derived(row.Name, row.Arity, inputs => [row.Apply(inputs)]));
        return operation.ApplyMany(args)[0];
    }

    private Tensor ValueOf(Expr node, Tensor?[] values) =>
        places.TryGetValue(node, out int place) ? values[place]! : Tensor.Number(node.Evaluate(NoValues));
}
