namespace Nabla.Symbolics;

/// <summary>Functions that are formulas of the primitives, choices between cases, and sums and products over an index.</summary>
public static partial class Functions
{
    // ---- More rows of the table -----------------------------------------------------------------------------------------------

    /// <summary>The cube root, also of negative numbers.</summary>
    public static Expr Cbrt(Expr x) => Call.Of(Primitives.Cbrt, [x]);

    /// <summary>sqrt(x² + y²), without overflow.</summary>
    public static Expr Hypot(Expr x, Expr y) => Call.Of(Primitives.Hypot, [x, y]);

    /// <summary>The gamma function.</summary>
    public static Expr Gamma(Expr x) => Call.Of(Primitives.Gamma, [x]);

    /// <summary>The inverse of erfc.</summary>
    public static Expr Erfcinv(Expr x) => Call.Of(Primitives.Erfcinv, [x]);

    /// <summary>The Bessel function of the first kind J of any real order, which must not vary where it is differentiated.</summary>
    public static Expr BesselJ(Expr order, Expr x) => Call.Of(Primitives.BesselJ, [order, x]);

    /// <summary>The Bessel function of the second kind Y.</summary>
    public static Expr BesselY(Expr order, Expr x) => Call.Of(Primitives.BesselY, [order, x]);

    /// <summary>The modified Bessel function of the first kind I.</summary>
    public static Expr BesselI(Expr order, Expr x) => Call.Of(Primitives.BesselI, [order, x]);

    /// <summary>The modified Bessel function of the second kind K.</summary>
    public static Expr BesselK(Expr order, Expr x) => Call.Of(Primitives.BesselK, [order, x]);

    /// <summary>1 for equal indices, else 0.</summary>
    public static Expr KroneckerDelta(Expr i, Expr j) => Call.Of(Primitives.KroneckerDelta, [i, j]);

    // ---- Reciprocals of the trigonometric and hyperbolic functions, and their inverses ------------------------------------------

    /// <summary>1/cos(x).</summary>
    public static Expr Sec(Expr x) => 1 / Cos(x);

    /// <summary>1/sin(x).</summary>
    public static Expr Csc(Expr x) => 1 / Sin(x);

    /// <summary>1/tan(x).</summary>
    public static Expr Cot(Expr x) => 1 / Tan(x);

    /// <summary>1/cosh(x).</summary>
    public static Expr Sech(Expr x) => 1 / Cosh(x);

    /// <summary>1/sinh(x).</summary>
    public static Expr Csch(Expr x) => 1 / Sinh(x);

    /// <summary>1/tanh(x).</summary>
    public static Expr Coth(Expr x) => 1 / Tanh(x);

    /// <summary>The inverse of sec, from 0 to π: acos(1/x).</summary>
    public static Expr Asec(Expr x) => Acos(1 / x);

    /// <summary>The inverse of csc, from -π/2 to π/2: asin(1/x).</summary>
    public static Expr Acsc(Expr x) => Asin(1 / x);

    /// <summary>The inverse of cot, from -π/2 to π/2 as in SymPy: atan(1/x).</summary>
    public static Expr Acot(Expr x) => Atan(1 / x);

    /// <summary>The inverse of sech: acosh(1/x).</summary>
    public static Expr Asech(Expr x) => Acosh(1 / x);

    /// <summary>The inverse of csch: asinh(1/x).</summary>
    public static Expr Acsch(Expr x) => Asinh(1 / x);

    /// <summary>The inverse of coth: atanh(1/x).</summary>
    public static Expr Acoth(Expr x) => Atanh(1 / x);

    // ---- Other functions made from the primitives --------------------------------------------------------------------------------

    /// <summary>sin(x)/x, and 1 at 0.</summary>
    public static Expr Sinc(Expr x) => Select(Equal(x, 0), 1, Sin(x) / x);

