namespace Nabla.Tests.Ops;

public sealed class IndexingTests
{
    // 0  1  2  3
    // 4  5  6  7
    // 8  9 10 11
    private static Tensor Grid() => Tensor.Arange(0, 12.0, dtype: DType.Float64).Reshape(3, 4);

    private static Tensor Positions(params long[] positions) => Tensor.FromSpan<long>(positions);

    private static Tensor Leaf(Shape shape) => LinearCheck.Sample(shape).RequireGrad();

    // ---- reading ----------------------------------------------------------------------------------------------------

    [Fact]
    public void Positions_count_from_both_ends()
    {
        LinearCheck.Is(Grid()[1], [4], 4, 5, 6, 7);
        LinearCheck.Is(Grid()[^1, 0], [], 8);
        LinearCheck.Is(Grid()[-1, -4], [], 8);
    }

    [Fact]
    public void Ranges_are_cut_to_the_axis()
    {
        LinearCheck.Is(Grid()[1, 2..9], [2], 6, 7);
        LinearCheck.Is(Grid()[.., 3..], [3, 1], 3, 7, 11);
        LinearCheck.Is(Grid()[^9..1, ^2..^1], [1, 1], 2);
        LinearCheck.Is(Grid()[2..1], [0, 4]);
        Assert.Equal([3, 1], Grid()[.., 3..10].Shape);
    }

    [Fact]
    public void Steps_skip_positions()
    {
        LinearCheck.Is(Grid()[0, (..).Step(2)], [2], 0, 2);
        LinearCheck.Is(Grid()[0, (1..4).Step(2)], [2], 1, 3);
        LinearCheck.Is(Grid()[0, TensorIndex.Slice(-3, null, 2)], [2], 1, 3);
        LinearCheck.Is(Grid()[0, TensorIndex.Slice(stop: -1, step: 3)], [1], 0);
    }

    [Fact]
    public void New_axes_and_ellipses_arrange_the_axes()
    {
        Tensor x = LinearCheck.Sample([2, 3, 4, 5]);
        Assert.Equal([2, 3, 4], x[TensorIndex.Ellipsis, 0].Shape);
        Assert.Equal([3, 4], x[1, TensorIndex.Ellipsis, 2].Shape);
        Assert.Equal([2, 1, 3, 4, 5], x[.., TensorIndex.NewAxis].Shape);
        Assert.Equal([2, 3, 4, 5, 1], x[TensorIndex.Ellipsis, TensorIndex.NewAxis].Shape);
        Assert.Equal(x[1, 2, 3, 4].Item(), x[TensorIndex.Ellipsis, 1, 2, 3, 4].Item());
    }

    [Fact]
    public void Lists_of_positions_pick_and_repeat()
    {
        LinearCheck.Is(Grid()[new[] { 2, 0, -1 }, 1], [3], 9, 1, 9);
        LinearCheck.Is(Grid()[[2, 0]], [2, 4], 8, 9, 10, 11, 0, 1, 2, 3);
        LinearCheck.Is(Grid()[.., [3, 0]], [3, 2], 3, 0, 7, 4, 11, 8);
        LinearCheck.Is(Grid()[Positions(0, 2), Positions(1, 3)], [2], 1, 11);
        LinearCheck.Is(Grid()[Positions(0, 2).To(DType.Int32).Unsqueeze(1), Positions(1, 3)], [2, 2], 1, 3, 9, 11);
        LinearCheck.Is(Grid()[Positions(1, 0).Reshape(2, 1)], [2, 1, 4], 4, 5, 6, 7, 0, 1, 2, 3);
    }

    [Fact]
    public void Indexed_axes_stay_in_place_if_they_are_neighbours_and_go_in_front_otherwise()
    {
        Tensor x = LinearCheck.Sample([2, 3, 4, 5]), i = Positions(0, 1, 1, 0, 1, 1);
        Assert.Equal([2, 6, 5], x[.., i, i].Shape);
        Assert.Equal([6, 3, 5], x[i, .., i].Shape);
        Assert.Equal([3, 6], x[0, .., i, 1].Shape);
        Assert.Equal([6, 2, 4], x[.., i, .., i].Shape);
        Assert.Equal(x[1, 1, 2, 1].Item(), x[.., i, .., i][4, 1, 2].Item());
        Assert.Equal(x[1, 1, 1, 3].Item(), x[.., i, i][1, 4, 3].Item());
    }

