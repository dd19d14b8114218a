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
/// of microseconds, and of older ones only when that frees nothing. What is free beyond <see cref="KeepFree"/> bytes goes
/// back to the runtime.
/// </remarks>
internal static class BufferPool
{
    /// <summary>Smaller buffers are ordinary objects: the collector is faster than the pool for them.</summary>
    public const int SmallestPooled = 1 << 16;

    private const long CollectEvery = 8L << 20;
    private const long KeepFree = 256L << 20;

    private static readonly Lock Gate = new();
    private static readonly List<(GCHandle Storage, byte[] Buffer)> Lent = [];
    private static readonly Dictionary<int, Stack<byte[]>> Free = [];
    private static long freeBytes;
    private static long lentSinceCollection;
    private static long patience = CollectEvery;
    private static int collectionsSeen;

    /// <summary>Bytes that dead storages left behind and that wait to be lent again.</summary>
    public static long FreeBytes
    {
        get
        {
            lock (Gate) return freeBytes;
        }
    }

    /// <summary>A storage with at least <paramref name="bytes"/> bytes of any content.</summary>
    public static Storage Rent(int bytes)
    {
        if (bytes < SmallestPooled) return new Storage(GC.AllocateUninitializedArray<byte>(bytes));
        int size = SizeClass(bytes);
        lock (Gate)
        {
            byte[] buffer = Take(size) ?? GC.AllocateUninitializedArray<byte>(size);
            var storage = new Storage(buffer);
            Lent.Add((GCHandle.Alloc(storage, GCHandleType.Weak), buffer));
            lentSinceCollection += size;
            return storage;
        }
    }

    private static byte[]? Take(int size)
    {
        // The last one returned is the likeliest to be in the cache.
        if (TryPop(size) is { } ready) return ready;
        if (GC.CollectionCount(0) != collectionsSeen && Reclaim() > 0 && TryPop(size) is { } found) return found;
        if (lentSinceCollection < patience) return null;

        GC.Collect(0, GCCollectionMode.Forced, blocking: true);
        if (Reclaim() < patience / 2)
        {
            GC.Collect(1, GCCollectionMode.Forced, blocking: true);

            // Most of what was lent is alive: look less often, so that large models are not searched all the time.
            patience = Reclaim() < patience / 2 ? patience * 2 : patience;
        }
        else
        {
            patience = Math.Max(CollectEvery, patience / 2);
        }
        lentSinceCollection = 0;
        return TryPop(size);
    }

    private static byte[]? TryPop(int size)
    {
        if (!Free.TryGetValue(size, out Stack<byte[]>? stack) || !stack.TryPop(out byte[]? buffer)) return null;
        freeBytes -= size;
        return buffer;
    }

    /// <summary>Moves the buffers of dead storages to the free ones; returns how many bytes they are.</summary>
    private static long Reclaim()
    {
        collectionsSeen = GC.CollectionCount(0);
        long reclaimed = 0;
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
            reclaimed += buffer.Length;
            if (freeBytes + buffer.Length > KeepFree) continue;
            if (!Free.TryGetValue(buffer.Length, out Stack<byte[]>? stack)) Free[buffer.Length] = stack = new Stack<byte[]>();
            stack.Push(buffer);
            freeBytes += buffer.Length;
        }
        Lent.RemoveRange(alive, Lent.Count - alive);
        return reclaimed;
    }

    /// <summary>The next size of the form m · 2ᵏ with m = 8 … 15: at most an eighth is wasted.</summary>
    private static int SizeClass(int bytes)
    {
        int shift = Math.Max(0, BitOperations.Log2((uint)bytes) - 3);
        long size = (((long)bytes + (1L << shift) - 1) >> shift) << shift;
        return (int)Math.Min(size, Array.MaxLength);
    }
}
