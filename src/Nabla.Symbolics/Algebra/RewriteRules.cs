using static Nabla.Symbolics.Functions;

namespace Nabla.Symbolics;

/// <summary>
/// The table of identities that simplification may use, each with its domain. "Where defined" means: wherever the left side has a value, the
/// right side has the same; the right side may have values at more points. Rules that an operation's construction applies
/// (x + x = 2*x, x^0 = 1) are not repeated here. A rule is used only where it makes the formula lighter, and its result is checked
/// numerically each time.
/// </summary>
internal static class RewriteRules
{
    private const string Everywhere = "all real values";
    private const string WhereDefined = "where the left side is defined";
    private static readonly Symbol A = Wildcards.A;
    private static readonly Symbol B = Wildcards.B;
    private static readonly Symbol C = Wildcards.C;
    private static readonly Symbol N = Wildcards.N;
    private static readonly Symbol M = Wildcards.M;

    /// <summary>All rules.</summary>
    public static IReadOnlyList<RewriteRule> All { get; } =
    [
        // ---- Exponentials and logarithms --------------------------------------------------------------------------------------
        new PatternRule(Log(Exp(A)), A, Everywhere),
        new PatternRule(Exp(Log(A)), A, "a > 0, as log(a) needs"),
        new PatternRule(Exp(B * Log(A)), Pow(A, B), "a > 0, as log(a) needs"),
        new PatternRule(Exp(A + Log(B)), B * Exp(A), "b > 0, as log(b) needs"),
        new PatternRule(Exp(A) * Exp(B), Exp(A + B), Everywhere),
        new PatternRule(Exp(A) / Exp(B), Exp(A - B), Everywhere),
        new PatternRule(Pow(Exp(A), B), Exp(A * B), Everywhere),
        new PatternRule(Log(Pow(A, B)), B * Log(A), "a > 0", null, (A, Assumptions.Positive)),
        new PatternRule(Log(Pow(A, N)), N * Log(A), "n odd or no whole number, which with a^n > 0 makes a > 0", b => !IsEven(b[N])),
        new PatternRule(Log(A) + Log(B), Log(A * B), "a, b > 0, as the logarithms need"),
        new PatternRule(Log(A) - Log(B), Log(A / B), "a, b > 0, as the logarithms need"),
        new PatternRule(Log(Exp(A) * B), A + Log(B), "b > 0, as b*exp(a) > 0"),
        new PatternRule(Exp2(Log2(A)), A, WhereDefined),
        new PatternRule(Log2(Exp2(A)), A, Everywhere),
        new PatternRule(Exp2(A) * Exp2(B), Exp2(A + B), Everywhere),
        new PatternRule(Log2(A) + Log2(B), Log2(A * B), WhereDefined),
        new PatternRule(Log2(A) - Log2(B), Log2(A / B), WhereDefined),
        new PatternRule(Log10(A) + Log10(B), Log10(A * B), WhereDefined),
        new PatternRule(Log10(A) - Log10(B), Log10(A / B), WhereDefined),
        new PatternRule(Log10(Pow(10, A)), A, Everywhere),
        new PatternRule(Pow(10, Log10(A)), A, WhereDefined),
        new PatternRule(Pow(2, Log2(A)), A, WhereDefined),
        new PatternRule(Log2(Pow(2, A)), A, Everywhere),
        new PatternRule(1 + Expm1(A), Exp(A), Everywhere),
        new PatternRule(Expm1(Log1p(A)), A, WhereDefined),
        new PatternRule(Log1p(Expm1(A)), A, Everywhere),
        new PatternRule(Exp(Log1p(A)), 1 + A, WhereDefined),
        new PatternRule(Expm1(Log(A)), A - 1, WhereDefined),
        new PatternRule(Log(1 + Expm1(A)), A, Everywhere),
        new PatternRule(Log1p(Exp(A)), Softplus(A), Everywhere),
        new PatternRule(Log(1 + Exp(A)), Softplus(A), Everywhere),
        new PatternRule(Softplus(A) - A, Softplus(-A), Everywhere),
        new PatternRule(Softplus(A) - Softplus(-A), A, Everywhere),
        new PatternRule(Exp(Softplus(A)), 1 + Exp(A), Everywhere),
        new PatternRule(Exp(-Softplus(A)), Sigmoid(-A), Everywhere),
        new PatternRule(Log(Sigmoid(A)) + Softplus(-A), 0, Everywhere),

        // ---- Logistic function and hyperbolic tangent -------------------------------------------------------------------------
        new PatternRule(1 - Sigmoid(A), Sigmoid(-A), Everywhere),
        new PatternRule(Sigmoid(A) + Sigmoid(-A), 1, Everywhere),
        new PatternRule(1 / (1 + Exp(A)), Sigmoid(-A), Everywhere),
        new PatternRule(Exp(A) / (1 + Exp(A)), Sigmoid(A), Everywhere),
        new PatternRule(Exp(-A) * Sigmoid(A), Sigmoid(-A), Everywhere),
        new PatternRule(Sigmoid(A) / Sigmoid(-A), Exp(A), Everywhere),
        new PatternRule((2 * Sigmoid(2 * A)) - 1, Tanh(A), Everywhere),
        new PatternRule(1 - (2 * Sigmoid(2 * A)), -Tanh(A), Everywhere),
        new PatternRule(1 + Tanh(A), 2 * Sigmoid(2 * A), Everywhere),
        new PatternRule((Exp(A) - 1) / (1 + Exp(A)), Tanh(A / 2), Everywhere),
        new PatternRule((1 - Exp(A)) / (1 + Exp(A)), -Tanh(A / 2), Everywhere),

        // ---- Hyperbolic functions ---------------------------------------------------------------------------------------------
        new PatternRule(Square(Cosh(A)) - Square(Sinh(A)), 1, Everywhere),
        new PatternRule(1 + Square(Sinh(A)), Square(Cosh(A)), Everywhere),
        new PatternRule(Square(Cosh(A)) - 1, Square(Sinh(A)), Everywhere),
        new PatternRule(1 - Square(Tanh(A)), Pow(Cosh(A), -2), Everywhere),
        new PatternRule(Square(Cosh(A)) + Square(Sinh(A)), Cosh(2 * A), Everywhere),
        new PatternRule((2 * Square(Cosh(A))) - 1, Cosh(2 * A), Everywhere),
        new PatternRule((2 * Square(Sinh(A))) + 1, Cosh(2 * A), Everywhere),
        new PatternRule(2 * Sinh(A) * Cosh(A), Sinh(2 * A), Everywhere),
        new PatternRule(Sinh(2 * A) / Sinh(A), 2 * Cosh(A), "sinh(a) is not 0"),
        new PatternRule(Sinh(2 * A) / Cosh(A), 2 * Sinh(A), Everywhere),
        new PatternRule(Sinh(A) / Cosh(A), Tanh(A), Everywhere),
        new PatternRule(Cosh(A) / Sinh(A), 1 / Tanh(A), "a is not 0"),
        new PatternRule(Tanh(A) * Cosh(A), Sinh(A), Everywhere),
        new PatternRule(Sinh(A) / Tanh(A), Cosh(A), "a is not 0"),
        new PatternRule(Cosh(A) + Sinh(A), Exp(A), Everywhere),
        new PatternRule(Cosh(A) - Sinh(A), Exp(-A), Everywhere),
        new PatternRule(Exp(A) + Exp(-A), 2 * Cosh(A), Everywhere),
        new PatternRule(Exp(A) - Exp(-A), 2 * Sinh(A), Everywhere),
        new PatternRule(Exp(A) + (1 / Exp(A)), 2 * Cosh(A), Everywhere),
        new PatternRule(Exp(A) - (1 / Exp(A)), 2 * Sinh(A), Everywhere),
        new PatternRule((Sinh(A) * Cosh(B)) + (Cosh(A) * Sinh(B)), Sinh(A + B), Everywhere),
        new PatternRule((Sinh(A) * Cosh(B)) - (Cosh(A) * Sinh(B)), Sinh(A - B), Everywhere),
        new PatternRule((Cosh(A) * Cosh(B)) + (Sinh(A) * Sinh(B)), Cosh(A + B), Everywhere),
        new PatternRule((Cosh(A) * Cosh(B)) - (Sinh(A) * Sinh(B)), Cosh(A - B), Everywhere),

        // ---- Trigonometric functions ------------------------------------------------------------------------------------------
        new PatternRule(Square(Sin(A)) + Square(Cos(A)), 1, Everywhere),
        new PatternRule(1 - Square(Sin(A)), Square(Cos(A)), Everywhere),
        new PatternRule(1 - Square(Cos(A)), Square(Sin(A)), Everywhere),
        new PatternRule(Square(Cos(A)) - Square(Sin(A)), Cos(2 * A), Everywhere),
        new PatternRule(1 - (2 * Square(Sin(A))), Cos(2 * A), Everywhere),
        new PatternRule((2 * Square(Cos(A))) - 1, Cos(2 * A), Everywhere),
        new PatternRule(1 - Cos(2 * A), 2 * Square(Sin(A)), Everywhere),
        new PatternRule(1 + Cos(2 * A), 2 * Square(Cos(A)), Everywhere),
        new PatternRule(2 * Sin(A) * Cos(A), Sin(2 * A), Everywhere),
        new PatternRule(Sin(2 * A) / Sin(A), 2 * Cos(A), "sin(a) is not 0"),
        new PatternRule(Sin(2 * A) / Cos(A), 2 * Sin(A), "cos(a) is not 0"),
        new PatternRule(1 + Square(Tan(A)), Pow(Cos(A), -2), "cos(a) is not 0"),
        new PatternRule(1 + Pow(Tan(A), -2), Pow(Sin(A), -2), "tan(a) is not 0"),
        new PatternRule(Sin(A) / Cos(A), Tan(A), "cos(a) is not 0"),
        new PatternRule(Cos(A) / Sin(A), 1 / Tan(A), "sin(a) is not 0; where cos(a) = 0 tan(a) is beyond any number and 1/tan(a) is 0"),
        new PatternRule(Tan(A) * Cos(A), Sin(A), "cos(a) is not 0"),
        new PatternRule(Sin(A) / Tan(A), Cos(A), "sin(a) is not 0"),
        new PatternRule(Tan(A) / Sin(A), 1 / Cos(A), "sin(a) is not 0"),
        new PatternRule((2 * Tan(A)) / (1 + Square(Tan(A))), Sin(2 * A), "cos(a) is not 0"),
        new PatternRule((Sin(A) * Cos(B)) + (Cos(A) * Sin(B)), Sin(A + B), Everywhere),
        new PatternRule((Sin(A) * Cos(B)) - (Cos(A) * Sin(B)), Sin(A - B), Everywhere),
        new PatternRule((Cos(A) * Cos(B)) - (Sin(A) * Sin(B)), Cos(A + B), Everywhere),
        new PatternRule((Cos(A) * Cos(B)) + (Sin(A) * Sin(B)), Cos(A - B), Everywhere),

        // ---- Functions and their inverses -------------------------------------------------------------------------------------
        new PatternRule(Sin(Asin(A)), A, "-1 <= a <= 1, as asin needs"),
        new PatternRule(Cos(Acos(A)), A, "-1 <= a <= 1, as acos needs"),
        new PatternRule(Tan(Atan(A)), A, Everywhere),
        new PatternRule(Cos(Asin(A)), Sqrt(1 - Square(A)), "-1 <= a <= 1, as asin needs"),
        new PatternRule(Sin(Acos(A)), Sqrt(1 - Square(A)), "-1 <= a <= 1, as acos needs"),
        new PatternRule(Asin(A) + Acos(A), Constant.Pi / 2, "-1 <= a <= 1, as asin needs"),
        new PatternRule(Sinh(Asinh(A)), A, Everywhere),
        new PatternRule(Asinh(Sinh(A)), A, Everywhere),
        new PatternRule(Cosh(Acosh(A)), A, "a >= 1, as acosh needs"),
        new PatternRule(Acosh(Cosh(A)), Abs(A), Everywhere),
        new PatternRule(Tanh(Atanh(A)), A, "-1 < a < 1, as atanh needs"),
        new PatternRule(Atanh(Tanh(A)), A, Everywhere),
        new PatternRule(Erf(Erfinv(A)), A, "-1 < a < 1, as erfinv needs"),
        new PatternRule(Erfinv(Erf(A)), A, Everywhere),
        new PatternRule(Erfc(Erfcinv(A)), A, "0 < a < 2, as erfcinv needs"),
        new PatternRule(Pow(Cbrt(A), 3), A, Everywhere),
        new PatternRule(Cbrt(Pow(A, 3)), A, Everywhere),

        // ---- Error and gamma functions ----------------------------------------------------------------------------------------
        new PatternRule(1 - Erf(A), Erfc(A), Everywhere),
        new PatternRule(1 - Erfc(A), Erf(A), Everywhere),
        new PatternRule(1 + Erf(A), Erfc(-A), Everywhere),
        new PatternRule(Erf(A) + Erfc(A), 1, Everywhere),
        new PatternRule(Erfc(A) + Erfc(-A), 2, Everywhere),
        new PatternRule(Exp(Lgamma(A)), Gamma(A), "a > 0, as lgamma takes the absolute value", null, (A, Assumptions.Positive)),
        new PatternRule(Log(Gamma(A)), Lgamma(A), "gamma(a) > 0, as log needs"),

        // ---- Powers -----------------------------------------------------------------------------------------------------------
        new PatternRule(Pow(Pow(A, B), C), Pow(A, B * C), "a > 0", null, (A, Assumptions.Positive)),
        new PatternRule(Pow(Pow(A, N), M), Pow(A, N * M), "n odd or no whole number, which with a^n >= 0 makes a >= 0", b => !IsEven(b[N])),
        new PatternRule(Pow(Pow(A, N), M), Pow(Abs(A), N * M), "n even", b => IsEven(b[N])),
        new PatternRule(Pow(A, B) * Pow(A, C), Pow(A, B + C), WhereDefined),
        new PatternRule(A * Pow(A, B), Pow(A, B + 1), WhereDefined),
        new PatternRule(Pow(A, B) / A, Pow(A, B - 1), "a is not 0"),
        new PatternRule(Hypot(A, B), Abs(A), "b = 0", b => b[B] is Number { IsZero: true }),

        // ---- Absolute values and signs ----------------------------------------------------------------------------------------
        new PatternRule(Abs(Abs(A)), Abs(A), Everywhere),
        new PatternRule(Abs(A), A, "a >= 0", null, (A, Assumptions.NonNegative)),
        new PatternRule(Abs(A), -A, "a <= 0", null, (A, Assumptions.NonPositive)),
        new PatternRule(Pow(Abs(A), N), Pow(A, N), "n even", b => IsEven(b[N])),
        new PatternRule(Abs(Pow(A, N)), Pow(Abs(A), N), "n a whole number", b => b[N] is Number { IsInteger: true }),
        new PatternRule(Abs(A) * Abs(B), Abs(A * B), Everywhere),
        new PatternRule(Abs(A) / Abs(B), Abs(A / B), "b is not 0"),
        new PatternRule(A * Sign(A), Abs(A), Everywhere),
        new PatternRule(Abs(A) * Sign(A), A, Everywhere),
        new PatternRule(A / Abs(A), Sign(A), "a is not 0"),
        new PatternRule(Abs(A) / A, Sign(A), "a is not 0"),
        new PatternRule(Sign(Sign(A)), Sign(A), Everywhere),
        new PatternRule(Pow(Sign(A), N), Sign(A), "n odd and positive", b => b[N] is Number { IsInteger: true, IsNegative: false } && !IsEven(b[N])),
        new PatternRule(Sign(A), 1, "a > 0", null, (A, Assumptions.Positive)),
        new PatternRule(Sign(A), -1, "a < 0", null, (A, Assumptions.Negative)),
        new PatternRule(Sign(A) * Sign(B), Sign(A * B), Everywhere),
        new PatternRule(Sign(Pow(A, N)), Sign(A), "n odd and positive", b => b[N] is Number { IsInteger: true, IsNegative: false } && !IsEven(b[N])),

        // ---- Extrema ----------------------------------------------------------------------------------------------------------
        new PatternRule(Max(A, Max(A, B)), Max(A, B), Everywhere),
        new PatternRule(Min(A, Min(A, B)), Min(A, B), Everywhere),
        new PatternRule(Max(A, Min(A, B)), A, Everywhere),
        new PatternRule(Min(A, Max(A, B)), A, Everywhere),
        new PatternRule(Max(A, -A), Abs(A), Everywhere),
        new PatternRule(Min(A, -A), -Abs(A), Everywhere),
        new PatternRule(-Min(-A, -B), Max(A, B), Everywhere),
        new PatternRule(-Max(-A, -B), Min(A, B), Everywhere),
        new PatternRule(Max(A, B) + Min(A, B), A + B, Everywhere),
        new PatternRule(Max(A, B) - Min(A, B), Abs(A - B), Everywhere),
        new PatternRule(Max(A, B) * Min(A, B), A * B, Everywhere),

        // ---- Choice and truth -------------------------------------------------------------------------------------------------
        new PatternRule(Select(Not(A), B, C), Select(A, C, B), Everywhere),
        new PatternRule(Select(A, 1, 0), A, "a is 0 or 1", b => IsTruth(b[A])),
        new PatternRule(Select(A, 0, 1), Not(A), Everywhere),
        new PatternRule(Select(Less(0, A), A, -A), Abs(A), Everywhere),
        new PatternRule(Select(Less(A, 0), -A, A), Abs(A), Everywhere),
        new PatternRule(Select(LessEqual(0, A), A, -A), Abs(A), Everywhere),
        new PatternRule(Select(LessEqual(A, 0), -A, A), Abs(A), Everywhere),
        new PatternRule(Select(Less(0, A), A, 0), Max(A, 0), Everywhere),
        new PatternRule(Select(LessEqual(0, A), A, 0), Max(A, 0), Everywhere),
        new PatternRule(Select(Less(A, 0), A, 0), Min(A, 0), Everywhere),
        new PatternRule(Not(Not(A)), A, "a is 0 or 1", b => IsTruth(b[A])),
        new PatternRule(Not(Equal(A, B)), NotEqual(A, B), Everywhere),
        new PatternRule(Not(NotEqual(A, B)), Equal(A, B), Everywhere),
        new PatternRule(And(A, A), A, "a is 0 or 1", b => IsTruth(b[A])),
        new PatternRule(Or(A, A), A, "a is 0 or 1", b => IsTruth(b[A])),
        new PatternRule(And(A, 1), A, "a is 0 or 1", b => IsTruth(b[A])),
        new PatternRule(Or(A, 0), A, "a is 0 or 1", b => IsTruth(b[A])),
        new PatternRule(1 - Not(A), A, "a is 0 or 1", b => IsTruth(b[A])),

        .. RewriteMethods.All(),
    ];

    internal static bool IsEven(Expr number) => number is Number { IsInteger: true } whole && whole.Value.Numerator.IsEven;

    private static bool IsTruth(Expr value) => value is Call call && call.Primitive.IsTruth;
}
