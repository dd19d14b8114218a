using System.Numerics;

namespace Nabla.Symbolics;

/// <summary>
/// The sum or product of a body over a whole-number index, both bounds included; over no index at all the sum is 0 and the product 1.
/// The operands are the bounds. The index is a symbol of the operator's own: no symbol from outside is ever taken for it, and a
/// substitution from outside does not reach it.
/// </summary>
public sealed class BigOperator : Expr
{
    /// <summary>Operators may stand inside each other up to this depth.</summary>
    internal const int LargestNesting = 64;

    /// <summary>An operator is written out up to this many terms.</summary>
    internal const int LargestUnrolling = 10_000;

    private BigOperator(bool isSum, Symbol index, Expr lower, Expr upper, Expr body)
        : base([lower, upper], HashOf(isSum ? 0x7200 : 0x7201, [index, lower, upper, body]), 0, 0, body)
    {
        IsSum = isSum;
        Index = index;
        Body = body;
    }

    /// <summary>Whether it is a sum; else it is a product.</summary>
    public bool IsSum { get; }

    /// <summary>The index, a symbol that occurs in <see cref="Body"/> only.</summary>
    public Symbol Index { get; }

    /// <summary>The first value of the index.</summary>
    public Expr Lower => Args[0];

    /// <summary>The last value of the index.</summary>
    public Expr Upper => Args[1];

    /// <summary>What is added or multiplied.</summary>
    public Expr Body { get; }

    /// <summary>The bounds, if both are whole numbers of moderate size.</summary>
    internal (long First, long Last)? NumericBounds => BoundsOf(Lower, Upper);

    /// <summary>The operator in canonical form.</summary>
    internal static Expr Of(bool isSum, Expr body, Symbol index, Expr lower, Expr upper)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(lower);
        ArgumentNullException.ThrowIfNull(upper);
        RequireBound(isSum, index, lower);
        RequireBound(isSum, index, upper);
        var bounds = BoundsOf(lower, upper);
        if (bounds is { } empty && empty.Last < empty.First) return isSum ? Number.Zero : Number.One;
        if (body is Number { IsZero: true } && isSum) return Number.Zero;
        if (body is Number { IsOne: true } && !isSum) return Number.One;
        if (bounds is { } range && !Traversal.Contains(body, index))
        {
            var count = Number.Of(range.Last - range.First + 1);
            return isSum ? Symbolics.Product.Of([count, body]) : Power.Of(body, count);
        }

        if (isSum && DeltaCollapse.TryOf(body, index, lower, upper) is { } collapsed) return collapsed;
        return Close(isSum, body, index, lower, upper);
    }

    /// <summary>The same operator with other parts; its index stands in <paramref name="body"/> as before.</summary>
    internal Expr With(Expr body, Expr lower, Expr upper) =>
        ReferenceEquals(body, Body) && ReferenceEquals(lower, Lower) && ReferenceEquals(upper, Upper) ? this : Of(IsSum, body, Index, lower, upper);

    /// <summary>The body with the index replaced.</summary>
    internal Expr BodyAt(Expr index) => Body.Subs(Index, index);

    /// <summary>The terms or factors of an operator with numeric bounds, combined.</summary>
    /// <exception cref="InvalidOperationException">There are more than 10,000.</exception>
    internal Expr WriteOut(long first, long last)
    {
        if (last < first) return IsSum ? Number.Zero : Number.One;
        if (last - first >= LargestUnrolling)
        {
            throw new InvalidOperationException(
                $"Unroll: the {Kind} over {Index.Name} has {last - first + 1} terms; at most {LargestUnrolling} are written out. Evaluate it instead.");
        }

        var terms = new Expr[last - first + 1];
        for (var i = 0; i < terms.Length; i++) terms[i] = BodyAt(Number.Of(first + i));
        return IsSum ? Symbolics.Sum.Of(terms) : Symbolics.Product.Of(terms);
    }

    internal string Kind => IsSum ? "sum" : "product";

    internal override bool SameNode(Expr other) => other is BigOperator big && big.IsSum == IsSum
        && ReferenceEquals(big.Index, Index) && ReferenceEquals(big.Body, Body) && SameArgs(other);

    // The index gets the level of the operator, above that of all operators inside: so equal operators are one node, and an index is
    // never that of an operator around it.
    private static BigOperator Close(bool isSum, Expr body, Symbol index, Expr lower, Expr upper)
    {
        var level = body.Nesting + 1;
        if (level > LargestNesting)
        {
            throw new InvalidOperationException(
                $"{(isSum ? "SumOver" : "ProductOver")}: operators are nested more than {LargestNesting} deep. Name inner sums by symbols of their own.");
        }

        var bound = Symbolics.Symbol.Of(FreeName(body, index), index.Assumptions | Assumptions.Integer, level);
        if (!ReferenceEquals(bound, index)) body = body.Subs(index, bound);
        return InternTable.Intern(new BigOperator(isSum, bound, lower, upper, body));
    }

    // Another symbol of the index's name in the body would print like the index.
    private static string FreeName(Expr body, Symbol index)
    {
        var taken = new HashSet<string>();
        foreach (var node in Traversal.PostOrderWithBodies(body))
        {
            if (node is Symbol symbol && !ReferenceEquals(symbol, index)) taken.Add(symbol.Name);
        }

        if (!taken.Contains(index.Name)) return index.Name;
        var stem = index.Name;
        var underscore = stem.LastIndexOf('_');
        if (underscore > 0 && index.IsBound && underscore < stem.Length - 1 && stem.AsSpan(underscore + 1).IndexOfAnyExceptInRange('0', '9') < 0) stem = stem[..underscore];
        for (var i = 1; ; i++)
        {
            if (!taken.Contains($"{stem}_{i}")) return $"{stem}_{i}";
        }
    }

    private static void RequireBound(bool isSum, Symbol index, Expr bound)
    {
        if (bound is Number { IsInteger: false } number && !double.IsInfinity(number.ToDouble()))
        {
            throw new ArgumentException($"{(isSum ? "SumOver" : "ProductOver")}: the bound {number} of {index.Name} is no whole number.");
        }

        if (Traversal.Contains(bound, index))
        {
            throw new ArgumentException(
                $"{(isSum ? "SumOver" : "ProductOver")}: the bound {bound} contains the index {index.Name} itself. Use another symbol there.");
        }
    }

    private static (long First, long Last)? BoundsOf(Expr lower, Expr upper) =>
        lower is Number { IsInteger: true } first && upper is Number { IsInteger: true } last
        && BigInteger.Abs(first.Value.Numerator) < long.MaxValue / 4 && BigInteger.Abs(last.Value.Numerator) < long.MaxValue / 4
            ? ((long)first.Value.Numerator, (long)last.Value.Numerator)
            : null;
}
