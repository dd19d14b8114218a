namespace Nabla;

// The same elements looked at through another shape or other strides: no copying, shared memory, shared version.
public sealed partial class Tensor
{
    // ---- expand -------------------------------------------------------------------------------------------------------

    /// <summary>Repeats axes of length 1 (and missing leading axes) without copying; −1 keeps a length.</summary>
    /// <exception cref="ShapeException">An axis is neither 1 nor of the wanted length.</exception>
    [Op(OpKind.Linear, Shapes = "[…, 1, …] → […, n, …]")]
    public Tensor Expand(params ReadOnlySpan<int> shape)
    {
        int[] dims = shape.ToArray();
        int shift = dims.Length - Rank;
        for (int i = 0; i < dims.Length; i++)
            if (dims[i] == -1 && i >= shift) dims[i] = Dims[i - shift];
        if (Dims.AsSpan().SequenceEqual(dims)) return this;
        if (shift < 0) throw ArrayErrors.Expand("Expand", Dims, shape);
        for (int i = 0; i < dims.Length; i++)
            if (dims[i] < 0 || (i >= shift && Dims[i - shift] != 1 && Dims[i - shift] != dims[i])) throw ArrayErrors.Expand("Expand", Dims, shape);
        return new ExpandOp(dims).Of(this);
    }

    /// <summary>Expands to the shape of another tensor.</summary>
    /// <inheritdoc cref="Expand"/>
    public Tensor ExpandAs(Tensor other) => Expand(other.Shape);

    /// <summary>The name that NumPy uses for <see cref="Expand"/>.</summary>
    /// <inheritdoc cref="Expand"/>
    [Op(OpKind.Linear, Shapes = "[…, 1, …] → […, n, …]")]
    public Tensor BroadcastTo(params ReadOnlySpan<int> shape) => Expand(shape);

    /// <summary>The tensors expanded to their common shape.</summary>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    [Op(OpKind.Linear, Shapes = "broadcast together")]
    public static Tensor[] BroadcastTensors(params ReadOnlySpan<Tensor> tensors)
    {
        int[] dims = [];
        foreach (Tensor tensor in tensors) dims = Broadcasting.Shapes("BroadcastTensors", dims, tensor.Dims);
        var results = new Tensor[tensors.Length];
        for (int i = 0; i < results.Length; i++) results[i] = tensors[i].Expand(dims);
        return results;
    }

    /// <summary>Sums over the axes along which <paramref name="shape"/> would be broadcast to this shape: the transpose of <see cref="Expand"/>.</summary>
    /// <exception cref="ShapeException"><paramref name="shape"/> does not broadcast to this tensor's shape.</exception>
    [Op(OpKind.Linear, Shapes = "[…, n, …] → […, 1, …]")]
    public Tensor SumTo(Shape shape)
    {
        if (Shape == shape) return this;
        int shift = Rank - shape.Rank;
        if (shift < 0) throw ArrayErrors.Expand("SumTo", shape.Dims, Dims);
        var axes = new List<Axis>();
        for (int i = 0; i < Rank; i++)
        {
            if (i < shift || (shape.Dims[i - shift] == 1 && Dims[i] != 1)) axes.Add(i);
            else if (shape.Dims[i - shift] != Dims[i]) throw ArrayErrors.Expand("SumTo", shape.Dims, Dims);
        }
        return Sum(Axes.Create([.. axes]), keepAxis: true).Reshape(shape);
    }

    /// <summary>Repeats axes; with <paramref name="fixedAxes"/> leading ones that stay in front, new axes come behind them.</summary>
    private sealed class ExpandOp(int[] dims, int fixedAxes = 0) : ViewOp("Expand")
    {
        public override ViewOp OfItems(int count) => new ExpandOp([count, .. dims], fixedAxes + 1);

        public override NdArray View(in NdArray x)
        {
            NdArray aligned = fixedAxes == 0 || x.Rank == dims.Length ? x : x.View(Aligned(x.Dims, 1), Aligned(x.Strides, 0), x.Offset);
            return x.View(dims, Broadcasting.Strides(aligned, dims), x.Offset);
        }

        protected override Tensor Transpose(OpContext context, Tensor gradient)
        {
            Shape shape = context.Shape(0);
            return gradient.SumTo(new Shape(Aligned(shape.Dims, 1))).Reshape(shape);
        }

        private int[] Aligned(int[] items, int fill)
        {
            if (fixedAxes == 0) return items;
            var aligned = new int[dims.Length];
            Array.Fill(aligned, fill);
            items.AsSpan(0, fixedAxes).CopyTo(aligned);
            items.AsSpan(fixedAxes).CopyTo(aligned.AsSpan(dims.Length - (items.Length - fixedAxes)));
            return aligned;
        }
    }

