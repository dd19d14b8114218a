namespace Nabla;

/// <summary>Copies between arrays of any strides and types.</summary>
internal static unsafe class ArrayCopy
{
    /// <summary>The same values, contiguous, in new memory.</summary>
    public static NdArray Contiguous(in NdArray x) => To(x, x.DType);

    /// <summary>The same values, contiguous, in new memory and another type.</summary>
    public static NdArray To(in NdArray x, DType dtype)
    {
        NdArray copy = NdArray.Allocate(x.Dims, dtype);
        Into(x, copy);
        return copy;
    }

    /// <summary>Overwrites an array with the values of another, which broadcasts to its shape.</summary>
    public static void Into(in NdArray source, in NdArray target)
    {
        if (target.Numel == 0) return;
        if (source.DType.IsComplex() || target.DType.IsComplex())
        {
            IntoComplex(source, target);
            return;
        }
        int rank = target.Rank;
        Span<nint> from = stackalloc nint[rank], to = stackalloc nint[rank];
        int[] broadcast = Broadcasting.Strides(source, target.Dims);
        for (int axis = 0; axis < rank; axis++) (from[axis], to[axis]) = (broadcast[axis], target.Strides[axis]);
        fixed (byte* read = source.Storage, write = target.Storage)
        {
            byte* first = read + ((long)source.Offset * source.DType.Size());
            byte* place = write + ((long)target.Offset * target.DType.Size());
            if (source.DType == target.DType) StridedCopy.Copy(first, place, target.DType.Size(), target.Dims, from, to);
            else Conversion.Convert(first, source.DType, place, target.DType, target.Dims, from, to);
        }

        // Memory whose storage has died may be lent to somebody else.
        GC.KeepAlive(source.Storage);
        GC.KeepAlive(target.Storage);
    }

    // Part by part: real numbers are complex ones whose imaginary part is 0.
    private static void IntoComplex(in NdArray source, in NdArray target)
    {
        if (!target.DType.IsComplex()) throw ArrayErrors.ComplexAsReal(source.DType, target.DType);
        if (source.DType.IsComplex())
        {
            Into(source.Part(0), target.Part(0));
            Into(source.Part(1), target.Part(1));
            return;
        }
        Into(source, target.Part(0));
        Into(NdArray.Scalar(0, target.DType.PartType()), target.Part(1));
    }
}
