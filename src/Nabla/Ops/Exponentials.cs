using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla;

// Exponentials, logarithms and roots, element by element; integers become float32.
public sealed partial class Tensor
{
    private static Domain AboveMinusOne => new(-1, double.PositiveInfinity);
    private static Domain OpenUnit => Domain.Open(0, 1);

    // ---- exponentials -------------------------------------------------------------------------------------------------

    /// <summary>eˣ.</summary>
    public Tensor Exp() => ExpOp.Apply(this);

    /// <summary>2ˣ.</summary>
    public Tensor Exp2() => Exp2Op.Apply(this);

    /// <summary>eˣ − 1, accurate near 0.</summary>
    public Tensor Expm1() => Expm1Op.Apply(this);

    /// <summary>x · 2ʸ.</summary>
    /// <param name="other">The exponent y; broadcasts with this tensor.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Ldexp(Tensor other) => LdexpOp.Apply(this, other);

    private static readonly ElementwiseOp ExpOp = ElementwiseOp.Of("Exp", x => F.Exp(x)).OnComplex(ComplexParts.Exp);
    private static readonly ElementwiseOp Exp2Op = ElementwiseOp.Of("Exp2", x => F.Exp2(x));
    private static readonly ElementwiseOp Expm1Op = ElementwiseOp.Of("Expm1", x => F.Expm1(x));
    private static readonly ElementwiseOp LdexpOp = ElementwiseOp.Of("Ldexp", (x, y) => x * F.Exp2(y));

    // ---- logarithms ---------------------------------------------------------------------------------------------------

    /// <summary>The natural logarithm. Domain: x &gt; 0; −∞ at 0, NaN below.</summary>
    /// <remarks>Kinks: the derivative is 1/x everywhere, so ∞ at 0.</remarks>
    public Tensor Log() => LogOp.Apply(this);

    /// <summary>The logarithm to base 2. Domain: x &gt; 0.</summary>
    public Tensor Log2() => Log2Op.Apply(this);

    /// <summary>The logarithm to base 10. Domain: x &gt; 0.</summary>
    public Tensor Log10() => Log10Op.Apply(this);

    /// <summary>log(1 + x), accurate near 0. Domain: x &gt; −1.</summary>
    public Tensor Log1p() => Log1pOp.Apply(this);

    /// <summary>log(x / (1 − x)), the inverse of <see cref="Sigmoid"/>. Domain: 0 &lt; x &lt; 1.</summary>
    public Tensor Logit() => LogitOp.Apply(this);

    /// <summary>The logit of x clamped to [eps, 1 − eps]; the gradient is 0 where it was clamped.</summary>
    /// <param name="eps">The distance kept from 0 and 1.</param>
    [Op(OpKind.Composite, DTypes = "floating point; others become float32", Kinks = "derivative 0 outside [eps, 1 − eps]")]
    public Tensor Logit(double eps) => LogitOp.Apply(Clamp(eps, 1 - eps));

    private static readonly ElementwiseOp LogOp = ElementwiseOp.Of("Log", x => F.Log(x), Domain.Positive).OnComplex(ComplexParts.Log).WithKinks("derivative 1/x everywhere: ∞ at 0");
    private static readonly ElementwiseOp Log2Op = ElementwiseOp.Of("Log2", x => F.Log2(x), Domain.Positive).WithKinks("derivative ∞ at 0");
    private static readonly ElementwiseOp Log10Op = ElementwiseOp.Of("Log10", x => F.Log10(x), Domain.Positive).WithKinks("derivative ∞ at 0");
    private static readonly ElementwiseOp Log1pOp = ElementwiseOp.Of("Log1p", x => F.Log1p(x), AboveMinusOne).WithKinks("derivative ∞ at −1");
    private static readonly ElementwiseOp LogitOp = ElementwiseOp.Of("Logit", x => F.Log(x) - F.Log1p(-x), OpenUnit).WithKinks("derivative ∞ at 0 and 1");

    // ---- sums of exponentials -----------------------------------------------------------------------------------------

    /// <summary>log(eˣ + eʸ), without overflow and right for equal infinities.</summary>
    /// <param name="other">Broadcasts with this tensor.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor LogAddExp(Tensor other) => LogAddExpOp.Apply(this, other);

    /// <summary>log₂(2ˣ + 2ʸ), without overflow and right for equal infinities.</summary>
    /// <inheritdoc cref="LogAddExp"/>
    public Tensor LogAddExp2(Tensor other) => LogAddExp2Op.Apply(this, other);

    private static readonly ElementwiseOp LogAddExpOp = ElementwiseOp.Of("LogAddExp", (x, y) => LogOfSum(x, y, 1)).WithKinks("derivative 1/2 each at equal infinities");
    private static readonly ElementwiseOp LogAddExp2Op = ElementwiseOp.Of("LogAddExp2", (x, y) => LogOfSum(x, y, F.Log(2))).WithKinks("derivative 1/2 each at equal infinities");

