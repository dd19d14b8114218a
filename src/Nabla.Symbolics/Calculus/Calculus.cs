namespace Nabla.Symbolics;

/// <summary>Derivatives of several formulas by several symbols.</summary>
public static class Calculus
{
    /// <summary>All partial derivatives of all formulas, by one reverse sweep each.</summary>
    /// <param name="f">The formulas, m of them.</param>
    /// <param name="wrt">The symbols, n of them.</param>
    /// <returns>[m, n]: the row of a formula is its gradient.</returns>
    public static Expr[,] Jacobian(ReadOnlySpan<Expr> f, ReadOnlySpan<Symbol> wrt)
    {
        var jacobian = new Expr[f.Length, wrt.Length];
        for (var i = 0; i < f.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(f[i], nameof(f));
            var row = f[i].Gradient(wrt);
            for (var j = 0; j < row.Length; j++) jacobian[i, j] = row[j];
        }

        return jacobian;
    }

    /// <summary>
    /// All second derivatives: the gradient of each entry of the gradient, by the symbols from its own on. Entries across the diagonal are
    /// the same object.
    /// </summary>
    /// <param name="f">The formula.</param>
    /// <param name="wrt">The symbols, n of them.</param>
    /// <returns>[n, n], symmetric.</returns>
    public static Expr[,] Hessian(Expr f, ReadOnlySpan<Symbol> wrt)
    {
        ArgumentNullException.ThrowIfNull(f);
        var hessian = new Expr[wrt.Length, wrt.Length];
        var gradient = f.Gradient(wrt);
        for (var i = 0; i < wrt.Length; i++)
        {
            var row = gradient[i].Gradient(wrt[i..]);
            for (var j = i; j < wrt.Length; j++) hessian[i, j] = hessian[j, i] = row[j - i];
        }

        return hessian;
    }
}
