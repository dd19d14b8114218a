using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla.Tests.Emit;

/// <summary>
/// One function written twice, independently: as formulas, from which code is generated, and on tensors, whose gradient is autograd's.
/// A column of each input holds all points, so that one backward pass gives the gradients at all of them.
/// </summary>
/// <param name="Request">The function as formulas: value and gradient.</param>
/// <param name="OnTensors">From the columns of the inputs to the columns of the outputs.</param>
/// <param name="Lower">The lower ends of the inputs' ranges.</param>
/// <param name="Upper">The upper ends.</param>
public sealed record EmitCase(EmitRequest Request, Func<Tensor[], Tensor[]> OnTensors, double[] Lower, double[] Upper)
{
    public const int Points = 1000;

    public string Name => Request.Name;

    public override string ToString() => Name;

    public int InputCount => Lower.Length;

    public int OutputCount => Request.Outputs.Sum(output => output.Formulas.Count);

    /// <summary>Whether the generated gradient is weighted by incoming gradients.</summary>
    public bool HasUpstream => Request.Upstream ?? (Request.Outputs.Count > 1 || Request.Outputs[0].Packing != EmitPacking.Scalar);

    /// <summary>The values of one point: inputs, then incoming gradients, if any.</summary>
    public double[][] Sample()
    {
        var random = new Random(Name.Sum(c => c) * 7919);
        int weights = HasUpstream ? OutputCount : 0;
        var points = new double[Points][];
        for (int i = 0; i < Points; i++)
        {
            points[i] = new double[InputCount + weights];
            for (int k = 0; k < InputCount; k++) points[i][k] = Lower[k] + ((Upper[k] - Lower[k]) * random.NextDouble());
            for (int k = 0; k < weights; k++) points[i][InputCount + k] = (2 * random.NextDouble()) - 1;
        }

        return points;
    }

    /// <summary>Values and gradients by autograd: one row a point, the outputs first, then the derivatives by the inputs asked for.</summary>
    public double[][] ByAutograd(double[][] points)
    {
        Tensor[] inputs = [.. Enumerable.Range(0, InputCount).Select(k => Column(points, k, requiresGrad: true))];
        Tensor[] outputs = OnTensors(inputs);
        Tensor total = HasUpstream ? outputs[0] * Column(points, InputCount) : outputs[0];
        for (int k = 1; k < outputs.Length; k++) total = total + (outputs[k] * Column(points, InputCount + k));
        total.Sum().Backward();
        var columns = new List<double[]>(outputs.Select(output => output.Detach().ToArray<double>()));
        int input = 0;
        foreach (EmitParameter parameter in Request.Parameters)
        {
            foreach (Symbol _ in parameter.Symbols)
            {
                if (Request.GradientOf is null || Request.GradientOf.Contains(parameter.Name))
                    columns.Add(inputs[input].Grad is { } gradient ? gradient.ToArray<double>() : new double[points.Length]);
                input++;
            }
        }

        return [.. Enumerable.Range(0, points.Length).Select(i => columns.Select(column => column[i]).ToArray())];
    }

    private static Tensor Column(double[][] points, int k, bool requiresGrad = false) =>
        Tensor.FromArray(points.Select(point => point[k]).ToArray(), DType.Float64, requiresGrad);

    /// <summary>A function of numbers with one result.</summary>
    public static EmitCase Of(string name, Func<Expr[], Expr> formula, Func<Tensor[], Tensor> onTensors, params (double Lower, double Upper)[] ranges)
    {
        Symbol[] symbols = [.. Enumerable.Range(0, ranges.Length).Select(i => Expr.Symbol($"x_{i}"))];
        var request = new EmitRequest(name, formula(symbols), symbols) { Parts = EmitParts.ValueAndGradient };
        return new EmitCase(request, x => [onTensors(x)], [.. ranges.Select(r => r.Lower)], [.. ranges.Select(r => r.Upper)]);
    }