    // ---- reshape ------------------------------------------------------------------------------------------------------

    /// <summary>The elements in row-major order in another shape; a view where the strides allow it, a copy otherwise. One length may be −1.</summary>
    /// <exception cref="ShapeException">The shapes have different numbers of elements.</exception>
    [Op(OpKind.Linear, Shapes = "any → any of as many elements")]
    public Tensor Reshape(params ReadOnlySpan<int> shape)
    {
        int[] dims = CompleteShape("Reshape", shape);
        if (Dims.AsSpan().SequenceEqual(dims)) return this;
        return StridesAs(Value, dims) is null ? new CloneOp("Clone").Of(this).Reshape(dims) : new ReshapeOp(dims).Of(this);
    }

    /// <summary>As <see cref="Reshape"/>, but never copies.</summary>
    /// <exception cref="ShapeException">The number of elements differs, or the strides do not allow a view.</exception>
    [Op(OpKind.Linear, Shapes = "any → any of as many elements")]
    public Tensor View(params ReadOnlySpan<int> shape)
    {
        int[] dims = CompleteShape("View", shape);
        if (StridesAs(Value, dims) is null)
            throw new ShapeException($"View: a tensor {Shape} with strides {Shape.Text(Strides)} cannot be seen as {Shape.Text(dims)} without copying. Use Reshape, or Contiguous() first.");
        return new ReshapeOp(dims).Of(this);
    }

    private int[] CompleteShape(string op, ReadOnlySpan<int> shape)
    {
        int[] dims = shape.ToArray();
        int unknown = -1;
        long known = 1;
        for (int i = 0; i < dims.Length; i++)
        {
            if (dims[i] == -1 && unknown < 0) unknown = i;
            else if (dims[i] < 0) throw new ShapeException($"{op}: {Shape.Text(shape)} is no shape: lengths must not be negative, and only one may be -1 to be found.");
            else known *= dims[i];
        }
        if (unknown >= 0)
        {
            if (known == 0 || Numel % known != 0) throw new ShapeException($"{op}: {Shape} has {Numel} elements, which {Shape.Text(shape)} cannot divide evenly. Choose lengths whose product divides {Numel}.");
            dims[unknown] = (int)(Numel / known);
        }
        else if (known != Numel)
        {
            throw new ShapeException($"{op}: {Shape} has {Numel} elements, {Shape.Text(shape)} has {known}. The numbers must be equal; -1 stands for the length that fits.");
        }
        return dims;
    }

    /// <summary>The strides that show an array in another shape of equal size; null if there are none.</summary>
    private static int[]? StridesAs(in NdArray x, int[] dims)
    {
        if (x.IsContiguous || x.Numel == 0) return NdArray.ContiguousStrides(dims);
        var strides = new int[dims.Length];
        int from = x.Rank - 1, to = dims.Length - 1;
        while (from >= 0 || to >= 0)
        {
            // One group of old axes that lie evenly in memory against the new axes of the same size.
            if (from >= 0 && x.Dims[from] == 1) { from--; continue; }
            if (to >= 0 && dims[to] == 1) { strides[to--] = 1; continue; }
            if (from < 0 || to < 0) return null;
            int step = x.Strides[from];
            long old = x.Dims[from--], fresh = 1;
            while (true)
            {
                if (fresh < old)
                {
                    if (to < 0) return null;
                    strides[to] = (int)(step * fresh);
                    fresh *= dims[to--];
                }
                else if (fresh > old)
                {
                    while (from >= 0 && x.Dims[from] == 1) from--;
                    if (from < 0 || x.Strides[from] != step * old) return null;
                    old *= x.Dims[from--];
                }
                else
                {
                    break;
                }
            }
        }
        return strides;
    }

    private sealed class ReshapeOp(int[] dims) : ViewOp("Reshape")
    {
        // A tangent may lie in memory differently from its primal, by which the call decided that a view will do.
        public override ViewOp OfItems(int count) => new ReshapeOp([count, .. dims]);

        public override NdArray View(in NdArray x) => StridesAs(x, dims) is { } strides
            ? x.View(dims, strides, x.Offset)
            : ArrayCopy.Contiguous(x).View(dims, NdArray.ContiguousStrides(dims), 0);

        protected override Tensor Transpose(OpContext context, Tensor gradient) => gradient.Reshape(context.Shape(0));
    }

