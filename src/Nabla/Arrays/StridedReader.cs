using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla;

/// <summary>
/// Reads stretches of a broadcast array in row-major order of the larger shape, whatever its strides and type. Adjacent axes
/// that lie evenly in memory are merged first, so that the inner loop is as long as it can be.
/// </summary>
internal sealed unsafe class StridedReader
{
    private const int ShortRow = 8;

    private readonly DType type;
    private readonly int[] dims;
    private readonly int[] strides;

    /// <summary>The reader of an array of the given type that steps like this along the axes of a shape, from its first element.</summary>
    public StridedReader(DType type, nint[] shape, nint[] steps)
    {
        this.type = type;
        nint[][] walked = [steps];
        nint[] merged = LoopAxes.Merge(Array.ConvertAll(shape, length => (int)length), walked);
        dims = merged.Length == 0 ? [1] : Array.ConvertAll(merged, length => (int)length);
        strides = merged.Length == 0 ? [0] : Array.ConvertAll(walked[0], step => (int)step);
    }

    /// <summary>Copies elements start … start+count-1 to a buffer, converted to its type.</summary>
    public void Read<T>(byte* data, int start, int count, T* target)
        where T : unmanaged
    {
        switch (type)
        {
            case DType.Float32: Read((float*)data, start, count, target); break;
            case DType.Float64: Read((double*)data, start, count, target); break;
            case DType.Int64: Read((long*)data, start, count, target); break;
            case DType.Int32: Read((int*)data, start, count, target); break;
            default: Read<byte, T>(data, start, count, target); break; // named: the method itself takes a byte* too
        }
    }

    private void Read<TSource, T>(TSource* data, int start, int count, T* target)
        where TSource : unmanaged
        where T : unmanaged
    {
        int last = dims.Length - 1;
        int* index = stackalloc int[dims.Length];
        int position = 0;
        for (int axis = last, rest = start; axis >= 0; axis--)
        {
            index[axis] = rest % dims[axis];
            rest /= dims[axis];
            position += index[axis] * strides[axis];
        }
        int inner = strides[last];
        while (true)
        {
            // Many short rows, evenly spaced: the most frequent form of broadcasting and slicing.
            if (last > 0 && dims[last] <= ShortRow && index[last] == 0 && Math.Min(dims[last - 1] - index[last - 1], count / dims[last]) is var rows && rows > 1)
            {
                ShortRows(data + position, strides[last - 1], inner, rows, dims[last], target);
                target += rows * dims[last];
                count -= rows * dims[last];
                if (count == 0) return;
                position += (rows - 1) * strides[last - 1];
                index[last - 1] += rows - 1;
                NextRow(index, ref position);
                continue;
            }
            int run = Math.Min(dims[last] - index[last], count);
            TSource* source = data + position;
            if (typeof(TSource) == typeof(T) && inner == 1) new ReadOnlySpan<T>(source, run).CopyTo(new Span<T>(target, run));
            else if (inner == 0) Repeat(Cast.To<TSource, T>(*source), target, run, count);
            else if (typeof(TSource) == typeof(byte) && typeof(T) == typeof(float) && inner == 1) TruthValues.Widen((byte*)source, (float*)target, run);
            else
                for (int i = 0; i < run; i++) target[i] = Cast.To<TSource, T>(source[i * inner]);
            target += run;
            count -= run;
            if (count == 0) return;

            position -= index[last] * inner;
            index[last] = 0;
            NextRow(index, ref position);
        }
    }

    private void NextRow(int* index, ref int position)
    {
        for (int axis = dims.Length - 2; axis >= 0; axis--)
        {
            position += strides[axis];
            if (++index[axis] < dims[axis]) return;
            position -= dims[axis] * strides[axis];
            index[axis] = 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ShortRows<TSource, T>(TSource* source, nint row, nint step, int rows, int length, T* target)
        where TSource : unmanaged
        where T : unmanaged
    {
        int lanes = Vector256<T>.Count;
        if (step == 0 && length <= 2 * lanes)
        {
            // Whole vectors each time; what is too much is written over by the next.
            for (; rows > 2 * lanes; rows--, source += row, target += length)
            {
                Vector256<T> all = Vector256.Create(Cast.To<TSource, T>(*source));
                all.Store(target);
                if (length > lanes) all.Store(target + lanes);
            }
        }
        else if (typeof(TSource) == typeof(T) && step == 1 && row > 0 && length <= lanes)
        {
            // The same; what is read behind a row belongs to later ones.
            for (; rows > 2 * lanes; rows--, source += row, target += length) Vector256.Load((T*)source).Store(target);
        }
        for (; rows > 0; rows--, source += row, target += length)
            for (int i = 0; i < length; i++) target[i] = Cast.To<TSource, T>(source[i * step]);
    }

    /// <summary>Writes a number so many times; up to <paramref name="room"/> the memory behind is written later.</summary>
    private static void Repeat<T>(T value, T* target, int times, int room)
        where T : unmanaged
    {
        int lanes = Vector256<T>.Count;
        if (times > 4 * lanes || times + lanes > room)
        {
            new Span<T>(target, times).Fill(value);
            return;
        }
        Vector256<T> all = Vector256.Create(value);
        for (int i = 0; i < times; i += lanes) all.Store(target + i);
    }
}
