namespace Nabla.Tests.Ops;

/// <summary>Every operation on shapes and indices as a linear function: tangent, gradient and second derivative.</summary>
public sealed class LinearShapeOpsTests
{
    private static Tensor Index(params long[] positions) => Tensor.FromSpan<long>(positions);

    private static readonly Tensor Table = Index(2, 0, 0, 1, 1, 1).Reshape(3, 2);
    private static readonly Tensor Mask = Tensor.FromSpan<bool>([true, false, true, true, false, false, true, false, false, true, true, false]).Reshape(3, 4);

    private static readonly Dictionary<string, (int[] Shape, Func<Tensor, Tensor> Function)> Functions = new()
    {
        ["expand"] = ([3, 1], x => x.Expand(2, 3, 4)),
        ["broadcast to"] = ([3], x => x.BroadcastTo(2, 3)),
        ["broadcast tensors"] = ([3], x => Tensor.BroadcastTensors(x, Tensor.Zeros([2, 1]))[0]),
        ["sum to"] = ([2, 3, 4], x => x.SumTo([3, 1])),
        ["reshape of a transpose"] = ([3, 4], x => x.T.Reshape(2, 6)),
        ["squeeze"] = ([1, 3, 1], x => x.Squeeze(0)),
        ["unsqueeze of an expansion"] = ([3, 1], x => x.Expand(3, 2).Unsqueeze(1)),
        ["select"] = ([3, 4], x => x.Select(^1, -2)),
        ["narrow"] = ([3, 4], x => x.Narrow(1, 1, 2)),
        ["split, second piece"] = ([5, 2], x => x.Split(2)[1]),
        ["split, all pieces"] = ([5, 2], x => Tensor.Cat([.. x.Split([1, 3, 1])], 0)),
        ["chunk"] = ([2, 7], x => x.Chunk(3, 1)[2]),
        ["tensor split"] = ([7], x => x.TensorSplit(3)[1]),
        ["unbind"] = ([3, 4], x => x.Unbind(1)[2]),
        ["flatten"] = ([2, 3, 4], x => x.Flatten(1)),
        ["unflatten"] = ([2, 12], x => x.Unflatten(1, 3, -1)),
        ["ravel of a transpose"] = ([3, 4], x => x.T.Ravel()),
        ["move axis"] = ([2, 3, 4], x => x.MoveAxis(0, ^1)),
        ["flip"] = ([2, 3, 4], x => x.Flip([0, 2])),
        ["flip of a slice"] = ([4, 3], x => x[1.., ..2].Flip()),
        ["roll"] = ([3, 4], x => x.Roll([1, -2], [0, 1])),
        ["roll flat"] = ([3, 4], x => x.Roll(5)),
        ["rot90"] = ([3, 4], x => x.Rot90()),
        ["rot90 thrice"] = ([3, 4], x => x.Rot90(3)),
        ["repeat"] = ([2, 3], x => x.Repeat(2, 1, 2)),
        ["tile"] = ([2, 3], x => x.Tile(2)),
        ["repeat interleave"] = ([2, 3], x => x.RepeatInterleave(2, 1)),
        ["repeat interleave by a vector"] = ([2, 3], x => x.RepeatInterleave(Index(2, 0, 3), 1)),
        ["meshgrid"] = ([3], x => Tensor.Meshgrid([Tensor.Zeros(2), x])[1]),
        ["cartesian product"] = ([3], x => Tensor.CartesianProd(x, x)),
        ["kron"] = ([2, 2], x => x.Kron(LinearCheck.Sample([3, 1]))),
        ["tril"] = ([2, 3, 4], x => x.Tril(1)),
        ["triu"] = ([3, 4], x => x.Triu(-1)),
        ["diag of a vector"] = ([3], x => x.Diag(1)),
        ["diag of a matrix"] = ([3, 4], x => x.Diag(-1)),
        ["diag embed"] = ([2, 3], x => x.DiagEmbed(-1, 0, 2)),
        ["diagonal"] = ([2, 3, 4], x => x.Diagonal(1, ^1, 0)),
        ["trace"] = ([3, 4], x => x.Trace()),
        ["unfold with overlap"] = ([2, 7], x => x.Unfold(1, 3, 2)),
        ["unfold of the first axis"] = ([5, 2], x => x.Unfold(0, 2, 1)),
        ["pad"] = ([2, 3], x => x.Pad([1, 2, 3, 0])),
        ["pad that cuts"] = ([4, 3], x => x.Pad([-1, 2, 1, -2])),
        ["pad reflect"] = ([3, 4], x => x.Pad([2, 1, 1, 2], PadMode.Reflect)),
        ["pad replicate"] = ([2, 3], x => x.Pad([2, 2], PadMode.Replicate)),
        ["pad circular"] = ([2, 3], x => x.Pad([3, 1], PadMode.Circular)),
        ["hstack"] = ([3], x => Tensor.HStack([x, x * 2])),
        ["vstack"] = ([3], x => Tensor.VStack([x, x * 2])),
        ["dstack"] = ([3], x => Tensor.DStack([x, x * 2])),
        ["column stack"] = ([3], x => Tensor.ColumnStack([x, x * 2])),
        ["block diag"] = ([2, 3], x => Tensor.BlockDiag([x, x.T])),
        ["index with a range"] = ([5, 4], x => x[1..^1, (..).Step(2)]),
        ["index with new axis"] = ([5, 4], x => x[TensorIndex.NewAxis, 2, TensorIndex.Ellipsis]),
        ["index with repeated positions"] = ([5, 4], x => x[.., Index(0, 3, 3)]),
        ["index with two tensors"] = ([3, 4, 2], x => x[Index(0, 2, 0), Index(1, 1, -1)]),
        ["index with broadcast tensors"] = ([3, 4, 2], x => x[Index(0, 2).Unsqueeze(1), Index(1, 1, 3)]),
        ["index with axes apart"] = ([3, 4, 2], x => x[Index(0, 2, 0), .., Index(1, 1, 0)]),
        ["index with a matrix of positions"] = ([3, 4], x => x[Table]),
        ["index with a mask"] = ([3, 4, 2], x => x[Mask]),
        ["index with a row mask"] = ([3, 4], x => x[1.., new[] { true, false, true, true }]),
        ["index select"] = ([2, 3, 2], x => x.IndexSelect(1, Index(2, 0, 2, 2))),
        ["gather"] = ([3, 4], x => x.Gather(0, Table)),
        ["gather along columns"] = ([3, 4], x => x.Gather(1, Table)),
        ["take along axis"] = ([3, 1], x => x.TakeAlongAxis(Index(2, 2, 0).Reshape(1, 3), 0)),
        ["take"] = ([3, 4], x => x.Take(Table - 3)),
        ["masked select"] = ([3, 4], x => x.MaskedSelect(Mask)),
        ["masked select of an expansion"] = ([4], x => x.MaskedSelect(Mask)),
        ["index add, target"] = ([3, 2], x => x.IndexAdd(0, Index(1, 1), Tensor.Zeros([2, 2], DType.Float64))),
        ["index add, source"] = ([4, 2], x => Tensor.Zeros([3, 2], DType.Float64).IndexAdd(0, Index(1, 1, 0, 1), x, alpha: 3)),
        ["index copy, target"] = ([3, 2], x => x.IndexCopy(0, Index(1, 1), Tensor.Zeros([2, 2], DType.Float64))),
        ["index copy, source with repeats"] = ([4, 2], x => Tensor.Zeros([3, 2], DType.Float64).IndexCopy(0, Index(1, 1, 0, 1), x)),
        ["index copy along the last axis"] = ([2, 4], x => Tensor.Zeros([2, 3], DType.Float64).IndexCopy(1, Index(1, 1, 0, 1), x)),
        ["index fill"] = ([2, 3], x => x.IndexFill(1, Index(0, 2), 0)),
        ["index fill, value"] = ([], x => Tensor.Zeros([2, 3], DType.Float64).IndexFill(1, Index(0, 2, 0), x)),
        ["scatter, target"] = ([3, 4], x => x.Scatter(1, Table, 0)),
        ["scatter, source with repeats"] = ([3, 2], x => Tensor.Zeros([3, 4], DType.Float64).Scatter(1, Table, x)),
        ["scatter along rows"] = ([4, 3], x => Tensor.Zeros([3, 3], DType.Float64).Scatter(0, Table, x)),
        ["scatter add, source"] = ([3, 2], x => Tensor.Zeros([3, 4], DType.Float64).ScatterAdd(0, Table, x)),
        ["scatter add, target"] = ([3, 4], x => x.ScatterAdd(0, Table, Tensor.Zeros([3, 2], DType.Float64))),
        ["put"] = ([6], x => Tensor.Zeros([3, 4], DType.Float64).Put(Table, x)),
        ["put that adds"] = ([6], x => Tensor.Zeros([3, 4], DType.Float64).Put(Table, x, accumulate: true)),
        ["put, target"] = ([3, 4], x => x.Put(Table, Tensor.Zeros(6, DType.Float64))),
        ["masked scatter, source"] = ([2, 4], x => Tensor.Zeros([3, 4], DType.Float64).MaskedScatter(Mask, x)),
        ["masked scatter, target"] = ([3, 4], x => x.MaskedScatter(Mask, Tensor.Zeros(8, DType.Float64))),
        ["select scatter"] = ([4], x => Tensor.Zeros([3, 4], DType.Float64).SelectScatter(x, 0, 1)),
        ["slice scatter"] = ([3, 2], x => Tensor.Zeros([3, 4], DType.Float64).SliceScatter(x, 1, 0, null, 2)),
        ["diagonal scatter"] = ([3], x => Tensor.Zeros([3, 4], DType.Float64).DiagonalScatter(x, 1)),
        ["diagonal scatter, target"] = ([3, 4], x => x.DiagonalScatter(Tensor.Zeros(3, DType.Float64))),
        ["index put"] = ([2, 1], x => Tensor.Zeros([3, 4], DType.Float64).IndexPut([1.., Index(0, 2, 2)], x)),
        ["index put that adds, axes apart"] = ([2, 4], x => Tensor.Zeros([3, 4, 2], DType.Float64).IndexPut([Index(2, 2), Range.All, Index(1, 1)], x, accumulate: true)),
        ["index put, target"] = ([3, 4], x => x.IndexPut([1.., Index(0, 2, 2)], 0.0.AsTensor())),
        ["index put of a row"] = ([4], x => Tensor.Zeros([3, 4], DType.Float64).IndexPut([1], x)),
        ["index put into everything"] = ([4], x => Tensor.Zeros([3, 4], DType.Float64).IndexPut([Range.All], x)),
        ["an empty slice"] = ([3, 4], x => x[2..2]),
        ["an empty index"] = ([3, 4], x => x[Index()]),
        ["an empty tensor"] = ([0, 4], x => x.Flip().T.Reshape(2, 0).Roll(1, 0)),
    };

    public static TheoryData<string> Names => [.. Functions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Tangent_is_the_operation_and_gradient_its_transpose(string name) => LinearCheck.Holds(Functions[name].Function, Functions[name].Shape);

    [Theory]
    [MemberData(nameof(Names))]
    public void Strides_of_the_input_make_no_difference(string name)
    {
        (int[] shape, Func<Tensor, Tensor> f) = Functions[name];
        Tensor x = LinearCheck.Sample(new Shape(shape));

        // The same elements with gaps and, if there are two axes, in column-major order.
        Tensor spread = Tensor.Stack([x, x * 0], x.Rank);
        Tensor strided = x.Rank >= 2 ? spread.Transpose(0, 1).Contiguous().Transpose(0, 1).Select(x.Rank, 0) : spread.Select(x.Rank, 0);
        LinearCheck.Equal(f(x), f(strided));
    }
}

internal static class Numbers
{
    public static Tensor AsTensor(this double value) => Tensor.Of(value, DType.Float64);
}
