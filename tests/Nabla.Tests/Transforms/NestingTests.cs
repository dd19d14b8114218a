namespace Nabla.Tests.Transforms;

/// <summary>Derivatives of derivatives: forward and reverse mode inside each other, in every order.</summary>
public sealed class NestingTests
{
    private static Tensor Scalar(double value) => Tensor.Of(value, DType.Float64);

    private static Func<Tensor, Tensor> Forward(Func<Tensor, Tensor> f) => x => Functional.Jvp(f, x, Scalar(1)).Tangent;

    private static Func<Tensor, Tensor> Reverse(Func<Tensor, Tensor> f) => Functional.Grad(f);

    private static Func<Tensor, Tensor> Pullback(Func<Tensor, Tensor> f) => x => Functional.Vjp(f, x).Pullback(Scalar(1));

    /// <summary>By hand, as a user would who knows only <see cref="Autograd.Grad(Tensor, Tensor, Tensor, bool?, bool)"/>.</summary>
    private static Func<Tensor, Tensor> ByHand(Func<Tensor, Tensor> f) => x =>
    {
        Tensor y = x * 1;
        if (!y.RequiresGrad) y.RequiresGrad = true;
        return Autograd.Grad(f(y), y, createGraph: true);
    };

    private static Func<Tensor, Tensor> Jacobian(Func<Tensor, Tensor> f) => x => Functional.Jacobian(f, x);

    private static Func<Tensor, Tensor> Differentiate(char mode, Func<Tensor, Tensor> f) => mode switch
    {
        'F' => Forward(f),
        'R' => Reverse(f),
        'V' => Pullback(f),
        'J' => Jacobian(f),
        _ => ByHand(f),
    };

