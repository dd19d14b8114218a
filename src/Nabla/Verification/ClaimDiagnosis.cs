namespace Nabla;

/// <summary>Says in words what is wrong with a claimed gradient, where something simple explains it.</summary>
internal sealed class ClaimDiagnosis
{
    private readonly VerificationProblem problem;
    private readonly ClaimedGradient claim;
    private readonly GradientWays ways;
    private readonly ClaimSamples samples;

    private readonly int[] skipped;
    private readonly double wrongFrom, alikeTo;

    /// <param name="problem">What is verified.</param>
    /// <param name="claim">The claim.</param>
    /// <param name="ways">The other ways.</param>
    /// <param name="right">What is right.</param>
    /// <param name="skipped">Elements that are explained already.</param>
    /// <param name="options">The tolerances.</param>
    public ClaimDiagnosis(VerificationProblem problem, ClaimedGradient claim, GradientWays ways, double[][] right, int[] skipped, VerificationOptions options)
    {
        (this.problem, this.claim, this.ways, this.skipped) = (problem, claim, ways, skipped);
        samples = new ClaimSamples(problem, claim, ways, right);
        wrongFrom = options.RelativeTolerance;
        alikeTo = Math.Max(1e-7, 10 * options.RelativeTolerance);
    }

    public IEnumerable<string> Find()
    {
        for (int input = 0; input < problem.Names.Length; input++)
        {
            var place = new InputView(this, input);
            if (place.Wrong.Length == 0 || claim.Incomparable.Contains(input)) continue;
            string name = problem.Names[input];
            string words = Explain(place);
            string? first = null;
            (int row, int at) = place.Cell(place.Wrong[0]);
            int j = problem.Starts[input] + at;
            string numbers = $"At {problem.NameOf(row, j)}: claimed {NumberText.Long(samples.Claimed[0][row][j])}, right {NumberText.Long(samples.Right[0][row][j])}.";
            if (claim.Formulas is { } formulas && ways.Formula is { } formula)
                first = new SubexpressionComparison(samples, formula.Traced.Symbols).Find(formulas[j], formula.Gradients[row][j]);
            string where = Places(place, place.Wrong);
            if (words.Length == 0) words = first is null ? $"is wrong at {where}; no single factor, sign, exchange or term explains it." : $"is wrong{(where == name ? "" : $" at {where}")}.";
            yield return $"The claimed gradient for {name} {words} {numbers}{(first is null ? "" : $" First difference at {problem.NameOf(row, j)}: {first}")}";
        }
    }

    /// <summary>The numbers of one input: all rows, one after the other.</summary>
    private sealed class InputView
    {
        private readonly int count;

        public InputView(ClaimDiagnosis owner, int input)
        {
            Input = input;
            VerificationProblem problem = owner.problem;
            count = problem.Shapes[input].Numel;
            Shape = problem.Shapes[input];
            Right = [.. owner.samples.Right.Select(rows => Flat(rows, problem.Starts[input]))];
            Claimed = [.. owner.samples.Claimed.Select(rows => Flat(rows, problem.Starts[input]))];
            Scales = [.. Right.Select(values => values.Length == 0 ? 0 : values.Max(Math.Abs))];
            Wrong = [.. Enumerable.Range(0, Right[0].Length).Where(i => owner.IsWrong(Claimed[0][i], Right[0][i], Scales[0]) && !owner.skipped.Contains(problem.Starts[input] + (i % count)))];
        }

        public int Input { get; }

        public Shape Shape { get; }

        public double[][] Right { get; }

        public double[][] Claimed { get; }

        public double[] Scales { get; }

        public int[] Wrong { get; }

        public (int Row, int Position) Cell(int index) => (index / count, index % count);

        private double[] Flat(double[][] rows, int start) => [.. rows.SelectMany(row => row[start..(start + count)])];
    }

    private bool IsWrong(double a, double b, double scale) => !(a.Equals(b) || Math.Abs(a - b) <= (wrongFrom * Math.Max(Math.Abs(a), Math.Abs(b))) + (1e-3 * wrongFrom * scale) + 1e-12);

    private bool Same(double a, double b, double scale) => a.Equals(b) || Math.Abs(a - b) <= (alikeTo * Math.Max(Math.Abs(a), Math.Abs(b))) + (1e-9 * scale) + 1e-12;

    /// <summary>Whether the claim is, at all samples, what a rule makes of the right gradient; at some elements, or all.</summary>
    private bool Is(InputView x, Func<double[], int, double> rule, int[]? at = null)
    {
        for (int s = 0; s < samples.Count; s++)
        {
            foreach (int i in at ?? [.. Enumerable.Range(0, x.Right[s].Length)])
                if (!Same(x.Claimed[s][i], rule(x.Right[s], i), x.Scales[s])) return false;
        }
        return true;
    }

