namespace Nabla;

/// <summary>
/// The value of a tensor inside forward mode: a primal and its tangent, of one nesting level. Both are tensors, possibly
/// pairs of a lower level, so that levels never mix.
/// </summary>
internal sealed record DualValue(TransformLevel Level, Tensor Primal, Tensor Tangent);

/// <summary>Forward mode: computes an operation on pairs by its own rule, the highest level first.</summary>
internal static class ForwardMode
{
    /// <summary>Makes a pair.</summary>
    public static Tensor Pair(TransformLevel level, Tensor primal, Tensor tangent) => new(primal.Value)
    {
        Flags = TensorFlags.Dual | (primal.Flags & TensorFlags.Symbolic),
        Extra = new TensorExtra { Dual = new DualValue(level, primal, tangent), Symbols = primal.Extra?.Symbols },
    };

    /// <summary>The primal and the tangent (null where zero) of a tensor at a level.</summary>
    public static (Tensor Primal, Tensor? Tangent) Split(Tensor x, TransformLevel level) =>
        x.Extra?.Dual is { } dual && ReferenceEquals(dual.Level, level) ? (dual.Primal, dual.Tangent) : (x, null);

    /// <summary>The outputs of an operation that has a pair among its inputs.</summary>
    public static Tensor[] Evaluate(Op op, ReadOnlySpan<Tensor> inputs, TransformLevel level)
    {
        level.CheckActive(op.Name);
        var primals = new Tensor[inputs.Length];
        var tangents = new Tensor?[inputs.Length];
        for (int i = 0; i < inputs.Length; i++) (primals[i], tangents[i]) = Split(inputs[i], level);
        Tensor[] outputs = op.ApplyMany(primals);

        var context = new OpContext(op, primals, tangents, outputs);
        Tensor?[] results = op.Jvp(context, tangents);

        var pairs = new Tensor[outputs.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            if (!outputs[i].DType.HasDerivatives())
            {
                pairs[i] = outputs[i];
                continue;
            }

            // A pair even where the tangent is zero: its handle and that of the primal record different derivatives.
            Tensor? tangent = i < results.Length ? results[i] : null;
            pairs[i] = Pair(level, outputs[i], tangent ?? VectorSpace.Current.Full(outputs[i].Dims, 0, outputs[i].DType));
        }
        if (op is ViewOp view) view.Mark(pairs[0], inputs[0]);
        return pairs;
    }
}
