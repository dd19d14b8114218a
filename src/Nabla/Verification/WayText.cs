namespace Nabla;

/// <summary>The words that all reports use for the ways and the verdicts.</summary>
internal static class WayText
{
    private const int MostPlaces = 6;

    public static string Of(GradientWay way) => way switch
    {
        GradientWay.Reverse => "reverse mode",
        GradientWay.Formula => "formula",
        GradientWay.Forward => "forward mode",
        GradientWay.Differences => "differences",
        _ => "claimed",
    };

    /// <summary>The way after "found".</summary>
    public static string Phrase(GradientWay way) => way switch
    {
        GradientWay.Reverse => "by reverse mode",
        GradientWay.Formula => "by its formula",
        GradientWay.Forward => "by forward mode",
        GradientWay.Differences => "by differences",
        _ => "as claimed",
    };

    /// <summary>A verdict as a mark and a word, so that nothing rests on colour.</summary>
    public static string Of(ElementVerdict verdict) => verdict switch
    {
        ElementVerdict.Agrees => "✓ agrees",
        ElementVerdict.Kink => "△ kink",
        ElementVerdict.Infinite => "∞ infinite",
        _ => "✗ differs",
    };

    public static string Of(FindingKind kind) => kind switch
    {
        FindingKind.WrongClaim => "✗ claim",
        FindingKind.WaysDiffer => "✗ ways differ",
        FindingKind.Kink => "△ kink",
        FindingKind.NotFinite => "∞ not finite",
        _ => "note",
    };

    /// <summary>A list of elements, shortened.</summary>
    public static string Places(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length <= MostPlaces ? string.Join(", ", all) : $"{string.Join(", ", all.Take(MostPlaces))} and {all.Length - MostPlaces} more";
    }

    public static string Time(TimeSpan time) => time.TotalMilliseconds >= 100
        ? FormattableString.Invariant($"{time.TotalMilliseconds:F0} ms")
        : time.TotalMilliseconds >= 1 ? FormattableString.Invariant($"{time.TotalMilliseconds:F1} ms") : FormattableString.Invariant($"{time.TotalMicroseconds:F0} µs");
}
