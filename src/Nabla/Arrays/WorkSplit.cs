using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>Work that can be done range by range, in any order and on any thread.</summary>
internal interface IRangeWork
{
    /// <summary>Does the part from <paramref name="from"/> to before <paramref name="to"/>; it writes only places of its own.</summary>
    void Run(long from, long to);
}

/// <summary>
/// Splits a loop over threads. Which thread runs a range never influences a result: ranges write disjoint places, and
/// reductions cut their input into blocks whose size does not depend on the number of threads and combine them in order.
/// </summary>
/// <remarks>
/// One loop at a time is split. A loop met meanwhile, in a range of the first or on another thread of the program, runs on
/// the thread that met it: the processors are busy anyway. A call allocates nothing.
/// </remarks>
internal static unsafe class WorkSplit
{
    // More ranges than threads: one that comes late, or is slowed down by something else, leaves its share to the others.
    private const int RangesPerThread = 4;

    /// <summary>
    /// Runs the work for consecutive ranges that cover 0 … count. All ranges but the last are multiples of
    /// <paramref name="align"/> and hold at least <paramref name="grain"/> units; where that makes one range only, the calling
    /// thread does it. An exception in a range comes back to the caller when no range runs any more.
    /// </summary>
    public static void Run<TWork>(long count, long grain, long align, TWork work)
        where TWork : struct, IRangeWork
    {
        if (count <= 0) return;
        int threads = Threads.Count;
        if (threads == 1 || count < 2 * grain || !WorkerTeam.TryTake())
        {
            work.Run(0, count);
            return;
        }
        try
        {
            long ranges = Math.Min((long)threads * RangesPerThread, count / grain);
            long length = (count + ranges - 1) / ranges;
            length = (length + align - 1) / align * align;
            ranges = (count + length - 1) / length;

            // The copy on this thread's stack stays where it is while the others read it.
            WorkerTeam.Run(&Invoke<TWork>, Unsafe.AsPointer(ref work), count, length, (int)Math.Min(threads, ranges) - 1);
        }
        finally
        {
            WorkerTeam.Release();
        }
    }

    /// <summary>The same for a delegate; its closure is the caller's to allocate.</summary>
    public static void Run(long count, long grain, long align, Action<long, long> work) => Run(count, grain, align, new DelegateWork(work));

    private static void Invoke<TWork>(void* work, long from, long to)
        where TWork : struct, IRangeWork => Unsafe.AsRef<TWork>(work).Run(from, to);

    private readonly struct DelegateWork(Action<long, long> work) : IRangeWork
    {
        public void Run(long from, long to) => work(from, to);
    }
}
