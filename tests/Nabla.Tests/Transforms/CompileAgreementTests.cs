using Nabla.Tests.Ops;

namespace Nabla.Tests.Transforms;

/// <summary>What is compiled computes what was written: every operation of the table and random programs, with their derivatives.</summary>
public sealed class CompileAgreementTests
{
    private const int Programs = 1000, Portion = 100;

    public static TheoryData<int> Portions => [.. Enumerable.Range(0, Programs / Portion)];

    /// <summary>As a graph of loops, and as Auto decides, which is straight-line code for what is so small.</summary>
    private static readonly CompileBackend[] Backends = [CompileBackend.Graph, CompileBackend.Auto];

    public static TheoryData<string, CompileBackend> Operations
    {
        get
        {
            var data = new TheoryData<string, CompileBackend>();
            foreach (string name in OpTable.Rows.Select(row => row.Name).Distinct())
                foreach (CompileBackend backend in Backends) data.Add(name, backend);
            return data;
        }
    }

    // Where no number of classes is given, and where the result is as long as there are true elements.
    private static readonly HashSet<string> ShapesFollowValues = ["ArgWhere", "MaskedSelect", "Nonzero", "OneHot", "RepeatInterleave", "Where"];

    private static bool Refused(CompiledFunction<Tensor[], Tensor> compiled, Tensor[] inputs)
    {
        try
        {
            compiled.Call(inputs);
            return false;
        }
        catch (TraceException error) when (error.Message.Contains("the shape of the result depends on values", StringComparison.Ordinal))
        {
            return true;
        }
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void Every_operation_of_the_table_agrees_with_its_value_gradient_and_second_derivative(string name, CompileBackend backend)
    {
        var options = new CompileOptions { Backend = backend };
        foreach (OpRow row in OpTable.Rows.Where(row => row.Name == name))
        {
            bool smooth = row.Kind != OpKind.NotDifferentiable && (row.Elementwise is not { } op || OpCalls.IsSmooth(op));
            foreach (Sample sample in OpCalls.For(row))
            {
                Tensor[] inputs = sample.Inputs(7);
                Tensor value = sample.Call(inputs);
                CompiledFunction<Tensor[], Tensor> compiled = Functional.Compile((Tensor[] x) => sample.Call(x), options);
                if (ShapesFollowValues.Contains(name))
                {
                    if (Refused(compiled, inputs)) continue;
                }
                Tensor once = compiled.Call(inputs), again = compiled.Call(inputs);

                Same(sample.ToString(), "value", value, once);
                Assert.Equal(once.ToString(), again.ToString());
                if (!smooth || value.DType != DType.Float64 || inputs.Any(input => input.DType != DType.Float64)) continue;

                Tensor Loss(IReadOnlyList<Tensor> x)
                {
                    Tensor y = sample.Call([.. x]);
                    return (y * Tensor.Linspace(0.5, 1.5, Math.Max(y.Numel, 1), DType.Float64).Narrow(0, 0, y.Numel).Reshape(y.Shape)).Sum();
                }
                Tensor[] expected = Functional.Grad(Loss, inputs);
                Tensor[] actual = Functional.Compile((Tensor[] x) => Functional.Grad(Loss, x), options).Call(inputs);
                for (int i = 0; i < expected.Length; i++) Same(sample.ToString(), $"gradient {i}", expected[i], actual[i]);
                if (!sample.SecondOrder) continue;
                Tensor[] directions = sample.Directions(8);
                Tensor[] products = Functional.Hvp(Loss, inputs, directions);
                Tensor[] fused = Functional.Compile((Tensor[] x, Tensor[] v) => Functional.Hvp(Loss, x, v), options).Call(inputs, directions);
                for (int i = 0; i < products.Length; i++) Same(sample.ToString(), $"Hessian times vector {i}", products[i], fused[i]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Portions))]
    public void Random_programs_agree_with_their_value_gradient_and_second_derivative(int portion)
    {
        for (int seed = portion * Portion; seed < (portion + 1) * Portion; seed++)
        {
            RandomProgram program = RandomPrograms.Make(seed, inPlace: seed % 3 == 0);
            Tensor[] at = [.. program.Inputs], directions = program.Directions((ulong)seed);
            Tensor value = program.Run(at);
            Tensor[] gradient = Functional.Grad(program.Loss, at), product = Functional.Hvp(program.Loss, at, directions);

            foreach (CompileBackend backend in Backends)
            {
                CompiledFunction<Tensor[], Tensor[], (Tensor Value, Tensor[] Gradient, Tensor[] Product)> compiled = Functional.Compile(
                    (Tensor[] x, Tensor[] v) => (program.Run(x), Functional.Grad(program.Loss, x), Functional.Hvp(program.Loss, x, v)), new CompileOptions { Backend = backend });
                (Tensor Value, Tensor[] Gradient, Tensor[] Product) = compiled.Call(at, directions);

                Same(program.ToString(), "value", value, Value);
                for (int i = 0; i < at.Length; i++)
                {
                    Same(program.ToString(), $"gradient {i}", gradient[i], Gradient[i]);
                    Same(program.ToString(), $"Hessian times vector {i}", product[i], Product[i]);
                }
            }
        }
    }

    private static void Same(string program, string what, Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.Equal(expected.DType, actual.DType);
        if (expected.IsComplex)
        {
            (expected, actual) = (expected.ViewAsReal(), actual.ViewAsReal());
        }
        double[] a = expected.ToArray(), b = actual.ToArray();
        double largest = Math.Max(1, a.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max());
        for (int i = 0; i < a.Length; i++)
            Assert.True(a[i].Equals(b[i]) || Math.Abs(a[i] - b[i]) <= 1e-10 * largest, $"{what}: element {i} is {b[i]:R} instead of {a[i]:R}.\n{program}");
    }
}
