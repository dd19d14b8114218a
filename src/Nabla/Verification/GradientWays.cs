using System.Diagnostics;
using Nabla.Symbolics;

namespace Nabla;

/// <summary>The gradient found in independent ways: [row][element of all inputs].</summary>
internal sealed class GradientWays
{
    /// <summary>A first run shorter than this is repeated, so that its time is not that of compilation.</summary>
    private const double RepeatBelowMilliseconds = 100;

    private readonly VerificationProblem problem;
    private readonly Dictionary<GradientWay, double[][]> values = [];

    public GradientWays(VerificationProblem problem, VerificationOptions options)
    {
        this.problem = problem;
        Try(GradientWay.Reverse, () => Reverse(problem.At));
        if (problem.Count <= options.MaxFormulaElements) Try(GradientWay.Formula, EvaluateFormula);
        else Ways.Add(new VerifiedWay(GradientWay.Formula, default, FormattableString.Invariant($"not derived: {problem.Count} elements, at most {options.MaxFormulaElements} by MaxFormulaElements")));
        Try(GradientWay.Forward, Forward);
        Try(GradientWay.Differences, Differences);
    }

    public List<VerifiedWay> Ways { get; } = [];

    /// <summary>The function's formula and those of its gradient, where it could be traced.</summary>
    public FormulaOfFunction? Formula { get; private set; }

    /// <summary>The estimated errors of the differences.</summary>
    public double[][] Errors { get; private set; } = [];

    public double[][]? By(GradientWay way) => values.GetValueOrDefault(way);

    public void Add(GradientWay way, Func<double[][]> compute) => Try(way, compute, mustSucceed: true);

    private void Try(GradientWay way, Func<double[][]> compute, bool mustSucceed = false)
    {
        try
        {
            long start = Stopwatch.GetTimestamp();
            double[][] result = compute();
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            if (time.TotalMilliseconds < RepeatBelowMilliseconds)
            {
                start = Stopwatch.GetTimestamp();
                result = compute();
                TimeSpan again = Stopwatch.GetElapsedTime(start);
                if (again < time) time = again;
            }
            values[way] = result;
            Ways.Add(new VerifiedWay(way, time, null));
        }
        catch (Exception exception) when (!mustSucceed && exception is not OutOfMemoryException)
        {
            Ways.Add(new VerifiedWay(way, default, exception.Message));
        }
    }

    /// <summary>By reverse mode, anywhere.</summary>
    public double[][] Reverse(double[] point)
    {
        using IDisposable scope = Autograd.EnableGrad();
        Tensor[] leaves = Array.ConvertAll(problem.FloatingAt(point), input => input.RequireGrad());
        Tensor result = problem.Call(leaves);
        var rows = new double[problem.Cotangents.Length][];
        for (int row = 0; row < rows.Length; row++)
        {
            rows[row] = new double[problem.Count];
            if (!result.RequiresGrad) continue;
            Tensor?[] gradients = Differentiation.Pull([result], leaves, [problem.Cotangents[row].To(result.DType)], retainGraph: row < rows.Length - 1, record: false, problem.Op);
            for (int i = 0; i < gradients.Length; i++)
                if (gradients[i] is { } gradient) VerificationProblem.Numbers(gradient).CopyTo(rows[row], problem.Starts[i]);
        }
        return rows;
    }

    private double[][] EvaluateFormula()
    {
        Formula ??= FormulaOfFunction.Of(problem);
        return Formula.Gradient(problem.At);
    }

    private double[][] Forward()
    {
        using IDisposable scope = Autograd.NoGrad();
        Tensor[] points = problem.FloatingAt(problem.At);
        double[][] weights = Array.ConvertAll(problem.Cotangents, VerificationProblem.Numbers);
        double[][] rows = Empty();
        for (int element = 0; element < problem.Count; element++)
        {
            int input = problem.InputOf(element);
            var tangents = new Tensor?[points.Length];
            tangents[input] = Differentiation.OneHot(points[input], element - problem.Starts[input]);
            if (Differentiation.Push(problem.Op, xs => [problem.Call(xs)], points, tangents).Tangents[0] is not { } tangent) continue;
            double[] column = VerificationProblem.Numbers(tangent);
            for (int row = 0; row < rows.Length; row++) rows[row][element] = VerificationProblem.Dot(weights[row], column);
        }
        return rows;
    }

    private double[][] Differences()
    {
        double[][] rows = Empty(), errors = Empty();
        for (int element = 0; element < problem.Count; element++)
        {
            double center = problem.At[element];

            // One evaluation serves all rows.
            var known = new Dictionary<double, double[]>();
            for (int row = 0; row < rows.Length; row++)
            {
                (rows[row][element], errors[row][element]) = double.IsFinite(center)
                    ? FiniteDifference.Derivative(x => At(x)[row], center)
                    : (double.NaN, double.PositiveInfinity);
            }

            double[] At(double x)
            {
                if (known.TryGetValue(x, out double[]? sums)) return sums;
                double[] point = [.. problem.At];
                point[element] = x;
                return known[x] = problem.Weighted(point);
            }
        }
        Errors = errors;
        return rows;
    }

    private double[][] Empty() => [.. problem.Cotangents.Select(_ => new double[problem.Count])];
}

/// <summary>The formulas of a function of tensors and of its gradient.</summary>
internal sealed class FormulaOfFunction
{
    private readonly Program program;

    private FormulaOfFunction(TracedFormula traced, Expr[] rows, Expr[][] gradients)
    {
        (Traced, Rows, Gradients) = (traced, rows, gradients);
        program = Program.Of([.. gradients.SelectMany(gradient => gradient)], [.. traced.Symbols]);
    }

    public TracedFormula Traced { get; }

    /// <summary>What is differentiated: for each row the weighted sum of the outputs.</summary>
    public Expr[] Rows { get; }

    /// <summary>[row][element].</summary>
    public Expr[][] Gradients { get; }

    public static FormulaOfFunction Of(VerificationProblem problem)
    {
        TracedFormula traced = Nabla.Formula.Trace(problem.Call, problem.Shapes, problem.Names);
        var rows = new Expr[problem.Cotangents.Length];
        var gradients = new Expr[rows.Length][];
        for (int row = 0; row < rows.Length; row++)
        {
            double[] weights = VerificationProblem.Numbers(problem.Cotangents[row]);
            Expr sum = 0;
            for (int i = 0; i < weights.Length; i++)
                if (weights[i] != 0) sum += weights[i] * traced.Outputs[i];
            rows[row] = sum;
            gradients[row] = sum.Gradient([.. traced.Symbols]);
        }
        return new FormulaOfFunction(traced, rows, gradients);
    }

    public double[][] Gradient(double[] point)
    {
        double[] flat = Evaluate(program, point);
        int count = Gradients.Length == 0 ? 0 : Gradients[0].Length;
        return [.. Enumerable.Range(0, Gradients.Length).Select(row => flat[(row * count)..((row + 1) * count)])];
    }

    public static double[] Evaluate(Program program, double[] point)
    {
        var registers = new double[Math.Max(program.RegisterCount, point.Length)];
        point.CopyTo(registers, 0);
        ScalarExecutor.Run(program, registers, single: false);
        return Array.ConvertAll(program.Outputs, register => registers[register]);
    }
}
