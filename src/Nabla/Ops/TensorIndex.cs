using System.Collections;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// One entry between the brackets of <c>x[…]</c>: a position, a range, a new axis, an ellipsis, a tensor of positions or a
/// mask. Made by conversion: <c>x[0, ^1, 2..5, .., TensorIndex.Ellipsis, mask, new[] { 3, 1 }]</c>.
/// </summary>
/// <remarks>Positions may be negative, <c>-1</c> being the last as in PyTorch; <c>^1</c> is the same.</remarks>
[CollectionBuilder(typeof(TensorIndex), nameof(Create))]
public readonly struct TensorIndex : IEquatable<TensorIndex>, IEnumerable<int>
{
    internal readonly IndexKind Kind;
    private readonly Index start;
    private readonly Index stop;
    private readonly int step;
    private readonly Tensor? tensor;

    private TensorIndex(IndexKind kind, Index start = default, Index stop = default, int step = 1, Tensor? tensor = null)
    {
        Kind = kind;
        this.start = start;
        this.stop = stop;
        this.step = step;
        this.tensor = tensor;
    }

    /// <summary>A new axis of length 1.</summary>
    public static TensorIndex NewAxis => new(IndexKind.NewAxis);

    /// <summary>As many full axes as are needed, at most once between the brackets.</summary>
    public static TensorIndex Ellipsis => new(IndexKind.Ellipsis);

    /// <summary>Every <paramref name="step"/>-th position from a start below a stop, cut to the axis: Python's <c>start:stop:step</c>.</summary>
    /// <param name="start">The first position; negative counts from the back; the beginning if left out.</param>
    /// <param name="stop">Not reached; negative counts from the back; the end if left out.</param>
    /// <param name="step">Positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is not positive.</exception>
    public static TensorIndex Slice(int? start = null, int? stop = null, int step = 1)
    {
        if (step <= 0) throw new ArgumentOutOfRangeException(nameof(step), step, $"Slice: the step must be positive, got {step}. Use Flip for the reverse order.");
        return new TensorIndex(IndexKind.Slice, FromInt(start ?? 0), stop is { } end ? FromInt(end) : Index.End, step);
    }

    /// <summary>A list of positions of one axis: <c>x[.., [0, 2]]</c>.</summary>
    public static TensorIndex Create(ReadOnlySpan<int> positions) => Of(Positions(positions));

    /// <summary>A position; negative counts from the back.</summary>
    public static implicit operator TensorIndex(int position) => new(IndexKind.Position, FromInt(position));

    /// <summary>A position, <c>^1</c> being the last.</summary>
    public static implicit operator TensorIndex(Index position) => new(IndexKind.Position, position);

    /// <summary>A stretch of an axis, cut to it; <c>..</c> is the whole axis.</summary>
    public static implicit operator TensorIndex(Range range) => new(IndexKind.Slice, range.Start, range.End);

    /// <summary>Positions (int64 or int32, negative counting from the back), or a mask (bool).</summary>
    /// <exception cref="DTypeException">The tensor holds neither.</exception>
    public static implicit operator TensorIndex(Tensor index) => Of(index);

    /// <summary>Positions; negative count from the back.</summary>
    public static implicit operator TensorIndex(int[] positions) => Of(Positions(positions));

    /// <summary>A mask of one axis.</summary>
    public static implicit operator TensorIndex(bool[] mask) => Of(Tensor.FromSpan<bool>(mask));

    /// <summary>Whether two entries are the same.</summary>
    public static bool operator ==(TensorIndex left, TensorIndex right) => left.Equals(right);

    /// <summary>Whether two entries differ.</summary>
    public static bool operator !=(TensorIndex left, TensorIndex right) => !left.Equals(right);

    /// <summary>The tensor of positions or the mask.</summary>
    internal Tensor Tensor => tensor!;

    internal int Step => step;

    /// <summary>How many axes of the tensor the entry stands for; an ellipsis is counted by its user.</summary>
    internal int AxisCount => Kind switch
    {
        IndexKind.NewAxis or IndexKind.Ellipsis => 0,
        IndexKind.Mask => tensor!.Rank,
        _ => 1,
    };

    /// <summary>The position as it was written, counted from the front; it may be outside.</summary>
    internal int PositionIn(int length) => start.GetOffset(length);

    /// <summary>The first position of a slice and how many there are.</summary>
    internal (int First, int Count) Stretch(int length)
    {
        int first = Math.Clamp(start.GetOffset(length), 0, length);
        int last = Math.Clamp(stop.GetOffset(length), 0, length);
        return (first, last <= first ? 0 : ((last - first - 1) / step) + 1);
    }

    internal TensorIndex WithStep(int every) => every > 0
        ? new TensorIndex(Kind, start, stop, every)
        : throw new ArgumentOutOfRangeException(nameof(every), every, $"Step: the step must be positive, got {every}. Use Flip for the reverse order.");

    /// <inheritdoc/>
    public bool Equals(TensorIndex other) =>
        Kind == other.Kind && start.Equals(other.start) && stop.Equals(other.stop) && step == other.step && ReferenceEquals(tensor, other.tensor);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TensorIndex other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, start, stop, step, tensor);

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        IndexKind.Position => start.ToString(),
        IndexKind.Slice => step == 1 ? $"{start}..{stop}" : $"({start}..{stop}).Step({step})",
        IndexKind.Tensor or IndexKind.Mask => $"{tensor!.DType.Word()} {tensor.Shape}",
        _ => Kind.ToString(),
    };

    /// <summary>The positions in a list of positions; empty for other entries.</summary>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(Kind == IndexKind.Tensor ? tensor!.ToArray<int>() : [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static TensorIndex Of(Tensor index)
    {
        ArgumentNullException.ThrowIfNull(index);
        return index.DType switch
        {
            DType.Int64 or DType.Int32 => new TensorIndex(IndexKind.Tensor, tensor: index),
            DType.Bool => new TensorIndex(IndexKind.Mask, tensor: index),
            _ => throw OpErrors.IndexDType("x[…]", index),
        };
    }

    private static Tensor Positions(ReadOnlySpan<int> positions)
    {
        var wide = new long[positions.Length];
        for (int i = 0; i < wide.Length; i++) wide[i] = positions[i];
        return Tensor.FromSpan<long>(wide);
    }

    private static Index FromInt(int position) => position < 0 ? new Index(-position, fromEnd: true) : new Index(position);
}

/// <summary>What an entry between the brackets of <c>x[…]</c> is.</summary>
internal enum IndexKind
{
    Position,
    Slice,
    NewAxis,
    Ellipsis,
    Tensor,
    Mask,
}

/// <summary>Ranges with a step: <c>x[(1..9).Step(2)]</c>.</summary>
public static class RangeSteps
{
    /// <summary>Every <paramref name="step"/>-th position of a range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is not positive.</exception>
    public static TensorIndex Step(this Range range, int step) => ((TensorIndex)range).WithStep(step);
}
