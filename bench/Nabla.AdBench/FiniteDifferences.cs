namespace Nabla.AdBench;

/// <summary>What the comparison with finite differences found.</summary>
/// <param name="Largest">The largest distance by ADBench's measure.</param>
/// <param name="Average">The average one.</param>
/// <param name="Compared">How many derivatives were compared.</param>
/// <param name="Where">The largest one in words.</param>
public sealed record DifferenceReport(double Largest, double Average, int Compared, string Where)
{
    public bool Agrees => Largest < Problem.DifferenceTolerance;
}

/// <summary>Compares a problem's derivative with finite differences of its objective.</summary>
public static class FiniteDifferences
{
    /// <summary>ADBench's distance: absolute between small numbers, relative between large ones.</summary>
    public static double Distance(double x, double y) => Math.Abs(x - y) / Math.Max(1, Math.Abs(x) + Math.Abs(y));

    /// <summary>Compares the derivatives by at most so many elements of the point, evenly spread: ADBench, too, does not take all of a large problem.</summary>
    public static DifferenceReport Check(Problem problem, int elements = 64)
    {
        double[] derivative = problem.Derivative().ToArray<double>(), point = problem.Point;
        int step = Math.Max(1, (point.Length + elements - 1) / elements);
        double largest = 0, sum = 0;
        int compared = 0;
        string where = "";
        for (int i = 0; i < point.Length; i += step)
        {
            double[] expected = Column(problem, point, i), found = problem.Column(derivative, i);
            if (expected.Length != found.Length) throw new InvalidOperationException($"{problem.Name}: {found.Length} derivatives by element {i} of {expected.Length} values.");
            for (int row = 0; row < found.Length; row++)
            {
                double distance = Distance(found[row], expected[row]);
                if (double.IsNaN(distance)) distance = double.PositiveInfinity;
                sum += distance;
                compared++;
                if (distance < largest || (distance == largest && where.Length > 0)) continue;
                (largest, where) = (distance, $"value {row} by element {i}: {found[row]:G12}, by differences {expected[row]:G12}");
            }
        }
        return new DifferenceReport(largest, sum / compared, compared, where);
    }

    /// <summary>Central differences of two steps, extrapolated: the error is of fourth order.</summary>
    private static double[] Column(Problem problem, double[] point, int element)
    {
        double h = 2e-4 * Math.Max(1, Math.Abs(point[element]));
        double[] near = Difference(problem, point, element, h), far = Difference(problem, point, element, 2 * h);
        for (int row = 0; row < near.Length; row++) near[row] = ((4 * near[row]) - far[row]) / 3;
        return near;
    }

    private static double[] Difference(Problem problem, double[] point, int element, double h)
    {
        double[] above = Values(problem, point, element, h), below = Values(problem, point, element, -h);
        for (int row = 0; row < above.Length; row++) above[row] = (above[row] - below[row]) / (2 * h);
        return above;
    }

    private static double[] Values(Problem problem, double[] point, int element, double offset)
    {
        double[] moved = [.. point];
        moved[element] += offset;
        using (Autograd.NoGrad()) return problem.At(Tensor.FromArray(moved, DType.Float64)).ToArray<double>();
    }
}
