namespace Nabla.Symbolics;

/// <summary>The primitives as functions of formulas, each in canonical form.</summary>
public static partial class Functions
{
    /// <summary>The sum of any number of formulas; faster than adding them one by one.</summary>
    public static Expr Sum(params ReadOnlySpan<Expr> terms) => Symbolics.Sum.Of(terms);

    /// <summary>The product of any number of formulas; faster than multiplying them one by one.</summary>
    public static Expr Product(params ReadOnlySpan<Expr> factors) => Symbolics.Product.Of(factors);

    /// <summary>The square root, kept as the power 1/2.</summary>
    public static Expr Sqrt(Expr x) => Call.Of(Primitives.Sqrt, [x]);

    /// <summary>1/sqrt(x), kept as the power -1/2.</summary>
    public static Expr Rsqrt(Expr x) => Call.Of(Primitives.Rsqrt, [x]);

    /// <summary>x².</summary>
    public static Expr Square(Expr x) => Call.Of(Primitives.Square, [x]);

    /// <summary>1/x.</summary>
    public static Expr Reciprocal(Expr x) => Call.Of(Primitives.Reciprocal, [x]);

    /// <summary>x to the power y.</summary>
    public static Expr Pow(Expr x, Expr y) => Call.Of(Primitives.Pow, [x, y]);

    /// <summary>e^x.</summary>
    public static Expr Exp(Expr x) => Call.Of(Primitives.Exp, [x]);

    /// <summary>2^x.</summary>
    public static Expr Exp2(Expr x) => Call.Of(Primitives.Exp2, [x]);

    /// <summary>e^x - 1, accurate near 0.</summary>
    public static Expr Expm1(Expr x) => Call.Of(Primitives.Expm1, [x]);

    /// <summary>The natural logarithm.</summary>
    public static Expr Log(Expr x) => Call.Of(Primitives.Log, [x]);

    /// <summary>The logarithm to base 2.</summary>
    public static Expr Log2(Expr x) => Call.Of(Primitives.Log2, [x]);

    /// <summary>The logarithm to base 10.</summary>
    public static Expr Log10(Expr x) => Call.Of(Primitives.Log10, [x]);

    /// <summary>log(1 + x), accurate near 0.</summary>
    public static Expr Log1p(Expr x) => Call.Of(Primitives.Log1p, [x]);

    /// <summary>Sine.</summary>
    public static Expr Sin(Expr x) => Call.Of(Primitives.Sin, [x]);

    /// <summary>Cosine.</summary>
    public static Expr Cos(Expr x) => Call.Of(Primitives.Cos, [x]);

    /// <summary>Tangent.</summary>
    public static Expr Tan(Expr x) => Call.Of(Primitives.Tan, [x]);

    /// <summary>Inverse sine.</summary>
    public static Expr Asin(Expr x) => Call.Of(Primitives.Asin, [x]);

    /// <summary>Inverse cosine.</summary>
    public static Expr Acos(Expr x) => Call.Of(Primitives.Acos, [x]);

    /// <summary>Inverse tangent.</summary>
    public static Expr Atan(Expr x) => Call.Of(Primitives.Atan, [x]);

    /// <summary>The angle of the point (x, y).</summary>
    public static Expr Atan2(Expr y, Expr x) => Call.Of(Primitives.Atan2, [y, x]);

    /// <summary>Hyperbolic sine.</summary>
    public static Expr Sinh(Expr x) => Call.Of(Primitives.Sinh, [x]);

    /// <summary>Hyperbolic cosine.</summary>
    public static Expr Cosh(Expr x) => Call.Of(Primitives.Cosh, [x]);

    /// <summary>Hyperbolic tangent.</summary>
    public static Expr Tanh(Expr x) => Call.Of(Primitives.Tanh, [x]);

    /// <summary>Inverse hyperbolic sine.</summary>
    public static Expr Asinh(Expr x) => Call.Of(Primitives.Asinh, [x]);

    /// <summary>Inverse hyperbolic cosine.</summary>
    public static Expr Acosh(Expr x) => Call.Of(Primitives.Acosh, [x]);

    /// <summary>Inverse hyperbolic tangent.</summary>
    public static Expr Atanh(Expr x) => Call.Of(Primitives.Atanh, [x]);

    /// <summary>1/(1 + e^-x).</summary>
    public static Expr Sigmoid(Expr x) => Call.Of(Primitives.Sigmoid, [x]);

    /// <summary>log(1 + e^x), without overflow.</summary>
    public static Expr Softplus(Expr x) => Call.Of(Primitives.Softplus, [x]);

    /// <summary>The error function.</summary>
    public static Expr Erf(Expr x) => Call.Of(Primitives.Erf, [x]);

    /// <summary>1 - erf(x), accurate where erf is close to 1.</summary>
    public static Expr Erfc(Expr x) => Call.Of(Primitives.Erfc, [x]);

    /// <summary>The inverse of the error function.</summary>
    public static Expr Erfinv(Expr x) => Call.Of(Primitives.Erfinv, [x]);

    /// <summary>The quantile of the standard normal distribution.</summary>
    public static Expr Ndtri(Expr p) => Call.Of(Primitives.Ndtri, [p]);

    /// <summary>The logarithm of the absolute value of the gamma function.</summary>
    public static Expr Lgamma(Expr x) => Call.Of(Primitives.Lgamma, [x]);

