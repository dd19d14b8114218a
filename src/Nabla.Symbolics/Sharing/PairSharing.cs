namespace Nabla.Symbolics;

/// <summary>
/// Finds pairs of operands that several sums (or several products) of a graph have in common, and makes each an operation of its own, the
/// most frequent first: every one saves as many operations as it has uses less one. Ties are broken by age, so the result is deterministic.
/// </summary>
internal sealed class PairSharing(OperationGraph graph, OperationKind kind, int largestNode)
{
    private readonly Dictionary<Pair, SortedSet<int>> owners = [];
    private readonly PriorityQueue<Pair, (int, int, int, int)> queue = new();

    public void Run()
    {
        foreach (var id in graph.Order())
        {
            if (graph[id].Kind == kind) Index(id);
        }

        foreach (var (pair, ids) in owners) Enqueue(pair, ids.Count);
        while (queue.TryDequeue(out var pair, out var priority))
        {
            // Entries stay in the queue when their count changes; only the latest one counts.
            if (owners.TryGetValue(pair, out var ids) && ids.Count == -priority.Item1 && ids.Count > 1) Extract(pair, [.. ids]);
        }
    }

    private void Extract(Pair pair, List<int> ids)
    {
        var shared = graph.Add(kind, null, [new Part(pair.First, pair.Signs == Signs.SecondOnly), new Part(pair.Second, pair.Signs is Signs.FirstOnly or Signs.Opposite)]);
        var changed = new HashSet<Pair>();
        foreach (var id in ids)
        {
            if (id == shared) continue;
            foreach (var gone in PairsOf(id))
            {
                if (owners.TryGetValue(gone, out var set) && set.Remove(id)) changed.Add(gone);
            }

            var parts = new List<Part>(graph[id].Parts);
            while (TryRemove(parts, pair, out var inverted)) parts.Add(new Part(shared, inverted));
            parts.Sort();
            graph[id].Parts = parts;
            foreach (var added in PairsOf(id))
            {
                if (Owners(added).Add(id)) changed.Add(added);
            }
        }

        foreach (var affected in changed) Enqueue(affected, owners[affected].Count);
    }

    private static bool TryRemove(List<Part> parts, Pair pair, out bool inverted)
    {
        foreach (var sign in (ReadOnlySpan<bool>)[false, true])
        {
            if ((pair.Signs == Signs.FirstOnly && sign) || (pair.Signs == Signs.SecondOnly && !sign)) continue;
            var first = parts.IndexOf(new Part(pair.First, sign));
            if (first < 0) continue;
            var second = parts.LastIndexOf(new Part(pair.Second, sign ^ (pair.Signs != Signs.Equal)));
            if (second < 0 || second == first) continue;
            parts.RemoveAt(Math.Max(first, second));
            parts.RemoveAt(Math.Min(first, second));
            inverted = sign && pair.Signs != Signs.SecondOnly;
            return true;
        }

        inverted = false;
        return false;
    }

    private void Index(int id)
    {
        foreach (var pair in PairsOf(id)) Owners(pair).Add(id);
    }

    private SortedSet<int> Owners(Pair pair)
    {
        if (!owners.TryGetValue(pair, out var ids)) owners[pair] = ids = [];
        return ids;
    }

    private HashSet<Pair> PairsOf(int id)
    {
        var parts = graph[id].Parts;
        var pairs = new HashSet<Pair>();
        if (parts.Count > largestNode) return pairs;
        for (var i = 0; i < parts.Count; i++)
        {
            for (var j = i + 1; j < parts.Count; j++)
            {
                if (parts[i].Id != parts[j].Id || parts[i].Inverted == parts[j].Inverted)
                {
                    pairs.Add(new Pair(parts[i].Id, parts[j].Id, SignsOf(parts[i], parts[j])));
                }
            }
        }

        return pairs;
    }

    private void Enqueue(Pair pair, int count)
    {
        if (count > 1) queue.Enqueue(pair, (-count, pair.First, pair.Second, (int)pair.Signs));
    }

    // a/b and b/a are not shared: where a may be 0, b/a must not be formed. a - b and b - a are.
    private Signs SignsOf(Part first, Part second) =>
        first.Inverted == second.Inverted ? Signs.Equal
        : kind == OperationKind.Sum ? Signs.Opposite
        : second.Inverted ? Signs.FirstOnly : Signs.SecondOnly;

    private enum Signs
    {
        Equal,
        Opposite,
        FirstOnly,
        SecondOnly,
    }

    /// <summary>Two operands, the older first, and how their inversions are related.</summary>
    private readonly record struct Pair(int First, int Second, Signs Signs);
}
