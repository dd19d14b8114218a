using System.Text;

namespace Nabla.Symbolics;

/// <summary>
/// A generated function with a program that tests it: derivatives against differences of fourth order, (8 (f₁ - f₋₁) - (f₂ - f₋₂)) / 12h.
/// The points are chosen so that such differences mean something: finite values, no kink nearby.
/// </summary>
internal static class EmitSelfTest
{
    private const int PointCount = 5;

    public static string Of(EmitLanguage language, EmitRequest request, IReadOnlyList<double[]>? points)
    {
        if (language is not (EmitLanguage.C or EmitLanguage.CSharp))
        {
            throw new NotSupportedException(
                $"Emit.SelfTest: a program in {Dialect.Of(language, null).Title} cannot run on its own. Test the C: the functions differ in spelling only.");
        }

        request = request with { Parts = EmitParts.ValueAndGradient, Saving = EmitSaving.Recompute, Saved = [], Accumulate = false };
        Dialect dialect = Dialect.Of(language, request.Precision);
        bool isSingle = request.Outputs is [{ Packing: EmitPacking.Scalar }];
        bool hasUpstream = request.Upstream ?? !isSingle;
        Symbol[] symbols = [.. request.Parameters.SelectMany(parameter => parameter.Symbols)];
        var weights = new List<Symbol>();
        var terms = new List<Expr>();
        foreach (Expr formula in request.Outputs.SelectMany(output => output.Formulas))
        {
            if (hasUpstream) weights.Add(Expr.Symbol($"\u2207test[{weights.Count}]"));
            terms.Add(hasUpstream ? weights[^1] * formula : formula);
        }

        int[] wrt = [.. Wrt(request)];
        double step = dialect.IsDouble ? 1e-3 : 0.03, tolerance = dialect.IsDouble ? 1e-6 : 0.02;
        double[][] chosen = Choose(Functions.Sum([.. terms]), [.. symbols, .. weights], symbols.Length, wrt, points, step, tolerance);
        return language == EmitLanguage.C
            ? C(request, dialect, chosen, wrt, weights.Count, step, tolerance)
            : CSharp(request, dialect, chosen, wrt, weights.Count, step, tolerance);
    }

    private static IEnumerable<int> Wrt(EmitRequest request)
    {
        int index = 0;
        foreach (EmitParameter parameter in request.Parameters)
        {
            foreach (Symbol _ in parameter.Symbols)
            {
                if (request.GradientOf is null || request.GradientOf.Contains(parameter.Name)) yield return index;
                index++;
            }
        }
    }

    // ---- Points -----------------------------------------------------------------------------------------------------------------

    private static double[][] Choose(Expr total, Symbol[] symbols, int given, int[] wrt, IReadOnlyList<double[]>? points, double step, double tolerance)
    {
        const int tries = 500;
        CompiledFormula compiled = Formulas.Compile([total, .. total.Gradient([.. wrt.Select(i => symbols[i])])], symbols);
        var random = new Random(12345);
        var chosen = new List<double[]>();
        if (points is not null)
        {
            foreach (double[] point in points)
            {
                if (point.Length != given) throw new ArgumentException($"Emit.SelfTest: a point has {point.Length} value(s), the parameters {given}.", nameof(points));
                chosen.Add([.. point, .. Draw(symbols.Length - given, -1, 1)]);
            }

            return [.. chosen];
        }

        for (int i = 0; i < tries && chosen.Count < PointCount; i++)
        {
            // Positive points first: logarithms and roots have them all.
            double[] point = [.. Draw(given, i < tries / 2 ? 0.2 : -2, i < tries / 2 ? 1.8 : 2), .. Draw(symbols.Length - given, -1, 1)];
            if (IsSmooth(compiled, point, wrt, step, tolerance / 4)) chosen.Add(point);
        }

        return chosen.Count > 0
            ? [.. chosen]
            : throw new ArgumentException("Emit.SelfTest: no point between -2 and 2 was found where the formulas are finite and smooth. Give points.", nameof(points));

        // Few digits, so that floats hold them too.
        double[] Draw(int count, double low, double high) => [.. Enumerable.Range(0, count).Select(_ => Math.Round((low + ((high - low) * random.NextDouble())) * 256) / 256)];
    }

