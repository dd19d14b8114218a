using Nabla.Symbolics;

namespace Nabla;

/// <summary>
/// The claimed gradient and the right one at the point and at a few others around it: what explains a difference there too is no
/// coincidence of numbers.
/// </summary>
internal sealed class ClaimSamples
{
    private const int Wanted = 4;

    public ClaimSamples(VerificationProblem problem, ClaimedGradient claim, GradientWays ways, double[][] right)
    {
        Points.Add(problem.At);
        Right.Add(right);
        Claimed.Add(ways.By(GradientWay.Claimed)!);
        int[] mirror = Mirrors(problem);
        for (int k = 1; Points.Count <= Wanted && k <= 4 * Wanted; k++)
        {
            // Smaller and smaller steps, so that a narrow domain is found too.
            double size = 0.2 * Math.Pow(0.6, k - 1);
            double[] point = [.. problem.At];
            for (int j = 0; j < point.Length; j++) point[j] += size * Math.Max(Math.Abs(point[j]), 0.5) * Math.Sin((12.9898 * (mirror[j] + 1)) + (78.233 * k));
            if (At(point, problem, claim, ways) is not var (r, c)) continue;
            Points.Add(point);
            Right.Add(r);
            Claimed.Add(c);
        }
    }

    public List<double[]> Points { get; } = [];

    /// <summary>[sample][row][element].</summary>
    public List<double[][]> Right { get; } = [];

    /// <summary>[sample][row][element].</summary>
    public List<double[][]> Claimed { get; } = [];

    public int Count => Points.Count;

    /// <summary>The values of formulas at the samples: [formula][sample].</summary>
    public double[][] Evaluate(IReadOnlyList<Expr> formulas, IReadOnlyList<Symbol> symbols)
    {
        var program = Program.Of([.. formulas], [.. symbols]);
        double[][] bySample = [.. Points.Select(point => FormulaOfFunction.Evaluate(program, point))];
        return [.. Enumerable.Range(0, formulas.Count).Select(i => Array.ConvertAll(bySample, values => values[i]))];
    }

    public static bool Near(double a, double b, double scale = 0) => Math.Abs(a - b) <= (1e-7 * Math.Max(Math.Abs(a), Math.Abs(b))) + (1e-9 * scale) + 1e-13;

    public static bool Near(double[] a, double[] b)
    {
        for (int i = 0; i < a.Length; i++)
            if (!Near(a[i], b[i])) return false;
        return true;
    }

    /// <summary>For each element itself; below the diagonal of a symmetric matrix its mirror image, so that it stays symmetric.</summary>
    private static int[] Mirrors(VerificationProblem problem)
    {
        int[] mirrors = [.. Enumerable.Range(0, problem.Count)];
        for (int input = 0; input < problem.Names.Length; input++)
        {
            Shape shape = problem.Shapes[input];
            if (shape.Rank < 2 || shape[^1] != shape[^2]) continue;
            (int n, int start) = (shape[^1], problem.Starts[input]);
            int[] images = [.. Enumerable.Range(0, shape.Numel).Select(i => start + (i / (n * n) * n * n) + (i % n * n) + (i / n % n))];
            if (!Enumerable.Range(0, shape.Numel).All(i => problem.At[start + i].Equals(problem.At[images[i]]))) continue;
            for (int i = 0; i < images.Length; i++) mirrors[start + i] = Math.Min(start + i, images[i]);
        }
        return mirrors;
    }

    private static (double[][] Right, double[][] Claimed)? At(double[] point, VerificationProblem problem, ClaimedGradient claim, GradientWays ways)
    {
        try
        {
            double[][] right = ways.By(GradientWay.Reverse) is not null ? ways.Reverse(point) : ways.Formula?.Gradient(point) ?? [];
            double[][] claimed = claim.At(point);
            bool finite = right.Length > 0 && right.All(row => row.All(double.IsFinite)) && claimed.All(row => row.All(double.IsFinite));
            return finite ? (right, claimed) : null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A point outside the domain, for instance a matrix that is not positive definite there.
            return null;
        }
    }
}
