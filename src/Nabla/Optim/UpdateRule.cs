using Nabla.Symbolics;

namespace Nabla.Optim;

/// <summary>
/// An optimiser's update as formulas: the new values of a parameter and of what is remembered of it, computed for every
/// element in one pass over memory.
/// </summary>
internal sealed class UpdateRule
{
    private readonly ElementwiseOp op;

    /// <param name="name">The optimiser, for messages.</param>
    /// <param name="inputs">How many tensors and numbers the formulas take.</param>
    /// <param name="formulas">New values of the first inputs, as many as there are formulas.</param>
    public UpdateRule(string name, int inputs, Func<Expr[], Expr[]> formulas) => op = ElementwiseOp.Derived(name, inputs, formulas);

    /// <summary>Replaces the targets, the rule's first inputs, by their new values.</summary>
    public void Apply(ReadOnlySpan<Tensor> targets, Tensor gradient, params ReadOnlySpan<double> numbers)
    {
        var inputs = new Tensor[targets.Length + 1 + numbers.Length];
        targets.CopyTo(inputs);
        inputs[targets.Length] = gradient;
        for (int i = 0; i < numbers.Length; i++) inputs[targets.Length + 1 + i] = Tensor.Number(numbers[i]);
        Tensor[] results = op.ApplyMany(inputs);
        for (int i = 0; i < targets.Length; i++)
        {
            ArrayCopy.Into(results[i].Numbers("Optimizer.Step"), targets[i].Value);
            targets[i].Value.Storage.Version++;
            BufferPool.Return(results[i].Value.Storage);
        }
    }
}
