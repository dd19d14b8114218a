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
        var best = Extrapolate();
        if (side == 0 && JumpOfSlope() is { } jump)
        {
            var rung = At(Witnesses[1])!.Value;
            return (rung.Slope, jump / 2);
        }

        if (GrowsWithoutEnd()) return (LastSlope(), double.PositiveInfinity);
        return double.IsFinite(best.Value) ? best : (LastSlope(), double.PositiveInfinity);
    }

    /// <summary>Looks at the nearest neighbours: on which sides is the function finite, and how much does it flicker?</summary>
    private bool FindSides()
    {
        Span<double> around = stackalloc double[5];
        var step = Math.Max(scale * Math.Pow(2, -38), Math.Abs(x) * MachineEpsilon * 8);
        for (var i = 0; i < 5; i++) around[i] = i == 2 ? center : f(x + ((i - 2) * step));
        var right = double.IsFinite(around[3]) && double.IsFinite(around[4]);
        var left = double.IsFinite(around[0]) && double.IsFinite(around[1]);
        side = right && left ? 0 : right ? 1 : -1;
        noise = Math.Abs(center) * MachineEpsilon;
        if (!right && !left) return false;

        // Second differences of neighbours this near are rounding, and a smooth function has nothing else.
        var (from, to) = (left ? 1 : 3, right ? 3 : 1);
        for (var i = from; i <= to; i++) noise = Math.Max(noise, Math.Abs(around[i - 1] - (2 * around[i]) + around[i + 1]));
        return true;
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
                var estimate = (2 * spread) + (2 * rung.Noise);
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
        foreach (var witness in Witnesses)
        {
            if (witness <= level || At(witness) is not { } rung) continue;
            if (Math.Abs(rung.Slope - value) > (gap / 4) + (4 * error) + (8 * rung.Noise)) return false;
        }

        return true;
    }

    /// <summary>How far the slopes to the right and to the left differ for ever smaller steps; null if they meet.</summary>
    private double? JumpOfSlope()
    {
        Span<double> jumps = stackalloc double[3];
        for (var i = 0; i < 3; i++)
        {
            if (At(Witnesses[i]) is not { } rung) return null;
            jumps[i] = Math.Abs(rung.Right - rung.Left);
            if (jumps[i] <= 32 * rung.Noise) return null;
        }

        // Each witness has steps 128 times smaller: slopes that meet would differ so much less.
        return jumps[1] > jumps[0] / 4 && jumps[2] > jumps[1] / 4 ? jumps[2] : null;
    }

    private bool GrowsWithoutEnd()
    {
        var last = 0.0;
        foreach (var witness in Witnesses)
        {
            if (At(witness) is not { } rung) return false;
            var slope = Math.Abs(rung.Slope);
            if (slope < 1.9 * last || slope <= 32 * rung.Noise) return false;
            last = slope;
        }

        return last > 0;
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
        return rungs[level] = new Rung((right - left) / width, (right - center) / toRight, (center - left) / toLeft, 2 * uncertain / width);
    }

    private readonly record struct Rung(double Slope, double Right, double Left, double Noise);
}