    public static TheoryData<string> Nestings
    {
        get
        {
            var data = new TheoryData<string>();
            const string modes = "FRVJH";
            foreach (char a in modes)
                foreach (char b in modes)
                    foreach (char c in modes) data.Add($"{a}{b}{c}");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Nestings))]
    public void The_third_derivative_is_the_same_by_every_nesting(string nesting)
    {
        // f = x⁴ + (x·x)·x / 2, with views and sums on the way: f''' = 24x + 3.
        Func<Tensor, Tensor> f = x => x.Pow(4) + ((x.Reshape(1, 1) * x).Sum() * x / 2);
        foreach (char mode in nesting) f = Differentiate(mode, f);
        Assert.Equal(51, f(Scalar(2)).Item(), 10);
    }

    [Theory]
    [InlineData("FFFFF")]
    [InlineData("RRRRR")]
    [InlineData("FRFRF")]
    [InlineData("RFRFR")]
    public void The_fifth_derivative_of_the_sixth_power_is_720_x(string nesting)
    {
        Func<Tensor, Tensor> f = x => x * x * x * x * x * x;
        foreach (char mode in nesting) f = Differentiate(mode, f);
        Assert.Equal(1440, f(Scalar(2)).Item(), 9);
    }

    [Theory]
    [InlineData('F', 'F')]
    [InlineData('F', 'R')]
    [InlineData('R', 'F')]
    [InlineData('R', 'R')]
    [InlineData('F', 'H')]
    [InlineData('R', 'H')]
    [InlineData('R', 'V')]
    public void Perturbations_of_different_derivatives_are_not_confused(char outer, char inner)
    {
        // Siskind and Pearlmutter 2005: d/dx (x · d/dy (x + y)) = 1; an implementation that confuses them says 2.
        Func<Tensor, Tensor> f = x => x * Differentiate(inner, y => x + y)(Scalar(3));
        Assert.Equal(1, Differentiate(outer, f)(Scalar(2)).Item());

        // d/dx (x · d/dy (x·y²) at y = 3) = d/dx 6x² = 12x
        Func<Tensor, Tensor> g = x => x * Differentiate(inner, y => x * y * y)(Scalar(3));
        Assert.Equal(24, Differentiate(outer, g)(Scalar(2)).Item());
    }

    [Theory]
    [InlineData('F', 'F')]
    [InlineData('F', 'R')]
    [InlineData('R', 'F')]
    [InlineData('R', 'R')]
    public void A_derivative_at_the_outer_variable_itself(char outer, char inner)
    {
        // d/dx [d/dy (x·y³) at y = x] = d/dx 3x³ = 9x²
        Func<Tensor, Tensor> f = x => Differentiate(inner, y => x * y.Pow(3))(x);
        Assert.Equal(36, Differentiate(outer, f)(Scalar(2)).Item());
    }

    [Fact]
    public void A_pair_that_escapes_from_its_derivative_is_refused_by_the_next()
    {
        Tensor? escaped = null;
        Functional.Jvp(x => escaped = x * 1, Scalar(5), Scalar(1));
        Assert.Throws<AutogradException>(() => Functional.Jvp(y => y * escaped!, Scalar(2), Scalar(1)));
        Assert.Equal(5, Functional.Jvp(y => y * escaped!.Detach(), Scalar(2), Scalar(1)).Tangent.Item());
    }

    [Fact]
    public void An_exception_inside_a_derivative_leaves_no_trace()
    {
        Assert.Throws<InvalidOperationException>(() => Functional.Jvp(_ => throw new InvalidOperationException(), Scalar(1), Scalar(1)));
        Assert.Throws<InvalidOperationException>(() => Functional.Grad(_ => throw new InvalidOperationException(), Scalar(1)));
        Assert.Equal(12, Forward(Reverse(x => x.Pow(3)))(Scalar(2)).Item());
        Assert.False(Functional.Grad(x => x * x, Scalar(2)).RequiresGrad);
    }

    [Fact]
    public void Weights_captured_inside_forward_mode_get_gradients_through_the_tangent()
    {
        // d/dx (w·x³) = 3wx² in forward mode, then d/dw = 3x²
        Tensor w = Scalar(5).RequireGrad();
        Functional.Jvp(x => w * x.Pow(3), Scalar(2), Scalar(1)).Tangent.Backward();
        Assert.Equal(12, w.Grad!.Item());
    }

    [Fact]
    public void Backward_inside_forward_mode_accumulates_pairs()
    {
        Tensor tangent = Functional.Jvp(
            x =>
            {
                Tensor y = (x * 1).RequireGrad();
                y.Pow(3).Backward();
                y.Pow(2).Backward();
                return y.Grad!;
            },
            Scalar(2), Scalar(1)).Tangent;
        Assert.Equal(14, tangent.Item());
    }

    [Fact]
    public void Operations_in_place_pass_through_forward_mode()
    {
        (Tensor value, Tensor tangent) = Functional.Jvp(x => { Tensor y = x * 2; y.MulInPlace(x); y.AddInPlace(x); return y; }, Scalar(3), Scalar(1));
        Assert.Equal((21.0, 13.0), (value.Item(), tangent.Item()));
    }

    [Fact]
    public void Filling_the_argument_in_place_is_refused_and_leaves_it_alone()
    {
        Tensor x = Scalar(3);
        Assert.Contains("Clone()", Assert.Throws<AutogradException>(() => Functional.Jvp(p => { p.FillInPlace(5); return p * p; }, x, Scalar(1))).Message, StringComparison.Ordinal);
        Assert.Equal(3, x.Item());
        (Tensor value, Tensor tangent) = Functional.Jvp(p => { Tensor q = p.Clone(); q.FillInPlace(5); return q * q; }, x, Scalar(1));
        Assert.Equal((25.0, 0.0), (value.Item(), tangent.Item()));
    }

    [Theory]
    [InlineData('F')]
    [InlineData('R')]
    [InlineData('V')]
    [InlineData('J')]
    public void A_derivative_of_a_closure_over_two_outer_variables(char inner)
    {
        // h(x, y) = d/dz (x·z² + y·z) at z = x·y = 2x²y + y; then ∂²h/∂x∂y = 4x
        Func<Tensor, Tensor, Tensor> h = (x, y) => Differentiate(inner, z => x * z * z + y * z)(x * y);
        foreach (char outer in "FRVJ")
            foreach (char middle in "FRVJ")
                Assert.Equal(8, Differentiate(outer, x => Differentiate(middle, y => h(x, y))(Scalar(3)))(Scalar(2)).Item(), 10);
    }

    [Fact]
    public void Jvp_of_Grad_of_Jvp_with_captured_outer_variables()
    {
        // inner: d/dx (a·x³·b) = 3abx² ; Grad over a: 3bx² ; Jvp over b at x = 2: 12
        Func<Tensor, Tensor> byB = b => Functional.Grad(a => Forward(x => a * x.Pow(3) * b)(Scalar(2)), Scalar(5));
        Assert.Equal(12, Functional.Jvp(byB, Scalar(7), Scalar(1)).Tangent.Item(), 12);
    }

    [Fact]
    public void Vmap_inside_Grad_inside_Jvp()
    {
        // g(x) = Σᵢ (cᵢ·x³): g' = 3x²Σc; g'' = 6xΣc
        Tensor c = Tensor.Of([1.0, 2.0, 3.0], DType.Float64);
        Func<Tensor, Tensor> f = x => Functional.Vmap(ci => ci * x.Pow(3), c).Sum();
        Assert.Equal(72, Forward(Reverse(f))(Scalar(2)).Item(), 12);
        Assert.Equal(72, Reverse(Forward(f))(Scalar(2)).Item(), 12);
        Tensor each = Functional.Vmap(ci => Forward(Reverse(x => ci * x.Pow(3)))(Scalar(2)), c);
        Assert.Equal([12, 24, 36], each.ToArray<double>());
        Tensor confused = Functional.Vmap(x => x * Functional.Grad(y => x + y, Scalar(3)), c);
        Assert.Equal([1, 2, 3], confused.ToArray<double>());
        Assert.Equal([1, 1, 1], Functional.Vmap(Reverse(x => x * Forward(y => x + y)(Scalar(3))), c).ToArray<double>());
    }

    [Theory]
    [InlineData(JacobianMode.Auto)]
    [InlineData(JacobianMode.Forward)]
    [InlineData(JacobianMode.Reverse)]
    public void Hessians_of_a_captured_weight_can_be_differentiated(JacobianMode mode)
    {
        Tensor w = Scalar(5).RequireGrad();
        Functional.Hessian(x => w * x.Pow(3), Scalar(2), createGraph: true, mode: mode).Backward();
        Assert.Equal(12, w.Grad!.Item());
    }

    [Fact]
    public void A_view_changed_in_place_inside_forward_mode_changes_its_base()
    {
        (Tensor value, Tensor tangent) = Functional.Jvp(
            x =>
            {
                Tensor y = x * 1;
                y.Narrow(0, 0, 1).MulInPlace(10);
                return y;
            },
            Tensor.Of([1, 2]), Tensor.Of([1, 1]));
        Assert.Equal([10, 2], value.ToArray<double>());
        Assert.Equal([10, 1], tangent.ToArray<double>());
    }

    [Fact]
    public void A_view_inside_forward_mode_follows_its_base()
    {
        (Tensor value, Tensor tangent) = Functional.Jvp(
            x =>
            {
                Tensor y = x * 1, v = y.Narrow(0, 0, 1);
                y.MulInPlace(x);
                return v * 1;
            },
            Tensor.Of([3, 2]), Tensor.Of([1, 1]));
        Assert.Equal((9.0, 6.0), (value.Item(), tangent.Item()));
    }

    [Fact]
    public void A_plain_tensor_filled_through_a_view_inside_forward_mode_takes_the_tangent()
    {
        Func<Tensor, Tensor> f = x =>
        {
            Tensor y = Tensor.Zeros([3], DType.Float64);
            y.Select(0, 1).CopyInPlace(x);
            return (y * y * y).Sum();
        };
        Assert.Equal(12, Forward(f)(Scalar(2)).Item());
        Assert.Equal(12, Forward(Forward(f))(Scalar(2)).Item());
        Assert.Equal(12, Forward(Reverse(f))(Scalar(2)).Item());
        Assert.Equal(12, Reverse(Forward(f))(Scalar(2)).Item());
    }

    [Fact]
    public async Task Derivatives_on_several_threads_do_not_disturb_each_other()
    {
        double[] results = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => Task.Run(() =>
        {
            double sum = 0;
            for (int k = 0; k < 50; k++) sum += Forward(Reverse(x => x.Pow(3)))(Scalar(i)).Item();
            return sum;
        })));
        for (int i = 1; i <= 8; i++) Assert.Equal(300.0 * i, results[i - 1]);
    }
}
