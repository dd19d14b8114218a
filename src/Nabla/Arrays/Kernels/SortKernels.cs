using System.Numerics;

namespace Nabla;

/// <summary>Which element of a sorted row is meant.</summary>
internal enum Place
{
    /// <summary>The one at a given position.</summary>
    Kth,

    /// <summary>The middle one, the lower of two; a NaN if there is one.</summary>
    Median,

    /// <summary>The middle one of those that are not NaN.</summary>
    NanMedian,

    /// <summary>The most frequent one, the smallest of several such.</summary>
    Mode,
}

/// <summary>
/// The order of elements along the middle axis of a contiguous [outer, n, inner]. NaN counts as the largest; equal elements
/// keep their order.
/// </summary>
internal static unsafe class SortKernels
{
    /// <summary>y[o, i, j] = the position of the i-th element of the row in order.</summary>
    public static void ArgSort<T>(T* x, long* y, nint outer, nint n, nint inner, bool descending)
        where T : unmanaged, INumber<T>
    {
        var keys = new T[n];
        var order = new long[n];
        for (nint o = 0; o < outer; o++, x += n * inner, y += n * inner)
        {
            for (nint j = 0; j < inner; j++)
            {
                Order(x + j, inner, keys, order, descending);
                for (nint i = 0; i < n; i++) y[(i * inner) + j] = order[i];
            }
        }
    }

    /// <summary>y[o, j] = the position of one element of the row; n must not be 0.</summary>
    public static void Find<T>(T* x, long* y, nint outer, nint n, nint inner, Place place, int k)
        where T : unmanaged, INumber<T>
    {
        var keys = new T[n];
        var order = new long[n];
        for (nint o = 0; o < outer; o++, x += n * inner, y += inner)
        {
            for (nint j = 0; j < inner; j++)
            {
                int numbers = Order(x + j, inner, keys, order, descending: false);
                y[j] = order[place switch
                {
                    Place.Kth => k,
                    Place.Median => numbers < n ? numbers : (numbers - 1) / 2,
                    Place.NanMedian => Math.Max(0, numbers - 1) / 2,
                    _ => LongestRun<T>(keys),
                }];
            }
        }
    }

    /// <summary>Sorts the elements and their positions. Returns how many are not NaN.</summary>
    private static int Order<T>(T* x, nint step, Span<T> keys, Span<long> order, bool descending)
        where T : unmanaged, INumber<T>
    {
        int numbers = 0;
        for (int i = 0; i < keys.Length; i++)
            if (!T.IsNaN(x[i * step])) (keys[numbers], order[numbers++]) = (x[i * step], i);
        for (int i = 0, at = numbers; at < keys.Length; i++)
            if (T.IsNaN(x[i * step])) (keys[at], order[at++]) = (x[i * step], i);
        keys[..numbers].Sort(order[..numbers]);
        if (descending)
        {
            keys.Reverse();
            order.Reverse();
        }

        // The library's sort is not stable; equal keys lie together, so sorting their positions makes it so.
        for (int start = 0, end; start < keys.Length; start = end)
        {
            end = RunEnd<T>(keys, start);
            if (end - start > 1) order[start..end].Sort();
        }
        return numbers;
    }

    private static int RunEnd<T>(ReadOnlySpan<T> keys, int start)
        where T : unmanaged, INumber<T>
    {
        int end = start + 1;
        while (end < keys.Length && (keys[end] == keys[start] || (T.IsNaN(keys[end]) && T.IsNaN(keys[start])))) end++;
        return end;
    }

    // The last element of the longest run, the first of several such runs.
    private static int LongestRun<T>(ReadOnlySpan<T> keys)
        where T : unmanaged, INumber<T>
    {
        int best = 0, longest = 0;
        for (int start = 0, end; start < keys.Length; start = end)
        {
            end = RunEnd(keys, start);
            if (end - start > longest) (best, longest) = (end - 1, end - start);
        }
        return best;
    }
}
