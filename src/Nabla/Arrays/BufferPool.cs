using System.Numerics;
using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>
/// Lends the memory of large storages and takes it back when they die, so that a loop works on the same few buffers instead
/// of fresh pages each time. Nobody disposes of anything: the pool holds the buffers strongly and the storages weakly, and
/// looks which storages the garbage collector has found dead.
/// </summary>
/// <remarks>
/// The collector sees only small objects and would let many large buffers pile up between two collections; so after every
/// <see cref="CollectEvery"/> bytes lent the pool asks for a collection of the youngest generation, which takes some tens
/// of microseconds, even if buffers are free: few buffers that stay in the cache are faster than many. What was in use at
/// such a moment grows older; when that has become much, the next generation is collected too. While most of what is lent
/// stays alive the pool asks less and less often. What is free beyond <see cref="KeepFree"/> bytes goes back to the runtime.
/// </remarks>
internal static class BufferPool
{
    /// <summary>Smaller buffers are ordinary objects: the collector is faster than the pool for them.</summary>
    public const int SmallestPooled = 1 << 16;

    private const long CollectEvery = 8L << 20;
    private const long LongestPatience = 256L << 20;
    private const long KeepFree = 256L << 20;

    private static readonly Lock Gate = new();
    private static readonly List<(GCHandle Storage, byte[] Buffer)> Lent = [];
    private static readonly Dictionary<int, Stack<byte[]>> Free = [];
    private static long freeBytes;
    private static long lentSinceCollection;
    private static long lentBytes;
    private static long lentAfterOlder;
    private static long patience = CollectEvery;
    private static int collectionsSeen;

    // ---- when it is safe to look ------------------------------------------------------------------------------------
    //
    // A kernel holds the bytes of its arrays, not their storages: while one runs, a storage may be found dead whose bytes
    // are still being read. So dead storages are looked for only where a thread begins an operation (its inputs are held by
    // the caller, nothing else is in use yet) and no other thread is inside one.

    [ThreadStatic]
    private static int depth;

    private static int active;

    /// <summary>Begins work on large arrays; what died before may be lent again.</summary>
    public static void Enter()
    {
        if (depth++ > 0) return;
        Interlocked.Increment(ref active);
        Tidy();
    }

    /// <summary>Ends work on large arrays.</summary>
    public static void Exit()
    {
        if (--depth == 0) Interlocked.Decrement(ref active);
    }

    private static void Tidy()
    {
        // Read without the lock: a stale value only means to look one operation later.
        if (Volatile.Read(ref lentSinceCollection) == 0) return;
        lock (Gate)
        {
            // A thread that begins after this has to wait here for its first buffer.
            if (Volatile.Read(ref active) != 1) return;
            if (lentSinceCollection >= patience) Collect();
            else if (GC.CollectionCount(0) != collectionsSeen) Reclaim();
        }
    }

    /// <summary>A storage with at least <paramref name="bytes"/> bytes of any content.</summary>
    public static Storage Rent(int bytes)
    {
        if (bytes < SmallestPooled) return new Storage(GC.AllocateUninitializedArray<byte>(bytes));
        int size = SizeClass(bytes);
        lock (Gate)
        {
            if (depth == 0 && Volatile.Read(ref active) == 0 && lentSinceCollection >= patience) Collect();
            byte[] buffer = TryPop(size) ?? GC.AllocateUninitializedArray<byte>(size);
            var storage = new Storage(buffer);
            Lent.Add((GCHandle.Alloc(storage, GCHandleType.Weak), buffer));
            lentSinceCollection += size;
            lentBytes += size;
            return storage;
        }
    }

    private static void Collect()
    {
        // One collection, not two in a row: what is in use now would grow older twice, and only a full one would find it dead.
        long before = lentBytes - lentSinceCollection;
        bool older = before - lentAfterOlder >= patience;
        GC.Collect(older ? 1 : 0, GCCollectionMode.Forced, blocking: true);
        Reclaim();
        lentAfterOlder = older ? lentBytes : Math.Min(lentAfterOlder, lentBytes);

        // If most of what was lent is alive, large models are not to be searched all the time.
        patience = lentBytes - before > lentSinceCollection / 2 ? Math.Min(2 * patience, LongestPatience) : CollectEvery;
        lentSinceCollection = 0;
    }

    private static byte[]? TryPop(int size)
    {
        // The last one returned is the likeliest to be in the cache.
        if (!Free.TryGetValue(size, out Stack<byte[]>? stack) || !stack.TryPop(out byte[]? buffer)) return null;
        freeBytes -= size;
        return buffer;
    }

    /// <summary>Moves the buffers of dead storages to the free ones.</summary>
    private static void Reclaim()
    {
        collectionsSeen = GC.CollectionCount(0);
        int alive = 0;
        for (int i = 0; i < Lent.Count; i++)
        {
            (GCHandle storage, byte[] buffer) = Lent[i];
            if (storage.Target is not null)
            {
                Lent[alive++] = Lent[i];
                continue;
            }
            storage.Free();
            lentBytes -= buffer.Length;
            if (freeBytes + buffer.Length > KeepFree) continue;
            if (!Free.TryGetValue(buffer.Length, out Stack<byte[]>? stack)) Free[buffer.Length] = stack = new Stack<byte[]>();
            stack.Push(buffer);
            freeBytes += buffer.Length;
        }
        Lent.RemoveRange(alive, Lent.Count - alive);
    }

    /// <summary>The next size of the form m · 2ᵏ with m = 8 … 15: at most an eighth is wasted.</summary>
    private static int SizeClass(int bytes)
    {
        int shift = Math.Max(0, BitOperations.Log2((uint)bytes) - 3);
        long size = (((long)bytes + (1L << shift) - 1) >> shift) << shift;
        return (int)Math.Min(size, Array.MaxLength);
    }
}
