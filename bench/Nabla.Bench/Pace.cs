namespace Nabla.Bench;

/// <summary>How long to measure.</summary>
/// <param name="WarmUp">Time for each side before anything counts, after ours has been compiled for good.</param>
/// <param name="Round">Least time of one side in one round.</param>
/// <param name="Rounds">How many rounds, every side in turn.</param>
/// <param name="Limit">No further round begins for a side that has been measured so long.</param>
internal sealed record Pace(TimeSpan WarmUp, TimeSpan Round, int Rounds, TimeSpan Limit)
{
    public static Pace Normal { get; } = new(TimeSpan.FromSeconds(0.4), TimeSpan.FromMilliseconds(25), 11, TimeSpan.FromSeconds(20));

    public static Pace Quick { get; } = new(TimeSpan.FromSeconds(0.1), TimeSpan.FromMilliseconds(8), 3, TimeSpan.FromSeconds(5)) { Quiet = TimeSpan.FromSeconds(0.15), LongestSettling = TimeSpan.FromSeconds(3) };

    /// <summary>For whole processes and other things of seconds.</summary>
    public static Pace Slow { get; } = new(TimeSpan.Zero, TimeSpan.FromMilliseconds(1), 5, TimeSpan.FromSeconds(20)) { LongestSettling = TimeSpan.Zero };

    /// <summary>
    /// ADBench's rule: powers of two of runs until they take half a second, that is the first sample; then up to ten samples of as
    /// many runs. Here a side also stops after a limit (there: 180 s).
    /// </summary>
    public static Pace AdBench { get; } = new(TimeSpan.Zero, TimeSpan.FromSeconds(0.5), 10, TimeSpan.FromSeconds(4)) { CountsByPowersOfTwo = true };

    public bool CountsByPowersOfTwo { get; init; }

    /// <summary>Ours is compiled for good when the runtime has compiled nothing for so long.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>No longer than this is waited for that.</summary>
    public TimeSpan LongestSettling { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>The same with less of it, for a look at whether everything runs.</summary>
    public Pace Quicker() => this with
    {
        WarmUp = WarmUp / 3,
        Quiet = Quick.Quiet,
        LongestSettling = LongestSettling < Quick.LongestSettling ? LongestSettling : Quick.LongestSettling,
        Round = Round / 5,
        Rounds = Math.Min(Rounds, 3),
        Limit = Limit / 5,
    };
}

/// <summary>Times per operation over the rounds, in nanoseconds.</summary>
internal sealed class Times
{
    private readonly List<double> rounds = [];

    public int Count => rounds.Count;

    public double Minimum => rounds.Min();

    public double Median
    {
        get
        {
            double[] sorted = [.. rounds.Order()];
            return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
        }
    }

    public void Add(double nanoseconds) => rounds.Add(nanoseconds);
}
