namespace Nabla;

// How gradients that meet are added, and who owns their memory. A gradient is owned if only the pass holds it: then it may be
// added to in place, and its memory is lent again as soon as it has been used.
internal sealed partial class BackwardPass
{
    /// <summary>Puts a gradient computed from another in its place.</summary>
    private void Replace(ref Tensor gradient, ref bool owned, Tensor replacement)
    {
        if (!ReferenceEquals(gradient.Value.Storage, replacement.Value.Storage))
        {
            Consume(new GradientSlot { Gradient = gradient, Owned = owned });
            owned = true;
        }
        gradient = replacement;
    }

    /// <summary>Adds the gradient of a part of an output of a node to those waiting there, without an array of zeros around it.</summary>
    /// <param name="edge">Where the gradient of the whole goes.</param>
    /// <param name="view">Cuts the part from the whole.</param>
    /// <param name="part">The gradient of the part, which is consumed.</param>
    /// <returns>False if nothing was done: the gradient of the whole has to be made and sent instead.</returns>
    public bool TrySendPart(Edge edge, ViewOp view, in GradientSlot part)
    {
        if (createGraph || anomaly || collected is not null) return false;
        if (edge.Node is not { } node || (needed is not null && !needed.Contains(node)))
        {
            Consume(part);
            return true;
        }
        (int[] dims, DType dtype) = edge.Output == 0 ? (node.OutputDims, node.OutputDType) : node.FormOf(edge.Output);
        Tensor gradient = part.Gradient!;
        if (gradient.DType != dtype) return false;
        ref GradientSlot slot = ref SlotOf(node, edge.Output);
        if (edge.Output == 0 && view.Position is { } place && !gradient.IsTraced && gradient.Numel <= PendingParts.MostElements)
        {
            pending ??= new Dictionary<Node, PendingParts>(NodeSet.ByNumber.Instance);
            if (!pending.TryGetValue(node, out PendingParts? parts)) pending[node] = parts = new PendingParts(place.Axis);
            if (parts.Axis == place.Axis)
            {
                parts.Add(place.Index, view, part);
                return true;
            }
        }
        bool empty = slot.Gradient is null;
        if (!PartialGradients.TryAdd(ref slot.Gradient, slot.Owned, dims, gradient, view)) return false;
        slot.Owned |= empty;
        Consume(part);
        return true;
    }

    private void Add(ref GradientSlot slot, Tensor gradient, bool owned)
    {
        owned &= !createGraph;
        var arrived = new GradientSlot { Gradient = gradient, Owned = owned };
        if (slot.Gradient is null)
        {
            slot = arrived;
        }
        else if (slot.Owned && HasRoomFor(slot.Gradient, gradient))
        {
            VectorSpace.Current.AddInto(slot.Gradient.Underlying, gradient.Underlying);
            Consume(arrived);
        }
        else if (owned && HasRoomFor(gradient, slot.Gradient))
        {
            VectorSpace.Current.AddInto(gradient.Underlying, slot.Gradient.Underlying);
            Consume(slot);
            slot = arrived;
        }
        else
        {
            Tensor sum = VectorSpace.Current.Add(slot.Gradient, gradient);
            Consume(slot);
            Consume(arrived);
            slot = new GradientSlot { Gradient = sum, Owned = !createGraph };
        }
    }

    /// <summary>Whether one gradient can be added in the memory of another: both are numbers of the same items, each with a place of its own.</summary>
    private static bool HasRoomFor(Tensor target, Tensor gradient)
    {
        while (target.IsTraced || gradient.IsTraced)
        {
            // A program is rather told of a sum, which it can fuse.
            if (Recorder.Current is not null) return false;
            if ((target.Flags & TensorFlags.Traced) != TensorFlags.Batched || (gradient.Flags & TensorFlags.Traced) != TensorFlags.Batched) return false;
            BatchValue one = target.Extra!.Batch!, other = gradient.Extra!.Batch!;
            if (!ReferenceEquals(one.Level, other.Level)) return false;
            (target, gradient) = (one.Items, other.Items);
        }
        return target.IsContiguous || ItemsLast.IsWhole(target.Value);
    }

    /// <summary>Lends the memory of a gradient that was used for the last time to whoever comes next.</summary>
    public void Consume(in GradientSlot slot)
    {
        if (slot.Owned && !createGraph && slot.Gradient is { } gradient && BatchMode.IsNumbers(gradient) && !gradient.DType.IsComplex()) BufferPool.Return(gradient.Value.Storage);
    }

    /// <summary>Whether the pass records itself, so that what it computes is kept.</summary>
    public bool CreatesGraph => createGraph;
}
