namespace Nabla;

/// <summary>The work of <see cref="GradCheck"/>: the Jacobians of all outputs with respect to all inputs, three ways; or products with them.</summary>
internal sealed class DerivativeComparison
{
    private readonly string check;
    private readonly Func<IReadOnlyList<Tensor>, Tensor[]> function;
    private readonly IReadOnlyList<Tensor> inputs;
    private readonly GradCheckOptions options;
    private readonly int[] floating;
    private readonly List<GradCheckFailure> failures = [];
    private int compared;

    public DerivativeComparison(string check, Func<IReadOnlyList<Tensor>, Tensor[]> function, IReadOnlyList<Tensor> inputs, GradCheckOptions options)
    {
        (this.check, this.inputs, this.options) = (check, inputs, options);
        this.function = at =>
        {
            using var guard = new InputGuard(check, at);
            Tensor[] outputs = function(at) ?? throw TransformErrors.ReturnedNull(check);
            if (Array.IndexOf(outputs, null) >= 0) throw TransformErrors.ReturnedNull(check);
            guard.Check();
            return outputs;
        };
        foreach (Tensor input in inputs)
            if (input.IsComplex) throw ComplexErrors.NeedsReal(check, input);
        for (int i = 0; i < inputs.Count; i++)
            if (inputs[i].DType.IsFloatingPoint() && inputs[i].DType != DType.Float64) throw TransformErrors.NeedsDouble(check, $"input {i}", inputs[i]);
        floating = [.. Enumerable.Range(0, inputs.Count).Where(i => inputs[i].DType.IsFloatingPoint())];
        if (floating.Length == 0) throw TransformErrors.NothingToCheck(check);
    }

    public GradCheckReport Run()
    {
        Tensor[] outputs = Evaluate([.. inputs]);
        for (int k = 0; k < outputs.Length; k++)
            if (outputs[k].DType == DType.Float32) throw TransformErrors.NeedsDouble(check, $"output {k}", outputs[k]);
        if (Repeats(outputs))
        {
            if (options.Fast) CompareDirections(outputs);
            else CompareElements(outputs);
            if (failures.Count == 0) CompareCotangents();
        }
        return new GradCheckReport(check, compared, failures);
    }

    private void CompareElements(Tensor[] outputs)
    {
        double[,][,] numeric = Numeric(outputs);
        double[,][,] reverse = Reverse(outputs);
        Compare("reverse", outputs, reverse, numeric);
        if (CheckRepetition(outputs, reverse) && options.CheckForward) Compare("forward", outputs, Forward(outputs), numeric);
    }

    private void CompareCotangents()
    {
        if (!options.CheckBatched && !options.CheckUndefined) return;
        (Tensor[] leaves, Tensor[] results) = Record();
        var comparison = new CotangentComparison(check, leaves, results, floating, inputs, options, failures);
        if (options.CheckUndefined) comparison.CheckUndefined();
        if (options.CheckBatched) comparison.CheckBatched();
    }

    // ---- the fast way -----------------------------------------------------------------------------------------------

    private void CompareDirections(Tensor[] outputs)
    {
        var directions = new DirectionalComparison(Array.ConvertAll(floating, i => inputs[i]), outputs, options);
        double[,] numeric = NumericDirections(outputs, directions);
        CompareDirections("reverse", outputs, directions, ReverseDirections(outputs, directions), numeric);
        if (options.CheckForward) CompareDirections("forward", outputs, directions, ForwardDirections(outputs, directions), numeric);
        if (failures.Count == 0) return;

        // Something is wrong: the elements say where, unless it is no element but only the sum that is too far off.
        GradCheckFailure[] found = [.. failures];
        int before = compared;
        failures.Clear();
        CompareElements(outputs);
        if (failures.Count > 0) return;
        compared = before;
        failures.AddRange(found);
    }

    private void CompareDirections(string mode, Tensor[] outputs, DirectionalComparison directions, double[,] analytic, double[,] numeric)
    {
        for (int k = 0; k < outputs.Length; k++)
        {
            for (int i = 0; i < floating.Length; i++)
            {
                if (!outputs[k].DType.IsFloatingPoint()) continue;
                compared++;
                double allowed = directions.Allowed(k, i, numeric[k, i]);
                if (analytic[k, i].Equals(numeric[k, i]) || Math.Abs(analytic[k, i] - numeric[k, i]) <= allowed) continue;
                failures.Add(new GradCheckFailure(mode, k, [], floating[i], [], analytic[k, i], numeric[k, i], allowed,
                    "That is along random directions; no element by itself is further off than is allowed."));
            }
        }
    }

