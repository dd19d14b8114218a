namespace Nabla;

/// <summary>
/// A call of a linear, bilinear or custom operation: what its derivative rule sees (shapes, saved values, which gradients are
/// needed), and, if the call was recorded, its node in the graph.
/// </summary>
/// <remarks>
/// There is one for every recorded operation, so it is kept small: two inputs and one output have their places in it, and the
/// history of a saved value is not kept, because the edges know it.
/// </remarks>
internal sealed class OpContext : Node
{
    private readonly Op op;
    private readonly Node? first, second;
    private readonly int firstOutput, secondOutput;
    private readonly int[] firstDims = [], secondDims = [];
    private readonly byte firstType, secondType;
    private object? keptFirst, keptSecond, keptResult;
    private readonly int versionFirst, versionSecond, versionResult;
    private readonly More? more;
    private readonly bool firstNeeded, secondNeeded, hasSaved;

    // A tangent is computed at once: nothing can happen to the values in between, and inference tensors may take part.
    private readonly bool isForNow;

    /// <summary>What does not find its place in the object.</summary>
    private sealed class More
    {
        public Input[] Inputs = [];
        public Result[] Results = [];
    }

    private struct Input
    {
        public Edge Edge;
        public int[] Dims;
        public DType DType;
        public bool Needed;
        public object? Kept;
        public int Version;
    }

    private struct Result
    {
        public int[] Dims;
        public DType DType;
        public object? Kept;
        public int Version;
    }

    /// <summary>A call that is recorded.</summary>
    public OpContext(Op op, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs) : base(outputs[0].Dims, outputs[0].DType)
    {
        this.op = op;
        InputCount = inputs.Length;
        if (inputs.Length > 2 || outputs.Length > 1)
            more = new More { Inputs = new Input[Math.Max(0, inputs.Length - 2)], Results = new Result[outputs.Length - 1] };
        for (int i = 0; i < inputs.Length; i++)
        {
            Tensor input = inputs[i];
            Edge edge = input.GradientEdge();
            (object? kept, int version) = op.Saves(i, inputs) ? SavedTensor.Keep(input, op.Name, this) : (default(object), 0);
            bool needed = edge.Node is not null;
            hasSaved |= kept is not null;
            if (i == 0) (first, firstOutput, firstDims, firstType, firstNeeded, keptFirst, versionFirst) = (edge.Node, edge.Output, input.Dims, (byte)input.DType, needed, kept, version);
            else if (i == 1) (second, secondOutput, secondDims, secondType, secondNeeded, keptSecond, versionSecond) = (edge.Node, edge.Output, input.Dims, (byte)input.DType, needed, kept, version);
            else more!.Inputs[i - 2] = new Input { Edge = edge, Dims = input.Dims, DType = input.DType, Needed = needed, Kept = kept, Version = version };
        }
        bool savesResults = op.SavesResults;
        if (savesResults)
        {
            (keptResult, versionResult) = SavedTensor.KeepOutput(outputs[0], this, 0, gives: true);
            hasSaved = true;
        }
        for (int i = 1; i < outputs.Length; i++)
        {
            ref Result result = ref more!.Results[i - 1];
            (result.Dims, result.DType) = (outputs[i].Dims, outputs[i].DType);
            if (savesResults) (result.Kept, result.Version) = SavedTensor.KeepOutput(outputs[i], this, i, gives: true);
        }
    }

    /// <summary>A call whose tangents are computed at once.</summary>
    public OpContext(Op op, ReadOnlySpan<Tensor> primals, ReadOnlySpan<Tensor?> tangents, ReadOnlySpan<Tensor> outputs)
    {
        this.op = op;
        isForNow = hasSaved = true;
        InputCount = primals.Length;
        if (primals.Length > 2 || outputs.Length > 1)
            more = new More { Inputs = new Input[Math.Max(0, primals.Length - 2)], Results = new Result[outputs.Length - 1] };
        for (int i = 0; i < primals.Length; i++)
        {
            Tensor input = primals[i];
            bool needed = tangents[i] is not null;
            if (i == 0) (firstDims, firstType, firstNeeded, keptFirst) = (input.Dims, (byte)input.DType, needed, input);
            else if (i == 1) (secondDims, secondType, secondNeeded, keptSecond) = (input.Dims, (byte)input.DType, needed, input);
            else more!.Inputs[i - 2] = new Input { Dims = input.Dims, DType = input.DType, Needed = needed, Kept = input };
        }
        keptResult = outputs[0];
        for (int i = 1; i < outputs.Length; i++) more!.Results[i - 1] = new Result { Dims = outputs[i].Dims, DType = outputs[i].DType, Kept = outputs[i] };
    }

