namespace Nabla;

/// <summary>A kernel along the middle axis of [outer, n, inner] that treats each index of the outer axis by itself.</summary>
internal unsafe interface IAxisRange<T, TResult>
    where T : unmanaged
    where TResult : unmanaged
{
    void Run(T* x, TResult* y, nint outer, nint n, nint inner);
}

/// <summary>Shares the outer axis of such a kernel among threads.</summary>
internal static unsafe class AxisWork
{
    /// <summary>From so many elements on, several threads share them.</summary>
    public const int ParallelSize = 1 << 16;

    /// <summary>The least elements that a thread takes.</summary>
    public const int Grain = 1 << 15;

    /// <summary>Runs a kernel.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="x">What it reads, contiguous.</param>
    /// <param name="y">Its results.</param>
    /// <param name="outer">The indices that are shared.</param>
    /// <param name="n">The length of the axis that it runs along.</param>
    /// <param name="inner">The elements behind each index of that axis.</param>
    /// <param name="results">The results for each outer index.</param>
    public static void Run<T, TResult, TKernel>(TKernel kernel, T* x, TResult* y, nint outer, nint n, nint inner, nint results)
        where T : unmanaged
        where TResult : unmanaged
        where TKernel : struct, IAxisRange<T, TResult>
    {
        nint size = n * inner;

        // Few long ones are rather shared within each, by kernels that can.
        if (outer < 2 || size * outer < ParallelSize || (outer < 2 * Threads.Count && size >= 2 * ParallelSize)) kernel.Run(x, y, outer, n, inner);
        else WorkSplit.Run(outer, nint.Max(1, Grain / nint.Max(1, size)), 1, new Outer<T, TResult, TKernel>(kernel, x, y, n, inner, results));
    }

    private readonly struct Outer<T, TResult, TKernel>(TKernel kernel, T* x, TResult* y, nint n, nint inner, nint results) : IRangeWork
        where T : unmanaged
        where TResult : unmanaged
        where TKernel : struct, IAxisRange<T, TResult>
    {
        /// <inheritdoc/>
        public void Run(long from, long to) => kernel.Run(x + ((nint)from * n * inner), y + ((nint)from * results), (nint)(to - from), n, inner);
    }
}
