namespace Nabla.Symbolics;

/// <summary>Exponentials, logarithms, trigonometric and hyperbolic functions.</summary>
public static partial class Primitives
{
    // ---- Exponentials and logarithms ------------------------------------------------------------------------------------------

    /// <summary>e^x.</summary>
    public static readonly Primitive Exp = new("exp", 1)
    {
        Range = PrimitiveRange.Positive,
        Scalar1 = Math.Exp,
        Derivative = (_, y) => y,
        Simplify = ExactRules.Values((0, 1), (1, Constant.E)),
    };

    /// <summary>2^x.</summary>
    public static readonly Primitive Exp2 = new("exp2", 1)
    {
        Range = PrimitiveRange.Positive,
        Scalar1 = x => Math.Pow(2, x),
        Derivative = (_, y) => y * Functions.Log(2),
        Simplify = ExactRules.Values((0, 1), (1, 2)),
    };

    /// <summary>e^x - 1, accurate near 0. Its derivative is e^x, not the result plus 1, which would lose small values.</summary>
    public static readonly Primitive Expm1 = new("expm1", 1)
    {
        Range = PrimitiveRange.KeepsSign,
        Scalar1 = ScalarMath.Expm1,
        Derivative = (x, _) => Functions.Exp(x),
        Simplify = ExactRules.Values((0, 0)),
    };

    /// <summary>The natural logarithm.</summary>
    public static readonly Primitive Log = new("log", 1)
    {
        Domain = Domain.Positive,
        Kinks = "derivative 1/x everywhere: inf at 0, finite below although the value is NaN",
        Scalar1 = Math.Log,
        Derivative = (x, _) => 1 / x,
        Simplify = args => ReferenceEquals(args[0], Constant.E) ? 1 : ReferenceEquals(args[0], Number.One) ? 0 : null,
    };

    /// <summary>The logarithm to base 2.</summary>
    public static readonly Primitive Log2 = new("log2", 1)
    {
        Domain = Domain.Positive,
        Kinks = "derivative inf at 0",
        Scalar1 = Math.Log2,
        Derivative = (x, _) => 1 / (x * Functions.Log(2)),
        Simplify = ExactRules.Values((1, 0), (2, 1)),
    };

    /// <summary>The logarithm to base 10.</summary>
    public static readonly Primitive Log10 = new("log10", 1)
    {
        Domain = Domain.Positive,
        Kinks = "derivative inf at 0",
        Scalar1 = Math.Log10,
        Derivative = (x, _) => 1 / (x * Functions.Log(10)),
        Simplify = ExactRules.Values((1, 0), (10, 1)),
    };

    /// <summary>log(1 + x), accurate near 0.</summary>
    public static readonly Primitive Log1p = new("log1p", 1)
    {
        Range = PrimitiveRange.KeepsSign,
        Domain = new Domain(-1, double.PositiveInfinity),
        Kinks = "derivative inf at -1",
        Scalar1 = ScalarMath.Log1p,
        Derivative = (x, _) => 1 / (1 + x),
        Simplify = ExactRules.Values((0, 0)),
    };

    /// <summary>The cube root, also of negative numbers: cbrt(-8) is -2, where the power 1/3 has no real value.</summary>
    public static readonly Primitive Cbrt = new("cbrt", 1)
    {
        Range = PrimitiveRange.KeepsSign,
        Kinks = "derivative inf at 0",
        Scalar1 = Math.Cbrt,
        Derivative = (_, y) => 1 / (3 * (y * y)),
        Simplify = args => args[0] is Number { IsExact: true } x && Power.Of(Number.Of(Rational.Abs(x.Value)), new Rational(1, 3)) is Number { IsExact: true } root
            ? (x.IsNegative ? Number.Negate(root) : root)
            : null,
    };

    /// <summary>sqrt(x² + y²), without overflow.</summary>
    public static readonly Primitive Hypot = new("hypot", 2)
    {
        IsCommutative = true,
        Range = PrimitiveRange.NonNegative,
        Kinks = "derivative NaN at (0, 0)",
        Scalar2 = double.Hypot,
        Partial = (args, self, i) => args[i] / self,
        Simplify = args => args is [Number { IsExact: true } a, Number { IsExact: true } b]
            && Functions.Sqrt((a * a) + (b * b)) is Number { IsExact: true } root ? root : null,
    };

    // ---- Trigonometric --------------------------------------------------------------------------------------------------------

    /// <summary>Sine.</summary>
    public static readonly Primitive Sin = new("sin", 1)
    {
        Scalar1 = Math.Sin,
        Derivative = (x, _) => Functions.Cos(x),
        Simplify = ExactRules.Values((0, 0)),
    };