    /// <summary>The derivative of lgamma.</summary>
    public static Expr Digamma(Expr x) => Call.Of(Primitives.Digamma, [x]);

    /// <summary>The n-th derivative of digamma at x.</summary>
    public static Expr Polygamma(Expr n, Expr x) => Call.Of(Primitives.Polygamma, [n, x]);

    /// <summary>The Hurwitz zeta function: the sum of (k + q)^-x over k = 0, 1, 2, …</summary>
    public static Expr Zeta(Expr x, Expr q) => Call.Of(Primitives.Zeta, [x, q]);

    /// <summary>The modified Bessel function of the first kind of order 0.</summary>
    public static Expr I0(Expr x) => Call.Of(Primitives.I0, [x]);

    /// <summary>The modified Bessel function of the first kind of order 1.</summary>
    public static Expr I1(Expr x) => Call.Of(Primitives.I1, [x]);

    /// <summary>i0(x)·e^-|x|.</summary>
    public static Expr I0e(Expr x) => Call.Of(Primitives.I0e, [x]);

    /// <summary>i1(x)·e^-|x|.</summary>
    public static Expr I1e(Expr x) => Call.Of(Primitives.I1e, [x]);

    /// <summary>The absolute value.</summary>
    public static Expr Abs(Expr x) => Call.Of(Primitives.Abs, [x]);

    /// <summary>-1, 0 or 1.</summary>
    public static Expr Sign(Expr x) => Call.Of(Primitives.Sign, [x]);

    /// <summary>The largest whole number not above x.</summary>
    public static Expr Floor(Expr x) => Call.Of(Primitives.Floor, [x]);

    /// <summary>The smallest whole number not below x.</summary>
    public static Expr Ceil(Expr x) => Call.Of(Primitives.Ceil, [x]);

    /// <summary>The nearest whole number, halves to the even one.</summary>
    public static Expr Round(Expr x) => Call.Of(Primitives.Round, [x]);

    /// <summary>x without its fraction.</summary>
    public static Expr Trunc(Expr x) => Call.Of(Primitives.Trunc, [x]);

    /// <summary>The magnitude of the first argument with the sign of the second.</summary>
    public static Expr CopySign(Expr magnitude, Expr sign) => Call.Of(Primitives.CopySign, [magnitude, sign]);

    /// <summary>The larger argument; NaN if one is NaN.</summary>
    public static Expr Max(Expr a, Expr b) => Call.Of(Primitives.Max, [a, b]);

    /// <summary>The smaller argument; NaN if one is NaN.</summary>
    public static Expr Min(Expr a, Expr b) => Call.Of(Primitives.Min, [a, b]);

    /// <summary>The remainder of C: it has the sign of a.</summary>
    public static Expr Fmod(Expr a, Expr b) => Call.Of(Primitives.Fmod, [a, b]);

    /// <summary>The floored remainder: it has the sign of b.</summary>
    public static Expr Remainder(Expr a, Expr b) => Call.Of(Primitives.Remainder, [a, b]);

    /// <summary>The largest whole number not above a/b, made from the remainder: 1 and 0.1 give 9.</summary>
    public static Expr FloorDivide(Expr a, Expr b) => Call.Of(Primitives.FloorDivide, [a, b]);

    /// <summary>1 where a &lt; b, else 0.</summary>
    public static Expr Less(Expr a, Expr b) => Call.Of(Primitives.Less, [a, b]);

    /// <summary>1 where a &lt;= b, else 0.</summary>
    public static Expr LessEqual(Expr a, Expr b) => Call.Of(Primitives.LessEqual, [a, b]);

    /// <summary>1 where a &gt; b, else 0; kept as b &lt; a.</summary>
    public static Expr Greater(Expr a, Expr b) => Call.Of(Primitives.Less, [b, a]);

    /// <summary>1 where a &gt;= b, else 0; kept as b &lt;= a.</summary>
    public static Expr GreaterEqual(Expr a, Expr b) => Call.Of(Primitives.LessEqual, [b, a]);

    /// <summary>1 where a equals b, else 0.</summary>
    public static Expr Equal(Expr a, Expr b) => Call.Of(Primitives.Equal, [a, b]);

    /// <summary>1 where a differs from b, else 0.</summary>
    public static Expr NotEqual(Expr a, Expr b) => Call.Of(Primitives.NotEqual, [a, b]);

    /// <summary>1 where both are true, else 0.</summary>
    public static Expr And(Expr a, Expr b) => Call.Of(Primitives.And, [a, b]);

    /// <summary>1 where one at least is true, else 0.</summary>
    public static Expr Or(Expr a, Expr b) => Call.Of(Primitives.Or, [a, b]);

    /// <summary>1 where exactly one is true, else 0.</summary>
    public static Expr Xor(Expr a, Expr b) => Call.Of(Primitives.Xor, [a, b]);

    /// <summary>1 where x is 0, else 0.</summary>
    public static Expr Not(Expr x) => Call.Of(Primitives.Not, [x]);

    /// <summary>1 where x is NaN, else 0.</summary>
    public static Expr IsNaN(Expr x) => Call.Of(Primitives.IsNaN, [x]);

    /// <summary>a where the condition is not 0, else b.</summary>
    public static Expr Select(Expr condition, Expr a, Expr b) => Call.Of(Primitives.Select, [condition, a, b]);
}
