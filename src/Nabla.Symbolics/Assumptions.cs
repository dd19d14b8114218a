namespace Nabla.Symbolics;

/// <summary>
/// What is known of a real number. Facts combine: positive is non-negative and non-zero together. A symbol carries the facts it was
/// made with as part of its identity; of other formulas <see cref="Expr.Facts"/> tells what follows from those of their symbols.
/// </summary>
[Flags]
public enum Assumptions
{
    /// <summary>A real number, of which nothing else is known.</summary>
    Real = 0,

    /// <summary>Not below 0.</summary>
    NonNegative = 1,

    /// <summary>Not above 0.</summary>
    NonPositive = 2,

    /// <summary>Not 0.</summary>
    NonZero = 4,

    /// <summary>A whole number.</summary>
    Integer = 8,

    /// <summary>Above 0.</summary>
    Positive = NonNegative | NonZero,

    /// <summary>Below 0.</summary>
    Negative = NonPositive | NonZero,
}
