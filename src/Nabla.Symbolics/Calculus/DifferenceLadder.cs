namespace Nabla.Symbolics;

/// <summary>
/// Differences of a function at one place with halving steps, extrapolated to step 0. Three things make the estimate of the error
/// honest: the noise of the function is measured beside x; a result of large steps must be borne out by some much smaller ones, so
/// that a peak between two points is not overlooked; and slopes that differ on both sides, or grow without end, are recognised.
/// </summary>
internal sealed class DifferenceLadder
{
    private const int Levels = 52;
    private const int Columns = 8;

    // No power of two: points at fractions of a period would show a wave as constant.
    private const double FirstStep = 0.2236;
    private const double MachineEpsilon = 2.220446049250313e-16;

    // The levels at which a result of larger steps is looked at again.
    private static readonly int[] Witnesses = [8, 15, 22];

    // The last is for fast waves far from 0, which the others step over.
    private static readonly int[] FineWitnesses = [.. Witnesses, 29];

    // Where high differences are taken: neighbours half as far apart this many times.
    private static readonly int[] NoiseScales = [16, 19, 22, 25, 28];

    // Those at which slopes on both sides are compared.
    private static readonly int[] Corners = [18, 24, 30];

    private readonly Func<double, double> f;
    private readonly double x;
    private readonly double center;
    private readonly double scale;
    private readonly Rung?[] rungs = new Rung?[Levels];
    private double noise;

    // 0: differences of both sides; else the side that is taken.
    private int side;

    public DifferenceLadder(Func<double, double> f, double x, double center, double scale)
    {
        this.f = f;
        this.x = x;
        this.center = center;
        this.scale = scale;
    }

    /// <summary>The derivative with its error.</summary>
    public (double Value, double Error) Climb()
    {
        if (!FindSides()) return (double.NaN, double.PositiveInfinity);
        if (GrowsWithoutEnd()) return (LastSlope(), double.PositiveInfinity);
        if (side == 0 && JumpOfSlope() is { } jump) return (At(Corners[1])!.Value.Slope, jump / 2);
        var best = Extrapolate();
        return double.IsFinite(best.Value) ? best : (LastSlope(), double.PositiveInfinity);
    }

    /// <summary>Looks at the nearest neighbours: on which sides is the function finite, and how much does it flicker?</summary>
    private bool FindSides()
    {
        Span<double> around = stackalloc double[5];
        Sample(around, 38, -2);
        var right = double.IsFinite(around[3]) && double.IsFinite(around[4]);
        var left = double.IsFinite(around[0]) && double.IsFinite(around[1]);
        side = right && left ? 0 : right ? 1 : -1;
        if (!right && !left) return false;

        // Second differences of neighbours this near are rounding, and a smooth function has nothing else.
        noise = Math.Abs(center) * MachineEpsilon;
        var (from, to) = (left ? 1 : 3, right ? 3 : 1);
        for (var i = from; i <= to; i++) noise = Math.Max(noise, Math.Abs(around[i - 1] - (2 * around[i]) + around[i + 1]));

        // Rounding that comes in steps, as after 1e10 + sin(x) - 1e10, shows only further away, in high differences.
        // Not the least of them, which may be 0 by accident.
        Span<double> flicker = stackalloc double[NoiseScales.Length];
        for (var i = 0; i < flicker.Length; i++) flicker[i] = SixthDifference(NoiseScales[i]);
        flicker.Sort();
        foreach (var size in flicker[..2])
        {
            if (double.IsFinite(size)) noise = Math.Max(noise, size);
        }

        return true;
    }

    /// <summary>
    /// The sixth difference of neighbours, scaled so that independent noise gives its own size (Moré and Wild 2011); infinite where the
    /// function is flat, which tells nothing.
    /// </summary>
    private double SixthDifference(int halvings)
    {
        const double root = 30.4; // of 12!/6!²
        Span<double> points = stackalloc double[7];
        Sample(points, halvings, side == 0 ? -2 : side > 0 ? 0 : -6); // not around x: the difference of an odd function would be 0
        if (!points.ContainsAnyExcept(center)) return double.PositiveInfinity;
        for (var order = 6; order > 0; order--)
        {
            for (var i = 0; i < order; i++) points[i] = points[i + 1] - points[i];
        }

        return double.IsFinite(points[0]) ? 3 * Math.Abs(points[0]) / root : double.PositiveInfinity;
    }

    private void Sample(Span<double> points, int halvings, int first)
    {
        var step = Math.Max(Math.ScaleB(scale, -halvings), Math.Abs(x) * MachineEpsilon * 8);
        for (var i = 0; i < points.Length; i++) points[i] = first + i == 0 ? center : f(x + ((first + i) * step));
    }

