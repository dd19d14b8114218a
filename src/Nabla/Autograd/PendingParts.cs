using System.Numerics.Tensors;

namespace Nabla;

/// <summary>
/// The gradients of small subtensors at positions of one axis, as loops over the rows of a tensor leave them, until all have
/// arrived: then they are stacked in one pass, instead of being added one by one to an array of zeros.
/// </summary>
internal sealed class PendingParts(int axis)
{
    /// <summary>Larger parts are added at once, so that their memory is free again.</summary>
    public const int MostElements = 1024;

    private readonly List<(int Index, ViewOp View, GradientSlot Part)> parts = [];

    /// <summary>The axis along which the parts have their positions.</summary>
    public int Axis => axis;

    /// <summary>Takes a part; what is owned is given back when the parts were joined.</summary>
    public void Add(int index, ViewOp view, in GradientSlot part) => parts.Add((index, view, part));

    /// <summary>The gradient of the whole.</summary>
    public Tensor Join(BackwardPass pass, int[] dims, DType dtype)
    {
        Tensor? whole = null;
        if (parts.Count >= (dims[axis] + 1) / 2)
        {
            whole = VectorSpace.Current.Stack(InOrder(dims[axis], dtype), axis);
            if (parts.Count > 1) AddZero(whole);
        }
        else
        {
            foreach ((_, ViewOp view, GradientSlot part) in parts) PartialGradients.TryAdd(ref whole, owned: true, dims, part.Gradient!, view);
        }
        foreach ((_, _, GradientSlot part) in parts) pass.Consume(part);
        return whole!;
    }

    // As if the parts had been added to zeros: 0 + (-0) is 0.
    private static void AddZero(Tensor whole)
    {
        if (whole.IsTraced || !whole.DType.IsFloatingPoint() || !whole.Value.IsContiguous) return;
        NdArray value = whole.Value;
        if (whole.DType == DType.Float32) TensorPrimitives.Add(value.Span<float>(), 0f, value.Span<float>());
        else TensorPrimitives.Add(value.Span<double>(), 0.0, value.Span<double>());
        GC.KeepAlive(whole);
    }

    private Tensor[] InOrder(int count, DType dtype)
    {
        var items = new Tensor?[count];
        foreach ((int index, _, GradientSlot part) in parts)
            items[index] = items[index] is { } other ? VectorSpace.Current.Add(other, part.Gradient!) : part.Gradient;
        Tensor? zeros = null;
        for (int i = 0; i < count; i++) items[i] ??= zeros ??= VectorSpace.Current.Full(parts[0].Part.Gradient!.Dims, 0, dtype);
        return items!;
    }
}
