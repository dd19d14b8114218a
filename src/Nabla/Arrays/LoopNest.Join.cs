using System.Buffers;
using Nabla.Symbolics;

namespace Nabla;

// Joins the results of units.
internal sealed unsafe partial class LoopNest
{
    /// <summary>Makes the elements of a folded output from the results of its units.</summary>
    private void Join<T>(int index, T* parts, T* target)
        where T : unmanaged
    {
        bool alongRows = sinks[index].Kind == LoopSinkKind.Row;
        LoopFold fold = sinks[index].Fold;
        Operand output = outputs[index];

        // A line is a result of `length` numbers; lines that share a place are joined.
        nint lines = outerCount * (alongRows ? rows : groups), length = alongRows ? 1 : inner, spread = alongRows ? blocks : inner;
        if (alongRows && blocks > 1)
            for (nint line = 0; line < lines; line++) LoopFolds.JoinAll(fold, parts + (line * blocks), blocks);

        int axes = outer.Length + 1;
        Span<nint> sizes = stackalloc nint[axes];
        Span<nint> steps = stackalloc nint[axes];
        outer.CopyTo(sizes);
        output.Outer.CopyTo(steps);
        (sizes[^1], steps[^1]) = alongRows ? (rows, output.Row) : (groups, 0);
        nint kept = 1, folded = 1;
        for (int axis = 0; axis < axes; axis++)
        {
            if (steps[axis] == 0) folded *= sizes[axis];
            else kept *= sizes[axis];
        }
        nint[] shared = ArrayPool<nint>.Shared.Rent(checked((int)folded));
        for (nint k = 0; k < kept; k++)
        {
            (nint place, nint first) = (0, 0);
            for (int axis = axes - 1, one = 1; axis >= 0; axis--)
            {
                if (steps[axis] == 0) continue;
                nint i = k / one % sizes[axis];
                place += i * steps[axis];
                first += i * LineStep(sizes, axis);
                one *= (int)sizes[axis];
            }
            for (nint f = 0; f < folded; f++)
            {
                nint line = first, rest = f;
                for (int axis = axes - 1; axis >= 0; axis--)
                {
                    if (steps[axis] != 0) continue;
                    line += rest % sizes[axis] * LineStep(sizes, axis);
                    rest /= sizes[axis];
                }
                shared[f] = line;
            }
            for (nint count = folded; count > 1; count = (count + 1) / 2)
            {
                for (nint i = 0; i < count / 2; i++)
                {
                    LoopFolds.Into(fold, parts + (shared[2 * i] * spread), parts + (shared[(2 * i) + 1] * spread), length);
                    shared[i] = shared[2 * i];
                }
                if (count % 2 != 0) shared[count / 2] = shared[count - 1];
            }
            T* result = parts + (shared[0] * spread);
            for (nint j = 0; j < length; j++) target[place + (j * (alongRows ? 0 : output.Inner))] = result[j];
        }
        ArrayPool<nint>.Shared.Return(shared);
    }

    private static nint LineStep(ReadOnlySpan<nint> sizes, int axis)
    {
        nint step = 1;
        for (int i = axis + 1; i < sizes.Length; i++) step *= sizes[i];
        return step;
    }

    /// <summary>Gives the elements of a folded output the result over no elements.</summary>
    private void FillNeutral<T>(int index, T* target)
        where T : unmanaged
    {
        T neutral = LoopFolds.Neutral<T>(sinks[index].Fold);
        Operand output = outputs[index];
        for (nint at = 0; at < outerCount; at++)
        {
            if (IsRepeated(output, at)) continue;
            for (nint row = 0; row < (output.Row == 0 ? 1 : rows); row++)
            {
                T* first = target + output.Place(at, outer) + (row * output.Row);
                for (nint j = 0; j < (output.Inner == 0 ? 1 : inner); j++) first[j * output.Inner] = neutral;
            }
        }
    }

    /// <summary>Whether an operand is at the same place at an earlier index of the axes further out.</summary>
    private bool IsRepeated(Operand operand, nint at)
    {
        for (int axis = outer.Length - 1; axis >= 0; axis--)
        {
            if (operand.Outer[axis] == 0 && at % outer[axis] != 0) return true;
            at /= outer[axis];
        }
        return false;
    }
}
