namespace Nabla.Tests.Ops;

/// <summary>Reshaping, reordering, repeating, splitting and joining; also the few compositions that are elementwise by nature.</summary>
internal static partial class OpCalls
{
    private static IEnumerable<Sample> LayoutSamples() =>
        [.. ReshapingSamples(), .. ReorderingSamples(), .. RepeatingSamples(), .. SplittingSamples(), .. JoiningSamples(), .. DiagonalSamples(), .. WindowSamples(), .. CompositionSamples()];

    private static IEnumerable<Sample> ReshapingSamples() =>
    [
        new("Flatten", x => x[0].Flatten(), S(2, 3, 2)),
        new("Flatten", x => x[0].Flatten(1, ^1), S(2, 3, 2)),
        new("Flatten", x => x[0].Flatten(), S()),
        new("Unflatten", x => x[0].Unflatten(^1, 2, -1), S(3, 4)),
        new("Ravel", x => x[0].T.Ravel(), S(2, 3)),
        new("Ravel", x => x[0].Ravel(), S(2, 0)),
        new("ReshapeAs", x => x[0].ReshapeAs(Tensor.Zeros([3, 2])), S(2, 3)),
        new("ViewAs", x => x[0].Contiguous().ViewAs(Tensor.Zeros([3, 2])), S(2, 3)),
        new("MoveAxis", x => x[0].MoveAxis([0, 1], [^1, 0]), S(2, 3, 4)),
        new("SwapAxes", x => x[0].SwapAxes(0, ^1), S(2, 3, 4)),
        new("Atleast1d", x => x[0].Atleast1d(), S()),
        new("Atleast2d", x => x[0].Atleast2d(), S(3)),
        new("Atleast3d", x => x[0].Atleast3d(), S(2, 3)),
        new("Atleast3d", x => x[0].Atleast3d(), S(4)),
        new("BroadcastTo", x => x[0].BroadcastTo(4, 2, 3), S(2, 1)),
        new("BroadcastTensors", x => Joined(Tensor.BroadcastTensors(x)), S(2, 1), S(3), S()),
    ];

    private static IEnumerable<Sample> ReorderingSamples() =>
    [
        new("Flip", x => x[0].Flip(), S(2, 3)),
        new("Flip", x => x[0].Flip([0, ^1]), S(2, 3, 4)),
        new("FlipLR", x => x[0].FlipLR(), S(2, 3)),
        new("FlipUD", x => x[0].FlipUD(), S(3, 2)),
        new("Roll", x => x[0].Roll([4]), S(2, 3)),
        new("Roll", x => x[0].Roll([-1, 2], [0, ^1]), S(2, 3, 4)),
        new("Roll", x => x[0].Roll([1], 0), S(0, 2)),
        new("Rot90", x => x[0].Rot90(), S(2, 3)),
        new("Rot90", x => x[0].Rot90(-1, 1, 2), S(2, 3, 4)),
        new("Rot90", x => x[0].Rot90(6), S(2, 3)),
    ];

    private static IEnumerable<Sample> RepeatingSamples() =>
    [
        new("Repeat", x => x[0].Repeat(2, 1, 3), S(2, 3)),
        new("Repeat", x => x[0].Repeat(0, 2), S(2, 3)),
        new("Tile", x => x[0].Tile(2), S(2, 3)),
        new("Tile", x => x[0].Tile(2, 1, 3), S(2, 3)),
        new("RepeatInterleave", x => x[0].RepeatInterleave(3), S(2, 2)),
        new("RepeatInterleave", x => x[0].RepeatInterleave(2, 1), S(2, 3, 2)),
        new("RepeatInterleave", x => x[0].RepeatInterleave(I(2, 0, 1), ^1), S(2, 3)),
        new("Meshgrid", x => Joined(Tensor.Meshgrid(x)), S(2), S(3)),
        new("Meshgrid", x => Joined(Tensor.Meshgrid(x, GridIndexing.XY)), S(2), S(3), S()),
        new("CartesianProd", x => Tensor.CartesianProd(x), S(2), S(3)),
    ];

    private static IEnumerable<Sample> SplittingSamples() =>
    [
        new("Split", x => Joined(x[0].Split(2)), S(5, 2)),
        new("Split", x => x[0].Split([1, 0, 3], ^1)[2], S(2, 4)),
        new("Chunk", x => Joined(x[0].Chunk(3, 1)), S(2, 5)),
        new("TensorSplit", x => Joined(x[0].TensorSplit(3)), S(5, 2)),
        new("TensorSplit", x => x[0].TensorSplit([1, 3], 1)[1], S(2, 5)),
        new("Unbind", x => Joined(x[0].Unbind(1)), S(2, 3)),
        new("HSplit", x => x[0].HSplit(2)[1], S(2, 4)),
        new("HSplit", x => x[0].HSplit(2)[0], S(4)),
        new("VSplit", x => x[0].VSplit(2)[1], S(4, 2)),
        new("DSplit", x => Joined(x[0].DSplit(2)), S(2, 3, 4)),
    ];

