using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>
/// The threads that help with split loops. They claim ranges from a common counter, wait for the next loop awake for a short
/// while, since operations follow each other closely, and then sleep.
/// </summary>
/// <remarks>
/// The caller claims ranges from the first on, every other worker from the last back: so of two threads each works on the same part of
/// memory in one loop after another, and finds it in its own caches.
/// A loop is published by opening places. A worker that takes a place may read what the loop is; the caller, once the ranges
/// are all claimed, closes the places that nobody took and waits for those who did. A worker that comes too late finds no
/// place and has touched nothing. Whoever joins wakes two sleepers while places are open, so that many wake quickly.
/// </remarks>
internal static unsafe class WorkerTeam
{
    /// <summary>How long a worker waits awake for the next loop: longer than the gap between two operations.</summary>
    private const double AwakeMicroseconds = 50;

    private static readonly long AwakeTicks = (long)(AwakeMicroseconds * 1e-6 * Stopwatch.Frequency);

    // Each on a cache line of its own: they are written by different threads.
    [StructLayout(LayoutKind.Explicit, Size = 5 * 128)]
    private struct Counters
    {
        [FieldOffset(0)] public int Taken;
        [FieldOffset(128)] public int Places;
        [FieldOffset(256)] public long Next;
        [FieldOffset(384)] public int Finished;
        [FieldOffset(512)] public int Asleep;
    }

    private static Counters counters;
    private static Worker[] workers = [];

    // The loop. Written before places open, read only by those who have one.
    private static delegate*<void*, long, long, void> invoke;
    private static void* work;
    private static long count;
    private static long length;
    private static int ranges;
    private static ExceptionDispatchInfo? failure;

    /// <summary>Takes the team for one loop, if it is free.</summary>
    public static bool TryTake() => Volatile.Read(ref counters.Taken) == 0 && Interlocked.Exchange(ref counters.Taken, 1) == 0;

    public static void Release() => Volatile.Write(ref counters.Taken, 0);

    /// <summary>Runs all ranges of a loop on this thread and on up to <paramref name="helpers"/> workers.</summary>
    public static void Run(delegate*<void*, long, long, void> invoke, void* work, long count, long length, int helpers)
    {
        if (workers.Length < helpers) Grow(helpers);
        WorkerTeam.invoke = invoke;
        WorkerTeam.work = work;
        WorkerTeam.count = count;
        WorkerTeam.length = length;
        ranges = (int)((count + length - 1) / length);
        counters.Next = 0;
        counters.Finished = 0;
        Interlocked.Exchange(ref counters.Places, helpers);
        WakeTwo();
        RunRanges(fromBack: false);

        int joined = helpers - Interlocked.Exchange(ref counters.Places, 0);
        var wait = new SpinWait();
        while (Volatile.Read(ref counters.Finished) != joined) wait.SpinOnce(sleep1Threshold: -1);
        if (failure is not { } thrown) return;
        failure = null;
        thrown.Throw();
    }

    private static void RunRanges(bool fromBack)
    {
        try
        {
            while (true)
            {
                // The lower half counts those claimed from the front, the upper half those from the back.
                long claimed = Interlocked.Add(ref counters.Next, fromBack ? 1L << 32 : 1);
                int front = (int)claimed, back = (int)(claimed >> 32);
                if (front + back > ranges) return;
                long from = length * (fromBack ? ranges - back : front - 1);
                invoke(work, from, Math.Min(from + length, count));
            }
        }
        catch (Exception thrown)
        {
            Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(thrown), null);
            Volatile.Write(ref counters.Next, ranges);
        }
    }

    private static void Grow(int helpers)
    {
        var more = new Worker[helpers];
        workers.CopyTo(more, 0);
        for (int i = workers.Length; i < helpers; i++) more[i] = new Worker(fromBack: i % 2 == 0);
        Volatile.Write(ref workers, more);
    }

    private static bool TryJoin()
    {
        int open = Volatile.Read(ref counters.Places);
        while (open > 0)
        {
            int found = Interlocked.CompareExchange(ref counters.Places, open - 1, open);
            if (found == open) return true;
            open = found;
        }
        return false;
    }

    private static void WakeTwo()
    {
        int woken = 0;
        if (Volatile.Read(ref counters.Asleep) == 0) return;
        foreach (Worker worker in Volatile.Read(ref workers))
        {
            if (Volatile.Read(ref counters.Places) == 0) return;
            if (worker.TryWake() && ++woken == 2) return;
        }
    }

    /// <summary>One thread of the team.</summary>
    private sealed class Worker
    {
        private readonly object gate = new();
        private readonly bool fromBack;
        private bool asleep;

        public Worker(bool fromBack)
        {
            this.fromBack = fromBack;
            var thread = new Thread(Loop) { IsBackground = true, Name = "Nabla worker" };
            thread.UnsafeStart();
        }

        /// <summary>Wakes the thread if it sleeps.</summary>
        public bool TryWake()
        {
            if (!Volatile.Read(ref asleep)) return false;
            lock (gate)
            {
                if (!asleep) return false;
                asleep = false;
                Interlocked.Decrement(ref counters.Asleep);
                Monitor.Pulse(gate);
                return true;
            }
        }

        private void Loop()
        {
            while (true)
            {
                AwaitPlace();
                if (!TryJoin()) continue;
                WakeTwo();
                RunRanges(fromBack);
                Interlocked.Increment(ref counters.Finished);
            }
        }

        private void AwaitPlace()
        {
            // More threads than processors must not take time from those that work.
            long until = Stopwatch.GetTimestamp() + (Threads.Count <= Environment.ProcessorCount ? AwakeTicks : 0);
            do
            {
                for (int i = 0; i < 16; i++)
                {
                    if (Volatile.Read(ref counters.Places) > 0) return;
                    Thread.SpinWait(1);
                }
            }
            while (Stopwatch.GetTimestamp() < until);

            Sleep();
        }

        private void Sleep()
        {
            lock (gate)
            {
                // First say so, then look once more: a caller opens places first and then looks who sleeps.
                asleep = true;
                Interlocked.Increment(ref counters.Asleep);
                if (Volatile.Read(ref counters.Places) > 0)
                {
                    asleep = false;
                    Interlocked.Decrement(ref counters.Asleep);
                }
                while (asleep) Monitor.Wait(gate);
            }
        }
    }
}