    private string Explain(InputView x)
    {
        int[] undefined = [.. x.Wrong.Where(i => !double.IsFinite(x.Claimed[0][i]))];
        if (undefined.Length > 0) return $"is {NumberText.Short(x.Claimed[0][undefined[0]])} at {Places(x, undefined)}, where the function is smooth: look for a division by zero or a logarithm of zero in it.";
        if (x.Wrong.All(i => Math.Abs(x.Claimed[0][i] - x.Right[0][i]) <= 1e-5 * Math.Max(Math.Abs(x.Right[0][i]), 1e-2 * x.Scales[0])))
            return "agrees to about six digits and no more: it was computed in single precision, or with a rounded constant.";
        if (samples.Count > 1 && Enumerable.Range(1, samples.Count - 1).All(s => x.Claimed[s].Zip(x.Right[s]).All(pair => Same(pair.First, pair.Second, x.Scales[s]))))
            return $"is wrong exactly here and right around it: a special case at {Places(x, x.Wrong)}, or a kink.";
        if (Is(x, (_, _) => 0)) return "is zero, the right one is not: a gradient is missing, or the value was detached on the way.";
        if (Is(x, (r, i) => -r[i])) return "has the wrong sign.";
        if (Factor(x, null) is { } factor) return $"is {FactorText(factor)} times the right one{FactorHint(factor, x)}.";
        if (OtherInput(x) is { } other) return other;
        int count = x.Shape.Numel;
        if (problem.IsJacobian && x.Right[0].Length == count * count && count > 1 && Is(x, (r, i) => r[(i % count * count) + (i / count)])) return "is transposed: the result's axes come first, then those of the input.";
        if (Matrix(x) is { } matrix) return matrix;
        if (Exchanged(x) is { } exchanged) return exchanged;
        if (Is(x, (_, _) => 0, x.Wrong)) return $"is zero at {Places(x, x.Wrong)}, where the right one is not; it is right elsewhere: an entry was never written, or a path was forgotten.";
        if (x.Wrong.Length < x.Right[0].Length && Factor(x, x.Wrong) is { } part)
        {
            return part == -1
                ? $"has the wrong sign at {Places(x, x.Wrong)}; it is right elsewhere."
                : $"is {FactorText(part)} times the right one at {Places(x, x.Wrong)}{PartHint(part, x)}; it is right elsewhere.";
        }
        if (new TermDiagnosis(problem, samples, ways.Formula).Explain(x.Input, [.. x.Wrong.Select(x.Cell)]) is { } term) return term;
        if (Is(x, (r, i) => r[i] + (x.Claimed[0][x.Wrong[0]] - x.Right[0][x.Wrong[0]]), x.Wrong))
            return $"is off by the constant {NumberText.Short(x.Claimed[0][x.Wrong[0]] - x.Right[0][x.Wrong[0]])}{(x.Wrong.Length < x.Right[0].Length ? $" at {Places(x, x.Wrong)}" : "")}.";
        return "";
    }

    // ---- factors ------------------------------------------------------------------------------------------------------

    /// <summary>The one ratio of claimed to right, at all samples; null if there is none.</summary>
    private double? Factor(InputView x, int[]? at)
    {
        int best = (at ?? [.. Enumerable.Range(0, x.Right[0].Length)]).MaxBy(i => Math.Abs(x.Right[0][i]));
        double ratio = x.Claimed[0][best] / x.Right[0][best];
        if (!double.IsFinite(ratio) || ratio == 0 || ratio == 1) return null;
        double rounded = Math.Abs(ratio) >= 1 ? Math.Round(ratio, 6) : 1 / Math.Round(1 / ratio, 6);
        if (Is(x, (r, i) => rounded * r[i], at)) return rounded;
        return Is(x, (r, i) => ratio * r[i], at) ? ratio : null;
    }

    private static string FactorText(double factor) =>
        Math.Abs(factor) < 1 && Math.Abs((1 / factor) - Math.Round(1 / factor)) < 1e-6 ? $"{(factor < 0 ? "−" : "")}1/{Math.Abs(Math.Round(1 / factor))}"
        : factor.ToString(Math.Abs(factor) is >= 0.1 and < 1000 ? "F3" : "G4").Replace("-", "−", StringComparison.Ordinal);

    private string FactorHint(double factor, InputView x)
    {
        double size = Math.Abs(factor);
        string sign = factor < 0 ? " with the sign turned" : "";
        foreach (int n in new[] { problem.Value.Numel, x.Shape.Numel }.Concat(problem.Shapes.Select(shape => shape.Numel)).Concat(x.Shape).Where(n => n > 2).Distinct())
        {
            if (Close(size, n)) return $"{sign}: {n} is a number of elements, so look for a mean taken for a sum";
            if (Close(size, 1.0 / n)) return $"{sign}: {n} is a number of elements, so look for a sum taken for a mean";
        }
        if (Close(size, 2)) return $"{sign}: a factor 2 is too much, as from both halves of a symmetric pair";
        if (Close(size, 0.5)) return $"{sign}: a factor 2 is missing, as from the derivative of a square";
        if (Close(size, Math.Log(2)) || Close(size, 1 / Math.Log(2))) return $"{sign}: ln 2, so look for a logarithm or a power of base 2";
        if (Close(size, Math.Log(10)) || Close(size, 1 / Math.Log(10))) return $"{sign}: ln 10, so look for a logarithm of base 10";
        if (Close(size, Math.PI / 180) || Close(size, 180 / Math.PI)) return $"{sign}: π/180, so look for degrees taken for radians";
        if (Close(size, Math.PI) || Close(size, 1 / Math.PI) || Close(size, 2 * Math.PI) || Close(size, 1 / (2 * Math.PI)) || Close(size, Math.Sqrt(2 * Math.PI)) || Close(size, 1 / Math.Sqrt(2 * Math.PI)))
            return $"{sign}: a factor made of π, so look for the norm of a Gaussian or a full turn";
        return size > 1 ? $"{sign}: a factor is too much" : $"{sign}: a factor is missing";

        static bool Close(double a, double b) => Math.Abs(a - b) <= 1e-6 * b;
    }

