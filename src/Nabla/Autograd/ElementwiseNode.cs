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
    private readonly ElementwiseOp op;
    private readonly Lazy<ElementwiseOp> backward;
    private readonly Lazy<ElementwiseOp> tangent;
    private readonly int[] wanted;

    public GradientPlan(ElementwiseOp op, int mask)
    {
        this.op = op;
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

    public override string ToString() => $"{op.Name} {Mask:b}";

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
internal sealed class ElementwiseNode : Node
{
    private readonly ElementwiseOp op;
    private readonly GradientPlan plan;
    private readonly Edge first, second;
    private readonly Edge[]? moreEdges;
    private readonly int edgeCount;
    private readonly DType[]? moreOutputs;
    private SavedTensor savedFirst, savedSecond;
    private SavedTensor[]? savedMore;

    public ElementwiseNode(ElementwiseOp op, GradientPlan plan, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
        : base(outputs[0].Dims, outputs[0].DType)
    {
        this.op = op;
        this.plan = plan;
        edgeCount = inputs.Length;
        first = inputs[0].GradientEdge();
        if (inputs.Length > 1) second = inputs[1].GradientEdge();
        if (inputs.Length > 2)
        {
            moreEdges = new Edge[inputs.Length - 2];
            for (int i = 2; i < inputs.Length; i++) moreEdges[i - 2] = inputs[i].GradientEdge();
        }
        if (outputs.Length > 1)
        {
            moreOutputs = new DType[outputs.Length - 1];
            for (int j = 1; j < outputs.Length; j++) moreOutputs[j - 1] = outputs[j].DType;
        }

        int count = plan.SavedInputs.Length + plan.SavedOutputs.Length;
        if (count > 2) savedMore = new SavedTensor[count - 2];
        int at = 0;
        foreach (int i in plan.SavedInputs) Save(at++, new SavedTensor(inputs[i], op.Name));
        foreach (int j in plan.SavedOutputs) Save(at++, new SavedTensor(outputs[j], this, j));
    }

    public override string Name => op.Name + "Backward";

    internal override int EdgeCount => edgeCount;

    internal override int OutputCount => plan.OutputCount;

    private int SavedCount => plan.SavedInputs.Length + plan.SavedOutputs.Length;

    internal override Edge EdgeAt(int input) => input switch { 0 => first, 1 => second, _ => moreEdges![input - 2] };

    internal override (int[] Dims, DType DType) Output(int index) => (OutputDims, index == 0 ? OutputDType : moreOutputs![index - 1]);

    internal override string[] SavedNames()
    {
        if (Released) throw AutogradErrors.SavedFreed(Name);
        return
        [
            .. plan.SavedInputs.Select(i => op.Declared.Inputs[i].Name),
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
        Span<Tensor> arguments = count <= FewTensors.Length ? ((Span<Tensor>)room)[..count] : new Tensor[count];
        for (int j = 0; j < outputs; j++)
        {
            Tensor? gradient = j == 0 ? slot.Gradient : more![j - 1].Gradient;
            arguments[j] = gradient ?? VectorSpace.Current.Full(Output(j).Dims, 0, Output(j).DType);
        }
        for (int i = 0; i < saved; i++) arguments[outputs + i] = SavedAt(i).Unpack(op.Name);
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
        if (SavedCount == 0) return;
        savedFirst.Release();
        savedSecond.Release();
        if (savedMore is not null)
            foreach (SavedTensor saved in savedMore) saved.Release();
        savedFirst = savedSecond = default;
        savedMore = null;
        Released = true;
    }

    private void Save(int index, SavedTensor tensor)
    {
        if (index == 0) savedFirst = tensor;
        else if (index == 1) savedSecond = tensor;
        else savedMore![index - 2] = tensor;
    }

    private SavedTensor SavedAt(int index) => index switch { 0 => savedFirst, 1 => savedSecond, _ => savedMore is { } more ? more[index - 2] : default };
}
