namespace Nabla.Tests.Transforms;

/// <summary>Derivatives of functions that draw random numbers are derivatives of one draw.</summary>
public sealed class DrawnNumberTests
{
    private static readonly Tensor A = Tensor.Of([0.3, -0.7, 1.1], DType.Float64), B = Tensor.Of([2.0, 0.5, -1.5], DType.Float64);

    private static void Same(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.True(actual.AllClose(expected, 1e-12, 1e-14), $"{actual} is not {expected}");
    }

    [Fact]
    public void The_Hessian_of_two_arguments_has_one_mask()
    {
        foreach (JacobianMode mode in Enum.GetValues<JacobianMode>())
        {
            var generator = new Generator(7);
            Tensor F(IReadOnlyList<Tensor> xs) => (xs[0] * xs[1] * Tensor.RandN([3], DType.Float64, generator: generator)).Sum();
            Tensor[][] hessian = Functional.Hessian(F, [A, B], mode: mode);
            Same(Tensor.RandN([3], DType.Float64, generator: new Generator(7)).Diag(), hessian[0][1]);
            Same(hessian[0][1].T, hessian[1][0]);

            // And the stream is where one call leaves it.
            var once = new Generator(7);
            once.FillNormal(new double[3]);
            Assert.Equal(once.NextDouble(), generator.NextDouble());
        }
    }

    [Fact]
    public void Every_mode_gives_the_Jacobian_of_the_same_draw_and_leaves_the_stream_alike()
    {
        // More results than inputs, so that Auto tries reverse mode first and goes on in forward mode.
        foreach (Tensor x in new[] { A, Tensor.Rand([3000], DType.Float64, generator: new Generator(1)) })
        {
            (Tensor, double) Run(JacobianMode mode)
            {
                var generator = new Generator(3);
                Tensor F(Tensor t) => Tensor.Cat([t[..2] * Tensor.Rand([2], DType.Float64, generator: generator), (t * t)[..2] * generator.NextNormal()]);
                return (Functional.Jacobian(F, x, mode), generator.NextDouble());
            }
            (Tensor reverse, double next) = Run(JacobianMode.Reverse);
            foreach (JacobianMode mode in new[] { JacobianMode.Auto, JacobianMode.Forward })
            {
                (Tensor other, double after) = Run(mode);
                Same(reverse, other);
                Assert.Equal(next, after);
            }
        }
    }

    private sealed class WithoutForwardRule : Function
    {
        protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs)
        {
            context.SaveForBackward(inputs[0]);
            return [inputs[0].Square()];
        }

        protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs) => [gradOutputs[0]! * 2 * context.SavedTensors[0]];
    }

    [Fact]
    public void A_Hessian_that_has_to_begin_anew_draws_the_same()
    {
        var generator = new Generator(5);
        Tensor hessian = Functional.Hessian(x => (new WithoutForwardRule().Apply(x) * Tensor.Rand([3], DType.Float64, generator: generator)).Sum(), A);
        Same((2 * Tensor.Rand([3], DType.Float64, generator: new Generator(5))).Diag(), hessian);
    }

    [Fact]
    public void CustomVjp_runs_again_with_the_numbers_of_any_generator()
    {
        var generator = new Generator(4);
        Func<Tensor, Tensor> noisy = Functional.CustomVjp(
            x =>
            {
                Tensor noise = Tensor.RandN(x.Shape, DType.Float64, generator: generator);
                return ((x.Square() * noise).Sum(), (x, noise));
            },
            (kept, gradient) => 2 * kept.x * kept.noise * gradient);
        Tensor second = Functional.Jacobian(Functional.Grad(noisy), A, JacobianMode.Reverse);
        Same((2 * Tensor.RandN([3], DType.Float64, generator: new Generator(4))).Diag(), second);
    }
}
