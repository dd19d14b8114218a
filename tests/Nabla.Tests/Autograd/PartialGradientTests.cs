namespace Nabla.Tests.Engine;

/// <summary>Gradients of slices, which are added in place to one array or stacked: what is shared, what overlaps, and how long a loop over many takes.</summary>
public sealed class PartialGradientTests
{
    [Fact]
    public void Overlapping_slices_add_up_where_they_overlap()
    {
        Tensor x = Tensor.Of([1.0, 2.0, 3.0, 4.0], requiresGrad: true);
        ((2 * x[..3].Sum()) + (10 * x[1..].Sum()) + (100 * x[3])).Backward();
        Assert.Equal([2, 12, 12, 110], x.Grad!.ToArray());
    }

    [Fact]
    public void A_slice_and_the_whole_add_up_in_either_order()
    {
        Tensor x = Tensor.Of([1.0, 2.0, 3.0], requiresGrad: true);
        (x[..2].Sum() + (x * x).Sum()).Backward();
        Assert.Equal([3, 5, 6], x.Grad!.ToArray());

        x.Grad = null;
        ((x * x).Sum() + x[..2].Sum()).Backward();
        Assert.Equal([3, 5, 6], x.Grad!.ToArray());
    }

    [Fact]
    public void A_slice_adds_to_a_repeated_gradient_in_its_own_place_alone()
    {
        Tensor x = Tensor.Of([[1.0, 2.0], [3.0, 4.0]], requiresGrad: true);
        Tensor y = x * 1.0;
        Tensor first = y[0].Sum();
        // The gradient of the sum is one number repeated over the matrix; it reaches y before that of the row.
        ((y.Sum() * 3.0) + (2.0 * first)).Backward();
        Assert.Equal([5, 5, 3, 3], x.Grad!.Reshape(-1).ToArray());
    }

    [Fact]
    public void A_gradient_that_the_caller_gave_is_not_written_to()
    {
        Tensor x = Tensor.Of([1.0, 2.0, 3.0], requiresGrad: true), given = Tensor.Of([1.0, 1.0, 1.0]);
        Tensor y = x.Clone();
        // The given gradient reaches y first and as it is; the slice's comes after.
        Tensor slice = y[..1];
        Tensor?[] gradients = Autograd.Grad([y, slice], [x], [given, Tensor.Of([5.0])]);
        Assert.Equal([6, 1, 1], gradients[0]!.ToArray());
        Assert.Equal([1, 1, 1], given.ToArray());
    }

    [Fact]
    public void Rows_and_columns_of_a_matrix_add_up()
    {
        Tensor x = Tensor.Zeros([2, 3]).RequireGrad();
        (x[0].Sum() + (10 * x[.., 1].Sum()) + (100 * x[1, 2]) + (1000 * x[.., TensorIndex.Slice(step: 2)].Sum())).Backward();
        Assert.Equal([1001, 11, 1001, 1000, 10, 1100], x.Grad!.ToArray());
    }

    [Theory]
    [InlineData(5)]
    [InlineData(100)]
    public void Positions_that_are_used_once_twice_and_never_get_what_belongs_to_them(int count)
    {
        Tensor x = Tensor.Zeros([2, count]).RequireGrad();
        Tensor sum = (x[.., 3] * 2).Sum() + (x[.., 0] * 3).Sum() + (x[.., 3] * 5).Sum() + (x[.., 1] * Tensor.Of([7, 11])).Sum() + (x[.., 3..4] * 100).Sum();
        sum.Backward();
        var expected = new double[2 * count];
        for (int row = 0; row < 2; row++) (expected[row * count], expected[(row * count) + 1], expected[(row * count) + 3]) = (3, row == 0 ? 7 : 11, 107);
        Assert.Equal(expected, x.Grad!.Reshape(-1).ToArray<double>());
    }

    [Fact]
    public void Items_of_vmap_have_gradients_of_slices_of_their_own()
    {
        Tensor rows = Tensor.Of([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], DType.Float64);
        Tensor f(Tensor x) => (x[0] * x[1]) + (x[1..].Square().Sum() * x[0]);
        Tensor each = Functional.Vmap(Functional.Grad(f), rows);
        for (int i = 0; i < 2; i++) Assert.Equal(Functional.Grad(f, rows[i]).ToArray(), each[i].ToArray());

        // The Jacobian inside vmap: two nested levels of items.
        Tensor g(Tensor x) => Tensor.Stack([x[0] * x[1], x[1..].Sum() * x[2]]);
        Tensor jacobians = Functional.Vmap(x => Functional.Jacobian(g, x), rows);
        for (int i = 0; i < 2; i++) Assert.Equal(Functional.Jacobian(g, rows[i]).ToArray(), jacobians[i].ToArray());
    }

    [Fact]
    public void Second_derivatives_through_slices_are_those_of_the_formula()
    {
        Tensor x = Tensor.Of([1.0, 2.0, 3.0], DType.Float64);
        Tensor f(Tensor t) => t[0] * t[1] * t[2] + t[..2].Pow(3).Sum();
        double[] expected = [6, 3, 2, 3, 12, 1, 2, 1, 0];
        Assert.Equal(expected, Functional.Hessian(f, x, mode: JacobianMode.Forward).ToArray());
        Assert.Equal(expected, Functional.Hessian(f, x, mode: JacobianMode.Reverse).ToArray());
    }

    [Fact]
    public void A_loop_over_rows_allocates_in_proportion_to_their_number()
    {
        long few = Allocated(100), many = Allocated(800);
        // Arrays of zeros for each row would be 64 times as much.
        Assert.True(many < 16 * few, $"{few} bytes for 100 rows, {many} for 800");
    }

    private static long Allocated(int rows)
    {
        Tensor x = Tensor.Ones([rows, 50]).RequireGrad();
        Run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        return GC.GetAllocatedBytesForCurrentThread() - before;

        void Run()
        {
            x.Grad = null;
            Tensor sum = 0.0;
            foreach (Tensor row in x.Unbind()) sum += row.Square().Sum();
            sum.Backward();
        }
    }
}
