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

        text.AppendLine();
        text.AppendLine("The same as a function of tensors, 3-D, the matrix put together from its six parameters; operations of value and partials:");
        text.AppendLine();
        foreach ((string name, Func<Tensor, Tensor, Tensor> times) in (ReadOnlySpan<(string, Func<Tensor, Tensor, Tensor>)>)
            [("d.Dot(Linalg.Inv(S).MatMul(d))", static (S, d) => Linalg.Inv(S).MatMul(d)), ("d.Dot(Linalg.Solve(S, d))", static (S, d) => Linalg.Solve(S, d))])
        {
            TracedFormula traced = Formula.Trace((s, x, m) =>
            {
                Tensor d = x - m;
                Tensor matrix = Tensor.Stack([s[0], s[1], s[2], s[1], s[3], s[4], s[2], s[4], s[5]]).Reshape(3, 3);
                return (-d.Dot(times(matrix, d)) / 2).Exp();
            }, 6, 3, 3);
            Expr[] gradient = traced.Output.Gradient([.. traced.Symbols]);
            text.AppendLine(CultureInfo.InvariantCulture, $"- `{name}`: {OperationCount.Of([traced.Output, .. gradient])}");
        }
        return text.ToString();
    }
}
