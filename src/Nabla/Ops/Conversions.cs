using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla;

// Reading values, changing types, copying.
public sealed partial class Tensor
{
    /// <summary>This tensor with another element type; itself if it has that type already. Floating point becomes integer by truncation.</summary>
    /// <remarks>Linear: gradients are converted back.</remarks>
    /// <exception cref="DTypeException">From complex to real, which would lose the imaginary parts.</exception>
    [Op(OpKind.Linear)]
    public Tensor To(DType dtype)
    {
        if (dtype == DType) return this;
        if (DType.IsComplex() && !dtype.IsComplex()) throw ArrayErrors.ComplexAsReal(DType, dtype);
        return new ToOp(dtype).Of(this);
    }

    /// <summary>As float32.</summary>
    public Tensor Float() => To(DType.Float32);

    /// <summary>As float64.</summary>
    public Tensor Double() => To(DType.Float64);

    /// <summary>As int64.</summary>
    public Tensor Long() => To(DType.Int64);

    /// <summary>As truth values: false where 0.</summary>
    public Tensor Bool() => To(DType.Bool);

    /// <summary>A contiguous copy with memory of its own; gradients pass through.</summary>
    [Op(OpKind.Linear)]
    public Tensor Clone() => new CloneOp("Clone").Of(this);

    /// <summary>This tensor if its elements lie in row-major order, otherwise a copy where they do.</summary>
    [Op(OpKind.Linear)]
    public Tensor Contiguous() => IsContiguous ? this : new CloneOp("Contiguous").Of(this);

    private sealed class ToOp(DType dtype) : LinearOp("To")
    {
        public Tensor Of(Tensor x) => Apply(x);

        internal override bool IsCopy => true;

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items[0]);

