using System.Diagnostics;
using System.Globalization;
using System.Text;
using Nabla.Symbolics;

namespace Nabla.Bench;

/// <summary>exp(-½(x-m)ᵀS⁻¹(x-m)) with a symmetric matrix of symbols: the time to build it and its gradient, and the operations of both.</summary>
internal static class GaussianGradient
{
    private const int Rounds = 41;

    public static string Run()
    {
        var text = new StringBuilder();
        text.AppendLine("### exp(-½(x-m)ᵀS⁻¹(x-m)): build it and differentiate it by all its symbols");
        text.AppendLine();
        text.AppendLine("| matrix | partials | operations after sharing | first time | warm, median | warm, fastest |");
        text.AppendLine("|---|---:|---:|---:|---:|---:|");
        foreach (int n in (int[])[2, 3, 4, 5])
        {
            foreach (bool positive in (bool[])[false, true])
            {
                var times = new double[Rounds];
                (int operations, int partials) = (0, 0);
                for (int round = 0; round < Rounds; round++)
                {
                    // Symbols of their own each round: nothing built before is found again in the table of formulas.
                    string name = $"{(positive ? "P" : "S")}{round}";
                    long start = Stopwatch.GetTimestamp();
                    Matrix matrix = positive ? Matrix.PositiveDefinite(name, n) : Matrix.Symmetric(name, n);
                    Matrix x = Matrix.Vector($"x{name}", n), m = Matrix.Vector($"m{name}", n), d = x - m;
                    Expr density = Functions.Exp(-d.Dot(matrix.Inverse() * d) / 2);
                    Symbol[] symbols = [.. x.FreeSymbols, .. m.FreeSymbols, .. matrix.FreeParameters];
                    Expr[] gradient = density.Gradient(symbols);
                    times[round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                    (operations, partials) = (OperationCount.Of([density, .. gradient]), gradient.Length);
                }

                double first = times[0];
                double[] warm = times[(Rounds / 2)..];
                Array.Sort(warm);
                text.AppendLine(CultureInfo.InvariantCulture,
                    $"| {(positive ? "positive definite" : "symmetric")}, {n} x {n} | {partials} | {operations} | {first:F2} ms | {warm[warm.Length / 2]:F2} ms | {warm[0]:F2} ms |");
            }
        }
        return text.ToString();
    }
}