    private (double Value, double Error) Extrapolate()
    {
        var (value, error) = (double.NaN, double.PositiveInfinity);
        var previous = new double[Columns];
        var current = new double[Columns];
        var rows = 0;
        for (var level = 0; level < Levels; level++)
        {
            if (At(level) is not { } rung)
            {
                rows = 0;
                continue;
            }

            // Finer steps cannot do better than their rounding.
            if (rung.Noise > error) break;
            (previous, current) = (current, previous);
            current[0] = rung.Slope;
            var width = Math.Min(rows, Columns - 1);
            var weight = 1.0;
            for (var j = 1; j <= width; j++)
            {
                weight *= side == 0 ? 4 : 2;
                current[j] = current[j - 1] + ((current[j - 1] - previous[j - 1]) / (weight - 1));
                var spread = Math.Max(Math.Abs(current[j] - current[j - 1]), Math.Abs(current[j] - previous[j - 1]));
                var estimate = (3 * spread) + (40 * rung.Noise);
                if (estimate < error && IsBorneOut(current[j], estimate, level)) (value, error) = (current[j], estimate);
            }

            rows++;
        }

        return (value, error);
    }

    /// <summary>Whether steps much smaller than those that gave a result come near to it, as far as their rounding shows.</summary>
    private bool IsBorneOut(double value, double error, int level)
    {
        if (At(level) is not { } here) return false;
        var gap = Math.Abs(here.Slope - value);
        foreach (var witness in FineWitnesses)
        {
            if (witness <= level || At(witness) is not { } rung) continue;
            if (Math.Abs(rung.Slope - value) > (gap / 4) + (4 * error) + (8 * rung.Noise)) return false;
        }

        return true;
    }

    /// <summary>How far the slopes to the right and to the left differ for ever smaller steps; null if they meet.</summary>
    private double? JumpOfSlope()
    {
        var last = double.NaN;
        foreach (var corner in Corners)
        {
            if (At(corner) is not { } rung) return null;
            var jump = Math.Abs(rung.Right - rung.Left);
            if (jump <= 32 * MachineEpsilon * Math.Abs(center) / rung.Step) return null;

            // Steps are 64 times smaller each time: slopes that meet would differ so much less, and noise so much more.
            if (jump < last / 2 || jump > last * 2) return null;
            last = jump;
        }

        return last;
    }

    /// <summary>Whether the slope grows by the same factor for ever smaller steps, as that of a root at 0 or of a jump does.</summary>
    private bool GrowsWithoutEnd()
    {
        Span<double> slopes = stackalloc double[3];
        for (var i = 0; i < 3; i++)
        {
            if (At(Witnesses[i]) is not { } rung) return false;
            slopes[i] = Math.Abs(rung.Slope);

            // Noise grows like this too.
            if (i == 0 && slopes[i] <= 1000 * MachineEpsilon * Math.Abs(center) / rung.Step) return false;
        }

        var (first, second) = (slopes[1] / slopes[0], slopes[2] / slopes[1]);
        return first > 1.9 && second > 1.9 && second < 1.1 * first && first < 1.1 * second;
    }

    private double LastSlope()
    {
        for (var i = Witnesses.Length - 1; i >= 0; i--)
        {
            if (At(Witnesses[i]) is { } rung) return rung.Slope;
        }

        return double.NaN;
    }

    /// <summary>The differences of one step; null where the function is not finite there, or the step is lost in x.</summary>
    private Rung? At(int level)
    {
        if (rungs[level] is { } known) return known;
        var step = FirstStep * scale * Math.Pow(2, -level);
        var (above, below) = (x + step, x - step);
        if (above == x || below == x) return null;
        var right = side >= 0 ? f(above) : center;
        var left = side <= 0 ? f(below) : center;
        if (!double.IsFinite(right) || !double.IsFinite(left)) return null;

        // What was added differs from the step by rounding, the distance of the points does not.
        var (toRight, toLeft) = (above - x, x - below);
        var width = (side >= 0 ? toRight : 0) + (side <= 0 ? toLeft : 0);
        var uncertain = Math.Max(noise, MachineEpsilon * Math.Max(Math.Abs(right), Math.Abs(left)));
        return rungs[level] = new Rung((right - left) / width, (right - center) / toRight, (center - left) / toLeft, step, 2 * uncertain / width);
    }

    private readonly record struct Rung(double Slope, double Right, double Left, double Step, double Noise);
}
