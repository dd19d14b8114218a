namespace Nabla.Tests.Ops;

/// <summary>Calls along long axes and on large arrays, for operations that may share one of them among threads.</summary>
internal static class LongCalls
{
    // Long enough for every kernel to share its work; not multiples of anything.
    private static readonly Shape[] Matrix = [[389, 523]], Tall = [[70_001, 3]], Wide = [[3, 70_001]], Deep = [[11, 131, 149]], Line = [[200_003]];

    private static readonly ILookup<string, Sample> Calls = All().ToLookup(sample => sample.Name);

    public static IEnumerable<Sample> For(string name) => Calls[name];

    private static IEnumerable<Sample> All() => [.. Folds(), .. Rows(), .. Layouts(), .. Positions(), .. Products()];

    private static IEnumerable<Sample> Folds()
    {
        foreach ((string name, Func<Tensor, Axes, Tensor> fold) in ((string, Func<Tensor, Axes, Tensor>)[])
        [
            ("Sum", (x, axes) => x.Sum(axes)),
            ("Mean", (x, axes) => x.Mean(axes)),
            ("NanSum", (x, axes) => x.NanSum(axes)),
            ("Prod", (x, axes) => (1 + (x * 1e-3)).Prod(axes)),
            ("Var", (x, axes) => x.Var(axes)),
            ("Norm", (x, axes) => x.Norm(2, axes)),
            ("Norm", (x, axes) => x.Norm(3, axes)),
            ("Amax", (x, axes) => x.Amax(axes)),
            ("Amin", (x, axes) => x.Amin(axes)),
            ("LogSumExp", (x, axes) => x.LogSumExp(axes)),
            ("CountNonzero", (x, axes) => x.Round().CountNonzero(axes)),
            ("Any", (x, axes) => (x > 1.9).Any(axes)),
            ("All", (x, axes) => (x < 1.9).All(axes)),
        ])
        {
            foreach (Shape[] shape in (Shape[][])[Matrix, Tall, Wide])
                foreach (Axes axes in (Axes[])[0, 1, (0, 1)]) yield return new Sample(name, x => fold(x[0], axes), shape);
            foreach (Axes axes in (Axes[])[0, 1, 2, (0, 2), (0, 1)]) yield return new Sample(name, x => fold(x[0], axes), Deep);
            yield return new Sample(name, x => fold(x[0], 0), Line);
        }
    }

    private static IEnumerable<Sample> Rows()
    {
        foreach ((string name, Func<Tensor, int, Tensor> call) in ((string, Func<Tensor, int, Tensor>)[])
        [
            ("Softmax", (x, axis) => x.Softmax(axis)),
            ("LogSoftmax", (x, axis) => x.LogSoftmax(axis)),
            ("CumSum", (x, axis) => x.CumSum(axis)),
            ("CumProd", (x, axis) => (1 + (x * 1e-3)).CumProd(axis)),
            ("CumMax", (x, axis) => x.CumMax(axis).Values),
            ("LogCumSumExp", (x, axis) => x.LogCumSumExp(axis)),
            ("Max", (x, axis) => x.Max(axis).Values),
            ("ArgMax", (x, axis) => x.ArgMax(axis)),
            ("Sort", (x, axis) => x.Sort(axis).Values),
            ("Median", (x, axis) => x.Median(axis).Values),
            ("Flip", (x, axis) => x.Flip(axis)),
            ("Diff", (x, axis) => x.Diff(1, axis)),
        ])
        {
            foreach (Shape[] shape in (Shape[][])[Matrix, Tall, Wide])
                for (int axis = 0; axis < 2; axis++)
                {
                    int along = axis;
                    yield return new Sample(name, x => call(x[0], along), shape);
                }
            yield return new Sample(name, x => call(x[0], 1), Deep);
        }
        yield return new Sample("Max", x => x[0].Max(), Matrix);
        yield return new Sample("Median", x => x[0].Median(), Matrix);
    }

    private static IEnumerable<Sample> Layouts() =>
    [
        new("Clone", x => x[0].T.Clone(), Matrix),
        new("Contiguous", x => x[0].Permute(2, 0, 1).Contiguous(), Deep),
        new("Expand", x => x[0].Expand(400, 500), S(500)),
        new("Expand", x => x[0].Expand(400, 500), S(400, 1)),
        new("SumTo", x => x[0].SumTo([131, 1]), Deep),
        new("Cat", x => Tensor.Cat([x[0], x[1]], 1), Matrix[0], Matrix[0]),
        new("Cat", x => Tensor.Cat([x[0], x[1]], 0), Matrix[0], Matrix[0]),
        new("Stack", x => Tensor.Stack([x[0], x[1]], ^1), Matrix[0], Matrix[0]),
        new("Repeat", x => x[0].Repeat(3, 2), Matrix),
        new("Roll", x => x[0].Roll([7, 9], [0, 1]), Matrix),
        new("Tril", x => x[0].Tril(), Matrix),
        new("Pad", x => x[0].Pad([2, 3, 1, 1]), Matrix),
        new("Unfold", x => x[0].Unfold(1, 5, 2), Matrix),
        new("To", x => x[0].To(DType.Float64), Line),
    ];

    private static IEnumerable<Sample> Positions() =>
    [
        new("Gather", x => x[0].Gather(1, Some(x[0].Shape[1], x[0].Shape)), Matrix),
        new("Gather", x => x[0].Gather(0, Some(x[0].Shape[0], x[0].Shape)), Matrix),
        new("IndexSelect", x => x[0].IndexSelect(0, Some(x[0].Shape[0], [900])), Matrix),
        new("IndexSelect", x => x[0].IndexSelect(1, Some(x[0].Shape[1], [900])), Matrix),
        new("Index", x => x[0][Some(x[0].Shape[0], [900])], Matrix),
        new("ScatterAdd", x => x[0].ScatterAdd(1, Some(x[0].Shape[1], x[1].Shape), x[1]), Matrix[0], Matrix[0]),
        new("ScatterAdd", x => x[0].ScatterAdd(0, Some(x[0].Shape[0], x[1].Shape), x[1]), Matrix[0], Matrix[0]),
        new("IndexAdd", x => x[0].IndexAdd(0, Some(x[0].Shape[0], [389]), x[1]), Matrix[0], Matrix[0]),
    ];

    private static IEnumerable<Sample> Products() =>
    [
        new("MatMul", x => x[0].MatMul(x[1]), [211, 307], [307, 223]),
        new("MatMul", x => x[0].MatMul(x[1]), [37, 51, 67], [37, 67, 41]),
        new("MatMul", x => x[0].MatMul(x[1]), [700, 501], [501]),
        new("MatMul", x => x[0].MatMul(x[1]), [701], [701, 502]),
        new("Dot", x => x[0].Dot(x[1]), Line[0], Line[0]),
        new("Outer", x => x[0].Outer(x[1]), [501], [402]),
        new("Einsum", x => Tensor.Einsum("bij,bkj->bik", x), [37, 51, 67], [37, 41, 67]),
    ];

    private static Shape S(params ReadOnlySpan<int> lengths) => Shape.Create(lengths);

    /// <summary>Positions below a length, with equal ones among them.</summary>
    private static Tensor Some(int length, Shape shape) => (Tensor.Rand(shape, DType.Float64, generator: new Generator(17)) * length).Floor().To(DType.Int64);
}
