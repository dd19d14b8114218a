using Nabla.Tests.Ops;

namespace Nabla.Tests.Transforms;

/// <summary>
/// Every row of the table of operations, traced: the formula has the operation's values and the operation's gradient. What has no
/// formula is listed, and says so.
/// </summary>
public sealed class FormulaTraceTableTests
{
    // Iterations, choices by frequency, and results whose number depends on the values.
    private static readonly HashSet<string> WithoutFormula =
    [
        "ArgWhere([2, 3])", "Nonzero([2, 3])", "Where([2, 3])", "OneHot([4])", "Mode([2, 4])",
        "Linalg.Qr([3, 3])", "Linalg.Qr([2, 4, 2])", "Linalg.Qr([2, 4])",
        "Linalg.Eigh([3, 3])", "Linalg.Eigvalsh([3, 3])",
        "Linalg.Svd([3, 3])", "Linalg.Svd([4, 2])", "Linalg.Svd([2, 2, 3])", "Linalg.Svdvals([3, 4])", "Linalg.MatrixRank([3, 4])",
        "Linalg.Pinv([4, 2])", "Linalg.Pinv([2, 2, 3])", "Linalg.Lstsq([4, 2], [4, 3])", "Linalg.Lstsq([4, 2], [4])",
        "Linalg.MatrixExp([2, 2, 2])", "Linalg.MatrixExp([3, 3])",
        "Linalg.MatrixNorm([2, 3, 3])", "Linalg.MatrixNorm([3, 4])", "Linalg.Cond([2, 3, 3])",
    ];

    // Formulas are of real numbers: whatever makes complex ones on its way has none.
    private static readonly HashSet<string> Complex =
    [
        "Complex", "Polar", "Real", "Imag", "Conj", "ViewAsReal", "ViewAsComplex", "Fft", "Ifft", "Rfft", "Irfft", "Hfft", "Ihfft",
        "Fft2", "Ifft2", "Rfft2", "Irfft2", "Fftn", "Ifftn", "Rfftn", "Irfftn",
    ];

    // Its gradient has a hundred thousand operations; that of a smaller inverse says as much.
    private const string Large = "Linalg.Inv([9, 9])";

    public static TheoryData<string, OpKind> Rows() => OpTableTests.Rows();

    public static TheoryData<string, OpKind> Differentiable() => OpTableTests.Differentiable();

    [Theory]
    [MemberData(nameof(Rows))]
    public void Formula_has_the_values_of_the_operation(string name, OpKind kind) => Each(name, kind, sample =>
    {
        Tensor[] x = sample.Inputs(1);
        Tensor value = sample.Call(x).To(DType.Float64);
        TracedFormula formula = Trace(sample.Call, sample.Shapes);
        Calculus.AssertClose(sample, "value of the formula", formula.Evaluate(x), value, 1e-12);
    });

    [Theory]
    [MemberData(nameof(Differentiable))]
    public void Gradient_of_the_formula_is_that_of_the_operation(string name, OpKind kind) => Each(name, kind, sample =>
    {
        if (sample.ToString() == Large) return;
        Tensor[] x = sample.Inputs(3);
        Tensor v = Tensor.RandN(sample.Call(x).Shape, DType.Float64, generator: new Generator(4));
        Tensor[] expected = Calculus.Gradient(sample.Call, x, v);
        IReadOnlyList<TracedFormula> gradients = Trace(at => (sample.Call(at) * v).Sum(), sample.Shapes).Gradients();
        for (int i = 0; i < x.Length; i++)
            Calculus.AssertClose(sample, $"gradient of the formula, input {i}", gradients[i].Evaluate(x), expected[i], 1e-10);
    });

    [Theory]
    [MemberData(nameof(Differentiable))]
    public void Autograd_inside_of_the_trace_gives_the_same_gradient(string name, OpKind kind) => Each(name, kind, sample =>
    {
        if (sample.ToString() == Large) return;
        Tensor[] x = sample.Inputs(5);
        Tensor v = Tensor.RandN(sample.Call(x).Shape, DType.Float64, generator: new Generator(6));
        Tensor[] expected = Calculus.Gradient(sample.Call, x, v);
        TracedFormula gradient = Trace(at => Functional.Grad(inner => (sample.Call([inner, .. at[1..]]) * v).Sum(), at[0]), sample.Shapes);
        Calculus.AssertClose(sample, "reverse mode on symbols", gradient.Evaluate(x), expected[0], 1e-10);
    });

    [Theory]
    [MemberData(nameof(Differentiable))]
    public void Forward_mode_inside_of_the_trace_gives_the_same_tangent(string name, OpKind kind) => Each(name, kind, sample =>
    {
        if (sample.ToString() == Large) return;
        (Tensor[] x, Tensor[] u) = (sample.Inputs(7), sample.Directions(8));
        Tensor expected = Calculus.Tangent(sample.Call, x, u);
        TracedFormula tangent = Trace(at => Calculus.Tangent(sample.Call, at, u), sample.Shapes);
        Calculus.AssertClose(sample, "forward mode on symbols", tangent.Evaluate(x), expected, 1e-10);
    });

    [Fact]
    public void Every_operation_without_a_formula_says_so_and_names_the_line()
    {
        foreach ((string key, Sample sample) in OpTable.Rows.SelectMany(Keyed))
        {
            if (!IsWithoutFormula(key, sample)) continue;
            Exception? error = Record.Exception(() => Trace(sample.Call, sample.Shapes));
            Assert.True(error is TraceException, $"{key}: {error?.Message ?? "has a formula"}");

            // Not the very lambda that calls the operation: optimised code jumps out of it and leaves no frame.
            Assert.Matches("(has no closed formula|depend on values).* Called at Nabla\\.Tests\\..* in .*:line \\d+", error!.Message);
        }
        Assert.Subset(OpTable.Rows.SelectMany(Keyed).Select(pair => pair.Key).ToHashSet(), WithoutFormula);
    }

    private static TracedFormula Trace(Func<Tensor[], Tensor> call, Shape[] shapes) =>
        Formula.Trace(inputs => call([.. inputs]), shapes, [.. Enumerable.Range(0, shapes.Length).Select(i => $"x{i}_")]);

    private static void Each(string name, OpKind kind, Action<Sample> check)
    {
        foreach ((string key, Sample sample) in Keyed(OpTable.Rows.Single(row => row.Name == name && row.Kind == kind)))
            if (!IsWithoutFormula(key, sample)) check(sample);
    }

    private static bool IsWithoutFormula(string key, Sample sample) => WithoutFormula.Contains(key) || Complex.Contains(sample.Name);

    // Samples of one name and the same shapes are numbered.
    private static IEnumerable<(string Key, Sample Sample)> Keyed(OpRow row)
    {
        var seen = new Dictionary<string, int>();
        foreach (Sample sample in OpCalls.For(row))
        {
            int count = seen[sample.ToString()] = seen.GetValueOrDefault(sample.ToString()) + 1;
            yield return (count == 1 ? sample.ToString() : $"{sample}#{count}", sample);
        }
    }
}