    private static string PartHint(double factor, InputView x)
    {
        if (x.Shape.Rank != 2 || x.Shape[0] != x.Shape[1] || x.Right[0].Length != x.Shape.Numel) return "";
        int n = x.Shape[0];
        bool offDiagonal = x.Wrong.All(i => i / n != i % n), diagonal = x.Wrong.All(i => i / n == i % n);
        if (offDiagonal && factor == 2) return ", off the diagonal: the entries of a symmetric matrix are counted twice, as if each stood for its mirror image too (per free parameter, where the function takes each entry by itself)";
        if (offDiagonal && factor == 0.5) return ", off the diagonal: the entries of a symmetric matrix are halved, as if the gradient of a free parameter were shared between an entry and its mirror image";
        return diagonal ? ", on the diagonal" : "";
    }

    // ---- places -------------------------------------------------------------------------------------------------------

    private string? OtherInput(InputView x)
    {
        for (int other = 0; other < problem.Names.Length; other++)
        {
            if (other == x.Input || problem.Shapes[other].Numel != x.Shape.Numel) continue;
            var view = new InputView(this, other);
            bool same = Enumerable.Range(0, samples.Count).All(s => x.Claimed[s].Zip(view.Right[s]).All(pair => Same(pair.First, pair.Second, view.Scales[s])));
            if (same) return $"is the right gradient for {problem.Names[other]}: the two are exchanged.";
        }
        return null;
    }

    private string? Matrix(InputView x)
    {
        if (x.Shape.Rank < 2 || x.Shape[^1] != x.Shape[^2])
        {
            bool turned = x.Shape.Rank == 2 && x.Right[0].Length == x.Shape.Numel && Is(x, (r, i) => r[(i % x.Shape[0] * x.Shape[1]) + (i / x.Shape[0])]);
            return turned ? "is transposed." : null;
        }
        int n = x.Shape[^1];
        if (Is(x, (r, i) => r[Mirror(i)])) return "is transposed.";
        if (Is(x, (r, i) => -r[Mirror(i)])) return "is transposed and has the wrong sign.";
        if (Is(x, (r, i) => i == Mirror(i) ? r[i] : r[i] + r[Mirror(i)]))
            return "is that of the free parameters of a symmetric matrix: off the diagonal each entry holds the sum of both mirror images. The function takes each entry by itself.";
        if (Is(x, (r, i) => (r[i] + r[Mirror(i)]) / 2)) return "is symmetrised: each entry is the mean of itself and its mirror image. The function takes each entry by itself.";
        if (Is(x, (r, i) => r[i] + r[Mirror(i)])) return "is G + Gᵀ, where G is right: the diagonal is doubled, and the rest holds both mirror images.";
        return null;

        int Mirror(int i) => (i / (n * n) * n * n) + (i % n * n) + (i / n % n);
    }

    /// <summary>Entries that stand in each other's places.</summary>
    private string? Exchanged(InputView x)
    {
        if (x.Wrong.Length is < 2 or > 200) return null;
        var from = new Dictionary<int, int>();
        foreach (int i in x.Wrong)
        {
            int match = Array.Find(x.Wrong, k => !from.ContainsValue(k) && Enumerable.Range(0, samples.Count).All(s => Same(x.Claimed[s][i], x.Right[s][k], x.Scales[s])));
            if (!Enumerable.Range(0, samples.Count).All(s => Same(x.Claimed[s][i], x.Right[s][match], x.Scales[s]))) return null;
            if (!from.TryAdd(i, match) || from.Values.Distinct().Count() != from.Count) return null;
        }
        if (x.Wrong.Length == 2) return $"has the entries {Places(x, x.Wrong)} exchanged.";
        bool reversed = x.Shape.Rank == 1 && from.All(pair => pair.Key + pair.Value == x.Shape[0] - 1);
        return reversed ? "is in reverse order." : $"has its entries in another order: {string.Join(", ", from.Take(6).Select(pair => $"{Place(x, pair.Key)} holds that of {Place(x, pair.Value)}"))}.";
    }

    private string Place(InputView x, int index)
    {
        (int row, int position) = x.Cell(index);
        return problem.NameOf(row, problem.Starts[x.Input] + position);
    }

    private string Places(InputView x, int[] indices) => WayText.Places(indices.Select(index => Place(x, index)));
}
