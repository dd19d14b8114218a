namespace Nabla;

/// <summary>Compares the ways element by element, and pair by pair, and decides what to say.</summary>
internal sealed class VerificationRun
{
    private const string KinkWord = "kink";

    private static readonly GradientWay[] Exact = [GradientWay.Reverse, GradientWay.Formula, GradientWay.Forward];

    private readonly VerificationProblem problem;
    private readonly VerificationOptions options;
    private readonly GradientWays ways;
    private readonly ClaimedGradient? claim;
    private readonly List<VerifiedElement> elements = [];
    private readonly List<VerificationFinding> findings = [];

    /// <summary>What is taken for right: [row][element].</summary>
    private readonly double[][] right;

    /// <summary>The largest finite element of each row.</summary>
    private readonly double[] scales;

    private VerificationRun(VerificationProblem problem, ClaimedGradient? claim, VerificationOptions options)
    {
        (this.problem, this.claim, this.options) = (problem, claim, options);
        ways = new GradientWays(problem, options);
        if (claim is not null) ways.Add(GradientWay.Claimed, () => claim.At(problem.At));
        right = [.. problem.Cotangents.Select(_ => new double[problem.Count])];
        scales = new double[right.Length];
    }

    public static VerificationReport Of(VerificationProblem problem, ClaimedGradient? claim, VerificationOptions options)
    {
        var run = new VerificationRun(problem, claim, options);
        for (int row = 0; row < run.right.Length; row++) run.Compare(row);
        List<VerifiedPair> pairs = run.Pairs();
        run.Explain();
        FormulaOfFunction? formula = run.ways.Formula;
        return new VerificationReport
        {
            Title = options.Title,
            IsJacobian = problem.IsJacobian,
            Inputs = [.. problem.FloatingInputs.Select((input, i) => new VerifiedInput(problem.Names[i], input))],
            Value = problem.Value,
            Cotangent = problem.IsJacobian || problem.Value.Numel == 1 ? null : problem.Cotangents[0],
            Elements = run.elements,
            Ways = run.ways.Ways,
            Pairs = pairs,
            Findings = run.findings,
            Function = problem.IsJacobian ? null : formula?.Rows[0],
            Gradient = problem.IsJacobian || formula is null ? [] : formula.Gradients[0],
            Claim = claim?.Formulas ?? [],
            SymbolNames = [.. formula?.Traced.Symbols.Select(symbol => symbol.Name) ?? []],
            MakeGraph = () => ComputationGraph.Of(problem.Call, problem.FloatingInputs, problem.Names, problem.IsJacobian ? null : problem.Cotangents[0]),
        };
    }

    private double? By(GradientWay way, int row, int element) => ways.By(way)?[row][element];

    // ---- element by element -------------------------------------------------------------------------------------------

    private void Compare(int row)
    {
        for (int j = 0; j < problem.Count; j++)
        {
            right[row][j] = Right(row, j);
            if (double.IsFinite(right[row][j])) scales[row] = Math.Max(scales[row], Math.Abs(right[row][j]));
        }
        for (int j = 0; j < problem.Count; j++) elements.Add(Judge(row, j));
    }

    /// <summary>What most ways say; where they are split, what the differences support.</summary>
    private double Right(int row, int j)
    {
        double[] said = [.. Exact.Select(way => By(way, row, j)).OfType<double>()];
        double? difference = By(GradientWay.Differences, row, j);
        if (said.Length == 0) return difference ?? double.NaN;
        if (difference is { } d && double.IsFinite(d) && Reliable(row, j))
        {
            double slack = (10 * ways.Errors[row][j]) + (1e-6 * Math.Abs(d)) + 1e-10;
            foreach (double value in said)
                if (Math.Abs(value - d) <= slack) return value;

            // All derivative rules against the function's own values: the values are right.
            if (ways.Errors[row][j] < 1e-6 * Math.Max(Math.Abs(d), 1e-3) && !Kink(row, j).IsKink) return d;
        }
        return said[0];
    }