    private double[,] NumericDirections(Tensor[] outputs, DirectionalComparison directions)
    {
        var results = new double[outputs.Length, floating.Length];
        for (int i = 0; i < floating.Length; i++)
        {
            double[][] above = At(options.Eps), below = At(-options.Eps);
            for (int k = 0; k < outputs.Length; k++)
                results[k, i] = directions.OverOutput(k, [.. above[k].Zip(below[k], (a, b) => (a - b) / (2 * options.Eps))]);

            double[][] At(double step)
            {
                double[] values = inputs[floating[i]].ToArray<double>(), direction = directions.InputDirection(i);
                for (int j = 0; j < values.Length; j++) values[j] += step * direction[j];
                Tensor[] moved = [.. inputs];
                moved[floating[i]] = Tensor.FromSpan<double>(values, inputs[floating[i]].Shape);
                return Array.ConvertAll(Evaluate(moved), output => output.ToArray<double>());
            }
        }
        return results;
    }

    private double[,] ReverseDirections(Tensor[] outputs, DirectionalComparison directions)
    {
        var projections = new double[outputs.Length, floating.Length];
        (Tensor[] leaves, Tensor[] results) = Record();
        for (int k = 0; k < results.Length; k++)
        {
            if (!results[k].RequiresGrad) continue;
            Tensor?[] gradients = Pull(leaves, results, k, directions.OutputDirection(k, results[k]));
            for (int i = 0; i < gradients.Length; i++) projections[k, i] = gradients[i] is { } gradient ? directions.OverInput(i, gradient.ToArray<double>()) : 0;
        }
        return projections;
    }

    private double[,] ForwardDirections(Tensor[] outputs, DirectionalComparison directions)
    {
        var projections = new double[outputs.Length, floating.Length];
        using IDisposable scope = Autograd.NoGrad();
        Tensor[] points = [.. inputs.Select(input => input.Detach())];
        for (int i = 0; i < floating.Length; i++)
        {
            var tangents = new Tensor?[points.Length];
            tangents[floating[i]] = directions.InputDirection(i, points[floating[i]]);
            Tensor?[] results = Differentiation.Push(check, function, points, tangents).Tangents;
            for (int k = 0; k < results.Length; k++)
                projections[k, i] = results[k] is { } tangent ? directions.OverOutput(k, tangent.ToArray<double>()) : 0;
        }
        return projections;
    }

    private Tensor[] Evaluate(Tensor[] at)
    {
        using IDisposable scope = Autograd.NoGrad();
        return function(at);
    }

    /// <summary>Whether a second call gives the same values.</summary>
    private bool Repeats(Tensor[] outputs)
    {
        Tensor[] again = Evaluate([.. inputs]);
        for (int k = 0; k < outputs.Length; k++)
        {
            double[] first = outputs[k].ToArray<double>(), second = again[k].ToArray<double>();
            for (int e = 0; e < first.Length; e++)
            {
                if (first[e].Equals(second[e])) continue;
                failures.Add(new GradCheckFailure("repetition", k, JacobianComparison.Position(e, outputs[k].Shape), -1, [], first[e], second[e], 0, ""));
                return false;
            }
        }
        return true;
    }

