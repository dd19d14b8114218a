using System.Diagnostics;

namespace Nabla;

// When the pool asks the collector to look for dead storages. The collector itself sees only small objects and would let many
// large buffers pile up between two collections.
//
// 1. For speed: after every CollectEvery bytes lent and not returned the youngest generation is collected, even if buffers are free:
//    few buffers that stay in the cache are faster than many. Where collections take a large share of the time, because much else
//    is alive, it asks less often, and so while most of what is lent stays alive. Between backward passes it asks where a pass has
//    ended and the next step begins, because least is alive there.
// 2. For memory: when no buffer is free and the pool would have to grow, a generation is collected if enough was lent that could be
//    found dead there, as long as all such collections together take a small part of the time. What was alive at a collection grows
//    older, and is found dead only by one of the next generation: so it is the generation in which most of the lent bytes are.
internal static partial class BufferPool
{
    private const long CollectEvery = 8L << 20;

    // Longer than this only because most of what is lent stays alive: more buffers than that leave every cache.
    private const long PatienceForTime = 4 * CollectEvery;

    /// <summary>The share of the time that collections for speed may take before they become rarer: one in so many parts.</summary>
    private const int TimeShare = 3;
    private const long LongestPatience = 256L << 20;

    // While so many times as much was lent, what was in use together is remembered, and for as long again.
    private const int PeakRounds = 32;

    /// <summary>The share of the time that collections for memory may take: one in so many parts.</summary>
    private const int GrowthTimeShare = 50;

    /// <summary>So much time may have been saved up, in seconds: more than one collection of a program with many objects takes.</summary>
    private const double LongestAllowance = 0.005;

    /// <summary>Fewer bytes are not worth a collection.</summary>
    private const long LeastGrowth = 512 << 10;

    // What little survives a collection of the youngest generation leaves a stretch of memory of its own behind, which makes all later
    // ones slower; a collection of the next generation brings these together.
    private const int YoungInARow = 16;

    private static long lentSinceCollection;
    private static int youngCollections;
    private static long lentAfterOlder;
    private static long lentAfterFull;
    private static long patience = CollectEvery;
    private static int looks;
    private static int collectionsSeen, olderSeen, fullSeen;
    private static long peakBytes;
    private static long peakBefore;
    private static long lentSincePeak;
    private static long lastCollection;

    // ---- what collections for memory may take, in ticks of the clock ----
    private static readonly double[] Costs = [.. new[] { 50e-6, 100e-6, 1e-3 }.Select(seconds => seconds * Stopwatch.Frequency)];
    private static double allowance;
    private static long allowanceAt = Stopwatch.GetTimestamp();

    // ---- steps: a forward and a backward pass ----
    private static bool passEnded;
    private static int passes;
    private static bool inSteps;
    private static long lentInStep;
    private static long stepBytes;

    private static bool InSteps => inSteps || passes > 0;

    /// <summary>The most that was lent at once lately.</summary>
    private static long RecentPeak => Math.Max(peakBytes, peakBefore);

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

    private static void NoteLent(Block block)
    {
        lentSinceCollection += block.Asked;
        lentInStep += block.Asked;
        lentSincePeak += block.Asked;
        lentBytes += block.Bytes.Length;
        peakBytes = Math.Max(peakBytes, lentBytes);
    }

    private static void NoteReturned(Block block)
    {
        if (block.Look == looks) lentSinceCollection = Math.Max(0, lentSinceCollection - block.Asked);
        lentInStep -= block.Asked;
    }

    /// <summary>Collects for speed, or learns from a collection that somebody else has asked for.</summary>
    private static void LookIfDue()
    {
        bool stepBegins = passEnded;
        passEnded = false;
        if (lentSinceCollection >= patience && (stepBegins || !InSteps || lentSinceCollection >= patience + (2 * stepBytes))) CollectForSpeed();
        else if (GC.CollectionCount(0) != collectionsSeen) Learn();
    }

    private static void CollectForSpeed()
    {
        inSteps = passes > 0;
        passes = 0;

        // One collection, not two in a row: what is in use now would grow older twice, and only a full one would find it dead.
        long lent = lentSinceCollection, before = lentBytes - lent;
        bool older = before - lentAfterOlder >= patience || youngCollections >= YoungInARow;
        long since = lastCollection;
        long took = Collect(older ? 1 : 0);
        bool costly = took * TimeShare > lastCollection - took - since;

        // If most of what was lent is alive, large models are not to be searched all the time.
        if (lentBytes - before > lent / 2) patience = Math.Min(2 * patience, LongestPatience);
        else if (costly) patience = Math.Max(CollectEvery, Math.Min(2 * patience, PatienceForTime));
        else patience = Math.Max(CollectEvery, Math.Min(patience / 2, PatienceForTime));
    }

    /// <summary>Collects for memory. Returns whether it did.</summary>
    private static bool LookIfGrowing(int size)
    {
        long young = lentSinceCollection, middle = lentBytes - young - lentAfterOlder, old = lentAfterOlder - lentAfterFull;
        long least = Math.Max(LeastGrowth, Math.Max(size, lentBytes / 8));
        int generation = old > Math.Max(young, middle) ? 2 : middle > young ? 1 : 0;
        long now = Stopwatch.GetTimestamp();
        allowance = Math.Min(allowance + ((double)(now - allowanceAt) / GrowthTimeShare), LongestAllowance * Stopwatch.Frequency);
        allowanceAt = now;
        for (; generation >= 0; generation--)
        {
            if ((generation == 2 ? old : generation == 1 ? middle : young) < least || Costs[generation] > allowance) continue;
            allowance -= Collect(generation);
            return true;
        }
        return false;
    }

    /// <summary>Collects a generation and those that are younger. Returns the time that it took.</summary>
    private static long Collect(int generation)
    {
        if (lentSincePeak > PeakRounds * peakBytes) (lentSincePeak, peakBefore, peakBytes) = (0, peakBytes, lentBytes);
        long begun = Stopwatch.GetTimestamp();
        GC.Collect(generation, GCCollectionMode.Forced, blocking: true);
        youngCollections = generation == 0 ? youngCollections + 1 : 0;
        lastCollection = Stopwatch.GetTimestamp();
        long took = lastCollection - begun;
        Costs[generation] += (took - Costs[generation]) / 4;
        Learn();
        return took;
    }

    /// <summary>Ends the loans that were found dead, and notes what was found alive.</summary>
    private static void Learn()
    {
        collectionsSeen = GC.CollectionCount(0);
        Reclaim();
        looks++;
        lentSinceCollection = 0;
        bool older = GC.CollectionCount(1) != olderSeen, full = GC.CollectionCount(2) != fullSeen;
        olderSeen = GC.CollectionCount(1);
        fullSeen = GC.CollectionCount(2);
        lentAfterFull = full ? lentBytes : Math.Min(lentAfterFull, lentBytes);
        lentAfterOlder = older ? lentBytes : Math.Min(lentAfterOlder, lentBytes);
    }
}