    private VerifiedElement Judge(int row, int j)
    {
        int input = problem.InputOf(j);
        var element = new VerifiedElement
        {
            Name = problem.NameOf(row, j),
            Input = input,
            Position = j - problem.Starts[input],
            Output = row,
            Reverse = By(GradientWay.Reverse, row, j),
            Formula = By(GradientWay.Formula, row, j),
            Forward = By(GradientWay.Forward, row, j),
            Differences = By(GradientWay.Differences, row, j),
            DifferenceError = ways.By(GradientWay.Differences) is null ? null : ways.Errors[row][j],
            Claimed = By(GradientWay.Claimed, row, j),
        };
        double value = right[row][j];
        if (!double.IsFinite(value) || !double.IsFinite(ValueOf(row))) return NotFinite(element, row, j, value);
        bool exactAgree = Exact.All(way => By(way, row, j) is not { } said || Near(said, value, row));
        bool claimAgrees = element.Claimed is not { } claimed || Near(claimed, value, row);
        bool differencesAgree = element.Differences is not { } d || !Reliable(row, j) || NearDifference(value, row, j);
        if (exactAgree && claimAgrees && differencesAgree && (element.Differences is null || Reliable(row, j))) return element with { Verdict = ElementVerdict.Agrees };

        if (element.Differences is not null && (!Reliable(row, j) || !differencesAgree || !exactAgree || !claimAgrees) && Kink(row, j) is { IsKink: true } kink)
        {
            bool allowed = Exact.Append(GradientWay.Claimed).All(way => By(way, row, j) is not { } said || kink.Allows(said));
            string slopes = $"{KinkWord}: the slope is {NumberText.Short(kink.Left)} to the left and {NumberText.Short(kink.Right)} to the right";
            return element with
            {
                Verdict = allowed ? ElementVerdict.Kink : ElementVerdict.Disagrees,
                Note = allowed ? $"{slopes}; any value between is a subgradient" : $"{slopes}; {OutsideText(row, j, kink)}",
            };
        }
        string note = "";
        if (!exactAgree) note = "the exact ways differ";
        else if (!claimAgrees) note = element.Claimed is { } c && !double.IsFinite(c) ? $"the claim is {NumberText.Short(c)}" : "the claim differs";
        else if (!differencesAgree) note = "the derivative rules differ from the function's own values";
        else note = $"the differences are too rough to tell (error {NumberText.Size(element.DifferenceError ?? 0)})";
        return element with { Verdict = exactAgree && claimAgrees && differencesAgree ? ElementVerdict.Agrees : ElementVerdict.Disagrees, Note = note };
    }

    private VerifiedElement NotFinite(VerifiedElement element, int row, int j, double value)
    {
        double f = ValueOf(row);
        bool same = Exact.Append(GradientWay.Claimed).All(way => By(way, row, j) is not { } said || said.Equals(value));
        string note = !double.IsFinite(problem.At[j]) ? $"the input itself is {NumberText.Short(problem.At[j])}"
            : !double.IsFinite(f) ? $"the function is {NumberText.Short(f)} here, so it has no derivative: move the point into its domain"
            : double.IsInfinity(value) ? "the gradient is infinite here: the graph of the function is vertical"
            : element.Differences is { } d && double.IsFinite(d) && Reliable(row, j)
                ? $"the gradient is NaN although the function has the slope {NumberText.Short(d)}: a 0 · ∞ on the way; keep the infinite branch out with Where on its argument"
                : "the gradient is NaN here: the function is not defined on both sides, or a 0 · ∞ arises on the way";
        bool infinite = double.IsInfinity(value) && same && double.IsFinite(f);
        return element with { Verdict = infinite ? ElementVerdict.Infinite : ElementVerdict.Disagrees, Note = note };
    }

    private string OutsideText(int row, int j, KinkTest kink) =>
        string.Join(", ", Exact.Append(GradientWay.Claimed).Where(way => By(way, row, j) is { } said && !kink.Allows(said)).Select(way => $"{WayText.Of(way)} {NumberText.Short(By(way, row, j)!.Value)}"))
        + " is outside of that, and wrong by every convention";

    private double ValueOf(int row) => VerificationProblem.Dot(VerificationProblem.Numbers(problem.Cotangents[row]), VerificationProblem.Numbers(problem.Value));

    private KinkTest Kink(int row, int j)
    {
        double[] point = [.. problem.At];
        return KinkTest.Of(x =>
        {
            point[j] = x;
            return problem.Weighted(point)[row];
        }, problem.At[j]);
    }

    // ---- near enough --------------------------------------------------------------------------------------------------

    private double Allowed(double a, double b, int row) =>
        options.AbsoluteTolerance + (options.RelativeTolerance * Math.Max(Math.Abs(a), Math.Abs(b))) + (1e-3 * options.RelativeTolerance * scales[row]);

    private bool Near(double a, double b, int row) => a.Equals(b) || Math.Abs(a - b) <= Allowed(a, b, row);

    private bool Reliable(int row, int j) => ways.By(GradientWay.Differences)?[row][j] is { } d && double.IsFinite(d)
        && ways.Errors[row][j] <= 1e-4 * Math.Max(Math.Abs(d), Math.Max(1e-2 * scales[row], 1e-6));

    private bool NearDifference(double value, int row, int j) =>
        Math.Abs(value - ways.By(GradientWay.Differences)![row][j]) <= (10 * ways.Errors[row][j]) + (1e-7 * Math.Abs(value)) + (1e-9 * scales[row]) + 1e-10;

    // ---- pair by pair -------------------------------------------------------------------------------------------------

