namespace Nabla.Bench.Cases;

/// <summary>A function of some tensors of one shape, with the numbers that it is given.</summary>
/// <param name="Name">The same on the side of the peer: bench/peers/torch_cases/elementwise.py.</param>
/// <param name="Function">What is timed.</param>
/// <param name="Ranges">From where to where the numbers of each input go.</param>
/// <param name="Matrix">Whether it wants two axes.</param>
/// <param name="Backward">Whether it has a gradient.</param>
internal sealed record Formula(string Name, Func<Tensor[], Tensor> Function, (double Low, double High)[] Ranges, bool Matrix = false, bool Backward = true);

/// <summary>Elementwise formulas and reductions, at sizes from a thousand to ten million float32 numbers.</summary>
internal static class FormulaTable
{
    private static readonly (double Low, double High) Real = (-3, 3), Positive = (0.1, 3), Lopsided = (-1, 2);

    // Name, number of elements, and the two axes of those that want them: as in elementwise.py.
    private static readonly (string Name, int[] Shape)[] Sizes =
        [("1e3", [10, 100]), ("1e4", [100, 100]), ("1e5", [100, 1000]), ("1e6", [1000, 1000]), ("1e7", [1000, 10000])];

    private static readonly Formula[] Elementwise =
    [
        Binary("x + y", (x, y) => x + y, Real, Real),
        Binary("x · y", (x, y) => x * y, Real, Real),
        Unary("x · 1.5", x => x * 1.5, Real),
        Binary("x / y", (x, y) => x / y, Real, Positive),
        Unary("-x", x => -x, Real),
        Unary("Abs", x => x.Abs(), Real),
        Unary("Exp", x => x.Exp(), Real),
        Unary("Log", x => x.Log(), Positive),
        Unary("Tanh", x => x.Tanh(), Real),
        Unary("Sigmoid", x => x.Sigmoid(), Real),
        Unary("Sqrt", x => x.Sqrt(), Positive),
        Unary("Sin", x => x.Sin(), Real),
        Unary("Cos", x => x.Cos(), Real),
        Unary("Erf", x => x.Erf(), Real),
        Unary("Pow(2)", x => x.Pow(2), Real),
        Unary("Pow(2.5)", x => x.Pow(2.5), Positive),
        Unary("Relu", x => x.Relu(), Real),
        Unary("Gelu", x => x.Gelu(), Real),
        Unary("Clamp(-1, 1)", x => x.Clamp(-1, 1), Real),
        Binary("Maximum", (x, y) => x.Maximum(y), Real, Real),
        new("x < y", inputs => inputs[0] < inputs[1], [Real, Real], Backward: false),
        new("Where", inputs => Tensor.Where(inputs[2].Detach() < 0.5, inputs[0], inputs[1]), [Real, Real, (0, 1)]),
    ];

    // The sums are of numbers whose mean is not 0, so that the comparison of values means something.
    private static readonly Formula[] Reductions =
    [
        Unary("Sum", x => x.Sum(), Lopsided),
        Unary("Mean", x => x.Mean(), Lopsided),
        Unary("Sum over axis 0", x => x.Sum(0), Lopsided) with { Matrix = true },
        Unary("Sum over axis 1", x => x.Sum(1), Lopsided) with { Matrix = true },
        Unary("Max", x => x.Max(), Real),
        Unary("Var", x => x.Var(), Real),
        Unary("Norm", x => x.Norm(), Real),
        Unary("LogSumExp", x => x.LogSumExp(0), Real),
        Unary("Softmax over rows", x => x.Softmax(1), Real) with { Matrix = true },
        Unary("CumSum", x => x.CumSum(0), Lopsided),
    ];

    /// <summary>Headings of all groups of this table, for the goals that speak of all of them.</summary>
    public static bool Contains(string heading) => heading.StartsWith("Elementwise", StringComparison.Ordinal) || heading.StartsWith("Reductions", StringComparison.Ordinal);

    /// <summary>One group for each size: elementwise, then reductions; each forward alone, then with backward.</summary>
    public static IEnumerable<CaseGroup> Groups()
    {
        foreach ((string size, int[] shape) in Sizes) yield return new($"Elementwise, {size} elements", [.. Elementwise.SelectMany(formula => Both(formula, size, shape))]);
        foreach ((string size, int[] shape) in Sizes) yield return new($"Reductions, {size} elements", [.. Reductions.SelectMany(formula => Both(formula, size, shape))]);
    }

    private static Formula Unary(string name, Func<Tensor, Tensor> function, (double Low, double High) range) => new(name, inputs => function(inputs[0]), [range]);

    private static Formula Binary(string name, Func<Tensor, Tensor, Tensor> function, (double Low, double High) first, (double Low, double High) second) =>
        new(name, inputs => function(inputs[0], inputs[1]), [first, second]);

    private static IEnumerable<Case> Both(Formula formula, string size, int[] matrix)
    {
        int[] shape = formula.Matrix ? matrix : [matrix[0] * matrix[1]];
        // The code is warm after the first few cases: what is left is to fill caches and pools.
        Pace pace = Pace.Normal with { WarmUp = TimeSpan.FromSeconds(0.2), Round = TimeSpan.FromMilliseconds(15) };
        yield return new Case($"{formula.Name}, {size}", 1, () =>
        {
            Tensor[] inputs = Inputs(formula, shape, requiresGrad: false);
            return () => formula.Function(inputs);
        })
        { Pace = pace };
        if (!formula.Backward) yield break;
        yield return new Case($"{formula.Name}, {size}, with backward", 1, () =>
        {
            Tensor[] inputs = Inputs(formula, shape, requiresGrad: true);
            Tensor gradient = Data.GradientOf(formula.Function(inputs));
            return () =>
            {
                foreach (Tensor x in inputs) x.Grad = null;
                formula.Function(inputs).Backward(gradient);
                return inputs[0].Grad!;
            };
        })
        { Pace = pace };
    }

    private static Tensor[] Inputs(Formula formula, int[] shape, bool requiresGrad)
    {
        var inputs = new Tensor[formula.Ranges.Length];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = Data.Uniform(shape, formula.Ranges[i].Low, formula.Ranges[i].High, seed: i, requiresGrad: requiresGrad);
        return inputs;
    }
}
