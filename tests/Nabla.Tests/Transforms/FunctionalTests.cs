namespace Nabla.Tests.Transforms;

public sealed class FunctionalTests
{
    private static Tensor Vector(params double[] values) => Tensor.Of(values, DType.Float64);

    private static Tensor Scalar(double value) => Tensor.Of(value, DType.Float64);

    private static double[] Values(Tensor x) => x.ToArray<double>();

    [Fact]
    public void Grad_of_the_sum_of_squares_is_twice_the_argument()
    {
        Tensor gradient = Functional.Grad(x => (x * x).Sum(), Vector(1, 2, 3));
        Assert.Equal([2, 4, 6], Values(gradient));
        Assert.False(gradient.RequiresGrad);
    }

    [Fact]
    public void Grad_leaves_the_argument_alone()
    {
        Tensor x = Vector(3).RequireGrad();
        Tensor gradient = Functional.Grad(v => (v * v).Sum(), x);
        Assert.Equal([6], Values(gradient));
        Assert.Null(x.Grad);
    }

    [Fact]
    public void Grad_of_a_function_of_two_tensors_gives_both()
    {
        (Tensor x, Tensor y) = Functional.Grad((a, b) => a * b * b, Scalar(2), Scalar(3));
        Assert.Equal((9.0, 12.0), (x.Item(), y.Item()));
    }

    [Fact]
    public void Grad_of_a_list_gives_a_list_with_zeros_where_unused()
    {
        Tensor[] gradients = Functional.Grad(xs => xs[0] * xs[0], [Scalar(2), Vector(1, 2)]);
        Assert.Equal(4, gradients[0].Item());
        Assert.Equal([0, 0], Values(gradients[1]));
    }

    [Fact]
    public void ValueAndGrad_gives_the_value_without_history()
    {
        (Tensor value, Tensor gradient) = Functional.ValueAndGrad(x => x * x, Scalar(3));
        Assert.Equal((9.0, 6.0, false), (value.Item(), gradient.Item(), value.RequiresGrad));
    }

    [Fact]
    public void Grad_works_where_recording_is_off()
    {
        using IDisposable scope = Autograd.NoGrad();
        Assert.Equal(6, Functional.Grad(x => x * x, Scalar(3)).Item());
        Assert.False(Autograd.IsGradEnabled);
    }

    [Fact]
    public void Grad_of_a_leaf_that_requires_a_gradient_can_be_differentiated_again()
    {
        Tensor x = Scalar(2).RequireGrad();
        Functional.Grad(v => v.Pow(3), x).Backward();
        Assert.Equal(12, x.Grad!.Item());
    }

    [Fact]
    public void Jvp_gives_the_value_and_the_derivative_along_a_direction()
    {
        (Tensor value, Tensor tangent) = Functional.Jvp(x => x * x, Vector(1, 2), Vector(10, 100));
        Assert.Equal([1, 4], Values(value));
        Assert.Equal([20, 400], Values(tangent));
    }

    [Fact]
    public void Jvp_of_a_constant_is_zero()
    {
        (Tensor value, Tensor tangent) = Functional.Jvp(x => Vector(7, 8), Scalar(1), Scalar(1));
        Assert.Equal([7, 8], Values(value));
        Assert.Equal([0, 0], Values(tangent));
    }

    [Fact]
    public void Jvp_of_a_broadcast_sum_has_the_shape_of_the_result()
    {
        (_, Tensor tangent) = Functional.Jvp((x, y) => x + y, Vector(1, 2), Scalar(3), Vector(1, 0), Scalar(5));
        Assert.Equal([6, 5], Values(tangent));
    }

    [Fact]
    public void Jvp_with_a_null_tangent_holds_that_argument_fixed()
    {
        (_, Tensor tangent) = Functional.Jvp(xs => xs[0] * xs[1], [Scalar(2), Scalar(3)], [null, Scalar(1)]);
        Assert.Equal(2, tangent.Item());
    }

    [Fact]
    public void Jvp_passes_linear_and_view_operations()
    {
        (Tensor value, Tensor tangent) = Functional.Jvp(
            x => Tensor.Cat([x.Reshape(2, 2).T.Select(0, 0), x.Narrow(0, 1, 2)]).Sum(), Vector(1, 2, 3, 4), Vector(1, 10, 100, 1000));
        Assert.Equal((1 + 3 + 2 + 3, 1 + 100 + 10 + 100), (value.Item(), tangent.Item()));
    }

    [Fact]
    public void Jvp_does_not_need_recording_and_works_in_inference_mode()
    {
        using IDisposable scope = Autograd.InferenceMode();
        Assert.Equal(6, Functional.Jvp(x => (x * x).Sum(), Vector(3), Vector(1)).Tangent.Item());
    }

