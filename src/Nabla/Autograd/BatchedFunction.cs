namespace Nabla;

/// <summary>
/// A user's function on stacked items: what is left of a <see cref="Function"/> when one level of <c>Vmap</c> has been taken off.
/// It is a function again, so the levels below see nothing new.
/// </summary>
/// <remarks>
/// Forward runs inside the level that is taken off. Backward and tangents may be asked for when that call has long returned, so
/// they open a level of their own.
/// </remarks>
internal sealed class BatchedFunction(Function function, TransformLevel level, bool[] batched, int count) : Function
{
    internal override string Name => function.Name;

    /// <summary>What the context of the stacked call keeps: the item's own context, and which saved tensors and outputs hold items.</summary>
    internal sealed record Layout(FunctionContext Item, bool[] Stacked)
    {
        /// <summary>The context for a call on tensors that stand for all items.</summary>
        public FunctionContext OfItem(FunctionContext below, Tensor[] given, Tensor[] outputs, TransformLevel level) =>
            Wrapped(below, level).Lifted(given, outputs, isPair: false);

        /// <summary>The item's context, with what the stacked call saved.</summary>
        public FunctionContext Wrapped(FunctionContext below, TransformLevel level) =>
            Item.With(below, (saved, k) => Stacked[k] ? BatchMode.Wrap(level, saved) : saved);
    }

    protected override Tensor[] Forward(FunctionContext context, IReadOnlyList<Tensor> inputs)
    {
        var item = new FunctionContext(Name, [.. Enumerable.Range(0, inputs.Count).Select(context.NeedsInputGrad)]);
        Tensor[] stacked = [.. inputs], seen = Wrapped(inputs, level);
        Tensor[]? outputs = null;
        var all = new Tensor[stacked.Length];
        for (int i = 0; i < all.Length; i++) all[i] = batched[i] ? stacked[i] : VectorSpace.Current.Repeat(stacked[i], count);
        if (function.RunBatch(item, all, count) is { } together)
        {
            foreach (Tensor output in together)
                if (output is null || output.Rank == 0 || output.Dims[0] != count) throw AutogradErrors.BatchOfOutput(Name, output?.Shape, count);
            outputs = together;
            seen = all;
        }
        else
        {
            try
            {
                outputs = function.RunForward(item, seen);
            }
            catch (AutogradException error) when (error.Data.Contains(AutogradErrors.ReadsNumbers))
            {
                throw AutogradErrors.NoBatchRule(Name, count, error);
            }
        }
        if (outputs is null || outputs.Length == 0 || Array.IndexOf(outputs, null) >= 0) throw AutogradErrors.NoOutputs(Name);

        // The item's saved tensors in terms of the stacked call: an input or output there, or what they hold.
        var results = new Tensor[outputs.Length];
        for (int i = 0; i < results.Length; i++)
        {
            int input = Array.IndexOf(seen, outputs[i]);
            results[i] = input >= 0 && batched[input] ? stacked[input]
                : ReferenceEquals(seen, all) ? outputs[i]
                : BatchMode.ItemsOf(outputs[i], level) ?? VectorSpace.Current.Repeat(outputs[i], count);
        }
        Tensor[] unsaved = item.Unsaved;
        var keep = new Tensor[unsaved.Length];
        var holdsItems = new bool[unsaved.Length];
        for (int k = 0; k < keep.Length; k++)
        {
            int input = Array.IndexOf(seen, unsaved[k]), output = Array.IndexOf(outputs, unsaved[k]);
            keep[k] = input >= 0 ? stacked[input] : output >= 0 ? results[output]
                : ReferenceEquals(seen, all) ? unsaved[k] : BatchMode.ItemsOf(unsaved[k], level) ?? unsaved[k];
            holdsItems[k] = input >= 0 ? batched[input]
                : output >= 0 || ReferenceEquals(seen, all) || BatchMode.ItemsOf(unsaved[k], level) is not null;
        }
        item.Seal(seen, outputs);
        context.SaveForBackward(keep);
        context.MaterializeGrads = item.MaterializeGrads;
        context.State = new Layout(item, holdsItems);
        return results;
    }

