namespace Nabla.Nn;

/// <summary>Keeps gradients small between backward and the optimiser's step.</summary>
public static class GradientClipping
{
    // Keeps the quotient finite where the norm is 0; PyTorch's figure.
    private const double Epsilon = 1e-6;

    /// <summary>Scales all gradients by one factor so that their common norm is at most <paramref name="maxNorm"/>.</summary>
    /// <param name="parameters">Those whose gradients count; a missing gradient counts as 0.</param>
    /// <param name="maxNorm">The largest norm to leave.</param>
    /// <param name="normType">p of the p-norm; <see cref="double.PositiveInfinity"/> for the largest magnitude.</param>
    /// <param name="errorIfNonFinite">Throw if the norm is NaN or infinite.</param>
    /// <returns>The norm before scaling.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is not positive.</exception>
    /// <exception cref="ArithmeticException">The norm is not finite, and that was asked to be an error.</exception>
    public static double ClipGradNorm(IEnumerable<Tensor> parameters, double maxNorm, double normType = 2, bool errorIfNonFinite = false)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (!(maxNorm > 0)) throw NnErrors.NotPositive(nameof(ClipGradNorm), nameof(maxNorm), maxNorm);
        if (!(normType > 0)) throw NnErrors.NotPositive(nameof(ClipGradNorm), nameof(normType), normType);
        using IDisposable scope = Autograd.NoGrad();
        List<Tensor> gradients = Gradients(parameters);
        double norm = Norm(gradients, normType, 1);
        if (!double.IsFinite(norm) || norm == 0)
        {
            // Powers may overflow or vanish where the norm itself does not.
            double largest = Norm(gradients, double.PositiveInfinity, 1);
            if (double.IsFinite(largest) && largest > 0) norm = largest * Norm(gradients, normType, largest);
        }
        if (errorIfNonFinite && !double.IsFinite(norm)) throw NnErrors.NonFiniteNorm(norm);
        double factor = maxNorm / (norm + Epsilon);
        if (factor < 1 || double.IsNaN(factor))
            foreach (Tensor gradient in gradients) gradient.MulInPlace(factor);
        return norm;
    }

    /// <summary>Limits every element of the gradients to ±<paramref name="clipValue"/>.</summary>
    /// <param name="parameters">Those whose gradients are limited.</param>
    /// <param name="clipValue">The largest magnitude to leave.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not positive.</exception>
    public static void ClipGradValue(IEnumerable<Tensor> parameters, double clipValue)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (!(clipValue > 0)) throw NnErrors.NotPositive(nameof(ClipGradValue), nameof(clipValue), clipValue);
        using IDisposable scope = Autograd.NoGrad();
        foreach (Tensor gradient in Gradients(parameters)) gradient.CopyInPlace(gradient.Clamp(-clipValue, clipValue));
    }

    /// <summary>The p-norm of all elements together, each divided by a scale.</summary>
    private static double Norm(List<Tensor> gradients, double p, double scale)
    {
        double norm = 0;
        foreach (Tensor gradient in gradients)
        {
            if (gradient.Numel == 0) continue;
            Tensor values = scale == 1 ? gradient : gradient.To(DType.Float64) / scale;
            norm = double.IsPositiveInfinity(p) ? Math.Max(norm, values.Abs().Amax().Item())
                : norm + (p == 2 ? values.Square() : values.Abs().Pow(p)).Sum(dtype: DType.Float64).Item();
        }
        return double.IsPositiveInfinity(p) ? norm : Math.Pow(norm, 1 / p);
    }

    private static List<Tensor> Gradients(IEnumerable<Tensor> parameters)
    {
        var gradients = new List<Tensor>();
        foreach (Tensor parameter in parameters)
            if (parameter.Gradient is { } gradient) gradients.Add(gradient);
        return gradients;
    }
}
