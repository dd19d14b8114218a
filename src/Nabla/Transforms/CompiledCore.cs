using System.Collections;
using System.Text;

namespace Nabla;

/// <summary>The programs of a compiled function, one for each signature, and the choice between them.</summary>
internal sealed class CompiledCore(CompileOptions options)
{
    private const string Op = "Functional.Compile";

    private readonly Lock gate = new();

    // The one that was used last stands in front. Replaced as a whole, so that readers need no lock.
    private CompiledSignature[] signatures = [];

    public CompileOptions Options => options;

    public int Count => signatures.Length;

    public void Clear()
    {
        lock (gate) signatures = [];
    }

    public string Explain()
    {
        var text = new StringBuilder();
        foreach (CompiledSignature signature in signatures) signature.Explain(text);
        return text.Length == 0 ? "No program yet: the function is compiled when it is first called.\n" : text.ToString();
    }

    // ---- calls --------------------------------------------------------------------------------------------------------

    /// <summary>The results of a function of tensors.</summary>
    public void Call(Func<IReadOnlyList<Tensor>, Tensor[]> function, ReadOnlySpan<Tensor> inputs, Span<Tensor> results)
    {
        if (RunsAsItIs(inputs))
        {
            function(inputs.ToArray()).CopyTo(results);
            return;
        }
        CompiledSignature signature = Signature(function, inputs, [], null, out Tensor[]? traced);
        bool recorded = signature.IsRecorded(inputs);
        if (traced is not null) traced.CopyTo(results);
        else if (recorded) CompiledCall.Apply(this, signature, function, inputs).CopyTo(results);
        else signature.Run(inputs, results);
    }

    /// <summary>The result of a function of structures.</summary>
    public TResult Call<T, TResult>(StructuredCall<T, TResult> call)
    {
        if (RunsAsItIs(call.Inputs)) return TensorStructure.Rebuild((TResult)Run(call), call.OnTensors(call.Inputs));
        CompiledSignature signature = Signature(call.OnTensors, call.Inputs, call.Constants, call.EmptyForm, out Tensor[]? traced);
        var results = new Tensor[signature.ResultCount];
        bool recorded = signature.IsRecorded(call.Inputs);
        if (traced is not null) results = traced;
        else if (recorded) results = CompiledCall.Apply(this, signature, call.OnTensors, call.Inputs);
        else signature.Run(call.Inputs, results);
        return TensorStructure.Rebuild((TResult)signature.Form!, results);

        static object Run(StructuredCall<T, TResult> call)
        {
            call.OnTensors(call.Inputs);
            return call.Form!;
        }
    }

    public void CallInto(Func<IReadOnlyList<Tensor>, Tensor[]> function, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> results)
    {
        CompiledSignature.CheckTargets(inputs, results);
        if (RunsAsItIs(inputs)) throw TransformErrors.IntoInsideTransform(Op);
        CompiledSignature signature = Signature(function, inputs, [], null, out Tensor[]? traced);
        signature.RunInto(inputs, results, traced);
    }

    public void CallInto<T, TResult>(StructuredCall<T, TResult> call, TResult into)
    {
        if (RunsAsItIs(call.Inputs)) throw TransformErrors.IntoInsideTransform(Op);
        CompiledSignature signature = Signature(call.OnTensors, call.Inputs, call.Constants, call.EmptyForm, out Tensor[]? traced);
        Tensor[] targets = TensorStructure.Flatten(Op, into, (TResult)signature.Form!, isResult: false);
        CompiledSignature.CheckTargets(call.Inputs, targets);
        signature.RunInto(call.Inputs, targets, traced);
    }

    /// <summary>
    /// Whether the function itself is to be run: inside a transform that follows its operations, or inside another function that is
    /// being compiled, of which it becomes a part.
    /// </summary>
    private static bool RunsAsItIs(ReadOnlySpan<Tensor> inputs)
    {
        bool traced = Recorder.Current is not null;
        for (int i = 0; i < inputs.Length; i++) traced |= (inputs[i] ?? throw TransformErrors.NullInput(Op, i)).IsTraced;
        return traced;
    }

    // ---- signatures ---------------------------------------------------------------------------------------------------

