using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>
/// Lends the memory of large storages and takes it back when they die, so that a loop works on the same few buffers instead
/// of fresh pages each time. Nobody disposes of anything. What only the engine holds, gradients on their way and what a
/// derivative rule made in between, it <see cref="Return">returns</see> as soon as it is used; of everything else the pool
/// learns from the garbage collector: it holds the buffers strongly and the storages weakly.
/// </summary>
/// <remarks>
/// The collector sees only small objects and would let many large buffers pile up between two collections; so after every
/// <see cref="CollectEvery"/> bytes lent and not returned the pool asks for a collection of the youngest generation, even if
/// buffers are free: few buffers that stay in the cache are faster than many. Where collections take a large share of the time,
/// because much else is alive, it asks less often. Between backward passes it asks where a pass has
/// ended and the next step begins, because least is alive there: what is in use at such a moment grows older, and only a
/// collection of the next generation, asked for when that has become much, finds it dead. While most of what is lent stays
/// alive the pool asks less and less often. Buffers are kept as far as they were recently in use together, since fresh pages
/// cost more than most operations; the rest goes back to the runtime, sizes first that were not asked for the longest.
/// </remarks>
internal static class BufferPool
{
    /// <summary>
    /// Smaller buffers are ordinary objects: the collector is faster than the pool for them. Larger ones as objects would wander
    /// through all the memory that the collector allows its youngest generation, and be in no cache when they are written.
    /// </summary>
    public const int SmallestPooled = 1 << 13;

    private const long CollectEvery = 8L << 20;

    // Longer than this only because most of what is lent stays alive: more buffers than that leave every cache.
    private const long PatienceForTime = 4 * CollectEvery;

    /// <summary>The share of the time that collections may take before they become rarer: one in so many parts.</summary>
    private const int TimeShare = 3;
    private const long LongestPatience = 256L << 20;
    private const long KeepFree = 64L << 20;

    // For so many collections what was in use together is remembered, and for as many again.
    private const int PeakCollections = 32;

    private static readonly Lock Gate = new();
    private static readonly List<Loan> Lent = [];
    private static readonly Stack<Loan> IdleLoans = [];
    private static readonly Dictionary<int, Shelf> Free = [];
    private static long clock;
    private static long freeBytes;
    private static long lentSinceCollection;
    private static long lentBytes;
    private static long lentAfterOlder;
    private static long patience = CollectEvery;
    private static int collectionsSeen;
    private static long peakBytes;
    private static long peakBefore;
    private static int peakAge;
    private static long lastCollection;

    // ---- steps: a forward and a backward pass ----
    private static bool passEnded;
    private static int passes;
    private static bool inSteps;
    private static long lentInStep;
    private static long stepBytes;

    /// <summary>The free buffers of one size, and when one of that size was last asked for.</summary>
    private sealed class Shelf
    {
        public readonly Stack<byte[]> Buffers = [];
        public long LastUse;
    }

    /// <summary>One buffer that is lent.</summary>
    private sealed class Loan
    {
        public GCHandle Storage = GCHandle.Alloc(null, GCHandleType.Weak);
        public byte[] Buffer = [];
        public int Index;
    }

    /// <summary>Memory of the pool.</summary>
    private sealed class LentStorage(Loan loan) : Storage(loan.Buffer)
    {
        public Loan? Loan = loan;

        public new void Detach() => base.Detach();
    }

    // ---- what is in use on a thread ---------------------------------------------------------------------------------
    //
    // A kernel holds the bytes of its arrays, not their storages. Its inputs are held by the caller; what is lent while an
    // operation runs is held here until it ends, so that no storage can be found dead whose bytes are being used.

    private sealed class Holdings
    {
        public int Depth;
        public bool Tracks;
        public int Count;
        public LentStorage[] Lent = new LentStorage[8];

        public void Add(LentStorage storage)
        {
            if (Count == Lent.Length) Array.Resize(ref Lent, 2 * Count);
            Lent[Count++] = storage;
        }

