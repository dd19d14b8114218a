using Nabla.Symbolics;

namespace Nabla;

/// <summary>The way between formulas and tensors.</summary>
public static partial class Formula
{
    /// <summary>
    /// Computes a formula on tensors, one recorded operation for each of its nodes, so that autograd, forward mode and every transform
    /// differentiate it by their own chain rule. Subterms that occur several times are computed once.
    /// </summary>
    /// <param name="formula">A formula of any depth.</param>
    /// <param name="values">A tensor for every symbol of the formula; their shapes broadcast together.</param>
    /// <returns>
    /// The values, of the shape to which the tensors of the symbols that occur broadcast (a scalar if none does), and of the type to
    /// which they promote (float64 if none does). Truth values are 0 and 1.
    /// </returns>
    /// <exception cref="ArgumentException">A symbol of the formula has no tensor.</exception>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor Evaluate(Expr formula, IReadOnlyDictionary<Symbol, Tensor> values)
    {
        ArgumentNullException.ThrowIfNull(formula);
        ArgumentNullException.ThrowIfNull(values);
        return new TensorFormula(formula).Evaluate(symbol => values.TryGetValue(symbol, out Tensor? value) && value is not null
            ? value
            : throw TransformErrors.NoTensorFor("Formula.Evaluate", symbol.Name, values.Keys.Select(key => key.Name)));
    }

    /// <summary>A formula as a function of tensors, made ready once and then called any number of times.</summary>
    /// <param name="formula">A formula of any depth.</param>
    /// <param name="symbols">The symbols in the order of the function's arguments; those that do not occur are ignored.</param>
    /// <returns>What <see cref="Evaluate"/> gives for an array of tensors, one for each symbol.</returns>
    /// <exception cref="ArgumentException">A symbol of the formula is not among <paramref name="symbols"/>, or one is named twice.</exception>
    public static Func<Tensor[], Tensor> ToFunction(Expr formula, params IReadOnlyList<Symbol> symbols)
    {
        ArgumentNullException.ThrowIfNull(formula);
        ArgumentNullException.ThrowIfNull(symbols);
        var places = new Dictionary<Symbol, int>();
        for (int i = 0; i < symbols.Count; i++)
        {
            if (!places.TryAdd(symbols[i], i)) throw TransformErrors.SymbolTwice("Formula.ToFunction", symbols[i].Name);
        }
        foreach (Symbol symbol in formula.FreeSymbols)
        {
            if (!places.ContainsKey(symbol)) throw TransformErrors.NoTensorFor("Formula.ToFunction", symbol.Name, symbols.Select(known => known.Name));
        }
        var steps = new TensorFormula(formula);
        return inputs => inputs.Length == places.Count
            ? steps.Evaluate(symbol => inputs[places[symbol]])
            : throw TransformErrors.TensorCount("Formula.ToFunction", inputs.Length, symbols.Select(known => known.Name));
    }
}
