using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// Goes down two formulas side by side to the first part in which they differ. Parts are compared by their values at the
/// samples, so that another way of writing the same is no difference.
/// </summary>
internal sealed class SubexpressionComparison(ClaimSamples samples, IReadOnlyList<Symbol> symbols)
{
    private const int Deepest = 40, MostParts = 200, Longest = 100;

    /// <summary>Where the claim first differs from the right derivative, in words; null if it does not, or nothing smaller than the whole can be named.</summary>
    public string? Find(Expr claimed, Expr right)
    {
        if (samples.Count < 3) return null;
        var path = new List<string>();
        for (int depth = 0; depth < Deepest; depth++)
        {
            if (Parts(claimed, right) is not var (word, ours, theirs)) break;
            (List<Expr> wrong, List<Expr> missing) = Unmatched(ours, theirs);
            if (wrong.Count == 0 && missing.Count == 0) return null;
            if (missing.Count == 0) return $"{Inside(path)}the claim has {Many(word, wrong)} too much.";
            if (wrong.Count == 0) return $"{Inside(path)}the claim lacks {Many(word, missing)}.";
            bool smaller = ours.Count > 1 || theirs.Count > 1 || word == "argument";
            if (wrong.Count > 1 || missing.Count > 1)
                return smaller ? $"{Inside(path)}the claim has {Many(word, wrong)} where the right derivative has {List(missing)}." : null;
            if (smaller) path.Add($"in the {word} {Text(missing[0])}");
            (claimed, right) = (wrong[0], missing[0]);
        }
        if (path.Count == 0) return null;

        // The last part is itself what is named.
        path.RemoveAt(path.Count - 1);
        return $"{Inside(path)}the claim has {Text(claimed)} where the right derivative has {Text(right)}.";
    }

    private static string Inside(List<string> path) => path.Count == 0 ? "" : $"{string.Join(", ", path)}: ";

    /// <summary>The parts of two formulas of the same kind; null where they are of different kinds.</summary>
    private static (string Word, List<Expr> Ours, List<Expr> Theirs)? Parts(Expr claimed, Expr right)
    {
        if (claimed is Sum || right is Sum)
        {
            (List<Expr> ours, List<Expr> theirs) = (TermDiagnosis.TermsOf(claimed), TermDiagnosis.TermsOf(right));
            if (ours.Count <= MostParts && theirs.Count <= MostParts) return ("term", ours, theirs);
        }
        if (claimed is Product || right is Product) return ("factor", [.. Factors(claimed)], [.. Factors(right)]);
        if (claimed is Call a && right is Call b && a.Primitive == b.Primitive && a.Operands.Count == b.Operands.Count)
        {
            List<int> differing = [.. Enumerable.Range(0, a.Operands.Count).Where(i => !ReferenceEquals(a.Operands[i], b.Operands[i]))];
            return ("argument", [.. differing.Select(i => a.Operands[i])], [.. differing.Select(i => b.Operands[i])]);
        }
        return null;

        static IEnumerable<Expr> Factors(Expr formula) => formula is Product ? formula.Operands : [formula];
    }

    private (List<Expr> Wrong, List<Expr> Missing) Unmatched(List<Expr> ours, List<Expr> theirs)
    {
        double[][] values = samples.Evaluate([.. ours, .. theirs], symbols);
        var missing = Enumerable.Range(0, theirs.Count).ToList();
        var wrong = new List<Expr>();
        for (int i = 0; i < ours.Count; i++)
        {
            int match = missing.FindIndex(k => ClaimSamples.Near(values[i], values[ours.Count + k]));
            if (match >= 0) missing.RemoveAt(match);
            else wrong.Add(ours[i]);
        }
        return (wrong, [.. missing.Select(k => theirs[k])]);
    }

    private static string Many(string word, List<Expr> parts) => parts.Count == 1 ? $"the {word} {Text(parts[0])}" : $"the {word}s {List(parts)}";

    private static string List(List<Expr> parts) => string.Join(", ", parts.Take(4).Select(Text)) + (parts.Count > 4 ? $" and {parts.Count - 4} more" : "");

    private static string Text(Expr formula) => formula.ToString(Longest);
}