        public void Clear()
        {
            if (Count == 0) return;
            Array.Clear(Lent, 0, Count);
            Count = 0;
        }
    }

    [ThreadStatic]
    private static Holdings? holdings;

    /// <summary>Begins an operation: what is lent on this thread is in use until it ends.</summary>
    public static void Enter() => (holdings ??= new Holdings()).Depth++;

    /// <summary>Ends an operation.</summary>
    public static void Exit()
    {
        Holdings held = holdings!;
        if (--held.Depth == 0 && !held.Tracks) held.Clear();
    }

    /// <summary>
    /// Begins to note what is lent on this thread, for somebody who can tell what of it outlives him. False if somebody does so
    /// already.
    /// </summary>
    public static bool BeginTracking()
    {
        Holdings held = holdings ??= new Holdings();
        if (held.Tracks || held.Depth > 0) return false;
        return held.Tracks = true;
    }

    /// <summary>Whether memory was lent since tracking began.</summary>
    public static bool WasLent(Storage storage)
    {
        Holdings held = holdings!;
        for (int i = 0; i < held.Count; i++)
            if (ReferenceEquals(held.Lent[i], storage)) return true;
        return false;
    }

    /// <summary>Ends tracking and takes back all that was lent meanwhile but what was <see cref="Keep">kept</see>.</summary>
    public static void ReturnTracked()
    {
        Holdings held = holdings!;
        for (int i = 0; i < held.Count; i++)
            if (held.Lent[i] is { } storage) Return(storage);
        StopTracking();
    }

    /// <summary>Excepts memory from what is taken back when tracking ends.</summary>
    public static void Keep(Storage storage)
    {
        Holdings held = holdings!;
        for (int i = 0; i < held.Count; i++)
            if (ReferenceEquals(held.Lent[i], storage)) held.Lent[i] = null!;
    }

    /// <summary>Ends tracking, if it was begun, without taking anything back: somebody else may hold what was lent.</summary>
    public static void StopTracking()
    {
        if (holdings is not { Tracks: true } held) return;
        held.Tracks = false;
        held.Clear();
    }

    // ---- lending ----------------------------------------------------------------------------------------------------

    /// <summary>A storage with at least <paramref name="bytes"/> bytes of any content.</summary>
    public static Storage Rent(int bytes)
    {
        if (bytes < SmallestPooled) return Storage.Of(GC.AllocateUninitializedArray<byte>(bytes));
        int size = SizeClass(bytes);
        LentStorage storage;
        lock (Gate)
        {
            bool stepBegins = passEnded;
            passEnded = false;
            if (lentSinceCollection >= patience && (stepBegins || !InSteps || lentSinceCollection >= patience + (2 * stepBytes))) Collect();
            else if (GC.CollectionCount(0) != collectionsSeen) Reclaim();
            if (!IdleLoans.TryPop(out Loan? loan)) loan = new Loan();
            loan.Buffer = TryPop(size) ?? Allocate(size);
            loan.Index = Lent.Count;
            storage = new LentStorage(loan);
            loan.Storage.Target = storage;
            Lent.Add(loan);
            lentSinceCollection += size;
            lentInStep += size;
            lentBytes += size;
            peakBytes = Math.Max(peakBytes, lentBytes);
        }
        if (holdings is { } held && (held.Depth > 0 || held.Tracks)) held.Add(storage);
        return storage;
    }

    /// <summary>Takes back the memory of a storage that nobody but the caller holds, and who will not use it again.</summary>
    public static void Return(Storage storage)
    {
        // A recording knows values by their storages, and holds them until it is made.
        if (storage is not LentStorage lent || AllocationScope.Current is not null) return;
        lock (Gate)
        {
            if (lent.Loan is not { } loan) return;
            lent.Loan = null;

            lent.Detach();
            lentSinceCollection = Math.Max(0, lentSinceCollection - loan.Buffer.Length);
            lentInStep -= loan.Buffer.Length;
            Loan last = Lent[^1];
            Lent[loan.Index] = last;
            last.Index = loan.Index;
            Lent.RemoveAt(Lent.Count - 1);
            TakeBack(loan);
        }
    }

