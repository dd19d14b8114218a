namespace Nabla;

/// <summary>The slopes of a function of one number to both sides of a point, and whether they differ.</summary>
internal readonly record struct KinkTest(double Left, double Right, bool IsKink)
{
    /// <summary>
    /// One-sided differences with steps 1e-3 … 1e-6, each extrapolated once. For a smooth function the two sides approach each
    /// other as the step shrinks; at a kink their difference stays.
    /// </summary>
    public static KinkTest Of(Func<double, double> function, double at)
    {
        double value = function(at), size = Math.Max(1, Math.Abs(at));
        double before = double.NaN, left = double.NaN, right = double.NaN;
        int steady = 0;
        for (double step = 1e-3; step > 5e-7; step /= 10)
        {
            (left, right) = (Slope(-step * size), Slope(step * size));
            double apart = Math.Abs(right - left), scale = Math.Max(Math.Abs(left), Math.Abs(right));

            // Rounding of f divided by the step is no kink.
            double noise = 1e-14 * Math.Abs(value) / (step * size);
            if (apart > (1e-4 * scale) + (100 * noise) && apart > 0.6 * before) steady++;
            else if (before >= 0) steady = Math.Min(steady, 0);
            before = apart;
        }
        return new KinkTest(left, right, steady >= 2 && double.IsFinite(left) && double.IsFinite(right));

        double Slope(double h)
        {
            double whole = (function(at + h) - value) / (at + h - at), half = (function(at + (h / 2)) - value) / (at + (h / 2) - at);
            return (2 * half) - whole;
        }
    }

    /// <summary>Whether a value is that of one side or lies between them.</summary>
    public bool Allows(double value)
    {
        double slack = 1e-6 * Math.Max(1, Math.Max(Math.Abs(Left), Math.Abs(Right)));
        return value >= Math.Min(Left, Right) - slack && value <= Math.Max(Left, Right) + slack;
    }
}
