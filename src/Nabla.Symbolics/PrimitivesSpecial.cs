namespace Nabla.Symbolics;

/// <summary>Logistic, error, gamma and Bessel functions.</summary>
public static partial class Primitives
{
    /// <summary>1/(1 + e^-x).</summary>
    public static readonly Primitive Sigmoid = new("sigmoid", 1)
    {
        Range = PrimitiveRange.Positive,
        Scalar1 = ScalarMath.Sigmoid,
        Derivative = (_, y) => y * (1 - y),
        Simplify = ExactRules.Values((0, Number.Half)),
    };

    /// <summary>log(1 + e^x), without overflow.</summary>
    public static readonly Primitive Softplus = new("softplus", 1)
    {
        Range = PrimitiveRange.Positive,
        Scalar1 = ScalarMath.Softplus,
        Derivative = (x, _) => Functions.Sigmoid(x),
        Simplify = args => ReferenceEquals(args[0], Number.Zero) ? Functions.Log(2) : null,
    };

    /// <summary>The error function.</summary>
    public static readonly Primitive Erf = new("erf", 1)
    {
        Range = PrimitiveRange.KeepsSign,
        Scalar1 = ScalarMath.Erf,
        Derivative = (x, _) => 2 * Functions.Exp(-(x * x)) / Functions.Sqrt(Constant.Pi),
        Simplify = ExactRules.Values((0, 0)),
    };

    /// <summary>1 - erf(x), accurate where erf is close to 1.</summary>
    public static readonly Primitive Erfc = new("erfc", 1)
    {
        Range = PrimitiveRange.Positive,
        Scalar1 = ScalarMath.Erfc,
        Derivative = (x, _) => -2 * Functions.Exp(-(x * x)) / Functions.Sqrt(Constant.Pi),
        Simplify = ExactRules.Values((0, 1)),
    };

    /// <summary>The inverse of the error function.</summary>
    public static readonly Primitive Erfinv = new("erfinv", 1)
    {
        Range = PrimitiveRange.KeepsSign,
        Domain = Domain.Open(-1, 1),
        Kinks = "derivative inf at -1 and 1",
        Scalar1 = ScalarMath.ErfInv,
        Derivative = (_, y) => Functions.Sqrt(Constant.Pi) * Functions.Exp(y * y) / 2,
        Simplify = ExactRules.Values((0, 0)),
    };

    /// <summary>The quantile of the standard normal distribution.</summary>
    public static readonly Primitive Ndtri = new("ndtri", 1)
    {
        Domain = Domain.Open(0, 1),
        Kinks = "derivative inf at 0 and 1",
        Scalar1 = ScalarMath.Ndtri,
        Derivative = (_, y) => Functions.Sqrt(2 * Constant.Pi) * Functions.Exp(y * y / 2),
        Simplify = args => ReferenceEquals(args[0], Number.Half) ? 0 : null,
    };

    /// <summary>The logarithm of the absolute value of the gamma function.</summary>
    public static readonly Primitive Lgamma = new("lgamma", 1)
    {
        Domain = Domain.Positive,
        Scalar1 = ScalarMath.LGamma,
        Derivative = (x, _) => Functions.Digamma(x),
        Simplify = ExactRules.Values((1, 0), (2, 0)),
    };

    /// <summary>The derivative of lgamma.</summary>
    public static readonly Primitive Digamma = new("digamma", 1)
    {
        Domain = Domain.Positive,
        Scalar1 = ScalarMath.Digamma,
        Derivative = (x, _) => Functions.Polygamma(1, x),
    };

    /// <summary>The n-th derivative of digamma at x; n is a whole number and comes first.</summary>
    public static readonly Primitive Polygamma = new("polygamma", 2)
    {
        Domains = [Domain.Whole(0, 4), Domain.Positive],
        Scalar2 = ScalarMath.Polygamma,
        Partial = (args, _, i) => i == 1
            ? Functions.Polygamma(args[0] + 1, args[1])
            : throw new NotSupportedException($"polygamma: no derivative with respect to the order n; n is {args[0]}. Use a constant order."),
        Simplify = args => ReferenceEquals(args[0], Number.Zero) ? Functions.Digamma(args[1]) : null,
    };

    /// <summary>The Hurwitz zeta function: the sum of (k + q)^-x over k = 0, 1, 2, …</summary>
    public static readonly Primitive Zeta = new("zeta", 2)
    {
        Domains = [new Domain(1, double.PositiveInfinity), Domain.Positive],
        Kinks = "inf at x = 1",
        Scalar2 = ScalarMath.Zeta,
        Partial = (args, _, i) => i == 1
            ? -args[0] * Functions.Zeta(args[0] + 1, args[1])
            : throw new NotSupportedException($"zeta: no derivative with respect to its first argument, the exponent; it is {args[0]} here. Use a constant there and differentiate by the second."),
    };

    /// <summary>The modified Bessel function of the first kind of order 0.</summary>
    public static readonly Primitive I0 = new("i0", 1)
    {
        Range = PrimitiveRange.Positive,
        Scalar1 = ScalarMath.I0,
        Derivative = (x, _) => Functions.I1(x),
        Simplify = ExactRules.Values((0, 1)),
    };

