using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla.Nn;

/// <summary>
/// While training: sets elements to zero with a probability p and divides the others by 1 − p, so that the mean stays.
/// In evaluation: nothing.
/// </summary>
public sealed class Dropout : Module
{
    private static readonly ElementwiseOp DropOp = ElementwiseOp.Of("Dropout",
        (x, u, p) => F.Select(F.Less(u, p), 0, x / (1 - p)), Domain.Real, Domain.Closed(0, 1), Domain.Open(0, 1));

    private readonly double probability;
    private readonly Generator? generator;

    /// <summary>Makes the module.</summary>
    /// <param name="p">The probability of zero, in [0, 1].</param>
    /// <param name="generator">Where the numbers come from; <see cref="Generator.Default"/> if left out.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is none.</exception>
    public Dropout(double p = 0.5, Generator? generator = null)
    {
        if (!(p >= 0 && p <= 1)) throw NnErrors.Probability(nameof(Dropout), nameof(p), p);
        probability = p;
        this.generator = generator;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return IsTraining && probability > 0 ? DropOp.Apply(x, Tensor.RandLike(x, generator: generator), Tensor.Number(probability)) : x;
    }
}
