using Nabla.Symbolics;

namespace Nabla.Tests.Ops;

/// <summary>Inputs for an elementwise operation, taken from its declared domains; the same numbers on every run.</summary>
internal static class OpSamples
{
    /// <summary>The elementwise operations of the table, by name.</summary>
    internal static IEnumerable<ElementwiseOp> All => OpTable.Rows.Where(row => row.Elementwise is not null).Select(row => row.Elementwise!);

    internal static ElementwiseOp Find(string name) => All.First(op => op.Name == name);

    /// <summary>The names, for a theory.</summary>
    internal static TheoryData<string> Names(Func<ElementwiseOp, bool> wanted)
    {
        TheoryData<string> names = [];
        foreach (ElementwiseOp op in All)
            if (wanted(op)) names.Add(op.Name);
        return names;
    }

    /// <summary>Points inside the domain of one input. Multiples of irrational numbers spread evenly and do not repeat for another input.</summary>
    internal static double[] Points(ElementwiseOp op, int input, int count)
    {
        double step = Math.Sqrt(input switch { 0 => 2, 1 => 3, 2 => 5, _ => 7 });
        var points = new double[count];
        for (int i = 0; i < count; i++)
        {
            double unit = ((i + 1) * step) % 1;
            points[i] = op.Domains[input].Sample(0.02 + (0.96 * unit));
        }
        return points;
    }

    /// <summary>A tensor per input, of one shape.</summary>
    internal static Tensor[] Inputs(ElementwiseOp op, Shape shape, DType dtype = DType.Float64) =>
        [.. Enumerable.Range(0, op.Arity).Select(i => Tensor.Of(Points(op, i, shape.Numel), DType.Float32).To(dtype).Reshape(shape))];

    /// <summary>The inputs that have a derivative: neither whole numbers nor parameters whose derivative is not known.</summary>
    internal static int[] Differentiable(ElementwiseOp op) => [.. Enumerable.Range(0, op.Arity).Where(i => HasDerivative(op, i))];

    /// <summary>The formula, evaluated as a formula, at element <paramref name="i"/> of the inputs.</summary>
    internal static double Evaluate(ElementwiseOp op, Tensor[] inputs, int i)
    {
        var values = new Dictionary<Symbol, double>();
        for (int k = 0; k < op.Arity; k++) values[op.Inputs[k]] = inputs[k].To(DType.Float64).ToArray<double>()[i];
        return op.Formula.Evaluate(values);
    }

    internal static void AssertClose(string what, Tensor[] inputs, Tensor expected, Tensor actual, double tolerance)
    {
        double[] a = expected.To(DType.Float64).ToArray<double>(), b = actual.To(DType.Float64).ToArray<double>();
        Assert.Equal(expected.Shape, actual.Shape);
        for (int i = 0; i < a.Length; i++) AssertClose(what, inputs, i, a[i], b[i], tolerance);
    }

    internal static void AssertClose(string what, Tensor[] inputs, int i, double expected, double actual, double tolerance)
    {
        bool close = expected == actual || (double.IsNaN(expected) && double.IsNaN(actual))
            || Math.Abs(expected - actual) <= tolerance * Math.Max(1, Math.Abs(expected));
        if (close) return;
        string point = string.Join(", ", inputs.Select(x => x.Numel > i ? x.To(DType.Float64).ToArray<double>()[i].ToString("R") : "?"));
        Assert.Fail($"{what} at ({point}): expected {expected:R}, got {actual:R}");
    }

    private static bool HasDerivative(ElementwiseOp op, int input)
    {
        if (op.Domains[input].IsWhole) return false;
        try
        {
            _ = op.Formula.Diff(op.Inputs[input]);
            return true;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }
}
