using System.Runtime.InteropServices;

namespace Nabla.Symbolics;

/// <summary>
/// Finds the one node of each structure. The table holds its nodes weakly, so formulas nobody uses are collected; the slots of dead
/// nodes are swept when a stripe is full, before it is allowed to grow, which keeps a program that makes formulas for ever in flat
/// memory. Stripes with a lock each let threads build formulas side by side.
/// </summary>
internal static class InternTable
{
    private const int StripeCount = 64;
    private static readonly Stripe[] Stripes = CreateStripes();

    /// <summary>Slots in use, alive or not yet swept.</summary>
    public static long Count
    {
        get
        {
            var count = 0L;
            foreach (var stripe in Stripes) count += stripe.Count;
            return count;
        }
    }

    /// <summary>The node that is structurally equal to <paramref name="candidate"/>: an older one, or the candidate itself.</summary>
    public static T Intern<T>(T candidate) where T : Expr
    {
        // The stripe comes from the high bits, the bucket within it from the low ones.
        var spread = (uint)candidate.Hash * 0x85EBCA6Bu;
        return (T)Stripes[spread >> 26].Intern(candidate);
    }

    private static Stripe[] CreateStripes()
    {
        var stripes = new Stripe[StripeCount];
        for (var i = 0; i < StripeCount; i++) stripes[i] = new Stripe();
        return stripes;
    }

    private struct Slot
    {
        public GCHandle Handle;
        public int Hash;
        public int Next;
    }

    private sealed class Stripe
    {
        private const int SmallestCapacity = 64;
        private readonly Lock gate = new();
        private int[] heads = NewHeads(SmallestCapacity);
        private Slot[] slots = new Slot[SmallestCapacity];
        private int count;

        public int Count => Volatile.Read(ref count);

        public Expr Intern(Expr candidate)
        {
            lock (gate)
            {
                var hash = candidate.Hash;
                for (var i = heads[hash & (heads.Length - 1)]; i >= 0; i = slots[i].Next)
                {
                    if (slots[i].Hash == hash && slots[i].Handle.Target is Expr found && found.SameNode(candidate)) return found;
                }

                if (count == slots.Length) Sweep();
                Link(GCHandle.Alloc(candidate, GCHandleType.Weak), hash);
                return candidate;
            }
        }

        private void Link(GCHandle handle, int hash)
        {
            ref var head = ref heads[hash & (heads.Length - 1)];
            slots[count] = new Slot { Handle = handle, Hash = hash, Next = head };
            head = count++;
        }

        /// <summary>Frees the slots of dead nodes, then sizes the stripe to twice what is alive.</summary>
        private void Sweep()
        {
            var old = slots;
            var alive = 0;
            for (var i = 0; i < old.Length; i++)
            {
                if (old[i].Handle.Target is null) old[i].Handle.Free();
                else old[alive++] = old[i];
            }

            var capacity = SmallestCapacity;
            while (capacity < 2 * alive) capacity *= 2;
            slots = new Slot[capacity];
            heads = NewHeads(capacity);
            count = 0;
            for (var i = 0; i < alive; i++) Link(old[i].Handle, old[i].Hash);
        }

        private static int[] NewHeads(int capacity)
        {
            var heads = new int[capacity];
            heads.AsSpan().Fill(-1);
            return heads;
        }
    }
}
