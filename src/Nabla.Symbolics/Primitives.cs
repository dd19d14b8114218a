namespace Nabla.Symbolics;

/// <summary>
/// The table of scalar primitives, one declaration a row, split by family over several files. This one holds arithmetic: the rows that
/// sums, products and powers are lowered to when a formula becomes a program.
/// </summary>
public static partial class Primitives
{
    /// <summary>a + b.</summary>
    public static readonly Primitive Add = new("add", 2)
    {
        LoweredOnly = true,
        IsCommutative = true,
        Scalar2 = (a, b) => a + b,
        Partial = (_, _, _) => 1,
        Rewrite = args => Sum.Of(args),
    };

    /// <summary>a - b.</summary>
    public static readonly Primitive Sub = new("sub", 2)
    {
        LoweredOnly = true,
        Scalar2 = (a, b) => a - b,
        Partial = (_, _, i) => i == 0 ? 1 : -1,
        Rewrite = args => args[0] - args[1],
    };

    /// <summary>a * b.</summary>
    public static readonly Primitive Mul = new("mul", 2)
    {
        LoweredOnly = true,
        IsCommutative = true,
        Scalar2 = (a, b) => a * b,
        Partial = (args, _, i) => args[1 - i],
        Rewrite = args => Product.Of(args),
    };

    /// <summary>a / b.</summary>
    public static readonly Primitive Div = new("div", 2)
    {
        LoweredOnly = true,
        Domains = [Domain.Real, Domain.Positive],
        Scalar2 = (a, b) => a / b,
        Partial = (args, _, i) => i == 0 ? 1 / args[1] : -args[0] / (args[1] * args[1]),
        Rewrite = args => args[0] / args[1],
    };

    /// <summary>-x.</summary>
    public static readonly Primitive Neg = new("neg", 1)
    {
        LoweredOnly = true,
        Scalar1 = x => -x,
        Derivative = (_, _) => -1,
        Rewrite = args => -args[0],
    };

    /// <summary>x².</summary>
    public static readonly Primitive Square = new("square", 1)
    {
        LoweredOnly = true,
        Scalar1 = x => x * x,
        Derivative = (x, _) => 2 * x,
        Rewrite = args => Power.Of(args[0], Number.Two),
    };

    /// <summary>1/x.</summary>
    public static readonly Primitive Reciprocal = new("reciprocal", 1)
    {
        LoweredOnly = true,
        Domain = Domain.Positive,
        Kinks = "derivative -inf at 0",
        Scalar1 = x => 1 / x,
        Derivative = (x, _) => -Power.Of(x, -2),
        Rewrite = args => Power.Of(args[0], Number.MinusOne),
    };

    /// <summary>The square root; in a formula, the power 1/2.</summary>
    public static readonly Primitive Sqrt = new("sqrt", 1)
    {
        Domain = Domain.Positive,
        Kinks = "derivative inf at 0",
        Scalar1 = Math.Sqrt,
        Derivative = (x, _) => Power.Of(x, Number.MinusHalf) / 2,
        Rewrite = args => Power.Of(args[0], Number.Half),
    };

    /// <summary>1/sqrt(x); in a formula, the power -1/2.</summary>
    public static readonly Primitive Rsqrt = new("rsqrt", 1)
    {
        Domain = Domain.Positive,
        Kinks = "derivative -inf at 0",
        Scalar1 = x => 1 / Math.Sqrt(x),
        Derivative = (x, _) => -Power.Of(x, new Rational(-3, 2)) / 2,
        Rewrite = args => Power.Of(args[0], Number.MinusHalf),
    };

    /// <summary>x^y.</summary>
    public static readonly Primitive Pow = new("pow", 2)
    {
        Domains = [Domain.Positive, Domain.Real],
        Kinks = "0 to the power 0 has derivative 0 in the base; 0 to a non-negative power has derivative 0 in the exponent",
        Scalar2 = Math.Pow,
        Partial = (args, self, i) => i == 0 ? PowerByBase(args[0], args[1]) : PowerByExponent(args[0], args[1], self),
        Rewrite = args => Power.Of(args[0], args[1]),
    };

    /// <summary>All rows.</summary>
    public static IReadOnlyList<Primitive> All { get; } = PrimitiveTable.Rows;

    /// <summary>The row of that name, or null.</summary>
    public static Primitive? Find(string name)
    {
        foreach (var row in All)
        {
            if (row.Name == name) return row;
        }

        return null;
    }

    // y*x^(y-1) is 0*inf at x = y = 0, where x^0 is constant.
    private static Expr PowerByBase(Expr x, Expr y) => y is Number
        ? y * Power.Of(x, y - 1)
        : Functions.Select(Functions.Equal(y, 0), 0, y * Power.Of(x, y - 1));

    // x^y*log(x) is 0*(-inf) at x = 0; the limit is 0 wherever 0^y is defined.
    private static Expr PowerByExponent(Expr x, Expr y, Expr self) =>
        Functions.Select(Functions.And(Functions.Equal(x, 0), Functions.LessEqual(0, y)), 0, self * Functions.Log(x));
}
