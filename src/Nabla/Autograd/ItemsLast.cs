namespace Nabla;

/// <summary>
/// How the items of <c>Vmap</c> lie in memory where each is a few numbers: [n, 3] as three runs of n, the items along the last axis
/// of memory though along the first of the shape. A loop then runs over all items at once instead of over three numbers at a
/// time, a slice of an item is a run again, and a number for each item meets a vector for each without being repeated.
/// </summary>
/// <remarks>
/// Only strides tell; every operation reads any. <c>Vmap</c> lays its arguments out so, operations that compute element by element, sum
/// or join hand the layout on, the others give rows. Nothing of it is to be seen outside, nor while a program is recorded.
/// </remarks>
internal static class ItemsLast
{
    /// <summary>Fewer items are not worth to be turned.</summary>
    private const int FewestItems = 256;

    /// <summary>Larger items are runs that are long enough themselves.</summary>
    private const int LargestItem = 64;

    /// <summary>Whether an array of this shape would gain, and is made inside of a call of <c>Vmap</c>.</summary>
    public static bool Suits(int[] dims)
    {
        if (dims.Length < 2 || dims[0] < FewestItems || VmapScope.Innermost is null || AllocationScope.Current is not null) return false;
        long item = 1;
        for (int axis = 1; axis < dims.Length; axis++) item *= dims[axis];
        return item is > 1 and <= LargestItem;
    }

    /// <summary>Whether the items of an array lie side by side, and the numbers of an item apart.</summary>
    public static bool Lies(in NdArray x)
    {
        if (x.Rank < 2 || x.Strides[0] != 1 || x.Dims[0] < FewestItems) return false;
        bool apart = false;
        for (int axis = 1; axis < x.Rank; axis++)
        {
            if (x.Dims[axis] == 1 || x.Strides[axis] == 0) continue;
            if (Math.Abs(x.Strides[axis]) < x.Dims[0]) return false;
            apart = true;
        }
        return apart;
    }

    /// <summary>Whether an array lies so and each of its numbers has a place of its own, without gaps.</summary>
    public static bool IsWhole(in NdArray x) => Lies(x) && Turned(x, x.Rank).IsContiguous;

    /// <summary>Whether the result of an operation on these is to lie so: an operand does, or none lies otherwise.</summary>
    /// <param name="operands">Of the rank of the result, or of a lower one if they are the same for all items.</param>
    /// <param name="dims">The shape of the result.</param>
    public static bool Continues(ReadOnlySpan<NdArray> operands, int[] dims)
    {
        if (!Suits(dims)) return false;
        bool inRows = false, hasItems = false;
        foreach (ref readonly NdArray x in operands)
        {
            if (Lies(x)) return true;
            if (x.Rank == 0 || x.Dims[0] != dims[0]) continue;
            hasItems = true;
            for (int axis = 1; axis < x.Rank; axis++) inRows |= x.Dims[axis] != 1 && x.Strides[axis] != 0;
        }
        return hasItems && !inRows;
    }

    /// <summary>[n, …] as […, n], the order in which the numbers lie; of lower rank as [1, …, 1] where all items share it.</summary>
    /// <param name="x">The array.</param>
    /// <param name="rank">The rank of the result of the operation that it is an operand of.</param>
    public static NdArray Turned(in NdArray x, int rank)
    {
        if (x.Rank == 0) return x;
        int missing = rank - x.Rank;
        var dims = new int[rank];
        var strides = new int[rank];
        Array.Fill(dims, 1);
        for (int axis = 0; axis < x.Rank; axis++)
        {
            int at = axis + missing;
            (dims[at == 0 ? rank - 1 : at - 1], strides[at == 0 ? rank - 1 : at - 1]) = (x.Dims[axis], x.Strides[axis]);
        }
        return x.View(dims, strides, x.Offset);
    }

    /// <summary>[n, …] as […, n].</summary>
    public static int[] Turned(int[] dims) => [.. dims.AsSpan(1), dims[0]];

    /// <summary>[…, n] as [n, …].</summary>
    public static NdArray Back(in NdArray x) => x.View([x.Dims[^1], .. x.Dims.AsSpan(0, x.Rank - 1)], [x.Strides[^1], .. x.Strides.AsSpan(0, x.Rank - 1)], x.Offset);

    /// <summary>A new array of a shape that lies so, with any content.</summary>
    public static NdArray Allocate(int[] dims, DType dtype) => Back(NdArray.Allocate(Turned(dims), dtype));

    /// <summary>The same values in new memory that lies so.</summary>
    public static NdArray Copy(in NdArray x)
    {
        NdArray copy = Allocate(x.Dims, x.DType);
        ArrayCopy.Into(x, copy);
        return copy;
    }
}