    [Fact]
    public void Vjp_pulls_back_any_number_of_gradients()
    {
        (Tensor value, Func<Tensor, Tensor> pullback) = Functional.Vjp(x => x * x, Vector(1, 2));
        Assert.Equal([1, 4], Values(value));
        Assert.Equal([2, 0], Values(pullback(Vector(1, 0))));
        Assert.Equal([0, 40], Values(pullback(Vector(0, 10))));
    }

    [Fact]
    public void Jvp_and_Vjp_are_transposes_of_each_other()
    {
        Tensor x = Vector(1, 2, 3), v = Vector(0.5, -1, 2), u = Vector(2, 7);
        Tensor F(Tensor z) => Tensor.Stack([(z * z).Sum(), (z * z.Narrow(0, 0, 1)).Sum()]);
        double forward = (Functional.Jvp(F, x, v).Tangent * u).Sum().Item();
        double reverse = (Functional.Vjp(F, x).Pullback(u) * v).Sum().Item();
        Assert.Equal(forward, reverse, 12);
    }

    [Theory]
    [InlineData(JacobianMode.Auto)]
    [InlineData(JacobianMode.Reverse)]
    [InlineData(JacobianMode.Forward)]
    public void Jacobian_has_the_shape_of_the_output_followed_by_that_of_the_input(JacobianMode mode)
    {
        Tensor x = Tensor.Of([[1, 2, 3], [4, 5, 6]], DType.Float64);
        Tensor jacobian = Functional.Jacobian(m => m.Sum(1) * 2, x, mode);
        Assert.Equal([2, 2, 3], jacobian.Shape);
        Assert.Equal([2, 2, 2, 0, 0, 0, 0, 0, 0, 2, 2, 2], Values(jacobian));
    }

    [Theory]
    [InlineData(JacobianMode.Auto)]
    [InlineData(JacobianMode.Reverse)]
    [InlineData(JacobianMode.Forward)]
    public void Jacobian_of_a_tall_function_has_one_column_per_input(JacobianMode mode)
    {
        Tensor jacobian = Functional.Jacobian(t => Tensor.Stack([t, t * t, t.Pow(3)]), Scalar(2), mode);
        Assert.Equal([3], jacobian.Shape);
        Assert.Equal([1, 4, 12], Values(jacobian));
    }

    [Fact]
    public void Jacobian_of_independent_outputs_is_zero_unless_strict()
    {
        Assert.Equal([0, 0], Values(Functional.Jacobian(x => Scalar(1), Vector(1, 2))));
        Assert.Throws<AutogradException>(() => Functional.Jacobian(x => Scalar(1), Vector(1, 2), strict: true));
        Assert.Throws<AutogradException>(() => Functional.Jacobian(x => Scalar(1), Vector(1, 2), JacobianMode.Forward, strict: true));
    }

    [Fact]
    public void Jacobian_of_empty_tensors_is_empty()
    {
        Assert.Equal([0, 2], Functional.Jacobian(x => x.Narrow(0, 0, 0), Vector(1, 2)).Shape);
        Assert.Equal([2, 0], Functional.Jacobian(x => Vector(1, 2) + x.Sum(), Vector()).Shape);
    }

    [Fact]
    public void Jacobian_of_two_tensors_gives_a_block_each()
    {
        (Tensor x, Tensor y) = Functional.Jacobian((a, b) => a * b, Vector(1, 2), Scalar(3));
        Assert.Equal([3, 0, 0, 3], Values(x));
        Assert.Equal([1, 2], Values(y));
    }

    [Fact]
    public void Hessian_of_x0_squared_x1()
    {
        Tensor hessian = Functional.Hessian(x => x.Select(0, 0).Square() * x.Select(0, 1), Vector(2, 3));
        Assert.Equal([6, 4, 4, 0], Values(hessian));
        Assert.False(hessian.RequiresGrad);
    }

    [Fact]
    public void Hessian_of_a_linear_function_is_zero() =>
        Assert.Equal([0, 0, 0, 0], Values(Functional.Hessian(x => (x * 3).Sum(), Vector(2, 3))));

    [Fact]
    public void Hessian_of_two_tensors_has_four_blocks()
    {
        Tensor[][] blocks = Functional.Hessian(xs => xs[0].Square() * xs[1], [Scalar(2), Scalar(3)]);
        Assert.Equal((6.0, 4.0, 4.0, 0.0), (blocks[0][0].Item(), blocks[0][1].Item(), blocks[1][0].Item(), blocks[1][1].Item()));
    }

