namespace Nabla;

/// <summary>
/// The loops of a copy between two strided layouts of one shape, reduced to as few as there need be.
/// </summary>
/// <remarks>
/// Elements may be visited in any order, so axes of one element are dropped, axes are sorted by the destination's stride, and
/// two axes that step like one are joined. The last axis is then the destination's tightest: 1 where it is contiguous.
/// </remarks>
internal ref struct Strides
{
    /// <summary>The most axes a layout may have.</summary>
    public const int MaxAxes = 32;

    /// <summary>Elements along each remaining axis.</summary>
    public readonly Span<nint> Shape;

    /// <summary>The source's step along each remaining axis, in elements.</summary>
    public readonly Span<nint> Source;

    /// <summary>The destination's step along each remaining axis, in elements.</summary>
    public readonly Span<nint> Destination;

    /// <summary>Axes that remain; 0 for a single element.</summary>
    public int Axes;

    /// <summary>Reduces the loops. <paramref name="room"/> holds 3 × <see cref="MaxAxes"/> numbers.</summary>
    public Strides(ReadOnlySpan<int> shape, ReadOnlySpan<nint> source, ReadOnlySpan<nint> destination, Span<nint> room)
    {
        Shape = room[..MaxAxes];
        Source = room.Slice(MaxAxes, MaxAxes);
        Destination = room.Slice(2 * MaxAxes, MaxAxes);
        Axes = 0;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            if (shape[axis] == 1) continue;
            Shape[Axes] = shape[axis];
            Source[Axes] = source[axis];
            Destination[Axes] = destination[axis];
            Axes++;
        }

        Sort();
        Join();
    }

    /// <summary>Loops that were reduced before, of which <paramref name="room"/> holds a copy.</summary>
    public Strides(Span<nint> room, int axes)
    {
        Shape = room[..MaxAxes];
        Source = room.Slice(MaxAxes, MaxAxes);
        Destination = room.Slice(2 * MaxAxes, MaxAxes);
        Axes = axes;
    }

    // Insertion: few axes, and nearly always in order.
    private readonly void Sort()
    {
        for (int i = 1; i < Axes; i++)
        {
            for (int j = i; j > 0 && Looser(j, j - 1); j--)
            {
                (Shape[j], Shape[j - 1]) = (Shape[j - 1], Shape[j]);
                (Source[j], Source[j - 1]) = (Source[j - 1], Source[j]);
                (Destination[j], Destination[j - 1]) = (Destination[j - 1], Destination[j]);
            }
        }
    }

    private readonly bool Looser(int i, int j)
    {
        nint x = nint.Abs(Destination[i]), y = nint.Abs(Destination[j]);
        return x > y || (x == y && nint.Abs(Source[i]) > nint.Abs(Source[j]));
    }

    private void Join()
    {
        int last = 0;
        for (int axis = 1; axis < Axes; axis++)
        {
            if (Source[last] == Shape[axis] * Source[axis] && Destination[last] == Shape[axis] * Destination[axis])
            {
                Shape[last] *= Shape[axis];
            }
            else
            {
                last++;
                Shape[last] = Shape[axis];
            }

            Source[last] = Source[axis];
            Destination[last] = Destination[axis];
        }

        if (Axes > 0) Axes = last + 1;
    }
}
