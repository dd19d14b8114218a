namespace Nabla.Bench;

/// <summary>The table of goals in the repository's README, between two marks.</summary>
internal static class FrontPage
{
    private const string Begin = "<!-- goals: written by a full run of the benchmark -->", End = "<!-- end of goals -->";

    /// <exception cref="InvalidOperationException">The page has no such marks.</exception>
    public static void Write(string page, string table)
    {
        string text = File.ReadAllText(page);
        int from = text.IndexOf(Begin, StringComparison.Ordinal), to = text.IndexOf(End, StringComparison.Ordinal);
        if (from < 0 || to < from) throw new InvalidOperationException($"{page} has no place for the goals. Put the lines '{Begin}' and '{End}' where they belong.");
        File.WriteAllText(page, $"{text[..(from + Begin.Length)]}\n{table}{text[to..]}");
    }
}
