namespace Nabla.Symbolics;

/// <summary>
/// Takes common factors out of sums, the most frequent first: 2·a·x + 2·b·x + c·x becomes x·(2·(a + b) + c). Only products that nothing
/// else reads take part. It is a distribution backwards, which holds for real numbers and moves the last bits of floating-point ones.
/// </summary>
internal sealed partial class Lowering
{
    /// <summary>Longer sums are left as they are: each step looks at all terms.</summary>
    private const int LongestSum = 200;

    private void FactorSums()
    {
        foreach (Expr expr in order)
        {
            if (!recipes.TryGetValue(expr, out Recipe? sum) || !sum.IsSum || sum.Terms.Count is < 2 or > LongestSum) continue;
            var terms = new List<Monomial>();
            foreach (SharedPairs.Term term in sum.Terms)
            {
                Expr node = order[term.Id];
                bool isOurs = node is Product && readers[node] == 1;
                if (isOurs) dissolved.Add(node);
                terms.Add(isOurs ? Monomial.Of(recipes[node], term.Negative) : new Monomial(term.Negative, 1, [term.Id], []));
            }

            sum.Terms.Clear();
            Rewrite(sum, terms);
        }
    }

    /// <summary>Writes the terms into a sum, common factors taken out.</summary>
    private void Rewrite(Recipe sum, List<Monomial> terms)
    {
        while (CommonFactor(terms) is { } factor)
        {
            int place = terms.FindIndex(term => term.Has(factor));
            List<Monomial> with = [.. terms.Where(term => term.Has(factor)).Select(term => term.Without(factor))];
            terms.RemoveAll(term => term.Has(factor));
            bool negative = with.TrueForAll(term => term.Negative);
            if (negative) with = [.. with.Select(term => term with { Negative = false })];
            var inner = new Recipe(isSum: true);
            Rewrite(inner, with);
            int innerId = Add(inner);
            // No factor besides: nothing that later steps could take out again.
            terms.Insert(place, factor.Id >= 0
                ? new Monomial(negative, 1, [Add(Times(1, [factor.Id, innerId], []))], [])
                : new Monomial(negative, 1, [Add(Times(factor.Value, [innerId], []))], []));
        }

        foreach (Monomial term in terms)
        {
            if (term.Factors.Count == 0 && term.Divisors.Count == 0) sum.Constant += term.Negative ? -term.Coefficient : term.Coefficient;
            else if (term is { Factors: [var only], Divisors: [], Coefficient: 1 }) sum.Terms.Add(new SharedPairs.Term(only, term.Negative));
            else sum.Terms.Add(new SharedPairs.Term(Add(Times(term.Coefficient, term.Factors, term.Divisors)), term.Negative));
        }
    }

    private int Add(Recipe recipe)
    {
        parts.Add(new Part(default, recipe.IsSum, recipe));
        return order.Count + parts.Count - 1;
    }

    private static Recipe Times(double coefficient, IReadOnlyList<int> factors, IReadOnlyList<Expr> divisors)
    {
        var recipe = new Recipe(isSum: false) { Constant = coefficient };
        foreach (int factor in factors) recipe.Terms.Add(new SharedPairs.Term(factor, false));
        recipe.Divisors.AddRange(divisors);
        return recipe;
    }

    /// <summary>The factor that occurs in most terms, two at least; values before numbers, then the one computed first.</summary>
    private static Factor? CommonFactor(List<Monomial> terms)
    {
        var counts = new Dictionary<Factor, int>();
        foreach (Monomial term in terms)
        {
            if (term.Factors.Count + term.Divisors.Count + (term.Coefficient == 1 ? 0 : 1) < 2) continue;
            foreach (int factor in term.Factors) Count(new Factor(factor, 0));
            if (term.Coefficient != 1) Count(new Factor(-1, term.Coefficient));
        }

        Factor? best = null;
        int most = 1;
        foreach ((Factor factor, int count) in counts)
        {
            bool better = count > most || (count == most && best is { } other && (factor.Id >= 0) != (other.Id >= 0) && factor.Id >= 0)
                || (count == most && best is { Id: >= 0 } known && factor.Id >= 0 && factor.Id < known.Id);
            if (better && count > 1) (best, most) = (factor, count);
        }

        return best;

        void Count(Factor factor) => counts[factor] = counts.GetValueOrDefault(factor) + 1;
    }

    /// <summary>A value by its number, or, with number -1, a literal.</summary>
    private readonly record struct Factor(int Id, double Value);

    /// <summary>A term of a sum: its sign, its coefficient (positive), what it is a product of and divided by.</summary>
    private sealed record Monomial(bool Negative, double Coefficient, IReadOnlyList<int> Factors, IReadOnlyList<Expr> Divisors)
    {
        public static Monomial Of(Recipe product, bool negative) => product.Constant < 0
            ? new Monomial(!negative, -product.Constant, [.. product.Terms.Select(term => term.Id)], product.Divisors)
            : new Monomial(negative, product.Constant, [.. product.Terms.Select(term => term.Id)], product.Divisors);

        public bool Has(Factor factor) => Factors.Count + Divisors.Count + (Coefficient == 1 ? 0 : 1) > 1
            && (factor.Id >= 0 ? Factors.Contains(factor.Id) : Coefficient == factor.Value);

        public Monomial Without(Factor factor) => factor.Id >= 0
            ? this with { Factors = [.. Factors.Where(id => id != factor.Id)] }
            : this with { Coefficient = 1 };
    }
}
