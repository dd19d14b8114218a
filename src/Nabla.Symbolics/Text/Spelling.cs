namespace Nabla.Symbolics;

/// <summary>Finds the name that a misspelt one was probably meant to be.</summary>
internal static class Spelling
{
    private const int LongestName = 32;

    /// <summary>The nearest name within one or two changed, missing, added or swapped letters; null if there is none.</summary>
    public static string? Nearest(string name, IEnumerable<string> names)
    {
        if (name.Length > LongestName) return null;
        string? nearest = null;
        var smallest = name.Length switch { 1 => 1, <= 4 => 2, _ => 3 };
        foreach (var candidate in names)
        {
            if (string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase)) return candidate;
            var distance = Distance(name, candidate);
            if (distance < smallest || (distance == smallest && nearest is not null && string.CompareOrdinal(candidate, nearest) < 0))
            {
                (nearest, smallest) = (candidate, distance);
            }
        }

        return nearest;
    }

    // The restricted Damerau-Levenshtein distance.
    private static int Distance(string a, string b)
    {
        var (before, last, next) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++) last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            next[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                next[j] = Math.Min(Math.Min(last[j], next[j - 1]) + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) next[j] = Math.Min(next[j], before[j - 2] + 1);
            }

            (before, last, next) = (last, next, before);
        }

        return last[b.Length];
    }
}
