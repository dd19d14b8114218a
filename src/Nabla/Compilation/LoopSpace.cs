namespace Nabla;

/// <summary>Geometry of loops: the same elements in the same order, counted along other axes.</summary>
internal static class LoopSpace
{
    /// <summary>The strides along the axes of a shape that an operand broadcasts to.</summary>
    public static int[] Strides(in RecordedOperand operand, int[] dims) => Broadcasting.Strides(new NdArray(null!, operand.Dims, operand.Strides, operand.Offset, operand.DType), dims);

    /// <summary>The strides along the axes of another shape with as many elements, in the same order; null if there are none.</summary>
    public static int[]? Reshape(int[] dims, int[] strides, int[] shape)
    {
        if (dims.AsSpan().SequenceEqual(shape)) return strides;
        var result = new int[shape.Length];
        if (Shape.Product(shape) == 0) return result;
        int from = dims.Length - 1, to = shape.Length - 1;
        while (from >= 0 || to >= 0)
        {
            // One group of old axes that lie evenly against the new axes of the same size; broadcast axes lie evenly with each other.
            if (from >= 0 && dims[from] == 1) { from--; continue; }
            if (to >= 0 && shape[to] == 1) { to--; continue; }
            if (from < 0 || to < 0) return null;
            int step = strides[from];
            long old = dims[from--], fresh = 1;
            while (true)
            {
                if (fresh < old)
                {
                    if (to < 0) return null;
                    result[to] = (int)(step * fresh);
                    fresh *= shape[to--];
                }
                else if (fresh > old)
                {
                    while (from >= 0 && dims[from] == 1) from--;
                    if (from < 0 || strides[from] != step * old) return null;
                    old *= dims[from--];
                }
                else
                {
                    break;
                }
            }
        }
        return result;
    }

    /// <summary>
    /// Sums over axes as sums over the middle of [outer, count, inner]; false if the axes are not neighbours, axes of length 1 aside.
    /// </summary>
    public static bool TryFold(int[] dims, int[] axes, out (int Outer, int Count, int Inner) fold)
    {
        fold = (1, 1, 1);
        int state = 0;
        for (int axis = 0; axis < dims.Length; axis++)
        {
            if (dims[axis] == 1) continue;
            bool summed = Array.IndexOf(axes, axis) >= 0;
            if (summed)
            {
                if (state == 2) return false;
                state = 1;
                fold.Count *= dims[axis];
            }
            else if (state == 0)
            {
                fold.Outer *= dims[axis];
            }
            else
            {
                state = 2;
                fold.Inner *= dims[axis];
            }
        }
        return true;
    }
}
