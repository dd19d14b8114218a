using System.Runtime.CompilerServices;

namespace Nabla;

// x[…]: positions, ranges, new axes and ellipses cut views; tensors of positions and masks make copies.
//
// First the views are cut, one entry after the other. What is left are tensors of positions, each for one axis of the view
// (a mask of r axes stands for r of them). They are broadcast together; the axes that they index are merged into one, and
// read or written through a single tensor of positions, whose axes take the place of the merged axis: where the indexed axes
// were if they are neighbours, in front otherwise.
public sealed partial class Tensor
{
    /// <summary>
    /// A part of this tensor. Positions (<c>0</c>, <c>^1</c>, <c>-1</c>), ranges (<c>2..5</c>, <c>..</c> for a whole axis,
    /// <c>(1..9).Step(2)</c>), <see cref="TensorIndex.NewAxis"/> and <see cref="TensorIndex.Ellipsis"/> make a view; with a
    /// tensor of positions, an array or a mask among them the result is a copy. Missing entries mean whole axes.
    /// </summary>
    /// <remarks>
    /// Ranges are cut to the axis as in Python; a single position must exist. Tensors of positions broadcast together, and
    /// their axes stand where the indexed axes were if those are neighbours, in front otherwise. Single positions do not count
    /// for this, as in PyTorch. Linear: positions that repeat receive the sum of their gradients. Assigning converts the value
    /// to this tensor's type and broadcasts it; of values for the same place the last stays. Gradients flow to the value and
    /// to the elements that were kept.
    /// </remarks>
    /// <param name="indices">One entry for each axis, or fewer.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is outside its axis.</exception>
    /// <exception cref="ShapeException">Too many entries; a mask of another shape; a value that does not broadcast.</exception>
    /// <exception cref="DTypeException">A tensor among the indices holds neither positions nor truth values.</exception>
    /// <exception cref="AutogradException">Assigning to a leaf that requires a gradient, while operations are recorded.</exception>
    [Op(OpKind.Linear, Shapes = "[…] → the part")]
    [IndexerName("Index")]
    public Tensor this[params ReadOnlySpan<TensorIndex> indices]
    {
        get
        {
            if (indices.Length == 1 && indices[0].Kind == IndexKind.Position && Rank > 0)
            {
                int position = indices[0].PositionIn(Dims[0]);
                if ((uint)position >= (uint)Dims[0]) throw OpErrors.OutsideAxis("x[…]", position < 0 ? position - Dims[0] : position, 0, Dims[0], Shape);
                return SelectOp.At(0, position).Of(this);
            }
            var part = new IndexedPart(this, indices);
            return part.IsBasic ? part.View : part.Take(part.View);
        }
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            var part = new IndexedPart(this, indices);
            Tensor source = part.Fit("x[…] =", value.To(DType));
            if (!part.IsBasic || IsTraced || source.IsTraced) InPlace.Apply("x[…] =", this, x => part.Replace(x, source, accumulate: false));
            else InPlace.Apply("x[…] =", part.View, _ => ReferenceEquals(source, value) ? source.Clone() : source);
        }
    }

    /// <summary>The subtensors at a list of positions of the first axis: <c>x[[0, 2, 2]]</c>.</summary>
    /// <inheritdoc cref="this[ReadOnlySpan{TensorIndex}]"/>
    /// <param name="positions">Positions; negative count from the back.</param>
    [IndexerName("Index")]
    public Tensor this[ReadOnlySpan<int> positions]
    {
        get => this[TensorIndex.Create(positions)];
        set => this[TensorIndex.Create(positions)] = value;
    }

    /// <summary>This tensor with the part <c>x[indices]</c> replaced by a value, or the value added to it.</summary>
    /// <param name="indices">As between the brackets of <c>x[…]</c>.</param>
    /// <param name="value">Broadcasts to the part.</param>
    /// <param name="accumulate">Add instead of replacing; a place that is named several times receives all of its values.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is outside its axis.</exception>
    /// <exception cref="ShapeException">Too many entries; a mask of another shape; a value that does not broadcast.</exception>
    /// <exception cref="DTypeException">The value has another type than this tensor, or truth values are to be added.</exception>
    [Op(OpKind.Linear, Shapes = "[…], the part → […]")]
    public Tensor IndexPut(ReadOnlySpan<TensorIndex> indices, Tensor value, bool accumulate = false)
    {
        if (value.DType != DType) throw OpErrors.SourceDType("IndexPut", value, this);
        var part = new IndexedPart(this, indices);
        return part.Replace(this, part.Fit("IndexPut", value), accumulate);
    }

    /// <summary>x ← <see cref="IndexPut"/>.</summary>
    /// <inheritdoc cref="IndexPut"/>
    /// <exception cref="AutogradException">This tensor is a leaf that requires a gradient, and operations are recorded.</exception>
    public Tensor IndexPutInPlace(ReadOnlySpan<TensorIndex> indices, Tensor value, bool accumulate = false)
    {
        TensorIndex[] kept = indices.ToArray();
        return InPlace.Apply(nameof(IndexPutInPlace), this, x => x.IndexPut(kept, value, accumulate));
    }

    /// <summary>What the entries between the brackets mean for one tensor.</summary>
    private sealed class IndexedPart
    {
        private readonly List<ViewOp> chain = [];
        private readonly List<int> axes = [];
        private readonly List<int> userAxes = [];
        private readonly List<Tensor> tensors = [];
        private readonly Shape whole;

        public IndexedPart(Tensor x, ReadOnlySpan<TensorIndex> indices)
        {
            whole = x.Shape;
            View = x;
            int named = CountAxes(indices), axis = 0, userAxis = 0;
            foreach (TensorIndex index in indices)
            {
                switch (index.Kind)
                {
                    case IndexKind.Position:
                        int length = View.Dims[axis], position = index.PositionIn(length);
                        if ((uint)position >= (uint)length) throw OpErrors.OutsideAxis("x[…]", position < 0 ? position - length : position, userAxis, length, whole);
                        Cut(new SelectOp(axis, position));
                        break;
                    case IndexKind.Slice:
                        (int first, int count) = index.Stretch(View.Dims[axis]);
                        if (count != View.Dims[axis]) Cut(new SliceOp(axis, first, count, index.Step));
                        axis++;
                        break;
                    case IndexKind.NewAxis:
                        Cut(new ReshapeOp([.. View.Dims.AsSpan(0, axis), 1, .. View.Dims.AsSpan(axis)]));
                        axis++;
                        break;
                    case IndexKind.Ellipsis:
                        axis += x.Rank - named;
                        userAxis += x.Rank - named;
                        break;
                    default:
                        Add(index, ref axis, userAxis);
                        break;
                }
                userAxis += index.AxisCount;
            }
        }

        /// <summary>What the entries that are not tensors cut out.</summary>
        public Tensor View { get; private set; }

        public bool IsBasic => tensors.Count == 0;

        /// <summary>The elements of the cut at the tensors of positions.</summary>
        public Tensor Take(Tensor cut) => new GatherOp("Index", First).Of(Merged(cut), Positions());

        /// <summary>A value in the shape of the part.</summary>
        public Tensor Fit(string op, Tensor value)
        {
            int[] dims = View.Dims;
            if (!IsBasic)
            {
                int[] merged = MergedDims(View.Dims);
                dims = [.. merged.AsSpan(0, First), .. BroadcastDims(), .. merged.AsSpan(First + 1)];
            }
            if (value.Dims.AsSpan().SequenceEqual(dims)) return value;
            int extra = 0;
            while (value.Rank - extra > dims.Length && value.Dims[extra] == 1) extra++;
            if (extra > 0) value = value.Reshape(value.Dims.AsSpan(extra));
            bool fits = value.Rank <= dims.Length;
            for (int i = 1; fits && i <= value.Rank; i++) fits = value.Dims[^i] == 1 || value.Dims[^i] == dims[^i];
            return fits ? value.Expand(dims) : throw new ShapeException($"{op}: the value {value.Shape} does not broadcast to the part {Shape.Text(dims)} of the tensor {whole}.");
        }

        /// <summary>A tensor, like the one indexed, with the part replaced or added to.</summary>
        public Tensor Replace(Tensor x, Tensor value, bool accumulate)
        {
            Tensor cut = x;
            foreach (ViewOp op in chain) cut = op.Of(cut);
            Tensor changed;
            if (IsBasic)
            {
                changed = accumulate ? cut + value : value;
            }
            else
            {
                Tensor merged = Merged(cut);
                changed = new ScatterOp("IndexPut", First, accumulate: accumulate).Of(merged, Positions(), value);
                changed = AreNeighbours ? changed.Reshape(cut.Shape) : changed.Reshape(InFront(cut).Shape).Permute(BackFromFront(cut.Rank));
            }
            return chain.Count == 0 ? (ReferenceEquals(changed, value) ? value.Clone() : changed) : new ViewWriteOp([.. chain]).Of(x, changed);
        }

        private int CountAxes(ReadOnlySpan<TensorIndex> indices)
        {
            int named = 0, ellipses = 0;
            foreach (TensorIndex index in indices)
            {
                named += index.AxisCount;
                if (index.Kind == IndexKind.Mask && index.Tensor.Rank == 0)
                    throw new ShapeException("x[…]: a mask without axes selects nothing. Use a mask of the tensor's shape, or an if.");
                if (index.Kind == IndexKind.Ellipsis && ++ellipses > 1)
                    throw new ArgumentException("x[…]: an ellipsis may stand only once between the brackets. Use .. for single axes.");
            }
            return named <= whole.Rank ? named
                : throw new ShapeException($"x[…]: {named} axes are indexed, the tensor {whole} has {whole.Rank}. Leave out entries, or add axes with NewAxis.");
        }

        private void Cut(ViewOp op)
        {
            chain.Add(op);
            View = op.Of(View);
        }

        private void Add(TensorIndex index, ref int axis, int userAxis)
        {
            if (index.Kind == IndexKind.Tensor)
            {
                tensors.Add(index.Tensor);
                userAxes.Add(userAxis);
                axes.Add(axis++);
                return;
            }
            Tensor mask = index.Tensor;
            for (int i = 0; i < mask.Rank; i++)
                if (mask.Dims[i] != View.Dims[axis + i])
                    throw new ShapeException($"x[…]: the mask {mask.Shape} does not fit axes {userAxis} to {userAxis + mask.Rank - 1} of the tensor {whole}: lengths must be equal.");
            Tensor places = mask.Nonzero();
            for (int i = 0; i < mask.Rank; i++)
            {
                tensors.Add(places.Select(1, i));
                userAxes.Add(userAxis + i);
                axes.Add(axis++);
            }
        }

        // ---- the indexed axes as one ------------------------------------------------------------------------------

        private bool AreNeighbours => axes[^1] - axes[0] == axes.Count - 1;

        private int First => AreNeighbours ? axes[0] : 0;

        private int[] BroadcastDims()
        {
            int[] dims = tensors[0].Dims;
            for (int i = 1; i < tensors.Count; i++) dims = Broadcasting.Shapes("x[…]", dims, tensors[i].Dims);
            return dims;
        }

        private Tensor Positions()
        {
            int[] lengths = [.. axes.Select(axis => View.Dims[axis])];
            return new PositionsOp("x[…]", lengths, [.. userAxes], whole).Of([.. tensors]);
        }

        private Tensor InFront(Tensor cut)
        {
            if (AreNeighbours) return cut;
            var order = new List<Axis>();
            foreach (int axis in axes) order.Add(axis);
            for (int axis = 0; axis < cut.Rank; axis++)
                if (!axes.Contains(axis)) order.Add(axis);
            return cut.Permute([.. order]);
        }

        private Axis[] BackFromFront(int rank)
        {
            var order = new Axis[rank];
            int rest = axes.Count;
            for (int axis = 0; axis < rank; axis++) order[axis] = axes.IndexOf(axis) is var at and >= 0 ? at : rest++;
            return order;
        }

        private Tensor Merged(Tensor cut) => axes.Count == 1 ? cut : InFront(cut).Reshape(MergedDims(cut.Dims));

        private int[] MergedDims(int[] dims)
        {
            if (AreNeighbours)
                return [.. dims.AsSpan(0, First), Shape.Product(dims.AsSpan(First, axes.Count)), .. dims.AsSpan(First + axes.Count)];
            int product = 1;
            var rest = new List<int> { 0 };
            for (int axis = 0; axis < dims.Length; axis++)
            {
                if (axes.Contains(axis)) product *= dims[axis];
                else rest.Add(dims[axis]);
            }
            rest[0] = product;
            return [.. rest];
        }
    }
}