    /// <summary>log(p/(1 - p)), the inverse of the sigmoid.</summary>
    public static Expr Logit(Expr p) => Log(p) - Log1p(-p);

    /// <summary>The logarithm to any base.</summary>
    public static Expr Log(Expr x, Expr @base) => Log(x) / Log(@base);

    /// <summary>The distribution function of the standard normal distribution.</summary>
    public static Expr Ndtr(Expr x) => Erfc(-x / Sqrt(2)) / 2;

    /// <summary>The beta function of positive arguments: Γ(a)·Γ(b)/Γ(a + b), by logarithms so that it does not overflow.</summary>
    public static Expr Beta(Expr a, Expr b) => Exp(Lgamma(a) + Lgamma(b) - Lgamma(a + b));

    /// <summary>The second derivative of lgamma.</summary>
    public static Expr Trigamma(Expr x) => Polygamma(1, x);

    /// <summary>x! = Γ(x + 1).</summary>
    public static Expr Factorial(Expr x) => Gamma(x + 1);

    /// <summary>Riemann's zeta function of an argument above 1.</summary>
    public static Expr Zeta(Expr x) => Zeta(x, 1);

    /// <summary>0 below 0, 1 above, 1/2 at 0.</summary>
    public static Expr Heaviside(Expr x) => (1 + Sign(x)) / 2;

    /// <summary>x limited to the range.</summary>
    public static Expr Clamp(Expr x, Expr lower, Expr upper) => Min(Max(x, lower), upper);

    // ---- Several cases, several arguments ----------------------------------------------------------------------------------------

    /// <summary>The value of the first case whose condition is not 0, else the last value; kept as nested choices.</summary>
    public static Expr Piecewise(ReadOnlySpan<(Expr Condition, Expr Value)> cases, Expr otherwise)
    {
        ArgumentNullException.ThrowIfNull(otherwise);
        for (var i = cases.Length - 1; i >= 0; i--) otherwise = Select(cases[i].Condition, cases[i].Value, otherwise);
        return otherwise;
    }

    /// <summary>The value of the first case whose condition is not 0, else the last value; kept as nested choices.</summary>
    public static Expr Piecewise((Expr Condition, Expr Value)[] cases, Expr otherwise)
    {
        ArgumentNullException.ThrowIfNull(cases);
        return Piecewise(cases.AsSpan(), otherwise);
    }

    /// <summary>The largest of three or more.</summary>
    public static Expr Max(Expr first, Expr second, Expr third, params ReadOnlySpan<Expr> others)
    {
        var largest = Max(Max(first, second), third);
        foreach (var other in others) largest = Max(largest, other);
        return largest;
    }

    /// <summary>The smallest of three or more.</summary>
    public static Expr Min(Expr first, Expr second, Expr third, params ReadOnlySpan<Expr> others)
    {
        var smallest = Min(Min(first, second), third);
        foreach (var other in others) smallest = Min(smallest, other);
        return smallest;
    }

    // ---- Sums and products over an index ------------------------------------------------------------------------------------------

    /// <summary>
    /// The sum of the body over all whole numbers from <paramref name="lower"/> to <paramref name="upper"/>, both included; 0 if there are
    /// none. It stays a formula: <see cref="Expr.Unroll"/> writes it out where the bounds are numbers.
    /// </summary>
    /// <exception cref="ArgumentException">A bound is a number but not whole, or contains the index.</exception>
    public static Expr SumOver(Expr body, Symbol index, Expr lower, Expr upper) => BigOperator.Of(isSum: true, body, index, lower, upper);

    /// <summary>The product of the body over all whole numbers from <paramref name="lower"/> to <paramref name="upper"/>; 1 if there are none.</summary>
    /// <exception cref="ArgumentException">A bound is a number but not whole, or contains the index.</exception>
    public static Expr ProductOver(Expr body, Symbol index, Expr lower, Expr upper) => BigOperator.Of(isSum: false, body, index, lower, upper);
}
