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

    /// <summary>Replaces the targets, the rule's first inputs, by their new values, in one pass over their memory.</summary>
    public void Apply(ReadOnlySpan<Tensor> targets, Tensor gradient, params ReadOnlySpan<double> numbers)
    {
        const string Name = "Optimizer.Step";
        var inputs = new NdArray[targets.Length + 1 + numbers.Length];
        Span<NdArray> arrays = inputs;
        DType dtype = targets[0].DType;
        bool plain = gradient.DType == dtype;
        for (int i = 0; i < targets.Length; i++)
        {
            arrays[i] = targets[i].Numbers(Name);
            plain &= arrays[i].IsContiguous && arrays[i].DType == dtype;
        }
        arrays[targets.Length] = gradient.Numbers(Name);
        for (int i = 0; i < numbers.Length; i++) arrays[targets.Length + 1 + i] = NdArray.Scalar(numbers[i], DType.Float64);
        BufferPool.Enter();
        try
        {
            if (plain)
            {
                ElementwiseKernel.RunInto(op.Declared.Program, arrays, targets[0].Dims, dtype, arrays[..targets.Length].ToArray());
            }
            else
            {
                var results = new NdArray[targets.Length];
                ElementwiseKernel.Run(op.Declared.Program, arrays, targets[0].Dims, dtype, dtype, results);
                for (int i = 0; i < results.Length; i++) ArrayCopy.Into(results[i], arrays[i]);
            }
        }
        finally
        {
            BufferPool.Exit();
        }
        foreach (Tensor target in targets) target.Value.Storage.Version++;
        GC.KeepAlive(gradient);
    }
}
