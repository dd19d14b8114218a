using System.Collections.Concurrent;

namespace Nabla;

/// <summary>
/// A call of a compiled function that is recorded for differentiation: one node, whose backward pass is a compiled function too. It
/// computes what it needs of the forward pass again, so the node keeps nothing but the arguments, and where the generators were from
/// which the function drew: backward draws the same numbers.
/// </summary>
internal sealed class CompiledCall : Function
{
    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<CompiledSignature, ConcurrentDictionary<string, CompiledCore<Tensor[], Tensor[]>>> Backwards = [];

    private readonly CompiledSignature signature;
    private readonly int arguments;
    private readonly DrawnGenerators random = new();

    private CompiledCall(CompiledSignature signature, int arguments) => (this.signature, this.arguments) = (signature, arguments);

    internal override string Name => "Compiled";

    /// <summary>The results, with a history that leads to the arguments and to the captured tensors.</summary>
    public static Tensor[] Apply(CompiledSignature signature, ReadOnlySpan<Tensor> inputs) =>
        new CompiledCall(signature, inputs.Length).ApplyMany([.. inputs, .. signature.Handles]);

    /// <inheritdoc/>
    protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs)
    {
        var given = new Tensor[inputs.Count];
        for (int i = 0; i < given.Length; i++) given[i] = inputs[i];
        context.SaveForBackward(given);
        var results = new Tensor[signature.ResultCount];
        using (random.Watch()) signature.Run(given.AsSpan(0, arguments), results);
        return results;
    }

    /// <inheritdoc/>
    protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs)
    {
        IReadOnlyList<Tensor> saved = context.SavedTensors;
        var wanted = new List<int>();
        for (int i = 0; i < saved.Count; i++)
            if (context.NeedsInputGrad(i) && saved[i].DType.HasDerivatives()) wanted.Add(i);
        var given = new List<Tensor>(arguments + gradOutputs.Count);
        for (int i = 0; i < arguments; i++) given.Add(saved[i]);
        foreach (Tensor? gradient in gradOutputs) given.Add(gradient!);

        CompiledCore<Tensor[], Tensor[]> backward = Backwards.GetValue(signature, _ => new ConcurrentDictionary<string, CompiledCore<Tensor[], Tensor[]>>())
            .GetOrAdd(string.Join(",", wanted), _ => new CompiledCore<Tensor[], Tensor[]>(xs => Gradients(xs, wanted), signature.Options));
        Tensor[] results;
        using (DrawnGenerators.Rewound? rewound = signature.Draws ? random.Rewind() : null) results = backward.Call([.. given]);
        var gradients = new Tensor?[saved.Count];
        for (int i = 0; i < results.Length; i++) gradients[wanted[i]] = results[i];
        return gradients;
    }

    /// <summary>From the arguments and the gradients of the results to the gradients that are wanted, in differentiable operations.</summary>
    private Tensor[] Gradients(Tensor[] given, List<int> wanted)
    {
        if (!signature.IsValid) throw TransformErrors.CapturedReassigned(Name);
        bool record = Differentiation.Records(null, given);
        var variables = new Tensor[wanted.Count];
        var inputs = new Tensor[arguments];
        for (int i = 0; i < arguments; i++) inputs[i] = given[i];
        Tensor[] values;
        using (Differentiation.Enter())
        {
            for (int i = 0; i < variables.Length; i++)
            {
                variables[i] = wanted[i] < arguments ? Differentiation.Variables(Name, [inputs[wanted[i]]], connected: record)[0] : signature.Handles[wanted[i] - arguments];
                if (wanted[i] < arguments) inputs[wanted[i]] = variables[i];
            }
            values = signature.Function.Run(inputs);
        }
        var cotangents = new Tensor[values.Length];
        for (int i = 0; i < cotangents.Length; i++) cotangents[i] = given[arguments + i];
        return Differentiation.Filled(Differentiation.Pull(values, variables, cotangents, retainGraph: false, record, Name), variables);
    }
}
