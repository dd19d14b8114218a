using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// Copies elements of 1, 4, 8 or 16 bytes between any two layouts of one shape.
/// </summary>
/// <remarks>
/// Strides are in elements and may be 0 (an expanded source) or negative (a flipped one); pointers are at the first element.
/// Contiguous runs are block copies, repeated elements are fills, and where the two layouts are contiguous along different
/// axes the copy goes by square tiles, so that both sides use whole cache lines. Source and destination must not overlap.
/// </remarks>
internal static unsafe class StridedCopy
{
    private const int Tile = 32;

    /// <summary>From so many bytes on, several threads share a copy.</summary>
    private const int ParallelBytes = 1 << 18;

    /// <summary>Copies all elements of <paramref name="shape"/>.</summary>
    public static void Copy(byte* source, byte* destination, int elementSize, ReadOnlySpan<int> shape, ReadOnlySpan<nint> sourceStrides, ReadOnlySpan<nint> destinationStrides)
    {
        if (shape.Contains(0)) return;
        switch (elementSize)
        {
            case 1:
                Copy(source, destination, shape, sourceStrides, destinationStrides);
                break;
            case 4:
                Copy((uint*)source, (uint*)destination, shape, sourceStrides, destinationStrides);
                break;
            case 8:
                Copy((ulong*)source, (ulong*)destination, shape, sourceStrides, destinationStrides);
                break;
            case 16:
                Copy((UInt128*)source, (UInt128*)destination, shape, sourceStrides, destinationStrides);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(elementSize), elementSize, "Copy: elements have 1, 4, 8 or 16 bytes.");
        }
    }

    [SkipLocalsInit]
    private static void Copy<T>(T* source, T* destination, ReadOnlySpan<int> shape, ReadOnlySpan<nint> sourceStrides, ReadOnlySpan<nint> destinationStrides)
        where T : unmanaged
    {
        Span<nint> room = stackalloc nint[3 * Strides.MaxAxes];
        Strides loops = new(shape, sourceStrides, destinationStrides, room);
        if (loops.Axes == 0)
        {
            *destination = *source;
            return;
        }

        int last = loops.Axes - 1;
        int across = -1;
        if (loops.Source[last] is not (0 or 1) && loops.Destination[last] == 1)
            for (int axis = 0; axis < last; axis++)
                if (loops.Source[axis] == 1) across = axis;
        nint total = sizeof(T);
        for (int axis = 0; axis < loops.Axes; axis++) total *= loops.Shape[axis];
        if (total < ParallelBytes)
        {
            Walk(source, destination, loops, 0, across);
            return;
        }

        // Along the first axis, which for a transposition may be the one that it is transposed with.
        fixed (nint* numbers = room)
        {
            nint length = loops.Shape[0];
            nint align = loops.Axes == 1 ? 64 / sizeof(T) : across == 0 ? Tile : 1;
            WorkSplit.Run(length, nint.Max(1, ParallelBytes / 2 / (total / length)), align, new Slab<T>(source, destination, numbers, loops.Axes, across));
        }
    }

    /// <summary>A part of the first axis.</summary>
    private readonly struct Slab<T>(T* source, T* destination, nint* numbers, int axes, int across) : IRangeWork
        where T : unmanaged
    {
        /// <inheritdoc/>
        public void Run(long from, long to)
        {
            Span<nint> room = stackalloc nint[3 * Strides.MaxAxes];
            new ReadOnlySpan<nint>(numbers, room.Length).CopyTo(room);
            Strides loops = new(room, axes);
            loops.Shape[0] = (nint)(to - from);
            Walk(source + ((nint)from * loops.Source[0]), destination + ((nint)from * loops.Destination[0]), loops, 0, across);
        }
    }

    // Loops over the outer axes down to the last one, or to the last and the one it is transposed with.
    private static void Walk<T>(T* source, T* destination, in Strides loops, int axis, int across)
        where T : unmanaged
    {
        int last = loops.Axes - 1;
        if (axis == across)
        {
            Walk(source, destination, loops, axis + 1, across);
            return;
        }

        if (axis < last)
        {
            for (nint i = 0; i < loops.Shape[axis]; i++)
                Walk(source + i * loops.Source[axis], destination + i * loops.Destination[axis], loops, axis + 1, across);
        }
        else if (across >= 0)
        {
            Transpose(source, loops.Source[last], destination, loops.Destination[across], loops.Shape[across], loops.Shape[last]);
        }
        else
        {
            Run(source, loops.Source[last], destination, loops.Destination[last], loops.Shape[last]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<T>(T* source, nint sourceStride, T* destination, nint destinationStride, nint count)
        where T : unmanaged
    {
        if (sourceStride == 1 && destinationStride == 1)
        {
            // A call costs more than a short run.
            if (count < 8)
                for (nint i = 0; i < count; i++) destination[i] = source[i];
            else
                Buffer.MemoryCopy(source, destination, count * sizeof(T), count * sizeof(T));
        }
        else if (sourceStride == 0 && destinationStride == 1)
        {
            T value = *source;
            nint i = 0;
            const int most = 1 << 28;
            for (; i < count; i += most) new Span<T>(destination + i, (int)nint.Min(most, count - i)).Fill(value);
        }
        else
        {
            for (nint i = 0; i < count; i++, source += sourceStride, destination += destinationStride) *destination = *source;
        }
    }

    // destination[i * destinationRow + j] = source[i + j * sourceColumn], rows and columns counted at the destination.
    private static void Transpose<T>(T* source, nint sourceColumn, T* destination, nint destinationRow, nint rows, nint columns)
        where T : unmanaged
    {
        for (nint i = 0; i < rows; i += Tile)
        {
            nint rowEnd = nint.Min(i + Tile, rows);
            for (nint j = 0; j < columns; j += Tile)
                TransposeTile(source + i + j * sourceColumn, sourceColumn, destination + i * destinationRow + j, destinationRow, rowEnd - i, nint.Min(Tile, columns - j));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeTile<T>(T* source, nint sourceColumn, T* destination, nint destinationRow, nint rows, nint columns)
        where T : unmanaged
    {
        for (nint i = 0; i < rows; i++)
        {
            T* row = destination + i * destinationRow;
            T* from = source + i;
            for (nint j = 0; j < columns; j++, from += sourceColumn) row[j] = *from;
        }
    }
}
