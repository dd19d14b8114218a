using System.Text;

namespace Nabla;

/// <summary>
/// A function of one item as a program for many, made by <c>Functional.CompileVmap</c>. It is run once for each signature (shapes of an
/// item, types) to see what it computes; how many items there are may differ from call to call. May be called by several threads at once.
/// </summary>
public sealed class CompiledVmap
{
    private const string Op = "Functional.CompileVmap";

    private readonly Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function;
    private readonly BatchAxes inAxes;
    private readonly CompiledFunction<Tensor[], Tensor[]> whole;
    private readonly Lock gate = new();
    private ItemSignature[] signatures = [];

    internal CompiledVmap(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, BatchAxes inAxes, CompileOptions options)
    {
        (this.function, this.inAxes, Options) = (function, inAxes, options);
        whole = Functional.Compile((Tensor[] xs) => Functional.Vmap(function, xs, inAxes), options with { Backend = CompileBackend.Graph });
    }

    /// <summary>How it is compiled.</summary>
    public CompileOptions Options { get; }

    /// <summary>The programs that were made so far, and why a signature got no loop over items.</summary>
    public string Explain()
    {
        var text = new StringBuilder();
        foreach (ItemSignature signature in signatures) signature.Explain(text);
        if (whole.SignatureCount > 0) text.Append(whole.Explain());
        return text.Length == 0 ? "No program yet: the function is compiled when it is first called.\n" : text.ToString();
    }

    /// <summary>The results of the function for all items, with the items along their first axis.</summary>
    /// <param name="inputs">The arguments.</param>
    /// <exception cref="ArgumentException">There are not as many axes as arguments, or no argument has items.</exception>
    /// <exception cref="ShapeException">The arguments have different numbers of items.</exception>
    /// <exception cref="TraceException">On the first call with a signature: the function reads numbers of tensors, or changes something outside.</exception>
    /// <exception cref="NotSupportedException">The options ask for straight-line code, and the function does not suit it.</exception>
    public Tensor[] Call(params ReadOnlySpan<Tensor> inputs)
    {
        if (Plan(inputs, out Tensor[] given, out int items) is not { Loop: { } loop } signature) return whole.Call(inputs.ToArray());
        var results = new Tensor[signature.ResultDims.Length];
        for (int i = 0; i < results.Length; i++) results[i] = new Tensor(NdArray.Allocate([items, .. signature.ResultDims[i]], signature.DType));
        loop.Run(items, given, results);
        GC.KeepAlive(given);
        return results;
    }

    /// <summary>Writes the results for all items into tensors of the caller's.</summary>
    /// <param name="inputs">The arguments.</param>
    /// <param name="into">Contiguous, of the results' shapes and type, in memory that no argument shares; they require no gradient.</param>
    /// <inheritdoc cref="Call" path="/exception"/>
    public void CallInto(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> into)
    {
        CompiledSignature.CheckTargets(inputs, into);
        if (Plan(inputs, out Tensor[] given, out int items) is not { Loop: { } loop } signature)
        {
            whole.CallInto(inputs.ToArray(), into.ToArray());
            return;
        }
        if (into.Length != signature.ResultDims.Length) throw TransformErrors.StructureCount(Op, into.Length, signature.ResultDims.Length);
        var targets = new Tensor[into.Length];
        for (int i = 0; i < targets.Length; i++)
        {
            Tensor target = into[i];
            int[] dims = [items, .. signature.ResultDims[i]];
            if (!target.Dims.AsSpan().SequenceEqual(dims)) throw TransformErrors.IntoShape(Op, i, target.Shape, new Shape(dims));
            if (target.DType != signature.DType) throw TransformErrors.IntoDType(Op, i, target.DType, signature.DType);
            targets[i] = target.IsContiguous ? target : new Tensor(NdArray.Allocate(dims, signature.DType));
        }
        loop.Run(items, given, targets);
        for (int i = 0; i < targets.Length; i++)
        {
            if (!into[i].IsContiguous) ArrayCopy.Into(targets[i].Value, into[i].Value);
            into[i].Value.Storage.Version++;
        }
        GC.KeepAlive(given);
    }

    // The loop for these arguments, and their memory with the items in front; null where something is to follow the operations.
    private ItemSignature? Plan(ReadOnlySpan<Tensor> inputs, out Tensor[] given, out int items)
    {
        given = [];
        items = 0;
        bool followed = Recorder.Current is not null || Options.Backend == CompileBackend.Graph;
        for (int i = 0; i < inputs.Length; i++)
        {
            Tensor x = inputs[i] ?? throw TransformErrors.NullInput(Op, i);
            followed |= x.IsTraced || (x.RequiresGrad && GradMode.IsEnabled);
        }
        if (followed) return null;
        int?[] axes = inAxes.For(Op, inputs.Length);
        items = Functional.ItemsOf(Op, inputs, axes);
        if (items == 0) return null;
        var arguments = new Tensor[inputs.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            Tensor x = axes[i] is { } axis ? inputs[i].MoveAxis(axis, 0) : inputs[i];
            arguments[i] = x.IsContiguous ? x : new Tensor(ArrayCopy.Contiguous(x.Value));
        }
        ItemSignature signature = Signature(arguments, axes);
        if (signature.Loop is null && Options.Backend == CompileBackend.StraightLine) throw TransformErrors.NoItemLoop(Op, signature.Reason);
        if (signature.Loop is null || signature.FollowsGradients) return null;
        given = signature.WithCaptured(arguments);
        return signature;
    }

