namespace Nabla.Symbolics;

/// <summary>Rounding, signs, extrema, remainders, comparisons and choice. Truth values are 0 and 1; anything but 0 counts as true.</summary>
public static partial class Primitives
{
    // ---- Signs and rounding ---------------------------------------------------------------------------------------------------

    /// <summary>The absolute value.</summary>
    public static readonly Primitive Abs = new("abs", 1)
    {
        Range = PrimitiveRange.Magnitude,
        Kinks = "derivative 0 at 0",
        Scalar1 = Math.Abs,
        Derivative = (x, _) => Functions.Sign(x),
        Simplify = ExactRules.Of(Rational.Abs),
    };

    /// <summary>-1, 0 or 1.</summary>
    public static readonly Primitive Sign = new("sign", 1)
    {
        Range = PrimitiveRange.Sign,
        Kinks = "derivative 0 everywhere",
        Scalar1 = x => x > 0 ? 1 : x < 0 ? -1 : x,
        Derivative = Flat,
        Simplify = ExactRules.Of(x => x.Sign),
    };

    /// <summary>The largest whole number not above x.</summary>
    public static readonly Primitive Floor = new("floor", 1)
    {
        Range = PrimitiveRange.Rounds,
        Kinks = "derivative 0 everywhere",
        Scalar1 = Math.Floor,
        Derivative = Flat,
        Simplify = ExactRules.Of(Rational.Floor),
    };

    /// <summary>The smallest whole number not below x.</summary>
    public static readonly Primitive Ceil = new("ceil", 1)
    {
        Range = PrimitiveRange.Rounds,
        Kinks = "derivative 0 everywhere",
        Scalar1 = Math.Ceiling,
        Derivative = Flat,
        Simplify = ExactRules.Of(x => -Rational.Floor(-x)),
    };

    /// <summary>The nearest whole number, halves to the even one.</summary>
    public static readonly Primitive Round = new("round", 1)
    {
        Range = PrimitiveRange.Rounds,
        Kinks = "derivative 0 everywhere",
        Scalar1 = Math.Round,
        Derivative = Flat,
        Simplify = ExactRules.Of(Rational.RoundToEven),
    };

    /// <summary>x without its fraction.</summary>
    public static readonly Primitive Trunc = new("trunc", 1)
    {
        Range = PrimitiveRange.Rounds,
        Kinks = "derivative 0 everywhere",
        Scalar1 = Math.Truncate,
        Derivative = Flat,
        Simplify = ExactRules.Of(Truncate),
    };

    /// <summary>The magnitude of the first argument with the sign of the second.</summary>
    public static readonly Primitive CopySign = new("copysign", 2)
    {
        Kinks = "derivative 0 at magnitude 0, and 0 with respect to the sign",
        Scalar2 = Math.CopySign,
        Partial = (args, _, i) => i == 0 ? Functions.Sign(args[0]) * Functions.CopySign(1, args[1]) : 0,
        Simplify = ExactRules.Of((a, b) => b.Sign < 0 ? -Rational.Abs(a) : Rational.Abs(a)),
    };

    // ---- Extrema and remainders -----------------------------------------------------------------------------------------------

    /// <summary>The larger argument; NaN if one is NaN.</summary>
    public static readonly Primitive Max = new("max", 2)
    {
        IsCommutative = true,
        Kinks = "derivative 1/2 each at a tie",
        Scalar2 = Math.Max,
        Partial = (args, _, i) => ExtremumPartial(args, Functions.Less(args[1 - i], args[i])),
        Simplify = ExactRules.Extremum((a, b) => a >= b),
    };

    /// <summary>The smaller argument; NaN if one is NaN.</summary>
    public static readonly Primitive Min = new("min", 2)
    {
        IsCommutative = true,
        Kinks = "derivative 1/2 each at a tie",
        Scalar2 = Math.Min,
        Partial = (args, _, i) => ExtremumPartial(args, Functions.Less(args[i], args[1 - i])),
        Simplify = ExactRules.Extremum((a, b) => a <= b),
    };

    /// <summary>a - b·trunc(a/b), the remainder of C: it has the sign of a.</summary>
    public static readonly Primitive Fmod = new("fmod", 2)
    {
        Domains = [Domain.Real, Domain.Positive],
        Kinks = "derivative 1 and -trunc(a/b) also where it jumps",
        Scalar2 = (a, b) => a % b,
        Partial = (args, _, i) => i == 0 ? 1 : -Functions.Trunc(args[0] / args[1]),
        Simplify = ExactRules.Of((a, b) => b.Sign == 0 ? null : a - (b * Truncate(a / b))),
    };

    /// <summary>a - b·floor(a/b): it has the sign of b.</summary>
    public static readonly Primitive Remainder = new("remainder", 2)
    {
        Domains = [Domain.Real, Domain.Positive],
        Kinks = "derivative 1 and -floor(a/b) also where it jumps",
        Scalar2 = FlooredRemainder,
        Partial = (args, _, i) => i == 0 ? 1 : -Functions.FloorDivide(args[0], args[1]),
        Simplify = ExactRules.Of((a, b) => b.Sign == 0 ? null : a - (b * Rational.Floor(a / b))),
    };

    /// <summary>⌊a/b⌋, made from the remainder, so that b·⌊a/b⌋ + remainder(a, b) is a.</summary>
    public static readonly Primitive FloorDivide = new("floordivide", 2)
    {
        Domains = [Domain.Real, Domain.Positive],
        Kinks = "derivative 0 everywhere",
        Scalar2 = ScalarMath.FloorDivide,
        Partial = (_, _, _) => 0,
        Simplify = ExactRules.Of((a, b) => b.Sign == 0 ? null : Rational.Floor(a / b)),
    };

