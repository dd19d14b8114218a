namespace Nabla.Tests.Ops;

/// <summary>What the tables do not show: extremes, infinities beside zeros, integers, changes in place, messages.</summary>
public sealed class ElementwiseEdgeTests
{
    private const double Infinity = double.PositiveInfinity;

    // ---- extremes -----------------------------------------------------------------------------------------------------

    [Fact]
    public void Hypot_neither_overflows_nor_vanishes()
    {
        Tensor x = Vector(3e300, 3e-300, 3e100, 3e-100, 0, Infinity, 5), y = Vector(4e300, 4e-300, 4e100, 4e-100, -2, 1, 12);
        AssertNumbers([5e300, 5e-300, 5e100, 5e-100, 2, Infinity, 13], x.Hypot(y), 1e-15);
        AssertNumbers([5e30, 5e-30], Tensor.Of([3e30, 3e-30]).Hypot(Tensor.Of([4e30, 4e-30])), 1e-6);
        AssertNumbers([0.6, 0.6, 0.6, 0.6, 0, double.NaN, 5.0 / 13], GradientOf(a => a.Hypot(y), x), 1e-15);
    }

    [Fact]
    public void Second_derivative_of_hypot_is_right_where_both_arguments_are_equal()
    {
        // ∂²h/∂x² = y²/h³.
        Tensor x = Vector(1).RequireGrad();
        Tensor first = Autograd.Grad(x.Hypot(Vector(1)).Sum(), x, createGraph: true);
        AssertNumbers([1 / Math.Pow(2, 1.5)], Autograd.Grad(first.Sum(), x), 1e-15);
    }

    [Fact]
    public void Logaddexp_takes_infinities_and_far_numbers()
    {
        Tensor x = Vector(Infinity, -Infinity, -Infinity, 800, -1e10, 0), y = Vector(Infinity, -Infinity, 1, -800, 1, 0);
        AssertNumbers([Infinity, -Infinity, 1, 800, 1, Math.Log(2)], x.LogAddExp(y), 1e-15);
        AssertNumbers([0.5, 0.5, 0, 1, 0, 0.5], GradientOf(a => a.LogAddExp(y), x), 1e-15);
    }

    [Fact]
    public void Sinc_has_all_its_derivatives_at_0()
    {
        Tensor x = Vector(0).RequireGrad();
        Tensor first = Autograd.Grad(x.Sinc().Sum(), x, createGraph: true);
        AssertNumbers([-Math.PI * Math.PI / 3], Autograd.Grad(first.Sum(), x), 1e-14);
    }

    [Fact]
    public void Entropy_at_0_is_0_with_an_infinite_slope()
    {
        AssertNumbers([0, -Infinity, 0], Vector(0, -1, 1).Entr(), 0);
        AssertNumbers([Infinity, 0, -1], GradientOf(x => x.Entr(), Vector(0, -1, 1)), 1e-15);
    }

    [Fact]
    public void Xlogy_is_0_at_0_except_beside_NaN()
    {
        Tensor y = Vector(0, -1, 2, Infinity, double.NaN), x = Tensor.ZerosLike(y);
        AssertNumbers([0, 0, 0, 0, double.NaN], x.Xlogy(y), 0);
        AssertNumbers([0, 0, Math.Log(2), 0, double.NaN], GradientOf(a => a.Xlogy(y), x), 1e-15);
    }

    [Fact]
    public void Erfcx_is_smooth_where_its_series_takes_over()
    {
        // Both sides of 9: erfcx changes by its slope -0.0068 times the distance.
        double[] values = Vector(9 - 1e-9, 9 + 1e-9, 1e8).Erfcx().ToArray<double>();
        Assert.InRange(values[0] - values[1], 1.2e-11, 1.5e-11);
        Assert.Equal(1 / (1e8 * Math.Sqrt(Math.PI)), values[2], 1e-22);
    }

    [Fact]
    public void Normal_quantile_keeps_its_accuracy_in_the_tails()
    {
        Tensor p = Vector(1e-300, 1e-20, 1e-6, 0.3, 0.5, 1 - 1e-10);
        AssertNumbers([1, 1, 1, 1, 1, 1], (p.Ndtri().LogNdtr() - p.Log()).Exp(), 1e-10);
        AssertNumbers([-Infinity, Infinity, double.NaN], Vector(0, 1, 2).Ndtri(), 0);
    }

    [Fact]
    public void An_infinite_gradient_does_not_reach_what_was_not_taken()
    {
        Tensor x = Vector(-1, 2).RequireGrad();
        x.Relu().Backward(Vector(Infinity, 1));
        AssertNumbers([0, 1], x.Grad!, 0);

        Tensor a = Vector(1, 2).RequireGrad();
        Tensor.Where(Vector(0, 1) > 0, a, 0).Backward(Vector(double.NaN, 3));
        AssertNumbers([0, 3], a.Grad!, 0);
    }

