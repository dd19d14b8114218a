namespace Nabla;

/// <summary>
/// The value of a tensor inside forward mode: a primal and its tangent, of one nesting level. Both are tensors, possibly
/// pairs of a lower level, so that levels never mix.
/// </summary>
internal sealed record DualValue(int Level, Tensor Primal, Tensor Tangent);

/// <summary>Forward mode: computes an operation on pairs by its own rule, the highest level first.</summary>
internal static class ForwardMode
{
    private static readonly AsyncLocal<int> Depth = new();

    /// <summary>Enters a new level, above all that are in use.</summary>
    public static int Enter() => ++Depth.Value;

    /// <summary>Leaves the newest level.</summary>
    public static void Exit() => Depth.Value--;

    /// <summary>Makes a pair.</summary>
    public static Tensor Pair(int level, Tensor primal, Tensor tangent) => new(primal.Value)
    {
        Flags = TensorFlags.Dual,
        Extra = new TensorExtra { Dual = new DualValue(level, primal, tangent) },
    };

    /// <summary>The primal and the tangent (null where zero) of a tensor at a level.</summary>
    public static (Tensor Primal, Tensor? Tangent) Split(Tensor x, int level) =>
        x.Extra?.Dual is { } dual && dual.Level == level ? (dual.Primal, dual.Tangent) : (x, null);

    /// <summary>The outputs of an operation that has a pair among its inputs.</summary>
    public static Tensor[] Evaluate(Op op, ReadOnlySpan<Tensor> inputs)
    {
        int level = 0;
        foreach (Tensor input in inputs)
            if (input.IsDual) level = Math.Max(level, input.Extra!.Dual!.Level);

        var primals = new Tensor[inputs.Length];
        var tangents = new Tensor?[inputs.Length];
        for (int i = 0; i < inputs.Length; i++) (primals[i], tangents[i]) = Split(inputs[i], level);
        Tensor[] outputs = op.ApplyMany(primals);

        var context = new OpContext(op, inputs.Length, outputs.Length);
        for (int i = 0; i < inputs.Length; i++) context.DescribeInput(i, primals[i], save: true, needed: tangents[i] is not null);
        for (int i = 0; i < outputs.Length; i++) context.SaveOutput(i, outputs[i]);
        Tensor?[] results = op.Jvp(context, tangents);

        var pairs = new Tensor[outputs.Length];
        for (int i = 0; i < outputs.Length; i++)
            pairs[i] = i < results.Length && results[i] is { } tangent && outputs[i].DType.IsFloatingPoint() ? Pair(level, outputs[i], tangent) : outputs[i].WithoutHistory();
        return pairs;
    }
}
