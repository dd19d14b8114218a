namespace Nabla;

/// <summary>Which axis the first coordinate of a grid runs along.</summary>
public enum GridIndexing
{
    /// <summary>The first: matrix coordinates.</summary>
    IJ,

    /// <summary>The second: x to the right, y downwards.</summary>
    XY,
}

// Elements repeated: expansions (Views.cs) followed by a reshape.
public sealed partial class Tensor
{
    /// <summary>The whole tensor repeated along its axes; more repeats than axes make new leading ones.</summary>
    /// <param name="repeats">How often, for each axis.</param>
    /// <exception cref="ShapeException">There are fewer repeats than axes, or one is negative.</exception>
    [Op(OpKind.Linear, Shapes = "[a, b] → [r₀·a, r₁·b]")]
    public Tensor Repeat(params ReadOnlySpan<int> repeats)
    {
        int more = repeats.Length - Rank;
        bool negative = false;
        foreach (int times in repeats) negative |= times < 0;
        if (more < 0 || negative) throw new ShapeException($"Repeat: repeats {Shape.Text(repeats)} for the tensor {Shape}. Give a non-negative number for each axis; further ones in front make new axes.");
        var single = new int[2 * repeats.Length];
        var repeated = new int[2 * repeats.Length];
        var dims = new int[repeats.Length];
        for (int i = 0; i < repeats.Length; i++)
        {
            int n = i < more ? 1 : Dims[i - more];
            (single[2 * i], single[(2 * i) + 1]) = (1, n);
            (repeated[2 * i], repeated[(2 * i) + 1]) = (repeats[i], n);
            dims[i] = checked(n * repeats[i]);
        }
        Tensor y = Reshape(single).Expand(repeated).Reshape(dims);
        return ReferenceEquals(y.Value.Storage, Value.Storage) ? y.Clone() : y;
    }

    /// <summary>As <see cref="Repeat"/>, but fewer repeats than axes concern the last ones.</summary>
    /// <param name="repeats">How often, for each of the last axes.</param>
    /// <exception cref="ShapeException">A number is negative.</exception>
    [Op(OpKind.Linear, Shapes = "[a, b] → [a, r·b]")]
    public Tensor Tile(params ReadOnlySpan<int> repeats)
    {
        if (repeats.Length >= Rank) return Repeat(repeats);
        var all = new int[Rank];
        Array.Fill(all, 1);
        repeats.CopyTo(all.AsSpan(Rank - repeats.Length));
        return Repeat(all);
    }

    /// <summary>Every element repeated: a a b b c c.</summary>
    /// <param name="repeats">How often.</param>
    /// <param name="axis">The axis; all elements as a vector if left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist, or the number is negative.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …] → […, n·repeats, …]")]
    public Tensor RepeatInterleave(int repeats, Axis? axis = null)
    {
        if (repeats < 0) throw OpErrors.Negative("RepeatInterleave", nameof(repeats), repeats);
        if (axis is not { } given) return Ravel().RepeatInterleave(repeats, 0);
        int at = given.Resolve(Rank, "RepeatInterleave");
        Tensor apart = Unsqueeze(at + 1).Expand([.. Dims.AsSpan(0, at + 1), repeats, .. Dims.AsSpan(at + 1)]);
        Tensor y = apart.Reshape([.. Dims.AsSpan(0, at), checked(Dims[at] * repeats), .. Dims.AsSpan(at + 1)]);
        return ReferenceEquals(y.Value.Storage, Value.Storage) ? y.Clone() : y;
    }

