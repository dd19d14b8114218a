namespace Nabla.Tests.Engine;

/// <summary>In-place operations: histories of bases and views, versions.</summary>
public sealed class InPlaceTests
{
    private static Tensor Leaf(params double[] values) => Tensor.Of(values, DType.Float64, requiresGrad: true);

    private static double[] Values(Tensor? x) => x!.ToArray<double>();

    [Fact]
    public void A_result_overwritten_by_a_constant_passes_no_gradient_on()
    {
        Tensor x = Leaf(1, 2), y = x * 2;
        y.ZeroInPlace();
        (y + x).Sum().Backward();
        Assert.Equal([1, 1], Values(x.Grad));
        Assert.True(y.RequiresGrad);
    }

    [Fact]
    public void Part_of_a_result_overwritten_by_a_constant_passes_no_gradient_on()
    {
        Tensor x = Leaf(1, 2, 3), y = x * 2;
        y.Narrow(0, 1, 2).FillInPlace(5);
        (y * y).Sum().Backward();
        Assert.Equal([8, 0, 0], Values(x.Grad));
    }

    [Fact]
    public void A_plain_tensor_multiplied_in_place_by_a_leaf_remembers_its_old_value()
    {
        Tensor x = Leaf(1, 2), y = Tensor.Of([10, 20], DType.Float64);
        y.MulInPlace(x);
        y.MulInPlace(x);
        y.Sum().Backward();
        Assert.Equal([20, 80], Values(x.Grad));
    }

    [Fact]
    public void A_change_of_one_view_is_seen_by_the_others_and_by_the_base()
    {
        Tensor x = Leaf(1, 2, 3, 4), y = x * 1, left = y.Narrow(0, 0, 3), right = y.Narrow(0, 1, 3);
        left.MulInPlace(10);
        right.Sum().Backward(retainGraph: true);
        Assert.Equal([20, 30, 4], Values(right));
        Assert.Equal([0, 10, 10, 1], Values(x.Grad));
        x.Grad = null;
        y.Sum().Backward();
        Assert.Equal([10, 10, 10, 1], Values(x.Grad));
    }

    [Fact]
    public void Changes_through_transposed_and_strided_views_reach_the_right_elements()
    {
        Tensor x = Leaf(1, 2, 3, 4, 5, 6), y = (x * 1).Reshape(2, 3);
        y.T.Select(0, 2).MulInPlace(Tensor.Of([10, 100], DType.Float64));
        y.Sum().Backward();
        Assert.Equal([1, 1, 10, 1, 1, 100], Values(x.Grad));
    }

    [Fact]
    public void A_leaf_copied_into_parts_of_a_buffer_gets_the_gradients_of_the_parts()
    {
        Tensor a = Leaf(1, 2), b = Leaf(3), buffer = Tensor.Zeros([4], DType.Float64);
        buffer.Narrow(0, 0, 2).CopyInPlace(a);
        buffer.Narrow(0, 2, 2).CopyInPlace(b);
        (buffer * Tensor.Of([1, 2, 3, 4], DType.Float64)).Sum().Backward();
        Assert.Equal([1, 2], Values(a.Grad));
        Assert.Equal([7], Values(b.Grad));
    }

    [Fact]
    public void In_place_changes_can_be_differentiated_twice()
    {
        Tensor x = Leaf(2, 3), y = x * x;
        y.Narrow(0, 0, 1).MulInPlace(x.Narrow(0, 0, 1));
        Tensor g = Autograd.Grad(y.Sum(), x, createGraph: true);
        Assert.Equal([12, 6], Values(g));
        Assert.Equal([12, 2], Values(Autograd.Grad(g.Sum(), x)));
    }

    [Fact]
    public void An_update_without_recording_keeps_the_leaf_and_counts_the_version()
    {
        Tensor x = Leaf(1, 2);
        using (Autograd.NoGrad()) x.SubInPlace(Tensor.Of([1, 1], DType.Float64), alpha: 0.5);
        Assert.True(x.IsLeaf && x.RequiresGrad);
        Assert.Equal(1, x.Version);
        Assert.Equal([0.5, 1.5], Values(x));
    }

    [Fact]
    public void A_value_changed_without_recording_is_noticed_where_it_was_saved()
    {
        Tensor x = Leaf(1, 2), y = (x * x).Sum();
        using (Autograd.NoGrad()) x.AddInPlace(1);
        Assert.Contains("version 1, version 0 was saved", Assert.Throws<AutogradException>(() => y.Backward()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_change_leaves_values_and_version_as_they_were()
    {
        Tensor x = Tensor.Of([1, 2]);
        Assert.Throws<ShapeException>(() => x.AddInPlace(Tensor.Of([1, 2, 3])));
        Assert.Throws<ShapeException>(() => x.AddInPlace(Tensor.Ones([2, 2])));
        Assert.Equal(0, x.Version);
        Assert.Equal([1, 2], Values(x));
    }

    [Fact]
    public void A_tensor_may_be_changed_by_itself()
    {
        Tensor x = Tensor.Of([[1, 2], [3, 4]], DType.Float64);
        x.AddInPlace(x.T);
        Assert.Equal([2, 5, 5, 8], Values(x));
    }
}
