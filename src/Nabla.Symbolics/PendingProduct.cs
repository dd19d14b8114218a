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

    /// <summary>The local derivative times the derivative so far; null for 0.</summary>
    public static PendingProduct? Times(Expr partial, PendingProduct incoming) => partial switch
    {
        Number { IsZero: true } => null,
        Number { IsOne: true } => incoming,
        _ => new PendingProduct(partial, incoming),
    };

    private Expr Multiply()
    {
        var factors = new List<Expr>();
        var choices = new List<Expr>();
        for (var node = this; node is not null; node = node.value is null ? node.rest : null)
        {
            var part = node.value ?? node.factor;
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
