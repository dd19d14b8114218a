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
        else if (slot.Gradient.IsTraced || gradient.IsTraced)
        {
            slot.Gradient = VectorSpace.Current.Add(slot.Gradient, gradient);
            slot.Owned = !createGraph;
        }
        else if (slot.Owned && slot.Gradient.IsContiguous)
        {
            VectorSpace.Current.AddInto(slot.Gradient, gradient);
            Consume(arrived);
        }
        else if (owned && gradient.IsContiguous)
        {
            VectorSpace.Current.AddInto(gradient, slot.Gradient);
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

    /// <summary>Lends the memory of a gradient that was used for the last time to whoever comes next.</summary>
    public void Consume(in GradientSlot slot)
    {
        if (slot.Owned && !createGraph && slot.Gradient is { IsTraced: false } gradient && !gradient.DType.IsComplex()) BufferPool.Return(gradient.Value.Storage);
    }

    /// <summary>Whether the pass records itself, so that what it computes is kept.</summary>
    public bool CreatesGraph => createGraph;
}
