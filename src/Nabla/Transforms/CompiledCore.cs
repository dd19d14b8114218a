using System.Runtime.CompilerServices;
using System.Text;

namespace Nabla;

/// <summary>The programs of a compiled function, one for each signature, and the choice between them.</summary>
internal abstract class CompiledCore(CompileOptions options)
{
    protected const string Op = "Functional.Compile";

    private readonly Lock gate = new();

    // Replaced as a whole, so that readers need no lock.
    private CompiledSignature[] signatures = [];

    // Counts calls, to know which signature was used longest ago. Threads may miss a count of each other's, which does no harm.
    private long clock;

    public CompileOptions Options => options;

    public int Count => signatures.Length;

    public void Clear()
    {
        lock (gate) signatures = [];
    }

    public string Explain()
    {
        var text = new StringBuilder();
        CompiledSignature[] known = [.. signatures];
        Array.Sort(known, (a, b) => b.LastUse.CompareTo(a.LastUse));
        foreach (CompiledSignature signature in known) signature.Explain(text);
        return text.Length == 0 ? "No program yet: the function is compiled when it is first called.\n" : text.ToString();
    }

    /// <summary>The program for these arguments; null if there is none yet.</summary>
    protected CompiledSignature? Find(ReadOnlySpan<Tensor> inputs, object?[] constants)
    {
        foreach (CompiledSignature known in signatures)
        {
            if (!known.Matches(inputs, constants) || !known.IsValid) continue;
            known.LastUse = ++clock;
            return known;
        }
        return null;
    }

    /// <summary>The program for these arguments, made if there is none.</summary>
    /// <param name="inputs">The tensors of the arguments.</param>
    /// <param name="constants">What else is in them.</param>
    /// <param name="call">The function of such arguments.</param>
    /// <param name="traced">What the function computed while it was recorded, if it must not be computed again.</param>
    protected CompiledSignature FindOrMake(ReadOnlySpan<Tensor> inputs, object?[] constants, Func<RecordableFunction> call, out Tensor[]? traced)
    {
        traced = null;
        if (Find(inputs, constants) is { } known) return known;
        lock (gate)
        {
            if (Find(inputs, constants) is { } made) return made;
            made = CompiledSignature.Trace(call(), inputs, constants, options, out traced);
            made.LastUse = ++clock;
            Add(made);
            return made;
        }
    }

    private void Add(CompiledSignature made)
    {
        var kept = new List<CompiledSignature>(signatures.Length + 1) { made };
        foreach (CompiledSignature other in signatures)
            if (other.IsValid) kept.Add(other);
        kept.Sort((a, b) => b.LastUse.CompareTo(a.LastUse));
        if (kept.Count > options.MaxSignatures) kept.RemoveRange(options.MaxSignatures, kept.Count - options.MaxSignatures);
        signatures = [.. kept];
    }
}

/// <summary>The programs of a function from one structure to another.</summary>
internal sealed class CompiledCore<T, TResult>(Func<T, TResult> function, CompileOptions options) : CompiledCore(options)
{
    private readonly StructurePort<T> argument = StructurePorts.Of<T>();
    private readonly StructurePort<TResult> result = StructurePorts.Of<TResult>();

    public TResult Call(T at)
    {
        var room = default(StructurePorts.Room);
        ReadOnlySpan<Tensor> inputs = argument.Take(at, room, out object?[] constants);
        if (IsFollowed(inputs)) return function(at);
        CompiledSignature? signature = Find(inputs, constants);
        if (signature is null || signature.IsRecorded(inputs)) return CallSlowly(at, inputs, constants);

        var more = default(StructurePorts.Room);
        Span<Tensor> results = signature.ResultCount <= StructurePorts.Few ? ((Span<Tensor>)more)[..signature.ResultCount] : new Tensor[signature.ResultCount];
        signature.Run(inputs, results);
        Hold(inputs);
        return result.Put(signature.Form, results);
    }

    // The first call with a signature, and one that is recorded for differentiation.
    private TResult CallSlowly(T at, ReadOnlySpan<Tensor> inputs, object?[] constants)
    {
        var random = new DrawnGenerators();
        CompiledSignature signature;
        Tensor[]? results;
        using (random.Watch()) signature = Make(at, inputs, constants, out results);
        if (signature.IsRecorded(inputs))
        {
            // What was drawn while the function was recorded is drawn again, so that the call itself is one that backward can repeat.
            using DrawnGenerators.Rewound? rewound = results is null ? null : random.Rewind();
            results = CompiledCall.Apply(signature, inputs);
        }
        if (results is null) signature.Run(inputs, results = new Tensor[signature.ResultCount]);
        return result.Put(signature.Form, results);
    }

    // Of its own, so that only this makes a closure.
    private CompiledSignature Make(T at, ReadOnlySpan<Tensor> inputs, object?[] constants, out Tensor[]? traced) =>
        FindOrMake(inputs, constants, () => new RecordableFunction<T, TResult>(function, at), out traced);

    public void CallInto(T at, TResult into)
    {
        var room = default(StructurePorts.Room);
        ReadOnlySpan<Tensor> inputs = argument.Take(at, room, out object?[] constants);
        if (IsFollowed(inputs)) throw TransformErrors.IntoInsideTransform(Op);
        Tensor[]? traced = null;
        CompiledSignature signature = Find(inputs, constants) ?? Make(at, inputs, constants, out traced);
        var more = default(StructurePorts.Room);
        ReadOnlySpan<Tensor> targets = result.TakeLike(into, signature.Form, more);
        CompiledSignature.CheckTargets(inputs, targets);
        signature.RunInto(inputs, targets, traced);
        Hold(inputs);
        Hold(targets);
    }

    // A program holds the bytes of tensors, which a pool would lend to others if the tensors died meanwhile.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Hold(ReadOnlySpan<Tensor> tensors) => _ = tensors;

    /// <summary>
    /// Whether the function itself is to be run: inside a transform that follows its operations, or inside another function that is
    /// being compiled, of which it becomes a part.
    /// </summary>
    private static bool IsFollowed(ReadOnlySpan<Tensor> inputs)
    {
        TensorFlags flags = TensorFlags.None;
        foreach (Tensor input in inputs) flags |= input.Flags;
        return (flags & TensorFlags.Traced) != 0 || Recorder.Current is not null;
    }
}
