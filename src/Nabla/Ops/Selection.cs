using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla;

// Choosing between tensors by a condition, replacing values, and mixing three tensors, element by element.
public sealed partial class Tensor
{
    // ---- where --------------------------------------------------------------------------------------------------------

    /// <summary>a where the condition holds, b elsewhere.</summary>
    /// <param name="condition">A bool tensor; all three broadcast together.</param>
    /// <param name="a">Taken where the condition holds.</param>
    /// <param name="b">Taken elsewhere.</param>
    /// <remarks>
    /// What is not taken gets the gradient 0, even if it is infinite or NaN. But if it was computed where its own derivative is
    /// infinite, 0·∞ = NaN arises there: choose the argument first, <c>Where(x > 0, x, 1).Sqrt()</c>.
    /// </remarks>
    /// <exception cref="DTypeException">The condition is not a bool tensor.</exception>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public static Tensor Where(Tensor condition, Tensor a, Tensor b) => WhereOp.Apply(Condition(condition), a, b);

    /// <inheritdoc cref="Where(Tensor, Tensor, Tensor)"/>
    public static Tensor Where(Tensor condition, Tensor a, double b) => WhereOp.Apply(Condition(condition), a, a.Bound(b));

    /// <inheritdoc cref="Where(Tensor, Tensor, Tensor)"/>
    public static Tensor Where(Tensor condition, double a, Tensor b) => WhereOp.Apply(Condition(condition), b.Bound(a), b);

    /// <summary>a where the condition holds, b elsewhere; float32.</summary>
    /// <inheritdoc cref="Where(Tensor, Tensor, Tensor)"/>
    public static Tensor Where(Tensor condition, double a, double b) => WhereOp.Apply(Condition(condition), Full([], a), Full([], b));

    /// <summary>a where this bool tensor is true, b elsewhere.</summary>
    /// <inheritdoc cref="Where(Tensor, Tensor, Tensor)"/>
    public Tensor Where(Tensor a, Tensor b) => Where(this, a, b);

    /// <inheritdoc cref="Where(Tensor, Tensor)"/>
    public Tensor Where(Tensor a, double b) => Where(this, a, b);

    /// <inheritdoc cref="Where(Tensor, Tensor)"/>
    public Tensor Where(double a, Tensor b) => Where(this, a, b);

    private static readonly ElementwiseOp WhereOp = ElementwiseOp.Of("Where", (c, a, b) => F.Select(c, a, b), Domain.Whole(0, 1), Domain.Real).OnComplex(ComplexParts.Chosen(x => Where(x[0], x[1], x[2]))).WithKinks("what is not taken gets 0");

    private static Tensor Condition(Tensor condition) => condition.DType == DType.Bool ? condition : throw OpErrors.ConditionNotTruth("Where", "condition", condition);

    // ---- masks and replacements ---------------------------------------------------------------------------------------

    /// <summary>x, with a value where the mask is true. The type stays that of x.</summary>
    /// <param name="mask">A bool tensor that broadcasts with this tensor.</param>
    /// <param name="value">The value; a whole number for an integer tensor.</param>
    /// <exception cref="DTypeException">The mask is not a bool tensor, or the value does not fit an integer tensor.</exception>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    [Op(OpKind.Elementwise, Shapes = "broadcast together", Kinks = "derivative 0 where filled")]
    public Tensor MaskedFill(Tensor mask, double value)
    {
        if (!DType.HasDerivatives() && value != Math.Floor(value)) throw OpErrors.FractionInIntegers("MaskedFill", "value", value, this);
        return WhereOp.Apply(Mask(mask), Bound(value), this).To(DType);
    }

    /// <param name="mask">A bool tensor that broadcasts with this tensor.</param>
    /// <param name="value">A scalar tensor, converted to the type of x.</param>
    /// <exception cref="ShapeException">The value is no scalar, or the shapes do not broadcast.</exception>
    /// <inheritdoc cref="MaskedFill(Tensor, double)"/>
    public Tensor MaskedFill(Tensor mask, Tensor value)
    {
        if (value.Rank != 0) throw OpErrors.NotScalar("MaskedFill", "value", value);
        return WhereOp.Apply(Mask(mask), value.To(DType), this);
    }

