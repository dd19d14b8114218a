namespace Nabla.Symbolics;

/// <summary>
/// Other ways to write a sum, product or power, found by reading it as a quotient of polynomials: multiplied out, cancelled, factored, with
/// sin² + cos² = 1 used in one direction or the other, with tan, sinh, cosh, tanh and sigmoid written by simpler functions, with common
/// factors of some terms taken out. None need be lighter than the original; the caller chooses.
/// </summary>
internal sealed class AlgebraicForms(WorkBudget budget)
{
    /// <summary>Steps for one attempt.</summary>
    private const long PerAttempt = 8_000;

    private const long LargestTree = 600;
    private const int MostGenerators = 12;
    private const int MostTerms = 80;
    private const int MostFactoredTerms = 16;
    private const int MostPairedTerms = 8;

    /// <summary>The forms found; fewer where the budget does not reach.</summary>
    public List<Expr> Of(Expr node)
    {
        var forms = new List<Expr>();
        if (node is not (Sum or Product) && !(node is Call { Args: [Sum, Number { IsInteger: true }] } call && call.Primitive == Primitives.Pow)) return forms;
        if (node.Size > LargestTree || !HasSum(node)) return forms;
        Collect(node, forms);
        foreach (var other in OtherFunctions(node))
        {
            if (!ReferenceEquals(other, node) && other.Size <= LargestTree) Collect(other, forms);
        }

        if (node is Sum sum)
        {
            Attempt(part => PairwiseSums(sum, forms, part));
            Attempt(part => forms.Add(CommonFactors(sum, part)));
        }

        forms.RemoveAll(form => ReferenceEquals(form, node));
        return forms;
    }

    private static bool HasSum(Expr node)
    {
        if (node is Sum) return true;
        foreach (var factor in node.Args)
        {
            if (Power.BaseOf(factor) is Sum) return true;
        }

        return false;
    }

    private void Attempt(Action<WorkBudget> attempt)
    {
        var granted = Math.Min(PerAttempt, budget.Left);
        var part = budget.Part(PerAttempt);
        try
        {
            attempt(part);
        }
        catch (WorkBudgetException)
        {
            // An attempt that takes too long is no candidate.
        }

        budget.Charge(part, granted);
    }

    // ---- Polynomials ----------------------------------------------------------------------------------------------------------

    private void Collect(Expr node, List<Expr> forms)
    {
        Attempt(part =>
        {
            var (sines, cosines, hyperbolic) = Angles(node);
            var partners = new List<Expr>();
            partners.AddRange(sines);
            partners.AddRange(cosines);
            if (PolynomialRing.Of(node, PolynomialReading.Fractions, part, [.. partners]) is not { Count: <= MostGenerators } ring) return;
            var value = ring.Read(node, part).Cancel(part);
            Write(ring, value, forms, part);
            if (sines.Count == 0) return;
            Attempt(other => Write(ring, Eliminate(ring, value, sines, cosines, hyperbolic, first: true, other).Cancel(other), forms, other));
            Attempt(other => Write(ring, Eliminate(ring, value, sines, cosines, hyperbolic, first: false, other).Cancel(other), forms, other));
        });
    }

    /// <summary>The pairs sin(u), cos(u) and sinh(u), cosh(u) of which one at least occurs outside other functions.</summary>
    private static (List<Expr> Sines, List<Expr> Cosines, List<bool> Hyperbolic) Angles(Expr node)
    {
        var (sines, cosines, hyperbolic) = (new List<Expr>(), new List<Expr>(), new List<bool>());
        foreach (var atom in Atoms(node))
        {
            if (atom is not Call { Args: [var angle] } call) continue;
            var circular = call.Primitive == Primitives.Sin || call.Primitive == Primitives.Cos;
            if (!circular && call.Primitive != Primitives.Sinh && call.Primitive != Primitives.Cosh) continue;
            var sine = circular ? Functions.Sin(angle) : Functions.Sinh(angle);
            if (sines.Contains(sine)) continue;
            sines.Add(sine);
            cosines.Add(circular ? Functions.Cos(angle) : Functions.Cosh(angle));
            hyperbolic.Add(!circular);
        }

        return (sines, cosines, hyperbolic);
    }

    // sin² = 1 - cos² and cosh² = 1 + sinh², or the other way round.
    private static Fraction Eliminate(
        PolynomialRing ring, Fraction value, List<Expr> sines, List<Expr> cosines, List<bool> hyperbolic, bool first, WorkBudget budget)
    {
        for (var i = 0; i < sines.Count; i++)
        {
            var (gone, kept) = (ring.IndexOf(first ? sines[i] : cosines[i]), ring.IndexOf(first ? cosines[i] : sines[i]));
            if (gone < 0 || kept < 0) continue;
            var one = Polynomial.Constant(ring.Count, 1);
            var square = Polynomial.Generator(ring.Count, kept, 2);
            var replacement = !hyperbolic[i] ? Polynomial.Subtract(one, square, budget)
                : first ? Polynomial.Subtract(square, one, budget)
                : Polynomial.Add(one, square, budget);
            value = new(
                PolynomialRing.Reduce(value.Numerator, gone, 2, replacement, budget),
                PolynomialRing.Reduce(value.Denominator, gone, 2, replacement, budget));
            if (value.Denominator.IsZero) throw new WorkBudgetException();
        }

        return value;
    }

