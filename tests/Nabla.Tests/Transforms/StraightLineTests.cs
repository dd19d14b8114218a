namespace Nabla.Tests.Transforms;

/// <summary>Functions of few numbers as straight-line machine code.</summary>
public sealed class StraightLineTests
{
    private static readonly CompileOptions StraightLine = new() { Backend = CompileBackend.StraightLine };

    [Fact]
    public void Zeros_and_ones_leave_no_operation()
    {
        // J·W·S with two unit matrices: of 2·3·3 + 2·3·3 products and their sums nothing is left but what is asked for.
        Tensor unit = Tensor.Eye(3, dtype: DType.Float64);
        CompiledFunction<Tensor, Tensor> compiled = Functional.Compile(
            (Tensor s) => Tensor.Eye(2, 3, dtype: DType.Float64).MatMul(Tensor.Eye(3, dtype: DType.Float64)).MatMul(s.Diag()).Sum(), StraightLine);
        Assert.Equal(3.0, compiled.Call(Tensor.Of([1.0, 2, 5], DType.Float64)).Item());
        Assert.Contains(": 1 float64 operations on 2 numbers", compiled.Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_detached_tensor_has_no_derivative_and_a_custom_one_has_its_own()
    {
        Tensor x = Tensor.Of(3.0, DType.Float64);
        Assert.Equal(3.0, Functional.Compile((Tensor v) => Functional.Grad(w => w * w.Detach(), v), StraightLine).Call(x).Item());
    }

    [Fact]
    public void At_kinks_the_derivative_is_that_of_eager_code()
    {
        static Tensor Kinks(Tensor v) => v.Abs().Sum() + v.Amax() + v.Relu().Sum() + Tensor.Where(v > 0, v.Log(), v).Sum() + v.Clamp(0, 1).Sum();
        foreach (double[] at in (double[][])[[0, 0, 0], [1, 1, 0], [double.NaN, 1, 2], [-1, 0, double.PositiveInfinity]])
        {
            Tensor x = Tensor.Of(at, DType.Float64);
            Assert.Equal(
                Functional.Grad(Kinks, x).ToArray<double>(),
                Functional.Compile((Tensor v) => Functional.Grad(Kinks, v), StraightLine).Call(x).ToArray<double>());
        }
    }

    [Fact]
    public void Log_sum_exp_and_softmax_do_not_overflow()
    {
        static Tensor[] All(Tensor v) => [v.LogSumExp(0), v.Softmax(0), v.LogSoftmax(0), v.LogCumSumExp(0), Functional.Grad(w => w.LogSumExp(0), v)];
        double inf = double.PositiveInfinity;
        foreach (double[] at in (double[][])[[1000, 999, -1000], [-inf, -inf, -inf], [-inf, 1, 2], [-2000, -2001, -2002]])
        {
            Tensor x = Tensor.Of(at, DType.Float64);
            Tensor[] expected = All(x), actual = Functional.Compile((Tensor v) => All(v), StraightLine).Call(x);
            for (int i = 0; i < expected.Length; i++)
            {
                double[] a = expected[i].Flatten().ToArray<double>(), b = actual[i].Flatten().ToArray<double>();
                for (int j = 0; j < a.Length; j++) Assert.True(a[j].Equals(b[j]) || Math.Abs(a[j] - b[j]) <= 1e-12 * Math.Abs(a[j]), $"{i} at {x}: {b[j]}, not {a[j]}");
            }
        }
    }

    [Fact]
    public void Float32_is_computed_in_float32()
    {
        // 1 + 2^-24 rounds to 1 in float32, not in float64.
        CompiledFunction<Tensor, Tensor> compiled = Functional.Compile((Tensor v) => (1 + v) - 1, StraightLine);
        float tiny = MathF.ScaleB(1, -24);
        Assert.Equal(0, compiled.Call(Tensor.Of(tiny, DType.Float32)).Item());
        Assert.Equal(tiny, compiled.Call(Tensor.Of(tiny, DType.Float64)).Item());
    }

    [Fact]
    public void In_place_changes_and_views_of_arguments_are_followed()
    {
        static Tensor Staircase(Tensor v)
        {
            Tensor y = Tensor.Zeros([3, 3], DType.Float64);
            y[.., 1] = v;
            y[1] = y[1] * 2;
            return y.MT.Clone();
        }
        Tensor all = Tensor.Of([[1.0, 9], [2, 9], [3, 9]], DType.Float64), column = all.Select(1, 0);
        Assert.Equal(Staircase(column).ToString(), Functional.Compile<Tensor, Tensor>(Staircase, StraightLine).Call(column).ToString());
    }

    [Fact]
    public void Code_is_as_the_interpreter_to_the_bit()
    {
        static Tensor Mixed(Tensor v) => (v.Sin() * v.Exp() + v.Tanh() / (1 + v.Square())).Sum() + v.Prod() * v[0].Pow(v[1]);
        Tensor x = Tensor.Of([0.3, 1.7, 2.2], DType.Float64);
        Tensor code = Functional.Compile((Tensor v) => Functional.Grad(Mixed, v), StraightLine).Call(x);
        AppContext.SetSwitch(InterpretedLine.Switch, true);
        try
        {
            CompiledFunction<Tensor, Tensor> interpreted = Functional.Compile((Tensor v) => Functional.Grad(Mixed, v), StraightLine);
            Assert.Equal(code.ToArray<double>(), interpreted.Call(x).ToArray<double>());
            Assert.Contains("interpreted", interpreted.Explain(), StringComparison.Ordinal);
        }
        finally
        {
            AppContext.SetSwitch(InterpretedLine.Switch, false);
        }
    }

    [Theory]
    [InlineData("int64", "is int64")]
    [InlineData("mixed", "mixes float32 and float64")]
    [InlineData("random", "draws random numbers")]
    [InlineData("large", "operations on single numbers")]
    [InlineData("factors", "has no closed formula")]
    public void What_does_not_suit_is_refused_with_the_reason(string what, string reason)
    {
        Func<Tensor, Tensor> function = what switch
        {
            "int64" => v => v.Long(),
            "mixed" => v => v.Float().Sum().Double() + v.Sum(),
            "random" => v => v * Tensor.RandN([3], DType.Float64),
            "large" => v => v.Unsqueeze(1).Expand(3, 200_000).Exp(),
            _ => v => Linalg.Svd(v.Unsqueeze(0)).S,
        };
        Tensor x = Tensor.Of([1.0, 2, 3], DType.Float64);
        NotSupportedException error = Assert.Throws<NotSupportedException>(() => Functional.Compile(function, StraightLine).Call(x));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);

        // Otherwise the graph takes it.
        Assert.Equal(function(x).Shape, Functional.Compile(function).Call(x).Shape);
    }

    [Fact]
    public void A_function_of_thousands_of_operations_is_computed_in_pieces()
    {
        static Tensor Chain(Tensor v)
        {
            Tensor y = v;
            for (int i = 0; i < 300; i++) y = (y * y.Sin() + v / (i + 1)).Cos();
            return y.Sum();
        }
        Tensor x = Tensor.Of([0.1, 0.7], DType.Float64);
        CompiledFunction<Tensor, (Tensor Value, Tensor Gradient)> compiled = Functional.Compile((Tensor v) => Functional.ValueAndGrad(Chain, v), StraightLine);
        (Tensor value, Tensor gradient) = compiled.Call(x);
        (Tensor expected, Tensor slope) = Functional.ValueAndGrad(Chain, x);
        Assert.Equal(expected.Item(), value.Item(), 1e-9);
        for (int i = 0; i < 2; i++) Assert.Equal(slope[i].Item(), gradient[i].Item(), 1e-9 * Math.Max(1, Math.Abs(slope[i].Item())));
        Assert.Contains("pieces", compiled.Explain(), StringComparison.Ordinal);
    }
}
