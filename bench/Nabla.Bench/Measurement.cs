using System.Diagnostics;
using System.Runtime;

namespace Nabla.Bench;

/// <summary>A measured rival.</summary>
/// <param name="Rival">Which.</param>
/// <param name="Times">Null if the rival is not on this machine or does not have the case.</param>
/// <param name="Comparison">How its result differs from ours; null if they are not compared.</param>
internal sealed record RivalResult(Rival Rival, Times? Times, Comparison? Comparison)
{
    public double? Minimum => Times?.Minimum ?? Rival.Limit;

    public double? Median => Times?.Median ?? Rival.Limit;
}

/// <summary>A measured case.</summary>
/// <param name="Group">The heading it stands under.</param>
/// <param name="Case">Which.</param>
/// <param name="Ours">Our times.</param>
/// <param name="Rivals">Those of the others.</param>
/// <param name="Check">What the case's own check found.</param>
internal sealed record Result(string Group, Case Case, Times Ours, IReadOnlyList<RivalResult> Rivals, CheckResult? Check)
{
    public bool ValuesAgree => Check is not { Agrees: false } && Rivals.All(rival => rival.Comparison?.Disagreement is null);

    /// <summary>Our shortest time over the rival's: the least disturbed by whatever else the machine did.</summary>
    public double? Ratio(RivalResult rival) => Ours.Minimum / rival.Minimum;

    /// <summary>The same of the medians.</summary>
    public double? MedianRatio(RivalResult rival) => Ours.Median / rival.Median;

    public bool? IsMet(RivalResult rival) => Ratio(rival) is { } ratio && rival.Rival.Goal is { } goal ? ratio <= goal : null;
}

/// <summary>Two results side by side.</summary>
/// <param name="Largest">The largest distance between values that were compared.</param>
/// <param name="Disagreement">What differs more than it may, in words; null if nothing does.</param>
internal sealed record Comparison(double Largest, string? Disagreement);

/// <summary>Measures a case: all sides are warmed up, then take turns, so that what disturbs the machine disturbs all.</summary>
internal sealed class Measurement(PeerSet peers, bool quick)
{
    private readonly Pace usual = quick ? Pace.Quick : Pace.Normal;

    public Result Run(string group, Case row)
    {
        Pace pace = row.Pace is { } own ? (quick ? own.Quicker() : own) : usual;
        int threads = row.AllThreads ? Environment.ProcessorCount : 1;
        peers.SetThreads(threads);
        Threads.Count = threads;

        Func<Tensor> body = row.Prepare();
        var ours = new Side(pace, row.Operations, count => Time(body, count)) { IsCompiledAtRunTime = true };
        Lazy<double[]> values = new(() => body().ToArray<double>());
        CheckResult? check = row.Check?.Invoke();
        var sides = new List<(Rival Rival, Side? Side, Comparison? Comparison)>();
        foreach (Rival rival in row.Rivals)
        {
            string name = rival.PeerCase ?? row.Name;
            if (rival.Own is { } prepare)
            {
                Func<Tensor> other = prepare();
                sides.Add((rival, new Side(pace, row.Operations, count => Time(other, count)) { IsCompiledAtRunTime = true }, null));
            }
            else if (rival.Program is { } program && peers.Get(program) is { } peer && peer.Prepare(name) is { } magnitude)
            {
                Comparison comparison = Compare(row, values.Value, magnitude, peer.Values(name, row.Compared));
                sides.Add((rival, new Side(pace, row.Operations, count => peer.Run(name, count)), comparison));
            }
            else
            {
                sides.Add((rival, null, null));
            }
        }

        ours.WarmUp();
        foreach ((_, Side? side, _) in sides) side?.WarmUp();
        for (int round = 0; round < pace.Rounds; round++)
        {
            // OpenBLAS's threads go on spinning for a while when they have nothing to do.
            if (row.AllThreads) Thread.Sleep(60);
            ours.Measure();
            foreach ((_, Side? side, _) in sides) side?.Measure();
        }

        foreach (Rival rival in row.Rivals)
        {
            if (rival.Program is { } program) peers.Get(program)?.Drop(rival.PeerCase ?? row.Name);
        }
        return new Result(group, row, ours.Times, [.. sides.Select(side => new RivalResult(side.Rival, side.Side?.Times, side.Comparison))], check);
    }

