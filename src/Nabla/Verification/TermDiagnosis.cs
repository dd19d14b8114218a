using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// Explains a wrong claim by the terms of the right derivative: one is missing, or has the wrong sign or factor; or a factor of the
/// chain rule is missing or stands there once too often.
/// </summary>
internal sealed class TermDiagnosis(VerificationProblem problem, ClaimSamples samples, FormulaOfFunction? formula)
{
    private const int MostCandidates = 400, MostElements = 40, LongestTerm = 80;

    /// <summary>What explains the wrong elements (row, position in the input); null if nothing does.</summary>
    public string? Explain(int input, IReadOnlyList<(int Row, int Position)> wrong)
    {
        if (wrong.Count == 0 || samples.Count < 3) return null;
        var words = new List<(string Text, string Place)>();
        foreach ((int row, int position) in wrong.Take(MostElements))
        {
            int j = problem.Starts[input] + position;
            if ((formula is null ? ByValues(row, j) : ByFactor(row, j, exact: true) ?? ByTerm(row, j) ?? ByFactor(row, j, exact: false)) is not { } text) return null;
            words.Add((text, problem.NameOf(row, j)));
        }
        if (wrong.Count == 1 && problem.Shapes[input].Rank == 0) return $"{words[0].Text}.";
        return words.Select(word => word.Text).Distinct().Count() == 1
            ? $"{words[0].Text}, at {WayText.Places(words.Select(word => word.Place))}."
            : $"{string.Join("; ", words.Take(3).Select(word => $"at {word.Place} {word.Text}"))}{(words.Count > 3 ? $"; and so on at {words.Count - 3} more" : "")}.";
    }

    private double[] Right(int row, int j) => [.. samples.Right.Select(rows => rows[row][j])];

    private double[] Claimed(int row, int j) => [.. samples.Claimed.Select(rows => rows[row][j])];

    private string? ByTerm(int row, int j)
    {
        (double[] right, double[] claimed) = (Right(row, j), Claimed(row, j));
        List<Expr> terms = TermsOf(formula!.Gradients[row][j]);
        if (terms.Count < 2 || terms.Count > MostCandidates) return null;
        double[][] values = samples.Evaluate(terms, formula.Traced.Symbols);
        double[] missing = [.. right.Zip(claimed, (r, c) => r - c)];
        for (int k = 0; k < terms.Count; k++)
        {
            if (Ratio(missing, values[k]) is not { } share) continue;
            string term = Text(terms[k]);
            if (ClaimSamples.Near(share, 1)) return $"lacks the term {term}";
            if (ClaimSamples.Near(share, 2)) return $"has the wrong sign in the term {term}";
            if (ClaimSamples.Near(share, -1)) return $"has the term {term} twice";
            return $"has the term {term} multiplied by {NumberText.Short(1 - share)}";
        }

        // Two terms at once are not looked for: with enough of them something always fits.
        return null;
    }

    private string? ByFactor(int row, int j, bool exact)
    {
        (double[] right, double[] claimed) = (Right(row, j), Claimed(row, j));
        if (right.Any(r => r == 0) || claimed.Any(c => c == 0)) return null;
        double[] ratio = [.. claimed.Zip(right, (c, r) => c / r)];
        List<Expr> order = Traversal.PostOrder([formula!.Rows[row], formula.Gradients[row][j]]);
        List<Expr> candidates = [.. order.Where(node => node.FreeSymbols.Count > 0).OrderBy(node => node.Size).Take(MostCandidates)];
        double[][] values = samples.Evaluate(candidates, formula.Traced.Symbols);
        for (int k = 0; k < candidates.Count; k++)
        {
            double[] inverse = [.. values[k].Select(value => 1 / value)];
            if (Ratio(ratio, inverse) is { } lacking && (exact ? ClaimSamples.Near(lacking, 1) : Nice(lacking))) return exact ? $"lacks the factor {Text(candidates[k])}" : $"is {NumberText.Short(lacking)} times the right one without the factor {Text(candidates[k])}";
            if (Ratio(ratio, values[k]) is { } extra && (exact ? ClaimSamples.Near(extra, 1) : Nice(extra))) return exact ? $"has the factor {Text(candidates[k])} once too often" : $"is {NumberText.Short(extra)} times the right one times {Text(candidates[k])}, once too often";
        }
        return null;

        static bool Nice(double c) => ClaimSamples.Near(Math.Abs(c), 2) || ClaimSamples.Near(Math.Abs(c), 0.5) || ClaimSamples.Near(c, -1);
    }

    /// <summary>Without a formula: the function's value and the inputs are what can be named.</summary>
    private string? ByValues(int row, int j)
    {
        (double[] right, double[] claimed) = (Right(row, j), Claimed(row, j));
        if (right.Any(r => r == 0) || claimed.Any(c => c == 0)) return null;
        double[] ratio = [.. claimed.Zip(right, (c, r) => c / r)];
        double[] own = [.. samples.Points.Select(point => point[j])], value = [.. samples.Points.Select(point => problem.Weighted(point)[row])];
        foreach ((string name, double[] values) in new[] { ($"{problem.NameOf(row, j)} itself", own), ("f, the value of the function", value) })
        {
            if (Ratio(ratio, [.. values.Select(v => 1 / v)]) is { } lacking && ClaimSamples.Near(lacking, 1)) return $"lacks the factor {name}";
            if (Ratio(ratio, values) is { } extra && ClaimSamples.Near(extra, 1)) return $"has the factor {name} once too often";
        }
        return null;
    }

    /// <summary>The one number by which all of b must be multiplied to get a; null if there is none.</summary>
    private static double? Ratio(double[] a, double[] b)
    {
        int best = 0;
        for (int s = 1; s < b.Length; s++)
            if (Math.Abs(b[s]) > Math.Abs(b[best])) best = s;
        double ratio = a[best] / b[best];
        if (!double.IsFinite(ratio) || Math.Abs(ratio) < 1e-6) return null;
        for (int s = 0; s < a.Length; s++)
            if (!ClaimSamples.Near(a[s], ratio * b[s], 1e2 * Math.Abs(ratio * b[best]))) return null;
        return ratio;
    }

    /// <summary>The terms of a sum; those of a product with sums in it, multiplied out once.</summary>
    internal static List<Expr> TermsOf(Expr formula)
    {
        var terms = new List<Expr>();
        foreach (Expr term in formula is Sum ? formula.Operands : [formula])
        {
            if (term is Product && term.Operands.FirstOrDefault(factor => factor is Sum) is { } sum)
            {
                Expr rest = term.Subs(sum, 1);
                foreach (Expr part in sum.Operands) terms.Add(rest * part);
            }
            else
            {
                terms.Add(term);
            }
        }
        return terms;
    }

    private static string Text(Expr term) => term.ToString(LongestTerm);
}
