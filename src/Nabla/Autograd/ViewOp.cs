namespace Nabla;

/// <summary>A linear operation that only looks at the same memory in another way: a slice, a transpose, an expansion.</summary>
internal abstract class ViewOp(string name) : LinearOp(name)
{
    /// <summary>The other way to look at the memory. Must throw before anything is allocated if the geometry does not fit.</summary>
    public abstract NdArray View(in NdArray x);

    /// <summary>The same view of each of a number of items, which lie along a new first axis.</summary>
    public abstract ViewOp OfItems(int count);

    internal sealed override Tensor[] Batch(BatchedInputs items) => OfItems(items.Size).ApplyMany(items[0]);

    /// <summary>Whether the call makes several views at once, none of which may then be changed in place.</summary>
    public virtual bool IsOneOfSeveral => false;

    /// <summary>Whether the view is a part of the whole, in which no element appears twice: its transpose puts it back among zeros.</summary>
    public virtual bool CutsPart => false;

    /// <summary>The axis and position, if the view is the subtensor at one position of an axis.</summary>
    public virtual (int Axis, int Index)? Position => null;

    /// <summary>Applies the view.</summary>
    public Tensor Of(Tensor x)
    {
        if (x.IsTraced || Recorder.Current is not null) return Apply(x);

        // What every operation does, without what only a kernel needs: nothing is computed.
        bool record = x.RequiresGrad;
        Tensor view = Wrap(View(x.Value), x);
        if (record && GradMode.IsEnabled) Record(new ReadOnlySpan<Tensor>(in x), new ReadOnlySpan<Tensor>(in view));
        return view;
    }

    internal override Tensor[] OnSymbols(ReadOnlySpan<Tensor> inputs)
    {
        Tensor x = inputs[0];
        SymbolicValue symbols = x.Extra!.Symbols!;
        Tensor view = Wrap([View(x.Value)], inputs)[0];
        view.Flags |= TensorFlags.Symbolic;
        view.Extra!.Symbols = symbols with { Ids = View(symbols.Ids) };
        return [view];
    }

    protected sealed override bool TakesComplex => true;

    internal sealed override void Vjp(OpContext context, Tensor gradient, Span<Tensor?> results) => results[0] = Transpose(context, gradient);

    protected sealed override NdArray[] Compute(ReadOnlySpan<Tensor> inputs) => [View(inputs[0].Value)];

    protected sealed override NdArray ComputeOne(ReadOnlySpan<Tensor> inputs) => View(inputs[0].Value);

    private protected sealed override Tensor[] Wrap(NdArray[] values, ReadOnlySpan<Tensor> inputs) => [Wrap(values[0], inputs[0])];

    private protected sealed override Tensor WrapOne(in NdArray value, ReadOnlySpan<Tensor> inputs) => Wrap(value, inputs[0]);

    private Tensor Wrap(in NdArray value, Tensor x)
    {
        var view = new Tensor(value) { Flags = x.Flags & TensorFlags.Inference };
        Mark(view, x);
        return view;
    }

    /// <summary>Notes that a result is a view of this operation's input.</summary>
    public void Mark(Tensor view, Tensor parent)
    {
        view.Flags |= TensorFlags.View;
        (view.Extra ??= new TensorExtra()).View = new ViewHistory(parent, this);
    }
}

/// <summary>
/// How a view was cut from its parent. When the shared memory has been changed in place since, the view's history is made
/// anew from that of the base.
/// </summary>
internal sealed class ViewHistory(Tensor parent, ViewOp op)
{
    private int version = parent.Value.Storage.Version;

    /// <summary>The tensor at the end of the chain of views, which owns the memory.</summary>
    public Tensor Base { get; } = parent.Extra?.View?.Base ?? parent;

    public ViewOp Op => op;

    public bool MadeWithoutGrad { get; } = !GradMode.IsEnabled;

    /// <summary>The views between the base and this one, this one last.</summary>
    public ViewOp[] Chain()
    {
        var chain = new List<ViewOp> { op };
        for (ViewHistory? above = parent.Extra?.View; above is not null; above = above.Parent.Extra?.View) chain.Add(above.Op);
        chain.Reverse();
        return [.. chain];
    }

    private Tensor Parent => parent;

    /// <summary>Brings the history of a view up to date with in-place changes of its base.</summary>
    public static void Refresh(Tensor view)
    {
        ViewHistory self = view.Extra!.View!;
        if (!ReferenceEquals(self.Base.Value.Storage, view.Value.Storage))
        {
            self.Follow(view);
            return;
        }
        int current = view.Value.Storage.Version;
        if (self.version == current) return;
        self.version = current;
        if (!self.Base.RequiresGrad) return;

        Tensor again = self.CutAgain();
        view.SetHistory(again.History!, again.OutputIndex);
    }

    /// <summary>Looks at the base as it is now: forward mode gives a tensor that is changed in place a new value.</summary>
    private void Follow(Tensor view)
    {
        Tensor again = CutAgain();
        version = again.Value.Storage.Version;
        view.Value = again.Value;
        view.Extra!.TakeTrace(again);
        view.Flags = (view.Flags & ~TensorFlags.Traced) | (again.Flags & TensorFlags.Traced);
        if (again.History is { } node) view.SetHistory(node, again.OutputIndex);
    }

    private Tensor CutAgain()
    {
        Modes before = GradMode.SetRecording(true);
        try
        {
            Tensor again = Base;
            foreach (ViewOp step in Chain()) again = step.Of(again);
            return again;
        }
        finally
        {
            GradMode.Restore(before);
        }
    }
}

/// <summary>The base with a view of it replaced by a value: what an in-place change of a view means for its base.</summary>
internal sealed class ViewWriteOp(ViewOp[] chain) : LinearOp("ViewWrite")
{
    /// <summary>The base with the view replaced, in new memory.</summary>
    public Tensor Of(Tensor whole, Tensor part) => Apply(whole, part);

    /// <summary>Records on the base that a view of it was overwritten by <paramref name="part"/>.</summary>
    public void Record(Tensor whole, Tensor part)
    {
        whole.SetHistory(new OpContext(this, [whole, part], [whole]), 0);
    }

    protected override bool OnlyMoves => true;

    protected override bool TakesComplex => true;

    protected override NdArray[] Compute(ReadOnlySpan<Tensor> inputs)
    {
        NdArray whole = ArrayCopy.Contiguous(inputs[0].Value);
        ArrayCopy.Into(inputs[1].Value, Cut(whole));
        return [whole];
    }

    internal override Tensor[] Batch(BatchedInputs items) =>
        new ViewWriteOp(Array.ConvertAll(chain, view => view.OfItems(items.Size))).ApplyMany(items.All());

    protected override Tensor?[] TransposeAll(OpContext context, Tensor gradient)
    {
        Tensor part = gradient;
        foreach (ViewOp step in chain) part = step.Of(part);
        return
        [
            context.Needs(0) ? Of(gradient, VectorSpace.Current.Full(part.Dims, 0, part.DType)) : null,
            context.Needs(1) ? part : null,
        ];
    }

    private NdArray Cut(NdArray whole)
    {
        foreach (ViewOp step in chain) whole = step.View(whole);
        return whole;
    }
}