    [Fact]
    public void Masks_pick_where_they_are_true()
    {
        LinearCheck.Is(Grid()[new[] { true, false, true }], [2, 4], 0, 1, 2, 3, 8, 9, 10, 11);
        Tensor mask = Tensor.FromSpan<bool>([true, false, false, false, false, false, true, false, false, false, false, true]).Reshape(3, 4);
        LinearCheck.Is(Grid()[mask], [3], 0, 6, 11);
        LinearCheck.Is(Grid()[mask.Bool().To(DType.Int64).To(DType.Bool)], [3], 0, 6, 11);
        LinearCheck.Is(Grid()[Tensor.Zeros([3, 4], DType.Bool)], [0]);
        LinearCheck.Is(Grid()[1.., new[] { false, true, false, false }], [2, 1], 5, 9);
    }

    [Fact]
    public void Repeated_positions_receive_every_gradient()
    {
        Tensor x = Leaf(3);
        x[[1, 1, 0]].Backward(Tensor.Of([1, 10, 100], DType.Float64));
        LinearCheck.Is(x.Grad!, 3, 100, 11, 0);
    }

    [Fact]
    public void Basic_indexing_shares_memory_and_version_and_lists_of_positions_copy()
    {
        Tensor x = Grid(), row = x[1], copy = x[[1]];
        x[1, 2] = -1.0;
        LinearCheck.Is(row, 4, 4, 5, -1, 7);
        LinearCheck.Is(copy, [1, 4], 4, 5, 6, 7);
        Assert.Equal(x.Version, row.Version);
        Assert.True(row.IsView);
        Assert.Equal(1, x.Version);
        row.MulInPlace(2);
        Assert.Equal(8, x[1, 0].Item());
        Assert.Equal(2, x.Version);
    }

    // ---- writing ----------------------------------------------------------------------------------------------------

    [Fact]
    public void Every_kind_of_index_can_be_assigned_to()
    {
        Tensor x = Grid();
        x[0] = Tensor.Of([1, 2, 3, 4]);
        x[1.., (..).Step(2)] = 0;
        x[.., [3, 1]] = Tensor.Of([[7], [8], [9]], DType.Float64);
        LinearCheck.Is(x, [3, 4], 1, 7, 3, 7, 0, 8, 0, 8, 0, 9, 0, 9);
        x[x.Bool()] = -1;
        LinearCheck.Is(x, [3, 4], -1, -1, -1, -1, 0, -1, 0, -1, 0, -1, 0, -1);
        x[Positions(0, 2), .., TensorIndex.NewAxis] = 5;
        x[TensorIndex.Ellipsis, Positions(0)] = Tensor.Of([[1], [2], [3]]);
        LinearCheck.Is(x, [3, 4], 1, 5, 5, 5, 2, -1, 0, -1, 3, 5, 5, 5);
        x[..] = 4;
        x[[0, 2]] = Tensor.Zeros(4);
        LinearCheck.Is(x, [3, 4], 0, 0, 0, 0, 4, 4, 4, 4, 0, 0, 0, 0);
    }

    [Fact]
    public void Of_values_for_one_place_the_last_stays()
    {
        Tensor x = Tensor.Zeros(3);
        x[[1, 1]] = Tensor.Of([5, 6]);
        LinearCheck.Is(x, 3, 0, 6, 0);
    }

    [Fact]
    public void A_value_may_be_cut_from_the_tensor_itself()
    {
        Tensor x = Tensor.Arange(5.0);
        x[1..] = x[..^1];
        LinearCheck.Is(x, 5, 0, 0, 1, 2, 3);
        x[..] = x.Flip();
        LinearCheck.Is(x, 5, 3, 2, 1, 0, 0);
    }

    [Fact]
    public void Leading_axes_of_length_1_of_a_value_are_dropped()
    {
        Tensor x = Tensor.Zeros([2, 2]);
        x[0] = Tensor.Of([[1, 2]]);
        LinearCheck.Is(x, [2, 2], 1, 2, 0, 0);
    }

    public static TheoryData<string> Places => ["a position", "a range", "positions", "axes apart", "a mask", "everything"];

