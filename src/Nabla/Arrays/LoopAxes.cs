namespace Nabla;

/// <summary>The axes of loops: which of them can be walked as one, and how operands step along them (strides in elements).</summary>
internal static class LoopAxes
{
    /// <summary>
    /// Drops axes of one element and joins adjacent axes that every operand walks through evenly. Replaces the strides and returns the
    /// axes that are left.
    /// </summary>
    public static nint[] Merge(ReadOnlySpan<int> dims, nint[][] strides)
    {
        Span<int> kept = stackalloc int[dims.Length];
        Span<nint> sizes = stackalloc nint[dims.Length];
        int count = 0;
        for (int axis = 0; axis < dims.Length; axis++)
        {
            if (dims[axis] == 1) continue;
            bool joins = count > 0;
            for (int i = 0; joins && i < strides.Length; i++) joins = strides[i][kept[count - 1]] == strides[i][axis] * dims[axis];
            if (!joins) sizes[count++] = 1;
            kept[count - 1] = axis;
            sizes[count - 1] *= dims[axis];
        }
        for (int i = 0; i < strides.Length; i++)
        {
            var left = new nint[count];
            for (int axis = 0; axis < count; axis++) left[axis] = strides[i][kept[axis]];
            strides[i] = left;
        }
        return sizes[..count].ToArray();
    }

    /// <summary>Whether elements lie one beside the other in row-major order.</summary>
    public static bool IsDense(ReadOnlySpan<nint> strides, ReadOnlySpan<nint> dims)
    {
        nint step = 1;
        for (int axis = dims.Length - 1; axis >= 0; axis--)
        {
            if (dims[axis] != 1 && strides[axis] != step) return false;
            step *= dims[axis];
        }
        return true;
    }

    /// <summary>Whether all elements are one place.</summary>
    public static bool AllZero(ReadOnlySpan<nint> strides, ReadOnlySpan<nint> dims)
    {
        for (int axis = 0; axis < dims.Length; axis++)
            if (dims[axis] != 1 && strides[axis] != 0) return false;
        return true;
    }

    /// <summary>Whether some axis of more than one element does not move.</summary>
    public static bool AnyZero(ReadOnlySpan<nint> strides, ReadOnlySpan<nint> dims)
    {
        for (int axis = 0; axis < dims.Length; axis++)
            if (dims[axis] != 1 && strides[axis] == 0) return true;
        return false;
    }

    /// <summary>Whether one step leads through all elements: they are dense or one place.</summary>
    public static bool IsEven(ReadOnlySpan<nint> strides, ReadOnlySpan<nint> dims) => IsDense(strides, dims) || AllZero(strides, dims);
}