    private List<VerifiedPair> Pairs()
    {
        var pairs = new List<VerifiedPair>();
        GradientWay[] present = [.. Enum.GetValues<GradientWay>().Where(way => ways.By(way) is not null)];
        for (int a = 0; a < present.Length; a++)
        {
            for (int b = a + 1; b < present.Length; b++) pairs.Add(Pair(present[a], present[b]));
        }
        return pairs;
    }

    private VerifiedPair Pair(GradientWay first, GradientWay second)
    {
        bool rough = first == GradientWay.Differences || second == GradientWay.Differences;
        int compared = 0, disagreeing = 0;
        double largest = 0;
        string where = "";
        foreach (VerifiedElement element in elements)
        {
            int j = problem.Starts[element.Input] + element.Position;
            double a = element.By(first)!.Value, b = element.By(second)!.Value;
            if (rough && (element.Verdict is ElementVerdict.Kink or ElementVerdict.Infinite || !Reliable(element.Output, j))) continue;
            compared++;
            double apart = a.Equals(b) ? 0 : Math.Abs(a - b);
            if (double.IsNaN(apart)) apart = double.PositiveInfinity;
            if (apart > largest) (largest, where) = (apart, element.Name);
            bool near = !rough ? Near(a, b, element.Output) : NearDifference(first == GradientWay.Differences ? b : a, element.Output, j);
            if (!near && element.Verdict != ElementVerdict.Kink) disagreeing++;
        }
        return new VerifiedPair(first, second, compared, largest, where, disagreeing);
    }

    // ---- what to say --------------------------------------------------------------------------------------------------

    private void Explain()
    {
        if (claim is { ShapeProblem: { Length: > 0 } shapes }) findings.Add(new VerificationFinding(FindingKind.WrongClaim, shapes));
        VerifiedElement[] differing = [.. elements.Where(element => element.Verdict == ElementVerdict.Disagrees)];
        VerifiedElement[] undefined = [.. differing.Where(element => !double.IsFinite(RightAt(element)) || !double.IsFinite(ValueOf(element.Output)))];
        VerifiedElement[] defined = [.. differing.Except(undefined)];

        AddGrouped(FindingKind.NotFinite, undefined);
        if (claim is not null && defined.Any(element => element.Claimed is { } said && !Near(said, RightAt(element), element.Output) && !claim.Incomparable.Contains(element.Input)))
        {
            VerifiedElement[] kinked = [.. defined.Where(element => element.Note.StartsWith(KinkWord, StringComparison.Ordinal))];
            AddGrouped(FindingKind.WrongClaim, kinked);
            int[] skipped = [.. kinked.Select(element => problem.Starts[element.Input] + element.Position)];
            foreach (string text in new ClaimDiagnosis(problem, claim, ways, right, skipped, options).Find()) findings.Add(new VerificationFinding(FindingKind.WrongClaim, text));
        }
        if (defined.FirstOrDefault(element => Exact.Any(way => element.By(way) is { } said && !Near(said, RightAt(element), element.Output))) is { } split)
            findings.Add(new VerificationFinding(FindingKind.WaysDiffer, SplitText(split)));
        AddGrouped(FindingKind.Kink, elements.Where(element => element.Verdict == ElementVerdict.Kink));
        AddGrouped(FindingKind.NotFinite, elements.Where(element => element.Verdict == ElementVerdict.Infinite));
        foreach (VerifiedWay way in ways.Ways)
            if (way.Missing is { } reason) findings.Add(new VerificationFinding(FindingKind.Note, $"Not found {WayText.Phrase(way.Way)}: {FirstLine(reason)}"));
        AddGrouped(FindingKind.Note, elements.Where(element => element.Verdict == ElementVerdict.Agrees && element.Note.Length > 0));
    }

    private double RightAt(VerifiedElement element) => right[element.Output][problem.Starts[element.Input] + element.Position];

    private string SplitText(VerifiedElement element)
    {
        string values = string.Join(", ", Enum.GetValues<GradientWay>().Where(way => way != GradientWay.Claimed && element.By(way) is not null).Select(way => $"{WayText.Of(way)} {NumberText.Long(element.By(way)!.Value)}"));
        bool notFinite = Exact.Any(way => element.By(way) is { } said && !double.IsFinite(said));
        return $"The ways differ at {element.Name}: {values}. " + (notFinite
            ? "The function has a slope there, but 0 · ∞ arises on the way to it: a branch that is not taken has an infinite derivative. Put Where around the argument of that branch instead of around its value."
            : "The derivative rule of some operation does not fit its values: look at a Function of your own first, and at values that were detached.");
    }

    private void AddGrouped(FindingKind kind, IEnumerable<VerifiedElement> group)
    {
        foreach (IGrouping<string, VerifiedElement> same in group.GroupBy(element => element.Note))
            findings.Add(new VerificationFinding(kind, $"{WayText.Places(same.Select(element => element.Name))}: {(kind == FindingKind.Kink ? same.Key[(KinkWord.Length + 2)..] : same.Key)}."));
    }

    private static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd();
}