    // ---- what a rule sees -----------------------------------------------------------------------------------------------

    public Op Op => op;

    public int InputCount { get; }

    internal override int OutputCount => 1 + (more?.Results.Length ?? 0);

    /// <summary>The value of an input.</summary>
    public Tensor this[int input] => input switch
    {
        0 => Unpack(keptFirst, first, versionFirst),
        1 => Unpack(keptSecond, second, versionSecond),
        _ => Unpack(more!.Inputs[input - 2].Kept, more.Inputs[input - 2].Edge.Node, more.Inputs[input - 2].Version),
    };

    /// <summary>The value of an output.</summary>
    public Tensor Output(int output) => output == 0 ? Unpack(keptResult, this, versionResult) : Unpack(more!.Results[output - 1].Kept, this, more.Results[output - 1].Version);

    public Shape Shape(int input) => new(input switch { 0 => firstDims, 1 => secondDims, _ => more!.Inputs[input - 2].Dims });

    public DType DType(int input) => input switch { 0 => (DType)firstType, 1 => (DType)secondType, _ => more!.Inputs[input - 2].DType };

    /// <summary>Whether the gradient of an input is wanted.</summary>
    public bool Needs(int input) => input switch { 0 => firstNeeded, 1 => secondNeeded, _ => more!.Inputs[input - 2].Needed };

    private Tensor Unpack(object? kept, Node? edge, int version) =>
        isForNow ? (Tensor)kept! : new SavedTensor(kept, new Edge(edge, 0).History, version).Unpack(op.Name);

    // ---- a node of the graph --------------------------------------------------------------------------------------------

    public override string Name => op.Name + "Backward";

    internal override int EdgeCount => InputCount;

    internal override Edge EdgeAt(int input) => input switch { 0 => new Edge(first, firstOutput), 1 => new Edge(second, secondOutput), _ => more!.Inputs[input - 2].Edge };

    internal override (int[] Dims, DType DType) FormOf(int index) => index == 0 ? (OutputDims, OutputDType) : (more!.Results[index - 1].Dims, more.Results[index - 1].DType);

    private object? KeptInput(int input) => input switch { 0 => keptFirst, 1 => keptSecond, _ => more!.Inputs[input - 2].Kept };

    private object? KeptResult(int output) => output == 0 ? keptResult : more!.Results[output - 1].Kept;

    /// <summary>The names of what was saved, inputs first.</summary>
    internal override string[] SavedNames() => Released ? throw AutogradErrors.SavedFreed(Name) :
    [
        .. Enumerable.Range(0, InputCount).Where(i => KeptInput(i) is not null).Select(i => $"input{i}"),
        .. Enumerable.Range(0, OutputCount).Where(i => KeptResult(i) is not null).Select(i => $"output{i}"),
    ];

    /// <summary>A saved value, inputs first.</summary>
    internal override Tensor Saved(int index)
    {
        for (int i = 0; i < InputCount; i++)
            if (KeptInput(i) is not null && index-- == 0) return this[i];
        for (int i = 0; i < OutputCount; i++)
            if (KeptResult(i) is not null && index-- == 0) return Output(i);
        throw AutogradErrors.SavedFreed(op.Name);
    }