    // ---- integers -----------------------------------------------------------------------------------------------------

    [Fact]
    public void Whole_quotients_of_integers_are_exact()
    {
        Tensor x = Tensor.FromSpan<long>([7, -7, 7, -7, long.MaxValue, long.MinValue]), y = Tensor.FromSpan<long>([2, 2, -2, -2, 10, -1]);
        Assert.Equal([3, -4, -4, 3, long.MaxValue / 10, long.MinValue], x.FloorDivide(y).ToArray<long>());
        Assert.Equal([1, 1, -1, -1, 7, 0], (x % y).ToArray<long>());
        Assert.Equal([1, -1, 1, -1, 7, 0], x.Fmod(y).ToArray<long>());
        Assert.Equal([3, -3, -3, 3, long.MaxValue / 10], x.Narrow(0, 0, 5).TruncDivide(y.Narrow(0, 0, 5)).ToArray<long>());
    }

    [Fact]
    public void Dividing_integers_by_zero_names_the_operation()
    {
        Tensor x = Tensor.FromSpan<int>([1, 2, 3]), zero = Tensor.FromSpan<int>([1, 0, 1]);
        foreach ((string op, Action divide) in new (string, Action)[]
        {
            ("Remainder", () => _ = x % zero), ("Fmod", () => x.Fmod(zero)), ("FloorDivide", () => x.FloorDivide(0L)),
        })
        {
            DivideByZeroException error = Assert.Throws<DivideByZeroException>(divide);
            Assert.StartsWith($"{op}: integers int32 [3]", error.Message, StringComparison.Ordinal);
            Assert.Contains("To(DType.Float32)", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Whole_bounds_keep_integers_integer_and_fractions_do_not()
    {
        Tensor x = Tensor.FromSpan<int>([-5, 2, 9]);
        Assert.Equal([0, 2, 7], x.Clamp(0, 7).ToArray<int>());
        Assert.Equal(DType.Int32, x.Clamp(0, 7).DType);
        Assert.Equal([-5, 2, 7], x.Clamp(null, 7).ToArray<int>());
        Assert.Equal(DType.Float32, x.Clamp(0.5, 7).DType);
        Assert.Equal([false, true, true], (x > 0).ToArray<bool>());
        Assert.Equal(DType.Int32, Tensor.Where(x > 0, x, 0).DType);
        Assert.Equal(DType.Int32, x.MaskedFill(x > 0, 3).DType);
    }

    [Fact]
    public void Rounding_to_decimals()
    {
        AssertNumbers([1.23, -1.24, 2.5], Vector(1.2345, -1.2355, 2.5).Round(2), 1e-15);
        AssertNumbers([1200, -0.0], Vector(1234, -4).Round(-2), 0);
    }

    // ---- comparisons and logic ----------------------------------------------------------------------------------------

    [Fact]
    public void Comparisons_work_with_numbers_on_either_side()
    {
        Tensor x = Vector(1, 2, 3);
        Assert.Equal([true, false, false], (x < 2).ToArray<bool>());
        Assert.Equal([true, true, false], (x <= 2.0).ToArray<bool>());
        Assert.Equal([false, false, true], (2 < x).ToArray<bool>());
        Assert.Equal([false, true, true], (2.0 <= x).ToArray<bool>());
        Assert.Equal([false, true, false], ((x > 1) & !(x >= 3)).ToArray<bool>());
        Assert.Equal([true, false, true], (x.Eq(1) | x.Eq(3)).ToArray<bool>());
        Assert.Equal([true, false, true], (x.Ne(2) ^ x.Ne(x)).ToArray<bool>());
    }

    [Fact]
    public void Close_and_equal_tensors()
    {
        Tensor x = Vector(1, Infinity, double.NaN), y = Vector(1 + 1e-6, Infinity, double.NaN);
        Assert.Equal([true, true, false], x.IsClose(y).ToArray<bool>());
        Assert.True(x.AllClose(y, equalNan: true));
        Assert.Equal([false, false], Vector(1, Infinity).IsClose(Vector(Infinity, -Infinity)).ToArray<bool>());
        Assert.True(Vector(1, 2).Equal(Vector(1, 2)));
        Assert.False(Vector(1, 2).Equal(Vector(1, 2, 3)));
        Assert.False(Vector(double.NaN).Equal(Vector(double.NaN)));
    }

    [Fact]
    public void Messages_name_operation_type_and_remedy()
    {
        Tensor x = Vector(1, 2);
        AssertMessage<DTypeException>(() => _ = x & x, "&: ", "float64 [2]", "LogicalAnd");
        AssertMessage<DTypeException>(() => Tensor.Where(x, x, x), "Where: ", "condition", "float64 [2]", "x > 0");
        AssertMessage<DTypeException>(() => x.MaskedFill(x, 1), "MaskedFill: ", "mask", "float64 [2]");
        AssertMessage<DTypeException>(() => Tensor.FromSpan<int>([1]).MaskedFill(Tensor.FromSpan<bool>([true]), 0.5), "MaskedFill: ", "0.5", "int32 [1]");
        AssertMessage<DTypeException>(() => _ = (x > 0) - (x > 1), "Sub: ", "bool [2]", "^");
        AssertMessage<ShapeException>(() => Tensor.Ones([2, 3]).Prelu(Tensor.Ones([2])), "Prelu: ", "[2]", "[2, 3]", "[3]");
        AssertMessage<ArgumentOutOfRangeException>(() => x.Polygamma(-1), "Polygamma: ", "-1", "0 or more");
    }

    // ---- shapes and places --------------------------------------------------------------------------------------------

    [Fact]
    public void Prelu_learns_a_slope_for_each_channel()
    {
        Tensor x = Tensor.FromArray(new double[,] { { -1, 2, -3 }, { -4, -5, 6 } });
        Tensor slope = Vector(0.1, 0.2, 0.3).RequireGrad();
        Tensor y = x.Prelu(slope);
        AssertNumbers([-0.1, 2, -0.9, -0.4, -1, 6], y, 1e-15);
        y.Sum().Backward();
        AssertNumbers([-5, -5, -3], slope.Grad!, 1e-15);
    }

    [Fact]
    public void Changes_in_place_give_the_value_and_gradient_of_the_operation()
    {
        (Func<Tensor, Tensor> InPlace, Func<Tensor, Tensor> Plain)[] pairs =
        [
            (x => x.ExpInPlace(), x => x.Exp()), (x => x.LogInPlace(), x => x.Log()), (x => x.SqrtInPlace(), x => x.Sqrt()),
            (x => x.RsqrtInPlace(), x => x.Rsqrt()), (x => x.ReciprocalInPlace(), x => x.Reciprocal()), (x => x.AbsInPlace(), x => x.Abs()),
            (x => x.ReluInPlace(), x => x.Relu()), (x => x.SigmoidInPlace(), x => x.Sigmoid()), (x => x.TanhInPlace(), x => x.Tanh()),
            (x => x.SinInPlace(), x => x.Sin()), (x => x.CosInPlace(), x => x.Cos()), (x => x.FloorInPlace(), x => x.Floor()),
            (x => x.CeilInPlace(), x => x.Ceil()), (x => x.RoundInPlace(), x => x.Round()), (x => x.ClampInPlace(0.5, 1), x => x.Clamp(0.5, 1)),
            (x => x.MaskedFillInPlace(x.Detach() > 1, 7), x => x.MaskedFill(x > 1, 7)),
        ];
        foreach ((Func<Tensor, Tensor> inPlace, Func<Tensor, Tensor> plain) in pairs)
        {
            Tensor start = Vector(0.3, 0.9, 2.6);
            AssertNumbers(plain(start).ToArray<double>(), inPlace(start.Clone()), 0);
            AssertNumbers(GradientOf(x => plain(x * 1), start).ToArray<double>(), GradientOf(x => inPlace(x * 1), start), 0);
        }
    }

    // ---- calculations -------------------------------------------------------------------------------------------------

    private static Tensor Vector(params double[] values) => Tensor.Of(values, DType.Float64);

    private static Tensor GradientOf(Func<Tensor, Tensor> f, Tensor at)
    {
        Tensor x = at.Detach().RequireGrad();
        return Autograd.Grad(f(x).Sum(), x);
    }

    private static void AssertNumbers(double[] expected, Tensor actual, double tolerance)
    {
        double[] numbers = actual.To(DType.Float64).ToArray<double>();
        Assert.Equal(expected.Length, numbers.Length);
        for (int i = 0; i < numbers.Length; i++)
        {
            bool close = expected[i] == numbers[i] || (double.IsNaN(expected[i]) && double.IsNaN(numbers[i]))
                || Math.Abs(expected[i] - numbers[i]) <= tolerance * Math.Abs(expected[i]);
            Assert.True(close, $"element {i}: expected {expected[i]:R}, got {numbers[i]:R}");
        }
    }

    private static void AssertMessage<T>(Action action, params string[] parts)
        where T : Exception
    {
        T error = Assert.Throws<T>(action);
        foreach (string part in parts) Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }
}