    private void Write(PolynomialRing ring, Fraction value, List<Expr> forms, WorkBudget part)
    {
        if (value.Numerator.IsZero)
        {
            forms.Add(Number.Zero);
            return;
        }

        if (value.Numerator.Terms.Length + value.Denominator.Terms.Length > MostTerms) return;
        part.Spend(4 * (value.Numerator.Terms.Length + value.Denominator.Terms.Length) * (ring.Count + 1));
        var (above, below) = (ring.Write(value.Numerator), ring.Write(value.Denominator));
        forms.Add(above / below);
        forms.Add(ring.Write(value));
        if (above is Sum sum) forms.Add(CommonFactors(sum, part) / below);
        Attempt(other =>
        {
            var lower = value.Denominator.Terms.Length <= MostFactoredTerms ? Algebra.WriteFactors(ring, value.Denominator, -1, other) : 1 / below;
            forms.Add(above * lower);
            if (value.Numerator.Terms.Length > MostFactoredTerms) return;
            var upper = Algebra.WriteFactors(ring, value.Numerator, 1, other);
            forms.Add(upper * lower);
            forms.Add(upper / below);
        });
    }

    // ---- Other functions ------------------------------------------------------------------------------------------------------

    private IEnumerable<Expr> OtherFunctions(Expr node)
    {
        var atoms = Atoms(node);
        var (toAngles, toExponentials, toHyperbolic) = (new Dictionary<Expr, Expr>(), new Dictionary<Expr, Expr>(), new Dictionary<Expr, Expr>());
        var exponentials = 0;
        foreach (var atom in atoms)
        {
            if (atom is not Call { Args: [var u] } call) continue;
            var f = call.Primitive;
            if (f == Primitives.Exp) exponentials++;
            if (f == Primitives.Tan) toAngles[call] = Functions.Sin(u) / Functions.Cos(u);
            if (f == Primitives.Tanh) toHyperbolic[call] = Functions.Sinh(u) / Functions.Cosh(u);
            if (f == Primitives.Sinh) toExponentials[call] = (Functions.Exp(u) - Functions.Exp(-u)) / 2;
            if (f == Primitives.Cosh) toExponentials[call] = (Functions.Exp(u) + Functions.Exp(-u)) / 2;
            if (f == Primitives.Tanh) toExponentials[call] = (Functions.Exp(2 * u) - 1) / (Functions.Exp(2 * u) + 1);
            if (f == Primitives.Sigmoid) toExponentials[call] = 1 / (1 + Functions.Exp(-u));
            if (f == Primitives.Expm1) toExponentials[call] = Functions.Exp(u) - 1;
        }

        if (toAngles.Count > 0) yield return Replace(node, toAngles);
        if (toHyperbolic.Count > 0) yield return Replace(node, toHyperbolic);
        if (toExponentials.Count > 0 && toExponentials.Count + exponentials > 1) yield return Replace(node, toExponentials);
        if (SplitAngles(node, atoms, toAngles) is { } split) yield return split;
        if (SplitLogarithms(node, atoms) is { } logarithms) yield return logarithms;
    }

    // log(p*x) - log(x) = log(p): what the logarithms share cancels once they are taken apart.
    private Expr? SplitLogarithms(Expr node, List<Expr> atoms)
    {
        var logarithms = atoms.FindAll(static atom => atom is Call call && call.Primitive == Primitives.Log);
        if (logarithms.Count < 2) return null;
        Expr? result = null;
        Attempt(part =>
        {
            var expansion = new Expansion(new ExpandOptions { Logarithms = true, MaxTerms = MostTerms }, part);
            var replacements = new Dictionary<Expr, Expr>();
            foreach (var logarithm in logarithms) replacements[logarithm] = expansion.Of(logarithm);
            result = Replace(node, replacements);
        });
        return result;
    }

