namespace Nabla;

/// <summary>
/// Collects the gradient of a tensor from those of its parts. A slice's gradient is zero everywhere else; instead of making that
/// array for each slice and adding up many of them, which takes a thousand passes for a loop over a thousand rows, each part is added
/// in place to one array.
/// </summary>
internal static class PartialGradients
{
    /// <summary>Adds a part to a gradient that nobody else sees, made of zeros if there is none yet; not recorded.</summary>
    /// <param name="whole">The gradient of the whole.</param>
    /// <param name="owned">Whether nobody else sees it.</param>
    /// <param name="dims">The shape of the whole.</param>
    /// <param name="part">The gradient of the part.</param>
    /// <param name="view">Cuts the part from the whole.</param>
    /// <returns>False if nothing was done, because one of them has to be computed in another way.</returns>
    public static bool TryAdd(ref Tensor? whole, bool owned, int[] dims, Tensor part, ViewOp view)
    {
        if (whole is not null && (!owned || whole.DType != part.DType)) return false;

        // The elements of a repeated gradient share memory: one cannot be changed without the others.
        if (whole is { IsTraced: false, IsContiguous: false } && !ItemsLast.IsWhole(whole.Value)) return false;
        if (!part.IsTraced && whole is not { IsTraced: true })
        {
            whole ??= VectorSpace.Current.Full(dims, 0, part.DType);
            AddInto(whole, part, view);
            return true;
        }

        // Inside vmap: the numbers of all items lie in one array, with the items of each level along an axis of their own in front.
        var levels = new List<BatchValue>();
        for (; part.IsTraced; part = part.Extra!.Batch!.Items)
        {
            if ((part.Flags & TensorFlags.Traced) != TensorFlags.Batched) return false;
            BatchValue batch = part.Extra!.Batch!;
            levels.Add(batch);
            view = view.OfItems(batch.Items.Dims[0]);
            dims = [batch.Items.Dims[0], .. dims];
        }
        if (whole is null)
        {
            Tensor items = Zeros(dims, part);
            AddInto(items, part, view);
            for (int i = levels.Count - 1; i >= 0; i--) items = BatchMode.Wrap(levels[i].Level, items);
            whole = items;
            return true;
        }
        Tensor target = whole;
        foreach (BatchValue batch in levels)
        {
            if ((target.Flags & TensorFlags.Traced) != TensorFlags.Batched) return false;
            BatchValue found = target.Extra!.Batch!;
            if (!ReferenceEquals(found.Level, batch.Level)) return false;
            target = found.Items;
        }
        // Items that were repeated without copying share memory with one another.
        if (target.IsTraced || !(target.IsContiguous || ItemsLast.IsWhole(target.Value))) return false;
        AddInto(target, part, view);
        return true;
    }

    // As the part lies, so that it is added run by run.
    private static Tensor Zeros(int[] dims, Tensor part) => ItemsLast.Suits(dims) && ItemsLast.Continues([part.Value], dims)
        ? new Tensor(ItemsLast.Back(VectorSpace.Current.Full(ItemsLast.Turned(dims), 0, part.DType).Value))
        : VectorSpace.Current.Full(dims, 0, part.DType);

    private static void AddInto(Tensor whole, Tensor part, ViewOp view) => VectorSpace.Current.AddInto(new Tensor(view.View(whole.Value)), part);
}