    // ---- permute ------------------------------------------------------------------------------------------------------

    /// <summary>The axes in another order: result axis i is axis <paramref name="axes"/>[i] of this tensor.</summary>
    /// <exception cref="ArgumentException">Not every axis is named once.</exception>
    [Op(OpKind.Linear)]
    public Tensor Permute(params ReadOnlySpan<Axis> axes)
    {
        if (axes.Length != Rank) throw new ArgumentException($"Permute: {axes.Length} axes are named, the tensor {Shape} has {Rank}. Name each axis once.");
        return new PermuteOp(Axes.Create(axes).ResolveInOrder(Rank, "Permute")).Of(this);
    }

    /// <summary>Two axes exchanged.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    [Op(OpKind.Linear)]
    public Tensor Transpose(Axis first, Axis second)
    {
        if (Rank == 0) return this;
        int a = first.Resolve(Rank, "Transpose"), b = second.Resolve(Rank, "Transpose");
        if (Rank == 2 && a != b) return TransposeOfMatrix.Of(this);
        var order = new int[Rank];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        (order[a], order[b]) = (b, a);
        return new PermuteOp(order).Of(this);
    }

    /// <summary>The transpose of a matrix; a vector or scalar is its own, as in PyTorch.</summary>
    /// <exception cref="ShapeException">The tensor has more than two axes.</exception>
    [Op(OpKind.Linear, Shapes = "[m, n] → [n, m]")]
    public Tensor T => Rank <= 1 ? this : Rank == 2 ? Transpose(0, 1) : throw new ShapeException($"T: transposes matrices, the tensor is {Shape}. Use MT for a batch of matrices, or Transpose.");

    /// <summary>The transpose of each matrix of a batch: the last two axes exchanged.</summary>
    /// <exception cref="ShapeException">The tensor has fewer than two axes.</exception>
    [Op(OpKind.Linear, Shapes = "[…, m, n] → […, n, m]")]
    public Tensor MT => Rank >= 2 ? Transpose(Rank - 2, Rank - 1) : throw new ShapeException($"MT: needs at least two axes, the tensor is {Shape}. Unsqueeze it first.");

    // An operation holds nothing of a call: the one that everybody uses is made once.
    private static readonly PermuteOp TransposeOfMatrix = new([1, 0]);

    private sealed class PermuteOp(int[] order) : ViewOp("Permute")
    {
        public override ViewOp OfItems(int count) => new PermuteOp([0, .. BatchedInputs.Shift(order)]);

        public override NdArray View(in NdArray x)
        {
            if (order.Length == 2)
                return x.View(Shape.Lengths(x.Dims[order[0]], x.Dims[order[1]]), Shape.Lengths(x.Strides[order[0]], x.Strides[order[1]]), x.Offset);
            var dims = new int[order.Length];
            var strides = new int[order.Length];
            for (int i = 0; i < order.Length; i++) (dims[i], strides[i]) = (x.Dims[order[i]], x.Strides[order[i]]);
            return x.View(dims, strides, x.Offset);
        }

        protected override Tensor Transpose(OpContext context, Tensor gradient)
        {
            if (ReferenceEquals(this, TransposeOfMatrix)) return Of(gradient);
            var inverse = new int[order.Length];
            for (int i = 0; i < order.Length; i++) inverse[order[i]] = i;
            return new PermuteOp(inverse).Of(gradient);
        }
    }

    // ---- axes of length 1 ---------------------------------------------------------------------------------------------

    /// <summary>A new axis of length 1 at a position of the result.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The result has no such axis.</exception>
    [Op(OpKind.Linear)]
    public Tensor Unsqueeze(Axis axis)
    {
        int at = axis.Resolve(Rank + 1, "Unsqueeze");
        if (Rank == 1) return new ReshapeOp(at == 0 ? Shape.Lengths(1, Dims[0]) : Shape.Lengths(Dims[0], 1)).Of(this);
        var dims = new List<int>(Dims);
        dims.Insert(at, 1);
        return new ReshapeOp([.. dims]).Of(this);
    }

    /// <summary>Without the axes of length 1: all such, or those of the named that are.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    [Op(OpKind.Linear)]
    public Tensor Squeeze(Axes axis = default)
    {
        int[] removed = axis.Resolve(Rank, "Squeeze");
        var dims = new List<int>();
        for (int i = 0; i < Rank; i++)
            if (Dims[i] != 1 || Array.IndexOf(removed, i) < 0) dims.Add(Dims[i]);
        return dims.Count == Rank ? this : new ReshapeOp([.. dims]).Of(this);
    }
}