    // Only where angles have something in common is it worth writing sin(2*x) by sin(x).
    private Expr? SplitAngles(Expr node, List<Expr> atoms, Dictionary<Expr, Expr> toAngles)
    {
        var angles = atoms.FindAll(static atom => atom is Call { Args: [not null] } call
            && (call.Primitive == Primitives.Sin || call.Primitive == Primitives.Cos || call.Primitive == Primitives.Sinh || call.Primitive == Primitives.Cosh));
        if (angles.Count < 2 || !angles.Exists(static angle => angle.Args[0] is Sum or Product { Coefficient: { IsInteger: true, IsOne: false } })) return null;
        Expr? result = null;
        Attempt(part =>
        {
            var expansion = new Expansion(new ExpandOptions { Trigonometric = true, MaxTerms = MostTerms }, part);
            var replacements = new Dictionary<Expr, Expr>(toAngles);
            foreach (var angle in angles) replacements[angle] = expansion.Of(angle);
            result = Replace(node, replacements);
        });
        return result;
    }

    private static Expr Replace(Expr node, Dictionary<Expr, Expr> replacements)
    {
        var images = new Dictionary<Expr, Expr>(replacements);
        foreach (var inner in Unseen.Below(node, images)) images[inner] = Rebuilding.WithOperands(inner, images);
        return images[node];
    }

    /// <summary>What sums, products and whole powers are made of.</summary>
    private static List<Expr> Atoms(Expr node)
    {
        var (found, seen) = (new List<Expr>(), new HashSet<Expr> { node });
        var open = new Stack<Expr>([node]);
        while (open.TryPop(out var next))
        {
            if (next is Sum or Product || (next is Call { Args: [_, Number { IsInteger: true }] } call && call.Primitive == Primitives.Pow))
            {
                foreach (var operand in next.Args)
                {
                    if (seen.Add(operand)) open.Push(operand);
                }
            }
            else
            {
                found.Add(next);
            }
        }

        found.Sort(CanonicalOrder.Compare);
        return found;
    }

    // ---- Sums of a few terms --------------------------------------------------------------------------------------------------

    // Of many terms only two may belong together: x/(x + 1) + 1/(x + 1) + y.
    private void PairwiseSums(Sum sum, List<Expr> forms, WorkBudget part)
    {
        if (sum.Args.Length is < 3 or > MostPairedTerms) return;
        for (var i = 0; i < sum.Args.Length; i++)
        {
            for (var j = i + 1; j < sum.Args.Length; j++)
            {
                var pair = sum.Args[i] + sum.Args[j];
                if (pair is not Sum || !(HasDenominator(sum.Args[i]) || HasDenominator(sum.Args[j]))) continue;
                if (PolynomialRing.Of(pair, PolynomialReading.Fractions, part) is not { Count: <= MostGenerators } ring) continue;
                var value = ring.Read(pair, part).Cancel(part);
                if (value.Numerator.Terms.Length + value.Denominator.Terms.Length > MostFactoredTerms) continue;
                forms.Add(sum - pair + (value.Numerator.IsZero ? 0 : ring.Write(value)));
            }
        }
    }

    private static bool HasDenominator(Expr term)
    {
        foreach (var factor in Product.FactorsOf(ref term))
        {
            if (Power.ExponentOf(factor).IsNegative) return true;
        }

        return false;
    }

    /// <summary>
    /// a*x + a*y + z as a*(x + y) + z: the factor that most terms share is taken out, again and again. What occurs in several powers
    /// is left alone, so that polynomials keep their usual form.
    /// </summary>
    private static Expr CommonFactors(Sum sum, WorkBudget part)
    {
        Expr current = sum;
        for (var round = 0; round < 16 && current is Sum; round++)
        {
            var uses = new Dictionary<Expr, int>();
            foreach (var term in current.Args)
            {
                var own = term;
                foreach (var factor in Product.FactorsOf(ref own))
                {
                    part.Spend(1);
                    if (factor is not Number) uses[factor] = uses.GetValueOrDefault(factor) + 1;
                }
            }

            Expr? best = null;
            foreach (var term in current.Args)
            {
                var own = term;
                foreach (var factor in Product.FactorsOf(ref own))
                {
                    if (factor is Number || uses[factor] < 2 || (best is not null && uses[factor] <= uses[best])) continue;
                    if (uses[factor] == current.Args.Length || !InOtherPowers(current, factor)) best = factor;
                }
            }

            if (best is null) return current;
            var (inside, outside) = (new List<Expr>(), new List<Expr>());
            foreach (var term in current.Args)
            {
                var own = term;
                if (Product.FactorsOf(ref own).Contains(best)) inside.Add(term / best);
                else outside.Add(term);
            }

            var bracket = Sum.Of([.. inside]);
            current = Sum.Of([(bracket is Sum inner ? CommonFactors(inner, part) : bracket) * best, .. outside]);
        }

        return current;
    }

    private static bool InOtherPowers(Expr sum, Expr factor)
    {
        foreach (var term in sum.Args)
        {
            var own = term;
            foreach (var other in Product.FactorsOf(ref own))
            {
                if (!ReferenceEquals(other, factor) && ReferenceEquals(Power.BaseOf(other), Power.BaseOf(factor))) return true;
            }
        }

        return false;
    }
}