        // Between floating-point types a formula stays what it is: it has no precision to lose.
        internal override Tensor[]? OnSymbols(ReadOnlySpan<Tensor> inputs)
        {
            Tensor x = inputs[0];
            if (dtype.IsComplex()) return null;
            Expr[] formulas = SymbolicMode.Formulas(x);
            if (dtype == DType.Bool) formulas = Array.ConvertAll(formulas, formula => F.NotEqual(formula, 0));
            else if (x.DType.IsFloatingPoint() && !dtype.IsFloatingPoint()) formulas = Array.ConvertAll(formulas, F.Trunc);
            return [SymbolicMode.Tensor(SymbolicMode.ListOf(inputs), formulas, x.Dims, dtype)];
        }

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) => [ArrayCopy.To(inputs[0].Value, dtype)];

        protected override Tensor Transpose(OpContext context, Tensor gradient) => VectorSpace.Current.Cast(gradient, context.DType(0));

        protected override bool TakesComplex => true;
    }

    private sealed class CloneOp(string name, bool itemsLast = false) : LinearOp(name)
    {
        public Tensor Of(Tensor x) => Apply(x);

        internal override bool IsCopy => true;

        internal override Tensor[] Batch(BatchedInputs items) => ApplyMany(items[0]);

        protected override bool OnlyMoves => true;

        protected override bool TakesComplex => true;

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) => [itemsLast ? ItemsLast.Copy(inputs[0].Value) : ArrayCopy.Contiguous(inputs[0].Value)];

        protected override Tensor Transpose(OpContext context, Tensor gradient) => gradient;
    }

    /// <summary>Items of <c>Vmap</c> as its operations like to have them.</summary>
    internal Tensor WithItemsLast() => !IsTraced && ItemsLast.Suits(Dims) && !ItemsLast.Lies(Value) ? new CloneOp("Vmap", itemsLast: true).Of(this) : this;

    /// <summary>Results of <c>Vmap</c> as everybody likes to have them.</summary>
    internal Tensor WithItemsFirst() => !IsTraced && ItemsLast.Lies(Value) ? Contiguous() : this;

    // ---- out of the tensor --------------------------------------------------------------------------------------------

    /// <summary>The only element, as a double.</summary>
    /// <exception cref="ShapeException">The tensor has not exactly one element.</exception>
    public double Item()
    {
        if (Numel != 1) throw ArrayErrors.NotOneElement("Item", Dims);
        if (DType.IsComplex()) throw new DTypeException("Item: a complex number is not a double. Use Item<Complex>(), or take Real, Imag or Abs() first.");
        ref readonly NdArray x = ref Numbers("Item");
        return x.GetDouble(x.Offset);
    }

    /// <summary>The only element.</summary>
    /// <typeparam name="T">float, double, long, int, byte, bool or Complex; the value is converted.</typeparam>
    /// <exception cref="ShapeException">The tensor has not exactly one element.</exception>
    public T Item<T>()
        where T : unmanaged
    {
        if (Numel != 1) throw ArrayErrors.NotOneElement("Item", Dims);
        return Elements<T>("Item")[0];
    }

    /// <summary>The elements in row-major order, in a new array.</summary>
    /// <typeparam name="T">float, double, long, int, byte, bool or Complex; the values are converted.</typeparam>
    /// <exception cref="DTypeException">The type has no tensor counterpart.</exception>
    public T[] ToArray<T>()
        where T : unmanaged => Elements<T>("ToArray");

    private T[] Elements<T>(string op)
        where T : unmanaged
    {
        DType wanted = DTypeRules.Of<T>();
        ref readonly NdArray x = ref Numbers(op);
        NdArray flat = wanted == DType && IsContiguous ? x : ArrayCopy.To(x, wanted);
        T[] elements = flat.Span<T>().ToArray();
        GC.KeepAlive(flat.Storage);
        GC.KeepAlive(this);
        return elements;
    }

    /// <summary>The elements in row-major order as doubles, in a new array.</summary>
    public double[] ToArray() => ToArray<double>();

    /// <summary>The elements as a <see cref="System.Numerics.Tensors.Tensor{T}"/> of the same shape, copied.</summary>
    /// <inheritdoc cref="ToArray{T}"/>
    public System.Numerics.Tensors.Tensor<T> ToDotNetTensor<T>()
        where T : unmanaged
    {
        nint[] lengths = Array.ConvertAll(Dims, length => (nint)length);
        return System.Numerics.Tensors.Tensor.Create(ToArray<T>(), lengths);
    }

    /// <summary>A tensor with the elements, shape and type of a <see cref="System.Numerics.Tensors.Tensor{T}"/>, copied.</summary>
    /// <param name="tensor">The source, with any strides.</param>
    /// <param name="requiresGrad">Whether operations on the result are recorded.</param>
    /// <typeparam name="T">float, double, long, int, byte, bool or Complex.</typeparam>
    /// <exception cref="DTypeException">The element type has no tensor counterpart.</exception>
    public static Tensor FromDotNetTensor<T>(System.Numerics.Tensors.Tensor<T> tensor, bool requiresGrad = false)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(tensor);
        int[] dims = [.. tensor.Lengths.ToArray().Select(length => checked((int)length))];
        var flat = new T[tensor.FlattenedLength];
        tensor.FlattenTo(flat);
        return FromSpan<T>(flat, Shape.Create(dims), requiresGrad);
    }

    /// <summary>The elements as PyTorch prints them, with dtype and history: <c>tensor([1., 2.], requires_grad=True)</c>.</summary>
    public override string ToString()
    {
        var notes = new List<string>(2);
        if (DType is not (DType.Float32 or DType.Int64 or DType.Bool or DType.Complex64)) notes.Add($"dtype={DType.Word()}");
        if (GradFn is { } node) notes.Add($"grad_fn=<{node.Name}>");
        else if (RequiresGrad) notes.Add("requires_grad=True");
        if (Extra?.Batch is { } batch) return $"items({batch.Items.Dims[0]} of {Shape}): {batch.Items}";

        if (IsSymbolic) return SymbolicMode.Text(this, notes);
        NdArray x = Value;
        if (DType.IsComplex()) return TensorPrinter.Complex(DType, Dims, (i, part) => x.Part(part) is var parts ? parts.GetDouble(parts.PositionOf(i)) : 0, string.Join(", ", notes));
        return TensorPrinter.Format(DType, Dims, i => x.GetDouble(x.PositionOf(i)), i => x.GetInt64(x.PositionOf(i)), string.Join(", ", notes));
    }
}
