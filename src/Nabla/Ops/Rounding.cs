using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla;

// Signs, rounding, whole quotients and remainders, element by element; integer tensors stay integer.
public sealed partial class Tensor
{
    private const string ConvertTruth = "Convert it with To(DType.Int64) first.";

    // ---- signs --------------------------------------------------------------------------------------------------------

    /// <summary>|x|.</summary>
    /// <remarks>Kinks: derivative 0 at 0.</remarks>
    public Tensor Abs() => AbsOp.Apply(this);

    /// <summary>−1, 0 or 1. Flat.</summary>
    public Tensor Sign() => SignOp.Apply(this);

    /// <summary>The same as <see cref="Sign"/> for real numbers.</summary>
    [Op(OpKind.Composite, Kinks = "derivative 0 everywhere")]
    public Tensor Sgn() => Sign();

    /// <summary>x itself.</summary>
    [Op(OpKind.Composite)]
    public Tensor Positive() => this;

    /// <summary>|x| with the sign of y (of a zero too); floating point.</summary>
    /// <param name="other">y; broadcasts with this tensor.</param>
    /// <remarks>Kinks: ∂/∂x is 0 at x = 0; ∂/∂y is 0.</remarks>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor CopySign(Tensor other) => CopySignOp.Apply(this, other);

    /// <summary>0 for x &lt; 0, 1 for x &gt; 0, and the given value at x = 0.</summary>
    /// <param name="values">The value at 0; broadcasts with this tensor.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Heaviside(Tensor values) => HeavisideOp.Apply(this, values);

    private static readonly ElementwiseOp AbsOp = ElementwiseOp.Of("Abs", x => F.Abs(x)).OnComplex(x => ComplexAbsOp.Apply(x[0].Real, x[0].Imag)).WithKinks("derivative 0 at 0").RefusingBool(ConvertTruth);
    private static readonly ElementwiseOp SignOp = ElementwiseOp.Of("Sign", x => F.Sign(x)).WithKinks("derivative 0 everywhere");
    private static readonly ElementwiseOp CopySignOp = ElementwiseOp.Of("CopySign", (x, y) => F.CopySign(x, y)).WithKinks("∂x 0 at x = 0; ∂y 0 everywhere");
    private static readonly ElementwiseOp HeavisideOp = ElementwiseOp.Of("Heaviside", (x, v) => F.Select(F.Equal(x, 0), v, F.Greater(x, 0))).WithKinks("∂x 0 everywhere");

    // ---- rounding -----------------------------------------------------------------------------------------------------

    /// <summary>The largest whole number not above x. Flat.</summary>
    public Tensor Floor() => FloorOp.Apply(this);

    /// <summary>The smallest whole number not below x. Flat.</summary>
    public Tensor Ceil() => CeilOp.Apply(this);

    /// <summary>The nearest whole number, halves to the even one. Flat.</summary>
    public Tensor Round() => RoundOp.Apply(this);

    /// <summary>The nearest number with so many decimals, halves to the even one. Flat.</summary>
    /// <param name="decimals">Decimals to keep; −1 rounds to tens.</param>
    /// <exception cref="DTypeException">An integer tensor and negative decimals.</exception>
    public Tensor Round(int decimals)
    {
        if (decimals == 0) return Round();
        if (!DType.IsFloatingPoint()) return decimals > 0 ? this : throw OpErrors.NeedsFloatingPoint("Round", this);
        double scale = Math.Pow(10, Math.Abs(decimals));
        return decimals > 0 ? (this * scale).Round() / scale : (this / scale).Round() * scale;
    }

    /// <summary>x without its fraction. Flat.</summary>
    public Tensor Trunc() => TruncOp.Apply(this);

    /// <summary>The fraction, with the sign of x: x − trunc x; its derivative is 1.</summary>
    public Tensor Frac() => FracOp.Apply(this);

    private static readonly ElementwiseOp FloorOp = ElementwiseOp.Of("Floor", x => F.Floor(x)).WithKinks("derivative 0 everywhere").RefusingBool(ConvertTruth);
    private static readonly ElementwiseOp CeilOp = ElementwiseOp.Of("Ceil", x => F.Ceil(x)).WithKinks("derivative 0 everywhere").RefusingBool(ConvertTruth);
    private static readonly ElementwiseOp RoundOp = ElementwiseOp.Of("Round", x => F.Round(x)).WithKinks("derivative 0 everywhere").RefusingBool(ConvertTruth);
    private static readonly ElementwiseOp TruncOp = ElementwiseOp.Of("Trunc", x => F.Trunc(x)).WithKinks("derivative 0 everywhere").RefusingBool(ConvertTruth);
    private static readonly ElementwiseOp FracOp = ElementwiseOp.Of("Frac", x => x - F.Trunc(x)).WithKinks("derivative 1 also at the jumps");

    // ---- whole quotients and remainders -------------------------------------------------------------------------------

    /// <summary>⌊x / y⌋. Flat. Exact for integers; for floating point, x − y·⌊x/y⌋ is <see cref="Remainder(Tensor)"/>.</summary>
    /// <param name="other">The divisor; broadcasts with this tensor.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DivideByZeroException">An integer is divided by 0.</exception>
    public Tensor FloorDivide(Tensor other) => WholeQuotient(FloorDivideOp, this, other);

