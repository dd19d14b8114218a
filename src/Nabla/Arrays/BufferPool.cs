using System.Numerics;
using System.Runtime.InteropServices;

namespace Nabla;

/// <summary>
/// Lends the memory of large storages and takes it back when they die, so that a loop works on the same few buffers instead
/// of fresh pages each time. Nobody disposes of anything. What only the engine holds, gradients on their way, what a derivative
/// rule made in between, what a node has saved, it <see cref="Return">returns</see> as soon as it is used; of everything else
/// the pool learns from the garbage collector: it holds the buffers strongly and the storages weakly.
/// </summary>
/// <remarks>
/// One buffer may be lent several times at once: a tensor that the user holds and the same numbers saved by a node are two storages.
/// It is free when all of them were returned or found dead. When the collector is asked to look: see BufferPool.Collecting.cs.
/// Buffers are kept as far as they were recently in use together, since fresh pages cost more than most operations; the rest
/// goes back, sizes first that were not asked for the longest.
/// </remarks>
internal static partial class BufferPool
{
    /// <summary>
    /// Smaller buffers are ordinary objects: the collector is faster than the pool for them. Larger ones as objects would wander
    /// through all the memory that the collector allows its youngest generation, and be in no cache when they are written.
    /// </summary>
    public const int SmallestPooled = 1 << 13;

    /// <summary>Smaller buffers are not lent a second time: handles cost more than the memory is worth.</summary>
    public const int SmallestShared = 1 << 16;

    private const long KeepFree = 64L << 20;

    // After so many loans a size that nobody has asked for is out of use.
    private const int StaleAfter = 1000;

    private static readonly Lock Gate = new();
    private static readonly List<Loan> Lent = [];
    private static readonly Stack<Loan> IdleLoans = [];
    private static readonly Dictionary<int, Shelf> Free = [];
    private static long clock;
    private static long freeBytes;
    private static long lentBytes;

    /// <summary>The free buffers of one size, and when one of that size was last asked for.</summary>
    private sealed class Shelf
    {
        public readonly Stack<Block> Blocks = [];
        public long LastUse;
    }

    /// <summary>One buffer.</summary>
    private sealed class Block(byte[] bytes)
    {
        public readonly byte[] Bytes = bytes;

        /// <summary>How many storages use it.</summary>
        public int Loans;

        /// <summary>As how many bytes it is lent.</summary>
        public int Asked;

        /// <summary>The number of collections when it was lent.</summary>
        public int Look;
    }

    /// <summary>One storage that uses a buffer.</summary>
    private sealed class Loan
    {
        public GCHandle Storage = GCHandle.Alloc(null, GCHandleType.Weak);
        public Block? Block;
        public int Index;
    }

    /// <summary>Memory of the pool.</summary>
    private sealed class LentStorage : Storage
    {
        public Loan? Loan;

        /// <summary>Whether somebody may hold this who was not meant to, so that only the collector can tell when it is dead.</summary>
        public bool Escaped;

        public LentStorage(Loan loan) : base(loan.Block!.Bytes) => Loan = loan;

        /// <summary>The memory of another storage, which counts changes together with it.</summary>
        public LentStorage(Loan loan, LentStorage of) : base(of)
        {
            (Loan, IsShare) = (loan, true);
            if (of.changes is null)
            {
                of.changes = new ChangeCount { Value = of.Version };
                of.ShareVersion();
            }
            changes = of.changes;
            ShareVersion();
        }

        private ChangeCount? changes;

        /// <summary>Whether the memory had been lent before.</summary>
        public bool IsShare { get; }

        private protected override int SharedVersion
        {
            get => changes!.Value;
            set => changes!.Value = value;
        }

        public new void Detach() => base.Detach();

