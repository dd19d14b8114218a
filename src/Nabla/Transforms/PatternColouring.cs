namespace Nabla;

/// <summary>
/// Colours of columns, such that those of one colour can be added up and still be told apart: for a Jacobian no two of them have
/// an entry in the same row (Curtis, Powell and Reid 1974); for a symmetric matrix, where an entry can be read in either of its
/// two places, a star colouring is enough (Gebremedhin, Manne and Pothen 2005).
/// </summary>
internal static class PatternColouring
{
    /// <summary>A colour for each column: greedy in the natural order, which is best for bands, or by falling number of entries.</summary>
    public static int[] OfColumns(SparsityPattern pattern)
    {
        SparsityPattern transposed = pattern.Transposed();
        int[] natural = [.. Enumerable.Range(0, pattern.Columns)];
        int[] largestFirst = [.. natural.OrderByDescending(j => transposed.Row(j).Length)];
        int[] first = Greedy(pattern, transposed, natural), second = Greedy(pattern, transposed, largestFirst);
        return Count(second) < Count(first) ? second : first;
    }

    /// <summary>A star colouring of a symmetric pattern: neighbours differ, and no path of four has two colours only.</summary>
    public static int[] Star(SparsityPattern pattern)
    {
        int n = pattern.Rows;
        var colours = new int[n];
        var forbidden = new int[n + 1];
        Array.Fill(colours, -1);
        Array.Fill(forbidden, -1);
        for (int v = 0; v < n; v++)
        {
            foreach (int w in pattern.Row(v))
            {
                if (w == v) continue;
                if (colours[w] >= 0) forbidden[colours[w]] = v;
                bool twice = colours[w] >= 0 && HasOther(pattern, colours, v, w, colours[w]);
                foreach (int x in pattern.Row(w))
                {
                    if (x == v || x == w || colours[x] < 0) continue;
                    if (colours[w] < 0 || twice || HasOther(pattern, colours, x, w, colours[w])) forbidden[colours[x]] = v;
                }
            }
            int colour = 0;
            while (forbidden[colour] == v) colour++;
            colours[v] = colour;
        }
        return colours;
    }

    /// <summary>How many colours there are.</summary>
    public static int Count(int[] colours)
    {
        int most = -1;
        foreach (int colour in colours) most = Math.Max(most, colour);
        return most + 1;
    }

    /// <summary>Whether a vertex has a neighbour of a colour besides a given one.</summary>
    private static bool HasOther(SparsityPattern pattern, int[] colours, int vertex, int besides, int colour)
    {
        foreach (int y in pattern.Row(vertex))
            if (y != besides && y != vertex && colours[y] == colour) return true;
        return false;
    }

    private static int[] Greedy(SparsityPattern pattern, SparsityPattern transposed, int[] order)
    {
        var colours = new int[pattern.Columns];
        var forbidden = new int[pattern.Columns + 1];
        Array.Fill(colours, -1);
        Array.Fill(forbidden, -1);
        foreach (int column in order)
        {
            foreach (int row in transposed.Row(column))
                foreach (int other in pattern.Row(row))
                    if (colours[other] >= 0) forbidden[colours[other]] = column;
            int colour = 0;
            while (forbidden[colour] == column) colour++;
            colours[column] = colour;
        }
        return colours;
    }
}