    // The larger term is taken out, so that the rest is at most softplus(0); both forms agree at a tie to every order.
    private static Expr LogOfSum(Expr x, Expr y, Expr scale) =>
        F.Select(F.And(F.Equal(x, y), F.Equal(F.Abs(x), double.PositiveInfinity)),
            (x + y) / 2,
            F.Select(F.GreaterEqual(x, y), x + (F.Softplus((y - x) * scale) / scale), y + (F.Softplus((x - y) * scale) / scale)));

    // ---- roots and reciprocals ----------------------------------------------------------------------------------------

    /// <summary>√x. Domain: x ≥ 0, NaN below.</summary>
    /// <remarks>Kinks: derivative ∞ at 0.</remarks>
    public Tensor Sqrt() => SqrtOp.Apply(this);

    /// <summary>1/√x. Domain: x &gt; 0.</summary>
    /// <remarks>Kinks: derivative −∞ at 0.</remarks>
    public Tensor Rsqrt() => RsqrtOp.Apply(this);

    /// <summary>1/x. Domain: x ≠ 0.</summary>
    /// <remarks>Kinks: derivative −∞ at 0.</remarks>
    public Tensor Reciprocal() => ReciprocalOp.Apply(this);

    /// <summary>√(x² + y²), without overflow.</summary>
    /// <param name="other">Broadcasts with this tensor.</param>
    /// <remarks>Kinks: the gradient at (0, 0) is NaN.</remarks>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Hypot(Tensor other) => HypotOp.Apply(this, other);

    /// <summary>x to the power y in float64, whatever the types.</summary>
    /// <param name="exponent">Broadcasts with this tensor.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    [Op(OpKind.Composite, Shapes = "broadcast together", Domain = "x > 0, or whole y", Kinks = "as Pow")]
    public Tensor FloatPower(Tensor exponent) => To(DType.Float64).Pow(exponent.To(DType.Float64));

    /// <summary>x to a constant power in float64, whatever the type.</summary>
    public Tensor FloatPower(double exponent) => To(DType.Float64).Pow(exponent);

    private static readonly ElementwiseOp SqrtOp = ElementwiseOp.Of("Sqrt", x => F.Sqrt(x), Domain.NonNegative).WithKinks("derivative ∞ at 0");
    private static readonly ElementwiseOp RsqrtOp = ElementwiseOp.Of("Rsqrt", x => F.Rsqrt(x), Domain.Positive).WithKinks("derivative −∞ at 0");
    private static readonly ElementwiseOp ReciprocalOp = ElementwiseOp.Of("Reciprocal", x => F.Reciprocal(x), Domain.Positive).OnComplex(ComplexParts.Reciprocal).WithKinks("derivative −∞ at 0");
    private static readonly ElementwiseOp HypotOp = ElementwiseOp.Of("Hypot", EuclideanLength).WithKinks("derivative NaN at (0, 0)");

    // Squares of extreme numbers overflow or vanish. Both arguments are scaled by a power of two, exactly, chosen by ranges
    // that suit float32 (the inner pair) and float64 (the outer pair, infinite or zero when rounded to float32).
    private static Expr EuclideanLength(Expr x, Expr y)
    {
        Expr size = F.Max(F.Abs(x), F.Abs(y));
        Expr ByRange(Func<int, Expr> of) =>
            F.Select(F.Greater(size, PowerOfTwo(500)), of(-600),
            F.Select(F.Greater(size, PowerOfTwo(60)), of(-70),
            F.Select(F.Less(size, PowerOfTwo(-500)), of(600),
            F.Select(F.Less(size, PowerOfTwo(-60)), of(70), of(0)))));
        Expr u = ByRange(n => x * PowerOfTwo(n)), v = ByRange(n => y * PowerOfTwo(n));
        return F.Sqrt((u * u) + (v * v)) * ByRange(n => PowerOfTwo(-n));

        static Expr PowerOfTwo(int n) => Math.ScaleB(1, n);
    }

    // ---- in place -----------------------------------------------------------------------------------------------------

    /// <summary>x ← eˣ.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor ExpInPlace() => InPlace.Apply(nameof(ExpInPlace), this, ExpOp);

    /// <summary>x ← log x.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor LogInPlace() => InPlace.Apply(nameof(LogInPlace), this, LogOp);

    /// <summary>x ← √x.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor SqrtInPlace() => InPlace.Apply(nameof(SqrtInPlace), this, SqrtOp);

    /// <summary>x ← 1/√x.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor RsqrtInPlace() => InPlace.Apply(nameof(RsqrtInPlace), this, RsqrtOp);

    /// <summary>x ← 1/x.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor ReciprocalInPlace() => InPlace.Apply(nameof(ReciprocalInPlace), this, ReciprocalOp);
}
