namespace Nabla.Symbolics;

/// <summary>
/// The cost of formulas: the operations that are left when what they have in common is computed once, as <see cref="CommonSubexpressions"/>
/// lists them. An addition, subtraction, multiplication or division counts 1, a power other than a square, a root or a function 1, a change
/// of sign nothing (it becomes a subtraction). A sum or product over an index counts its body once.
/// </summary>
public static class OperationCount
{
    /// <summary>The operations of all formulas together.</summary>
    public static int Of(params ReadOnlySpan<Expr> outputs) => CommonSubexpressions.CostOf(outputs);
}
