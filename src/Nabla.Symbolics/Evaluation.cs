namespace Nabla.Symbolics;

/// <summary>Evaluates a formula in double precision, each node once. Negative powers divide, and whole and half powers avoid pow.</summary>
internal static class Evaluation
{
    public static double Of(Expr root, IReadOnlyDictionary<Symbol, double> symbols, IReadOnlyDictionary<IndexedBase, Array> arrays)
    {
        var scope = new Scope(symbols, arrays, []);
        var order = Traversal.PostOrder([root]);
        var values = new Dictionary<Expr, double>(order.Count);
        foreach (var node in order) values[node] = ValueOf(node, values, scope);
        return values[root];
    }

    private static double ValueOf(Expr node, Dictionary<Expr, double> values, Scope scope)
    {
        switch (node)
        {
            case Number number: return number.ToDouble();
            case Constant constant: return constant.ToDouble();
            case Symbol symbol:
                return scope.Indices.TryGetValue(symbol, out var given) || scope.Symbols.TryGetValue(symbol, out given)
                    ? given
                    : throw new ArgumentException(
                        $"Evaluate: symbol '{symbol.Name}'{(symbol.Assumptions == Assumptions.Real ? "" : $" ({symbol.Assumptions})")} has no value. Add it to the dictionary.");
            case Indexed indexed: return ElementOf(indexed, values, scope);
            case BigOperator big: return OperatorOf(big, values, scope);
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

    private static double ElementOf(Indexed indexed, Dictionary<Expr, double> values, Scope scope)
    {
        if (!scope.Arrays.TryGetValue(indexed.Base, out var array))
        {
            throw new ArgumentException($"Evaluate: array '{indexed.Base.Name}' has no values. Add it to the dictionary of arrays.");
        }

        if (array.Rank != indexed.Args.Length)
        {
            throw new ArgumentException($"Evaluate: {indexed} has {indexed.Args.Length} indices, the array given for '{indexed.Base.Name}' has {array.Rank}.");
        }

        var at = new int[array.Rank];
        for (var i = 0; i < at.Length; i++)
        {
            var index = values[indexed.Args[i]];
            if (!(index >= 0 && index < array.GetLength(i) && index == Math.Floor(index)))
            {
                throw new ArgumentException(
                    $"Evaluate: index {i} of {indexed} is {index}; the array given for '{indexed.Base.Name}' has whole indices from 0 to {array.GetLength(i) - 1}.");
            }

            at[i] = (int)index;
        }

        return array is double[] vector ? vector[at[0]] : Convert.ToDouble(array.GetValue(at), System.Globalization.CultureInfo.InvariantCulture);
    }

    // What does not depend on the index is computed once, the rest for every value of it. Operators stand in each other at most
    // BigOperator.LargestNesting deep, so recursion is safe here.
    private static double OperatorOf(BigOperator big, Dictionary<Expr, double> values, Scope scope)
    {
        const double largestIndex = 1L << 53;
        var (first, last) = (values[big.Lower], values[big.Upper]);
        if (!(Math.Abs(first) <= largestIndex && Math.Abs(last) <= largestIndex && first == Math.Floor(first) && last == Math.Floor(last)))
        {
            throw new ArgumentException($"Evaluate: the {big.Kind} over {big.Index.Name} runs from {first} to {last}; bounds must be whole numbers.");
        }

        var inner = new Dictionary<Expr, double>();
        var varying = new List<Expr>();
        var dependsOnIndex = new HashSet<Expr>();
        foreach (var node in Traversal.PostOrder([big.Body]))
        {
            var depends = ReferenceEquals(node, big.Index) || (node is BigOperator nested && Traversal.MayContain(nested.Body, big.Index));
            foreach (var operand in node.Args) depends = depends || dependsOnIndex.Contains(operand);
            if (depends)
            {
                dependsOnIndex.Add(node);
                varying.Add(node);
            }
            else if (first <= last)
            {
                inner[node] = ValueOf(node, inner, scope);
            }
        }

        var result = big.IsSum ? 0.0 : 1.0;
        for (var index = first; index <= last; index++)
        {
            scope.Indices[big.Index] = index;
            foreach (var node in varying) inner[node] = ValueOf(node, inner, scope);
            result = big.IsSum ? result + inner[big.Body] : result * inner[big.Body];
        }

        scope.Indices.Remove(big.Index);
        return result;
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

    /// <summary>The values given, and those of the indices of the operators that are being evaluated.</summary>
    private sealed record Scope(
        IReadOnlyDictionary<Symbol, double> Symbols, IReadOnlyDictionary<IndexedBase, Array> Arrays, Dictionary<Symbol, double> Indices);
}