    public static IReadOnlyList<EmitCase> All { get; } =
    [
        Of("gauss", x => F.Exp(-(x[0] - x[1]) * (x[0] - x[1]) / (2 * x[2] * x[2])) / (x[2] * F.Sqrt(2 * Constant.Pi)),
            x => (-(x[0] - x[1]) * (x[0] - x[1]) / (2 * x[2] * x[2])).Exp() / (x[2] * Math.Sqrt(2 * Math.PI)), (-2, 2), (-2, 2), (0.5, 2)),
        Of("rosenbrock", x => ((1 - x[0]) * (1 - x[0])) + (100 * F.Pow(x[1] - (x[0] * x[0]), 2)),
            x => (1 - x[0]).Square() + (100 * (x[1] - x[0].Square()).Square()), (-2, 2), (-1, 3)),
        Of("himmelblau", x => F.Pow((x[0] * x[0]) + x[1] - 11, 2) + F.Pow(x[0] + (x[1] * x[1]) - 7, 2),
            x => (x[0].Square() + x[1] - 11).Square() + (x[0] + x[1].Square() - 7).Square(), (-5, 5), (-5, 5)),
        Of("sphere_distance", x => F.Sqrt((x[0] * x[0]) + (x[1] * x[1]) + (x[2] * x[2])) - x[3],
            x => (x[0].Square() + x[1].Square() + x[2].Square()).Sqrt() - x[3], (0.1, 2), (0.1, 2), (0.1, 2), (0.5, 1)),
        Of("rotation", x => (x[0] * F.Cos(x[2])) - (x[1] * F.Sin(x[2])) + F.Pow(F.Sin(x[2]), 2),
            x => (x[0] * x[2].Cos()) - (x[1] * x[2].Sin()) + x[2].Sin().Square(), (-2, 2), (-2, 2), (-3, 3)),
        Of("powers", x => F.Pow(x[0], x[1]) + F.Pow(x[0], new Rational(-3, 2)) + F.Pow(x[1], 7) + F.Pow(x[0], new Rational(1, 3)),
            x => x[0].Pow(x[1]) + x[0].Pow(-1.5) + x[1].Pow(7) + x[0].Pow(1.0 / 3), (0.5, 3), (-1.5, 2)),
        Of("rational", x => ((x[0] * x[0]) + 1) / (x[1] * F.Pow(x[2], 2)) + (x[0] / (x[1] * x[1])),
            x => ((x[0].Square() + 1) / (x[1] * x[2].Square())) + (x[0] / x[1].Square()), (-2, 2), (0.5, 2), (0.5, 2)),
        Of("logistic", x => F.Softplus(x[0] * x[1]) - (x[2] * F.Sigmoid(x[0])),
            x => (x[0] * x[1]).Softplus() - (x[2] * x[0].Sigmoid()), (-4, 4), (-4, 4), (-1, 1)),
        Of("gelu", x => x[0] * (F.Erf(x[0] / F.Sqrt(2)) + 1) / 2, x => x[0] * ((x[0] / Math.Sqrt(2)).Erf() + 1) / 2, (-4, 4)),
        Of("hyperbolic", x => F.Tanh(x[0] * x[1]) + F.Log(F.Cosh(x[0])) + F.Sinh(x[1]),
            x => (x[0] * x[1]).Tanh() + x[0].Cosh().Log() + x[1].Sinh(), (-2, 2), (-2, 2)),
        Of("angles", x => F.Atan2(x[0], x[1]) + F.Asin(x[2]) + F.Acos(x[2] / 2) + F.Atan(x[0] * x[1]),
            x => x[0].Atan2(x[1]) + x[2].Asin() + (x[2] / 2).Acos() + (x[0] * x[1]).Atan(), (-2, 2), (0.1, 2), (-0.9, 0.9)),
        Of("small_arguments", x => (F.Expm1(x[0] / 1000) * F.Log1p(x[1] / 1000)) + F.Asinh(x[0]) + F.Acosh(1.5 + (x[1] * x[1])) + F.Atanh(x[0] / 4),
            x => ((x[0] / 1000).Expm1() * (x[1] / 1000).Log1p()) + x[0].Asinh() + (1.5 + x[1].Square()).Acosh() + (x[0] / 4).Atanh(), (-2, 2), (-2, 2)),
        Of("gamma_likelihood", x => (x[0] * F.Log(x[1])) - F.Lgamma(x[0]) + ((x[0] - 1) * F.Log(x[2])) - (x[1] * x[2]),
            x => (x[0] * x[1].Log()) - x[0].Lgamma() + ((x[0] - 1) * x[2].Log()) - (x[1] * x[2]), (0.5, 4), (0.5, 3), (0.2, 3)),
        Of("digamma_and_bessel", x => F.Digamma(x[0]) + (F.I0(x[1]) * F.I1e(x[0])) + F.Zeta(3, x[0]),
            x => x[0].Digamma() + (x[1].I0() * x[0].I1e()) - (x[0].Polygamma(2) / 2), (0.5, 4), (-3, 3)),
        Of("relu_and_max", x => F.Max(x[0], x[1]) + (F.Min(x[0] * x[0], x[1]) * F.Abs(x[0])) + F.Select(F.Less(0, x[1]), x[1], x[1] / 10),
            x => x[0].Maximum(x[1]) + (x[0].Square().Minimum(x[1]) * x[0].Abs()) + Tensor.Where(x[1] > 0, x[1], x[1] / 10), (-2, 2), (-2, 2)),
        Of("guarded_log", x => F.Select(F.Less(0, x[0]), x[0] * F.Log(x[0]) * x[1], x[1] * x[1]),
            x => Tensor.Where(x[0] > 0, x[0].Xlogy(Tensor.Where(x[0] > 0, x[0], 1)) * x[1], x[1].Square()), (-1, 1), (-1, 1)),
        Of("huber", x => F.Select(F.LessEqual(F.Abs(x[0] - x[1]), x[2]), F.Pow(x[0] - x[1], 2) / 2, x[2] * (F.Abs(x[0] - x[1]) - (x[2] / 2))),
            x => Tensor.Where((x[0] - x[1]).Abs() <= x[2], (x[0] - x[1]).Square() / 2, x[2] * ((x[0] - x[1]).Abs() - (x[2] / 2))), (-3, 3), (-3, 3), (0.5, 2)),
        Of("softmax_loss", x => F.Log(F.Exp(x[0]) + F.Exp(x[1]) + F.Exp(x[2])) - x[1],
            x => (x[0].Exp() + x[1].Exp() + x[2].Exp()).Log() - x[1], (-3, 3), (-3, 3), (-3, 3)),
        Of("remainders", x => (F.Fmod(x[0], x[1]) * x[0]) + F.Remainder(x[0], x[1]) + (F.Floor(x[0]) * x[1]) + (F.Sign(x[0]) * x[1] * x[1]),
            x => (x[0].Fmod(x[1]) * x[0]) + x[0].Remainder(x[1]) + (x[0].Floor() * x[1]) + (x[0].Sign() * x[1].Square()), (-5, 5), (0.7, 2)),
        Of("lennard_jones", x => 4 * x[1] * (F.Pow(x[2] / x[0], 12) - F.Pow(x[2] / x[0], 6)),
            x => 4 * x[1] * ((x[2] / x[0]).Pow(12) - (x[2] / x[0]).Pow(6)), (0.9, 2), (0.5, 2), (0.8, 1.2)),
        Of("schwefel", x => (x[0] * F.Sin(F.Sqrt(F.Abs(x[0])))) + (x[1] * F.Sin(F.Sqrt(F.Abs(x[1])))) + F.Exp2(x[0] / 9) + F.Log2(3 + F.Abs(x[1])),
            x => (x[0] * x[0].Abs().Sqrt().Sin()) + (x[1] * x[1].Abs().Sqrt().Sin()) + (x[0] / 9).Exp2() + (3 + x[1].Abs()).Log2(), (-9, 9), (-9, 9)),
        SplattingCases.BlendedColour,
        SplattingCases.Projection,
        SplattingCases.ConicWeight,
    ];
}
