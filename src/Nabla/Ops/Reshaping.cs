namespace Nabla;

// Axes merged, divided and moved: all of them reshapes and permutations (Views.cs).
public sealed partial class Tensor
{
    /// <summary>Neighbouring axes merged into one.</summary>
    /// <param name="start">The first of them.</param>
    /// <param name="end">The last of them; the last axis if left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    /// <exception cref="ArgumentException">The end lies before the start.</exception>
    [Op(OpKind.Linear, Shapes = "[…, a, b, …] → […, a·b, …]")]
    public Tensor Flatten(Axis start = default, Axis? end = null)
    {
        if (Rank == 0) return Reshape(1);
        int first = start.Resolve(Rank, "Flatten"), last = (end ?? ^1).Resolve(Rank, "Flatten");
        if (last < first) throw new ArgumentException($"Flatten: the end axis {last} lies before the start axis {first}. Exchange them.");
        return first == last ? this : Reshape([.. Dims.AsSpan(0, first), Shape.Product(Dims.AsSpan(first, last - first + 1)), .. Dims.AsSpan(last + 1)]);
    }

    /// <summary>One axis divided into several; one length may be −1.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="sizes">The lengths of the new axes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The axis does not exist.</exception>
    /// <exception cref="ShapeException">The lengths do not multiply to that of the axis.</exception>
    [Op(OpKind.Linear, Shapes = "[…, a·b, …] → […, a, b, …]")]
    public Tensor Unflatten(Axis axis, params ReadOnlySpan<int> sizes)
    {
        int at = axis.Resolve(Rank, "Unflatten");
        int[] divided = sizes.ToArray();
        int unknown = Array.IndexOf(divided, -1);
        long product = 1;
        foreach (int size in divided) product *= size;
        if (unknown >= 0 && product != 0 && Dims[at] % product == 0) divided[unknown] = (int)(Dims[at] / -product);
        product = 1;
        bool negative = false;
        foreach (int size in divided)
        {
            product *= size;
            negative |= size < 0;
        }
        if (divided.Length == 0 || negative || product != Dims[at])
            throw new ShapeException($"Unflatten: sizes {Shape.Text(sizes)} do not multiply to {Dims[at]}, the length of axis {at} of the tensor {Shape}.");
        return Reshape([.. Dims.AsSpan(0, at), .. divided, .. Dims.AsSpan(at + 1)]);
    }

    /// <summary>All elements in row-major order, as a vector; a view where the strides allow it.</summary>
    [Op(OpKind.Linear, Shapes = "[…] → [n]")]
    public Tensor Ravel() => Reshape(Numel);

    /// <summary>The elements in row-major order in the shape of another tensor.</summary>
    /// <inheritdoc cref="Reshape"/>
    [Op(OpKind.Linear, Shapes = "any → any of as many elements")]
    public Tensor ReshapeAs(Tensor other) => Reshape(other.Shape);

    /// <summary>As <see cref="ReshapeAs"/>, but never copies.</summary>
    /// <inheritdoc cref="View"/>
    [Op(OpKind.Linear, Shapes = "any → any of as many elements")]
    public Tensor ViewAs(Tensor other) => View(other.Shape);

    /// <summary>Axes moved to other positions; the rest keep their order.</summary>
    /// <param name="source">The axes.</param>
    /// <param name="destination">Where each of them goes.</param>
    /// <exception cref="ArgumentOutOfRangeException">An axis does not exist.</exception>
    /// <exception cref="ArgumentException">An axis is named twice, or there are not as many destinations as axes.</exception>
    [Op(OpKind.Linear)]
    public Tensor MoveAxis(Axes source, Axes destination)
    {
        int[] from = source.ResolveInOrder(Rank, "MoveAxis"), to = destination.ResolveInOrder(Rank, "MoveAxis");
        if (from.Length != to.Length) throw new ArgumentException($"MoveAxis: {from.Length} axes are to be moved to {to.Length} positions. Name a position for each axis.");
        var order = new int[Rank];
        Array.Fill(order, -1);
        for (int i = 0; i < from.Length; i++) order[to[i]] = from[i];
        int next = 0;
        for (int i = 0; i < order.Length; i++)
        {
            if (order[i] >= 0) continue;
            while (Array.IndexOf(from, next) >= 0) next++;
            order[i] = next++;
        }
        return new PermuteOp(order).Of(this);
    }

    /// <summary>Two axes exchanged: <see cref="Transpose(Axis, Axis)"/> under NumPy's name.</summary>
    /// <inheritdoc cref="Transpose(Axis, Axis)"/>
    [Op(OpKind.Linear)]
    public Tensor SwapAxes(Axis first, Axis second) => Transpose(first, second);

    /// <summary>A scalar becomes a vector of one element; others stay.</summary>
    [Op(OpKind.Linear, Shapes = "[] → [1]")]
    public Tensor Atleast1d() => Rank >= 1 ? this : Reshape(1);

    /// <summary>A vector becomes a matrix of one row, a scalar one of one element; others stay.</summary>
    [Op(OpKind.Linear, Shapes = "[n] → [1, n]")]
    public Tensor Atleast2d() => Rank >= 2 ? this : Atleast1d().Unsqueeze(0);

    /// <summary>A vector becomes [1, n, 1], a matrix [m, n, 1], a scalar [1, 1, 1]; others stay.</summary>
    [Op(OpKind.Linear, Shapes = "[n] → [1, n, 1]; [m, n] → [m, n, 1]")]
    public Tensor Atleast3d() => Rank >= 3 ? this : Atleast2d().Unsqueeze(2);
}
