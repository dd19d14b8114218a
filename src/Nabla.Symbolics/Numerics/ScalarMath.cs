namespace Nabla.Symbolics;

/// <summary>
/// The primitives on doubles, by the names of the primitive table. What System.Math does well is its own; the rest comes from the
/// same bodies as the vector kernels, so that scalar and vector evaluation agree to the bit, or is written out here.
/// </summary>
internal static partial class ScalarMath
{
    // ---- arithmetic ----

    public static double Add(double a, double b) => a + b;

    public static double Sub(double a, double b) => a - b;

    public static double Mul(double a, double b) => a * b;

    public static double Div(double a, double b) => a / b;

    public static double Neg(double x) => -x;

    public static double Square(double x) => x * x;

    public static double Reciprocal(double x) => 1 / x;

    public static double Sqrt(double x) => Math.Sqrt(x);

    public static double Rsqrt(double x) => 1 / Math.Sqrt(x);

    public static double Abs(double x) => Math.Abs(x);

    /// <summary>-1, 0 or 1; both zeros give +0, NaN stays NaN.</summary>
    public static double Sign(double x) => x > 0 ? 1 : x < 0 ? -1 : x == 0 ? 0 : x;

    /// <summary>The larger; NaN if either is NaN.</summary>
    public static double Max(double a, double b) => Math.Max(a, b);

    /// <summary>The smaller; NaN if either is NaN.</summary>
    public static double Min(double a, double b) => Math.Min(a, b);

    public static double Copysign(double a, double b) => Math.CopySign(a, b);

    // ---- rounding ----

    public static double Floor(double x) => Math.Floor(x);

    public static double Ceil(double x) => Math.Ceiling(x);

    /// <summary>To the nearest integer, halves to the even one.</summary>
    public static double Round(double x) => Math.Round(x, MidpointRounding.ToEven);

    public static double Trunc(double x) => Math.Truncate(x);

    /// <summary>The remainder of the truncated quotient: it has the sign of <paramref name="a"/>.</summary>
    public static double Fmod(double a, double b) => a % b;

    /// <summary>The remainder of the floored quotient: it has the sign of <paramref name="b"/>.</summary>
    public static double Remainder(double a, double b)
    {
        double r = a % b;
        return r != 0 && (r < 0) != (b < 0) ? r + b : r;
    }

    /// <summary>
    /// ⌊a/b⌋, made from the remainder as Python does: a/b itself may round up to the next whole number. ±∞ or NaN for b = 0.
    /// </summary>
    public static double FloorDivide(double a, double b)
    {
        if (b == 0) return a / b;
        double r = a % b;
        double quotient = (a - r) / b;
        if (r != 0 && (r < 0) != (b < 0)) quotient--;
        return Math.Round(quotient);
    }

    // ---- exponentials and logarithms ----

    public static double Exp(double x) => Math.Exp(x);

    public static double Exp2(double x) => VectorLoop.One<double, VectorExp.Exp2D>(x);

    public static double Expm1(double x) => VectorLoop.One<double, VectorExp.Expm1D>(x);

    public static double Log(double x) => Math.Log(x);

    public static double Log2(double x) => Math.Log2(x);

    public static double Log10(double x) => Math.Log10(x);

    public static double Log1p(double x) => VectorLoop.One<double, VectorLog.Log1pD>(x);

    public static double Pow(double x, double y) => Math.Pow(x, y);

    /// <summary>1 / (1 + e^-x)</summary>
    public static double Sigmoid(double x) => VectorLoop.One<double, VectorExp.SigmoidD>(x);

    /// <summary>log(1 + e^x)</summary>
    public static double Softplus(double x) => VectorLoop.One<double, VectorLog.SoftplusD>(x);

    public static double Cbrt(double x) => Math.Cbrt(x);

    /// <summary>sqrt(a² + b²) without overflow</summary>
    public static double Hypot(double a, double b) => double.Hypot(a, b);

    // ---- circular and hyperbolic functions ----

    public static double Sin(double x) => Math.Sin(x);

    public static double Cos(double x) => Math.Cos(x);

    public static double Tan(double x) => Math.Tan(x);

    public static double Asin(double x) => Math.Asin(x);

    public static double Acos(double x) => Math.Acos(x);

    public static double Atan(double x) => Math.Atan(x);

    public static double Atan2(double y, double x) => Math.Atan2(y, x);

    public static double Sinh(double x) => Math.Sinh(x);

    public static double Cosh(double x) => Math.Cosh(x);

    public static double Tanh(double x) => Math.Tanh(x);

    public static double Asinh(double x) => Math.Asinh(x);

    public static double Acosh(double x) => Math.Acosh(x);

    public static double Atanh(double x) => Math.Atanh(x);

    // ---- comparison, logic, selection: truth is 1, falsehood 0, anything but 0 counts as true ----

    public static double IsNan(double x) => Truth(double.IsNaN(x));

    public static double Not(double x) => Truth(x == 0);

    public static double Less(double a, double b) => Truth(a < b);

    public static double LessEqual(double a, double b) => Truth(a <= b);

    public static double Equal(double a, double b) => Truth(a == b);

    public static double NotEqual(double a, double b) => Truth(a != b);

    public static double And(double a, double b) => Truth(a != 0 && b != 0);

    public static double Or(double a, double b) => Truth(a != 0 || b != 0);

    public static double Xor(double a, double b) => Truth((a != 0) != (b != 0));

    public static double Select(double condition, double a, double b) => condition != 0 ? a : b;

    public static double KroneckerDelta(double a, double b) => Truth(a == b);

    private static double Truth(bool value) => value ? 1 : 0;
}
