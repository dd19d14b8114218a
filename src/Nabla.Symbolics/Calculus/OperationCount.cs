namespace Nabla.Symbolics;

/// <summary>
/// The cost of formulas: the operations that remain when every shared subterm is computed once. An addition, subtraction,
/// multiplication or division counts 1, a power or a function 1, a change of sign nothing (it becomes a subtraction or part of a factor).
/// </summary>
public static class OperationCount
{
    /// <summary>The operations of all formulas together.</summary>
    public static int Of(params ReadOnlySpan<Expr> outputs)
    {
        var count = 0;
        foreach (var node in Traversal.PostOrder(outputs)) count += OfNode(node);
        return count;
    }

    private static int OfNode(Expr node) => node switch
    {
        Sum => node.Args.Length - 1,
        Product product => ReferenceEquals(product.Coefficient, Number.MinusOne) ? node.Args.Length - 2 : node.Args.Length - 1,
        Call => 1,
        BigOperator big => 1 + Of(big.Body),
        _ => 0,
    };
}