    /// <summary>Whether a second backward pass gives the same, to the last bit.</summary>
    private bool CheckRepetition(Tensor[] outputs, double[,][,] first)
    {
        double[,][,] second = Reverse(outputs);
        for (int k = 0; k < outputs.Length; k++)
        {
            for (int i = 0; i < floating.Length; i++)
            {
                double[,] a = first[k, i], b = second[k, i];
                for (int e = 0; e < a.GetLength(0); e++)
                {
                    for (int j = 0; j < a.GetLength(1); j++)
                    {
                        if (a[e, j].Equals(b[e, j])) continue;
                        failures.Add(new GradCheckFailure("repetition", k, JacobianComparison.Position(e, outputs[k].Shape), floating[i], JacobianComparison.Position(j, inputs[floating[i]].Shape), a[e, j], b[e, j], 0, ""));
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private void Compare(string mode, Tensor[] outputs, double[,][,] analytic, double[,][,] numeric)
    {
        for (int k = 0; k < outputs.Length; k++)
        {
            for (int i = 0; i < floating.Length; i++)
            {
                if (!outputs[k].DType.IsFloatingPoint()) continue;
                compared += numeric[k, i].Length;
                var comparison = new JacobianComparison(analytic[k, i], numeric[k, i], outputs[k].Shape, inputs[floating[i]].Shape, options.Atol, options.Rtol);
                failures.AddRange(comparison.Failures(mode, k, floating[i]));
            }
        }
    }

    // ---- the three ways -----------------------------------------------------------------------------------------------

    private double[,][,] Numeric(Tensor[] outputs)
    {
        double[,][,] jacobians = Empty(outputs);
        for (int i = 0; i < floating.Length; i++)
        {
            Tensor x = inputs[floating[i]];
            double[] values = x.ToArray<double>();
            double eps = options.Eps;
            for (int j = 0; j < values.Length; j++)
            {
                double center = values[j];
                double[][] above = At(center + eps), below = At(center - eps);
                values[j] = center;

                // The step that was really taken differs from eps by rounding.
                double step = center + eps - (center - eps);
                for (int k = 0; k < outputs.Length; k++)
                    for (int e = 0; e < above[k].Length; e++) jacobians[k, i][e, j] = (above[k][e] - below[k][e]) / step;

                double[][] At(double value)
                {
                    values[j] = value;
                    Tensor[] moved = [.. inputs];
                    moved[floating[i]] = Tensor.FromSpan<double>(values, x.Shape);
                    return Array.ConvertAll(Evaluate(moved), output => output.ToArray<double>());
                }
            }
        }
        return jacobians;
    }

    private double[,][,] Reverse(Tensor[] outputs)
    {
        double[,][,] jacobians = Empty(outputs);
        (Tensor[] leaves, Tensor[] results) = Record();
        for (int k = 0; k < results.Length; k++)
        {
            if (!results[k].RequiresGrad) continue;
            for (int e = 0; e < results[k].Numel; e++)
            {
                Tensor?[] gradients = Pull(leaves, results, k, Differentiation.OneHot(results[k], e));
                for (int i = 0; i < gradients.Length; i++)
                {
                    if (gradients[i] is not { } gradient) continue;
                    double[] row = gradient.ToArray<double>();
                    for (int j = 0; j < row.Length; j++) jacobians[k, i][e, j] = row[j];
                }
            }
        }
        return jacobians;
    }

    /// <summary>One recorded call, on fresh leaves.</summary>
    private (Tensor[] Leaves, Tensor[] Results) Record()
    {
        using IDisposable scope = Autograd.EnableGrad();
        Tensor[] leaves = Array.ConvertAll(floating, i => inputs[i].Detach().RequireGrad());
        Tensor[] arguments = [.. inputs];
        for (int i = 0; i < floating.Length; i++) arguments[floating[i]] = leaves[i];
        return (leaves, function(arguments));
    }

    /// <summary>The gradients of one output; the others have zeros, because missing gradients are a check of their own.</summary>
    private Tensor?[] Pull(Tensor[] leaves, Tensor[] results, int output, Tensor cotangent)
    {
        Tensor?[] cotangents = Array.ConvertAll(results, result => result.DType.IsFloatingPoint() ? Differentiation.ZerosLike(result) : null);
        cotangents[output] = cotangent;
        return Differentiation.Pull(results, leaves, cotangents, retainGraph: true, record: false, check);
    }

    private double[,][,] Forward(Tensor[] outputs)
    {
        double[,][,] jacobians = Empty(outputs);
        using IDisposable scope = Autograd.NoGrad();
        Tensor[] points = [.. inputs.Select(input => input.Detach())];
        for (int i = 0; i < floating.Length; i++)
        {
            for (int j = 0; j < points[floating[i]].Numel; j++)
            {
                var tangents = new Tensor?[points.Length];
                tangents[floating[i]] = Differentiation.OneHot(points[floating[i]], j);
                Tensor?[] results = Differentiation.Push(check, function, points, tangents).Tangents;
                for (int k = 0; k < results.Length; k++)
                {
                    if (results[k] is not { } tangent) continue;
                    double[] column = tangent.ToArray<double>();
                    for (int e = 0; e < column.Length; e++) jacobians[k, i][e, j] = column[e];
                }
            }
        }
        return jacobians;
    }

    private double[,][,] Empty(Tensor[] outputs)
    {
        var jacobians = new double[outputs.Length, floating.Length][,];
        for (int k = 0; k < outputs.Length; k++)
            for (int i = 0; i < floating.Length; i++) jacobians[k, i] = new double[outputs[k].Numel, inputs[floating[i]].Numel];
        return jacobians;
    }
}
