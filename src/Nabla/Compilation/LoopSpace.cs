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

    /// <summary>The strides of a sum over axes: those of its dense result, 0 along the axes that are summed.</summary>
    public static int[] SumStrides(int[] dims, int[] axes)
    {
        var strides = new int[dims.Length];
        int stride = 1;
        for (int axis = dims.Length - 1; axis >= 0; axis--)
        {
            if (Array.IndexOf(axes, axis) >= 0) continue;
            strides[axis] = stride;
            stride *= Math.Max(dims[axis], 1);
        }
        return strides;
    }
}
