namespace Nabla.Tests.Ops;

/// <summary>Reading and writing at positions, with equal ones among them, and what finds positions.</summary>
internal static partial class OpCalls
{
    private static IEnumerable<Sample> IndexingSamples() => [.. BracketSamples(), .. GatherSamples(), .. ScatterSamples(), .. PositionSamples()];

    private static IEnumerable<Sample> BracketSamples() =>
    [
        new("Index", x => x[0][1], S(3, 4)),
        new("Index", x => x[0][1.., ^1], S(3, 4)),
        new("Index", x => x[0][TensorIndex.Ellipsis, (0..5).Step(2), TensorIndex.NewAxis], S(2, 5)),
        new("Index", x => x[0][I(2, 0, 2)], S(3, 2)),
        new("Index", x => x[0][I(1, 0).Unsqueeze(1), 1..3, I(-1, 0, 0)], S(2, 4, 3)),
        new("Index", x => x[0][Mask(true, false, true)], S(3, 2)),
        new("IndexPut", x => x[0].IndexPut([1, 0..2], x[1]), S(3, 4), S(2)),
        new("IndexPut", x => x[0].IndexPut([I(2, 0, 2)], x[1], accumulate: true), S(3, 2), S(3, 2)),
        new("IndexPut", x => x[0].IndexPut([Range.All, I(1, 0)], x[1]), S(3, 4), S()),
        new("IndexPut", x => x[0].IndexPut([Mask(true, false, true)], x[1]), S(3, 2), S(2)),
    ];

    private static IEnumerable<Sample> GatherSamples() =>
    [
        new("Gather", x => x[0].Gather(1, I(0, 2, 2, 1).Reshape(2, 2)), S(2, 3)),
        new("Gather", x => x[0].Gather(0, I(2, 0, 1, 1, 0, 0).Reshape(3, 2)), S(3, 4)),
        new("TakeAlongAxis", x => x[0].TakeAlongAxis(I(2, 0, 2, 1).Reshape(4, 1), 0), S(3, 2)),
        new("TakeAlongAxis", x => x[0].TakeAlongAxis(I(5, 0, 5)), S(2, 3)),
        new("Take", x => x[0].Take(I(5, 0, -1, 2).Reshape(2, 2)), S(2, 3)),
        new("IndexSelect", x => x[0].IndexSelect(1, I(2, 0, 2)), S(2, 3, 2)),
        new("IndexSelect", x => x[0].IndexSelect(0, I()), S(3)),
        new("MaskedSelect", x => x[0].MaskedSelect(Mask(true, false, true)), S(2, 3)),
    ];

    private static IEnumerable<Sample> ScatterSamples() =>
    [
        new("IndexAdd", x => x[0].IndexAdd(1, I(2, 0, 2), x[1], alpha: -0.5), S(2, 3), S(2, 3)),
        new("IndexCopy", x => x[0].IndexCopy(0, I(2, 0), x[1]), S(3, 2), S(2, 2)),
        new("IndexCopy", x => x[0].IndexCopy(0, I(1, 1), x[1]), S(3, 2), S(2, 2)),
        new("IndexFill", x => x[0].IndexFill(1, I(2, 0), x[1]), S(2, 3), S()),
        new("Scatter", x => x[0].Scatter(1, I(2, 0, 1, 1).Reshape(2, 2), x[1]), S(2, 3), S(2, 2)),
        new("Scatter", x => x[0].Scatter(0, I(2, 0, 1).Reshape(1, 3), x[1]), S(3, 4), S(2, 5)),
        new("ScatterAdd", x => x[0].ScatterAdd(1, I(2, 0, 1, 1).Reshape(2, 2), x[1]), S(2, 3), S(2, 2)),
        new("ScatterAdd", x => x[0].ScatterAdd(0, I(1, 1, 0, 1).Reshape(2, 2), x[1]), S(2, 3), S(3, 2)),
        new("Put", x => x[0].Put(I(5, 0, 2), x[1]), S(2, 3), S(3)),
        new("Put", x => x[0].Put(I(5, 0, -1, 2).Reshape(2, 2), x[1], accumulate: true), S(2, 3), S(2, 2)),
        new("MaskedScatter", x => x[0].MaskedScatter(Mask(true, false, true), x[1]), S(2, 3), S(5)),
        new("SelectScatter", x => x[0].SelectScatter(x[1], 1, -1), S(2, 3), S(2)),
        new("SliceScatter", x => x[0].SliceScatter(x[1], ^1, 1, step: 2), S(2, 4), S(2, 2)),
    ];

    private static IEnumerable<Sample> PositionSamples() =>
    [
        new("Nonzero", x => (x[0] > 0).Nonzero(), S(2, 3)) { ShapeOfValues = true },
        new("ArgWhere", x => x[0].Relu().ArgWhere(), S(2, 3)) { ShapeOfValues = true },
        new("Where", x => Joined(Tensor.Where(x[0] > 0)), S(2, 3)) { ShapeOfValues = true },
        new("OneHot", x => x[0].Abs().Long().OneHot(3), S(2, 3)),
        new("OneHot", x => x[0].Abs().Long().OneHot(), S(4)) { ShapeOfValues = true },
        new("SearchSorted", x => Tensor.SearchSorted(x[0].Sort().Values, x[1]), S(5), S(2, 3)),
        new("SearchSorted", x => Tensor.SearchSorted(x[0].Sort().Values, x[1], right: true), S(2, 5), S(2, 3)),
        new("Bucketize", x => x[0].Bucketize(x[1].Sort().Values), S(2, 3), S(4)),
    ];
}
