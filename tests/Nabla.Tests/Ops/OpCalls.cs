using Nabla.Symbolics;

namespace Nabla.Tests.Ops;

/// <summary>A call of an operation with inputs to try it on.</summary>
/// <param name="Name">The operation.</param>
/// <param name="Call">The call; its result is float64 where it is differentiated.</param>
/// <param name="Shapes">The shapes of the inputs.</param>
internal sealed record Sample(string Name, Func<Tensor[], Tensor> Call, params Shape[] Shapes)
{
    /// <summary>Makes an input from numbers in (0, 1): its argument index and the tensor.</summary>
    public Func<int, Tensor, Tensor> From { get; init; } = (_, unit) => (unit * 4.0) - 2.0;

    /// <summary>Whether the shape of the result depends on the inputs' values, so that there is no result for many items at once.</summary>
    public bool ShapeOfValues { get; init; }

    /// <summary>Whether the gradient can be differentiated again.</summary>
    public bool SecondOrder { get; init; } = true;

    public Tensor[] Inputs(ulong seed)
    {
        var generator = new Generator(seed);
        var inputs = new Tensor[Shapes.Length];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = From(i, Tensor.Rand(Shapes[i], DType.Float64, generator: generator)).Detach();
        return inputs;
    }

    public Tensor[] Directions(ulong seed)
    {
        var generator = new Generator(seed);
        return Array.ConvertAll(Inputs(seed), x => Tensor.RandN(x.Shape, DType.Float64, generator: generator));
    }

    public override string ToString() => $"{Name}({string.Join(", ", Shapes)})";
}

/// <summary>Samples for every row of the table of operations: by rule for elementwise rows, by hand for the rest.</summary>
internal static partial class OpCalls
{
    private static readonly ILookup<string, Sample> ByHand = Hand().ToLookup(sample => sample.Name);

    public static IReadOnlyList<Sample> For(OpRow row) => row.Elementwise is { } op ? [.. Elementwise(op)] : [.. ByHand[row.Name]];

    /// <summary>Whether finite differences at random points of the domain are meaningful.</summary>
    public static bool IsSmooth(ElementwiseOp op) => !op.IsPredicate && OpSamples.Differentiable(op).Length == op.Arity;

    private static IEnumerable<Sample> Elementwise(ElementwiseOp op)
    {
        Tensor Call(Tensor[] x) => op.Apply(x);
        Tensor From(int i, Tensor unit)
        {
            // Away from the ends of the domain, where derivatives may be infinite and differences leave it.
            double[] points = unit.ToArray<double>();
            Domain domain = op.Domains[i];
            for (int k = 0; k < points.Length; k++) points[k] = domain.Sample(0.1 + (0.8 * points[k]));
            return Tensor.FromSpan<double>(points, unit.Shape);
        }
        Shape[][] layouts = op.Arity switch
        {
            1 => [[[]], [[1]], [[7]], [[3, 4]], [[0]]],
            2 => [[[], []], [[5], [5]], [[2, 1], [3]], [[], [4]], [[0, 2], [2]]],
            3 => [[[], [], []], [[2, 3], [3], []], [[2, 1], [1, 3], [1]]],
            _ => [Enumerable.Repeat<Shape>([3], op.Arity).ToArray()],
        };
        foreach (Shape[] shapes in layouts) yield return new Sample(op.Name, Call, shapes) { From = From };
    }

    private static IEnumerable<Sample> Hand() => [.. ShapeSamples(), .. LayoutSamples(), .. IndexingSamples(), .. ReductionSamples(), .. ProductSamples(), .. ImageSamples(), .. LinalgSamples(), .. FourierSamples()];

    private static Shape S(params ReadOnlySpan<int> lengths) => Shape.Create(lengths);

    private static IEnumerable<Sample> ShapeSamples() =>
    [
        new("To", x => x[0].To(DType.Float64), S(3)),
        new("Clone", x => x[0].Clone(), S(2, 3)),
        new("Contiguous", x => x[0].T.Contiguous(), S(2, 3)),
        new("Expand", x => x[0].Expand(4, 3, 2), S(3, 1)),
        new("SumTo", x => x[0].SumTo([3, 1]), S(2, 3, 4)),
        new("Reshape", x => x[0].Reshape(2, -1), S(3, 4)),
        new("View", x => x[0].Contiguous().View(6), S(2, 3)),
        new("Permute", x => x[0].Permute(2, 0, 1), S(2, 3, 4)),
        new("Transpose", x => x[0].Transpose(0, ^1), S(2, 3, 4)),
        new("T", x => x[0].T, S(2, 3)),
        new("MT", x => x[0].MT, S(2, 3, 4)),
        new("Unsqueeze", x => x[0].Unsqueeze(1), S(2, 3)),
        new("Squeeze", x => x[0].Squeeze(), S(2, 1, 3)),
        new("Select", x => x[0].Select(1, -1), S(2, 3)),
        new("Narrow", x => x[0].Narrow(0, 1, 2), S(4, 2)),
        new("Cat", x => Tensor.Cat(x, 1), S(2, 3), S(2, 1)),
        new("Stack", x => Tensor.Stack(x, ^1), S(2, 3), S(2, 3)),
    ];
}
