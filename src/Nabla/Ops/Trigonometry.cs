using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla;

// Trigonometric and hyperbolic functions and their inverses, element by element; angles in radians, integers become float32.
public sealed partial class Tensor
{
    private static Domain OpenOne => Domain.Open(-1, 1);
    private static Domain AboveOne => new(1, double.PositiveInfinity);

    // ---- trigonometric ------------------------------------------------------------------------------------------------

    /// <summary>sin x.</summary>
    public Tensor Sin() => SinOp.Apply(this);

    /// <summary>cos x.</summary>
    public Tensor Cos() => CosOp.Apply(this);

    /// <summary>tan x.</summary>
    public Tensor Tan() => TanOp.Apply(this);

    /// <summary>The angle in [−π/2, π/2] whose sine is x. Domain: [−1, 1].</summary>
    /// <remarks>Kinks: derivative ∞ at −1 and 1.</remarks>
    public Tensor Asin() => AsinOp.Apply(this);

    /// <summary>The angle in [0, π] whose cosine is x. Domain: [−1, 1].</summary>
    /// <remarks>Kinks: derivative −∞ at −1 and 1.</remarks>
    public Tensor Acos() => AcosOp.Apply(this);

    /// <summary>The angle in (−π/2, π/2) whose tangent is x.</summary>
    public Tensor Atan() => AtanOp.Apply(this);

    /// <summary>The angle in [−π, π] of the point (x, y), this tensor being y.</summary>
    /// <param name="other">x; broadcasts with this tensor.</param>
    /// <remarks>Kinks: the gradient at (0, 0) is NaN.</remarks>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Atan2(Tensor other) => Atan2Op.Apply(this, other);

    /// <summary>sin(πx) / (πx), and 1 at 0.</summary>
    public Tensor Sinc() => SincOp.Apply(this);

    /// <summary>The angle of x as a complex number: π for negative numbers, 0 for others, NaN for NaN. Flat.</summary>
    public Tensor Angle() => AngleOp.Apply(this);

    /// <summary>Degrees to radians: x · π/180.</summary>
    public Tensor Deg2Rad() => Deg2RadOp.Apply(this);

    /// <summary>Radians to degrees: x · 180/π.</summary>
    public Tensor Rad2Deg() => Rad2DegOp.Apply(this);

    private static readonly ElementwiseOp SinOp = ElementwiseOp.Of("Sin", x => F.Sin(x));
    private static readonly ElementwiseOp CosOp = ElementwiseOp.Of("Cos", x => F.Cos(x));
    private static readonly ElementwiseOp TanOp = ElementwiseOp.Of("Tan", x => F.Tan(x), Domain.Open(-Math.PI / 2, Math.PI / 2));
    private static readonly ElementwiseOp AsinOp = ElementwiseOp.Of("Asin", x => F.Asin(x), OpenOne).WithKinks("derivative ∞ at −1 and 1");
    private static readonly ElementwiseOp AcosOp = ElementwiseOp.Of("Acos", x => F.Acos(x), OpenOne).WithKinks("derivative −∞ at −1 and 1");
    private static readonly ElementwiseOp AtanOp = ElementwiseOp.Of("Atan", x => F.Atan(x));
    private static readonly ElementwiseOp Atan2Op = ElementwiseOp.Of("Atan2", (y, x) => F.Atan2(y, x)).WithKinks("derivative NaN at (0, 0)");
    private static readonly ElementwiseOp SincOp = ElementwiseOp.Of("Sinc", NormalisedSinc);
    private static readonly ElementwiseOp AngleOp = ElementwiseOp.Of("Angle", x => F.Select(F.IsNaN(x), double.NaN, F.Select(F.Less(x, 0), Constant.Pi, 0))).WithKinks("derivative 0 everywhere").OnComplex(x => ComplexAngleOp.Apply(x[0].Real, x[0].Imag));
    private static readonly ElementwiseOp Deg2RadOp = ElementwiseOp.Of("Deg2Rad", x => x * Constant.Pi / 180);
    private static readonly ElementwiseOp Rad2DegOp = ElementwiseOp.Of("Rad2Deg", x => x * 180 / Constant.Pi);

    // Near 0 the series, whose derivatives of every useful order are right there too and do not cancel.
    private static Expr NormalisedSinc(Expr x)
    {
        Expr angle = Constant.Pi * x;
        Expr t = F.Square(angle);
        Expr series = 1 - (t / 6 * (1 - (t / 20 * (1 - (t / 42 * (1 - (t / 72 * (1 - (t / 110)))))))));
        return F.Select(F.Less(F.Abs(x), 0.0625), series, F.Sin(angle) / angle);
    }

    // ---- hyperbolic ---------------------------------------------------------------------------------------------------

    /// <summary>sinh x.</summary>
    public Tensor Sinh() => SinhOp.Apply(this);

    /// <summary>cosh x.</summary>
    public Tensor Cosh() => CoshOp.Apply(this);

    /// <summary>tanh x.</summary>
    public Tensor Tanh() => TanhOp.Apply(this);

    /// <summary>The inverse of sinh.</summary>
    public Tensor Asinh() => AsinhOp.Apply(this);

    /// <summary>The inverse of cosh. Domain: x ≥ 1.</summary>
    /// <remarks>Kinks: derivative ∞ at 1.</remarks>
    public Tensor Acosh() => AcoshOp.Apply(this);

    /// <summary>The inverse of tanh. Domain: −1 &lt; x &lt; 1.</summary>
    /// <remarks>Kinks: derivative ∞ at −1 and 1.</remarks>
    public Tensor Atanh() => AtanhOp.Apply(this);

    private static readonly ElementwiseOp SinhOp = ElementwiseOp.Of("Sinh", x => F.Sinh(x));
    private static readonly ElementwiseOp CoshOp = ElementwiseOp.Of("Cosh", x => F.Cosh(x));
    private static readonly ElementwiseOp TanhOp = ElementwiseOp.Of("Tanh", x => F.Tanh(x));
    private static readonly ElementwiseOp AsinhOp = ElementwiseOp.Of("Asinh", x => F.Asinh(x));
    private static readonly ElementwiseOp AcoshOp = ElementwiseOp.Of("Acosh", x => F.Acosh(x), AboveOne).WithKinks("derivative ∞ at 1");
    private static readonly ElementwiseOp AtanhOp = ElementwiseOp.Of("Atanh", x => F.Atanh(x), OpenOne).WithKinks("derivative ∞ at −1 and 1");

    // ---- in place -----------------------------------------------------------------------------------------------------

    /// <summary>x ← sin x.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor SinInPlace() => InPlace.Apply(nameof(SinInPlace), this, SinOp);

    /// <summary>x ← cos x.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor CosInPlace() => InPlace.Apply(nameof(CosInPlace), this, CosOp);

    /// <summary>x ← tanh x.</summary>
    /// <inheritdoc cref="AddInPlace"/>
    public Tensor TanhInPlace() => InPlace.Apply(nameof(TanhInPlace), this, TanhOp);
}
