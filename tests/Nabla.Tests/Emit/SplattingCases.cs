using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla.Tests.Emit;

/// <summary>The functions of Gaussian splatting, as formulas and on tensors.</summary>
internal static class SplattingCases
{
    // Kerbl et al., 3D Gaussian Splatting, 2023: this is added to the diagonal of every projected covariance, in pixels squared.
    private const double Blur = 0.3;

    /// <summary>The blended colour of three flat Gaussians at a point: Σ c_i G_i Π_{j&lt;i} (1 - G_j).</summary>
    public static EmitCase BlendedColour { get; } = MakeBlendedColour();

    /// <summary>From a 3-D Gaussian (mean, scales, quaternion) to its 2-D centre and conic.</summary>
    public static EmitCase Projection { get; } = MakeProjection();

    /// <summary>The weight of a projected Gaussian at a pixel, from its conic stored as a symmetric matrix.</summary>
    public static EmitCase ConicWeight { get; } = MakeConicWeight();

    private static EmitCase MakeBlendedColour()
    {
        const int n = 3;
        Symbol px = Expr.Symbol("p_x"), py = Expr.Symbol("p_y");
        var parameters = new List<EmitParameter> { EmitParameter.Vector("p", px, py) };
        double[] lower = [-1, -1], upper = [1, 1];
        Expr colour = 0, transmittance = 1;
        for (int i = 0; i < n; i++)
        {
            Symbol x = Expr.Symbol($"μ_x[{i}]"), y = Expr.Symbol($"μ_y[{i}]"), c = Expr.Symbol($"c[{i}]");
            Symbol sx = Expr.Symbol($"s_x[{i}]"), sy = Expr.Symbol($"s_y[{i}]"), sz = Expr.Symbol($"s_z[{i}]");
            parameters.AddRange([EmitParameter.Vector($"μ_{i}", x, y), EmitParameter.Vector($"s_{i}", sx, sy, sz), EmitParameter.Scalar(c)]);
            lower = [.. lower, -2, -2, 0.5, 0.5, 0.5, 0];
            upper = [.. upper, 2, 2, 2, 2, 2, 1];
            Expr g = F.Exp(-((F.Pow(px - x, 2) / F.Pow(sx, 2)) + (F.Pow(py - y, 2) / F.Pow(sy, 2))) / 2);
            colour += c * g * transmittance;
            transmittance *= 1 - g;
        }

        var request = new EmitRequest { Name = "blended_colour", Parameters = parameters, Outputs = [colour], Parts = EmitParts.ValueAndGradient };
        return new EmitCase(request, OnTensors, lower, upper);

        static Tensor[] OnTensors(Tensor[] x)
        {
            Tensor total = Tensor.Zeros(x[0].Shape, DType.Float64), light = Tensor.Ones(x[0].Shape, DType.Float64);
            for (int i = 0; i < n; i++)
            {
                Tensor[] own = x[(2 + (6 * i))..(8 + (6 * i))];
                Tensor g = (-0.5 * (((x[0] - own[0]) / own[2]).Square() + ((x[1] - own[1]) / own[3]).Square())).Exp();
                total = total + (own[5] * g * light);
                light = light * (1 - g);
            }

            return [total];
        }
    }