    /// <summary>Cosine.</summary>
    public static readonly Primitive Cos = new("cos", 1)
    {
        Scalar1 = Math.Cos,
        Derivative = (x, _) => -Functions.Sin(x),
        Simplify = ExactRules.Values((0, 1)),
    };

    /// <summary>Tangent.</summary>
    public static readonly Primitive Tan = new("tan", 1)
    {
        Domain = Domain.Open(-Math.PI / 2, Math.PI / 2),
        Scalar1 = Math.Tan,
        Derivative = (_, y) => 1 + (y * y),
        Simplify = ExactRules.Values((0, 0)),
    };

    /// <summary>Inverse sine.</summary>
    public static readonly Primitive Asin = new("asin", 1)
    {
        Range = PrimitiveRange.KeepsSign,
        Domain = Domain.Open(-1, 1),
        Kinks = "derivative inf at -1 and 1",
        Scalar1 = Math.Asin,
        Derivative = (x, _) => Functions.Rsqrt(1 - (x * x)),
        Simplify = ExactRules.Values((0, 0)),
    };

    /// <summary>Inverse cosine.</summary>
    public static readonly Primitive Acos = new("acos", 1)
    {
        Range = PrimitiveRange.NonNegative,
        Domain = Domain.Open(-1, 1),
        Kinks = "derivative -inf at -1 and 1",
        Scalar1 = Math.Acos,
        Derivative = (x, _) => -Functions.Rsqrt(1 - (x * x)),
        Simplify = ExactRules.Values((1, 0)),
    };

    /// <summary>Inverse tangent.</summary>
    public static readonly Primitive Atan = new("atan", 1)
    {
        Range = PrimitiveRange.KeepsSign,
        Scalar1 = Math.Atan,
        Derivative = (x, _) => 1 / (1 + (x * x)),
        Simplify = ExactRules.Values((0, 0)),
    };

    /// <summary>The angle of the point (x, y); the first argument is y.</summary>
    public static readonly Primitive Atan2 = new("atan2", 2)
    {
        Kinks = "derivative NaN at (0, 0)",
        Scalar2 = Math.Atan2,
        Partial = (args, _, i) => (i == 0 ? args[1] : -args[0]) / ((args[0] * args[0]) + (args[1] * args[1])),
    };

    // ---- Hyperbolic -----------------------------------------------------------------------------------------------------------

    /// <summary>Hyperbolic sine.</summary>
    public static readonly Primitive Sinh = new("sinh", 1)
    {
        Range = PrimitiveRange.KeepsSign,
        Scalar1 = Math.Sinh,
        Derivative = (x, _) => Functions.Cosh(x),
        Simplify = ExactRules.Values((0, 0)),
    };

    /// <summary>Hyperbolic cosine.</summary>
    public static readonly Primitive Cosh = new("cosh", 1)
    {
        Range = PrimitiveRange.Positive,
        Scalar1 = Math.Cosh,
        Derivative = (x, _) => Functions.Sinh(x),
        Simplify = ExactRules.Values((0, 1)),
    };

    /// <summary>Hyperbolic tangent.</summary>
    public static readonly Primitive Tanh = new("tanh", 1)
    {
        Range = PrimitiveRange.KeepsSign,
        Scalar1 = Math.Tanh,
        Derivative = (_, y) => 1 - (y * y),
        Simplify = ExactRules.Values((0, 0)),
    };

    /// <summary>Inverse hyperbolic sine.</summary>
    public static readonly Primitive Asinh = new("asinh", 1)
    {
        Range = PrimitiveRange.KeepsSign,
        Scalar1 = Math.Asinh,
        Derivative = (x, _) => Functions.Rsqrt((x * x) + 1),
        Simplify = ExactRules.Values((0, 0)),
    };

    /// <summary>Inverse hyperbolic cosine.</summary>
    public static readonly Primitive Acosh = new("acosh", 1)
    {
        Range = PrimitiveRange.NonNegative,
        Domain = new Domain(1, double.PositiveInfinity),
        Kinks = "derivative inf at 1",
        Scalar1 = Math.Acosh,
        Derivative = (x, _) => Functions.Rsqrt((x * x) - 1),
        Simplify = ExactRules.Values((1, 0)),
    };

    /// <summary>Inverse hyperbolic tangent.</summary>
    public static readonly Primitive Atanh = new("atanh", 1)
    {
        Range = PrimitiveRange.KeepsSign,
        Domain = Domain.Open(-1, 1),
        Kinks = "derivative inf at -1 and 1",
        Scalar1 = Math.Atanh,
        Derivative = (x, _) => 1 / (1 - (x * x)),
        Simplify = ExactRules.Values((0, 0)),
    };
}