    private CompiledSignature Signature(
        Func<IReadOnlyList<Tensor>, Tensor[]> function, ReadOnlySpan<Tensor> inputs, object?[] constants, Func<int, object>? form, out Tensor[]? traced)
    {
        traced = null;
        CompiledSignature[] known = signatures;
        for (int i = 0; i < known.Length; i++)
        {
            if (!known[i].Matches(inputs, constants) || !known[i].IsValid) continue;
            if (i > 0) Promote(known[i]);
            return known[i];
        }
        lock (gate)
        {
            foreach (CompiledSignature one in signatures)
                if (one.Matches(inputs, constants) && one.IsValid) return one;
            CompiledSignature made = CompiledSignature.Trace(function, inputs, constants, form, options, out traced);
            Promote(made);
            return made;
        }
    }

    private void Promote(CompiledSignature signature)
    {
        lock (gate)
        {
            var order = new List<CompiledSignature>(signatures.Length + 1) { signature };
            foreach (CompiledSignature other in signatures)
                if (other != signature && other.IsValid && order.Count < options.MaxSignatures) order.Add(other);
            signatures = [.. order];
        }
    }
}

/// <summary>A program for arguments of certain shapes and types.</summary>
internal sealed class CompiledSignature
{
    private const string Op = "Functional.Compile";

    private readonly int[][] dims;
    private readonly DType[] dtypes;
    private readonly object?[] constants;
    private readonly RecordedGraph graph;
    private readonly CompiledProgram program;
    private readonly RecordedInput[] captured;
    private readonly string declined;
    private readonly bool draws;

    private CompiledSignature(ReadOnlySpan<Tensor> inputs, object?[] constants, RecordedGraph graph, CompileOptions options)
    {
        dims = new int[inputs.Length][];
        dtypes = new DType[inputs.Length];
        for (int i = 0; i < inputs.Length; i++) (dims[i], dtypes[i]) = (inputs[i].Dims, inputs[i].DType);
        this.constants = constants;
        this.graph = graph;
        captured = graph.Inputs[graph.ArgumentCount..];
        draws = Array.Exists(graph.Steps, step => step is DrawStep);
        Handles = [.. captured.Select(input => input.Handle).OfType<Tensor>().Where(handle => handle.DType.HasDerivatives())];
        program = CompiledBackend.Build(graph, options, out declined);
    }

    /// <summary>The captured tensors that may have a gradient.</summary>
    public Tensor[] Handles { get; }

    public int ResultCount => graph.Outputs.Length;

    /// <summary>A structure of the result's form.</summary>
    public object? Form { get; private set; }

    /// <summary>Whether the captured tensors are where they were: one that was given other memory is another.</summary>
    public bool IsValid
    {
        get
        {
            foreach (RecordedInput input in captured)
                if (input.Handle is { } handle && !ReferenceEquals(handle.Value.Storage, input.Storage)) return false;
            return true;
        }
    }

    /// <summary>Runs the function once and makes a program of what it did.</summary>
    /// <param name="function">The function.</param>
    /// <param name="inputs">The arguments.</param>
    /// <param name="constants">What else the function was given.</param>
    /// <param name="form">Gives the form of the result once the function has run.</param>
    /// <param name="options">How it is compiled.</param>
    /// <param name="results">What the function computed, if it drew random numbers, which must not be drawn twice.</param>
    public static CompiledSignature Trace(
        Func<IReadOnlyList<Tensor>, Tensor[]> function, ReadOnlySpan<Tensor> inputs, object?[] constants, Func<int, object>? form, CompileOptions options, out Tensor[]? results)
    {
        RecordedGraph graph = Recorder.Run(Op, function, inputs, out Tensor[] computed);
        var signature = new CompiledSignature(inputs, constants, graph, options) { Form = form?.Invoke(computed.Length) };
        results = Array.Exists(graph.Steps, step => step.HasEffect) ? Array.ConvertAll(computed, result => new Tensor(ArrayCopy.Contiguous(result.Value))) : null;
        return signature;
    }

    public bool Matches(ReadOnlySpan<Tensor> inputs, object?[] others)
    {
        if (inputs.Length != dims.Length || others.Length != constants.Length) return false;
        for (int i = 0; i < dims.Length; i++)
        {
            ref readonly NdArray x = ref inputs[i].Value;
            if (x.DType != dtypes[i] || (!ReferenceEquals(x.Dims, dims[i]) && !x.Dims.AsSpan().SequenceEqual(dims[i]))) return false;
        }
        for (int i = 0; i < constants.Length; i++)
            if (!StructuralComparisons.StructuralEqualityComparer.Equals(constants[i], others[i])) return false;
        return true;
    }