    internal override void Release()
    {
        if (!hasSaved) return;
        for (int i = 0; i < InputCount; i++) SavedTensor.Release(KeptInput(i));
        for (int i = 0; i < OutputCount; i++) SavedTensor.Release(KeptResult(i));
        keptFirst = keptSecond = keptResult = null;
        if (more is not null)
        {
            for (int i = 0; i < more.Inputs.Length; i++) more.Inputs[i].Kept = null;
            for (int i = 0; i < more.Results.Length; i++) more.Results[i].Kept = null;
        }
        Released = true;
        ReturnSaved();
    }

    // ---- backward -------------------------------------------------------------------------------------------------------

    internal override void Run(BackwardPass pass, in GradientSlot slot, GradientSlot[]? more)
    {
        if (op is ViewOp { CutsPart: true } view && slot.Gradient is not null && pass.TrySendPart(EdgeAt(0), view, slot)) return;
        bool tracks = !pass.CreatesGraph && BufferPool.BeginTracking();
        var room = default(FewTensors);
        Span<Tensor?> results = InputCount <= FewTensors.Length ? ((Span<Tensor?>)room)[..InputCount] : new Tensor?[InputCount];
        try
        {
            if (slot.Gradient is { } gradient && more is null) op.Vjp(this, gradient, results);
            else results = op.Vjp(this, AllGradients(slot, more));
        }
        catch
        {
            if (tracks) BufferPool.StopTracking();
            throw;
        }
        if (tracks)
        {
            SendAndReturn(pass, results, slot, more);
            return;
        }
        LetSavedEscape();
        Send(pass, results, owned: 0);
    }

    private Tensor?[] AllGradients(in GradientSlot slot, GradientSlot[]? more)
    {
        var gradients = new Tensor?[OutputCount];
        gradients[0] = slot.Gradient;
        for (int i = 1; i < gradients.Length; i++) gradients[i] = more![i - 1].Gradient;
        return gradients;
    }

    private void Send(BackwardPass pass, ReadOnlySpan<Tensor?> results, int owned)
    {
        for (int i = 0; i < results.Length; i++)
            if (results[i] is { } result) pass.Send(EdgeAt(i), result, (owned >> i & 1) != 0, i);
    }

    /// <summary>Gives back what the rule made in between and the gradients that it read, as far as no result lies in their memory.</summary>
    private void SendAndReturn(BackwardPass pass, ReadOnlySpan<Tensor?> results, in GradientSlot slot, GradientSlot[]? more)
    {
        int owned = 0;
        bool traced = false;
        for (int i = 0; i < results.Length; i++)
        {
            if (results[i] is not { } result) continue;
            traced |= !BatchMode.IsNumbers(result) || result.DType.IsComplex();
            bool shared = false;
            for (int j = 0; j < results.Length; j++) shared |= j != i && results[j] is { } other && ReferenceEquals(other.Value.Storage, result.Value.Storage);
            bool sole = BufferPool.WasLent(result.Value.Storage) || (slot.Owned && ReferenceEquals(slot.Gradient!.Value.Storage, result.Value.Storage));
            if (sole && !shared && i < 32) owned |= 1 << i;
        }
        if (traced)
        {
            BufferPool.StopTracking();
            LetSavedEscape();
            Send(pass, results, owned: 0);
            return;
        }
        foreach (Tensor? result in results)
        {
            if (result is null) continue;
            BufferPool.Keep(result.Value.Storage);

            // It may lie in what was saved.
            BufferPool.LetEscape(result.Value.Storage);
        }
        BufferPool.ReturnTracked();
        ConsumeUnless(pass, slot, results);
        for (int i = 1; i < OutputCount; i++) ConsumeUnless(pass, more![i - 1], results);
        Send(pass, results, owned);
    }

    private static void ConsumeUnless(BackwardPass pass, in GradientSlot slot, ReadOnlySpan<Tensor?> results)
    {
        if (!slot.Owned) return;
        foreach (Tensor? result in results)
            if (result is not null && ReferenceEquals(result.Value.Storage, slot.Gradient!.Value.Storage)) return;
        pass.Consume(slot);
    }

    [System.Runtime.CompilerServices.InlineArray(Length)]
    private struct FewTensors
    {
        public const int Length = 4;
        private Tensor? first;
    }
}
