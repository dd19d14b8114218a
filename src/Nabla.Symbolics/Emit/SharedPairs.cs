namespace Nabla.Symbolics;

/// <summary>
/// Sums and products are flat, so a·b·c and a·b·d have no node in common although a·b is. This finds the pairs of terms (or factors)
/// that occur in several of them, the most frequent first, and makes each a term of its own. Signs of terms count relative to each
/// other: a - b is also found in b - a.
/// </summary>
internal sealed class SharedPairs
{
    /// <summary>Longer lists are left as they are: the number of pairs is quadratic.</summary>
    private const int LongestList = 32;

    private readonly List<List<Term>> lists;
    private readonly Dictionary<Pair, SortedSet<int>> places = [];
    private readonly PriorityQueue<Pair, (int MinusCount, int First, int Second, bool Opposite)> queue = new();
    private int next;

    private SharedPairs(List<List<Term>> lists, int next) => (this.lists, this.next) = (lists, next);

    /// <summary>
    /// Replaces pairs in the lists. New terms are numbered from <paramref name="firstNew"/> on, and stand in the result in that order.
    /// </summary>
    public static List<Pair> Extract(List<List<Term>> lists, int firstNew) => new SharedPairs(lists, firstNew).Run();

    private List<Pair> Run()
    {
        for (int i = 0; i < lists.Count; i++)
        {
            if (lists[i].Count > LongestList) continue;
            for (int b = 1; b < lists[i].Count; b++)
                for (int a = 0; a < b; a++) Register(Pair.Of(lists[i][a], lists[i][b]), i);
        }

        foreach ((Pair pair, SortedSet<int> where) in places) Enqueue(pair, where.Count);
        var found = new List<Pair>();
        while (queue.TryDequeue(out Pair pair, out var priority))
        {
            SortedSet<int> where = places[pair];
            if (where.Count < 2) continue;
            if (where.Count != -priority.MinusCount)
            {
                Enqueue(pair, where.Count);
                continue;
            }

            int term = next++;
            found.Add(pair);
            var touched = new HashSet<Pair>();
            foreach (int list in where.ToArray()) Replace(list, pair, term, touched);
            foreach (Pair other in touched) Enqueue(other, places[other].Count);
        }

        return found;
    }

    private void Replace(int index, Pair pair, int term, HashSet<Pair> touched)
    {
        List<Term> list = lists[index];
        Term first = list.Find(t => t.Id == pair.First), second = list.Find(t => t.Id == pair.Second);
        foreach (Term other in list)
        {
            if (other.Id != first.Id) Unregister(Pair.Of(first, other), index);
            if (other.Id != second.Id && other.Id != first.Id) Unregister(Pair.Of(second, other), index);
        }

        int position = list.IndexOf(first);
        list[position] = new Term(term, first.Negative);
        list.Remove(second);
        for (int i = 0; i < list.Count; i++)
        {
            if (list[i].Id == term) continue;
            var made = Pair.Of(list[i], new Term(term, first.Negative));
            Register(made, index);
            touched.Add(made);
        }
    }

    private void Register(Pair pair, int list)
    {
        if (!places.TryGetValue(pair, out SortedSet<int>? where)) places[pair] = where = [];
        where.Add(list);
    }

    private void Unregister(Pair pair, int list) => places[pair].Remove(list);

    private void Enqueue(Pair pair, int count)
    {
        if (count >= 2) queue.Enqueue(pair, (-count, pair.First, pair.Second, pair.Opposite));
    }

    /// <summary>A term of a sum or a factor of a product.</summary>
    public readonly record struct Term(int Id, bool Negative);

    /// <summary>Two terms; the second may have the opposite sign.</summary>
    public readonly record struct Pair(int First, int Second, bool Opposite)
    {
        public static Pair Of(Term a, Term b) => new(Math.Min(a.Id, b.Id), Math.Max(a.Id, b.Id), a.Negative != b.Negative);
    }
}