    private ItemSignature Signature(Tensor[] arguments, int?[] axes)
    {
        foreach (ItemSignature known in signatures)
            if (known.Matches(arguments) && known.IsValid) return known;
        lock (gate)
        {
            foreach (ItemSignature known in signatures)
                if (known.Matches(arguments) && known.IsValid) return known;
            ItemSignature made = ItemSignature.Trace(function, arguments, axes, Options);
            var all = new List<ItemSignature> { made };
            foreach (ItemSignature other in signatures)
                if (other.IsValid && all.Count < Options.MaxSignatures) all.Add(other);
            signatures = [.. all];
            return made;
        }
    }
}

/// <summary>A loop for arguments of certain shapes and types.</summary>
internal sealed class ItemSignature
{
    private readonly int[][] dims;
    private readonly DType[] dtypes;
    private readonly bool[] hasItems;
    private readonly RecordedInput[] captured;
    private readonly ClosureGuard closure;

    private ItemSignature(Delegate function, Tensor[] arguments, bool[] hasItems, RecordedGraph graph, CompileOptions options)
    {
        this.hasItems = hasItems;
        dims = Array.ConvertAll(arguments, x => x.Dims);
        dtypes = Array.ConvertAll(arguments, x => x.DType);
        captured = graph.Inputs[graph.ArgumentCount..];
        closure = new ClosureGuard(function, captured);
        ResultDims = Array.ConvertAll(graph.Outputs, output => output.Dims);
        var all = new bool[graph.Inputs.Length];
        hasItems.CopyTo(all, 0);
        Loop = ItemLoop.TryBuild(graph, all, options, out string reason);
        Reason = reason;
        if (graph.Outputs.Length > 0) DType = graph.Outputs[0].DType;
    }

    /// <summary>The loop, or null if the function does not suit one.</summary>
    public ItemLoop? Loop { get; }

    /// <summary>Why there is no loop.</summary>
    public string Reason { get; }

    /// <summary>The shapes of an item's results.</summary>
    public int[][] ResultDims { get; }

    public DType DType { get; }

    /// <summary>Whether the captured tensors are where they were.</summary>
    public bool IsValid => closure.Holds;

    /// <summary>Whether a captured tensor wants a gradient.</summary>
    public bool FollowsGradients
    {
        get
        {
            if (!GradMode.IsEnabled) return false;
            foreach (RecordedInput input in captured)
                foreach (Tensor handle in input.Handles)
                    if (handle.RequiresGrad) return true;
            return false;
        }
    }

    /// <summary>Runs the function on the first item and makes a loop of what it did.</summary>
    public static ItemSignature Trace(Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>> function, Tensor[] arguments, int?[] axes, CompileOptions options)
    {
        bool[] hasItems = Array.ConvertAll(axes, axis => axis is not null);
        var first = new Tensor[arguments.Length];
        for (int i = 0; i < first.Length; i++)
        {
            NdArray array = arguments[i].Value;
            first[i] = new Tensor(hasItems[i] ? array.View(array.Dims[1..], array.Strides[1..], array.Offset) : array);
        }
        var random = new DrawnGenerators();
        ResultMemory? given = AllocationScope.Pause<ResultMemory>();
        try
        {
            using DrawnGenerators.Watching watching = random.Watch();
            RecordedGraph graph = Recorder.Run("Functional.CompileVmap", function, first, out _).WithoutDeadSteps();
            return new ItemSignature(function, arguments, hasItems, graph, options);
        }
        finally
        {
            // What is drawn to see what the function does is not drawn for anybody.
            random.Undo();
            AllocationScope.Resume(given);
        }
    }

    public bool Matches(Tensor[] arguments)
    {
        if (arguments.Length != dims.Length) return false;
        for (int i = 0; i < dims.Length; i++)
        {
            int skipped = hasItems[i] ? 1 : 0;
            Tensor x = arguments[i];
            if (x.DType != dtypes[i] || x.Rank != dims[i].Length || !x.Dims.AsSpan(skipped).SequenceEqual(dims[i].AsSpan(skipped))) return false;
        }
        return true;
    }

    /// <summary>The arguments, then the memory of what was captured.</summary>
    public Tensor[] WithCaptured(Tensor[] arguments)
    {
        if (captured.Length == 0) return arguments;
        var all = new Tensor[arguments.Length + captured.Length];
        arguments.CopyTo(all, 0);
        for (int i = 0; i < captured.Length; i++) all[arguments.Length + i] = captured[i].Whole();
        return all;
    }

    public void Explain(StringBuilder text)
    {
        text.Append("an item of ");
        for (int i = 0; i < dims.Length; i++)
            text.Append(i > 0 ? ", " : "").Append(dtypes[i].Word()).Append(' ').Append(Shape.Text(hasItems[i] ? dims[i][1..] : dims[i])).Append(hasItems[i] ? "" : " shared");
        text.Append('\n');
        if (Loop is null) text.Append("no loop over items: ").Append(Reason).Append('\n');
        else Loop.Explain(text);
    }
}
