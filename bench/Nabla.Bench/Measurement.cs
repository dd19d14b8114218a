using System.Diagnostics;

namespace Nabla.Bench;

/// <summary>Times per operation over the rounds, in nanoseconds.</summary>
internal sealed class Times
{
    private readonly List<double> rounds = [];

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

/// <summary>A measured row.</summary>
internal sealed record Result(string Group, Case Case, Times Ours, Times? Theirs, bool ValuesAgree)
{
    /// <summary>Our shortest time over the peer's: the least disturbed by whatever else the machine did.</summary>
    public double? Ratio => Theirs is null ? null : Ours.Minimum / Theirs.Minimum;

    /// <summary>The same of the medians.</summary>
    public double? MedianRatio => Theirs is null ? null : Ours.Median / Theirs.Median;

    public bool? IsMet => Ratio is { } ratio ? ratio <= Case.Goal : null;
}

/// <summary>How long to measure.</summary>
/// <param name="WarmUp">Time for each side before anything counts; ours must outlast tiered compilation.</param>
/// <param name="Round">Least time of one side in one round.</param>
/// <param name="Rounds">How many rounds, ours and theirs in turn.</param>
internal sealed record Pace(TimeSpan WarmUp, TimeSpan Round, int Rounds)
{
    public static Pace Normal { get; } = new(TimeSpan.FromSeconds(1.2), TimeSpan.FromMilliseconds(25), 11);

    public static Pace Quick { get; } = new(TimeSpan.FromSeconds(0.5), TimeSpan.FromMilliseconds(8), 3);
}

/// <summary>Measures a case: both sides are warmed up, then take turns, so that what disturbs the machine disturbs both.</summary>
internal sealed class Measurement(Pace pace, Peer? peer)
{
    // Sums in another order differ by rounding; anything beyond that is another computation.
    private const double Tolerance = 1e-3;

    public Result Run(string group, Case row)
    {
        Func<Tensor> body = row.Prepare();
        Func<Tensor>? rival = row.Rival?.Invoke();
        double? expected = rival is not null ? Checksum(rival()) : peer?.Prepare(row.Name);
        Func<long, double> theirTime = rival is not null ? count => Time(rival, count) : count => peer!.Run(row.Name, count);
        bool agree = expected is not { } checksum || Math.Abs(Checksum(body()) - checksum) <= Tolerance * Math.Max(1e-6, Math.Abs(checksum));

        long ourCount = WarmUp(count => Time(body, count));
        long theirCount = expected is null ? 0 : WarmUp(theirTime);
        var ours = new Times();
        Times? theirs = expected is null ? null : new Times();
        for (int round = 0; round < pace.Rounds; round++)
        {
            ours.Add(Time(body, ourCount) / ourCount / row.Operations);
            theirs?.Add(theirTime(theirCount) / theirCount / row.Operations);
        }
        if (expected is not null && rival is null) peer!.Drop(row.Name);
        return new Result(group, row, ours, theirs, agree);
    }

    /// <summary>Runs until the warm-up is over; returns how many runs fill a round.</summary>
    private long WarmUp(Func<long, double> time)
    {
        var clock = Stopwatch.StartNew();
        long count = 1;
        double nanoseconds = time(count);
        while (clock.Elapsed < pace.WarmUp)
        {
            if (nanoseconds < pace.Round.TotalNanoseconds / 2) count *= 2;
            nanoseconds = time(count);
        }
        return Math.Max(1, (long)Math.Ceiling(count * pace.Round.TotalNanoseconds / nanoseconds));
    }

    private static double Time(Func<Tensor> body, long count)
    {
        long start = Stopwatch.GetTimestamp();
        for (long i = 0; i < count; i++) body();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }

    /// <summary>The mean magnitude of the elements.</summary>
    private static double Checksum(Tensor result)
    {
        double sum = 0;
        double[] values = result.ToArray<double>();
        foreach (double value in values) sum += Math.Abs(value);
        return sum / values.Length;
    }
}
