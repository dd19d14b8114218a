using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// How gradients pass through an elementwise operation when certain inputs want one: the formula of the backward pass, and
/// which inputs and outputs it reads. Made once per operation and set of inputs.
/// </summary>
/// <remarks>
/// For outputs f₁ … fₘ with gradients g₁ … gₘ the gradient of input x is Σ gⱼ ∂fⱼ/∂x, the tangent of fⱼ is Σ tᵢ ∂fⱼ/∂xᵢ.
/// </remarks>
internal sealed class GradientPlan
{
    private readonly Lazy<ElementwiseOp> backward;
    private readonly Lazy<ElementwiseOp> tangent;
    private readonly int[] wanted;

    public GradientPlan(ElementwiseOp op, int mask)
    {
        Op = op;
        Mask = mask;
        wanted = [.. Enumerable.Range(0, op.Arity).Where(i => (mask >> i & 1) != 0)];
        ElementwiseOp.Definition f = op.Declared;
        OutputCount = f.Outputs.Length;

        // ∂fⱼ/∂xᵢ with the results named, so that a saved result is used instead of being computed again.
        var results = new Symbol[OutputCount];
        var named = new Dictionary<Expr, Expr>();
        for (int j = 0; j < OutputCount; j++)
        {
            results[j] = Expr.Symbol($"result{j}");
            if (f.Outputs[j].Operands.Count > 0) named[f.Outputs[j]] = results[j];
        }
        var partials = new Expr[OutputCount, wanted.Length];
        for (int j = 0; j < OutputCount; j++)
            for (int i = 0; i < wanted.Length; i++)
                partials[j, i] = f.Outputs[j].Diff(f.Inputs[wanted[i]]).Subs(named);

        var gradients = new Symbol[OutputCount];
        for (int j = 0; j < OutputCount; j++) gradients[j] = Expr.Symbol($"g{j}");
        var sums = new Expr[wanted.Length];
        for (int i = 0; i < wanted.Length; i++)
        {
            Expr sum = 0;
            for (int j = 0; j < OutputCount; j++) sum += Chain(partials[j, i], gradients[j]);
            sums[i] = sum;
        }
        var tangents = new Symbol[wanted.Length];
        for (int i = 0; i < wanted.Length; i++) tangents[i] = Expr.Symbol($"t{i}");
        var forward = new Expr[OutputCount];
        for (int j = 0; j < OutputCount; j++)
        {
            Expr sum = 0;
            for (int i = 0; i < wanted.Length; i++) sum += Chain(partials[j, i], tangents[i]);
            forward[j] = sum;
        }

        var free = new HashSet<Symbol>();
        foreach (Expr sum in sums) free.UnionWith(sum.FreeSymbols);
        foreach (Expr sum in forward) free.UnionWith(sum.FreeSymbols);
        SavedInputs = [.. Enumerable.Range(0, op.Arity).Where(i => free.Contains(f.Inputs[i]))];
        SavedOutputs = [.. Enumerable.Range(0, OutputCount).Where(j => free.Contains(results[j]))];
        Symbol[] saved = [.. SavedInputs.Select(i => f.Inputs[i]), .. SavedOutputs.Select(j => results[j])];

        // g itself, unchanged: no pass over memory is needed.
        PassesThrough = [.. sums.Select(sum => OutputCount == 1 && ReferenceEquals(sum, gradients[0]))];
        Expr[] computed = [.. sums.Where((_, i) => !PassesThrough[i])];
        backward = new Lazy<ElementwiseOp>(() => Declare(op.Name + "Backward", [.. gradients, .. saved], computed));
        tangent = new Lazy<ElementwiseOp>(() => Declare(op.Name + "Tangent", [.. tangents, .. saved], forward));
    }

    public ElementwiseOp Op { get; }

    /// <summary>The inputs that want a gradient, as bits.</summary>
    public int Mask { get; }

    public int OutputCount { get; }

    /// <summary>The inputs that want a gradient, in order.</summary>
    public ReadOnlySpan<int> Wanted => wanted;

    /// <summary>The inputs whose values backward reads.</summary>
    public int[] SavedInputs { get; }

    /// <summary>The outputs whose values backward reads.</summary>
    public int[] SavedOutputs { get; }

    /// <summary>For each wanted input, whether its gradient is the incoming one.</summary>
    public bool[] PassesThrough { get; }