    /// <summary>The modified Bessel function of the first kind of order 1.</summary>
    public static readonly Primitive I1 = new("i1", 1)
    {
        Range = PrimitiveRange.KeepsSign,
        Scalar1 = ScalarMath.I1,
        Derivative = (x, y) => Functions.Select(Functions.Equal(x, 0), Number.Half, Functions.I0(x) - (y / x)),
        Simplify = ExactRules.Values((0, 0)),
    };

    /// <summary>i0(x)·e^-|x|, which does not overflow.</summary>
    public static readonly Primitive I0e = new("i0e", 1)
    {
        Range = PrimitiveRange.Positive,
        Kinks = "derivative 0 at 0",
        Scalar1 = ScalarMath.I0e,
        Derivative = (x, y) => Functions.I1e(x) - (Functions.Sign(x) * y),
        Simplify = ExactRules.Values((0, 1)),
    };

    /// <summary>i1(x)·e^-|x|, which does not overflow.</summary>
    public static readonly Primitive I1e = new("i1e", 1)
    {
        Range = PrimitiveRange.KeepsSign,
        Scalar1 = ScalarMath.I1e,
        Derivative = (x, y) => Functions.Select(
            Functions.Equal(x, 0), Number.Half, Functions.I0e(x) - (y * (Functions.Sign(x) + (1 / x)))),
        Simplify = ExactRules.Values((0, 0)),
    };

    /// <summary>The gamma function. Its derivative is gamma times digamma.</summary>
    public static readonly Primitive Gamma = new("gamma", 1)
    {
        Domain = Domain.Positive,
        Range = PrimitiveRange.PositiveAbove0,
        Kinks = "NaN at the negative whole numbers",
        Scalar1 = ScalarMath.Gamma,
        Derivative = (x, y) => y * Functions.Digamma(x),
        Simplify = args => args[0] is Number { IsInteger: true, IsNegative: false, IsZero: false } n && n.ToDouble() <= LargestExactFactorial
            ? Factorial((int)n.ToDouble() - 1)
            : null,
    };

    /// <summary>The inverse of erfc.</summary>
    public static readonly Primitive Erfcinv = new("erfcinv", 1)
    {
        Domain = Domain.Open(0, 2),
        Kinks = "derivative -inf at 0 and 2",
        Scalar1 = ScalarMath.Erfcinv,
        Derivative = (_, y) => -Functions.Sqrt(Constant.Pi) * Functions.Exp(y * y) / 2,
        Simplify = ExactRules.Values((1, 0)),
    };

    // ---- Bessel functions of any real order: the order comes first ----------------------------------------------------------------

    /// <summary>The Bessel function of the first kind, J. NaN for x below 0 unless the order is whole, and for orders beyond ±10,000.</summary>
    public static readonly Primitive BesselJ = Bessel("besselj", ScalarMath.BesselJ, Domain.Real, (v, x) => (Functions.BesselJ(v - 1, x) - Functions.BesselJ(v + 1, x)) / 2,
        negativeOrder: (n, positive) => n.Value.Numerator.IsEven ? positive : -positive);

    /// <summary>The Bessel function of the second kind, Y. NaN for x below 0 and for orders beyond ±10,000.</summary>
    public static readonly Primitive BesselY = Bessel("bessely", ScalarMath.BesselY, Domain.Positive, (v, x) => (Functions.BesselY(v - 1, x) - Functions.BesselY(v + 1, x)) / 2,
        negativeOrder: (n, positive) => n.Value.Numerator.IsEven ? positive : -positive);

    /// <summary>The modified Bessel function of the first kind, I. NaN for x below 0 unless the order is whole, and for orders beyond ±10,000.</summary>
    public static readonly Primitive BesselI = Bessel("besseli", ScalarMath.BesselI, Domain.Real, (v, x) => (Functions.BesselI(v - 1, x) + Functions.BesselI(v + 1, x)) / 2,
        negativeOrder: (_, positive) => positive);

    /// <summary>The modified Bessel function of the second kind, K. NaN for x below 0 and for orders beyond ±10,000.</summary>
    public static readonly Primitive BesselK = Bessel("besselk", ScalarMath.BesselK, Domain.Positive, (v, x) => -(Functions.BesselK(v - 1, x) + Functions.BesselK(v + 1, x)) / 2,
        negativeOrder: (_, positive) => positive, PrimitiveRange.PositiveOfLast);

    private const int LargestExactFactorial = 1000;

    private static Primitive Bessel(
        string name, Func<double, double, double> value, Domain domain, Func<Expr, Expr, Expr> derivative, Func<Number, Expr, Expr> negativeOrder,
        PrimitiveRange range = PrimitiveRange.Any) => new(name, 2)
        {
            Domains = [Domain.Whole(0, 5), domain],
            Range = range,
            Scalar2 = value,
            Partial = (args, _, i) => i == 1
                ? derivative(args[0], args[1])
                : throw new NotSupportedException($"{name}: no derivative with respect to the order; the order is {args[0]}. Use a constant order."),
            Simplify = args => args[0] is Number { IsInteger: true, IsNegative: true } order
                ? negativeOrder(order, Call.Of(Primitives.Find(name)!, [Number.Negate(order), args[1]]))
                : null,
        };

    private static Rational Factorial(int n)
    {
        var product = System.Numerics.BigInteger.One;
        for (var i = 2; i <= n; i++) product *= i;
        return product;
    }
}