    /// <summary>The items of two levels as those of one, for a function with a batching rule.</summary>
    protected override Tensor[]? Batch(FunctionContext context, IReadOnlyList<Tensor> items, int outer)
    {
        var item = new FunctionContext(Name, [.. Enumerable.Range(0, items.Count).Select(context.NeedsInputGrad)]);
        var merged = new Tensor[items.Count];
        for (int i = 0; i < merged.Length; i++)
        {
            Tensor x = batched[i] ? items[i] : VectorSpace.Current.Repeat(items[i], count, axis: 1);
            merged[i] = VectorSpace.Current.Reshape(x, [outer * count, .. x.Dims[2..]]);
        }
        if (function.RunBatch(item, merged, outer * count) is not { } together) return null;
        foreach (Tensor output in together)
            if (output is null || output.Rank == 0 || output.Dims[0] != outer * count) throw AutogradErrors.BatchOfOutput(Name, output?.Shape, outer * count);
        Tensor[] unsaved = item.Unsaved, keep = Array.ConvertAll(unsaved, Apart);
        item.Seal(merged, together);
        context.SaveForBackward(keep);
        context.MaterializeGrads = item.MaterializeGrads;
        bool[] stacked = new bool[keep.Length];
        Array.Fill(stacked, true);
        context.State = new Layout(item, stacked);
        return Array.ConvertAll(together, Apart);

        Tensor Apart(Tensor x) => VectorSpace.Current.Reshape(x, [outer, count, .. x.Dims[1..]]);
    }

    protected override Tensor?[] Backward(FunctionContext context, IReadOnlyList<Tensor?> gradOutputs) => Fresh(fresh =>
    {
        Tensor?[] gradients = function.RunBackward(Item(context, fresh), [.. gradOutputs.Select(gradient => gradient is null ? null : BatchMode.Wrap(fresh, gradient))]);
        if (gradients is null || gradients.Length != batched.Length) throw AutogradErrors.WrongGradientCount(Name, gradients?.Length ?? 0, batched.Length);
        return Array.ConvertAll(Enumerable.Range(0, batched.Length).ToArray(), i => gradients[i] is { } gradient ? OfStacked(gradient, batched[i]) : null);

        // What is the same for all items collects the gradients of all.
        Tensor OfStacked(Tensor gradient, bool isBatched)
        {
            Tensor items = BatchMode.ItemsOf(gradient, fresh) ?? VectorSpace.Current.Repeat(gradient, count);
            return isBatched ? items : VectorSpace.Current.Reshape(VectorSpace.Current.SumTo(items, [1, .. items.Dims[1..]]), items.Dims[1..]);
        }
    });

    internal override Tensor?[]? Tangents(FunctionContext context, IReadOnlyList<Tensor> primals, IReadOnlyList<Tensor?> tangents, bool underReverse) => Fresh(fresh =>
    {
        var directions = new Tensor?[tangents.Count];
        for (int i = 0; i < directions.Length; i++) directions[i] = batched[i] && tangents[i] is { } tangent ? BatchMode.Wrap(fresh, tangent) : tangents[i];
        Tensor?[]? results = function.Tangents(Item(context, fresh), Wrapped(primals, fresh), directions, underReverse);
        return results is null ? null : Array.ConvertAll(results, result => result is null ? null : BatchMode.ItemsOf(result, fresh) ?? VectorSpace.Current.Repeat(result, count));
    });

    private Tensor[] Wrapped(IReadOnlyList<Tensor> stacked, TransformLevel at)
    {
        var items = new Tensor[stacked.Count];
        for (int i = 0; i < items.Length; i++) items[i] = batched[i] ? BatchMode.Wrap(at, stacked[i]) : stacked[i];
        return items;
    }

    private static FunctionContext Item(FunctionContext context, TransformLevel at) => ((Layout)context.State!).Wrapped(context, at);

    private static T Fresh<T>(Func<TransformLevel, T> run)
    {
        var fresh = new TransformLevel("Functional.Vmap");
        try
        {
            return run(fresh);
        }
        finally
        {
            fresh.End();
        }
    }
}
