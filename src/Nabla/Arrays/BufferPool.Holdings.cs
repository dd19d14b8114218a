namespace Nabla;

// What is lent on a thread and may be in use there.
internal static partial class BufferPool
{
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
}
