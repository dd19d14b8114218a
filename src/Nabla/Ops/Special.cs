using Nabla.Symbolics;
using F = Nabla.Symbolics.Functions;

namespace Nabla;

// Error, normal, gamma and Bessel functions, element by element; integers become float32.
public sealed partial class Tensor
{
    // ---- error functions ----------------------------------------------------------------------------------------------

    /// <summary>The error function 2/√π ∫₀ˣ exp(−t²) dt.</summary>
    public Tensor Erf() => ErfOp.Apply(this);

    /// <summary>1 − erf(x), accurate where erf is close to 1.</summary>
    public Tensor Erfc() => ErfcOp.Apply(this);

    /// <summary>The inverse of erf. Domain: −1 &lt; x &lt; 1.</summary>
    public Tensor Erfinv() => ErfinvOp.Apply(this);

    /// <summary>exp(x²)·erfc(x), without overflow for positive x.</summary>
    public Tensor Erfcx() => ErfcxOp.Apply(this);

    private static readonly ElementwiseOp ErfOp = ElementwiseOp.Of("Erf", x => F.Erf(x));
    private static readonly ElementwiseOp ErfcOp = ElementwiseOp.Of("Erfc", x => F.Erfc(x));
    private static readonly ElementwiseOp ErfinvOp = ElementwiseOp.Of("Erfinv", x => F.Erfinv(x), OpenOne).WithKinks("derivative ∞ at −1 and 1");
    private static readonly ElementwiseOp ErfcxOp = ElementwiseOp.Of("Erfcx", ScaledErfc);

    // From 9 on (where float32 is about to underflow) the asymptotic series 1/(x√π) Σ (−1)ⁿ (2n−1)!!/(2x²)ⁿ, whose twelve
    // terms leave 1e-15 there.
    private static Expr ScaledErfc(Expr x)
    {
        Expr t = -1 / (2 * x * x);
        Expr series = 1;
        for (int n = 12; n >= 1; n--) series = 1 + (t * ((2 * n) - 1) * series);
        return F.Select(F.Less(x, 9), F.Exp(x * x) * F.Erfc(x), series / (x * F.Sqrt(Constant.Pi)));
    }

    // ---- the normal distribution --------------------------------------------------------------------------------------

    /// <summary>The standard normal distribution function Φ(x).</summary>
    public Tensor Ndtr() => NdtrOp.Apply(this);

    /// <summary>log Φ(x), accurate in the lower tail.</summary>
    public Tensor LogNdtr() => LogNdtrOp.Apply(this);

    /// <summary>The inverse of Φ: the quantile of the standard normal distribution. Domain: 0 &lt; x &lt; 1.</summary>
    /// <remarks>−∞ at 0 and ∞ at 1.</remarks>
    public Tensor Ndtri() => NdtriOp.Apply(this);

    private static readonly ElementwiseOp NdtrOp = ElementwiseOp.Of("Ndtr", x => F.Erfc(-x / F.Sqrt(2)) / 2);
    private static readonly ElementwiseOp LogNdtrOp = ElementwiseOp.Of("LogNdtr", x =>
        F.Select(F.Less(x, -1), F.Log(ScaledErfc(-x / F.Sqrt(2)) / 2) - (x * x / 2), F.Log1p(-F.Erfc(x / F.Sqrt(2)) / 2)));
    private static readonly ElementwiseOp NdtriOp = ElementwiseOp.Of("Ndtri", p => F.Ndtri(p), OpenUnit).WithKinks("derivative ∞ at 0 and 1");

    // ---- logarithms times numbers -------------------------------------------------------------------------------------

    /// <summary>x·log(y), and 0 where x = 0 unless y is NaN. Domain: y &gt; 0.</summary>
    /// <param name="other">y; broadcasts with this tensor.</param>
    /// <remarks>Kinks: both derivatives are 0 at x = 0, y ≤ 0.</remarks>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Xlogy(Tensor other) => XlogyOp.Apply(this, other);

    /// <summary>x·log(1 + y), and 0 where x = 0 unless y is NaN. Domain: y &gt; −1.</summary>
    /// <param name="other">y; broadcasts with this tensor.</param>
    /// <remarks>Kinks: both derivatives are 0 at x = 0, y ≤ −1.</remarks>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    public Tensor Xlog1py(Tensor other) => Xlog1pyOp.Apply(this, other);

    /// <summary>The entropy −x·log(x); 0 at 0 and −∞ below. Domain: x ≥ 0.</summary>
    /// <remarks>Kinks: derivative ∞ at 0.</remarks>
    public Tensor Entr() => EntrOp.Apply(this);

