namespace Nabla;

/// <summary>A stack of matrices as decompositions want it: contiguous, in double precision.</summary>
internal static class MatrixBatch
{
    /// <summary>The array itself if it is contiguous float64, a copy otherwise. Not to be written to.</summary>
    public static NdArray Doubles(in NdArray x) => x.DType == DType.Float64 && x.IsContiguous ? x : ArrayCopy.To(x, DType.Float64);

    /// <summary>A contiguous float64 copy, to be overwritten.</summary>
    public static NdArray Copy(in NdArray x) => ArrayCopy.To(x, DType.Float64);

    /// <summary>A result computed in double precision, rounded once to the type that is wanted.</summary>
    public static NdArray Rounded(in NdArray doubles, DType dtype) => dtype == DType.Float64 ? doubles : ArrayCopy.To(doubles, dtype);

    /// <summary>How many matrices (or, with one trailing axis, vectors) there are.</summary>
    public static int Count(in NdArray x, int trailing = 2) => Shape.Product(x.Dims.AsSpan(0, x.Rank - trailing));

    /// <summary>Which matrix of the batch is meant, in words: empty if there is only one.</summary>
    public static string Name(int[] dims, int index)
    {
        if (dims.Length <= 2) return "the matrix";
        var position = new int[dims.Length - 2];
        for (int axis = position.Length - 1; axis >= 0; axis--)
        {
            position[axis] = index % dims[axis];
            index /= dims[axis];
        }
        return $"matrix {Shape.Text(position)} of the batch {Shape.Text(dims)}";
    }
}
