namespace Nabla.Symbolics;

/// <summary>
/// A literal number: an exact fraction, or a double that is not integral (infinities and NaN included). Arithmetic between exact
/// numbers is exact; a double makes inexact only what it is combined with.
/// </summary>
public sealed class Number : Expr
{
    private const long LargestExactDouble = 1L << 53;
    private const int SmallestCached = -64;
    private static readonly Number[] Cached = CreateCache();
    private readonly Rational exact;
    private readonly double approximate;

    private Number(Rational exact)
        : base([], HashOf(exact.GetHashCode(), []), 0, 0)
    {
        this.exact = exact;
        approximate = exact.ToDouble();
        IsExact = true;
    }

    private Number(double value)
        : base([], HashOf(BitConverter.DoubleToInt64Bits(value).GetHashCode() + 1, []), 0, 0) => approximate = value;

    /// <summary>Whether the number is an exact fraction.</summary>
    public bool IsExact { get; }

    /// <summary>The exact fraction.</summary>
    /// <exception cref="InvalidOperationException">The number is a double.</exception>
    public Rational Value => IsExact
        ? exact
        : throw new InvalidOperationException($"Number.Value: {approximate:R} is inexact. Test IsExact, or use ToDouble().");

    internal static Number Zero { get; } = Of(0);

    internal static Number One { get; } = Of(1);

    internal static Number MinusOne { get; } = Of(-1);

    internal static Number Half { get; } = Of(new Rational(1, 2));

    internal static Number MinusHalf { get; } = Of(new Rational(-1, 2));

    internal static Number Two { get; } = Of(2);

    internal static Number NaN { get; } = Of(double.NaN);

    internal bool IsZero => IsExact ? exact.Sign == 0 : approximate == 0;

    internal bool IsOne => ReferenceEquals(this, One);

    internal bool IsNegative => IsExact ? exact.Sign < 0 : approximate < 0;

    internal bool IsInteger => IsExact && exact.IsInteger;

    /// <summary>The nearest double.</summary>
    public double ToDouble() => approximate;

    internal static Number Of(long value) => (ulong)(value - SmallestCached) < (ulong)Cached.Length
        ? Cached[value - SmallestCached]
        : InternTable.Intern(new Number(new Rational(value)));

    internal static Number Of(Rational value) => value.TryGetSmall(out var numerator, out var denominator) && denominator == 1
        ? Of(numerator)
        : InternTable.Intern(new Number(value));

    internal static Number Of(double value)
    {
        // The sign of a negative zero is information that an exact zero would lose.
        if (Math.Abs(value) <= LargestExactDouble && value == Math.Floor(value) && !(value == 0 && double.IsNegative(value))) return Of((long)value);
        return InternTable.Intern(new Number(double.IsNaN(value) ? double.NaN : value));
    }

    internal static Number Add(Number a, Number b)
    {
        if (ReferenceEquals(a, Zero)) return b;
        if (ReferenceEquals(b, Zero)) return a;
        return a.IsExact && b.IsExact ? Of(a.exact + b.exact) : Of(a.approximate + b.approximate);
    }

    internal static Number Multiply(Number a, Number b)
    {
        if (a.IsOne) return b;
        if (b.IsOne) return a;
        return a.IsExact && b.IsExact ? Of(a.exact * b.exact) : Of(a.approximate * b.approximate);
    }

    /// <summary>The product of many numbers, in halves: large fractions then meet fractions of their own size.</summary>
    internal static Number Multiply(ReadOnlySpan<Number> numbers) => numbers switch
    {
        [var only] => only,
        [var a, var b] => Multiply(a, b),
        _ => Multiply(Multiply(numbers[..(numbers.Length / 2)]), Multiply(numbers[(numbers.Length / 2)..])),
    };

    internal static Number Negate(Number a) => a.IsExact ? Of(-a.exact) : Of(-a.approximate);

    /// <summary>A total order: by value, then exact before inexact, then by the exact fraction or the bits.</summary>
    internal static int Compare(Number a, Number b)
    {
        var order = a.approximate.CompareTo(b.approximate);
        if (order != 0) return order;
        if (a.IsExact != b.IsExact) return a.IsExact ? -1 : 1;
        return a.IsExact
            ? a.exact.CompareTo(b.exact)
            : BitConverter.DoubleToInt64Bits(a.approximate).CompareTo(BitConverter.DoubleToInt64Bits(b.approximate));
    }

    internal override bool SameNode(Expr other) => other is Number number && number.IsExact == IsExact
        && (IsExact ? number.exact == exact : BitConverter.DoubleToInt64Bits(number.approximate) == BitConverter.DoubleToInt64Bits(approximate));

    private static Number[] CreateCache()
    {
        var cache = new Number[321];
        for (var i = 0; i < cache.Length; i++) cache[i] = InternTable.Intern(new Number(new Rational(i + SmallestCached)));
        return cache;
    }
}