    /// <summary>x ← x with a value where the mask is true.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor MaskedFillInPlace(Tensor mask, double value) => InPlace.Apply(nameof(MaskedFillInPlace), this, x => x.MaskedFill(mask, value));

    /// <summary>x with NaN and the infinities replaced.</summary>
    /// <param name="nan">For NaN.</param>
    /// <param name="posinf">For ∞; the largest number of the type if left out.</param>
    /// <param name="neginf">For −∞; the lowest number of the type if left out.</param>
    /// <remarks>Kinks: derivative 0 where replaced. Integer tensors are returned as they are.</remarks>
    public Tensor NanToNum(double nan = 0, double? posinf = null, double? neginf = null)
    {
        if (!DType.IsFloatingPoint()) return this;
        double largest = DType == DType.Float32 ? float.MaxValue : double.MaxValue;
        return NanToNumOp.Apply(this, Number(nan), Number(posinf ?? largest), Number(neginf ?? -largest));
    }

    private static readonly ElementwiseOp NanToNumOp = ElementwiseOp.Of("NanToNum", (x, nan, posinf, neginf) =>
            F.Select(F.IsNaN(x), nan, F.Select(F.Equal(x, double.PositiveInfinity), posinf, F.Select(F.Equal(x, double.NegativeInfinity), neginf, x))))
        .WithKinks("derivative 0 where replaced");

    private static Tensor Mask(Tensor mask) => mask.DType == DType.Bool ? mask : throw OpErrors.ConditionNotTruth("MaskedFill", "mask", mask);

    // ---- mixtures -----------------------------------------------------------------------------------------------------

    /// <summary>x + w·(y − x), exact at both ends.</summary>
    /// <param name="end">y; all three broadcast together.</param>
    /// <param name="weight">w: 0 gives x, 1 gives y.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Lerp(Tensor end, Tensor weight) => LerpOp.Apply(this, end, weight);

    /// <inheritdoc cref="Lerp(Tensor, Tensor)"/>
    public Tensor Lerp(Tensor end, double weight) => LerpOp.Apply(this, end, Number(weight));

    /// <summary>x + value·y·z.</summary>
    /// <param name="y">The first factor; all three broadcast together.</param>
    /// <param name="z">The second factor.</param>
    /// <param name="value">A number.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Addcmul(Tensor y, Tensor z, double value = 1) => value == 1 ? AddProductOp.Apply(this, y, z) : AddcmulOp.Apply(this, y, z, Bound(value));

    /// <summary>x + value·y/z; floating point.</summary>
    /// <param name="y">The numerator; all three broadcast together.</param>
    /// <param name="z">The divisor.</param>
    /// <param name="value">A number.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Addcdiv(Tensor y, Tensor z, double value = 1) => AddcdivOp.Apply(this, y, z, Number(value));

    /// <summary>alpha-times this tensor, taken from y: y − alpha·x.</summary>
    /// <param name="other">y; broadcasts with this tensor.</param>
    /// <param name="alpha">A factor for this tensor.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    [Op(OpKind.Composite, Shapes = "broadcast together")]
    public Tensor Rsub(Tensor other, double alpha = 1) => other.Sub(this, alpha);

    private static readonly ElementwiseOp LerpOp = ElementwiseOp.Of("Lerp", (x, y, w) =>
        F.Select(F.Less(F.Abs(w), 0.5), x + (w * (y - x)), y - ((y - x) * (1 - w))));
    private static readonly ElementwiseOp AddcmulOp = ElementwiseOp.Of("Addcmul", (x, y, z, value) => x + (value * y * z));
    private static readonly ElementwiseOp AddProductOp = ElementwiseOp.Of("Addcmul", (x, y, z) => x + (y * z)).Unlisted();
    private static readonly ElementwiseOp AddcdivOp = ElementwiseOp.Of("Addcdiv", (x, y, z, value) => x + (value * y / z), Domain.Real, Domain.Real, Domain.Positive, Domain.Real);
}
