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
        if (dims.Contains(0)) return;
        Span<nint> room = stackalloc nint[3 * Strides.MaxAxes];
        Span<nint> targetSteps = stackalloc nint[dims.Length], sourceSteps = stackalloc nint[dims.Length];
        for (int i = 0; i < dims.Length; i++) (targetSteps[i], sourceSteps[i]) = (targetStrides[i], sourceStrides[i]);
        Strides loops = new(dims, sourceSteps, targetSteps, room);
        if (loops.Axes == 0)
        {
            *target += *source;
            return;
        }

        int last = loops.Axes - 1;
        nint run = loops.Shape[last], toStep = loops.Destination[last], fromStep = loops.Source[last];
        Span<nint> index = stackalloc nint[loops.Axes];
        index.Clear();
        while (true)
        {
            if (toStep == 1 && fromStep == 1 && run >= VectorRun)
            {
                var sum = new Span<T>(target, (int)run);
                TensorPrimitives.Add(sum, new ReadOnlySpan<T>(source, (int)run), sum);
            }
            else
            {
                for (nint i = 0; i < run; i++) target[i * toStep] += source[i * fromStep];
            }

            int axis = last - 1;
            for (; axis >= 0; axis--)
            {
                target += loops.Destination[axis];
                source += loops.Source[axis];
                if (++index[axis] < loops.Shape[axis]) break;
                target -= loops.Destination[axis] * loops.Shape[axis];
                source -= loops.Source[axis] * loops.Shape[axis];
                index[axis] = 0;
            }
            if (axis < 0) return;
        }
    }
}
