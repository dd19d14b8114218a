namespace Nabla;

// The affine map of a linear layer: a product whose bias is added as its sums are stored.
public sealed partial class Tensor
{
    private static readonly LinearMapOp LinearMap = new();

    /// <summary>The affine map of the last axis, x Wᵀ + b, in one pass over the result.</summary>
    /// <param name="weight">W, [n, k]; k is the length of the last axis.</param>
    /// <param name="bias">b, [n]; null for none.</param>
    /// <returns>[…, n].</returns>
    /// <exception cref="ShapeException">The weight is no matrix, the last axis has another length than its rows, or the bias another than its columns.</exception>
    /// <exception cref="DTypeException">The dtypes differ, or are bool.</exception>
    [Op(OpKind.Custom, Shapes = "[…, k] · [n, k]ᵀ + [n] → […, n]", DTypes = "equal; not bool")]
    public Tensor Linear(Tensor weight, Tensor? bias = null)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (Rank == 0) throw OpErrors.ProductOfScalar("Linear", this, weight);
        if (weight.Rank != 2 || weight.Dims[1] != Dims[^1]) throw OpErrors.LinearWeight(this, weight);
        CheckProduct("Linear", this, weight, Dims[^1], weight.Dims[1]);
        if (bias is null) return MatMul(weight.T);
        if (bias.Rank != 1 || bias.Dims[0] != weight.Dims[0]) throw OpErrors.LinearBias(weight, bias);
        if (bias.DType != weight.DType) throw OpErrors.ProductDTypes("Linear", weight, bias);
        return DType is DType.Float32 or DType.Float64 ? LinearMap.Of(this, weight, bias) : MatMul(weight.T) + bias;
    }

    /// <summary>[…, k], [n, k], [n]: linear in the first two together with the last.</summary>
    private sealed class LinearMapOp() : CustomOp("Linear")
    {
        public Tensor Of(Tensor x, Tensor weight, Tensor bias) => Apply(x, weight, bias);

        protected override bool SavesOutputs => false;

        protected override bool SavesInput(int input, ReadOnlySpan<Tensor> inputs) => input < 2 && inputs[1 - input].RequiresGrad;

        internal override Tensor[] Batch(BatchedInputs items)
        {
            Tensor x = items[0];
            if (items.Shared(1) is { } weight && items.Shared(2) is { } bias) return [x.Linear(weight, bias)];
            Tensor rows = x.Reshape(items.Size, Shape.Product(x.Dims.AsSpan(1, x.Rank - 2)), x.Dims[^1]);
            Tensor y = rows.MatMul((items.Shared(1) ?? items[1]).MT) + (items.Shared(2) ?? items[2].Unsqueeze(1));
            return [y.Reshape([.. x.Dims[..^1], y.Dims[^1]])];
        }

        internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs) => [inputs[0].MatMul(inputs[1].T) + inputs[2]];

        protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) =>
            [BatchedProduct.Affine(inputs[0].Value, inputs[1].Value, inputs[2].Value)];

        internal override Tensor?[] Jvp(OpContext context, Tensor?[] tangents)
        {
            Tensor? moved = tangents[0]?.Linear(context[1], tangents[2]);
            Tensor? turned = tangents[1] is { } dw ? context[0].Linear(dw, moved is null ? tangents[2] : null) : null;
            if (moved is not null) return [turned is null ? moved : VectorSpace.Current.Add(moved, turned)];
            if (turned is not null || tangents[2] is not { } db) return [turned];
            return [db.Expand([.. context.Shape(0).Dims[..^1], db.Dims[0]])];
        }

        internal override Tensor?[] Vjp(OpContext context, Tensor?[] gradients)
        {
            if (gradients[0] is not { } g) return [null, null, null];
            Tensor rows = Rows(g);
            return
            [
                context.Needs(0) ? g.MatMul(context[1]) : null,
                context.Needs(1) ? rows.T.MatMul(Rows(context[0])) : null,
                context.Needs(2) ? rows.Sum(0) : null,
            ];
        }

        private static Tensor Rows(Tensor x) => x.Rank == 2 ? x : x.Reshape(Shape.Product(x.Dims.AsSpan(0, x.Rank - 1)), x.Dims[^1]);
    }
}
