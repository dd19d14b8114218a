namespace Nabla;

/// <summary>NumPy's and PyTorch's broadcasting: shapes are aligned from the right, an axis of length 1 (or a missing one) repeats.</summary>
internal static class Broadcasting
{
    /// <summary>The common shape. Returns one of the given arrays when it is already the result.</summary>
    public static int[] Shapes(string op, int[] a, int[] b)
    {
        if (ReferenceEquals(a, b) || a.AsSpan().SequenceEqual(b)) return a;
        if (b.Length == 0) return a;
        if (a.Length == 0) return b;
        int rank = Math.Max(a.Length, b.Length);
        var result = new int[rank];
        for (int i = 1; i <= rank; i++)
        {
            int left = i <= a.Length ? a[^i] : 1;
            int right = i <= b.Length ? b[^i] : 1;
            if (left != right && left != 1 && right != 1) throw ArrayErrors.Broadcast(op, a, b);
            result[^i] = left == 1 ? right : left;
        }
        return result;
    }

    /// <summary>The strides that make an array look as if it had the larger shape: 0 along repeated axes.</summary>
    public static int[] Strides(in NdArray x, int[] dims)
    {
        if (ReferenceEquals(x.Dims, dims)) return x.Strides;
        var strides = new int[dims.Length];
        int shift = dims.Length - x.Dims.Length;
        for (int i = 0; i < x.Dims.Length; i++)
            strides[i + shift] = x.Dims[i] == 1 && dims[i + shift] != 1 ? 0 : x.Strides[i];
        return strides;
    }
}