    private static bool IsSmooth(CompiledFormula compiled, double[] point, int[] wrt, double step, double tolerance)
    {
        var result = new double[wrt.Length + 1];
        compiled.Invoke(point, result);
        double[] gradient = result[1..];
        double value = Math.Abs(result[0]);
        for (int k = 0; k < wrt.Length; k++)
        {
            double At(int steps)
            {
                double[] moved = [.. point];
                moved[wrt[k]] += steps * step;
                compiled.Invoke(moved, result);
                return result[0];
            }

            double difference = ((8 * (At(1) - At(-1))) - (At(2) - At(-2))) / (12 * step);
            if (!(Math.Abs(difference - gradient[k]) <= tolerance * (1 + value + Math.Abs(gradient[k])))) return false;
        }

        return true;
    }

    // ---- Programs ---------------------------------------------------------------------------------------------------------------

    private static string C(EmitRequest request, Dialect dialect, double[][] points, int[] wrt, int weights, double step, double tolerance)
    {
        var call = Call.Of(dialect.FunctionName(request.Name), request, weights, (at, scalar, _) => scalar ? $"x[{at}]" : $"x + {at}", (at, _, _) => $"out + {at}", (at, _, _) => $"d + {at}");
        string name = Identifiers.Clean(request.Name), real = dialect.Real;
        return $$"""
            {{Emit.C(request)}}
            #include <stdio.h>

            static {{real}} {{name}}_total(const {{real}} *x, {{real}} *d)
            {
            {{Body(call, $"    {real} out[{call.Outputs}];\n", weights, points[0].Length)}}}

            int main(void)
            {
                static const {{real}} points[{{points.Length}}][{{points[0].Length}}] = {
            {{Rows(points, dialect, '{', '}')}}    };
                static const int wrt[{{wrt.Length}}] = { {{string.Join(", ", wrt)}} };
                const {{real}} h = {{dialect.Literal(step)}};
                int failures = 0;
                for (int p = 0; p < {{points.Length}}; p++)
                {
                    {{real}} x[{{points[0].Length}}], d[{{wrt.Length}}], unused[{{wrt.Length}}];
                    for (int i = 0; i < {{points[0].Length}}; i++) x[i] = points[p][i];
                    const double value = (double){{name}}_total(x, d);
                    for (int k = 0; k < {{wrt.Length}}; k++)
                    {
                        double f[5];
                        for (int s = 0; s < 5; s++)
                        {
                            x[wrt[k]] = points[p][wrt[k]] + (s - 2) * h;
                            f[s] = (double){{name}}_total(x, unused);
                        }
                        x[wrt[k]] = points[p][wrt[k]];
                        const double difference = (8.0 * (f[3] - f[1]) - (f[4] - f[0])) / (12.0 * h);
                        const double error = fabs(difference - d[k]);
                        if (error <= {{tolerance:R}} * (1.0 + fabs(value) + fabs(d[k]))) continue;
                        failures++;
                        printf("{{name}}: point %d, derivative %d is %.9g, differences give %.9g\n", p, k, (double)d[k], difference);
                    }
                }
                printf("{{name}}: %d of {{points.Length * wrt.Length}} derivatives disagree with central differences\n", failures);
                return failures != 0;
            }

            """;
    }

