using System.Collections;
using System.Runtime.InteropServices;
using System.Text;

namespace Nabla;

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
    private readonly Tensor[] capturedMemory;
    private readonly ClosureGuard closure;
    private readonly int[][] resultStrides;
    private readonly int[] resultSizes;

    private readonly string declined;

    // For the inputs and what is captured together; handed from run to run.
    private Tensor[]? spareInputs;

    private CompiledSignature(RecordableFunction function, ReadOnlySpan<Tensor> inputs, object?[] constants, RecordedGraph graph, CompileOptions options)
    {
        dims = new int[inputs.Length][];
        dtypes = new DType[inputs.Length];
        for (int i = 0; i < inputs.Length; i++) (dims[i], dtypes[i]) = (inputs[i].Dims, inputs[i].DType);

        // Collections are compared by what is in them, which the caller may change.
        this.constants = Array.ConvertAll(constants, Copied);
        this.graph = graph;
        Options = options;
        captured = graph.Inputs[graph.ArgumentCount..];
        closure = new ClosureGuard(function.Original, captured);
        capturedMemory = Array.ConvertAll(captured, input => input.Whole());
        resultStrides = Array.ConvertAll(graph.Outputs, output => NdArray.ContiguousStrides(output.Dims));
        resultSizes = Array.ConvertAll(graph.Outputs, output => output.Numel);
        Draws = Array.Exists(graph.Steps, step => step is DrawStep);
        Handles = [.. captured.SelectMany(input => input.Handles.ToArray()).Where(handle => handle.DType.HasDerivatives())];
        program = CompiledBackend.Build(graph, options, out declined);
    }

    public CompileOptions Options { get; }

    /// <summary>The captured tensors that may have a gradient.</summary>
    public Tensor[] Handles { get; }

    /// <summary>Whether the function draws random numbers.</summary>
    public bool Draws { get; }

    public int ResultCount => graph.Outputs.Length;

    /// <summary>A structure of the result's form.</summary>
    public required object Form { get; init; }

    /// <summary>The function itself, for arguments of this signature.</summary>
    public required RecordableFunction Function { get; init; }

    /// <summary>Tells when the program was last used.</summary>
    public long LastUse { get; set; }

    /// <summary>
    /// Whether the captured tensors are where they were: one that was given other memory is another, and so is one that was assigned to
    /// the variable in which the function finds it.
    /// </summary>
    public bool IsValid => closure.Holds;

    /// <summary>Runs the function once and makes a program of what it did.</summary>
    /// <param name="function">The function.</param>
    /// <param name="inputs">The arguments.</param>
    /// <param name="constants">What else the function was given.</param>
    /// <param name="options">How it is compiled.</param>
    /// <param name="results">What the function computed, if it drew random numbers, which must not be drawn twice.</param>
    public static CompiledSignature Trace(RecordableFunction function, ReadOnlySpan<Tensor> inputs, object?[] constants, CompileOptions options, out Tensor[]? results)
    {
        object? returned = null;
        RecordableFunction frozen = function.Frozen(inputs);
        ResultMemory? given = AllocationScope.Pause<ResultMemory>();
        try
        {
            RecordedGraph graph = Recorder.Run(Op, xs => function.Run(xs, out returned), inputs, out Tensor[] computed);
            results = Array.Exists(graph.Steps, step => step.HasEffect) ? Array.ConvertAll(computed, result => new Tensor(ArrayCopy.Contiguous(result.Value))) : null;
            return new CompiledSignature(function, inputs, constants, graph, options)
            {
                Form = function.FormOf(returned!, computed),
                Function = frozen,
            };
        }
        finally
        {
            AllocationScope.Resume(given);
        }
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
            if (!AreSame(constants[i], others[i])) return false;
        return true;
    }

    private static object? Copied(object? constant) => constant switch
    {
        double[] or float[] => ((Array)constant).Clone(),
        string => constant,
        IEnumerable items => items.Cast<object?>().Select(Copied).ToArray(),
        _ => constant,
    };

    // By their bits: 1 / x tells 0 from -0.
    private static bool AreSame(object? constant, object? other) => (constant, other) switch
    {
        (double a, double b) => BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b),
        (float a, float b) => BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b),
        (double[] a, double[] b) => MemoryMarshal.AsBytes(a.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(b.AsSpan())),
        (float[] a, float[] b) => MemoryMarshal.AsBytes(a.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(b.AsSpan())),
        (object?[] a, IEnumerable items and not string) => AreSame(a, items),
        _ => StructuralComparisons.StructuralEqualityComparer.Equals(constant, other),
    };

    private static bool AreSame(object?[] constant, IEnumerable other)
    {
        int i = 0;
        foreach (object? item in other)
            if (i == constant.Length || !AreSame(constant[i++], item)) return false;
        return i == constant.Length;
    }

    /// <summary>Whether the call must be recorded for differentiation.</summary>
    public bool IsRecorded(ReadOnlySpan<Tensor> inputs)
    {
        if (!GradMode.IsEnabled) return false;
        bool recorded = false;
        foreach (Tensor input in inputs) recorded |= input.RequiresGrad;
        foreach (Tensor handle in Handles) recorded |= handle.RequiresGrad;
        return recorded;
    }

    // ---- a run ------------------------------------------------------------------------------------------------------------

    /// <summary>Computes the results.</summary>
    public void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor> results)
    {
        TensorFlags flags = GradMode.IsInference ? TensorFlags.Inference : TensorFlags.None;
        for (int i = 0; i < results.Length; i++)
        {
            ref readonly RecordedOperand result = ref graph.Outputs[i];
            Storage storage = Storage.Allocate(resultSizes[i], result.DType);
            results[i] = new Tensor(new NdArray(storage, result.Dims, resultStrides[i], 0, result.DType), flags);
        }
        RunInto(inputs, results);
    }

    private void RunInto(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        bool asTheyAre = captured.Length == 0;
        foreach (Tensor input in inputs) asTheyAre &= input.Value.IsContiguous;
        if (asTheyAre)
        {
            program.Run(inputs, outputs);
            return;
        }
        Tensor[] given = Interlocked.Exchange(ref spareInputs, null) ?? new Tensor[graph.Inputs.Length];
        for (int i = 0; i < inputs.Length; i++) given[i] = inputs[i].Value.IsContiguous ? inputs[i] : new Tensor(ArrayCopy.Contiguous(inputs[i].Value));
        capturedMemory.CopyTo(given, inputs.Length);
        program.Run(given, outputs);
        Array.Clear(given);
        spareInputs = given;
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
                if (input.Value.Storage.IsMemoryOf(target.Value.Storage)) throw TransformErrors.IntoShared(Op, i, target.Shape);
            for (int j = 0; j < i; j++)
                if (targets[j].Value.Storage.IsMemoryOf(target.Value.Storage)) throw TransformErrors.IntoShared(Op, i, target.Shape);
        }
    }

    /// <summary>Writes the results into tensors of the caller's.</summary>
    /// <param name="inputs">The arguments.</param>
    /// <param name="targets">Where the results go.</param>
    /// <param name="computed">The results, if they are there already.</param>
    /// <exception cref="ShapeException">A tensor has another shape than the result.</exception>
    /// <exception cref="DTypeException">A tensor has another type than the result.</exception>
    /// <exception cref="ArgumentException">There are more or fewer than results, or one shares memory with what the function captured.</exception>
    public void RunInto(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> targets, Tensor[]? computed)
    {
        if (targets.Length != graph.Outputs.Length) throw TransformErrors.StructureCount(Op, targets.Length, graph.Outputs.Length);
        bool asTheyAre = true;
        for (int i = 0; i < targets.Length; i++)
        {
            ref readonly RecordedOperand result = ref graph.Outputs[i];
            Tensor target = targets[i];
            if (!target.Dims.AsSpan().SequenceEqual(result.Dims)) throw TransformErrors.IntoShape(Op, i, target.Shape, new Shape(result.Dims));
            if (target.DType != result.DType) throw TransformErrors.IntoDType(Op, i, target.DType, result.DType);
            foreach (RecordedInput input in captured)
                if (target.Value.Storage.IsMemoryOf(input.Storage)) throw TransformErrors.IntoShared(Op, i, target.Shape);
            asTheyAre &= target.Value.IsContiguous;
        }
        if (computed is null && asTheyAre) RunInto(inputs, targets);
        else if (computed is null) Run(inputs, computed = new Tensor[targets.Length]);
        for (int i = 0; i < targets.Length; i++)
        {
            if (computed is not null) ArrayCopy.Into(computed[i].Value, targets[i].Value);
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
