namespace Nabla;

// The same elements in another order along their axes.
public sealed partial class Tensor
{
    /// <summary>The elements in reverse order along axes; along all of them if none is named. A copy.</summary>
    /// <param name="axis">The axes.</param>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    [Op(OpKind.Linear, Shapes = "any → same")]
    public Tensor Flip(Axes axis = default) => new FlipOp(axis.Resolve(Rank, "Flip")).Of(this);

    /// <summary>The columns in reverse order: <see cref="Flip"/> of axis 1.</summary>
    /// <exception cref="ShapeException">The tensor has fewer than two axes.</exception>
    [Op(OpKind.Linear, Shapes = "[m, n, …] → same")]
    public Tensor FlipLR() => Rank >= 2 ? Flip(1) : throw OpErrors.NeedsRank("FlipLR", "at least two axes", this);

    /// <summary>The rows in reverse order: <see cref="Flip"/> of axis 0.</summary>
    /// <exception cref="ShapeException">The tensor is a scalar.</exception>
    [Op(OpKind.Linear, Shapes = "[m, …] → same")]
    public Tensor FlipUD() => Rank >= 1 ? Flip(0) : throw OpErrors.NeedsRank("FlipUD", "at least one axis", this);

    /// <summary>The elements moved along axes; those pushed over the end return at the beginning.</summary>
    /// <param name="shifts">By how many positions, for each axis; negative towards the front.</param>
    /// <param name="axes">The axes; if none is named there is one shift, of all elements in row-major order.</param>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    /// <exception cref="ArgumentException">There are not as many shifts as axes.</exception>
    [Op(OpKind.Linear, Shapes = "any → same")]
    public Tensor Roll(ReadOnlySpan<int> shifts, Axes axes = default)
    {
        if (axes.IsAll)
        {
            if (shifts.Length != 1) throw new ArgumentException($"Roll: there are {shifts.Length} shifts but no axes. Name an axis for each shift.");
            return Ravel().Roll(shifts, 0).Reshape(Shape);
        }
        int[] along = axes.ResolveInOrder(Rank, "Roll");
        if (along.Length != shifts.Length) throw new ArgumentException($"Roll: there are {shifts.Length} shifts for {along.Length} axes. Give one shift for each axis.");
        Tensor y = this;
        for (int i = 0; i < along.Length; i++)
        {
            int n = Dims[along[i]], shift = n == 0 ? 0 : ((shifts[i] % n) + n) % n;
            if (shift > 0) y = Cat([y.Narrow(along[i], n - shift, shift), y.Narrow(along[i], 0, n - shift)], along[i]);
        }
        return ReferenceEquals(y, this) ? Clone() : y;
    }

    /// <inheritdoc cref="Roll(ReadOnlySpan{int}, Axes)"/>
    /// <param name="shift">By how many positions; negative towards the front.</param>
    /// <param name="axes">The axis; all elements in row-major order if left out.</param>
    public Tensor Roll(int shift, Axes axes = default) => Roll([shift], axes);

    /// <summary>The plane of two axes turned by quarters, from the first axis towards the second.</summary>
    /// <param name="times">How many quarters; negative the other way.</param>
    /// <param name="from">The first axis.</param>
    /// <param name="to">The second axis; 1 if left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    /// <exception cref="ArgumentException">The axes are the same.</exception>
    [Op(OpKind.Linear, Shapes = "[m, n, …] → [n, m, …] for odd times")]
    public Tensor Rot90(int times = 1, Axis from = default, Axis? to = null)
    {
        (int first, int second) = Matrix("Rot90", Rank, from, to ?? 1);
        return (((times % 4) + 4) % 4) switch
        {
            0 => Clone(),
            1 => Flip(second).Transpose(first, second),
            2 => Flip([first, second]),
            _ => Flip(first).Transpose(first, second),
        };
    }

    /// <summary>Reverses axes; its own transpose.</summary>
    private sealed class FlipOp(int[] axes) : LinearOp("Flip")
    {
        public Tensor Of(Tensor x) => Apply(x);

        internal override Tensor[] Batch(BatchedInputs items) => new FlipOp(BatchedInputs.Shift(axes)).ApplyMany(items[0]);

        protected override bool OnlyMoves => true;

        protected override bool TakesComplex => true;

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
        {
            NdArray x = inputs[0].Value;
            if (x.Numel == 0) return [ArrayCopy.Contiguous(x)];
            int[] strides = x.Strides.AsSpan().ToArray();
            int offset = x.Offset;
            foreach (int axis in axes)
            {
                offset += (x.Dims[axis] - 1) * strides[axis];
                strides[axis] = -strides[axis];
            }
            return [ArrayCopy.Contiguous(x.View(x.Dims, strides, offset))];
        }

        protected override Tensor Transpose(OpContext context, Tensor gradient) => Of(gradient);
    }
}
