using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// The value of a tensor inside a trace: for each element the number of its formula in the list of the trace. The numbers lie in
/// an array of the tensor's own geometry, so that whatever only moves elements (views, gathers, joins) works on them by its
/// ordinary kernel. 0 is the number of the formula 0, which makes the zeros that such kernels fill in right too.
/// </summary>
/// <param name="List">The formulas of the trace.</param>
/// <param name="Ids">Their numbers, float64. Never written to: an in-place operation gives the handle another value.</param>
internal sealed record SymbolicValue(FormulaList List, NdArray Ids);

/// <summary>The formulas of one trace, each once.</summary>
internal abstract class FormulaList
{
    private readonly Lock gate = new();
    private readonly Dictionary<Expr, ChosenElement> choices = [];

    /// <summary>The formula that has a number.</summary>
    public abstract Expr this[int number] { get; }

    /// <summary>The number of a formula, a new one if it is not in the list.</summary>
    public abstract int Add(Expr formula);

    /// <summary>Notes which element of a row stands at a position that depends on the row's values.</summary>
    public void Remember(Expr position, ChosenElement choice)
    {
        lock (gate) choices.TryAdd(position, choice);
    }

    /// <summary>Whether a formula is a position that was found in a row: not negative, and inside of it.</summary>
    public bool IsPosition(Expr formula)
    {
        lock (gate) return choices.ContainsKey(formula);
    }

    /// <summary>The element of a row at a position that depends on values; null if the position was not found in that row.</summary>
    public Expr? Chosen(Expr position, ReadOnlySpan<Expr> row)
    {
        lock (gate) return choices.TryGetValue(position, out ChosenElement? choice) && row.SequenceEqual(choice.Row) ? choice.Element : null;
    }

    /// <summary>What is known of a position holds under its new name too.</summary>
    protected void Rename(Expr position, Expr name)
    {
        lock (gate)
            if (choices.TryGetValue(position, out ChosenElement? choice)) choices.TryAdd(name, choice);
    }
}

/// <summary>Formulas in the symbols of a function's arguments.</summary>
internal sealed class WholeFormulas : FormulaList
{
    private readonly Lock gate = new();
    private readonly List<Expr> formulas = [];
    private readonly Dictionary<Expr, int> numbers = [];

    public WholeFormulas() => Add(0);

    public override Expr this[int number]
    {
        get
        {
            lock (gate) return formulas[number];
        }
    }

    public override int Add(Expr formula)
    {
        lock (gate)
        {
            if (numbers.TryGetValue(formula, out int known)) return known;
            formulas.Add(formula);
            return numbers[formula] = formulas.Count - 1;
        }
    }
}

/// <summary>What stands at a position that was found by comparing the elements of a row: for an argmax the maximum.</summary>
internal sealed record ChosenElement(Expr[] Row, Expr Element);