    private static EmitCase MakeProjection()
    {
        Symbol[] mean = Symbols("x", "y", "z"), scale = Symbols("s_x", "s_y", "s_z"), q = Symbols("q_w", "q_x", "q_y", "q_z"), t = Symbols("t_x", "t_y", "t_z");
        Symbol fx = Expr.Symbol("f_x"), fy = Expr.Symbol("f_y");
        var view = new Symbol[3, 3];
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++) view[i, j] = Expr.Symbol($"w_{i}{j}");
        Expr[] all = [.. mean, .. scale, .. q, .. view.Cast<Symbol>(), .. t, fx, fy];
        Expr[] outputs = Project(all);
        var request = new EmitRequest
        {
            Name = "project",
            Parameters =
            [
                EmitParameter.Vector("mean", mean), EmitParameter.Vector("scale", scale), EmitParameter.Vector("rotation", q), EmitParameter.Matrix("view", view),
                EmitParameter.Vector("t", t), fx, fy,
            ],
            Outputs = [EmitOutput.Symmetric("conic", outputs[0], outputs[1], outputs[2]), EmitOutput.Vector("centre", outputs[3], outputs[4])],
            GradientOf = ["mean", "scale", "rotation"],
            Parts = EmitParts.ValueAndGradient,
        };
        double[] lower = [-1, -1, -1, 0.1, 0.1, 0.1, 0.2, -1, -1, -1, 0.8, -0.2, -0.2, -0.2, 0.8, -0.2, -0.2, -0.2, 0.8, -0.5, -0.5, 3, 20, 20];
        double[] upper = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.2, 0.2, 0.2, 1, 0.2, 0.2, 0.2, 1, 0.5, 0.5, 5, 40, 40];
        return new EmitCase(request, OnTensors, lower, upper);

        static Symbol[] Symbols(params string[] names) => [.. names.Select(Expr.Symbol)];

        // Matrix products of whole batches, unlike the formulas, which are written element by element.
        static Tensor[] OnTensors(Tensor[] x)
        {
            Tensor Stack(int start, int count) => Tensor.Stack(x[start..(start + count)], 1);
            Tensor mean = Stack(0, 3), scale = Stack(3, 3), q = Stack(6, 4), view = Stack(10, 9).Reshape(-1, 3, 3), t = Stack(19, 3);
            q = q / q.Square().Sum(1, keepAxis: true).Sqrt();
            Tensor r = q[.., 0], a = q[.., 1], b = q[.., 2], c = q[.., 3];
            Tensor rotation = Tensor.Stack(
            [
                1 - (2 * (b.Square() + c.Square())), 2 * ((a * b) - (r * c)), 2 * ((a * c) + (r * b)),
                2 * ((a * b) + (r * c)), 1 - (2 * (a.Square() + c.Square())), 2 * ((b * c) - (r * a)),
                2 * ((a * c) - (r * b)), 2 * ((b * c) + (r * a)), 1 - (2 * (a.Square() + b.Square())),
            ], 1).Reshape(-1, 3, 3);
            Tensor m = rotation * scale.Unsqueeze(1);
            Tensor p = view.MatMul(mean.Unsqueeze(2)).Squeeze(2) + t;
            Tensor z = p[.., 2], zero = Tensor.ZerosLike(z);
            Tensor jacobian = Tensor.Stack([x[22] / z, zero, -x[22] * p[.., 0] / z.Square(), zero, x[23] / z, -x[23] * p[.., 1] / z.Square()], 1).Reshape(-1, 2, 3);
            Tensor sigma = m.MatMul(m.Transpose(1, 2));
            Tensor jw = jacobian.MatMul(view);
            Tensor flat = jw.MatMul(sigma).MatMul(jw.Transpose(1, 2)) + (Blur * Tensor.Eye(2, dtype: DType.Float64));
            Tensor xx = flat[.., 0, 0], xy = flat[.., 0, 1], yy = flat[.., 1, 1];
            Tensor det = (xx * yy) - xy.Square();
            return [yy / det, -xy / det, xx / det, x[22] * p[.., 0] / z, x[23] * p[.., 1] / z];
        }
    }

    /// <summary>Mean 3, scales 3, quaternion 4, view 9, translation 3, focal lengths 2 give conic 3 and centre 2.</summary>
    private static Expr[] Project(Expr[] v)
    {
        Expr norm = F.Rsqrt((v[6] * v[6]) + (v[7] * v[7]) + (v[8] * v[8]) + (v[9] * v[9]));
        Expr r = v[6] * norm, a = v[7] * norm, b = v[8] * norm, c = v[9] * norm;
        Expr[,] rotation =
        {
            { 1 - (2 * ((b * b) + (c * c))), 2 * ((a * b) - (r * c)), 2 * ((a * c) + (r * b)) },
            { 2 * ((a * b) + (r * c)), 1 - (2 * ((a * a) + (c * c))), 2 * ((b * c) - (r * a)) },
            { 2 * ((a * c) - (r * b)), 2 * ((b * c) + (r * a)), 1 - (2 * ((a * a) + (b * b))) },
        };
        var p = new Expr[3];
        for (int i = 0; i < 3; i++) p[i] = (v[10 + (3 * i)] * v[0]) + (v[11 + (3 * i)] * v[1]) + (v[12 + (3 * i)] * v[2]) + v[19 + i];
        Expr fx = v[22], fy = v[23], zero = 0;
        Expr[,] jacobian = { { fx / p[2], zero, -fx * p[0] / (p[2] * p[2]) }, { zero, fy / p[2], -fy * p[1] / (p[2] * p[2]) } };
        var u = new Expr[2, 3];
        for (int i = 0; i < 2; i++)
        {
            for (int j = 0; j < 3; j++)
            {
                u[i, j] = 0;
                for (int k = 0; k < 3; k++)
                {
                    Expr jw = 0;
                    for (int l = 0; l < 3; l++) jw += jacobian[i, l] * v[10 + (3 * l) + k];
                    u[i, j] += jw * rotation[k, j] * v[3 + j];
                }
            }
        }

        Expr xx = (u[0, 0] * u[0, 0]) + (u[0, 1] * u[0, 1]) + (u[0, 2] * u[0, 2]) + Blur;
        Expr xy = (u[0, 0] * u[1, 0]) + (u[0, 1] * u[1, 1]) + (u[0, 2] * u[1, 2]);
        Expr yy = (u[1, 0] * u[1, 0]) + (u[1, 1] * u[1, 1]) + (u[1, 2] * u[1, 2]) + Blur;
        Expr det = (xx * yy) - (xy * xy);
        return [yy / det, -xy / det, xx / det, fx * p[0] / p[2], fy * p[1] / p[2]];
    }

    private static EmitCase MakeConicWeight()
    {
        Symbol dx = Expr.Symbol("d_x"), dy = Expr.Symbol("d_y"), a = Expr.Symbol("a"), b = Expr.Symbol("b"), c = Expr.Symbol("c"), opacity = Expr.Symbol("opacity");
        Expr power = (-((a * dx * dx) + (c * dy * dy)) / 2) - (b * dx * dy);
        // Clamped and cut off as the rasteriser does.
        Expr alpha = F.Min(0.99, opacity * F.Exp(power));
        var request = new EmitRequest
        {
            Name = "conic_weight",
            Parameters = [EmitParameter.Vector("d", dx, dy), EmitParameter.Symmetric("conic", a, b, c), opacity],
            Outputs = [F.Select(F.Less(alpha, new Rational(1, 255)), 0, alpha)],
            Parts = EmitParts.ValueAndGradient,
        };
        return new EmitCase(request, OnTensors, [-2, -2, 0.5, -0.3, 0.5, 0.1], [2, 2, 2, 0.3, 2, 1]);

        static Tensor[] OnTensors(Tensor[] x)
        {
            Tensor power = (-0.5 * ((x[2] * x[0].Square()) + (x[4] * x[1].Square()))) - (x[3] * x[0] * x[1]);
            Tensor alpha = (x[5] * power.Exp()).Clamp(max: 0.99);
            return [Tensor.Where(alpha < 1.0 / 255, 0, alpha)];
        }
    }
}
