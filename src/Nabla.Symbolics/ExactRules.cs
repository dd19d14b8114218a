namespace Nabla.Symbolics;

/// <summary>Canonical rules shared by rows of the table: values at exact numbers.</summary>
internal static class ExactRules
{
    /// <summary>Known values at whole numbers, such as cos(0) = 1.</summary>
    public static Func<Expr[], Expr?> Values(params (int At, Expr Value)[] values) => args =>
    {
        foreach (var (at, value) in values)
        {
            if (ReferenceEquals(args[0], Number.Of(at))) return value;
        }

        return null;
    };

    /// <summary>A function that maps fractions to fractions.</summary>
    public static Func<Expr[], Expr?> Of(Func<Rational, Rational> function) => args =>
        args[0] is Number { IsExact: true } x ? Number.Of(function(x.Value)) : null;

    /// <summary>A function that maps two fractions to a fraction; may decline with null.</summary>
    public static Func<Expr[], Expr?> Of(Func<Rational, Rational, Rational?> function) => args =>
        args is [Number { IsExact: true } a, Number { IsExact: true } b] && function(a.Value, b.Value) is { } value ? Number.Of(value) : null;

    /// <summary>A comparison, and its value for an argument compared with itself if that is known even for NaN.</summary>
    public static Func<Expr[], Expr?> Test(Func<Rational, Rational, bool> test, Expr? ofSame = null) => args => args switch
    {
        [Number { IsExact: true } a, Number { IsExact: true } b] => test(a.Value, b.Value) ? Number.One : Number.Zero,
        [var a, var b] when ReferenceEquals(a, b) => ofSame,
        [var a, var b] when Near(a) is { } left && Near(b) is { } right && left != right => test(left, right) ? Number.One : Number.Zero,
        _ => null,
    };

    // pi and e are no fractions, so a comparison with a fraction is settled unless it is closer than this.
    private static Rational? Near(Expr node) => node switch
    {
        Number { IsExact: true } number => number.Value,
        Constant constant => new Rational((long)Math.ScaleB(constant.ToDouble(), 50), 1L << 50),
        _ => null,
    };

    /// <summary>max or min.</summary>
    public static Func<Expr[], Expr?> Extremum(Func<Rational, Rational, bool> takesFirst) => args => args switch
    {
        [Number { IsExact: true } a, Number { IsExact: true } b] => takesFirst(a.Value, b.Value) ? a : b,
        [var a, var b] when ReferenceEquals(a, b) => a,
        _ => null,
    };
}
