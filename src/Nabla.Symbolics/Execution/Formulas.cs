namespace Nabla.Symbolics;

/// <summary>Makes functions to call out of formulas.</summary>
public static class Formulas
{
    /// <summary>
    /// A function of the given symbols, in that order; of all symbols of the formula, ordered by name, if none are given. On runtimes
    /// that may generate code it is machine code, on others it is interpreted, with the same results to the bit.
    /// </summary>
    /// <exception cref="ArgumentException">The formula has a symbol that is not listed, or one is listed twice.</exception>
    public static CompiledFormula Compile(this Expr formula, params ReadOnlySpan<Symbol> symbols)
    {
        ArgumentNullException.ThrowIfNull(formula);
        return Compile([formula], symbols);
    }

    /// <summary>
    /// Several formulas as one function, for example a value and its gradient; what they share is computed once.
    /// </summary>
    /// <exception cref="ArgumentException">There is no formula; or one has a symbol that is not listed, or one is listed twice.</exception>
    public static CompiledFormula Compile(ReadOnlySpan<Expr> formulas, params ReadOnlySpan<Symbol> symbols)
    {
        if (formulas.Length == 0) throw new ArgumentException("Compile: no formula is given. Give one at least.", nameof(formulas));
        var free = new SortedSet<Symbol>(Comparer<Symbol>.Create(static (a, b) => string.CompareOrdinal(a.Name, b.Name)));
        foreach (Expr formula in formulas)
        {
            ArgumentNullException.ThrowIfNull(formula, nameof(formulas));
            free.UnionWith(formula.FreeSymbols);
        }

        Symbol[] inputs = symbols.Length == 0 ? [.. free] : symbols.ToArray();
        var listed = new HashSet<Symbol>();
        foreach (Symbol symbol in inputs)
        {
            ArgumentNullException.ThrowIfNull(symbol, nameof(symbols));
            if (!listed.Add(symbol)) throw new ArgumentException($"Compile: symbol '{symbol.Name}' is listed twice. Name each input once.", nameof(symbols));
        }

        free.ExceptWith(listed);
        if (free.Count > 0)
        {
            throw new ArgumentException(
                $"Compile: the formula has the symbol(s) {string.Join(", ", free.Select(symbol => symbol.Name))}, which are not among the inputs. List them, or substitute numbers.",
                nameof(symbols));
        }

        return new CompiledFormula(inputs, Program.Of(formulas, inputs));
    }
}