    /// <summary>Every element repeated, each as often as a vector says.</summary>
    /// <param name="repeats">How often, for each position of the axis; int64 or int32.</param>
    /// <param name="axis">The axis; all elements as a vector if left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist, or a number is negative.</exception>
    /// <exception cref="ShapeException">There are not as many numbers as positions.</exception>
    /// <exception cref="DTypeException"><paramref name="repeats"/> holds no whole numbers.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …], [n] → […, Σrepeats, …]")]
    public Tensor RepeatInterleave(Tensor repeats, Axis? axis = null)
    {
        if (axis is not { } given) return Ravel().RepeatInterleave(repeats, 0);
        int at = given.Resolve(Rank, "RepeatInterleave");
        CheckIndex("RepeatInterleave", repeats);
        if (repeats.Rank > 1 || (repeats.Numel != Dims[at] && repeats.Numel != 1))
            throw new ShapeException($"RepeatInterleave: repeats is {repeats.Shape}, axis {at} of the tensor {Shape} has length {Dims[at]}. Give a number for each position.");
        return new GatherOp("RepeatInterleave", at).Of(this, new RepeatedPositionsOp().Of(repeats.Expand(Dims[at])));
    }

    private sealed class RepeatedPositionsOp() : PositionOp("RepeatInterleave")
    {
        internal override bool ShapesFollowValues => true;

        public Tensor Of(Tensor repeats) => Apply(repeats);

        internal override Tensor[] Batch(BatchedInputs items) => throw OpErrors.ShapeOfValues("RepeatInterleave", "Give the repeats as a number, or as a tensor that is the same for all items.");

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) => throw SymbolicErrors.ValueDependent("RepeatInterleave", "lengths of the result");

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            Span<long> repeats = Packed(inputs[0].Value, DType.Int64).Span<long>();
            long count = 0;
            for (int i = 0; i < repeats.Length; i++)
                count += repeats[i] >= 0 ? repeats[i] : throw OpErrors.Negative("RepeatInterleave", "repeats", repeats[i]);
            NdArray result = NdArray.Allocate([checked((int)count)], DType.Int64);
            Span<long> rest = result.Span<long>();
            for (int i = 0; i < repeats.Length; i++)
            {
                rest[..(int)repeats[i]].Fill(i);
                rest = rest[(int)repeats[i]..];
            }
            return [result];
        }
    }

    // ---- grids and products -------------------------------------------------------------------------------------------

    /// <summary>The coordinates of all points of a grid: one tensor for each vector, all of the grid's shape. Views.</summary>
    /// <param name="vectors">The coordinates along each axis; scalars count as vectors of one.</param>
    /// <param name="indexing">Whether the first vector runs along the first axis (matrix) or the second (x, y).</param>
    /// <exception cref="ShapeException">One of them has more than one axis.</exception>
    [Op(OpKind.Linear, Shapes = "[a], [b], … → [a, b, …] each")]
    public static Tensor[] Meshgrid(IReadOnlyList<Tensor> vectors, GridIndexing indexing = GridIndexing.IJ)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        int rank = vectors.Count;
        var dims = new int[rank];
        for (int i = 0; i < rank; i++)
            dims[i] = vectors[i].Rank <= 1 ? vectors[i].Numel : throw OpErrors.NeedsRank("Meshgrid", "vectors", vectors[i]);
        var grids = new Tensor[rank];
        for (int i = 0; i < rank; i++)
        {
            var shape = new int[rank];
            Array.Fill(shape, 1);
            shape[i] = dims[i];
            grids[i] = vectors[i].Reshape(shape).Expand(dims);
            if (indexing == GridIndexing.XY && rank >= 2) grids[i] = grids[i].Transpose(0, 1);
        }
        return grids;
    }

    /// <summary>All tuples of one element of each vector, as rows.</summary>
    /// <param name="vectors">At least one.</param>
    /// <exception cref="ShapeException">One of them is no vector.</exception>
    [Op(OpKind.Linear, Shapes = "[a], [b], … → [a·b·…, count]")]
    public static Tensor CartesianProd(params ReadOnlySpan<Tensor> vectors)
    {
        foreach (Tensor vector in vectors)
            if (vector.Rank != 1) throw OpErrors.NeedsRank("CartesianProd", "vectors", vector);
        if (vectors.Length == 1) return vectors[0];
        return Stack(Array.ConvertAll(Meshgrid(vectors.ToArray()), grid => grid.Ravel()), 1);
    }
}
