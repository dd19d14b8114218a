using System.Text;
using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// Reads a claimed gradient from text. The elements of an input x are written <c>x[0]</c> or <c>x0</c>, those of a matrix
/// <c>S[0, 1]</c> or <c>S01</c>. A list in brackets gives a formula for each element; a single formula holds for every element,
/// and x alone stands in it for the element at hand.
/// </summary>
internal sealed class ClaimText(VerificationProblem problem)
{
    private readonly List<Symbol> symbols = [];

    public ClaimedGradient Read(IReadOnlyList<string> texts)
    {
        if (texts.Count != problem.Names.Length) throw VerificationErrors.ClaimCount(problem.Op, texts.Count, problem.Names.Length);

        // The symbols that Formula.Trace gives the elements.
        foreach (TracedInput input in Formula.Trace(xs => xs[0], problem.Shapes, problem.Names).Inputs) symbols.AddRange(input.Symbols);
        var declared = new List<Symbol>(symbols);
        foreach (string name in problem.Names)
            if (Expr.Symbol(name) is var whole && !declared.Contains(whole)) declared.Add(whole);
        var options = new ParseOptions { Symbols = declared, DeclaredSymbolsOnly = true };

        var formulas = new Expr[problem.Count];
        for (int i = 0; i < texts.Count; i++)
        {
            ArgumentNullException.ThrowIfNull(texts[i]);
            string[] parts = Elements(WithSymbols(texts[i], i), i, texts[i]);
            int count = problem.Shapes[i].Numel;
            if (parts.Length != 1 && parts.Length != count)
                throw VerificationErrors.ClaimText(problem.Op, problem.Names[i], texts[i], $"it has {parts.Length} formulas for {count} elements. Give one for each, or a single one for all.");
            for (int j = 0; j < count; j++)
            {
                if (!Expr.TryParse(parts[parts.Length == 1 ? 0 : j], options, out Expr? formula, out string error))
                    throw VerificationErrors.ClaimText(problem.Op, problem.Names[i], texts[i], error);
                formulas[problem.Starts[i] + j] = AtElement(formula, i, j, texts[i]);
            }
        }
        return new ClaimedGradient(problem, formulas, [.. symbols]);
    }

    /// <summary>Puts the symbols of an element in place of the names of whole inputs.</summary>
    private Expr AtElement(Expr formula, int input, int position, string text)
    {
        var elements = new Dictionary<Expr, Expr>();
        foreach (Symbol symbol in formula.FreeSymbols)
        {
            int whole = Array.IndexOf(problem.Names, symbol.Name);
            if (whole < 0 || problem.Shapes[whole].Rank == 0) continue;
            if (problem.Shapes[whole] != problem.Shapes[input])
                throw VerificationErrors.ClaimText(problem.Op, problem.Names[input], text, $"{symbol.Name} is {problem.Shapes[whole]} and cannot stand for one element. Write {symbol.Name}[{string.Join(", ", new int[problem.Shapes[whole].Rank])}] and so on.");
            elements[symbol] = symbols[problem.Starts[whole] + position];
        }
        return elements.Count == 0 ? formula : formula.Subs(elements);
    }

    /// <summary>Writes <c>x[0]</c> as the symbol of that element.</summary>
    private string WithSymbols(string text, int input)
    {
        var result = new StringBuilder(text.Length);
        for (int at = 0; at < text.Length;)
        {
            int start = at;
            while (at < text.Length && (char.IsLetterOrDigit(text[at]) || text[at] == '_')) at++;
            int whole = Array.IndexOf(problem.Names, text[start..at]);
            int close = at < text.Length && text[at] == '[' ? text.IndexOf(']', at) : -1;
            if (whole >= 0 && close > 0)
            {
                result.Append(symbols[problem.Starts[whole] + Position(text[(at + 1)..close], whole, input, text)].Name);
                at = close + 1;
            }
            else
            {
                if (at == start) at++;
                result.Append(text, start, at - start);
            }
        }
        return result.ToString();
    }

    private int Position(string index, int whole, int input, string text)
    {
        Shape shape = problem.Shapes[whole];
        string[] parts = index.Split(',', StringSplitOptions.TrimEntries);
        int position = 0;
        bool fits = parts.Length == shape.Rank;
        for (int axis = 0; fits && axis < parts.Length; axis++)
        {
            fits = int.TryParse(parts[axis], out int at) && at >= 0 && at < shape[axis];
            position = (position * shape[axis]) + at;
        }
        return fits ? position : throw VerificationErrors.ClaimText(problem.Op, problem.Names[input], text, $"{problem.Names[whole]}[{index}] is no element of {problem.Names[whole]}, which is {shape}.");
    }

    /// <summary>The formulas between the commas of a list in brackets, of any nesting; the text itself if it is no list.</summary>
    private string[] Elements(string list, int input, string text)
    {
        list = list.Trim();
        if (!list.StartsWith('[')) return [list];
        var elements = new List<string>();
        int square = 0, round = 0, start = 0;
        for (int at = 0; at < list.Length; at++)
        {
            char c = list[at];
            if (c == '(') round++;
            if (c == ')') round--;
            bool separates = round == 0 && c is '[' or ']' or ',';
            if (c == '[' && round == 0) square++;
            if (c == ']' && round == 0) square--;
            if (square < 0 || (square == 0 && at < list.Length - 1)) throw VerificationErrors.ClaimText(problem.Op, problem.Names[input], text, "the square brackets do not match.");
            if (!separates) continue;
            if (at > start && list[start..at].Trim() is { Length: > 0 } element) elements.Add(element);
            start = at + 1;
        }
        if (square != 0) throw VerificationErrors.ClaimText(problem.Op, problem.Names[input], text, "the square brackets do not match.");
        return [.. elements];
    }
}