    private static IEnumerable<Sample> JoiningSamples() =>
    [
        new("HStack", x => Tensor.HStack(x), S(2, 1), S(2, 3)),
        new("HStack", x => Tensor.HStack(x), S(), S(2)),
        new("VStack", x => Tensor.VStack(x), S(3), S(2, 3)),
        new("DStack", x => Tensor.DStack(x), S(2, 3), S(2, 3, 2)),
        new("ColumnStack", x => Tensor.ColumnStack(x), S(3), S(3, 2)),
        new("BlockDiag", x => Tensor.BlockDiag(x), S(2, 3), S(2), S()),
        new("Cat", x => Tensor.Cat(x), S(2, 3), S(0, 3), S(1, 3)),
    ];

    private static IEnumerable<Sample> DiagonalSamples() =>
    [
        new("Diagonal", x => x[0].Diagonal(), S(3, 4)),
        new("Diagonal", x => x[0].Diagonal(-1, 2, 0), S(2, 3, 4)),
        new("Diagonal", x => x[0].Diagonal(7), S(2, 3)),
        new("DiagEmbed", x => x[0].DiagEmbed(), S(2, 3)),
        new("DiagEmbed", x => x[0].DiagEmbed(1, 0, 2), S(2, 3)),
        new("Diag", x => x[0].Diag(-1), S(3)),
        new("Diag", x => x[0].Diag(1), S(3, 4)),
        new("DiagFlat", x => x[0].DiagFlat(1), S(2, 2)),
        new("Trace", x => x[0].Trace(), S(3, 4)),
        new("DiagonalScatter", x => x[0].DiagonalScatter(x[1], 1), S(3, 4), S(3)),
        new("DiagonalScatter", x => x[0].DiagonalScatter(x[1], 0, 0, ^1), S(2, 3, 4), S(3, 2)),
        new("Tril", x => x[0].Tril(), S(3, 4)),
        new("Tril", x => x[0].Tril(-1), S(2, 3, 3)),
        new("Triu", x => x[0].Triu(1), S(3, 4)),
        new("TrilIndices", _ => Tensor.TrilIndices(3, 4, -1), S(1)),
        new("TriuIndices", _ => Tensor.TriuIndices(3, 4), S(1)),
    ];

    private static IEnumerable<Sample> WindowSamples() =>
    [
        new("Unfold", x => x[0].Unfold(0, 3, 2), S(7)),
        new("Unfold", x => x[0].Unfold(1, 2, 1), S(2, 5, 2)),
        new("Unfold", x => x[0].Unfold(^1, 2, 3), S(2, 6)),
        new("Pad", x => x[0].Pad([1, 2]), S(2, 3)),
        new("Pad", x => x[0].Pad([1, 0, -1, 2], value: 3), S(2, 3)),
        new("Pad", x => x[0].Pad([2, 1], PadMode.Reflect), S(2, 4)),
        new("Pad", x => x[0].Pad([2, 1, 1, 1], PadMode.Replicate), S(2, 3)),
        new("Pad", x => x[0].Pad([2, 3], PadMode.Circular), S(2, 3)),
    ];

    // Away from jumps and from the ends of the domain.
    private static IEnumerable<Sample> CompositionSamples() =>
    [
        new("Sgn", x => x[0].Sgn(), S(3, 4)) { From = AwayFromZero },
        new("Positive", x => x[0].Positive(), S(3, 4)),
        new("Rsub", x => x[0].Rsub(x[1], 0.5), S(3, 1), S(4)),
        new("TruncDivide", x => x[0].TruncDivide(x[1]), S(3, 4), S(4)) { From = (argument, unit) => argument == 0 ? 5 * unit : 1 + unit },
        new("FloatPower", x => x[0].FloatPower(x[1]), S(3, 1), S(4)) { From = (_, unit) => 0.5 + unit },
        new("Logit", x => x[0].Logit(0.05), S(3, 4)) { From = (_, unit) => 0.1 + (0.8 * unit) },
        new("Mvlgamma", x => x[0].Mvlgamma(3), S(4)) { From = (_, unit) => 1.5 + unit },
        new("MaskedFill", x => x[0].MaskedFill(Mask(true, false, true), 7), S(2, 3)),
        new("MaskedFill", x => x[0].MaskedFill(Mask(true, false, true), x[1]), S(2, 3), S()),
    ];

    /// <summary>Several results as one vector.</summary>
    private static Tensor Joined(Tensor[] parts) => Tensor.Cat(Array.ConvertAll(parts, part => part.Reshape(-1)));

    private static Tensor Mask(params ReadOnlySpan<bool> values) => Tensor.FromSpan<bool>(values);

    /// <summary>Positions.</summary>
    private static Tensor I(params ReadOnlySpan<long> positions) => Tensor.FromSpan<long>(positions);
}
