namespace Nabla.Symbolics;

/// <summary>The bounds of <c>Simplify</c>. They are counted in steps, so the result is the same on every machine.</summary>
public sealed record SimplifyOptions
{
    private readonly int maxPasses = 6;
    private readonly int maxNodes = 5_000;
    private readonly long maxWork = 200_000;

    /// <summary>The bounds used when none are given.</summary>
    public static SimplifyOptions Default { get; } = new();

    /// <summary>How often the formula is gone through, from its leaves to its root.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public int MaxPasses
    {
        get => maxPasses;
        init => maxPasses = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "SimplifyOptions.MaxPasses: must not be negative.");
    }

    /// <summary>Formulas with more nodes, each counted once, are returned as they are.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public int MaxNodes
    {
        get => maxNodes;
        init => maxNodes = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "SimplifyOptions.MaxNodes: must not be negative.");
    }

    /// <summary>The steps of all passes together; when they are used up, what was reached so far is returned.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public long MaxWork
    {
        get => maxWork;
        init => maxWork = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "SimplifyOptions.MaxWork: must not be negative.");
    }

    /// <summary>A limit on time besides; with it the result may differ from machine to machine. None by default.</summary>
    public TimeSpan? TimeLimit { get; init; }
}
