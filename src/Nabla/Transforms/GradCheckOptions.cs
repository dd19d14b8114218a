namespace Nabla;

/// <summary>What <see cref="GradCheck"/> and <see cref="GradGradCheck"/> check, and how strictly.</summary>
public sealed record GradCheckOptions
{
    private readonly double eps = 1e-6, atol = 1e-5, rtol = 1e-3;

    /// <summary>The step of the central difference.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive.</exception>
    public double Eps
    {
        get => eps;
        init => eps = value > 0 && double.IsFinite(value) ? value : throw TransformErrors.Step("GradCheckOptions", value);
    }

    /// <summary>A difference up to Atol + <see cref="Rtol"/> · |central difference| is accepted.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public double Atol
    {
        get => atol;
        init => atol = value >= 0 ? value : throw TransformErrors.Tolerance(nameof(Atol), value);
    }

    /// <summary>See <see cref="Atol"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public double Rtol
    {
        get => rtol;
        init => rtol = value >= 0 ? value : throw TransformErrors.Tolerance(nameof(Rtol), value);
    }

    /// <summary>Whether forward mode is checked too; false for functions that state no forward rule.</summary>
    public bool CheckForward { get; init; } = true;

    /// <summary>
    /// Whether the backward pass is also run on many output gradients at once, as <c>Vmap</c> does, and must give what it gives
    /// one by one.
    /// </summary>
    public bool CheckBatched { get; init; }

    /// <summary>
    /// Whether, of several outputs, each is also differentiated alone, so that rules meet missing output gradients, and must give
    /// what zeros in their place give.
    /// </summary>
    public bool CheckUndefined { get; init; } = true;

    /// <summary>
    /// Compare Σ vₖ ∂fₖ/∂xⱼ uⱼ for random directions u and v instead of every element: one number per pair of input and output,
    /// at the cost of a few calls. Where it differs, all elements are compared to name the one. An error in a few elements of a
    /// very large tensor may stay hidden.
    /// </summary>
    public bool Fast { get; init; }

    /// <summary>Chooses the random directions.</summary>
    public ulong Seed { get; init; }
}