    /// <inheritdoc cref="FloorDivide(Tensor)"/>
    public Tensor FloorDivide(double other) => WholeQuotient(FloorDivideOp, this, Number(other));

    /// <inheritdoc cref="FloorDivide(Tensor)"/>
    public Tensor FloorDivide(long other) => WholeQuotient(FloorDivideOp, this, Number(other));

    /// <summary>x / y without its fraction. Flat. Exact for integers.</summary>
    /// <inheritdoc cref="FloorDivide(Tensor)"/>
    [Op(OpKind.Composite, Shapes = "broadcast together", Kinks = "derivative 0 everywhere")]
    public Tensor TruncDivide(Tensor other) => ElementTypes.Result([this, other]).IsFloatingPoint()
        ? (this / other).Trunc()
        : Sign() * other.Sign() * Abs().FloorDivide(other.Abs());

    /// <summary>x − y·trunc(x/y), the remainder of C: it has the sign of x.</summary>
    /// <param name="other">The divisor; broadcasts with this tensor.</param>
    /// <remarks>∂/∂x is 1, ∂/∂y is −trunc(x/y), also where it jumps.</remarks>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DivideByZeroException">An integer is divided by 0.</exception>
    public Tensor Fmod(Tensor other) => WholeQuotient(FmodOp, this, other);

    /// <inheritdoc cref="Fmod(Tensor)"/>
    public Tensor Fmod(double other) => WholeQuotient(FmodOp, this, Number(other));

    /// <inheritdoc cref="Fmod(Tensor)"/>
    public Tensor Fmod(long other) => WholeQuotient(FmodOp, this, Number(other));

    /// <summary>x − y·⌊x/y⌋: it has the sign of y. Also written x % y.</summary>
    /// <param name="other">The divisor; broadcasts with this tensor.</param>
    /// <remarks>∂/∂x is 1, ∂/∂y is −⌊x/y⌋, also where it jumps.</remarks>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="DivideByZeroException">An integer is divided by 0.</exception>
    public Tensor Remainder(Tensor other) => WholeQuotient(RemainderOp, this, other);

    /// <inheritdoc cref="Remainder(Tensor)"/>
    public Tensor Remainder(double other) => WholeQuotient(RemainderOp, this, Number(other));

    /// <inheritdoc cref="Remainder(Tensor)"/>
    public Tensor Remainder(long other) => WholeQuotient(RemainderOp, this, Number(other));

    /// <summary>x − y·⌊x/y⌋: unlike C#'s % for numbers, it has the sign of y.</summary>
    public static Tensor operator %(Tensor x, Tensor y) => WholeQuotient(RemainderOp, x, y);

    /// <summary>x − y·⌊x/y⌋.</summary>
    public static Tensor operator %(Tensor x, double y) => WholeQuotient(RemainderOp, x, Number(y));

    /// <summary>x − y·⌊x/y⌋.</summary>
    public static Tensor operator %(Tensor x, long y) => WholeQuotient(RemainderOp, x, Number(y));

    /// <summary>x − y·⌊x/y⌋.</summary>
    public static Tensor operator %(double x, Tensor y) => WholeQuotient(RemainderOp, Number(x), y);

    /// <summary>x − y·⌊x/y⌋.</summary>
    public static Tensor operator %(long x, Tensor y) => WholeQuotient(RemainderOp, Number(x), y);

    private static Tensor WholeQuotient(ElementwiseOp op, Tensor x, Tensor y)
    {
        try
        {
            return op.Apply(x, y);
        }
        catch (DivideByZeroException)
        {
            throw OpErrors.IntegerDivisionByZero(op.Name, x, y);
        }
    }

    private static readonly ElementwiseOp FloorDivideOp = ElementwiseOp.Of("FloorDivide", (x, y) => F.FloorDivide(x, y), Domain.Real, Domain.Positive).WithKinks("derivative 0 everywhere");
    private static readonly ElementwiseOp FmodOp = ElementwiseOp.Of("Fmod", (x, y) => F.Fmod(x, y), Domain.Real, Domain.Positive).WithKinks("∂x 1, ∂y −trunc(x/y), also at the jumps");
    private static readonly ElementwiseOp RemainderOp = ElementwiseOp.Of("Remainder", (x, y) => F.Remainder(x, y), Domain.Real, Domain.Positive).WithKinks("∂x 1, ∂y −⌊x/y⌋, also at the jumps");

    // ---- in place -----------------------------------------------------------------------------------------------------

    /// <summary>x ← |x|.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor AbsInPlace() => InPlace.Apply(nameof(AbsInPlace), this, AbsOp);

    /// <summary>x ← ⌊x⌋.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor FloorInPlace() => InPlace.Apply(nameof(FloorInPlace), this, FloorOp);

    /// <summary>x ← ⌈x⌉.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor CeilInPlace() => InPlace.Apply(nameof(CeilInPlace), this, CeilOp);

    /// <summary>x ← x rounded.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor RoundInPlace() => InPlace.Apply(nameof(RoundInPlace), this, RoundOp);
}