    /// <summary>(gradients of the outputs, saved values) ↦ gradients of the wanted inputs that do not pass through.</summary>
    public ElementwiseOp Backward => backward.Value;

    /// <summary>The tangents of the outputs; missing input tangents are outside the mask.</summary>
    public Tensor[] Tangents(Tensor[] primals, Tensor?[] tangents, Tensor[] outputs)
    {
        var arguments = new Tensor[wanted.Length + SavedInputs.Length + SavedOutputs.Length];
        int at = 0;
        foreach (int i in wanted) arguments[at++] = tangents[i]!;
        foreach (int i in SavedInputs) arguments[at++] = primals[i];
        foreach (int j in SavedOutputs) arguments[at++] = outputs[j];
        Tensor[] results = tangent.Value.ApplyMany(arguments);

        // A formula without saved values (x + y) sees only the tangents, whose common shape and type may be smaller.
        for (int j = 0; j < results.Length; j++)
        {
            if (!results[j].Dims.AsSpan().SequenceEqual(outputs[j].Dims))
                results[j] = VectorSpace.Current.Add(results[j], VectorSpace.Current.Full(outputs[j].Dims, 0, outputs[j].DType));
            if (results[j].DType != outputs[j].DType) results[j] = VectorSpace.Current.Cast(results[j], outputs[j].DType);
        }
        return results;
    }

    public override string ToString() => $"{Op.Name} {Mask:b}";

    // A gradient is kept out of a branch whose derivative is 0: it may be infinite or NaN there, and 0 times that is not 0.
    private static Expr Chain(Expr partial, Expr incoming) => PendingProduct.Times(partial, PendingProduct.Of(incoming))?.Value ?? 0;

    private static ElementwiseOp Declare(string name, Symbol[] inputs, Expr[] outputs) =>
        ElementwiseOp.Derived(name, inputs.Length, arguments =>
        {
            var map = new Dictionary<Expr, Expr>();
            for (int i = 0; i < inputs.Length; i++) map[inputs[i]] = arguments[i];
            return Array.ConvertAll(outputs, output => output.Subs(map));
        });
}

/// <summary>A recorded elementwise operation.</summary>
/// <remarks>
/// There is one for every operation on scalars, so it is kept small: two inputs and two saved values have their places in it, and
/// the history of a saved value is not kept, because the edges know it.
/// </remarks>
internal sealed class ElementwiseNode : Node
{
    private readonly GradientPlan plan;
    private readonly Node? first, second;
    private readonly int firstOutput, secondOutput;
    private object? savedFirst, savedSecond;
    private readonly int versionFirst, versionSecond;
    private readonly More? more;

    /// <summary>What does not find its place in the node.</summary>
    private sealed class More
    {
        public Edge[] Edges = [];
        public DType[] Outputs = [];
        public (object? Kept, int Version)[] Saved = [];
    }