    /// <summary>Notes that a backward pass is over.</summary>
    public static void PassEnded()
    {
        lock (Gate)
        {
            passEnded = true;
            passes++;
            stepBytes = Math.Max(0, lentInStep);
            lentInStep = 0;
        }
    }

    private static bool InSteps => inSteps || passes > 0;

    private static byte[] Allocate(int size)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(size);
        LargePages.Prefer(buffer);
        return buffer;
    }

    private static void Collect()
    {
        inSteps = passes > 0;
        passes = 0;
        if (++peakAge == PeakCollections) (peakAge, peakBefore, peakBytes) = (0, peakBytes, lentBytes);

        // One collection, not two in a row: what is in use now would grow older twice, and only a full one would find it dead.
        long before = lentBytes - lentSinceCollection;
        bool older = before - lentAfterOlder >= patience;
        long begun = Stopwatch.GetTimestamp(), between = begun - lastCollection;
        GC.Collect(older ? 1 : 0, GCCollectionMode.Forced, blocking: true);
        lastCollection = Stopwatch.GetTimestamp();
        bool costly = (lastCollection - begun) * TimeShare > between;
        Reclaim();
        lentAfterOlder = older ? lentBytes : Math.Min(lentAfterOlder, lentBytes);

        // If most of what was lent is alive, large models are not to be searched all the time.
        if (lentBytes - before > lentSinceCollection / 2) patience = Math.Min(2 * patience, LongestPatience);
        else if (costly) patience = Math.Max(CollectEvery, Math.Min(2 * patience, PatienceForTime));
        else patience = Math.Max(CollectEvery, Math.Min(patience / 2, PatienceForTime));
        lentSinceCollection = 0;
    }

    private static byte[]? TryPop(int size)
    {
        if (!Free.TryGetValue(size, out Shelf? shelf)) Free[size] = shelf = new Shelf();
        shelf.LastUse = ++clock;

        // The last one returned is the likeliest to be in the cache.
        if (!shelf.Buffers.TryPop(out byte[]? buffer)) return null;
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
            Loan loan = Lent[i];
            if (loan.Storage.Target is null)
            {
                TakeBack(loan);
                continue;
            }
            loan.Index = alive;
            Lent[alive++] = loan;
        }
        Lent.RemoveRange(alive, Lent.Count - alive);
    }

    private static void TakeBack(Loan loan)
    {
        byte[] buffer = loan.Buffer;
        loan.Buffer = [];
        loan.Storage.Target = null;
        IdleLoans.Push(loan);
        lentBytes -= buffer.Length;
        Shelf shelf = Free[buffer.Length];
        while (freeBytes + buffer.Length > Math.Max(KeepFree, Math.Max(peakBytes, peakBefore) - lentBytes))
            if (!DropOneOlderThan(shelf)) return;
        shelf.Buffers.Push(buffer);
        freeBytes += buffer.Length;
    }

    // Sizes that nobody asks for any more make room for those in use.
    private static bool DropOneOlderThan(Shelf shelf)
    {
        Shelf oldest = shelf;
        foreach (Shelf other in Free.Values)
            if (other.Buffers.Count > 0 && other.LastUse < oldest.LastUse) oldest = other;
        if (oldest == shelf) return false;
        freeBytes -= oldest.Buffers.Pop().Length;
        return true;
    }

    /// <summary>The next size of the form m · 2ᵏ with m = 8 … 15: at most an eighth is wasted.</summary>
    private static int SizeClass(int bytes)
    {
        int shift = Math.Max(0, BitOperations.Log2((uint)bytes) - 3);
        long size = (((long)bytes + (1L << shift) - 1) >> shift) << shift;
        return (int)Math.Min(size, Array.MaxLength);
    }
}
