namespace Nabla.Tests;

/// <summary>The library in twenty tests, to be read first: every number can be checked in the head.</summary>
public sealed class TinyTests
{
    [Fact]
    public void A_tensor_is_written_as_a_collection()
    {
        Tensor a = [[1.0, 2.0], [3.0, 4.0]];
        Assert.Equal([2, 2], a.Shape);
        Assert.Equal(DType.Float32, a.DType);
    }

    [Fact]
    public void Operations_are_element_by_element()
    {
        Tensor a = [1.0, 2.0, 3.0];
        Assert.Equal([2, 8, 18], (2 * a * a).ToArray<double>());
    }

    [Fact]
    public void Shapes_broadcast_from_the_right()
    {
        Tensor column = [[10.0], [20.0]], row = [1.0, 2.0];
        Assert.Equal([11, 12, 21, 22], (column + row).ToArray<double>());
    }

    [Fact]
    public void Sums_run_over_axes()
    {
        Tensor a = [[1.0, 2.0], [3.0, 4.0]];
        Assert.Equal([4, 6], a.Sum(0).ToArray<double>());
        Assert.Equal([3, 7], a.Sum(^1).ToArray<double>());
        Assert.Equal(10, a.Sum().Item());
    }

    [Fact]
    public void A_view_shares_memory()
    {
        Tensor a = [1.0, 2.0, 3.0, 4.0];
        a.Reshape(2, 2).T.Select(0, 1).ZeroInPlace();
        Assert.Equal([1, 0, 3, 0], a.ToArray<double>());
    }

    [Fact]
    public void A_tensor_prints_itself()
    {
        Tensor a = [1.0, 2.5];
        Assert.Equal("tensor([1.0000, 2.5000])", a.ToString());
    }

    [Fact]
    public void Backward_fills_the_gradients_of_leaves()
    {
        Tensor x = Tensor.Of([1, 2, 3], requiresGrad: true);
        (x * x).Sum().Backward();
        Assert.Equal([2, 4, 6], x.Grad!.ToArray<double>());
    }

    [Fact]
    public void Gradients_add_up_until_they_are_cleared()
    {
        Tensor x = Tensor.Of(3, requiresGrad: true);
        for (int i = 0; i < 2; i++) (x * 5).Backward();
        Assert.Equal(10, x.Grad!.Item());
        x.Grad = null;
        (x * 5).Backward();
        Assert.Equal(5, x.Grad!.Item());
    }

    [Fact]
    public void The_gradient_of_a_broadcast_sums_over_the_broadcast_axes()
    {
        Tensor b = Tensor.Of(1, requiresGrad: true);
        (Tensor.Of([1, 2, 3]) + b).Sum().Backward();
        Assert.Equal(3, b.Grad!.Item());
    }

    [Fact]
    public void Grad_returns_a_gradient_that_can_be_differentiated_again()
    {
        Tensor x = Tensor.Of(2, requiresGrad: true);
        Tensor first = Autograd.Grad(x.Pow(3), x, createGraph: true);
        Assert.Equal(12, first.Item());
        Assert.Equal(12, Autograd.Grad(first, x).Item());
    }

    [Fact]
    public void Nothing_is_recorded_inside_NoGrad()
    {
        Tensor x = Tensor.Of(2, requiresGrad: true);
        using (Autograd.NoGrad()) Assert.False((x * x).RequiresGrad);
        Assert.True((x * x).RequiresGrad);
    }

    [Fact]
    public void Gradient_descent_finds_the_minimum_of_a_parabola()
    {
        Tensor x = Tensor.Of(0, requiresGrad: true);
        for (int step = 0; step < 50; step++)
        {
            Tensor slope = Autograd.Grad((x - 3).Square(), x);
            using (Autograd.NoGrad()) x.SubInPlace(slope, alpha: 0.25);
        }
        Assert.Equal(3, x.Item(), 5);
    }

    [Fact]
    public void A_function_has_a_gradient_that_is_a_function()
    {
        Func<Tensor, Tensor> cube = x => x.Pow(3), slope = Functional.Grad(cube), curvature = Functional.Grad(slope);
        Assert.Equal((8.0, 12.0, 12.0), (cube(2.0).Item(), slope(2.0).Item(), curvature(2.0).Item()));
    }

    [Fact]
    public void Forward_mode_gives_the_derivative_along_a_direction()
    {
        (Tensor value, Tensor tangent) = Functional.Jvp(x => x * x, Tensor.Of([1, 2]), Tensor.Of([1, 10]));
        Assert.Equal([1, 4], value.ToArray<double>());
        Assert.Equal([2, 40], tangent.ToArray<double>());
    }

    [Fact]
    public void Reverse_mode_pulls_a_gradient_back()
    {
        (_, Func<Tensor, Tensor> pullback) = Functional.Vjp(x => x * x, Tensor.Of([1, 2]));
        Assert.Equal([2, 40], pullback(Tensor.Of([1, 10])).ToArray<double>());
    }

    [Fact]
    public void A_Jacobian_has_a_row_per_output_and_a_column_per_input()
    {
        Tensor jacobian = Functional.Jacobian(x => x.Sum() * x, Tensor.Of([1, 2]));
        Assert.Equal([4, 1, 2, 5], jacobian.ToArray<double>());
    }

    [Fact]
    public void A_Hessian_holds_the_second_derivatives()
    {
        Tensor hessian = Functional.Hessian(x => x.Select(0, 0).Square() * x.Select(0, 1), Tensor.Of([2, 3]));
        Assert.Equal([6, 4, 4, 0], hessian.ToArray<double>());
    }

    [Fact]
    public void Derivatives_nest_without_confusion()
    {
        // d/dx (x · d/dy (x + y)) = 1
        Tensor slope = Functional.Grad(x => x * Functional.Grad(y => x + y, 1.0), Tensor.Of(5));
        Assert.Equal(1, slope.Item());
    }

    [Fact]
    public void A_derivative_can_be_checked_against_central_differences()
    {
        GradCheck.Assert(x => x.Pow(3) / x.Sum(), Tensor.Of([1, 2, 3], DType.Float64));
        GradGradCheck.Assert(x => x.Pow(3) / x.Sum(), Tensor.Of([1, 2, 3], DType.Float64));
    }

    [Fact]
    public void An_error_names_the_operation_the_shapes_and_the_remedy()
    {
        string text = Assert.Throws<ShapeException>(() => Tensor.Of([1, 2]) + Tensor.Of([1, 2, 3])).Message;
        Assert.StartsWith("Add: shapes [2] and [3] do not broadcast", text, StringComparison.Ordinal);
    }
}