    private static string CSharp(EmitRequest request, Dialect dialect, double[][] points, int[] wrt, int weights, double step, double tolerance)
    {
        string real = dialect.Real;
        bool IsStruct(bool isVector) => isVector && !dialect.IsDouble;
        var vectors = new StringBuilder();
        var call = Call.Of(dialect.FunctionName(request.Name), request, weights,
            (at, scalar, shape) => scalar ? $"x[{at}]" : IsStruct(shape.IsVector) ? $"new Vector{shape.Count}(x.AsSpan({at}, {shape.Count}))" : $"x.AsSpan({at}, {shape.Count})",
            (at, scalar, shape) => Target("result", at, scalar, shape), (at, scalar, shape) => Target("d", at, scalar, shape));
        string name = Identifiers.Clean(request.Name);
        string body = Body(call, $"    var result = new {real}[{call.Outputs}];\n", weights, points[0].Length).Replace("out[", "result[");
        if (vectors.Length > 0 && call.Returns && weights == 0) body = $"    {real} value = {call.Text};\n{vectors}    return value;\n";
        else if (vectors.Length > 0) body = body.Insert(body.LastIndexOf("    return", StringComparison.Ordinal), vectors.ToString());
        string text = $$"""
            {{Emit.CSharp(request)}}
            private static {{real}} Total({{real}}[] x, {{real}}[] d)
            {
            {{body}}}

            public static int Run()
            {
                {{real}}[][] points =
                [
            {{Rows(points, dialect, '[', ']')}}    ];
                int[] wrt = [{{string.Join(", ", wrt)}}];
                const {{real}} h = {{dialect.Literal(step)}};
                int failures = 0;
                foreach ({{real}}[] x in points)
                {
                    var d = new {{real}}[{{wrt.Length}}];
                    double value = Total(x, d);
                    for (int k = 0; k < wrt.Length; k++)
                    {
                        double At(int steps)
                        {
                            var moved = ({{real}}[])x.Clone();
                            moved[wrt[k]] += steps * h;
                            return Total(moved, new {{real}}[{{wrt.Length}}]);
                        }

                        double difference = (8.0 * (At(1) - At(-1)) - (At(2) - At(-2))) / (12.0 * h);
                        if (Math.Abs(difference - d[k]) <= {{tolerance:R}} * (1.0 + Math.Abs(value) + Math.Abs(d[k]))) continue;
                        failures++;
                        Console.WriteLine($"{{name}}: derivative {k} is {d[k]}, differences give {difference}");
                    }
                }

                return failures;
            }
            """;
        return $"using System;\nusing System.Numerics;\n\npublic static class {name}_test\n{{\n    {text.ReplaceLineEndings("\n").Replace("\n", "\n    ").Replace("\n    \n", "\n\n")}\n}}\n";

        // A vector is written to a variable of its own and copied.
        string Target(string array, int at, bool scalar, EmitShape shape)
        {
            if (scalar) return $"out {array}[{at}]";
            if (!IsStruct(shape.IsVector)) return $"{array}.AsSpan({at}, {shape.Count})";
            vectors.Append($"    {array}_{at}.CopyTo({array}.AsSpan({at}));\n");
            return $"out Vector{shape.Count} {array}_{at}";
        }
    }

    private static string Body(Call call, string declaration, int weights, int rowLength)
    {
        if (call.Returns && weights == 0) return $"    return {call.Text};\n";
        var sum = new List<string>();
        for (int i = 0; i < call.Outputs; i++) sum.Add($"x[{rowLength - weights + i}] * out[{i}]");
        return $"{declaration}    {(call.Returns ? "out[0] = " : "")}{call.Text};\n    return {string.Join(" + ", sum)};\n";
    }

    private static string Rows(double[][] points, Dialect dialect, char open, char close)
    {
        var text = new StringBuilder();
        foreach (double[] point in points) text.Append("        ").Append(open).Append(' ').AppendJoin(", ", point.Select(dialect.Literal)).Append(' ').Append(close).Append(",\n");
        return text.ToString();
    }

    /// <summary>The call of the generated function from an array of inputs, x, to one of results and one of derivatives.</summary>
    private sealed record Call(string Text, int Outputs, bool Returns)
    {
        public static Call Of(string function, EmitRequest request, int weights, Func<int, bool, EmitShape, string> input, Func<int, bool, EmitShape, string> output, Func<int, bool, EmitShape, string> derivative)
        {
            var arguments = new List<string>();
            int read = 0, written = 0, derivatives = 0;
            foreach (EmitParameter parameter in request.Parameters) Take(parameter.Shape);
            if (weights > 0) foreach (EmitOutput result in request.Outputs) Take(result.Shape);
            bool returns = request.Outputs is [{ Packing: EmitPacking.Scalar }];
            foreach (EmitOutput result in request.Outputs)
            {
                if (!returns) arguments.Add(output(written, result.Packing == EmitPacking.Scalar, result.Shape));
                written += result.Shape.Count;
            }

            foreach (EmitParameter parameter in request.Parameters)
            {
                if (request.GradientOf is not null && !request.GradientOf.Contains(parameter.Name)) continue;
                arguments.Add(derivative(derivatives, parameter.Packing == EmitPacking.Scalar, parameter.Shape));
                derivatives += parameter.Shape.Count;
            }

            return new Call($"{function}({string.Join(", ", arguments)})", written, returns);

            void Take(EmitShape shape)
            {
                arguments.Add(input(read, shape.Packing == EmitPacking.Scalar, shape));
                read += shape.Count;
            }
        }
    }
}