    // ---- Truth values ---------------------------------------------------------------------------------------------------------

    /// <summary>a &lt; b.</summary>
    public static readonly Primitive Less = Truth("less", (a, b) => a < b, ExactRules.Test((a, b) => a < b, ofSame: 0));

    /// <summary>a &lt;= b.</summary>
    public static readonly Primitive LessEqual = Truth("lessequal", (a, b) => a <= b, ExactRules.Test((a, b) => a <= b));

    /// <summary>a = b.</summary>
    public static readonly Primitive Equal = Truth("equal", (a, b) => a == b, ExactRules.Test((a, b) => a == b), commutative: true);

    /// <summary>a differs from b.</summary>
    public static readonly Primitive NotEqual = Truth("notequal", (a, b) => a != b, ExactRules.Test((a, b) => a != b), commutative: true);

    /// <summary>1 for equal indices, else 0; known as soon as the difference of the indices is a number.</summary>
    public static readonly Primitive KroneckerDelta = new("kroneckerdelta", 2)
    {
        IsTruth = true,
        IsCommutative = true,
        Kinks = "derivative 0 everywhere",
        Scalar2 = (a, b) => a == b ? 1 : 0,
        Partial = (_, _, _) => 0,
        Simplify = args => args[0] - args[1] is Number difference && !double.IsNaN(difference.ToDouble()) ? difference.IsZero ? 1 : 0 : null,
    };

    /// <summary>Both are true.</summary>
    public static readonly Primitive And = Truth(
        "and", (a, b) => a != 0 && b != 0, ExactRules.Test((a, b) => a.Sign != 0 && b.Sign != 0), commutative: true, absorbing: Number.Zero, neutral: Number.One);

    /// <summary>One at least is true.</summary>
    public static readonly Primitive Or = Truth(
        "or", (a, b) => a != 0 || b != 0, ExactRules.Test((a, b) => a.Sign != 0 || b.Sign != 0), commutative: true, absorbing: Number.One, neutral: Number.Zero);

    /// <summary>Exactly one is true.</summary>
    public static readonly Primitive Xor = Truth(
        "xor", (a, b) => (a != 0) != (b != 0), ExactRules.Test((a, b) => (a.Sign != 0) != (b.Sign != 0), ofSame: 0), commutative: true);

    /// <summary>1 for 0, else 0.</summary>
    public static readonly Primitive Not = new("not", 1)
    {
        IsTruth = true,
        Kinks = "derivative 0 everywhere",
        Scalar1 = x => x == 0 ? 1 : 0,
        Derivative = Flat,
        Simplify = ExactRules.Of(x => x.Sign == 0 ? 1 : 0),
    };

    /// <summary>Whether x is NaN.</summary>
    public static readonly Primitive IsNaN = new("isnan", 1)
    {
        IsTruth = true,
        Kinks = "derivative 0 everywhere",
        Scalar1 = x => double.IsNaN(x) ? 1 : 0,
        Derivative = Flat,
        Simplify = ExactRules.Of(_ => 0),
    };

    /// <summary>select(c, a, b): a where c is not 0, else b. The branch not taken has no influence, not even as 0·inf.</summary>
    public static readonly Primitive Select = new("select", 3)
    {
        Kinks = "the derivative of the branch taken",
        Scalar3 = (c, a, b) => c != 0 ? a : b,
        Partial = (args, _, i) => i switch
        {
            0 => 0,
            1 => Functions.Select(args[0], 1, 0),
            _ => Functions.Select(args[0], 0, 1),
        },
        Simplify = args =>
            args[0] is Number condition ? condition.IsZero ? args[2] : args[1]
            : ReferenceEquals(args[1], args[2]) ? args[1] : null,
    };

    // ---- Shared parts of the rows ---------------------------------------------------------------------------------------------

    private static Expr Flat(Expr x, Expr y) => 0;

    // Nested choices rather than factors 0 and 1: the derivative that is not taken may be infinite.
    private static Expr ExtremumPartial(IReadOnlyList<Expr> args, Expr taken) =>
        Functions.Select(Functions.Equal(args[0], args[1]), Number.Half, Functions.Select(taken, 1, 0));

    private static Rational Truncate(Rational x) => x.Sign < 0 ? -Rational.Floor(-x) : Rational.Floor(x);

    private static double FlooredRemainder(double a, double b)
    {
        var remainder = a % b;
        return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
    }

    private static Primitive Truth(
        string name, Func<double, double, bool> test, Func<Expr[], Expr?> exact, bool commutative = false, Number? absorbing = null,
        Number? neutral = null) => new(name, 2)
        {
            IsTruth = true,
            IsCommutative = commutative,
            Kinks = "derivative 0 everywhere",
            Scalar2 = (a, b) => test(a, b) ? 1 : 0,
            Partial = (_, _, _) => 0,
            Simplify = args => absorbing is not null && (ReferenceEquals(args[0], absorbing) || ReferenceEquals(args[1], absorbing))
                ? absorbing
                : exact(args) ?? (neutral is null ? null : (Expr?)Other(args, neutral)),
        };

    // true and t is t, if t is a truth value: 5 counts as true but is not 1.
    private static Call? Other(Expr[] args, Number neutral)
    {
        for (var i = 0; i < 2; i++)
        {
            if (ReferenceEquals(args[i], neutral) && args[1 - i] is Call { Primitive.IsTruth: true } truth) return truth;
        }

        return null;
    }
}
