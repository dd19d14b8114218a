using System.Numerics;

namespace Nabla;

/// <summary>
/// Reads and adds at positions given by a tensor of indices, along the middle axis of contiguous [outer, n, inner] buffers.
/// </summary>
/// <remarks>
/// Indices lie in [0, n); <see cref="FirstOutside"/> finds one that does not, for the caller's error. Additions at the same
/// place happen in the order of the indices, so results do not depend on anything else.
/// </remarks>
internal static unsafe class IndexKernels
{
    /// <summary>The position of the first index outside [0, <paramref name="n"/>), or -1.</summary>
    public static nint FirstOutside(long* index, nint count, nint n)
    {
        for (nint i = 0; i < count; i++)
            if ((ulong)index[i] >= (ulong)n) return i;
        return -1;
    }

    /// <summary>y[o, i, :] = x[o, index[i], :]; x is [outer, n, inner], y is [outer, count, inner].</summary>
    public static void IndexSelect<T>(T* x, long* index, T* y, nint outer, nint n, nint count, nint inner)
        where T : unmanaged
    {
        for (nint o = 0; o < outer; o++, x += n * inner)
        {
            if (inner == 1)
            {
                for (nint i = 0; i < count; i++) y[i] = x[index[i]];
                y += count;
                continue;
            }

            for (nint i = 0; i < count; i++, y += inner)
            {
                T* from = x + (nint)index[i] * inner;
                if (inner < 8)
                    for (nint j = 0; j < inner; j++) y[j] = from[j];
                else
                    Buffer.MemoryCopy(from, y, inner * sizeof(T), inner * sizeof(T));
            }
        }
    }

    /// <summary>y[o, index[i], :] += x[o, i, :]; the transpose of <see cref="IndexSelect"/>. x is [outer, count, inner], y is [outer, n, inner].</summary>
    public static void IndexAdd<T>(T* x, long* index, T* y, nint outer, nint n, nint count, nint inner)
        where T : unmanaged, INumber<T>
    {
        for (nint o = 0; o < outer; o++, y += n * inner)
        {
            for (nint i = 0; i < count; i++, x += inner)
            {
                T* to = y + (nint)index[i] * inner;
                nint j = 0;
                for (; j + Vector<T>.Count <= inner; j += Vector<T>.Count)
                    Vector.Store(Vector.Load(to + j) + Vector.Load(x + j), to + j);
                for (; j < inner; j++) to[j] += x[j];
            }
        }
    }

    /// <summary>y[o, index[i], :] = x[o, i, :], the last of several winning. x is [outer, count, inner], y is [outer, n, inner].</summary>
    public static void IndexCopy<T>(T* x, long* index, T* y, nint outer, nint n, nint count, nint inner)
        where T : unmanaged
    {
        for (nint o = 0; o < outer; o++, y += n * inner)
        {
            for (nint i = 0; i < count; i++, x += inner)
            {
                T* to = y + (nint)index[i] * inner;
                if (inner < 8)
                    for (nint j = 0; j < inner; j++) to[j] = x[j];
                else
                    Buffer.MemoryCopy(x, to, inner * sizeof(T), inner * sizeof(T));
            }
        }
    }

    /// <summary>
    /// Zeros y[o, i, j] unless i is the last that names its place: what <see cref="IndexCopy"/> (one index for all o and j) or
    /// <see cref="Scatter"/> (an index for each) would overwrite. y is [outer, count, inner].
    /// </summary>
    public static void ZeroOverwritten<T>(T* y, long* index, bool forEach, nint outer, nint n, nint count, nint inner)
        where T : unmanaged
    {
        nint across = forEach ? inner : 1;
        var last = new nint[n * across];
        for (nint o = 0; o < outer; o++, y += count * inner)
        {
            if (o == 0 || forEach)
            {
                for (nint i = 0; i < count; i++)
                    for (nint j = 0; j < across; j++) last[(nint)index[i * across + j] * across + j] = i;
            }

            for (nint i = 0; i < count; i++)
                for (nint j = 0; j < inner; j++)
                {
                    nint k = forEach ? j : 0;
                    if (last[(nint)index[i * across + k] * across + k] != i) y[i * inner + j] = default;
                }
            if (forEach) index += count * inner;
        }
    }

    /// <summary>y[o, i, j] = x[o, index[o, i, j], j]; x is [outer, n, inner], index and y are [outer, count, inner].</summary>
    public static void Gather<T>(T* x, long* index, T* y, nint outer, nint n, nint count, nint inner)
        where T : unmanaged
    {
        for (nint o = 0; o < outer; o++, x += n * inner)
        {
            for (nint i = 0; i < count; i++, index += inner, y += inner)
                for (nint j = 0; j < inner; j++) y[j] = x[(nint)index[j] * inner + j];
        }
    }

    /// <summary>y[o, index[o, i, j], j] = x[o, i, j], the last of several winning; index and x are [outer, count, inner], y is [outer, n, inner].</summary>
    public static void Scatter<T>(T* x, long* index, T* y, nint outer, nint n, nint count, nint inner)
        where T : unmanaged
    {
        for (nint o = 0; o < outer; o++, y += n * inner)
        {
            for (nint i = 0; i < count; i++, index += inner, x += inner)
                for (nint j = 0; j < inner; j++) y[(nint)index[j] * inner + j] = x[j];
        }
    }

    /// <summary>y[o, index[o, i, j], j] += x[o, i, j]; the transpose of <see cref="Gather"/>.</summary>
    public static void ScatterAdd<T>(T* x, long* index, T* y, nint outer, nint n, nint count, nint inner)
        where T : unmanaged, INumber<T>
    {
        for (nint o = 0; o < outer; o++, y += n * inner)
        {
            for (nint i = 0; i < count; i++, index += inner, x += inner)
                for (nint j = 0; j < inner; j++) y[(nint)index[j] * inner + j] += x[j];
        }
    }
}
