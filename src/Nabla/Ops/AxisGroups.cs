namespace Nabla;

/// <summary>
/// Brings the axes that an operation runs along next to each other, so that a kernel sees [outer, n, inner].
/// Where they already are, nothing is copied.
/// </summary>
internal readonly ref struct AxisGroups
{
    /// <summary>The array, contiguous.</summary>
    public readonly NdArray Array;
    public readonly int Outer, Count, Inner;

    /// <summary>Groups the axes of an array.</summary>
    /// <param name="x">The array.</param>
    /// <param name="axes">The axes to run along, ascending.</param>
    public AxisGroups(in NdArray x, int[] axes)
    {
        Count = 1;
        foreach (int axis in axes) Count *= x.Dims[axis];
        bool adjacent = true;
        for (int i = 1; i < axes.Length; i++) adjacent &= axes[i] == axes[i - 1] + 1;
        if (adjacent)
        {
            Array = x.IsContiguous ? x : ArrayCopy.Contiguous(x);
            int first = axes.Length == 0 ? x.Rank : axes[0];
            Outer = Shape.Product(x.Dims.AsSpan(0, first));
            Inner = Shape.Product(x.Dims.AsSpan(first + axes.Length));
            return;
        }
        int[] order = [.. Enumerable.Range(0, x.Rank).Except(axes), .. axes];
        Array = ArrayCopy.Contiguous(x.View(Pick(x.Dims, order), Pick(x.Strides, order), x.Offset));
        Inner = 1;
        Outer = Count == 0 ? Shape.Product(Reduced(x.Dims, axes, keep: false)) : x.Numel / Count;
    }

    /// <summary>The shape without the axes, or with length 1 in their place.</summary>
    public static int[] Reduced(int[] dims, int[] axes, bool keep)
    {
        var result = new List<int>(dims.Length);
        for (int i = 0; i < dims.Length; i++)
        {
            if (System.Array.IndexOf(axes, i) < 0) result.Add(dims[i]);
            else if (keep) result.Add(1);
        }
        return [.. result];
    }

    private static int[] Pick(int[] items, int[] order) => System.Array.ConvertAll(order, i => items[i]);
}