    public ElementwiseNode(GradientPlan plan, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        : base(outputs[0].Dims, outputs[0].DType)
    {
        this.plan = plan;
        (first, firstOutput) = inputs[0].GradientEdge();
        if (inputs.Length > 1) (second, secondOutput) = inputs[1].GradientEdge();
        int count = SavedCount;
        if (inputs.Length > 2 || outputs.Length > 1 || count > 2) more = Further(inputs, outputs, count);
        for (int i = 0; i < count; i++)
        {
            (object kept, int version) = Save(i, inputs, outputs);
            if (i == 0) (savedFirst, versionFirst) = (kept, version);
            else if (i == 1) (savedSecond, versionSecond) = (kept, version);
            else more!.Saved[i - 2] = (kept, version);
        }
    }

    private static More Further(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs, int saved)
    {
        var more = new More { Edges = new Edge[Math.Max(0, inputs.Length - 2)], Outputs = new DType[outputs.Length - 1], Saved = new (object?, int)[Math.Max(0, saved - 2)] };
        for (int i = 2; i < inputs.Length; i++) more.Edges[i - 2] = inputs[i].GradientEdge();
        for (int j = 1; j < outputs.Length; j++) more.Outputs[j - 1] = outputs[j].DType;
        return more;
    }

    private (object Kept, int Version) Save(int index, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        int fromInputs = plan.SavedInputs.Length;
        return index < fromInputs
            ? SavedTensor.Keep(inputs[plan.SavedInputs[index]], plan.Op.Name, this)
            : SavedTensor.KeepOutput(outputs[plan.SavedOutputs[index - fromInputs]], this, plan.SavedOutputs[index - fromInputs], gives: true);
    }

    public override string Name => plan.Op.Name + "Backward";

    internal override int EdgeCount => plan.Op.Arity;

    internal override int OutputCount => plan.OutputCount;

    private int SavedCount => plan.SavedInputs.Length + plan.SavedOutputs.Length;

    internal override Edge EdgeAt(int input) => input switch { 0 => new Edge(first, firstOutput), 1 => new Edge(second, secondOutput), _ => more!.Edges[input - 2] };

    internal override (int[] Dims, DType DType) FormOf(int index) => (OutputDims, index == 0 ? OutputDType : more!.Outputs[index - 1]);

    internal override string[] SavedNames()
    {
        if (Released) throw AutogradErrors.SavedFreed(Name);
        return
        [
            .. plan.SavedInputs.Select(i => plan.Op.Declared.Inputs[i].Name),
            .. plan.SavedOutputs.Select(j => plan.OutputCount == 1 ? "result" : $"result{j}"),
        ];
    }

    internal override Tensor Saved(int index) => SavedAt(index).Unpack(Name);

    internal override void Run(BackwardPass pass, in GradientSlot slot, GradientSlot[]? more)
    {
        ReadOnlySpan<int> wanted = plan.Wanted;
        int outputs = plan.OutputCount;
        int saved = SavedCount;
        int computed = 0;
        for (int i = 0; i < wanted.Length; i++)
        {
            if (plan.PassesThrough[i]) pass.Send(EdgeAt(wanted[i]), slot.Gradient!, owned: slot.Owned && wanted.Length == 1, wanted[i]);
            else computed++;
        }
        if (computed == 0) return;
        bool last = computed == wanted.Length;

        int count = outputs + saved;
        var room = default(FewTensors);
        bool traced = false;
        Span<Tensor> arguments = count <= FewTensors.Length ? ((Span<Tensor>)room)[..count] : new Tensor[count];
        for (int j = 0; j < outputs; j++)
        {
            Tensor? gradient = j == 0 ? slot.Gradient : more![j - 1].Gradient;
            traced |= gradient is { IsTraced: true };
            arguments[j] = gradient ?? VectorSpace.Current.Full(FormOf(j).Dims, 0, FormOf(j).DType);
        }

        // Results lie in memory of their own; who knows, inside transforms.
        if (traced) LetSavedEscape();
        for (int i = 0; i < saved; i++) arguments[outputs + i] = SavedAt(i).Unpack(plan.Op.Name);
        var resultRoom = default(FewTensors);
        Span<Tensor> results = computed <= FewTensors.Length ? ((Span<Tensor>)resultRoom)[..computed] : new Tensor[computed];
        plan.Backward.Apply(arguments, results);
        if (last) pass.Consume(slot);
        for (int j = 1; j < outputs; j++) pass.Consume(more![j - 1]);
        for (int i = 0, at = 0; i < wanted.Length; i++)
        {
            if (!plan.PassesThrough[i]) pass.Send(EdgeAt(wanted[i]), results[at++], owned: true, wanted[i]);
        }
    }

    [System.Runtime.CompilerServices.InlineArray(Length)]
    private struct FewTensors
    {
        public const int Length = 4;
        private Tensor first;
    }

    internal override void Release()
    {
        int count = SavedCount;
        if (count == 0) return;
        SavedTensor.Release(savedFirst);
        SavedTensor.Release(savedSecond);
        savedFirst = savedSecond = null;
        for (int i = 2; i < count; i++)
        {
            SavedTensor.Release(more!.Saved[i - 2].Kept);
            more.Saved[i - 2] = default;
        }
        Released = true;
        ReturnSaved();
    }

    private SavedTensor SavedAt(int index)
    {
        (object? kept, int version) = index switch { 0 => (savedFirst, versionFirst), 1 => (savedSecond, versionSecond), _ => more!.Saved[index - 2] };
        Node? history = index < plan.SavedInputs.Length ? EdgeAt(plan.SavedInputs[index]).History : this;
        return new SavedTensor(kept, history, version);
    }
}
