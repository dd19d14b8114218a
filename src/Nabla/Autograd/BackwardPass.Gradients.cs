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
