using System.Runtime.InteropServices;

namespace Nabla.Symbolics;

/// <summary>
/// A derivative along a chain, its factors not yet multiplied. Products are flattened, so multiplying at each of n levels of
/// sin(sin(…)) would make n products of up to n factors; a linked list shares the tails, and one product is built at the end.
/// </summary>
internal sealed class PendingProduct
{
    private readonly Expr factor;
    private readonly PendingProduct? rest;
    private Expr? value;

    private PendingProduct(Expr factor, PendingProduct? rest)
    {
        this.factor = factor;
        this.rest = rest;
    }

    public static PendingProduct One { get; } = new(Number.One, null);

    /// <summary>The product.</summary>
    public Expr Value => value ??= Multiply();

    public static PendingProduct Of(Expr value) => new(value, null);

    /// <summary>
    /// The local derivative times the derivative so far; null for 0. A choice with 0 in one branch keeps the incoming derivative out of
    /// that branch: 0 times an infinite derivative must stay 0 where the other branch is taken.
    /// </summary>
    public static PendingProduct? Times(Expr partial, PendingProduct incoming) => partial switch
    {
        Number { IsZero: true } => null,
        Number { IsOne: true } => incoming,
        Call choice when HasZeroBranch(choice) => Of(Choose(choice, incoming)),
        _ => new PendingProduct(partial, incoming),
    };

    private static bool HasZeroBranch(Expr node) => node is Call { Args: [_, var a, var b] } call && call.Primitive == Primitives.Select
        && (a is Number { IsZero: true } || b is Number { IsZero: true } || HasZeroBranch(a) || HasZeroBranch(b));

    private static Expr Choose(Expr partial, PendingProduct incoming) => HasZeroBranch(partial)
        ? Functions.Select(partial.Args[0], Choose(partial.Args[1], incoming), Choose(partial.Args[2], incoming))
        : Times(partial, incoming)?.Value ?? Number.Zero;

    private Expr Multiply()
    {
        var factors = new List<Expr>();
        for (var node = this; node is not null; node = node.rest)
        {
            if (node.value is { } known)
            {
                factors.Add(known);
                break;
            }

            factors.Add(node.factor);
        }

        return Product.Of(CollectionsMarshal.AsSpan(factors));
    }
}
