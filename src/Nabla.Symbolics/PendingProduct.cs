using System.Runtime.InteropServices;

namespace Nabla.Symbolics;

/// <summary>
/// A derivative along a chain, its factors not yet multiplied. Products are flattened, so multiplying at each of n levels of
/// sin(sin(…)) would make n products of up to n factors; a linked list shares the tails, and one product is built at the end.
/// </summary>
internal sealed class PendingProduct
{
    /// <summary>Choices nested deeper than the rows of the table nest them are multiplied like any other factor.</summary>
    private const int DeepestChoice = 4;

    // Of a chain longer than this, what several users share is multiplied where they part, so that it is multiplied once.
    private const int LongestSeparatePart = 64;

    private readonly Expr factor;
    private readonly PendingProduct? rest;
    private readonly int length;
    private Expr? value;
    private bool isShared;

    private PendingProduct(Expr factor, PendingProduct? rest)
    {
        this.factor = factor;
        this.rest = rest;
        length = rest is null ? 1 : rest.length + 1;
    }

    public static PendingProduct One { get; } = new(Number.One, null);

    /// <summary>The product.</summary>
    public Expr Value
    {
        get
        {
            if (value is not null) return value;

            // From the far end, as each shared part is a factor of the next.
            var parts = new Stack<PendingProduct>();
            parts.Push(this);
            for (var node = rest; node is not null && node.value is null; node = node.rest)
            {
                if (node.isShared) parts.Push(node);
            }

            while (parts.TryPop(out var part)) part.value = part.Multiply(null);
            return value!;
        }
    }

    /// <summary>Tells that several products end with this one.</summary>
    public void MarkShared() => isShared = true;

    public static PendingProduct Of(Expr value) => new(value, null);

    /// <summary>The local derivative times the derivative so far; null for 0.</summary>
    public static PendingProduct? Times(Expr partial, PendingProduct incoming) => partial switch
    {
        Number { IsZero: true } => null,
        Number { IsOne: true } => incoming,
        _ => new PendingProduct(partial, incoming),
    };

    /// <summary>
    /// The sum of several. What all of them end with is not multiplied into each term but stays a factor of the sum, and so does what the
    /// terms have in common besides: the sum is then often one that exists already, and long products are not copied at every level.
    /// </summary>
    public static PendingProduct Sum(List<PendingProduct> terms)
    {
        if (terms.Count == 1) return terms[0];
        var tail = terms[0];
        foreach (var term in terms) tail = CommonTail(tail, term);
        var parts = new Expr[terms.Count];
        foreach (var term in terms)
        {
            // A choice with 0 in one branch must keep all other factors out of that branch.
            if (tail is null || ReferenceEquals(tail, One) || term.length - tail.length > LongestSeparatePart || term.HasChoiceBefore(tail))
            {
                tail = null;
                break;
            }
        }

        for (var i = 0; i < parts.Length; i++) parts[i] = tail is null ? terms[i].Value : terms[i].Multiply(tail);
        var common = CommonFactor.TakeOut(parts);
        var sum = Symbolics.Sum.Of(parts);
        if (!ReferenceEquals(common, Number.One)) tail = new PendingProduct(common, tail);
        return new PendingProduct(sum, tail);
    }

    private static PendingProduct? CommonTail(PendingProduct? a, PendingProduct? b)
    {
        while (!ReferenceEquals(a, b))
        {
            if (a is null || b is null) return null;
            if (a.length >= b.length) a = a.rest;
            else b = b.rest;
        }

        return a;
    }

    private bool HasChoiceBefore(PendingProduct? tail)
    {
        for (var node = this; node is not null && !ReferenceEquals(node, tail); node = node.rest)
        {
            if (HasZeroBranch(node.factor, DeepestChoice)) return true;
        }

        return false;
    }

    private Expr Multiply(PendingProduct? tail)
    {
        var factors = new List<Expr>();
        var choices = new List<Expr>();
        for (var node = this; node is not null && !ReferenceEquals(node, tail); node = tail is null && node.value is not null ? null : node.rest)
        {
            var part = tail is null && node.value is not null ? node.value : node.factor;
            (HasZeroBranch(part, DeepestChoice) ? choices : factors).Add(part);
        }

        var product = Product.Of(CollectionsMarshal.AsSpan(factors));
        for (var i = choices.Count - 1; i >= 0; i--) product = Choose(choices[i], product, DeepestChoice);
        return product;
    }

    // A choice with 0 in one branch keeps all other factors out of that branch: 0 times an infinite derivative, as of sqrt at 0, must
    // stay 0 where that branch is taken.
    private static Expr Choose(Expr node, Expr product, int depth) => HasZeroBranch(node, depth)
        ? Functions.Select(node.Args[0], Choose(node.Args[1], product, depth - 1), Choose(node.Args[2], product, depth - 1))
        : node * product;

    private static bool HasZeroBranch(Expr node, int depth) =>
        depth > 0 && node is Call { Args: [_, var a, var b] } call && call.Primitive == Primitives.Select
        && (a is Number { IsZero: true } || b is Number { IsZero: true } || HasZeroBranch(a, depth - 1) || HasZeroBranch(b, depth - 1));
}
