using Nabla.Symbolics;

namespace Nabla;

/// <summary>How the pattern of a derivative is found.</summary>
public enum PatternDetection
{
    /// <summary>From the formula where the argument is small and the function can be traced, else by trying.</summary>
    Auto,

    /// <summary>
    /// From the formula of the function: an entry wherever the formula of a result contains the symbol of an argument, in whichever
    /// branch of a choice. Right everywhere, for every argument of that shape.
    /// </summary>
    Trace,

    /// <summary>
    /// From the derivative at the given point and at others nearby: an entry wherever one of them is not zero. Right, but for
    /// chance, where the function is given by one formula around the point; what is only in a branch that was not taken, or is
    /// exactly zero at each point, is missing.
    /// </summary>
    Probe,
}

public sealed partial class SparsityPattern
{
    // Formulas grow with every element; beyond this many, trying is cheaper.
    private const int MostTraced = 400;

    private const int Probes = 3;

    /// <summary>The pattern of the Jacobian of a function.</summary>
    /// <param name="function">From one tensor to one tensor; with <see cref="PatternDetection.Trace"/> its course must not depend on values.</param>
    /// <param name="x">The argument; its shape and type, and with <see cref="PatternDetection.Probe"/> its values.</param>
    /// <param name="method">How. <see cref="PatternDetection.Probe"/> costs four dense Jacobians, part by part.</param>
    /// <returns>A row for each element of the result, a column for each element of x.</returns>
    /// <exception cref="TraceException"><see cref="PatternDetection.Trace"/>, and the function asks for values or has no formula.</exception>
    public static SparsityPattern Detect(Func<Tensor, Tensor> function, Tensor x, PatternDetection method = PatternDetection.Auto)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(x);
        if (IsTraced(method, x))
        {
            try
            {
                TracedFormula traced = Formula.Trace(function, x.Shape, dtype: x.DType);
                return Occurrences(traced.Outputs, traced.Symbols);
            }
            catch (TraceException) when (method == PatternDetection.Auto)
            {
                // No formula: it is tried instead.
            }
        }
        return Probed(x, at => Functional.JacobianParts("SparsityPattern.Detect", function, at));
    }

    /// <summary>The pattern of the Hessian of a function; its diagonal always belongs to it.</summary>
    /// <inheritdoc cref="Detect(Func{Tensor, Tensor}, Tensor, PatternDetection)"/>
    /// <param name="function">From one tensor to one element.</param>
    /// <param name="x">The argument; its shape and type, and with <see cref="PatternDetection.Probe"/> its values.</param>
    /// <param name="method">How.</param>
    /// <returns>A symmetric pattern with a row and a column for each element of x.</returns>
    public static SparsityPattern DetectHessian(Func<Tensor, Tensor> function, Tensor x, PatternDetection method = PatternDetection.Auto)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(x);
        SparsityPattern? found = null;
        if (IsTraced(method, x))
        {
            try
            {
                TracedFormula gradient = Formula.Trace(function, x.Shape, dtype: x.DType).Gradient();
                found = Occurrences(gradient.Outputs, gradient.Symbols);
            }
            catch (TraceException) when (method == PatternDetection.Auto)
            {
                // No formula: it is tried instead.
            }
        }
        found ??= Probed(x, at => Functional.JacobianParts("SparsityPattern.DetectHessian", Functional.Grad(function), at));
        return found.Union(found.Transposed()).Union(Banded(x.Numel, 0, 0));
    }

    private static bool IsTraced(PatternDetection method, Tensor x) => method == PatternDetection.Trace || (method == PatternDetection.Auto && x.Numel <= MostTraced);

    private static SparsityPattern Occurrences(IReadOnlyList<Expr> outputs, IReadOnlyList<Symbol> symbols)
    {
        var places = new Dictionary<Symbol, int>();
        for (int j = 0; j < symbols.Count; j++) places.Add(symbols[j], j);
        return Of(outputs.Count, symbols.Count, outputs.SelectMany((output, i) => output.FreeSymbols.Select(symbol => (i, places[symbol]))));
    }

    private static SparsityPattern Probed(Tensor x, Func<Tensor, IEnumerable<(int Row, int Column, int Rows)>> entriesAt)
    {
        var entries = new HashSet<(int, int)>();
        int rows = 0;
        var generator = new Generator(1);
        double size = x.Numel == 0 ? 1 : Math.Max(1e-2, x.Detach().Abs().Max().Item());
        for (int probe = 0; probe <= Probes; probe++)
        {
            Tensor at = probe == 0 ? x.Detach() : (x.Detach() + (0.05 * size * Tensor.RandN(x.Shape, x.DType, generator: generator))).Detach();
            foreach ((int row, int column, int count) in entriesAt(at))
            {
                rows = count;
                if (row >= 0) entries.Add((row, column));
            }
        }
        return Of(rows, x.Numel, entries);
    }
}
