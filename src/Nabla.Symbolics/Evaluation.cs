namespace Nabla.Symbolics;

/// <summary>Evaluates a formula in double precision, each node once. Negative powers divide, and whole and half powers avoid pow.</summary>
internal static class Evaluation
{
    public static double Of(Expr root, IReadOnlyDictionary<Symbol, double> symbols)
    {
        var order = Traversal.PostOrder([root]);
        var values = new Dictionary<Expr, double>(order.Count);
        foreach (var node in order) values[node] = ValueOf(node, values, symbols);
        return values[root];
    }

    private static double ValueOf(Expr node, Dictionary<Expr, double> values, IReadOnlyDictionary<Symbol, double> symbols)
    {
        switch (node)
        {
            case Number number: return number.ToDouble();
            case Constant constant: return constant.ToDouble();
            case Symbol symbol:
                return symbols.TryGetValue(symbol, out var given)
                    ? given
                    : throw new ArgumentException($"Evaluate: symbol '{symbol.Name}' has no value. Add it to the dictionary.");
            case Sum:
                var sum = 0.0;
                foreach (var term in node.Args) sum += values[term];
                return sum;
            case Product product: return ProductOf(product, values);
            case Call call when call.Primitive == Primitives.Pow:
                var (@base, exponent) = (values[call.Args[0]], values[call.Args[1]]);
                return exponent < 0 && call.Args[1] is Number ? 1 / PowerOf(@base, -exponent) : PowerOf(@base, exponent);
            case Call call:
                Span<double> args = stackalloc double[3];
                for (var i = 0; i < call.Args.Length; i++) args[i] = values[call.Args[i]];
                return call.Primitive.Evaluate(args[..call.Args.Length]);
            default: throw new InvalidOperationException($"Evaluate: unknown node {node.GetType().Name}.");
        }
    }

    private static double ProductOf(Product product, Dictionary<Expr, double> values)
    {
        if (product.Coefficient.IsExact && !double.IsNormal(product.Coefficient.ToDouble())) return ScaledProductOf(product, values);
        var (value, divisor) = Split(product.Coefficient);
        foreach (var factor in product.Args)
        {
            if (factor is Number) continue;
            var exponent = Power.ExponentOf(factor);
            if (exponent.IsNegative) value /= PowerOf(values[Power.BaseOf(factor)], -exponent.ToDouble());
            else value *= values[factor];
        }

        return divisor == 1 ? value : value / divisor;
    }

    // The coefficient collects the numbers of all factors; that of a long chain, say 2^3000, may be out of range where the product is not.
    private static double ScaledProductOf(Product product, Dictionary<Expr, double> values)
    {
        var (value, exponent) = product.Coefficient.Value.Scaled();
        foreach (var factor in product.Args)
        {
            if (factor is Number) continue;
            value *= values[factor];
            if (!double.IsNormal(value)) continue;
            var magnitude = Math.ILogB(value);
            value = Math.ScaleB(value, -magnitude);
            exponent += magnitude;
        }

        return Math.ScaleB(value, exponent);
    }

    // x/3 rounds once where (1/3)*x would round twice.
    private static (double Factor, double Divisor) Split(Number coefficient)
    {
        const long exactLimit = 1L << 53;
        return coefficient.IsExact && coefficient.Value.TryGetSmall(out var numerator, out var denominator)
            && Math.Abs(numerator) <= exactLimit && denominator <= exactLimit
            ? (numerator, denominator)
            : (coefficient.ToDouble(), 1);
    }

    private static double PowerOf(double @base, double exponent) => exponent switch
    {
        1 => @base,
        2 => @base * @base,
        0.5 => Math.Sqrt(@base),
        _ => Math.Pow(@base, exponent),
    };
}
