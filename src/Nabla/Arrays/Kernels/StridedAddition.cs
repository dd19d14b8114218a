using System.Numerics;
using System.Numerics.Tensors;

namespace Nabla;

/// <summary>Adds an array to another in the other's memory, whatever the strides of both: gradients of parts of a tensor are collected so.</summary>
internal static unsafe class StridedAddition
{
    // Below this a vector loop costs more to enter than it saves.
    private const int VectorRun = 16;

    /// <summary>target += source.</summary>
    /// <param name="target">The first element that is added to.</param>
    /// <param name="source">The first element that is added.</param>
    /// <param name="dims">The lengths of the axes of both.</param>
    /// <param name="targetStrides">In elements.</param>
    /// <param name="sourceStrides">In elements.</param>
    public static void Add<T>(T* target, T* source, ReadOnlySpan<int> dims, ReadOnlySpan<int> targetStrides, ReadOnlySpan<int> sourceStrides)
        where T : unmanaged, INumber<T>
    {
        // Axes that follow one another in both are walked as one.
        Span<int> lengths = stackalloc int[dims.Length + 1], to = stackalloc int[dims.Length + 1], from = stackalloc int[dims.Length + 1];
        int rank = 0;
        for (int axis = 0; axis < dims.Length; axis++)
        {
            if (dims[axis] == 0) return;
            if (dims[axis] == 1) continue;
            if (rank > 0 && to[rank - 1] == targetStrides[axis] * dims[axis] && from[rank - 1] == sourceStrides[axis] * dims[axis])
            {
                lengths[rank - 1] *= dims[axis];
                (to[rank - 1], from[rank - 1]) = (targetStrides[axis], sourceStrides[axis]);
                continue;
            }
            (lengths[rank], to[rank], from[rank]) = (dims[axis], targetStrides[axis], sourceStrides[axis]);
            rank++;
        }
        if (rank == 0)
        {
            *target += *source;
            return;
        }

        int run = lengths[rank - 1], toStep = to[rank - 1], fromStep = from[rank - 1];
        Span<int> index = stackalloc int[rank];
        index.Clear();
        while (true)
        {
            if (toStep == 1 && fromStep == 1 && run >= VectorRun)
            {
                var sum = new Span<T>(target, run);
                TensorPrimitives.Add(sum, new ReadOnlySpan<T>(source, run), sum);
            }
            else
            {
                for (int i = 0; i < run; i++) target[(nint)i * toStep] += source[(nint)i * fromStep];
            }

            int axis = rank - 2;
            for (; axis >= 0; axis--)
            {
                target += to[axis];
                source += from[axis];
                if (++index[axis] < lengths[axis]) break;
                target -= (nint)to[axis] * lengths[axis];
                source -= (nint)from[axis] * lengths[axis];
                index[axis] = 0;
            }
            if (axis < 0) return;
        }
    }
}
