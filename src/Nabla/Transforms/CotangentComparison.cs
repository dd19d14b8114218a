namespace Nabla;

/// <summary>
/// The part of a gradient check that needs no central differences: one backward pass against another that must give the
/// same, with output gradients in a batch or missing.
/// </summary>
internal sealed class CotangentComparison(
    string check, Tensor[] leaves, Tensor[] results, int[] floating, IReadOnlyList<Tensor> inputs, GradCheckOptions options, List<GradCheckFailure> failures)
{
    // So many output gradients go through one batched pass.
    private const int Portion = 64;

    // Of larger outputs only this many elements are tried: rules treat them alike.
    private const int MostRows = 256;

    /// <summary>Each output's unit gradients in batches, against the same one by one.</summary>
    public void CheckBatched()
    {
        for (int k = 0; k < results.Length; k++)
        {
            if (!results[k].RequiresGrad) continue;
            int rows = Math.Min(results[k].Numel, options.Fast ? 2 : MostRows);
            for (int from = 0; from < rows; from += Portion)
                if (!BatchAgrees(k, from, Math.Min(Portion, rows - from))) return;
        }
    }

    private bool BatchAgrees(int output, int from, int count)
    {
        Tensor result = results[output];
        Tensor[] batched;
        try
        {
            using var scope = new VmapScope(check, count, VmapRandomness.Same);
            Tensor?[] gradients = Pull(output, BatchMode.Wrap(scope.Level, Differentiation.UnitVectors(result, from, count)), zeros: true);
            batched = Array.ConvertAll(Differentiation.Filled(gradients, leaves), gradient => BatchMode.ItemsOf(gradient, scope.Level) ?? VectorSpace.Current.Repeat(gradient, count));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            failures.Add(Threw("batched", output, error));
            return false;
        }
        for (int row = 0; row < count; row++)
        {
            Tensor?[] alone = Pull(output, Differentiation.OneHot(result, from + row), zeros: true);
            for (int i = 0; i < leaves.Length; i++)
            {
                double[] many = batched[i].Select(0, row).ToArray<double>();
                double[] one = alone[i]?.ToArray<double>() ?? new double[many.Length];
                if (!Agree("batched", output, JacobianComparison.Position(from + row, result.Shape), i, many, one)) return false;
            }
        }
        return true;
    }

    /// <summary>Each of several outputs alone, against the others with gradients of zero.</summary>
    public void CheckUndefined()
    {
        if (results.Count(result => result.RequiresGrad) < 2) return;
        for (int k = 0; k < results.Length; k++)
        {
            if (!results[k].RequiresGrad) continue;
            Tensor weights = Weights(results[k]);
            Tensor?[] missing;
            try
            {
                missing = Pull(k, weights, zeros: false);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                failures.Add(Threw("undefined", k, error));
                return;
            }
            Tensor?[] zeros = Pull(k, weights, zeros: true);
            for (int i = 0; i < leaves.Length; i++)
            {
                double[] expected = zeros[i]?.ToArray<double>() ?? new double[leaves[i].Numel];
                double[] found = missing[i]?.ToArray<double>() ?? new double[leaves[i].Numel];
                if (!Agree("undefined", k, [], i, found, expected)) return;
            }
        }
    }

    private Tensor?[] Pull(int output, Tensor cotangent, bool zeros)
    {
        if (!zeros) return Differentiation.Pull([results[output]], leaves, [cotangent], retainGraph: true, record: false, check);
        Tensor?[] cotangents = Array.ConvertAll(results, result => result.DType.IsFloatingPoint() ? Differentiation.ZerosLike(result) : null);
        cotangents[output] = cotangent;
        return Differentiation.Pull(results, leaves, cotangents, retainGraph: true, record: false, check);
    }

    private bool Agree(string mode, int output, int[] outputIndex, int leaf, double[] found, double[] expected)
    {
        for (int j = 0; j < expected.Length; j++)
        {
            double allowed = options.Atol + (options.Rtol * Math.Abs(expected[j]));
            if (found[j].Equals(expected[j]) || Math.Abs(found[j] - expected[j]) <= allowed) continue;
            failures.Add(new GradCheckFailure(mode, output, outputIndex, floating[leaf], JacobianComparison.Position(j, inputs[floating[leaf]].Shape), found[j], expected[j], allowed, ""));
            return false;
        }
        return true;
    }

    private GradCheckFailure Threw(string mode, int output, Exception error) =>
        new(mode, output, [], floating[0], [], double.NaN, double.NaN, 0, "") { Thrown = $"{error.GetType().Name}: {error.Message}" };

    private static Tensor Weights(Tensor output)
    {
        var values = new double[output.Numel];
        for (int i = 0; i < values.Length; i++) values[i] = 1.5 + Math.Sin(1 + i);
        return Tensor.FromSpan<double>(values, output.Shape).To(output.DType);
    }
}
