namespace Nabla;

// One tensor taken apart along an axis: several views at once, none of which may be changed in place while recording.
public sealed partial class Tensor
{
    /// <summary>Pieces of one size along an axis; the last may be smaller.</summary>
    /// <param name="size">The size of the pieces.</param>
    /// <param name="axis">The axis.</param>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist, or the size is not positive.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …] → […, size, …], …")]
    public Tensor[] Split(int size, Axis axis = default)
    {
        int at = axis.Resolve(Rank, "Split");
        if (size < 0 || (size == 0 && Dims[at] > 0)) throw OpErrors.NotPositive("Split", nameof(size), size);
        int count = size == 0 ? 1 : Math.Max(1, (int)(((long)Dims[at] + size - 1) / size));
        var sizes = new int[count];
        Array.Fill(sizes, size);
        sizes[^1] = Dims[at] - (size * (count - 1));
        return Pieces("Split", at, sizes);
    }

    /// <summary>Pieces of the given sizes along an axis.</summary>
    /// <param name="sizes">The sizes; their sum is the length of the axis.</param>
    /// <param name="axis">The axis.</param>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist.</exception>
    /// <exception cref="ShapeException">A size is negative, or the sizes do not add up to the length.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …] → […, sizeᵢ, …], …")]
    public Tensor[] Split(ReadOnlySpan<int> sizes, Axis axis = default)
    {
        int at = axis.Resolve(Rank, "Split");
        long sum = 0;
        bool negative = false;
        foreach (int size in sizes)
        {
            sum += size;
            negative |= size < 0;
        }
        if (negative || sum != Dims[at])
            throw new ShapeException($"Split: sizes {Shape.Text(sizes)} must be non-negative and add up to {Dims[at]}, the length of axis {at} of the tensor {Shape}.");
        return Pieces("Split", at, sizes);
    }

    /// <summary>At most so many pieces of equal size along an axis; the last may be smaller.</summary>
    /// <param name="chunks">How many pieces at most.</param>
    /// <param name="axis">The axis.</param>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist, or the number is not positive.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …] → […, ⌈n/chunks⌉, …], …")]
    public Tensor[] Chunk(int chunks, Axis axis = default)
    {
        int at = axis.Resolve(Rank, "Chunk");
        if (chunks <= 0) throw OpErrors.NotPositive("Chunk", nameof(chunks), chunks);
        return Dims[at] == 0 ? Pieces("Chunk", at, new int[chunks]) : Split((int)(((long)Dims[at] + chunks - 1) / chunks), at);
    }

    /// <summary>Exactly so many pieces along an axis, whose sizes differ by at most one.</summary>
    /// <param name="sections">How many pieces.</param>
    /// <param name="axis">The axis.</param>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist, or the number is not positive.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …] → […, n/sections, …], …")]
    public Tensor[] TensorSplit(int sections, Axis axis = default)
    {
        int at = axis.Resolve(Rank, "TensorSplit");
        if (sections <= 0) throw OpErrors.NotPositive("TensorSplit", nameof(sections), sections);
        (int size, int more) = Math.DivRem(Dims[at], sections);
        var sizes = new int[sections];
        for (int i = 0; i < sections; i++) sizes[i] = i < more ? size + 1 : size;
        return Pieces("TensorSplit", at, sizes);
    }

    /// <summary>The pieces before, between and behind positions of an axis.</summary>
    /// <param name="positions">Where to cut, ascending; negative ones count from the back. Cut to the axis as in Python.</param>
    /// <param name="axis">The axis.</param>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …] → […, positionᵢ − positionᵢ₋₁, …], …")]
    public Tensor[] TensorSplit(ReadOnlySpan<int> positions, Axis axis = default)
    {
        int at = axis.Resolve(Rank, "TensorSplit");
        var pieces = new Tensor[positions.Length + 1];
        for (int i = 0; i < pieces.Length; i++)
        {
            (int first, int count) = TensorIndex.Slice(i == 0 ? 0 : positions[i - 1], i == positions.Length ? null : positions[i]).Stretch(Dims[at]);
            pieces[i] = new SliceOp(at, first, count, maker: "TensorSplit").Of(this);
        }
        return pieces;
    }

    /// <summary>The subtensors at every position of an axis, which disappears.</summary>
    /// <param name="axis">The axis.</param>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …] → n times […, …]")]
    public Tensor[] Unbind(Axis axis = default)
    {
        int at = axis.Resolve(Rank, "Unbind");
        var parts = new Tensor[Dims[at]];
        for (int i = 0; i < parts.Length; i++) parts[i] = new SelectOp(at, i, maker: "Unbind").Of(this);
        return parts;
    }

    /// <summary>Pieces side by side: <see cref="TensorSplit(int, Axis)"/> of the columns, or of a vector.</summary>
    /// <param name="sections">How many pieces; they must be equal.</param>
    /// <exception cref="ShapeException">The tensor is a scalar, or its length is no multiple of the number.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive.</exception>
    [Op(OpKind.Linear, Shapes = "[m, n, …] → [m, n/sections, …], …")]
    public Tensor[] HSplit(int sections) => EqualPieces("HSplit", sections, minRank: 1, Rank > 1 ? 1 : 0);

    /// <summary>Pieces one below the other: <see cref="TensorSplit(int, Axis)"/> of the rows.</summary>
    /// <inheritdoc cref="HSplit"/>
    [Op(OpKind.Linear, Shapes = "[m, n, …] → [m/sections, n, …], …")]
    public Tensor[] VSplit(int sections) => EqualPieces("VSplit", sections, minRank: 2, 0);

    /// <summary>Pieces one behind the other: <see cref="TensorSplit(int, Axis)"/> of the third axis.</summary>
    /// <inheritdoc cref="HSplit"/>
    [Op(OpKind.Linear, Shapes = "[m, n, k, …] → [m, n, k/sections, …], …")]
    public Tensor[] DSplit(int sections) => EqualPieces("DSplit", sections, minRank: 3, 2);

    private Tensor[] EqualPieces(string op, int sections, int minRank, int axis)
    {
        if (Rank < minRank) throw OpErrors.NeedsRank(op, $"at least {minRank} axes", this);
        if (sections <= 0) throw OpErrors.NotPositive(op, nameof(sections), sections);
        return Dims[axis] % sections == 0 ? TensorSplit(sections, axis)
            : throw new ShapeException($"{op}: axis {axis} of the tensor {Shape} does not divide into {sections} equal pieces. Use TensorSplit for unequal ones.");
    }

    private Tensor[] Pieces(string op, int axis, ReadOnlySpan<int> sizes)
    {
        var pieces = new Tensor[sizes.Length];
        int start = 0;
        for (int i = 0; i < pieces.Length; i++)
        {
            pieces[i] = new SliceOp(axis, start, sizes[i], maker: op).Of(this);
            start += sizes[i];
        }
        return pieces;
    }
}
