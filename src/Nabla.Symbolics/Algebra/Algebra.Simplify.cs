namespace Nabla.Symbolics;

/// <summary>Simplification.</summary>
public static partial class Algebra
{
    /// <summary>
    /// A formula with the same value and at most as many operations (<see cref="OperationCount"/>, each shared subterm once), found by
    /// identities and by algebra within the bounds of <paramref name="options"/>. The result was compared with the formula at random
    /// points; it may have a value where the formula has none ((x^2 - 1)/(x - 1) at 1), never the other way round. Real symbols may be
    /// negative: sqrt(x^2) becomes abs(x), and x only for a symbol that was declared non-negative.
    /// </summary>
    /// <param name="formula">The formula.</param>
    /// <param name="options">Bounds; <see cref="SimplifyOptions.Default"/> if null.</param>
    public static Expr Simplify(this Expr formula, SimplifyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(formula);
        return Simplification.Run(formula, options ?? SimplifyOptions.Default);
    }
}
