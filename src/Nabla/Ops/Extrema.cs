using F = Nabla.Symbolics.Functions;

namespace Nabla;

// The larger, the smaller, and values kept within bounds, element by element; integer tensors stay integer.
public sealed partial class Tensor
{
    // ---- maximum and minimum ------------------------------------------------------------------------------------------

    /// <summary>The larger of x and y; NaN if one is NaN.</summary>
    /// <param name="other">Broadcasts with this tensor.</param>
    /// <remarks>Kinks: half the gradient to each at a tie.</remarks>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Maximum(Tensor other) => MaximumOp.Apply(this, other);

    /// <summary>The smaller of x and y; NaN if one is NaN.</summary>
    /// <inheritdoc cref="Maximum"/>
    public Tensor Minimum(Tensor other) => MinimumOp.Apply(this, other);

    /// <summary>The larger of x and y; the other one where one is NaN.</summary>
    /// <param name="other">Broadcasts with this tensor.</param>
    /// <remarks>Kinks: the gradient goes to x at a tie.</remarks>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Fmax(Tensor other) => FmaxOp.Apply(this, other);

    /// <summary>The smaller of x and y; the other one where one is NaN.</summary>
    /// <inheritdoc cref="Fmax"/>
    public Tensor Fmin(Tensor other) => FminOp.Apply(this, other);

    private static readonly ElementwiseOp MaximumOp = ElementwiseOp.Of("Maximum", (x, y) => F.Max(x, y)).WithKinks("derivative 1/2 each at a tie");
    private static readonly ElementwiseOp MinimumOp = ElementwiseOp.Of("Minimum", (x, y) => F.Min(x, y)).WithKinks("derivative 1/2 each at a tie");
    private static readonly ElementwiseOp FmaxOp = ElementwiseOp.Of("Fmax", (x, y) => F.Select(F.Or(F.IsNaN(y), F.GreaterEqual(x, y)), x, y)).WithKinks("at a tie ∂x 1, ∂y 0");
    private static readonly ElementwiseOp FminOp = ElementwiseOp.Of("Fmin", (x, y) => F.Select(F.Or(F.IsNaN(y), F.LessEqual(x, y)), x, y)).WithKinks("at a tie ∂x 1, ∂y 0");

    // ---- clamp --------------------------------------------------------------------------------------------------------

    /// <summary>x, but not less than <paramref name="min"/> and not more than <paramref name="max"/>; <paramref name="max"/> wins if they cross.</summary>
    /// <param name="min">The lower bound; null for none.</param>
    /// <param name="max">The upper bound; null for none.</param>
    /// <remarks>Kinks: derivative 1 at the bounds, 0 outside, 0 at NaN. Whole bounds keep an integer tensor integer.</remarks>
    public Tensor Clamp(double? min = null, double? max = null) =>
        min is { } low
            ? max is { } high ? ClampOp.Apply(this, Bound(low), Bound(high)) : ClampMinOp.Apply(this, Bound(low))
            : max is { } only ? ClampMaxOp.Apply(this, Bound(only)) : this;

    /// <summary>x, but not less than <paramref name="min"/> and not more than <paramref name="max"/>; <paramref name="max"/> wins if they cross.</summary>
    /// <param name="min">The lower bound, which broadcasts with this tensor; null for none.</param>
    /// <param name="max">The upper bound, which broadcasts with this tensor; null for none.</param>
    /// <remarks>Kinks: where x equals a bound the gradient goes to x; outside it goes to the bound.</remarks>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Clamp(Tensor? min, Tensor? max) =>
        min is not null
            ? max is not null ? ClampOp.Apply(this, min, max) : ClampMinOp.Apply(this, min)
            : max is not null ? ClampMaxOp.Apply(this, max) : this;

    /// <summary>x, but not less than a bound.</summary>
    /// <param name="min">The bound.</param>
    /// <remarks>Kinks: derivative 1 at the bound.</remarks>
    public Tensor ClampMin(double min) => ClampMinOp.Apply(this, Bound(min));

    /// <summary>x, but not less than a bound.</summary>
    /// <param name="min">The bound; broadcasts with this tensor.</param>
    /// <remarks>Kinks: where x equals the bound the gradient goes to x.</remarks>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor ClampMin(Tensor min) => ClampMinOp.Apply(this, min);

    /// <summary>x, but not more than a bound.</summary>
    /// <param name="max">The bound.</param>
    /// <remarks>Kinks: derivative 1 at the bound.</remarks>
    public Tensor ClampMax(double max) => ClampMaxOp.Apply(this, Bound(max));

    /// <summary>x, but not more than a bound.</summary>
    /// <param name="max">The bound; broadcasts with this tensor.</param>
    /// <remarks>Kinks: where x equals the bound the gradient goes to x.</remarks>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor ClampMax(Tensor max) => ClampMaxOp.Apply(this, max);

    /// <summary>x ← x within bounds.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor ClampInPlace(double? min = null, double? max = null) => InPlace.Apply(nameof(ClampInPlace), this, x => x.Clamp(min, max));

    // Inside the bounds x itself, so that a tie with a bound counts as inside. NaN is outside and comes out of max.
    private static readonly ElementwiseOp ClampOp = ElementwiseOp.Of("Clamp", (x, low, high) =>
            F.Select(F.And(F.LessEqual(low, x), F.LessEqual(x, high)), x, F.Min(F.Max(x, low), high)))
        .ComputedAs(x => F.Min(F.Max(x[0], x[1]), x[2]))
        .WithKinks("at a bound ∂x 1, the bound 0; ∂x 0 at NaN");
    private static readonly ElementwiseOp ClampMinOp = ElementwiseOp.Of("ClampMin", (x, low) => F.Select(F.LessEqual(low, x), x, F.Max(x, low)))
        .ComputedAs(x => F.Max(x[0], x[1]))
        .WithKinks("at the bound ∂x 1, the bound 0; ∂x 0 at NaN");
    private static readonly ElementwiseOp ClampMaxOp = ElementwiseOp.Of("ClampMax", (x, high) => F.Select(F.LessEqual(x, high), x, F.Min(x, high)))
        .ComputedAs(x => F.Min(x[0], x[1]))
        .WithKinks("at the bound ∂x 1, the bound 0; ∂x 0 at NaN");

    // A C# literal has lost whether it was written 1 or 1.0; beside integers a whole number is meant as an integer.
    private Tensor Bound(double value) =>
        !DType.IsFloatingPoint() && value == Math.Floor(value) && Math.Abs(value) <= 1L << 53 ? Number((long)value) : Number(value);
}