    private static readonly ElementwiseOp XlogyOp = ElementwiseOp.Of("Xlogy", (x, y) => TimesLog(x, y, F.LessEqual(y, 0), F.Log(y)), Domain.Real, Domain.Positive)
        .WithKinks("derivatives 0 at x = 0, y ≤ 0");
    private static readonly ElementwiseOp Xlog1pyOp = ElementwiseOp.Of("Xlog1py", (x, y) => TimesLog(x, y, F.LessEqual(y, -1), F.Log1p(y)), Domain.Real, AboveMinusOne)
        .WithKinks("derivatives 0 at x = 0, y ≤ −1");

    // At 0 the value is that of √x: 0, with the infinite derivative that −x·log x tends to.
    private static readonly ElementwiseOp EntrOp = ElementwiseOp.Of("Entr", x =>
            F.Select(F.Equal(x, 0), F.Sqrt(x), F.Select(F.Less(x, 0), double.NegativeInfinity, -x * F.Log(x))), Domain.NonNegative)
        .WithKinks("derivative ∞ at 0");

    private static Expr TimesLog(Expr x, Expr y, Expr outside, Expr log) =>
        F.Select(F.And(F.Equal(x, 0), F.Or(outside, F.Equal(y, double.PositiveInfinity))), 0, x * log);

    // ---- gamma --------------------------------------------------------------------------------------------------------

    /// <summary>The logarithm of the absolute value of the gamma function; ∞ at 0 and the negative whole numbers.</summary>
    public Tensor Lgamma() => LgammaOp.Apply(this);

    /// <summary>The derivative of <see cref="Lgamma"/>.</summary>
    public Tensor Digamma() => DigammaOp.Apply(this);

    /// <summary>The n-th derivative of <see cref="Digamma"/>.</summary>
    /// <param name="n">The order, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The order is negative.</exception>
    public Tensor Polygamma(int n)
    {
        if (n < 0) throw OpErrors.TooSmall("Polygamma", nameof(n), n, 0);
        return PolygammaOp.Apply(Number((double)n), this);
    }

    /// <summary>The multivariate log-gamma function: log π^{p(p−1)/4} + Σ_{i&lt;p} lgamma(x − i/2).</summary>
    /// <param name="p">The dimension, 1 or more. Domain: x &gt; (p − 1)/2.</param>
    /// <exception cref="ArgumentOutOfRangeException">The dimension is not positive.</exception>
    [Op(OpKind.Composite, DTypes = "floating point; others become float32", Domain = "x > (p − 1)/2")]
    public Tensor Mvlgamma(int p)
    {
        if (p < 1) throw OpErrors.TooSmall("Mvlgamma", nameof(p), p, 1);
        Tensor sum = Lgamma();
        for (int i = 1; i < p; i++) sum += (this - (i * 0.5)).Lgamma();
        return sum + (p * (p - 1) / 4.0 * Math.Log(Math.PI));
    }

    /// <summary>The Hurwitz zeta function Σ (k + q)⁻ˣ over k = 0, 1, 2, …, this tensor being x. Domain: x &gt; 1, q &gt; 0.</summary>
    /// <param name="q">Broadcasts with this tensor.</param>
    /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
    /// <exception cref="NotSupportedException">This tensor requires a gradient: no derivative with respect to x is known.</exception>
    public Tensor Zeta(Tensor q) => ZetaOp.Apply(this, q);

    private static readonly ElementwiseOp LgammaOp = ElementwiseOp.Of("Lgamma", x => F.Lgamma(x), Domain.Positive);
    private static readonly ElementwiseOp DigammaOp = ElementwiseOp.Of("Digamma", x => F.Digamma(x), Domain.Positive);
    private static readonly ElementwiseOp PolygammaOp = ElementwiseOp.Of("Polygamma", (n, x) => F.Polygamma(n, x), Domain.Whole(0, 4), Domain.Positive);
    private static readonly ElementwiseOp ZetaOp = ElementwiseOp.Of("Zeta", (x, q) => F.Zeta(x, q), AboveOne, Domain.Positive).WithKinks("no derivative with respect to x");

    // ---- Bessel -------------------------------------------------------------------------------------------------------

    /// <summary>The modified Bessel function of the first kind of order 0.</summary>
    public Tensor I0() => I0Op.Apply(this);

    /// <summary>The modified Bessel function of the first kind of order 1.</summary>
    public Tensor I1() => I1Op.Apply(this);

    /// <summary>e^−|x| · i0(x), which does not overflow.</summary>
    public Tensor I0e() => I0eOp.Apply(this);

    /// <summary>e^−|x| · i1(x), which does not overflow.</summary>
    public Tensor I1e() => I1eOp.Apply(this);

    private static readonly ElementwiseOp I0Op = ElementwiseOp.Of("I0", x => F.I0(x));
    private static readonly ElementwiseOp I1Op = ElementwiseOp.Of("I1", x => F.I1(x));
    private static readonly ElementwiseOp I0eOp = ElementwiseOp.Of("I0e", x => F.I0e(x)).WithKinks("derivative 0 at 0");
    private static readonly ElementwiseOp I1eOp = ElementwiseOp.Of("I1e", x => F.I1e(x));
}
