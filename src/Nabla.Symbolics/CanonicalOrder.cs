namespace Nabla.Symbolics;

/// <summary>
/// The order in which operands are kept: by kind, size, depth, name, number of operands, and then by the first operands that differ.
/// As nodes are hash-consed, equal operands are recognised by reference and the comparison follows one path only. No hash code takes
/// part, so a formula prints the same in every process.
/// </summary>
internal static class CanonicalOrder
{
    /// <summary>The general order of nodes.</summary>
    public static int Compare(Expr a, Expr b)
    {
        while (!ReferenceEquals(a, b))
        {
            var order = Rank(a) - Rank(b);
            if (order != 0) return order;
            switch (a)
            {
                case Number number: return Number.Compare(number, (Number)b);
                case Constant constant: return string.CompareOrdinal(constant.Name, ((Constant)b).Name);
                case Symbol symbol: return Symbol.Compare(symbol, (Symbol)b);
            }

            order = a is Indexed indexed ? IndexedBase.Compare(indexed.Base, ((Indexed)b).Base) : 0;
            if (order == 0) order = a.Size.CompareTo(b.Size);
            if (order == 0) order = a.Depth.CompareTo(b.Depth);
            if (order == 0 && a is Call call) order = string.CompareOrdinal(call.Primitive.Name, ((Call)b).Primitive.Name);
            if (order == 0 && a is BigOperator big) order = CompareOperators(big, (BigOperator)b);
            if (order == 0) order = a.Args.Length.CompareTo(b.Args.Length);
            if (order != 0) return order;
            var i = a.Args.AsSpan().CommonPrefixLength(b.Args);
            (a, b) = i < a.Args.Length ? (a.Args[i], b.Args[i]) : (((BigOperator)a).Body, ((BigOperator)b).Body);
        }

        return 0;
    }

    private static int CompareOperators(BigOperator a, BigOperator b) =>
        a.IsSum != b.IsSum ? (a.IsSum ? -1 : 1) : Symbol.Compare(a.Index, b.Index);

    /// <summary>Factors of a product: by base, then by exponent.</summary>
    public static int CompareFactors(Expr a, Expr b)
    {
        var order = Compare(Power.BaseOf(a), Power.BaseOf(b));
        return order != 0 ? order : Number.Compare(Power.ExponentOf(a), Power.ExponentOf(b));
    }

    /// <summary>Terms of a sum without their coefficients: higher degree first, then factor by factor, higher powers first.</summary>
    public static int CompareTerms(Expr a, Expr b)
    {
        if (ReferenceEquals(a, b)) return 0;
        var order = b.Degree.CompareTo(a.Degree);
        if (order != 0) return order;
        var left = Product.FactorsOf(ref a);
        var right = Product.FactorsOf(ref b);
        var shared = Math.Min(left.Length, right.Length);
        for (var i = 0; i < shared; i++)
        {
            if (ReferenceEquals(left[i], right[i])) continue;
            order = Compare(Power.BaseOf(left[i]), Power.BaseOf(right[i]));
            if (order == 0) order = Number.Compare(Power.ExponentOf(right[i]), Power.ExponentOf(left[i]));
            if (order != 0) return order;
        }

        return left.Length.CompareTo(right.Length);
    }

    private static int Rank(Expr node) => node switch
    {
        Number => 0,
        Constant => 1,
        Symbol => 2,
        Indexed => 3,
        Sum => 4,
        Product => 5,
        Call => 6,
        _ => 7,
    };
}
