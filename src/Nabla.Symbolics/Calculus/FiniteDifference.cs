namespace Nabla.Symbolics;

/// <summary>Derivatives from values of the function alone, with an estimate of their error: the judge of every other way.</summary>
public static class FiniteDifference
{
    // A result this good needs no second scale.
    private const double GoodEnough = 1e-6;

    /// <summary>
    /// The derivative of a function of one number by central differences with steps that shrink, extrapolated to step 0
    /// (Richardson 1911, Ridders 1982), and an estimate of its absolute error. Where the function is not finite on one side of
    /// <paramref name="x"/>, however near, the differences are taken on the other side.
    /// </summary>
    /// <param name="f">The function; it is called some 30 to 150 times, and must give the same value for the same argument.</param>
    /// <param name="x">Where.</param>
    /// <returns>
    /// The derivative, and an estimate of its error that covers the rounding of <paramref name="f"/>. At a kink, the mean of the slopes
    /// on both sides and half their difference. The error is infinite where the differences do not converge, and the value NaN
    /// where there are none, because the function is not finite at <paramref name="x"/> or on either side.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="x"/> is not finite.</exception>
    public static (double Value, double Error) Derivative(Func<double, double> f, double x)
    {
        ArgumentNullException.ThrowIfNull(f);
        if (!double.IsFinite(x))
        {
            throw new ArgumentOutOfRangeException(nameof(x), x, $"FiniteDifference.Derivative: x is {x}; differences need a finite place.");
        }

        var center = f(x);
        if (!double.IsFinite(center)) return (double.NaN, double.PositiveInfinity);

        // Most functions vary on the scale of 1 or of x, whichever is larger; near a singularity at 0, on that of x.
        var size = Math.Abs(x);
        var best = new DifferenceLadder(f, x, center, Math.Max(size, 1)).Climb();
        if (size is > 0 and < 0.25 && !(best.Error <= GoodEnough * Math.Abs(best.Value)))
        {
            var near = new DifferenceLadder(f, x, center, size).Climb();
            if (near.Error < best.Error || double.IsNaN(best.Value)) best = near;
        }

        return best;
    }
}