        private sealed class ChangeCount
        {
            public int Value;
        }
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
            LookIfDue();
            Block? block = TryPop(size) ?? TryPopLarger(size);
            if (block is null && LookIfGrowing(size)) block = TryPop(size) ?? TryPopLarger(size);
            block ??= new Block(Allocate(size));
            block.Asked = size;
            block.Look = looks;
            Loan loan = NewLoan(block);
            storage = new LentStorage(loan);
            loan.Storage.Target = storage;
            NoteLent(block);
        }
        if (holdings is { } held && (held.Depth > 0 || held.Tracks)) held.Add(storage);
        return storage;
    }

    /// <summary>
    /// The memory of a storage lent once more, for a holder who will return it. Null if it is not worth it, or while somebody knows
    /// values by their storages.
    /// </summary>
    public static Storage? Share(Storage storage)
    {
        if (storage is not LentStorage lent || lent.Bytes.Length < SmallestShared || AllocationScope.Current is not null) return null;
        lock (Gate)
        {
            if (lent.Loan?.Block is not { } block) return null;
            Loan loan = NewLoan(block);
            var shared = new LentStorage(loan, lent);
            loan.Storage.Target = shared;
            return shared;
        }
    }

    /// <summary>Whether a storage was lent <see cref="Share">once more</see>.</summary>
    public static bool IsShare(Storage storage) => storage is LentStorage { IsShare: true };

    /// <summary>Leaves the end of a storage that was lent <see cref="Share">once more</see> to the collector, whoever returns it.</summary>
    public static void LetEscape(Storage storage)
    {
        if (storage is not LentStorage { IsShare: true } lent) return;
        lock (Gate) lent.Escaped = true;
    }

    /// <summary>Takes back the memory of a storage that nobody but the caller holds, and who will not use it again.</summary>
    public static void Return(Storage storage)
    {
        // A recording knows values by their storages, and holds them until it is made.
        if (storage is not LentStorage lent || AllocationScope.Current is not null) return;
        lock (Gate)
        {
            if (lent.Loan is not { } loan || lent.Escaped) return;
            lent.Loan = null;

            lent.Detach();
            Loan last = Lent[^1];
            Lent[loan.Index] = last;
            last.Index = loan.Index;
            Lent.RemoveAt(Lent.Count - 1);
            Block block = loan.Block!;
            End(loan);
            if (block.Loans == 0) NoteReturned(block);
        }
    }

    private static Loan NewLoan(Block block)
    {
        if (!IdleLoans.TryPop(out Loan? loan)) loan = new Loan();
        loan.Block = block;
        block.Loans++;
        loan.Index = Lent.Count;
        Lent.Add(loan);
        return loan;
    }

    /// <summary>Fresh pages, in place of free ones whose size is out of use.</summary>
    private static byte[] Allocate(int size)
    {
        long room = freeBytes - size;
        while (freeBytes > Math.Max(room, 0) && DropOne(clock - StaleAfter)) { }
        byte[] buffer = GC.AllocateUninitializedArray<byte>(size);
        LargePages.Prefer(buffer);
        return buffer;
    }

    private static Block? TryPop(int size)
    {
        if (!Free.TryGetValue(size, out Shelf? shelf)) Free[size] = shelf = new Shelf();
        shelf.LastUse = ++clock;

        // The last one returned is the likeliest to be in the cache.
        if (!shelf.Blocks.TryPop(out Block? block)) return null;
        freeBytes -= size;
        return block;
    }

    /// <summary>A buffer of another size, at most twice as large: better than fresh pages. Null where only sizes out of use have one.</summary>
    private static Block? TryPopLarger(int size)
    {
        if (freeBytes < size) return null;
        int best = int.MaxValue;
        foreach ((int other, Shelf shelf) in Free)
            if (other > size && other <= 2L * size && other < best && shelf.Blocks.Count > 0 && clock - shelf.LastUse < StaleAfter) best = other;
        if (best == int.MaxValue) return null;
        freeBytes -= best;
        return Free[best].Blocks.Pop();
    }

    // ---- taking back --------------------------------------------------------------------------------------------------

    /// <summary>Ends the loans whose storages were found dead.</summary>
    private static void Reclaim()
    {
        int alive = 0;
        for (int i = 0; i < Lent.Count; i++)
        {
            Loan loan = Lent[i];
            if (loan.Storage.Target is null)
            {
                End(loan);
                continue;
            }
            loan.Index = alive;
            Lent[alive++] = loan;
        }
        Lent.RemoveRange(alive, Lent.Count - alive);
    }

    private static void End(Loan loan)
    {
        Block block = loan.Block!;
        loan.Block = null;
        loan.Storage.Target = null;
        IdleLoans.Push(loan);
        if (--block.Loans == 0) TakeBack(block);
    }

    private static void TakeBack(Block block)
    {
        int size = block.Bytes.Length;
        lentBytes -= size;
        Shelf shelf = Free[size];
        while (freeBytes + size > Math.Max(KeepFree, (2 * RecentPeak) - lentBytes))
        {
            if (DropOne(shelf.LastUse)) continue;
            LargePages.GiveBack(block.Bytes);
            return;
        }
        shelf.Blocks.Push(block);
        freeBytes += size;
    }

    // Sizes that nobody asks for any more make room for those in use.
    private static bool DropOne(long before)
    {
        Shelf? oldest = null;
        foreach (Shelf other in Free.Values)
            if (other.Blocks.Count > 0 && other.LastUse < before && (oldest is null || other.LastUse < oldest.LastUse)) oldest = other;
        if (oldest is null) return false;
        byte[] bytes = oldest.Blocks.Pop().Bytes;
        freeBytes -= bytes.Length;
        LargePages.GiveBack(bytes);
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