    [Fact]
    public void Functions_of_two_tensors_have_every_derivative()
    {
        // f = x²y + y³ at x = 2, y = 3, element by element: J = (2xy, x² + 3y²), H = ((2y, 2x), (2x, 6y)).
        static Tensor F(Tensor x, Tensor y) => x.Square() * y + y.Pow(3);
        Tensor x = Tensor.Of([2.0], DType.Float64), y = Tensor.Of([3.0], DType.Float64), u = Tensor.Of([10.0], DType.Float64), v = Tensor.Of([100.0], DType.Float64);

        (Tensor value, Func<Tensor, (Tensor X, Tensor Y)> pullback) = Functional.Vjp(F, x, y);
        Assert.Equal(39, value.Item());
        Assert.Equal((120.0, 310.0), (pullback(u).X.Item(), pullback(u).Y.Item()));
        Assert.Equal(12 * 10 + 31 * 100, Functional.Linearize(F, x, y).Jvp(u, v).Item());

        foreach (JacobianMode mode in Enum.GetValues<JacobianMode>())
        {
            var hessian = Functional.Hessian((a, b) => F(a, b).Sum(), x, y, mode: mode);
            Assert.Equal((6.0, 4.0, 4.0, 18.0), (hessian.X.X.Item(), hessian.X.Y.Item(), hessian.Y.X.Item(), hessian.Y.Y.Item()));
        }
        Assert.Equal([1, 2], Functional.Hessian((a, b) => a.Sum() * b.Sum(), x, Tensor.Ones([2], DType.Float64)).X.Y.Shape);
        (Tensor ofX, Tensor ofY) = Functional.Hvp((a, b) => F(a, b).Sum(), x, y, u, v);
        Assert.Equal((6.0 * 10 + 4 * 100, 4.0 * 10 + 18 * 100), (ofX.Item(), ofY.Item()));
    }

    [Fact]
    public void Hessian_needs_one_element()
    {
        var error = Assert.Throws<ShapeException>(() => Functional.Hessian(x => x * x, Vector(1, 2)));
        Assert.Contains("[2]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hvp_is_the_Hessian_times_the_vector()
    {
        Assert.Equal([6 * 10 + 4 * 100, 4 * 10], Values(Functional.Hvp(x => x.Select(0, 0).Square() * x.Select(0, 1), Vector(2, 3), Vector(10, 100))));
        Tensor[] products = Functional.Hvp(xs => xs[0].Square() * xs[1], [Scalar(2), Scalar(3)], [Scalar(10), Scalar(100)]);
        Assert.Equal((460.0, 40.0), (products[0].Item(), products[1].Item()));
    }

    [Fact]
    public void Jacobian_of_the_gradient_is_the_Hessian_in_both_modes()
    {
        Func<Tensor, Tensor> gradient = Functional.Grad(x => (x.Pow(3) * x.Sum()).Sum());
        double[] expected = Values(Functional.Hessian(x => (x.Pow(3) * x.Sum()).Sum(), Vector(1, 2, 3)));
        Assert.Equal(expected, Values(Functional.Jacobian(gradient, Vector(1, 2, 3), JacobianMode.Reverse)));
        Assert.Equal(expected, Values(Functional.Jacobian(gradient, Vector(1, 2, 3), JacobianMode.Forward)));
    }

    [Fact]
    public void Hessian_can_be_differentiated_again()
    {
        Tensor x = Scalar(2).RequireGrad();
        Functional.Hessian(v => v.Pow(4), x).Backward();
        Assert.Equal(48, x.Grad!.Item());
        Assert.Equal(48, Functional.Grad(v => Functional.Hessian(w => w.Pow(4), v), Scalar(2)).Item());
    }

    [Fact]
    public void Wrong_tangents_are_refused_by_name()
    {
        Assert.Contains("[3]", Assert.Throws<ShapeException>(() => Functional.Jvp(x => x, Vector(1, 2), Vector(1, 2, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("float32", Assert.Throws<DTypeException>(() => Functional.Jvp(x => x, Vector(1, 2), Tensor.Of([1, 2]))).Message, StringComparison.Ordinal);
        Assert.Contains("1 tangents for 2", Assert.Throws<ArgumentException>(() => Functional.Jvp(xs => xs[0], [Scalar(1), Scalar(2)], [Scalar(1)])).Message, StringComparison.Ordinal);
        Assert.Contains("int64", Assert.Throws<DTypeException>(() => Functional.Grad(x => x.Sum(), Tensor.Arange(3))).Message, StringComparison.Ordinal);
    }
}