    private static TensorIndex[] Place(string place) => place switch
    {
        "a position" => [1],
        "a range" => [Range.All, (..).Step(2)],
        "positions" => [Range.All, new[] { 2, 0 }],
        "axes apart" => [new[] { 0, 1 }, TensorIndex.NewAxis, new[] { 1, 1 }],
        "a mask" => [Tensor.FromSpan<bool>([true, false, true, false, true, true]).Reshape(2, 3)],
        _ => [TensorIndex.Ellipsis],
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void Gradients_of_an_assignment_flow_to_the_value_and_to_what_was_kept(string place)
    {
        TensorIndex[] index = Place(place);
        Tensor x = Leaf([2, 3]), weights = LinearCheck.Sample([2, 3], 5);
        Shape part = x.Detach()[index].Shape;
        Tensor value = Leaf(part);

        Tensor y = x * 2;
        y[index] = value;
        (y * y * weights).Sum().Backward();

        // By hand: y = 2x outside the part and the value inside.
        Tensor expectedX = 8 * x.Detach() * weights, zero = Tensor.Zeros(part, DType.Float64);
        expectedX[index] = zero;
        LinearCheck.Equal(2 * value.Detach() * weights[index], value.Grad!);
        for (int i = 0; i < 6; i++) LinearCheck.Close(expectedX.ToArray<double>()[i], x.Grad?.ToArray<double>()[i] ?? 0);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void Assigning_a_tracked_value_to_an_untracked_tensor_tracks_it(string place)
    {
        TensorIndex[] index = Place(place);
        Tensor y = Tensor.Zeros([2, 3], DType.Float64), weights = LinearCheck.Sample([2, 3], 5);
        Tensor value = Leaf(y[index].Shape);
        y[index] = value;
        Assert.True(y.RequiresGrad);
        (y * weights).Sum().Backward();
        LinearCheck.Equal(weights[index].Clone(), value.Grad!);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void A_scalar_value_receives_the_sum(string place)
    {
        TensorIndex[] index = Place(place);
        Tensor y = Tensor.Zeros([2, 3], DType.Float64), weights = LinearCheck.Sample([2, 3], 5), value = Leaf([]);
        y[index] = value;
        (y * weights).Sum().Backward();
        LinearCheck.Close(weights[index].Sum().Item(), value.Grad!.Item());
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void Forward_mode_follows_assignments(string place)
    {
        TensorIndex[] index = Place(place);
        Tensor x = LinearCheck.Sample([2, 3]), dx = LinearCheck.Sample([2, 3], 1);
        Tensor value = LinearCheck.Sample(x[index].Shape, 2), dvalue = LinearCheck.Sample(value.Shape, 3);

        var level = new TransformLevel("test");
        Tensor y = ForwardMode.Pair(level, x, dx).Clone();
        y[index] = ForwardMode.Pair(level, value, dvalue);
        Tensor z = Tensor.Zeros([2, 3], DType.Float64);
        z[index] = ForwardMode.Pair(level, value, dvalue);
        (Tensor primal, Tensor? tangent) = ForwardMode.Split(y, level);
        (_, Tensor? fromZero) = ForwardMode.Split(z, level);

        Tensor expected = x.Clone(), dexpected = dx.Clone(), dzero = Tensor.Zeros([2, 3], DType.Float64);
        expected[index] = value;
        dexpected[index] = dvalue;
        dzero[index] = dvalue;
        LinearCheck.Equal(expected, primal);
        LinearCheck.Equal(dexpected, tangent!);
        LinearCheck.Equal(dzero, fromZero!);
    }

    [Fact]
    public void Changing_a_view_in_place_rewrites_the_history_of_its_base()
    {
        Tensor x = Leaf([2, 3]);
        Tensor y = x * 1, row = y[1], diagonal = y.Diagonal();
        row.MulInPlace(3);
        diagonal.MulInPlace(10);
        y.Sum().Backward();
        LinearCheck.Is(x.Grad!, [2, 3], 10, 1, 1, 3, 30, 3);
        Assert.Equal(row[1].Item(), diagonal[1].Item());
    }

    [Fact]
    public void Backward_notices_that_a_saved_index_was_changed()
    {
        Tensor x = Leaf(3), index = Positions(0, 1);
        Tensor y = x.Gather(0, index);
        index[0] = 2;
        AutogradException error = Assert.Throws<AutogradException>(() => y.Sum().Backward());
        Assert.Contains("Gather saved a int64 tensor [2]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Integers_and_truth_values_can_be_indexed_and_assigned()
    {
        Tensor i = Tensor.Arange(6).Reshape(2, 3), b = Tensor.FromSpan<bool>([true, false, true]), u = Tensor.Zeros(3, DType.UInt8);
        LinearCheck.Is(i[1, [2, 0]], 2, 5, 3);
        i[.., [0]] = 9;
        LinearCheck.Is(i, [2, 3], 9, 1, 2, 9, 4, 5);
        LinearCheck.Is(b[[2, 1]], 2, 1, 0);
        b[[1]] = true;
        LinearCheck.Is(b, 3, 1, 1, 1);
        u[new[] { true, false, true }] = 255;
        LinearCheck.Is(u, 3, 255, 0, 255);
    }

    // ---- errors -----------------------------------------------------------------------------------------------------

    [Fact]
    public void Positions_outside_the_axis_are_named()
    {
        ArgumentOutOfRangeException error = Assert.Throws<ArgumentOutOfRangeException>(() => Grid()[1, 4]);
        Assert.StartsWith("x[…]: index 4 is outside axis 1 of length 4 (tensor [3, 4]). Use 0 to 3, or from the back ^1 to ^4.", error.Message, StringComparison.Ordinal);
        Assert.Contains("index -4 is outside axis 0", Assert.Throws<ArgumentOutOfRangeException>(() => Grid()[-4]).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Grid()[^4]);
        Assert.Throws<ArgumentOutOfRangeException>(() => Grid()[.., ^5]);
        Assert.Contains("index -5 is outside axis 1", Assert.Throws<ArgumentOutOfRangeException>(() => Grid()[.., [0, -5]]).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Grid()[TensorIndex.Ellipsis, Positions(0, 4)]);
        Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.Zeros([0])[0]);
    }

    [Fact]
    public void A_failed_assignment_changes_nothing()
    {
        Tensor x = Grid();
        Assert.Throws<ArgumentOutOfRangeException>(() => x[[0, 1, 3]] = 7);
        Assert.Throws<ShapeException>(() => x[0] = Tensor.Ones(3));
        Assert.Throws<ShapeException>(() => x[[0, 1]] = Tensor.Ones([3, 4]));
        LinearCheck.Equal(Grid(), x);
        Assert.Equal(0, x.Version);
    }

    [Fact]
    public void Indices_that_do_not_fit_are_refused()
    {
        Assert.Throws<ShapeException>(() => Grid()[0, 0, 0]);
        Assert.Throws<ShapeException>(() => Grid()[Tensor.Ones([3, 3], DType.Bool)]);
        Assert.Throws<ShapeException>(() => Grid()[new[] { true, false }]);
        Assert.Throws<ShapeException>(() => Grid()[Tensor.Of(1).Bool()]);
        Assert.Throws<ShapeException>(() => Grid()[Positions(0, 1), Positions(0, 1, 2)]);
        Assert.Throws<DTypeException>(() => Grid()[Tensor.Of([1.0])]);
        Assert.Throws<DTypeException>(() => Grid()[Tensor.Ones(3, DType.UInt8)]);
        Assert.Throws<ArgumentException>(() => Grid()[TensorIndex.Ellipsis, TensorIndex.Ellipsis]);
        Assert.Throws<ArgumentOutOfRangeException>(() => TensorIndex.Slice(step: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => (..).Step(-1));
    }

    [Fact]
    public void Leaves_and_views_of_several_cannot_be_assigned_to_while_recording()
    {
        Tensor x = Leaf([2, 3]);
        Assert.Throws<AutogradException>(() => x[0] = 1);
        Assert.Throws<AutogradException>(() => x[[0]] = 1);
        Tensor[] rows = (x * 1).Unbind(), pieces = (x * 1).Split(1, 1);
        Assert.Contains("Unbind", Assert.Throws<AutogradException>(() => rows[0].MulInPlace(2)).Message, StringComparison.Ordinal);
        Assert.Contains("Split", Assert.Throws<AutogradException>(() => pieces[0][0] = 2).Message, StringComparison.Ordinal);
        using (Autograd.NoGrad()) x[0] = 1;
        Assert.Equal(1, x[0, 2].Item());
    }

    [Fact]
    public void Expanded_tensors_and_overlapping_windows_cannot_be_changed_in_place()
    {
        Tensor x = Tensor.Zeros(4);
        Assert.Throws<AutogradException>(() => x.Expand(2, 4)[.., 0] = 1);
        Assert.Throws<AutogradException>(() => x.Unfold(0, 2, 1).AddInPlace(1));
        x.Unfold(0, 2, 2).AddInPlace(1);
        LinearCheck.Is(x, 4, 1, 1, 1, 1);
    }
}
