namespace Nabla.Symbolics;

/// <summary>Finds the one node of each structure of matrix formulas; it holds them weakly, and drops the dead when it would grow.</summary>
internal static class MatrixInternTable
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<int, List<WeakReference<MatrixExpr>>> Buckets = [];
    private static int sweepAt = 1024;

    public static T Intern<T>(T candidate) where T : MatrixExpr
    {
        lock (Gate)
        {
            if (Buckets.TryGetValue(candidate.Hash, out var bucket))
            {
                foreach (var reference in bucket)
                {
                    if (reference.TryGetTarget(out var found) && found.SameNode(candidate)) return (T)found;
                }
            }
            else
            {
                if (Buckets.Count >= sweepAt) Sweep();
                Buckets[candidate.Hash] = bucket = [];
            }

            bucket.Add(new WeakReference<MatrixExpr>(candidate));
            return candidate;
        }
    }

    private static void Sweep()
    {
        foreach (var (hash, bucket) in Buckets)
        {
            bucket.RemoveAll(static reference => !reference.TryGetTarget(out _));
            if (bucket.Count == 0) Buckets.Remove(hash);
        }

        sweepAt = Math.Max(1024, 2 * Buckets.Count);
    }
}
