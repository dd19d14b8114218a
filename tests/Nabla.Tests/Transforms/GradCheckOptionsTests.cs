namespace Nabla.Tests.Transforms;

/// <summary>The gradient check by random directions, in batches, and with missing output gradients.</summary>
public sealed class GradCheckOptionsTests
{
    private static readonly GradCheckOptions Fast = new() { Fast = true }, Reverse = new() { CheckForward = false };

    private static Tensor Vector(params double[] values) => Tensor.Of(values, DType.Float64);

    private sealed class Rule(Func<Tensor, Tensor[]> forward, Func<IReadOnlyList<Tensor?>, Tensor, Tensor?> backward, bool materialize = true) : Function
    {
        protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs)
        {
            context.MaterializeGrads = materialize;
            context.SaveForBackward(inputs[0]);
            return forward(inputs[0]);
        }

        protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs) => [backward(gradOutputs, context.SavedTensors[0])];
    }

    [Fact]
    public void The_fast_check_compares_one_number_per_pair_and_mode()
    {
        Tensor w = Tensor.RandN([50, 40], DType.Float64, generator: new Generator(3)), x = Tensor.RandN([40], DType.Float64, generator: new Generator(4));
        GradCheckReport report = GradCheck.Check(xs => new[] { xs[0].MatMul(xs[1]).Tanh(), xs[0].Sum() }, [w, x], Fast);
        Assert.True(report.Passed, report.ToString());
        Assert.Equal(8, report.Compared);
        GradGradCheck.Assert(xs => xs[0].MatMul(xs[1]).Tanh(), [w, x], Fast);
        GradCheck.Assert(v => v.Exp(), x, Fast with { CheckBatched = true, Seed = 7 });
        GradCheck.Assert(v => v * v, Vector(), Fast);
    }

    [Fact]
    public void The_fast_check_finds_a_wrong_rule_and_names_the_element()
    {
        string text = GradCheck.Check(v => new Rule(x => [x * x], (g, x) => -2 * g[0]! * x).Apply(v), Vector(1, 3), Fast with { CheckForward = false }).ToString();
        Assert.Contains("output 0 at [1] with respect to input 0 at [1] is -6, the central difference is 6", text, StringComparison.Ordinal);
        Assert.Contains("wrong sign", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_fast_check_finds_a_wrong_second_derivative()
    {
        Tensor F(Tensor v) => new Rule(x => [x.Pow(3)], (g, x) => 3 * g[0]! * (x * x).Detach()).Apply(v);
        Assert.True(GradCheck.Check(F, Vector(2, 3), Fast with { CheckForward = false }).Passed);
        Assert.False(GradGradCheck.Check(F, Vector(2, 3), Fast with { CheckForward = false }).Passed);
    }

    [Fact]
    public void Batched_output_gradients_must_give_what_they_give_one_by_one()
    {
        GradCheck.Assert(x => x.Pow(3) / x.Sum(), Vector(1, 2, 3), new GradCheckOptions { CheckBatched = true });
        GradGradCheck.Assert(x => x.Pow(3) / x.Sum(), Vector(1, 2, 3), new GradCheckOptions { CheckBatched = true });
        Tensor ByValue(Tensor v) => new Rule(x => [x * x], (g, x) => Vector(2 * g[0]!.ToArray<double>()[0], 0) * x).Apply(v.Narrow(0, 0, 1).Expand(2));
        Assert.True(GradCheck.Check(v => new Rule(x => [x * 2], (g, _) => g[0]! * 2).Apply(v), Vector(1, 2), Reverse with { CheckBatched = true }).Passed);
        string text = GradCheck.Check(v => new Rule(x => [x.Sum()], (g, x) => Tensor.OnesLike(x) * g[0]!.Item()).Apply(v), Vector(1, 2), Reverse with { CheckBatched = true }).ToString();
        Assert.Contains("a batched backward pass (Vmap over output gradients) of output 0 threw AutogradException", text, StringComparison.Ordinal);
        Assert.False(GradCheck.Check(ByValue, Vector(1), Reverse).Passed);
    }

    [Fact]
    public void A_batched_pass_that_gives_other_numbers_is_found()
    {
        // The rule sees that it runs in a batch and does something else there.
        Tensor F(Tensor v) => new Rule(x => [x * 2], (g, _) => g[0]! * (IsBatched(g[0]!) ? 3 : 2)).Apply(v);
        string text = GradCheck.Check(F, Vector(1, 2), Reverse with { CheckBatched = true }).ToString();
        Assert.Contains("the derivative of output 0 at [0] with respect to input 0 at [0] is 3 in a batched backward pass", text, StringComparison.Ordinal);
        Assert.Contains("one by one it is 2", text, StringComparison.Ordinal);

        static bool IsBatched(Tensor x)
        {
            try
            {
                x.ToArray<double>();
                return false;
            }
            catch (AutogradException)
            {
                return true;
            }
        }
    }

    [Fact]
    public void Missing_output_gradients_must_count_as_zeros()
    {
        GradCheck.Assert(xs => new[] { xs[0] * 2, xs[0] * xs[0] }, [Vector(1, 2)], new GradCheckOptions());
        Rule Two(Func<IReadOnlyList<Tensor?>, Tensor, Tensor?> backward) => new(x => [x * 2, x * 3], backward, materialize: false);
        GradCheck.Assert(xs => Two((g, _) => ((g[0] ?? 0.0) * 2) + ((g[1] ?? 0.0) * 3)).ApplyMany(xs[0]), [Vector(1, 2)], Reverse);
        string thrown = GradCheck.Check(xs => Two((g, _) => (g[0]! * 2) + (g[1]! * 3)).ApplyMany(xs[0]), [Vector(1, 2)], Reverse).ToString();
        Assert.Contains("without gradients for the other outputs of output 0 threw", thrown, StringComparison.Ordinal);
        string wrong = GradCheck.Check(xs => Two((g, _) => ((g[0] ?? 1.0) * 2) + ((g[1] ?? 1.0) * 3)).ApplyMany(xs[0]), [Vector(1, 2)], Reverse).ToString();
        Assert.Contains("with zeros for them it is", wrong, StringComparison.Ordinal);
        Assert.True(GradCheck.Check(xs => Two((g, _) => (g[0]! * 2) + (g[1]! * 3)).ApplyMany(xs[0]), [Vector(1, 2)], Reverse with { CheckUndefined = false }).Passed);
    }

    [Fact]
    public void Outputs_without_derivatives_are_left_out()
    {
        GradCheckReport report = GradCheck.Check(xs => new[] { xs[0].Floor().Long(), xs[0] * 2, Vector(5) }, [Vector(1.2, 2.3)], new GradCheckOptions { CheckBatched = true });
        Assert.True(report.Passed, report.ToString());
        Assert.True(GradCheck.Check(xs => new[] { xs[0].Floor().Long(), xs[0] * 2, Vector(5) }, [Vector(1.2, 2.3)], Fast).Passed);
    }

    [Fact]
    public void Options_without_meaning_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new GradCheckOptions { Eps = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new GradCheckOptions { Atol = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new GradCheckOptions { Rtol = double.NaN });
        Assert.Throws<ArgumentNullException>(() => GradCheck.Check(x => x, Vector(1), null!));
    }
}
