namespace Nabla;

/// <summary>The element type of a result, by PyTorch's rule.</summary>
internal static class ElementTypes
{
    /// <summary>
    /// The type that the inputs promote to. Tensors with axes decide; a scalar tensor counts only when its category (bool,
    /// integer, floating point, complex) is higher than theirs, and a C# number only when its category is higher than that of both.
    /// </summary>
    public static DType Result(ReadOnlySpan<Tensor> inputs)
    {
        DType first = inputs[0].DType;
        bool same = true;
        foreach (Tensor input in inputs) same &= input.DType == first && (input.Flags & TensorFlags.Number) == 0;
        if (same) return first;

        DType? tensors = null, scalars = null, numbers = null;
        foreach (Tensor input in inputs)
        {
            if ((input.Flags & TensorFlags.Number) != 0) numbers = Join(numbers, input.DType);
            else if (input.Rank == 0) scalars = Join(scalars, input.DType);
            else tensors = Join(tensors, input.DType);
        }
        if (numbers is DType.Complex128 && (tensors ?? scalars) is not null) numbers = DType.Complex64;
        if (numbers is DType.Float64 && (tensors ?? scalars) is not null) numbers = DType.Float32;
        return Higher(Higher(tensors, scalars), numbers) ?? DType.Float32;

        static DType? Join(DType? a, DType b) => a is { } known ? DTypeRules.Promote(known, b) : b;

        static DType? Higher(DType? a, DType? b) =>
            a is null ? b : b is null ? a : b.Value.Category() <= a.Value.Category() ? a : b.Value.IsComplex() && a == DType.Float64 ? DType.Complex128 : b;
    }
}
