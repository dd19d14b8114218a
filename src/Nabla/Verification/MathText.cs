using System.Globalization;
using Nabla.Symbolics;

namespace Nabla;

/// <summary>Formulas as a page of HTML shows them: MathML, what they share written once.</summary>
internal static class MathText
{
    /// <summary>A formula of more operations fills pages, and nobody reads it.</summary>
    private const int MostOperations = 600;

    /// <summary>Formulas of so few nodes altogether read better without names for what they share.</summary>
    private const int LongestWithoutParts = 150;

    public static string Html(IReadOnlyList<(string Name, Expr Formula)> formulas)
    {
        var all = Traversal.PostOrder([.. formulas.Select(formula => formula.Formula)]);
        int operations = all.Count(node => node.Operands.Count > 0);
        if (operations > MostOperations)
            return string.Create(CultureInfo.InvariantCulture, $"<p class=\"note\">{operations:N0} operations: too long to be read.</p>\n");
        bool isShort = formulas.Sum(formula => Math.Min(formula.Formula.Size, 10L * MostOperations)) <= LongestWithoutParts;
        SharedParts parts = SharedParts.Of([.. formulas.Select(formula => formula.Formula)], isShort ? new SharedPartsOptions { MinimumUses = int.MaxValue } : SharedPartsOptions.Default);
        return $"<div class=\"formula\">{parts.ToMathML([.. formulas.Select(formula => formula.Name)])}</div>\n";
    }
}
