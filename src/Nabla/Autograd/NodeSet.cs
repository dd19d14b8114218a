namespace Nabla;

/// <summary>
/// A set of nodes of one graph. Nodes are numbered as they are made, and a walk begins at the latest: so one bit for each number,
/// counted down from there, holds those of a graph that was made in one go. What lies far back goes into a hash set.
/// </summary>
internal sealed class NodeSet
{
    // 128 KiB of bits.
    private const int MostBits = 1 << 20;

    private readonly HashSet<Node> others = [];
    private ulong[] bits = new ulong[64];
    private int used;
    private long latest;

    /// <summary>Forgets all nodes. Those to come are mostly made at or before <paramref name="latest"/>.</summary>
    public void Reset(long latest)
    {
        Array.Clear(bits, 0, used);
        used = 0;
        others.Clear();
        this.latest = latest;
    }

    /// <summary>Adds a node; false if it is there.</summary>
    public bool Add(Node node)
    {
        if (!HasBit(node, out int word, out ulong bit)) return others.Add(node);
        if (word >= used)
        {
            if (word >= bits.Length) Array.Resize(ref bits, Math.Max(word + 1, 2 * bits.Length));
            used = word + 1;
        }
        if ((bits[word] & bit) != 0) return false;
        bits[word] |= bit;
        return true;
    }

    /// <summary>Whether a node is in the set.</summary>
    public bool Contains(Node node) => HasBit(node, out int word, out ulong bit) ? word < used && (bits[word] & bit) != 0 : others.Contains(node);

    /// <summary>Tells nodes apart by their numbers: the runtime's own hash code would be written into the head of each.</summary>
    public sealed class ByNumber : IEqualityComparer<Node>
    {
        public static ByNumber Instance { get; } = new();

        public bool Equals(Node? x, Node? y) => ReferenceEquals(x, y);

        public int GetHashCode(Node node) => node.Sequence.GetHashCode();
    }

    private bool HasBit(Node node, out int word, out ulong bit)
    {
        long back = latest - node.Sequence;
        word = (int)(back >> 6);
        bit = 1ul << (int)(back & 63);

        // The ends of the graph at leaves have negative numbers.
        return node.Sequence > 0 && back >= 0 && back < MostBits;
    }
}