    /// <summary>Whether the call must be recorded for differentiation.</summary>
    /// <exception cref="AutogradException">It is, and the function draws random numbers, of which backward would draw others.</exception>
    public bool IsRecorded(ReadOnlySpan<Tensor> inputs)
    {
        if (!GradMode.IsEnabled) return false;
        bool recorded = false;
        foreach (Tensor input in inputs) recorded |= input.RequiresGrad;
        foreach (Tensor handle in Handles) recorded |= handle.RequiresGrad;
        if (recorded && draws) throw TransformErrors.DrawsInRecordedCall(Op);
        return recorded;
    }

    public void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor> results)
    {
        var outputs = new NdArray[graph.Outputs.Length];
        for (int i = 0; i < outputs.Length; i++) outputs[i] = NdArray.Allocate(graph.Outputs[i].Dims, graph.Outputs[i].DType);
        Run(inputs, outputs);
        for (int i = 0; i < outputs.Length; i++) results[i] = new Tensor(outputs[i]);
    }

    private void Run(ReadOnlySpan<Tensor> inputs, NdArray[] outputs)
    {
        var given = new NdArray[graph.Inputs.Length];
        for (int i = 0; i < inputs.Length; i++) given[i] = inputs[i].Value.IsContiguous ? inputs[i].Value : ArrayCopy.Contiguous(inputs[i].Value);
        for (int i = 0; i < captured.Length; i++)
        {
            RecordedValue value = captured[i].Value;
            given[inputs.Length + i] = new NdArray(captured[i].Storage!, value.Dims, NdArray.ContiguousStrides(value.Dims), 0, value.DType);
        }
        BufferPool.Enter();
        try
        {
            program.Run(given, outputs);
        }
        finally
        {
            BufferPool.Exit();
        }
        foreach (Tensor input in inputs) GC.KeepAlive(input);
        GC.KeepAlive(given);
        GC.KeepAlive(outputs);
    }

    // ---- into the caller's memory ---------------------------------------------------------------------------------------

    /// <exception cref="ArgumentException">A target is null, requires a gradient or shares memory with an input.</exception>
    public static void CheckTargets(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> targets)
    {
        for (int i = 0; i < targets.Length; i++)
        {
            Tensor target = targets[i] ?? throw TransformErrors.NullInto(Op, i);
            if (target.IsTraced) throw TransformErrors.IntoInsideTransform(Op);
            if (target.RequiresGrad) throw TransformErrors.IntoRecorded(Op, i, target.Shape);
            foreach (Tensor input in inputs)
                if (ReferenceEquals(input.Value.Storage, target.Value.Storage)) throw TransformErrors.IntoShared(Op, i, target.Shape);
            for (int j = 0; j < i; j++)
                if (ReferenceEquals(targets[j].Value.Storage, target.Value.Storage)) throw TransformErrors.IntoShared(Op, i, target.Shape);
        }
    }

    public void RunInto(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> targets, Tensor[]? computed)
    {
        if (targets.Length != graph.Outputs.Length) throw TransformErrors.StructureCount(Op, targets.Length, graph.Outputs.Length);
        var outputs = new NdArray[targets.Length];
        for (int i = 0; i < outputs.Length; i++)
        {
            RecordedOperand result = graph.Outputs[i];
            Tensor target = targets[i];
            if (!target.Dims.AsSpan().SequenceEqual(result.Dims)) throw TransformErrors.IntoShape(Op, i, target.Shape, new Shape(result.Dims));
            if (target.DType != result.DType) throw TransformErrors.IntoDType(Op, i, target.DType, result.DType);
            foreach (RecordedInput input in captured)
                if (ReferenceEquals(input.Storage, target.Value.Storage)) throw TransformErrors.IntoShared(Op, i, target.Shape);
            outputs[i] = target.IsContiguous ? target.Value : NdArray.Allocate(result.Dims, result.DType);
        }
        if (computed is null) Run(inputs, outputs);
        for (int i = 0; i < outputs.Length; i++)
        {
            if (computed is not null) ArrayCopy.Into(computed[i].Value, targets[i].Value);
            else if (!targets[i].IsContiguous) ArrayCopy.Into(outputs[i], targets[i].Value);
            targets[i].Value.Storage.Version++;
        }
    }

    public void Explain(StringBuilder text)
    {
        text.Append("signature (");
        for (int i = 0; i < dims.Length; i++) text.Append(i == 0 ? "" : ", ").Append(dtypes[i].Word()).Append(' ').Append(Shape.Text(dims[i]));
        text.Append(')');
        if (captured.Length > 0) text.Append($", {captured.Length} captured");
        text.Append('\n').Append(declined);
        program.Explain(text);
    }
}