    private static double Time(Func<Tensor> body, long count)
    {
        long start = Stopwatch.GetTimestamp();
        for (long i = 0; i < count; i++) body();
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }

    private static Comparison Compare(Case row, double[] ours, double magnitude, double[] theirs)
    {
        int step = (int)Math.Max(1, (ours.Length + (long)row.Compared - 1) / row.Compared), count = (ours.Length + step - 1) / step;
        if (count != theirs.Length) return new Comparison(double.NaN, $"{ours.Length} values, the peer's {theirs.Length} instead of {count}");
        double sum = 0, largest = 0;
        foreach (double value in ours) sum += Math.Abs(value);
        double mean = sum / ours.Length;
        string? disagreement = null;
        for (int i = 0; i < count; i++)
        {
            double x = ours[i * step], y = theirs[i];
            if (x == y || (double.IsNaN(x) && double.IsNaN(y))) continue;
            double distance = Distance(x, y);
            if (!(distance < row.Tolerance)) disagreement ??= $"value {i * step} is {x:G9}, the peer's {y:G9}";
            largest = Math.Max(largest, distance);
        }
        // Against the larger of both means, so that a result of tiny numbers is compared, too.
        if (!(Math.Abs(mean - magnitude) <= 10 * row.Tolerance * Math.Max(mean, magnitude))) disagreement ??= $"mean magnitude {mean:G6}, the peer's {magnitude:G6}";
        return new Comparison(largest, disagreement);
    }

    /// <summary>ADBench's distance: absolute between small numbers, relative between large ones.</summary>
    public static double Distance(double x, double y) => Math.Abs(x - y) / Math.Max(1, Math.Abs(x) + Math.Abs(y));

    /// <summary>One side of a case; <c>time</c> runs so many times and tells the nanoseconds.</summary>
    private sealed class Side(Pace pace, int operations, Func<long, double> time)
    {
        private long count = 1;
        private double spent;

        // So often a method is called before it is compiled for good: a count for each of two tiers, and some to spare.
        private const int CallsToSettle = 80;

        public Times Times { get; } = new();

        /// <summary>Whether the runtime compiles this side's code while it runs, anew when it has been called often.</summary>
        public bool IsCompiledAtRunTime { get; init; }

        /// <summary>Runs until the warm-up is over, and finds how many runs fill a round.</summary>
        public void WarmUp()
        {
            if (IsCompiledAtRunTime) Settle();
            var clock = Stopwatch.StartNew();
            double nanoseconds = time(count);
            if (pace.CountsByPowersOfTwo)
            {
                while (nanoseconds <= pace.Round.TotalNanoseconds) nanoseconds = time(count *= 2);
                Add(nanoseconds);
                return;
            }
            while (clock.Elapsed < pace.WarmUp)
            {
                if (nanoseconds < pace.Round.TotalNanoseconds / 2) count *= 2;
                nanoseconds = time(count);
            }
            count = Math.Max(1, (long)Math.Ceiling(count * pace.Round.TotalNanoseconds / nanoseconds));
        }

        /// <summary>Runs until the runtime has compiled nothing for a while: what is measured is the code that a longer run has.</summary>
        private void Settle()
        {
            long compiled = JitInfo.GetCompiledMethodCount(), runs = 0, atOnce = 1;
            Stopwatch clock = Stopwatch.StartNew(), quiet = Stopwatch.StartNew();
            while ((quiet.Elapsed < pace.Quiet || runs < CallsToSettle) && clock.Elapsed < pace.LongestSettling)
            {
                if (time(atOnce) < pace.Quiet.TotalNanoseconds / 50) atOnce *= 2;
                runs += atOnce;
                long now = JitInfo.GetCompiledMethodCount();
                if (now != compiled) quiet.Restart();
                compiled = now;
            }
        }

        public void Measure()
        {
            if (Times.Count < pace.Rounds && (Times.Count == 0 || spent < pace.Limit.TotalNanoseconds)) Add(time(count));
        }

        private void Add(double nanoseconds)
        {
            spent += nanoseconds;
            Times.Add(nanoseconds / count / operations);
        }
    }
}
