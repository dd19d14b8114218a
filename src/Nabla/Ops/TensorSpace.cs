namespace Nabla;

/// <summary>The operations that the engine itself needs.</summary>
internal sealed class TensorSpace : VectorSpace
{
    public override Tensor Add(Tensor a, Tensor b) => a + b;

    public override void AddInto(Tensor a, Tensor b)
    {
        if (a.IsTraced || b.IsTraced || Recorder.Current is not null)
        {
            using IDisposable scope = Autograd.NoGrad();
            a.AddInPlace(b);
            return;
        }
        if (a.Value.IsContiguous && !b.Value.IsContiguous && !ItemsLast.Lies(a.Value))
        {
            NdArray rows = ArrayCopy.Contiguous(b.Value);
            ElementwiseKernel.AddInto(a.Value, rows);
            BufferPool.Return(rows.Storage);
        }
        else
        {
            ElementwiseKernel.AddInto(a.Value, b.Value);
        }
        a.Value.Storage.Version++;
        GC.KeepAlive(b.Value.Storage);
    }

    public override Tensor SumTo(Tensor x, int[] dims) => x.SumTo(new Shape(dims));

    public override Tensor Cast(Tensor x, DType dtype) => (x.DType.IsComplex() && !dtype.IsComplex() ? x.Real : x).To(dtype);

    public override Tensor[] OnComplex(Op op, ReadOnlySpan<Tensor> inputs) => ComplexParts.Apply(op, inputs);

    public override Tensor Copy(Tensor x) => x.Clone();

    public override Tensor Full(int[] dims, double value, DType dtype) =>
        dims.Length == 0 && dtype.IsFloatingPoint() ? new Tensor(NdArray.Scalar(value, dtype)) : Tensor.Full(new Shape(dims), value, dtype);

    public override Tensor Reshape(Tensor x, int[] dims) => x.Reshape(dims);

    public override Tensor Repeat(Tensor x, int count, int axis = 0) => x.Unsqueeze(axis).Expand([.. x.Dims[..axis], count, .. x.Dims[axis..]]);

    public override Tensor Stack(Tensor[] tensors, int axis) => Tensor.Stack(tensors, axis);

    public override bool HasNan(Tensor x)
    {
        x = x.Underlying;
        if (!x.DType.HasDerivatives() || x.IsSymbolic) return false;
        NdArray flat = x.Value.IsContiguous ? x.Value : ArrayCopy.Contiguous(x.Value);
        if (flat.DType.IsComplex()) flat = flat.AsParts();
        return flat.DType == DType.Float32
            ? flat.Span<float>().ContainsAnyNan()
            : flat.Span<double>().ContainsAnyNan();
    }
}

/// <summary>The search for NaN that anomaly mode does after every step.</summary>
internal static class NanSearch
{
    public static bool ContainsAnyNan<T>(this Span<T> values)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        foreach (T value in values)
            if (T.IsNaN(value)) return true;
        return false;
    }
}
